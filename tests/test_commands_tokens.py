"""`litectl tokens` against a proxy that answers what the test says."""

from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer, model_info
from leaks import require_clean
from parrot import ECHOES, Echo, Parrot
from program import Litectl, Program

COUNTER = "/utils/token_counter"
COUNTED = {
    "total_tokens": 2,
    "request_model": "gpt-5.2",
    "model_used": "gpt-5.2-2026",
    "tokenizer_type": "openai_tokenizer",
    "count_source": "local_estimate",
    "error": False,
}
TOKENS = ("tokens", "-m", "gpt-5.2")
MESSAGES = b'[{"role": "user", "content": "Hi"}]'


@pytest.fixture
def counting(fake: FakeProxy) -> FakeProxy:
    """Give a proxy that counts two tokens in everything."""
    fake.on("POST", COUNTER, json_answer(COUNTED))
    return fake


def test_the_number_stands_alone(litectl: Litectl, counting: FakeProxy) -> None:
    """The count is alone on stdout, the text is sent as it is, and nothing else is asked."""
    assert litectl(*TOKENS, "-p", " Hello \n") == (0, "2\n", "")
    assert [request.path for request in counting.requests] == [COUNTER]
    assert counting.requests[-1].json == {"model": "gpt-5.2", "prompt": " Hello \n"}


def test_json_has_the_documented_fields(litectl: Litectl, counting: FakeProxy) -> None:
    """`--json` prints one object with exactly the public fields, the other formats the same record."""
    assert litectl(*TOKENS, "-p", "Hello", "--json").json == {
        "schema_version": 1,
        "model": "gpt-5.2",
        "tokens": 2,
        "tokenizer": "openai_tokenizer",
        "source": "local_estimate",
        "model_used": "gpt-5.2-2026",
    }
    assert litectl(*TOKENS, "-p", "Hello", "--format", "tsv").out.splitlines()[1] == "tokens\t2"


@pytest.mark.parametrize(
    ("arguments", "stdin", "expected"),
    [
        (("-f", "{file}"), b"", "of the file\n"),
        ((), b"of the pipe\n", "of the pipe\n"),
        (("-f", "-"), b"of the pipe\n", "of the pipe\n"),
        # Nothing is a text of no tokens when it was meant.
        (("-p", ""), b"of the pipe\n", ""),
        (("-f", "-"), b"", ""),
        # A file and a prompt leave stdin alone.
        (("-p", "Hi"), b"\xff", "Hi"),
    ],
)
def test_the_text_comes_from_one_place(
    litectl: Litectl,
    counting: FakeProxy,
    tmp_path: Path,
    arguments: tuple[str, ...],
    stdin: bytes,
    expected: str,
) -> None:
    """A prompt, a file or what is piped in is counted as it is."""
    (tmp_path / "text").write_text("of the file\n")
    words = [word.format(file=tmp_path / "text") for word in arguments]

    assert litectl(*TOKENS, *words, stdin=stdin).out == "2\n"
    assert counting.requests[-1].json["prompt"] == expected


@pytest.mark.parametrize("way", ["file", "stdin"])
def test_a_conversation_is_counted_as_one(
    litectl: Litectl, counting: FakeProxy, tmp_path: Path, way: str
) -> None:
    """`--messages` sends the messages of a JSON array."""
    (tmp_path / "messages.json").write_bytes(MESSAGES)
    path = "-" if way == "stdin" else str(tmp_path / "messages.json")

    assert litectl(*TOKENS, "--messages", path, stdin=MESSAGES).out == "2\n"
    assert counting.requests[-1].json == {"model": "gpt-5.2", "messages": [{"role": "user", "content": "Hi"}]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "`-` is not JSON (line 1)"),
        (b"Hi", "`-` is not JSON (line 1)"),
        (b"{}", "`-` is not a list of messages"),
        (b'"Hi"', "`-` is not a list of messages"),
        (b"null", "`-` is not a list of messages"),
        (b'["Hi"]', "`-`: message 1 of 1 is not a JSON object"),
        (b'[{"role": "user", "content": "Hi"}, 1]', "`-`: message 2 of 2 is not a JSON object"),
        (b'[{"role": "user"}]', "`-`: message 1 of 1 has no content"),
        (MESSAGES[:-1], "`-` is not JSON (line 1)"),
        (b"[" * 100_000, "`-` is not JSON"),
    ],
)
def test_what_is_no_conversation_is_exit_2(
    litectl: Litectl, counting: FakeProxy, content: bytes, message: str
) -> None:
    """What `ask` would not take is refused before it is sent, with what is wrong and an example."""
    result = litectl(*TOKENS, "--messages", "-", stdin=content)

    error, hint = result.err.splitlines()
    assert (result.code, result.out, error) == (2, "", f"error: {message}")
    assert hint.startswith("hint: ")
    assert counting.requests == []


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        ((), b"", "there is nothing to count"),
        (("-p", "x", "-f", "y"), b"", "one text at a time"),
        (("-p", "", "--messages", "y"), b"", "one text at a time"),
        ((), b"caf\xe9", "stdin is not UTF-8 text (byte 3)"),
        (("-f", ""), b"x", "cannot read ``"),
        (("-f", "/nowhere/at/all"), b"x", "cannot read `/nowhere/at/all`: No such file or directory"),
        (("--messages", "/nowhere/at/all"), b"x", "cannot read `/nowhere/at/all`: No such file or directory"),
        (("-m", "", "-p", "x"), b"", "`-m` is empty"),
        (("--api-key-file", "-"), b"sk-of-a-pipe-0001", "there is nothing to count"),
        (("--api-key-file", "-", "-f", "-"), b"sk-of-a-pipe-0001", "there is nothing to count"),
    ],
)
def test_bad_input_is_exit_2_before_anything_is_asked(
    litectl: Litectl, counting: FakeProxy, arguments: tuple[str, ...], stdin: bytes, message: str
) -> None:
    """No text, two of them, or one that cannot be read is a usage error."""
    result = litectl(*TOKENS, *arguments, stdin=stdin)

    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert counting.requests == []


@pytest.mark.parametrize("arguments", [(), ("-f", "-")])
def test_on_a_terminal_nobody_waits_in_silence(
    litectl: Litectl, counting: FakeProxy, arguments: tuple[str, ...]
) -> None:
    """Without a text a terminal gets exit 2 with what to give."""
    result = litectl(*TOKENS, *arguments, terminal=True)

    assert result.code == 2
    assert "give a text with `-p`, a pipe, `-f PATH` or `--messages PATH`" in result.err


def test_a_provider_is_asked_when_it_is_wanted(litectl: Litectl, counting: FakeProxy) -> None:
    """`--at-provider` has the provider count; its count needs no note."""
    told = {**COUNTED, "tokenizer_type": "anthropic_api", "count_source": "provider"}
    counting.on("POST", COUNTER, json_answer(told))

    assert litectl(*TOKENS, "-p", "Hi", "--at-provider") == (0, "2\n", "")
    assert counting.requests[-1].path == f"{COUNTER}?call_endpoint=true"
    assert litectl(*TOKENS, "-p", "Hi", "--at-provider", "--json").json["source"] == "provider"


def test_a_provider_that_cannot_count_is_named(litectl: Litectl, counting: FakeProxy) -> None:
    """Where the proxy counted after all, a note says so."""
    result = litectl(*TOKENS, "-p", "Hi", "--at-provider")

    assert result == (
        0,
        "2\n",
        "note: the provider did not count; this is the proxy's own estimate (local_estimate)\n",
    )


@pytest.fixture
def listed(litectl: Litectl, counting: FakeProxy) -> FakeProxy:
    """Give a counting proxy whose list is cached: a plain name, a folder, a wildcard without names."""
    counting.on_models(model_info("gpt-5.2"), model_info("openai/gpt-5.2"), model_info("team-*"))
    assert litectl("models", "refresh").code == 0
    counting.requests.clear()
    return counting


@pytest.mark.parametrize("model", ["gpt-5.2", "openai/gpt-5.2", "openai/other", "team-x"])
def test_a_model_that_may_be_there_needs_no_note(litectl: Litectl, listed: FakeProxy, model: str) -> None:
    """A listed name, and one that a wildcard may stand for, is counted without a word."""
    assert litectl("tokens", "-m", model, "-p", "Hi") == (0, "2\n", "")


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("gtp-5.2", "did you mean `gpt-5.2`?"),
        ("zzz/yyy", "see the models this key may use with `litectl models list --mode all`"),
    ],
)
def test_a_model_that_nobody_lists_is_counted_and_named(
    litectl: Litectl, listed: FakeProxy, model: str, hint: str
) -> None:
    """The proxy counts for any name, so a note says that this one is not in the list; `-q` leaves it out."""
    note = f"note: {model} is not in the cached model list, and is counted all the same; {hint}\n"

    assert litectl("tokens", "-m", model, "-p", "Hi") == (0, "2\n", note)
    assert litectl("tokens", "-m", model, "-p", "Hi", "-q") == (0, "2\n", "")


def test_without_a_list_every_model_is_counted(program: Program, counting: FakeProxy) -> None:
    """Where nothing is cached nothing is known, so nothing is said and no list is fetched."""
    assert program("tokens", "-m", "nobody", "-p", "Hi") == (0, "2\n", "")
    assert [request.path for request in counting.requests] == [COUNTER]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (json_answer({"detail": "Not Found"}, 404), 1),
        (json_answer({"total_tokens": None}), 1),
        (error_answer(401, "auth_error", "no"), 4),
        (error_answer(429, "throttling_error", "no"), 8),
        (error_answer(422, "budget_exceeded", "no"), 9),
        (Answer(), 11),
        (error_answer(503, "token_counting_disabled", "no"), 12),
        (json_answer({"total_tokens": 0, "error": True, "error_message": "no"}), 12),
    ],
)
def test_a_count_that_fails_has_the_code_of_its_class(
    litectl: Litectl, counting: FakeProxy, answer: Answer, code: int
) -> None:
    """A failure leaves stdout empty; it is asked once."""
    counting.on("POST", COUNTER, answer)

    result = litectl(*TOKENS, "-p", "Hi")

    assert (result.code, result.out) == (code, "")
    assert len(counting.requests) == 1


def test_offline_is_exit_3_and_nobody_there_exit_5(litectl: Litectl, counting: FakeProxy) -> None:
    """Only the proxy counts, so it has to be there."""
    assert litectl(*TOKENS, "-p", "Hi", "--offline").code == 3
    assert litectl(*TOKENS, "-p", "Hi", "--base-url", "http://127.0.0.1:1").code == 5
    assert counting.requests == []


@pytest.mark.parametrize("echo", ECHOES, ids=str)
def test_whatever_the_proxy_repeats_no_secret_is_shown(litectl: Litectl, echo: Echo) -> None:
    """A proxy that answers with all that it was sent makes litectl show no part of the key."""
    key = 'sk-hidden"key+/=\\0001'
    with Parrot(echo) as parrot:
        variables = {"LITECTL_BASE_URL": parrot.root, "LITECTL_API_KEY": key}
        results = [
            litectl(*TOKENS, "-p", "Hi", *more, variables=variables)
            for more in ((), ("--json",), ("--debug",))
        ]

    assert all(result.code not in (0, 70) for result in results)
    require_clean(results, [key])
