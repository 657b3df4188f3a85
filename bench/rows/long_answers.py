"""Answers so long that starting hardly counts."""

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
_LONGEST = 5  # pairs of the longest answers, which show no more when they are many


def rows(home: Path, count: Count) -> list[Row]:
    """Return the rows of a long answer beside its floor, and of a longer one beside it."""
    root, longer_root = serve(answers.talkative(CHUNKS)), serve(answers.talkative(MANY_CHUNKS))
    environment = logged_in(home / "long", root)
    longer_environment = logged_in(home / "longer", longer_root)
    bare = floor("stream", root, KEY)
    for command in (ASK, bare):
        if output(command, environment) != f"{ANSWER * (CHUNKS // len(TEXTS))}\n":
            fail(command, "does not print the long answer", b"")
    long = Side(f"ask, {CHUNKS:,} chunks", lambda: timed(ASK, environment, "pipe"))
    longer = Side(f"ask, {MANY_CHUNKS:,} chunks", lambda: timed(ASK, longer_environment, "pipe"))
    other = Side("bare httpx", lambda: timed(bare, environment, "pipe"))
    few = Count(min(count.pairs, _LONGEST), min(count.warm_ups, 1))
    return [
        # 0.8 times the chunks per second.
        compare(long, other, count, Bar(1.25), Bar(60, "peak", "MiB")),
        compare(longer, long, few, Bar(4, "peak", "MiB more")),
    ]
