"""
The file of a list that is read whole: a head, then one line of JSON with all that is in it.

The head has the size and the checksum of the rest, so that a cut or a changed byte is seen before
anything is believed.
"""

from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from litectl.storage.listfile import DamagedCache, head_of, json_line, moment, reading
from litectl.text.jsontext import decode


class WholeList(NamedTuple):
    """What a file holds: the JSON *document*, and when it was fetched, in seconds since 1970."""

    fetched_at: float
    document: object


def read_whole(path: Path, root: str, version: int) -> WholeList | None:
    """
    Return the list of the proxy *root* in *path*, None when there is no file; raises `DamagedCache`.

    One of another *version* counts as damaged.
    """
    with reading(path) as file:
        if file is None:
            return None
        head, content = head_of(file, version), file.read()
        fetched_at = moment(head)
        if head.get("root") != root or head.get("checksum") != crc32(content) or fetched_at is None:
            raise DamagedCache
        return WholeList(fetched_at, decode(content))


def whole_content(
    document: object, *, kind: str, length: int, root: str, source: str, version: int, fetched_at: float
) -> bytes:
    """Return the file of *document*, a list of *length* entries of a *kind* such as `tools`."""
    content = json_line(document)
    head = {
        "version": version,
        "root": root,
        "source": source,
        "fetched_at": fetched_at,
        kind: length,
        "bytes": len(content),
        "checksum": crc32(content),
    }
    return json_line(head) + content
