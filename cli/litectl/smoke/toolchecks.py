"""The check that a chat model calls a tool when it is told to."""

from litectl.errors import ProxyError
from litectl.exchange.backend import Backend
from litectl.exchange.question import opening
from litectl.exchange.schema import schema_of
from litectl.exchange.tools import json_text, shown
from litectl.schemas.checking import problems
from litectl.smoke.asker import Asker, Inquiry, tokens_for
from litectl.smoke.wording import shown as quoted
from litectl.text.jsontext import decode

_NAME = "keep_person"
_PROMPT = f"Invent a person and keep it. Do not answer yourself: call the tool {_NAME}."
_SCHEMA = schema_of("name: a first name, age int: in years")
_FUNCTION = {"name": _NAME, "description": "Keep a person", "parameters": _SCHEMA}
_CHOICE = "tool_choice"
_TOKENS = 256
_UNSEEN_TOKENS = 1000  # of the instructions that a provider adds for tools
_HINT = "see what the model is sent and says with `litectl ask --tools PATH --json`"


def is_incapable(backend: Backend) -> bool:
    """Tell whether the catalog says that *backend* takes no tools."""
    declared = backend.parameters
    return backend.can("tools") is False or (declared is not None and "tools" not in declared)


def calls_tool(asker: Asker) -> str:
    """Ask for a call, and return it; raises `ProxyError` for another one, and for an answer instead."""
    wanted: dict[str, object] = {"tools": [{"type": "function", "function": _FUNCTION}]}
    if _CHOICE in (asker.backend.parameters or ()):
        wanted[_CHOICE] = {"type": "function", "function": {"name": _NAME}}
    answer = asker.answer(
        Inquiry(opening(_PROMPT), tokens_for(asker.backend, _TOKENS), wanted, unseen_tokens=_UNSEEN_TOKENS)
    )
    if not answer.tool_calls:
        raise ProxyError(
            f"the model calls no tool, and answers {quoted(asker.without_secrets(answer.text))}", hint=_HINT
        )
    for call in answer.tool_calls:
        if call.name != _NAME:
            raise ProxyError(
                f"the model calls {quoted(asker.without_secrets(call.name))}, which it was not given",
                hint=_HINT,
            )
        if found := problems(call.arguments, _SCHEMA, most=1):
            raise ProxyError(f"the arguments of the call do not fit: {found[0].text}", hint=_HINT)
    first = answer.tool_calls[0]
    return f"{first.name} {shown(decode(asker.without_secrets(json_text(first.arguments))))}"
