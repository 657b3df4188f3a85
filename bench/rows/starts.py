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
# The lines in which TAB is pressed.
_TABS: tuple[tuple[str, Command, tuple[Bar, ...]], ...] = (
    ("TAB of a verb, in bash", ("litectl", "mod"), (Bar(1.2),)),
    ("TAB of a model, in bash", ("litectl", "ask", "-m", "model-1"), ()),
)


def rows(home: Path, count: Count) -> list[Row | Absent]:
    """Return the rows of these commands, of a user who has a list of many models."""
    environment = logged_in(home, serve(answers.large()))
    environment["PATH"] = f"{Path(LITECTL).parent}:{environment['PATH']}"
    refresh(environment)
    if output(_TOKEN, environment) != f"{KEY}\n":
        fail(_TOKEN, "does not print the key", b"")
    python = process("python -c pass", PASS, environment)
    typer = process("import typer", IMPORT_TYPER, environment)

    def ours(name: str, command: Command) -> Side:
        return process(name, command, environment)

    return [
        compare(ours("--version", (LITECTL, "--version")), python, count, Bar(1.15)),
        compare(ours("--help", (LITECTL, "--help")), typer, count, Bar(1.2)),
        compare(ours("models list --help", (*LIST, "--help")), typer, count, Bar(1.2)),
        *_pressed(environment, typer, count),
        compare(ours("models list, as TAB runs it", _NAMES), typer, count, Bar(1.25)),
        compare(ours("models list, 2,000 cached", LIST), typer, count, Bar(1.15)),
        compare(ours("token", _TOKEN), typer, count, Bar(1.15)),
        compare(ours("env", (LITECTL, "env")), typer, count, Bar(1.15)),
    ]


def _pressed(environment: Mapping[str, str], typer: Side, count: Count) -> list[Row | Absent]:
    """Return the rows of TAB in bash, of a verb and of a model's name."""
    bash = which("bash")
    rows: list[Row | Absent] = []
    for name, words, bars in _TABS:
        if bash is None:
            rows.append(Absent(name, typer.name, "no bash on this machine"))
            continue
        command = (bash, "--norc", str(BENCH / "tab.bash"), _COMPLETIONS, *words)
        if words[-1] not in output(command, environment):
            fail(command, "does not complete it", b"")
        rows.append(compare(process(name, command, environment), typer, count, *bars))
    return rows


def refresh(environment: Mapping[str, str]) -> None:
    """Cache the list of models of the proxy of *environment*."""
    output(_REFRESH, environment)
    for command in (LIST, _NAMES):
        if len(output(command, environment).splitlines()) != MODELS:
            fail(command, f"does not list {MODELS} models", b"")
