"""
The settings of a profile as a person types them: `model`, `headers.NAME`, `models.NAME.FIELD`.

An empty value takes a setting away.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litectl.errors import UsageError
from litectl.exchange.typed import parse_default
from litectl.profiles.profile import MOST_TOKENS, Profile
from litectl.wire.headers import check_header, check_header_name

# Each setting, and what its value is.
SETTINGS = {
    "model": "the default model of `ask`",
    "context_size": "the context window of that model in tokens, before what the proxy says",
    "allow_http": "true allows plain http to this proxy",
    "auth_header": "the header that takes the key, such as x-litellm-api-key",
    "ca_bundle": "a PEM file of CA certificates to trust",
    "client_cert": "a PEM file with a client certificate",
    "client_key": "a PEM file with its key",
    "keychain": "true keeps the secrets of the next login in the OS keychain",
}
HEADERS, PARAMETERS, MODELS = "headers.", "parameters.", "models."
TABLES = {
    f"{HEADERS}NAME": "an extra header; its value may refer to variables as $NAME",
    f"{PARAMETERS}NAME": "what `ask` sends with every question, such as temperature; JSON or a text",
    f"{MODELS}NAME.FIELD": "what is known of a model, such as max_input_tokens",
}
_FLAGS = ("allow_http", "keychain")
_PATHS = ("ca_bundle", "client_cert", "client_key")


def parse_settings(words: list[str]) -> list[tuple[str, str]]:
    """Return the pairs of *words*: `KEY=VALUE` each, or one KEY and its VALUE; raises `UsageError`."""
    if len(words) == 2 and "=" not in words[0]:
        return [(words[0], words[1])]
    pairs = [word.partition("=") for word in words]
    if not pairs or not all(equals for _, equals, _ in pairs):
        raise UsageError("a setting is `KEY=VALUE`", hint="for example `litectl profiles set model=gpt-5.2`")
    return [(key, value) for key, _, value in pairs]


def with_setting(profile: Profile, key: str, value: str) -> Profile:
    """Return *profile* with the setting *key* as typed; raises `UsageError`."""
    if key.startswith(HEADERS):
        return _with_header(profile, key.removeprefix(HEADERS), value)
    if key.startswith(PARAMETERS):
        return _with_parameter(profile, key.removeprefix(PARAMETERS), value)
    if key.startswith(MODELS):
        return _with_override(profile, key.removeprefix(MODELS), value)
    if key not in SETTINGS:
        raise UsageError(
            f"unknown setting: {key}", hint=f"the settings are {', '.join((*SETTINGS, *TABLES))}"
        )
    parsed: Any = {key: _parsed(key, value)}
    return profile._replace(**parsed)


def _parsed(key: str, value: str) -> str | int | None:
    if key in _FLAGS:
        if value.lower() not in ("", "true", "false"):
            raise UsageError(f"{key} is not {value}", hint="give `true` or `false`")
        return value.lower() == "true"
    if not value:
        return None
    if key == "context_size":
        return _tokens(key, value)
    if key == "auth_header":
        return check_header_name(value)
    if key in _PATHS:
        return absolute(value)
    return value


def _tokens(key: str, value: str) -> int:
    try:
        tokens = int(value)
    except ValueError:
        tokens = 0
    if not 0 < tokens < MOST_TOKENS:
        raise UsageError(f"{key} is not {value}", hint="give a number of tokens, such as 128000")
    return tokens


def absolute(path: str | None) -> str | None:
    """Return *path* as it is found from every directory, or None; raises `UsageError` when it is missing."""
    if path is None:
        return None
    found = Path(path).expanduser().absolute()
    if not found.exists():
        raise UsageError(f"there is no `{found}`", hint="give the path of a PEM file")
    return str(found)


def _with_header(profile: Profile, name: str, value: str) -> Profile:
    check_header(name, value)
    others = {key: kept for key, kept in profile.headers.items() if key.lower() != name.lower()}
    return profile._replace(headers={**others, name: value} if value else others)


def _with_parameter(profile: Profile, name: str, value: str) -> Profile:
    parameters = {key: kept for key, kept in profile.parameters.items() if key != name}
    if value:
        parameters[name] = parse_default(name, value)
    return profile._replace(parameters=parameters)


def _with_override(profile: Profile, path: str, value: str) -> Profile:
    from litectl.catalog.overrides import parse_override

    # A model name may have dots itself; the field has none.
    name, dot, field = path.rpartition(".")
    if not dot or not name:
        raise UsageError(f"which field of model {path}?", hint="models.NAME.max_input_tokens=128000")
    fields = dict(profile.models.get(name, {}))
    fields.pop(field, None)
    if value:
        fields[field] = parse_override(field, value)
    return profile._replace(models=_with(profile.models, name, fields))


def _with(
    table: Mapping[str, Mapping[str, object]], name: str, fields: Mapping[str, object]
) -> dict[str, Mapping[str, object]]:
    rest = {key: value for key, value in table.items() if key != name}
    return {**rest, name: fields} if fields else rest
