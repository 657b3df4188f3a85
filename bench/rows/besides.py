"""The commands of litectl beside other programs that do the same job at the same proxy."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from comparison import Absent, Bar, Count, Row, Side, compare, process
from environments import variables
from installation import KEY, LITECTL, logged_in
from peers import CURL, FASTMCP, LITE, LLM, OPENAI, PEERS, SGPT, Peer, install
from proxy import answers
from proxy.chat import ANSWER, CHAT
from proxy.server import serve
from proxy.tools import ENDPOINT
from readings import Command, Failed, fail, output, timed
from rows.asks import ASK
from rows.starts import LIST, refresh
from rows.tool_calls import CALL

_MESSAGES = [{"role": "user", "content": "hi"}]
_WHOLE = json.dumps({"model": "bench", "messages": _MESSAGES})
_STREAMED = json.dumps({"model": "bench", "messages": _MESSAGES, "stream": True})
_CURL: Command = ("-sS", "-H", f"Authorization: Bearer {KEY}", "-H", "Content-Type: application/json")


class Way(NamedTuple):
    """How a *peer* does a job: the *name* of what it runs, its arguments, and a part of what it prints."""

    peer: Peer
    name: str
    arguments: Command
    expected: str = ""
    bars: tuple[Bar, ...] = ()


class Job(NamedTuple):
    """What litectl does, and how others do it. `ROOT` stands for the URL of the proxy."""

    name: str
    command: Command
    ways: tuple[Way, ...]


_JOBS = (
    Job("--version", (LITECTL, "--version"), tuple(Way(peer, "--version", ["--version"]) for peer in PEERS)),
    Job("--help", (LITECTL, "--help"), tuple(Way(peer, "--help", ["--help"]) for peer in PEERS)),
    Job(
        "api GET /v1/models",
        (LITECTL, "api", "GET", "/v1/models"),
        (
            Way(CURL, "GET /v1/models", (*_CURL, "ROOT/v1/models"), "model-1999"),
            Way(OPENAI, "api models.list", ("api", "models.list"), "model-1999"),
        ),
    ),
    Job(
        "models list, 2,000 cached",
        LIST,
        (
            Way(
                LLM,
                "openai models",
                ("openai", "endpoint", "ROOT/v1", "--key", KEY, "--models"),
                "model-1999",
            ),
            Way(LITE, "models list", ("models", "list", "--format", "json"), "model-1999"),
        ),
    ),
    Job(
        "ask, short answer",
        ASK,
        (
            Way(CURL, "POST chat", (*_CURL, "-N", "-d", _STREAMED, f"ROOT{CHAT}"), "[DONE]"),
            Way(
                LLM,
                "prompt",
                ("openai", "endpoint", "ROOT/v1", "--key", KEY, "-m", "bench", "hi"),
                ANSWER,
                (Bar(1 / 6),),
            ),
            Way(
                OPENAI,
                "chat --stream",
                ("api", "chat.completions.create", "-m", "bench", "-g", "user", "hi", "--stream"),
                ANSWER,
            ),
            Way(SGPT, "prompt", ("--no-cache", "--no-md", "hi"), ANSWER),
            Way(
                LITE,
                "http request POST",
                ("http", "request", "POST", CHAT, "-j", _WHOLE),
                ANSWER,
                (Bar(1 / 30),),
            ),
        ),
    ),
    Job(
        "mcp tools, cached",
        (LITECTL, "mcp", "tools"),
        (Way(FASTMCP, "list", ("list", f"ROOT{ENDPOINT}", "--json", "--auth", KEY), "tool-19"),),
    ),
    Job(
        "mcp call, list cached",
        CALL,
        (Way(FASTMCP, "call", ("call", f"ROOT{ENDPOINT}", "add", "a=2", "b=3", "--auth", KEY), "5"),),
    ),
)


def rows(home: Path, count: Count) -> list[Row | Absent]:
    """Return the rows of all jobs, those of missing peers among them with the reason."""
    root = serve(answers.large())
    environment = logged_in(home, root)
    refresh(environment)
    missing = {peer.name: install(peer) for peer in PEERS}
    return [
        _row(job, way, environment, root, missing[way.peer.name], count) for job in _JOBS for way in job.ways
    ]


def _row(
    job: Job, way: Way, environment: Mapping[str, str], root: str, missing: str | None, count: Count
) -> Row | Absent:
    name = f"{way.peer.name} {way.name}"
    if missing:
        return Absent(job.name, name, missing)
    own = {key: value.replace("ROOT", root) for key, value in way.peer.variables.items()}
    peer_environment = variables(Path(environment["HOME"]), **own)
    command = (way.peer.program, *(argument.replace("ROOT", root) for argument in way.arguments))
    other = Side(name, lambda: timed(command, peer_environment, may_warn=True))
    try:
        if way.expected not in output(command, peer_environment):
            fail(command, f"does not print {way.expected}", b"")
        return compare(process(job.name, job.command, environment), other, count, *way.bars)
    except Failed as failed:
        return Absent(job.name, name, str(failed).partition("\n")[0])
