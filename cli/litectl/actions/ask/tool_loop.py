"""
A model that uses tools: its calls are run here, one after the other, and it is told what they gave.

The edge that joins the options of `ask` and the terminal to `litectl.mcp`.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from litectl.errors import (
    ContextError,
    IncompleteError,
    LitectlError,
    NotFoundError,
    ProxyError,
    ReaderGone,
    Stopped,
    UsageError,
)
from litectl.exchange.tools import ToolRun
from litectl.failures.wording import readable
from litectl.mcp.result import for_model
from litectl.text.jsontext import visible

if TYPE_CHECKING:
    from litectl.actions.ask.requesting import Request
    from litectl.actions.ask.tool_offer import Offer
    from litectl.exchange.answer import Answer
    from litectl.exchange.question import Message, Question
    from litectl.exchange.tools import ToolCall
    from litectl.mcp.result import ToolResult
    from litectl.mcp.tools import Tool
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy

DEFAULT_STEPS = 10
_SHOWN = 1000  # characters of a call
_LONGEST_NAME = 200  # characters of a name that no server gave
_NOT_ALLOWED = "error: the user did not allow this call"
# What the model is told of, so that it can do better, where the tool has not run for certain.
_TOLD = (UsageError, NotFoundError, ProxyError, ContextError)


class ToolLoop:
    """The calls of one conversation with a model, run one after the other by *proxy*."""

    def __init__(self, runtime: "Runtime", proxy: "Proxy", offer: "Offer") -> None:
        self._runtime, self._proxy = runtime, proxy
        self._use, self._tools, self._allowed = offer.use, offer.tools, offer.allowed
        self._steps = 0
        self.runs: list[ToolRun] = []

    @contextmanager
    def told(self) -> Iterator[None]:
        """Have an error of the block tell of the calls that were made, and a signal, too."""
        try:
            yield
        except LitectlError as error:
            error.details.update(self._told_runs())
            raise
        except Stopped as stopped:
            end = stopped.error
            details = {**end.details, **self._told_runs()}
            raise Stopped(type(end)(end.message, hint=end.hint, details=details)) from stopped

    def _told_runs(self) -> dict[str, object]:
        return {"tool_runs": [run.as_json() for run in self.runs]} if self.runs else {}

    def continued(self, request: "Request", question: "Question", answer: "Answer") -> "Request":
        """
        Return the *request* that tells the model what the calls of its *answer* gave.

        *question* is what was sent last. Raises `IncompleteError` after too many steps, and the error
        of a call whose outcome nobody knows.
        """
        from litectl.exchange.conversation import answered
        from litectl.exchange.thinking import sendable

        most = self._use.max_steps or DEFAULT_STEPS
        if self._steps == most:
            raise IncompleteError(
                f"the model still calls tools after {most} steps",
                hint=f"allow more with `--max-steps {2 * most}`, a thousand at most",
                details=answer.so_far(),
            )
        self._steps += 1
        if answer.text.strip():
            self._runtime.terminal.say(_quoted(answer.text))
        results = [self._result(call) for call in answer.tool_calls]
        added = [*answered([], answer.text, answer.tool_calls, answer.thinking), *results]
        sent = sendable(added, request.backend, thinks=True)
        question = question._replace(messages=[*question.messages, *sent])
        return request._replace(question=question, said=[*request.said, *added])

    def _result(self, call: "ToolCall") -> "Message":
        """Return the message that tells the model what *call* gave."""
        tool = self._tools.get(call.name)
        outcome, text = self._run(tool, call)
        self._add(tool, call, outcome, text)
        return {"role": "tool", "tool_call_id": call.id, "content": text}

    def _add(self, tool: "Tool | None", call: "ToolCall", outcome: str, text: str) -> None:
        server, name = (tool.server, tool.name) if tool else (None, call.name)
        self.runs.append(ToolRun(server, name, call.arguments, outcome, text))

    def _run(self, tool: "Tool | None", call: "ToolCall") -> tuple[str, str]:
        """Return the outcome of *call* and what the model is told of it."""
        from litectl.mcp.calling import may_have_run
        from litectl.mcp.fitting import check

        terminal = self._runtime.terminal
        if tool is None:
            return self._failed(call.name, NotFoundError("there is no such tool"))
        if call.is_broken:
            said = "the arguments of the call are not a JSON object"
            return self._failed(tool.path, UsageError(said, hint="call it again, with a JSON object"))
        try:
            check(call.arguments, tool, lambda odd: terminal.warn(f"{visible(tool.path)}: {odd}"))
        except UsageError as error:
            return self._failed(tool.path, error)
        whole = f"{visible(tool.path)} {_json(call.arguments)}"
        shown = _cut(whole, _SHOWN)
        if not self._is_allowed(tool, whole):
            self._runtime.terminal.note(f"{shown}: not allowed")
            return "refused", _NOT_ALLOWED
        self._runtime.terminal.say(f"calling {shown}")
        try:
            result = self._called(tool, call.arguments)
        except LitectlError as error:
            if isinstance(error, _TOLD) and not may_have_run(error):
                return self._failed(tool.path, error)
            self._add(tool, call, "unknown" if may_have_run(error) else "failed", f"error: {error.message}")
            raise
        except Stopped as stopped:
            self._add(tool, call, "unknown", f"error: {stopped.error.message}")
            raise
        except ReaderGone:
            self._runtime.terminal.note(
                f"nobody reads the answer any more; {visible(tool.path)} may have run all the same"
            )
            raise
        text = for_model(result)
        if result.is_error:
            self._runtime.terminal.note(f"{visible(tool.path)} failed: {readable(text)}")
        return ("failed", f"error: {text}") if result.is_error else ("ok", text)

    def _failed(self, name: str, error: LitectlError) -> tuple[str, str]:
        self._runtime.terminal.note(f"{_cut(visible(name), _LONGEST_NAME)}: {error.message}")
        return "failed", f"error: {error.message}"

    def _called(self, tool: "Tool", arguments: Mapping[str, object]) -> "ToolResult":
        from litectl.mcp.calling import CALL_SECONDS, try_tool

        seconds = self._runtime.options.timeout or CALL_SECONDS
        started, name = time.monotonic(), visible(tool.path)
        with self._runtime.terminal.waiting(f"waiting for {name}"):
            result = try_tool(self._proxy, tool, arguments, seconds=seconds)
        self._runtime.terminal.trace(f"{name} answered after {time.monotonic() - started:.1f} s")
        return result

    def _is_allowed(self, tool: "Tool", whole: str) -> bool:
        """
        Tell whether the call *whole* may run: `--allow` names it, a person says yes, or nothing limits them.

        A person is shown all of it; after much, the question names the tool again.
        """
        from litectl.mcp.offering import identity

        if identity(tool) in self._allowed:
            return True
        terminal = self._runtime.terminal
        if self._use.confirm and terminal.can_prompt:
            again = f"\ncall {visible(tool.path)} with all of that" if len(whole) > _SHOWN else ""
            return terminal.questions.confirm(f"call {whole}{again}?", flag="--allow NAME")
        return not (self._use.confirm or self._use.allow)


def _json(arguments: Mapping[str, object]) -> str:
    """Return *arguments* as one line of JSON that shows all that is in it."""
    from litectl.exchange.tools import json_text

    return visible(json_text(dict(arguments)))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def _quoted(text: str) -> str:
    """Return what a model says with a mark on each line, so that none passes for a line of ours."""
    return "\n".join(f"> {line}" for line in text.strip().split("\n"))
