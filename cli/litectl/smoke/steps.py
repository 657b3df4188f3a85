"""The checks that reach no model: their names, their order, and which of them need which. Pure."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from litectl.errors import UsageError
from litectl.smoke.check import Check

REACHABLE, TLS, READINESS, CREDENTIAL, DISCOVERY = "reachable", "tls", "readiness", "credential", "discovery"
SOURCE, REQUIRED, MCP, SKILLS, MODELS = "source", "required", "mcp", "skills", "models"

# In the order in which they are run, each with the one that has to pass before it.
NEEDS = {
    REACHABLE: None,
    TLS: REACHABLE,
    READINESS: REACHABLE,
    CREDENTIAL: REACHABLE,
    DISCOVERY: CREDENTIAL,
    SOURCE: DISCOVERY,
    REQUIRED: DISCOVERY,
    MCP: CREDENTIAL,
    SKILLS: CREDENTIAL,
    MODELS: DISCOVERY,
}
GATES = (REACHABLE, CREDENTIAL, DISCOVERY, MODELS)
_WHEN_ASKED = (SOURCE, REQUIRED, MODELS)  # by options of their own
_OF_SERVER = f"{MCP} "  # the beginning of the check of one MCP server


class ServerChoice(NamedTuple):
    """Which MCP servers are checked: those of *only*, all where that is empty, and none of *skip*."""

    only: Sequence[str] = ()
    skip: Sequence[str] = ()


def server_choice(only: Collection[str], skip: Collection[str]) -> ServerChoice:
    """Return which servers checks such as `mcp github` name, in *only* and in what to *skip*."""
    return ServerChoice([] if MCP in only else list(_servers(only)), list(_servers(skip)))


def _servers(names: Iterable[str]) -> Iterable[str]:
    return (name.removeprefix(_OF_SERVER).strip() for name in names if name.startswith(_OF_SERVER))


def chosen(only: Collection[str], skip: Collection[str], asked: Collection[str]) -> list[str]:
    """
    Return which checks are run: all, or *only* some, and not those to *skip*.

    *asked* are those that options of their own ask for, which *only* leaves as they are. What a chosen
    check needs is run in any case, and that of one MCP server is that of them all here. Raises
    `UsageError` for an unknown name, and where nothing is left.
    """
    for name in (*only, *skip):
        _require_known(name)
    only = [MCP if name.startswith(_OF_SERVER) else name for name in only]
    wanted = {name for name in NEEDS if name in asked or _is_wanted(name, only)}.difference(skip)
    if not wanted:
        raise UsageError("nothing is left to check", hint="leave `--skip` or `--only` out")
    while missing := {need for name in wanted if (need := NEEDS[name])} - wanted:
        wanted |= missing
    return [name for name in NEEDS if name in wanted]


def planned(names: Sequence[str], required: Sequence[str]) -> list[Check]:
    """Return the checks called *names*; there is one for each of the *required* models."""
    checks: list[Check] = []
    for name in names:
        subjects = required if name == REQUIRED else [None]
        checks += [Check(name, subject, is_gate=name in GATES) for subject in subjects]
    return checks


def _is_wanted(name: str, only: Collection[str]) -> bool:
    if only:
        return name in only and name not in (SOURCE, REQUIRED)
    return name not in _WHEN_ASKED


def _require_known(name: str) -> None:
    if name not in NEEDS and not name.startswith(_OF_SERVER):
        checks = ", ".join(NEEDS)
        raise UsageError(
            f"unknown check: {name}", hint=f"the checks are {checks}, or `mcp NAME` for one server"
        )
