"""JSON from outside, read without surprises. Pure."""

import json
import math


def decode(text: str | bytes) -> object:
    """
    Return the value of the JSON *text*; raises `ValueError` for anything that is none.

    Nesting deeper than Python's stack counts as none, as does a byte that is not UTF-8.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("JSON is nested too deeply") from None


def number(value: object) -> float | None:
    """Return *value* as a finite number of at least 0, or None when it is anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) and found >= 0 else None
