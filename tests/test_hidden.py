"""A secret that is typed: unseen, whole however long it is, and edited as on any line."""

import shutil
import sys
from pathlib import Path

import pytest

from key_login import KEY
from login_shapes import credential_in, profiles_file
from program import Program

# Shows the state of the terminal after the program, which alone is meant by Ctrl-C.
_THEN_STATE = 'trap : INT; "$@"; code=$?; stty -a; exit $code'
_INTERRUPTED = """
import os, signal
from litectl.main import main

write = os.write

def interrupted(terminal, text):
    written = write(terminal, text)
    if b"not shown" in text:
        os.kill(os.getpid(), signal.SIGINT)
    return written

os.write = interrupted
main()
"""
_QUESTION = "API key (not shown): "


@pytest.fixture
def program() -> Program:
    """Run the real program as a process of its own, without any variable of litectl's."""
    return Program([sys.executable, "-m", "litectl"], {"NO_COLOR": "1"})


def typed(program: Program, *text: str) -> tuple[int, str]:
    """Return how a login ends whose key is asked for and answered with *text*, and what was shown."""
    words = ("login", "--profile", "work", "--base-url", "http://127.0.0.1:1", "--no-verify")
    answers = [("(not shown): ", each) for each in text]
    return program.on_terminal(*words, "--api-key-file", "-", typed=answers)


@pytest.mark.parametrize("length", [10, 1023, 1024, 4095, 4096, 6000, 32_000])
def test_a_long_secret_arrives_whole(program: Program, isolated: Path, length: int) -> None:
    """The line editing of a terminal would cut it at 4,095 bytes, or at 1,023, without a word."""
    key = "sk-" + "".join(f"{number:x}" for number in range(length))[: length - 3]

    code, shown = typed(program, key)

    assert code == 0, shown
    assert credential_in(isolated)["secret"] == key


@pytest.mark.parametrize(
    "text",
    [
        f"{KEY}x\x7f",
        f"{KEY[:5]}xx\x7f\x08{KEY[5:]}",
        f"\x7f\x7f{KEY}",
        f"sk-of-another-proxy\x15{KEY}",
        f"{KEY}\x04",
        f"  {KEY}  ",
        f"Bearer {KEY}\r",
    ],
)
def test_the_keys_of_a_line_are_obeyed(program: Program, isolated: Path, text: str) -> None:
    """Backspace takes a character away, Ctrl-U all of them, Enter and Ctrl-D end the answer."""
    code, shown = typed(program, text)

    assert code == 0, shown
    assert credential_in(isolated)["secret"] == KEY


def test_nothing_of_it_is_shown(program: Program) -> None:
    """Neither the characters nor anything in their place; what comes next begins a line."""
    code, shown = typed(program, KEY)

    assert code == 0
    assert f"{_QUESTION}\r\nlogged in to" in shown


@pytest.mark.parametrize("text", ["", "\x04", "two words", "smörgås"])
def test_what_is_no_key_is_refused(program: Program, isolated: Path, text: str) -> None:
    """Exit 2, without repeating it."""
    code, shown = typed(program, text)

    assert code == 2
    assert "error: the key from stdin is" in shown
    assert "words" not in shown
    assert not profiles_file(isolated).exists()


@pytest.mark.skipif(shutil.which("stty") is None, reason="stty is not installed")
@pytest.mark.parametrize(("text", "code"), [(f"{KEY}\x03", 130), (KEY, 0)])
def test_the_terminal_is_left_as_it_was(program: Program, text: str, code: int) -> None:
    """Ctrl-C is a signal: exit 130, its error on a line of its own, and the echo is on again."""
    program.command = ["sh", "-c", _THEN_STATE, "sh", *program.command]

    ended, shown = typed(program, text)

    assert ended == code
    state = shown[shown.index("speed ") :].replace(";", " ").split()
    assert {"echo", "icanon", "isig"} <= {*state}
    assert KEY not in shown
    if code:
        assert f"{_QUESTION}\r\nerror: interrupted\r\n" in shown


def test_an_interrupt_right_after_the_question_begins_a_line(program: Program) -> None:
    """Also what comes before the first key is waited for ends with the error on a line of its own."""
    program.command = [sys.executable, "-c", _INTERRUPTED]

    code, shown = typed(program)

    assert code == 130
    assert f"{_QUESTION}\r\nerror: interrupted\r\n" in shown
