"""
How long a piece of an answer takes through a program, from the proxy's socket to its stdout.

This process is the proxy and the reader in one thread, so one clock sees both
ends and nothing competes with it.
"""

import os
import select
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from comparison import Bar, Count, Row, Side, compare
from installation import KEY, floor, logged_in
from proxy.chat import ANSWER, TEXTS, streamed
from proxy.server import PATIENCE, accept, listen, read_request, root_of
from readings import Command, Reading, fail
from rows.asks import ASK

# The program has long digested the role by then and waits for the next piece, as it would for a
# model. It would be an easier test if it were still starting.
_SETTLED_SECONDS = 0.3

_BEFORE_TEXT = 2  # pieces: the head and the role


def rows(home: Path, count: Count) -> list[Row]:
    """Return the row of the time from the proxy's socket to stdout."""
    listener = listen()
    environment = logged_in(home, root_of(listener))
    bare = floor("ask", root_of(listener), KEY)
    program = Side("ask, first token", lambda: _first_token(listener, ASK, environment))
    other = Side("bare typer and httpx", lambda: _first_token(listener, bare, environment))
    return [compare(program, other, count, Bar(5, unit="ms"))]


def _first_token(listener: socket.socket, command: Command, variables: Mapping[str, str]) -> Reading:
    """
    Run *command* against *listener* and return the seconds its first token took.

    The clock starts before the proxy's send, so sending is part of the time.
    """
    pieces = streamed()
    with subprocess.Popen(
        command,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        with accept(listener) as connection:
            read_request(connection)
            for piece in pieces[:_BEFORE_TEXT]:
                connection.sendall(piece)
            time.sleep(_SETTLED_SECONDS)
            sent = time.perf_counter()
            connection.sendall(pieces[_BEFORE_TEXT])
            select.select([process.stdout], [], [], PATIENCE)
            arrived = time.perf_counter()
            first = os.read(process.stdout.fileno(), 65536)
            for piece in pieces[_BEFORE_TEXT + 1 :]:
                connection.sendall(piece)
            rest = process.stdout.read()
        if first.decode() != TEXTS[0] or (first + rest).decode() != f"{ANSWER}\n":
            fail(command, f"printed {first!r} and {rest!r}", process.stderr.read())
    return Reading(arrived - sent)
