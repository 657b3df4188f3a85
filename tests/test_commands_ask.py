"""`litectl ask` against a proxy that answers what the test says."""

import json
import os
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from fake_proxy import (
    CHAT,
    EVENT_TYPE,
    Answer,
    FakeProxy,
    Request,
    chat_answer,
    chunk,
    error_answer,
    model_info,
    sse,
)
from program import Litectl, Program


def prompt_of(fake: FakeProxy) -> str:
    """Return the user's text in the last request."""
    content: str = fake.requests[-1].json["messages"][-1]["content"]
    return content


def test_answer_goes_to_stdout_with_one_newline(litectl: Litectl, fake: FakeProxy) -> None:
    """The answer is on stdout, ends with one newline, and nothing else is printed."""
    fake.on_chat(chat_answer("Hel", "lo"))

    result = litectl("ask", "-m", "gpt-5.2", "-p", "Hi")

    assert result == (0, "Hello\n", "")


def test_answer_that_ends_with_a_newline_gets_no_second_one(litectl: Litectl, fake: FakeProxy) -> None:
    """A newline at the end of the answer is not doubled."""
    fake.on_chat(chat_answer("Hello\n"))

    assert litectl("ask", "-m", "gpt-5.2", "-p", "Hi").out == "Hello\n"


def test_request_is_streamed_with_usage_and_nothing_unasked(litectl: Litectl, fake: FakeProxy) -> None:
    """The request streams, asks for usage, and carries no parameter that was not given."""
    fake.on_chat(chat_answer("x"))

    litectl("ask", "-m", "gpt-5.2", "-p", "Hi")

    assert fake.requests[-1].json == {
        "model": "gpt-5.2",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_request_carries_key_agent_and_call_id(litectl: Litectl, fake: FakeProxy) -> None:
    """The bearer token, a telling User-Agent and an own call id go along, and the id is in the JSON."""
    fake.on_chat(chat_answer("x"))

    result = litectl("ask", "-m", "gpt-5.2", "-p", "Hi", "--json")

    headers = fake.requests[-1].headers
    assert headers["authorization"] == "Bearer sk-test-key-0001"
    assert headers["user-agent"].startswith("litectl/")
    assert result.json["call_id"] == headers["x-litellm-call-id"]


def test_options_become_parameters(litectl: Litectl, fake: FakeProxy) -> None:
    """System prompt, temperature and token limit are sent as given."""
    fake.on_chat(chat_answer("x"))

    litectl("ask", "-m", "m", "-p", "Hi", "-s", "Be brief", "--temperature", "0.2", "--max-tokens", "7")

    body = fake.requests[-1].json
    assert body["messages"][0] == {"role": "system", "content": "Be brief"}
    assert (body["temperature"], body["max_tokens"]) == (0.2, 7)


def test_no_request_but_the_question_is_made(litectl: Litectl, fake: FakeProxy) -> None:
    """No discovery is done before the question."""
    fake.on_chat(chat_answer("x"))

    litectl("ask", "-m", "gpt-5.2", "-p", "Hi")

    assert [(request.method, request.path) for request in fake.requests] == [("POST", CHAT)]


def test_no_stream_still_streams_on_the_wire(litectl: Litectl, fake: FakeProxy) -> None:
    """`--no-stream` prints the answer whole, but the request streams so that Ctrl-C stops the bill."""
    fake.on_chat(chat_answer("Hel", "lo"))

    result = litectl("ask", "-m", "m", "-p", "Hi", "--no-stream")

    assert result.out == "Hello\n"
    assert fake.requests[-1].json["stream"] is True


def test_json_has_the_documented_fields(litectl: Litectl, fake: FakeProxy) -> None:
    """`--json` prints one object with exactly the public fields."""
    headers = {"id": "deployment-1", "name": "openai/gpt-5.2"}
    told = tuple((f"x-litellm-model-{name}", value) for name, value in headers.items())
    tried = (("x-litellm-attempted-fallbacks", "0"), ("x-litellm-attempted-retries", "1"))
    fake.on_chat(chat_answer("Hel", "lo")._replace(headers=(*told, *tried)))

    document = litectl("ask", "-m", "gpt-5.2", "-p", "Hi", "--json").json

    seconds, call_id = document.pop("seconds"), document.pop("call_id")
    assert seconds >= 0
    assert call_id
    assert document == {
        "schema_version": 1,
        "answer": "Hello",
        "model": "gpt-5.2",
        "finish_reason": "stop",
        "usage": {
            "input_tokens": 3,
            "output_tokens": 5,
            "total_tokens": 8,
            "cached_tokens": None,
            "reasoning_tokens": None,
        },
        "cost": 0.00007525,
        "cost_source": "usage",
        "response_id": "chatcmpl-1",
        "deployment_id": "deployment-1",
        "deployment": "openai/gpt-5.2",
        "fallbacks": 0,
        "retries": 1,
        "reasoning": None,
        "tool_calls": [],
        "tool_runs": [],
    }


def test_unknown_cost_is_null_and_never_zero(litectl: Litectl, fake: FakeProxy) -> None:
    """Neither a missing cost nor a zero one, nor the headers of a stream, count as knowledge."""
    misleading = (("x-litellm-response-cost-original", "0.0"), ("x-litellm-response-cost-input", "0.0"))
    fake.on_chat(chat_answer("x", usage={"prompt_tokens": 1, "cost": 0})._replace(headers=misleading))

    assert litectl("ask", "-m", "m", "-p", "Hi", "--json").json["cost"] is None


def test_usage_goes_to_stderr(litectl: Litectl, fake: FakeProxy) -> None:
    """`--usage` says tokens, cost and seconds on stderr and leaves stdout to the answer."""
    fake.on_chat(chat_answer("Hello"))

    result = litectl("ask", "-m", "m", "-p", "Hi", "--usage")

    assert result.out == "Hello\n"
    assert result.err.startswith("usage: 3 tokens in, 5 tokens out, $0.000075, ")


@pytest.mark.parametrize(
    ("arguments", "stdin", "expected"),
    [
        (["-p", "one"], b"", "one"),
        ([], b"two\n", "two\n"),
        (["-p", "one"], b"two", "one\n\ntwo"),
        (["-p", "one", "--no-stdin"], b"two", "one"),
        (["-f", "-"], b"two", "two"),
        (["-p", "-x"], b"", "-x"),
    ],
)
def test_prompt_comes_before_what_is_piped(
    litectl: Litectl, fake: FakeProxy, arguments: list[str], stdin: bytes, expected: str
) -> None:
    """The prompt is the option, then the pipe; either alone will do."""
    fake.on_chat(chat_answer("x"))

    assert litectl("ask", "-m", "m", *arguments, stdin=stdin).code == 0
    assert expected == prompt_of(fake)


def test_files_follow_with_their_names(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """`-f` adds each file under its name, after prompt and pipe."""
    (tmp_path / "a.txt").write_text("alpha\n")
    (tmp_path / "b.txt").write_text("beta")
    fake.on_chat(chat_answer("x"))

    litectl("ask", "-m", "m", "-p", "Read", "-f", str(tmp_path / "a.txt"), "-f", str(tmp_path / "b.txt"))

    expected = 'Read\n\n<file name="a.txt">\nalpha\n</file>\n\n<file name="b.txt">\nbeta\n</file>'
    assert expected == prompt_of(fake)


@pytest.mark.parametrize("stdin", [b"", b" \n\t"])
def test_no_prompt_at_all_sends_nothing(litectl: Litectl, fake: FakeProxy, stdin: bytes) -> None:
    """Without a prompt and with an empty pipe the exit is 2 and no request is made."""
    result = litectl("ask", "-m", "m", stdin=stdin)

    assert result.code == 2
    assert "there is no prompt" in result.err
    assert fake.requests == []


def test_no_prompt_on_a_terminal_shows_the_help(litectl: Litectl, fake: FakeProxy) -> None:
    """On a terminal nobody waits in silence: the help is shown and the exit is 2."""
    result = litectl("ask", "-m", "m", terminal=True)

    assert result.code == 2
    assert "Usage: litectl ask" in result.err
    assert fake.requests == []


def test_no_prompt_with_json_is_an_object_and_no_help(litectl: Litectl, fake: FakeProxy) -> None:
    """A script on a terminal gets the error it can read, and nothing before it."""
    result = litectl("ask", "-m", "m", "--json", terminal=True)

    assert (result.code, json.loads(result.err)["code"]) == (2, "usage")


def test_a_silent_pipe_is_named_and_given_up(program: Program, fake: FakeProxy) -> None:
    """With -p and a pipe that says nothing, a note comes after a second and exit 2 after the limit."""
    silent, _keep_open = os.pipe()
    with program.started("ask", "-m", "m", "-p", "Hi", "--stdin-timeout", "1.5", stdin=silent) as process:
        _, err = process.communicate(timeout=20)

    assert process.returncode == 2
    assert b"note: waiting for the text on stdin; use `--no-stdin`" in err
    assert b"nothing came on stdin for 1.5 s" in err
    assert fake.requests == []


def test_while_read_loops_keep_their_input(program: Program, fake: FakeProxy) -> None:
    """With `--no-stdin` a shell loop asks once per line and its input is not eaten."""
    fake.on_chat(chat_answer("x"))
    command = " ".join(program.command)
    script = f'while read -r word; do {command} ask --no-stdin -m m -p "$word"; done'

    subprocess.run(
        ["sh", "-c", script], input=b"one\ntwo\n", env=program.environ(), capture_output=True, check=True
    )

    assert [request.json["messages"][0]["content"] for request in fake.requests] == ["one", "two"]


def test_invalid_utf8_is_refused(litectl: Litectl, fake: FakeProxy) -> None:
    """Text that is not UTF-8 is a usage error before anything is sent."""
    result = litectl("ask", "-m", "m", stdin=b"caf\xe9")

    assert result.code == 2
    assert "`stdin` is not UTF-8 text (byte 3)" in result.err
    assert fake.requests == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-p", "caf\udce9"), "the prompt is not UTF-8 text"),
        (("-p", "Hi", "--system", "caf\udce9"), "the system prompt is not UTF-8 text"),
    ],
)
def test_bytes_of_another_encoding_are_not_sent_as_question_marks(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...], said: str
) -> None:
    """An argument is refused as stdin and files are."""
    result = litectl("ask", "-m", "m", *arguments)

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert result.err.startswith(f"error: {said}\nhint: convert it first")


def test_a_five_megabyte_prompt_goes_through(litectl: Litectl, fake: FakeProxy) -> None:
    """A large prompt is sent whole."""
    fake.on_chat(chat_answer("x"))

    assert litectl("ask", "-m", "m", stdin=b"x" * 5_000_000).code == 0
    assert len(prompt_of(fake)) == 5_000_000


def test_tokens_are_flushed_one_by_one(program: Program, fake: FakeProxy) -> None:
    """Each piece is on stdout before the next one has been sent."""
    release = Event()
    pieces: list[bytes | Event] = [
        *sse(chunk("first ")),
        release,
        *sse(chunk("second"), chunk(finish="stop"), "[DONE]"),
    ]
    fake.on_chat(Answer(pieces=pieces, content_type=EVENT_TYPE))

    with program.started("ask", "-m", "m", "-p", "Hi") as process:
        assert process.stdout is not None
        first = os.read(process.stdout.fileno(), 100)
        release.set()
        rest, _ = process.communicate(timeout=20)

    assert (first, rest) == (b"first ", b"second\n")


def test_a_closed_pipe_is_success_and_quiet(program: Program, fake: FakeProxy) -> None:
    """When the reader has enough, as `head -1` does, the exit is 0 and stderr is empty."""
    release = Event()
    more = sse(*[chunk("more ") for _ in range(200)])
    fake.on_chat(Answer(pieces=[*sse(chunk("one\n")), release, *more], content_type=EVENT_TYPE))

    with program.started("ask", "-m", "m", "-p", "Hi") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert os.read(process.stdout.fileno(), 100) == b"one\n"
        process.stdout.close()
        release.set()
        err = process.stderr.read()
        code = process.wait(20)

    assert (code, err) == (0, b"")


@pytest.mark.parametrize("home", ["missing", "read-only", "/dev/null", "/proc"])
def test_works_without_a_usable_home(program: Program, fake: FakeProxy, tmp_path: Path, home: str) -> None:
    """A question needs no place for files; /proc refuses them to root as well."""
    fake.on_chat(chat_answer("Hello"))
    place = tmp_path / "home"
    if home == "read-only":
        place.mkdir()
        place.chmod(stat.S_IRUSR | stat.S_IXUSR)
    variables = {"HOME": home if home.startswith("/") else str(place)}

    assert program("ask", "-m", "m", "-p", "Hi", variables=variables) == (0, "Hello\n", "")


def test_works_without_any_home_variable(program: Program, fake: FakeProxy) -> None:
    """An environment without HOME, as in some containers, is enough."""
    fake.on_chat(chat_answer("Hello"))
    environ = {name: value for name, value in program.environ().items() if name != "HOME"}

    with program.started("ask", "-m", "m", "-p", "Hi", env=environ) as process:
        out, err = process.communicate(timeout=20)

    assert (out, err) == (b"Hello\n", b"")


def test_escape_sequences_reach_a_pipe_but_not_a_terminal(litectl: Litectl, fake: FakeProxy) -> None:
    """What a model writes cannot drive a terminal, and goes through a pipe byte for byte."""
    fake.on_chat(chat_answer("\x1b]52;c;ZXZpbA==\x07red\x9b31m\n"))

    assert litectl("ask", "-m", "m", "-p", "Hi").out == "\x1b]52;c;ZXZpbA==\x07red\x9b31m\n"
    assert litectl("ask", "-m", "m", "-p", "Hi", terminal=True).out == "]52;c;ZXZpbA==red31m\n"


def test_output_is_utf8_whatever_the_locale(program: Program, fake: FakeProxy) -> None:
    """An ASCII locale does not break an answer with other letters."""
    fake.on_chat(chat_answer("smörgås 🍞"))

    result = program("ask", "-m", "m", "-p", "Hi", variables={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})

    assert result == (0, "smörgås 🍞\n", "")


def test_model_comes_from_option_then_variable_then_profile(litectl: Litectl, fake: FakeProxy) -> None:
    """`-m` beats LITECTL_MODEL, which beats the profile's default; without any the exit is 2."""
    fake.on_chat(chat_answer("x"))
    no_model = litectl("ask", "-p", "Hi")
    litectl("login", "--no-verify", "--api-key-file", "-", "-m", "of-profile", stdin=b"sk-test-key-0001")

    litectl("ask", "-p", "Hi")
    litectl("ask", "-p", "Hi", variables={"LITECTL_MODEL": "of-variable"})
    litectl("ask", "-p", "Hi", "-m", "of-option", variables={"LITECTL_MODEL": "of-variable"})

    asked = [request.json["model"] for request in fake.requests]
    assert asked == ["of-profile", "of-variable", "of-option"]
    assert no_model.code == 2
    assert "litectl models list" in no_model.err


def test_without_a_default_profile_a_stored_one_is_to_be_chosen(litectl: Litectl) -> None:
    """Who has logged in is not told to log in, neither by `ask` nor by `logout`."""
    litectl("profiles", "add", "lab", "--base-url", "https://lab.example.com")
    litectl("profiles", "add", "work", "--base-url", "https://work.example.com")
    litectl("profiles", "use", "lab")
    litectl("profiles", "remove", "lab", "--yes")
    nothing = {"LITECTL_BASE_URL": "", "LITECTL_API_KEY": ""}

    asked = litectl("ask", "-p", "Hi", variables=nothing)
    left = litectl("logout", variables=nothing)

    assert asked.code == 2
    assert "error: no profile is the default, and no model is named\n" in asked.err
    assert "hint: say `litectl profiles use work`, then name a model with `-m MODEL`\n" in asked.err
    assert left.code == 3
    assert "error: no profile is named, and none is the default\n" in left.err
    assert "hint: name a stored one with `--profile NAME`, or add one with `litectl login`\n" in left.err


def test_unknown_model_suggests_near_names_from_the_cache(litectl: Litectl, fake: FakeProxy) -> None:
    """The proxy's 400 for an unknown model is exit 6 with near names, without another request."""
    fake.on_models(model_info("gpt-5.2"), model_info("claude-haiku-4-5"))
    text = (
        "litellm.BadRequestError: You passed in model=gpt-52. There are no healthy deployments for this model"
    )
    fake.on_chat(error_answer(400, "invalid_request_error", text))
    litectl("models", "refresh")
    before = len(fake.requests)

    result = litectl("ask", "-m", "gpt-52", "-p", "Hi")

    assert result.code == 6
    assert "hint: did you mean `gpt-5.2`?\n" in result.err
    assert len(fake.requests) - before == 1
    by_variable = litectl("ask", "-p", "Hi", variables={"LITECTL_MODEL": "gpt-52"})
    assert "hint: LITECTL_MODEL names it; did you mean `gpt-5.2`?\n" in by_variable.err


def test_an_answer_cut_at_the_limit_is_said(litectl: Litectl, fake: FakeProxy) -> None:
    """A finish reason of `length` is named on stderr with the option to use."""
    fake.on_chat(chat_answer("half", finish="length"))

    result = litectl("ask", "-m", "m", "-p", "Hi")

    assert (result.code, result.out) == (0, "half\n")
    assert "--max-tokens" in result.err


def test_partial_answer_stays_on_stdout_and_in_the_json_error(litectl: Litectl, fake: FakeProxy) -> None:
    """A broken answer leaves its text on stdout; with `--json` stdout is empty and the error has it."""
    failure = {"error": {"message": "litellm.APIConnectionError: upstream exploded", "code": "500"}}
    fake.on_chat(Answer(pieces=sse(chunk("half "), failure, "[DONE]"), content_type=EVENT_TYPE))

    text, document = litectl("ask", "-m", "m", "-p", "Hi"), litectl("ask", "-m", "m", "-p", "Hi", "--json")

    assert (text.code, text.out) == (11, "half ")
    assert (document.code, document.out) == (11, "")
    assert document.error["answer"] == "half "
    assert {"code", "message", "hint", "exit_code"} <= set(document.error)


def test_format_is_refused_where_it_means_nothing(litectl: Litectl, fake: FakeProxy) -> None:
    """An answer is text or one object; a table of it is a usage error before anything is sent."""
    result = litectl("ask", "-m", "m", "-p", "Hi", "--format", "tsv")

    assert result.code == 2
    assert fake.requests == []


def test_json_is_one_line_with_jsonl(litectl: Litectl, fake: FakeProxy) -> None:
    """`--format jsonl` prints the object on one line."""
    fake.on_chat(chat_answer("Hello"))

    out = litectl("ask", "-m", "m", "-p", "Hi", "--format", "jsonl").out

    assert out.count("\n") == 1
    assert json.loads(out)["answer"] == "Hello"


def test_an_error_begins_on_a_line_of_its_own_on_a_terminal(litectl: Litectl, fake: FakeProxy) -> None:
    """On a terminal the error does not stick to the half answer; the pipe gets no extra newline."""
    fake.on_chat(Answer(pieces=sse(chunk("half")), content_type=EVENT_TYPE))

    shown = litectl("ask", "-m", "m", "-p", "Hi", terminal=True, variables={"NO_COLOR": "1"})

    assert (shown.out, shown.err.startswith("\nerror: ")) == ("half", True)
    assert litectl("ask", "-m", "m", "-p", "Hi").err.startswith("error: ")


def test_a_byte_order_mark_hides_no_text(litectl: Litectl, fake: FakeProxy) -> None:
    """A stream that begins with a byte order mark loses nothing, whatever charset it claims."""
    first, *rest = sse(chunk("smörgås "), chunk("two", finish="stop"), "[DONE]")
    for content_type in ("text/event-stream", "Text/Event-Stream; charset=latin-1"):
        fake.on_chat(Answer(pieces=[b"\xef\xbb\xbf" + first, *rest], content_type=content_type))

        assert litectl("ask", "-m", "m", "-p", "Hi").out == "smörgås two\n"


def test_the_key_comes_before_the_prompt_on_stdin(litectl: Litectl, fake: FakeProxy) -> None:
    """With `--api-key-file -` stdin is the key, and the prompt is not read from it."""
    fake.on_chat(chat_answer("x"))

    assert litectl("ask", "-m", "m", "-p", "Hi", "--api-key-file", "-", stdin=b"sk-from-a-pipe").code == 0
    assert fake.requests[-1].headers["authorization"] == "Bearer sk-from-a-pipe"
    assert prompt_of(fake) == "Hi"


@pytest.mark.parametrize("option", ["--base-url", "--profile", "--api-key-file", "-m"])
def test_an_empty_value_is_refused(litectl: Litectl, fake: FakeProxy, option: str) -> None:
    """An unset variable of a script must not lead to another proxy, key or model."""
    result = litectl("ask", "-m", "m", "-p", "Hi", option, "")

    assert result.code == 2
    assert fake.requests == []


def test_a_prompt_without_its_option_is_explained(litectl: Litectl, fake: FakeProxy) -> None:
    """The first guess of many, `ask "..."`, is told where the prompt goes."""
    result = litectl("ask", "hello")

    assert result.code == 2
    assert '-p "..."' in result.err


def test_an_answer_that_ended_early_is_said(litectl: Litectl, fake: FakeProxy) -> None:
    """A finish reason that is no plain end is named on stderr."""
    fake.on_chat(chat_answer("half", finish="content_filter"))

    assert "`content_filter`" in litectl("ask", "-m", "m", "-p", "Hi").err


def test_unbuffered_output_is_whole(program: Program, fake: FakeProxy) -> None:
    """With PYTHONUNBUFFERED, usual in containers, a large answer is written to its end."""
    fake.on_chat(chat_answer("x" * 300_000))

    result = program("ask", "-m", "m", "-p", "Hi", "--no-stream", variables={"PYTHONUNBUFFERED": "1"})

    assert (result.code, len(result.out)) == (0, 300_001)


@pytest.mark.parametrize("found", [RuntimeError("could not determine the home directory"), "~/litectl"])
def test_works_for_a_user_without_a_home(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch, found: str | RuntimeError
) -> None:
    """A container may run as a number that no account has: platformdirs then fails, or finds no place."""

    def directory(*_: object, **__: object) -> str:
        if isinstance(found, RuntimeError):
            raise found
        return found

    monkeypatch.delenv("HOME")
    for kind in ("config", "cache", "state", "data"):
        monkeypatch.setattr(f"platformdirs.user_{kind}_dir", directory)
    fake.on_chat(chat_answer("Hello"))
    fake.on_models(model_info("gpt-5.2"))

    assert litectl("ask", "-m", "m", "-p", "Hi") == (0, "Hello\n", "")
    assert litectl("models", "list", "--columns", "name").out == "gpt-5.2\n"
    assert litectl("whoami", "--offline", "--json").json["profiles_file"] is None
    assert litectl("login", "--no-verify", "--api-key-file", "-", stdin=b"sk-some-key-0001").code == 3
    assert litectl("sandbox", "run", "--", "true").code == 3


ANSWERS = Path(__file__).parent / "recordings" / "answers"


@pytest.mark.parametrize("form", ["stream", "plain"])
@pytest.mark.parametrize("protocol", ["chat", "responses", "messages"])
def test_each_wire_protocol_is_asked_and_read(
    litectl: Litectl, fake: FakeProxy, protocol: str, form: str
) -> None:
    """The same question by another route, and the same answer, in pieces or in one."""
    routes = {"chat": "chat/completions", "responses": "responses", "messages": "messages"}
    body = (ANSWERS / f"{protocol}-gpt-5.2-{form}.txt").read_bytes()
    content_type = EVENT_TYPE if form == "stream" else "application/json"
    fake.on("POST", f"/v1/{routes[protocol]}", Answer(pieces=[body], content_type=content_type))

    result = litectl("ask", "-m", "gpt-5.2", "-p", "hi there", "--protocol", protocol, "--json")

    assert result.json["answer"] == "echo: hi there"
    assert (result.json["finish_reason"], result.json["usage"]["total_tokens"]) == ("stop", 5)
    assert fake.requests[-1].path == f"/v1/{routes[protocol]}"


def test_an_unknown_protocol_is_a_usage_error(litectl: Litectl, fake: FakeProxy) -> None:
    """With the known ones, before anything is sent."""
    result = litectl("ask", "-m", "m", "-p", "Hi", "--protocol", "smtp")

    assert (result.code, "chat, responses, messages" in result.err) == (2, True)
    assert fake.requests == []


@pytest.mark.parametrize(
    "arguments",
    [("--temperature", "nan"), ("--temperature", "inf"), ("--temperature", "1e999"), ("--max-wait", "nan")],
)
def test_what_is_no_number_is_a_usage_error(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, str]
) -> None:
    """A number that JSON does not know, or that no wait can be compared with, is refused and not sent."""
    result = litectl("ask", "-m", "gpt-5.2", "-p", "Hi", *arguments)

    assert (result.code, result.out, fake.requests) == (2, "", [])


def with_profile(litectl: Litectl, *settings: str) -> None:
    """Store a profile of the proxy with *settings*, and use it from now on."""
    litectl("login", "--no-verify", "--api-key-file", "-", stdin=b"sk-test-key-0001")
    assert litectl("profiles", "set", *settings).code == 0


@pytest.mark.parametrize(
    ("stored", "arguments", "sent"),
    [
        ("max_tokens=1000", ("--param", "max_completion_tokens=50"), {"max_tokens": 50}),
        ("max_completion_tokens=1000", ("--max-tokens", "50"), {"max_tokens": 50}),
        ("max_tokens=1000", ("--param", "top_p=0.5"), {"max_tokens": 1000, "top_p": 0.5}),
    ],
)
def test_what_is_given_wins_over_the_profile_by_whatever_name(
    litectl: Litectl, fake: FakeProxy, stored: str, arguments: tuple[str, str], sent: dict[str, object]
) -> None:
    """A limit has two names, and the one of the profile does not win by having the other."""
    fake.on_chat(chat_answer("x"))
    with_profile(litectl, f"parameters.{stored}")

    litectl("ask", "-m", "gpt-5.2", "-p", "Hi", *arguments)

    body = fake.requests[-1].json
    kept = {name: value for name, value in body.items() if "tokens" in name or name == "top_p"}
    assert kept == sent


@pytest.mark.parametrize(
    "arguments",
    [
        ("--max-tokens", "5", "--param", "max_completion_tokens=6"),
        ("--effort", "low", "--param", "reasoning_effort=high"),
        ("--effort", "low", "--param", 'thinking={"type": "enabled"}'),
        ("--param", "max_tokens=1e3"),
    ],
)
def test_two_names_of_one_wish_are_a_usage_error(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...]
) -> None:
    """One of the two would be lost in silence; so would a limit that is no whole number."""
    fake.on_models(model_info("r", supports_reasoning=True))
    litectl("models", "refresh")

    result = litectl("ask", "-m", "r", "-p", "Hi", *arguments)

    assert (result.code, fake.requests[-1].path == CHAT) == (2, False)


def test_an_effort_replaces_that_of_the_profile(litectl: Litectl, fake: FakeProxy) -> None:
    """What a profile says of thinking in other words does not go along with `--effort`."""
    fake.on_chat(chat_answer("x"))
    fake.on_models(model_info("quiet", supports_reasoning=False))
    with_profile(litectl, "parameters.reasoning_effort=high")
    litectl("models", "refresh")

    litectl("ask", "-m", "quiet", "-p", "Hi", "--effort", "none")

    assert "reasoning_effort" not in fake.requests[-1].json


def priced(*names: str) -> list[dict[str, object]]:
    """Return entries of models, each ten times as dear as the one before."""
    return [
        model_info(name, input_cost_per_token=1e-6 * 10**place, output_cost_per_token=1e-6 * 10**place)
        for place, name in enumerate(names)
    ]


def test_a_fallback_that_no_header_tells_of_is_said_and_priced(litectl: Litectl, fake: FakeProxy) -> None:
    """A proxy that sends pings while it waits sends no headers; the answer still names its model."""
    fake.on_models(*priced("cheap", "dear"))
    litectl("models", "refresh")
    usage = {"prompt_tokens": 3, "completion_tokens": 5}
    chunks = [chunk("x", finish="stop"), chunk(usage=usage)]
    fake.on_chat(
        Answer(pieces=sse(*({**each, "model": "dear"} for each in chunks), "[DONE]"), content_type=EVENT_TYPE)
    )

    result = litectl("ask", "-m", "cheap", "-p", "Hi", "--fallback", "dear", "--json")

    assert (result.json["model"], result.json["cost"]) == ("dear", 8e-5)
    assert result.err == "note: dear answered, as a fallback for cheap\n"


def test_the_model_of_the_json_is_the_one_that_answered(litectl: Litectl, fake: FakeProxy) -> None:
    """The bodies of some protocols name the model that was asked, also where another one answered."""
    headers = (("x-litellm-model-group", "dear"), ("x-litellm-attempted-fallbacks", "1"))
    fake.on_chat(chat_answer("x")._replace(headers=headers))

    result = litectl("ask", "-m", "gpt-5.2", "-p", "Hi", "--fallback", "dear", "--json")

    assert result.json["model"] == "dear"


def test_a_call_that_was_cut_before_its_arguments_is_none(litectl: Litectl, fake: FakeProxy) -> None:
    """A script would run it without what the model was about to say."""
    call = {"index": 0, "id": "call_1", "function": {"name": "remove", "arguments": ""}}
    begun = {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}
    fake.on_chat(Answer(pieces=sse(begun, chunk(finish="length"), "[DONE]"), content_type=EVENT_TYPE))

    result = litectl("ask", "-m", "gpt-5.2", "-p", "Hi", "--max-tokens", "5")

    assert (result.code, result.out) == (11, "")
    assert "cut" in result.err


def test_a_note_beside_the_seconds_has_a_line_of_its_own(program: Program, fake: FakeProxy) -> None:
    """What is said while a terminal shows the seconds begins where these stood."""
    pause = Event()
    refusal = error_answer(429, "throttling_error", "slow down", retry_after="0")

    def answer(_: object) -> Answer:
        if len(fake.requests) > 1:
            return chat_answer("Hello")
        pause.wait(1.5)
        return refusal

    fake.on_chat(answer)

    code, shown = program.on_terminal("ask", "-m", "m", "-p", "Hi", "--retries", "1")

    assert (code, "waiting for m" in shown) == (0, True)
    assert " s)\x1b[2mnote" not in shown
    assert "\r\x1b[K\x1b[2mnote" in shown


@pytest.mark.parametrize("wait", ["30", "1.5"])
def test_all_tries_together_end_in_time(litectl: Litectl, fake: FakeProxy, wait: str) -> None:
    """`--timeout` bounds the command: no wait begins behind which no time is left."""
    fake.on_chat(error_answer(429, "throttling_error", "slow down", retry_after=wait))
    started = time.monotonic()

    result = litectl("ask", "-m", "m", "-p", "Hi", "--retries", "5", "--timeout", "1")

    assert (result.code, len(fake.requests)) == (8, 1)
    assert time.monotonic() - started < 1


def test_a_dry_run_shows_each_header_once(litectl: Litectl) -> None:
    """A header of the request takes the place of an extra one, however that is spelled."""
    extra = ("--header", "content-type: text/plain", "--header", "X-LiteLLM-Num-Retries: 5")

    headers = litectl("ask", "-m", "m", "-p", "Hi", *extra, "--retries", "1", "--dry-run", "--json").json[
        "headers"
    ]

    assert headers["Content-Type"] == "application/json"
    assert headers["x-litellm-num-retries"] == "0"
    assert len({name.lower() for name in headers}) == len(headers)


def test_a_whole_answer_is_saved_also_when_nobody_reads_it(
    program: Program, fake: FakeProxy, tmp_path: Path
) -> None:
    """A reader that is gone ends the printing, and loses nothing of a conversation that is paid for."""
    fake.on_chat(chat_answer("Hello"))
    path = tmp_path / "conversation.json"
    reader, writer = os.pipe()
    os.close(reader)

    with program.started(
        "ask", "-m", "m", "-p", "Hi", "--json", "--save", str(path), stdout=writer
    ) as process:
        os.close(writer)
        assert process.wait(20) == 0

    assert json.loads(path.read_text())[-1] == {"role": "assistant", "content": "Hello"}


def test_a_form_is_asked_for_behind_the_parts_of_an_instruction(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """The marks for the prompt cache on the parts are not lost."""
    part = {"type": "text", "text": "Be brief", "cache_control": {"type": "ephemeral"}}
    conversation = tmp_path / "conversation.json"
    conversation.write_text(json.dumps([{"role": "system", "content": [part]}]))
    fake.on_chat(chat_answer("{}"))

    litectl("ask", "-m", "m", "-p", "Hi", "--messages", str(conversation), "--json-object")

    first, second = fake.requests[-1].json["messages"][0]["content"]
    assert (first, second["type"]) == (part, "text")


def test_a_prompt_that_was_not_counted_has_no_estimate(litectl: Litectl, fake: FakeProxy) -> None:
    """A cost without that of the prompt would be a wrong one."""
    fake.on_models(*priced("m"))
    litectl("models", "refresh")
    fake.on_chat(chat_answer("x", usage={"prompt_tokens": 0, "completion_tokens": 5}))

    assert litectl("ask", "-m", "m", "-p", "Hi", "--json").json["cost"] is None


def test_a_failure_that_says_how_long_to_wait_is_tried_again_then(litectl: Litectl, fake: FakeProxy) -> None:
    """An overloaded backend says so with a 503 and a header, and no rate limit."""
    busy = error_answer(503, "internal_server_error", "Overloaded")
    busy = busy._replace(headers=(("llm_provider-retry-after", "0.25"),))
    fake.on_chat(lambda _: busy if len(fake.requests) < 2 else chat_answer("Hello"))

    result = litectl("ask", "-m", "m", "-p", "Hi", "--retries", "1")

    assert (result.code, result.out) == (0, "Hello\n")
    assert "trying again in 0.25 s" in result.err

    late = busy._replace(headers=(("retry-after", "90"),))
    fake.on_chat(late)
    asked = len(fake.requests)

    result = litectl("ask", "-m", "m", "-p", "Hi", "--retries", "1")

    assert (result.code, len(fake.requests)) == (12, asked + 1)
    assert "--max-wait 90" in result.err


@pytest.mark.parametrize("save", [False, True])
def test_calls_that_nobody_asked_for_begin_a_line(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, save: bool
) -> None:
    """The text before them is on stdout already, once, and does not run into the JSON."""
    call = {"index": 0, "id": "call_1", "function": {"name": "f", "arguments": "{}"}}
    calls = {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}
    chunks = (chunk("I call"), calls, chunk(finish="tool_calls"), "[DONE]")
    fake.on_chat(Answer(pieces=sse(*chunks), content_type=EVENT_TYPE))
    options = ("--save", str(tmp_path / "saved.json")) if save else ()

    result = litectl("ask", "-m", "m", "-p", "Hi", *options)

    text, _, shown = result.out.partition("\n")
    assert (text, json.loads(shown)[0]["name"], result.err) == ("I call", "f", "")


RESPONSES = "/v1/responses"


def refusing(fake: FakeProxy, *names: str) -> Callable[[Request], Answer]:
    """Return what refuses one of *names* after the other, then answers by responses."""

    def answer(_: Request) -> Answer:
        if (number := len(fake.requests)) <= len(names):
            text = f"Unsupported parameter: '{names[number - 1]}' is not supported with this model."
            return error_answer(400, "invalid_request_error", text)
        end = {"type": "response.completed", "response": {"status": "completed"}}
        piece = {"type": "response.output_text.delta", "delta": "{}"}
        return Answer(pieces=sse(piece, end), content_type=EVENT_TYPE)

    return answer


@pytest.mark.parametrize(
    ("refused", "arguments"),
    [
        ("max_output_tokens", ("--max-tokens", "9")),
        ("reasoning", ("--param", "reasoning_effort=low")),
        ("text", ("--json-object",)),
        ("text", ("--schema", '{"type": "object"}')),
    ],
)
def test_a_refusal_in_the_words_of_the_protocol_is_understood(
    litectl: Litectl, fake: FakeProxy, refused: str, arguments: tuple[str, ...]
) -> None:
    """What is said to be left out is not sent again, and is left out the next time."""
    fake.on("POST", RESPONSES, refusing(fake, refused))
    asked = ("ask", "-m", "m", "-p", "Hi", "--protocol", "responses", *arguments)

    assert litectl(*asked).code == 0

    first, second = (request.json for request in fake.requests)
    assert (refused in first, refused in second) == (True, False)
    assert second["additional_drop_params"][0] == refused
    assert second.get("instructions", "").count("nothing else") == (refused == "text")


def test_refusals_of_what_was_not_sent_end(litectl: Litectl, fake: FakeProxy) -> None:
    """The proxy may have added one; a second one is no reason to ask a third time."""
    fake.on("POST", RESPONSES, refusing(fake, *(f"p{number}" for number in range(20))))

    result = litectl("ask", "-m", "m", "-p", "Hi", "--protocol", "responses")

    assert (result.code, len(fake.requests)) == (1, 2)


def test_a_cache_that_cannot_be_looked_into_is_no_cache(litectl: Litectl, fake: FakeProxy) -> None:
    """As one of another user, or one whose name no file system takes."""
    fake.on_chat(chat_answer("ok"))

    result = litectl("ask", "-m", "m", "-p", "Hi", variables={"XDG_CACHE_HOME": f"/none/{'n' * 300}"})

    assert result == (0, "ok\n", "")
