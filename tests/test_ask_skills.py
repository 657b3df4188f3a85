"""`litectl ask --skill NAME` and `--skills`: what a model is told of the skills of the proxy."""

import json
from pathlib import Path
from typing import Any

import pytest

from answers import MESSAGES, RESPONSES, answer_all
from fake_proxy import CHAT, Answer, FakeProxy, chat_answer, json_answer
from known_models import questions
from litectl.skills.hub import PLUGINS
from program import Litectl
from test_skill_archive import zipped
from test_skill_listing import REFUSED, on_api, recorded

ASK = ("ask", "-m", "m", "-p", "Hi")
USER = {"role": "user", "content": "Hi"}
ARCHIVE = "/v1/skills/litellm_skill_1/archive"
TEXT = "---\nname: books\n---\n# Add & <carry>\n"
IN_HUB = [
    {"name": "fly", "description": 'Planes & "kites"'},
    {"name": "old", "description": "gone", "enabled": False},
    {"name": "both", "description": "of the hub"},
]
KEPT = [
    {"id": "litellm_skill_1", "display_title": "books", "description": "Keeps books"},
    {"id": "litellm_skill_2", "display_title": "both", "description": "of the proxy"},
]
BOOKS = '<skill name="books">Keeps books\n\n# Add &amp; &lt;carry&gt;\n</skill>'
FLY = '<skill name="fly">Planes &amp; &quot;kites&quot;</skill>'
BOTH = '<skill name="both">of the hub</skill>'


@pytest.fixture(autouse=True)
def skills(fake: FakeProxy) -> None:
    """Give a proxy that answers, and has skills of all origins."""
    answer_all(fake)
    fake.on("GET", PLUGINS, json_answer({"plugins": IN_HUB}))
    on_api(fake, litellm_proxy=json_answer({"data": KEPT}), anthropic=json_answer({"data": []}))
    fake.on("GET", ARCHIVE, Answer(pieces=[zipped(("books/SKILL.md", TEXT.encode()))]))


def asked(fake: FakeProxy, path: str = CHAT) -> Any:
    """Return the body of the only question."""
    [request] = questions(fake, path)
    return request.json


def told(fake: FakeProxy) -> list[str]:
    """Return the lines between the marks of the element that a model was sent, after the question."""
    system, user = asked(fake)["messages"]
    assert (system["role"], user) == ("system", USER)
    before, _, rest = system["content"].partition("<litellm_skills>\n")
    assert before.startswith("The skills below")
    inside, mark, after = rest.partition("\n</litellm_skills>")
    assert (bool(mark), after) == (True, "")
    return [f"<skill {each}" for each in inside.replace("\n<skill ", "<skill ").split("<skill ")[1:]]


def test_a_skill_that_is_named_is_sent_with_its_text(litectl: Litectl, fake: FakeProxy) -> None:
    """In a system prompt that it makes where there was none, escaped."""
    assert litectl(*ASK, "--skill", "books") == (0, "ok\n", "")
    assert told(fake) == [BOOKS]


def test_a_system_prompt_stays_before_it(litectl: Litectl, fake: FakeProxy) -> None:
    """The skills follow what was given with `-s`, after a blank line."""
    assert litectl(*ASK, "-s", "Be brief", "--skill", "books").code == 0

    [system, _] = asked(fake)["messages"]
    assert system["content"].startswith("Be brief\n\nThe skills below")
    assert system["content"].endswith(f"\n\n<litellm_skills>\n{BOOKS}\n</litellm_skills>")


def test_all_skills_are_told_by_their_descriptions(litectl: Litectl, fake: FakeProxy) -> None:
    """Each name once, that of the hub first, and none that is disabled; no archive is asked for."""
    result = litectl(*ASK, "--skills")

    assert (result.code, result.err) == (0, "")
    assert told(fake) == [FLY, BOTH, '<skill name="books">Keeps books</skill>']
    assert not questions(fake, ARCHIVE)


def test_named_skills_come_before_all(litectl: Litectl, fake: FakeProxy) -> None:
    """Both options are one list, asked for once: the named ones with their text, each skill once."""
    litectl(*ASK, "--skills", "--skill", "books", "--skill", "litellm_skill_1")

    assert told(fake) == [BOOKS, FLY, BOTH]
    assert len(questions(fake, PLUGINS)) == len(questions(fake, ARCHIVE)) == 1


def test_a_name_of_several_skills_is_the_first(litectl: Litectl, fake: FakeProxy) -> None:
    """That of the hub, which is said; another one has an id."""
    first = litectl(*ASK, "--skill", "both")
    of_hub = told(fake)
    fake.requests.clear()
    litectl(*ASK, "--skill", "litellm_skill_2")

    assert "both is the skill of hub here" in first.err
    assert "litellm_skill_2 (litellm_proxy)" in first.err
    assert (of_hub, told(fake)) == ([BOTH], ['<skill name="both">of the proxy</skill>'])


@pytest.mark.parametrize(
    ("name", "answer", "why"),
    [
        ("fly", None, "only the description of the skill fly is sent: the proxy does not keep its files"),
        ("books", recorded("archive-unpublished"), "does not give the files of its skills to anybody"),
        ("books", Answer(pieces=[b"<html>"]), "not a zip that can be read"),
        ("books", Answer(pieces=[zipped(("a.md", b""))]), "it has no `SKILL.md`"),
    ],
)
def test_without_a_text_the_description_is_sent(
    litectl: Litectl, fake: FakeProxy, name: str, answer: Answer | None, why: str
) -> None:
    """It is said on stderr why that is all."""
    if answer is not None:
        fake.on("GET", ARCHIVE, answer)

    result = litectl(*ASK, "--skill", name)

    assert (result.code, result.out) == (0, "ok\n")
    assert why in result.err
    assert told(fake) == [FLY if name == "fly" else '<skill name="books">Keeps books</skill>']


def test_of_a_skill_without_text_and_description_the_name_is_sent(litectl: Litectl, fake: FakeProxy) -> None:
    """It is said that this is all."""
    fake.on("GET", PLUGINS, json_answer({"plugins": [{"name": "bare"}]}))

    result = litectl(*ASK, "--skill", "bare")

    assert "note: only the name of the skill bare is sent: the proxy does not keep its files" in result.err
    assert told(fake) == ['<skill name="bare">No description is given.</skill>']


@pytest.mark.parametrize("arguments", [("--skill", "books"), ("--skills",)])
def test_too_much_of_skills_is_refused(litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...]) -> None:
    """Over 1 MiB of texts and descriptions no model is asked: exit 2."""
    much = "ü" * 2**19
    fake.on("GET", PLUGINS, json_answer({"plugins": [{"name": "much", "description": f"{much}!"}]}))
    fake.on("GET", ARCHIVE, Answer(pieces=[zipped(("SKILL.md", f"{much}!".encode()))]))

    result = litectl(*ASK, *arguments)

    assert (result.code, result.out, questions(fake)) == (2, "", [])
    assert "and a question takes at most 1 MiB of them" in result.err


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [("bock", 6, "did you mean `books`?"), ("", 6, "unknown skill"), ("old", 2, "the skill old is disabled")],
)
def test_no_model_is_asked_without_the_skill(
    litectl: Litectl, fake: FakeProxy, name: str, code: int, said: str
) -> None:
    """One that is not there is exit 6, a disabled one exit 2, before anything is paid for."""
    result = litectl(*ASK, "--skill", "books", "--skill", name)

    assert (result.code, result.out, questions(fake)) == (code, "", [])
    assert said in result.err


def test_a_refused_list_is_an_error(litectl: Litectl, fake: FakeProxy) -> None:
    """What was asked for is not left out in silence."""
    fake.on("GET", PLUGINS, REFUSED)
    on_api(fake, litellm_proxy=REFUSED, anthropic=REFUSED)

    assert litectl(*ASK, "--skills").code == 4
    assert questions(fake) == []


def test_no_skill_at_all_is_said(litectl: Litectl, fake: FakeProxy) -> None:
    """The question is asked as it is."""
    fake.on("GET", PLUGINS, json_answer({"plugins": []}))
    on_api(fake, litellm_proxy=json_answer({"data": []}), anthropic=json_answer({"data": []}))

    result = litectl(*ASK, "--skills")

    assert (result.code, result.out) == (0, "ok\n")
    assert "note: there is no skill" in result.err
    assert asked(fake)["messages"] == [USER]


@pytest.mark.parametrize(
    ("protocol", "path", "field"),
    [("responses", RESPONSES, "instructions"), ("messages", MESSAGES, "system")],
)
def test_every_protocol_has_a_place_for_it(
    litectl: Litectl, fake: FakeProxy, protocol: str, path: str, field: str
) -> None:
    """Among the instructions, and not in what the user says."""
    assert litectl(*ASK, "-s", "Be brief", "--skill", "books", "--protocol", protocol).code == 0

    body = asked(fake, path)
    instructions = body.pop(field)
    if isinstance(instructions, list):
        instructions = "".join(part["text"] for part in instructions)
    assert instructions.startswith("Be brief\n\n")
    assert BOOKS in instructions
    assert "litellm_skills" not in json.dumps(body)


def test_a_saved_conversation_is_without_it(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """What is told of skills belongs to one request, and not to the conversation."""
    path = tmp_path / "said.json"

    litectl(*ASK, "-s", "Be brief", "--skill", "books", "--save", str(path))

    assert json.loads(path.read_bytes()) == [
        {"role": "system", "content": "Be brief"},
        USER,
        {"role": "assistant", "content": "ok"},
    ]


def test_it_goes_before_the_sentence_that_asks_for_json(litectl: Litectl, fake: FakeProxy) -> None:
    """The form of the answer is the last that is said."""
    fake.on_chat(chat_answer("{}"))

    assert litectl(*ASK, "--skill", "books", "--json-object").code == 0
    [system, _] = asked(fake)["messages"]
    assert "JSON" in system["content"].partition("</litellm_skills>")[2]


def test_a_dry_run_shows_it(litectl: Litectl, fake: FakeProxy) -> None:
    """The request is printed with the skills, and no model is asked."""
    document = litectl(*ASK, "--skill", "books", "--dry-run", "--json").json

    assert BOOKS in document["body"]["messages"][0]["content"]
    assert questions(fake) == []


def test_offline_there_are_no_skills(litectl: Litectl, fake: FakeProxy) -> None:
    """Nothing is kept of them, so nobody is asked."""
    assert litectl(*ASK, "--skills", "--dry-run", "--offline").code == 3
    assert fake.requests == []


def test_without_the_options_nobody_is_asked_for_skills(litectl: Litectl, fake: FakeProxy) -> None:
    """A plain question is one request."""
    assert litectl(*ASK).code == 0
    assert len(fake.requests) == 1
