"""`litectl keys`: the virtual keys of the proxy."""

from litectl.lazy import Entry, new_group

VERBS = {
    "list": Entry("litectl.commands.keys.list", "List the keys that this credential may see"),
    "show": Entry("litectl.commands.keys.show", "Show one key, its budget and its limits"),
    "create": Entry("litectl.commands.keys.create", "Make a key"),
    "delete": Entry("litectl.commands.keys.delete", "Delete keys"),
}

app = new_group("Manage the virtual keys of the proxy", VERBS)
