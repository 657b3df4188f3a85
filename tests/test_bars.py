"""Bars beside the rows of a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.output.bars import bar, with_bars
from litectl.output.spend import usage_columns
from litectl.spend.usage import MODEL, Row, Usage
from program import Screen


@given(st.floats(0, 1e9), st.floats(1e-9, 1e9), st.integers(4, 24))
def test_a_bar_fits_its_room(value: float, largest: float, room: int) -> None:
    """The longest fills it, and what is above 0 can be seen."""
    drawn = bar(value, largest, room, "#").strip()

    assert len(drawn) <= room
    assert bool(drawn) is (value > 0)
    assert len(bar(largest, largest, room, "#")) == room


@pytest.mark.parametrize(("width", "has_bar"), [(200, True), (20, False)])
def test_bars_are_drawn_where_there_is_room(
    monkeypatch: pytest.MonkeyPatch, width: int, has_bar: bool
) -> None:
    """In a narrow terminal the figures come first."""
    monkeypatch.setenv("COLUMNS", str(width))
    rows = [Row("m", Usage(0.5, 1)), Row("n", Usage(None, 1))]
    columns = usage_columns(MODEL)

    shown = with_bars(columns, rows, lambda row: row.usage.spend, Screen({"TERM": "dumb"}).terminal)

    assert [column.name for column in shown[len(columns) :]] == (["bar"] if has_bar else [])
