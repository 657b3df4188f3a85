"""
Measure litectl beside its floors: `make bench`, or `python bench/run.py --quick --only long`.

Prints a table and writes it to bench/results.json. See bench/README.md.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from first_token import first_token
from installation import LITECTL, PYTHON, REPOSITORY, install, variables, versions
from measure import Pairs, Reading, measure, output, timed
from refresh import refresh_pair
from report import Bar, Row, document, table
from server import (
    ANSWER,
    CHAT,
    DEPLOYMENTS,
    MODELS,
    TEXTS,
    listen,
    root_of,
    serve,
    serve_instant_models,
    serve_long_answers,
)

PAIRS = 60
FIRST_TOKENS = 30
QUICK_PAIRS = 10
REFRESHES = 20
LONG_ANSWERS = 20
LONGEST = 5
SMOKES = 20
SMOKE_MODELS = 100
THREADS = 16
CHUNKS = 100_000  # of a long answer
MANY_CHUNKS = 400_000

_KEY = "sk-bench-0123456789abcdef"
_RESULTS = REPOSITORY / "bench" / "results.json"
_FLOOR_ASK = str(REPOSITORY / "bench" / "floor_ask.py")
_FLOOR_CALL = str(REPOSITORY / "bench" / "floor_call.py")
_FLOOR_SMOKE = str(REPOSITORY / "bench" / "floor_smoke.py")
_FLOOR_STREAM = str(REPOSITORY / "bench" / "floor_stream.py")

_Command = Sequence[str]
_VERSION: _Command = (LITECTL, "--version")
_HELP: _Command = (LITECTL, "--help")
# Without the tools, which its floor does not fetch either.
_REFRESH: _Command = (LITECTL, "models", "refresh", "--quiet", "--no-mcp")
_LIST: _Command = (LITECTL, "models", "list")
# What the completion scripts run for the name of a model.
_TAB: _Command = (*_LIST, *["--offline", "--mode", "all", "--columns", "name", "--format", "tsv"])
_ASK: _Command = (LITECTL, "ask", "-m", "bench", "-p", "hi", "--no-stdin")
_CALL: _Command = (LITECTL, "mcp", "call", "add", "a=2", "b=3")
_SMOKE: _Command = (LITECTL, "smoke", "--prompt", "--concurrency", str(THREADS), "--quiet")
_DOCTOR: _Command = (LITECTL, "doctor", "--quiet")
_PASS: _Command = (PYTHON, "-c", "pass")
_IMPORT_TYPER: _Command = (PYTHON, "-c", "import typer")


def main() -> None:
    """Measure everything, or one part, print the table, and keep it."""
    parser = argparse.ArgumentParser(description="Measure litectl beside its floors.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_PAIRS} pairs of each only")
    parser.add_argument("--only", choices=_PARTS, help="one part; the rows of the others stay as they are")
    arguments = parser.parse_args()
    install()
    load = os.getloadavg()[0]
    before = json.loads(_RESULTS.read_text()) if arguments.only else {}
    rows: list[Row] = []
    with TemporaryDirectory(prefix="litectl-bench-") as home:
        for name in [arguments.only] if arguments.only else _PARTS:
            measured, count = _PARTS[name]
            rows += measured(Path(home) / name, min(count, QUICK_PAIRS) if arguments.quick else count)
    print(table(rows))
    print(f"\nThe load average was {load:.2f} on {os.cpu_count()} processors when the first one started.")
    _RESULTS.write_text(json.dumps(document(rows, versions(), load, before), indent=2) + "\n")


def _whole_processes(home: Path, count: int) -> list[Row]:
    """Return the rows of commands that are timed from their start to their end."""
    listener = listen()
    serve(listener)
    environment = _logged_in(home, root_of(listener))
    floor_ask = _floor_ask(root_of(listener))
    output(_REFRESH, environment)
    _require_that_they_work(environment, floor_ask)

    def row(what: str, program: _Command, beside: str, floor: _Command, bar: Bar | None = None) -> Row:
        _say(what)
        pairs = measure(lambda: timed(program, environment), lambda: timed(floor, environment), count)
        return Row(what, beside, pairs, bar)

    _say("litectl models refresh")
    refreshes = [
        refresh_pair(_REFRESH, (root_of(listener), _KEY), environment) for _ in range(min(count, REFRESHES))
    ]
    refresh = Pairs([pair[0] for pair in refreshes], [pair[1] for pair in refreshes])
    what = f"litectl models refresh, {DEPLOYMENTS:,} deployments"
    return [
        row("litectl --version", _VERSION, "python -c pass", _PASS),
        row("litectl --help", _HELP, "import typer", _IMPORT_TYPER),
        row("litectl models list, 2,000 cached", _LIST, "import typer", _IMPORT_TYPER, Bar(1.30)),
        row("litectl, TAB of a model's name", _TAB, "import typer", _IMPORT_TYPER, Bar(1.25)),
        Row(f"{what}, processor", "json.loads of its JSON", refresh, Bar(3.0)),
        # 120 MB
        Row(f"{what}, memory", "json.loads of its JSON", refresh, Bar(114, "MiB")),
        row("litectl ask, short answer", _ASK, "bare typer and httpx", floor_ask, Bar(1.25)),
    ]


def _tool_calls(home: Path, count: int) -> list[Row]:
    """Return the rows of a tool that is called: when its list has to be fetched, and when it is cached."""
    listener = listen()
    serve(listener)
    root = root_of(listener)
    environment = _logged_in(home, root)
    cached = home / ".cache" / "litectl" / "tools"
    floors: dict[str, _Command] = {
        "two": (PYTHON, _FLOOR_CALL, root, _KEY),
        "one": (PYTHON, _FLOOR_CALL, root, _KEY, "cached"),
    }
    for command in (_CALL, *floors.values()):
        if output(command, environment) != "5\n":
            sys.exit(f"error: {' '.join(command)}: does not print the result")
    if not cached.is_dir():
        sys.exit(f"error: no list of tools is in {cached}")

    def uncached() -> Reading:
        rmtree(cached, ignore_errors=True)
        return timed(_CALL, environment)

    _say("litectl mcp call")
    first = measure(uncached, lambda: timed(floors["two"], environment), count)
    later = measure(lambda: timed(_CALL, environment), lambda: timed(floors["one"], environment), count)
    beside = "bare typer and httpx"
    return [
        Row("litectl mcp call, list fetched", f"{beside}, two requests", first, Bar(1.25)),
        Row("litectl mcp call, list cached", f"{beside}, one request", later, Bar(1.25)),
    ]


def _operations(home: Path, count: int) -> list[Row]:
    """Return the rows of what is run from CI: a smoke run of many models, and the doctor."""
    asked: list[str] = []
    listener = listen()
    serve_instant_models(listener, SMOKE_MODELS, asked)
    root = root_of(listener)
    environment = _logged_in(home, root)
    del asked[:]
    answered = output(_SMOKE, environment).count("passed\tanswers\t")
    paths = [path for path in asked if path != CHAT]
    if answered != SMOKE_MODELS or asked.count(CHAT) != SMOKE_MODELS:
        sys.exit(f"error: {answered} of {SMOKE_MODELS} models answered {asked.count(CHAT)} requests")
    floor: _Command = (PYTHON, _FLOOR_SMOKE, root, _KEY, str(THREADS), *paths)
    what = f"litectl smoke --prompt, {SMOKE_MODELS} models"
    _say(what)
    smoke = measure(lambda: timed(_SMOKE, environment), lambda: timed(floor, environment), count)
    _say("litectl doctor")
    doctor = measure(lambda: timed(_DOCTOR, environment), lambda: timed(_IMPORT_TYPER, environment), count)
    return [
        Row(what, f"bare httpx, {THREADS} threads", smoke, Bar(1.43)),
        Row("litectl doctor", "import typer", doctor, Bar(1000, "ms")),
    ]


def _long_answers(home: Path, count: int) -> list[Row]:
    """Return the rows of answers so long that starting hardly counts."""
    root, longer_root = (_serving(length) for length in (CHUNKS, MANY_CHUNKS))
    environment = _logged_in(home / "long", root)
    longer = _logged_in(home / "longer", longer_root)
    floor = (PYTHON, _FLOOR_STREAM, root, _KEY)
    for command in (_ASK, floor):
        if output(command, environment) != f"{ANSWER * (CHUNKS // len(TEXTS))}\n":
            sys.exit(f"error: {' '.join(command)}: does not print the long answer")
    what, longer_what = (f"litectl ask, {length:,} chunks" for length in (CHUNKS, MANY_CHUNKS))
    _say(what)
    pairs = measure(
        lambda: timed(_ASK, environment, "pipe"), lambda: timed(floor, environment, "pipe"), count
    )
    _say(longer_what)
    growth = measure(
        lambda: timed(_ASK, longer, "pipe"), lambda: timed(_ASK, environment, "pipe"), min(count, LONGEST)
    )
    return [
        Row(f"{what}, time", "bare httpx", pairs, Bar(1.25)),
        Row(f"{what}, memory", "bare httpx", pairs, Bar(60, "MiB")),
        Row(f"{longer_what}, memory", what, growth, Bar(4, "MiB more")),
    ]


def _serving(length: int) -> str:
    """Return the root of a new proxy whose answers have *length* texts."""
    listener = listen()
    serve_long_answers(listener, length)
    return root_of(listener)


def _first_tokens(home: Path, count: int) -> list[Row]:
    """Return the row of the time from the proxy's socket to stdout."""
    listener = listen()
    environment = _logged_in(home, root_of(listener))
    floor_ask = _floor_ask(root_of(listener))
    what = "litectl ask, first token"
    _say(what)
    pairs = measure(
        lambda: first_token(listener, _ASK, environment),
        lambda: first_token(listener, floor_ask, environment),
        count,
    )
    row = Row(what, "bare typer and httpx", pairs, Bar(5, "ms"))
    _say(
        f"the slowest took {row.milliseconds.most:.2f} ms, of the floor {row.floor_milliseconds.most:.2f} ms"
    )
    return [row]


def _logged_in(home: Path, root: str) -> dict[str, str]:
    """Return the environment of a user who has logged in to the proxy at *root*."""
    home.mkdir(parents=True)
    environment = variables(home)
    key_file = home / "key"
    key_file.write_text(_KEY)
    # Unverified: the proxy of the first tokens answers nothing else.
    output(
        [LITECTL, "login", "--base-url", root, "--api-key-file", str(key_file), "--no-verify"], environment
    )
    return environment


def _floor_ask(root: str) -> _Command:
    return (PYTHON, _FLOOR_ASK, root, _KEY)


def _require_that_they_work(environment: Mapping[str, str], floor_ask: _Command) -> None:
    """Stop when a command does not print what it should: its time would mean nothing."""
    for command in (_LIST, _TAB):
        if len(output(command, environment).splitlines()) != MODELS:
            sys.exit(f"error: the list does not have {MODELS} models")
    for command in (_ASK, floor_ask):
        if output(command, environment) != f"{ANSWER}\n":
            sys.exit(f"error: {' '.join(command)}: does not print the answer")


def _say(text: str) -> None:
    print(f"measuring {text}", file=sys.stderr, flush=True)


# How each part is measured, and in how many pairs.
_PARTS: dict[str, tuple[Callable[[Path, int], list[Row]], int]] = {
    "whole": (_whole_processes, PAIRS),
    "tools": (_tool_calls, PAIRS),
    "operations": (_operations, SMOKES),
    "long": (_long_answers, LONG_ANSWERS),
    "first": (_first_tokens, FIRST_TOKENS),
}
main()
