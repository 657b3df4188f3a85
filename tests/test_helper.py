"""The key helper: how its command is run and bounded, and what of it is never shown."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from litectl.credentials import helper
from litectl.credentials.helper import run_helper
from litectl.environment import HELPER_IS_RUNNING
from litectl.errors import AuthError, Interrupted, Stopped

KEY = "sk-of-the-helper"
HIDDEN = "hidden-0001"


def script(directory: Path, body: str, *, first: str = "#!/bin/sh\n", mode: int = 0o700) -> str:
    """Return the command that runs *body* as a script called `give-key`."""
    path = directory / "give-key"
    path.write_text(first + body)
    path.chmod(mode)
    return str(path)


def fails(command: str, *, seconds: float = 10.0) -> AuthError:
    """Return the error of the helper *command*."""
    with pytest.raises(AuthError) as caught:
        run_helper(command, seconds=seconds)
    return caught.value


def is_running(pid: int) -> bool:
    """Tell whether the process *pid* runs; one that has ended and is not yet collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def await_end(pid: int) -> bool:
    """Tell whether the process *pid* ends soon."""
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_running(pid)


def await_text(path: Path) -> str:
    """Return what a process writes into *path*, when it has."""
    deadline = time.monotonic() + 5
    while not (path.exists() and path.read_text().endswith("\n")) and time.monotonic() < deadline:
        time.sleep(0.01)
    return path.read_text()


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")


def descriptors() -> int:
    """Return how many files this process has open."""
    return len(list(Path("/dev/fd").iterdir()))


@pytest.mark.parametrize(
    "body",
    [
        f"echo {KEY}",
        f"printf {KEY}",
        f"printf '\\n  {KEY} \\r\\n\\n'",
        f"echo Bearer {KEY}",
        f"echo bEARER {KEY}",
        f"echo chatter >&2; echo {KEY}",
        f"echo {KEY}; exec >&-; sleep 0.1",
    ],
)
def test_the_key_is_the_one_word_on_stdout(tmp_path: Path, body: str) -> None:
    """White space and a `Bearer` around it do not count, nor does what goes to stderr."""
    assert run_helper(script(tmp_path, body)) == KEY


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("true", "is empty"),
        ("echo; echo '  '", "is empty"),
        ("echo Bearer", "is empty"),
        (f"echo {HIDDEN}; echo {HIDDEN}", "is not one word"),
        (f"echo {HIDDEN} {HIDDEN}", "is not one word"),
        (f"printf '{HIDDEN}\\t{HIDDEN}'", "is not one word"),
        (f"echo {HIDDEN}ä", "is not one word"),
        (f"printf '{HIDDEN}\\377'", "is not one word"),
        (f"printf '{HIDDEN}\\000'", "is not one word"),
        (f"printf '\\357\\273\\277{HIDDEN}'", "is not one word"),
        (f"printf '{HIDDEN}\\033[0m'", "is not one word"),
        (f"printf '{HIDDEN}%32768d' 0 | tr ' ' x", "is too long"),
        (f'echo \'{{"key": "{HIDDEN}"}}\'', "is not one word"),
    ],
)
def test_output_that_is_no_key_is_refused_without_showing_it(tmp_path: Path, body: str, what: str) -> None:
    """Nothing, several words, and what no header takes are told with the name of the program only."""
    error = fails(script(tmp_path, body))

    assert error.message.startswith("the key from the helper `give-key`")
    assert what in error.message
    assert HIDDEN not in str(error.as_json())
    assert "by hand" in (error.hint or "")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("exit 3", "the helper `give-key` failed with exit status 3"),
        (
            "echo first >&2; echo 'no such vault ' >&2; exit 1",
            "the helper `give-key` failed with exit status 1: no such vault",
        ),
        (
            "printf 'a\\033[31mb\\n\\n' >&2; exit 1",
            "the helper `give-key` failed with exit status 1: a [31mb",
        ),
        ("kill -9 $$", "the helper `give-key` was killed by signal 9"),
        ("echo bye >&2; kill -15 $$", "the helper `give-key` was killed by signal 15: bye"),
    ],
)
def test_a_helper_that_fails_is_told_with_what_it_said_last(tmp_path: Path, body: str, message: str) -> None:
    """The exit status or signal and the last line of stderr, on one line, make the error."""
    assert message == fails(script(tmp_path, body)).message


@pytest.mark.parametrize(
    "body",
    [
        'echo "bad option: $1" >&2',
        'echo "bad value: ${1#*=}" >&2',
        f"echo {HIDDEN}; echo 'got {HIDDEN}' >&2",
        f"echo '{{\"key\": \"{HIDDEN}\"}}'; echo 'got {HIDDEN}' >&2",
        f"printf {HIDDEN} >&2; head -c 65530 /dev/zero | tr '\\0' x >&2; echo >&2",
    ],
)
def test_a_helper_that_fails_does_not_tell_its_arguments_or_output(tmp_path: Path, body: str) -> None:
    """What stderr repeats of the arguments and of stdout is left out, and so is a line without end."""
    error = fails(f"{script(tmp_path, body + '; exit 1')} --token={HIDDEN}")

    assert "exit status 1" in error.message
    assert HIDDEN[-5:] not in str(error.as_json())


def test_what_a_helper_said_is_cut(tmp_path: Path) -> None:
    """A long last line is shown in part."""
    error = fails(script(tmp_path, "head -c 1000 /dev/zero | tr '\\0' x >&2; exit 1"))

    assert "xxx" in error.message
    assert len(error.message) < 300


@pytest.mark.parametrize(
    ("first", "mode", "what"),
    [
        ("#!/no/such/interpreter\n", 0o700, "was not found"),
        ("#!/bin/sh\n", 0o600, "may not be run"),
        ("no script", 0o700, "cannot be run: Exec format error"),
    ],
)
def test_a_program_that_cannot_be_started_is_told(tmp_path: Path, first: str, mode: int, what: str) -> None:
    """Without an interpreter, the right to run it, or a first line, it is told by name."""
    error = fails(f"{script(tmp_path, '', first=first, mode=mode)} {HIDDEN}")

    assert f"the helper `give-key` {what}" == error.message
    assert HIDDEN not in str(error.as_json())
    assert error.hint != AuthError.hint


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (f"no-such-program-of-ours {HIDDEN}", "the helper `no-such-program-of-ours` was not found"),
        (f"/no/such/dir/give {HIDDEN}", "the helper `give` was not found"),
        (f"/etc/passwd/give {HIDDEN}", "the helper `give` cannot be run: Not a directory"),
        (f"/ {HIDDEN}", "the helper `?` may not be run"),
        (f"give\ud800 {HIDDEN}", "the helper `give` cannot be run: it is not a command"),
        (f"'gi\nve' {HIDDEN}", "the helper `gi ve` was not found"),
    ],
)
def test_a_program_that_is_none_is_told_by_its_last_part(command: str, message: str) -> None:
    """Neither the directory nor the arguments are repeated."""
    assert message == fails(command).message


def test_the_helper_gets_the_environment_and_no_stdin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables are inherited; reading stdin ends at once, whatever litectl's own stdin is."""
    monkeypatch.setenv("OF_THE_HELPER", KEY)

    assert run_helper(script(tmp_path, 'cat; echo "$OF_THE_HELPER"')) == KEY


def test_given_variables_are_the_whole_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed over replaces the environment of this process."""
    monkeypatch.setenv("OF_THIS_PROCESS", "x")

    key = run_helper(script(tmp_path, 'echo "$GIVEN$OF_THIS_PROCESS"'), variables={"GIVEN": KEY})

    assert key == KEY


def test_a_helper_that_runs_itself_ends(tmp_path: Path) -> None:
    """A litectl inside the helper does not run it again, which would never end."""
    variables = {"PATH": os.environ["PATH"]}
    inner = run_helper(
        script(tmp_path, f'echo "{HELPER_IS_RUNNING}=${HELPER_IS_RUNNING}"'), variables=variables
    )
    name, _, value = inner.partition("=")

    with pytest.raises(AuthError, match="run the helper again"):
        run_helper("true", variables={name: value})


def test_the_helper_has_no_terminal_to_wait_on(tmp_path: Path) -> None:
    """It leads a session of its own, so a prompt fails at once instead of hanging."""
    code = "import os; print(f'{os.getpid() == os.getsid(0) == os.getpgid(0)}')"
    path = tmp_path / "code.py"
    path.write_text(code)

    assert run_helper(f"{sys.executable} {path}") == "True"


@needs_proc
def test_a_late_helper_is_killed_with_all_it_started(tmp_path: Path) -> None:
    """After the time limit neither the helper nor its children run on, though they ignore a polite end."""
    pids = tmp_path / "pids"
    command = script(tmp_path, f"trap '' TERM INT HUP; sleep 60 & echo $$ $! > {pids}; wait")

    started = time.monotonic()
    error = fails(command, seconds=0.5)

    assert error.message == "the helper `give-key` did not end within 0.5 s"
    assert time.monotonic() - started < 5
    assert [await_end(int(pid)) for pid in await_text(pids).split()] == [True, True]


def test_a_helper_that_has_closed_its_streams_is_late_too(tmp_path: Path) -> None:
    """The end counts, not that nothing more can be read."""
    error = fails(script(tmp_path, f"echo {KEY}; exec >&- 2>&-; sleep 60"), seconds=0.3)

    assert "did not end within 0.3 s" in error.message


@needs_proc
def test_a_stopped_run_kills_the_helper(tmp_path: Path) -> None:
    """Ctrl-C passes through as it is, and leaves nothing running."""
    pids = tmp_path / "pids"
    command = script(tmp_path, f"sleep 60 & echo $$ $! > {pids}; wait")

    def stop(*_: object) -> None:
        raise Stopped(Interrupted("interrupted"))

    def when_it_runs() -> None:
        await_text(pids)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, stop)
    thread = threading.Thread(target=when_it_runs)
    thread.start()
    try:
        with pytest.raises(Stopped):
            run_helper(command)
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)

    assert [await_end(int(pid)) for pid in pids.read_text().split()] == [True, True]


@needs_proc
def test_a_run_that_is_stopped_while_it_starts_kills_the_helper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal does not lose the process that is just being made."""
    is_stopped = threading.Event()
    pids: list[int] = []
    popen = subprocess.Popen

    def slow(*arguments: Any, **settings: Any) -> Any:
        process: Any = popen(*arguments, **settings)
        pids.append(process.pid)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
        is_stopped.wait(5)
        return process

    def stop(*_: object) -> None:
        is_stopped.set()
        raise Stopped(Interrupted("interrupted"))

    monkeypatch.setattr(subprocess, "Popen", slow)
    before = signal.signal(signal.SIGUSR1, stop)
    try:
        with pytest.raises(Stopped):
            run_helper(script(tmp_path, "sleep 60"))
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert [await_end(pid) for pid in pids] == [True]


def test_a_helper_that_floods_is_ended(tmp_path: Path) -> None:
    """Output without end is cut off early and is an error, not a full memory."""
    started = time.monotonic()
    error = fails(script(tmp_path, "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done"))

    assert error.message == "the helper `give-key` prints more than 64 KiB"
    assert time.monotonic() - started < 5


def test_much_on_stderr_hinders_nobody(tmp_path: Path) -> None:
    """A helper that says a lot is read on, so it does not block; its key and the end of it are kept."""
    command = script(tmp_path, f"head -c 1000000 /dev/zero >&2; echo end >&2; echo {KEY}")

    outcome = helper._Run([command], "give-key", None).outcome(10)

    assert (outcome.status, outcome.out) == (0, f"{KEY}\n".encode())
    assert outcome.err.endswith(b"\0end\n")
    assert len(outcome.err) <= 2**16


@needs_proc
def test_what_a_helper_leaves_in_the_background_is_not_waited_for(tmp_path: Path) -> None:
    """An agent that it starts holds stdout open; the key is taken all the same, and the agent lives."""
    pids = tmp_path / "pids"

    started = time.monotonic()
    key = run_helper(script(tmp_path, f"sleep 60 & echo $! > {pids}; echo {KEY}"))

    agent = int(pids.read_text())
    assert key == KEY
    assert time.monotonic() - started < 5
    assert is_running(agent)
    os.kill(agent, signal.SIGKILL)


@needs_proc
def test_a_noisy_background_process_does_not_hold_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes on writing after the helper's end is read for a moment only."""
    read = os.read

    def read_and_see_more(descriptor: int, size: int) -> bytes:
        piece = read(descriptor, size)
        # The writer is never caught up with.
        select.select([descriptor], [], [], 5)
        return piece

    monkeypatch.setattr(os, "read", read_and_see_more)
    pids = tmp_path / "pids"

    started = time.monotonic()
    key = run_helper(script(tmp_path, f"yes >&2 & echo $! > {pids}; echo {KEY}"))

    assert key == KEY
    assert time.monotonic() - started < 5
    assert await_end(int(pids.read_text()))


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    """The streams of the helper are closed, also when it fails."""
    before = descriptors()

    run_helper(script(tmp_path, f"echo {KEY}"))
    fails(script(tmp_path, "exit 1"))
    fails(script(tmp_path, "sleep 60"), seconds=0.1)

    assert descriptors() == before
