"""A streamed answer on its way through: written as it arrives, kept only when somebody needs it."""

from collections.abc import Iterator
from threading import Event

import pytest

from fake_proxy import CHAT, EVENT_TYPE, Answer, FakeProxy, chat_answer, chunk, sse
from litectl.errors import IncompleteError, OutputError, ReaderGone
from litectl.exchange.answer import Answer as Received
from litectl.exchange.ask import Listener, ask
from litectl.exchange.protocols import chat
from litectl.exchange.question import Question, opening
from litectl.wire.access import Access
from litectl.wire.proxy import Proxy

QUESTION = Question("gpt-5.2", opening("Hi"))
SECRET = "sk-test-key-0001"


@pytest.fixture
def proxy(fake: FakeProxy) -> Iterator[Proxy]:
    """Give the proxy, asked with a key."""
    with Proxy(fake.root, Access(SECRET)) as opened:
        yield opened


class Reader:
    """Where text is handed on to; `read` is set when any has come."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.read = Event()

    def __call__(self, text: str) -> None:
        """Take *text*."""
        self.texts.append(text)
        self.read.set()


def test_what_arrives_together_is_handed_on_together(proxy: Proxy, fake: FakeProxy) -> None:
    """One write for many events of one reading; what has come is handed on before anything is waited for."""
    reader = Reader()
    rest = sse(*[chunk(letter) for letter in "abc"], chunk(finish="stop"), "[DONE]")
    fake.on_chat(Answer(pieces=[*sse(chunk("first ")), reader.read, b"".join(rest)], content_type=EVENT_TYPE))

    ask(proxy, QUESTION, chat, Listener(reader), seconds=20)

    assert reader.texts == ["first ", "abc"]


def test_two_answers_of_one_connection_are_handed_on_alike(proxy: Proxy, fake: FakeProxy) -> None:
    """Nothing of the first question listens when the second one is answered."""
    first, second = Reader(), Reader()
    fake.on_chat(chat_answer("a", "b"))

    for reader in (first, second):
        ask(proxy, QUESTION, chat, Listener(reader), seconds=20)

    assert ["".join(reader.texts) for reader in (first, second)] == ["ab", "ab"]


@pytest.mark.parametrize(
    "error", [OutputError("no space left"), ReaderGone()], ids=["full disk", "no reader"]
)
def test_text_that_nobody_takes_ends_it(proxy: Proxy, fake: FakeProxy, error: Exception) -> None:
    """At once, with that error, and it is not tried a second time."""
    tried: list[str] = []

    def refuse(text: str) -> None:
        tried.append(text)
        raise error

    fake.on_chat(Answer(pieces=[b"".join(sse(chunk("a"), chunk("b"))), Event()], content_type=EVENT_TYPE))

    with pytest.raises(type(error)):
        ask(proxy, QUESTION, chat, Listener(refuse), seconds=20)

    assert len(tried) == 1


@pytest.mark.parametrize("keeps_text", [True, False])
def test_an_answer_keeps_its_text_only_when_told(proxy: Proxy, fake: FakeProxy, keeps_text: bool) -> None:
    """What is judged of it is the same."""
    reader = Reader()
    fake.on_chat(chat_answer(" \n", "Hello", "\n"))

    answer = ask(proxy, QUESTION, chat, Listener(reader), seconds=20, keeps_text=keeps_text)

    assert "".join(reader.texts) == " \nHello\n"
    assert answer.text == (" \nHello\n" if keeps_text else "")
    assert (answer.is_blank, answer.ends_line, answer.finish_reason) == (False, True, "stop")


@pytest.mark.parametrize("keeps_text", [True, False])
@pytest.mark.parametrize(
    ("texts", "message"), [([" ", "\n"], "the answer is empty"), (["half"], "the answer broke off")]
)
def test_a_failure_has_the_text_that_was_kept(
    proxy: Proxy, fake: FakeProxy, keeps_text: bool, texts: list[str], message: str
) -> None:
    """It is found without it, too."""
    end = [chunk(finish="stop"), "[DONE]"] if texts[0] == " " else []
    fake.on_chat(Answer(pieces=sse(*[chunk(text) for text in texts], *end), content_type=EVENT_TYPE))

    with pytest.raises(IncompleteError, match=message) as caught:
        ask(proxy, QUESTION, chat, Listener(Reader()), seconds=20, keeps_text=keeps_text)

    assert caught.value.details.get("answer") == ("".join(texts) if keeps_text else None)
    assert caught.value.details["call_id"] == fake.requests[-1].headers["x-litellm-call-id"]


def test_a_new_answer_says_nothing() -> None:
    """Neither a text nor an end of a line."""
    answer = Received("call-1")

    assert (answer.text, answer.reasoning, answer.has_begun, answer.ends_line) == ("", "", False, False)


# Headers that go along


@pytest.mark.parametrize("access", [Access(SECRET), Access(SECRET, "X-Key"), Access(None)])
def test_headers_go_along_but_none_that_says_who_asks(fake: FakeProxy, access: Access) -> None:
    """Neither the credential, nor the id of the call, nor the form of the exchange can be replaced."""
    fake.on_chat(chat_answer("x"))
    headers = {
        "X-Tag": "blue",
        "authorization": "Bearer other",
        "X-LiteLLM-API-Key": "other",
        "x-key": "other" if access.auth_header == "X-Key" else "harmless",
        "X-LITELLM-CALL-ID": "other",
        "ACCEPT": "other",
        "accept-encoding": "gzip",
        "content-type": "other",
    }

    with (
        Proxy(fake.root, access) as proxy,
        proxy.stream(CHAT, {}, seconds=20, call_id="call-1", headers=headers) as stream,
    ):
        assert list(stream.data)[-1] == "[DONE]"

    sent = fake.requests[-1].headers
    assert (sent["x-tag"], sent["x-litellm-call-id"]) == ("blue", "call-1")
    assert "other" not in " ".join(sent.values())
    assert sent.get("authorization") == (f"Bearer {SECRET}" if access == Access(SECRET) else None)
    assert "gzip" not in sent["accept-encoding"]


def test_a_header_of_this_question_counts_more_than_one_of_the_run(fake: FakeProxy) -> None:
    """As what was said last, in any spelling."""
    fake.on_chat(chat_answer("x"))

    with (
        Proxy(fake.root, Access(SECRET, headers={"X-Tag": "red"})) as proxy,
        proxy.stream(CHAT, {}, seconds=20, call_id="call-1", headers={"x-tag": "blue"}) as stream,
    ):
        list(stream.data)

    assert fake.requests[-1].headers["x-tag"] == "blue"


# Hanging up


def test_a_proxy_that_was_hung_up_sends_nothing(proxy: Proxy, fake: FakeProxy) -> None:
    """Whoever asks it afterwards is told that nobody reads."""
    proxy.hang_up()

    with pytest.raises(ReaderGone):
        ask(proxy, QUESTION, chat, Listener(Reader()), seconds=20)

    assert fake.requests == []


def test_hanging_up_ends_an_answer_that_is_under_way(proxy: Proxy, fake: FakeProxy) -> None:
    """It is no failure of the network and no broken answer."""
    never = Event()
    fake.on_chat(Answer(pieces=[*sse(chunk("half")), never], content_type=EVENT_TYPE))

    with pytest.raises(ReaderGone):
        ask(proxy, QUESTION, chat, Listener(lambda _text: proxy.hang_up()), seconds=20)
    never.set()
