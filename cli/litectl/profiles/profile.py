"""
Profiles: named proxies, each with its own credential and default model.

They live in one versioned JSON file, readable by its owner only. A stored
credential carries the root it was issued for, and is never sent to another.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from litectl.credentials.stored import KINDS, VARIABLE, StoredCredential, credential_from
from litectl.errors import ConfigError, UsageError
from litectl.storage.files import locked, read_document, tighten, write_document

VERSION = 1
MOST_TOKENS = 10**12
_NAME_LIMIT = 100
_NAME = rf"[A-Za-z0-9_.:][A-Za-z0-9_.:-]{{0,{_NAME_LIMIT - 1}}}"
_ABOUT = "Profiles and credentials of litectl. Keep this file private."

Overrides = Mapping[str, Mapping[str, object]]


class Profile(NamedTuple):
    """
    A named proxy: its root, and optionally a credential, a default model and how to reach it.

    *auth_header* is the header that takes the key, *headers* are extra ones, whose
    values may refer to variables. *ca_bundle*, *client_cert* and *client_key* are
    paths of PEM files. *models* overrides what is known of models: by name, then
    by field; *context_size* is the window of *model*, in tokens. *parameters* go along with
    every question of `ask`. *keychain* tells that the next login goes to the OS keychain. *other* holds
    what else the file says of it, which is written back as it was.
    """

    name: str
    root: str
    credential: StoredCredential | None = None
    model: str | None = None
    allow_http: bool = False
    auth_header: str | None = None
    ca_bundle: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    keychain: bool = False
    context_size: int | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    models: Overrides = MappingProxyType({})
    parameters: Mapping[str, object] = MappingProxyType({})
    other: Mapping[str, object] = MappingProxyType({})

    def __repr__(self) -> str:
        """Leave the header values out, which may be secrets."""
        return f"Profile(name={self.name!r}, root={self.root!r})"

    @property
    def overrides(self) -> Overrides:
        """What it says of models: *models*, and *context_size* of its own model where that says nothing."""
        if self.model is None or self.context_size is None:
            return self.models
        fields = {"max_input_tokens": self.context_size, **self.models.get(self.model, {})}
        return {**self.models, self.model: fields}

    def without_credential(self) -> "Profile":
        """Return this profile logged out."""
        return self._replace(credential=None)


_TEXTS = ("model", "auth_header", "ca_bundle", "client_cert", "client_key")
_FLAGS = ("allow_http", "keychain")
_NUMBERS = ("context_size",)
_TABLES = ("headers", "models", "parameters")
_KNOWN = ("root", "credential", *_TEXTS, *_FLAGS, *_NUMBERS, *_TABLES)
_DOCUMENT = ("version", "about", "default", "profiles")


class Profiles(NamedTuple):
    """All stored profiles by name, the name of the default one, and what *other* the file says."""

    by_name: Mapping[str, Profile] = MappingProxyType({})
    default_name: str | None = None
    other: Mapping[str, object] = MappingProxyType({})

    @property
    def default(self) -> Profile | None:
        """The profile used when nothing else names one."""
        return self.by_name.get(self.default_name or "")

    @property
    def line_to_choose(self) -> str:
        """The command that makes one the default; it has the name where there is only one."""
        return f"litectl profiles use {next(iter(self.by_name)) if len(self.by_name) == 1 else 'NAME'}"

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
        return self._replace(by_name={**self.by_name, profile.name: profile}, default_name=default_name)

    def remove(self, name: str) -> "Profiles":
        """Return these profiles without *name*; another one becomes the default only by `use`."""
        self.get(name)
        rest = {key: profile for key, profile in self.by_name.items() if key != name}
        return self._replace(
            by_name=rest, default_name=None if name == self.default_name else self.default_name
        )

    def use(self, name: str) -> "Profiles":
        """Return these profiles with *name* as the default."""
        return self._replace(default_name=self.get(name).name)


class ProfileStore:
    """
    The file of profiles.

    *on_tightened* is called with a path whose permissions were too wide when
    it was read, after they have been mended; with None they stay as they are.
    """

    def __init__(self, path: Path, on_tightened: Callable[[Path], None] | None) -> None:
        self._path = path
        self._on_tightened = on_tightened

    def load(self) -> Profiles:
        """Return the stored profiles; none when there is no file. Raises `ConfigError`."""
        document = read_document(self._path, VERSION)
        if document is None:
            return Profiles()
        for path in (self._path, self._path.parent):
            if self._on_tightened is not None and tighten(path):
                self._on_tightened(path)
        try:
            return _profiles_from(document)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._damaged("a profile lacks what it must have") from error
        except UsageError as error:
            raise self._damaged(error.message) from error

    def _damaged(self, what: str) -> ConfigError:
        return ConfigError(
            f"`{self._path}` is damaged: {what}",
            hint=f"repair it, or move it away and log in again: `mv {self._path} {self._path}.damaged`",
        )

    def change(self, edit: Callable[[Profiles], Profiles]) -> Profiles:
        """Apply *edit* to what is stored now, under the lock, and return the result."""
        with locked(self._path):
            changed = edit(self.load())
            write_document(self._path, _document_from(changed))
        return changed

    def renewing(self, name: str, *, seconds: float) -> AbstractContextManager[None]:
        """Return the lock of whoever renews or ends the login of profile *name*, waited for *seconds*."""
        return locked(self._path.with_name(f"{name}.login"), seconds=seconds)


def profile_for_login(
    profiles: Profiles, name: str | None, root: str, may_replace: Callable[[Profile], bool]
) -> Profile:
    """
    Return the profile that a login to *root* fills: *name*, else one of this root, else a new one.

    Without a name one of this root is filled only where *may_replace* says so:
    two accounts of one proxy are two profiles. A new one is called after the host.
    Raises `ConfigError` when *name* is another proxy's, and `UsageError` for
    a name that could not be typed safely.
    """
    if name is None:
        known = (profile for profile in profiles.with_root(root) if may_replace(profile))
        return next(known, None) or Profile(_free_name(profiles, root), root)
    if name in profiles.by_name:
        return _require_root(profiles.by_name[name], root)
    return Profile(check_profile_name(name), root)


def check_profile_name(name: str) -> str:
    """Return *name* when a profile may be called so; raises `UsageError`."""
    if not re.fullmatch(_NAME, name):
        raise UsageError(
            "a profile name has letters, digits, `-`, `_`, `.` and `:` only", hint="choose another name"
        )
    return name


def _require_root(profile: Profile, root: str) -> Profile:
    if profile.root != root:
        raise ConfigError(
            f"profile `{profile.name}` is for {profile.root}, not for {root}",
            hint=f"choose another `--profile`, or `litectl profiles remove {profile.name}` first",
        )
    return profile


def _free_name(profiles: Profiles, root: str) -> str:
    """Return the name of a new profile of *root*, with a number when that is taken."""
    name = _name_of(root)
    numbered = (f"{name}-{number}" for number in range(2, len(profiles.by_name) + 3))
    return next(free for free in (name, *numbered) if free not in profiles.by_name)


def _name_of(root: str) -> str:
    """Return a name for a new profile: host, port and path, as far as a name may have them."""
    return re.sub(r"[^A-Za-z0-9_.:]+", "-", root.partition("://")[2]).strip("-")[: _NAME_LIMIT - 8] or "proxy"


def _profiles_from(document: dict[str, object]) -> Profiles:
    stored = document["profiles"]
    if not isinstance(stored, dict):
        raise TypeError
    default = document.get("default")
    by_name = {name: _profile_from(name, entry) for name, entry in stored.items()}
    other = {key: value for key, value in document.items() if key not in _DOCUMENT}
    return Profiles(by_name, default if isinstance(default, str) else None, other)


def _profile_from(name: str, entry: dict[str, object]) -> Profile:
    credential, headers, models = entry.get("credential"), entry.get("headers", {}), entry.get("models", {})
    if not isinstance(credential, dict | None) or not isinstance(headers, dict):
        raise TypeError
    if not isinstance(models, dict) or not all(isinstance(fields, dict) for fields in models.values()):
        raise TypeError
    root = _text(entry["root"])
    if not root.startswith(("http://", "https://")):
        raise ValueError
    name.encode()  # JSON may escape half of a character, of which no file can have its name
    plain: Any = {key: value for key in _TEXTS if isinstance(value := entry.get(key), str)}
    plain |= {key: True for key in _FLAGS if entry.get(key) is True}
    plain |= {key: value for key in _NUMBERS if _is_token_count(value := entry.get(key))}
    return Profile(
        name,
        root,
        credential=None if credential is None else _credential_of(name, credential),
        headers={key: _text(value) for key, value in headers.items()},
        models=models,
        parameters=_parameters_of(entry.get("parameters", {})),
        other={key: value for key, value in entry.items() if key not in _KNOWN},
        **plain,
    )


def _is_token_count(value: object) -> bool:
    return type(value) is int and 0 < value < MOST_TOKENS


def _credential_of(name: str, entry: dict[str, object]) -> StoredCredential:
    credential = credential_from(entry)
    if credential.kind not in KINDS:
        raise ConfigError(
            f"profile `{name}` has a credential of an unknown kind: `{credential.kind}`",
            hint="use the litectl that wrote it, or move the file away and log in again",
        )
    if credential.kind == VARIABLE or credential.variable is not None:
        # A key that stands where the name belongs would be shown as that name.
        from litectl.credentials.variable import check_variable_name

        check_variable_name(credential.variable or "")
    return credential


def _parameters_of(table: object) -> dict[str, object]:
    if not isinstance(table, dict):
        raise TypeError
    if table:
        from litectl.exchange.typed import check_parameter

        for name, value in table.items():
            check_parameter(name, value)
    return table


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _document_from(profiles: Profiles) -> dict[str, object]:
    entries = {name: _entry_from(profile) for name, profile in profiles.by_name.items()}
    return {
        **profiles.other,
        "version": VERSION,
        "about": _ABOUT,
        "default": profiles.default_name,
        "profiles": entries,
    }


def _entry_from(profile: Profile) -> dict[str, object]:
    entry: dict[str, object] = {**profile.other, "root": profile.root}
    entry |= {key: value for key in (*_TEXTS, *_FLAGS, *_NUMBERS) if (value := getattr(profile, key))}
    entry |= {key: dict(table) for key in _TABLES if (table := getattr(profile, key))}
    if profile.credential:
        entry["credential"] = profile.credential.as_entry()
    return entry
