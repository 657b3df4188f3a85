"""The settings of a profile as a person types them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from litectl.credentials.stored import StoredCredential
from litectl.errors import UsageError
from litectl.profiles.profile import Profile
from litectl.profiles.typed import SETTINGS, TABLES, absolute, parse_settings, with_setting

ROOT = "https://proxy.example.com"
DEV = Profile(
    "dev",
    ROOT,
    StoredCredential("api_key", ROOT, "sk-secret-0001"),
    model="gpt-5.2",
    allow_http=True,
    auth_header="x-litellm-api-key",
    ca_bundle="/etc/ca.pem",
    client_cert="/etc/client.pem",
    client_key="/etc/client.key",
    keychain=True,
    context_size=5000,
    headers={"X-Team": "blue", "x-other": "kept"},
    models={"gpt-5.2": {"max_input_tokens": 5, "mode": "chat"}, "other": {"mode": "embedding"}},
    parameters={"temperature": 0.5, "user": "blue"},
    other={"from_the_future": 1},
)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("model", "claude-haiku-4-5", DEV._replace(model="claude-haiku-4-5")),
        ("model", "a=b", DEV._replace(model="a=b")),
        ("context_size", "128_000", DEV._replace(context_size=128_000)),
        ("context_size", "1", DEV._replace(context_size=1)),
        ("allow_http", "true", DEV),
        ("allow_http", "True", DEV),
        ("allow_http", "false", DEV._replace(allow_http=False)),
        ("allow_http", "FALSE", DEV._replace(allow_http=False)),
        ("keychain", "true", DEV),
        ("keychain", "false", DEV._replace(keychain=False)),
        ("auth_header", "api-key", DEV._replace(auth_header="api-key")),
        ("headers.x-new", "a b: c", DEV._replace(headers={**DEV.headers, "x-new": "a b: c"})),
        ("headers.x-new", "${TEAM}-$$", DEV._replace(headers={**DEV.headers, "x-new": "${TEAM}-$$"})),
        (
            "parameters.temperature",
            "0",
            DEV._replace(parameters={"user": "blue", "temperature": 0}),
        ),
        (
            "parameters.stop",
            '["a=b"]',
            DEV._replace(parameters={**DEV.parameters, "stop": ["a=b"]}),
        ),
        # Of one name in any spelling there is one header.
        ("headers.x-team", "red", DEV._replace(headers={"x-other": "kept", "x-team": "red"})),
        (
            "models.gpt-5.2.max_input_tokens",
            "200_000",
            DEV._replace(models={**DEV.models, "gpt-5.2": {"mode": "chat", "max_input_tokens": 200_000}}),
        ),
        (
            "models.org/new.model:1.input_price",
            "1.25",
            DEV._replace(models={**DEV.models, "org/new.model:1": {"input_price": 1.25}}),
        ),
        (
            "models.other.vision",
            "False",
            DEV._replace(models={**DEV.models, "other": {"mode": "embedding", "vision": False}}),
        ),
    ],
)
def test_a_setting_is_changed_as_typed(key: str, value: str, expected: Profile) -> None:
    """Text, switches, headers and facts of a model each have their form; nothing else changes."""
    assert with_setting(DEV, key, value) == expected


UNSET: Mapping[str, Mapping[str, object]] = {
    "model": {"model": None},
    "context_size": {"context_size": None},
    "allow_http": {"allow_http": False},
    "auth_header": {"auth_header": None},
    "ca_bundle": {"ca_bundle": None},
    "client_cert": {"client_cert": None},
    "client_key": {"client_key": None},
    "keychain": {"keychain": False},
    "headers.x-TEAM": {"headers": {"x-other": "kept"}},
    "headers.x-none": {},
    "parameters.user": {"parameters": {"temperature": 0.5}},
    "parameters.none": {},
    "models.gpt-5.2.mode": {"models": {**DEV.models, "gpt-5.2": {"max_input_tokens": 5}}},
    "models.gpt-5.2.no_such_field": {},
    # A model without any field left is no longer spoken of.
    "models.other.mode": {"models": {"gpt-5.2": DEV.models["gpt-5.2"]}},
    "models.nobody.mode": {},
}


@pytest.mark.parametrize("key", UNSET)
def test_an_empty_value_takes_a_setting_away(key: str) -> None:
    """Also one that was not set, and one that an older version left behind."""
    changes = UNSET[key]

    assert with_setting(DEV, key, "")._asdict() == {**DEV._asdict(), **changes}


def test_every_setting_can_be_taken_away() -> None:
    """The table above knows all of them."""
    assert set(SETTINGS) == {key for key in UNSET if "." not in key}


@pytest.mark.parametrize("key", ["ca_bundle", "client_cert", "client_key"])
def test_a_path_is_kept_as_it_is_found_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isolated: Path, key: str
) -> None:
    """A relative path and `~` are resolved where they are typed, because the profile is used elsewhere."""
    (tmp_path / "file.pem").touch()
    (isolated / "home.pem").touch()
    monkeypatch.chdir(tmp_path)

    assert getattr(with_setting(DEV, key, "file.pem"), key) == str(tmp_path / "file.pem")
    assert getattr(with_setting(DEV, key, "~/home.pem"), key) == str(isolated / "home.pem")
    with pytest.raises(UsageError, match=f"there is no `{tmp_path}/missing.pem`"):
        with_setting(DEV, key, "missing.pem")


def test_no_path_is_no_path() -> None:
    """An option that was not given has nothing to resolve."""
    assert absolute(None) is None


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("allow_http", "yes", "`true` or `false`"),
        ("allow_http", "1", "`true` or `false`"),
        ("keychain", "on", "`true` or `false`"),
        ("root", "https://other.example.com", "model, context_size"),
        ("credential", "sk-1", "model, context_size"),
        ("other", "x", "model, context_size"),
        *(
            ("context_size", value, "128000")
            for value in ("0", "-1", "many", "1.5", "1e3", str(10**12), "9" * 5000, "nan", "true")
        ),
        ("parameters", "x", "parameters.NAME"),
        ("parameters.", "x", "temperature=0.2"),
        ("parameters.model", "x", "profiles set model="),
        ("headers", "x", "headers.NAME"),
        ("models", "x", "models.NAME.FIELD"),
        ("Model", "x", "model, context_size"),
        ("", "", "model, context_size"),
        ("auth_header", "x y", "--header"),
        ("auth_header", "Host", "leave it out"),
        ("headers.", "x", "--header"),
        ("headers.x y", "x", "--header"),
        ("headers.Content-Length", "0", "leave it out"),
        ("headers.x-team", "bl\nue", "without line breaks"),
        ("headers.x-team", "blü", "without line breaks"),
        ("models.", "x", "max_input_tokens"),
        ("models.gpt", "x", "max_input_tokens"),
        ("models..mode", "chat", "max_input_tokens"),
        ("models.gpt.colour", "red", "max_input_tokens"),
        ("models.gpt.name", "red", "max_input_tokens"),
        ("models.gpt.vision", "yes", "`true` or `false`"),
        ("models.gpt.max_input_tokens", "many", "a number of tokens"),
        ("models.gpt.input_price", "-1", "US dollars"),
    ],
)
def test_a_setting_that_cannot_be_is_a_usage_error(key: str, value: str, named: str) -> None:
    """The hint names what may be given; root and credential are changed by logging in only."""
    with pytest.raises(UsageError) as caught:
        with_setting(DEV, key, value)

    assert named in (caught.value.hint or "")


def test_an_unknown_setting_is_told_all_there_are() -> None:
    """Settings and tables both."""
    with pytest.raises(UsageError) as caught:
        with_setting(DEV, "colour", "red")

    assert all(name in (caught.value.hint or "") for name in (*SETTINGS, *TABLES))


@pytest.mark.parametrize(
    ("words", "pairs"),
    [
        (["model", "gpt-5.2"], [("model", "gpt-5.2")]),
        (["model", ""], [("model", "")]),
        (["model", "a=b"], [("model", "a=b")]),
        (["model=gpt-5.2"], [("model", "gpt-5.2")]),
        (["model="], [("model", "")]),
        (["headers.x-team=a=b"], [("headers.x-team", "a=b")]),
        (["model=a", "allow_http=true"], [("model", "a"), ("allow_http", "true")]),
        (["model=a", "model=b", "model=c"], [("model", "a"), ("model", "b"), ("model", "c")]),
    ],
)
def test_settings_are_pairs_or_one_key_and_its_value(words: list[str], pairs: list[tuple[str, str]]) -> None:
    """The first `=` ends the key."""
    assert parse_settings(words) == pairs


@pytest.mark.parametrize("words", [[], ["model"], ["model", "a", "b"], ["model=a", "allow_http"]])
def test_a_word_without_a_value_is_a_usage_error(words: list[str]) -> None:
    """Nothing is guessed, and the hint has an example."""
    with pytest.raises(UsageError, match="a setting is `KEY=VALUE`") as caught:
        parse_settings(words)

    assert "litectl profiles set model=" in (caught.value.hint or "")
