"""The conventions of `docs/reference/conventions.md`: its tests exist, and what holds for every command."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from command_tree import Verb, every_command
from fake_proxy import FakeProxy, chat_answer, error_answer, json_answer, model_info
from litectl.errors import ExitCode
from program import Litectl, Program

REPOSITORY = Path(__file__).parents[1]
PAGE = REPOSITORY / "docs/reference/conventions.md"
_ITEM = re.compile(r"^(\d+)\. (.+) \[(.+)\]\n +\* (held|refused): ((?:.+\n)(?: {5,}.+\n)*)", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ITEMS = [match.groups() for match in _ITEM.finditer(PAGE.read_text())]

EVERY = every_command()
NEEDY = [verb for verb in EVERY if any(given.required for given in (*verb.arguments, *verb.options))]
# Those that are no other command without their last letter, as `tokens` is.
CUT = [verb for verb in EVERY[1:] if verb.path[-1][:-1] not in {other.path[-1] for other in EVERY[1:]}]
QUESTION = ("ask", "-m", "gpt-5.2", "-p", "Hi", "--no-stdin")

LETTERS = {
    "-V": "--version",
    "-v": "--verbose",
    "-y": "--yes",
    "-m": "--model",
    "-p": "--prompt",
    "-s": "--system",
    "-f": "--file",
    "-X": "--method",
    "-d": "--data",
    "-F": "--form",
    "-i": "--include",
}

# What works with the proxy below; those of the second table print nothing but data.
SILENT = [
    ("models", "diff"),
    ("models", "refresh", "--quiet"),
    ("cache", "clear", "--quiet"),
]
PRINTING = [
    ("models", "list"),
    ("models", "show", "gpt-5.2"),
    ("models", "export", "--to", "json"),
    ("cache", "show"),
    ("cache", "path"),
    ("whoami",),
    ("token",),
    ("env",),
    ("profiles", "list"),
    ("profiles", "show", "lab"),
    ("cost", "-m", "gpt-5.2", "--input-tokens", "9", "--output-tokens", "9", "--quiet"),
    QUESTION,
    ("smoke", "--quiet"),
    ("doctor", "--quiet"),
    ("version",),
]
# What asks a proxy that refuses; `whoami`, `smoke`, `doctor` and `api` have a report to print all the same.
REFUSED = [
    ("models", "list"),
    ("models", "show", "gpt-5.2"),
    ("models", "refresh"),
    ("models", "export", "--to", "json"),
    QUESTION,
    ("ask", "-m", "gpt-5.2", "-p", "Hi", "--no-stdin", "--no-stream"),
    ("tokens", "-m", "gpt-5.2", "-p", "Hi"),
    ("embed", "-m", "embed", "Hi"),
    ("mcp", "servers"),
    ("mcp", "tools"),
    ("mcp", "show", "add"),
    ("mcp", "call", "add", "a=1"),
    ("skills", "list"),
    ("skills", "show", "style"),
    ("keys", "list"),
    ("keys", "show"),
    ("keys", "create", "--alias", "ci"),
    ("spend",),
]


@pytest.fixture
def serving(litectl: Litectl, fake: FakeProxy) -> FakeProxy:
    """Give a proxy with one model, whose list is cached and for which there is a profile."""
    fake.on_models(model_info("gpt-5.2", input_cost_per_token=1e-6, output_cost_per_token=1e-5))
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "gpt-5.2"}]}))
    fake.on_chat(chat_answer("Hello"))
    assert litectl("profiles", "add", "lab", "--base-url", fake.root).code == 0
    assert litectl("models", "refresh").code == 0
    return fake


# The page


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of the tests in the file at *path*, read from its source; none without a file."""
    if not (REPOSITORY / path).is_file():
        return frozenset()
    tree = ast.parse((REPOSITORY / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_convention_has_its_line() -> None:
    """They are numbered from 1 to 92, and each is held or refused."""
    numbered = re.findall(r"^(\d+)\. ", PAGE.read_text(), re.MULTILINE)

    assert [int(item[0]) for item in ITEMS] == list(range(1, 93))
    assert len(numbered) == 92


@pytest.mark.parametrize("item", ITEMS, ids=[item[0] for item in ITEMS])
def test_every_named_test_is_there(item: tuple[str, ...]) -> None:
    """What is held names a test that holds it, what is refused says why; no name leads nowhere."""
    _, _, _, verdict, reason = item
    named = _TEST.findall(reason)

    assert named or verdict == "refused"
    assert verdict == "held" or len(_TEST.sub("", reason).split()) > 8
    assert len(named) == reason.count("::")
    assert [name for path, name in named if name not in names_in(path)] == []


# Streams


@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_data_is_on_stdout_and_ends_with_one_newline(
    litectl: Litectl, serving: FakeProxy, words: tuple[str, ...]
) -> None:
    """A success in a pipe prints its data and nothing else: stderr is empty."""
    result = litectl(*words)

    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("\n")
    assert not result.out.endswith("\n\n")


@pytest.mark.parametrize("words", [*PRINTING, *SILENT], ids=" ".join)
def test_quiet_success_says_nothing_on_stderr(
    litectl: Litectl, serving: FakeProxy, words: tuple[str, ...]
) -> None:
    """With `--quiet`, before the command or after it, what works is silent but for its data."""
    after = litectl(*words, "--quiet")
    before = litectl("-q", *words)

    assert (after.code, after.err) == (0, "")
    assert (before.code, before.err) == (0, "")


@pytest.mark.parametrize("status", [401, 404, 429, 500])
@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_a_failure_leaves_stdout_empty(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], status: int
) -> None:
    """The body of an error is no data; with `--quiet` the error is still said."""
    monkeypatch.setattr(fake, "answer_to", lambda _: error_answer(status, "x", "no"))

    result = litectl(*words, "--quiet")

    assert (result.code != 0, result.out) == (True, "")
    assert result.err.startswith("error: ")


@pytest.mark.parametrize(
    "words", [words for words in [*PRINTING, *SILENT] if "export" not in words], ids=" ".join
)
def test_with_json_stdout_is_one_document(
    litectl: Litectl, serving: FakeProxy, words: tuple[str, ...]
) -> None:
    """Whatever a command prints, with `--json` it is one object that begins with the version of its shape."""
    result = litectl(*words, "--json")

    assert result.code == 0
    assert next(iter(result.json.items())) == ("schema_version", 1)


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_with_json_a_failure_is_one_object_on_stderr(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """It has a stable word and the exit code; stdout has nothing that could be taken for data."""
    monkeypatch.setattr(fake, "answer_to", lambda _: error_answer(500, "x", "no"))

    result = litectl(*words, "--json")

    assert (result.code, result.out) == (result.error["exit_code"], "")
    assert ExitCode(result.code).name.lower() == result.error["code"]


@pytest.mark.parametrize(
    "words",
    [("--help",), ("ask", "--help"), ("--version",), ("version",), ("whoami", "--offline")],
    ids=" ".join,
)
def test_a_full_disk_is_told_by_every_command(program: Program, words: tuple[str, ...]) -> None:
    """Whoever keeps the output in a file learns that it is not there."""
    with Path("/dev/full").open("wb") as full, program.started(*words, stdout=full) as process:
        _, err = process.communicate(timeout=20)

    assert process.returncode == 1
    assert b"No space left on device" in err
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [("models", "list"), ("models", "show", "gpt-5.2"), ("cache", "show"), ("doctor",), ("smoke",)],
    ids=" ".join,
)
def test_a_dumb_terminal_gets_no_escape_sequence(
    program: Program, serving: FakeProxy, words: tuple[str, ...]
) -> None:
    """With TERM=dumb there are neither colours nor anything that moves, on either stream."""
    program.variables["TERM"] = "dumb"

    code, shown = program.on_terminal(*words)

    assert code == 0
    assert shown
    assert "\x1b" not in shown


# Options and arguments


@pytest.mark.parametrize("verb", NEEDY, ids=str)
def test_a_missing_argument_is_said_in_one_line(litectl: Litectl, fake: FakeProxy, verb: Verb) -> None:
    """What a command cannot do without is named on stderr, exit 2, and the help is one command away."""
    result = litectl(*verb.path)

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert result.err.startswith("error: Missing ")
    assert f"`{verb} --help`" in result.err
    assert len(result.err.splitlines()) == 2


@pytest.mark.parametrize("verb", CUT, ids=str)
def test_a_mistyped_command_is_no_command(litectl: Litectl, fake: FakeProxy, verb: Verb) -> None:
    """A letter too few is neither completed nor run; the real name is suggested."""
    *noun, name = verb.path

    result = litectl(*noun, name[:-1])

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert f"no command `{name[:-1]}`" in result.err
    assert f"`{name}`" in result.err


@pytest.mark.parametrize("verb", EVERY, ids=str)
def test_an_option_is_not_abbreviated(litectl: Litectl, fake: FakeProxy, verb: Verb) -> None:
    """A beginning of a long option is no option; near names are suggested."""
    shared = EVERY[0].names if verb.path else []  # looked at with the root
    names = [name for name in verb.names if name.startswith("--") and name not in shared]

    for name in names:
        cut = name[:-1]
        if cut in verb.names:
            continue
        result = litectl(*verb.path, cut, "x")

        assert (result.code, result.out, fake.requests) == (2, "", [])
        assert f"No such option: {cut}" in result.err
        assert name in result.err


def test_short_options_have_long_ones_and_one_meaning() -> None:
    """A letter means the same in every command, but for `api`, whose letters are those of curl and gh."""
    meanings: dict[str, set[str]] = {}
    for verb in EVERY:
        for option in verb.options:
            for short in (name for name in option.opts if len(name) == 2):
                others = [name for name in option.opts if name.startswith("--")]
                meanings.setdefault(short, set()).add(others[0] if others else "")

    assert meanings.pop("-q") == {"--quiet", "--query"}
    assert meanings.pop("-H") == {""}  # as the shared `--header`, in the place where curl has it
    assert {short: long for short, (long,) in meanings.items()} == LETTERS


def test_no_option_takes_a_secret() -> None:
    """A key comes from a file, a pipe, a variable or a helper; the command line is read by others."""
    names = {name for verb in EVERY for name in verb.names}

    assert not {name for name in names if re.fullmatch(r"--(api-)?(key|token|password|secret)s?", name)}
    assert {"--api-key-file", "--key-variable", "--helper"} <= names


@pytest.mark.parametrize(
    "words",
    [
        ("--model", "gpt-5.2", "--prompt", "Hi"),
        ("--model=gpt-5.2", "--prompt=Hi"),
        ("-m", "gpt-5.2", "-p", "Hi"),
        ("-mgpt-5.2", "-pHi"),
        ("-qvmgpt-5.2", "-pHi"),
        ("-vq", "-p", "Hi", "-m", "gpt-5.2"),
    ],
    ids=" ".join,
)
def test_an_option_has_every_usual_form(litectl: Litectl, serving: FakeProxy, words: tuple[str, ...]) -> None:
    """A value stands behind a blank, an equals sign, or right behind a letter; letters may be bundled."""
    assert litectl("ask", "--no-stdin", *words).out == "Hello\n"
    assert serving.requests[-1].json["messages"] == [{"role": "user", "content": "Hi"}]


@pytest.mark.parametrize("prompt", ["-p", "--help", "-", "--", "-1"])
def test_the_value_of_an_option_may_begin_with_a_dash(
    litectl: Litectl, serving: FakeProxy, prompt: str
) -> None:
    """What follows an option that wants a value is that value, whatever it looks like."""
    assert litectl("ask", "-m", "gpt-5.2", "--no-stdin", "-p", prompt).code == 0
    assert serving.requests[-1].json["messages"][0]["content"] == prompt


@pytest.mark.parametrize("name", ["-m", "--json", "--help"])
def test_a_double_dash_ends_the_options(litectl: Litectl, serving: FakeProxy, name: str) -> None:
    """What follows it is an argument, whatever it looks like."""
    result = litectl("models", "show", "--", name)

    assert result.code == 6
    assert f"unknown model: {name}" in result.err


def test_the_last_of_a_repeated_option_counts(litectl: Litectl, serving: FakeProxy) -> None:
    """So a script can put its own behind those of its caller."""
    result = litectl("ask", "-m", "other", "-p", "No", "--no-stdin", "-m", "gpt-5.2", "-p", "Hi")

    assert result.out == "Hello\n"
    sent = serving.requests[-1].json
    assert (sent["model"], sent["messages"][0]["content"]) == ("gpt-5.2", "Hi")


# What is left alone


def test_only_what_is_asked_for_is_asked_of_the_network(program: Program, serving: FakeProxy) -> None:
    """Help, the version and what is on the disk make no request at all; a question makes its own."""
    before = len(serving.requests)
    for words in (("--help",), ("ask", "--help"), ("version", "--json"), ("models", "list"), ("token",)):
        assert program(*words).code == 0
    for words in (("profiles", "list"), ("cache", "show"), ("env",), ("whoami", "--offline")):
        assert program(*words).code == 0
    assert len(serving.requests) == before

    assert program(*QUESTION).code == 0
    assert [request.path for request in serving.requests[before:]] == ["/v1/chat/completions"]


def test_only_its_own_directories_are_written_to(
    program: Program, serving: FakeProxy, isolated: Path, tmp_path: Path
) -> None:
    """Nothing is left in the home, in start files of shells or where one works, but in the four told."""
    (isolated / ".bashrc").write_text("# mine\n")
    for words in (*PRINTING, *SILENT):
        with program.started(*words, cwd=tmp_path) as process:
            process.communicate(timeout=30)

    about = program("version", "--json").json
    told = [Path(about[f"{kind}_directory"]) for kind in ("config", "cache", "state", "data")]
    written = [path for path in isolated.rglob("*") if path.is_file() and path.name != ".bashrc"]

    assert written
    assert [path for path in written if not any(path.is_relative_to(place) for place in told)] == []
    assert ((isolated / ".bashrc").read_text(), list(tmp_path.iterdir())) == ("# mine\n", [])


def test_exit_codes_are_below_those_of_the_shell() -> None:
    """126 and 127 belong to the shell, and what is above 128 is a signal."""
    ended = {ExitCode.INTERRUPTED: 128 + 2, ExitCode.TERMINATED: 128 + 15}

    assert all(code < 126 or ended[code] == code for code in ExitCode)
    assert len(set(ExitCode)) == len(ExitCode.__members__)


@pytest.mark.parametrize("value", ["places", "./places", ""])
def test_a_relative_place_is_not_believed(
    litectl: Litectl, monkeypatch: pytest.MonkeyPatch, isolated: Path, value: str
) -> None:
    """The standard of the XDG directories wants a relative one ignored, as an empty one."""
    expected = litectl("version", "--json").json
    for kind in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", value)

    found = litectl("version", "--json").json

    assert found == expected
    assert found["config_directory"] == str(isolated / ".config/litectl")
