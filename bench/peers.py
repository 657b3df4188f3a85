"""Other programs that do the same jobs: where they come from, and how they are told what to do."""

from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import NamedTuple

from environments import BENCH, make, packages
from installation import KEY
from machine import version_of


class Peer(NamedTuple):
    """
    A program of the package index, or of the machine when it has no *requirements*.

    The *variables* are those of its environment, in which `ROOT` stands for the URL of the proxy.
    """

    name: str
    requirements: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}

    @property
    def folder(self) -> Path:
        """The environment of the peer."""
        return BENCH / ".peers" / self.name

    @property
    def program(self) -> str:
        """The path of the program, which may not be there."""
        return str(self.folder / "bin" / self.name) if self.requirements else which(self.name) or ""

    @property
    def version(self) -> str | None:
        """The version of the peer, None when it is not there."""
        if not self.requirements:
            return version_of(self.name)
        package = self.requirements[0].partition("==")[0].partition("[")[0]
        return f"{package} {packages(self.folder)[package]}" if Path(self.program).exists() else None


CURL = Peer("curl")
# The first with `llm openai endpoint`, which neither wants a configuration nor keeps a log.
LLM = Peer("llm", ("llm==0.36",))
# The last with a program: 2.35 took it away.
OPENAI = Peer("openai", ("openai==2.34.0",), {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "ROOT/v1/"})
# The last; without click, which it imports and does not declare, it does not start.
SGPT = Peer(
    "sgpt",
    ("shell-gpt==1.5.1", "click==8.5.1"),
    {"OPENAI_API_KEY": KEY, "API_BASE_URL": "ROOT/v1", "DEFAULT_MODEL": "bench"},
)
# The version of the proxy whose answers are imitated. It would fetch a list of prices from GitHub.
LITE = Peer(
    "lite",
    ("litellm[proxy]==1.106.2",),
    {
        "LITELLM_PROXY_URL": "ROOT",
        "LITELLM_PROXY_API_KEY": KEY,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    },
)
# Of the line that has `list` and `call` without a server's file.
FASTMCP = Peer("fastmcp", ("fastmcp==4.1.2",))
PEERS = (CURL, LLM, OPENAI, SGPT, LITE, FASTMCP)


def install(peer: Peer) -> str | None:
    """Install *peer* unless it is there; return why it cannot be measured, None when it can."""
    if not peer.requirements:
        return None if peer.program else f"no {peer.name} on this machine"
    return make(peer.folder, peer.requirements, "\n".join(peer.requirements))
