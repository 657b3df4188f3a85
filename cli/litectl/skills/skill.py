"""A skill that a proxy offers, wherever it is kept. Pure."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from litectl.errors import UsageError
from litectl.failures.envelopes import readable

HUB = "hub"  # the proxy's Skill Hub: it says where a skill lies, and keeps no content
STORED = "litellm_proxy"  # skills that the proxy keeps in its database
ANTHROPIC = "anthropic"  # those of the proxy's account at Anthropic
ORIGINS = (HUB, STORED, ANTHROPIC)
_NAME = re.compile(r"[a-z0-9-]{1,64}")
_SHOWN = 80  # characters of a bad name


class Skill(NamedTuple):
    """
    A skill of a proxy; None is what nobody says.

    *id* is what the routes of its *origin* call it by; *name* is what people do. *source* says where
    a skill of the hub lies. *is_enabled* is false for one of the hub that is not offered to everybody.
    """

    name: str
    id: str
    origin: str
    description: str | None = None
    version: str | None = None
    is_enabled: bool = True
    source: Mapping[str, object] | None = None
    created_at: str | None = None
    updated_at: str | None = None

    @property
    def shown(self) -> str:
        """The name on one line, for a message."""
        return readable(self.name)


def check_name(name: str) -> str:
    """Return *name*; raises `UsageError` when no new skill can be called so."""
    if not _NAME.fullmatch(name):
        shown = "".join(c if c.isprintable() else "?" for c in name[:_SHOWN])
        raise UsageError(
            f"a skill cannot be called `{shown}`",
            hint="a name has up to 64 lower-case letters, digits and hyphens; give one with `--name`",
        )
    return name
