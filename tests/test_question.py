"""The text of a question: made of a prompt, a pipe and files, all of them UTF-8."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import UsageError
from litectl.exchange.question import TextFile, compose_prompt, decode_text, file_name, opening

NOTES = TextFile("notes.txt", "one\ntwo\n")
CODE = TextFile("src/main.py", "print()\n\n")
NOTES_TEXT = '<file name="notes.txt">\none\ntwo\n</file>'
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
CODE_TEXT = '<file name="src/main.py">\nprint()\n</file>'


@pytest.mark.parametrize(
    ("prompt", "piped", "files", "expected"),
    [
        ("Why?", "", [], "Why?"),
        (None, "from the pipe\n", [], "from the pipe\n"),
        ("", "from the pipe", [], "from the pipe"),
        ("Why?", "from the pipe", [], "Why?\n\nfrom the pipe"),
        (None, "", [NOTES], NOTES_TEXT),
        ("Why?", "", [NOTES, CODE], f"Why?\n\n{NOTES_TEXT}\n\n{CODE_TEXT}"),
        ("Why?", "", [CODE, NOTES], f"Why?\n\n{CODE_TEXT}\n\n{NOTES_TEXT}"),
        ("Why?", "from the pipe", [NOTES], f"Why?\n\nfrom the pipe\n\n{NOTES_TEXT}"),
        # Blank parts leave no gap, and what is not blank is not touched.
        ("Why?", " \n", [NOTES], f"Why?\n\n{NOTES_TEXT}"),
        ("\t", "from the pipe", [], "from the pipe"),
        ("  indented\n", "", [], "  indented\n"),
        ("Why?", "  a: 1\n", [], "Why?\n\n  a: 1\n"),
    ],
)
def test_the_prompt_comes_first_then_the_pipe_then_the_files(
    prompt: str | None, piped: str, files: list[TextFile], expected: str
) -> None:
    """The parts stand in a fixed order with an empty line between them, each file with its name."""
    assert expected == compose_prompt(prompt, piped, files)


@pytest.mark.parametrize("prompt", [None, "", " ", "\n\t"])
@pytest.mark.parametrize("piped", ["", " \n"])
def test_nothing_but_white_space_is_no_prompt(prompt: str | None, piped: str) -> None:
    """An empty question is a usage error that names the ways to ask one."""
    with pytest.raises(UsageError, match="there is no prompt") as caught:
        compose_prompt(prompt, piped, [])

    assert "-p" in (caught.value.hint or "")
    assert "-f PATH" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        (b"plain\n", "plain\n"),
        ("wörld ☃ 😀".encode(), "wörld ☃ 😀"),
        (b"\xef\xbb\xbfwith a mark", "with a mark"),
        (b"\xef\xbb\xbf\xef\xbb\xbftwo", "\ufefftwo"),
        (b"dos\r\nlines\r\n", "dos\r\nlines\r\n"),
        (b"nul\x00 and \x1b[31m", "nul\x00 and \x1b[31m"),
    ],
)
def test_utf_8_is_decoded_as_it_is(content: bytes, text: str) -> None:
    """Only a byte order mark at the beginning is dropped."""
    assert text == decode_text(content, "stdin")


@pytest.mark.parametrize(
    ("content", "byte"),
    [
        (b"\xff", 0),
        ("Grüße".encode("latin-1"), 2),
        (b"cut \xe2\x98", 4),
        (b"\xed\xa0\x80", 0),
        ("text".encode("utf-16"), 0),
    ],
)
def test_what_is_not_utf_8_is_refused_with_its_place(content: bytes, byte: int) -> None:
    """Bytes of another encoding are never sent as question marks; the message says where, the hint how."""
    with pytest.raises(UsageError) as caught:
        decode_text(content, "`notes.txt`")

    assert f"`notes.txt` is not UTF-8 text (byte {byte})" == caught.value.message
    assert "iconv" in (caught.value.hint or "")


def test_the_place_of_a_bad_byte_counts_the_byte_order_mark() -> None:
    """The position in the error is the one in the file."""
    with pytest.raises(UsageError, match="byte 4"):
        decode_text(b"\xef\xbb\xbfa\xff", "stdin")


def test_an_empty_file_is_no_prompt() -> None:
    """A file without text adds nothing, and alone it is no prompt at all."""
    with pytest.raises(UsageError, match="there is no prompt"):
        compose_prompt(None, "", [TextFile("empty.txt", "\n")])


@pytest.mark.parametrize(("prompt", "text"), [(None, ""), (" \n", ""), ("Why?", "Why?")])
def test_a_prompt_may_be_empty_when_something_else_is_asked_about(prompt: str | None, text: str) -> None:
    """An image alone is a question; a prompt that is there stays."""
    assert compose_prompt(prompt, "", [], may_be_empty=True) == text


def test_text_alone_is_a_plain_message() -> None:
    """After the instruction, when there is one."""
    assert opening("Why?") == [{"role": "user", "content": "Why?"}]
    assert opening("Why?", "Be brief") == [
        {"role": "system", "content": "Be brief"},
        {"role": "user", "content": "Why?"},
    ]


@pytest.mark.parametrize(
    ("prompt", "content"),
    [
        ("Why?", [{"type": "text", "text": "Why?"}, IMAGE, IMAGE]),
        ("", [IMAGE, IMAGE]),
        (" \n", [IMAGE, IMAGE]),
    ],
)
def test_parts_follow_the_prompt(prompt: str, content: list[object]) -> None:
    """A prompt without text is no part, since providers refuse an empty one."""
    assert opening(prompt, "Be brief", [IMAGE, IMAGE]) == [
        {"role": "system", "content": "Be brief"},
        {"role": "user", "content": content},
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("notes.txt", "notes.txt"),
        ("src/Grüße & ☃.txt", "src/Grüße & ☃.txt"),
        ('a"b.txt', "a_b.txt"),
        ("a\nb\r.txt", "a_b_.txt"),
        ("</file>", "_/file_"),
        ("\x1b[31m\u202egnp.txt", "_[31m_gnp.txt"),
        ("not\udcffutf-8", "not_utf-8"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
        ("", "file"),
        (" \n", "file"),
    ],
)
def test_a_name_cannot_end_the_mark_that_it_stands_in(name: str, shown: str) -> None:
    """Quotes, angle brackets, and whatever is not printed are replaced, and a long one is cut."""
    assert file_name(name) == shown
    assert compose_prompt(None, "", [TextFile(name, "one")]) == f'<file name="{shown}">\none\n</file>'


@given(name=st.text())
def test_every_name_is_one_short_line(name: str) -> None:
    """And stays as it is when it was made harmless already."""
    shown = file_name(name)

    assert 0 < len(shown) <= 200
    assert shown.isprintable()
    assert shown == file_name(shown)
