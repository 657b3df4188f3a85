"""
The providers behind a proxy: one server that answers by the name of the model, and keeps what it got.

An `echo` repeats what it is told, calls a tool when it is told to call one, or to call it twice, and gives
JSON when that is wanted. Told `use add {"a": 2, "b": 3}`, once or several times, it calls those tools with
those arguments, and then repeats their results; asked `What is 2 + 3?` it uses a tool `add`, too. So does any
other model whose name is none of `BEHAVIOURS` and none of the errors. A `restless` one calls them again and
again.

A Claude at Anthropic that is asked to think does so, and insists on its thoughts before its calls.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from threading import Event
from typing import Any

from fake_proxy import EVENT_TYPE, Answer, FakeProxy, Request, json_answer
from live.dialects import (
    BRICKS,
    CHAT,
    MESSAGES,
    PERSON,
    RESPONSES,
    Asked,
    Call,
    Dialect,
    Said,
    Streamed,
    asked,
)
from live.skill_account import SkillAccount
from live.upstream_errors import (
    ANTHROPIC,
    DATABRICKS,
    ERRORS,
    OPENAI,
    REFUSAL,
    REFUSED,
    THINKING,
    UNTHINKING,
)

PROVIDERS = (OPENAI, DATABRICKS, ANTHROPIC)
CITIES = ("Oslo", "Rome")
BEFORE_CALLS = "Let me see."
COUNTED = 42  # tokens of whatever Anthropic is asked to count
THOUGHT = "let me think"
_DIALECTS = {"completions": CHAT, "responses": RESPONSES, "messages": MESSAGES}
# What a name does to an answer; `flaky-N-after-S` fails N times, and says to come back after S seconds.
BEHAVIOURS = (
    "reasoning",
    "cut",
    "empty",
    "strict",
    "restless",
    "held",
    "late",
    "endless",
    "dropping",
    "exploding",
    "stillborn",
    "ending",
    "flaky-1-after-0",
    "flaky-1-after-1",
    "flaky-2-after-0",
)
_FLAKY = re.compile(r"flaky-(\d)-after-(\d)")
_USE = re.compile(r"\buse (\S+) (?={)")
_SUM = re.compile(r"What is (\d+) \+ (\d+)\?")
_PATIENCE = 20.0  # seconds until a stream without an end ends
_PAUSE = 0.02  # seconds between the pieces of such a stream
_UNTIL_READ = 0.3  # seconds


def said(what: Asked) -> Said:
    """Return the echo of *what* was asked."""
    if what.forced:
        return Said(calls=[Call("call_1", what.forced, PERSON)])
    wanted = calls(what)
    if wanted and not what.is_result:
        return Said([BEFORE_CALLS], calls=wanted)
    if what.tools and "call" in what.text and not what.is_result:
        both = [Call(f"call_{city}", what.tools[0], json.dumps({"city": city})) for city in CITIES]
        return Said([BEFORE_CALLS], calls=both) if "twice" in what.text else Said(calls=both[:1])
    if what.wants_json:
        return Said([PERSON])
    return Said(["echo: ", what.text])


def calls(what: Asked) -> list[Call]:
    """Return the calls that the last question names; those of no other turn have their ids."""
    if not what.tools:
        return []
    found = []
    question = _SUM.sub(r'use add {"a": \1, "b": \2}', what.question)
    for place, use in enumerate(_USE.finditer(question)):
        arguments, _ = json.JSONDecoder().raw_decode(question, use.end())
        name = _offered(use[1], what.tools)
        found.append(Call(f"call_{what.turns}_{place}", name, json.dumps(arguments)))
    return found


def _offered(name: str, tools: Sequence[str]) -> str:
    """Return which of *tools* is meant by *name*, `tool` or `server/tool`; none of them is called so."""
    server, _, tool = name.rpartition("/")
    called_so = [offered for offered in tools if re.search(rf"(^|[^a-zA-Z0-9]){re.escape(tool)}$", offered)]
    meant = [offered for offered in called_so if server in offered or offered == tool]
    return meant[0] if meant else name


class Upstream(FakeProxy):
    """
    The server; a request is at `/<provider>/...`.

    `gate` holds back the rest of a `held` answer, all of a `late` one, and a `stalled` one that is no
    stream. `dropped` is set when the client of an `endless` one is gone. `skills` are those of the
    account at Anthropic.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.dropped = Event(), Event()
        self.skills = SkillAccount()

    def reset(self) -> None:
        """Forget what was asked, and be as new."""
        self.gate.set()
        self.gate, self.dropped = Event(), Event()
        self.skills = SkillAccount()
        self.requests.clear()

    @property
    def bodies(self) -> list[Any]:
        """The bodies of the requests that ask a model."""
        return [
            request.json
            for request in self.requests
            if request.method == "POST" and not SkillAccount.serves(request)
        ]

    def answer_to(self, request: Request) -> Answer:
        """Return what the provider says, as the name of the model wants it."""
        if SkillAccount.serves(request):
            return self.skills.answer_to(request)
        provider = request.path.split("/")[1]
        if request.path.endswith(("/count_tokens", "/embeddings")):
            return _counted_or_embedded(request)
        dialect = BRICKS if provider == DATABRICKS else _DIALECTS.get(request.path.rpartition("/")[2])
        if dialect is None or request.method != "POST":
            return json_answer({"error": {"message": "no such route"}}, 404)
        body = request.json
        model = body["model"]
        flaky = _FLAKY.fullmatch(model)
        if flaky and len(self.bodies) <= int(flaky[1]):
            return ERRORS["limited"][provider]._replace(headers=(("retry-after", flaky[2]),))
        if model in ERRORS:
            return ERRORS[model][provider]
        if (refusal := _refusal(body, dialect)) is not None:
            return refusal
        words = _words(model, asked(body))
        if dialect is MESSAGES and _thinks(body):
            words = words._replace(reasoning=THOUGHT, is_redacted=True)
        if not body.get("stream"):
            answer = json_answer(dialect.plain(words, model))
            return answer._replace(pieces=[self.gate, *answer.pieces]) if model == "stalled" else answer
        pieces = self._pieces(model, dialect.stream(words, model), dialect.failure)
        return Answer(pieces=pieces, content_type=EVENT_TYPE, cut=model == "dropping")

    def _pieces(self, model: str, streamed: Streamed, failure: bytes) -> Iterable[bytes | Event]:
        """Return the pieces of a stream, with what befalls it."""
        head, texts, tail = streamed
        match model:
            case "held":
                return [*head, texts[0], self.gate, *texts[1:], *tail]
            case "late":
                return [self.gate, *head, *texts, *tail]
            case "endless":
                return _endless(head, texts[0], self.dropped)
            case "dropping":
                return _then_pause([*head, texts[0]])
            case "exploding":
                return [*head, texts[0], failure]
            case "stillborn":
                return [*head, failure]
            case "ending":
                return [*head, texts[0]]
        return [*head, *texts, *tail]


def _counted_or_embedded(request: Request) -> Answer:
    """Return how many tokens the text has, or a short vector for each text."""
    if request.path.endswith("/count_tokens"):
        return json_answer({"input_tokens": COUNTED})
    body = request.json
    vector = [0.5, -0.5] * (body.get("dimensions", 2) // 2)
    vectors = [
        {"object": "embedding", "index": index, "embedding": vector} for index, _ in enumerate(body["input"])
    ]
    usage = {"prompt_tokens": 3, "total_tokens": 3}
    return json_answer({"object": "list", "data": vectors, "model": body["model"], "usage": usage})


def _endless(head: Iterable[bytes], text: bytes, dropped: Event) -> Iterator[bytes]:
    """Give *head* and then *text* again and again; *dropped* is set when nobody takes it any more."""
    deadline = time.monotonic() + _PATIENCE
    yield from head
    try:
        while time.monotonic() < deadline:
            yield text
            time.sleep(_PAUSE)
    except GeneratorExit:
        dropped.set()
        raise


def _then_pause(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Give *pieces*, and let them reach the proxy before the connection drops."""
    yield from pieces
    time.sleep(_UNTIL_READ)


def _thinks(body: Any) -> bool:
    return body.get("thinking", {}).get("type") in ("enabled", "adaptive")


def _refusal(body: Any, dialect: Dialect) -> Answer | None:
    """
    Return why *body* is refused, None when it is not.

    Before the calls whose results it has, Anthropic wants thoughts of who thinks, and none of others.
    """
    if body["model"] == "strict" and REFUSED in body:
        return REFUSAL
    if dialect is not MESSAGES:
        return None
    last: list[Any] = body["messages"][-2:]
    kinds = [block.get("type") for turn in last for block in turn["content"] if isinstance(block, dict)]
    if "tool_use" not in kinds or "tool_result" not in kinds:
        return None
    has_thoughts = kinds[0] in ("thinking", "redacted_thinking")
    if has_thoughts == _thinks(body):
        return None
    return THINKING if has_thoughts else UNTHINKING


def _words(model: str, what: Asked) -> Said:
    words = said(what)
    if model == "reasoning":
        return words._replace(reasoning=THOUGHT)
    if model == "restless":
        return Said(calls=calls(what)) if what.tools else words
    if model == "cut":
        return words._replace(is_cut=True)
    return Said() if model == "empty" else words
