"""`litectl embed` against a proxy that answers what the test says."""

import csv
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from fake_proxy import Answer, FakeProxy, Request, error_answer, json_answer, model_info
from leaks import require_clean
from parrot import ECHOES, Echo, Parrot
from program import Litectl, Program

PATH, ESTIMATE = "/v1/embeddings", "/cost/estimate"
EMBED = ("embed", "-m", "embed")
WAYS = "hint: give it as an argument, pipe it in, or name a file with `-f`\n"


def vector_of(text: str) -> list[float]:
    """Return a vector that tells *text*."""
    return [float(len(text)), 0.5]


def embeddings(request: Request, **more: object) -> dict[str, Any]:
    """Return an answer to *request* with the vectors in reverse order."""
    texts = request.json["input"]
    entries = [
        {"embedding": vector_of(text), "index": index, "object": "embedding"}
        for index, text in enumerate(texts)
    ]
    return {"model": "embed", "data": entries[::-1], "usage": {"prompt_tokens": len(texts)}, **more}


def answered(request: Request) -> Answer:
    """Answer *request*; each costs the same."""
    return json_answer(embeddings(request), x_litellm_response_cost="0.0002")


def uncosted(request: Request) -> Answer:
    """Answer *request* without a cost."""
    return json_answer(embeddings(request), x_litellm_response_cost="0.0")


def failing_after(count: int, failure: Answer) -> Callable[[Request], Answer]:
    """Answer *count* requests, and the next ones with *failure*."""
    left = iter(range(count))

    def answer(request: Request) -> Answer:
        return failure if next(left, None) is None else answered(request)

    return answer


@pytest.fixture(autouse=True)
def answering(fake: FakeProxy) -> FakeProxy:
    """Give a proxy that embeds."""
    fake.on("POST", PATH, answered)
    return fake


@pytest.fixture
def listed(litectl: Litectl, fake: FakeProxy) -> FakeProxy:
    """Give a proxy whose list is cached."""
    fake.on_models(
        model_info("embed", mode="embedding", input_cost_per_token=2e-06),
        model_info("embed-large", mode="embedding"),
        model_info("gpt-5.2"),
        model_info("both", mode="embedding"),
        model_info("both", mode="chat", id="other"),
        model_info("unknown", mode=None),
    )
    assert litectl("models", "refresh").code == 0
    fake.requests.clear()
    return fake


def sent(fake: FakeProxy) -> list[list[str]]:
    """Return the texts of each request."""
    return [request.json["input"] for request in fake.requests if request.path == PATH]


def rows(out: str) -> list[Any]:
    """Return the JSON of each line."""
    return [json.loads(line) for line in out.splitlines()]


# What comes out


def test_a_pipe_gets_a_line_for_each_text(litectl: Litectl, fake: FakeProxy) -> None:
    """Arguments are texts, all of one request, and each is a JSON object on a line of its own."""
    result = litectl(*EMBED, "a", "bb")

    assert (result.code, result.err) == (0, "")
    assert rows(result.out) == [
        {"index": 0, "file": None, "text": "a", "embedding": [1.0, 0.5]},
        {"index": 1, "file": None, "text": "bb", "embedding": [2.0, 0.5]},
    ]
    assert [request.json for request in fake.requests] == [{"model": "embed", "input": ["a", "bb"]}]


def test_json_is_one_document(litectl: Litectl, fake: FakeProxy) -> None:
    """`--json` prints exactly the public fields; what all requests took is added up."""
    assert litectl(*EMBED, "a", "bb", "ccc", "--batch", "2", "--json").json == {
        "schema_version": 1,
        "model": "embed",
        "dimensions": 2,
        "usage": {"input_tokens": 3},
        "cost": 0.0004,
        "cost_source": "header",
        "embeddings": [
            {"index": 0, "file": None, "text": "a", "embedding": [1.0, 0.5]},
            {"index": 1, "file": None, "text": "bb", "embedding": [2.0, 0.5]},
            {"index": 2, "file": None, "text": "ccc", "embedding": [3.0, 0.5]},
        ],
    }
    assert sent(fake) == [["a", "bb"], ["ccc"]]


def test_a_vector_has_one_line_of_the_document(litectl: Litectl) -> None:
    """A document of thousands of numbers can still be looked at."""
    assert '\n    {"index": 0, "file": null, "text": "a", "embedding": [1.0, 0.5]}\n  ]\n}\n' in (
        litectl(*EMBED, "a", "--json").out
    )


def test_tsv_and_csv_have_the_numbers_with_commas(litectl: Litectl) -> None:
    """Each line has the index and the numbers; CSV has one heading, however many requests there are."""
    texts = ("a", "bb", "--batch", "1")

    assert litectl(*EMBED, *texts, "--format", "tsv").out == "0\t1.0,0.5\n1\t2.0,0.5\n"
    out = litectl(*EMBED, *texts, "--format", "csv").out
    assert list(csv.reader(out.splitlines())) == [["index", "embedding"], ["0", "1.0,0.5"], ["1", "2.0,0.5"]]


def test_a_terminal_shows_that_it_worked(litectl: Litectl, fake: FakeProxy) -> None:
    """A person sees the beginning of each text, how long its vector is, and its first numbers."""

    def longer(request: Request) -> Answer:
        document = embeddings(request)
        for entry in document["data"]:
            entry["embedding"] = [0.6, -0.8, 0, 0.00001]
        return json_answer(document)

    fake.on("POST", PATH, longer)
    result = litectl(
        *EMBED, "a\nb", "x" * 30, "長" * 30, terminal=True, variables={"NO_COLOR": "1", "COLUMNS": "80"}
    )

    assert [line.split() for line in result.out.splitlines()] == [
        ["INDEX", "TEXT", "DIMENSIONS", "NORM", "NUMBERS"],
        ["0", "a", "b", "4", "1", "0.600", "-0.800", "0.000", "…"],
        ["1", "x" * 23 + "…", "4", "1", "0.600", "-0.800", "0.000", "…"],
        ["2", "長" * 11 + "…", "4", "1", "0.600", "-0.800", "0.000", "…"],
    ]


def test_every_digit_comes_through(litectl: Litectl, fake: FakeProxy) -> None:
    """No number is rounded on its way."""
    document = {"data": [{"index": 0, "embedding": [0.1234567890123456, -3.1e-17, 1]}]}
    fake.on("POST", PATH, json_answer(document))

    assert litectl(*EMBED, "a", "--format", "tsv").out == "0\t0.1234567890123456,-3.1e-17,1.0\n"


def test_usage_is_told_on_stderr(litectl: Litectl, fake: FakeProxy) -> None:
    """`--usage` says what all requests took together."""
    result = litectl(*EMBED, "a", "b", "--batch", "1", "--usage")

    assert result.err.startswith("usage: 2 tokens in, $0.00040, 2 requests, ")
    assert result.err.endswith(" s, embed\n")


# Which texts


def test_each_line_of_a_pipe_is_a_text(litectl: Litectl, fake: FakeProxy) -> None:
    """The index is the number of the line, also behind lines that are empty, which are left out and told."""
    result = litectl(*EMBED, stdin=b"a\r\n\n \nbb \x0b c\n")

    assert [(row["index"], row["text"], row["file"]) for row in rows(result.out)] == [
        (0, "a", None),
        (3, "bb \x0b c", None),
    ]
    assert result.err == "note: 2 empty lines are left out; `index` counts them all the same\n"
    assert sent(fake) == [["a", "bb \x0b c"]]


def test_a_file_is_one_text(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """A whole file has its path in its row, and not its text again."""
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n")

    result = litectl(*EMBED, "-f", str(path), "zero")

    assert [(row["index"], row["file"], row["text"]) for row in rows(result.out)] == [
        (0, None, "zero"),
        (1, str(path), None),
    ]
    assert sent(fake) == [["zero", "one\ntwo\n"]]


def test_lines_of_files_are_texts(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """With `--lines` a row says which file its line is from, and stdin may be one of the files."""
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo")

    result = litectl(*EMBED, "--lines", "-f", str(path), "-f", "-", stdin=b"three\n")

    assert [(row["index"], row["file"], row["text"]) for row in rows(result.out)] == [
        (0, str(path), "one"),
        (1, str(path), "two"),
        (2, None, "three"),
    ]


def test_stdin_can_be_one_text(litectl: Litectl, fake: FakeProxy) -> None:
    """`-f -` is all of stdin."""
    assert litectl(*EMBED, "-f", "-", stdin=b"one\ntwo\n").code == 0
    assert sent(fake) == [["one\ntwo\n"]]


def test_stdin_is_left_alone_where_there_are_texts(program: Program) -> None:
    """A loop over lines keeps its stdin, and a pipe that nobody closes is not waited for."""
    reader, writer = os.pipe()
    with (
        os.fdopen(reader, "rb") as silent,
        os.fdopen(writer, "wb"),
        program.started(*EMBED, "a", stdin=silent) as process,
    ):
        out, _ = process.communicate(timeout=20)

    assert (process.returncode, rows(out.decode())[0]["text"]) == (0, "a")


def test_a_silent_pipe_is_told(program: Program) -> None:
    """After a second a person is told what is waited for; what comes later is taken."""
    with program.started(*EMBED, stdin=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.readline().decode()
        out, _ = process.communicate(b"late\n", timeout=20)

    assert said.startswith("note: waiting for the text on stdin; give it as an argument")
    assert rows(out.decode())[0]["text"] == "late"


def test_no_request_is_larger_than_providers_take(litectl: Litectl, fake: FakeProxy) -> None:
    """Texts go together, at most 64 and 200,000 characters of them."""
    long = "x" * 150_000

    assert litectl(*EMBED, stdin="\n".join([long, long, *["a"] * 70]).encode()).code == 0
    assert [len(texts) for texts in sent(fake)] == [1, 64, 7]


USAGE_ERRORS: dict[str, tuple[tuple[str, ...], bytes, str]] = {
    "nothing": ((), b"", "error: there is no text to embed\n" + WAYS),
    "blank lines only": ((), b"\n \n", "error: there is no text to embed\n" + WAYS),
    "an empty argument": (("a", " "), b"", "error: text 2 is empty\n"),
    "an argument of another encoding": (("a", "gr\udcfc\udcdfe"), b"", "error: text 2 is not UTF-8 text\n"),
    "a dash": (("-",), b"a", "error: `-` is not text\n"),
    "empty stdin": (("-f", "-"), b"\n", "error: stdin is empty\n"),
    "stdin twice": (("-f", "-", "-f", "-"), b"a", "error: `-f -` is given twice\n"),
    "no such file": (("-f", "/nowhere"), b"", "error: cannot read `/nowhere`: No such file or directory\n"),
    "a path that is none": (("-f", "a\0b"), b"", "error: cannot read"),
    "no text": ((), b"\xff\xfe\x00", "error: stdin is "),
    "the key comes that way": (
        ("--api-key-file", "-"),
        b"sk-of-stdin-0001\n",
        "error: there is no text to embed\n",
    ),
    "no number to wait": (("a", "--max-wait", "nan"), b"", "error: `--max-wait` is not a finite number\n"),
    "no dimensions": (("a", "--dimensions", "0"), b"", "error: "),
    "no batch": (("a", "--batch", "0"), b"", "error: "),
}


@pytest.mark.parametrize(("arguments", "stdin", "said"), USAGE_ERRORS.values(), ids=list(USAGE_ERRORS))
def test_what_cannot_be_embedded_is_exit_2(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...], stdin: bytes, said: str
) -> None:
    """It is said before anything is sent."""
    result = litectl(*EMBED, *arguments, stdin=stdin)

    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert fake.requests == []


def test_an_unreadable_file_is_told_before_anything_is_sent(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """Also when it is the last of many."""
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("a")
    bad.write_bytes(b"\xff\xff")

    result = litectl(*EMBED, "-f", str(good), "-f", str(bad), "--batch", "1")

    assert (result.code, result.out, fake.requests) == (2, "", [])


def test_a_person_without_a_text_sees_the_help(litectl: Litectl) -> None:
    """On a terminal the help comes first."""
    result = litectl(*EMBED, terminal=True)

    assert result.code == 2
    assert "Turn texts into vectors" in result.err
    assert "there is no text to embed" in result.err


def test_the_name_of_a_file_is_a_text_and_that_is_said(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, with what was probably meant; a text that is no name at all is no harm."""
    monkeypatch.chdir(tmp_path)
    for name in ("two lines.txt", "other.txt"):
        (tmp_path / name).write_text("a\nb\n")

    result = litectl(*EMBED, "a", "\0", "x" * 5000, "two lines.txt", "other.txt")

    assert (result.code, len(rows(result.out))) == (0, 5)
    assert sent(fake)[0][3:] == ["two lines.txt", "other.txt"]
    assert result.err == (
        "note: `two lines.txt` is a file, and was taken as text: for its content say `-f 'two lines.txt'`\n"
    )


# Which model


@pytest.mark.parametrize("variables", [{}, {"LITECTL_MODEL": "embed"}])
def test_a_model_has_to_be_named(litectl: Litectl, fake: FakeProxy, variables: dict[str, str]) -> None:
    """The model of `ask` is not the one to embed with."""
    result = litectl("embed", "a", variables=variables)

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert result.err == (
        "error: which embedding model?\n"
        "hint: name it with `-m MODEL`; see them with `litectl models list --mode embedding`\n"
    )


def test_a_model_that_chats_is_refused_unasked(litectl: Litectl, listed: FakeProxy) -> None:
    """The hint names models that embed."""
    result = litectl("embed", "-m", "gpt-5.2", "a")

    assert (result.code, result.out, listed.requests) == (2, "", [])
    assert result.err == (
        "error: gpt-5.2 gives no embeddings: its mode is chat\n"
        "hint: choose an embedding model, such as `embed` or `embed-large`;"
        " see them with `litectl models list --mode embedding`\n"
    )


def test_a_model_that_embeds_by_luck_is_refused(litectl: Litectl, listed: FakeProxy) -> None:
    """Some of its deployments cannot, so the operator has to hear of it."""
    result = litectl("embed", "-m", "both", "a")

    assert (result.code, listed.requests) == (2, [])
    assert "some deployments of both give embeddings and others may not" in result.err


@pytest.mark.parametrize("model", ["unknown", "embed-large", "not-listed"])
def test_a_model_that_may_embed_is_asked(litectl: Litectl, listed: FakeProxy, model: str) -> None:
    """What the list does not know is for the proxy to say."""
    assert litectl("embed", "-m", model, "a").code == 0
    assert listed.requests[0].json["model"] == model


def test_the_profile_knows_better(litectl: Litectl, listed: FakeProxy) -> None:
    """A mode that the profile says is believed."""
    litectl("profiles", "add", "dev", "--base-url", listed.root)
    assert litectl("profiles", "set", "models.gpt-5.2.mode=embedding").code == 0

    assert litectl("embed", "-m", "gpt-5.2", "a").code == 0


def test_an_unknown_model_brings_near_names(litectl: Litectl, listed: FakeProxy) -> None:
    """The proxy refuses it, and the cached list says what may be meant."""
    listed.on("POST", PATH, error_answer(400, "None", "Invalid model name passed in model=embde"))

    result = litectl("embed", "-m", "embde", "a")

    assert (result.code, result.out) == (6, "")
    assert "hint: did you mean `embed`" in result.err


# What it costs


def test_what_the_proxy_does_not_tell_is_estimated_from_the_list(litectl: Litectl, listed: FakeProxy) -> None:
    """A cost of 0 is an unknown one; tokens and listed price make an estimate, and nobody is asked."""
    listed.on("POST", PATH, uncosted)

    document = litectl(*EMBED, "a", "b", "--json").json

    assert (document["cost"], document["cost_source"]) == (4e-06, "catalog_estimate")
    assert {request.path for request in listed.requests} == {PATH}


def test_with_usage_the_proxy_is_asked_for_an_estimate(litectl: Litectl, listed: FakeProxy) -> None:
    """Its own prices count before those of the list."""
    listed.on("POST", PATH, uncosted)
    listed.on("POST", ESTIMATE, json_answer({"cost_per_request": 0.5}))

    assert "about $0.50 (estimated by the proxy)" in litectl(*EMBED, "a", "b", "--usage").err
    assert listed.requests[-1].json == {"model": "embed", "input_tokens": 2, "output_tokens": 0}


def test_a_cost_that_nobody_knows_is_null(litectl: Litectl, fake: FakeProxy) -> None:
    """It is never 0, and neither are tokens that nobody counted."""
    fake.on("POST", PATH, lambda request: json_answer(embeddings(request, usage=None)))

    document = litectl(*EMBED, "a", "--json").json

    assert (document["cost"], document["cost_source"], document["usage"]) == (
        None,
        None,
        {"input_tokens": None},
    )
    assert "usage: unknown tokens in, cost unknown, 1 request, " in litectl(*EMBED, "a", "--usage").err


def test_the_vectors_of_a_fallback_are_warned_of(litectl: Litectl, listed: FakeProxy) -> None:
    """They mean something else; it is said once, and nobody guesses what they cost."""

    def fallback(request: Request) -> Answer:
        headers = {"x_litellm_model_group": "embed-large", "x_litellm_attempted_fallbacks": "1"}
        return json_answer(embeddings(request), 200, **headers)

    listed.on("POST", PATH, fallback)
    result = litectl(*EMBED, "a", "b", "--batch", "1", "--json")

    assert result.json["cost"] is None
    assert result.err == (
        "warning: embed-large answered, as a fallback for embed; vectors of two models cannot be compared\n"
    )


# What goes wrong


LIMITED = error_answer(429, "throttling_error", "slow down")


def test_what_was_printed_before_a_failure_stays(litectl: Litectl, fake: FakeProxy) -> None:
    """Lines of JSON are printed part by part; the failure keeps its class and says where to go on."""
    fake.on("POST", PATH, failing_after(1, LIMITED))

    result = litectl(*EMBED, "--batch", "2", stdin=b"a\n\nb\n\nc\n")

    assert result.code == 8
    assert [row["index"] for row in rows(result.out)] == [0, 2]
    assert "note: 2 of 3 texts are printed; go on at index 4\n" in result.err


def test_a_document_is_whole_or_nothing(litectl: Litectl, fake: FakeProxy) -> None:
    """With `--json` a failure leaves stdout empty, and its error says how far it came."""
    fake.on("POST", PATH, failing_after(1, LIMITED))

    result = litectl(*EMBED, "a", "b", "--batch", "1", "--format", "json")

    assert (result.code, result.out) == (8, "")
    assert result.error["embedded"] == 1
    assert "note: 1 of 2 texts were embedded; `--format jsonl` prints each part as it comes\n" in result.err


def test_a_limit_is_waited_for(litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--retries` a part is sent again, and no other one."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    limited = error_answer(429, "throttling_error", "slow down", retry_after="3")
    refused = iter([False, True, False])
    fake.on("POST", PATH, lambda request: limited if next(refused) else answered(request))

    result = litectl(*EMBED, "a", "b", "--batch", "1", "--retries", "1")

    assert (result.code, waits) == (0, [3.0])
    assert "; trying again in 3 s (try 2 of 2)\n" in result.err
    assert sent(fake) == [["a"], ["b"], ["b"]]


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        ((), "let `--retries N` wait and try again; "),
        (("--retries", "1"), "allow the wait with `--max-wait 60`; "),
    ],
)
def test_a_limit_says_how_to_wait_for_it(
    litectl: Litectl, fake: FakeProxy, more: tuple[str, ...], hint: str
) -> None:
    """The hint is one for texts, not for a question."""
    fake.on("POST", PATH, error_answer(429, "throttling_error", "slow down", retry_after="60"))

    result = litectl(*EMBED, "a", *more)

    assert result.code == 8
    assert f"hint: {hint}or ask the operator of the proxy for a higher limit\n" in result.err


def test_parts_of_other_lengths_are_not_mixed(litectl: Litectl, fake: FakeProxy) -> None:
    """Deployments that give vectors of another length are found out."""
    lengths = iter([2, 3])

    def growing(request: Request) -> Answer:
        return json_answer({"data": [{"index": 0, "embedding": [1.0] * next(lengths)}]})

    fake.on("POST", PATH, growing)
    result = litectl(*EMBED, "a", "b", "--batch", "1")

    assert (result.code, len(rows(result.out))) == (11, 1)
    assert "error: the vectors have 3 dimensions, and had 2 before\n" in result.err


def test_the_timeout_is_for_all_requests(litectl: Litectl, fake: FakeProxy) -> None:
    """Many parts together take no longer than was allowed."""
    held = Event()

    def slow(request: Request) -> Answer:
        body = json.dumps(embeddings(request)).encode()
        return Answer(pieces=[body] if request.json["input"] == ["a"] else [held, body])

    fake.on("POST", PATH, slow)
    result = litectl(*EMBED, "a", "b", "--batch", "1", "--timeout", "0.5")
    held.set()

    assert (result.code, len(rows(result.out))) == (5, 1)
    assert "no complete answer" in result.err


def test_a_reader_that_goes_ends_it(program: Program, fake: FakeProxy) -> None:
    """Nobody pays for vectors that nobody reads."""
    with program.started(*EMBED, "--batch", "1", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"text\n" * 20_000)
        process.stdin.close()
        process.stdout.readline()
        process.stdout.close()
        code = process.wait(20)

    assert code == 0
    assert len(fake.requests) < 20_000


def test_offline_nothing_is_sent(litectl: Litectl, fake: FakeProxy) -> None:
    """Vectors need the network."""
    result = litectl(*EMBED, "a", "--offline")

    assert (result.code, result.out, fake.requests) == (3, "", [])


@pytest.mark.parametrize("echo", ECHOES, ids=str)
def test_whatever_the_proxy_repeats_no_secret_is_shown(litectl: Litectl, echo: Echo) -> None:
    """A proxy that answers with all that it was sent makes litectl show no part of the key."""
    key = 'sk-hidden"key+/=\\0001'
    with Parrot(echo) as parrot:
        variables = {"LITECTL_BASE_URL": parrot.root, "LITECTL_API_KEY": key}
        results = [
            litectl(*EMBED, "a", *more, variables=variables) for more in ((), ("--json",), ("--debug",))
        ]

    assert all(result.code not in (0, 70) for result in results)
    require_clean(results, [key])


def test_any_text_can_be_sent(litectl: Litectl, fake: FakeProxy) -> None:
    """Controls and quotes harm nothing."""
    text = 'a\x1b[31m"\\\u2028'

    result = litectl(*EMBED, text, terminal=True)

    assert result.code == 0
    assert "\x1b[31m" not in result.out
    assert sent(fake) == [[text]]
