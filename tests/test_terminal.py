"""The terminal: what is read and written, what is hidden, and when a person may be asked."""

import json
import os
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.environment import Environment
from litectl.errors import LitectlError, ReaderGone, UsageError
from litectl.terminal.controls import scrub
from litectl.terminal.terminal import Terminal
from litectl.terminal.ticker import Ticker
from litectl.text.keys import masked
from program import Screen, Stream

SECRET = "sk-secret-key-0001"
# Two streams that are read as one


@pytest.mark.parametrize(
    ("body", "is_one", "read"),
    [
        (b"body", True, b"body\nerror: no\n"),
        (b"body\n", True, b"body\nerror: no\n"),
        (b"", True, b"error: no\n"),
        (b"body", False, b"error: no\n"),
    ],
)
def test_a_message_begins_a_line_of_the_same_file(
    tmp_path: Path, body: bytes, is_one: bool, read: bytes
) -> None:
    """As with `2>&1`; what only stdout reads is left as it is."""
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("ab", buffering=0) as stdout, (out if is_one else err).open("ab") as stderr:
        terminal = Terminal(Environment({}), stdin=None, stdout=stdout, stderr=stderr)
        terminal.write_bytes(body)
        terminal.error("no", None)

    assert (out if is_one else err).read_bytes() == read
    assert is_one or out.read_bytes() == body


# Control characters


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("plain", "plain"),
        ("line\nand\ttab", "line\nand\ttab"),
        ("wörld ☃ 😀", "wörld ☃ 😀"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]0;title\x07", "]0;title"),
        ("over\rwritten\b", "overwritten"),
        ("\x00\x7f\x80\x9b\x9f", ""),
        ("\xa0kept", "\xa0kept"),
    ],
)
def test_scrubbing_takes_control_characters_only(text: str, scrubbed: str) -> None:
    """What a terminal would act on goes; what it shows, tabs and newlines stay."""
    assert scrubbed == scrub(text)


@given(st.text())
def test_scrubbed_text_has_no_control_character(text: str) -> None:
    """No control character of any kind survives, and scrubbing again changes nothing."""
    scrubbed = scrub(text)

    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in scrubbed if c not in "\n\t")
    assert scrubbed == scrub(scrubbed)


@pytest.mark.parametrize(
    ("terminals", "expected"), [("", "a\x1b[31m\x00b\x85\tc\r\n"), ("stdout", "a[31mb\tc\n")]
)
def test_data_is_scrubbed_on_a_terminal_and_untouched_in_a_pipe(terminals: str, expected: str) -> None:
    """A pipe gets every byte, a terminal nothing that could drive it."""
    screen = Screen(terminals=terminals)

    screen.terminal.write("a\x1b[31m\x00b\x85\tc\r\n")

    assert expected == screen.out


def test_text_that_has_no_bytes_is_written_all_the_same() -> None:
    """Half a surrogate pair becomes a question mark instead of a crash."""
    screen = Screen()

    screen.terminal.write_line("half \ud800 pair")
    screen.terminal.say("half \ud800 pair")

    assert (screen.out, screen.err) == ("half ? pair\n", "half ? pair\n")


def test_messages_are_scrubbed_everywhere() -> None:
    """What people read on stderr carries no control characters, even in a pipe."""
    screen = Screen()

    screen.terminal.error("a\x1b[31mb\x07", "c\x9bd")

    assert screen.err == "error: a[31mb\nhint: cd\n"


# Secrets


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("sk-1234567890abcd", "sk-...abcd"),
        ("123456789012", "sk-...9012"),
        ("12345678901", "***"),
        ("abcd", "***"),
        ("", "***"),
    ],
)
def test_a_masked_secret_shows_four_characters_at_most(secret: str, shown: str) -> None:
    """Enough to tell two keys apart, and nothing of a short one."""
    assert shown == masked(secret)


@pytest.mark.parametrize("say", ["note", "warn", "say", "trace", "raw_error"])
def test_a_secret_is_masked_in_every_message(say: str) -> None:
    """Whatever kind of message repeats a key, the key is not in it."""
    screen = Screen()
    screen.terminal.verbose = True
    screen.terminal.mask(SECRET)

    getattr(screen.terminal, say)(f"key {SECRET}, again {SECRET}")

    assert screen.err.endswith("key sk-...0001, again sk-...0001\n")


def test_a_secret_is_masked_in_errors_and_hints() -> None:
    """An error of the proxy may repeat the key."""
    screen = Screen()
    screen.terminal.mask(SECRET)

    screen.terminal.error(f"bad key {SECRET}", f"not {SECRET}")

    assert screen.err == "error: bad key sk-...0001\nhint: not sk-...0001\n"


@pytest.mark.parametrize(
    ("secrets", "text", "expected"),
    [
        (["sk-one-key-0001", "sk-two-key-0002"], "sk-two-key-0002 sk-one-key-0001", "sk-...0002 sk-...0001"),
        (["abcd"], "abcd", "***"),
        (["abc"], "abc", "abc"),
        ([""], "text", "text"),
        # A key that begins with another one
        (["sk-one-key-0001", "sk-one-key-0001-long"], "sk-one-key-0001-long", "sk-...long"),
        # Control characters are taken out of messages, and must not hide a key until then
        ([SECRET], "sk-secret\x00-key-0001", "sk-...0001"),
    ],
    ids=["two", "short", "too short", "empty", "one in another", "split"],
)
def test_masking_finds_every_secret(secrets: list[str], text: str, expected: str) -> None:
    """Several keys, short ones and hidden ones are masked; a few letters are no secret."""
    screen = Screen()
    for secret in secrets:
        screen.terminal.mask(secret)

    screen.terminal.say(text)

    assert f"{expected}\n" == screen.err


def test_a_secret_that_is_no_text_is_masked() -> None:
    """A variable may hold bytes that are no UTF-8, as a key from a binary file does."""
    secret = b"sk-one-\xff\xfe-0001".decode("utf-8", "surrogateescape")
    screen = Screen()
    screen.terminal.mask(secret)

    screen.terminal.say(f"key {secret}")

    assert screen.err == "key sk-...0001\n"


def test_a_secret_is_masked_in_json() -> None:
    """Quotes and backslashes of a key are escaped in JSON, and the key is found all the same."""
    secret = r'sk-"secret\key-0001'
    screen = Screen()
    screen.terminal.mask(secret)

    screen.terminal.raw_error(json.dumps({"message": f"bad key {secret}"}))

    assert "key-0001" not in screen.err
    assert "sk-...0001" in screen.err


# Messages


@pytest.mark.parametrize(
    ("quiet", "verbose", "expected"),
    [
        (False, False, "note: n\nwarning: w\ns\nerror: e\nhint: h\nr\n"),
        (False, True, "note: n\nwarning: w\ns\nt\nerror: e\nhint: h\nr\n"),
        (True, False, "error: e\nhint: h\nr\n"),
        (True, True, "t\nerror: e\nhint: h\nr\n"),
    ],
)
def test_quiet_silences_everything_but_errors(quiet: bool, verbose: bool, expected: str) -> None:
    """With `--quiet` only failures are told; traces need `--verbose`."""
    screen = Screen()
    screen.terminal.quiet, screen.terminal.verbose = quiet, verbose

    screen.terminal.note("n")
    screen.terminal.warn("w")
    screen.terminal.say("s")
    screen.terminal.trace("t")
    screen.terminal.error("e", "h")
    screen.terminal.raw_error("r")

    assert expected == screen.err
    assert screen.out == ""


def test_an_error_without_a_hint_is_one_line() -> None:
    """No empty hint is printed."""
    screen = Screen()

    screen.terminal.error("e", None)

    assert screen.err == "error: e\n"


@pytest.mark.parametrize(
    ("variables", "terminals", "stdout", "stderr"),
    [
        ({}, "", False, False),
        ({}, "stdout", True, False),
        ({}, "stderr", False, True),
        ({}, "stdout stderr", True, True),
        ({"NO_COLOR": "1"}, "stdout stderr", False, False),
        ({"NO_COLOR": "0"}, "stdout stderr", False, False),
        ({"NO_COLOR": ""}, "stdout stderr", True, True),
        ({"TERM": "dumb"}, "stdout stderr", False, False),
        ({"TERM": "xterm"}, "stdout stderr", True, True),
        ({"FORCE_COLOR": "1"}, "", True, True),
        ({"FORCE_COLOR": "0"}, "", False, False),
        ({"FORCE_COLOR": ""}, "", False, False),
        ({"FORCE_COLOR": "0"}, "stdout", True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "stdout stderr", False, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, "stdout stderr", False, False),
    ],
)
def test_colour_follows_the_stream_and_the_variables(
    variables: dict[str, str], terminals: str, stdout: bool, stderr: bool
) -> None:
    """NO_COLOR and a dumb terminal forbid it, FORCE_COLOR wants it, else each stream decides for itself."""
    terminal = Screen(variables, terminals=terminals).terminal

    assert (stdout, stderr) == (terminal.has_colour(), terminal.has_colour(stderr=True))


def test_only_the_label_of_a_message_is_coloured() -> None:
    """A message is readable with and without colour."""
    screen = Screen(terminals="stderr")

    screen.terminal.error("e", None)

    assert screen.err == "\x1b[31merror:\x1b[0m e\n"


@pytest.mark.parametrize(
    ("variables", "terminals", "quiet", "expected"),
    [
        ({}, "", False, "working\n"),
        ({"TERM": "dumb"}, "stderr", False, "working\n"),
        ({}, "", True, ""),
        ({}, "stderr", True, ""),
        ({}, "stderr", False, "\r\x1b[Kworking (0 s)\r\x1b[K"),
    ],
)
def test_progress_is_a_line_in_a_pipe_and_vanishes_on_a_terminal(
    variables: dict[str, str], terminals: str, quiet: bool, expected: str
) -> None:
    """Nothing moves where nobody watches, and nothing of it stays on the screen."""
    screen = Screen(variables, terminals=terminals)
    screen.terminal.quiet = quiet

    with screen.terminal.progress("working"):
        pass

    assert expected == screen.err


def test_progress_stays_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line as wide as the screen would wrap, and could not be taken away again."""
    monkeypatch.setenv("COLUMNS", "30")
    screen = Screen(terminals="stderr")

    with screen.terminal.progress("working " * 10):
        pass

    assert screen.err == f"\r\x1b[K{('working ' * 10)[:29]}\r\x1b[K"


def test_progress_vanishes_when_the_work_fails() -> None:
    """The error is printed on a clean line."""
    screen = Screen(terminals="stderr")

    with pytest.raises(UsageError), screen.terminal.progress("working"):
        raise UsageError("no")

    assert screen.err.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("written", "terminals", "expected"),
    [
        (["half a line"], "stdout stderr", "\nerror: e\n"),
        (["a line\n"], "stdout stderr", "error: e\n"),
        (["half", " a line\n"], "stdout stderr", "error: e\n"),
        (["half a line", ""], "stdout stderr", "\nerror: e\n"),
        ([], "stdout stderr", "error: e\n"),
        (["half a line"], "stdout", "error: e\n"),
        (["half a line"], "stderr", "error: e\n"),
        (["half a line"], "", "error: e\n"),
    ],
)
def test_an_error_begins_on_a_line_of_its_own(written: list[str], terminals: str, expected: str) -> None:
    """Where data and messages meet on one screen, half an answer does not run into the error."""
    screen = Screen({"NO_COLOR": "1"}, terminals=terminals)
    for text in written:
        screen.terminal.write(text)

    screen.terminal.error("e", None)

    assert expected == screen.err


def test_a_line_of_its_own_is_made_once() -> None:
    """The second message follows the first without a gap."""
    screen = Screen({"NO_COLOR": "1"}, terminals="stdout stderr")
    screen.terminal.write("half a line")

    screen.terminal.error("e", "h")

    assert screen.err == "\nerror: e\nhint: h\n"


def test_data_is_not_held_back() -> None:
    """Every piece of an answer can be read as soon as it is written."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    with os.fdopen(reader, "rb", buffering=0) as read_end, os.fdopen(writer, "wb") as stdout:
        terminal = Terminal(Environment({}), stdin=None, stdout=stdout, stderr=stdout)

        terminal.write("first")
        assert read_end.read(100) == b"first"
        terminal.say("second")
        assert read_end.read(100) == b"\nsecond\n"


# Broken streams


def test_a_closed_stdout_is_an_error() -> None:
    """Data that goes nowhere is not a success."""
    terminal = Terminal(Environment({}), stdin=None, stdout=None, stderr=None)

    with pytest.raises(LitectlError, match="stdout is closed"):
        terminal.write("data")


def test_a_reader_that_has_gone_is_no_error() -> None:
    """`head` may close the pipe when it has seen enough."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb", buffering=0) as stdout:
        terminal = Terminal(Environment({}), stdin=None, stdout=stdout, stderr=None)

        with pytest.raises(ReaderGone):
            terminal.write("data")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_an_error() -> None:
    """Data that could not be written is not a success."""
    with Path("/dev/full").open("wb", buffering=0) as stdout:
        terminal = Terminal(Environment({}), stdin=None, stdout=stdout, stderr=None)

        with pytest.raises(LitectlError, match="cannot write to stdout: No space left"):
            terminal.write("data")


@pytest.mark.parametrize("is_open", [True, False])
def test_a_broken_stderr_stops_nothing(is_open: bool) -> None:
    """When nobody can be told, the data is still written."""
    reader, writer = os.pipe()
    os.close(reader)
    stdout = Stream()
    with os.fdopen(writer, "wb", buffering=0) as stderr:
        terminal = Terminal(Environment({}), stdin=None, stdout=stdout, stderr=stderr if is_open else None)

        terminal.error("e", "h")
        terminal.note("n")
        terminal.write("data")

    assert stdout.getvalue() == b"data"


# Questions


@pytest.mark.parametrize(
    ("variables", "terminals", "no_input", "expected"),
    [
        ({}, "stdin stderr", False, True),
        ({}, "stdin stdout stderr", False, True),
        ({}, "stdin", False, False),
        ({}, "stderr", False, False),
        ({}, "stdout stderr", False, False),
        ({}, "", False, False),
        ({}, "stdin stderr", True, False),
        ({"CI": "true"}, "stdin stderr", False, False),
        ({"CI": "1"}, "stdin stderr", False, False),
        ({"CI": "false"}, "stdin stderr", False, True),
        ({"CI": ""}, "stdin stderr", False, True),
    ],
)
def test_a_person_is_asked_only_where_one_can_answer(
    variables: dict[str, str], terminals: str, no_input: bool, expected: bool
) -> None:
    """Questions need a terminal on stdin and stderr, and neither `--no-input` nor CI."""
    screen = Screen(variables, terminals=terminals)
    screen.terminal.no_input = no_input

    assert expected == screen.terminal.can_prompt


def test_closed_streams_are_no_terminals() -> None:
    """A process may be started without any stream."""
    terminal = Terminal(Environment({}), stdin=None, stdout=None, stderr=None)

    assert not terminal.stdin_is_terminal
    assert not terminal.stdout_is_terminal
    assert not terminal.stderr_is_terminal
    assert not terminal.can_prompt


def test_what_is_waited_for_is_on_one_line() -> None:
    """Only one line can be taken away again, whatever is waited for is called."""
    written: list[bytes] = []
    drawn = Event()

    def write(data: bytes) -> None:
        written.append(data)
        drawn.set()

    with Ticker("waiting for a\nb\t c", write, 80):
        assert drawn.wait(20)

    assert written[0].endswith(b"waiting for a b c (0 s)")
