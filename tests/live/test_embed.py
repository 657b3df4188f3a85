"""`litectl embed` with the real proxy: the model of the sandbox that embeds, and those that cannot."""

import json
from typing import Any

import pytest

from program import Litectl, Program

pytestmark = pytest.mark.live

EMBED = ("embed", "-m", "mock-embedding")


def rows(out: str) -> list[Any]:
    """Return the JSON of each line."""
    return [json.loads(line) for line in out.splitlines()]


def likeness(one: list[float], other: list[float]) -> float:
    """Return how alike two vectors of length 1 are."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_each_line_gets_the_vector_of_its_own(real: Program) -> None:
    """However the lines are sent, each has the same vector; texts that are alike have such vectors."""
    lines = [b"the river flows", b"the river is long", b"seven purple engines"]
    together = rows(real(*EMBED, stdin=b"\n".join(lines)).out)
    alone = [rows(real(*EMBED, "--batch", "1", stdin=line).out)[0] for line in lines]

    vectors = [row["embedding"] for row in together]
    assert [row["text"].encode() for row in together] == lines
    assert vectors == [row["embedding"] for row in alone]
    assert likeness(vectors[0], vectors[1]) > likeness(vectors[0], vectors[2])


def test_the_proxy_tells_tokens_and_cost(real: Program) -> None:
    """What it took comes from the proxy, for all requests together."""
    result = real(*EMBED, "one two", "three", "--batch", "1", "--json", "--usage")

    document = result.json
    assert document["usage"] == {"input_tokens": 3}
    assert (document["cost"], document["cost_source"]) == (3e-06, "header")
    assert (document["model"], document["dimensions"]) == ("mock-embedding", 32)
    assert "usage: 3 tokens in, $0.0000030, 2 requests, " in result.err


def test_the_list_knows_which_models_embed(real: Program) -> None:
    """A model that chats is refused unasked, with one that embeds in the hint."""
    assert real("models", "list", "--mode", "embedding", "--columns", "name").out == "mock-embedding\n"

    result = real("embed", "-m", "mock-hello", "a")

    assert (result.code, result.out) == (2, "")
    assert "choose an embedding model, such as `mock-embedding`" in result.err


def test_what_is_no_vector_is_not_believed(real: Program) -> None:
    """A chat model that the proxy lets embed gives a text for a vector."""
    result = real("embed", "-m", "mock-hello", "a")

    assert (result.code, result.out) == (11, "")
    assert "the embedding of text 1 is not a list of finite numbers" in result.err


@pytest.mark.parametrize(
    ("model", "code", "said"),
    [
        ("claude", 1, "Unmapped LLM provider"),
        ("nobody", 6, "unknown model"),
    ],
)
def test_a_model_that_cannot_embed_is_said_by_the_proxy(
    asking: Litectl, model: str, code: int, said: str
) -> None:
    """Where the list is not there the proxy's own words come through."""
    result = asking("embed", "-m", model, "a")

    assert (result.code, result.out) == (code, "")
    assert said in result.err
