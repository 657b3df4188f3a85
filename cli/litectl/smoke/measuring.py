"""What requests took: joined, summed up in two figures, and held against limits. Pure."""

from collections.abc import Sequence
from math import ceil

from litectl.errors import TimedOutError
from litectl.exchange.pricing import rounded
from litectl.smoke.check import Measures


def median(values: Sequence[float]) -> float | None:
    """Return the middle of *values*, the mean of both where there are two; None for none."""
    ranked = sorted(values)
    if not ranked:
        return None
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def p95(values: Sequence[float]) -> float | None:
    """Return the least of *values* that 95 of 100 do not exceed; None for none."""
    ranked = sorted(values)
    return ranked[ceil(len(ranked) * 95 / 100) - 1] if ranked else None


def p5(values: Sequence[float]) -> float | None:
    """Return the greatest of *values* that 95 of 100 are not below, the slow end of rates; None for none."""
    most = p95([-value for value in values])
    return None if most is None else -most


def joined(parts: Sequence[Measures]) -> Measures:
    """
    Return what all *parts* took together.

    Tokens and cost are the sums of those that are known, as the report adds them up too.
    """
    costs = [part.cost for part in parts if part.cost is not None]
    return Measures(
        requests=sum(part.requests for part in parts),
        input_tokens=_sum([part.input_tokens for part in parts]),
        output_tokens=_sum([part.output_tokens for part in parts]),
        cost=rounded(sum(costs)) if costs else None,
        is_estimate=any(part.is_estimate for part in parts),
        first_token=[seconds for part in parts for seconds in part.first_token],
        total=[seconds for part in parts for seconds in part.total],
        rate=[rate for part in parts for rate in part.rate],
    )


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def too_slow(measures: Measures, max_ttft: float | None, max_time: float | None) -> TimedOutError | None:
    """Return the error when a request took more than *max_ttft* to its first text, or *max_time* in all."""
    limits = (
        ("the first text came after", measures.first_token, max_ttft, "--max-ttft"),
        ("the answer took", measures.total, max_time, "--max-time"),
    )
    for what, seconds, most, option in limits:
        slow = [each for each in seconds if most is not None and each > most]
        if slow:
            many = f" in {len(slow)} of {len(seconds)} runs, at worst" if len(seconds) > 1 else ""
            return TimedOutError(
                f"too slow{many}: {what} {max(slow):.3g} s, more than the {most:g} s of `{option}`",
                hint=f"allow more with `{option} SECONDS`, or see `--repeat N` for median and p95",
                details={"seconds": round(max(slow), 3), "limit": most, "reason": "too_slow"},
            )
    return None


def in_short(values: Sequence[float]) -> str:
    """Return *values*, in seconds, as a line shows them: the only one, or median and p95 with a slash."""
    middle, most = median(values), p95(values)
    if middle is None or most is None:
        return ""
    return f"{_figure(middle)} s" if len(values) == 1 else f"{_figure(middle)}/{_figure(most)} s"


def rate_in_short(rates: Sequence[float]) -> str:
    """Return the median of *rates*, in output tokens per second, as a line shows it."""
    middle = median(rates)
    return "" if middle is None else f"{_figure(middle)} tokens/s"


def _figure(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"
