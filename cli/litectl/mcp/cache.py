"""
The cached tool list of one fingerprint.

The schemas of its tools are not kept apart: to read those of 500 takes 2 ms.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from litectl.mcp.tools import Outcome, Tool, ToolList
from litectl.storage.kept import read_usable
from litectl.storage.keptfile import KeptFile
from litectl.storage.listfile import DamagedCache
from litectl.storage.wholelist import read_whole, whole_content

VERSION = 1
_SOURCE = "mcp"


class ToolCache:
    """The cached tools of one fingerprint in *directory*; *root* is the proxy that they are of."""

    def __init__(self, directory: Path, fingerprint: str, root: str) -> None:
        self.file = KeptFile(directory, fingerprint)
        self._root = root

    def read(self) -> ToolList | None:
        """Return the cached list, or None; raises `DamagedCache`."""
        found = read_whole(self.file.path, self._root, VERSION)
        return _list_of(found.fetched_at, found.document) if found else None

    def write(self, listed: ToolList) -> None:
        """
        Replace the cached list; raises `ConfigError` when it cannot be written.

        Many proxies have no tools, so an empty list is kept as well, and nobody asks again for a
        day; but not in the place of tools, and not while a server does not list its own.
        """
        old = read_usable(self)
        if listed.tools or not (listed.failed or (old and old.tools)):
            self.file.replace(_content_of(listed, self._root))


def _content_of(listed: ToolList, root: str) -> bytes:
    """Return the file of *listed*."""
    rows = [tool._replace(schema=dict(tool.schema)) for tool in listed.tools]
    return whole_content(
        [rows, listed.outcomes, listed.received, dict(listed.left_out)],
        kind="tools",
        length=len(rows),
        root=root,
        source=_SOURCE,
        version=VERSION,
        fetched_at=listed.fetched_at,
    )


def _list_of(fetched_at: float, document: Any) -> ToolList:
    """Return the list that *document* is; raises `DamagedCache` for any other JSON."""
    try:
        rows, outcomes, received, left_out = document
        tools = [Tool._make(row) for row in rows]
        listed = ToolList(fetched_at, tools, [Outcome._make(each) for each in outcomes], received, left_out)
        is_sound = (
            all(map(_is_tool, tools))
            and all(map(_is_outcome, listed.outcomes))
            and _are(int, (received, *left_out.values()))
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise DamagedCache from error
    if not is_sound:
        raise DamagedCache
    return listed


def _is_tool(tool: Tool) -> bool:
    texts = (tool.name, tool.server, tool.server_id, tool.server_name, tool.description, tool.problem)
    return _are(str, texts) and isinstance(tool.schema, dict)


def _is_outcome(outcome: Outcome) -> bool:
    counts = (count for count in (outcome.tools, outcome.http_status) if count is not None)
    return _are(str, (outcome.server, outcome.status)) and _are(int, counts)


def _are(kind: type, values: Iterable[object]) -> bool:
    return all(isinstance(value, kind) for value in values)
