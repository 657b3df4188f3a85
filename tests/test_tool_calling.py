"""`litectl mcp call`: what is sent, what is printed, and how it fails."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from fake_proxy import Answer, FakeProxy, json_answer
from mcp_answers import (
    ADD,
    CALL,
    ECHO,
    LIST,
    ONE_TEXT,
    TWO_INTEGERS,
    calls_sent,
    serve_tools,
    tool_entry,
    tool_list,
    tool_result,
)
from program import Litectl, Program

CALL_ADD = ("mcp", "call", "add", "a=2", "b=3")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
IMAGE = {"type": "image", "data": base64.b64encode(PNG).decode(), "mimeType": "image/png"}


@pytest.fixture(autouse=True)
def tools(fake: FakeProxy) -> None:
    """Offer `add` and `echo`."""
    serve_tools(fake)


# What is sent


def test_a_call_is_two_requests_and_then_one(litectl: Litectl, fake: FakeProxy) -> None:
    """The list of tools is fetched once and kept; the next call is a single request."""
    assert litectl(*CALL_ADD).out == "5\n"
    assert [request.path for request in fake.requests] == [LIST, CALL]
    assert litectl(*CALL_ADD).out == "5\n"
    assert [request.path for request in fake.requests] == [LIST, CALL, CALL]
    assert calls_sent(fake)[0] == {
        "server_id": "id-of-math",
        "name": "add",
        "arguments": {"a": 2, "b": 3},
    }


@pytest.mark.parametrize(
    ("words", "stdin", "sent"),
    [
        (("text=a=b@c:=d",), b"", {"text": "a=b@c:=d"}),
        (("text=@/etc/passwd",), b"", {"text": "@/etc/passwd"}),
        (('text:="x"',), b"", {"text": "x"}),
        (("--args", '{"text": "x"}'), b"", {"text": "x"}),
        (("--args", "-"), b'{"text": "x"}', {"text": "x"}),
        ((), b'{"text": "x"}', {"text": "x"}),
        (("text@-",), b"from stdin\n", {"text": "from stdin\n"}),
        (("text=5",), b'{"text": "left alone"}', {"text": "5"}),
    ],
)
def test_arguments_come_from_words_from_json_and_from_stdin(
    litectl: Litectl, fake: FakeProxy, words: Sequence[str], stdin: bytes, sent: object
) -> None:
    """Each way gives the same JSON object; what stands behind `=` is text and nothing else."""
    result = litectl("mcp", "call", "echo", *words, stdin=stdin)

    assert (result.code, result.err) == (0, "")
    assert [body["arguments"] for body in calls_sent(fake)] == [sent]  # type: ignore[index]  # JSON


def test_a_file_is_read_where_it_is_asked_for(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """`key@PATH` sends the text of a file."""
    path = tmp_path / "note.txt"
    path.write_text("line 1\nline 2\n")

    litectl("mcp", "call", "echo", f"text@{path}")

    assert calls_sent(fake)[0]["arguments"] == {"text": "line 1\nline 2\n"}  # type: ignore[index]  # JSON


def test_a_tool_without_arguments_needs_none(litectl: Litectl, fake: FakeProxy) -> None:
    """Nothing on stdin and nothing typed is an empty object."""
    serve_tools(fake, tool_entry("now"))

    assert litectl("mcp", "call", "now").out == "5\n"
    assert calls_sent(fake)[0]["arguments"] == {}  # type: ignore[index]  # JSON


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("a=2",), b"", "`b`"),
        (("a=2", "b=x"), b"", "`b`"),
        (("a=2", "b=3", "--args", "{}", "--args", "[]"), b"", "no JSON object of arguments"),
        (("--args", "{"), b"", "`--args` is no JSON"),
        ((), b"[1]", "stdin is no JSON object of arguments"),
        (("a=2", "b"), b"", "`b`"),
        (("a=2", "b@/nowhere/at/all"), b"", "/nowhere/at/all"),
    ],
)
def test_arguments_that_do_not_fit_are_not_sent(
    litectl: Litectl, fake: FakeProxy, words: Sequence[str], stdin: bytes, said: str
) -> None:
    """The error names the argument, exit 2, and the tool is not called."""
    result = litectl("mcp", "call", "add", *words, stdin=stdin)

    assert result.code == 2
    assert said in result.err
    assert "hint: " in result.err
    assert calls_sent(fake) == []


def test_unchecked_anything_is_sent(litectl: Litectl, fake: FakeProxy) -> None:
    """`--no-check` leaves the judging to the tool."""
    assert litectl("mcp", "call", "add", "--args", '{"a": "x"}', "--no-check").code == 0
    assert calls_sent(fake)[0]["arguments"] == {"a": "x"}  # type: ignore[index]  # JSON


def test_unchecked_on_a_named_server_no_list_is_needed(litectl: Litectl, fake: FakeProxy) -> None:
    """With `--server` and `--no-check` one request is made, also where nothing is cached."""
    litectl("mcp", "call", "add", "a:=2", "b:=3", "--server", "math", "--no-check")

    assert [request.path for request in fake.requests] == [CALL]
    assert calls_sent(fake)[0] == {"server_id": "math", "name": "add", "arguments": {"a": 2, "b": 3}}


def test_a_tool_over_a_limit_is_called_unchecked_only(litectl: Litectl, fake: FakeProxy) -> None:
    """A schema that could hang a validator is not used; `--no-check` calls the tool all the same."""
    schema = {**ONE_TEXT, "properties": {"text": {"type": "string", "pattern": "(a+)+$"}}}
    serve_tools(fake, tool_entry("odd", schema=schema))

    refused = litectl("mcp", "call", "odd", "text=x")
    sent = litectl("mcp", "call", "odd", "text=x", "--no-check")

    assert refused.code == 2
    assert "pattern" in refused.err
    assert "--no-check" in refused.err
    assert (sent.code, len(calls_sent(fake))) == (0, 1)


def test_a_likely_typo_is_told(litectl: Litectl, fake: FakeProxy) -> None:
    """An argument that the schema does not know, and does not forbid, is sent with a warning."""
    result = litectl("mcp", "call", "echo", "text=x", "txet=y")

    assert result.code == 0
    assert "txet" in result.err
    assert calls_sent(fake)[0]["arguments"] == {"text": "x", "txet": "y"}  # type: ignore[index]  # JSON


# Which tool


@pytest.fixture
def twins(fake: FakeProxy) -> None:
    """Offer two tools with one name."""
    serve_tools(fake, ADD, tool_entry("add", "sums", TWO_INTEGERS), ECHO)


@pytest.mark.usefixtures("twins")
def test_a_name_on_two_servers_is_refused_with_both(litectl: Litectl, fake: FakeProxy) -> None:
    """Which one is meant is never guessed."""
    result = litectl(*CALL_ADD)

    assert result.code == 2
    assert "math/add" in result.err
    assert "sums/add" in result.err
    assert calls_sent(fake) == []


@pytest.mark.usefixtures("twins")
@pytest.mark.parametrize(
    "words", [("add", "--server", "sums"), ("sums/add",), ("add", "--server", "id-of-sums")]
)
def test_the_server_tells_twins_apart(litectl: Litectl, fake: FakeProxy, words: Sequence[str]) -> None:
    """By `--server`, by its id, or in the name itself."""
    assert litectl("mcp", "call", *words, "a=2", "b=3").code == 0
    assert calls_sent(fake)[0]["server_id"] == "id-of-sums"  # type: ignore[index]  # JSON


def test_an_unknown_tool_has_near_names(litectl: Litectl, fake: FakeProxy) -> None:
    """Exit 6, after a look at the list as it is now."""
    result = litectl("mcp", "call", "ad", "a=2", "b=3")

    assert result.code == 6
    assert "add" in result.err
    assert calls_sent(fake) == []


def test_a_new_tool_is_found_though_the_list_is_cached(litectl: Litectl, fake: FakeProxy) -> None:
    """What the cached list does not know is looked for once more."""
    litectl(*CALL_ADD)
    fake.on("GET", LIST, tool_list(ADD, ECHO, tool_entry("new")))

    assert litectl("mcp", "call", "new").code == 0


# What is printed


def test_text_is_printed_and_json_is_the_whole_result(litectl: Litectl, fake: FakeProxy) -> None:
    """Stdout has the text; with `--json` the result as it came."""
    fake.on("POST", CALL, tool_result("one", "two", structured={"n": 1}))

    assert litectl(*CALL_ADD).out == "one\ntwo\n"
    assert litectl(*CALL_ADD, "--json").json["structuredContent"] == {"n": 1}
    assert json.loads(litectl(*CALL_ADD, "--structured").out) == {"n": 1}


def test_images_are_saved_and_never_printed(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """`--output-dir` writes files, and writes over none."""
    fake.on("POST", CALL, tool_result("a picture", IMAGE))
    folder = tmp_path / "pictures"

    first = litectl(*CALL_ADD, "--output-dir", str(folder))
    second = litectl(*CALL_ADD, "--output-dir", str(folder))

    assert first.out == second.out == "a picture\n"
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == [PNG, PNG]
    assert str(folder) in first.err


def test_an_image_that_is_not_saved_is_told(litectl: Litectl, fake: FakeProxy) -> None:
    """What is not shown is said, with the option that saves it."""
    fake.on("POST", CALL, tool_result(IMAGE))

    result = litectl(*CALL_ADD, terminal=True)

    assert result.out == ""
    assert "image/png" in result.err
    assert "--output-dir" in result.err


def test_a_result_cannot_drive_the_terminal(litectl: Litectl, fake: FakeProxy) -> None:
    """Control characters of a tool's text are taken out on a terminal, and kept in a pipe."""
    fake.on("POST", CALL, tool_result("\x1b]0;owned\x07x"))

    assert litectl(*CALL_ADD, terminal=True).out == "]0;ownedx\n"
    assert litectl(*CALL_ADD).out == "\x1b]0;owned\x07x\n"


# How it fails


def test_a_tool_that_fails_is_exit_1(litectl: Litectl, fake: FakeProxy) -> None:
    """`isError` in a 200 is a failure, with the tool's own words; stdout stays empty."""
    fake.on("POST", CALL, tool_result("no such city", is_error=True))

    result = litectl(*CALL_ADD)

    assert (result.code, result.out) == (1, "")
    assert "no such city" in result.err


def test_after_a_time_out_the_outcome_is_unknown(program: Program, fake: FakeProxy) -> None:
    """`--timeout` ends the waiting, says that nobody knows whether it ran, and sends nothing again."""
    pause = Event()
    fake.on("POST", CALL, Answer(pieces=[pause]))

    result = program(*CALL_ADD, "--timeout", "1")
    pause.set()

    assert result.code == 5
    assert "outcome is unknown" in result.err
    assert len(calls_sent(fake)) == 1


@pytest.mark.parametrize(
    "answer", [Answer(pieces=[b"{"], cut=True), json_answer({"detail": "Unauthorized"}, 401)]
)
def test_a_call_is_never_sent_twice(litectl: Litectl, fake: FakeProxy, answer: Answer) -> None:
    """A lost answer and a refused credential are the end, where a question would be asked again."""
    fake.on("POST", CALL, answer)

    assert litectl(*CALL_ADD).code != 0
    assert len(calls_sent(fake)) == 1


def test_the_credential_of_a_server_is_handed_on(litectl: Litectl, fake: FakeProxy) -> None:
    """`--server-header` becomes the header that the proxy wants; its value is never shown."""
    header = "my_math: X-Api-Key: key-for-math-1"
    result = litectl(*CALL_ADD, "--server-header", header, "-v")

    assert fake.requests[-1].headers["x-mcp-my_math-x-api-key"] == "key-for-math-1"
    assert "key-for-math-1" not in result.err


@pytest.mark.parametrize("header", ["math", "math: Authorization", ": a: b", "ma th: a: b", "math: a b: c"])
def test_a_server_header_that_is_none_is_refused(litectl: Litectl, fake: FakeProxy, header: str) -> None:
    """It needs a server, a name and a value, each of which a header can have."""
    result = litectl(*CALL_ADD, "--server-header", header)

    assert result.code == 2
    assert "hint: " in result.err
    assert fake.requests == []


def test_offline_nothing_is_called(litectl: Litectl, fake: FakeProxy) -> None:
    """A call needs the network."""
    assert litectl(*CALL_ADD, "--offline").code == 3
    assert fake.requests == []
