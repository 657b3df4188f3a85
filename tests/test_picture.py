"""The picture of the README: a terminal's text as SVG."""

from xml.etree import ElementTree as ET

import pytest

from picture.drawing import drawn

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[tuple[str, str | None]]:
    """Return the texts of *picture* with their looks; it has to be XML."""
    found = ET.fromstring(picture).iter(f"{SVG}text")  # noqa: S314  # made here
    return [(element.text or "", element.get("class")) for element in found]


def test_colours_are_looks() -> None:
    """What stands between two colours is a text of its own."""
    picture = drawn("\x1b[31merror:\x1b[0m no <key> & no proxy\n", width=80, title="A title")

    assert texts(picture) == [("error:", "red"), (" no <key> & no proxy", None)]


def test_a_long_line_is_folded_as_a_terminal_does_it() -> None:
    """At the edge, in the middle of a word."""
    assert texts(drawn("a long word\n", width=4, title="")) == [("a lo", None), ("ng w", None), ("ord", None)]


def test_what_was_written_over_is_gone() -> None:
    """Such as a line of progress, which comes only when the machine is slow."""
    assert texts(drawn("waiting, 1 s\r\x1b[Kdone\n", width=80, title="")) == [("done", None)]


def test_what_cannot_be_drawn_is_an_error() -> None:
    """A picture with half a control sequence in it is none."""
    with pytest.raises(ValueError, match="is not drawn"):
        drawn("\x1b[7Aup\n", width=80, title="")


def test_it_loads_nothing() -> None:
    """No font, style or script from elsewhere."""
    picture = drawn("text\n", width=80, title="A title")

    assert picture.count("http") == 1
    assert not [word for word in ("script", "import", "url(", "href") if word in picture]
