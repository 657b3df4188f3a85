"""JSON from outside, read without surprises. Pure."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

NOTHING: Mapping[str, object] = MappingProxyType({})
LATEST = 253_402_300_800.0  # seconds since 1970: the year 10000, which no date can be written for
ENTRY_LIMIT = 4 * 2**20  # characters of one entry of a list
_LEAST_ADDED = 2**18  # characters; the entry that is cut off at their end is parsed twice


class MissingArray(Exception):
    """A JSON object ended without the array that was looked for."""


def decode(text: str | bytes) -> object:
    """
    Return the value of the JSON *text*; raises `ValueError` for anything that is none.

    Nesting deeper than Python's stack counts as none, as does a byte that is not UTF-8.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("JSON is nested too deeply") from None


def entries(pieces: Iterable[str], name: str) -> Iterator[object]:
    """
    Give the entries of the array *name* of a JSON object, while the *pieces* of its text arrive.

    Only one entry is held at a time, so a list of any length needs the memory of its
    longest entry. The decoder is Python's own: the library for streamed JSON (ijson 3.6)
    takes memory without bound for nested brackets. Raises `ValueError` for text
    that is no JSON object, that goes on after it or breaks off, and for an entry over
    `ENTRY_LIMIT`; `MissingArray` when the object ends without such an array.
    """
    text = _Text(pieces)
    text.expect("{")
    found = False
    if text.take("}"):
        raise MissingArray(name)
    while True:
        key = text.value()
        if not isinstance(key, str):
            raise ValueError("the name of a field is not text")  # noqa: TRY004  # as every other bad text
        text.expect(":")
        if key == name and text.take("["):
            found = True
            yield from _array(text)
        else:
            text.value()
        if not text.take(","):
            break
    text.expect("}")
    text.require_end()
    if not found:
        raise MissingArray(name)


def _array(text: "_Text") -> Iterator[object]:
    """Give the entries of the array whose bracket is open."""
    if text.take("]"):
        return
    while True:
        yield text.value()
        if not text.take(","):
            break
    text.expect("]")


def _integer(digits: str) -> int | None:
    """Return a number, or None for one that Python refuses to read and nobody means."""
    return int(digits) if len(digits) < 100 else None


class _Text:
    """JSON text that arrives in pieces; reads values and marks, one after the other."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self._text = ""
        self._at = 0
        self._decode = json.JSONDecoder(parse_int=_integer).raw_decode
        self._number_rest = re.compile(r"[-+.0-9eE]*")
        self._space = re.compile(r"[ \n\r\t]*")

    def value(self) -> object:
        """Return the value that begins here."""
        self._skip()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except RecursionError:
                raise ValueError("JSON is nested too deeply") from None
            except ValueError:
                if not self._more():
                    raise
                continue
            if isinstance(value, int | float) and self._may_go_on(end) and self._more():
                continue
            self._at = end
            return value

    def _may_go_on(self, end: int) -> bool:
        """Tell whether the number that was read up to *end* may be the beginning of a longer one."""
        rest = self._number_rest.match(self._text, end)
        return rest is not None and rest.end() == len(self._text)

    def take(self, mark: str) -> bool:
        """Tell whether the next mark is *mark*, and pass it if so."""
        self._skip()
        if self._text.startswith(mark, self._at):
            self._at += len(mark)
            return True
        return False

    def expect(self, mark: str) -> None:
        """Pass the next mark, which has to be *mark*."""
        if not self.take(mark):
            raise ValueError(f"`{mark}` is missing")

    def require_end(self) -> None:
        """Raise when anything but white space is left."""
        self._skip()
        if self._at < len(self._text):
            raise ValueError("text goes on after its end")

    def _skip(self) -> None:
        """Go to the next character that is no white space, or to the end."""
        while True:
            space = self._space.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text) or not self._more():
                return

    def _more(self) -> bool:
        """
        Add pieces as long as what is left, and not too short; tell whether there were any.

        Twice the text each time, so that one long entry is not read again for every piece.
        """
        left = self._text[self._at :]
        if len(left) > ENTRY_LIMIT:
            raise ValueError("an entry is too large")
        parts, added = [left], 0
        for piece in self._pieces:
            parts.append(piece)
            added += len(piece)
            if added > max(len(left), _LEAST_ADDED):
                break
        self._text, self._at = "".join(parts), 0
        return added > 0


def can_be_written(value: object, *, levels: int) -> bool:
    """Tell whether the JSON *value* can be written again: at most *levels* deep, without NaN and Infinity."""
    level = [value]
    for _ in range(levels):
        if any(isinstance(each, float) and not math.isfinite(each) for each in level):
            return False
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return True
    return False


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def number(value: object) -> float | None:
    """Return *value* as a finite number of at least 0, or None when it is anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) and found >= 0 else None


def moment(value: object) -> float | None:
    """Return *value* as seconds since 1970, None for anything that is no time before the year 10000."""
    seconds = number(value)
    return seconds if seconds is not None and seconds < LATEST else None


def text_of(value: object) -> str | None:
    """Return the text *value*, None for no text and for an empty one."""
    return value if isinstance(value, str) and value else None


def text_in(fields: Mapping[str, object], *names: str) -> str:
    """Return the first of the fields *names* that is a text which is not blank; none is empty."""
    return next((text for name in names if isinstance(text := fields.get(name), str) and text.strip()), "")


def count_of(value: object) -> int | None:
    """Return *value* as a whole number of at least 0, None when it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def object_of(value: object) -> Mapping[str, object]:
    """Return the JSON object *value*, an empty one for anything else."""
    return value if isinstance(value, dict) else NOTHING


def objects_of(value: object) -> list[Mapping[str, object]]:
    """Return the JSON objects in the list *value*."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def visible(text: str) -> str:
    """
    Return *text* with each character that does not show, or begins a line, as JSON escapes it.

    What is JSON stays the same JSON, so nobody can be shown another text than is meant.
    """
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)
