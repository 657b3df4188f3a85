"""The completions, as bash, zsh and fish themselves bring them up."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from fake_proxy import FakeProxy, model_info
from litectl.api.path import METHODS
from litectl.app import COMMANDS
from litectl.commands.options import FORMATS
from litectl.output.columns import Column
from litectl.output.doctor import finding_columns
from litectl.output.keys import key_columns
from litectl.output.models import model_columns
from litectl.output.spend import budget_columns, usage_columns
from litectl.profiles.typed import SETTINGS
from litectl.smoke.steps import NEEDS
from program import DEADLINE, Litectl, Program
from shells import COMPLETIONS, SCRIPTS, Shell, Shells, require, script

KEY = "sk-test-key-0001"
MODELS = ["dated@2026", "embed-1", "gpt-5.2", "team:gpt-max", "team:gpt-mini", "vendor/large"]

# A bash on a terminal, where a call of litectl prints its arguments and ends the shell.
BASH_SESSION = """
source "$SCRIPT"
litectl() { printf '<%s>' "$@"; exit; }
PS1='ready '
"""

# A fish on a terminal that does the same once the completion is there.
FISH_SESSION = """
source $SCRIPT
function litectl; printf '<%s>' $argv; exit; end
function fish_prompt; echo 'ready '; end
function fish_greeting; end
"""

# A litectl that writes down how it is called, and prints the file that fits the query.
STAND_IN = """\
#!/bin/sh
cd "$(dirname "$0")" && printf '%s\\n' "$*" >>calls
case "$*" in
    *"mcp show "*) cat arguments ;;
    *"mcp tools "*"--columns server "*) cut -f 2 tools ;;
    *"mcp tools "*"--columns name,server "*) cat tools ;;
    *"models list "*"--mode all "*) cat models ;;
    *"models list "*"--mode embedding "*) cat embedding-models ;;
esac
"""


class Complete(NamedTuple):
    """What a shell offers at the end of a line."""

    shell: str
    shells: Shells

    def __call__(self, line: str) -> list[str]:
        """Return what is offered for the last word of *line*."""
        return OFFERS[self.shell](self.shells, line)


class StandIn(NamedTuple):
    """The litectl of `STAND_IN`, which is at *place*."""

    place: Path

    def tools(self, *tools: tuple[str, str]) -> None:
        """Let these be the tools, each with its server."""
        text = "".join(f"{name}\t{server}\n" for name, server in tools)
        (self.place / "tools").write_text(text)

    def arguments(self, *names: str) -> None:
        """Let these be the arguments of any tool."""
        (self.place / "arguments").write_text("".join(f"{name}\tstring\tits meaning\n" for name in names))

    def models(self, *names: str, embedding: Sequence[str] = ()) -> None:
        """Let these be the models; those that are *embedding* are such."""
        (self.place / "models").write_text("".join(f"{name}\n" for name in (*names, *embedding)))
        (self.place / "embedding-models").write_text("".join(f"{name}\n" for name in embedding))

    def calls(self) -> list[str]:
        """Return the calls so far."""
        calls = self.place / "calls"
        return calls.read_text().splitlines() if calls.exists() else []


def words_for_bash(line: str) -> list[str]:
    """Return *line* as readline breaks it into words."""
    pieces = re.findall(r"[^\s:=@]+|[:=@]+", line)
    return [*pieces, ""] if line.endswith(" ") else pieces


def in_bash(shells: Shells, line: str) -> list[str]:
    """Return what bash offers for the last word of *line*, as whole words."""
    pieces = words_for_bash(line)
    replaced = "" if pieces[-1] in (":", "=") else pieces[-1]
    kept = line.rpartition(" ")[2].removesuffix(replaced)
    # Readline offers each once.
    return sorted({kept + word for word in shells["bash"].answer("offer", line, replaced, *pieces)})


def bash_arguments(line: str) -> str:
    """Return the arguments, each in `<>`, that a call has after TAB was pressed at the end of *line*."""
    require("bash")
    session = Path.home() / "session"
    session.write_text(BASH_SESSION)
    bash = Program(["bash", "--rcfile", str(session), "-i"], {"SCRIPT": script("bash")})
    code, shown = bash.on_terminal(typed=[("ready ", f"{line}\t")])
    assert code == 0, shown
    return "".join(re.findall(r"<[^>]*>", shown))


def zsh_arguments(shells: Shells, line: str) -> str:
    """Return the arguments, each in `<>`, that zsh gives to a call after TAB was pressed."""
    completed, *_ = shells["zsh"].answer("typed", line)
    call = 'setopt no_bang_hist; litectl() printf "<%s>" "$@"; eval $1'
    return subprocess.check_output(["zsh", "-fc", call, "zsh", completed], text=True, timeout=DEADLINE)


def in_zsh(shells: Shells, line: str) -> list[str]:
    """Return what zsh offers for the last word of *line*."""
    return sorted(shells["zsh"].answer("typed", line)[1:])


def in_fish(shells: Shells, line: str) -> list[str]:
    """Return what fish offers for the last word of *line*."""
    return sorted(word.partition("\t")[0] for word in shells["fish"].answer("complete -C", line))


def fish_arguments(line: str) -> str:
    """Return the arguments, each in `<>`, that a call has after TAB was pressed at the end of *line*."""
    require("fish")
    session = Path.home() / "session"
    session.write_text(FISH_SESSION)
    fish = Program(["fish", "--no-config", "-i", "-C", f"source {session}"], {"SCRIPT": script("fish")})
    code, shown = fish.on_terminal(typed=[("ready ", f"{line}\t")])
    assert code == 0, shown
    return "".join(re.findall(r"<[^>]*>", shown))


def generate(place: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run the generator in *place*."""
    command = [sys.executable, str(place / "generate.py"), *options]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=DEADLINE, check=False)


OFFERS = {"bash": in_bash, "zsh": in_zsh, "fish": in_fish}


@pytest.fixture(scope="module")
def shells() -> Iterator[Shells]:
    """Give the shells, which end with the tests of this module."""
    started = Shells()
    yield started
    started.end()


@pytest.fixture(params=OFFERS)
def complete(request: pytest.FixtureRequest, shells: Shells) -> Complete:
    """Give what each shell offers at the end of a line."""
    return Complete(request.param, shells)


@pytest.fixture(params=OFFERS)
def arguments(request: pytest.FixtureRequest, shells: Shells) -> Callable[[str], str]:
    """Give what each shell makes of a line, once TAB was pressed."""
    ways: dict[str, Callable[[str], str]] = {"bash": bash_arguments, "fish": fish_arguments}
    return ways.get(request.param) or partial(zsh_arguments, shells)


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a litectl into PATH that only writes down how it is called; give that file."""
    calls, place = tmp_path / "calls", tmp_path / "recording"
    place.mkdir()
    program = place / "litectl"
    program.write_text(f'#!/bin/sh\necho "$*" >>{calls}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
    return calls


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Put a litectl into PATH that answers from files; it knows the tools `add` and `echo`."""
    place = tmp_path / "stand-in"
    place.mkdir()
    program = place / "litectl"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
    answers = StandIn(place)
    answers.tools(("add", "rig"), ("echo", "rig"), ("add", "spare"))
    answers.arguments("a", "b", "base")
    return answers


@pytest.fixture
def installed(fake: FakeProxy, monkeypatch: pytest.MonkeyPatch) -> FakeProxy:
    """Put the real litectl into PATH, and name the fake proxy in the environment."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("LITECTL_BASE_URL", fake.root)
    monkeypatch.setenv("LITECTL_API_KEY", KEY)
    return fake


@pytest.fixture
def cached(installed: FakeProxy, litectl: Litectl) -> FakeProxy:
    """Put the models of the fake proxy into the cache."""
    modes = {"embed-1": "embedding"}
    installed.on_models(*(model_info(name, mode=modes.get(name, "chat")) for name in MODELS))
    assert litectl("models", "list").code == 0
    return installed


@pytest.fixture
def profiles(installed: FakeProxy, litectl: Litectl) -> list[str]:
    """Store two profiles of the fake proxy."""
    names = ["host:4000", "work"]
    for name in names:
        login = ("login", "--no-verify", "--api-key-file", "-", "--profile", name)
        assert litectl(*login, stdin=KEY.encode()).code == 0
    return names


@pytest.fixture
def hostile(installed: FakeProxy, litectl: Litectl, directory: Path) -> Path:
    """Cache a model whose name is a command for the shell; give the empty directory it would write to."""
    installed.on_models(model_info("bad $(touch pwned)"))
    assert litectl("models", "list").code == 0
    return directory


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to an empty directory."""
    place = tmp_path / "directory"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Give a copy of the generator and its scripts."""
    copy = tmp_path / "completions"
    shutil.copytree(COMPLETIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_the_first_word_is_a_command(complete: Complete) -> None:
    """The first word is one of the commands."""
    assert complete("litectl ") == sorted(COMMANDS)
    assert complete("litectl mo") == ["models"]


@pytest.mark.parametrize("before", ["", "--profile work ", "--base-url=http://localhost:1 ", "-q "])
def test_verbs_follow_their_command(complete: Complete, before: str) -> None:
    """The verbs follow their command, whatever options stand before it."""
    assert complete(f"litectl {before}models ") == ["diff", "export", "list", "refresh", "show", "test"]


def test_nothing_follows_an_unknown_command(complete: Complete) -> None:
    """Nothing follows a word that is no command."""
    assert complete("litectl nonsense ") == []


def test_a_verb_has_its_own_and_the_shared_options(complete: Complete) -> None:
    """After a verb its own options are offered and the shared ones, but no other verb's."""
    offered = set(complete("litectl models list --"))
    assert {"--sort", "--columns", "--reverse", "--profile", "--json", "--no-input", "--help"} <= offered
    assert not {"--version", "--prompt", "--yes"} & offered


@pytest.mark.parametrize("place", ["", "models ", "models list "])
def test_shared_options_are_offered_everywhere(complete: Complete, place: str) -> None:
    """The shared options are offered before a command, before its verb and after it."""
    assert complete(f"litectl {place}--no-i") == ["--no-input"]


def test_an_option_may_follow_an_argument(complete: Complete) -> None:
    """Options are still offered after the argument of a verb."""
    assert complete("litectl profiles remove work --y") == ["--yes"]


def test_a_switch_has_two_sides(complete: Complete) -> None:
    """A switch is offered with its negative."""
    assert complete("litectl ask --stre") == ["--stream"]
    assert complete("litectl ask --no-str") == ["--no-stream"]


def test_formats_are_offered(complete: Complete) -> None:
    """The formats are offered for `--format`, as the next word and after `=`."""
    assert complete("litectl whoami --format ") == sorted(FORMATS)
    assert complete("litectl --format=j") == ["--format=json", "--format=jsonl"]


@pytest.mark.parametrize("option", ["--columns", "--sort"])
def test_columns_are_offered(complete: Complete, option: str) -> None:
    """The columns of the models are offered to be shown and to sort by."""
    columns = sorted(column.name for column in model_columns())
    assert complete(f"litectl models list {option} ") == columns


def test_the_next_column_follows_a_comma(complete: Complete) -> None:
    """After a comma the next column is offered."""
    assert complete("litectl models list --columns mode,na") == ["mode,name"]
    assert complete("litectl models list --columns=mode,na") == ["--columns=mode,name"]


def test_settings_of_a_profile_are_offered(complete: Complete) -> None:
    """The settings of a profile are offered, and the values of one that has only few."""
    assert complete("litectl profiles set ") == sorted(SETTINGS)
    assert complete("litectl profiles set allow_http ") == ["false", "true"]


FREE = ["ask --prompt ", "ask -s ", "ask --timeout ", "ask --base-url ", "smoke --seed ", "embed "]
FREE += ["sandbox start --port ", "models refresh --jitter ", "api -d ", "api -q ", "api -H "]
FREE += ["keys show ", "keys delete "]


@pytest.mark.parametrize("line", FREE)
def test_free_text_is_left_to_the_user(complete: Complete, line: str) -> None:
    """Nothing is offered where only the user knows what to say."""
    assert complete(f"litectl {line}") == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("smoke --mode em", ["embedding"]),
        ("smoke --expect-source ", ["model_group_info", "model_info", "models"]),
        ("smoke --only ", sorted({*NEEDS} - {"source", "required"})),
        ("smoke --skip re", ["reachable", "readiness", "required"]),
        ("spend --by ", ["day", "key", "model", "provider"]),
        ("api -X ", sorted(METHODS)),
        ("api --method=P", ["--method=PATCH", "--method=POST", "--method=PUT"]),
        ("api DEL", ["DELETE"]),
        ("api /v1/mo", ["/v1/models"]),
        ("api -q team=x /key/", ["/key/info", "/key/list"]),
        ("api GET /health/", ["/health/liveliness", "/health/readiness"]),
        ("api GET POST", []),
    ],
)
def test_the_words_of_operations_are_offered(
    complete: Complete, recorded: Path, line: str, words: list[str]
) -> None:
    """Checks, sources, methods and the paths of plain questions are offered; litectl is not run for them."""
    assert complete(f"litectl {line}") == words
    assert not recorded.exists()


@pytest.mark.parametrize(
    ("command", "columns"),
    [
        ("doctor", finding_columns()),
        ("keys list", key_columns()),
        ("spend", [*budget_columns(), *usage_columns("day"), *usage_columns("key")]),
    ],
)
def test_the_columns_of_a_list_are_offered(complete: Complete, command: str, columns: list[Column]) -> None:
    """A list of rows has its columns offered; those of `spend` are those of all its lists."""
    offered = set(complete(f"litectl {command} --columns "))
    assert offered >= {column.name for column in columns}
    assert offered <= {column.name for column in columns} | {"model", "provider"}
    first = f"--columns={columns[0].name},"
    following = {word.removeprefix(first) for word in complete(f"litectl {command} {first}")}
    assert offered - {columns[0].name} <= following <= offered


def test_fixed_words_start_no_program(complete: Complete, recorded: Path) -> None:
    """Completing commands, options and fixed values does not run litectl."""
    for line in ("litectl ", "litectl models ", "litectl ask --", "litectl whoami --format "):
        assert complete(line)
    assert not recorded.exists()


@pytest.mark.parametrize(
    "line", ["ask -m ", "ask --no-stdin --model ", "login -m ", "models show ", "profiles set model "]
)
def test_every_cached_model_is_offered(complete: Complete, cached: FakeProxy, line: str) -> None:
    """The models in the cache, of every mode, are offered where a model is named."""
    assert complete(f"litectl {line}") == MODELS


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("team:", ["team:gpt-max", "team:gpt-mini"]),
        ("team:gpt-mi", ["team:gpt-mini"]),
        ("vendor/", ["vendor/large"]),
        ("dated@", ["dated@2026"]),
        ("none", []),
    ],
)
def test_punctuation_is_part_of_a_name(
    complete: Complete, stand_in: StandIn, typed: str, expected: list[str]
) -> None:
    """A name is completed across colons, slashes and at signs, as the next word and after `=`."""
    stand_in.models(*MODELS)
    assert complete(f"litectl ask -m {typed}") == expected
    assert complete(f"litectl ask --model={typed}") == [f"--model={name}" for name in expected]


CHECKED = ["smoke --models ", "smoke --prompt --require ", "models test ", "models test --tools "]


@pytest.mark.parametrize("line", [*CHECKED, "keys create --models "])
def test_every_model_is_offered_to_be_checked(complete: Complete, stand_in: StandIn, line: str) -> None:
    """The models of every mode are offered to be checked, and for a key, by one query."""
    stand_in.models("gpt", embedding=["embed-1"])
    assert complete(f"litectl {line}") == ["embed-1", "gpt"]
    assert stand_in.calls() == ["models list --offline --mode all --columns name --format tsv"]


@pytest.mark.parametrize("line", ["embed -m ", "embed --lines --model "])
def test_a_model_that_embeds_is_offered(complete: Complete, stand_in: StandIn, line: str) -> None:
    """Only the models that embed are offered where one is to embed."""
    stand_in.models("gpt", embedding=["embed-1"])
    assert complete(f"litectl {line}") == ["embed-1"]
    assert stand_in.calls() == ["models list --offline --mode embedding --columns name --format tsv"]


def test_a_cached_model_that_embeds_is_offered(complete: Complete, cached: FakeProxy) -> None:
    """The models that embed are looked up in the cache, without the network."""
    before = list(cached.requests)
    assert complete("litectl embed -m ") == ["embed-1"]
    assert cached.requests == before


def test_one_model_is_enough_for_a_verb(complete: Complete, cached: FakeProxy) -> None:
    """No second model is offered after the one that a verb takes."""
    assert not set(MODELS) & set(complete("litectl models show vendor/large "))


def test_the_proxy_is_not_asked_for_models(complete: Complete, cached: FakeProxy) -> None:
    """Completing the name of a model sends nothing to the proxy."""
    before = list(cached.requests)
    assert complete("litectl ask -m gpt") == ["gpt-5.2"]
    assert cached.requests == before


def test_an_empty_cache_is_silent(complete: Complete, installed: FakeProxy) -> None:
    """Without a cached list nothing is offered, said or asked."""
    assert complete("litectl ask -m ") == []
    assert installed.requests == []


def test_the_proxy_on_the_line_is_looked_up(complete: Complete, recorded: Path) -> None:
    """The proxy that the line names, by profile or URL, is the one whose models are looked up."""
    given = ("--profile work", "--profile=work", "--base-url http://host:1", "--base-url=http://host:1")
    for options in given:
        complete(f"litectl models {options} show gpt")
    query = "models list --offline --mode all --columns name --format tsv"
    assert recorded.read_text().splitlines() == [f"{options} {query}" for options in given]


@pytest.mark.parametrize("line", ["--profile ", "models list --profile ", "profiles use "])
def test_every_profile_is_offered(complete: Complete, profiles: list[str], line: str) -> None:
    """The stored profiles are offered where one is named."""
    assert complete(f"litectl {line}") == profiles


def test_a_port_is_part_of_a_profile_name(
    complete: Complete, profiles: list[str], installed: FakeProxy
) -> None:
    """A profile called after a host and its port is completed across the colon, without the network."""
    assert complete("litectl profiles remove host:4") == ["host:4000"]
    assert installed.requests == []


def test_two_profiles_can_be_compared(complete: Complete, profiles: list[str]) -> None:
    """The stored profiles are offered for the second of those that are compared, as for the first."""
    assert complete("litectl models diff work ") == profiles


@pytest.mark.parametrize("option", ["-f ", "--file ", "--file=", "--api-key-file "])
def test_a_file_is_completed(complete: Complete, directory: Path, option: str) -> None:
    """A file is completed where one is named."""
    (directory / "question.txt").touch()
    kept = option if option.endswith("=") else ""
    assert complete(f"litectl ask {option}que") == [f"{kept}question.txt"]


def test_no_file_is_offered_for_a_verb(complete: Complete, directory: Path) -> None:
    """A file is not offered where none is wanted."""
    (directory / "question.txt").touch()
    assert complete("litectl models que") == []


@pytest.mark.parametrize("before", ["", "--offline -- "])
def test_the_command_for_the_sandbox_is_completed(complete: Complete, directory: Path, before: str) -> None:
    """The command that runs against the sandbox is completed, then the files it works on."""
    (directory / "question.txt").touch()
    assert "printenv" in complete(f"litectl sandbox run {before}printe")
    assert complete(f"litectl sandbox run {before}cat que") == ["question.txt"]


@pytest.mark.parametrize("line", ["mcp show ", "mcp call ", "mcp --offline call --no-check "])
def test_every_cached_tool_is_offered(complete: Complete, stand_in: StandIn, line: str) -> None:
    """The tools in the cache are offered where one is named, with the server where the name is not alone."""
    assert complete(f"litectl {line}") == ["echo", "rig/add", "spare/add"]
    assert stand_in.calls() == ["mcp tools --offline --columns name,server --format tsv"]


@pytest.mark.parametrize("line", ["mcp show ", "mcp call ", "ask --mcp ", "ask --allow "])
def test_the_tools_of_a_server_follow_its_slash(complete: Complete, stand_in: StandIn, line: str) -> None:
    """A server and a slash are completed with each of its tools."""
    assert complete(f"litectl {line}rig/") == ["rig/add", "rig/echo"]
    assert complete(f"litectl {line}rig/e") == ["rig/echo"]
    assert complete(f"litectl {line}none/") == []
    assert len(stand_in.calls()) == 3


def test_a_slash_may_be_a_part_of_a_name(complete: Complete, stand_in: StandIn) -> None:
    """A tool is offered by its own name, whatever is in it; with `--server` by nothing else."""
    stand_in.tools(("a/b", "a"), ("a/-x", "-b"))
    assert complete("litectl mcp show a/") == ["a/-x", "a/a/b", "a/b"]
    assert complete("litectl mcp show --server a a/") == ["a/-x", "a/b"]


def test_the_arguments_of_a_tool_with_its_server_are_offered(complete: Complete, stand_in: StandIn) -> None:
    """As behind its name alone."""
    assert complete("litectl mcp call rig/add b") == ["b=", "base="]
    assert stand_in.calls() == ["mcp show --offline --format tsv -- rig/add"]


def test_a_file_follows_the_name_of_an_argument(
    complete: Complete, stand_in: StandIn, directory: Path
) -> None:
    """Where an argument is read from a file, behind `@`, one is completed; nothing is looked up."""
    (directory / "question.txt").touch()
    (directory / "other").touch()
    assert complete("litectl mcp call add a@que") == ["a@question.txt"]
    assert complete("litectl mcp call add a@") == ["a@other", "a@question.txt"]
    assert complete("litectl mcp call add a=b@que") == []
    assert stand_in.calls() == []


def test_the_tools_of_the_server_on_the_line_are_offered(complete: Complete, stand_in: StandIn) -> None:
    """Where a server is named the tools of that one are looked up, of the proxy that is named."""
    complete("litectl --profile work mcp show --server=rig ad")
    assert stand_in.calls() == [
        "--profile work mcp tools --offline --columns name,server --format tsv --server=rig"
    ]


@pytest.mark.parametrize("verb", ["tools", "show", "call"])
def test_every_server_is_offered(complete: Complete, stand_in: StandIn, verb: str) -> None:
    """The servers whose tools are in the cache are offered where one is named, each once."""
    assert complete(f"litectl mcp {verb} --server ") == ["rig", "spare"]
    assert complete(f"litectl --base-url=http://host:1 mcp {verb} --server=r") == ["--server=rig"]
    query = "mcp tools --offline --columns server --format tsv"
    assert stand_in.calls() == [query, f"--base-url=http://host:1 {query}"]


@pytest.mark.parametrize("option", ["--mcp", "--allow"])
def test_a_question_takes_tools_and_servers(complete: Complete, stand_in: StandIn, option: str) -> None:
    """Tools and servers are offered together for a question, by one query."""
    assert complete(f"litectl ask {option} ") == ["add", "echo", "rig", "spare"]
    assert stand_in.calls() == ["mcp tools --offline --columns name,server --format tsv"]


def test_the_arguments_of_the_tool_are_offered(complete: Complete, stand_in: StandIn) -> None:
    """After a tool its arguments are offered, but those that are given, whatever stands between."""
    assert complete("litectl mcp call add ") == ["a=", "b=", "base="]
    assert complete("litectl mcp call add b") == ["b=", "base="]
    assert complete("litectl mcp call add a=1 --no-check ") == ["b=", "base="]
    assert complete("litectl mcp call add a=1 b=x=y base= ") == []
    assert complete("litectl mcp call a ") == ["a=", "b=", "base="]


@pytest.mark.parametrize("typed", ["a=", "a=1", "other=x"])
def test_the_value_of_an_argument_is_left_to_the_user(
    complete: Complete, stand_in: StandIn, typed: str
) -> None:
    """Nothing is offered, and nothing looked up, behind the `=` of an argument."""
    assert complete(f"litectl mcp call add {typed}") == []
    assert stand_in.calls() == []


@pytest.mark.parametrize(
    ("line", "query"),
    [
        ("mcp call add ", "mcp show --offline --format tsv -- add"),
        ("mcp call add --server rig a=1 ", "mcp show --offline --format tsv --server rig -- add"),
        ("mcp call --server=rig add ", "mcp show --offline --format tsv --server=rig -- add"),
        ("mcp --profile work call add ", "--profile work mcp show --offline --format tsv -- add"),
        (r"mcp call bad\ \$x ", "mcp show --offline --format tsv -- bad $x"),
        ("""mcp call 'say "so"' """, 'mcp show --offline --format tsv -- say "so"'),
        (r'mcp call "a \"b\" \c" ', r'mcp show --offline --format tsv -- a "b" \c'),
        ("mcp call 'say $(touch pwned)' ", "mcp show --offline --format tsv -- say $(touch pwned)"),
    ],
)
def test_arguments_are_looked_up_by_tool_and_server(
    complete: Complete, stand_in: StandIn, directory: Path, line: str, query: str
) -> None:
    """The tool and the server are looked up as the shell would give them, and nothing in them is run."""
    if complete.shell == "bash":
        bash_arguments(f"litectl {line}")
    else:
        complete(f"litectl {line}")
    assert stand_in.calls() == [query]
    assert list(directory.iterdir()) == []


def test_a_name_with_a_dash_is_no_option(complete: Complete, stand_in: StandIn) -> None:
    """A tool, a server or an argument whose name would be read as an option is not offered."""
    stand_in.tools(("--base-url=http://evil", "-s"), ("add", "rig"))
    stand_in.arguments("--api-key", "a")
    assert complete("litectl mcp call ") == ["add"]
    assert complete("litectl mcp tools --server ") == ["rig"]
    assert complete("litectl ask --mcp ") == ["add", "rig"]
    assert complete("litectl mcp call add ") == ["a="]


def test_an_argument_that_cannot_be_given_is_not_offered(complete: Complete, stand_in: StandIn) -> None:
    """An argument with `=` in its name, where the value would begin, or without a name is not offered."""
    stand_in.arguments("x=y", "", "a")
    assert complete("litectl mcp call add ") == ["a="]


def test_a_tool_without_arguments_offers_none(complete: Complete, stand_in: StandIn, directory: Path) -> None:
    """Where nothing is known of a tool no argument is offered, and no file either."""
    (directory / "question.txt").touch()
    stand_in.arguments()
    assert complete("litectl mcp call unknown ") == []
    assert complete("litectl mcp call unknown qu") == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("skills list --origin ", ["anthropic", "hub", "litellm_proxy"]),
        ("skills delete --origin=h", ["--origin=hub"]),
        ("ask --engine ", ["local", "proxy"]),
        ("skills show ", []),
        ("mcp call add --args ", []),
        ("mcp call add --server-header ", []),
    ],
)
def test_other_words_of_tools_and_skills_start_no_program(
    complete: Complete, stand_in: StandIn, line: str, words: list[str]
) -> None:
    """What has few values is offered, what is free is left to the user; neither runs litectl."""
    assert complete(f"litectl {line}") == words
    assert stand_in.calls() == []


PLACES = ["mcp call add --output-dir ", "skills create ", "skills download --zip ", "smoke --junit "]
PLACES += ["models test gpt --summary ", "doctor --bundle ", "sandbox start --config ", "embed -f "]
PLACES += ["sandbox run --config "]


@pytest.mark.parametrize("line", PLACES)
def test_a_place_on_disk_is_completed(complete: Complete, directory: Path, line: str) -> None:
    """A file or folder is completed where one is named."""
    (directory / "question.txt").touch()
    assert complete(f"litectl {line}que") == ["question.txt"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("-d @que", ["@question.txt"]),
        ("--data=@", ["--data=@other", "--data=@question.txt"]),
        ("-F purpose=batch -F file=@que", ["file=@question.txt"]),
        ("--form file=@none", []),
        ("-d que", []),
        ("-F que", []),
        ("-F mail=me@que", []),
    ],
)
def test_a_file_to_upload_follows_its_mark(
    complete: Complete, directory: Path, typed: str, offered: list[str]
) -> None:
    """A body or a field of a form is completed with a file behind `@`, and with nothing else."""
    (directory / "question.txt").touch()
    (directory / "other").touch()
    assert complete(f"litectl api {typed}") == offered


def test_an_option_may_have_a_value_after_one_command_only(complete: Complete, stand_in: StandIn) -> None:
    """What takes a value for `api` or `ask` is a flag elsewhere, where no word is taken for its value."""
    stand_in.models("gpt")
    assert complete("litectl -q api -q api /v1/mo") == ["/v1/models"]
    assert complete("litectl -q models -q te") == ["test"]
    assert "gpt" not in complete("litectl models test --tools gpt ")
    assert complete("litectl ask --tools te --mod") == ["--model"]


def test_a_name_means_one_option(complete: Complete, shells: Shells) -> None:
    """Where `-q` is not short for `--quiet` it is offered once, as what it is there."""
    offered = complete("litectl api -")
    assert offered.count("-q") == offered.count("--quiet") == offered.count("--query") == 1
    assert "-q" in complete("litectl models list -")
    described = [line for line in shells["fish"].answer("complete -C", "litectl api -") if line[:2] == "-q"]
    assert described == ["-q\tAdd this to the query; can be repeated"]


@pytest.mark.parametrize("name", SCRIPTS.values())
def test_what_all_commands_have_is_described_once(name: str) -> None:
    """A shared option stands in a script once, and so it is when a command has its short name for another."""
    text = (COMPLETIONS / name).read_text()
    assert text.count("Never ask; fail and name the option instead") <= 1
    assert text.count("Only errors on stderr") <= 2


HOSTILE = [
    "bad $(touch pwned)`touch pwned`",
    "bad'; touch pwned; '",
    'bad"; touch pwned; "',
    "bad\\",
    "bad|touch pwned&{x,y}*?[z]~!!#",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_a_tool_is_only_a_name(
    stand_in: StandIn, directory: Path, name: str, arguments: Callable[[str], str]
) -> None:
    """The completed line gives litectl the name of the tool or argument, whatever it means to a shell."""
    stand_in.tools((name, "rig"))
    stand_in.arguments(name)
    assert arguments("litectl mcp call ba") == f"<mcp><call><{name}>"
    assert arguments("litectl mcp call add ba") == f"<mcp><call><add><{name}=>"
    stand_in.tools((name, "rig"), (name, "spare"), ("add", name))
    assert arguments("litectl mcp call ri") == f"<mcp><call><rig/{name}>"
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("typed", ["-d @my", "--form=file=@my"])
def test_a_file_to_upload_is_quoted(directory: Path, arguments: Callable[[str], str], typed: str) -> None:
    """The completed line gives litectl the name of the file, whatever it means to a shell."""
    (directory / "my $(touch pwned)").touch()
    given = "".join(f"<{word}>" for word in typed.split())
    assert arguments(f"litectl api {typed}") == f"<api>{given}".replace("my", "my $(touch pwned)")
    assert len(list(directory.iterdir())) == 1


def test_an_argument_waits_for_its_value(stand_in: StandIn, shells: Shells) -> None:
    """No blank follows the name of an argument, so that its value can be typed."""
    stand_in.arguments("text")
    assert bash_arguments("litectl mcp call add te\thello") == "<mcp><call><add><text=hello>"
    assert fish_arguments("litectl mcp call add te\thello") == "<mcp><call><add><text=hello>"
    assert shells["zsh"].answer("typed", "litectl mcp call add te")[0] == "litectl mcp call add text="


@pytest.mark.parametrize(
    ("typed", "arguments"),
    [
        ("-m team:gpt-mi", "<-m><team:gpt-mini>"),
        ("--model=team:gpt-mi", "<--model=team:gpt-mini>"),
        ('-m "team:gpt-mi', "<-m><team:gpt-mini>"),
        ("-m dated@", "<-m><dated@2026>"),
    ],
)
def test_bash_completes_the_whole_name(cached: FakeProxy, typed: str, arguments: str) -> None:
    """The completed line calls litectl with the whole name, however bash breaks words."""
    assert bash_arguments(f"litectl ask {typed}") == f"<ask>{arguments}"


def test_bash_quotes_a_file_name(directory: Path) -> None:
    """A file name is completed and quoted by bash itself."""
    (directory / "my question.txt").touch()
    assert bash_arguments("litectl ask --file=my") == "<ask><--file=my question.txt>"


def test_bash_does_not_run_the_name_of_a_model(hostile: Path) -> None:
    """Bash completes the name so that running the line does not run the name."""
    assert bash_arguments("litectl ask -m ba") == "<ask><-m><bad $(touch pwned)>"
    assert list(hostile.iterdir()) == []


def test_zsh_quotes_the_name_of_a_model(hostile: Path, shells: Shells) -> None:
    """Zsh completes the name quoted."""
    assert shells["zsh"].answer("typed", "litectl ask -m ba")[0] == r"litectl ask -m bad\ \$\(touch\ pwned\) "
    assert list(hostile.iterdir()) == []


def test_zsh_can_source_the_script() -> None:
    """The script for zsh also works when it is sourced, after `compinit`."""
    zsh = Shell("zsh", installed="sourced")
    assert zsh.answer("typed", "litectl mod")[0] == "litectl models "
    zsh.end()


def test_fish_describes_what_it_offers(shells: Shells) -> None:
    """Fish shows the help of an option beside it."""
    (shown,) = shells["fish"].answer("complete -C", "litectl --no-in")
    assert shown.startswith("--no-input\tNever ask")


def test_the_committed_scripts_are_current() -> None:
    """The committed scripts are those of the commands as they are."""
    done = generate(COMPLETIONS, "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_check_names_a_stale_script(place: Path) -> None:
    """A check names the stale script and the command that mends it, and changes nothing."""
    altered = place / "_litectl"
    altered.write_text("altered")
    done = generate(place, "--check")
    assert done.returncode == 1
    assert "completions/_litectl" in done.stderr
    assert "make generated" in done.stderr
    assert "litectl.bash" not in done.stderr
    assert altered.read_text() == "altered"


def test_a_missing_script_is_written_anew(place: Path) -> None:
    """A missing script is stale, and is written by a run without `--check`."""
    (place / "litectl.fish").unlink()
    assert "completions/litectl.fish" in generate(place, "--check").stderr
    assert generate(place).returncode == 0
    assert generate(place, "--check").returncode == 0
