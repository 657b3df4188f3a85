"""`litectl skills`: the skills that the proxy offers."""

from litectl.lazy import Entry, new_group

VERBS = {
    "list": Entry("litectl.commands.skills.list", "List the skills, and where each comes from"),
    "show": Entry("litectl.commands.skills.show", "Show all that is known of one skill"),
    "create": Entry("litectl.commands.skills.create", "Add a skill, from a folder or from where it lies"),
    "delete": Entry("litectl.commands.skills.delete", "Delete a skill"),
    "enable": Entry("litectl.commands.skills.enable", "Offer a skill of the Skill Hub to everybody"),
    "disable": Entry("litectl.commands.skills.disable", "Offer it to nobody but those it was granted to"),
    "download": Entry("litectl.commands.skills.download", "Fetch the files of a skill"),
}

app = new_group("List and manage the skills of the proxy", VERBS)
