"""
What a refresh costs besides the network, beside what parsing its JSON costs.

Both are processor seconds. Those of fetching the body, which are no merit and
no fault of litectl, are known from the floor, a process that fetches and parses: they are
what it takes less the parsing. They are taken off the refresh too; its start, the merging
and the writing stay in.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from installation import PYTHON
from measure import Reading, output, timed

_FLOOR = str(Path(__file__).with_name("floor_refresh.py"))
_EMPTY = "import httpx, json, ssl, sys, time"


def refresh_pair(
    refresh: Sequence[str], proxy: Sequence[str], variables: Mapping[str, str]
) -> tuple[Reading, Reading]:
    """Return a *refresh* without its fetching, and the parsing alone; *proxy* is its root and key."""
    floor_command = (PYTHON, _FLOOR, *proxy)
    program, floor = timed(refresh, variables), timed(floor_command, variables)
    parsing = float(output(floor_command, variables))
    start = timed((PYTHON, "-c", _EMPTY), variables)
    fetching = floor.processor - parsing - start.processor
    return (
        Reading(program.processor - fetching, program.peak, program.processor),
        Reading(parsing, floor.peak, floor.processor),
    )
