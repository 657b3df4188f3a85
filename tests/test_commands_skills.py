"""`litectl skills list`, `show` and `download`."""

import json
from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, json_answer
from litectl.skills.hub import MARKETPLACE, PLUGINS
from program import Litectl
from test_skill_archive import GOOD, zipped
from test_skill_listing import API, REFUSED, on_api, recorded

ARCHIVE = "/v1/skills/litellm_skill_1/archive"
STORED = {"id": "litellm_skill_1", "display_title": "My Skill", "description": "keeps\tbooks"}


@pytest.fixture
def skills(fake: FakeProxy) -> FakeProxy:
    """Give a proxy with skills of all origins."""
    fake.on("GET", PLUGINS, recorded("plugins"))
    on_api(fake, litellm_proxy=json_answer({"data": [STORED]}), anthropic=recorded("anthropic"))
    fake.on("GET", ARCHIVE, Answer(pieces=[GOOD], content_type="application/zip"))
    return fake


def test_the_list_in_a_pipe(skills: FakeProxy, litectl: Litectl) -> None:
    """One line for each enabled skill, its id last, and nothing on stderr."""
    result = litectl("skills", "list")

    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "skread-zip\thub\ttrue\t1.0.0\t\tskread-zip",
        "skread-sub\thub\ttrue\t1.0.0\t\tskread-sub",
        "skread-gh\thub\ttrue\t1.0.0\tMy plugin\tskread-gh",
        "My Skill\tlitellm_proxy\ttrue\t\tkeeps books\tlitellm_skill_1",
        "skread remote\tanthropic\ttrue\t1795273065\t\tskill_acb68b6fafb3",
    ]
    assert len(skills.requests) == 3


def test_the_list_on_a_terminal(skills: FakeProxy, litectl: Litectl) -> None:
    """A table of what people read, with a word on what is left out; with `--all` it tells what is enabled."""
    result, everything = (
        litectl("skills", "list", *more, terminal=True, variables={"NO_COLOR": "1"})
        for more in ([], ["--all"])
    )

    assert result.out.splitlines()[0].split() == ["NAME", "ORIGIN", "DESCRIPTION"]
    assert "skread-url" not in result.out
    assert result.err == "note: 1 disabled; see them with `--all`\n"
    assert everything.out.splitlines()[0].split() == ["NAME", "ORIGIN", "ENABLED", "DESCRIPTION"]


def test_skills_of_one_name_are_told_apart(fake: FakeProxy, litectl: Litectl) -> None:
    """Then the table has their ids."""
    twice = [{"id": f"s{number}", "display_title": "x", "description": "y " * 200} for number in (1, 2)]
    on_api(fake, litellm_proxy=json_answer(twice))

    result = litectl(
        "skills", "list", "--origin", "litellm_proxy", terminal=True, variables={"NO_COLOR": "1"}
    )

    assert result.err == ""
    assert result.out.splitlines()[0].split() == ["NAME", "ORIGIN", "DESCRIPTION", "ID"]
    assert [line.split()[-1] for line in result.out.splitlines()[1:]] == ["s1", "s2"]


def test_a_long_description_is_shortened_on_a_terminal(fake: FakeProxy, litectl: Litectl) -> None:
    """What a skill is for stays to be seen, as far as there is room; in a pipe it is whole."""
    about = "Reads spreadsheets \x1b[2J and " + "more " * 200
    fake.on("GET", PLUGINS, json_answer({"plugins": [{"name": "sheets", "description": about}]}))
    fake.on("GET", API, json_answer({"data": []}))

    shown = litectl("skills", "list", terminal=True)
    piped = litectl("skills", "list")

    assert (shown.err, "Reads spreadsheets [2J and more" in shown.out) == ("", True)
    assert max(len(line) for line in shown.out.splitlines() if "Reads" in line) <= 100
    assert "…" in shown.out
    assert piped.out.count("more") == 200


def test_the_list_as_json(skills: FakeProxy, litectl: Litectl) -> None:
    """All fields of each skill, the source as the object it is."""
    document = litectl("skills", "list", "--all", "--json").json

    assert (document["refused"], document["left_out"], document["cut"]) == ([], 0, [])
    assert [skill["enabled"] for skill in document["skills"]].count(False) == 1
    assert document["skills"][3] == {
        "name": "skread-gh",
        "origin": "hub",
        "enabled": True,
        "version": "1.0.0",
        "description": "My plugin",
        "id": "skread-gh",
        "source": {"source": "github", "repo": "org/my-plugin"},
        "created_at": "2026-11-21T14:53:02Z",
        "updated_at": "2026-11-21T14:53:02Z",
    }


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--origin", "anthropic"], ["skread remote"]),
        (["--search", "SKREAD plugin"], ["skread-gh"]),
        (["--search", "books"], ["My Skill"]),
        (["--search", "nothing"], []),
        (["--all", "--search", "url"], ["skread-url"]),
    ],
)
def test_the_list_can_be_narrowed(
    skills: FakeProxy, litectl: Litectl, arguments: list[str], names: list[str]
) -> None:
    """By the origin, and by words of the name or the description."""
    result = litectl("skills", "list", "--columns", "name", *arguments)

    assert (result.code, result.out.splitlines()) == (0, names)


def test_an_unknown_origin_is_refused(skills: FakeProxy, litectl: Litectl) -> None:
    """Before anybody is asked, with the names that there are."""
    result = litectl("skills", "list", "--origin", "mars")

    assert result.code == 2
    assert "hub, litellm_proxy, anthropic" in result.err
    assert skills.requests == []


def test_what_a_proxy_lacks_is_said_when_asked(fake: FakeProxy, litectl: Litectl) -> None:
    """Without a database there is nothing to warn of; JSON has it, and `-v` tells it."""
    fake.on("GET", PLUGINS, recorded("plugins-no-database"))
    on_api(fake, litellm_proxy=recorded("stored-no-database"), anthropic=recorded("anthropic"))

    quiet, verbose = litectl("skills", "list", "--json"), litectl("skills", "list", "-v")

    assert (quiet.code, quiet.err) == (0, "")
    assert [each["origin"] for each in quiet.json["refused"]] == ["hub", "litellm_proxy"]
    assert "no skills of hub: the proxy has no database" in verbose.err


def test_a_refused_key_is_warned_of(fake: FakeProxy, litectl: Litectl) -> None:
    """The public skills are listed all the same, and it is said that they are only those."""
    fake.on("GET", PLUGINS, REFUSED)
    fake.on("GET", MARKETPLACE, recorded("marketplace"))
    fake.on("GET", API, REFUSED)

    result = litectl("skills", "list")

    assert (result.code, len(result.out.splitlines())) == (0, 3)
    assert "warning: only the public skills of hub" in result.err
    assert "warning: no skills of anthropic" in result.err


def test_refused_by_all(fake: FakeProxy, litectl: Litectl) -> None:
    """A wrong key and no public list is a refused login."""
    for path in (PLUGINS, API):
        fake.on("GET", path, REFUSED)

    result = litectl("skills", "list", "--json")

    assert (result.code, result.out) == (4, "")
    assert len(result.error["refused"]) == 3


def test_rows_without_a_name_and_more_pages_are_told(fake: FakeProxy, litectl: Litectl) -> None:
    """What is not in the list is not kept secret."""
    fake.on("GET", API, json_answer({"data": [{}, STORED], "has_more": True}))

    result = litectl("skills", "list", "--origin", "litellm_proxy")

    assert "warning: litellm_proxy has more skills than it lists" in result.err
    assert "left out: 1" in result.err


@pytest.mark.parametrize("name", ["My Skill", "litellm_skill_1"])
def test_show(skills: FakeProxy, litectl: Litectl, name: str) -> None:
    """One skill by its name or its id, with who has its files and what fetches them."""
    record = litectl("skills", "show", name, "--json").json

    assert (record["name"], record["id"], record["files_from"]) == ("My Skill", "litellm_skill_1", "proxy")
    assert record["fetch_with"] == "litectl skills download litellm_skill_1"


def test_show_of_a_repository(skills: FakeProxy, litectl: Litectl) -> None:
    """Its source, its address, and the line that fetches it."""
    out = litectl("skills", "show", "skread-sub").out

    assert "address\thttps://github.com/org/r.git#plugins/p\n" in out
    assert "files_from\tgit\n" in out
    assert "fetch_with\tgit clone -- https://github.com/org/r.git\n" in out
    assert json.loads(out.partition("source\t")[2].partition("\n")[0])["source"] == "git-subdir"


def test_an_unknown_skill(skills: FakeProxy, litectl: Litectl) -> None:
    """Exit code 6, and the names that look alike."""
    result = litectl("skills", "show", "skread-zi")

    assert result.code == 6
    assert "`skread-zip`" in result.err


def test_a_name_of_several_origins(fake: FakeProxy, litectl: Litectl) -> None:
    """That of the hub is meant, which is said; the option means another one."""
    fake.on("GET", PLUGINS, json_answer({"plugins": [{"name": "x"}]}))
    on_api(
        fake,
        litellm_proxy=json_answer([{"id": "s1", "display_title": "x"}, {"id": "s2", "display_title": "x"}]),
        anthropic=json_answer([]),
    )

    first, other = (litectl("skills", "show", "x", *more) for more in ([], ["--origin", "litellm_proxy"]))

    assert "origin\thub\n" in first.out
    assert "x is the skill of hub here" in first.err
    assert "s1 (litellm_proxy), s2 (litellm_proxy)" in first.err
    assert "id\ts1\n" in other.out
    assert "the id tells them apart: s2 (litellm_proxy)" in other.err


def test_download(skills: FakeProxy, litectl: Litectl, tmp_path: Path) -> None:
    """The files are in a folder of the skill's name, which is what stdout says."""
    result = litectl("skills", "download", "My Skill", "--output-dir", str(tmp_path / "new"))

    folder = tmp_path / "new" / "My-Skill"
    assert (result.code, result.out, result.err) == (0, f"{folder}\n", "")
    assert sorted(path.name for path in folder.rglob("*")) == ["SKILL.md", "run.sh", "scripts"]


def test_download_of_the_archive(skills: FakeProxy, litectl: Litectl, tmp_path: Path) -> None:
    """With `--zip` it is kept as it came, and JSON tells its size."""
    path = tmp_path / "s.zip"
    record = litectl("skills", "download", "litellm_skill_1", "--zip", str(path), "--json").json

    assert path.read_bytes() == GOOD
    assert (record["path"], record["files"], record["bytes"]) == (str(path), None, len(GOOD))


@pytest.mark.parametrize("content", [b"<html>log in</html>", b""])
def test_what_is_no_archive_is_kept_and_warned_of(
    skills: FakeProxy, litectl: Litectl, tmp_path: Path, content: bytes
) -> None:
    """With `--zip` one can see what came instead, and is told that it is no zip."""
    skills.on("GET", ARCHIVE, Answer(pieces=[content]))

    result = litectl("skills", "download", "My Skill", "--zip", str(tmp_path / "s.zip"))

    assert (result.code, (tmp_path / "s.zip").read_bytes()) == (0, content)
    assert result.err == "warning: what came is not a zip; read it before you use it\n"


def test_nothing_is_downloaded_over_anything(skills: FakeProxy, litectl: Litectl, tmp_path: Path) -> None:
    """A folder that exists is seen before the archive is asked for."""
    (tmp_path / "My-Skill").mkdir()

    result = litectl("skills", "download", "My Skill", "--output-dir", str(tmp_path))

    assert result.code == 2
    assert "exists already" in result.err
    assert not [request for request in skills.requests if request.path == ARCHIVE]


@pytest.mark.parametrize(
    "arguments", [["--zip", "a", "--output-dir", "b"], ["--zip", "-"], ["--zip", ""], ["--output-dir", ""]]
)
def test_places_that_are_none(skills: FakeProxy, litectl: Litectl, arguments: list[str]) -> None:
    """Two places, stdout and empty ones are refused before anybody is asked."""
    assert litectl("skills", "download", "x", *arguments).code == 2
    assert skills.requests == []


def test_an_unsafe_archive_writes_nothing(skills: FakeProxy, litectl: Litectl, tmp_path: Path) -> None:
    """A path that leads out of the folder: no file anywhere."""
    skills.on("GET", ARCHIVE, Answer(pieces=[zipped(("SKILL.md", b""), ("../evil", b""))]))

    result = litectl("skills", "download", "My Skill", "--output-dir", str(tmp_path / "a"))

    assert result.code == 1
    assert "not safe: '../evil'" in result.err
    assert list(tmp_path.rglob("*")) == []


def test_files_that_are_not_published(skills: FakeProxy, litectl: Litectl) -> None:
    """What the operator has to allow is named."""
    skills.on("GET", ARCHIVE, recorded("archive-unpublished"))

    result = litectl("skills", "download", "My Skill")

    assert result.code == 6
    assert "`litellm_settings.public_skills_index: true`" in result.err


def test_a_repository_is_not_cloned(skills: FakeProxy, litectl: Litectl) -> None:
    """The line that would do it is the hint, and nothing is run."""
    result = litectl("skills", "download", "skread-gh")

    assert result.code == 6
    assert "hint: fetch it with `git clone -- https://github.com/org/my-plugin`" in result.err


def test_offline_asks_nobody(skills: FakeProxy, litectl: Litectl) -> None:
    """Where none were listed before there is nothing to tell."""
    assert litectl("skills", "list", "--offline").code == 3
    assert skills.requests == []
