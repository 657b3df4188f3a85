"""
A smoke report for GitHub Actions: commands to its runner, which makes annotations of them. Pure.

The runner obeys two forms in whatever a step prints: `::command properties::data` at the beginning of a
line, after white space too, and the old `##[command]data` anywhere in it.
"""

import re
from collections.abc import Iterator, Sequence

from litectl.reports.words import one_line, various_first
from litectl.smoke.check import FAILED, WARNING, Result
from litectl.smoke.report import Report

_MOST_OF_A_KIND = 10  # annotations that a step shows
_LONGEST_TITLE = 200  # characters
_BEGINNING = re.compile(r"(?<![^\r\n])([\s\u200b\ufeff]*):(?=:)")


def defused(text: str) -> str:
    """Return *text* with a space in what the runner would take for a command."""
    return _BEGINNING.sub(r"\1: ", text).replace("##[", "## [")


def annotations(report: Report, results: Sequence[Result]) -> list[str]:
    """
    Return the commands that annotate *report*, whose *results* have no secret: one line each.

    Of each kind no more than are shown, the most telling first, and the last says how many are left out.
    """
    errors = [_command("error", *each) for each in _texts(results, FAILED)]
    warnings = [_command("warning", *each) for each in _texts(results, WARNING)]
    if not report.is_complete:
        left = len(report.pending)
        text = f"the run ended with {left} of {report.planned} checks not run"
        errors.insert(0, _command("error", "not complete", text))
    return [*_bounded("error", errors, "failed"), *_bounded("warning", warnings, "gave a warning")]


def _texts(results: Sequence[Result], verdict: str) -> Iterator[tuple[str, str]]:
    """Give a title and a text for each of *results* with this *verdict*."""
    for result in various_first([each for each in results if each.verdict == verdict]):
        hint = f"\nhint: {one_line(result.hint)}" if result.hint else ""
        yield str(result.check), one_line(result.detail) + hint


def _bounded(kind: str, commands: Sequence[str], what: str) -> Sequence[str]:
    if len(commands) <= _MOST_OF_A_KIND:
        return commands
    shown = commands[: _MOST_OF_A_KIND - 1]
    rest = f"{len(commands) - len(shown)} more checks {what}; the report of the run has them all"
    return [*shown, _command(kind, "more", rest)]


def _command(kind: str, title: str, text: str) -> str:
    shown = _property(f"smoke: {one_line(defused(title), _LONGEST_TITLE)}")
    return f"::{kind} title={shown}::{_data(defused(text))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
