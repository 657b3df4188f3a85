"""How a check shows what a model said: one short line. Pure."""

from litectl.text.jsontext import visible

_LONGEST = 40  # characters


def shown(text: str) -> str:
    """Return the beginning of *text* in quotes, with nothing in it that does not show."""
    line = visible(" ".join(text[: 10 * _LONGEST].split()))
    return f'"{line}"' if len(line) <= _LONGEST else f'"{line[: _LONGEST - 1]}…"'


def listed(names: list[str]) -> str:
    """Return *names* as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
