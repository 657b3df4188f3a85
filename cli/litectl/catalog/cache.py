"""The cached catalog of one fingerprint, and what its models refused; the file itself is in `cachefile`."""

from collections.abc import Sequence
from pathlib import Path

from litectl.catalog.cachefile import Entry, content_of, read_catalog, read_entries, read_entry
from litectl.catalog.catalog import Catalog
from litectl.storage.keptfile import KeptFile


class CatalogCache:
    """The cached catalog of one fingerprint in *directory*; *root* is the proxy that it is of."""

    def __init__(self, directory: Path, fingerprint: str, root: str) -> None:
        self.file = KeptFile(directory, fingerprint)
        self._root = root

    def read(self) -> Catalog | None:
        """Return the cached catalog, without its deployments, or None; raises `DamagedCache`."""
        return read_catalog(self.file.path, self._root)

    def entry(self, name: str) -> Entry | None:
        """Return the model *name* with its deployments, or None; raises `DamagedCache`."""
        return read_entry(self.file.path, self._root, name)

    def entries(self) -> list[Entry]:
        """Return every model with its deployments; raises `DamagedCache`."""
        return read_entries(self.file.path, self._root)

    def write(self, catalog: Catalog) -> None:
        """
        Replace the cached catalog; raises `ConfigError` when nothing can be written.

        A catalog without models is not kept: the next command looks again.
        """
        if catalog.models:
            self.file.replace(content_of(catalog, self._root))

    def refused(self, name: str) -> list[str]:
        """Return the parameters that the model *name* refused since this list was fetched."""
        try:
            if not self.file.refused_mark.exists():
                return []
        except OSError:  # it may not be looked at
            return []
        from litectl.catalog.refused import read_refused

        return read_refused(self.file.refused_mark, name)

    def remember_refused(self, name: str, parameters: Sequence[str]) -> None:
        """Remember that the model *name* refused *parameters*; raises `ConfigError`."""
        from litectl.catalog.refused import remember_refused

        remember_refused(self.file.refused_mark, name, parameters)
