"""
Tools: what a model may call, and the calls it makes.

Definitions are kept in the form of chat completions, whatever form they came in. Pure.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from litectl.errors import IncompleteError, UsageError
from litectl.exchange.events import ToolPiece
from litectl.exchange.question import Message
from litectl.text.jsontext import can_be_written, decode, object_of, objects_of, text_of

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_DEEPEST = 100  # levels of JSON inside each other; far more than a schema needs, far less than a stack holds
_PROVIDERS_OWN = "srvtoolu_"  # how Anthropic's ids of such calls begin; on chat nothing else tells them apart
_SCHEMAS = ("input_schema", "inputSchema")  # Anthropic's word and MCP's


class ToolCall(NamedTuple):
    """
    A call that a model makes: *id* is what its result is told by.

    One that *is_broken* has arguments that are no JSON object; none stand in for them.
    """

    id: str
    name: str
    arguments: Mapping[str, object]
    is_broken: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the public JSON form."""
        return {"id": self.id, "name": self.name, "arguments": dict(self.arguments)}


class ToolRun(NamedTuple):
    """
    A call of a model: *result* is what the model was told.

    *outcome* is `ok`, `failed`, `refused`, or `unknown` for one that may have run, or not.
    """

    server: str | None
    tool: str
    arguments: Mapping[str, object]
    outcome: str
    result: str

    def as_json(self) -> dict[str, object]:
        """Return the public JSON form."""
        return {**self._asdict(), "arguments": dict(self.arguments)}


class Calls:
    """
    The calls of an answer, put together from their pieces.

    An id that is in *taken*, those of the calls before, or that comes twice is replaced:
    backends differ in what they make unique, and a conversation needs every id once.
    """

    def __init__(self, taken: Collection[str] = ()) -> None:
        self._taken = frozenset(taken)
        self._drafts: list[_Draft] = []
        self._current: dict[int, _Draft] = {}

    def add(self, pieces: Iterable[ToolPiece]) -> None:
        """Take in the next *pieces*."""
        for piece in pieces:
            draft = self._current.get(piece.place)
            if draft is None or draft.is_another(piece):
                draft = self._current[piece.place] = _Draft(piece.place)
                self._drafts.append(draft)
            draft.add(piece)

    def finished(self, *, keeps_broken: bool = False) -> list[ToolCall]:
        """
        Return the calls in their order; the same ones however often it is asked.

        Those that the provider made and answered itself are not among them.
        Raises `IncompleteError` for a call without a name, and for one whose arguments
        are no JSON object, unless it *keeps_broken* ones; no arguments at all are an empty one.
        """
        ours = (draft for draft in self._drafts if not (draft.id or "").startswith(_PROVIDERS_OWN))
        drafts = sorted(ours, key=lambda draft: draft.place)
        made_up = _free_ids(self._taken | {draft.id for draft in drafts if draft.id})
        used = set(self._taken)
        calls = []
        for number, draft in enumerate(drafts, start=1):
            identifier = draft.id if draft.id and draft.id not in used else next(made_up)
            used.add(identifier)
            calls.append(draft.finished(identifier, number, keeps_broken=keeps_broken))
        return calls


class _Draft:
    """A call while it arrives."""

    __slots__ = ("arguments", "id", "name", "place")

    def __init__(self, place: int) -> None:
        self.place = place
        self.id: str | None = None
        self.name: str | None = None
        self.arguments: list[str] = []

    def is_another(self, piece: ToolPiece) -> bool:
        """Tell whether *piece* begins another call: some backends give all calls the same place."""
        return bool(piece.name and piece.id and self.id and piece.id != self.id)

    def add(self, piece: ToolPiece) -> None:
        self.id = self.id or piece.id
        self.name = self.name or piece.name
        self.arguments.append(piece.arguments)

    def finished(self, identifier: str, number: int, *, keeps_broken: bool) -> ToolCall:
        if not self.name:
            raise IncompleteError(f"call {number} of the answer names no tool")
        text = "".join(self.arguments)
        arguments = arguments_of(text)
        if arguments is None and not keeps_broken:
            raise IncompleteError(
                f"the arguments of call {number} of the answer, of `{self.name}`, are not a JSON object",
                details={"tool": self.name, "arguments": text},
            )
        return ToolCall(identifier, self.name, arguments or {}, is_broken=arguments is None)


def tools_of(text: str, origin: str) -> list[dict[str, object]]:
    """
    Return the definitions in the JSON *text*, which came from *origin*, in the form of chat.

    A list, one definition, or an object with `tools`; each in the form of chat, of responses,
    of Anthropic or of MCP. Of another `type`, such as the proxy's own `mcp`, one stays as
    it is. Raises `UsageError`.
    """
    document = decoded(text, origin)
    entries = document.get("tools", [document]) if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise UsageError(f"{origin} is not a list of tools", hint=_FORMS)
    if not entries:
        raise UsageError(f"{origin} defines no tool", hint="leave `--tools` out to send none")
    found: list[dict[str, object]] = []
    names: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        where = f"{origin}: tool {number} of {len(entries)}"
        tool = _tool(entry, where)
        if (name := _name_of(tool)) in names:
            raise UsageError(f"{where} has the name of another one, `{name}`", hint="give each its own name")
        names |= {name} if name else set()
        found.append(tool)
    return found


_FORMS = 'for example [{"type": "function", "function": {"name": ..., "parameters": {...}}}]'


def _tool(entry: object, where: str) -> dict[str, object]:
    """Return the definition *entry* in the form of chat."""
    if not isinstance(entry, dict):
        raise UsageError(f"{where} is not a JSON object", hint=_FORMS)
    kind = entry.get("type")
    schema = next((name for name in _SCHEMAS if name in entry), None)
    if schema and kind in (None, "custom"):
        function = {"parameters": entry[schema], **_only(entry, "name", "description", "strict")}
        return {"type": "function", "function": _function(function, where), **_only(entry, "cache_control")}
    if kind == "function" and "function" in entry:
        return {**entry, "function": _function(entry["function"], where)}
    if kind == "function" or (kind is None and "name" in entry):
        return {"type": "function", "function": _function({**entry, "type": None}, where)}
    if not isinstance(kind, str) or not kind:
        raise UsageError(f"{where} has neither a `type` nor an input schema", hint=_FORMS)
    return dict(entry)


def _only(entry: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: entry[name] for name in names if name in entry}


def _function(function: object, where: str) -> dict[str, object]:
    """Return what is said of *function*, checked; null is the same as nothing."""
    if not isinstance(function, dict):
        raise UsageError(f"{where} has a `function` that is not a JSON object", hint=_FORMS)
    found = {name: value for name, value in function.items() if value is not None}
    if "name" not in found:
        raise UsageError(f"{where} has no name", hint=_FORMS)
    if not isinstance(found["name"], str) or not _NAME.fullmatch(found["name"]):
        raise UsageError(
            f"{where} has a name that no model could call: {shown(found['name'])}",
            hint="a name has at most 64 letters, digits, `_` and `-`",
        )
    for name, kind, meaning in (
        ("description", str, "text"),
        ("parameters", dict, "a JSON object"),
        ("strict", bool, "true or false"),
    ):
        if not isinstance(found.get(name, kind()), kind):
            raise UsageError(f"{where}, `{found['name']}`: `{name}` is not {meaning}", hint=_FORMS)
    return found


def stub_tools(messages: Iterable[Message]) -> list[dict[str, object]]:
    """
    Return definitions that say nothing but the names of the tools called in *messages*.

    Some backends refuse a conversation with calls where no tool is defined.
    """
    names = dict.fromkeys(_name_of(call) for call in _calls_in(messages))
    empty = {"type": "object", "properties": {}}
    return [{"type": "function", "function": {"name": name, "parameters": empty}} for name in names if name]


def call_ids(messages: Iterable[Message]) -> list[str]:
    """Return the ids of the calls in *messages*."""
    return [identifier for call in _calls_in(messages) if (identifier := text_of(call.get("id")))]


def _name_of(call: Mapping[str, object]) -> str | None:
    """Return the name of the function in a *call* or a definition."""
    return text_of(object_of(call.get("function")).get("name"))


def _calls_in(messages: Iterable[Message]) -> Iterator[Mapping[str, object]]:
    return (call for message in messages for call in objects_of(message.get("tool_calls")))


def _free_ids(taken: Collection[str]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if (identifier := f"call_{number}") not in taken:
            yield identifier


# JSON of files and arguments


def decoded(text: str, origin: str) -> object:
    """Return the value of the JSON *text* from *origin*; raises `UsageError` when it could not be sent."""
    try:
        value = decode(text)
    except ValueError as error:
        place = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UsageError(f"{origin} is not JSON{place}", hint="see where with `jq . FILE`") from error
    if not can_be_written(value, levels=_DEEPEST):
        raise UsageError(
            f"{origin} has a number that JSON does not know, or is nested too deeply",
            hint="take NaN and Infinity out, and what is more than a hundred levels deep",
        )
    return value


def arguments_of(text: str) -> dict[str, object] | None:
    """Return the JSON object that the arguments *text* of a call is, None for anything else."""
    try:
        value = decode(text) if text.strip() else {}
    except ValueError:
        return None
    return value if isinstance(value, dict) and can_be_written(value, levels=_DEEPEST) else None


def json_text(value: object) -> str:
    """Return *value* as JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def shown(value: object) -> str:
    """Return *value* as an error message shows it: as JSON, of 40 characters at most."""
    text = json_text(value)
    return text if len(text) <= 40 else text[:39] + "…"
