"""The columns of a list of profiles, and one profile in full; their names are the fields of the JSON."""

import json
from operator import attrgetter
from typing import TYPE_CHECKING

from litectl.output.columns import Column
from litectl.output.times import timestamp
from litectl.wire.headers import shown_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litectl.profiles.profile import Profile


def profile_columns(default_name: str | None = None) -> list[Column]:
    """Return every column of a `Profile`; *default_name* is the one used when nothing names another."""
    return [
        Column("name", "Name", attrgetter("name")),
        Column("base_url", "URL", attrgetter("root")),
        Column("default", "Default", lambda profile: profile.name == default_name),
        Column("credential", "Credential", lambda profile: profile.credential and profile.credential.kind),
        Column("expires_at", "Expires", _expires_at),
        Column("model", "Model", attrgetter("model")),
    ]


def _expires_at(profile: "Profile") -> str | None:
    return timestamp(profile.credential.expires_at) if profile.credential else None


def profile_record(profile: "Profile", default_name: str | None) -> dict[str, object]:
    """Return all of *profile* but its secrets; of a header's value the references are shown."""
    credential = profile.credential
    headers = {name: shown_value(value) for name, value in profile.headers.items()}
    return {
        "name": profile.name,
        "base_url": profile.root,
        "default": profile.name == default_name,
        "credential": credential and credential.kind,
        "credential_place": credential and credential.place_of_secret,
        "helper": credential and _program(credential.command),
        "key_variable": credential and credential.variable,
        "expires_at": _expires_at(profile),
        "user_id": credential and credential.user_id,
        "team_id": credential and credential.team_id,
        "model": profile.model,
        "context_size": profile.context_size,
        "allow_http": profile.allow_http,
        "auth_header": profile.auth_header,
        "ca_bundle": profile.ca_bundle,
        "client_cert": profile.client_cert,
        "client_key": profile.client_key,
        "keychain": profile.keychain,
        "headers": headers,
        "parameters": dict(profile.parameters),
        "models": {name: dict(fields) for name, fields in profile.models.items()},
    }


def _program(command: str | None) -> str | None:
    """Return the program of a helper's *command*; the rest may hold a secret."""
    return command.split()[0] if command else None


def as_json_text(value: object) -> str:
    """Return *value* as JSON on one line, which tells a text from a number."""
    return json.dumps(value, ensure_ascii=False)


def flattened(record: "Mapping[str, object]", prefix: str = "") -> dict[str, object]:
    """
    Return *record* with the fields of its objects as fields of their own, `headers.x-team`.

    A parameter is one field, with its value as JSON.
    """
    flat: dict[str, object] = {}
    for name, value in record.items():
        if not isinstance(value, dict):
            flat[f"{prefix}{name}"] = value
        elif name == "parameters" and not prefix:
            flat |= {f"{name}.{parameter}": as_json_text(found) for parameter, found in value.items()}
        else:
            flat |= flattened(value, f"{prefix}{name}.")
    return flat
