"""`litectl env`: its lines, read by real shells, and the variables that other tools understand."""

import json
import shutil
import subprocess
from collections.abc import Mapping

import pytest

from fake_proxy import FakeProxy
from litectl.credentials.stored import API_KEY, StoredCredential
from litectl.output.exports import SHELLS, TOOLS, exports, variables_for
from litectl.profiles.profile import Profile
from program import Litectl
from senders import ASK, let_answer, sent_to, store_profiles

# One word of printable ASCII with everything that means something to a shell.
KEY = """sk-'"\\$HOME`id`!#&;|<>()[]{}*?~=%^@,.:/\\'"""
NASTY = {
    "EMPTY": "",
    "SPACES": "  a  b ",
    "QUOTES": "it's \"quoted\" 'twice' ''",
    "ONLY_QUOTE": "'",
    "BACKSLASHES": "\\ \\\\ \\' \\n \\",
    "DOLLARS": "$HOME ${HOME} $(id) $$ $1 $'x' $",
    "BACKTICKS": "`id` ``",
    "LINES": "one\ntwo\n\nfour",
    "LINES_AT_THE_END": "one\n\n",
    "TABS": "a\tb",
    "HISTORY": "!! !x ^a^b",
    "OPERATORS": "; id & id | id > x < y # no",
    "GLOBS": "* ? [a-z] {a,b} ~ ~root",
    "DASHES": "-n --help",
    "LETTERS": "ünï ☃ \u2018typographic\u2019 “quotes”",
    "CARRIAGE": "a\r\nb\r",
    "KEY": KEY,
    "JSON": json.dumps({"x-a": "it's $5 \\ \""}),
}
# How each shell is run without the user's own settings, and how its person reads the lines.
EVAL = 'eval "$(cat)"; env -0'
RUNS = {
    "bash": ["bash", "--norc", "-c", EVAL],
    "bash, posix": ["bash", "--posix", "-c", EVAL],
    "sh": ["sh", "-c", EVAL],
    "zsh": ["zsh", "-f", "-c", EVAL],
    "zsh, doubled quotes": ["zsh", "-f", "-o", "rcquotes", "-c", EVAL],
    "fish": ["fish", "--no-config", "-c", "cat | source; env -0"],
}
INSTALLED = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(shutil.which(run[0]) is None, reason=f"{run[0]} is not installed"),
    )
    for name, run in RUNS.items()
]


# Some names, such as LINES, mean something to a shell.
VARIABLES = {f"LITECTL_TEST_{name}": value for name, value in NASTY.items()}


def read_by(run: str, lines: str) -> dict[str, str]:
    """Return the environment that a child of the shell sees after it read *lines*."""
    done = subprocess.run(RUNS[run], input=lines.encode(), capture_output=True, timeout=30, check=True)
    assert done.stderr == b""
    pairs = (pair.partition("=") for pair in done.stdout.decode().split("\0") if pair)
    return {name: value for name, _, value in pairs}


def shell_of(run: str) -> str:
    """Return the value of `--shell` for *run*."""
    return run.partition(",")[0]


@pytest.mark.parametrize("run", INSTALLED)
def test_a_shell_reads_every_value_back(run: str) -> None:
    """Whatever it contains: nothing is expanded, run, split or lost."""
    environment = read_by(run, exports(shell_of(run), VARIABLES))

    assert {name: environment.get(name) for name in VARIABLES} == VARIABLES


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", "''"),
        ("plain", "'plain'"),
        ("it's", "'it''s'"),
        ("'", "''''"),
        ("\u2018a\u2019 \u201ab\u201b", "'\u2018\u2018a\u2019\u2019 \u201a\u201ab\u201b\u201b'"),
        ('$env:X $(id) `n "q"', "'$env:X $(id) `n \"q\"'"),
        ("a\nb", "'a\nb'"),
        ("\\", "'\\'"),
    ],
)
def test_powershell_has_its_own_quotes(value: str, expected: str) -> None:
    """In single quotes only the quotes mean something, and there are five of them."""
    assert exports("powershell", {"NAME": value}) == f"$env:NAME = {expected}\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_each_variable_begins_a_line(shell: str) -> None:
    """In the form of the shell, in the order given."""
    begins = {"fish": "set -gx {} '", "powershell": "$env:{} = '"}.get(shell, "export {}='")

    lines = exports(shell, {"A": "1", "B": "2"}).splitlines()

    assert [line.startswith(begins.format(name)) for line, name in zip(lines, "AB", strict=True)] == [
        True
    ] * 2


def test_no_variables_are_no_lines() -> None:
    """Nothing is exported that was not asked for."""
    assert [exports(shell, {}) for shell in SHELLS] == [""] * len(SHELLS)


ROOT = "https://proxy.example.com/team"


@pytest.mark.parametrize(
    ("tools", "headers", "expected"),
    [
        (
            "litellm",
            {},
            {
                "LITELLM_BASE_URL": ROOT,
                "LITELLM_API_KEY": "sk-1",
                "LITELLM_PROXY_URL": ROOT,
                "LITELLM_PROXY_API_BASE": ROOT,
                "LITELLM_PROXY_API_KEY": "sk-1",
                "LITELLM_HEADERS": None,
                "LITELLM_API_KEY_HELPER": None,
                "LITELLM_GCLOUD_TOKEN_AUTH": None,
            },
        ),
        ("openai", {"x-a": "1"}, {"OPENAI_BASE_URL": f"{ROOT}/v1", "OPENAI_API_KEY": "sk-1"}),
        (
            "anthropic",
            {"x-a": "1", "x-b": "2: $3"},
            {
                "ANTHROPIC_BASE_URL": ROOT,
                "ANTHROPIC_AUTH_TOKEN": "sk-1",
                "ANTHROPIC_API_KEY": "sk-1",
                "ANTHROPIC_CUSTOM_HEADERS": "x-a: 1\nx-b: 2: $3",
            },
        ),
        (
            "anthropic",
            {},
            {
                "ANTHROPIC_BASE_URL": ROOT,
                "ANTHROPIC_AUTH_TOKEN": "sk-1",
                "ANTHROPIC_API_KEY": "sk-1",
                "ANTHROPIC_CUSTOM_HEADERS": None,
            },
        ),
    ],
)
def test_each_tool_has_its_variables(
    tools: str, headers: Mapping[str, str], expected: Mapping[str, str]
) -> None:
    """OpenAI's clients want the version in the URL, the others do not."""
    assert variables_for(tools, ROOT, "sk-1", headers) == expected


# Through the program


HEADERS = {"x-price": "5$ $HOME ${X} $$", "x-quote": 'it\'s "a" \\ `id`'}


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` with a profile that has a nasty key and nasty headers."""
    let_answer([fake])
    stored = {name: value.replace("$", "$$") for name, value in HEADERS.items()}
    credential = StoredCredential(API_KEY, fake.root, KEY)
    store_profiles(Profile("dev", fake.root, credential, headers=stored), default="dev")
    return Litectl({})


@pytest.mark.parametrize("tools", TOOLS)
@pytest.mark.parametrize("run", INSTALLED)
def test_the_lines_of_env_give_a_shell_what_json_says(litectl: Litectl, run: str, tools: str) -> None:
    """Key and headers arrive as they are in every shell and for every tool."""
    expected = {
        name: value
        for name, value in litectl("env", "--for", tools, "--json").json.items()
        if name != "schema_version"
    }

    environment = read_by(run, litectl("env", "--shell", shell_of(run), "--for", tools).out)

    assert {name: environment.get(name) for name in expected} == expected
    assert KEY in expected.values()


def test_litectl_itself_reads_what_it_exports(litectl: Litectl, fake: FakeProxy) -> None:
    """The key and the headers that go out are the same, dollars and quotes included."""
    environment = read_by("bash", litectl("env").out)
    litectl(*ASK)
    store_profiles()

    variables = {name: value for name, value in environment.items() if name.startswith("LITELLM_")}
    assert Litectl(variables)(*ASK).code == 0

    by_profile, by_variables = sent_to(fake)
    assert by_profile == by_variables == {"authorization": f"Bearer {KEY}", **HEADERS}


def test_json_is_one_object_of_variables(litectl: Litectl, fake: FakeProxy) -> None:
    """For whoever sets variables without a shell."""
    document = litectl("env", "--for", "openai", "--json").json

    assert document == {
        "schema_version": 1,
        "OPENAI_BASE_URL": f"{fake.root}/v1",
        "OPENAI_API_KEY": KEY,
    }


def test_nothing_is_asked_of_the_proxy(litectl: Litectl, fake: FakeProxy) -> None:
    """A key is known without it, also offline."""
    assert litectl("env", "--offline").code == 0
    assert fake.requests == []


def test_a_key_in_another_header_is_passed_on_in_it(litectl: Litectl) -> None:
    """A proxy that wants the key elsewhere gets it there from Anthropic's clients too."""
    document = litectl("env", "--for", "anthropic", "--auth-header", "x-litellm-api-key", "--json").json

    assert f"x-litellm-api-key: {KEY}" in document["ANTHROPIC_CUSTOM_HEADERS"].splitlines()


def test_headers_that_cannot_be_passed_on_are_told(litectl: Litectl) -> None:
    """OpenAI's clients take no headers from variables, so requests through a gateway would fail."""
    assert "no headers from variables" in litectl("env", "--for", "openai").err
    assert litectl("env", "--for", "anthropic").err == ""


def test_a_person_sees_how_to_use_the_lines(litectl: Litectl) -> None:
    """A note on a terminal, none in a pipe."""
    assert 'eval "$(litectl env)"' in litectl("env", terminal=True).err
    assert litectl("env").err == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--shell", "cmd"), "powershell"),
        (("--shell", ""), "bash"),
        (("--for", "gemini"), "anthropic"),
        (("--format", "table"), "--json"),
        (("--format", "tsv"), "--json"),
    ],
)
def test_what_is_not_known_is_a_usage_error(litectl: Litectl, arguments: tuple[str, ...], named: str) -> None:
    """Exit 2 with what there is, and no line that a shell would run."""
    result = litectl("env", *arguments)

    assert (result.code, result.out) == (2, "")
    assert named in result.err


@pytest.mark.parametrize("shell", SHELLS)
def test_without_a_credential_nothing_is_exported(fake: FakeProxy, shell: str) -> None:
    """Exit 4 with empty stdout, so that `eval` does nothing."""
    result = Litectl({})("env", "--shell", shell, "--base-url", fake.root)

    assert (result.code, result.out) == (4, "")
    assert "litectl login" in result.err


# From one proxy to the next


@pytest.fixture
def two(litectl: Litectl) -> Litectl:
    """Run the real `main` with a second, plain profile beside the first."""
    first = Profile("dev", "http://127.0.0.1:1", StoredCredential(API_KEY, "http://127.0.0.1:1", KEY))
    plain = Profile("plain", ROOT, StoredCredential(API_KEY, ROOT, "sk-plain-key-0001"))
    store_profiles(first._replace(headers={"x-team": "blue"}), plain, default="dev")
    return litectl


ONE_PROXY_ONLY = {
    "litellm": ["LITELLM_HEADERS", "LITELLM_API_KEY_HELPER", "LITELLM_GCLOUD_TOKEN_AUTH"],
    "anthropic": ["ANTHROPIC_CUSTOM_HEADERS"],
}


@pytest.mark.parametrize("tools", ONE_PROXY_ONLY)
@pytest.mark.parametrize("run", INSTALLED)
def test_the_next_proxy_gets_nothing_of_the_one_before(two: Litectl, run: str, tools: str) -> None:
    """What only the first was to be sent, and what would come before the new key, is unset."""
    options = ("--shell", shell_of(run), "--for", tools)
    ambient = exports(shell_of(run), dict.fromkeys(ONE_PROXY_ONLY["litellm"][1:], "echo sk-ambient"))
    lines = [two("env", *options, "--profile", name).out for name in ("dev", "plain")]

    after_first = read_by(run, lines[0])
    after_both = read_by(run, ambient + "".join(lines))

    assert "blue" in str(after_first)
    assert not {*ONE_PROXY_ONLY[tools]} & {*after_both}
    assert "sk-plain-key-0001" in after_both.values()
    assert not [name for name, value in after_both.items() if KEY in value or "blue" in value]


@pytest.mark.parametrize("tools", ONE_PROXY_ONLY)
def test_powershell_takes_variables_away(two: Litectl, tools: str) -> None:
    """Also where they were never set."""
    lines = two("env", "--shell", "powershell", "--for", tools, "--profile", "plain").out.splitlines()

    for name in ONE_PROXY_ONLY[tools]:
        assert f"Remove-Item Env:{name} -ErrorAction SilentlyContinue" in lines
        assert not [line for line in lines if line.startswith(f"$env:{name} ")]


@pytest.mark.parametrize("tools", ONE_PROXY_ONLY)
def test_json_has_null_for_what_is_to_be_unset(two: Litectl, tools: str) -> None:
    """A program that reads it can do the same."""
    document = two("env", "--json", "--for", tools, "--profile", "plain").json

    assert [document[name] for name in ONE_PROXY_ONLY[tools]] == [None] * len(ONE_PROXY_ONLY[tools])
