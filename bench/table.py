"""What was measured, as a table for people."""

from collections.abc import Sequence

from comparison import Absent, Bar, Quantity, Row
from spread import Spread

_HEADINGS = (
    *("program", "beside", "ms", "its ms", "wall [quartiles]", "processor [quartiles]"),
    *("MiB", "its MiB", "peak [quartiles]", "bars"),
)
_WORDS = (0, 1, 9)  # the columns of words; numbers are set to the right
_MEBIBYTE = 1024  # KiB


def table(rows: Sequence[Row | Absent]) -> str:
    """Return *rows* as aligned text."""
    lines = [_HEADINGS, *(_cells(row) for row in rows)]
    # What is said of a row that could not be measured stands alone, however long it is.
    full = [line for line in lines if len(line) == len(_HEADINGS)]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    return "\n".join(_aligned(line, widths) for line in lines)


def judged(row: Row, bar: Bar) -> str:
    """Return `within` or `missed` with the *bar*, and by what it is missed."""
    if not row.misses(bar):
        return f"within {bar}"
    reached = row.reached(bar)
    if reached is None:
        return f"missed {bar}, not known"
    return f"missed {bar} with {_number(1 / reached if bar.is_speed else reached)}"


def _cells(row: Row | Absent) -> tuple[str, ...]:
    if isinstance(row, Absent):
        return (row.program, row.other, f"not measured: {row.reason}")
    return (
        row.program,
        row.other,
        *_medians(row, "wall", 1000.0),
        _ratio(row.ratio("wall")),
        _ratio(row.ratio("processor")),
        *_medians(row, "peak", 1 / _MEBIBYTE),
        _ratio(row.ratio("peak")),
        ", ".join(judged(row, bar) for bar in row.bars),
    )


def _medians(row: Row, quantity: Quantity, scale: float) -> tuple[str, str]:
    program, other = row.spread(quantity), row.other_spread(quantity)
    return (
        _number(program.median * scale) if program else "",
        _number(other.median * scale) if other else "",
    )


def _ratio(spread: Spread | None) -> str:
    if spread is None:
        return ""
    return f"{_number(spread.median)} [{_number(spread.lower)}-{_number(spread.upper)}]"


def _number(number: float) -> str:
    """Return *number* in about three digits."""
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}" if number >= 0.1 else f"{number:.3f}"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell if index == len(line) - 1 else cell.ljust(width) if index in _WORDS else cell.rjust(width)
        for index, (cell, width) in enumerate(zip(line, widths, strict=False))
    )
    return "  ".join(cells).rstrip()
