"""Bash, zsh and fish with the completion of litectl: each is one process, which answers many questions."""

import os
import pty
import select
import shlex
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from program import DEADLINE, TAKE_TERMINAL

COMPLETIONS = Path(__file__).resolve().parents[1] / "completions"
SCRIPTS = {"bash": "litectl.bash", "zsh": "_litectl", "fish": "litectl.fish"}
# What a test may change; a question brings them along.
_VARIABLES = ("HOME", "PATH", "LITECTL_BASE_URL", "LITECTL_API_KEY")
_END = "end of the answer"

# What readline does: it sets these variables, and completes files when the function wants its default.
_BASH = """
source "$SCRIPT"
compopt() { wanted=$2; }
offer() {
    COMP_LINE=$1 COMP_POINT=${#1} REPLACED=$2; shift 2
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _litectl litectl "$REPLACED" "${COMP_WORDS[COMP_CWORD-1]}"
    if [[ ${#COMPREPLY[@]} == 0 && $wanted == default ]]; then compgen -f -- "$REPLACED"; fi
    printf '%s\\n' "${COMPREPLY[@]}"
}
while read -r question; do
    (source "$question") </dev/null 2>&1
    echo "$END"
done
"""

_FISH = """
source $SCRIPT
while read question
    source $question </dev/null 2>&1
    echo $END
end
"""

# On a terminal: presses TAB once in each line, and reports the line and what was offered.
_ZSH = """
autoload -Uz compinit
[[ $INSTALLED == fpath ]] && fpath=(${SCRIPT:h} $fpath)
compinit -D -u
[[ $INSTALLED == sourced ]] && source $SCRIPT
setopt no_auto_list
compadd() {
    local -a matching
    # With one of these three it answers a function and offers nothing.
    if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\\ * ]]; then
        builtin compadd -O matching "$@"
        offered+=($IPREFIX$^matching)
    fi
    builtin compadd "$@"
}
typed() { BUFFER=$1; }
zle-line-init() {
    local question
    read -r -u $QUESTIONS question || exit
    offered=()
    source $question
    CURSOR=$#BUFFER
    zle complete-word
    print -rl -- $BUFFER $offered $END
    BUFFER=
    zle accept-line
}
zle -N zle-line-init
"""
_COMMANDS = {
    "bash": ["bash", "--norc", "-c", _BASH],
    "zsh": [*TAKE_TERMINAL, "zsh", "-d", "-i"],
    "fish": ["fish", "--no-config", "-c", _FISH],
}


def script(shell: str) -> str:
    """Return the path of the script for *shell*."""
    return str(COMPLETIONS / SCRIPTS[shell])


def require(shell: str) -> None:
    """Skip the test where *shell* is not installed."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")


class Shell:
    """
    A shell with the completion, which runs what a test wants to know of it.

    It runs that in the directory and with the variables of the test that asks. A zsh is on a terminal, and
    has the script *installed* in `fpath`, or `sourced`.
    """

    def __init__(self, name: str, installed: str = "fpath") -> None:
        require(name)
        self._quoted = _quoted_for_fish if name == "fish" else shlex.quote
        self._place = Path(tempfile.mkdtemp())
        (self._place / ".zshrc").write_text(_ZSH)
        self._screen, screen = pty.openpty()
        os.set_blocking(self._screen, False)
        questions, self._questions = os.pipe()
        self._answers, answers = os.pipe()
        variables = {"SCRIPT": script(name), "END": _END, "INSTALLED": installed}
        variables |= {"QUESTIONS": str(questions), "ZDOTDIR": str(self._place)}
        self._process = subprocess.Popen(
            _COMMANDS[name],
            stdin=screen if name == "zsh" else questions,
            stdout=answers,
            stderr=answers,
            env={**os.environ, **variables},
            pass_fds=[questions],
            start_new_session=True,
        )
        for descriptor in (screen, questions, answers):
            os.close(descriptor)

    def answer(self, *words: str) -> list[str]:
        """Run the command of *words*, of which the first is taken as it is; return the lines it prints."""
        variables = " ".join(f"{name}={self._quoted(os.environ.get(name, ''))}" for name in _VARIABLES)
        command = " ".join([words[0], *map(self._quoted, words[1:])])
        question = self._place / "question"
        question.write_text(f"cd {self._quoted(str(Path.cwd()))}\nexport {variables}\n{command}\n")
        os.write(self._questions, f"{question}\n".encode())
        lines = self._read().decode().splitlines()
        assert lines[-1:] == [_END], lines
        return [line for line in lines[:-1] if line]

    def _read(self) -> bytes:
        """Return what comes up to the end of an answer, or of the shell."""
        found = b""
        while not found.endswith(f"{_END}\n".encode()):
            is_ready = bool(select.select([self._answers], [], [], DEADLINE)[0])
            assert is_ready, found
            piece = os.read(self._answers, 65536)
            if not piece:
                break
            found += piece
        with suppress(OSError):  # a terminal that nobody reads fills up
            while os.read(self._screen, 65536):
                pass
        return found

    def end(self) -> None:
        """End the shell."""
        self._process.kill()
        self._process.wait()
        for descriptor in (self._screen, self._questions, self._answers):
            os.close(descriptor)
        shutil.rmtree(self._place)


def _quoted_for_fish(text: str) -> str:
    return shlex.quote(text.replace("\\", "\\\\"))


class Shells:
    """The three shells, each started when it is first asked."""

    def __init__(self) -> None:
        self._running: dict[str, Shell] = {}

    def __getitem__(self, name: str) -> Shell:
        """The shell called *name*."""
        if name not in self._running:
            self._running[name] = Shell(name)
        return self._running[name]

    def end(self) -> None:
        """End those that were started."""
        while self._running:
            self._running.popitem()[1].end()
