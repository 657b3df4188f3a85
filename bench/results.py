"""What was measured, as JSON to compare with another day's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from comparison import QUANTITIES, Absent, Quantity, Row
from spread import Spread

# What one unit of a reading is in the unit of the document.
_SCALES: dict[Quantity, float] = {"wall": 1000.0, "processor": 1000.0, "peak": 1 / 1024}
_UNITS = {"wall": "milliseconds", "processor": "milliseconds", "peak": "mebibytes"}


def document(
    rows: Sequence[Row | Absent],
    now: datetime,
    surroundings: Mapping[str, object],
    before: Mapping[str, Any],
) -> dict[str, object]:
    """
    Return *rows* as JSON, with the *surroundings*, which tell why another day has other numbers.

    Those of the document *before* that were not measured anew stay, with their own date.
    """
    date = now.isoformat(timespec="seconds")
    records = {(record["program"], record["beside"]): record for record in before.get("rows", ())}
    for row in rows:
        told = {"absent": row.reason} if isinstance(row, Absent) else _told(row)
        heading = {"program": row.program, "beside": row.other, "date": date}
        records[row.program, row.other] = {**heading, **told}
    return {"date": date, **surroundings, "units": _UNITS, "rows": list(records.values())}


def _told(row: Row) -> dict[str, object]:
    quantities: dict[str, object] = {
        quantity: {
            "program": _rounded(row.spread(quantity), _SCALES[quantity]),
            "beside": _rounded(row.other_spread(quantity), _SCALES[quantity]),
            "ratio": _rounded(row.ratio(quantity)),
        }
        for quantity in QUANTITIES
    }
    bars = [
        {
            "bar": str(bar),
            "most": round(bar.most, 4),
            "reached": None if (reached := row.reached(bar)) is None else round(reached, 4),
            "verdict": "missed" if row.misses(bar) else "within",
        }
        for bar in row.bars
    ]
    return {"pairs": len(row.readings), **quantities, "bars": bars}


def _rounded(spread: Spread | None, scale: float = 1.0) -> dict[str, float] | None:
    if spread is None:
        return None
    return {name: round(number * scale, 3) for name, number in spread._asdict().items()}
