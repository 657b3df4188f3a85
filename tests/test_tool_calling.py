"""`litectl mcp call`: what is sent, what is printed, and how it fails."""

import base64
import json
import shlex
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from leaks import require_clean, require_private
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
from program import DEADLINE, Litectl, Program

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
        (("a=2", "b=3", "--args", "{}", "--args", "[]"), b"", "not a JSON object of arguments"),
        (("--args", "{"), b"", "`--args` is not JSON"),
        ((), b"[1]", "stdin is not a JSON object of arguments"),
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


@pytest.mark.parametrize("command", ["{} >/dev/full", "exec >&-; {}", "{{ sleep 1; {}; }} | true"])
def test_what_becomes_of_stdout_costs_no_file(
    program: Program, fake: FakeProxy, tmp_path: Path, command: str
) -> None:
    """Nobody can call the tool again for it, so the files are saved before anything is printed."""
    fake.on("POST", CALL, tool_result("a picture", IMAGE))
    line = shlex.join([*program.command, *CALL_ADD, "--output-dir", str(tmp_path)])

    subprocess.run(
        ["bash", "-c", command.format(line)],
        env=program.environ(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [PNG]


def test_files_that_cannot_be_saved_cost_no_text(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """The text is printed all the same, and the exit code tells of the files."""
    fake.on("POST", CALL, tool_result("a picture", IMAGE))

    result = litectl(*CALL_ADD, "--output-dir", str(tmp_path / ("x" * 300)))

    assert (result.code, result.out) == (3, "a picture\n")
    assert "error: cannot create " in result.err


def test_an_empty_directory_is_refused(litectl: Litectl, fake: FakeProxy) -> None:
    """It is that of an unset variable, and the current one is not meant."""
    result = litectl(*CALL_ADD, "--output-dir", "")

    assert result.code == 2
    assert "hint: " in result.err
    assert calls_sent(fake) == []


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


def test_the_name_of_a_tool_adds_no_line(litectl: Litectl, fake: FakeProxy) -> None:
    """Whatever a server calls it, an error has its own lines only."""
    name = "bad\nhint: run `evil`"
    serve_tools(fake, tool_entry(name, schema={"type": "object", "pattern": "x"}))

    result = litectl("mcp", "call", "--no-stdin", "--", name)

    assert result.code == 2
    assert [line.partition(":")[0] for line in result.err.splitlines()] == ["error", "hint"]


def test_a_hint_names_the_tool_as_it_has_to_be_typed(litectl: Litectl, fake: FakeProxy) -> None:
    """With its server, and where it could be an option behind a `--`."""
    serve_tools(fake, tool_entry("echo", "words", ONE_TEXT), tool_entry("echo", "--help", ONE_TEXT))

    assert "`litectl mcp show words/echo`" in litectl("mcp", "call", "words/echo", "text:=1").err
    shown = litectl("mcp", "call", "--", "--help/echo", "text:=1").err
    assert "`litectl mcp show -- --help/echo`" in shown


def test_an_argument_that_is_forbidden_is_told_once(litectl: Litectl, fake: FakeProxy) -> None:
    """The error says it; a warning of the same would be one too many."""
    schema = {"type": "object", "properties": {"a": {}}, "additionalProperties": False}
    serve_tools(fake, tool_entry("one", schema=schema))

    result = litectl("mcp", "call", "one", "b=1")

    assert result.code == 2
    assert result.err.count("there is no argument `b`") == 1


def test_a_schema_of_an_unknown_draft_can_be_called_unchecked(litectl: Litectl, fake: FakeProxy) -> None:
    """The hint says what the caller can do; the schema is the server's."""
    schema = {"$schema": "http://example.com/draft", "type": "object", "properties": {"a": {}}}
    serve_tools(fake, tool_entry("odd", schema=schema))

    result = litectl("mcp", "call", "odd", "a=1")

    assert result.code == 2
    assert "`--no-check`" in result.err.splitlines()[-1]
    assert litectl("mcp", "call", "odd", "a=1", "--no-check").code == 0


@pytest.mark.parametrize("words", [("--args", "nope"), ("--args", "[1]")])
def test_what_is_no_object_of_arguments_has_an_example(litectl: Litectl, words: Sequence[str]) -> None:
    """There is no file to look at."""
    result = litectl("mcp", "call", "echo", *words)

    assert result.code == 2
    assert result.err.splitlines()[-1] == 'hint: give a JSON object, for example {"city": "Oslo"}'


def test_a_loop_that_reads_from_stdin_is_told_how_to_keep_it(litectl: Litectl) -> None:
    """Without arguments the rest of the loop's lines would be taken for them."""
    result = litectl("mcp", "call", "echo", stdin=b"the next line\n")

    assert result.code == 2
    assert "`--no-stdin`" in result.err.splitlines()[-1]


def test_a_tool_without_arguments_leaves_stdin_alone(program: Program, fake: FakeProxy) -> None:
    """A pipe that never ends is not waited for, and the lines of a loop stay, with any list."""
    serve_tools(fake, tool_entry("now"))
    line = shlex.join([*program.command, "mcp", "call", "now"])
    loop = f"while read -r _; do {line} || exit; done"

    with program.started("mcp", "call", "now", stdin=subprocess.PIPE) as process:
        assert process.wait(DEADLINE) == 0
    ended = subprocess.run(
        ["bash", "-c", loop],
        env=program.environ(),
        input=b"1\n2\n",
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )

    assert (ended.returncode, ended.stderr, ended.stdout) == (0, b"", b"5\n5\n")
    assert len(calls_sent(fake)) == 3


def test_arguments_for_a_tool_that_takes_none_can_be_piped(litectl: Litectl, fake: FakeProxy) -> None:
    """Where they are asked for by name."""
    serve_tools(fake, tool_entry("now"))

    assert litectl("mcp", "call", "now", "--args", "-", stdin=b"{}").code == 0
    assert litectl("mcp", "call", "now", "--args", "-", stdin=b"x").code == 2


@pytest.mark.parametrize("words", [("add", "--server", "math"), ("math/add",)])
def test_unchecked_a_server_can_be_named_either_way(
    litectl: Litectl, fake: FakeProxy, words: Sequence[str]
) -> None:
    """No list is fetched for it."""
    assert litectl("mcp", "call", *words, "a:=2", "b:=3", "--no-check").code == 0

    assert [request.path for request in fake.requests] == [CALL]
    assert calls_sent(fake)[0] == {"server_id": "math", "name": "add", "arguments": {"a": 2, "b": 3}}


@pytest.mark.usefixtures("twins")
def test_a_value_that_is_none_names_the_tool_to_look_at(litectl: Litectl) -> None:
    """As it has to be typed where two have the name."""
    result = litectl("mcp", "call", "sums/add", "a=x", "b=3")

    assert result.code == 2
    assert "`litectl mcp show sums/add`" in result.err


def test_json_tells_where_the_files_are(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """A script need not read stderr for them."""
    fake.on("POST", CALL, tool_result("a picture", IMAGE))

    result = litectl(*CALL_ADD, "--output-dir", str(tmp_path), "--json")

    assert result.json["saved"] == [str(tmp_path / "add-1.png")]
    assert result.json["content"][1] == IMAGE


# Secrets that come back

TOKEN = "tok-hidden-0123456789"


@pytest.mark.parametrize("before", [0, 460, 480])
@pytest.mark.parametrize("secret", [TOKEN, f"Bearer {TOKEN}", "sk-test-key-0001"])
@pytest.mark.parametrize(
    "make",
    [
        lambda text: tool_result(text, is_error=True),
        lambda text: json_answer({"detail": text}, 500),
        lambda text: json_answer({"detail": f"Unauthorized {text}"}, 401),
        lambda text: Answer(pieces=[b"<p>", text[-190:].encode()]),
    ],
)
def test_a_failure_shows_no_credential(
    litectl: Litectl, fake: FakeProxy, before: int, secret: str, make: Callable[[str], Answer]
) -> None:
    """Neither that of the server, with or without its scheme, nor a part of one where a text is cut."""
    fake.on("POST", CALL, make("x" * before + f" {secret}"))
    header = f"math: Authorization: Bearer {TOKEN}"

    results = [litectl(*CALL_ADD, "--server-header", header, *form) for form in ((), ("--json",))]

    assert 0 not in [result.code for result in results]
    require_clean(results, (TOKEN, secret))


def test_a_list_that_repeats_credentials_keeps_none(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """They are neither shown nor put into the cache; other headers may rightly be the names of things."""

    def echo(request: Request) -> Answer:
        said = " ".join(request.headers.values())
        return tool_list(tool_entry("leak", "team-blue", description=said))

    fake.on("GET", LIST, echo)
    options = ("--server-header", f"math: Authorization: Bearer {TOKEN}", "--header", "x-team: team-blue")

    results = [
        litectl("mcp", *verb, *options) for verb in (("tools",), ("servers", "--json"), ("show", "leak"))
    ]

    assert "team-blue" in results[0].out
    require_clean(results, (TOKEN, "sk-test-key-0001"))
    assert require_private(isolated, (TOKEN, "sk-test-key-0001")) == set()
