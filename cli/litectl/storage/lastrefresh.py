"""What the last refresh of every profile came to, in a file that tells it to whoever asks later."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from litectl.errors import ConfigError
from litectl.storage.files import read_document, write_document
from litectl.text.jsontext import moment

VERSION = 1


class ProfileRefresh(NamedTuple):
    """
    How the refresh of the profile *name* ended: *message* says why it failed, empty where it did not.

    *models* is the number of models now listed, None where it failed; *changed* tells
    whether a name was added or removed.
    """

    name: str
    ok: bool
    message: str
    models: int | None
    changed: bool


class LastRefresh(NamedTuple):
    """The last refresh of every profile: when it ended, in seconds since 1970, and how each went."""

    finished_at: float
    profiles: Sequence[ProfileRefresh]

    @property
    def failed(self) -> list[ProfileRefresh]:
        """Those that could not be refreshed."""
        return [profile for profile in self.profiles if not profile.ok]


def read_last_refresh(path: Path) -> LastRefresh | None:
    """Return what is kept in *path*; None when there is nothing, or nothing that can be read."""
    try:
        document = read_document(path, VERSION)
    except ConfigError:
        return None
    if document is None:
        return None
    finished_at, entries = moment(document.get("finished_at")), document.get("profiles")
    if finished_at is None or not isinstance(entries, list):
        return None
    profiles = [profile for entry in entries if (profile := _profile_from(entry))]
    if len(profiles) < len(entries):
        return None
    return LastRefresh(finished_at, profiles)


def write_last_refresh(path: Path, last: LastRefresh) -> None:
    """Keep *last* in *path*; raises `ConfigError` when it cannot be written."""
    entries = [profile._asdict() for profile in last.profiles]
    write_document(path, {"version": VERSION, "finished_at": last.finished_at, "profiles": entries})


def _profile_from(entry: object) -> ProfileRefresh | None:
    if not isinstance(entry, dict):
        return None
    name, message, models = entry.get("name"), entry.get("message"), entry.get("models")
    ok, changed = entry.get("ok"), entry.get("changed")
    if not (isinstance(name, str) and isinstance(message, str)):
        return None
    if not (isinstance(ok, bool) and isinstance(changed, bool)):
        return None
    if models is not None and (type(models) is not int or models < 0):
        return None
    return ProfileRefresh(name, ok, message, models, changed)
