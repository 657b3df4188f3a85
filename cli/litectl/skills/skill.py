"""A skill that a proxy offers, wherever it is kept. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

HUB = "hub"  # the proxy's Skill Hub: it says where a skill lies, and keeps no content
STORED = "litellm_proxy"  # skills that the proxy keeps in its database
ANTHROPIC = "anthropic"  # those of the proxy's account at Anthropic
ORIGINS = (HUB, STORED, ANTHROPIC)


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
