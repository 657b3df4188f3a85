"""The words that all reports share: one line of text, how a run went, which results come first. Pure."""

from collections.abc import Sequence
from math import isfinite

from litectl.exchange.pricing import dollars_text
from litectl.smoke.check import VERDICTS, WARNING, Check, Result, skipped
from litectl.smoke.report import Report, was_not_run
from litectl.text.counting import counted
from litectl.text.lines import short_line

MOST_TEXT = 2_000  # characters of one text of a check


def one_line(text: str, most: int = MOST_TEXT) -> str:
    """Return *text* on one line of at most *most* characters; what is not printable is a space."""
    return short_line(text, most)


def seconds_text(seconds: float) -> str:
    """Return *seconds* for people, such as `0.31 s`, `12.0 s` and `4:05 min`."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds // 60:.0f}:{seconds % 60:02.0f} min"


def verdicts_text(report: Report) -> str:
    """Return how many checks ended in which way, such as `37 passed, 1 failed, 2 skipped`."""
    counts = report.counts
    texts = {verdict: f"{count} {verdict}" for verdict, count in counts.items()}
    if counts[WARNING] > 1:
        texts[WARNING] += "s"
    shown = [texts[verdict] for verdict in VERDICTS if counts[verdict]]
    return ", ".join(shown) or "nothing was checked"


def summary(report: Report) -> str:
    """Return how the run of *report* went, in one line."""
    parts = [f"{verdicts_text(report)} in {seconds_text(report.seconds)}"]
    if report.requests:
        parts += [counted(report.requests, "request"), cost_text(report)]
    if not report.is_complete:
        parts.append("not complete")
    return ", ".join(parts)


def cost_text(report: Report) -> str:
    """Return what the requests of *report* cost, and how well that is known."""
    measured = [result.measures for result in report.results if result.measures.requests]
    known = [each for each in measured if each.cost is not None]
    total = report.cost
    if total is None or not isfinite(total):
        return "cost unknown"
    notes = []
    if any(each.is_estimate for each in known):
        notes.append("estimated" if all(each.is_estimate for each in known) else "partly estimated")
    unpriced = sum(each.requests for each in measured if each.cost is None)
    if unpriced:
        notes.append(f"{unpriced} of unknown cost")
    return f"{dollars_text(total)} ({', '.join(notes)})" if notes else dollars_text(total)


def without_consequences(results: Sequence[Result]) -> list[Result]:
    """Return *results* with one for all checks of models that were not run since another one failed."""
    found = [result for result in results if was_not_run(result) and result.check.subject is not None]
    if len(found) < 2:
        return list(results)
    whole = skipped(Check("not run", f"({len(found)} of them)"), "what they need failed")
    others = {id(result) for result in found[1:]}
    return [whole if result is found[0] else result for result in results if id(result) not in others]


def various_first(results: Sequence[Result]) -> list[Result]:
    """Return *results* with the first of each kind of error before the second ones, gates first of all."""
    seen: dict[tuple[str, str], int] = {}
    ranked = []
    for result in results:
        kind = (result.check.name, result.error.code if result.error else "")
        seen[kind] = seen.get(kind, 0) + 1
        ranked.append((not result.check.is_gate, seen[kind]))
    order = sorted(range(len(ranked)), key=ranked.__getitem__)
    return [results[index] for index in order]
