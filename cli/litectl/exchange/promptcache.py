"""
Marks for the prompt cache of Claude: what comes before a mark is kept and costs a tenth the next time.

Anthropic allows four marks in a request. They are set behind the instruction and the
last two turns of the user, so that the next turn of a conversation finds the last one kept. Pure.
"""

from collections.abc import Sequence

from litectl.exchange.question import SYSTEM, Message, parts_of

_MARK = {"cache_control": {"type": "ephemeral"}}
_TURNS = 2


def marked(messages: Sequence[Message]) -> list[Message]:
    """Return *messages* with a mark behind the last instruction and the last two turns of the user."""
    instructions = [place for place, message in enumerate(messages) if message.get("role") in SYSTEM]
    turns = [place for place, message in enumerate(messages) if message.get("role") == "user"]
    places = {*instructions[-1:], *turns[-_TURNS:]}
    return [_marked(message) if place in places else message for place, message in enumerate(messages)]


def _marked(message: Message) -> Message:
    parts = parts_of(message)
    if not parts:
        return message
    return {**message, "content": [*parts[:-1], {**parts[-1], **_MARK}]}
