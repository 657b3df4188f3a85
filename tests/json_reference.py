"""What the reference says of the JSON of a command, and whether that is what it printed."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from litectl.app import COMMANDS
from pages.documents.document import Document
from pages.documents.everything import DOCUMENTS

# What they print is not their own: an answer of the proxy, another tool's file, what a tool gave.
FOREIGN = {"api", "models export"}
FOREIGN_OPTION = "--structured"
_ALWAYS = "schema_version"


def check(arguments: Sequence[str], printed: str) -> None:
    """Fail when *printed*, by the command of *arguments* with `--json`, has a field that no page names."""
    if "--json" not in arguments or FOREIGN_OPTION in arguments or not printed.startswith("{"):
        return
    name = command_of(arguments)
    documents = [document for document in DOCUMENTS if name in document.commands]
    if name in FOREIGN or not name:
        return
    found = {*paths(json.loads(printed))} - {_ALWAYS}
    strange = {path for path in found if not any(has(each, path) for each in documents)}
    assert strange == set(), f"docs/pages/documents does not tell of {sorted(strange)} of `{name}`"


def command_of(arguments: Sequence[str]) -> str:
    """Return the words of the command in *arguments*, none for the root."""
    words = [word for word in arguments if not word.startswith("-")]
    place = next((place for place, word in enumerate(words) if word in COMMANDS), len(words))
    names = [" ".join(words[place : place + count]) for count in (2, 1)]
    known = {name for document in DOCUMENTS for name in document.commands} | FOREIGN
    return next((name for name in names if name in known), names[1])


def paths(value: Any, prefix: str = "") -> Iterator[str]:
    """Give the paths of all that *value* has and that holds no more fields, as the reference writes them."""
    if isinstance(value, dict) and value:
        for name, field in value.items():
            yield from paths(field, f"{prefix}.{name}" if prefix else name)
    elif isinstance(value, list) and value:
        for entry in value:
            yield from paths(entry, f"{prefix}[]")
    else:
        yield prefix


def has(document: Document, path: str) -> bool:
    """Tell whether *document* has *path*, or fields below it where that is empty or null."""
    return any(_is_at(field.path, path) for field in document.fields)


def _is_at(field: str, path: str) -> bool:
    below = (f"{path}.", f"{path}[]")
    if field.endswith(".*"):
        free = field.removesuffix(".*")
        return path == free or path.startswith((f"{free}.", f"{free}[]")) or field.startswith(below)
    return path == field or field.startswith(below)


def missing(document: Document, printed: Any) -> list[str]:
    """Return the paths of *document* that *printed* lacks, below what is empty or null none."""
    found = {*paths(printed)}
    return [
        field.path
        for field in document.fields
        if field.is_always and not any(_is_at(field.path, path) for path in found)
    ]
