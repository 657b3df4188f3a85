"""`litectl skills` against a real proxy without a database, which has an account at Anthropic."""

from pathlib import Path

import pytest

from live.upstream import Upstream
from program import Litectl

pytestmark = pytest.mark.live

AT_ANTHROPIC = ("--origin", "anthropic")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a skill."""
    folder = tmp_path / "my-skill"
    (folder / "scripts").mkdir(parents=True)
    (folder / "SKILL.md").write_text("---\nname: my-skill\ndescription: Does what I do\n---\nDo it.\n")
    (folder / "scripts/do.py").write_text("print('done')\n")
    return folder


def test_what_the_proxy_lacks_is_no_failure(tooling: Litectl, upstream: Upstream) -> None:
    """The skills of the account are listed, and that there is no database is said in the JSON only."""
    upstream.skills.keep("A skill of the account")

    result = tooling("skills", "list", "--json")

    assert (result.code, result.err) == (0, "")
    assert [(skill["name"], skill["origin"]) for skill in result.json["skills"]] == [
        ("A skill of the account", "anthropic")
    ]
    assert {refusal["origin"] for refusal in result.json["refused"]} == {"hub", "litellm_proxy"}


def test_more_skills_than_a_page_has_are_listed(tooling: Litectl, upstream: Upstream) -> None:
    """A page of Anthropic's has a hundred; all are listed, each once."""
    names = [f"Skill {number}" for number in range(230)]
    for name in names:
        upstream.skills.keep(name)

    result = tooling("skills", "list", "--json", *AT_ANTHROPIC)

    assert [skill["name"] for skill in result.json["skills"]] == names
    assert result.json["cut"] == []


@pytest.mark.parametrize("origin", ["hub", "litellm_proxy"])
def test_an_origin_that_needs_a_database_is_told_so(tooling: Litectl, origin: str) -> None:
    """Asked for skills that need a database, the program says what the proxy lacks."""
    result = tooling("skills", "list", "--origin", origin)

    assert (result.code, result.out) == (1, "")
    assert "no database" in result.err


def test_a_folder_becomes_a_skill_of_the_account(tooling: Litectl, upstream: Upstream, folder: Path) -> None:
    """All files of the folder reach Anthropic with their paths, under the name in SKILL.md."""
    made = tooling("skills", "create", str(folder), "--yes", "--json", *AT_ANTHROPIC)

    assert made.code == 0, made.err
    assert sorted(upstream.skills.files[made.json["id"]]) == ["my-skill/SKILL.md", "my-skill/scripts/do.py"]
    shown = tooling("skills", "show", "my-skill", "--json").json
    assert (shown["id"], shown["origin"]) == (made.json["id"], "anthropic")


def test_nothing_is_sent_without_a_yes(tooling: Litectl, upstream: Upstream, folder: Path) -> None:
    """In a script `--yes` is needed; with `--dry-run` the files are shown. Nothing is sent by either."""
    unsure = tooling("skills", "create", str(folder), *AT_ANTHROPIC)
    dry = tooling("skills", "create", str(folder), "--dry-run", "--json", *AT_ANTHROPIC)

    assert unsure.code == 2
    assert sorted(file["path"] for file in dry.json["files"]) == ["SKILL.md", "scripts/do.py"]
    assert not upstream.skills.skills
    assert not upstream.requests


@pytest.mark.parametrize("named_by", ["id", "display_title"])
def test_a_skill_of_the_account_is_deleted(tooling: Litectl, upstream: Upstream, named_by: str) -> None:
    """By its name or its id; when it is gone, to delete it is exit 6."""
    name = str(upstream.skills.keep("Old")[named_by])
    upstream.skills.keep("New")

    deleted = tooling("skills", "delete", name, "--yes")
    again = tooling("skills", "delete", name, "--yes")

    assert deleted.code == 0, deleted.err
    assert [skill["display_title"] for skill in upstream.skills.skills.values()] == ["New"]
    assert (again.code, again.out) == (6, "")


def test_two_skills_of_a_name_are_told_apart_by_id(tooling: Litectl, upstream: Upstream) -> None:
    """A name of several skills is exit 2 with their ids, and none is deleted."""
    twins = [str(upstream.skills.keep("Twin")["id"]) for _ in range(2)]

    result = tooling("skills", "delete", "Twin", "--yes")

    assert result.code == 2
    assert all(twin in result.err for twin in twins)
    assert len(upstream.skills.skills) == 2


def test_what_is_not_there_is_exit_6(tooling: Litectl) -> None:
    """An unknown skill is named in the error."""
    result = tooling("skills", "show", "nonsuch")

    assert (result.code, result.out) == (6, "")
    assert "nonsuch" in result.err
