"""Every message in the sources: errors have hints, what hints name exists, and all have one style."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import typer

import litectl.credentials.keychain
import litectl.doctor.credential
import litectl.storage.files
import litectl.storage.paths  # noqa: F401  # these define errors of their own
from command_tree import Verb, every_command
from litectl.errors import LitectlError

SOURCES = Path(__file__).parents[1] / "cli/litectl"
EVERY = {verb.path: verb for verb in every_command()}
SAID = {"note", "warn", "say", "trace", "progress", "waiting", "confirm"}
HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for a value

# Errors without a hint, and why nobody needs one.
NO_HINT = {
    "Interrupted": "whoever stopped it knows",
    "Terminated": "whoever stopped it knows",
}
# What a message may begin with besides a small letter, a digit, a quoted word or a value.
NAMES = ("Anthropic", "Google", "MCP servers", "OpenAI", "SKILL.md", "LITELLM_", "HTTP", "API key")
# What no message says, and what it says instead.
SHUNNED = {
    r"\b(could not|unable to|failed to|can't|won't|don't|doesn't|isn't)\b": "cannot, does not, is not",
    r"\b(please|sorry|oops|whoops|successfully)\b": "nothing",
    r"\b(invalid|illegal|bad)\b": "what is wrong with it",
    r"(?<!\bthere )(?<!\bbut )\b(is|are) no (?!longer|part of)": "is not a",
    r"\b(e\.g|i\.e|etc)\.": "such as",
    r"\bMB\b(?<!740 MB)|\bkB\b": "MiB, KiB",
    r"(?<!\w)'[^']*'(?!\w)": "backticks around what is named",
}


class Message(NamedTuple):
    """What a call in the sources says: where it is, what is called, its text, and its hint."""

    place: str
    call: str
    text: str
    hint: str | None


def errors() -> dict[str, type[LitectlError]]:
    """Return every class of error by its name."""
    found: dict[str, type[LitectlError]] = {}
    classes: list[type[LitectlError]] = [LitectlError]
    while classes:
        error = classes.pop()
        found[error.__name__] = error
        classes += error.__subclasses__()
    return found


ERRORS = errors()


@cache
def trees() -> list[tuple[Path, ast.Module]]:
    """Return every source file, parsed."""
    return [(path, ast.parse(path.read_text())) for path in sorted(SOURCES.rglob("*.py"))]


def text_of(node: ast.AST | None, constants: dict[str, str]) -> str:
    """Return the text that *node* makes, with holes for what is only known when it runs."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part, constants) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return text_of(node.value, constants)
    if isinstance(node, ast.Name):
        return constants.get(node.id, HOLE)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text_of(node.left, constants) + text_of(node.right, constants)
    return HOLE


def constants_of(tree: ast.Module) -> dict[str, str]:
    """Return the texts that the module *tree* has names for."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = text_of(node.value, found)
            if text != HOLE and isinstance(node.value, ast.Constant | ast.JoinedStr | ast.BinOp):
                found[node.targets[0].id] = text
    return found


def messages() -> Iterator[Message]:
    """Give every error that is made, and everything that is said to the person at the terminal."""
    for path, tree in trees():
        constants = constants_of(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            if (name in ERRORS or name in SAID or name == "BadParameter") and node.args:
                hints = [word.value for word in node.keywords if word.arg == "hint"]
                is_none = bool(hints) and isinstance(hints[0], ast.Constant) and hints[0].value is None
                hint = text_of(hints[0], constants) if hints and not is_none else None
                place = f"{path.relative_to(SOURCES)}:{node.lineno}"
                yield Message(place, name, text_of(node.args[0], constants), hint)


MESSAGES = list(messages())


def unquoted(text: str) -> str:
    """Return *text* without what stands between backticks."""
    return re.sub(r"`[^`]*`", "``", text)


# Hints


def test_every_error_has_a_hint() -> None:
    """What to run or change is said where the error is made, or by its class."""
    lacking = [
        f"{said.place} {said.call}: {said.text}"
        for said in MESSAGES
        if said.call in ERRORS and said.hint is None and ERRORS[said.call].hint is None
    ]

    assert [line for line in lacking if line.split()[1].rstrip(":") not in NO_HINT] == []


def test_the_messages_are_found() -> None:
    """They are hundreds; a walk that finds none would find nothing wrong."""
    assert len([said for said in MESSAGES if said.call in ERRORS]) > 500
    assert len([said for said in MESSAGES if said.call in SAID]) > 100


def literals() -> Iterator[tuple[str, str]]:
    """Give every text of the sources with its place; a text with values in it has holes."""
    for path, tree in trees():
        constants = constants_of(tree)
        joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
        inner = {id(part) for node in joined for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and id(node) not in inner):
                text = text_of(node, constants)
                if "`" in text:
                    yield f"{path.relative_to(SOURCES)}:{node.lineno}", text


def spans() -> list[tuple[str, str]]:
    """Return what stands between backticks in the sources, with its place."""
    return [
        (place, span)
        for place, text in literals()
        for span in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", " ".join(text.split()))
    ]


NAMED_COMMANDS = [(place, span) for place, span in spans() if span.startswith("litectl ")]


def verb_of(words: list[str]) -> tuple[Verb, list[str]]:
    """Return the command that *words* call, and the rest of them."""
    path: tuple[str, ...] = ()
    while words and (*path, words[0]) in EVERY:
        path = (*path, words[0])
        words = words[1:]
    return EVERY[path], words


@pytest.mark.parametrize(("place", "span"), NAMED_COMMANDS)
def test_a_command_that_is_named_exists(place: str, span: str) -> None:
    """Its verb, its options and the number of its arguments are read by the real parser."""
    # What is filled in right behind a word are more words.
    said = re.sub(rf"(?<=\w){HOLE}", "", span).replace(HOLE, "x")
    alone = re.split(r" [>|] ", said)[0].replace(" ... ", " ").removesuffix(" ...")
    words = shlex.split(alone.removeprefix("litectl "))
    verb, rest = verb_of(words)
    if verb.is_group:
        # A group alone is spoken of, and one whose verb is only known when it runs.
        assert rest in ([], ["x"], ["--help"], ["--version"], ["COMMAND", "--help"]), place
        return
    context = typer.Context(verb.command, allow_extra_args=True)
    if verb.path == ("sandbox", "run"):
        rest = rest[: rest.index("--")] if "--" in rest else rest
    _, left, _ = verb.command.make_parser(context).parse_args(args=rest)
    takes_many = any(argument.nargs != 1 for argument in verb.arguments)

    assert takes_many or len(left) <= len(verb.arguments), place


def metavars() -> dict[str, set[str]]:
    """Return how the value of each option is called; nothing for a flag."""
    found: dict[str, set[str]] = {}
    for verb in EVERY.values():
        for option in verb.options:
            for name in (*option.opts, *option.secondary_opts):
                found.setdefault(name, set()).add(option.metavar or "")
    return found


METAVARS = metavars()
FOREIGN = ("exports", "commands/misnomers.py")  # what speaks of other programs


@pytest.mark.parametrize(
    ("place", "span"),
    [found for found in spans() if re.match(r"--?[a-zA-Z]", found[1]) and not found[0].startswith(FOREIGN)],
)
def test_an_option_that_is_named_exists(place: str, span: str) -> None:
    """And its value is called as in its help."""
    option, *more = span.replace("=", " ").split()
    if HOLE in option or option in ("-h", "-P"):  # the second is Python's
        return

    assert option in METAVARS, place
    if more and re.fullmatch(r"[A-Z]+", more[0]):
        assert (
            more[0] in METAVARS[option] | {"NAME"} or option == "--bundle"
        )  # which also has its path behind an equals sign, place


# Style


def test_every_message_is_written_in_one_style() -> None:
    """As `docs/reference/messages.md` says: small, without a stop, with options and paths in backticks."""
    flaws = [
        f"{said.place} {said.call}: {flaw}: {text}"
        for said in MESSAGES
        for text in (said.text, said.hint or "")
        if text and not set(text) <= {HOLE}
        for flaw in flaws_of(text)
    ]

    assert flaws == []


def flaws_of(text: str) -> Iterator[str]:
    """Give what is wrong with the style of *text*."""
    first = text.split("\n", maxsplit=1)[0]
    bare = unquoted(first)
    if not re.match(rf"[a-z0-9`${HOLE}(]|-- |/", first) and not first.startswith(NAMES):
        yield "begins with a capital"
    if re.search(r"[.!,;]$|\.\.\.$", first) or "!" in bare:
        yield "ends with a stop"
    if first.count("`") % 2:
        yield "an odd number of backticks"
    if re.search(r"(?<![\w`-])--[a-z]|\blitectl (ask|login|models|profiles) ", bare):
        yield "an option or a command without backticks"
    is_row = first.startswith(f"{HOLE}  ")
    if ("  " in first and not is_row) or first != first.strip():
        yield "blanks"
    for pattern, instead in SHUNNED.items():
        if found := re.search(pattern, bare):
            yield f"`{found[0]}`; say {instead}"
