"""Recorded answers of the three wire protocols, cut anywhere on their way: from bytes to what was said."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_proxy import EVENT_TYPE, Answer, FakeProxy
from litectl.errors import IncompleteError, LitectlError, NetworkError, UpstreamError
from litectl.exchange.ask import Listener, ask
from litectl.exchange.events import Event
from litectl.exchange.protocols import chat, messages, responses
from litectl.exchange.question import Question, opening
from litectl.wire.access import Access
from litectl.wire.eventstream import data_in
from litectl.wire.proxy import Proxy

ANSWERS = Path(__file__).parent / "recordings" / "answers"
PROTOCOLS: dict[str, ModuleType] = {"chat": chat, "responses": responses, "messages": messages}
MODELS = ("gpt-5.2", "tool", "thinking", "midstream-err")
NAMES = [f"{protocol}-{model}" for protocol in PROTOCOLS for model in MODELS]
ENDS = {"LF": b"\n", "CRLF": b"\r\n", "CR": b"\r"}
END_MARKS = {
    "chat": b'"finish_reason":"stop"',
    "responses": b'"type":"response.completed"',
    "messages": b'"stop_reason": "end_turn"',
}
QUESTION = Question("gpt-5.2", opening("Hi"))


def stream_of(name: str, end: bytes = b"\n") -> bytes:
    """Return the recorded stream *name* with letters of many bytes, its lines ended by *end*."""
    recorded = (ANSWERS / f"{name}-stream.txt").read_bytes()
    assert b"\r" not in recorded
    return recorded.replace(b"echo", "ü☃🍞".encode()).replace(b"\n", end)


def events_of(name: str, data: list[str]) -> list[dict[str, object]]:
    """Return everything that the events of *data* say, up to an error among them."""
    found: list[dict[str, object]] = []
    with suppress(LitectlError):
        found.extend(
            {field: getattr(event, field) for field in Event.__slots__}
            for event in PROTOCOLS[name.partition("-")[0]].events(data)
        )
    return found


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_cut_at_any_byte_changes_nothing(name: str, end: str) -> None:
    """Inside a letter, an end of a line or an event: the two pieces say what the whole says."""
    stream = stream_of(name, ENDS[end])
    expected = list(data_in([stream_of(name)]))

    for place in range(len(stream) + 1):
        assert list(data_in([stream[:place], stream[place:]])) == expected, place
    assert len(events_of(name, expected)) >= 2


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_stream_that_comes_byte_by_byte_says_the_same(name: str, end: str) -> None:
    """The smallest pieces there are."""
    stream = stream_of(name, ENDS[end])

    data = list(data_in(stream[place : place + 1] for place in range(len(stream))))

    assert events_of(name, data) == events_of(name, list(data_in([stream_of(name)])))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(end=st.sampled_from(list(ENDS.values())), cuts=st.sets(st.integers(1, 3000), max_size=12))
def test_a_real_connection_that_carries_pieces_gives_the_answer(
    fake: FakeProxy, protocol: str, end: bytes, cuts: set[int]
) -> None:
    """Each piece is sent on its own, as a chunk of its own."""
    stream = stream_of(f"{protocol}-gpt-5.2", end)
    ends = sorted({min(cut, len(stream)) for cut in cuts} | {len(stream)})
    pieces = [stream[start:stop] for start, stop in zip([0, *ends], ends, strict=False)]
    fake.on("POST", PROTOCOLS[protocol].PATH, Answer(pieces=pieces, content_type=EVENT_TYPE))
    said: list[str] = []

    with Proxy(fake.root, Access("sk-test-key-0001")) as proxy:
        answer = ask(proxy, QUESTION, PROTOCOLS[protocol], Listener(said.append), seconds=20)

    assert "".join(said) == answer.text == "ü☃🍞: hi there"
    assert (answer.finish_reason, answer.is_done) == ("stop", True)


class Outcome(NamedTuple):
    """What came of a question: what was handed on, whether the answer counts, and its error."""

    text: str
    is_success: bool
    error: LitectlError | None


Asked = Callable[[str, bytes, bool], Outcome]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """Ask, by the protocol of a name, a network that sends some bytes and then ends or is torn."""
    sent: list[tuple[bytes, bool]] = []

    class Body(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            stream, is_torn = sent[-1]
            yield stream
            if is_torn:
                raise httpx.RemoteProtocolError(
                    "peer closed connection without sending complete message body"
                )

    def handle(_transport: object, _request: object) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": EVENT_TYPE}, stream=Body())

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    with Proxy("http://127.0.0.1:4000", Access("sk-test-key-0001")) as proxy:

        def outcome(name: str, stream: bytes, is_torn: bool) -> Outcome:
            sent.append((stream, is_torn))
            said: list[str] = []
            try:
                ask(proxy, QUESTION, PROTOCOLS[name.partition("-")[0]], Listener(said.append), seconds=20)
            except LitectlError as error:
                return Outcome("".join(said), is_success=False, error=error)
            return Outcome("".join(said), is_success=True, error=None)

        yield outcome


def end_of(name: str, stream: bytes) -> int:
    """Return the place behind the event of *stream* that tells how the answer *name* ended."""
    return stream.index(b"\n\n", stream.rindex(END_MARKS[name.partition("-")[0]])) + 2


@pytest.mark.parametrize("name", [f"{protocol}-gpt-5.2" for protocol in PROTOCOLS])
def test_a_stream_cut_short_is_a_failure_unless_its_end_came(asked: Asked, name: str) -> None:
    """A body that ends early, as of a gateway that gave up, is exit 11 at every byte before the end mark."""
    stream = stream_of(name)
    end = end_of(name, stream)

    for place in range(len(stream) + 1):
        outcome = asked(name, stream[:place], False)
        assert outcome.is_success == (place >= end), place
        if outcome.is_success:
            assert outcome.text == "ü☃🍞: hi there"
        else:
            assert type(outcome.error) is IncompleteError
            assert "ü☃🍞: hi there".startswith(outcome.text)


@pytest.mark.parametrize("name", [f"{protocol}-gpt-5.2" for protocol in PROTOCOLS])
def test_a_torn_connection_is_a_failure_until_the_protocol_s_own_end(asked: Asked, name: str) -> None:
    """It is the network's before any text and an incomplete answer after it; the text so far is handed on."""
    stream = stream_of(name)
    successes = []

    for place in range(len(stream) + 1):
        outcome = asked(name, stream[:place], True)
        successes.append(outcome.is_success)
        if outcome.is_success:
            assert outcome.text == "ü☃🍞: hi there"
        elif outcome.text:
            assert type(outcome.error) is IncompleteError
            assert outcome.error.details["answer"] == outcome.text
        else:
            assert isinstance(outcome.error, NetworkError)

    # Once the end is there it stays, and it is not there before the answer says how it ended.
    assert successes == sorted(successes)
    assert end_of(name, stream) <= successes.index(True) <= len(stream)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_error_in_the_stream_is_never_a_success(asked: Asked, protocol: str) -> None:
    """Wherever a stream that ends in an error is cut, with or without its error."""
    name = f"{protocol}-midstream-err"
    stream = stream_of(name)

    outcomes = [
        asked(name, stream[:place], is_torn) for is_torn in (False, True) for place in range(len(stream))
    ]

    assert not any(outcome.is_success for outcome in outcomes)
    assert {type(outcome.error) for outcome in outcomes if outcome.text} == {IncompleteError}
    whole = asked(name, stream, False)
    assert whole.error is not None
    assert isinstance(whole.error.__cause__, UpstreamError)


def test_what_comes_after_the_end_is_not_waited_for(asked: Asked) -> None:
    """An answer that is whole stays so when the connection is torn behind it."""
    for protocol in PROTOCOLS:
        name = f"{protocol}-gpt-5.2"
        assert asked(name, stream_of(name), True).is_success
