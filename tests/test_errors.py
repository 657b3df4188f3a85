"""Every failure through the real program: its exit code, one clear line, a hint, no secret, no traceback."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from fake_proxy import EVENT_TYPE, Answer, FakeProxy, chat_answer, chunk, error_answer, json_answer, sse
from litectl.errors import ExitCode
from program import Litectl, Program, Result

KEY = "sk-test-key-0001"
QUESTION = ("ask", "-m", "gpt-5.2", "-p", "Hi")
HTML = Answer(pieces=[b"<html><title>Sign in</title></html>"], content_type="text/html")


def failure(result: Result, code: int) -> str:
    """Return the error line of *result* after checking what holds for every failure."""
    lines = result.err.splitlines()
    assert code == result.code, result
    assert [line for line in lines if line.startswith("error: ")] == lines[-2:-1], result
    assert lines[-1].startswith("hint: "), result
    assert "Traceback" not in result.err
    assert KEY not in result.out + result.err
    return lines[-2].removeprefix("error: ")


PROXY_SAYS = {
    "401": (error_answer(401, "auth_error", "Authentication Error"), 4),
    "expired key": (error_answer(401, "expired_key", "Authentication Error - Expired Key"), 4),
    "no database": (error_answer(400, "no_db_connection", "No connected db."), 4),
    "provider's 401": (error_answer(401, "authentication_error", "litellm.AuthenticationError: no"), 12),
    "403": (error_answer(403, "forbidden", "not allowed"), 4),
    "model not allowed": (error_answer(403, "key_model_access_denied", "model 'x' is not available"), 6),
    "unknown model": (
        error_answer(400, "invalid_request_error", "There are no healthy deployments for this model"),
        6,
    ),
    "404 route": (json_answer({"detail": "Not Found"}, 404), 1),
    "404 upstream": (error_answer(404, "invalid_request_error", "litellm.NotFoundError: no such model"), 6),
    "bad request": (error_answer(400, "invalid_request_error", "litellm.BadRequestError: no"), 1),
    "unsupported parameter": (
        error_answer(400, "invalid_request_error", "prompt_cache_key: Extra inputs are not permitted"),
        1,
    ),
    "guardrail": (error_answer(400, "None", "Violated guardrail policy"), 1),
    "429": (error_answer(429, "throttling_error", "Rate limit exceeded", retry_after="60"), 8),
    "429 with the word tokens": (
        error_answer(429, "throttling_error", "maximum context length of tokens per minute"),
        8,
    ),
    "budget": (error_answer(422, "budget_exceeded", "Budget has been exceeded!"), 9),
    "older budget": (error_answer(429, "budget_exceeded", "Budget has been exceeded!"), 9),
    "context": (
        error_answer(400, "invalid_request_error", "litellm.ContextWindowExceededError: too long"),
        10,
    ),
    "quota": (error_answer(429, "throttling_error", "You exceeded your current quota"), 9),
    "limit as a bad request": (
        error_answer(400, "invalid_request_error", "litellm.RateLimitError: slow down"),
        8,
    ),
    "413": (Answer(413, [b"<html><h1>413 Request Entity Too Large</h1></html>"], "text/html"), 10),
    "408": (error_answer(408, "invalid_request_error", "litellm.Timeout: APITimeoutError"), 12),
    "500": (error_answer(500, "internal_server_error", "litellm.InternalServerError: boom"), 12),
    "bare 500": (Answer(500, [b"Internal Server Error"], "text/plain; charset=utf-8"), 12),
    "502 of a gateway": (Answer(502, [b"<html><h1>502 Bad Gateway</h1></html>"], "text/html"), 12),
    "redirect": (json_answer({}, 302, location="https://login.example.com/"), 3),
    "HTML": (HTML, 1),
    "empty body": (Answer(), 11),
    "empty event stream": (Answer(content_type=EVENT_TYPE), 11),
    "error in a plain 200": (json_answer({"error": {"message": "no", "type": "x"}}), 12),
    "429 in a plain 200": (json_answer({"error": {"message": "no", "code": "429"}}), 8),
    "other JSON": (json_answer({"hello": "world"}), 1),
    "junk event": (Answer(pieces=sse("{not json"), content_type=EVENT_TYPE), 11),
    "error event first": (
        Answer(
            pieces=sse(
                {"error": {"message": "slow down", "type": "throttling_error", "code": "429"}}, "[DONE]"
            ),
            content_type=EVENT_TYPE,
        ),
        8,
    ),
    "error event after text": (
        Answer(
            pieces=sse(chunk("half"), {"error": {"message": "slow down", "code": "429"}}, "[DONE]"),
            content_type=EVENT_TYPE,
        ),
        11,
    ),
    "stream that breaks off": (
        Answer(pieces=sse(chunk("half")), content_type=EVENT_TYPE, cut=True),
        11,
    ),
    "stream without an end": (Answer(pieces=sse(chunk("half")), content_type=EVENT_TYPE), 11),
    "nothing received": (Answer(content_type=EVENT_TYPE, cut=True), 5),
    "empty answer": (chat_answer(""), 11),
}


@pytest.mark.parametrize("case", PROXY_SAYS)
def test_what_the_proxy_says_has_its_exit_code(program: Program, fake: FakeProxy, case: str) -> None:
    """Each answer of the proxy is one error line, a hint, and the code of its class."""
    answer, code = PROXY_SAYS[case]
    fake.on_chat(answer)

    assert failure(program(*QUESTION), code)


@pytest.mark.parametrize("case", PROXY_SAYS)
def test_the_same_in_json(program: Program, fake: FakeProxy, case: str) -> None:
    """With `--json` stdout is empty and stderr ends with one object: code, message, hint, exit code."""
    answer, code = PROXY_SAYS[case]
    fake.on_chat(answer)

    result = program(*QUESTION, "--json")

    assert (code, "") == (result.code, result.out)
    error = result.error
    assert ExitCode(code).name.lower() == error["code"]
    assert code == error["exit_code"]
    assert error["message"]
    assert error["hint"]
    assert KEY not in result.err


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error_answer(401, "auth_error", "No api key passed in."), 4),
        (error_answer(400, "no_db_connection", "No connected db."), 4),
        (Answer(500, [b"Internal Server Error"], "text/plain; charset=utf-8"), 4),
    ],
)
def test_without_a_key_it_is_the_key_that_is_missing(
    program: Program, fake: FakeProxy, answer: Answer, expected: int
) -> None:
    """What a proxy says to a request without any key is `no credential found`."""
    fake.on_chat(answer)

    message = failure(program(*QUESTION, variables={"LITECTL_API_KEY": ""}), expected)

    assert message.startswith("no credential found")


USAGE = {
    "unknown option": ["ask", "--colour"],
    "unknown command": ["asks"],
    "unknown verb": ["models", "lst"],
    "bad number": ["ask", "--max-tokens", "many"],
    "negative tokens": ["ask", "--max-tokens", "0"],
    "bad time": ["--timeout", "soon", "models", "list"],
    "bad format": ["models", "list", "--format", "xml"],
    "unknown column": ["models", "list", "--columns", "price"],
    "missing argument": ["models", "show"],
    "no model": ["ask", "-p", "Hi"],
    "missing file": ["ask", "-m", "m", "-f", "/no/such/file"],
    "a folder as a file": ["ask", "-m", "m", "-f", "/"],
    "missing key file": ["--api-key-file", "/no/such/file", "models", "list"],
    "empty key": ["--api-key-file", "/dev/null", "models", "list"],
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_words_are_usage_errors(program: Program, fake: FakeProxy, case: str) -> None:
    """A mistyped command line is exit 2 and sends nothing."""
    failure(program(*USAGE[case]), 2)

    assert fake.requests == []


CONFIGURATION = {
    "unknown profile": ({"LITECTL_PROFILE": "nope", "LITECTL_BASE_URL": ""}, []),
    "not a URL": ({"LITECTL_BASE_URL": "litellm.example.com"}, []),
    "password in the URL": ({"LITECTL_BASE_URL": f"https://user:{KEY}@h.example"}, []),
    "query in the URL": ({"LITECTL_BASE_URL": "https://h.example/?key=1"}, []),
    "plain http": ({"LITECTL_BASE_URL": "http://h.example"}, []),
    "offline": ({}, ["--offline"]),
}


@pytest.mark.parametrize("case", CONFIGURATION)
def test_unusable_settings_are_configuration_errors(program: Program, case: str) -> None:
    """A proxy that cannot be named or may not be asked is exit 3."""
    variables, arguments = CONFIGURATION[case]

    failure(program(*QUESTION, *arguments, variables=variables), 3)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:1/prefix"])
def test_an_unreachable_proxy_is_a_network_error(program: Program, url: str) -> None:
    """A refused connection is exit 5 and names the URL and the cause."""
    message = failure(program(*QUESTION, variables={"LITECTL_BASE_URL": url}), 5)

    assert f"cannot connect to {url}: Connection refused" == message


def test_a_name_without_an_address_is_a_network_error(
    litectl: Litectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that no name service knows is exit 5 and named with its URL."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    message = failure(litectl(*QUESTION, "--base-url", "https://proxy.example.com"), 5)

    assert message == "cannot connect to https://proxy.example.com: Name or service not known"


def test_a_proxy_that_says_nothing_is_given_up(program: Program, fake: FakeProxy) -> None:
    """`--timeout` bounds the silence before an answer, and the hint names it."""
    never = Event()
    fake.on_chat(Answer(pieces=[never], content_type=EVENT_TYPE))

    result = program(*QUESTION, "--timeout", "0.5")
    never.set()

    failure(result, 5)
    assert "--timeout" in result.err


def test_an_answer_that_drips_is_given_up(program: Program, fake: FakeProxy) -> None:
    """`--timeout` bounds the whole exchange, though bytes keep coming."""
    pause = Event()
    fake.on_chat(Answer(pieces=[*sse(chunk("half")), pause], content_type=EVENT_TYPE))

    result = program(*QUESTION, "--timeout", "1")
    pause.set()

    assert "within 1 s" in failure(result, 11)
    assert result.out == "half"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("moment", ["before the answer", "in mid-answer"])
def test_signals_end_it_with_one_line(
    program: Program, fake: FakeProxy, number: signal.Signals, code: int, moment: str
) -> None:
    """Ctrl-C and SIGTERM keep what was printed, drop the connection, and give their code."""
    pause, arrived = Event(), Event()
    first = sse(chunk("half ")) if moment == "in mid-answer" else []

    def answer(_: object) -> Answer:
        arrived.set()
        return Answer(pieces=[*first, pause], content_type=EVENT_TYPE)

    fake.on_chat(answer)
    with program.started(*QUESTION) as process:
        assert arrived.wait(20)
        if first:
            assert process.stdout is not None
            assert os.read(process.stdout.fileno(), 100) == b"half "
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    pause.set()

    assert code == process.returncode
    assert re.fullmatch(rb"error: (interrupted|terminated)\n", err)


def test_a_full_disk_is_an_error(program: Program, fake: FakeProxy) -> None:
    """An answer that cannot be written is exit 1 with a message."""
    fake.on_chat(chat_answer("Hello"))

    with Path("/dev/full").open("wb") as full, program.started(*QUESTION, stdout=full) as process:
        _, err = process.communicate(timeout=20)

    assert process.returncode == 1
    assert b"error: cannot write to stdout: No space left on device" in err


def test_closed_streams_are_survived(program: Program, fake: FakeProxy) -> None:
    """A caller that closed stdin and stderr still gets its answer."""
    fake.on_chat(chat_answer("Hello"))
    line = " ".join([*program.command, *QUESTION])

    done = subprocess.run(
        ["sh", "-c", f"{line} <&- 2>&-"], env=program.environ(), stdout=subprocess.PIPE, check=False
    )

    assert (done.returncode, done.stdout) == (0, b"Hello\n")


def test_a_bug_is_named_and_its_traceback_kept_for_debug(program: Program, tmp_path: Path) -> None:
    """An unexpected exception is exit 70 with one line; only `--debug` shows the traceback."""
    (tmp_path / "sitecustomize.py").write_text(
        "import litectl.profiles.target\n"
        "def broken(*_):\n    raise RuntimeError('boom')\n"
        "litectl.profiles.target.choose_target = broken\n"
    )
    variables = {"PYTHONPATH": str(tmp_path)}

    plain = program("whoami", variables=variables)
    debug = program("whoami", "--debug", variables=variables)

    assert failure(plain, 70) == "unexpected RuntimeError: boom"
    assert "`litectl version --json`" in plain.err
    assert debug.code == 70
    assert "Traceback" in debug.err


@pytest.mark.parametrize(
    ("raised", "said"),
    [(MemoryError(), "no memory"), (RuntimeError("can't start new thread"), "can't start new thread")],
)
def test_what_the_system_refuses_is_no_bug(
    litectl: Litectl, monkeypatch: pytest.MonkeyPatch, raised: Exception, said: str
) -> None:
    """Out of memory or of threads is exit 1, and the limits are what to look at."""

    def broken(*_: object) -> None:
        raise raised

    monkeypatch.setattr("litectl.profiles.target.choose_target", broken)

    result = litectl("whoami")

    assert failure(result, 1) == f"the system refused: {said}"
    assert "`ulimit -a`" in result.err


@pytest.mark.parametrize("arguments", [["-v"], ["--debug"]])
def test_verbose_shows_requests_and_no_secret(
    program: Program, fake: FakeProxy, arguments: list[str]
) -> None:
    """`-v` says what is asked and how it went; the key is in no line of it."""
    fake.on_chat(chat_answer("Hello"))

    result = program(*QUESTION, *arguments)

    assert f"POST {fake.root}/v1/chat/completions: 200 after" in result.err
    assert KEY not in result.err


def test_a_key_that_the_proxy_repeats_is_masked(program: Program, fake: FakeProxy) -> None:
    """A message of the proxy that contains the key is shown with the key masked."""
    fake.on_chat(error_answer(401, "auth_error", f"Received API Key = {KEY}"))

    result = program(*QUESTION)

    assert "Received API Key = ***" in failure(result, 4)


def test_the_version_needs_nothing(tmp_path: Path) -> None:
    """`--version` is one line on stdout whatever else is broken."""
    environ = {"PATH": os.environ["PATH"], "HOME": "/dev/null", "LITECTL_BASE_URL": "junk"}

    done = subprocess.run(
        [sys.executable, "-m", "litectl", "--version"],
        env=environ,
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )

    assert re.fullmatch(rb"litectl \d+\.\d+\.\d+\n", done.stdout)


def test_help_is_on_stdout(program: Program) -> None:
    """`--help` and `-h` of the root and of every command are exit 0, on stdout, without colour in a pipe."""
    for command in ([], ["login"], ["models"], ["models", "list"], ["ask"], ["sandbox", "run"]):
        for option in ("--help", "-h"):
            result = program(*command, option)
            assert (result.code, result.err) == (0, "")
            assert result.out.startswith(f"Usage: {' '.join(['litectl', *command])}")
            assert "\x1b" not in result.out


@pytest.mark.parametrize("before", [0, 185, 195, 490, 3990])
@pytest.mark.parametrize("status", [200, 401, 500])
def test_a_repeated_key_is_gone_before_a_message_is_cut(
    program: Program, fake: FakeProxy, status: int, before: int
) -> None:
    """Wherever a message is cut off, no part of the key is left at its end."""
    fake.on_chat(Answer(status, [b"x" * before + KEY.encode() + b"y" * 5000], "text/html"))

    for arguments in ((), ("--json",)):
        result = program(*QUESTION, *arguments)
        assert result.code != 0
        assert KEY[:8] not in result.out + result.err


def test_a_key_that_is_too_long_is_said(program: Program, fake: FakeProxy) -> None:
    """A whole file on the stdin of `--api-key-file -` is refused with a size, and nothing is sent."""
    result = program(*QUESTION, "--api-key-file", "-", stdin=b"k" * 100_000)

    assert "bytes" in failure(result, 2)
    assert fake.requests == []


@pytest.mark.parametrize("command", [("smoke",), ("models", "test")])
def test_dollars_are_a_number_without_their_sign(command: tuple[str, ...]) -> None:
    """Whoever types `$5` is told what to type."""
    result = Litectl({})(*command, "--max-cost", "$5")

    assert result.code == 2
    assert result.err.endswith("hint: a number of US dollars, such as `--max-cost 5`\n")
