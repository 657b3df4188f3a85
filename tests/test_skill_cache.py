"""The kept list of skills: its file, what of it is believed, and what takes its place."""

import json
import stat
from pathlib import Path
from zlib import crc32

import pytest

from fake_proxy import FakeProxy, json_answer
from litectl.errors import AuthError, ProxyError
from litectl.skills.cache import VERSION, KeptSkills, SkillCache
from litectl.skills.hub import PLUGINS
from litectl.skills.inventory import Refusal, SkillList
from litectl.skills.refusals import NO_DATABASE
from litectl.skills.skill import ANTHROPIC, HUB, STORED, Skill
from litectl.storage.listfile import DamagedCache
from program import Litectl
from test_skill_listing import REFUSED, on_api, recorded

ROOT = "https://proxy.example.com"
NOW = 1_800_000_000.0
SKILLS = [
    Skill(
        "books", "books", HUB, "Keeps\nbooks ☃", "1.0.0", False, {"source": "url"}, "2026-01-01", "2026-01-02"
    ),
    Skill("My Skill\n", "id-2", STORED),
]
USUAL = ProxyError("no database", details={"reason": NO_DATABASE})


@pytest.fixture
def cache(tmp_path: Path) -> SkillCache:
    """Give a cache whose directory does not exist yet."""
    return SkillCache(tmp_path / "skills", "0" * 32, ROOT)


@pytest.fixture
def skills(fake: FakeProxy) -> FakeProxy:
    """Give a proxy with skills of all origins."""
    fake.on("GET", PLUGINS, recorded("plugins"))
    stored = {"id": "litellm_skill_1", "display_title": "My Skill", "description": "keeps books"}
    on_api(fake, litellm_proxy=json_answer({"data": [stored]}), anthropic=recorded("anthropic"))
    return fake


def test_without_a_file_there_is_no_list(cache: SkillCache) -> None:
    """A first run finds nothing, and looking creates nothing."""
    assert cache.read() is None
    assert not cache.file.path.parent.exists()


@pytest.mark.parametrize("skills", [SKILLS, []], ids=["some", "none"])
def test_what_is_written_is_read(cache: SkillCache, skills: list[Skill]) -> None:
    """Every field comes back equal, from a file of the user alone."""
    cache.write(SkillList(skills, [Refusal(ANTHROPIC, USUAL)]), NOW)

    assert cache.read() == KeptSkills(NOW, skills)
    assert stat.S_IMODE(cache.file.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "listed",
    [
        SkillList([], [Refusal(HUB, AuthError("refused"))]),
        SkillList([], [Refusal(HUB, USUAL, is_partial=True)]),
        SkillList([], cut=[STORED]),
    ],
    ids=["refused", "only the public ones", "cut"],
)
def test_less_than_all_is_not_kept(cache: SkillCache, listed: SkillList) -> None:
    """The list before says more."""
    cache.write(SkillList(SKILLS), NOW)
    cache.write(listed, NOW + 1)

    assert cache.read() == KeptSkills(NOW, SKILLS)


@pytest.mark.parametrize(
    "rows",
    [
        7,
        [7],
        [[]],
        [["name", "id"]],
        [["name", "id", "elsewhere"]],
        [["name", "id", []]],
        [[None, "id", HUB]],
        [["name", "id", HUB, None, None, "yes"]],
        [["name", "id", HUB, None, None, True, "source"]],
        [[*SKILLS[0], "more"]],
    ],
)
def test_other_json_is_damage(cache: SkillCache, rows: object) -> None:
    """Whatever stands in the place of the skills is not believed, though its sum be right."""
    cache.write(SkillList(SKILLS), NOW)
    head = json.loads(cache.file.path.read_bytes().splitlines()[0])
    content = json.dumps(rows).encode() + b"\n"
    head |= {"bytes": len(content), "checksum": crc32(content)}
    cache.file.path.write_bytes(json.dumps(head).encode() + b"\n" + content)

    with pytest.raises(DamagedCache):
        cache.read()


@pytest.mark.parametrize(
    "change", [{"version": VERSION + 1}, {"root": "https://other"}, {"checksum": 1}, {"fetched_at": None}]
)
def test_another_head_is_damage(cache: SkillCache, change: dict[str, object]) -> None:
    """A list of another version, proxy or content is not used."""
    cache.write(SkillList(SKILLS), NOW)
    head, content = cache.file.path.read_bytes().split(b"\n", 1)
    cache.file.path.write_bytes(json.dumps(json.loads(head) | change).encode() + b"\n" + content)

    with pytest.raises(DamagedCache):
        cache.read()


def test_offline_the_last_list_is_told(skills: FakeProxy, litectl: Litectl) -> None:
    """With when it was listed, and nobody is asked; narrowed as it is online."""
    online = litectl("skills", "list", "--all")
    asked = list(skills.requests)
    offline = litectl("skills", "list", "--all", "--offline")

    assert (offline.code, offline.out) == (0, online.out)
    assert offline.err.startswith("note: the skills as they were listed at 20")
    assert skills.requests == asked
    stored = litectl("skills", "list", "--origin", "litellm_proxy", "--offline", "-q")
    assert (stored.out.split("\t")[0], stored.err) == ("My Skill", "")
    assert litectl("skills", "list", "--origin", "x", "--offline").code == 2


def test_a_part_of_the_skills_is_not_the_list(skills: FakeProxy, litectl: Litectl) -> None:
    """What was asked of one origin, or refused by one, is not kept as all there is."""
    assert litectl("skills", "list", "--origin", "hub").code == 0
    assert litectl("skills", "list", "--offline").code == 3
    on_api(skills, litellm_proxy=REFUSED, anthropic=recorded("anthropic"))
    assert litectl("skills", "list").code == 0
    assert litectl("skills", "list", "--offline").code == 3


def test_another_key_has_its_own_list(skills: FakeProxy, litectl: Litectl) -> None:
    """Which skills there are may depend on the key."""
    assert litectl("skills", "list").code == 0
    other = litectl("skills", "list", "--offline", variables={"LITECTL_API_KEY": "sk-another-key-0002"})
    assert other.code == 3


def test_a_damaged_list_is_none(skills: FakeProxy, litectl: Litectl, isolated: Path) -> None:
    """The hint says how to have one again."""
    litectl("skills", "list")
    (kept,) = (isolated / ".cache/litectl/skills").glob("*.json")
    kept.write_text("{")

    result = litectl("skills", "list", "--offline")
    assert (result.code, "`litectl skills list`" in result.err) == (3, True)


def test_where_nothing_can_be_kept_the_skills_are_listed(
    skills: FakeProxy, litectl: Litectl, isolated: Path
) -> None:
    """As with a cache directory that is a file."""
    (isolated / ".cache").touch()
    assert litectl("skills", "list").code == 0


def test_the_cache_shows_and_clears_the_skills(skills: FakeProxy, litectl: Litectl) -> None:
    """They are a list like the others."""
    litectl("skills", "list")
    shown = litectl("cache", "show", "--json").json
    (entry,) = shown["lists"]
    assert (entry["kind"], entry["skills"], entry["models"], entry["source"]) == ("skills", 6, None, "skills")
    assert shown["skills_directory"].endswith("litectl/skills")
    assert litectl("cache", "clear").err == "removed 1 cached list\n"
    litectl("skills", "list")
    assert litectl("cache", "clear", "--all").err == "removed 1 cached list\n"
    assert litectl("skills", "list", "--offline").code == 3
