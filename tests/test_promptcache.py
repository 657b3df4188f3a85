"""Marks for the prompt cache of Claude."""

from litectl.exchange.promptcache import marked
from litectl.exchange.question import Message, opening

MARK = {"cache_control": {"type": "ephemeral"}}


def marks(messages: list[Message]) -> list[int]:
    """Return the places of *messages* that have a mark."""
    return [place for place, message in enumerate(messages) if "cache_control" in str(message)]


def test_instruction_and_question_are_marked() -> None:
    """The mark stands on the last part of the instruction and of the question."""
    assert marked(opening("hi", "be brief")) == [
        {"role": "system", "content": [{"type": "text", "text": "be brief", **MARK}]},
        {"role": "user", "content": [{"type": "text", "text": "hi", **MARK}]},
    ]


def test_a_long_conversation_has_three_marks() -> None:
    """Of many turns the last two are marked, so that Anthropic's four marks are never exceeded."""
    talk: list[Message] = [{"role": "system", "content": "s"}]
    for turn in range(5):
        talk += [{"role": "user", "content": f"{turn}"}, {"role": "assistant", "content": "a"}]

    assert marks(marked(talk)) == [0, 7, 9]


def test_parts_keep_what_they_are() -> None:
    """Only the last part of a message is marked, and an empty one stays as it is."""
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}
    talk: list[Message] = [
        {"role": "user", "content": [{"type": "text", "text": "see"}, image]},
        {"role": "user", "content": ""},
    ]

    assert marked(talk) == [
        {"role": "user", "content": [{"type": "text", "text": "see"}, {**image, **MARK}]},
        {"role": "user", "content": ""},
    ]
