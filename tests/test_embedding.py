"""Texts as vectors: what is asked, and which answers are believed."""

import base64
import json
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_proxy import Answer, FakeProxy, error_answer, json_answer
from litectl.errors import (
    BudgetError,
    IncompleteError,
    LitectlError,
    NetworkError,
    RateLimitError,
    UpstreamError,
)
from litectl.exchange.embedding import Embeddings, batches, embed
from litectl.exchange.pricing import UNKNOWN, Cost
from litectl.wire.access import Access
from litectl.wire.proxy import Proxy

PATH = "/v1/embeddings"
SECRET = "sk-embedding-secret-0001"


def entry(index: Any, vector: Any) -> dict[str, Any]:
    """Return the embedding of one text as the proxy sends it."""
    return {"embedding": vector, "index": index, "object": "embedding"}


def answer(*entries: object, **more: object) -> dict[str, Any]:
    """Return a whole answer with *entries*."""
    usage = {"completion_tokens": 0, "prompt_tokens": 2, "total_tokens": 2}
    return {"model": "embed", "data": list(entries), "object": "list", "usage": usage, **more}


def packed(*numbers: float) -> str:
    """Return *numbers* as base64 of little-endian float32."""
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def embedded(fake: FakeProxy, *texts: str, dimensions: int | None = None) -> Embeddings:
    """Return what *fake* gives for *texts*."""
    with Proxy(fake.root, Access(SECRET)) as proxy:
        return embed(proxy, "embed", texts, seconds=10.0, dimensions=dimensions)


def test_a_vector_belongs_to_the_text_of_its_index(fake: FakeProxy) -> None:
    """Vectors come in any order, and go back in that of the texts; all that they took is told."""
    document = answer(entry(1, [0.25, -1]), entry(0, [0.5, 2.0]))
    sent = json_answer(document, x_litellm_response_cost="4e-08", x_litellm_model_group="group")
    fake.on("POST", PATH, sent)

    found = embedded(fake, "a", "b")

    assert found.vectors == [[0.5, 2.0], [0.25, -1.0]]
    assert (found.model, found.input_tokens, found.cost) == ("embed", 2, Cost(4e-08, "header"))
    assert (found.dimensions, found.model_group, found.is_of_fallback) == (2, "group", False)
    assert [request.json for request in fake.requests] == [{"model": "embed", "input": ["a", "b"]}]


def test_dimensions_are_asked_for(fake: FakeProxy) -> None:
    """The number of dimensions goes along, and is what comes back."""
    fake.on("POST", PATH, json_answer(answer(entry(0, [1, 2]))))

    assert embedded(fake, "a", dimensions=2).vectors == [[1.0, 2.0]]
    assert fake.requests[0].json["dimensions"] == 2


def test_base64_is_decoded(fake: FakeProxy) -> None:
    """Numbers that come as base64 are the same numbers."""
    fake.on("POST", PATH, json_answer(answer(entry(0, packed(0.5, -0.25)))))

    assert embedded(fake, "a").vectors == [[0.5, -0.25]]


@settings(max_examples=25)
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_base64_loses_nothing(numbers: list[float]) -> None:
    """Every number of four bytes comes through as it is."""
    with FakeProxy() as fake:
        fake.on("POST", PATH, json_answer(answer(entry(0, packed(*numbers)))))
        assert embedded(fake, "a").vectors == [numbers]


BAD_ANSWERS: dict[str, object] = {
    "no object": [],
    "nothing in it": {},
    "no list": answer() | {"data": {"0": [1]}},
    "too few": answer(entry(0, [1])),
    "too many": answer(entry(0, [1]), entry(1, [1]), entry(2, [1])),
    "one text twice": answer(entry(0, [1]), entry(0, [1])),
    "an index beyond the texts": answer(entry(0, [1]), entry(2, [1])),
    "an index below 0": answer(entry(0, [1]), entry(-1, [1])),
    "an index that is true": answer(entry(0, [1]), entry(True, [1])),
    "an index that is text": answer(entry(0, [1]), entry("1", [1])),
    "no index": answer(entry(0, [1]), {"embedding": [1]}),
    "an entry that is not an object": answer(entry(0, [1]), [1]),
    "an empty vector": answer(entry(0, [1]), entry(1, [])),
    "no vector": answer(entry(0, [1]), entry(1, None)),
    "text among the numbers": answer(entry(0, [1]), entry(1, ["1"])),
    "true among the numbers": answer(entry(0, [1]), entry(1, [True])),
    "null among the numbers": answer(entry(0, [1]), entry(1, [None])),
    "a number beyond all floats": answer(entry(0, [1]), entry(1, [10**400])),
    "no number": answer(entry(0, [1]), entry(1, [float("nan")])),
    "infinity": answer(entry(0, [1]), entry(1, [float("inf")])),
    "no base64": answer(entry(0, [1]), entry(1, "?")),
    "base64 that is cut": answer(entry(0, [1]), entry(1, "AAAA")),
    "infinity in base64": answer(entry(0, [1]), entry(1, packed(float("inf")))),
    "empty base64": answer(entry(0, [1]), entry(1, "")),
    "several lengths": answer(entry(0, [1]), entry(1, [1, 2])),
    "a deep vector": answer(entry(0, [1]), entry(1, [[1]])),
}


@pytest.mark.parametrize("document", BAD_ANSWERS.values(), ids=list(BAD_ANSWERS))
def test_an_answer_that_is_not_whole_is_not_believed(fake: FakeProxy, document: object) -> None:
    """Anything but one whole vector for each text is an incomplete answer."""
    fake.on("POST", PATH, json_answer(document))

    with pytest.raises(IncompleteError):
        embedded(fake, "a", "b")


def test_other_dimensions_than_asked_for_are_no_answer(fake: FakeProxy) -> None:
    """A model that ignores the dimensions is found out before its vectors are stored."""
    fake.on("POST", PATH, json_answer(answer(entry(0, [1, 2, 3]))))

    with pytest.raises(IncompleteError, match="have 3 dimensions, not the 2 dimensions asked for"):
        embedded(fake, "a", dimensions=2)


@pytest.mark.parametrize("usage", [None, [], {}, {"prompt_tokens": 0}, {"prompt_tokens": "2"}])
def test_what_nobody_knows_is_none(fake: FakeProxy, usage: object) -> None:
    """Tokens that nobody counted and a cost of 0 are unknown."""
    fake.on("POST", PATH, json_answer(answer(entry(0, [1]), usage=usage), x_litellm_response_cost="0.0"))

    found = embedded(fake, "a")

    assert (found.input_tokens, found.cost) == (None, UNKNOWN)


def test_all_tokens_are_those_of_the_texts(fake: FakeProxy) -> None:
    """A usage that tells the total only tells the tokens of the texts."""
    fake.on("POST", PATH, json_answer(answer(entry(0, [1]), usage={"total_tokens": 7})))

    assert embedded(fake, "a").input_tokens == 7


@pytest.mark.parametrize(("count", "is_one"), [("0", False), ("1", True), ("", False)])
def test_a_fallback_is_told(fake: FakeProxy, count: str, is_one: bool) -> None:
    """Whether another model answered is in the headers."""
    fake.on("POST", PATH, json_answer(answer(entry(0, [1])), x_litellm_attempted_fallbacks=count))

    assert embedded(fake, "a").is_of_fallback == is_one


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (error_answer(429, "throttling_error", "slow down"), RateLimitError),
        (error_answer(400, "budget_exceeded", "Budget has been exceeded!"), BudgetError),
        (json_answer({"error": {"message": "slow down", "code": "429"}}), RateLimitError),
        (json_answer({"error": "broken"}), UpstreamError),
        (Answer(200, [b""]), IncompleteError),
        (Answer(200, [b'{"data": ['], cut=True), NetworkError),
    ],
)
def test_a_failure_keeps_its_class(fake: FakeProxy, sent: Answer, kind: type[Exception]) -> None:
    """Also an error inside an HTTP 200, an empty answer and one that breaks off."""
    fake.on("POST", PATH, sent)

    with pytest.raises(kind):
        embedded(fake, "a")
    assert len(fake.requests) == 1


def test_an_error_in_an_answer_shows_no_secret(fake: FakeProxy) -> None:
    """A proxy that repeats the key inside an HTTP 200 does not have it shown."""
    fake.on("POST", PATH, json_answer({"error": {"message": f"bad key {SECRET}"}}))

    with pytest.raises(UpstreamError) as caught:
        embedded(fake, "a")
    assert SECRET not in json.dumps(caught.value.as_json())


def test_an_error_of_any_depth_is_one(fake: FakeProxy) -> None:
    """An error that is nested as deeply as can be read is an error of the proxy."""
    for depth in (100, 500, 900, 960, 2000):
        body = '{"error": ' + '{"a": ' * depth + "1" + "}" * depth + "}"
        fake.on("POST", PATH, Answer(200, [body.encode()]))
        with pytest.raises(LitectlError):
            embedded(fake, "a")


@pytest.mark.parametrize(
    ("texts", "parts"),
    [
        ([], []),
        (["a"], [["a"]]),
        (["a", "b", "c"], [["a", "b"], ["c"]]),
        (["aaa", "bb", "c"], [["aaa", "bb"], ["c"]]),
        (["aaaaaaaa", "b"], [["aaaaaaaa"], ["b"]]),
        (["a", "aaaaaaaa", "b", "c"], [["a"], ["aaaaaaaa"], ["b", "c"]]),
    ],
)
def test_texts_go_in_parts(texts: list[str], parts: list[list[str]]) -> None:
    """A part has so many texts at most, and so many characters, unless one text alone has more."""
    assert list(batches(texts, most=2, characters=5)) == parts
