"""The columns of a list of profiles; their names are the fields of its JSON."""

from operator import attrgetter

from litectl.output.columns import Column


def profile_columns(default_name: str | None = None) -> list[Column]:
    """Return every column of a `Profile`; *default_name* is the one used when nothing names another."""
    return [
        Column("name", "Name", attrgetter("name")),
        Column("base_url", "URL", attrgetter("root")),
        Column("default", "Default", lambda profile: profile.name == default_name),
        Column("credential", "Credential", lambda profile: profile.credential and profile.credential.kind),
        Column("model", "Model", attrgetter("model")),
    ]
