"""
The shell blocks of a page of documentation, and what of their output has to be as it stands there. Pure.

A block is fenced, and its language says how it is run. What a command prints is compared line by line;
`...` alone on a line stands for any number of lines, at the end of one for the rest of it. What differs
from run to run is made equal on both sides by `steady`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

SCREEN, SCRIPT = "console", "sh"
# How others call them: a block that nobody runs would look like one that is.
MISNOMERS = {"bash", "shell", "zsh", "shell-session", "terminal", "session"}
LEFT_OUT = "..."
_FENCE = re.compile(r"(?P<indent> *)```(?P<language>[\w-]*)\s*$")
_NOT_RUN = re.compile(r"\s*<!-- not run: (?P<reason>.+) -->\s*$")
_EXIT = re.compile(r"# exit (\d+)\b")
_PROMPT = "$ "
_CONTINUED = ("\\", "|")
_MORE = "> "

# In this order. A host of the documentation is the proxy of the page.
_VARYING = (
    (re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]"), ""),
    (re.compile(r"https?://([\w-]+\.)*example\.(com|org)"), "http://PROXY"),
    (re.compile(r"(?<![\w@.-])([\w-]+\.)+example\.(com|org)"), "PROXY"),
    (re.compile(r"\b(127\.0\.0\.1|localhost):\d{2,5}"), "PROXY"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "ID"),
    (re.compile(r"\b[0-9a-f]{32,64}\b"), "ID"),
    (re.compile(r"\bsk-\.\.\.[\w-]{4}"), "sk-...KEY"),
    (re.compile(r"\bsk-[\w-]{20,}"), "sk-KEY"),
    (re.compile(r"\b\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z| UTC|[+-]\d\d:\d\d)?"), "TIME"),
    (re.compile(r"\b\d+(\.\d+)? (s|ms|seconds?|minutes?)\b"), "SECONDS"),
    (re.compile(r'("\w*(seconds|first_token|time)": )[\d.]+'), r"\1SECONDS"),
    (re.compile(r"\b1\.106\.\d+\b"), "1.106.x"),
    (re.compile(r" {2,}|\t"), "  "),
)


class Block(NamedTuple):
    """A fenced block: the *language* of *lines*, of which the first is line *number* of the page."""

    language: str
    number: int
    lines: tuple[str, ...]
    not_run: str | None

    @property
    def text(self) -> str:
        """The lines as a file has them."""
        return "".join(f"{line}\n" for line in self.lines)


class Typed(NamedTuple):
    """A command of a screen, and the lines that are seen below it."""

    command: str
    seen: tuple[str, ...]


def blocks_of(page: str) -> Iterator[Block]:
    """Give all fenced blocks of *page*; one that does not end goes to the end of the page."""
    lines = iter(enumerate(page.splitlines(), 1))
    reason = None
    for number, line in lines:
        if fence := _FENCE.match(line):
            yield Block(fence["language"], number + 1, _inside(lines, fence["indent"]), reason)
        if line.strip():
            comment = _NOT_RUN.match(line)
            reason = comment["reason"] if comment else None


def _inside(lines: Iterator[tuple[int, str]], indent: str) -> tuple[str, ...]:
    found = []
    for _, line in lines:
        if line.strip() == "```":
            break
        found.append(line.removeprefix(indent))
    return tuple(found)


def typed_in(block: Block) -> list[Typed]:
    """Return the commands of a screen; raises `ValueError` when it does not begin with one."""
    found: list[tuple[list[str], list[str]]] = []
    for line in block.lines:
        if line.startswith(_PROMPT):
            found.append(([line.removeprefix(_PROMPT)], []))
        elif not found:
            raise ValueError(f"it begins with no command but with {line!r}")
        elif line.startswith(_MORE) and not found[-1][1] and found[-1][0][-1].endswith(_CONTINUED):
            found[-1][0].append(line.removeprefix(_MORE))
        else:
            found[-1][1].append(line)
    return [Typed("\n".join(command), tuple(seen)) for command, seen in found]


def exits_of(block: Block) -> dict[int, int]:
    """Return the exit codes that lines of a script state, as `# exit 7`, by place of the line from 1."""
    stated = ((place, _EXIT.search(line)) for place, line in enumerate(block.lines, 1))
    return {place: int(found[1]) for place, found in stated if found}


def steady(text: str, places: Mapping[str, str]) -> list[str]:
    """
    Return the lines of *text* with what differs from run to run made equal.

    *places* are paths of this run, and what the documentation calls them.
    """
    for path, name in places.items():
        text = text.replace(path, name)
    for pattern, name in _VARYING:
        text = pattern.sub(name, text)
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def is_as_shown(shown: Sequence[str], seen: Sequence[str]) -> bool:
    """Tell whether the lines that were *seen* are those that are *shown*."""
    if not shown:
        return not seen
    first, *others = shown
    if first.strip() == LEFT_OUT:
        return any(is_as_shown(others, seen[skipped:]) for skipped in range(len(seen) + 1))
    return bool(seen) and _fits(first, seen[0]) and is_as_shown(others, seen[1:])


def _fits(shown: str, seen: str) -> bool:
    if shown.endswith(f" {LEFT_OUT}"):
        return seen.startswith(shown.removesuffix(LEFT_OUT).rstrip())
    return shown == seen
