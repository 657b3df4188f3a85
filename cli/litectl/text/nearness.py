"""Names that look like one that is not there. Pure."""

from collections.abc import Iterable, Sequence

from litectl.text.lines import short_line

_MOST = 3
_LONGEST = 200  # characters of a name that is shown, or compared, which takes the square of them


def near(wanted: str, names: Iterable[str]) -> list[str]:
    """Return up to three of *names* that look like *wanted*, first those that have it as a part or end."""
    from difflib import get_close_matches

    known = {name.lower(): name for name in sorted(names) if name.isprintable() and len(name) <= _LONGEST}
    wanted = wanted.lower()[:_LONGEST]
    parts = [name for name in known if wanted and wanted in name]
    parts.sort(key=lambda name: (not name.endswith(f"/{wanted}"), len(name), name))
    found = dict.fromkeys([*parts[:_MOST], *get_close_matches(wanted, known, n=_MOST)])
    return [known[match] for match in found][:_MOST]


def did_you_mean(names: Sequence[str]) -> str | None:
    """Return the question that offers *names*, None for none of them."""
    return (
        f"did you mean {' or '.join(f'`{short_line(name, _LONGEST)}`' for name in names)}?" if names else None
    )
