"""Skills that a proxy keeps in its database, and its Skill Hub."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from database_proxy import DatabaseProxy
from program import Litectl, Program

pytestmark = pytest.mark.db

STORED = ("--origin", "litellm_proxy")


@pytest.fixture
def admin(database: DatabaseProxy) -> Litectl:
    """Run the program with the master key."""
    return Litectl({"LITECTL_BASE_URL": database.root, "LITECTL_API_KEY": database.master_key})


@pytest.fixture
def user(database: DatabaseProxy) -> Litectl:
    """Run the program with an ordinary key."""
    key = database.make_key(user_id=database.make_user(), duration="1h")
    return Litectl({"LITECTL_BASE_URL": database.root, "LITECTL_API_KEY": key})


@pytest.fixture
def plugin(database: DatabaseProxy) -> Iterator[str]:
    """Give a name for a skill of the hub, which is gone after the test."""
    name = f"litectl-test-{uuid.uuid4().hex[:8]}"
    yield name
    database.discard(f"/claude-code/plugins/{name}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a skill with a name of its own."""
    name = f"litectl-test-{uuid.uuid4().hex[:8]}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "SKILL.md").write_text(f"---\nname: {name}\ndescription: Made by a test\n---\nDo it.\n")
    return folder


def register(program: Litectl | Program, name: str) -> None:
    """Put *name* into the hub."""
    made = program(
        "skills", "create", "--name", name, "--github", "acme/skills", "--description", "Of a test", "--yes"
    )
    assert made.code == 0, made.err


def names(program: Litectl, *options: str) -> list[str]:
    """Return the names of the skills that are listed."""
    return [skill["name"] for skill in program("skills", "list", "--json", *options).json["skills"]]


def test_a_skill_of_the_hub_lives_and_ends(admin: Litectl, plugin: str) -> None:
    """It is made, listed, shown, disabled, enabled and deleted; then it is not there any more."""
    register(admin, plugin)

    shown = admin("skills", "show", plugin, "--json").json
    assert (shown["name"], shown["origin"], shown["description"]) == (plugin, "hub", "Of a test")
    assert shown["source"] == {"source": "github", "repo": "acme/skills"}
    assert plugin in names(admin, "--origin", "hub")

    assert admin("skills", "disable", plugin).code == 0
    assert plugin not in names(admin, "--origin", "hub")
    assert plugin in names(admin, "--origin", "hub", "--all")
    assert admin("skills", "enable", plugin, "--json").json["enabled"] is True
    assert plugin in names(admin, "--origin", "hub")

    assert admin("skills", "delete", plugin, "--yes").code == 0
    assert plugin not in names(admin, "--origin", "hub", "--all")
    assert admin("skills", "show", plugin).code == 6


@pytest.mark.parametrize(
    ("options", "source"),
    [
        (
            ("--url", "https://git.example.com/skills.git"),
            {"source": "url", "url": "https://git.example.com/skills.git"},
        ),
        (
            ("--git-subdir", "https://git.example.com/all.git", "skills/one"),
            {"source": "git-subdir", "url": "https://git.example.com/all.git", "path": "skills/one"},
        ),
        (
            ("--archive", "https://example.com/one.zip", "--sha256", "0" * 64),
            {"source": "archive", "url": "https://example.com/one.zip", "sha256": "0" * 64},
        ),
    ],
)
def test_the_hub_takes_every_kind_of_place(
    admin: Litectl, plugin: str, options: tuple[str, ...], source: dict[str, str]
) -> None:
    """A git repository, a folder of one and an archive are kept as they were named."""
    made = admin("skills", "create", "--name", plugin, *options, "--yes")

    assert made.code == 0, made.err
    assert admin("skills", "show", plugin, "--json").json["source"] == source


def test_a_name_is_taken_once(admin: Litectl, plugin: str) -> None:
    """A second skill of the same name is refused, and the first one stays as it is."""
    register(admin, plugin)

    second = admin("skills", "create", "--name", plugin, "--github", "acme/others", "--yes")

    assert second.code == 1
    assert "already" in second.err
    assert admin("skills", "show", plugin, "--json").json["source"]["repo"] == "acme/skills"


@pytest.mark.parametrize(
    "words", [("delete", "--yes"), ("enable",), ("disable",), ("show",)], ids=lambda words: words[0]
)
def test_what_is_not_in_the_hub_is_exit_6(admin: Litectl, plugin: str, words: tuple[str, ...]) -> None:
    """What is done with a skill that is not there fails, and names it."""
    verb, *options = words

    result = admin("skills", verb, plugin, *options)

    assert (result.code, result.out) == (6, "")
    assert plugin in result.err


def test_an_ordinary_key_reads_the_hub_and_writes_nothing(admin: Litectl, user: Litectl, plugin: str) -> None:
    """What an admin put there is listed for everybody; to change it is exit 4."""
    register(admin, plugin)

    refused = [
        user("skills", "create", "--name", f"{plugin}-too", "--github", "acme/skills", "--yes"),
        user("skills", "disable", plugin),
        user("skills", "delete", plugin, "--yes"),
    ]

    assert plugin in names(user)
    assert [result.code for result in refused] == [4] * 3
    assert plugin in names(admin)
    assert f"{plugin}-too" not in names(admin)


def test_a_folder_is_stored_shown_and_deleted(admin: Litectl, database: DatabaseProxy, folder: Path) -> None:
    """The proxy keeps a folder under the name and description of its SKILL.md, until it is deleted."""
    made = admin("skills", "create", str(folder), "--yes", "--json")
    assert made.code == 0, made.err
    database.adopt_skill(made.json["id"])

    shown = admin("skills", "show", folder.name, "--json", *STORED).json
    deleted = admin("skills", "delete", folder.name, "--yes")
    again = admin("skills", "delete", made.json["id"], "--yes")

    assert (shown["id"], shown["origin"]) == (made.json["id"], "litellm_proxy")
    assert shown["description"] == "Made by a test"
    assert deleted.code == 0, deleted.err
    assert (again.code, again.out) == (6, "")


def test_all_stored_skills_are_listed(admin: Litectl, database: DatabaseProxy) -> None:
    """More skills than the proxy lists unasked are all there, each once."""
    mark = f"litectl-test-{uuid.uuid4().hex[:8]}"
    made = {database.make_skill(f"{mark}-{number}") for number in range(25)}

    listed = admin("skills", "list", "--json", *STORED).json

    ids = [skill["id"] for skill in listed["skills"]]
    assert made <= set(ids)
    assert len(ids) == len(set(ids))
    assert listed["cut"] == []
    assert len(admin("skills", "list", "--search", mark, "--json", *STORED).json["skills"]) == len(made)


def test_an_ordinary_key_stores_skills_of_its_own(
    user: Litectl, database: DatabaseProxy, folder: Path
) -> None:
    """To keep a folder in the proxy takes no admin."""
    made = user("skills", "create", str(folder), "--yes", "--json")
    assert made.code == 0, made.err
    database.adopt_skill(made.json["id"])

    assert folder.name in names(user, *STORED)
    assert user("skills", "delete", folder.name, "--yes").code == 0
    assert folder.name not in names(user, *STORED)


@pytest.fixture
def published(database: DatabaseProxy) -> None:
    """Skip the test on a proxy that gives the files of its skills to nobody."""
    if not database.offers("/.well-known/agent-skills/index.json"):
        pytest.skip("this proxy does not publish skills: set `litellm_settings.public_skills_index: true`")


@pytest.mark.usefixtures("published")
def test_a_folder_comes_back_as_it_was_sent(
    user: Litectl, database: DatabaseProxy, folder: Path, tmp_path: Path
) -> None:
    """What was created from a folder is downloaded byte by byte, and a question carries its text."""
    oddest = {"ref/a.bin": b"\x00\xff\r\n--", "ref/deep/empty": b"", "ü ' &;%41 \U0001f600.md": b"# \xc3\xbc"}
    for name, content in oddest.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    text = (folder / "SKILL.md").read_bytes()
    made = user("skills", "create", str(folder), "--yes", "--json")
    assert made.code == 0, made.err
    database.adopt_skill(made.json["id"])

    there = tmp_path / "there"
    result = user("skills", "download", folder.name, "--output-dir", str(there), *STORED)
    asked = user("ask", "-m", "any", "-p", "Hi", "--skill", folder.name, "--dry-run", "--json")

    assert (result.code, result.out) == (0, f"{there / folder.name}\n"), result.err
    found = {
        path.relative_to(there / folder.name).as_posix(): path.read_bytes()
        for path in there.rglob("*")
        if path.is_file()
    }
    assert found == {"SKILL.md": text, **oddest}
    assert asked.code == 0, asked.err
    system = json.dumps(asked.json, ensure_ascii=False)
    assert f'<skill name=\\"{folder.name}\\">Made by a test' in system
    assert "Do it.\\n</skill>\\n</litellm_skills>" in system
