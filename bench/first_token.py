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
from collections.abc import Mapping, Sequence

from measure import Reading, fail
from server import ANSWER, PATIENCE, TEXTS, accept, chat_pieces, read_request

# The program has long digested the role by then and waits for the next piece, as it would for a
# model. It would be an easier test if it were still starting.
SETTLED_SECONDS = 0.3

_BEFORE_TEXT = 2  # pieces: the head and the role


def first_token(listener: socket.socket, command: Sequence[str], variables: Mapping[str, str]) -> Reading:
    """
    Run *command* against *listener* and return the seconds its first token took.

    The clock starts before the proxy's send, so sending is part of the time.
    """
    pieces = chat_pieces()
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
            time.sleep(SETTLED_SECONDS)
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
