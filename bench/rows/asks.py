"""A short answer of a model, from the start of the program to its end."""

from pathlib import Path

from comparison import Bar, Count, Row, compare, process
from installation import KEY, LITECTL, floor, logged_in
from proxy import answers
from proxy.chat import ANSWER
from proxy.server import serve
from readings import Command, fail, output
from rows.starts import refresh

ASK: Command = (LITECTL, "ask", "-m", "bench", "-p", "hi", "--no-stdin")


def rows(home: Path, count: Count) -> list[Row]:
    """Return the row of a short answer."""
    root = serve(answers.large())
    environment = logged_in(home, root)
    refresh(environment)
    bare = floor("ask", root, KEY)
    for command in (ASK, bare):
        if output(command, environment) != f"{ANSWER}\n":
            fail(command, "does not print the answer", b"")
    program = process("ask, short answer", ASK, environment)
    other = process("bare typer and httpx", bare, environment)
    return [compare(program, other, count, Bar(1.15), Bar(1.15, "peak"))]
