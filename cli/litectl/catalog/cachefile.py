"""
The file of a cached catalog: what is in it, and whether it can be believed.

Lines of JSON: a head that says what the list is, its models as arrays in the order of
`Model`'s fields, then one line for each model with its deployments. A list
is answered from the first two, one model from its own line, and nothing else is parsed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from litectl.catalog.catalog import Catalog
from litectl.catalog.rows import ABILITIES, Deployment, Model, grouped
from litectl.storage.listfile import DamagedCache, head_of, json_line, moment, reading
from litectl.text.jsontext import decode

VERSION = 2


class Entry(NamedTuple):
    """A model of the cache and the deployments behind it."""

    model: Model
    deployments: list[Deployment]


def read_catalog(path: Path, root: str) -> Catalog | None:
    """
    Return the catalog of the proxy *root* in *path*, without its deployments.

    None when there is no file; raises `DamagedCache`.
    """
    with reading(path) as file:
        if file is None:
            return None
        head, line = head_of(file, VERSION), file.readline()
        if head.get("root") != root or head.get("models_checksum") != crc32(line):
            raise DamagedCache
        return _checked(head, decode(line))


def read_entry(path: Path, root: str, name: str) -> Entry | None:
    """Return the model *name* with its deployments, or None; raises `DamagedCache`."""
    start = _start(name)
    with _entry_lines(path, root) as lines:
        return next((_entry(line) for line in lines if line.startswith(start)), None)


def read_entries(path: Path, root: str) -> list[Entry]:
    """Return every model with its deployments; raises `DamagedCache`."""
    with _entry_lines(path, root) as lines:
        return list(map(_entry, lines))


def content_of(catalog: Catalog, root: str) -> bytes:
    """
    Return the file of *catalog*.

    Its first line has the size of the rest and the checksum of the second, each line of a
    model its own, so that a cut or a changed byte is seen before anything is believed.
    """
    groups = grouped(catalog.deployments)
    models = json_line(catalog.models)
    entries = b"".join(_entry_line(model, groups.get(model.name, [])) for model in catalog.models)
    head = {
        "version": VERSION,
        "root": root,
        "source": catalog.source,
        "fetched_at": catalog.fetched_at,
        "models": len(catalog.models),
        "bytes": len(models) + len(entries),
        "models_checksum": crc32(models),
    }
    return json_line(head) + models + entries


def _entry_line(model: Model, rows: Sequence[Deployment]) -> bytes:
    """Return the line of *model*: its name, the checksum of all that follows, itself and its deployments."""
    content = json_line([model, rows])[1:]
    return _start(model.name) + str(crc32(content)).encode() + b"," + content


def _start(name: str) -> bytes:
    return f"[{json.dumps(name)},".encode()


@contextmanager
def _entry_lines(path: Path, root: str) -> Iterator[Iterable[bytes]]:
    with reading(path) as file:
        if file is None:
            yield ()
            return
        if head_of(file, VERSION).get("root") != root:
            raise DamagedCache
        file.readline()
        yield file


def _checked(head: Mapping[str, object], models: object) -> Catalog:
    source, fetched_at = head.get("source"), moment(head)
    if isinstance(source, str) and fetched_at is not None and isinstance(models, list):
        return Catalog(source, fetched_at, _models(models))
    raise DamagedCache


def _entry(line: bytes) -> Entry:
    """Return the model and the deployments of *line*; raises `DamagedCache`, also for another checksum."""
    try:
        parts = decode(line)
    except ValueError as error:
        raise DamagedCache from error
    if not isinstance(parts, list) or len(parts) != len(("name", "checksum", "model", "deployments")):
        raise DamagedCache
    name, checksum, model, rows = parts
    content = line[len(_start(name)) + len(f"{checksum},") :]
    if checksum != crc32(content) or not isinstance(rows, list):
        raise DamagedCache
    found = _models([model])[0]
    if found.name != name or not all(isinstance(row, dict) for row in rows):
        raise DamagedCache
    return Entry(found, rows)


def _models(rows: Iterable[Any]) -> list[Model]:
    """Return the models of *rows*, of which there may be thousands: they are checked all at once."""
    try:
        models = list(map(Model._make, rows))
        if {len(model.abilities) for model in models} <= {len(ABILITIES)}:
            return models
    except TypeError as error:
        raise DamagedCache from error
    raise DamagedCache
