"""
The pages of a list: whether an answer is one, and what asks for the next.

A proxy numbers them in several ways: `page` and `total_pages` in the routes of keys, users, teams and
spend, also in an object beside the rows; `has_more` and the id of the last row in those of OpenAI; a
token. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from litectl.errors import IncompleteError

_PLACES = ("metadata", "meta")  # where it stands when it is not beside the rows
_NUMBERS = ("page", "current_page")
_SIZES = ("page_size", "size")
_TOTALS = ("total", "total_count")
_LONGEST_CURSOR = 2000  # characters


class Page(NamedTuple):
    """
    What an answer is as a page.

    *is_one* tells whether it is one at all; *following* is the parameter that asks for the next, with
    its value, None for the last one.
    """

    is_one: bool = False
    following: tuple[str, str] | None = None


def page_of(document: object) -> Page:
    """Return what the JSON *document* is as a page; raises `IncompleteError` when it hides the next one."""
    if not isinstance(document, dict):
        return Page()
    places = (document, *(document.get(name) for name in _PLACES))
    for place in places:
        if isinstance(place, dict) and (found := _by_token(place) or _by_number(place)):
            return found
    if isinstance(document.get("has_more"), bool):
        return _by_last_row(document)
    return Page()


def _by_token(place: Mapping[str, object]) -> Page | None:
    """Return the page when it names the next one: by a token, or says null for none."""
    for field, parameter in (("next_page", "page"), ("next_cursor", "cursor")):
        if field in place:
            is_last = place[field] in (None, "")
            return Page(True, None if is_last else (parameter, _cursor(place[field])))
    return None


def _by_number(place: Mapping[str, object]) -> Page | None:
    """Return the page when it is numbered, and says how many there are or that more follow."""
    number = next(_counts(place, _NUMBERS), None)
    if number is None:
        return None
    total = next(_counts(place, ("total_pages",)), None)
    if total is not None:
        is_last = number >= total
    elif isinstance(place.get("has_more"), bool):
        is_last = not place["has_more"]
    else:
        rows, size = next(_counts(place, _TOTALS), None), next(_counts(place, _SIZES), None)
        if rows is None or not size:
            return None
        is_last = number * size >= rows
    return Page(True, None if is_last else ("page", str(number + 1)))


def _by_last_row(document: Mapping[str, object]) -> Page:
    """Return the page of a list of OpenAI's: the next one begins after the id of its last row."""
    if not document["has_more"]:
        return Page(True)
    last, rows = document.get("last_id"), document.get("data")
    if not last and isinstance(rows, list) and rows and isinstance(rows[-1], dict):
        last = rows[-1].get("id")
    return Page(True, ("after", _cursor(last)))


def _counts(place: Mapping[str, object], names: tuple[str, ...]) -> Iterator[int]:
    for name in names:
        value = place.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12:
            yield value


def _cursor(value: object) -> str:
    """Return what a page names the next one by, as a parameter has it; raises `IncompleteError`."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_CURSOR:
        raise IncompleteError(
            "the list goes on, and does not say where", hint="ask for its next page with `-q NAME=VALUE`"
        )
    return text
