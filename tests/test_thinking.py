"""The thinking of a Claude: read by every protocol, kept with its calls, and sent back to who wants it."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import UNKNOWN, backend, claude, deployment, openai
from litectl.exchange.backend import Backend
from litectl.exchange.protocols import chat, messages, responses
from litectl.exchange.question import Question
from litectl.exchange.thinking import Thoughts, asks_to_think, sendable

ANSWERS = Path(__file__).parent / "recordings" / "answers"
PROTOCOLS: dict[str, ModuleType] = {"chat": chat, "responses": responses, "messages": messages}
SIGNED = {"type": "thinking", "thinking": "let me think", "signature": "c2lnbmVk+/=="}
REDACTED = {"type": "redacted_thinking", "data": "c2VjcmV0+/=="}
BOTH = [SIGNED, REDACTED]


def blocks_in(protocol: str, data: Sequence[str]) -> list[Mapping[str, object]]:
    """Return the blocks that an answer of these *data* has."""
    thoughts = Thoughts()
    for event in PROTOCOLS[protocol].events(data):
        thoughts.add(event.thinking)
    return thoughts.blocks


@pytest.mark.parametrize("form", ["stream", "plain"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_thinking_of_an_answer_is_the_same_in_every_protocol(protocol: str, form: str) -> None:
    """As a real proxy says it: whole or in pieces, and what nobody may read."""
    text = (ANSWERS / f"{protocol}-thinking-{form}.txt").read_text()
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]

    assert blocks_in(protocol, lines or [text]) == BOTH


def thinking_chunk(*blocks: object) -> str:
    """Return a chunk of chat with these *blocks*."""
    return json.dumps({"choices": [{"delta": {"thinking_blocks": list(blocks)}}]})


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([SIGNED], [SIGNED]),
        ([REDACTED, SIGNED, REDACTED], [REDACTED, SIGNED, REDACTED]),
        # Providers that are no Anthropic sign in a piece of its own without any text.
        (
            [{"type": "thinking", "thinking": "let me think"}, {"type": "thinking", "signature": "s"}],
            [{**SIGNED, "signature": "s"}],
        ),
        # A Claude may keep its thoughts to itself and sign them all the same.
        ([{"type": "thinking", "signature": "s"}], [{"type": "thinking", "thinking": "", "signature": "s"}]),
        # What nobody signed is refused by Anthropic.
        ([{"type": "thinking", "thinking": "hm", "signature": ""}, REDACTED], [REDACTED]),
        ([{"type": "thinking", "thinking": "hm"}], []),
        ([{"type": "redacted_thinking"}, {"type": "text", "data": "x"}, {}, None, "x"], []),
        ([{"type": "thinking", "thinking": [1], "signature": 5}], []),
    ],
)
def test_a_block_is_put_together_from_its_pieces(pieces: list[object], expected: list[object]) -> None:
    """Whether they come together or one by one."""
    assert blocks_in("chat", [thinking_chunk(*pieces)]) == expected
    assert blocks_in("chat", [thinking_chunk(piece) for piece in pieces]) == expected


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
BLOCKS = st.one_of(
    st.builds(lambda text, signature: {**SIGNED, "thinking": text, "signature": signature}, TEXTS, TEXTS),
    st.builds(lambda data: {**REDACTED, "data": data}, TEXTS),
)


def pieces_of(place: int, block: Mapping[str, str], cuts: set[int]) -> tuple[list[str], list[str]]:
    """Return *block* as chat and as messages stream it, its text cut at *cuts*."""
    if "data" in block:
        start = {"type": "content_block_start", "index": place, "content_block": block}
        return [thinking_chunk(block)], [json.dumps(start)]
    text = block["thinking"]
    ends = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    texts = [text[start:stop] for start, stop in pairwise(ends)]
    said = [*({"thinking": each} for each in texts), {"signature": block["signature"]}]
    empty = {"type": "thinking", "thinking": "", "signature": ""}
    start = {"type": "content_block_start", "index": place, "content_block": empty}
    deltas = [{"type": "content_block_delta", "index": place, "delta": each} for each in said]
    stop = {"type": "content_block_stop", "index": place}
    return (
        [thinking_chunk({"type": "thinking", **each}) for each in said],
        [json.dumps(each) for each in (start, *deltas, stop)],
    )


@given(st.lists(BLOCKS, max_size=4), st.sets(st.integers(1, 20), max_size=5))
def test_blocks_are_the_same_however_they_are_cut(blocks: list[dict[str, str]], cuts: set[int]) -> None:
    """To the letter, since the signature is that of every letter; by the protocols that stream them."""
    streams = [pieces_of(place, block, cuts) for place, block in enumerate(blocks)]

    assert blocks_in("chat", [piece for chunks, _ in streams for piece in chunks]) == blocks
    assert blocks_in("messages", [piece for _, events in streams for piece in events]) == blocks


@pytest.mark.parametrize(
    "encrypted", ["gAAAAABo" * 20, "12345", '{"type": "thinking"}', '["x", null]', "[" * 100_000, "", 5, None]
)
def test_what_openai_encrypts_is_no_thinking(encrypted: object) -> None:
    """Nobody but its model can read it, and the call can do without."""
    item = {"type": "reasoning", "encrypted_content": encrypted, "summary": []}
    response = {"object": "response", "status": "completed", "output": [item]}

    assert blocks_in("responses", [json.dumps(response)]) == []


# Back


CALL = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
USER: dict[str, object] = {"role": "user", "content": "Hi"}
CALLING: dict[str, object] = {"role": "assistant", "content": "Let me see.", "tool_calls": [CALL]}
THINKING = {**CALLING, "thinking_blocks": BOTH}
RESULT: dict[str, object] = {"role": "tool", "tool_call_id": "call_1", "content": "5"}
CONVERSATION = [USER, THINKING, RESULT]


def test_thinking_comes_before_all_else_in_its_turn() -> None:
    """Chat has it in the message, messages as the first blocks, responses as an item of its own."""
    question = Question("claude", CONVERSATION)

    assert chat.body(question)["messages"] == CONVERSATION
    turns = messages.body(question)["messages"]
    assert isinstance(turns, list)
    assert [block["type"] for block in turns[1]["content"]] == [
        "thinking",
        "redacted_thinking",
        "text",
        "tool_use",
    ]
    assert turns[1]["content"][:2] == BOTH
    items = responses.body(question)["input"]
    assert isinstance(items, list)
    assert [item.get("type") or item["role"] for item in items] == [
        "user",
        "reasoning",
        "assistant",
        "function_call",
        "function_call_output",
    ]
    assert json.loads(items[1]["encrypted_content"]) == BOTH


@pytest.mark.parametrize("blocks", [None, [], "x", 5, {}, ["x", None], [[]]])
@pytest.mark.parametrize("protocol", ["messages", "responses"])
def test_strange_blocks_of_a_file_say_nothing(protocol: str, blocks: object) -> None:
    """A conversation may come from anywhere."""
    strange, plain = (
        PROTOCOLS[protocol].body(Question("claude", [USER, message]))
        for message in ({**CALLING, "thinking_blocks": blocks}, CALLING)
    )

    assert strange == plain


BRICKS = backend(deployment("databricks", "databricks/databricks-claude-sonnet-4-5"))
MIXED = backend(*claude().deployments, *openai().deployments)


@pytest.mark.parametrize(
    ("asked", "thinks", "goes"),
    [
        (claude(), True, True),
        (BRICKS, True, True),
        (UNKNOWN, True, True),
        (openai(), True, False),
        (MIXED, True, False),
        (claude(), False, False),
        (UNKNOWN, False, False),
    ],
)
def test_only_a_claude_that_thinks_is_sent_its_thinking(asked: Backend, thinks: bool, goes: bool) -> None:
    """Whatever else is in the message goes to everybody."""
    assert sendable(CONVERSATION, asked, thinks=thinks) == [
        USER,
        THINKING if goes else CALLING,
        RESULT,
    ]


@pytest.mark.parametrize(
    ("parameters", "asks"),
    [
        ({}, False),
        ({"reasoning_effort": "low"}, True),
        ({"reasoning_effort": "none"}, False),
        ({"reasoning_effort": None}, False),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, True),
        ({"thinking": {"type": "adaptive"}}, True),
        ({"thinking": {"type": "disabled"}}, False),
        ({"thinking": "x"}, False),
    ],
)
def test_parameters_say_whether_a_claude_thinks(parameters: dict[str, object], asks: bool) -> None:
    """By their name in chat, or by Anthropic's own."""
    assert asks_to_think(parameters) == asks
