"""What a skill may be called. Pure."""

import re

from litectl.errors import UsageError

_NAME = re.compile(r"[a-z0-9-]{1,64}")
_SHOWN = 80  # characters of a bad name


def check_name(name: str) -> str:
    """Return *name*; raises `UsageError` when no skill can be called so."""
    if not _NAME.fullmatch(name):
        shown = "".join(c if c.isprintable() else "?" for c in name[:_SHOWN])
        raise UsageError(
            f"a skill cannot be called `{shown}`",
            hint="a name has up to 64 lower-case letters, digits and hyphens; give one with `--name`",
        )
    return name
