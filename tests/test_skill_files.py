"""The files of a skill: from the proxy, or from where the hub says that they are."""

import hashlib
from collections.abc import Iterator

import pytest

from fake_proxy import Answer, FakeProxy, json_answer
from litectl.errors import (
    AuthError,
    LitectlError,
    NetworkError,
    NotFoundError,
    ProxyError,
    UsageError,
)
from litectl.skills.files import hub_archive, require_archive, skill_text, stored_archive
from litectl.skills.places import Archive
from litectl.skills.skill import ANTHROPIC, HUB, STORED, Skill
from litectl.wire import download
from litectl.wire.access import Access
from litectl.wire.proxy import Proxy
from litectl.wire.tls import Tls
from test_skill_archive import GOOD, MANIFEST, zipped
from test_skill_listing import REFUSED, recorded

SKILL = Skill("Title", "litellm_skill_1", STORED)
ROUTE = "/v1/skills/litellm_skill_1/archive"
NO_FILES = json_answer({"detail": "No installable skill archive for: litellm_skill_1"}, 404)
ZIP = Answer(pieces=[GOOD], content_type="application/zip")


@pytest.fixture
def proxy(fake: FakeProxy) -> Iterator[Proxy]:
    """Give the fake proxy, asked with a key."""
    with Proxy(fake.root, Access("sk-test-key-0001")) as opened:
        yield opened


def test_a_stored_skill_comes_from_the_proxy(fake: FakeProxy, proxy: Proxy) -> None:
    """Its zip as it is, by its id."""
    fake.on("GET", ROUTE, ZIP)

    assert stored_archive(proxy, SKILL, seconds=30) == GOOD


def test_an_id_cannot_lead_elsewhere(fake: FakeProxy, proxy: Proxy) -> None:
    """Whatever a proxy calls its skills, it is one part of the path."""
    with pytest.raises(NotFoundError):
        stored_archive(proxy, SKILL._replace(id="../../key/delete?x=\ud800"), seconds=30)

    assert fake.requests[0].path == "/v1/skills/..%2F..%2Fkey%2Fdelete%3Fx%3D%3F/archive"


@pytest.mark.parametrize(
    ("answer", "kind", "reason", "hint"),
    [
        (recorded("archive-unpublished"), NotFoundError, "not_published", "public_skills_index: true"),
        (NO_FILES, NotFoundError, "no_files", "create it anew"),
        (recorded("stored-no-database"), LitectlError, "no_database", "DATABASE_URL"),
        (REFUSED, AuthError, None, "login"),
    ],
)
def test_why_there_are_no_files(
    fake: FakeProxy, proxy: Proxy, answer: Answer, kind: type[LitectlError], reason: str | None, hint: str
) -> None:
    """The operator does not publish them, there are none, or the proxy says something else."""
    fake.on("GET", ROUTE, answer)

    with pytest.raises(kind) as raised:
        stored_archive(proxy, SKILL, seconds=30)

    assert raised.value.details.get("reason") == reason
    assert hint in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (NO_FILES, NotFoundError),
        (recorded("archive-unpublished"), NotFoundError),
        (recorded("stored-no-database"), ProxyError),
        (Answer(pieces=[b"<html>"]), ProxyError),
        (Answer(pieces=[zipped(("SKILL.md", b"\xff"))]), NotFoundError),
        (Answer(pieces=[zipped(("a/b/SKILL.md", b"x"))]), NotFoundError),
        (REFUSED, AuthError),
    ],
)
def test_why_there_is_no_text(
    fake: FakeProxy, proxy: Proxy, answer: Answer, kind: type[LitectlError]
) -> None:
    """The proxy gives no archive, one that is none, or one without a text; or it refuses the key."""
    fake.on("GET", ROUTE, answer)

    with pytest.raises(kind):
        skill_text(proxy, SKILL, seconds=30)


def test_the_text_of_a_skill(fake: FakeProxy, proxy: Proxy) -> None:
    """It is SKILL.md, out of the archive that the proxy gives."""
    fake.on("GET", ROUTE, ZIP)

    assert skill_text(proxy, SKILL, seconds=30) == MANIFEST.decode()


@pytest.mark.parametrize("origin", [HUB, ANTHROPIC])
def test_other_origins_have_no_text(fake: FakeProxy, proxy: Proxy, origin: str) -> None:
    """The proxy is not asked for what it does not keep."""
    with pytest.raises(NotFoundError):
        skill_text(proxy, SKILL._replace(origin=origin), seconds=30)
    assert fake.requests == []


@pytest.mark.parametrize(
    ("skill", "words", "hint"),
    [
        (
            Skill("s", "s", HUB, source={"source": "github", "repo": "o/r"}),
            "in a git repository",
            "`git clone -- https://github.com/o/r`",
        ),
        (
            Skill(
                "s", "s", HUB, source={"source": "git-subdir", "url": "https://g.invalid/$(r)", "path": "a/b"}
            ),
            "in its folder 'a/b'",
            "`git clone -- 'https://g.invalid/$(r)'`",
        ),
        (Skill("s", "s", HUB), "does not say where", "operator"),
        (Skill("s", "skill_1", ANTHROPIC), "kept by Anthropic", "operator"),
    ],
)
def test_what_cannot_be_fetched_says_what_to_run(skill: Skill, words: str, hint: str) -> None:
    """A repository is not cloned, but the line that does it is told."""
    with pytest.raises(NotFoundError, match=words) as raised:
        require_archive(skill)

    assert hint in (raised.value.hint or "")


# From where the hub says


URL = "https://files.invalid/p.zip"


def fetched(
    monkeypatch: pytest.MonkeyPatch, outcome: bytes | LitectlError, sha256: str | None = None
) -> bytes:
    """Fetch an archive; *outcome* is what the web has."""

    def fake_download(url: str, **_: object) -> download.Download:
        assert url == URL
        if isinstance(outcome, LitectlError):
            raise outcome
        return download.Download("p.zip", outcome)

    monkeypatch.setattr(download, "download", fake_download)
    return hub_archive(Archive(URL, sha256), seconds=5, allow_private=False, tls=Tls())


@pytest.mark.parametrize("sha256", [None, hashlib.sha256(GOOD).hexdigest()], ids=["unknown", "known"])
def test_an_archive_is_fetched(monkeypatch: pytest.MonkeyPatch, sha256: str | None) -> None:
    """With the checksum of the hub, or without one."""
    assert fetched(monkeypatch, GOOD, sha256) == GOOD


def test_another_archive_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not have the checksum is not used."""
    with pytest.raises(ProxyError, match="SHA-256") as raised:
        fetched(monkeypatch, GOOD, "0" * 64)

    assert raised.value.details["reason"] == "wrong_checksum"


@pytest.mark.parametrize(
    ("error", "kind", "hint"),
    [
        (UsageError("x", details={"status": 404}), NotFoundError, f"`curl -fLO {URL}`"),
        (UsageError("x", hint="attach a part of it"), ProxyError, f"`curl -fLO {URL}`"),
        (NetworkError("x"), NetworkError, f"`curl -fLO {URL}`"),
        (UsageError("x", hint="allow it with `--allow-private`"), UsageError, "`--allow-private`"),
    ],
)
def test_what_to_do_when_it_is_not_there(
    monkeypatch: pytest.MonkeyPatch, error: LitectlError, kind: type[LitectlError], hint: str
) -> None:
    """The hint is for an archive, or names the option that helps; without one nothing was typed wrongly."""
    with pytest.raises(kind) as raised:
        fetched(monkeypatch, error)

    assert (raised.value.message, raised.value.details) == ("x", error.details)
    assert hint in (raised.value.hint or "")


def test_private_addresses_are_not_asked(fake: FakeProxy) -> None:
    """A hub cannot lead into the user's own network without being allowed to."""
    place = Archive(fake.root.replace("http:", "https:"))

    with pytest.raises(UsageError, match="not a public address"):
        hub_archive(place, seconds=5, allow_private=False, tls=Tls())
    assert fake.requests == []
