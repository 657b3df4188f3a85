def json_fields_page(root):
    return ""
