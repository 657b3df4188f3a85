"""
`/v1/chat/completions`: the wire protocol every model behind the proxy speaks.

Always streamed on the wire: the proxy stops the upstream when a stream is
dropped, but runs a dropped plain call to its end and bills it. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping

from litectl.envelopes import error_in_answer
from litectl.errors import IncompleteError
from litectl.exchange.events import Event, Usage
from litectl.exchange.question import Question
from litectl.jsontext import decode, number

PATH = "/v1/chat/completions"
_DONE = "[DONE]"


def body(question: Question) -> dict[str, object]:
    """Return the JSON of the request; usage is asked for because it carries the cost."""
    messages = [{"role": "user", "content": question.prompt}]
    if question.system is not None:
        messages.insert(0, {"role": "system", "content": question.system})
    request: dict[str, object] = {
        "model": question.model,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if question.temperature is not None:
        request["temperature"] = question.temperature
    if question.max_tokens is not None:
        request["max_tokens"] = question.max_tokens
    return request


def events(data: Iterable[str]) -> Iterator[Event]:
    """
    Give the events of an answer whose server-sent events carry *data*.

    Raises the error of its class for an `error` key in any event, whatever
    follows it, and `IncompleteError` for data that is no JSON object.
    """
    for text in data:
        if text.strip() == _DONE:
            yield Event(done=True)
            return
        if not text:
            continue
        yield _event(_chunk(text))


def _chunk(text: str) -> Mapping[str, object]:
    try:
        chunk = decode(text)
    except ValueError:
        chunk = None
    if not isinstance(chunk, dict):
        raise IncompleteError("the proxy sent an event that is no JSON object")
    if chunk.get("error") is not None:
        raise error_in_answer(chunk)
    return chunk


def _event(chunk: Mapping[str, object]) -> Event:
    event = Event(model=_text(chunk.get("model")), response_id=_text(chunk.get("id")))
    choices = chunk.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        choice = choices[0]
        event.finish_reason = _text(choice.get("finish_reason"))
        delta = choice.get("delta")
        if isinstance(delta, dict):
            event.text = _text(delta.get("content")) or ""
            event.reasoning = _text(delta.get("reasoning_content")) or ""
    usage = chunk.get("usage")
    if isinstance(usage, dict):
        event.usage, event.cost = _usage(usage), _cost(usage.get("cost"))
    return event


def _usage(usage: Mapping[str, object]) -> Usage:
    prompt, completion = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    return Usage(
        input_tokens=_count(usage.get("prompt_tokens")),
        output_tokens=_count(usage.get("completion_tokens")),
        total_tokens=_count(usage.get("total_tokens")),
        cached_tokens=_count(prompt.get("cached_tokens")) if isinstance(prompt, dict) else None,
        reasoning_tokens=_count(completion.get("reasoning_tokens")) if isinstance(completion, dict) else None,
    )


def _cost(value: object) -> float | None:
    """Return US dollars; 0 counts as unknown, because a model without a price is reported so."""
    return number(value) or None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
