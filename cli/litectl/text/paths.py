"""What is said of a path that cannot be read. Pure."""

from litectl.errors import UsageError


def unreadable(path: object, error: Exception) -> UsageError:
    """Return the error of a file *path* that was typed; *error* is that of opening or reading it."""
    reason = getattr(error, "strerror", None) or "that is not a path"
    return UsageError(f"cannot read `{path}`: {reason}", hint="check the path")
