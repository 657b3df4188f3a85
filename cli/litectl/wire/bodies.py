"""The body of an answer: read within its limit, decoded, and refused when it is not the API's."""

from codecs import getincrementaldecoder
from collections.abc import Iterator

from litectl.errors import IncompleteError, LitectlError, ProxyError
from litectl.failures.classification import error_in_answer
from litectl.failures.hints import GATEWAY_HINT
from litectl.failures.wording import readable
from litectl.text.jsontext import decode
from litectl.wire.incoming import BODY_LIMIT, ERROR_BODY_LIMIT, Incoming

_ANSWER_FIELDS = {"choices", "output", "content"}  # what an answer has, one of them by each protocol
_SHOWN_CHARACTERS = 200


class BoundedBody:
    """A body that is read once, piece by piece; *head* is how it began, for the message of an error."""

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming
        self.head = b""

    def texts(self) -> Iterator[str]:
        """Give the text; raises `ProxyError` when it is too long, `ValueError` when it is no UTF-8."""
        decoder = getincrementaldecoder("utf-8-sig")()
        received = 0
        for chunk in self._incoming.response.iter_bytes():
            self.head += chunk[: ERROR_BODY_LIMIT - len(self.head)]
            received += len(chunk)
            if received > BODY_LIMIT:
                raise _too_large(self._incoming, BODY_LIMIT)
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def read(incoming: Incoming, limit: int, *, cut: bool = False) -> bytes:
    """Return the decoded body; over *limit* bytes it is a `ProxyError`, or the rest is *cut* off."""
    received = bytearray()
    for chunk in incoming.response.iter_bytes():
        received += chunk
        if len(received) > limit:
            if cut:
                break
            raise _too_large(incoming, limit)
    return bytes(received[:limit])


def decoded(incoming: Incoming, body: bytes) -> object:
    """Return the JSON of *body*; raises `IncompleteError` for an empty one, `ProxyError` for any other."""
    try:
        return decode(body)
    except ValueError:
        raise unreadable(incoming, body) from None


def unreadable(incoming: Incoming, body: bytes) -> LitectlError:
    """Return the error for a *body* that is no JSON, or only its beginning."""
    if not body.strip():
        return IncompleteError(f"the answer of {incoming.response.url.path} is empty", hint=GATEWAY_HINT)
    return _not_the_api(incoming, body)


def whole(incoming: Incoming) -> str:
    """Return the text of an answer in one piece; raises for anything but a JSON object without an error."""
    body = read(incoming, BODY_LIMIT)
    incoming.require_time()
    if not body.strip():
        raise IncompleteError("the answer is empty", hint=GATEWAY_HINT)
    try:
        document = decode(body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise _not_the_api(incoming, body)
    if document.get("error") is not None:
        shown = decode(incoming.without_secrets(body))
        raise error_in_answer(shown if isinstance(shown, dict) else {}, incoming.response.headers)
    if not document.keys() & _ANSWER_FIELDS:
        raise _not_the_api(incoming, body)
    return body.decode("utf-8", "replace")


def _too_large(incoming: Incoming, limit: int) -> ProxyError:
    return ProxyError(
        f"the answer of {incoming.response.url.path} is larger than {limit // 2**20} MiB", hint=GATEWAY_HINT
    )


def _not_the_api(incoming: Incoming, body: bytes) -> LitectlError:
    kind = readable(incoming.response.headers.get("content-type", "")) or "no content type"
    begun = incoming.without_secrets(body[:ERROR_BODY_LIMIT])[:_SHOWN_CHARACTERS]
    text = readable(begun.decode("utf-8", "replace"))
    return ProxyError(f"the answer is not a LiteLLM proxy's ({kind}): {text}", hint=GATEWAY_HINT)
