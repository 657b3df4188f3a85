"""Nothing on stdin: a secret is not waited for without end, and an empty pipe is said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import litectl.run.runtime
from fake_proxy import FakeProxy, chat_answer
from key_login import KEY
from litectl.environment import Environment
from litectl.main import run
from litectl.run.runtime import Runtime
from litectl.terminal.terminal import Terminal
from login_shapes import credential_in, profiles_file
from program import Program, Stream

WAYS = {"API key": ("--api-key-file", "-"), "token from the page": ("--paste",)}
LOGIN = ("login", "--profile", "work", "--base-url", "http://127.0.0.1:1", "--no-verify")


@pytest.mark.parametrize("what", WAYS)
def test_a_silent_stdin_is_not_waited_for_without_end(
    isolated: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """After a minute it is exit 2, with another way to give the secret."""
    assert litectl.run.runtime._SECRET_SECONDS == 60
    monkeypatch.setattr(litectl.run.runtime, "_SECRET_SECONDS", 0.2)
    reader, writer = os.pipe()
    err = Stream()
    with os.fdopen(reader, "rb") as stdin, os.fdopen(writer, "wb"):
        terminal = Terminal(Environment(os.environ), stdin=stdin, stdout=Stream(), stderr=err)
        code = run([*LOGIN, *WAYS[what]], Runtime(os.environ, terminal))

    said = err.getvalue().decode()
    assert code == 2
    assert f"note: waiting for the {what} on stdin\n" in said
    assert f"error: no {what} came on stdin for 0.2 s\n" in said
    assert "hint: pipe it in, or use `--api-key-file PATH`\n" in said
    assert not profiles_file(isolated).exists()


@pytest.mark.parametrize("what", WAYS)
def test_a_person_at_a_silent_stdin_is_told(isolated: Path, what: str) -> None:
    """After a second; what comes later is taken all the same."""
    program = Program([sys.executable, "-m", "litectl"], {})

    with program.started(*LOGIN, *WAYS[what], stdin=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.readline().decode()
        _, err = process.communicate(KEY.encode(), timeout=20)

    assert said == f"note: waiting for the {what} on stdin\n"
    assert process.returncode == 0, err
    assert credential_in(isolated)["secret"] == KEY


@pytest.mark.parametrize(
    ("is_person", "piped", "is_said"), [(True, b"", True), (True, b"text", False), (False, b"", False)]
)
def test_an_empty_pipe_is_said_to_a_person(
    fake: FakeProxy, *, is_person: bool, piped: bytes, is_said: bool
) -> None:
    """`git diff | litectl ask` where nothing differs asks about nothing; a script may mean it."""
    fake.on_chat(chat_answer("x"))
    variables = {"LITECTL_BASE_URL": fake.root, "LITECTL_API_KEY": KEY, **os.environ}
    err, (reader, writer) = Stream(is_terminal=is_person), os.pipe()
    with os.fdopen(reader, "rb") as stdin:
        os.write(writer, piped)
        os.close(writer)
        terminal = Terminal(Environment(variables), stdin=stdin, stdout=Stream(), stderr=err)
        code = run(["ask", "-m", "m", "-p", "Hi"], Runtime(variables, terminal))

    assert code == 0
    assert ("nothing was piped in; the model is asked without it" in err.getvalue().decode()) == is_said
