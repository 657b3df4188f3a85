"""The same everywhere: what an option means, how its value is called, and how help is written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from command_tree import Verb, every_command
from fake_proxy import FakeProxy, error_answer, json_answer
from litectl.app import COMMANDS
from program import Litectl

REPOSITORY = Path(__file__).parents[1]
EVERY = every_command()
VERBS = [verb for verb in EVERY if not verb.is_group]
GROUPS = [verb for verb in EVERY[1:] if verb.is_group]
SHARED = {option.name for option in EVERY[0].options} - {"help", "version"}


class Meaning(NamedTuple):
    """What an option is: whether it takes a value, more than once, how that is called, and its help."""

    is_flag: bool
    is_repeatable: bool
    metavar: str | None
    help: str


# Options that mean something else in each command, and why.
DIFFERENT = {
    "--alias": "a filter of the list, and the alias that a new key gets",
    "--all": "more than the usual ones: of every proxy, or the disabled ones, too",
    "--file": "what is read, and for `models export` what is written",
    "--github": "the service that reads the report, and the place of a skill",
    "--key-variable": "this login reads it, or the other tool does",
    "--keychain": "a login may also forbid it",
    "--messages": "a conversation that goes on, and one whose tokens are counted",
    "--metadata": "of one request, and of a key",
    "--mode": "`smoke` asks every model that can be asked",
    "--model": "which one is asked, and which one is kept as the default",
    "--models": "a pattern of those that are checked, and names that a key may use",
    "--origin": "where skills come from, and which two can keep a new one",
    "--output-dir": "files of a result go in, and the folder of a skill is made in it",
    "--prompt": "a text, and for `smoke` whether models are asked",
    "--search": "what is searched depends on what is listed",
    "--server": "a filter of a list, and which of the tools with one name",
    "--stdin": "a prompt, and arguments",
    "--stream": "the form of the answer, and for `smoke` a check",
    "--strict": "what else would be a warning is a failure",
    "--team": "the one that logs in, a filter of keys, the owner of a key, a filter of spend",
    "--tools": "a file of tools, and for `smoke` a check",
    "--user": "a filter of keys, the owner of a key, a filter of spend",
    "--version": "of litectl, and of a skill",
}
# How a value is called; one name for one kind.
METAVARS = {
    *("NAME", "MODEL", "TOOL", "SERVER", "TEAM", "ID", "KEY", "PROFILE"),  # which one
    *("PATH", "DIR", "URL", "HEADER", "CMD", "JSON", "TEXT", "TYPE", "SCHEMA", "GLOB"),
    *("N", "NUMBER", "SECONDS", "TIME", "DATE", "DAYS|DATE", "USD", "HEX"),
    *("A,B", "COLUMN", "NAME=VALUE", "KEY=VALUE", "TAG", "OWNER/REPO", "URL PATH"),
    *("FORMAT", "MODE", "ORIGIN", "LEVEL", "METHOD", "SHELL", "SOURCE", "CHECK"),  # one of some words
    *("WHAT", "WHO", "TOOLS"),
}
# What the value of each is, where Typer reads it as a number.
NUMBERS = {"N": "integer", "NUMBER": "float", "SECONDS": "float", "USD": "float"}

# Every command that changes something, and who is asked before: `--yes` answers, or why nobody is.
CHANGING = {
    "profiles remove": "--yes",
    "skills delete": "--yes",
    "skills create": "--yes",
    "keys delete": "--yes",
    "smoke": "--yes",
    "models test": "--yes",
    "completion": "--yes",
    "login": "replaces the login of the profile that it is told to log in",
    "logout": "says itself what it removes, which a login brings back",
    "profiles add": "refuses a name that is there",
    "profiles use": "is taken back by itself",
    "profiles set": "sets what it is told, and can set it back",
    "models refresh": "replaces what can be fetched again",
    "models export": "prints, or with `--write` keeps a copy of the file before",
    "cache clear": "removes what can be fetched again",
    "ask": "its one request is what it is for; `--save` replaces its own file as `>` does",
    "embed": "its requests are what it is for",
    "mcp call": "its one call is what it is for",
    "skills enable": "is taken back by `skills disable`",
    "skills disable": "is taken back by `skills enable`",
    "skills download": "refuses a folder that is there",
    "keys create": "says what is made, and `keys delete` takes it back",
    "doctor": "refuses a report that is there",
    "api": "sends what it is told, as curl does",
    "sandbox install": "says how much it is in its help, and is removed by removing one directory",
}
READING = {
    *("whoami", "token", "env", "profiles list", "profiles show", "models list", "models show"),
    *("models diff", "cache show", "cache path", "cost", "tokens", "mcp servers", "mcp tools", "mcp show"),
    *("skills list", "skills show", "keys list", "keys show", "spend", "sandbox run", "sandbox start"),
    *("version", "help"),
}
LISTS = {
    *("profiles list", "models list", "cache show", "mcp servers", "mcp tools", "skills list"),
    *("keys list", "spend", "doctor"),
}
# Those whose output is no list and no record of fields, and what it is.
NO_FIELDS = {
    "token": "token",
    "env": "lines for a shell",
    "models export": "the configuration of another tool",
    "models test": "a report, whose fields are those of `smoke`",
    "mcp call": "the result as it came",
    "sandbox run": "the output of the command",
    "help": "text",
    "api": "the body as it came",
    "login": "the fields of `profiles show`",
    "logout": "a message",
    "profiles add": "the fields of `profiles show`",
    "profiles use": "the fields of `profiles show`",
    "profiles set": "the fields of `profiles show`",
    "profiles remove": "a message",
}

_BARE_OPTION = re.compile(r"(?<![`\w-])--?[a-zA-Z][a-z-]*(?![\w`])")


def words_of(verb: Verb) -> str:
    """Return what calls *verb*, without the program."""
    return " ".join(verb.path)


def own_options(verb: Verb) -> "list[Any]":
    """Return the options of *verb* but the shared ones, and `--help`, whose text is Typer's."""
    return [option for option in verb.options if option.name != "help" and not is_shared(verb, option)]


def is_shared(verb: Verb, option: Any) -> bool:
    """Tell whether *option* of *verb* is one that every command has; `api` has its own letters."""
    return bool(verb.path) and option.name in SHARED and option.opts[-1] in EVERY[0].names


def prose(verb: Verb) -> str:
    """Return the help of *verb* without its examples."""
    text = verb.command.help or ""
    return re.sub(r"(?m)^ {4,}.*$", "", text.replace("\b", ""))


def unquoted(text: str) -> str:
    """Return *text* without what stands between backticks."""
    return re.sub(r"`[^`]*`", "``", text)


def every_option() -> Iterator[tuple[Verb, Any]]:
    """Give each option with its command, the shared ones with the root."""
    for verb in EVERY:
        for option in own_options(verb):
            yield verb, option


# Options


def test_an_option_means_the_same_in_every_command() -> None:
    """One name has one kind of value and one line of help, but for those that are known to differ."""
    meanings: dict[str, set[Meaning]] = {}
    for _, option in every_option():
        name = next((name for name in option.opts if name.startswith("--")), option.opts[0])
        meaning = Meaning(option.is_flag, option.multiple, option.metavar, option.help)
        meanings.setdefault(name, set()).add(meaning)

    differing = {name for name, found in meanings.items() if len(found) > 1}
    # Some share their name with a shared option, or have another letter only.
    assert differing <= DIFFERENT.keys()
    assert all(len(reason.split()) > 3 for reason in DIFFERENT.values())


def test_every_exception_is_one() -> None:
    """What is said to differ exists, and is there more than once."""
    names = [name for _, option in every_option() for name in option.opts]

    assert {name for name in DIFFERENT if names.count(name) < 2} == set()


def test_every_command_has_the_shared_options() -> None:
    """They mean the same before and after each verb, by being declared once."""
    for verb in EVERY:
        found = {option.name for option in verb.options if option.name in SHARED}
        assert found == SHARED, str(verb)


def test_a_value_is_called_by_its_kind() -> None:
    """There is one word for a path, one for a number, and each number is read as one."""
    for verb, option in every_option():
        if option.is_flag:
            assert option.metavar is None
            continue
        assert option.metavar in METAVARS, (str(verb), option.opts)
        kind = option.type.name.split()[0]
        if kind in ("integer", "float"):
            assert NUMBERS[option.metavar] == kind, (str(verb), option.opts)


@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_arguments_are_called_by_their_kind(verb: Verb) -> None:
    """In capitals, in brackets where they may be left out, with dots where there may be more."""
    for argument in verb.arguments:
        words = re.findall(r"[A-Z=]+", argument.metavar)

        assert words
        kind = r"\[[A-Z]+(\.\.\.)?\] ?|[A-Z]+(=[A-Z]+)?"
        assert re.fullmatch(rf"(-- )?({kind})+(\.\.\.)?( ?[A-Z]+)?", argument.metavar)
        assert argument.help


# Help


@pytest.mark.parametrize("verb", EVERY, ids=str)
def test_a_line_of_help_is_written_one_way(verb: Verb) -> None:
    """It begins with a capital, a quoted word or a value, ends without a stop, and quotes with backticks."""
    for option in own_options(verb):
        require_style(option)


def require_style(option: Any) -> None:
    """Fail unless the line of help of *option* is written as all are."""
    text = option.help

    assert text, option.opts
    assert re.match(r"[A-Z0-9`]|chat, responses", text)
    assert text[-1] not in ".!:;, "
    assert len(text) <= 100
    assert "  " not in text
    assert text.count("`") % 2 == 0
    assert not re.search(r"repeatable|e\.g\.|i\.e\.|[\"“”]", text)
    assert not _BARE_OPTION.search(unquoted(text)), text
    assert option.multiple == ("can be repeated" in text)


@pytest.mark.parametrize("verb", EVERY, ids=str)
def test_the_help_of_a_command_is_written_one_way(verb: Verb) -> None:
    """First what it does, in one line without a stop; then sentences, with options in backticks."""
    first, *rest = (verb.command.help or "").split("\n\n")

    assert re.match(r"[A-Z][a-z]+ ", first)
    assert not first.endswith((".", ":"))
    assert "\n" not in first
    assert first.split()[0] not in ("Prints", "Lists", "Shows", "Returns", "This")
    for paragraph in rest:
        ends = paragraph.rstrip()
        assert ends.endswith((".", ":", "`")) or re.match(r"[\b\s]", paragraph), paragraph
    assert not _BARE_OPTION.search(unquoted(prose(verb))), prose(verb)
    assert prose(verb).count("`") % 2 == 0


def test_the_root_and_a_command_say_the_same() -> None:
    """The line in the list of commands begins with the verb with which the command's own help begins."""
    for verb in (verb for verb in EVERY if len(verb.path) == 1):
        line = COMMANDS[verb.path[0]].help
        own = (verb.command.help or "").split("\n\n")[0]

        assert not line.endswith(".")
        assert line[0].isupper()
        assert own.startswith(line.split(",")[0]) or line.split()[0] in ("Let", own.split()[0]), (line, own)


# Lists


def test_every_list_is_known() -> None:
    """What takes `--columns` is a list, and every list takes it."""
    assert {words_of(verb) for verb in VERBS if "--columns" in verb.names} == LISTS
    assert {words_of(verb) for verb in VERBS if verb.path[-1] == "list"} <= LISTS


@pytest.mark.parametrize("words", sorted(LISTS))
def test_every_list_says_its_columns(words: str) -> None:
    """With every format, and with the names of what can be chosen in its help."""
    verb = next(verb for verb in VERBS if words_of(verb) == words)

    assert {"--format", "--json", "--columns"} <= set(verb.names)
    assert re.search(r"[Cc]olumns and JSON\s+fields|JSON\s+fields", verb.command.help)


@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_every_command_says_its_fields(verb: Verb) -> None:
    """Its help names the JSON fields, or it is known to print something else."""
    says = re.search(r"JSON\s+fields|`--json`|JSON\s+document", verb.command.help)

    assert bool(says) or words_of(verb) in NO_FIELDS


# What is asked before


def test_every_command_is_known_to_change_something_or_nothing() -> None:
    """So nobody adds one that removes, overwrites or bills without a thought of `--yes`."""
    every = {words_of(verb) for verb in VERBS}

    assert CHANGING.keys() | READING == every
    assert not CHANGING.keys() & READING
    assert {words_of(verb) for verb in VERBS if "--yes" in verb.names} == {
        words for words, reason in CHANGING.items() if reason == "--yes"
    }


@pytest.mark.parametrize(
    "words",
    [
        ("profiles", "remove", "lab"),
        ("skills", "delete", "style"),
        ("skills", "create", "--github", "o/r", "--name", "style"),
        ("keys", "delete", "ci"),
    ],
    ids=" ".join,
)
def test_nothing_is_removed_unasked(litectl: Litectl, fake: FakeProxy, words: tuple[str, ...]) -> None:
    """Where nobody can be asked it is exit 2, names `--yes`, and nothing but reads is sent."""
    assert litectl("profiles", "add", "lab", "--base-url", fake.root).code == 0
    key = {"token": "a" * 64, "key_alias": "ci"}
    fake.on("GET", "/key/list", json_answer({"keys": [key], "total_count": 1, "total_pages": 1}))
    fake.on("GET", "/key/info", error_answer(404, "x", "no"))
    skills = [{"id": "1", "name": "style", "source": {"source": "github", "repo": "o/r"}, "enabled": True}]
    fake.on("GET", "/claude-code/plugins", json_answer({"plugins": skills}))
    fake.on("GET", "/v1/skills", json_answer({"data": []}))

    result = litectl(*words)

    assert (result.code, result.out) == (2, ""), result.err
    assert "hint: say `--yes`" in result.err
    assert {request.method for request in fake.requests} <= {"GET"}
