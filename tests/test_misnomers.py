"""What is typed by who knows other programs: what is meant is named, and nothing is asked of anybody."""

import re
from collections.abc import Iterator

import pytest

from command_tree import Verb, every_command
from fake_proxy import FakeProxy
from litectl.commands import misnomers, unknown
from program import Litectl

VERBS = {str(verb): verb for verb in every_command()}
CODE = re.compile(r"`([^`]+)`")
OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][a-z-]*")
ASK = 'litectl ask -m MODEL -p "..."'


def hints() -> Iterator[tuple[str, str]]:
    """Give each hint of the tables with the command it is about."""
    for tables in (misnomers._HINTS, unknown._MEANT):
        yield from {(path, hint) for path, table in tables.items() for hint in table.values()}
    yield from misnomers._OTHERWISE.items()


def called(words: list[str]) -> Verb:
    """Return the command that *words* call, the program in front."""
    path = [words[0]]
    for word in words[1:]:
        if " ".join([*path, word]) not in VERBS:
            break
        path.append(word)
    return VERBS[" ".join(path)]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("name three rivers", ASK),
        ("chat", ASK),
        ("-m|gpt-5.2|-p|Hi", ASK),
        ("ask|Hi", ASK),
        ("auth|status", "`litectl whoami`"),
        ("config|set|base_url|x", "`litectl profiles set KEY=VALUE`"),
        ("logs", "`litectl ask --save PATH`"),
        ("keys|set", "`litectl login --api-key-file PATH`"),
        ("tools", "`litectl mcp tools`"),
        ("models|ls", "did you mean `list`?"),
        ("models|describe|gpt-5.2", "did you mean `show`?"),
        ("profiles|rm|x", "did you mean `remove`?"),
        ("cache|purge", "did you mean `clear`?"),
        ("mcp|run", "did you mean `call`?"),
        ("modles", "did you mean `models`?"),
        ("h", "did you mean `help`?"),
        ("xyzzy", "see `litectl --help`"),
        ("skills|xyzzy", "see `litectl skills --help`"),
        ("help|auth", "`litectl whoami`"),
        ("help|models|get", "did you mean `show`?"),
        ("help|ls", "`litectl models list`"),
        ("ask|-o|temperature|0.2|-p|Hi", "`--param NAME=VALUE`"),
        ("ask|-a|photo.png", "`-f PATH`"),
        ("ask|--temp|0.2", "did you mean `--temperature`"),
        ("ask|--key|sk-1", "`--api-key-file PATH`"),
        ("ask|--insecure", "`--ca-bundle PATH`"),
        ("login|--url|http://localhost", "`--base-url URL`"),
        ("login|http://localhost", "`--base-url URL`"),
        ("login|--with-token", "`--api-key-file -`"),
        ("models|list|-q|claude", "`--search TEXT`"),
        ("models|list|--limit|5", "`| head -n 5`"),
        ("models|list|-o|json", "`--format FORMAT`"),
        ("models|list|--no-color", "NO_COLOR=1"),
        ("models|list|name,mode", "`--columns A,B`"),
        ("mcp|call|--tool|echo", "`litectl mcp call TOOL KEY=VALUE`"),
        ("completion|-s|bash", "`litectl completion bash`"),
        ("smoke|--parallel|4", "`--concurrency N`"),
        ("mcp|call|echo|--text|Hi", "KEY=VALUE"),
        # Options that only some commands have are named by those alone.
        ("ask|--limit|5", "see `litectl ask --help`"),
        ("ask|--force", "see `litectl ask --help`"),
        ("models|list|--force", "see `litectl models list --help`"),
        # One that is there and lacks its value is no misnomer.
        ("ask|--prompt", "see `litectl ask --help`"),
    ],
)
def test_what_is_meant_is_named(litectl: Litectl, fake: FakeProxy, words: str, hint: str) -> None:
    """A guess is an error of two lines that says what it is called here, and nothing is sent."""
    result = litectl(*words.split("|"))

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert result.err.count("\n") == 2
    assert hint in result.err.partition("\nhint: ")[2]


@pytest.mark.parametrize(
    ("words", "wrong", "right"),
    [
        ("ask -model gpt-5.2 -p Hi", "-model", "--model"),
        ("ask -model=gpt-5.2 -p Hi", "-model", "--model"),
        ("ask -m gpt-5.2 -prompt=Hi", "-prompt", "--prompt"),
        ("ask -m gpt-5.2 -p Hi -stream", "-stream", "--stream"),
        ("ask -m=gpt-5.2 -p Hi", "-m=", "-m VALUE"),
        ("ask -m gpt-5.2 -p=Hi", "-p=", "-p VALUE"),
        ("api /v1/models -X=POST", "-X=", "-X VALUE"),
        ("api /v1/models -query page=2", "-query", "--query"),
    ],
)
def test_one_dash_makes_no_other_value(
    litectl: Litectl, fake: FakeProxy, words: str, wrong: str, right: str
) -> None:
    """`-prompt` is not the prompt `rompt`, and `-m=NAME` not a model whose name begins with `=`."""
    result = litectl(*words.split())

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert result.err == f"error: `{wrong}` is not an option\nhint: say `{right}`\n"


@pytest.mark.parametrize(
    "words",
    [("-mgpt-5.2", "-p", "-model"), ("-m", "gpt-5.2", "-p", "-p=1"), ("-qm", "gpt-5.2", "-s=", "-p", "x")][
        :2
    ],
)
def test_a_value_may_look_like_an_option(litectl: Litectl, fake: FakeProxy, words: tuple[str, ...]) -> None:
    """What stands behind an option that takes a value is that value, whatever it looks like."""
    result = litectl("ask", *words, "--dry-run")

    assert result.code == 0
    assert f'"content": "{words[-1]}"' in result.out
    assert fake.requests == []


def test_words_behind_a_prompt_are_no_part_of_it(litectl: Litectl, fake: FakeProxy) -> None:
    """A prompt without quotation marks is not cut at its first word."""
    result = litectl("ask", "-m", "gpt-5.2", "-p", "name", "three", "rivers")

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert 'hint: put the whole prompt between quotation marks: `-p "..."`' in result.err


@pytest.mark.parametrize(("path", "hint"), sorted(hints()))
def test_a_hint_names_what_there_is(path: str, hint: str) -> None:
    """Each command and option in backticks is one of litectl."""
    assert path in VERBS
    for code in CODE.findall(hint):
        words = code.partition("|")[0].partition(" -- ")[0].split()
        if not words or not (words[0] == "litectl" or words[0].startswith("-")):
            continue
        verb = called(words) if words[0] == "litectl" else VERBS[path]
        assert words[0] != "litectl" or verb.path, code
        assert {*OPTION.findall(" ".join(words))} <= {*verb.names}, code


@pytest.mark.parametrize("path", sorted({*misnomers._HINTS, *unknown._MEANT}))
def test_what_there_is_needs_no_hint(path: str) -> None:
    """No line of the tables stands for an option or command that is there; `-q` of `api` is another there."""
    verb = VERBS[path]
    below = verb.command.list_commands(None) if verb.is_group else []
    typed = {*misnomers._HINTS.get(path, {})} - {"--max-cost", "-q"}

    assert not typed & {*verb.names}
    assert not {*unknown._MEANT.get(path, {})} & {*below}
