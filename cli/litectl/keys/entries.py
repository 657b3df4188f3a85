"""What the routes of keys answer, as rows; no type of a field is trusted. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from litectl.credentials.tokens import time_of
from litectl.errors import IncompleteError
from litectl.keys.key import VirtualKey
from litectl.text.jsontext import number, object_of, objects_of, text_of


class Page(NamedTuple):
    """One page of the list: its *keys*, how many entries were *left_out*, and whether *more* follow."""

    keys: list[VirtualKey]
    left_out: int
    more: bool


class NewKey(NamedTuple):
    """A key that was just made, and the *secret*, which the proxy tells once."""

    secret: str
    key: VirtualKey

    def __repr__(self) -> str:
        """Leave the secret out, so that it is not printed by accident."""
        return f"NewKey(key={self.key!r})"


def page_of(document: object) -> Page:
    """Return the page that is the answer *document* of `/key/list`; raises `IncompleteError`."""
    fields = object_of(document)
    entries = fields.get("keys")
    if not isinstance(entries, list):
        raise IncompleteError("the answer of /key/list has no list called `keys`")
    keys = [key for entry in objects_of(entries) if (key := key_of(entry))]
    page, pages = number(fields.get("current_page")), number(fields.get("total_pages"))
    more = page is not None and pages is not None and page < pages
    return Page(keys, len(entries) - len(keys), more)


def described_key(document: object) -> VirtualKey:
    """Return the key that the answer *document* of `/key/info` describes; raises `IncompleteError`."""
    fields = object_of(document)
    key = key_of({**object_of(fields.get("info")), "token": fields.get("key")})
    if key is None:
        raise IncompleteError("the answer of /key/info does not say of which key it is")
    return key


def made_key(document: object) -> NewKey | None:
    """Return the key that the answer *document* of `/key/generate` has, None when it has none."""
    from litectl.keys.key import hash_of

    fields = object_of(document)
    secret = text_of(fields.get("key"))
    if secret is None:
        return None
    token = text_of(fields.get("token")) or hash_of(secret)
    key = key_of({**fields, "token": token})
    return NewKey(secret, key) if key else None


def key_of(fields: Mapping[str, object]) -> VirtualKey | None:
    """Return the key of one entry, None without a hash."""
    token = text_of(fields.get("token"))
    if token is None:
        return None
    # A key that is made of a shared budget has its limit there only.
    budget = object_of(fields.get("litellm_budget_table"))
    max_budget = number(fields.get("max_budget"))
    blocked = fields.get("blocked")
    return VirtualKey(
        token=token,
        alias=_text(fields.get("key_alias")),
        name=_text(fields.get("key_name")),
        spend=number(fields.get("spend")),
        max_budget=number(budget.get("max_budget")) if max_budget is None else max_budget,
        budget_duration=_text(fields.get("budget_duration")) or _text(budget.get("budget_duration")),
        budget_reset_at=time_of(fields.get("budget_reset_at")) or time_of(budget.get("budget_reset_at")),
        models=_texts(fields.get("models")),
        rpm_limit=_count(fields.get("rpm_limit")),
        tpm_limit=_count(fields.get("tpm_limit")),
        user_id=_text(fields.get("user_id")),
        team_id=_text(fields.get("team_id")),
        team_alias=_text(fields.get("team_alias")),
        # The proxy writes null for a key that nobody has ever blocked.
        is_blocked=blocked is True if "blocked" in fields else None,
        expires_at=time_of(fields.get("expires")),
        created_at=time_of(fields.get("created_at")),
        last_active=time_of(fields.get("last_active")),
        metadata=_notes(fields.get("metadata")),
    )


def _text(value: object) -> str | None:
    """Return the text *value*, None for none, and for the word that some routes write for it."""
    text = text_of(value)
    return None if text == "None" else text


def _texts(value: object) -> tuple[str, ...] | None:
    return tuple(filter(None, map(text_of, value))) if isinstance(value, list) else None


def _notes(value: object) -> tuple[tuple[str, str], ...] | None:
    """Return the texts of *value*; lists and objects there configure the proxy, with secrets at times."""
    if not isinstance(value, dict):
        return None
    return tuple((name, note) for name, note in value.items() if isinstance(note, str))


def _count(value: object) -> int | None:
    found = number(value)
    return None if found is None else int(found)
