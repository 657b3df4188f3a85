"""Questions to the person at the terminal, and the answers that are typed."""

import termios
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import BinaryIO

from litectl.errors import Stopped, UsageError


class Questions:
    """
    Asks the person at *stdin*, when one *can_ask*.

    *encode* makes the bytes of a text that may be shown, and *write* shows them. Each question names the
    *flag* that does the same, and raises `UsageError` with it where nobody can be asked.
    """

    def __init__(
        self,
        stdin: BinaryIO | None,
        encode: Callable[[str], bytes],
        write: Callable[[bytes], None],
        *,
        can_ask: bool,
    ) -> None:
        self._stdin, self._encode, self._write, self._can_ask = stdin, encode, write, can_ask

    def ask(self, question: str, *, flag: str) -> str:
        """Return the answer to *question*, a noun."""
        self._require_person(question, flag)
        self._show(f"{question}: ")
        return self._answer(question, flag)

    def ask_hidden(self, question: str, *, flag: str) -> str:
        """Return a secret typed without echo."""
        self._require_person(question, flag)
        from litectl.terminal.hidden import read_hidden

        try:
            return read_hidden(self._encode(f"{question} (not shown): ")).decode().strip()
        except (OSError, EOFError, UnicodeDecodeError):
            raise UsageError(f"no usable answer to: {question}", hint=f"give it with `{flag}`") from None

    def confirm(self, question: str, *, flag: str, default: bool = False) -> bool:
        """
        Return whether *question* was answered with yes, *default* for nothing; *flag* says yes.

        What was typed before it was asked is no answer.
        """
        if not self._can_ask:
            raise UsageError(f"nobody can be asked here: {question}", hint=f"say `{flag}`")
        self._forget_typed()
        self._show(f"{question} [{'Y/n' if default else 'y/N'}]: ")
        answer = self._answer(question, flag).lower()
        return answer in ("y", "yes") if answer else default

    def choose(self, question: str, answers: Sequence[str], *, flag: str) -> int:
        """Return the index in *answers* of the one chosen by number or name, asking until it is one."""
        self._require_person(question, flag)
        self._show("".join(f"  {number}  {answer}\n" for number, answer in enumerate(answers, 1)))
        while True:
            self._show(f"{question} [1]: ")
            typed = self._answer(question, flag) or "1"
            if typed.isdecimal() and 1 <= int(typed) <= len(answers):
                return int(typed) - 1
            if typed in answers:
                return answers.index(typed)
            self._show(f"type a number from 1 to {len(answers)}\n")

    def _require_person(self, question: str, flag: str) -> None:
        if not self._can_ask:
            raise UsageError(
                f"cannot ask for the {question.lower()}: not on a terminal", hint=f"give it with `{flag}`"
            )

    def _show(self, text: str) -> None:
        self._write(self._encode(text))

    def _forget_typed(self) -> None:
        with suppress(OSError, ValueError, termios.error):  # it is no device, only said to be one
            if self._stdin is not None:
                termios.tcflush(self._stdin.fileno(), termios.TCIFLUSH)

    def _answer(self, question: str, flag: str) -> str:
        try:
            line = self._stdin.readline() if self._stdin is not None else b""
        except Stopped:
            # What is said of it begins a line of its own.
            self._write(b"\n")
            raise
        if not line:
            raise UsageError(f"no answer to: {question}", hint=f"give it with `{flag}`")
        return line.decode("utf-8", "replace").strip()
