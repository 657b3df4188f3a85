"""The completions as a user has them: installed by litectl, and found by a new bash, zsh or fish."""

import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from program import Litectl, Program
from shells import require
from stand_in import StandIn

BASH_COMPLETION = Path("/usr/share/bash-completion/bash_completion")
# In each a call of litectl prints its arguments and ends the shell.
BASH = """
. /usr/share/bash-completion/bash_completion
litectl() { printf '<%s>' "$@"; exit; }
PS1='ready '
"""
PLAIN_BASH = """
litectl() { printf '<%s>' "$@"; exit; }
PS1='ready '
"""
ZSH = """
setopt no_bang_hist
litectl() { printf '<%s>' "$@"; exit }
PS1='ready '
"""
FISH = """
function litectl; printf '<%s>' $argv; exit; end
function fish_prompt; echo 'ready '; end
function fish_greeting; end
"""
SESSIONS = {"bash": (".bashrc", BASH), "zsh": (".zshrc", ZSH), "fish": (".config/fish/config.fish", FISH)}
ODD = "bad $(touch pwned) 'n\" *"


class Session(NamedTuple):
    """A *shell* that finds the completion in the home by itself."""

    shell: str

    def __call__(self, line: str) -> str:
        """Return the arguments, each in `<>`, of a call after TAB was pressed at the end of *line*."""
        started = Program([self.shell, "-i"], {"LC_ALL": "C.UTF-8"})
        code, shown = started.on_terminal(typed=[("ready ", f"{line}\t")])
        assert code == 0, shown
        return "".join(re.findall(r"<[^>]*>", shown))


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Put a litectl into PATH that answers from files."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'stand-in'}:{os.environ['PATH']}")
    return StandIn.at(tmp_path / "stand-in")


@pytest.fixture(params=SESSIONS)
def session(request: pytest.FixtureRequest, litectl: Litectl, stand_in: StandIn) -> Session:
    """Give a shell where `litectl completion SHELL --install` was said, and done what it asked for."""
    shell = request.param
    require(shell)
    if shell == "bash" and not BASH_COMPLETION.is_file():
        pytest.skip("the package bash-completion is not installed")
    name, text = SESSIONS[shell]
    done = litectl("completion", shell, "--install", "--json")
    assert done.code == 0
    startup = Path.home() / name
    startup.parent.mkdir(parents=True, exist_ok=True)
    startup.write_text("\n".join(filter(None, [done.json["line"], text])))
    return Session(shell)


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("mod", "<models>"),
        ("--quiet -v models li", "<--quiet><-v><models><list>"),
        ("models list --rev", "<models><list><--reverse>"),
        ("whoami --format ta", "<whoami><--format><table>"),
        ("whoami --format=ta", "<whoami><--format=table>"),
        ("models list --columns name,prov", "<models><list><--columns><name,providers>"),
        ("completion po", "<completion><powershell>"),
    ],
)
def test_what_is_fixed_is_completed_without_litectl(
    session: Session, stand_in: StandIn, line: str, arguments: str
) -> None:
    """Verbs, options and their values are completed at once: no litectl is started, so no Python."""
    assert session(f"litectl {line}") == arguments
    assert stand_in.calls() == []


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("ask -m team:gpt-mi", "<ask><-m><team:gpt-mini>"),
        ("ask --model=team:gpt-mi", "<ask><--model=team:gpt-mini>"),
        ("ask --stream -p hi -m vendor/l", "<ask><--stream><-p><hi><-m><vendor/large>"),
        ('ask -m "team:gpt-mi', "<ask><-m><team:gpt-mini>"),
        ("ask -m 'vendor/l", "<ask><-m><vendor/large>"),
        ("models show dated@", "<models><show><dated@2026>"),
        ("ask -m ba", f"<ask><-m><{ODD}>"),
        ("mcp call rig/e", "<mcp><call><rig/echo>"),
        ("ask --skill My", "<ask><--skill><My Skill>"),
        ("--profile wo", "<--profile><work>"),
    ],
)
def test_a_name_is_completed(session: Session, stand_in: StandIn, line: str, arguments: str) -> None:
    """A name from what is kept is completed as one word, by one query that stays offline."""
    stand_in.models("team:gpt-max", "team:gpt-mini", "vendor/large", "dated@2026", ODD)
    stand_in.profiles("work", "other")
    stand_in.skills("books", "My Skill")
    assert session(f"litectl {line}") == arguments
    (call,) = stand_in.calls()
    assert "--offline" in call or call.startswith("profiles list ")
    assert not (stand_in.place / "pwned").exists()


def test_bash_alone_loads_the_line_it_is_told(litectl: Litectl, stand_in: StandIn, tmp_path: Path) -> None:
    """Where there is no bash-completion, a line in the start-up file does it; here the system has none."""
    from litectl.completion.places import Places, homes_of
    from litectl.completion.shells import SHELLS
    from litectl.environment import Environment

    assert litectl("completion", "bash", "--install").code == 0
    missing = Places(SHELLS["bash"], homes_of(Path.home(), Environment({})), tmp_path).missing()
    assert missing is not None
    missing.startup.write_text(f"{missing.line}\n{PLAIN_BASH}")
    assert Session("bash")("litectl mod") == "<models>"
