"""The result of a tool: what real servers gave, and whatever else JSON may hold."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import IncompleteError
from litectl.mcp.result import MODEL_LIMIT, Blob, ToolResult, for_model, plain_text, result_of
from litectl.text.jsontext import decode

ANSWERS = Path(__file__).parent / "recordings" / "answers"
PNG = b"\x89PNG\r\n\x1a\n"
IMAGE = {"type": "image", "data": b64encode(PNG).decode(), "mimeType": "image/png"}
WEATHER = {"city": "Bern", "temp_c": 21.5, "tags": ["dry", "sunny"]}


def recorded(name: str) -> ToolResult:
    """Return the result that was answered to the call *name*."""
    return result_of(decode((ANSWERS / f"mcp-call-{name}.json").read_bytes()))


def of(*content: object, **fields: object) -> ToolResult:
    """Return the result with these parts and fields."""
    return result_of({"content": list(content), **fields})


def text(value: object) -> dict[str, object]:
    """Return a part that is a text."""
    return {"type": "text", "text": value}


@pytest.mark.parametrize(
    ("name", "expected", "structured", "blobs", "is_error"),
    [
        ("add", "5", {"result": 5}, 0, False),
        ("image", "", None, 1, False),
        ("multi", "first\nsecond", None, 1, False),
        ("weather", json.dumps(WEATHER, indent=2), WEATHER, 0, False),
        ("fail", "Error executing tool fail", None, 0, True),
    ],
)
def test_what_real_servers_give(
    name: str, expected: str, structured: object, blobs: int, is_error: bool
) -> None:
    """Texts are joined by newlines, files are decoded, and a failure is one although it came with 200."""
    result = recorded(name)

    assert (result.text, result.structured, len(result.blobs)) == (expected, structured, blobs)
    assert (result.is_error, result.problems) == (is_error, [])
    assert [(blob.kind, blob.media_type, blob.content[:8]) for blob in result.blobs] == [
        ("image", "image/png", PNG)
    ] * blobs


PARTS: list[tuple[dict[str, Any], str, list[Blob]]] = [
    (text("a"), "a", []),
    (IMAGE, "", [Blob("image", "image/png", PNG)]),
    ({**IMAGE, "type": "audio", "mimeType": "Audio/WAV; rate=8000"}, "", [Blob("audio", "audio/wav", PNG)]),
    ({"type": "resource_link", "uri": "file:///a", "name": "a"}, "file:///a", []),
    ({"type": "resource", "resource": {"uri": "x:1", "text": "inside"}}, "inside", []),
    (
        {"type": "resource", "resource": {"uri": "../../etc/passwd", "blob": "AAE="}},
        "",
        [Blob("resource", "application/octet-stream", b"\0\1", "../../etc/passwd")],
    ),
    ({**IMAGE, "data": "-_-_"}, "", [Blob("image", "image/png", b"\xfb\xff\xbf")]),
    ({**IMAGE, "data": "AA\nE"}, "", [Blob("image", "image/png", b"\0\1")]),
    (
        {**IMAGE, "data": "", "mimeType": "image/png\nhint: no"},
        "",
        [Blob("image", "application/octet-stream", b"")],
    ),
]


@pytest.mark.parametrize(("part", "expected", "blobs"), PARTS)
def test_parts_of_every_type(part: dict[str, Any], expected: str, blobs: list[Blob]) -> None:
    """Each becomes a text or a file; either alphabet of base64 is read, with padding or without."""
    result = of(part)

    assert (result.text, result.blobs, result.problems) == (expected, blobs, [])


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({**IMAGE, "data": "no base64!"}, "the data of the image is not base64"),
        ({**IMAGE, "data": "ä"}, "the data of the image is not base64"),
        ({**IMAGE, "data": "A"}, "the data of the image is not base64"),
        ({"type": "audio"}, "the data of the audio is not base64"),
        ({"type": "resource"}, "the data of the resource is not base64"),
        ({"type": "resource", "resource": {"text": 5}}, "the data of the resource is not base64"),
        (text(5), "a `text` without a text"),
        ({"type": "resource_link"}, "a `resource_link` without an address"),
        ({"type": "video\n\x1b[2J"}, "of the unknown type `video [2J`"),
        ({"type": ["text"]}, "of the unknown type `none`"),
        ("text", "of the unknown type `none`"),
    ],
)
def test_a_part_that_cannot_be_used_is_said(part: object, problem: str) -> None:
    """What is left out is a sentence of one line, the rest is there, and the document keeps all of it."""
    result = of(text("rest"), part)

    assert result.problems == [f"a part of the result is left out: {problem}"]
    assert (result.text, result.blobs) == ("rest", [])
    assert result.document["content"] == [text("rest"), part]


def test_many_problems_are_few_sentences() -> None:
    """Each is counted, and of the unknown types the most frequent are named."""
    parts = (
        [{"type": f"t{number}"} for number in range(50)] + [{"type": "often"}] * 3 + [{"type": "audio"}] * 2
    )

    problems = of(*parts).problems

    assert problems[0] == "3 parts of the result are left out: of the unknown type `often`"
    assert problems[-2:] == [
        "46 parts of the result are left out: of other unknown types",
        "2 parts of the result are left out: the data of the audio is not base64",
    ]
    assert len(problems) == 7


@pytest.mark.parametrize(
    ("document", "expected", "is_error"),
    [
        ({"result": {"content": [text("in")], "isError": False}}, "in", False),
        ({"jsonrpc": "2.0", "id": 1, "result": {"content": [text("in")], "isError": True}}, "in", True),
        ([text("bare"), text("list")], "bare\nlist", False),
        ({"result": [text("bare")]}, "bare", False),
        ({"error": "out of order"}, "out of order", True),
        ({"error": {"code": -32602, "message": "Unknown tool: x"}}, "Unknown tool: x", True),
        ({"error": "said", "content": [text("why")]}, "why", True),
        ({"error": None, "content": [text("fine")]}, "fine", False),
        ({"structuredContent": {"a": 1}}, "", False),
        ({"content": None, "isError": True}, "", True),
    ],
)
def test_results_in_other_wrappings(document: object, expected: str, is_error: bool) -> None:
    """JSON-RPC's, that of older proxies, and an error that came with 200."""
    result = result_of(document)

    assert (result.text, result.is_error) == (expected, is_error)


def test_content_that_is_no_list_is_said() -> None:
    """Structured content beside it is there all the same."""
    result = result_of({"content": "text", "structuredContent": 0})

    assert result.problems == ["a part of the result is left out: its content is not a list"]
    assert (result.text, result.structured) == ("", 0)


def nested(levels: int) -> object:
    """Return a structure that many levels deep."""
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "document",
    [
        *(None, 5, "text", {}, {"status": "ok"}, {"result": "text"}, {"result": {"a": 1}}),
        *({"structuredContent": nested(900)}, {"structuredContent": float("nan")}),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_answer_that_is_no_result_is_an_error(document: object) -> None:
    """Also what could not be written again; the error can be printed as JSON."""
    with pytest.raises(IncompleteError, match="not a result of a tool") as caught:
        result_of(document)

    assert len(json.dumps(caught.value.as_json())) < 1000


# For a model


def test_a_model_is_given_the_text_and_told_of_files() -> None:
    """It would not know otherwise that there is an image."""
    assert for_model(recorded("multi")) == "first\nsecond\n[image image/png, 70 bytes, not shown]"
    assert for_model(of({**IMAGE, "data": "AA=="})) == "[image image/png, 1 byte, not shown]"


def test_a_model_is_given_the_structured_content_where_there_is_no_text() -> None:
    """As JSON; beside a text it would only repeat that."""
    assert for_model(of(structuredContent={"ä": [1]})) == '{"ä": [1]}'
    assert for_model(recorded("add")) == "5"
    assert plain_text(of(structuredContent=0)) == "0"


@pytest.mark.parametrize("character", ["x", "é", "€", "😀"])
def test_a_long_text_is_cut_between_characters(character: str) -> None:
    """To 64 KiB in all, with a mark that says how much is missing."""
    result = of(text(character * MODEL_LIMIT), IMAGE)

    given = for_model(result)

    kept, _, end = given.partition("\n[cut here: ")
    size = MODEL_LIMIT * len(character.encode())
    assert len(given.encode()) <= MODEL_LIMIT
    assert kept == character * len(kept)
    assert end == (
        f"{size - len(kept.encode()):,} of {size:,} bytes are missing]\n[image image/png, 8 bytes, not shown]"
    )


def test_a_text_that_just_fits_is_whole() -> None:
    """The mark of a cut takes no room where nothing is cut; half a pair of UTF-16 is a question mark."""
    fits = "x" * (MODEL_LIMIT - 1)

    assert for_model(of(text(fits))) == fits
    assert for_model(of(text("\ud83d"))) == "?"


def test_many_files_are_counted() -> None:
    """No more than twenty are named."""
    given = for_model(of(*[IMAGE] * 1021))

    assert given.count("not shown]") == 21
    assert given.endswith("\n[1,001 more files, not shown]")


NAMES = st.sampled_from(
    [
        "content",
        "structuredContent",
        "isError",
        "result",
        "error",
        "type",
        "text",
        "data",
        "mimeType",
        "resource",
    ]
)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["text", "image", "audio", "resource", "resource_link", "AAAA"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(), inner, max_size=5),
)


@given(ANY_JSON)
def test_any_json_is_a_result_or_an_error(document: object) -> None:
    """No answer of a server makes it crash, and what a model is given is text of bounded length."""
    try:
        result = result_of(document)
    except IncompleteError:
        return

    assert len(for_model(result).encode()) <= MODEL_LIMIT
    assert all(problem.isprintable() and len(problem) < 600 for problem in result.problems)
    assert all(blob.media_type.isprintable() for blob in result.blobs)
    json.dumps(result.document, allow_nan=False)
