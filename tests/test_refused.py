"""What models refused, remembered beside the cached list."""

from pathlib import Path

import pytest

from litectl.catalog.cache import CatalogCache
from litectl.catalog.catalog import Catalog
from litectl.catalog.rows import Model


@pytest.fixture
def cache(tmp_path: Path) -> CatalogCache:
    """Give the cache of one proxy."""
    return CatalogCache(tmp_path, "f" * 16, "http://p")


def test_refusals_add_up_by_model(cache: CatalogCache) -> None:
    """Each name is remembered once, for the model that refused it."""
    cache.remember_refused("a", ["temperature"])
    cache.remember_refused("b", ["seed"])
    cache.remember_refused("a", ["store", "temperature"])

    assert cache.refused("a") == ["temperature", "store"]
    assert cache.refused("b") == ["seed"]
    assert cache.refused("c") == []


def test_a_new_list_forgets_them(cache: CatalogCache) -> None:
    """What a model takes is looked at anew with the list."""
    cache.remember_refused("a", ["temperature"])

    cache.write(Catalog("model_info", 1.0, [Model("a")]))

    assert cache.refused("a") == []


def test_a_removed_list_takes_them_along(cache: CatalogCache) -> None:
    """`cache clear` leaves nothing behind."""
    cache.write(Catalog("model_info", 1.0, [Model("a")]))
    cache.remember_refused("a", ["temperature"])

    assert cache.file.clear()
    assert cache.refused("a") == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"a": 1}', b'{"a": [1]}', b'{"a": {"b": 1}}', b"[" * 100_000]
)
def test_a_damaged_memory_is_no_memory(cache: CatalogCache, content: bytes) -> None:
    """A file that says nothing usable is not believed, and the next refusal replaces it."""
    cache.file.path.with_suffix(".refused").write_bytes(content)

    assert cache.refused("a") == []
    cache.remember_refused("a", ["temperature"])
    assert cache.refused("a") == ["temperature"]


def test_the_memory_is_private_and_bounded(cache: CatalogCache) -> None:
    """The file is its owner's alone, and the oldest models are forgotten."""
    for number in range(120):
        cache.remember_refused(f"m{number}", ["x"])

    assert cache.file.path.with_suffix(".refused").stat().st_mode & 0o777 == 0o600
    assert cache.refused("m0") == []
    assert cache.refused("m119") == ["x"]
