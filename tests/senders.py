"""What the tests of sending share: stored profiles, a Google login at hand, and what a proxy received."""

import json
from collections.abc import Iterable
from pathlib import Path

from fake_proxy import CHAT, FakeProxy, chat_answer
from litectl.catalog.fingerprint import fingerprint
from litectl.credentials.adc import AuthorizedUser
from litectl.credentials.tokencache import TokenCache
from litectl.credentials.tokens import Token
from litectl.profiles.profile import Profile, Profiles, ProfileStore
from litectl.storage.paths import Paths

ASK = ("ask", "-m", "gpt-5.2", "-p", "Hi")
USER = AuthorizedUser("client.apps.googleusercontent.com", "hidden-client-secret", "1//hidden-refresh")
_ORDINARY = {
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
}
_OWN = {*_ORDINARY, "x-litellm-call-id"}


def store_profiles(*profiles: Profile, default: str | None = None) -> Path:
    """Store *profiles* and nothing else, with *default* as the default one, and return the file."""
    path = Paths().profiles
    ProfileStore(path, lambda _: None).change(
        lambda _: Profiles({profile.name: profile for profile in profiles}, default)
    )
    return path


def log_in_to_google(home: Path, token: str, *, now: float) -> None:
    """Let *home* have Google's credentials of a person, and *token* be the one that Google gave for them."""
    path = home / ".config/gcloud/application_default_credentials.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"type": "authorized_user", **USER._asdict()}))
    name = fingerprint(Paths().fingerprint_secret, "", USER.identity)
    assert TokenCache(Paths().tokens, name).write(Token(token, now + 3000), now)


def sent_to(proxy: FakeProxy) -> list[dict[str, str]]:
    """Return what each request to *proxy* carried besides the headers that say nothing of who asks."""
    return [
        {name: value for name, value in request.headers.items() if name not in _OWN}
        for request in proxy.requests
    ]


def let_answer(proxies: Iterable[FakeProxy]) -> None:
    """Let all of *proxies* answer a question."""
    for proxy in proxies:
        proxy.on("POST", CHAT, chat_answer("Hello"))
