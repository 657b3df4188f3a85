"""Which credential goes to which proxy: every way to name one with every way to give a credential."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from fake_proxy import FakeProxy, json_answer
from litectl.credentials.stored import API_KEY, StoredCredential
from litectl.profiles.profile import Profile
from program import Litectl
from senders import ASK, let_answer, log_in_to_google, sent_to, store_profiles

HEADERS = "LITELLM_HEADERS"
STORED = "a stored profile"
NAMERS = (
    "--profile",
    "--base-url",
    "LITECTL_PROFILE",
    "LITECTL_BASE_URL",
    "the default profile",
    "LITELLM_BASE_URL",
    "LITELLM_PROXY_URL",
    "OPENAI_BASE_URL",
)
# What gives a credential, and what else of its family names a proxy.
GIVERS = {
    "--api-key-file": None,
    STORED: None,
    "LITECTL_API_KEY": "LITECTL_BASE_URL",
    "LITELLM_GCLOUD_TOKEN_AUTH": "LITELLM_BASE_URL",
    "LITELLM_API_KEY_HELPER": "LITELLM_BASE_URL",
    "LITELLM_API_KEY": "LITELLM_BASE_URL",
    HEADERS: "LITELLM_BASE_URL",
    "LITELLM_PROXY_API_KEY": "LITELLM_PROXY_URL",
    "OPENAI_API_KEY": "OPENAI_BASE_URL",
}
SECRETS = {giver: f"sk-of-{giver.strip('-').replace(' ', '-').lower()}" for giver in GIVERS}

SENT = "sent"  # the proxy that is named gets it
KEPT = "kept"  # the proxy that is named is asked without it
OTHER = "other"  # the other proxy is asked, with it: the giver's own URL comes first
REFUSED = "refused"  # nobody is asked
SAME = "same"  # the namer is the giver's own URL, so it cannot name two proxies


class Proxies(NamedTuple):
    """The proxy that is named, and another one."""

    named: FakeProxy
    other: FakeProxy


@pytest.fixture
def proxies(fake: FakeProxy) -> Iterator[Proxies]:
    """Give two proxies that answer every question."""
    with FakeProxy() as other:
        let_answer((fake, other))
        yield Proxies(fake, other)


class Run:
    """One run: its arguments and variables, and the profiles that are stored for it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.arguments: list[str] = []
        self.variables: dict[str, str] = {}
        self.profiles: list[Profile] = []
        self.default: str | None = None

    def name(self, namer: str, root: str) -> None:
        """Let *namer* name the proxy at *root*."""
        if namer == "--base-url":
            self.arguments += ["--base-url", root]
        elif namer.endswith("_URL"):
            self.variables[namer] = root
        else:
            self.profiles.append(Profile("named", root))
            if namer == "--profile":
                self.arguments += ["--profile", "named"]
            elif namer == "LITECTL_PROFILE":
                self.variables[namer] = "named"
            else:
                self.default = "named"

    def give(self, giver: str, tmp_path: Path, root: str) -> None:
        """Let *giver* have its secret; a stored one was issued for *root*."""
        secret = SECRETS[giver]
        if giver == "--api-key-file":
            (tmp_path / "key").write_text(secret)
            self.arguments += ["--api-key-file", str(tmp_path / "key")]
        elif giver == STORED:
            self._store(StoredCredential(API_KEY, root, secret))
        elif giver == "LITELLM_GCLOUD_TOKEN_AUTH":
            log_in_to_google(self.home, secret, now=time.time())
            self.variables[giver] = "1"
        elif giver == "LITELLM_API_KEY_HELPER":
            self.variables[giver] = f"echo {secret}"
        elif giver == HEADERS:
            self.variables[giver] = f'{{"x-secret": "{secret}"}}'
        else:
            self.variables[giver] = secret

    def _store(self, credential: StoredCredential) -> None:
        """Put *credential* into the profile that is named when it is of that root, else into another one."""
        for number, profile in enumerate(self.profiles):
            if profile.root == credential.root:
                self.profiles[number] = profile._replace(credential=credential)
                return
        self.profiles.append(Profile("holder", credential.root, credential))

    def __call__(self) -> int:
        """Ask a question and return the exit code."""
        store_profiles(*self.profiles, default=self.default)
        return Litectl(self.variables)(*ASK, *self.arguments).code


def headers_with(giver: str) -> dict[str, str]:
    """Return what a request carries that *giver* alone gave a secret to."""
    secret = SECRETS[giver]
    return {"x-secret": secret} if giver == HEADERS else {"authorization": f"Bearer {secret}"}


def check(run: Run, proxies: Proxies, giver: str, outcome: str) -> None:
    """Run *run* and check that *outcome* is what both proxies received."""
    expected = {
        SENT: (0, [headers_with(giver)], []),
        KEPT: (0, [{}], []),
        OTHER: (0, [], [headers_with(giver)]),
        REFUSED: (3, [], []),
    }

    code = run()

    assert (code, sent_to(proxies.named), sent_to(proxies.other)) == expected[outcome]


@pytest.mark.parametrize("giver", GIVERS)
@pytest.mark.parametrize("namer", NAMERS)
def test_a_credential_that_no_family_binds_goes_to_the_proxy_that_is_named(
    proxies: Proxies, isolated: Path, tmp_path: Path, namer: str, giver: str
) -> None:
    """Whatever names the proxy; but OpenAI's key, which is a real provider's, follows its own URL only."""
    run = Run(isolated)
    run.name(namer, proxies.named.root)
    run.give(giver, tmp_path, proxies.named.root)

    is_kept = giver == "OPENAI_API_KEY" and namer != "OPENAI_BASE_URL"
    check(run, proxies, giver, KEPT if is_kept else SENT)


@pytest.mark.parametrize("giver", [giver for giver, url in GIVERS.items() if url])
@pytest.mark.parametrize("namer", NAMERS)
def test_a_credential_goes_to_the_proxy_that_its_family_names_too(
    proxies: Proxies, isolated: Path, tmp_path: Path, namer: str, giver: str
) -> None:
    """A family whose URL is the proxy that something else names gives its credential; again but OpenAI's."""
    run = Run(isolated)
    run.name(namer, proxies.named.root)
    run.give(giver, tmp_path, proxies.named.root)
    # Another spelling of the same proxy.
    run.variables.setdefault(GIVERS[giver] or "", f"{proxies.named.root}/V1/")

    is_kept = giver == "OPENAI_API_KEY" and namer != "OPENAI_BASE_URL"
    check(run, proxies, giver, KEPT if is_kept else SENT)


# What happens when the giver's own URL is another proxy: by what names the proxy, in the order of `NAMERS`.
BOUND_ELSEWHERE = {
    "LITECTL_BASE_URL": (KEPT, KEPT, REFUSED, SAME, OTHER, OTHER, OTHER, OTHER),
    "LITELLM_BASE_URL": (KEPT, KEPT, KEPT, KEPT, KEPT, SAME, OTHER, OTHER),
    "LITELLM_PROXY_URL": (KEPT, KEPT, KEPT, KEPT, KEPT, KEPT, SAME, OTHER),
    "OPENAI_BASE_URL": (KEPT, KEPT, KEPT, KEPT, KEPT, KEPT, KEPT, SAME),
}


@pytest.mark.parametrize(
    ("giver", "namer", "outcome"),
    [
        (giver, namer, outcome)
        for giver, url in GIVERS.items()
        for namer, outcome in zip(NAMERS, BOUND_ELSEWHERE.get(url or "", ()), strict=url is not None)
        if outcome != SAME
    ],
)
def test_a_credential_whose_family_names_another_proxy_goes_there_or_nowhere(
    proxies: Proxies, isolated: Path, tmp_path: Path, giver: str, namer: str, outcome: str
) -> None:
    """Its own URL is asked where that comes first; else the proxy that is named does not get it."""
    run = Run(isolated)
    run.name(namer, proxies.named.root)
    run.give(giver, tmp_path, proxies.other.root)
    run.variables[GIVERS[giver] or ""] = proxies.other.root

    check(run, proxies, giver, outcome)


# The default profile comes before the variables of other tools, and after all that is litectl's own.
BEFORE_THE_DEFAULT = ("--profile", "--base-url", "LITECTL_PROFILE", "LITECTL_BASE_URL")


@pytest.mark.parametrize("is_default", [True, False])
@pytest.mark.parametrize("namer", [namer for namer in NAMERS if namer != "the default profile"])
def test_a_stored_credential_of_another_proxy_goes_there_or_nowhere(
    proxies: Proxies, isolated: Path, tmp_path: Path, namer: str, is_default: bool
) -> None:
    """A credential carries the root that it was issued for, whatever names another one."""
    run = Run(isolated)
    run.name(namer, proxies.named.root)
    run.give(STORED, tmp_path, proxies.other.root)
    run.default = "holder" if is_default else None

    leads_away = is_default and namer not in BEFORE_THE_DEFAULT
    check(run, proxies, STORED, OTHER if leads_away else KEPT)


@pytest.mark.parametrize("namer", ["--profile", "LITECTL_PROFILE", "the default profile"])
def test_a_profile_that_was_turned_by_hand_does_not_take_its_credential_along(
    proxies: Proxies, isolated: Path, namer: str
) -> None:
    """Whoever changes the address in the file changes where a question goes, and not where the key goes."""
    run = Run(isolated)
    run.name(namer, proxies.named.root)
    credential = StoredCredential(API_KEY, proxies.other.root, SECRETS[STORED])
    run.profiles[0] = run.profiles[0]._replace(credential=credential)

    check(run, proxies, STORED, KEPT)


@pytest.mark.parametrize(
    ("variables", "arguments", "winner"),
    [
        ({}, (), "sk-stored"),
        ({"LITECTL_API_KEY": "sk-own"}, (), "sk-own"),
        ({"LITECTL_API_KEY": "sk-own"}, ("--profile", "dev"), "sk-stored"),
        ({"LITECTL_API_KEY": "sk-own", "LITECTL_PROFILE": "dev"}, (), "sk-own"),
        ({"LITELLM_API_KEY": "sk-shared", "OPENAI_API_KEY": "sk-openai"}, (), "sk-stored"),
        ({"LITELLM_API_KEY_HELPER": "echo sk-helper"}, (), "sk-stored"),
    ],
)
def test_the_first_of_several_credentials_is_sent_alone(
    proxies: Proxies, variables: dict[str, str], arguments: tuple[str, ...], winner: str
) -> None:
    """What is litectl's own comes before the stored login, and that before what other tools share."""
    root = proxies.named.root
    store_profiles(Profile("dev", root, StoredCredential(API_KEY, root, "sk-stored")), default="dev")

    Litectl(variables)(*ASK, *arguments)

    assert sent_to(proxies.named) == [{"authorization": f"Bearer {winner}"}]


def test_two_profiles_of_one_proxy_never_mix(proxies: Proxies) -> None:
    """Each has its own key and headers; without a choice between them nothing is sent."""
    root = proxies.named.root
    store_profiles(
        Profile("red", root, StoredCredential(API_KEY, root, "sk-red"), headers={"x-team": "red"}),
        Profile("blue", root, StoredCredential(API_KEY, root, "sk-blue"), headers={"x-team": "blue"}),
    )
    litectl = Litectl({})

    codes = [
        litectl(*ASK, "--profile", "blue").code,
        litectl(*ASK, "--profile", "red", "--base-url", f"{root}/").code,
        litectl(*ASK, variables={"LITECTL_PROFILE": "blue"}).code,
        litectl(*ASK, "--base-url", root).code,
        litectl(*ASK, variables={"LITELLM_BASE_URL": root}).code,
    ]

    assert codes == [0, 0, 0, 3, 3]
    assert sent_to(proxies.named) == [
        {"authorization": f"Bearer sk-{team}", "x-team": team} for team in ("blue", "red", "blue")
    ]


def test_a_profile_and_the_address_of_another_proxy_exclude_each_other(proxies: Proxies) -> None:
    """`--profile` with another `--base-url` is exit 3, and neither proxy is asked."""
    root = proxies.named.root
    store_profiles(Profile("dev", root, StoredCredential(API_KEY, root, "sk-stored")), default="dev")

    result = Litectl({})(*ASK, "--profile", "dev", "--base-url", proxies.other.root)

    assert result.code == 3
    assert "--profile `dev` is for" in result.err
    assert proxies.named.requests == proxies.other.requests == []


def test_the_headers_of_a_profile_go_to_its_proxy_only(proxies: Proxies) -> None:
    """Another address gets none of them, also while a login is checked there."""
    proxies.other.on("GET", "/v1/models", json_answer({"data": []}))
    headers = {"x-secret": "of the profile", "x-ref": "$TEAM"}
    store_profiles(Profile("dev", proxies.named.root, headers=headers), default="dev")
    litectl = Litectl({"TEAM": "blue"})

    litectl(*ASK)
    litectl(*ASK, "--base-url", proxies.other.root)
    litectl("login", "--base-url", proxies.other.root, "--api-key-file", "-", stdin=b"sk-new-key-0001")

    assert sent_to(proxies.named) == [{"x-secret": "of the profile", "x-ref": "blue"}]
    assert [set(sent) - {"authorization"} for sent in sent_to(proxies.other)] == [set()] * len(
        proxies.other.requests
    )
    assert len(proxies.other.requests) >= 2
