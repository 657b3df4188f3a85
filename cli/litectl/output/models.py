"""The columns of a list of models; their names are the fields of its JSON."""

from operator import attrgetter
from typing import Any

from litectl.catalog.rows import ability_flags
from litectl.output.columns import Column, cell

DEFAULT_COLUMNS = "name,mode,max_input_tokens,max_output_tokens,abilities,input_price,output_price,providers"

_LARGE_PRICE = 1000.0  # US dollars per million tokens; cents do not matter from here on
_MAIN_ABILITIES = ("tools", "vision", "reasoning")


def model_columns() -> list[Column]:
    """Return every column of a `Model`."""
    return [
        _column("name", "Name"),
        _column("mode", "Mode"),
        _column("max_input_tokens", "Context", for_people=_short_tokens, is_number=True),
        _column("max_output_tokens", "Output", for_people=_short_tokens, is_number=True),
        _column(
            "abilities",
            "Abilities",
            as_json=ability_flags,
            as_text=_true_names,
            for_people=_main_abilities,
            gives_way=True,
        ),
        _column("input_price", "In $/M", for_people=_dollars, is_number=True),
        _column("output_price", "Out $/M", for_people=_dollars, is_number=True),
        _column("cache_read_price", "Cache read $/M", for_people=_dollars, is_number=True),
        _column("cache_write_price", "Cache write $/M", for_people=_dollars, is_number=True),
        _column("providers", "Provider", as_json=_names),
        _column("deployments", "Deployments", is_number=True),
        _column("incomplete", "Incomplete", as_json=bool, as_text=lambda flag: cell(bool(flag))),
        _column("safe_max_tokens", "Safe output", for_people=_short_tokens, is_number=True),
        _column("safe_max_tokens_reason", "Why safe"),
        _column("guessed", "Guessed", as_json=_names),
    ]


def _column(name: str, heading: str, **forms: Any) -> Column:
    return Column(name, heading, attrgetter(name), **forms)


def _names(text: str) -> list[str]:
    return text.split(",") if text else []


def _true_names(marks: str) -> str:
    return ",".join(name for name, flag in ability_flags(marks).items() if flag)


def _main_abilities(marks: str) -> str:
    """Return the first abilities by name and the rest as a number, so that a row stays one line."""
    names = [name for name, flag in ability_flags(marks).items() if flag]
    main = [name for name in names if name in _MAIN_ABILITIES]
    rest = len(names) - len(main)
    return " ".join([*main, f"+{rest}"] if rest else main)


def _short_tokens(value: int) -> str:
    """Return a number of tokens with three digits: 272000 is `272K`, 1048576 is `1.05M`."""
    if value < 1_000:
        return str(value)
    # 999,999 rounds up into the next unit.
    thousands = float(f"{value / 1_000:.3g}")
    return f"{thousands:g}K" if thousands < 1_000 else f"{value / 1_000_000:.3g}M"


def _dollars(value: float) -> str:
    return f"{value:,.4g}" if value < _LARGE_PRICE else f"{value:,.0f}"
