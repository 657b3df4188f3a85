"""`litectl models`: what the proxy offers."""

from litectl.lazy import Entry, new_group

VERBS = {
    "list": Entry("litectl.commands.models.list", "List the models that this credential may use"),
    "show": Entry("litectl.commands.models.show", "Show all that is known of one model"),
    "refresh": Entry("litectl.commands.models.refresh", "Fetch the model list now"),
    "test": Entry("litectl.commands.models.test", "Check that one model works"),
    "diff": Entry("litectl.commands.models.diff", "Say what differs between two lists"),
    "export": Entry("litectl.commands.models.export", "Write the list into another tool's configuration"),
}

app = new_group("List and inspect the models of the proxy", VERBS)
