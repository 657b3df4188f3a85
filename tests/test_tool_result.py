"""A result on the streams: data on stdout, everything else on stderr."""

import json
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import IncompleteError
from litectl.mcp.result import ToolResult, result_of
from litectl.output.tool_result import print_result, print_saved
from program import Screen
from test_mcp_result import ANY_JSON, IMAGE, recorded

SOUND = {"type": "audio", "data": b64encode(b"x").decode(), "mimeType": "audio/wav"}


def shown(
    result: ToolResult,
    output_format: str | None = None,
    *,
    structured: bool = False,
    saved: Sequence[Path] | None = None,
    terminals: str = "",
) -> Screen:
    """Return the screen after *result* was printed."""
    screen = Screen(terminals=terminals)
    print_result(screen.terminal, result, output_format, structured=structured, saved=saved)
    return screen


def of(*content: object, **fields: object) -> ToolResult:
    """Return the result with these parts and fields."""
    return result_of({"content": list(content), **fields})


@pytest.mark.parametrize("text", ["5", "5\n"])
def test_a_text_ends_with_one_newline(text: str) -> None:
    """Whether the tool sent one or not."""
    screen = shown(of({"type": "text", "text": text}))

    assert (screen.out, screen.err) == ("5\n", "")


def test_a_pipe_gets_the_text_as_it_is_and_a_terminal_without_controls() -> None:
    """What is data in a file would be an order to a terminal."""
    result = of({"type": "text", "text": "\x1b[2Ja\tb\r\nc"})

    assert shown(result).out == "\x1b[2Ja\tb\r\nc\n"
    assert shown(result, terminals="stdout").out == "[2Ja\tb\nc\n"


def test_json_is_the_whole_result() -> None:
    """Files included, so that nothing is to be said of them."""
    result = recorded("multi")

    for output_format in ("json", "jsonl"):
        screen = shown(result, output_format)
        assert (json.loads(screen.out), screen.err) == (result.document, "")
    assert shown(result, "jsonl").out.count("\n") == 1


def test_json_tells_where_files_were_saved() -> None:
    """Beside the fields of the result, and also when there were none; unsaved there is no such field."""
    paths = [Path("out/image-1.png")]

    assert json.loads(shown(recorded("image"), "json", saved=paths).out)["saved"] == ["out/image-1.png"]
    assert json.loads(shown(recorded("add"), "json", saved=()).out)["saved"] == []
    assert "saved" not in json.loads(shown(recorded("image"), "json").out)


def test_json_without_structured_content_says_what_it_is() -> None:
    """The whole result is no structured content, and a person is told."""
    screen = shown(recorded("multi"), "json", structured=True)

    assert json.loads(screen.out) == recorded("multi").document
    assert screen.err == "note: the tool gave no structured content, so this is the whole result\n"


def test_structured_is_that_content_only() -> None:
    """As JSON that programs read, without the text that says the same."""
    screen = shown(recorded("weather"), structured=True)

    assert json.loads(screen.out) == {"city": "Bern", "temp_c": 21.5, "tags": ["dry", "sunny"]}
    assert screen.err == ""


def test_without_structured_content_the_text_is_printed() -> None:
    """Structured content is preferred, where there is one; a person is told when it is not."""
    screen = shown(recorded("multi"), structured=True, saved=())

    assert screen.out == "first\nsecond\n"
    assert "the tool gave no structured content" in screen.err


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ([], "the tool gave no text"),
        ([IMAGE], "1 image (image/png, 8 bytes) is not shown; save with `--output-dir DIR`"),
        (
            [IMAGE, IMAGE, SOUND],
            (
                "2 images and 1 sound (image/png, audio/wav, 17 bytes) are not shown; "
                "save with `--output-dir DIR`"
            ),
        ),
        (
            [{"type": "resource", "resource": {"blob": "AA=="}}],
            "1 file (application/octet-stream, 1 byte) is not shown; save with `--output-dir DIR`",
        ),
    ],
)
def test_without_a_text_a_note_says_what_there_is(content: list[object], note: str) -> None:
    """Files never go to stdout."""
    screen = shown(of(*content))

    assert (screen.out, screen.err) == ("", f"note: {note}\n")


def test_files_that_are_saved_need_no_note() -> None:
    """Where they are is said after they were written."""
    screen = shown(recorded("image"), saved=())
    print_saved(screen.terminal, [Path("out/image-1.png")])

    assert (screen.out, screen.err) == ("", "saved `out/image-1.png`\n")


def test_structured_content_without_a_text_is_named() -> None:
    """It is printed when it is asked for."""
    screen = shown(of(structuredContent={"a": 1}))

    assert screen.out == ""
    assert screen.err == "note: the tool gave no text; `--structured` prints its structured content\n"


def test_what_is_left_out_is_said() -> None:
    """The text is printed all the same."""
    screen = shown(of({"type": "text", "text": "a"}, {"type": "hologram"}))

    assert screen.out == "a\n"
    assert screen.err == (
        "note: a part of the result is left out: of the unknown type `hologram`; "
        "`--json` prints the whole result\n"
    )


@given(ANY_JSON, st.sampled_from([None, "json", "jsonl", "tsv"]), st.booleans())
def test_no_result_drives_a_terminal(document: object, output_format: str | None, structured: bool) -> None:
    """Whatever it holds, both streams get nothing that a terminal would act on, and nothing crashes."""
    try:
        result = result_of(document)
    except IncompleteError:
        return

    screen = shown(result, output_format, structured=structured, terminals="stdout stderr")

    for text in (screen.out, screen.err):
        assert not any(ord(character) < 0x20 and character not in "\n\t\x1b" for character in text)
        assert not any(0x7F <= ord(character) < 0xA0 for character in text)
    assert "\x1b" not in screen.out
