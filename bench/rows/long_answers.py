"""Answers so long that starting hardly counts."""

from collections.abc import Mapping
from pathlib import Path

from comparison import Bar, Count, Row, Side, compare
from installation import KEY, floor, logged_in
from proxy import answers
from proxy.chat import ANSWER, TEXTS
from proxy.server import serve
from readings import fail, output, timed
from rows.asks import ASK

CHUNKS = 100_000
MANY_CHUNKS = 400_000


def rows(home: Path, count: Count) -> list[Row]:
    """Return the row of a long answer beside its floor."""
    root = serve(answers.talkative(CHUNKS))
    environment = logged_in(home, root)
    bare = floor("stream", root, KEY)
    for command in (ASK, bare):
        if output(command, environment) != f"{ANSWER * (CHUNKS // len(TEXTS))}\n":
            fail(command, "does not print the long answer", b"")
    other = Side("bare httpx", lambda: timed(bare, environment, "pipe"))
    # 0.8 times the chunks per second.
    return [compare(_asking(CHUNKS, environment), other, count, Bar(1.25), Bar(60, "peak", "MiB"))]


def growth(home: Path, count: Count) -> list[Row]:
    """Return the row of an even longer answer beside a long one: no more memory may be needed."""
    many, few = (
        _asking(chunks, logged_in(home / str(chunks), serve(answers.talkative(chunks))))
        for chunks in (MANY_CHUNKS, CHUNKS)
    )
    return [compare(many, few, count, Bar(4, "peak", "MiB more"))]


def _asking(chunks: int, environment: Mapping[str, str]) -> Side:
    return Side(f"ask, {chunks:,} chunks", lambda: timed(ASK, environment, "pipe"))
