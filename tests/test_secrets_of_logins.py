"""Secrets that others make: helpers, Google and browser logins; and what child processes see of them."""

import json
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from fake_proxy import FakeProxy, chat_answer, json_answer, model_info
from leaks import require_clean, require_private
from litectl.catalog.fingerprint import fingerprint
from litectl.credentials.adc import AuthorizedUser
from litectl.credentials.tokencache import TokenCache
from litectl.credentials.tokens import Token
from litectl.storage.paths import Paths
from login_shapes import CODE, GATEWAY, PAGE, PKCE, POLL, SingleSignOn, poll_fast, store_login
from parrot import ECHOES, Echo, Parrot
from program import Litectl, Program, Result

HELPER_KEY = "sk-hidden-helper+key/0001"
GOOGLE_USER = AuthorizedUser("client-id", "hidden-client+secret/0002", "1//hidden-google+refresh-0003")
GOOGLE_TOKEN = "ya29.hidden-google+access-0004"
PASTED = "hidden-pasted+token/0005"
SURFACE = [
    ("whoami",),
    ("whoami", "--json"),
    ("models", "refresh"),
    ("models", "list"),
    ("ask", "-m", "gpt-5.2", "-p", "Hi", "--no-stdin", "--usage"),
    ("profiles", "list"),
    ("profiles", "show"),
    ("profiles", "show", "--json"),
]
PROFILES = ".config/litectl/profiles.json"
# Writes its arguments and its environment, then does what a browser does, or prints a key.
SPY = """
import json, os, sys, urllib.request
with open({log!r}, "a") as log:
    log.write(json.dumps([sys.argv[1:], dict(os.environ)]) + "\\n")
"""
BROWSE = """
try:
    urllib.request.urlopen(sys.argv[1], timeout=20).read()
except OSError:
    pass
"""


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` without a key against a proxy that has a model."""
    fake.on_models(model_info("gpt-5.2"))
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "gpt-5.2"}]}))
    fake.on_chat(chat_answer("Hello"))
    return Litectl({})


class Spy:
    """A program of the user's that notes what it can see, and then does *deed*."""

    def __init__(self, directory: Path, deed: str) -> None:
        self._log = directory / "spied"
        script = directory / "spy.py"
        script.write_text(SPY.format(log=str(self._log)) + deed)
        self.command = f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}"

    @property
    def sights(self) -> list[str]:
        """The arguments and the environment of each run, as one text, once there is one."""
        deadline = time.monotonic() + 20
        while not (self._log.exists() and self._log.read_text().endswith("\n")):
            assert time.monotonic() < deadline, "it was not started"
            time.sleep(0.02)
        return self._log.read_text().splitlines()


def run_all(litectl: Litectl, *options: str) -> list[Result]:
    """Run every command that asks as somebody, with `--debug`."""
    return [litectl(*words, "--debug", *options) for words in SURFACE]


@pytest.mark.parametrize("by_variable", [False, True])
def test_the_key_of_a_helper(
    litectl: Litectl, fake: FakeProxy, isolated: Path, tmp_path: Path, by_variable: bool
) -> None:
    """What a helper prints is sent and kept in the private directory of tokens, and shown by nothing."""
    spy = Spy(tmp_path, f"print({HELPER_KEY!r})\nprint('noise', {HELPER_KEY!r}, file=sys.stderr)\n")
    login = litectl("login", "--debug", "--base-url", fake.root, "--helper", spy.command)
    if by_variable:
        litectl("profiles", "remove", "--yes", fake.root.removeprefix("http://"))
        litectl.variables |= {"LITECTL_BASE_URL": fake.root, "LITELLM_API_KEY_HELPER": spy.command}
    words = [words for words in SURFACE if not by_variable or "show" not in words]

    results = [login, *(litectl(*each, "--debug") for each in words)]

    assert [result.code for result in results] == [0] * len(results)
    assert {request.headers["authorization"] for request in fake.requests} == {f"Bearer {HELPER_KEY}"}
    require_clean(results, [HELPER_KEY])
    kept = require_private(isolated, [HELPER_KEY])
    assert len(kept) == 1
    assert kept.pop().startswith(".local/state/litectl/tokens/")
    assert HELPER_KEY not in "".join(spy.sights)


@pytest.mark.parametrize(
    "deed",
    [
        f"print({HELPER_KEY!r}); print('refused', {HELPER_KEY!r}, file=sys.stderr); sys.exit(1)",
        f"print('token:', {HELPER_KEY!r})",
        f"print({HELPER_KEY!r}); print('x' * 100_000)",
        f"sys.stderr.write({HELPER_KEY!r} * 500); print({HELPER_KEY!r}); os.abort()",
    ],
)
@pytest.mark.parametrize("form", [("--debug",), ("--debug", "--json")])
def test_a_helper_that_fails_is_not_quoted(
    litectl: Litectl, fake: FakeProxy, isolated: Path, tmp_path: Path, deed: str, form: tuple[str, ...]
) -> None:
    """What it printed before it failed, to either stream, is in no error and in no file."""
    variables = {"LITECTL_BASE_URL": fake.root, "LITELLM_API_KEY_HELPER": Spy(tmp_path, deed).command}

    result = litectl("whoami", *form, variables=variables)

    assert (result.code, fake.requests) == (4, [])
    require_clean([result], [HELPER_KEY])
    assert require_private(isolated, [HELPER_KEY]) == set()


def test_a_helper_sees_no_more_than_its_user(
    litectl: Litectl, fake: FakeProxy, isolated: Path, tmp_path: Path
) -> None:
    """Stored tokens and headers are in neither its arguments nor its environment."""
    spy = Spy(tmp_path, f"print({HELPER_KEY!r})\n")
    variables = {"LITECTL_BASE_URL": fake.root, "LITELLM_API_KEY_HELPER": spy.command}
    with FakeProxy() as other:
        tokens = store_login(isolated, SingleSignOn(other, PKCE), ends_in=86_400)

        result = litectl("whoami", "--header", "x-extra: hidden-header-value", variables=variables)

    assert result.code == 0
    assert len(spy.sights) == 1
    unseen = [str(tokens["access_token"]), str(tokens["refresh_token"]), "hidden-header-value", HELPER_KEY]
    assert not [secret for secret in unseen if secret in spy.sights[0]]


@pytest.fixture
def google(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the file of a Google login, and let no request leave this machine."""
    path = isolated / "google.json"
    path.write_text(json.dumps({"type": "authorized_user", **GOOGLE_USER._asdict()}))
    path.chmod(0o600)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    return path


GOOGLE_SECRETS = [GOOGLE_USER.client_secret, GOOGLE_USER.refresh_token, GOOGLE_TOKEN]


def test_the_tokens_of_google(litectl: Litectl, fake: FakeProxy, isolated: Path, google: Path) -> None:
    """The access token is kept privately and sent; of the file of Google nothing is shown or copied."""
    paths = Paths()
    cache = TokenCache(paths.tokens, fingerprint(paths.fingerprint_secret, "", GOOGLE_USER.identity))
    assert cache.write(Token(GOOGLE_TOKEN, 4_000_000_000.0), 1_700_000_000.0)
    google.rename(google.parent.parent / "google-elsewhere.json")
    elsewhere = {"GOOGLE_APPLICATION_CREDENTIALS": str(google.parent.parent / "google-elsewhere.json")}
    litectl.variables |= elsewhere

    results = [
        litectl("login", "--debug", "--base-url", fake.root, "--gcloud", "--no-verify"),
        *run_all(litectl),
    ]

    assert [result.code for result in results] == [0] * len(results), results[0]
    assert {request.headers["authorization"] for request in fake.requests} == {f"Bearer {GOOGLE_TOKEN}"}
    require_clean(results, GOOGLE_SECRETS)
    (kept,) = require_private(isolated, GOOGLE_SECRETS)
    assert kept.startswith(".local/state/litectl/tokens/")


@pytest.mark.usefixtures("google")
def test_a_google_login_that_fails_shows_nothing(litectl: Litectl, fake: FakeProxy) -> None:
    """Where Google cannot be reached the error names no part of the login."""
    variables = {"LITECTL_BASE_URL": fake.root, "LITELLM_GCLOUD_TOKEN_AUTH": "1"}

    results = [litectl(*words, "--debug", variables=variables) for words in SURFACE[:4]]

    assert fake.requests == []
    require_clean(results, GOOGLE_SECRETS)


@pytest.fixture
def spy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spy:
    """Give a browser that follows every page, and notes what it can see."""
    browser = Spy(tmp_path, BROWSE)
    monkeypatch.setenv("BROWSER", f"{browser.command} %s")
    poll_fast(monkeypatch)
    return browser


def secrets_sent(fake: FakeProxy) -> set[str]:
    """Return what *fake* was sent to make a token: codes, verifiers, refresh tokens and poll secrets."""
    found = set()
    for request in fake.requests:
        form = parse_qs(request.body.decode())
        for name in ("code", "code_verifier", "refresh_token", "device_code", "token"):
            found |= set(form.get(name, []))
        found |= {request.headers.get("x-litellm-cli-poll-secret", "")}
    return found - {""}


@pytest.mark.parametrize(("flow", "option"), [(PKCE, "--pkce"), (CODE, "--device"), (GATEWAY, "--device")])
def test_the_secrets_of_a_browser_login(
    litectl: Litectl, fake: FakeProxy, spy: Spy, isolated: Path, flow: str, option: str
) -> None:
    """From the first page to the logout no secret is shown, and the browser sees none but by its own page."""
    sso = SingleSignOn(fake, flow)
    sso.needs_page = True
    results = [litectl("login", "--debug", option, "--browser", "--base-url", fake.root)]
    results += [litectl("whoami", "--debug"), litectl("profiles", "show", "--json", "--debug")]
    made = [str(answer[name]) for answer in sso.issued for name in ("access_token", "refresh_token")]
    secrets = {*made, *secrets_sent(fake)}

    assert [result.code for result in results] == [0, 0, 0]
    assert require_private(isolated, secrets) == {PROFILES}
    assert len(spy.sights) == 1
    assert not [secret for secret in secrets if secret in spy.sights[0]]

    results.append(litectl("logout", "--debug"))

    require_clean(results, secrets)
    assert require_private(isolated, secrets) == set()


def test_a_renewal_shows_neither_the_old_nor_the_new(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """Both pairs of tokens stay hidden, and the file has the new pair only."""
    sso = SingleSignOn(fake, PKCE)
    store_login(isolated, sso, ends_in=-10.0)

    results = [litectl("whoami", "--debug"), litectl("whoami", "--json", "--debug")]

    old, new = ({str(pair["access_token"]), str(pair["refresh_token"])} for pair in sso.issued)
    assert [result.code for result in results] == [0, 0]
    require_clean(results, old | new)
    stored = (isolated / PROFILES).read_text()
    assert [secret in stored for secret in old] == [False, False]
    assert [secret in stored for secret in new] == [True, True]


@pytest.mark.parametrize("echo", ECHOES, ids=str)
@pytest.mark.parametrize("words", [("whoami",), ("logout",), ("profiles", "remove", "work", "--yes")])
def test_a_proxy_that_repeats_a_refresh_token_is_not_repeated(
    litectl: Litectl, fake: FakeProxy, isolated: Path, echo: Echo, words: tuple[str, ...]
) -> None:
    """What a token or revocation endpoint answers is not shown, whatever its status."""
    tokens = store_login(isolated, SingleSignOn(fake, PKCE), ends_in=-10.0)
    with Parrot(echo) as parrot:
        file = isolated / PROFILES
        file.write_text(file.read_text().replace(fake.root, parrot.root))

        results = [litectl(*words, "--debug", *form) for form in ((), ("--json",))]

    assert tokens["refresh_token"] in parrot.requests[0].body.decode()
    require_clean(results, [str(tokens["access_token"]), str(tokens["refresh_token"])])


def test_a_virtual_key_and_the_token_it_is_made_of(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """The pasted token is used once and kept nowhere; the key is kept in the private file."""
    sso = SingleSignOn(fake)
    sso.accepted.add(PASTED)

    login = ("login", "--paste", "--virtual-key", "--debug", "--base-url", fake.root)
    results = [litectl(*login, stdin=PASTED.encode())]
    results += [litectl("whoami", "--debug"), litectl("profiles", "show", "--debug")]

    key = litectl("token").out.strip()
    assert key.startswith("sk-virtual-key-")
    require_clean(results, [PASTED, key])
    assert require_private(isolated, [PASTED]) == set()
    assert require_private(isolated, [key]) == {PROFILES}


def test_the_background_refresh_gets_no_secret_as_an_argument(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch, isolated: Path
) -> None:
    """The detached process is told where to find who asks, and not the key itself."""
    started: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    key = "sk-hidden-stored-key-0006"
    litectl("login", "--base-url", fake.root, "--api-key-file", "-", stdin=key.encode())
    litectl("models", "refresh")
    for path in (isolated / ".cache").rglob("*.json"):
        path.write_text(re.sub(r'"fetched_at":[0-9.]+', '"fetched_at":1.0', path.read_text(), count=1))

    litectl("models", "list", terminal=True)

    assert len(started) == 1
    assert key not in " ".join(started[0])


@pytest.mark.parametrize("path", [PAGE, POLL])
def test_the_address_of_a_page_holds_no_secret(program: Program, fake: FakeProxy, path: str) -> None:
    """What a login with a code shows and asks for has the number of the login, and never its secret."""
    SingleSignOn(fake, CODE).pending = 0
    program.variables.clear()

    result = program("login", "--device", "--no-browser", "--debug", "--base-url", fake.root)

    assert result.code == 0
    assert path in result.err + "".join(request.path for request in fake.requests)
    assert "poll-secret" not in result.out + result.err
    assert not [request for request in fake.requests if "poll-secret" in request.path]
