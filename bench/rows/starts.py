"""Commands that ask nobody: most of what they take is their start."""

from collections.abc import Mapping
from pathlib import Path
from shutil import which

from comparison import Absent, Bar, Count, Row, Side, compare, process
from environments import BENCH
from installation import ENVIRONMENT, IMPORT_TYPER, KEY, LITECTL, PASS, logged_in
from proxy import answers
from proxy.models import MODELS
from proxy.server import serve
from readings import Command, fail, output

_COMPLETIONS = str(ENVIRONMENT / "share" / "bash-completion" / "completions" / "litectl")
_REFRESH: Command = (LITECTL, "models", "refresh", "--quiet", "--no-mcp")
LIST: Command = (LITECTL, "models", "list")
# What the completion scripts run for the name of a model.
_NAMES: Command = (*LIST, *["--offline", "--mode", "all", "--columns", "name", "--format", "tsv"])
_TOKEN: Command = (LITECTL, "token")


def rows(home: Path, count: Count) -> list[Row | Absent]:
    """Return the rows of these commands, of a user who has a list of many models."""
    environment = logged_in(home, serve(answers.large()))
    refresh(environment)
    environment["PATH"] = f"{Path(LITECTL).parent}:{environment['PATH']}"

    def pressed(name: str, words: Command, *bars: Bar) -> Row | Absent:
        bash = which("bash")
        if bash is None:
            return Absent(name, typer.name, "no bash")
        command = (bash, "--norc", str(BENCH / "tab.bash"), _COMPLETIONS, *words)
        if not output(command, environment).strip():
            fail(command, "offers nothing", b"")
        return compare(process(name, command, environment), typer, count, *bars)

    def ours(*arguments: str) -> Side:
        return process(" ".join(arguments), (LITECTL, *arguments), environment)

    if output(_TOKEN, environment) != f"{KEY}\n":
        fail(_TOKEN, "does not print the key", b"")
    python = process("python -c pass", PASS, environment)
    typer = process("import typer", IMPORT_TYPER, environment)
    listed = process("models list, 2,000 cached", LIST, environment)
    names = process("models list, as TAB runs it", _NAMES, environment)
    return [
        compare(ours("--version"), python, count, Bar(1.15)),
        compare(ours("--help"), typer, count, Bar(1.2)),
        compare(ours("models", "list", "--help"), typer, count),
        pressed("TAB of a verb, in bash", ("litectl", "mod"), Bar(1.2)),
        pressed("TAB of a model, in bash", ("litectl", "ask", "-m", "model-1")),
        compare(names, typer, count, Bar(1.25)),
        compare(listed, typer, count, Bar(1.15)),
        compare(ours("token"), typer, count, Bar(1.15)),
        compare(ours("env"), typer, count, Bar(1.15)),
    ]


def refresh(environment: Mapping[str, str]) -> None:
    """Cache the list of models of the proxy of *environment*."""
    output(_REFRESH, environment)
    for command in (LIST, _NAMES):
        if len(output(command, environment).splitlines()) != MODELS:
            fail(command, f"does not list {MODELS} models", b"")
