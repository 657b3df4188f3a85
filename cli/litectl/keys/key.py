"""A virtual key of the proxy, by its hash; the key itself is known to nobody but who made it. Pure."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from litectl.errors import UsageError
from litectl.exchange.pricing import difference
from litectl.text.keys import VIRTUAL

_HASH = re.compile(r"[0-9a-f]{64}")


class VirtualKey(NamedTuple):
    """
    A key, by *token*, its SHA-256; None for what the proxy does not tell.

    *name* is its end, such as `sk-...abcd`. Budgets are US dollars, limits are of one minute,
    times are seconds since 1970. *models* are those it is restricted to, none of them is no restriction.
    *metadata* are the notes about it, without what is configured there.
    """

    token: str
    alias: str | None = None
    name: str | None = None
    spend: float | None = None
    max_budget: float | None = None
    budget_duration: str | None = None
    budget_reset_at: float | None = None
    models: tuple[str, ...] | None = None
    rpm_limit: int | None = None
    tpm_limit: int | None = None
    user_id: str | None = None
    team_id: str | None = None
    team_alias: str | None = None
    is_blocked: bool | None = None
    expires_at: float | None = None
    created_at: float | None = None
    last_active: float | None = None
    metadata: tuple[tuple[str, str], ...] | None = None

    @property
    def budget_left(self) -> float | None:
        """What may still be spent, below 0 when more was; None without a budget."""
        return left_of(self.max_budget, self.spend)

    @property
    def shown(self) -> str:
        """What a person knows it by: its alias, else its end, else its hash."""
        return self.alias or self.name or self.token


class KeyList(NamedTuple):
    """
    The *keys* that a credential may see.

    *left_out* counts entries without a hash. The list *is_cut* when the proxy has more, and
    *is_own_only* when the credential may see no key but itself.
    """

    keys: Sequence[VirtualKey]
    left_out: int = 0
    is_cut: bool = False
    is_own_only: bool = False


def left_of(max_budget: float | None, spend: float | None) -> float | None:
    """Return what is left of a budget in US dollars, below 0 when more was spent; None when unknown."""
    return None if max_budget is None or spend is None else difference(max_budget, spend)


def is_hash(name: str) -> bool:
    """Tell whether *name* is the hash of a key."""
    return _HASH.fullmatch(name) is not None


def hash_of(secret: str) -> str:
    """Return the hash by which the proxy knows the key *secret*."""
    import hashlib

    return hashlib.sha256(secret.encode()).hexdigest()


def check_name(name: str) -> str:
    """Return *name*, the hash or alias of a key; raises `UsageError` for what seems to be the key itself."""
    if not name.strip():
        raise UsageError("the name of a key is empty", hint="see them with `litectl keys list`")
    if name.startswith(VIRTUAL):
        # It is not repeated: it may be the secret.
        raise UsageError(
            "a key is named by its alias or its hash, never by itself: everybody on this machine may see it",
            hint="see them with `litectl keys list --columns alias,token`, or give the key on stdin with `-`",
        )
    return name


def check_given(text: str | None, option: str) -> str | None:
    """Return *text*; raises `UsageError` for an empty one, as of an unset variable: it would mean all."""
    if text is not None and not text.strip():
        raise UsageError(f"`{option}` is empty", hint=f"give it a value, or leave `{option}` out")
    return text


def check_new(text: str | None, option: str) -> str | None:
    """Return *text*, which a key is to have; raises `UsageError` for one that nobody could type or show."""
    if text and not text.isprintable():
        raise UsageError(
            f"`{option}` has control characters, or is not UTF-8", hint="give it letters that can be shown"
        )
    return check_given(text, option)


def check_alias(alias: str | None, option: str) -> str | None:
    """Return *alias*, which a key is to have; raises `UsageError` for one that looks like a key itself."""
    if alias is not None and alias.startswith(VIRTUAL):
        # It is not repeated: it may be a secret.
        raise UsageError(
            f"`{option}` begins with `{VIRTUAL}`, as keys do, so nothing could be named by it",
            hint="choose another alias",
        )
    return check_new(alias, option)


def expired(keys: Sequence[VirtualKey], now: float) -> list[VirtualKey]:
    """Return those of *keys* that ended before *now*, in seconds since 1970."""
    return [key for key in keys if key.expires_at is not None and key.expires_at <= now]
