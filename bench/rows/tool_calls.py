"""A tool that is called: when the list of tools has to be fetched, and when it is cached."""

from pathlib import Path
from shutil import rmtree

from comparison import Bar, Count, Row, Side, compare, process
from installation import KEY, LITECTL, floor, logged_in
from proxy import answers
from proxy.server import serve
from readings import Command, Reading, fail, output, timed

CALL: Command = (LITECTL, "mcp", "call", "add", "a=2", "b=3")


def rows(home: Path, count: Count) -> list[Row]:
    """Return the rows of both calls."""
    root = serve(answers.large())
    environment = logged_in(home, root)
    two, one = floor("call", root, KEY), floor("call", root, KEY, "cached")
    for command in (CALL, two, one):
        if output(command, environment) != "5\n":
            fail(command, "does not print the result", b"")
    cached = home / ".cache" / "litectl" / "tools"
    if not cached.is_dir():
        fail(CALL, f"no list of tools is in {cached}", b"")

    def uncached() -> Reading:
        rmtree(cached, ignore_errors=True)
        return timed(CALL, environment)

    first = Side("mcp call, list fetched", uncached)
    later = process("mcp call, list cached", CALL, environment)
    bare = "bare typer and httpx"
    return [
        compare(first, process(f"{bare}, two requests", two, environment), count, Bar(1.25)),
        compare(later, process(f"{bare}, one request", one, environment), count, Bar(1.25)),
    ]
