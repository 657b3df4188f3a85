"""The benchmark: what it makes of its readings."""

from datetime import UTC, datetime

import pytest
from comparison import Absent, Bar, Count, Row, Side, compare
from readings import Reading
from results import document
from spread import Spread
from table import table

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MIB = 1024.0


def row(*pairs: tuple[float, float], bars: tuple[Bar, ...] = ()) -> Row:
    """Return a row whose programs take these seconds, twice as many of the processor, and as many MiB."""
    readings = [
        (Reading(program, 2 * program, program * MIB), Reading(other, other, other * MIB))
        for program, other in pairs
    ]
    return Row("ask", "curl", readings, bars)


def test_spread() -> None:
    """A spread has the median, the quartiles and the ends, of one number as well."""
    assert Spread.of([5, 1, 2, 4, 3]) == Spread(median=3, lower=2, upper=4, least=1, most=5)
    assert Spread.of([7]) == Spread(7, 7, 7, 7, 7)


def test_ratio_of_pairs() -> None:
    """The ratio is the median of the pairs' ratios, not the ratio of the medians."""
    measured = row((1, 2), (3, 3), (9, 3))

    ratio = measured.ratio("wall")

    assert ratio is not None
    assert ratio.median == 1
    assert (ratio.least, ratio.most) == (0.5, 3)


def test_interleaved() -> None:
    """Program and other run in turn, and the first pairs are not counted."""
    order: list[str] = []

    def side(name: str) -> Side:
        def read() -> Reading:
            order.append(name)
            return Reading(float(len(order)))

        return Side(name, read)

    measured = compare(side("ours"), side("theirs"), Count(pairs=2, warm_ups=1))

    assert order == ["ours", "theirs"] * 3
    assert [program.wall for program, _ in measured.readings] == [3, 5]


@pytest.mark.parametrize(
    ("bar", "reached"),
    [
        (Bar(1.5), 1.5),
        (Bar(3, "processor"), 3.0),
        (Bar(1.5, "peak"), 1.5),
        (Bar(3000, unit="ms"), 3000.0),
        (Bar(3, "peak", "MiB"), 3.0),
        (Bar(1, "peak", "MiB more"), 1.0),
    ],
)
def test_judged(bar: Bar, reached: float) -> None:
    """A bar limits the median in its own unit: what reaches it is within, what exceeds it is not."""
    measured = row((3, 2), (3, 2), (90, 2))

    assert measured.reached(bar) == reached
    assert not measured.misses(bar)
    assert measured.misses(bar._replace(most=bar.most * 0.99))
    assert not measured.misses(bar._replace(most=bar.most * 0.51), leniency=2)
    assert measured.misses(bar._replace(most=bar.most * 0.49), leniency=2)


def test_unknown() -> None:
    """A memory that nobody could see has no ratio, and misses its bar."""
    measured = Row("token", "true", [(Reading(1.0, 1.0, None), Reading(1.0, 1.0, 9000))])

    assert measured.ratio("peak") is None
    assert measured.misses(Bar(1.15, "peak"))


def test_table() -> None:
    """The table has a line for each row, its bars judged, and says why a row is missing."""
    bars = (Bar(1.15), Bar(1 / 6), Bar(1 / 30), Bar(4, "peak", "MiB"))

    heading, line, faster, absent = table(
        [row((3, 2), bars=bars[:1]), row((1, 10), bars=bars[1:]), Absent("ask", "llm", "no network")]
    ).splitlines()

    assert heading.split()[:2] == ["program", "beside"]
    assert line.endswith("1.50 [1.50-1.50]  missed wall 1.15 x with 1.50")
    assert faster.split()[:6] == ["ask", "curl", "1000.0", "10000.0", "0.10", "[0.10-0.10]"]
    assert faster.endswith("within 6 x faster, missed 30 x faster with 10.0, within peak 4 MiB")
    assert absent.split() == ["ask", "llm", "not", "measured:", "no", "network"]


def test_results() -> None:
    """The document has every row with its units and verdicts; those of before stay unless measured anew."""
    before = document([row((1, 1)), Absent("ask", "llm", "no network")], NOW, {}, {})
    later = NOW.replace(hour=13)

    told = document([row((3, 2), bars=(Bar(1.15),))], later, {"load_average": 0.5}, before)

    assert told["load_average"] == 0.5
    rows = told["rows"]
    assert isinstance(rows, list)
    ours, llm = rows
    assert llm == {"program": "ask", "beside": "llm", "date": NOW.isoformat(), "absent": "no network"}
    assert (ours["program"], ours["beside"], ours["date"]) == ("ask", "curl", later.isoformat())
    assert ours["pairs"] == 1
    assert ours["wall"]["program"]["median"] == 3000
    assert ours["peak"]["beside"]["median"] == 2
    assert ours["processor"]["ratio"] == dict.fromkeys(Spread._fields, 3)
    assert ours["bars"] == [{"bar": "wall 1.15 x", "most": 1.15, "reached": 1.5, "verdict": "missed"}]
