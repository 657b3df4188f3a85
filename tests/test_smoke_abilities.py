"""The billed checks of what a model can: its parameters, tools and vision."""

import struct
import zlib

import pytest

from backends import backend, deployment
from fake_proxy import (
    Answer,
    FakeProxy,
    error_answer,
)
from litectl.exchange.backend import Backend
from litectl.smoke.check import FAILED, PASSED, SKIPPED, WARNING
from litectl.smoke.visioncheck import png
from litectl.smoke.wishes import ModelWishes
from model_checks import DECLARED, UNREASONING, answered, bodies, calling, model, named, obliging, tried

# Parameters


def test_all_that_is_declared_is_sent_at_once(fake: FakeProxy) -> None:
    """One request has all plain parameters, one asks for JSON, and each that was taken is named."""
    fake.on_chat(obliging)

    result = named(tried(fake, model(supported_parameters=DECLARED), ModelWishes(params=True)), "params")

    assert (result.verdict, result.detail) == (
        PASSED,
        "takes temperature, seed, stop, max_tokens and response_format",
    )
    _, sampling, formed = bodies(fake)
    assert {"temperature": 1, "seed": 7, "stop": ["4"], "max_tokens": 2048}.items() <= sampling.items()
    assert "response_format" not in sampling
    assert formed["response_format"] == {"type": "json_object"}
    assert "JSON" in formed["messages"][0]["content"]
    assert result.measures.requests == 2


@pytest.mark.parametrize(
    ("known", "groups"),
    [
        ({"supported_parameters": ["max_tokens"]}, [{"max_tokens"}]),
        ({"supported_parameters": ["seed", "logit_bias"]}, [{"seed"}]),
        (
            {"supported_parameters": ["max_tokens", "reasoning_effort"], "abilities": {"reasoning": True}},
            [{"max_tokens"}, {"max_tokens", "reasoning_effort"}],
        ),
        ({"supported_parameters": ["max_tokens", "reasoning_effort"], **UNREASONING}, [{"max_tokens"}]),
        (
            {
                "supported_parameters": ["response_format", "max_tokens"],
                "abilities": {"structured_output": True},
            },
            [{"max_tokens"}, {"max_tokens", "response_format"}],
        ),
    ],
)
def test_only_what_is_declared_is_tried(
    fake: FakeProxy, known: dict[str, object], groups: list[set[str]]
) -> None:
    """An effort is one that it declares, and JSON has a schema where it is known to take one."""
    fake.on_chat(obliging)

    result = named(tried(fake, model(**known), ModelWishes(params=True)), "params")

    assert result.verdict == PASSED, result.detail
    sent = [body.keys() - {"model", "messages", "stream"} for body in bodies(fake)[1:]]
    assert [group - {"max_tokens"} for group in sent] == [group - {"max_tokens"} for group in groups]
    for body in bodies(fake)[1:]:
        assert body.get("response_format", {}).get("type", "json_schema") == "json_schema"
        assert body.get("reasoning_effort", "low") == "low"


def test_a_claude_is_never_given_temperature_and_top_p_together(fake: FakeProxy) -> None:
    """It declares both, and refuses a request that has both."""
    fake.on_chat(obliging)
    claude = backend(
        deployment("anthropic", "anthropic/claude-haiku-4-5", supported_parameters=["temperature", "top_p"])
    )

    result = named(tried(fake, claude, ModelWishes(params=True)), "params")

    assert (result.verdict, result.detail) == (PASSED, "takes temperature and top_p")
    assert [{"temperature", "top_p"} & body.keys() for body in bodies(fake)[1:]] == [
        {"temperature"},
        {"top_p"},
    ]


def test_a_refused_parameter_is_named(fake: FakeProxy) -> None:
    """It is declared, so it is sent although it was refused before, and nothing is left out in silence."""
    refusal = error_answer(
        400,
        "x",
        "litellm.UnsupportedParamsError: openai does not support parameters: ['seed'], for model=gpt",
    )
    fake.on_chat(lambda request: refusal if "seed" in request.json else answered())
    known = model(supported_parameters=["seed", "stop"])._replace(refused=["seed"])

    result = named(tried(fake, known, ModelWishes(params=True)), "params")

    assert result.verdict == FAILED
    assert result.detail.startswith("unsupported parameter `seed`")
    assert result.hint is not None
    assert "litectl models show team-model" in result.hint
    assert "additional_drop_params" not in bodies(fake)[1]


@pytest.mark.parametrize(
    ("parameter", "answer", "words"),
    [
        ("stop", answered("1, 2, 3, 4, 5"), "`stop` is not kept: the answer goes on to 4"),
        ("max_tokens", answered("1"), "the limit is not kept: 5 tokens of 4"),
        ("response_format", answered("Ada is 36"), "`response_format` is not kept: the answer is not JSON"),
        ("response_format", answered('```json\n{"name": "Ada"}\n```'), "in a Markdown fence"),
        ("response_format", answered("[]"), "not an object"),
    ],
)
def test_what_is_taken_and_not_kept_is_named(
    fake: FakeProxy, parameter: str, answer: Answer, words: str
) -> None:
    """What can be seen in the answer is looked at."""
    first = iter([answered()])
    fake.on_chat(lambda _request: next(first, answer))
    known = model(supported_parameters=[parameter], max_output_tokens=4)

    result = named(tried(fake, known, ModelWishes(params=True)), "params")

    assert result.verdict == FAILED
    assert words in result.detail


def test_json_has_to_fit_the_schema_that_was_sent(fake: FakeProxy) -> None:
    """Where the model is known to take a schema."""
    fake.on_chat(lambda request: answered('{"name": "Ada"}' if "response_format" in request.json else "ok"))
    known = model(supported_parameters=["response_format"], abilities={"structured_output": True})

    result = named(tried(fake, known, ModelWishes(params=True)), "params")

    assert result.verdict == FAILED
    assert "'age' is a required property" in result.detail


@pytest.mark.parametrize("known", [backend(), model(), model(supported_parameters=["tools"])])
def test_without_declared_parameters_nothing_is_tried(fake: FakeProxy, known: Backend) -> None:
    """That is no pass."""
    fake.on_chat(answered())

    result = named(tried(fake, known, ModelWishes(params=True)), "params")

    assert (result.verdict, len(fake.requests)) == (SKIPPED, 1)


# Tools


@pytest.mark.parametrize(
    ("known", "choice"),
    [
        (backend(), None),
        (model(supported_parameters=["tools"]), None),
        (
            model(supported_parameters=DECLARED),
            {"type": "function", "function": {"name": "keep_person"}},
        ),
    ],
)
def test_a_call_of_the_tool_passes(fake: FakeProxy, known: Backend, choice: object) -> None:
    """It is asked for in words, and by `tool_choice` where that is declared."""
    fake.on_chat(obliging)

    result = named(tried(fake, known, ModelWishes(tools=True)), "tools")

    assert (result.verdict, result.detail) == (PASSED, 'keep_person {"name":"Ada","age":36}')
    assert bodies(fake)[1].get("tool_choice") == choice


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answered("I will."), 'the model calls no tool, and answers "I will."'),
        (calling("rm"), 'the model calls "rm", which it was not given'),
        (calling(arguments="not JSON"), "not a JSON object"),
        (calling(arguments="[]"), "not a JSON object"),
        (calling(arguments="{}"), "the arguments of the call do not fit"),
        (calling(arguments='{"name": "Ada", "age": "old"}'), "the arguments of the call do not fit"),
        (calling(arguments='{"name": "Ada", "age": 36, "x": 1}'), "the arguments of the call do not fit"),
        (calling(name=""), "names no tool"),
        (error_answer(500, "x", "Oh."), "failed (500)"),
    ],
)
def test_any_other_answer_is_no_call(fake: FakeProxy, answer: Answer, words: str) -> None:
    """The wrong tool, arguments that do not fit, and a text all fail."""
    fake.on_chat(lambda request: answer if "tools" in request.json else answered())

    result = named(tried(fake, model(), ModelWishes(tools=True)), "tools")

    assert result.verdict == FAILED
    assert words in result.detail


@pytest.mark.parametrize(
    "known", [model(abilities={"tools": False}), model(supported_parameters=["max_tokens"])]
)
def test_a_model_that_takes_no_tools_is_not_asked(fake: FakeProxy, known: Backend) -> None:
    """What the catalog says it cannot is no failure, and no pass."""
    fake.on_chat(answered())

    result = named(tried(fake, known, ModelWishes(tools=True)), "tools")

    assert (result.verdict, result.detail) == (SKIPPED, "the catalog says that it cannot")
    assert len(fake.requests) == 1


# Vision


def test_a_picture_is_sent_and_its_colour_is_named(fake: FakeProxy) -> None:
    """A small PNG goes along with the question."""
    fake.on_chat(obliging)

    result = named(tried(fake, model(), ModelWishes(vision=True)), "vision")

    assert (result.verdict, result.detail) == (PASSED, '"Red."')
    _, picture = bodies(fake)[1]["messages"][0]["content"]
    assert picture["image_url"]["url"].startswith("data:image/png;base64,")
    assert len(picture["image_url"]["url"]) < 1000


def test_a_picture_is_a_valid_png() -> None:
    """Its checksums hold, and every pixel has the colour."""
    rest, chunks = png(b"\x01\x02\x03", 5)[8:], {}
    while rest:
        (length,) = struct.unpack(">I", rest[:4])
        kind, content, checksum = rest[4:8], rest[8 : 8 + length], rest[8 + length : 12 + length]
        assert struct.unpack(">I", checksum)[0] == zlib.crc32(kind + content)
        chunks[kind], rest = content, rest[12 + length :]

    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (5, 5, 8, 2, 0, 0, 0)
    assert zlib.decompress(chunks[b"IDAT"]) == (b"\0" + b"\x01\x02\x03" * 5) * 5


@pytest.mark.parametrize(
    ("answer", "verdict", "words"),
    [
        (
            answered("It is blue"),
            WARNING,
            'asked for the colour of a red picture, the model answered "It is blue"',
        ),
        (answered(""), FAILED, "the answer is empty"),
        (error_answer(400, "x", "No pictures."), FAILED, "No pictures."),
    ],
)
def test_another_colour_is_a_warning(fake: FakeProxy, answer: Answer, verdict: str, words: str) -> None:
    """A text is needed; that it is right is not."""
    first = iter([answered()])
    fake.on_chat(lambda _request: next(first, answer))

    result = named(tried(fake, model(), ModelWishes(vision=True)), "vision")

    assert result.verdict == verdict
    assert words in result.detail


def test_a_blind_model_is_shown_nothing(fake: FakeProxy) -> None:
    """As the catalog says."""
    fake.on_chat(answered())

    result = named(tried(fake, model(abilities={"vision": False}), ModelWishes(vision=True)), "vision")

    assert (result.verdict, len(fake.requests)) == (SKIPPED, 1)
