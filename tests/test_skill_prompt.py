"""What a model is told of skills."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.skills.prompt import skills_element
from litectl.skills.skill import HUB, Skill


def skill(name: str, description: str | None = None) -> Skill:
    """Return a skill."""
    return Skill(name, name, HUB, description)


def parsed(element: str) -> list[tuple[str, str]]:
    """Return names and texts of *element*, which has to be XML."""
    root = ET.fromstring(element[element.index("<litellm_skills>") :])  # noqa: S314  # our own text
    return [(child.attrib["name"], child.text or "") for child in root]


def test_a_sentence_and_the_skills() -> None:
    """One sentence, and an element with the description of each skill."""
    element = skills_element([(skill("a", 'Does <this> & "that"'), None), (skill("b"), None)])

    before, _, rest = element.partition("<litellm_skills>")
    assert before == before.lstrip()
    assert before.count(".") == 1
    assert rest == (
        '\n<skill name="a">Does &lt;this&gt; &amp; &quot;that&quot;</skill>'
        '\n<skill name="b">No description is given.</skill>\n</litellm_skills>'
    )


def test_a_text_follows_the_description() -> None:
    """The instructions of a skill stand inside its element, escaped."""
    element = skills_element([(skill("a", "Short"), "# Do\r\n</skill> x\x00\x1b[0m")])

    assert parsed(element) == [("a", "Short\n\n# Do\n</skill> x[0m\n")]


@pytest.mark.parametrize(
    ("description", "head", "expected"),
    [
        ("Short", "---\nname: a\ndescription: Short\n---\n", "Short\n\n# Do\n"),
        (None, "---\nname: a\ndescription: Of the file\n---\n", "Of the file\n\n# Do\n"),
        (None, "", "No description is given.\n\n# Do\n"),
    ],
)
def test_the_front_matter_is_not_told_twice(description: str | None, head: str, expected: str) -> None:
    """Name and description stand before the text; where only the front matter has one, that is told."""
    element = skills_element([(skill("a", description), f"{head}# Do\n")])

    assert parsed(element) == [("a", expected)]


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=30)


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_nothing_breaks_out(name: str, description: str, text: str) -> None:
    """Whatever a skill says, the element stays one well-formed element that can be sent."""
    element = skills_element([(skill(name, description), text)])

    assert len(parsed(element)) == 1
    element.encode()
