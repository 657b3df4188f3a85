"""
The completion for PowerShell.

Its grammar and what it names are checked everywhere; it is driven where there is a `pwsh`.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from litectl.app import COMMANDS
from program import DEADLINE
from shells import COMPLETIONS
from stand_in import StandIn

sys.path.append(str(COMPLETIONS))  # the generator's own modules lie beside the scripts

from powershell import powershell_script
from tree import Argument, Command, Option, Tree, describe
from values import Value

SCRIPT = COMPLETIONS / "litectl.ps1"
ODD = "bad $(touch pwned) 'n\" *"
# Prints what is offered at the end of the line in $LINE, as JSON.
DRIVER = """
. $env:SCRIPT
$found = TabExpansion2 -inputScript $env:LINE -cursorColumn $env:LINE.Length
ConvertTo-Json -InputObject @($found.CompletionMatches | ForEach-Object { $_.CompletionText })
"""


def nodes(node: Node) -> Iterator[Node]:
    """Give *node* and all below it."""
    yield node
    for child in node.children:
        yield from nodes(child)


def parsed(text: str) -> Node:
    """Return *text* as the grammar of PowerShell reads it."""
    return Parser(Language(tree_sitter_powershell.language())).parse(text.encode()).root_node


def strings(node: Node) -> set[str]:
    """Return what the strings in single quotes say."""
    texts = (each.text or b"" for each in nodes(node) if each.type == "verbatim_string_characters")
    return {text.decode()[1:-1].replace("''", "'") for text in texts}


def offers(line: str) -> list[str]:
    """Return what a PowerShell puts in for the last word of *line*."""
    command = ["pwsh", "-NoProfile", "-NonInteractive", "-Command", DRIVER]
    variables = {**os.environ, "SCRIPT": str(SCRIPT), "LINE": line}
    done = subprocess.run(command, env=variables, capture_output=True, timeout=DEADLINE, check=True)
    return sorted(word for word in json.loads(done.stdout) if word)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Put a litectl into PATH that answers from files."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'stand-in'}:{os.environ['PATH']}")
    answers = StandIn.at(tmp_path / "stand-in")
    answers.models("team:gpt-max", "team:gpt-mini", "vendor/large", ODD)
    return answers


def test_it_is_powershell() -> None:
    """The script has no part that the grammar does not know, and no letter that an old one would misread."""
    text = SCRIPT.read_text()
    wrong = [each for each in nodes(parsed(text)) if each.type == "ERROR" or each.is_missing]
    assert [(each.start_point, each.text) for each in wrong] == []
    assert text.isascii()


def test_the_grammar_tells_an_error() -> None:
    """A brace that is missing is found, so the test above says something."""
    text = SCRIPT.read_text()
    assert parsed(text.rstrip().removesuffix("}")).has_error
    assert parsed(text.replace("-CaseSensitive -Exact ($line) {", "($line", 1)).has_error


def test_it_names_what_the_tree_has_and_nothing_else() -> None:
    """Every command, option and value of litectl stands in the script, each with its help."""
    tree = describe()
    commands = list(tree.root.walk())
    options = [*tree.shared, *(option for command in commands for option in command.options)]
    wanted = {command.line for command in commands}
    wanted |= {f"{each.path[-1]} {each.help}" for each in commands if each.path}
    wanted |= {f"{name} {option.help}" for option in options for name in option.names}
    wanted |= {
        f"{command.line} {name}"
        for command in commands
        for option in command.options
        if option.value
        for name in option.names
    }
    wanted |= {name for option in tree.shared if option.value for name in option.names}
    values = [option.value for option in options if option.value]
    values += [each.value for command in commands for each in (command.argument, command.rest) if each]
    wanted |= {word for value in values for word in (value.kind, *value.words)}

    tables, _, _ = SCRIPT.read_text().partition("# Gives the text of a word")
    assert strings(parsed(tables)) == wanted


def test_what_has_to_be_quoted_is() -> None:
    """A text is one string, whatever is in it; typographic quotes would end one in PowerShell."""
    help_text = 'it\'s \u2018so\u2019 \u201ahere\u201b $(no) `n "x"'
    value = Value("words", ("a'b", "c d"))
    command = Command(("x",), help_text, (Option(("--o",), help_text, value),), argument=Argument(value, "X"))
    script = powershell_script(Tree(Command((), "", (), (command,)), ()))
    assert not parsed(script).has_error
    for mark in "'\u2018\u2019\u201a\u201b":
        script = script.replace(mark * 2, mark)
    assert help_text in script


@pytest.mark.skipif(shutil.which("pwsh") is None, reason="pwsh is not installed: nothing drives litectl.ps1")
@pytest.mark.parametrize(
    ("line", "offered", "calls"),
    [
        ("litectl ", sorted(COMMANDS), 0),
        ("litectl mod", ["models"], 0),
        ("litectl -q models li", ["list"], 0),
        ("litectl ask --no-stre", ["--no-stream"], 0),
        ("litectl whoami --format js", ["json", "jsonl"], 0),
        ("litectl whoami --format=js", ["--format=json", "--format=jsonl"], 0),
        ("litectl models list --columns name,prov", ["providers"], 0),
        ("litectl ask --prompt ", [], 0),
        ("litectl api -X DEL", ["DELETE"], 0),
        ("litectl ask -m team:gpt-mi", ["team:gpt-mini"], 1),
        ("litectl ask --model=vendor/", ["--model=vendor/large"], 1),
        ("litectl ask -m 'team:gpt-mi", ["'team:gpt-mini'"], 1),
        ("litectl ask -m ba", ["'bad $(touch pwned) ''n\" *'"], 1),
        ("litectl mcp call rig/e", ["rig/echo"], 1),
        ("litectl mcp call add a=1 b", ["b=", "base="], 1),
    ],
)
def test_a_powershell_completes(stand_in: StandIn, line: str, offered: list[str], calls: int) -> None:
    """As the other shells do, with litectl started for names only."""
    assert offers(line) == offered
    assert len(stand_in.calls()) == calls
