"""How shell blocks are found on a page, compared with what is seen, and run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import shell_page
from shell_blocks import Block, Typed, blocks_of, exits_of, is_as_shown, steady, typed_in
from shell_page import PageShell

PAGE = """# A page

```console
$ litectl one
seen
```

<!-- not run: needs a browser -->
```sh
litectl login
```

A word.

1. In a list:

   ```sh
   litectl two    # exit 7
   ```

```yaml
a: 1
```
"""


def screen(*lines: str) -> Block:
    """Return a block of a terminal with *lines*."""
    return Block("console", 1, lines, None)


def test_the_blocks_of_a_page_have_their_lines_and_reasons() -> None:
    """A reason counts for the block below it alone, and what indents a block does not belong to it."""
    assert list(blocks_of(PAGE)) == [
        Block("console", 4, ("$ litectl one", "seen"), None),
        Block("sh", 10, ("litectl login",), "needs a browser"),
        Block("sh", 18, ("litectl two    # exit 7",), None),
        Block("yaml", 22, ("a: 1",), None),
    ]


def test_what_is_typed_is_told_from_what_is_seen() -> None:
    """A command goes on after a backslash or a pipe; a line of an answer may begin as such a line does."""
    block = screen("$ one |", "> two", "> seen", "$ three", "$ four", "", "seen")

    assert typed_in(block) == [
        Typed("one |\ntwo", ("> seen",)),
        Typed("three", ()),
        Typed("four", ("", "seen")),
    ]


def test_a_screen_begins_with_a_command() -> None:
    """What is seen before anything is typed is a mistake of the page."""
    with pytest.raises(ValueError, match="no command"):
        typed_in(screen("seen"))


def test_a_script_states_its_exit_codes() -> None:
    """By the line in which the comment stands."""
    assert exits_of(Block("sh", 1, ("true", "false  # exit 1: it is so", "# exit"), None)) == {2: 1}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://127.0.0.1:59007/x", "https://litellm.example.com/x"),
        ("profile `127.0.0.1:59007`", "profile `lab.example.com`"),
        ("id 7b0c29bb-d1c8-41a1-9b4b-4d1f3a2f2b11", "id cc13da9b-e036-4c06-b757-53c991196d1d"),
        ("sk-...AbC_", "sk-...JxTO"),
        ("in 0.28 s", "in 12 s"),
        ('"seconds": 0.034', '"seconds": 1.5'),
        ("at 2026-11-21T20:13:04Z", "at 2026-01-01 10:00"),
        ("a\tb", "a     b"),
        ("/run/home7/work", "/home/me/work"),
        ("1.106.2", "1.106.9"),
    ],
)
def test_what_differs_from_run_to_run_is_equal(one: str, other: str) -> None:
    """Ports, hosts, ids, keys, seconds, times, gaps and paths."""
    assert steady(one, {"/run/home7": "/home/me"}) == steady(other, {"/run/home7": "/home/me"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("exit 7", "exit 8"),
        ("5 tokens", "6 tokens"),
        ("me@example.com", "you@example.com"),
        ("$0.01", "$0.02"),
    ],
)
def test_everything_else_is_compared(one: str, other: str) -> None:
    """Also other numbers."""
    assert steady(one, {}) != steady(other, {})


@pytest.mark.parametrize(
    ("shown", "seen", "expected"),
    [
        ("", "", True),
        ("", "a", False),
        ("a", "", False),
        ("a\nb", "a\nb", True),
        ("a\n...", "a", True),
        ("...\nc", "a\nb\nc", True),
        ("a\n...\nc", "a\nb\nd", False),
        ("a ...", "a b c", True),
        ("a ...", "b a", False),
    ],
)
def test_lines_and_ends_of_lines_may_be_left_out(shown: str, seen: str, expected: bool) -> None:
    """By three dots, and by nothing else."""
    assert is_as_shown(shown.splitlines(), seen.splitlines()) is expected


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[PageShell]:
    """Give a shell in an empty directory."""
    with PageShell(tmp_path, dict(os.environ)) as started:
        yield started


def test_a_terminal_shows_output_errors_and_codes(shell: PageShell) -> None:
    """Command by command, each with the exit code of the one before it."""
    commands = ["echo out; echo err >&2", "test -t 0 && test -t 1", "(exit 3)", "echo $?"]

    assert shell.type(commands) == ["out\nerr\n", "", "", "3\n"]


def test_each_failing_line_of_a_script_is_told(shell: PageShell) -> None:
    """Those in pipes, too, and not those that the script itself heeds; what follows is run all the same."""
    ran = shell.run("true\nfalse | cat\nfalse || true\n(exit 3)\necho end")

    assert ran == ("end\n", {2: 1, 4: 3}, True)


def test_a_script_that_cannot_be_read_is_not_whole(shell: PageShell) -> None:
    """As after a bracket that is missing."""
    assert not shell.run("echo (").is_whole


def test_a_script_has_no_terminal(shell: PageShell) -> None:
    """Nothing can be asked of it."""
    assert shell.run("! test -t 0 && ! test -t 1 && ! read -r line").failures == {}


def test_what_a_block_sets_is_there_below(shell: PageShell, tmp_path: Path) -> None:
    """Variables, functions, the directory, and the last process in the background."""
    shell.run("name=value; greet() { echo hello; }; mkdir below; cd below; sleep 60 & waited=$!")

    seen = shell.type(["echo $name", "greet", "pwd", 'kill $! && test "$!" = "$waited"; echo $?'])

    assert seen == ["value\n", "hello\n", f"{tmp_path}/below\n", "0\n"]


def test_a_block_without_an_end_is_ended(shell: PageShell, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time, with what it has shown; the blocks below it say so."""
    monkeypatch.setattr(shell_page, "SECONDS", 1.0)

    with pytest.raises(TimeoutError, match=r"no end after 1 s: before"):
        shell.type(["echo before; sleep 60"])
    with pytest.raises(TimeoutError, match="a block above"):
        shell.type(["echo after"])
