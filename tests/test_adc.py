"""Google's application default credentials: where they lie, which can be used, what Google gives for them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from litectl.credentials.adc import GOOGLE, AuthorizedUser, adc_path, fetch_token, read_authorized_user
from litectl.credentials.tokens import is_due
from litectl.environment import Environment
from litectl.errors import AuthError, NetworkError
from litectl.wire.proxy import Proxy

NOW = 1_800_000_000.0
NAME = "application_default_credentials.json"
USER = AuthorizedUser("client.apps.googleusercontent.com", "hidden-client-secret", "1//hidden-refresh")
FILE = {"type": "authorized_user", "account": "", **USER._asdict()}
LOGIN = "gcloud auth application-default login"


def put(path: Path) -> Path:
    """Create a file at *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    return path


@pytest.mark.parametrize(
    ("present", "platform", "expected"),
    [
        ([], "linux", None),
        (["config", "home", "appdata"], "linux", "config"),
        (["home", "appdata"], "linux", "home"),
        (["appdata"], "linux", None),
        (["appdata"], "win32", "appdata"),
        (["home", "appdata"], "win32", "home"),
    ],
)
def test_the_file_is_the_first_that_gcloud_may_have_written(
    tmp_path: Path, present: list[str], platform: str, expected: str | None
) -> None:
    """CLOUDSDK_CONFIG, the home directory, and on Windows APPDATA are looked into, in this order."""
    paths = {
        "config": tmp_path / "config" / NAME,
        "home": tmp_path / "home" / ".config" / "gcloud" / NAME,
        "appdata": tmp_path / "appdata" / "gcloud" / NAME,
    }
    for name in present:
        put(paths[name])
    variables = {"CLOUDSDK_CONFIG": str(tmp_path / "config"), "APPDATA": str(tmp_path / "appdata")}

    found = adc_path(Environment(variables), tmp_path / "home", platform=platform)

    assert found == (paths[expected] if expected else None)


def test_a_named_file_is_the_file_though_it_is_missing(tmp_path: Path) -> None:
    """GOOGLE_APPLICATION_CREDENTIALS is not silently replaced by another login."""
    put(tmp_path / ".config" / "gcloud" / NAME)
    variables = Environment({"GOOGLE_APPLICATION_CREDENTIALS": "/no/such.json"})

    assert adc_path(variables, tmp_path, platform="linux") == Path("/no/such.json")


@pytest.mark.parametrize("unset", ["", "undefined"])
def test_without_variables_and_home_there_is_no_file(unset: str) -> None:
    """An empty variable counts as unset, and a user without a home has no file."""
    names = ("GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "APPDATA")

    assert adc_path(Environment(dict.fromkeys(names, unset)), None, platform="win32") is None


def test_a_file_of_a_person_is_read(tmp_path: Path) -> None:
    """What gcloud writes gives the OAuth client and its refresh token, also with a byte order mark."""
    path = tmp_path / NAME
    path.write_text(json.dumps(FILE), encoding="utf-8-sig")

    assert read_authorized_user(path) == USER


def refused(path: Path | None) -> AuthError:
    """Return the error of the file *path*."""
    with pytest.raises(AuthError) as caught:
        read_authorized_user(path)
    assert "hidden" not in str(caught.value.as_json())
    assert LOGIN in (caught.value.hint or "")
    return caught.value


def without(*names: str, **changed: object) -> dict[str, object]:
    """Return the document of the file without *names* and with *changed*."""
    return {name: value for name, value in {**FILE, **changed}.items() if name not in names}


@pytest.mark.parametrize(
    ("document", "what"),
    [
        (
            without(type="service_account", private_key="hidden"),
            "is a service account's; litectl uses a pers",
        ),
        (without(type="impersonated_service_account"), "is an impersonated service account's"),
        (without(type="external_account"), "is an external account's"),
        (without(type="external_account_authorized_user"), "is an external account's"),
        (without(type="hidden"), "is of a kind that is not known"),
        (without(type=1), "is of a kind that is not known"),
        (without(type=None), "is of a kind that is not known"),
        (without(type=["authorized_user"]), "is of a kind that is not known"),
        (without(type={"authorized_user": 1}), "is of a kind that is not known"),
        (without("type"), "is of a kind that is not known"),
        ({}, "is of a kind that is not known"),
        (without("client_id"), "lacks a usable client_id"),
        (without("client_secret"), "lacks a usable client_secret"),
        (without("refresh_token"), "lacks a usable refresh_token"),
        (without("client_id", "refresh_token"), "lacks a usable client_id, refresh_token"),
        (without(*USER._fields), "lacks a usable client_id, client_secret, refresh_token"),
        (without(refresh_token=""), "lacks a usable refresh_token"),
        (without(refresh_token=" \n"), "lacks a usable refresh_token"),
        (without(refresh_token="hidden\n"), "lacks a usable refresh_token"),
        (without(refresh_token="hidden\ud800"), "lacks a usable refresh_token"),
        (without(refresh_token=None), "lacks a usable refresh_token"),
        (without(refresh_token=1), "lacks a usable refresh_token"),
        (without(client_id=["hidden"]), "lacks a usable client_id"),
        (without(client_secret={"hidden": 1}), "lacks a usable client_secret"),
        ([FILE], "is not a file of Google credentials"),
        ("hidden", "is not a file of Google credentials"),
        (None, "is not a file of Google credentials"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_the_way_to_one(
    tmp_path: Path, document: object, what: str
) -> None:
    """Other kinds, missing and unusable fields are named; their values are not."""
    path = tmp_path / NAME
    path.write_text(json.dumps(document))

    assert what in refused(path).message


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"hidden", b"\xff\xfehidden", b"[" * 100_000, json.dumps(FILE).encode() + b" " * 2**20],
    ids=["empty", "cut", "text", "binary", "deep", "large"],
)
def test_a_file_that_is_no_json_is_told(tmp_path: Path, content: bytes) -> None:
    """Junk, and what is too large for such a file, is none of Google's."""
    path = tmp_path / NAME
    path.write_bytes(content)

    assert refused(path).message == f"`{path}` is not a file of Google credentials"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """No file at all, and a named one that is missing, are told apart."""
    path = tmp_path / "no-such.json"

    assert refused(None).message == "there are no Google application default credentials"
    assert refused(path).message == f"there is no `{path}`"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """The system's reason is part of the message."""
    assert refused(tmp_path).message == f"cannot read `{tmp_path}`: Is a directory"


def test_two_logins_have_two_identities() -> None:
    """Another client or another refresh token is another account."""
    identities = {
        USER.identity,
        USER._replace(client_id="other").identity,
        USER._replace(refresh_token="other").identity,
    }

    assert USER.identity == f"gcloud-adc:authorized_user:{USER.client_id}:{USER.refresh_token}"
    assert len(identities) == 3


def test_a_printed_login_shows_its_client_only() -> None:
    """Neither of its secrets is in a traceback or a log."""
    assert "hidden" not in f"{USER!r} {USER}"


class Google:
    """Google's token endpoint on loopback, and the roots that were asked for."""

    def __init__(self, fake: FakeProxy) -> None:
        self.fake = fake
        self.roots: list[str] = []

    def connect(self, root: str) -> Proxy:
        """Give a connection to the fake in place of *root*."""
        self.roots.append(root)
        return Proxy(self.fake.root)

    def answers(self, answer: Answer | Callable[[Request], Answer]) -> None:
        """Answer so from now on."""
        self.fake.on("POST", "/token", answer)


@pytest.fixture
def google(fake: FakeProxy) -> Google:
    """Give Google on loopback."""
    return Google(fake)


def test_a_refresh_token_is_exchanged_for_an_access_token(google: Google) -> None:
    """One form goes to Google's token endpoint as RFC 6749, 6 has it, and nothing else says who asks."""
    google.answers(json_answer({"access_token": "ya29.token", "expires_in": 3599, "token_type": "Bearer"}))

    token = fetch_token(google.connect, USER, now=NOW)

    assert token.secret == "ya29.token"
    assert google.roots == [GOOGLE] == ["https://oauth2.googleapis.com"]
    [request] = google.fake.requests
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers
    assert parse_qs(request.body.decode(), strict_parsing=True) == {
        "grant_type": ["refresh_token"],
        "client_id": [USER.client_id],
        "client_secret": [USER.client_secret],
        "refresh_token": [USER.refresh_token],
    }


@pytest.mark.parametrize(
    ("expires_in", "used"),
    [
        (3599, 3000),
        (86_400, 3000),
        (10**400, 3000),
        (1800, 1500),
        (1800.5, 1500.5),
        (300, 0),
        (0, 0),
        (None, 3000),
        (-1, 3000),
        ("600", 3000),
        (True, 3000),
        ([600], 3000),
    ],
)
def test_a_token_is_used_until_five_minutes_before_its_end(
    google: Google, expires_in: object, used: float
) -> None:
    """And for 50 minutes at most, also when Google does not say how long it lasts."""
    google.answers(json_answer({"access_token": "ya29.token", "expires_in": expires_in}))

    token = fetch_token(google.connect, USER, now=NOW)

    assert is_due(token.expires_at, NOW + used)
    assert used == 0 or not is_due(token.expires_at, NOW + used - 1)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (json_answer({"error": "invalid_grant"}, 400), "the Google login has expired or was revoked"),
        (
            json_answer({"error": "invalid_grant", "error_subtype": "invalid_rapt"}, 400),
            "the Google login has expired or was revoked",
        ),
        (json_answer({"error": "invalid_client"}, 401), "Google gave no access token: it answered 401"),
        (json_answer({"error": ["invalid_grant"]}, 400), "Google gave no access token: it answered 400"),
        (json_answer({"error": "hidden"}, 429), "Google gave no access token: it answered 429"),
        (json_answer({"error": "hidden"}, 503), "Google gave no access token: it answered 503"),
        (Answer(500, [b"<html>hidden"]), "Google gave no access token: it answered 500"),
        (json_answer({"access_token": "ya29.x"}, 400), "Google gave no access token: it answered 400"),
        (
            json_answer({"access_token": "ya29.x"}, 302, location="https://hidden.example.com"),
            "Google gave no access token: it answered 302",
        ),
        *(
            (json_answer(document), "Google answered 200 without a usable access token")
            for document in (
                {},
                {"id_token": "hidden"},
                {"access_token": ""},
                {"access_token": None},
                {"access_token": 1},
                {"access_token": ["hidden"]},
                {"access_token": "hid den"},
                {"access_token": "hidden\r\nx: y"},
                {"access_token": "x" * 32_769},
                ["hidden"],
                "hidden",
                None,
            )
        ),
        (Answer(200, [b"hidden"]), "Google answered 200 without a usable access token"),
        (Answer(200, [b""]), "Google answered 200 without a usable access token"),
        (
            Answer(200, [b'{"access_token": "ya29.hidden']),
            "Google answered 200 without a usable access token",
        ),
    ],
)
def test_whatever_else_google_answers_is_an_error_without_its_text(
    google: Google, answer: Answer, message: str
) -> None:
    """The status is told, and what to do; neither the body nor what was sent is."""
    google.answers(answer)

    with pytest.raises(AuthError) as caught:
        fetch_token(google.connect, USER, now=NOW)

    assert caught.value.message == message
    assert "hidden" not in str(caught.value.as_json())
    assert len(google.fake.requests) == 1


@pytest.mark.parametrize(
    ("status", "hint"), [(400, LOGIN), (401, LOGIN), (429, "try again later"), (503, "try again later")]
)
def test_the_hint_tells_a_refusal_from_a_passing_failure(google: Google, status: int, hint: str) -> None:
    """A new login helps against a refusal only."""
    google.answers(json_answer({"error": "x"}, status))

    with pytest.raises(AuthError) as caught:
        fetch_token(google.connect, USER, now=NOW)

    assert hint in (caught.value.hint or "")


def test_google_out_of_reach_is_an_error_of_the_network(google: Google) -> None:
    """The hint is about Google, not about the address of the LiteLLM proxy."""
    google.answers(Answer(200, [b"{"], cut=True))

    with pytest.raises(NetworkError) as caught:
        fetch_token(google.connect, USER, now=NOW)

    assert "Google" in (caught.value.hint or "")
    assert "hidden" not in str(caught.value.as_json())


def test_a_hint_that_knows_more_is_kept() -> None:
    """What is said about certificates holds for Google too."""

    def connect(_: str) -> Any:
        raise NetworkError("x", hint="name the CA")

    with pytest.raises(NetworkError) as caught:
        fetch_token(connect, USER, now=NOW)

    assert caught.value.hint == "name the CA"
