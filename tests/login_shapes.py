"""The browser logins of a LiteLLM proxy, played by a `FakeProxy` as a real one plays them, and a browser."""

import base64
import hashlib
import json
import shlex
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from fake_proxy import Answer, FakeProxy, Request, error_answer, json_answer
from litectl.credentials import browser, device, gateway
from litectl.credentials.gateway import GRANT
from litectl.credentials.stored import LOGIN, StoredCredential
from litectl.profiles.profile import Profile, ProfileStore

PKCE, CODE, GATEWAY = "pkce", "code", "gateway"
CONTRACT = "/.well-known/litellm-cli-auth"
UI_CONFIG, READINESS = "/.well-known/litellm-ui-config", "/health/readiness"
PAGE = "/sso/key/generate"
START, POLL = "/sso/cli/start", "/sso/cli/poll/"
MODELS, KEY_INFO, USER_INFO, GENERATE = "/v1/models", "/key/info", "/user/info", "/key/generate"
TOKEN, REVOKE = "/token", "/revoke"
GATEWAY_METADATA = "/claude_code_gateway/.well-known/oauth-authorization-server"
GATEWAY_BEGIN, GATEWAY_TOKEN, GATEWAY_REVOKE = (
    f"/claude_code_gateway/oauth/{name}" for name in ("device_authorization", "token", "revoke")
)
USER = "u-123"
VERSION = "1.106.2"
_PADDING = "x" * 780  # a real token has 770 to 1200 characters
_REFUSED = error_answer(
    401, "token_not_found_in_db", "Authentication Error, Invalid proxy server token passed"
)

# It follows every redirect, as browsers do, and never fails: another one would be tried then.
_BROWSER = """
import sys, urllib.request
with open({log!r}, "a") as log:
    log.write(sys.argv[1] + "\\n")
try:
    urllib.request.urlopen(sys.argv[1], timeout=20).read()
except OSError:
    pass
"""


class Browser:
    """
    The user's browser, which shows nothing and follows every page to its end.

    `opened` are the pages that a run in this process opened; `visited` those that the
    browser of any process has begun with, a moment later.
    """

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._log = directory / "visited"
        self.opened: list[str] = []
        script = directory / "browser.py"
        script.write_text(_BROWSER.format(log=str(self._log)))
        monkeypatch.setenv("BROWSER", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))} %s")
        open_page = browser.open_page

        def noted(url: str) -> None:
            self.opened.append(url)
            open_page(url)

        monkeypatch.setattr(browser, "open_page", noted)

    @property
    def visited(self) -> list[str]:
        """The addresses, in order."""
        return self._log.read_text().splitlines() if self._log.exists() else []


class _Code(NamedTuple):
    """What an authorization code was given for."""

    challenge: str
    fields: tuple[str, ...]  # client id, redirect URI and resource


class SingleSignOn:
    """
    Lets *fake* play the login *flows*, all of them when none is named, for one user.

    The user agrees unless `denies`, after `pending` polls and, where it `needs_page`, when
    the page was opened, and is in `teams`, ids and aliases. Access tokens live
    `lifetime` seconds. A refresh token works once; one that comes again ends its whole
    family. `accepted` are the tokens and keys that the API takes, `issued` the answers of
    the token endpoints, in order.
    """

    def __init__(self, fake: FakeProxy, *flows: str) -> None:
        self.fake = fake
        self.teams: dict[str, str] = {}
        self.denies = False
        self.pending = 1
        self.needs_page = False
        self.lifetime = 86_400
        self.accepted: set[str] = set()
        self.issued: list[dict[str, Any]] = []
        self.renewals = 0
        self.revoked: list[str] = []
        self._families: dict[str, int] = {}
        self._heads: dict[int, str | None] = {}
        self._codes: dict[str, _Code] = {}
        self._polls: dict[str, int] = {}
        self._numbers = count(1)
        self._lock = Lock()
        offers = {PKCE: self._offer_pkce, CODE: self._offer_code, GATEWAY: self._offer_gateway}
        for flow in flows or offers:
            offers[flow]()
        self.tell(sso=True, database=True)
        fake.on("GET", PAGE, Answer(pieces=[b"<html>Sign in</html>"], content_type="text/html"))
        fake.on("GET", MODELS, self.models)
        fake.on("POST", GENERATE, self._generated)
        fake.on("GET", "/public/model_hub/info", json_answer({"litellm_version": VERSION}))

    def tell(self, *, sso: bool | None, database: bool | None) -> None:
        """Let the proxy say whether it has both; None is a proxy that does not tell."""
        unknown = json_answer({"detail": "Not Found"}, 404)
        words = {True: "connected", False: "Not connected"}
        config: dict[str, Any] = {"server_root_path": "", "sso_configured": sso, "workers": []}
        ready = {"status": "healthy", "db": words.get(database is True)}
        self.fake.on("GET", UI_CONFIG, unknown if sso is None else json_answer(config))
        self.fake.on("GET", READINESS, unknown if database is None else json_answer(ready))

    # The API

    def accepts(self, request: Request) -> bool:
        """Tell whether the API takes the token of *request*."""
        return request.headers.get("authorization", "").removeprefix("Bearer ") in self.accepted

    def models(self, request: Request) -> Answer:
        """Answer `/v1/models`."""
        return json_answer({"data": [], "object": "list"}) if self.accepts(request) else _REFUSED

    def asked(self, method: str, path: str) -> list[Request]:
        """Return the requests of *method* and *path*, whatever their query."""
        return [
            request
            for request in self.fake.requests
            if (request.method, request.path.partition("?")[0]) == (method, path)
        ]

    def _generated(self, request: Request) -> Answer:
        """Answer `/key/generate`, which a token of the user may ask."""
        if not self.accepts(request):
            return _REFUSED
        key = f"sk-virtual-key-{next(self._numbers):04}"
        self.accepted.add(key)
        return json_answer({"key": key, "expires": None, "user_id": USER, "team_id": None, "token": "5416"})

    # Tokens

    def issue(self, team_id: str | None = None, family: int | None = None) -> dict[str, Any]:
        """Return the answer of a token endpoint: a new pair, of *family* where it is a renewal."""
        with self._lock:
            number = next(self._numbers)
            family = number if family is None else family
            answer: dict[str, Any] = {
                "access_token": f"litellm_login_{_PADDING}{number:04}",
                "token_type": "Bearer",
                "expires_in": self.lifetime,
                "refresh_token": f"llm_srefresh_{number:04}",
                "user_id": USER,
                "team_id": team_id,
            }
            self._families[answer["refresh_token"]] = family
            self._heads[family] = answer["refresh_token"]
            self.accepted.add(answer["access_token"])
            self.issued.append(answer)
            return answer

    def renewed(self, token: str) -> Answer:
        """Answer a refresh with *token*; one that is spent takes its whole family with it."""
        with self._lock:
            self.renewals += 1
            family = self._families.get(token)
            if family is None or self._heads[family] != token:
                if family is not None:
                    self._heads[family] = None
                return _invalid_grant("the refresh token was already used")
            self._heads[family] = None
        return json_answer(self.issue(family=family))

    def _revoked(self, request: Request) -> Answer:
        token = _form(request)["token"]
        self.revoked.append(token)
        if (family := self._families.get(token)) is not None:
            self._heads[family] = None
        return json_answer({})

    # PKCE

    def _offer_pkce(self) -> None:
        root = self.fake.root
        contract = {
            "contract_version": 1,
            "issuer": root,
            "authorization_endpoint": f"{root}/authorize",
            "token_endpoint": root + TOKEN,
            "registration_endpoint": f"{root}/register",
            "revocation_endpoint": root + REVOKE,
            "resource": root,
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "revocation_endpoint_auth_methods_supported": ["none"],
        }
        self.fake.on("GET", CONTRACT, json_answer(contract, cache_control="no-store"))
        self.fake.on("POST", "/register", self._registered)
        self.fake.on("GET", "/authorize", self._authorized)
        self.fake.on("POST", TOKEN, self.answer_token)
        self.fake.on("POST", REVOKE, self._revoked)

    def _registered(self, _: Request) -> Answer:
        client_id = f"llm_dcrc_{next(self._numbers):04}"
        return json_answer({"client_id": client_id, "client_id_issued_at": int(time.time())}, 201)

    def _authorized(self, request: Request) -> Answer:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        if not query["redirect_uri"].startswith("http://127.0.0.1:") or query["response_type"] != "code":
            return json_answer({"error": "invalid_request"}, 400)
        back = {"state": query["state"]}
        if self.denies:
            back["error"] = "access_denied"
        else:
            back["code"] = f"llm_gcode_{next(self._numbers):04}"
            fields = (query["client_id"], query["redirect_uri"], query["resource"])
            self._codes[back["code"]] = _Code(query["code_challenge"], fields)
        return json_answer({}, 302, location=f"{query['redirect_uri']}?{urlencode(back)}")

    def answer_token(self, request: Request) -> Answer:
        """Answer `/token`: a code for its tokens, or a renewal."""
        form = _form(request)
        if form["grant_type"] == "refresh_token":
            return self.renewed(form["refresh_token"])
        known = self._codes.pop(form["code"], None)
        if known is None:
            return _invalid_grant("the authorization code was already used")
        if known.fields != (form["client_id"], form["redirect_uri"], form["resource"]):
            return _invalid_grant("the code is of another client")
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != known.challenge:
            return _invalid_grant("PKCE verification failed")
        return json_answer(self.issue())

    # With a code: /sso/cli

    def _offer_code(self) -> None:
        self.fake.on("POST", START, self._started)

    def _started(self, _: Request) -> Answer:
        number = next(self._numbers)
        login_id, secret = f"cli-{number:04}", f"poll-secret-{number:04}"
        self._polls[login_id] = 0
        self.fake.on("GET", POLL + login_id, lambda request: self._polled(request, login_id, secret))
        return json_answer(
            {"login_id": login_id, "poll_secret": secret, "user_code": "CWHN-MK9B", "expires_in": 600}
        )

    def _polled(self, request: Request, login_id: str, secret: str) -> Answer:
        if request.headers.get("x-litellm-cli-poll-secret") != secret:
            return json_answer({"detail": "Invalid CLI polling secret"}, 403)
        if login_id not in self._polls:
            return json_answer({"detail": "CLI login session not found or expired."}, 400)
        self._polls[login_id] += 1
        if self._polls[login_id] <= self.pending or (self.needs_page and not self.asked("GET", PAGE)):
            return json_answer({"status": "pending"})
        wanted = parse_qs(urlsplit(request.path).query).get("team_id", [None])[0]
        if wanted is None and len(self.teams) > 1:
            return json_answer({**self._ready(None), "requires_team_selection": True})
        if wanted is not None and wanted not in self.teams:
            return json_answer({"detail": f"User does not belong to team: {wanted}"}, 403)
        del self._polls[login_id]
        team_id = wanted or next(iter(self.teams), None)
        return json_answer({**self._ready(team_id), "key": self.issue(team_id)["access_token"]})

    def _ready(self, team_id: str | None) -> dict[str, Any]:
        details = [
            {"team_id": team, "team_alias": alias, "team_models": ["gpt-5.2"], "team_model_aliases": None}
            for team, alias in self.teams.items()
        ]
        answer = {"status": "ready", "user_id": USER, "team_id": team_id}
        return {**answer, "teams": list(self.teams), "team_details": details}

    # With a code: the gateway (RFC 8628)

    def _offer_gateway(self) -> None:
        root = self.fake.root
        metadata = {
            "issuer": f"{root}/claude_code_gateway",
            "device_authorization_endpoint": root + GATEWAY_BEGIN,
            "token_endpoint": root + GATEWAY_TOKEN,
            "revocation_endpoint": root + GATEWAY_REVOKE,
            "grant_types_supported": [GRANT, "refresh_token"],
        }
        self.fake.on("GET", GATEWAY_METADATA, json_answer(metadata))
        self.fake.on("POST", GATEWAY_BEGIN, self._begun)
        self.fake.on("POST", GATEWAY_TOKEN, self._granted)
        self.fake.on("POST", GATEWAY_REVOKE, self._revoked)

    def _begun(self, _: Request) -> Answer:
        login_id = f"cli-{next(self._numbers):04}"
        code = f"{login_id}.device-code"
        self._polls[code] = 0
        page = f"{self.fake.root}{PAGE}?source=litellm-cli&key={login_id}"
        begun = {"device_code": code, "user_code": "SQGG-CY3H", "verification_uri": page}
        return json_answer({**begun, "expires_in": 600, "interval": 1})

    def _granted(self, request: Request) -> Answer:
        form = _form(request)
        if form["grant_type"] == "refresh_token":
            return self.renewed(form["refresh_token"])
        code = form["device_code"]
        if code not in self._polls:
            return json_answer({"error": "expired_token"}, 400)
        self._polls[code] += 1
        if self._polls[code] <= self.pending:
            return json_answer({"error": "authorization_pending"}, 400)
        del self._polls[code]
        if self.denies:
            return json_answer({"error": "access_denied"}, 400)
        return json_answer(self.issue(next(iter(self.teams), None)))


def poll_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the flows with a code, in this process, poll without the seconds that a person takes."""
    for flow, name, value in ((device, "poll_seconds", 0.01), (gateway, "sleep", lambda _: None)):
        defaults = flow.log_in.__kwdefaults__
        assert defaults is not None
        monkeypatch.setitem(defaults, name, value)


def shown_page(process: "subprocess.Popen[bytes]") -> str:
    """Return the address that *process*, a login, shows, once it waits for the browser."""
    assert process.stderr is not None
    lines: list[str] = []
    while "waiting for the browser" not in "".join(lines[-1:]):
        lines.append(process.stderr.readline().decode())
        assert lines[-1], f"it ended: {lines}"
    return next(line.strip() for line in lines if "http://" in line)


def name_of(fake: FakeProxy) -> str:
    """Return the name that a new profile of *fake* gets."""
    return fake.root.removeprefix("http://")


def profiles_file(home: Path) -> Path:
    """Return the file of profiles under *home*."""
    return home / ".config/litectl/profiles.json"


def credential_in(home: Path, name: str = "work") -> dict[str, Any]:
    """Return the credential of profile *name* as the file under *home* has it now."""
    entry: dict[str, Any] = json.loads(profiles_file(home).read_text())["profiles"][name]
    found: dict[str, Any] = entry.get("credential") or {}
    return found


def store_profile(home: Path, profile: Profile) -> None:
    """Put *profile* into the file under *home*, as the default."""
    store = ProfileStore(profiles_file(home), lambda _: None)
    store.change(lambda profiles: profiles.put(profile, make_default=True))


def store_login(home: Path, sso: SingleSignOn, *, ends_in: float, name: str = "work") -> dict[str, Any]:
    """Put a PKCE login of *sso* that ends in so many seconds into profile *name*; return the tokens."""
    root, tokens = sso.fake.root, sso.issue()
    credential = StoredCredential(
        LOGIN,
        root,
        tokens["access_token"],
        expires_at=time.time() + ends_in,
        refresh_token=tokens["refresh_token"],
        client_id="llm_dcrc_0001",
        token_endpoint=root + TOKEN,
        revocation_endpoint=root + REVOKE,
        resource=root,
        user_id=USER,
    )
    store_profile(home, Profile(name, root, credential))
    return tokens


def jwt(claims: object) -> str:
    """Return an unsigned JSON Web Token with *claims*."""
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*encoded, "c2ln"])


def _form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def _invalid_grant(why: str) -> Answer:
    return json_answer({"error": "invalid_grant", "error_description": why}, 400)
