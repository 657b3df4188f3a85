"""What was measured, as a table for people and as JSON to compare with another day's."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from measure import Pairs, Spread

_HEADINGS = ("what", "beside", "ms", "floor ms", "ratio [min-max]", "bar", "verdict", "MiB", "floor MiB")
_WORDS = (0, 1, 5, 6)  # the columns of words; numbers are set to the right


class Bar(NamedTuple):
    """
    What may not be exceeded.

    A median ratio, a median time in ms, the highest memory in MiB, or what that is more than the floor's.
    """

    most: float
    unit: Literal["ratio", "ms", "MiB", "MiB more"] = "ratio"

    def __str__(self) -> str:
        """Return the bar as the table shows it."""
        return f"at most {self.most:.2f}" if self.unit == "ratio" else f"within {self.most:g} {self.unit}"


class Row(NamedTuple):
    """One comparison: *what* ran *beside* its floor, and its bar, or None where it only informs."""

    what: str
    beside: str
    pairs: Pairs
    bar: Bar | None

    @property
    def milliseconds(self) -> Spread:
        """The times of the program."""
        return Spread.of([reading.seconds * 1000 for reading in self.pairs.program])

    @property
    def floor_milliseconds(self) -> Spread:
        """The times of the floor."""
        return Spread.of([reading.seconds * 1000 for reading in self.pairs.floor])

    @property
    def peaks(self) -> tuple[float | None, float | None]:
        """The highest memory of the program and of the floor in MiB, None where it was not looked at."""
        program = max(reading.peak for reading in self.pairs.program)
        floor = max(reading.peak for reading in self.pairs.floor)
        return (round(program / 1024, 1) or None, round(floor / 1024, 1) or None)

    @property
    def verdict(self) -> str:
        """`within` or `missed`, by the median, of memory by the peak; empty without a bar."""
        if self.bar is None:
            return ""
        peak, floor_peak = (reached or 0.0 for reached in self.peaks)
        reached = {
            "ratio": self.pairs.ratio.median,
            "ms": self.milliseconds.median,
            "MiB": peak,
            "MiB more": peak - floor_peak,
        }[self.bar.unit]
        return "within" if reached <= self.bar.most else "missed"


def table(rows: Sequence[Row]) -> str:
    """Return *rows* as aligned text."""
    lines = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_aligned(line, widths) for line in lines)


def document(
    rows: Sequence[Row], versions: Mapping[str, str], load: float, before: Mapping[str, Any]
) -> dict[str, object]:
    """
    Return *rows* as JSON, with what tells why another machine or day has other numbers.

    Those of the document *before* that were not measured anew stay, with their own date.
    """
    date = datetime.now(UTC).isoformat(timespec="seconds")
    records = {row["what"]: {"date": before["date"], **row} for row in before.get("rows", ())}
    records |= {row.what: {"date": date, **_record(row)} for row in rows}
    return {
        "date": date,
        "platform": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load_average": round(load, 2),
        "versions": versions,
        "rows": list(records.values()),
    }


def _record(row: Row) -> dict[str, object]:
    peak, floor_peak = row.peaks
    return {
        "what": row.what,
        "beside": row.beside,
        "pairs": len(row.pairs.program),
        "milliseconds": _rounded(row.milliseconds),
        "floor_milliseconds": _rounded(row.floor_milliseconds),
        "ratio": _rounded(row.pairs.ratio),
        "bar": str(row.bar) if row.bar else None,
        "verdict": row.verdict or None,
        "peak_mebibytes": peak,
        "floor_peak_mebibytes": floor_peak,
    }


def _rounded(spread: Spread) -> dict[str, float]:
    return {
        "median": round(spread.median, 3),
        "min": round(spread.least, 3),
        "max": round(spread.most, 3),
    }


def _cells(row: Row) -> tuple[str, ...]:
    ratio = row.pairs.ratio
    return (
        row.what,
        row.beside,
        _time(row.milliseconds.median),
        _time(row.floor_milliseconds.median),
        f"{ratio.median:.2f} [{ratio.least:.2f}-{ratio.most:.2f}]",
        str(row.bar or ""),
        row.verdict,
        *(str(peak or "") for peak in row.peaks),
    )


def _time(milliseconds: float) -> str:
    return f"{milliseconds:.2f}" if milliseconds < 10 else f"{milliseconds:.1f}"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.ljust(width) if index in _WORDS else cell.rjust(width)
        for index, (cell, width) in enumerate(zip(line, widths, strict=True))
    )
    return "  ".join(cells).rstrip()
