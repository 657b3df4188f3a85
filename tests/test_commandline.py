"""The command line of a key helper: its words, and which of them mean something in one directory only."""

from pathlib import Path

import pytest

from fake_proxy import FakeProxy
from key_login import KEY, accept_key
from litectl.credentials.commandline import is_relative, made_absolute, split_command
from litectl.errors import UsageError
from login_shapes import credential_in, name_of
from program import Litectl

HIDDEN = "hidden-0001"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("op read op://vault/litellm/key", ["op", "read", "op://vault/litellm/key"]),
        ("  pass   show\tkey \n", ["pass", "show", "key"]),
        ("!pass show key", ["pass", "show", "key"]),
        (" ! pass show key", ["pass", "show", "key"]),
        ("give 'one word' \"and another\" th\\ ird", ["give", "one word", "and another", "th ird"]),
        ("give 'don'\\''t'", ["give", "don't"]),
        ("give '' x", ["give", "", "x"]),
        ("give # no comment", ["give", "#", "no", "comment"]),
        ("give $5 *.key {a,b} ?", ["give", "$5", "*.key", "{a,b}", "?"]),
        ("awk '{print $NF}' key", ["awk", "{print $NF}", "key"]),
        ("give a|b a;b x>y", ["give", "a|b", "a;b", "x>y"]),
        ("sh -c 'a | b && echo $(c) `d` > e'", ["sh", "-c", "a | b && echo $(c) `d` > e"]),
        ("/usr/bin/env bash -c 'echo $(c)'", ["/usr/bin/env", "bash", "-c", "echo $(c)"]),
        ("ssh host 'cat $(where)'", ["ssh", "host", "cat $(where)"]),
        ("env NAME=value give", ["env", "NAME=value", "give"]),
        ("give sk-not-alone", ["give", "sk-not-alone"]),
        ("give ~/key", ["give", "~/key"]),
    ],
)
def test_a_command_is_split_into_words_without_a_shell(text: str, words: list[str]) -> None:
    """Quotes and backslashes group, a leading `!` is dropped, and nothing is expanded."""
    assert words == split_command(text)


def test_the_program_may_lie_in_the_home_directory(isolated: Path) -> None:
    """`~/` at the start of the program, and there only, is the home directory."""
    assert split_command("~/bin/give ~/x") == [f"{isolated}/bin/give", "~/x"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("!", "is empty"),
        ("! ", "is empty"),
        ("''", "is empty"),
        (f"give '{HIDDEN}", "quote that never ends"),
        (f'give "{HIDDEN}', "quote that never ends"),
        (f"give {HIDDEN}\\", "quote that never ends"),
        (f"give {HIDDEN}\0", "NUL"),
        (f"give {HIDDEN} | head", "for a shell"),
        (f"give {HIDDEN} || x", "for a shell"),
        (f"give {HIDDEN} && x", "for a shell"),
        (f"give {HIDDEN} ; x", "for a shell"),
        (f"give {HIDDEN} > x", "for a shell"),
        (f"give {HIDDEN} >> x", "for a shell"),
        (f"give {HIDDEN} < x", "for a shell"),
        (f"give {HIDDEN} &", "for a shell"),
        (f"give {HIDDEN} 2>/dev/null", "for a shell"),
        (f"give {HIDDEN} 2> x", "for a shell"),
        (f"give {HIDDEN} 2>&1", "for a shell"),
        (f"give {HIDDEN} $(x)", "for a shell"),
        (f"give {HIDDEN} `x`", "for a shell"),
        (f"give {HIDDEN} $HOME/key", "for a shell"),
        (f"give {HIDDEN} ${{KEY}}", "for a shell"),
        (f"give {HIDDEN} | sh", "for a shell"),
        (f"TOKEN={HIDDEN} give", "for a shell"),
        (f"sk-{HIDDEN}", "looks like a key"),
        (f"eyJ{HIDDEN}.eyJ.x", "looks like a key"),
        (f"!litellm_login_{HIDDEN}", "looks like a key"),
    ],
)
def test_a_command_that_cannot_be_meant_so_is_refused_without_repeating_it(text: str, what: str) -> None:
    """What is empty, broken, for a shell, or itself a key is a usage error with a way out."""
    with pytest.raises(UsageError, match=what) as caught:
        split_command(text)

    assert caught.value.hint
    assert HIDDEN not in str(caught.value.as_json())


# Relative to a directory


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the current directory: it has `get-key` and `bin/get-key`."""
    (tmp_path / "bin").mkdir()
    for path in (tmp_path / "get-key", tmp_path / "bin/get-key"):
        path.write_text(f"#!/bin/sh\necho {KEY}\n")
        path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./get-key", True),
        ("bin/get-key", True),
        ("../get-key", True),
        ("./missing", True),
        ("!./get-key", True),
        ("sh ./get-key", True),
        ("sh get-key", True),
        ("sh 'bin/get-key'", True),
        ("sh -c './get-key'", True),
        ("pass show key", False),
        ("get-key-of-the-path", False),
        ("/bin/sh -c 'echo x'", False),
        ("sh -c 'echo $(cat ./get-key)'", False),
        ("op read op://vault/litellm/key", False),
        ("pass show missing/key", False),
        ("~/bin/get-key", False),
        ("give " + "x" * 100_000, False),
        ("give 'a\0b'", False),
        ("", False),
        ("give 'open", False),
        ("give | head", False),
    ],
)
def test_a_command_with_a_path_of_this_directory_is_relative(
    project: Path, text: str, expected: bool
) -> None:
    """A program with a relative path always is, another word where it names something that is here."""
    assert is_relative(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./get-key", "{here}/get-key"),
        ("bin/get-key --of work", "{here}/bin/get-key --of work"),
        ("sh ./get-key 'two words'", "sh {here}/get-key 'two words'"),
        ("pass  show   key", "pass  show   key"),
        ("/bin/echo x", "/bin/echo x"),
        ("op read op://vault/litellm/key", "op read op://vault/litellm/key"),
        ("sh -c 'echo $(cat ./get-key)'", "sh -c 'echo $(cat ./get-key)'"),
        ("sh -c ./get-key", "sh -c ./get-key"),
    ],
)
def test_what_is_stored_is_found_from_every_directory(project: Path, text: str, expected: str) -> None:
    """Paths of what is here become absolute; all other words, and their quotes, stay."""
    assert made_absolute(text) == expected.format(here=project)


def test_a_program_that_is_not_there_is_stored_absolute_too(project: Path) -> None:
    """It may be made later, in this directory and in no other."""
    assert made_absolute("./later --x") == f"{project}/later --x"


def test_what_is_no_command_is_not_made_absolute() -> None:
    """The same refusals as when it is run."""
    with pytest.raises(UsageError, match="for a shell"):
        made_absolute("./give | head")


def test_a_login_stores_the_helper_of_this_directory(
    fake: FakeProxy, project: Path, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another directory the same program is run, and not what has its name there."""
    accept_key(fake)
    litectl = Litectl({"LITECTL_API_KEY_HELPER_TTL": "0"})
    elsewhere = project / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "get-key").write_text("#!/bin/sh\ntouch was-run\necho sk-of-a-stranger\n")
    (elsewhere / "get-key").chmod(0o700)

    assert litectl("login", "--base-url", fake.root, "--helper", "./get-key").code == 0
    monkeypatch.chdir(elsewhere)

    assert litectl("token").out == f"{KEY}\n"
    assert not (elsewhere / "was-run").exists()
    assert credential_in(isolated, name_of(fake))["command"] == f"{project}/get-key"
