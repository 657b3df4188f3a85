"""
What a refresh of the models costs besides the network, beside what parsing its JSON costs.

The processor seconds of fetching the body, which are no merit and no fault of
litectl, are known from the floor, a process that fetches and parses: they are
what it takes less the parsing. They are taken off the refresh too; its start, the merging
and the writing stay in.
"""

from collections.abc import Mapping
from pathlib import Path

from comparison import Bar, Count, Row, say
from installation import KEY, LITECTL, PYTHON, floor, logged_in
from proxy import answers
from proxy.models import DEPLOYMENTS
from proxy.server import serve
from readings import Command, Reading, output, timed

# Without the tools, which its floor does not fetch either.
_REFRESH: Command = (LITECTL, "models", "refresh", "--quiet", "--no-mcp")
_IMPORTS: Command = (PYTHON, "-c", "import httpx, json, ssl, sys, time")


def rows(home: Path, count: Count) -> list[Row]:
    """Return the row of a refresh of many deployments."""
    root = serve(answers.large())
    environment = logged_in(home, root)
    bare = floor("refresh", root, KEY)
    program, other = f"models refresh, {DEPLOYMENTS:,} deployments", "json.loads of its JSON"
    say(f"{program}, beside {other}")
    pairs = [_pair(bare, environment) for _ in range(count.warm_ups + count.pairs)]
    # 114 MiB are 120 MB.
    return [Row(program, other, pairs[count.warm_ups :], [Bar(3.0, "processor"), Bar(114, "peak", "MiB")])]


def _pair(bare: Command, environment: Mapping[str, str]) -> tuple[Reading, Reading]:
    """Return a refresh, and the *bare* floor, both with the processor seconds that are not fetching."""
    program, other = timed(_REFRESH, environment), timed(bare, environment)
    parsing = float(output(bare, environment))
    imports = timed(_IMPORTS, environment)
    assert program.processor is not None
    assert other.processor is not None
    assert imports.processor is not None
    fetching = other.processor - parsing - imports.processor
    return program._replace(processor=program.processor - fetching), other._replace(processor=parsing)
