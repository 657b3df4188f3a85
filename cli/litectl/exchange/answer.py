"""An answer of a model: what came, while it arrives and when it is whole."""

from collections.abc import Mapping, Sequence
from io import StringIO
from types import MappingProxyType
from typing import TYPE_CHECKING

from litectl.exchange import answerer
from litectl.exchange.events import Event, Usage
from litectl.exchange.pricing import UNKNOWN, USAGE, Cost, rounded, total

if TYPE_CHECKING:
    from litectl.exchange.tools import ToolCall, ToolRun

CUT = "length"  # the finish reason of an answer that reached its limit
FAILED = "error"  # that of one that the backend could not end
WHOLE = (None, "stop", "tool_calls")  # those of one that the model ended itself


class Answer:
    """
    An answer while it arrives, and when it is whole.

    *cost* says where it comes from, *seconds* is the time of the whole exchange, *call_id* the id
    under which the proxy logs it. Without *keeps_text* it takes the same memory however long it
    grows; `text` and `reasoning` stay empty then.
    """

    model: str | None = None
    finish_reason: str | None = None
    usage: Usage | None = None
    cost: Cost = UNKNOWN
    response_id: str | None = None
    seconds: float | None = None
    tool_calls: "Sequence[ToolCall]" = ()
    tool_runs: "Sequence[ToolRun]" = ()  # those that led to it
    thinking: Sequence[Mapping[str, object]] = ()  # the blocks that its calls have to go back with
    headers: Mapping[str, str] = MappingProxyType({})
    is_done = False
    has_begun = False  # whether anything came of it, be it reasoning or a piece of a call

    def __init__(self, call_id: str, *, keeps_text: bool = True) -> None:
        self.call_id = call_id
        self.keeps_text = keeps_text
        self.is_blank = True
        self._last_text = ""
        self._text, self._reasoning = StringIO(), StringIO()

    @property
    def text(self) -> str:
        """The text so far."""
        return self._text.getvalue()

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return self._reasoning.getvalue()

    @property
    def has_text(self) -> bool:
        """Whether any text came, be it blank."""
        return bool(self._last_text)

    @property
    def ends_line(self) -> bool:
        """Whether the text so far ends with a newline."""
        return self._last_text.endswith("\n")

    @property
    def deployment_id(self) -> str | None:
        """The proxy's id of the deployment that answered."""
        return self.headers.get("x-litellm-model-id")

    @property
    def deployment(self) -> str | None:
        """The provider's name of the model that answered, such as `openai/gpt-5.2`."""
        return self.headers.get("x-litellm-model-name")

    @property
    def model_group(self) -> str | None:
        """The name under which the proxy offers the model that answered."""
        return answerer.model_group(self.headers)

    @property
    def fallbacks(self) -> int | None:
        """How many models the proxy asked in vain before this one."""
        return answerer.fallbacks(self.headers)

    @property
    def retries(self) -> int | None:
        """How often the proxy asked again."""
        return answerer.retries(self.headers)

    def add(self, event: Event) -> None:
        """Take in what *event* says, but its calls."""
        if event.text:
            self._last_text = event.text
            self.is_blank = self.is_blank and not event.text.strip()
        self.has_begun = self.has_begun or bool(event.text or event.reasoning or event.tools)
        if self.keeps_text:
            self._text.write(event.text)
            self._reasoning.write(event.reasoning)
        self.finish_reason = event.finish_reason or self.finish_reason
        self.usage = event.usage or self.usage
        if event.cost:
            self.cost = Cost(rounded(event.cost), USAGE)
        self.model = event.model or self.model
        self.response_id = event.response_id or self.response_id
        self.is_done = self.is_done or event.done

    def include(self, earlier: "Sequence[Answer]") -> None:
        """Take in what the *earlier* turns took that led to this answer: tokens, US dollars, seconds."""
        usage = self.usage or Usage()
        for answer in earlier:
            usage = usage.plus(answer.usage or Usage())
        self.usage = usage
        self.cost = total([answer.cost for answer in (*earlier, self)])
        self.seconds = round(sum(answer.seconds or 0.0 for answer in (*earlier, self)), 3)

    def so_far(self) -> dict[str, object]:
        """Return what came, and the calls that led to it, for the details of an error."""
        text = {"answer": self.text} if self.keeps_text else {}
        runs = {"tool_runs": [run.as_json() for run in self.tool_runs]} if self.tool_runs else {}
        return {**text, "model": self.model, "call_id": self.call_id, **runs}

    def as_json(self) -> dict[str, object]:
        """Return the public JSON form of `ask --json`."""
        return {
            "schema_version": 1,
            "answer": self.text,
            "reasoning": self.reasoning or None,
            "tool_calls": [call.as_json() for call in self.tool_calls],
            "tool_runs": [run.as_json() for run in self.tool_runs],
            "model": self.model,
            "finish_reason": self.finish_reason,
            "usage": (self.usage or Usage()).as_json(),
            "cost": self.cost.dollars,
            "cost_source": self.cost.source,
            "call_id": self.call_id,
            "response_id": self.response_id,
            "deployment_id": self.deployment_id,
            "deployment": self.deployment,
            "fallbacks": self.fallbacks,
            "retries": self.retries,
            "seconds": self.seconds,
        }
