"""The data of a running answer's events, and when more of it has to be waited for."""

from collections.abc import Callable, Iterator
from typing import Any, Self

from litectl.errors import IncompleteError
from litectl.wire.eventstream import data_in
from litectl.wire.incoming import BODY_LIMIT, Incoming
from litectl.wire.leanhttpx import httpx

_ERROR_MARK = '"error"'  # in the data of an event that may be one; in a text its quotes would be escaped


class Waits:
    """
    Calls *on_wait* each time that more of *response* has to be waited for, while the block runs.

    What arrived together is read from the network at once and given piece by piece. Only where the
    network is read can it be told that all of it was given, so it is listened to there.
    """

    def __init__(self, response: httpx.Response, on_wait: Callable[[], None]) -> None:
        self.on_wait = on_wait
        self.are_heard = False  # never, on a network that is read in another way
        self._network_stream: Any = response.extensions.get("network_stream")

    def __enter__(self) -> Self:
        if self._network_stream is not None:
            self._network_stream.read = self._listening(self._network_stream.read)
        return self

    def __exit__(self, *_: object) -> None:
        if self._network_stream is not None:
            del self._network_stream.read

    def _listening(self, read: Callable[..., bytes]) -> Callable[..., bytes]:
        def heard(*arguments: Any, **settings: Any) -> bytes:
            self.are_heard = True
            self.on_wait()
            return read(*arguments, **settings)

        return heard


def is_event_stream(response: httpx.Response) -> bool:
    """Tell whether *response* is one that can be read as it arrives, which needs no decoding."""
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return content_type == "text/event-stream" and "content-encoding" not in response.headers


def data_of(incoming: Incoming, waits: Waits) -> Iterator[str]:
    """Give the data of the events of *incoming* as they arrive; one that may be an error without secrets."""
    for data in data_in(_pieces(incoming.response)):
        yield _unquoted(incoming, data) if _ERROR_MARK in data else data
        if not waits.are_heard:
            waits.on_wait()
    incoming.require_time()


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    """Give the body as it arrives; raises `IncompleteError` when it is longer than any model's answer."""
    assert isinstance(response.stream, httpx.SyncByteStream)
    received = 0
    # What `iter_raw` adds to this is counting and cutting, which costs as much as finding the events.
    for piece in response.stream:
        received += len(piece)
        if received > BODY_LIMIT:
            raise IncompleteError(f"the answer is larger than {BODY_LIMIT // 2**20} MiB")
        yield piece


def _unquoted(incoming: Incoming, data: str) -> str:
    return incoming.without_secrets(data.encode("utf-8", "replace")).decode()
