"""
Which of the lists that are kept is to be used now.

Younger than 24 hours it is used without any network. Older it is used at once on a
terminal while a background process fetches the new one; anywhere else it is
fetched first, and when that fails the old list is better than none.
"""

from collections.abc import Callable, Sized
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import NamedTuple, Protocol, TypeVar

from litectl.errors import ConfigError, LitectlError, ProxyError
from litectl.storage.keptfile import Failure, KeptFile
from litectl.storage.listfile import DamagedCache, is_stale

_REFRESH_LOCK_SECONDS = 60.0
_OTHER_FETCH = "waiting for another litectl, which fetches the list"
_BACK_OFF_SECONDS = 60.0  # without a terminal, where every command tries for itself
_RICHER_SECONDS = 7 * 24 * 3600.0  # how long what an old list knows counts while a new one lacks it


# Shows a text while its block runs.
Waiting = Callable[[str], AbstractContextManager[object]]


class Dated(Protocol):
    """A list that says when it was fetched, in seconds since 1970."""

    @property
    def fetched_at(self) -> float:
        """When it was fetched."""


Listed = TypeVar("Listed", bound=Dated)
# Asks the proxy and gives the list that takes the place of the one that is kept, or of none; raises
# the error of the fetch, or one that says why the old list is to stay.
Fetch = Callable[[Listed | None], Listed]


class Cache(Protocol[Listed]):
    """A kind of list in its file."""

    file: KeptFile

    def read(self) -> Listed | None:
        """Return the kept list, None when there is none; raises `DamagedCache`."""

    def write(self, listed: Listed, /) -> None:
        """Keep *listed*; raises `ConfigError` when it cannot be written."""


class Policy(NamedTuple):
    """
    How a list may be had; *noun* is what messages call it, such as `model list`.

    *start_background* starts a detached refresh, or is
    None where nobody would see the old list first. *offline* forbids the
    network, *automatic* is false when the user switched unasked fetching off.
    *seconds* gives the limit of waiting for another process that fetches, which *waiting* shows.
    *warn* is told what went wrong, *note* that an old list is used.
    """

    noun: str
    start_background: Callable[[], None] | None
    offline: bool
    automatic: bool
    seconds: Callable[[], float]
    warn: Callable[[str], None]
    note: Callable[[str], None]
    waiting: Waiting = nullcontext


def current(cache: Cache[Listed] | None, fetch: Fetch[Listed], policy: Policy, now: float) -> Listed:
    """
    Return the list to use at *now*, seconds since 1970.

    Raises `ConfigError` when there is none and none may be fetched, and the
    error of the fetch when there is no old list to fall back to.
    """
    old = _read(cache, policy)
    if old is not None and cache is not None:
        cache.file.touch()
        if not is_stale(old.fetched_at, now) or _stays_for_now(cache.file, policy, old, now):
            return old
    if policy.offline or not policy.automatic:
        raise _none_cached(policy)
    try:
        return _fetch_once(cache, fetch, policy, old)
    except LitectlError as error:
        if old is None or cache is None:
            raise
        cache.file.note_failure(error.message)
        policy.warn(f"the {policy.noun} is older than 24 hours and cannot be refreshed: {error.message}")
        return old


def refresh(
    cache: Cache[Listed],
    fetch: Fetch[Listed],
    clock: Callable[[], float],
    waiting: Waiting = nullcontext,
) -> tuple[Listed, Listed | None]:
    """
    Fetch the list, keep it, and return it with the one before; *clock* gives seconds since 1970.

    One process at a time; one that had to wait, which *waiting* shows, takes a list that another
    asked for after it was itself called. Whatever goes wrong is raised and the old list stays.
    """
    called = clock()
    try:
        with ExitStack() as stack:
            with waiting(_OTHER_FETCH):
                stack.enter_context(cache.file.refreshing(_REFRESH_LOCK_SECONDS))
            old = read_usable(cache)
            if old is not None and called <= old.fetched_at <= clock():
                return old, old
            new = fetch(old)
            cache.write(new)
    except ConfigError:
        raise  # of this machine, not of the proxy: trying again is not to wait for it
    except LitectlError as error:
        cache.file.note_failure(error.message)
        raise
    return new, old


def read_usable(cache: Cache[Listed] | None) -> Listed | None:
    """Return the kept list, None when there is none or it is damaged."""
    try:
        return cache.read() if cache else None
    except DamagedCache:
        return None


def require_any(new: Sized, old: Sized, what: str) -> None:
    """Raise `ProxyError` for an empty list of *what* after one with some: the proxy may be in trouble."""
    if old and not new:
        raise ProxyError(
            f"the proxy lists no {what}; the previous list is kept",
            hint="if that is right, remove the old list with `litectl cache clear`",
        )


def may_know_more(old: Dated, new: Dated) -> bool:
    """Tell whether what *old* knows still counts where *new* could not be told it: for a week."""
    return 0 <= new.fetched_at - old.fetched_at < _RICHER_SECONDS


def _stays_for_now(file: KeptFile, policy: Policy, old: Dated, now: float) -> bool:
    """Tell whether the stale list *old* is used without waiting for a new one, and say so."""
    failure, age = file.last_failure(), _age(policy.noun, old, now)
    if policy.offline or not policy.automatic:
        policy.note(age)
    elif policy.start_background is not None:
        if failure is not None:
            policy.warn(_last_failure(policy.noun, failure))
        if file.claim_attempt():
            policy.start_background()
            policy.note(f"{age}; a new one is being fetched")
    elif failure is not None and failure.seconds < _BACK_OFF_SECONDS:
        policy.warn(f"{_last_failure(policy.noun, failure)}; `litectl models refresh` tries now")
    else:
        return False
    return True


def _fetch_once(
    cache: Cache[Listed] | None, fetch: Fetch[Listed], policy: Policy, old: Listed | None
) -> Listed:
    """Fetch the list unless another process does so first, and takes no longer than a fetch may."""
    if cache is None:
        policy.warn(f"the {policy.noun} cannot be cached: no file can be kept here; see `litectl doctor`")
        return fetch(None)
    if not cache.file.is_writable:
        policy.warn(f"the {policy.noun} cannot be cached: `{cache.file.path.parent}` cannot be written")
        return fetch(None)
    with ExitStack() as stack:
        try:
            with policy.waiting(_OTHER_FETCH):
                stack.enter_context(cache.file.refreshing(policy.seconds()))
        except ConfigError as error:
            policy.warn(f"the {policy.noun} is fetched but not cached: {error.message}")
            return fetch(None)
        newer = read_usable(cache)
        if newer is not None and (old is None or newer.fetched_at != old.fetched_at):
            return newer
        new = fetch(old)
        try:
            cache.write(new)
        except ConfigError as error:
            policy.warn(f"the {policy.noun} cannot be cached: {error.message}")
        return new


def _read(cache: Cache[Listed] | None, policy: Policy) -> Listed | None:
    try:
        return cache.read() if cache else None
    except DamagedCache:
        path = cache.file.path if cache else ""
        policy.warn(f"the cached {policy.noun} in `{path}` is damaged, or another version's, and is not used")
        return None


def _age(noun: str, old: Dated, now: float) -> str:
    if old.fetched_at > now:
        return f"the {noun} is from the future: a clock was wrong"
    hours = int((now - old.fetched_at) // 3600)
    return f"the {noun} is {f'{hours // 24} days' if hours >= 48 else f'{hours} hours'} old"


def _last_failure(noun: str, failure: Failure) -> str:
    minutes = int(failure.seconds // 60)
    ago = f"{minutes} min ago" if minutes else "just now"
    return f"the {noun} is older than 24 hours, and its last refresh, {ago}, failed: {failure.message}"


def _none_cached(policy: Policy) -> ConfigError:
    forbidden = "`--offline` or LITELLM_OFFLINE forbids fetching one"
    why = forbidden if policy.offline else "LITELLM_DISCOVERY_TIMEOUT_MS is 0"
    return ConfigError(
        f"no {policy.noun} is cached for this proxy and credential, and {why}",
        hint="fetch it once with `litectl models refresh`, online",
    )
