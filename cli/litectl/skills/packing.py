"""The files of a skill in one archive, the same bytes for the same files. Pure."""

from collections.abc import Iterable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_TIME = (1980, 1, 1, 0, 0, 0)  # the first that an archive can name
_UNIX = 3
_PERMISSIONS = 0o644 << 16


def packed(name: str, files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip archive of *files*, a path and a content each, in one folder called *name*."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as writer:
        for path, content in files:
            entry = ZipInfo(f"{name}/{path}", _TIME)
            entry.create_system, entry.external_attr = _UNIX, _PERMISSIONS
            entry.compress_type = ZIP_DEFLATED
            writer.writestr(entry, content)
    return archive.getvalue()
