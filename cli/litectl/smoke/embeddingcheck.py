"""The check that an embedding model gives a vector for a text."""

import json
import time
from collections.abc import Mapping
from shlex import quote
from typing import NamedTuple

from litectl.envelopes import error_in_answer
from litectl.errors import IncompleteError, LitectlError, ProxyError
from litectl.exchange.events import Usage
from litectl.exchange.fields import count_of, object_of, objects_of
from litectl.exchange.pricing import HEADER, UNKNOWN, Cost, cost_in_headers, rounded
from litectl.jsontext import decode, number
from litectl.proxy import Proxy
from litectl.smoke.account import Account
from litectl.smoke.check import Measures

_PATH = "/v1/embeddings"
_TEXT = "One short text."


class _Vector(NamedTuple):
    """The vector of the text, and what it took."""

    length: int
    usage: Usage
    cost: Cost
    headers: Mapping[str, str]


def embeds(proxy: Proxy, account: Account, seconds: float) -> str:
    """Ask for the vector of one short text within *seconds*, and return how long it is."""
    body = {"model": account.backend.name, "input": [_TEXT]}

    def send() -> tuple[_Vector, Measures]:
        started = time.monotonic()
        vector = _embedded(proxy, body, seconds)
        took = time.monotonic() - started
        return vector, account.measure(vector.usage, vector.cost, vector.headers, seconds=took)

    try:
        vector = account.paid(len(json.dumps(body).encode()), 0, send)
    except LitectlError as error:
        if error.hint == ProxyError.hint:
            error.hint = _hint(account.backend.name)
        raise
    return f"a vector of {vector.length} numbers"


def _embedded(proxy: Proxy, body: Mapping[str, object], seconds: float) -> _Vector:
    answer = proxy.post_json(_PATH, body, seconds=seconds)
    fields = object_of(answer.document)
    if fields.get("error") is not None:
        shown = decode(proxy.without_secrets(json.dumps(answer.document)))
        raise error_in_answer(object_of(shown), answer.headers)
    first = next(iter(objects_of(fields.get("data"))), {})
    vector = first.get("embedding")
    if not isinstance(vector, list) or not vector or not all(_is_coordinate(each) for each in vector):
        raise IncompleteError(
            "the embedding is no list of finite numbers",
            hint=_hint(str(body["model"])),
        )
    told = cost_in_headers(answer.headers)
    tokens = count_of(object_of(fields.get("usage")).get("prompt_tokens"))
    return _Vector(
        len(vector),
        Usage(input_tokens=tokens),
        UNKNOWN if told is None else Cost(rounded(told), HEADER),
        answer.headers,
    )


def _hint(name: str) -> str:
    return f"see what comes back with `litectl embed -m {quote(name)} Hi --json`"


def _is_coordinate(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return number(abs(value)) is not None
