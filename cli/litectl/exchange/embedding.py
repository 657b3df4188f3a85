"""
Texts as vectors: asked once, and the answer is checked before anybody believes it.

Vectors come in any order, as numbers or as base64; each belongs to the text that its index names.
"""

import binascii
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import IncompleteError
from litectl.exchange import answerer
from litectl.exchange.pricing import HEADER, UNKNOWN, Cost, cost_in_headers, rounded
from litectl.failures.classification import error_in_answer
from litectl.text.jsontext import count_of, decode, object_of, text_of

if TYPE_CHECKING:
    from litectl.wire.answers import Answer
    from litectl.wire.proxy import Proxy

PATH = "/v1/embeddings"
_FLOAT_BYTES = 4
_NUMBERS = {int, float}


class Embeddings(NamedTuple):
    """
    The *vectors* of some texts in the order of these, all of one length, and what they took.

    *model* is the name in the answer, *input_tokens* None when nobody counted them, and *headers* are
    those of the answer, names in lower case.
    """

    vectors: list[list[float]]
    model: str | None
    input_tokens: int | None
    cost: Cost
    headers: Mapping[str, str] = MappingProxyType({})

    @property
    def dimensions(self) -> int:
        """How many numbers each vector has."""
        return len(self.vectors[0]) if self.vectors else 0

    @property
    def model_group(self) -> str | None:
        """The name under which the proxy offers the model that answered."""
        return answerer.model_group(self.headers)

    @property
    def is_of_fallback(self) -> bool:
        """Whether another model answered, whose vectors mean something else."""
        return bool(answerer.fallbacks(self.headers))


def embed(
    proxy: "Proxy", model: str, texts: Sequence[str], *, seconds: float, dimensions: int | None = None
) -> Embeddings:
    """
    Return the vectors that *model* gives for *texts*, asked for once, within *seconds*.

    With *dimensions* they are to have so many numbers. Raises the error of the answer's class, also of one
    inside an HTTP 200, `NetworkError`, and `IncompleteError` for an answer that has not one whole
    vector for each text.
    """
    body: dict[str, object] = {"model": model, "input": list(texts)}
    if dimensions is not None:
        body["dimensions"] = dimensions
    answer = proxy.post_json(PATH, body, seconds=seconds)
    fields = object_of(answer.document)
    if fields.get("error") is not None:
        raise error_in_answer(_shown(proxy, answer), answer.headers)
    vectors = _vectors(fields.get("data"), len(texts))
    _require_one_length(vectors, dimensions)
    told = cost_in_headers(answer.headers)
    return Embeddings(
        vectors,
        text_of(fields.get("model")),
        _tokens(object_of(fields.get("usage"))),
        UNKNOWN if told is None else Cost(rounded(told), HEADER),
        answer.headers,
    )


def batches(texts: Sequence[str], *, most: int, characters: int) -> Iterator[Sequence[str]]:
    """
    Give *texts* in order and in parts of at most *most*, each of so many *characters* at most.

    A text that is longer than that is a part of its own.
    """
    part: list[str] = []
    length = 0
    for text in texts:
        if part and (len(part) == most or length + len(text) > characters):
            yield part
            part, length = [], 0
        part.append(text)
        length += len(text)
    if part:
        yield part


def _shown(proxy: "Proxy", answer: "Answer") -> Mapping[str, object]:
    """Return the object of *answer* without the secrets that were sent, which it may repeat."""
    return object_of(decode(proxy.without_secrets(json.dumps(answer.document, ensure_ascii=False))))


def _vectors(data: object, count: int) -> list[list[float]]:
    """Return the vectors in the list *data*, by their index; raises `IncompleteError`."""
    if not isinstance(data, list):
        raise _incomplete("the answer has no embeddings")
    if len(data) != count:
        raise _incomplete(f"{count} texts were sent, and {len(data)} embeddings came back")
    by_index = {}
    for entry in map(object_of, data):
        index = count_of(entry.get("index"))
        vector = _vector(entry.get("embedding"))
        if index is None or index >= count:
            raise _incomplete("the answer does not say which text an embedding belongs to")
        if not vector:
            raise _incomplete(f"the embedding of text {index + 1} is not a list of finite numbers")
        by_index[index] = vector
    if len(by_index) != count:
        raise _incomplete("the answer has two embeddings of one text, and none of another")
    return [by_index[index] for index in range(count)]


def _vector(value: object) -> list[float] | None:
    """Return *value*, numbers or base64 of them, as a vector; None when it is none."""
    try:
        numbers = _unpacked(value) if isinstance(value, str) else value
        if not isinstance(numbers, list) or not {*map(type, numbers)} <= _NUMBERS:
            return None
        vector = [float(number) for number in numbers]
    except (ValueError, OverflowError):
        return None
    return vector if all(map(isfinite, vector)) else None


def _unpacked(text: str) -> list[float]:
    """Return the little-endian numbers of four bytes that base64 *text* has; raises `ValueError`."""
    content = binascii.a2b_base64(text, strict_mode=True)
    count, rest = divmod(len(content), _FLOAT_BYTES)
    if rest:
        raise ValueError("a number is cut off")
    return list(struct.unpack(f"<{count}f", content))


def _require_one_length(vectors: Sequence[Sequence[float]], wanted: int | None) -> None:
    lengths = sorted({len(vector) for vector in vectors} - {wanted})
    if len(lengths) > (wanted is None):
        several = " or ".join(map(str, islice(lengths, 2)))
        expected = "one number of dimensions" if wanted is None else f"the {wanted} dimensions asked for"
        raise _incomplete(f"the embeddings have {several} dimensions, not {expected}")


def _tokens(usage: Mapping[str, object]) -> int | None:
    """Return how many tokens were read; every text has some, so 0 is a number that nobody counted."""
    return count_of(usage.get("prompt_tokens")) or count_of(usage.get("total_tokens")) or None


def _incomplete(what: str) -> IncompleteError:
    return IncompleteError(what, hint="nothing of it can be used; try again, or another model")
