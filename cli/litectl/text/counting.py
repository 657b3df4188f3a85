"""How many there are of something, and which of them, as a message says it. Pure."""

from collections.abc import Callable, Sequence


def counted(count: int, noun: str) -> str:
    """Return *count* with *noun* in the singular or plural, such as `1 model` and `1,200 models`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def with_article(noun: str) -> str:
    """Return *noun* with its article, such as `an integer`; words are told by their first letter."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def some_of(names: Sequence[str], most: int, show: Callable[[str], str] = str) -> str:
    """Return the first *most* of *names*, each as *show* gives it, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(map(show, names[:most])) + more
