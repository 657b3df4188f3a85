"""An answer on the streams: its text as it arrives or whole, its calls, its JSON, and what it took."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from litectl.output.listing import print_record
from litectl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from litectl.exchange.answer import Answer


class Reception:
    """
    Where the pieces of an answer go while it arrives.

    Text goes to stdout with *prints_text*, reasoning to stderr with *prints_reasoning*;
    until the first piece a terminal shows the seconds waited.
    """

    def __init__(self, terminal: Terminal, *, prints_text: bool, prints_reasoning: bool) -> None:
        self._terminal = terminal
        self.prints_text = prints_text
        self._prints_reasoning = prints_reasoning
        self._is_waiting = False

    @contextmanager
    def waiting(self, model: str) -> Iterator[None]:
        """Show the seconds waited for *model*, until a piece arrives or the block ends."""
        with self._terminal.waiting(f"waiting for {model}") as self._stop_waiting:
            self._is_waiting = True
            yield
        self._terminal.end_aside()

    def on_text(self, text: str) -> None:
        """Take a piece of the text."""
        self._arrived()
        if self.prints_text:
            self._terminal.end_aside()
            self._terminal.write(text)

    def on_reasoning(self, text: str) -> None:
        """Take a piece of the reasoning."""
        self._arrived()
        if self._prints_reasoning:
            self._terminal.aside(text)

    def _arrived(self) -> None:
        if self._is_waiting:
            self._is_waiting = False
            self._stop_waiting()

    def broken_off(self, text: str) -> None:
        """Print the *text* of an answer that is not whole, unless that is done."""
        if not self.prints_text:
            self._terminal.write(text)


def print_answer(
    terminal: Terminal,
    answer: "Answer",
    output_format: str | None,
    *,
    is_printed: bool,
    usage: bool,
) -> None:
    """Print *answer*, of which the text may be *is_printed* already, and with *usage* what it took."""
    if output_format is not None:
        print_record(terminal, answer.as_json(), output_format)
    elif answer.tool_calls:
        calls = [call.as_json() for call in answer.tool_calls]
        if is_printed and answer.has_text and not answer.ends_line:
            terminal.write("\n")  # nobody had asked for calls, so it was printed as it came
        elif not is_printed and answer.text.strip():
            terminal.say(answer.text.strip())
        terminal.write_line(json.dumps(calls, ensure_ascii=False, indent=2))
    else:
        if not is_printed:
            terminal.write(answer.text)
        if not answer.ends_line:
            terminal.write("\n")
    if usage:
        terminal.say(usage_line(answer))


def usage_line(answer: "Answer") -> str:
    """Return what *answer* took: tokens, US dollars, seconds, and who answered."""
    from litectl.output.money import cost_text

    usage = answer.usage
    told = [
        _tokens(usage and usage.input_tokens, "in", usage and usage.cached_tokens, "cached"),
        _tokens(usage and usage.output_tokens, "out", usage and usage.reasoning_tokens, "reasoning"),
        cost_text(answer.cost),
        f"{answer.seconds:g} s",
        answer.model or "model unknown",
        f"deployment {answer.deployment}" if answer.deployment else "",
        _times(answer.retries, "retry", "retries"),
        _times(answer.fallbacks, "fallback", "fallbacks"),
    ]
    return "usage: " + ", ".join(filter(None, told))


def _tokens(count: int | None, way: str, part: int | None, kind: str) -> str:
    whole = f"{'unknown' if count is None else count} tokens {way}"
    return f"{whole} ({part} {kind})" if part else whole


def _times(count: int | None, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many} by the proxy" if count else ""
