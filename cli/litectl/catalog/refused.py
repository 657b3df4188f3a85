"""
What models refused: names of parameters, remembered beside the cached list until that is fetched again.

A small JSON file; whoever cannot read it asks the backend once more, so nothing about it is an error.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from litectl.storage.files import locked, write_private
from litectl.text.jsontext import decode

_LONGEST = 100  # models; a memory that grows beyond them forgets the oldest
_LOCK_SECONDS = 1.0


def read_refused(path: Path, model: str) -> list[str]:
    """Return the parameters that *model* refused; none where *path* is missing or damaged."""
    names = _read(path).get(model)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def remember_refused(path: Path, model: str, parameters: Sequence[str]) -> None:
    """Add *parameters* to what *model* refused; raises `ConfigError` where nothing can be written."""
    with locked(path, seconds=_LOCK_SECONDS):
        known = dict(_read(path))
        names = list(dict.fromkeys([*read_refused(path, model), *parameters]))
        known.pop(model, None)
        kept = dict([*known.items(), (model, names)][-_LONGEST:])
        write_private(path, json.dumps(kept).encode() + b"\n")


def _read(path: Path) -> Mapping[str, object]:
    try:
        document = decode(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
