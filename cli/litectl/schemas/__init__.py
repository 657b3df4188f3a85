"""
JSON Schema: whether a document is one, and what does not fit it. Pure.

checking  the only user of jsonschema, with
steps     its work counted: a schema from a server may double for ever
"""
