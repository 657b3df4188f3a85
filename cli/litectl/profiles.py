"""
Profiles: named proxies, each with its own credential and default model.

They live in one versioned JSON file, readable by its owner only. A stored
credential carries the root it was issued for, and is never sent to another.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from litectl.errors import ConfigError, UsageError
from litectl.storage import locked, read_document, tighten, write_document

VERSION = 1
SETTINGS = ("model", "allow_http")
_KNOWN = ("root", "credential", "model", "allow_http")
_NAME_LIMIT = 100
_NAME = re.compile(rf"[A-Za-z0-9_.:][A-Za-z0-9_.:-]{{0,{_NAME_LIMIT - 1}}}")
_ABOUT = "Profiles and credentials of litectl. Keep this file private."


class StoredCredential(NamedTuple):
    """A credential at rest: its *kind* (`api_key`), the *secret*, and the root it belongs to."""

    kind: str
    secret: str
    root: str

    def __repr__(self) -> str:
        """Leave the secret out, so that it is not printed by accident."""
        return f"StoredCredential(kind={self.kind!r}, root={self.root!r})"


class Profile(NamedTuple):
    """
    A named proxy: its root, and optionally a credential, a default model and transport rules.

    *other* holds what else the file says of it, which is written back as it was.
    """

    name: str
    root: str
    credential: StoredCredential | None = None
    model: str | None = None
    allow_http: bool = False
    other: Mapping[str, object] = MappingProxyType({})

    def without_credential(self) -> "Profile":
        """Return this profile logged out."""
        return self._replace(credential=None)

    def with_value(self, key: str, value: str) -> "Profile":
        """Return this profile with the setting *key* as typed; raises `UsageError`."""
        if key == "model":
            return self._replace(model=value or None)
        if key != "allow_http":
            raise UsageError(f"unknown setting: {key}", hint=f"the settings are {', '.join(SETTINGS)}")
        if value.lower() not in ("", "true", "false"):
            raise UsageError(f"allow_http is not {value}", hint="give `true` or `false`")
        return self._replace(allow_http=value.lower() == "true")


class Profiles(NamedTuple):
    """All stored profiles by name, and the name of the default one."""

    by_name: Mapping[str, Profile] = MappingProxyType({})
    default_name: str | None = None

    @property
    def default(self) -> Profile | None:
        """The profile used when nothing else names one."""
        return self.by_name.get(self.default_name or "")

    def get(self, name: str) -> Profile:
        """Return the profile *name*; raises `ConfigError` with the known names."""
        if name in self.by_name:
            return self.by_name[name]
        known = ", ".join(f"`{known}`" for known in self.by_name) or "none yet"
        raise ConfigError(
            f"unknown profile: {name}", hint=f"stored profiles: {known}; add one with `litectl login`"
        )

    def with_root(self, root: str) -> list[Profile]:
        """Return the profiles of *root*, the default one first."""
        found = [profile for profile in self.by_name.values() if profile.root == root]
        return sorted(found, key=lambda profile: profile.name != self.default_name)

    def put(self, profile: Profile, *, make_default: bool = False) -> "Profiles":
        """Return these profiles with *profile* added or replaced."""
        is_first = self.default is None and profile.name not in self.by_name
        default_name = profile.name if make_default or is_first else self.default_name
        return Profiles({**self.by_name, profile.name: profile}, default_name)

    def remove(self, name: str) -> "Profiles":
        """Return these profiles without *name*; another one becomes the default only by `use`."""
        self.get(name)
        rest = {key: profile for key, profile in self.by_name.items() if key != name}
        return Profiles(rest, None if name == self.default_name else self.default_name)

    def use(self, name: str) -> "Profiles":
        """Return these profiles with *name* as the default."""
        return self._replace(default_name=self.get(name).name)


class ProfileStore:
    """
    The file of profiles.

    *on_tightened* is called with a path whose permissions were too wide when
    it was read, after they have been mended.
    """

    def __init__(self, path: Path, on_tightened: Callable[[Path], None]) -> None:
        self._path = path
        self._on_tightened = on_tightened

    def load(self) -> Profiles:
        """Return the stored profiles; none when there is no file. Raises `ConfigError`."""
        document = read_document(self._path, VERSION)
        if document is None:
            return Profiles()
        for path in (self._path, self._path.parent):
            if tighten(path):
                self._on_tightened(path)
        try:
            return _profiles_from(document)
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError(
                f"`{self._path}` is damaged: a profile lacks what it must have",
                hint=f"repair it, or move it away and log in again: `mv {self._path} {self._path}.damaged`",
            ) from error

    def change(self, edit: Callable[[Profiles], Profiles]) -> Profiles:
        """Apply *edit* to what is stored now, under the lock, and return the result."""
        with locked(self._path):
            changed = edit(self.load())
            write_document(self._path, _document_from(changed))
        return changed


def profile_for_login(profiles: Profiles, name: str | None, root: str) -> Profile:
    """
    Return the profile that a login to *root* fills: *name*, else the one of this root, else a new one.

    A new one is called after the host. Raises `ConfigError` when *name* is
    another proxy's, and `UsageError` for a name that could not be typed safely.
    """
    if name is None:
        known = profiles.with_root(root)
        name = known[0].name if known else _name_of(root)
    elif name not in profiles.by_name and not _NAME.fullmatch(name):
        raise UsageError(
            "a profile name has letters, digits, `-`, `_`, `.` and `:` only", hint="choose another name"
        )
    profile = profiles.by_name.get(name, Profile(name, root))
    if profile.root != root:
        raise ConfigError(
            f"profile `{name}` is for {profile.root}, not for {root}",
            hint=f"choose another `--profile`, or `litectl profiles remove {name}` first",
        )
    return profile


def _name_of(root: str) -> str:
    """Return a name for a new profile: host, port and path, as far as a name may have them."""
    return re.sub(r"[^A-Za-z0-9_.:]+", "-", root.partition("://")[2]).strip("-")[:_NAME_LIMIT] or "proxy"


def _profiles_from(document: dict[str, object]) -> Profiles:
    stored = document["profiles"]
    if not isinstance(stored, dict):
        raise TypeError
    default = document.get("default")
    by_name = {name: _profile_from(name, entry) for name, entry in stored.items()}
    return Profiles(by_name, default if isinstance(default, str) else None)


def _profile_from(name: str, entry: dict[str, object]) -> Profile:
    credential, model = entry.get("credential"), entry.get("model")
    if not isinstance(credential, dict | None):
        raise TypeError
    return Profile(
        name=name,
        root=_text(entry["root"]),
        credential=_credential_from(credential) if isinstance(credential, dict) else None,
        model=model if isinstance(model, str) else None,
        allow_http=entry.get("allow_http") is True,
        other={key: value for key, value in entry.items() if key not in _KNOWN},
    )


def _credential_from(entry: dict[str, object]) -> StoredCredential:
    return StoredCredential(_text(entry["kind"]), _text(entry["secret"]), _text(entry["root"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _document_from(profiles: Profiles) -> dict[str, object]:
    entries = {name: _entry_from(profile) for name, profile in profiles.by_name.items()}
    return {
        "version": VERSION,
        "about": _ABOUT,
        "default": profiles.default_name,
        "profiles": entries,
    }


def _entry_from(profile: Profile) -> dict[str, object]:
    entry: dict[str, object] = {**profile.other, "root": profile.root}
    if profile.model:
        entry["model"] = profile.model
    if profile.allow_http:
        entry["allow_http"] = True
    if profile.credential:
        credential = profile.credential
        entry["credential"] = {
            "kind": credential.kind,
            "secret": credential.secret,
            "root": credential.root,
        }
    return entry
