"""Asks the proxy for its keys, makes and deletes them; each change is sent once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from litectl.errors import (
    IncompleteError,
    LitectlError,
    NetworkError,
    NotAllowedError,
    NotFoundError,
    PartialError,
    ProxyError,
    UnreachableError,
    UpstreamError,
)
from litectl.failures.wording import readable
from litectl.keys.entries import NewKey, described_key, made_key, page_of
from litectl.keys.key import KeyList, VirtualKey
from litectl.keys.owner import Team, User, described_team, user_of
from litectl.keys.refusals import NO_USER, refusal, without_database
from litectl.text.jsontext import object_of
from litectl.wire.deadline import Deadline
from litectl.wire.health import READINESS, has_database

if TYPE_CHECKING:
    from litectl.wire.proxy import Proxy

LIST, INFO, GENERATE, DELETE = "/key/list", "/key/info", "/key/generate", "/key/delete"
USER, TEAM = "/user/info", "/team/info"
SECONDS = 60.0
MOST_PAGES = 200
_PAGE_SIZE = 100  # the most that a proxy gives
_READINESS_SECONDS = 5.0
_DOUBT = "nobody can tell whether it was done: see `litectl keys list` before you try again"


def asked(proxy: "Proxy", path: str, seconds: float) -> object:
    """
    Return the answer to a GET of *path*, a route of keys or spend; raises the errors of `refusals`.

    A LiteLLM that was installed without its database client breaks on most of them without a word, so
    after a failure it is asked whether there is a database at all.
    """
    try:
        return proxy.get_json(path, seconds=seconds, refusal=refusal).document
    except UpstreamError as error:
        if _has_no_database(proxy):
            raise without_database(error.details) from None
        raise


def _has_no_database(proxy: "Proxy") -> bool:
    try:
        found = proxy.get_json(READINESS, seconds=_READINESS_SECONDS).document
    except LitectlError:
        return False  # what failed before is the news
    return has_database(object_of(found).get("db")) is False


def fetch_keys(
    proxy: "Proxy",
    *,
    user_id: str | None = None,
    team_id: str | None = None,
    alias: str | None = None,
    seconds: float = SECONDS,
    most_pages: int = MOST_PAGES,
) -> KeyList:
    """
    Return the keys that the credential may see, of a user, a team or an alias where these are given.

    To a key of no user the proxy lists none, so that is itself. Raises what goes wrong with any page
    within *seconds* for all.
    """
    query = {"user_id": user_id, "team_id": team_id, "key_alias": alias}
    given = {name: value for name, value in query.items() if value is not None}
    try:
        listed = _all_pages(proxy, given, seconds, most_pages)
    except NotAllowedError as error:
        if error.details.get("reason") != NO_USER:
            raise
        listed = KeyList([fetch_key(proxy, seconds=seconds)], is_own_only=True)
    # A proxy may list keys of an admin's own teams beside those that were asked for.
    wanted = {"user_id": user_id, "team_id": team_id, "alias": alias}
    keys = [
        key
        for key in listed.keys
        if all(value is None or getattr(key, field) == value for field, value in wanted.items())
    ]
    return listed._replace(keys=keys)


def _all_pages(proxy: "Proxy", given: Mapping[str, str], seconds: float, most_pages: int) -> KeyList:
    deadline = Deadline(seconds)
    keys: dict[str, VirtualKey] = {}
    left_out, more = 0, True
    for number in range(1, most_pages + 1):
        query = {
            "return_full_object": "true",
            "include_team_keys": "true",
            "include_created_by_keys": "true",
            **given,
            "page": number,
            "size": _PAGE_SIZE,
        }
        path = f"{LIST}?{urlencode(query, errors='replace')}"
        page = page_of(asked(proxy, path, deadline.left()))
        keys.update((key.token, key) for key in page.keys)
        left_out, more = left_out + page.left_out, page.more
        if not more:
            break
    return KeyList(list(keys.values()), left_out, is_cut=more)


def fetch_key(proxy: "Proxy", token: str | None = None, *, seconds: float = SECONDS) -> VirtualKey:
    """
    Return the key with the hash *token*, without one the calling key; raises `NotFoundError`.

    A master key and the token of a login are in no table of keys, so they are not found.
    """
    path = f"{INFO}?{urlencode({'key': token})}" if token else INFO
    return described_key(asked(proxy, path, seconds))


def fetch_user(proxy: "Proxy", *, seconds: float = SECONDS) -> User | None:
    """Return the user of the credential with the teams of that user; None when the proxy tells of none."""
    return user_of(_told(proxy, USER, seconds))


def fetch_team(
    proxy: "Proxy", team_id: str, user_id: str | None = None, *, seconds: float = SECONDS
) -> Team | None:
    """Return the team *team_id*, with the share that *user_id* has of it; None when it is not told."""
    path = f"{TEAM}?{urlencode({'team_id': team_id}, errors='replace')}"
    return described_team(_told(proxy, path, seconds), user_id)


def _told(proxy: "Proxy", path: str, seconds: float) -> object:
    """Return the answer to a GET of *path*, None when the proxy has no such thing for this credential."""
    try:
        return asked(proxy, path, seconds)
    except (NotAllowedError, NotFoundError):
        return None
    except ProxyError as error:
        if "reason" in error.details:
            raise
        # A key of no user is told so with the status of a missing route.
        return None


def create_key(proxy: "Proxy", body: Mapping[str, object], *, seconds: float = SECONDS) -> NewKey:
    """Have the proxy make a key of *body*; raises what goes wrong, and says where the outcome is unknown."""
    made = made_key(_sent(proxy, GENERATE, body, seconds))
    if made is None:
        raise IncompleteError("the proxy made a key, and did not say which", hint=_DOUBT)
    return made


def delete_keys(proxy: "Proxy", keys: Sequence[VirtualKey], *, seconds: float = SECONDS) -> None:
    """Delete *keys*, all by one request; raises `PartialError` when the proxy does not say so of each."""
    tokens = [key.token for key in keys]
    answer = object_of(_sent(proxy, DELETE, {"keys": tokens}, seconds))
    deleted = answer.get("deleted_keys")
    if not isinstance(deleted, list):
        raise IncompleteError("the proxy does not say which keys it deleted", hint=_DOUBT)
    if kept := [readable(key.shown) for key in keys if key.token not in deleted]:
        raise PartialError(f"the proxy did not delete {', '.join(kept)}", hint="see `litectl keys list`")


def find_key(proxy: "Proxy", name: str, *, seconds: float = SECONDS) -> VirtualKey:
    """Return the key whose hash or alias is *name*; raises `NotFoundError` with near aliases."""
    from litectl.keys.key import is_hash

    if is_hash(name):
        try:
            return fetch_key(proxy, name, seconds=seconds)
        except NotFoundError as error:
            error.message = f"the proxy has no key with the hash {name}"
            raise
    found = fetch_keys(proxy, alias=name, seconds=seconds).keys
    if len(found) == 1:
        return found[0]
    raise _ambiguous(name, found) if found else _unknown(proxy, name, seconds)


def _ambiguous(name: str, found: Sequence[VirtualKey]) -> NotFoundError:
    tokens = ", ".join(key.token for key in found)
    return NotFoundError(
        f"{len(found)} keys have the alias {readable(name)}", hint=f"name one by its hash: {tokens}"
    )


def _unknown(proxy: "Proxy", name: str, seconds: float) -> NotFoundError:
    from litectl.text.nearness import did_you_mean, near

    some = fetch_keys(proxy, seconds=seconds, most_pages=10).keys
    names = near(name, (key.alias for key in some if key.alias))
    hint = did_you_mean(names) or "see the keys with `litectl keys list`"
    return NotFoundError(f"unknown key, or not to be seen by this one: {readable(name)}", hint=hint)


def _sent(proxy: "Proxy", path: str, body: Mapping[str, object], seconds: float) -> object:
    """Return the answer to *body*, sent once; an error says so when its outcome is unknown."""
    try:
        return proxy.send("POST", path, document=body, seconds=seconds, refusal=refusal).document
    except UnreachableError:
        raise
    except (NetworkError, IncompleteError, UpstreamError) as error:
        error.hint = _DOUBT
        raise
