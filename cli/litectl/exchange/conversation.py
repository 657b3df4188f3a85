"""
Conversations that go on: read from a file, continued, and written again.

They are lists of messages in the words of chat completions, whatever protocol carries them.
What is wrong with one is said here, by the number of the message, before a request is made. Pure.
"""

import json
from collections.abc import Mapping, Sequence

from litectl.errors import UsageError
from litectl.exchange.question import SYSTEM, Message, text_in
from litectl.exchange.tools import ToolCall, arguments_of, call_ids, decoded, json_text, shown
from litectl.text.jsontext import object_of, objects_of, text_of

ROLES = (*SYSTEM, "user", "assistant", "tool")
Content = str | Sequence[Mapping[str, object]]

_RESULTS_HINT = 'for example [{"id": "call_1", "content": "..."}], or {"call_1": "..."}'
_USER = '{"role": "user", "content": "Hi"}'
_MESSAGE = f"for example {_USER}"
_PARTS = 'for example {"type": "text", "text": "Hi"}'
_CALLS = (
    'for example {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", '
    '"function": {"name": "add", "arguments": "{}"}}]}'
)
_RESULT = 'for example {"role": "tool", "tool_call_id": "call_1", "content": "5"}'


def conversation_of(text: str, origin: str) -> list[Message]:
    """
    Return the messages in the JSON *text*, which came from *origin*; there may be none.

    A list, or an object with `messages`. Fields that are not known here are kept.
    Raises `UsageError` for the first message that no model could be sent.
    """
    document = decoded(text, origin)
    entries = document.get("messages") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise UsageError(f"{origin} is not a list of messages", hint=f"for example [{_USER}]")
    messages: list[Message] = []
    for number, entry in enumerate(entries, start=1):
        where = f"{origin}: message {number} of {len(entries)}"
        if not isinstance(entry, dict):
            raise UsageError(f"{where} is not a JSON object", hint=_MESSAGE)
        _require_message(entry, where)
        _require_place(entry, open_calls(messages), where)
        messages.append(entry)
    return messages


def open_calls(messages: Sequence[Message]) -> list[str]:
    """Return the ids of the calls at the end of *messages* that have no result yet."""
    answered: set[object] = set()
    for message in reversed(messages):
        if message.get("role") != "tool":
            return [identifier for identifier in call_ids([message]) if identifier not in answered]
        answered.add(message.get("tool_call_id"))
    return []


def with_results(messages: Sequence[Message], text: str, origin: str) -> list[Message]:
    """
    Return *messages* with the results of their open calls, from the JSON *text* of *origin*.

    A list of objects with `id` and `content`, or one object of contents by id; a content that is
    no text is sent as JSON. Raises `UsageError` unless each open call gets one result.
    """
    open_ids = open_calls(messages)
    if not open_ids:
        raise UsageError(
            f"no call waits for the results in {origin}",
            hint="`--tool-results` goes with the `--messages` of an answer that ended with calls",
        )
    results = _results(decoded(text, origin), origin)
    for identifier in results:
        if identifier not in open_ids:
            raise UsageError(
                f"{origin} has a result for {shown(identifier)}, and no such call is open",
                hint=f"these are: {', '.join(map(shown, open_ids))}",
            )
    if missing := [identifier for identifier in open_ids if identifier not in results]:
        raise UsageError(f"{origin} has no result for {', '.join(map(shown, missing))}", hint=_RESULTS_HINT)
    found = [{"role": "tool", "tool_call_id": each, "content": results[each]} for each in open_ids]
    return [*messages, *found]


def continued(
    messages: Sequence[Message], *, prompt: Content | None, system: str | None = None
) -> list[Message]:
    """
    Return *messages* with what the user says next, after the instruction *system*.

    Without a *prompt* the last message is what is answered. Raises `UsageError` when that
    is none to answer, when calls are open, and when *system* is not the one that is there.
    """
    if waiting := open_calls(messages):
        raise UsageError(
            f"the conversation waits for the results of its calls: {', '.join(map(shown, waiting))}",
            hint="add them with `--tool-results PATH`",
        )
    last = next((role for message in reversed(messages) if (role := message.get("role")) not in SYSTEM), None)
    if prompt is None and last not in ("user", "tool"):
        raise UsageError(
            "the conversation has nothing to answer",
            hint='say something with `-p "..."`, a pipe, or a file with `-f PATH`',
        )
    said = [] if prompt is None else [{"role": "user", "content": prompt}]
    return [*_instructed(messages, system), *said]


def answered(
    messages: Sequence[Message],
    text: str,
    calls: Sequence[ToolCall] = (),
    thinking: Sequence[Mapping[str, object]] = (),
) -> list[Message]:
    """
    Return *messages* with the answer of the assistant: its *text*, its *calls*, or both.

    *thinking* are the blocks that go back with the calls.
    """
    message: dict[str, object] = {"role": "assistant", "content": text or (None if calls else "")}
    if calls:
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json_text(call.arguments)},
            }
            for call in calls
        ]
        if thinking:
            message["thinking_blocks"] = list(thinking)
    return [*messages, message]


def conversation_text(messages: Sequence[Message]) -> str:
    """Return *messages* as the JSON that `conversation_of` reads; it can always be encoded."""
    text = json.dumps(list(messages), ensure_ascii=False, indent=2)
    # Half a surrogate pair has no UTF-8, and its escape in Python is its escape in JSON.
    return text.encode("utf-8", "backslashreplace").decode() + "\n"


def _instructed(messages: Sequence[Message], system: str | None) -> list[Message]:
    present = [text_in(message) for message in messages if message.get("role") in SYSTEM]
    if system is None or system in present:
        return list(messages)
    if present:
        raise UsageError(
            "the conversation has another system prompt", hint="leave `-s` out, or change it in the file"
        )
    return [{"role": "system", "content": system}, *messages]


def _results(document: object, origin: str) -> dict[str, str]:
    """Return the text of each result by the id of its call."""
    if isinstance(document, dict) and not ("content" in document and _id_of(document)):
        pairs: list[tuple[object, object]] = list(document.items())
    else:
        entries = document if isinstance(document, list) else [document]
        found = [entry for entry in objects_of(entries) if "content" in entry]
        if len(found) < len(entries):
            raise UsageError(f"{origin} is not a list of results with `id` and `content`", hint=_RESULTS_HINT)
        pairs = [(_id_of(entry), entry["content"]) for entry in found]
    results: dict[str, str] = {}
    for number, (identifier, content) in enumerate(pairs, start=1):
        if not isinstance(identifier, str):
            raise UsageError(f"{origin}: result {number} has no `id`", hint=_RESULTS_HINT)
        if identifier in results:
            raise UsageError(
                f"{origin} has two results for {shown(identifier)}", hint="give one result for each call"
            )
        results[identifier] = content if isinstance(content, str) else json_text(content)
    return results


def _id_of(result: Mapping[str, object]) -> object:
    return result.get("tool_call_id") or result.get("id")


def _require_message(message: Message, where: str) -> None:
    """Raise `UsageError` unless *message* is well formed by itself."""
    role = message.get("role")
    if role not in ROLES:
        raise UsageError(
            f"{where} has no role" if role is None else f"{where} has an unknown role: {shown(role)}",
            hint=f"a role is one of {', '.join(ROLES)}",
        )
    calls = message.get("tool_calls")
    if calls is not None:
        if role != "assistant" or not isinstance(calls, list):
            raise UsageError(f"{where}: `tool_calls` are a list in a message of the assistant", hint=_CALLS)
        _require_calls(calls, where)
    if role == "tool" and not isinstance(message.get("tool_call_id"), str):
        raise UsageError(f"{where} has no `tool_call_id`, the id of the call it answers", hint=_RESULT)
    if not (calls and not message.get("content")):
        _require_content(message.get("content"), where)


def _require_content(content: object, where: str) -> None:
    if content is None or content == []:
        raise UsageError(f"{where} has no content", hint=_MESSAGE)
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise UsageError(f"{where}: `content` is neither a text nor a list of parts", hint=_MESSAGE)
    for number, part in enumerate(content, start=1):
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str):
            raise UsageError(f"{where}: part {number} of its content has no `type`", hint=_PARTS)
        if kind == "text" and not isinstance(part.get("text"), str):
            raise UsageError(f"{where}: part {number} of its content has no `text`", hint=_PARTS)


def _require_calls(calls: Sequence[object], where: str) -> None:
    for number, entry in enumerate(calls, start=1):
        call = object_of(entry)
        function = object_of(call.get("function"))
        arguments = function.get("arguments")
        if not text_of(call.get("id")):
            raise UsageError(f"{where}: call {number} has no `id`", hint=_CALLS)
        if not text_of(function.get("name")):
            raise UsageError(f"{where}: call {number} has no `function` with a name", hint=_CALLS)
        if not isinstance(arguments, str) or arguments_of(arguments) is None:
            raise UsageError(
                f"{where}: the `arguments` of call {number} are not the text of a JSON object", hint=_CALLS
            )


def _require_place(message: Message, open_ids: Sequence[str], where: str) -> None:
    """Raise `UsageError` unless *message* may follow messages that end with the calls *open_ids*."""
    identifiers = call_ids([message])
    if len(identifiers) != len(set(identifiers)):
        raise UsageError(f"{where} has two calls with the same `id`", hint=_CALLS)
    if message.get("role") != "tool" and open_ids:
        raise UsageError(
            f"{where} stands where a result should: {', '.join(map(shown, open_ids))}",
            hint="the results of calls come right after them, in messages of the role tool",
        )
    if message.get("role") == "tool" and message["tool_call_id"] not in open_ids:
        raise UsageError(
            f"{where} answers {shown(message['tool_call_id'])}, and no such call is open", hint=_RESULT
        )
