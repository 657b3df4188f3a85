"""Skills out of the answers of the routes, whatever is in them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import (
    AuthError,
    IncompleteError,
    LitectlError,
    NetworkError,
    PartialError,
    UpstreamError,
)
from litectl.skills.inventory import Refusal, SkillList
from litectl.skills.refusals import NO_ANTHROPIC_KEY, NO_DATABASE, is_usual, lack
from litectl.skills.rows import Rows, api_rows, hub_rows
from litectl.skills.skill import ANTHROPIC, HUB, STORED, Skill

RECORDED = json.loads((Path(__file__).parent / "recordings" / "answers" / "skills.json").read_text())
ANSWERS: dict[str, dict[str, Any]] = RECORDED["answers"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)
FIELDS = st.sampled_from(["name", "id", "display_title", "enabled", "source", "description", "version"])
ENTRY = JSON | st.dictionaries(FIELDS, JSON)


def test_the_hub_tells_what_is_enabled_and_where_it_lies() -> None:
    """The recorded list for a key has enabled and disabled skills with their sources and dates."""
    rows = hub_rows(ANSWERS["plugins"]["body"])
    found = {skill.name: skill for skill in rows.skills}

    assert [found[name].is_enabled for name in ("skread-url", "skread-gh")] == [False, True]
    github = found["skread-gh"]
    assert (github.id, github.origin, github.version) == ("skread-gh", HUB, "1.0.0")
    assert github.source == {"source": "github", "repo": "org/my-plugin"}
    assert github.created_at == "2026-11-21T14:53:02.219000+00:00"


def test_the_public_list_has_the_enabled_ones() -> None:
    """The recorded marketplace has neither ids nor dates, and all it has is enabled."""
    rows = hub_rows(ANSWERS["marketplace"]["body"])

    assert [(skill.name, skill.id, skill.is_enabled) for skill in rows.skills] == [
        (name, name, True) for name in ("skread-gh", "skread-sub", "skread-zip")
    ]


@pytest.mark.parametrize(
    ("recorded", "origin", "name", "version"),
    [("stored", STORED, "skread 25", None), ("anthropic", ANTHROPIC, "skread remote", "1795273065")],
)
def test_a_stored_skill_is_called_by_its_title(
    recorded: str, origin: str, name: str, version: str | None
) -> None:
    """The recorded rows of `/v1/skills` have a title and no name, and a source that is only a word."""
    rows = api_rows(ANSWERS[recorded]["body"], origin)
    skill = rows.skills[0]

    assert (skill.name, skill.origin, skill.version, skill.source) == (name, origin, version, None)
    assert skill.id.startswith(("litellm_skill_", "skill_"))


@pytest.mark.parametrize(
    "wrap", [lambda rows: rows, lambda rows: {"data": rows}, lambda rows: {"skills": rows}]
)
def test_every_form_of_the_list_is_read(wrap: Any) -> None:
    """An array, `data` and `skills` are the same."""
    rows = api_rows(wrap([{"id": "s1"}]), STORED)

    assert [skill.id for skill in rows.skills] == ["s1"]


@pytest.mark.parametrize(
    ("entry", "name", "identifier"),
    [
        ({"id": "s1", "display_title": "Title", "name": "n"}, "n", "s1"),
        ({"id": "s1", "display_title": "Title"}, "Title", "s1"),
        ({"id": "s1", "display_title": None}, "s1", "s1"),
        ({"id": "s1", "display_title": "  "}, "s1", "s1"),
        ({"name": "n"}, "n", "n"),
    ],
)
def test_a_skill_is_called_by_name_title_or_id(entry: object, name: str, identifier: str) -> None:
    """In this order; without an id the name is that."""
    rows = api_rows([entry], STORED)

    assert [(skill.name, skill.id) for skill in rows.skills] == [(name, identifier)]


@pytest.mark.parametrize(
    "entry",
    [
        *(None, 1, "name", [], {}, {"name": ""}, {"name": 5, "id": ["x"]}),
        *({"name": "x" * 1025}, {"name": "", "id": "x" * 1025}),
    ],
)
def test_what_has_no_name_is_counted(entry: object) -> None:
    """An entry without name and id, or with a name that is too long, is left out and counted."""
    for rows in (hub_rows({"plugins": [entry]}), api_rows([entry], STORED)):
        assert rows == Rows([], 1)


def test_an_id_has_a_limit_too() -> None:
    """An id that nobody could type leaves the skill out, however short its name is."""
    entries = [{"id": "x" * length, "display_title": "n"} for length in (1024, 1025)]

    rows = api_rows(entries, STORED)

    assert ([len(skill.id) for skill in rows.skills], rows.left_out) == ([1024], 1)


@pytest.mark.parametrize(
    ("enabled", "expected"), [(False, False), (True, True), (None, True), (0, True), ("false", True)]
)
def test_only_false_is_disabled(enabled: object, expected: bool) -> None:  # a row of the table
    """A skill is enabled unless the proxy says `false`."""
    rows = hub_rows({"plugins": [{"name": "n", "enabled": enabled}]})

    assert rows.skills[0].is_enabled is expected


def test_a_source_that_cannot_be_written_is_none() -> None:
    """NaN and what is nested without end would make JSON that nobody reads."""
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"a": deep}
    entries = [{"name": "n", "source": {"a": float("nan")}}, {"name": "m", "source": deep}]
    rows = hub_rows({"plugins": entries})

    assert [skill.source for skill in rows.skills] == [None, None]


@given(st.lists(ENTRY, max_size=5) | JSON)
def test_any_json_is_read(document: Any) -> None:
    """Nothing that a proxy sends is a bug, and no entry is lost without being counted."""
    reads: list[Callable[[], Rows]] = [
        lambda: hub_rows({"plugins": document}),
        lambda: api_rows(document, STORED),
        lambda: hub_rows(document),
    ]
    for read in reads:
        try:
            rows = read()
        except IncompleteError:
            continue
        assert all(skill.name and skill.id for skill in rows.skills)
        if isinstance(document, list):
            assert len(rows.skills) + rows.left_out == len(document)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, json.dumps(ANSWERS["plugins-no-database"]["body"]), NO_DATABASE),
        (500, json.dumps(ANSWERS["stored-no-database"]["body"]), NO_DATABASE),
        (500, "ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN is required for Skills API", NO_ANTHROPIC_KEY),
        (401, json.dumps(ANSWERS["plugins-no-key"]["body"]), None),
        (500, "", None),
    ],
)
def test_what_a_proxy_lacks_is_no_failure(status: int, body: str, reason: str | None) -> None:
    """No database and no key for Anthropic are recognised, as recorded; everything else is not."""
    error = lack(status, body.encode())

    assert (error.details["reason"] if error else None) == reason
    assert error is None or is_usual(error)


SKILLS = SkillList(
    [
        Skill("pdf", "skill_1", ANTHROPIC),
        Skill("pdf", "litellm_skill_1", STORED),
        Skill("pdf", "pdf", HUB),
        Skill("pdf-forms", "pdf-forms", HUB),
    ]
)


@pytest.mark.parametrize(
    ("name", "origins"),
    [("pdf", [HUB, STORED, ANTHROPIC]), ("skill_1", [ANTHROPIC]), ("litellm_skill_1", [STORED]), ("x", [])],
)
def test_the_hub_is_preferred(name: str, origins: list[str]) -> None:
    """The hub comes before what is stored, Anthropic last."""
    assert [skill.origin for skill in SKILLS.find(name)] == origins


def test_a_name_goes_before_an_id() -> None:
    """A skill that is called as another one is known by its id hides nothing: both are found."""
    known = SkillList([Skill("a", "skill_1", ANTHROPIC), Skill("skill_1", "litellm_skill_9", STORED)])

    assert [skill.id for skill in known.find("skill_1")] == ["litellm_skill_9", "skill_1"]


def test_each_name_is_offered_once() -> None:
    """The first enabled one of several; a disabled one stands in nobody's way."""
    listed = [Skill("a", "a", HUB), Skill("b", "b", HUB, is_enabled=False)]
    listed += [Skill("a", "s1", STORED), Skill("b", "s2", STORED)]

    assert [skill.id for skill in SkillList(listed).offered] == ["a", "s2"]


def test_an_unknown_skill_has_near_names() -> None:
    """The error names what looks alike; who lacks what skills need has none for sure."""
    from litectl.errors import NotFoundError

    usual = lack(500, b"DB not connected")
    assert usual is not None
    with pytest.raises(NotFoundError) as raised:
        SKILLS._replace(refusals=[Refusal(HUB, usual)]).require("pdf-form")

    assert raised.value.hint is not None
    assert "`pdf-forms`" in raised.value.hint
    assert raised.value.message == "unknown skill: pdf-form"


@pytest.mark.parametrize(
    ("doubt", "kind", "said"),
    [
        ({"refusals": [Refusal(ANTHROPIC, NetworkError("down"))]}, NetworkError, "anthropic: down"),
        ({"refusals": [Refusal(HUB, NetworkError("down"), is_partial=True)]}, NetworkError, "hub: down"),
        (
            {"refusals": [Refusal(origin, AuthError("no")) for origin in (HUB, STORED)]},
            AuthError,
            "hub, litellm_proxy: no",
        ),
        (
            {"refusals": [Refusal(HUB, UpstreamError("x")), Refusal(STORED, AuthError("no"))]},
            AuthError,
            "hub: x; litellm_proxy: no",
        ),
        ({"cut": [STORED]}, PartialError, "litellm_proxy: it has more skills than it lists"),
    ],
)
def test_a_skill_that_may_be_there_is_not_unknown(
    doubt: dict[str, Any], kind: type[LitectlError], said: str
) -> None:
    """Where an origin did not tell all it has, nobody knows that it is not there: the reason is the error."""
    with pytest.raises(kind) as raised:
        SKILLS._replace(**doubt).require("nowhere")

    assert raised.value.message == f"unknown skill: nowhere; not everybody told all: {said}"
    assert raised.value.hint is not None


def test_without_near_names_the_list_is_named() -> None:
    """Nothing near gives the command that lists all."""
    from litectl.errors import NotFoundError

    with pytest.raises(NotFoundError) as raised:
        SkillList([]).require("pdf")

    assert raised.value.hint == "see all skills with `litectl skills list --all`"
