"""What a model is told of skills."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.skills.prompt import skills_element
from litectl.skills.skill import HUB, STORED, Skill


def skill(name: str, description: str | None = None, *, enabled: bool = True, origin: str = HUB) -> Skill:
    """Return a skill."""
    return Skill(name, name, origin, description, is_enabled=enabled)


def parsed(element: str) -> list[tuple[str, str]]:
    """Return names and texts of *element*, which has to be XML."""
    root = ET.fromstring(element[element.index("<litellm_skills>") :])  # noqa: S314  # our own text
    return [(child.attrib["name"], child.text or "") for child in root]


def test_a_sentence_and_the_skills() -> None:
    """A blank line, one sentence, and an element with the description of each skill."""
    element = skills_element([skill("a", 'Does <this> & "that"'), skill("b")], {})

    before, _, rest = element.partition("<litellm_skills>")
    assert before.startswith("\n\n")
    assert before.strip().count(".") == 1
    assert rest == (
        '\n<skill name="a">Does &lt;this&gt; &amp; &quot;that&quot;</skill>'
        '\n<skill name="b">No description is given.</skill>\n</litellm_skills>'
    )


def test_a_text_follows_the_description() -> None:
    """The instructions of a skill stand inside its element, escaped."""
    element = skills_element([skill("a", "Short")], {"a": "# Do\r\n</skill> x\x00\x1b[0m", "b": "unused"})

    assert parsed(element) == [("a", "Short\n\n# Do\n</skill> x[0m\n")]


@pytest.mark.parametrize("skills", [[], [skill("a", enabled=False)]])
def test_without_skills_nothing_is_said(skills: list[Skill]) -> None:
    """No skill, or only disabled ones, add nothing to the prompt."""
    assert skills_element(skills, {}) == ""


def test_the_first_of_a_name_is_told() -> None:
    """A model knows a skill by its name, so there is one of each."""
    element = skills_element([skill("a", "hub"), skill("a", "stored", origin=STORED)], {})

    assert parsed(element) == [("a", "hub")]


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=30)


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_nothing_breaks_out(name: str, description: str, text: str) -> None:
    """Whatever a skill says, the element stays one well-formed element that can be sent."""
    element = skills_element([skill(name, description)], {name: text})

    assert len(parsed(element)) == 1
    element.encode()
