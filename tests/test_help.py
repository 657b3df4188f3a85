"""The help: of every command, and of the topics that are true of all."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from litectl.commands.options import FORMATS, SharedOptionsCommand
from litectl.environment import MEANINGS
from litectl.errors import ExitCode
from litectl.profiles.target import ROOT_ORDER
from litectl.storage.paths import Paths
from litectl.topics.configuration import FILES
from litectl.topics.contents import TOPICS, topic
from litectl.topics.files import NOTES, PLACES, Place
from litectl.topics.formatting import FORMATS as MEANINGS_OF_FORMATS
from litectl.topics.topic import Topic
from pages.commandtree import Command, describe
from pages.helptext import blocks
from program import Litectl, Result
from shell_lines import calls

COMMANDS = list(describe().walk())
LEAVES = [command for command in COMMANDS if not command.commands]
EXAMPLES = [
    (command.line, line)
    for command in COMMANDS
    for block in command.text
    if block.is_verbatim
    for line in block.text.splitlines()
]
ESCAPE = "\x1b"


class Shown(NamedTuple):
    """Runs litectl and returns what it shows; Typer writes its help to the stdout of the process."""

    litectl: Litectl
    captured: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, **settings: Any) -> Result:
        """Run litectl with *arguments*."""
        result = self.litectl(*arguments, **settings)
        return result._replace(out=result.out + self.captured.readouterr().out)


@pytest.fixture
def shown(litectl: Litectl, capsys: pytest.CaptureFixture[str]) -> Shown:
    """Give litectl with the help it prints."""
    return Shown(litectl, capsys)


def examples_of_topics() -> Iterator[tuple[str, str]]:
    """Give the examples of each topic, and of the files."""
    for name in (*TOPICS, FILES):
        found = topic(name) if name in TOPICS else Topic(FILES, "", NOTES)
        for text in (found.text, *(section.text for section in found.sections)):
            yield from (
                (name, line)
                for block in blocks(text)
                if block.is_verbatim
                for line in block.text.splitlines()
            )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.line)
def test_every_way_to_the_help_shows_the_same(shown: Shown, command: Command) -> None:
    """`help COMMAND`, `COMMAND --help`, `COMMAND -h` and `--help COMMAND` agree, on stdout, with exit 0."""
    ways = [(*command.path, "--help"), (*command.path, "-h"), ("help", *command.path)]
    ways += [("--help", *command.path), ("-h", *command.path)]

    results = {shown(*way) for way in ways}

    assert len(results) == 1
    (result,) = results
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: {command.line} ")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.line)
def test_help_is_plain_and_as_wide_as_the_terminal(
    shown: Shown, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but examples is wider than COLUMNS, and no escape is in a pipe whatever FORCE_COLOR says."""
    monkeypatch.setenv("COLUMNS", "60")
    examples = {f"      {line}" for block in command.text for line in block.text.splitlines()}

    out = shown(*command.path, "--help", variables={"FORCE_COLOR": "1"}).out

    assert out.startswith("Usage: ")
    assert ESCAPE not in out
    assert [line for line in out.splitlines() if len(line) > 60 and line not in examples] == []


@pytest.mark.parametrize("command", LEAVES, ids=lambda command: command.line)
def test_every_command_begins_with_an_example(command: Command) -> None:
    """Of the first paragraphs under the summary one is an example that calls the command."""
    near_the_top = [block.text for block in command.text[:3] if block.is_verbatim]

    assert any(command.line in text for text in near_the_top)


@pytest.mark.parametrize(("where", "line"), [*EXAMPLES, *examples_of_topics()])
def test_examples_are_command_lines(
    litectl: Litectl, monkeypatch: pytest.MonkeyPatch, where: str, line: str
) -> None:
    """Each call of litectl in an example is one that the real parser takes."""
    ran: list[str] = []
    monkeypatch.setattr(SharedOptionsCommand, "invoke", lambda _, context: ran.append(context.command_path))

    for arguments in calls(line):
        result = litectl(*arguments, variables={"LITECTL_BASE_URL": "", "LITECTL_API_KEY": ""})

        assert (result.code, result.err) == (0, ""), (where, arguments)
        assert ran
    assert ran or not line.startswith("litectl ")


@pytest.mark.parametrize("name", TOPICS)
def test_topics_are_shown(shown: Shown, name: str) -> None:
    """A topic is printed by `help` and by `--help`, and named by the help of litectl."""
    result = shown("help", name)

    assert result.code == 0
    assert result.out.splitlines()[0] == topic(name).title
    assert shown("--help", name) == result
    assert f"  {name} " in shown("--help").out


def test_no_topic_has_the_name_of_a_command() -> None:
    """Else one of them could not be asked for."""
    assert not {command.path[0] for command in COMMANDS if command.path} & set(TOPICS)


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["spendd"], "there is no command or topic `spendd`", "did you mean `spend`?"),
        (["exit"], "there is no command or topic `exit`", "did you mean `exit-codes`?"),
        (["config"], "there is no command or topic `config`", "did you mean `configuration`?"),
        (["models", "lst"], "`litectl models` has no command `lst`", "did you mean `list`?"),
        (["ask", "me"], "`litectl ask` has no command `me`", "see `litectl help ask`"),
        (
            ["formatting", "x"],
            "the topic `formatting` has no parts",
            "see all of it with `litectl help formatting`",
        ),
        ([""], "there is no command or topic ``", "see `litectl help`"),
        (["\x1b[2J\n"], "there is no command or topic `[2J`", "see `litectl help`"),
    ],
)
def test_what_is_not_there_is_an_error(litectl: Litectl, words: list[str], message: str, hint: str) -> None:
    """An unknown command or topic is exit 2, with the names that look alike."""
    assert litectl("help", *words) == (2, "", f"error: {message}\nhint: {hint}\n")


def test_help_in_front_runs_nothing(litectl: Litectl, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands behind `--help` is never executed, whatever it is."""
    ran: list[object] = []
    monkeypatch.setattr("litectl.sandbox.sandbox.Sandbox.__init__", lambda *given: ran.append(given))

    result = litectl("--help", "sandbox", "run", "--", "touch", "x")

    assert result.out.startswith("Usage: litectl sandbox run ")
    assert ran == []


def test_the_topic_of_exit_codes_has_every_code(litectl: Litectl) -> None:
    """Each code with its name, at the beginning of a line."""
    out = litectl("help", "exit-codes").out

    assert [int(code) for code in re.findall(r"^  (\d+) [A-Z_]+ ", out, re.MULTILINE)] == [*ExitCode]


def test_the_topic_of_the_environment_has_every_variable(litectl: Litectl) -> None:
    """Each variable that is read, at the beginning of a line."""
    out = litectl("help", "environment").out

    assert set(MEANINGS) <= set(re.findall(r"^  ([A-Z_]+)\b", out, re.MULTILINE))


def test_the_topic_of_the_configuration_has_the_order_of_proxies(litectl: Litectl) -> None:
    """What names the proxy is listed in the order of the code."""
    rows = litectl("help", "configuration").out.partition("Which proxy:")[2].partition("Which key:")[0]
    places = [rows.find(f"\n  {source} ") for source, _ in ROOT_ORDER]

    assert -1 not in places
    assert places == sorted(places)


def test_every_format_has_a_meaning() -> None:
    """The topic of the formats has those that `--format` takes, in their order."""
    assert tuple(MEANINGS_OF_FORMATS) == FORMATS


def test_every_file_is_told_of() -> None:
    """The table of files has each place that litectl knows."""
    known = {name for name in vars(Paths) if not name.startswith("_") and name != "home"}

    assert {place.property for place in PLACES} == known


@pytest.mark.skipif(sys.platform != "linux", reason="the table has the places of Linux")
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.property)
def test_files_are_where_the_table_says(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On Linux the path in the table is the path of the code."""
    name, _, rest = place.path.removeprefix("$").partition("/")
    monkeypatch.setenv(name, str(tmp_path))

    assert getattr(Paths(), place.property) == tmp_path / rest


@pytest.mark.parametrize("group", [each.line for each in COMMANDS if each.commands])
def test_no_line_in_a_list_of_commands_is_cut(shown: Shown, group: str) -> None:
    """What each verb is for stands there whole, in 80 columns."""
    text = shown(*group.split()[1:], "--help", variables={"COLUMNS": "80"}).out

    listed = text.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert listed
    assert [line for line in listed if line.endswith("...")] == []
