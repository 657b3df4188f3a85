"""What a JSON document of a command consists of."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from litectl.output.columns import Column


class Field(NamedTuple):
    """
    A field: its *path* in the document and what it *means*.

    A path has dots between the fields of objects and `[]` behind the name of an array. One that ends with
    `.*` is an object whose fields are not fixed. Without *is_always* it is left out where nobody knows it.
    """

    path: str
    means: str
    is_always: bool = True


class Document(NamedTuple):
    """What *commands* print with `--json`; *when* says which options lead to it, where not all do."""

    commands: tuple[str, ...]
    fields: tuple[Field, ...]
    when: str = ""


def fields(meanings: Mapping[str, str], prefix: str = "", *, is_always: bool = True) -> tuple[Field, ...]:
    """Return the fields of *meanings*, by their paths behind *prefix*."""
    return tuple(Field(f"{prefix}{path}", means, is_always) for path, means in meanings.items())


def rows(noun: str, columns: Iterable[Column], meanings: Mapping[str, str]) -> tuple[Field, ...]:
    """
    Return the fields of the rows in the array *noun*, those of *columns*; each has one of the *meanings*.

    A meaning of `COLUMN.FIELD` is that of a field within the column, and one of `COLUMN[]` that of an array.
    Raises `ValueError` for a column without a meaning, and for a meaning without a column.
    """
    names = [column.name for column in columns]
    strange = {*map(_column_of, meanings)} ^ {*names}
    if strange:
        raise ValueError(f"columns and meanings of {noun} differ: {', '.join(sorted(strange))}")
    ordered = [path for name in names for path in meanings if _column_of(path) == name]
    return tuple(Field(f"{noun}[].{path}", meanings[path]) for path in ordered)


def _column_of(path: str) -> str:
    return path.partition(".")[0].removesuffix("[]")
