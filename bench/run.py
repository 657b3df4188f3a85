"""
Measure litectl beside its floors and beside other programs: `make bench`, or `make bench-short`.

Prints a table; a whole run, and one of a part, write it to bench/results.json. See bench/README.md.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from comparison import Absent, Count, Row
from environments import BENCH, packages
from installation import ENVIRONMENT, install
from machine import machine, version_of
from peers import PEERS
from readings import Failed
from results import document
from rows import asks, besides, first_tokens, long_answers, operations, refreshes, starts, tool_calls
from table import table

LENIENCY = (
    2.0  # times its bar, which a row of a short run may reach: CI's machines are busy and few pairs err
)

_RESULTS = BENCH / "results.json"
_QUICK = Count(5, 1)


class Part(NamedTuple):
    """What measures some rows, in how many pairs, and in how many when it is short; None leaves it out."""

    rows: Callable[[Path, Count], Sequence[Row | Absent]]
    whole: Count
    short: Count | None


_PARTS = {
    "starts": Part(starts.rows, Count(60, 3), Count(5, 1)),
    "asks": Part(asks.rows, Count(60, 3), Count(5, 1)),
    "tools": Part(tool_calls.rows, Count(60, 3), Count(5, 1)),
    "refresh": Part(refreshes.rows, Count(20, 3), Count(3, 0)),
    "operations": Part(operations.rows, Count(20, 3), Count(3, 1)),
    "long": Part(long_answers.rows, Count(20, 3), Count(2, 0)),
    "growth": Part(long_answers.growth, Count(5, 1), None),
    "first": Part(first_tokens.rows, Count(30, 3), Count(3, 1)),
    "peers": Part(besides.rows, Count(10, 1), None),
}


def main() -> None:
    """Measure everything, or a part, print the table, and keep it."""
    arguments = _arguments()
    try:
        install()
        load = os.getloadavg()[0]
        rows = _measured(_counts(arguments))
    except Failed as failed:
        sys.exit(f"error: {failed}")
    print(table(rows))
    print(f"\nThe load average was {load:.2f} on {os.cpu_count()} processors when the first one started.")
    if arguments.short:
        sys.exit(_far_over(rows))
    if not arguments.quick:
        before = json.loads(_RESULTS.read_text()) if arguments.only and _RESULTS.exists() else {}
        _write(rows, load, before)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measure litectl beside its floors and beside other programs."
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--quick", action="store_true", help=f"{_QUICK.pairs} pairs of each only; writes nothing"
    )
    form.add_argument(
        "--short",
        action="store_true",
        help=f"few pairs, without peers, fails at {LENIENCY:g} times a bar; writes nothing",
    )
    parser.add_argument("--only", choices=_PARTS, help="one part; the rows of the others stay as they are")
    return parser.parse_args()


def _counts(arguments: argparse.Namespace) -> dict[str, Count]:
    """Return the parts that are wished, each with its number of pairs."""
    counts = {}
    for name, part in _PARTS.items():
        count = part.short if arguments.short else _QUICK if arguments.quick else part.whole
        if count is not None and arguments.only in (None, name):
            counts[name] = count
    return counts


def _measured(counts: Mapping[str, Count]) -> list[Row | Absent]:
    rows: list[Row | Absent] = []
    with TemporaryDirectory(prefix="litectl-bench-") as home:
        for name, count in counts.items():
            rows += _PARTS[name].rows(Path(home) / name, count)
    return rows


def _far_over(rows: Sequence[Row | Absent]) -> int:
    """Return the exit code of a short run, and say which rows are far over their bars."""
    far = [
        (row, bar) for row in rows if isinstance(row, Row) for bar in row.bars if row.misses(bar, LENIENCY)
    ]
    for row, bar in far:
        print(f"error: {row.program} is over {LENIENCY:g} times its bar, {bar}", file=sys.stderr)
    return 1 if far else 0


def _write(rows: Sequence[Row | Absent], load: float, before: Mapping[str, Any]) -> None:
    versions = {
        "litectl": packages(ENVIRONMENT),
        "bash": version_of("bash"),
        **{peer.name: peer.version for peer in PEERS},
    }
    surroundings = {"machine": machine(), "load_average": round(load, 2), "versions": versions}
    told = document(rows, datetime.now(UTC), surroundings, before)
    _RESULTS.write_text(json.dumps(told, indent=2) + "\n")


main()
