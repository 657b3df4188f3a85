"""The cached catalog: its file, the fingerprint that names it, and when a new one is fetched."""

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE
from zlib import crc32

import pytest

from litectl.catalog.cache import CatalogCache
from litectl.catalog.cachefile import VERSION, Entry
from litectl.catalog.catalog import Catalog
from litectl.catalog.discovery import FAILED, Discovery, Outcome
from litectl.catalog.fingerprint import fingerprint
from litectl.catalog.replacement import Changes, accepted, refresh
from litectl.catalog.rows import Deployment, Model
from litectl.errors import ConfigError, LitectlError, ProxyError, UpstreamError
from litectl.storage.files import locked
from litectl.storage.kept import Policy, current
from litectl.storage.listfile import DamagedCache, cached_lists, is_stale

ROOT = "https://proxy.example.com"
DAY = 24 * 3600.0
NOW = 1_800_000_000.0
DEPLOYMENTS: list[Deployment] = [
    {"name": "gpt-5.2", "backend": "openai/gpt-5.2", "abilities": {"tools": True}},
    {"name": "wörld\n☃", "provider": "azure"},
]
MODELS = [
    Model("gpt-5.2", "chat", 272000, 128000, "+-??????", 1.25, 10.0, 0.1, None, "azure,openai", 2),
    Model("wörld\n☃", None, incomplete=True),
]
CATALOG = Catalog("model_info", NOW, MODELS, DEPLOYMENTS)


@pytest.fixture
def cache(tmp_path: Path) -> CatalogCache:
    """Give a cache whose directory does not exist yet."""
    return CatalogCache(tmp_path / "catalogs", "0" * 32, ROOT)


def files_of(cache: CatalogCache) -> set[str]:
    """Return the names of the files beside the cached catalog, and its own."""
    return {path.name for path in cache.file.path.parent.iterdir()}


def make_older(path: Path, seconds: float) -> None:
    """Let *path* be last used *seconds* ago."""
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


# The file


def test_without_a_file_there_is_no_catalog(cache: CatalogCache) -> None:
    """A first run finds nothing, and looking creates nothing."""
    assert cache.read() is None
    assert not cache.file.path.parent.exists()


def test_a_file_in_the_place_of_the_directory_is_no_catalog(tmp_path: Path) -> None:
    """Where nothing can be kept nothing is found."""
    (tmp_path / "catalogs").touch()
    cache = CatalogCache(tmp_path / "catalogs", "0" * 32, ROOT)

    assert cache.read() is None
    assert not cache.file.is_writable


@pytest.mark.parametrize(
    "catalog",
    [CATALOG, Catalog("models", NOW + 0.25, MODELS), Catalog("models", 0.0, [Model("m")])],
    ids=["whole", "without deployments", "least"],
)
def test_what_is_written_is_read(cache: CatalogCache, catalog: Catalog) -> None:
    """Models come back equal, and each of them with its deployments when it is asked for."""
    cache.write(catalog)

    assert catalog._replace(deployments=()) == cache.read()
    expected = [
        Entry(model, [row for row in catalog.deployments if row["name"] == model.name])
        for model in catalog.models
    ]
    assert expected == [cache.entry(model.name) for model in catalog.models]
    assert expected == cache.entries()


@pytest.mark.parametrize("name", ["gpt-5", 'gpt-5.2"', "[", "", "*", "wörld", "wörld\n"])
def test_a_model_that_is_not_cached_is_not_found(cache: CatalogCache, name: str) -> None:
    """Only a whole name finds its line, whatever characters it has."""
    cache.write(CATALOG)

    assert cache.entry(name) is None


@pytest.mark.parametrize("before", [[], [CATALOG]], ids=["none", "a list"])
def test_a_catalog_without_models_is_not_written(cache: CatalogCache, before: list[Catalog]) -> None:
    """An empty list is no knowledge worth a day, and replaces nothing."""
    for catalog in before:
        cache.write(catalog)

    cache.write(Catalog("models", NOW + 1, []))

    expected = [model for catalog in before for model in catalog.models]
    assert expected == getattr(cache.read(), "models", [])


def test_the_file_is_the_owners_alone(cache: CatalogCache) -> None:
    """The names of a proxy's models are nobody else's business."""
    cache.write(CATALOG)

    assert stat.S_IMODE(cache.file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.file.path.parent.stat().st_mode) == 0o700


READERS: dict[str, Callable[[CatalogCache], object]] = {
    "list": CatalogCache.read,
    "entry": lambda cache: cache.entry("gpt-5.2"),
    "entries": CatalogCache.entries,
}


@pytest.mark.parametrize("reader", READERS)
def test_a_file_cut_at_any_byte_is_damaged(cache: CatalogCache, reader: str) -> None:
    """A torn file gives `DamagedCache`, never a part of a catalog and no other error."""
    cache.write(CATALOG)
    content = cache.file.path.read_bytes()

    for length in range(len(content)):
        cache.file.path.write_bytes(content[:length])
        with pytest.raises(DamagedCache):
            READERS[reader](cache)


@pytest.mark.parametrize("reader", READERS)
def test_a_changed_byte_is_damage(cache: CatalogCache, reader: str) -> None:
    """What another program or a bad disk wrote into the file is not believed."""
    cache.write(CATALOG)
    content = cache.file.path.read_bytes()
    head = content.index(b"\n") + 1
    models = content.index(b"\n", head) + 1
    if reader == "list":
        part = range(head, models)
    elif reader == "entry":
        part = range(content.index(b",", models) + 1, content.index(b"\n", models))
    else:
        part = range(models, len(content))

    for place in part:
        changed = bytes([content[place] ^ 1])
        cache.file.path.write_bytes(content[:place] + changed + content[place + 1 :])
        with pytest.raises(DamagedCache):
            READERS[reader](cache)


def file_of(models: bytes, rest: bytes = b"", **head: object) -> bytes:
    """Return a file that says of itself that it is whole, but for what is wrong with its *head*."""
    line = models + b"\n"
    document: dict[str, object] = {
        "version": 2,
        "root": ROOT,
        "source": "models",
        "fetched_at": NOW,
        "bytes": len(line + rest),
        "models_checksum": crc32(line),
        **head,
    }
    known = {name: value for name, value in document.items() if value is not ...}
    return json.dumps(known).encode() + b"\n" + line + rest


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n\n",
        b"not JSON",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"[]\n[]\n[]\n",
        b"null\n[]\n[]\n",
        file_of(b"[]", version=...),
        file_of(b"[]", version=1),
        file_of(b"[]", version=3),
        file_of(b"[]", source=...),
        file_of(b"[]", source=5),
        file_of(b"[]", fetched_at=...),
        file_of(b"[]", fetched_at="now"),
        file_of(b"[]", fetched_at=10**400),
        file_of(b"[]", fetched_at=1e300),
        file_of(b"[]", fetched_at=float("inf")),
        file_of(b"[]", fetched_at=float("nan")),
        file_of(b"[]", root="https://other.example.com"),
        file_of(b"[]", models_checksum=...),
        file_of(b"[]", models_checksum=5),
        file_of(b"[]", bytes=...),
        file_of(b"[]", bytes=1),
        file_of(b"{}"),
        file_of(b"null"),
        file_of(b"[5]"),
        file_of(b'[["m"]]'),
        file_of(b"[[]]"),
    ],
    ids=lambda content: repr(content[:60]),
)
def test_a_file_that_is_no_catalog_is_damaged(cache: CatalogCache, content: bytes) -> None:
    """Other versions, other shapes and no JSON at all are all the same: the list is fetched again."""
    cache.file.path.parent.mkdir()
    cache.file.path.write_bytes(content)

    with pytest.raises(DamagedCache):
        cache.read()


def test_a_directory_in_the_place_of_the_file_is_damage(cache: CatalogCache) -> None:
    """What cannot be read cannot be used."""
    cache.file.path.mkdir(parents=True)

    with pytest.raises(DamagedCache):
        cache.read()


@pytest.mark.parametrize(
    "line", [b'["m",5,5,[]]', b'["m",5,["m"],[]]', b'["m",[],{}]', b'["m",', b'["m",5,{},[]]']
)
def test_a_damaged_model_matters_only_when_it_is_asked_for(cache: CatalogCache, line: bytes) -> None:
    """A list of models is answered from the first two lines."""
    cache.file.path.parent.mkdir()
    cache.file.path.write_bytes(file_of(b"[]", line + b"\n"))

    assert Catalog("models", NOW, []) == cache.read()
    for read in (lambda: cache.entry("m"), cache.entries):
        with pytest.raises(DamagedCache):
            read()


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0.0, False),
        (3600.0, False),
        (DAY - 1, False),
        (DAY, True),
        (10 * DAY, True),
        (-1.0, True),
        (-10 * DAY, True),
        (float("nan"), True),
        (float("inf"), True),
        (-float("inf"), True),
    ],
)
def test_a_list_is_stale_after_a_day_and_when_it_is_from_the_future(age: float, expected: bool) -> None:
    """A clock that was wrong never keeps an old list alive."""
    assert expected == is_stale(NOW - age, NOW)


# Its neighbours


@pytest.mark.parametrize(
    ("age", "is_touched"), [(0.0, False), (DAY - 60, False), (DAY + 60, True), (29 * DAY, True)]
)
def test_use_is_remembered_once_a_day(cache: CatalogCache, age: float, is_touched: bool) -> None:
    """Reading moves the file's time at most once a day, and not what it says about the fetch."""
    cache.write(CATALOG)
    make_older(cache.file.path, age)
    before = cache.file.path.stat().st_mtime

    cache.file.touch()

    assert is_touched == (cache.file.path.stat().st_mtime > before)
    assert CATALOG.fetched_at == getattr(cache.read(), "fetched_at", None)


def test_touching_what_is_not_there_does_nothing(cache: CatalogCache) -> None:
    """A file that another process pruned is no reason to fail a read."""
    cache.file.touch()

    assert not cache.file.path.exists()


def test_files_that_nobody_used_for_30_days_are_pruned(cache: CatalogCache) -> None:
    """Catalogs of old keys go when a new one is written, and younger ones stay."""
    ages = {"old": 31 * DAY, "young": 29 * DAY, "new": 0.0}
    for name, age in ages.items():
        other = CatalogCache(cache.file.path.parent, name, ROOT)
        other.write(CATALOG)
        make_older(other.file.path, age)
    # A mark, and what a process left that was killed while it wrote
    for name in ("old.attempt", ".old.json.4242.0a1b2c3d"):
        (cache.file.path.parent / name).touch()
        make_older(cache.file.path.parent / name, 31 * DAY)

    cache.write(CATALOG)

    assert {"young.json", "new.json", cache.file.path.name} == files_of(cache)


def test_pruning_does_not_mind_what_vanishes_or_does_not_belong_there(cache: CatalogCache) -> None:
    """A file that another process takes away meanwhile, or an old directory, is passed over."""
    directory = cache.file.path.parent
    (directory / "kept").mkdir(parents=True)
    make_older(directory / "kept", 31 * DAY)
    for number in range(10):
        # As a temporary file of another process that was renamed between being listed and looked at.
        (directory / f"vanished-{number}").symlink_to(directory / "nowhere")
        (directory / f"old-{number}.json").touch()
        make_older(directory / f"old-{number}.json", 31 * DAY)

    cache.write(CATALOG)

    assert CATALOG.models == getattr(cache.read(), "models", None)
    assert not [name for name in files_of(cache) if name.startswith("old-")]


def test_the_lock_of_a_running_refresh_is_never_pruned(cache: CatalogCache) -> None:
    """A lock file is old when it has served for long, and is still what keeps a second refresh out."""
    with cache.file.refreshing(10):
        pass
    for path in cache.file.path.parent.iterdir():
        make_older(path, 31 * DAY)

    with cache.file.refreshing(10):
        cache.write(CATALOG)
        with pytest.raises(ConfigError, match="another litectl"), locked(cache.file.path, seconds=0.05):
            pytest.fail("a second refresh could start")


def test_one_background_refresh_starts_in_five_minutes(cache: CatalogCache) -> None:
    """A claim holds off the next one, also of another process, until it is five minutes old."""
    other = CatalogCache(cache.file.path.parent, "0" * 32, ROOT)
    mark = cache.file.path.with_suffix(".attempt")
    claims = [cache.file.claim_attempt(), cache.file.claim_attempt(), other.file.claim_attempt()]

    make_older(mark, 290.0)
    claims.append(cache.file.claim_attempt())
    make_older(mark, 310.0)
    claims += [cache.file.claim_attempt(), cache.file.claim_attempt()]

    assert claims == [True, False, False, False, True, False]


def test_a_claim_from_the_future_does_not_hold_for_ever(cache: CatalogCache) -> None:
    """A clock that was wrong never keeps an old list alive."""
    cache.file.claim_attempt()
    make_older(cache.file.path.with_suffix(".attempt"), -10 * DAY)

    assert cache.file.claim_attempt()


def test_a_refresh_that_worked_gives_the_claim_back(cache: CatalogCache) -> None:
    """Only failed and running attempts hold the next one off."""
    cache.file.claim_attempt()

    cache.write(CATALOG)

    assert {cache.file.path.name} == files_of(cache)
    assert cache.file.claim_attempt()


def test_where_nothing_can_be_written_no_attempt_starts(tmp_path: Path) -> None:
    """A refresh that could not keep its list is not worth starting."""
    (tmp_path / "catalogs").touch()

    assert not CatalogCache(tmp_path / "catalogs", "0" * 32, ROOT).file.claim_attempt()


# The fingerprint


def test_a_fingerprint_is_stable_and_tells_proxies_and_accounts_apart(tmp_path: Path) -> None:
    """The same proxy asked with the same credential is one catalog, anything else another one."""
    secret = tmp_path / "state" / "fingerprint.key"
    pairs = [
        (ROOT, "api_key:sk-one"),
        (ROOT, "api_key:sk-two"),
        (ROOT, "none"),
        (f"{ROOT}/team", "api_key:sk-one"),
        ("http://localhost:4000", "api_key:sk-one"),
    ]

    first = [fingerprint(secret, *pair) for pair in pairs]
    second = [fingerprint(secret, *pair) for pair in pairs]

    assert first == second
    assert len(pairs) == len(set(first))
    assert all(len(name) == 32 and set(name) <= set("0123456789abcdef") for name in first)


def test_root_and_identity_cannot_be_mixed_up(tmp_path: Path) -> None:
    """What belongs to the root and what to the identity is kept apart."""
    secret = tmp_path / "fingerprint.key"

    assert fingerprint(secret, "https://a", "bc") != fingerprint(secret, "https://ab", "c")


def test_another_secret_gives_another_fingerprint(tmp_path: Path) -> None:
    """Without this user's secret a guessed key cannot be tried against the name of a file."""
    names = {fingerprint(tmp_path / user / "fingerprint.key", ROOT, "api_key:sk-one") for user in "ab"}

    assert len(names) == 2


@pytest.mark.parametrize(
    "content", [None, b"", b"short", b"x" * 31], ids=["missing", "empty", "short", "cut"]
)
def test_a_missing_or_short_secret_is_made_anew(tmp_path: Path, content: bytes | None) -> None:
    """The secret is 32 random bytes for the owner only, and stays once it is whole."""
    secret = tmp_path / "state" / "fingerprint.key"
    if content is not None:
        secret.parent.mkdir()
        secret.write_bytes(content)

    name = fingerprint(secret, ROOT, "none")

    assert len(secret.read_bytes()) == 32
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert name == fingerprint(secret, ROOT, "none")


def test_a_secret_of_another_length_is_no_failure(tmp_path: Path) -> None:
    """Whatever is in the file, the list can be cached."""
    secret = tmp_path / "fingerprint.key"
    secret.write_bytes(b"x" * 1000)

    assert fingerprint(secret, ROOT, "none") == fingerprint(secret, ROOT, "none")


@pytest.mark.parametrize("place", ["directory", "file/fingerprint.key"])
def test_a_secret_that_cannot_be_kept_is_a_configuration_error(tmp_path: Path, place: str) -> None:
    """The caller goes on without a cache."""
    (tmp_path / "directory").mkdir()
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError):
        fingerprint(tmp_path / place, ROOT, "none")


def test_no_key_can_be_found_in_the_cache(tmp_path: Path) -> None:
    """Neither names nor contents of any file of the cache have the key, or a part of it."""
    key = "sk-Abcdefgh12345678"
    cache = CatalogCache(
        tmp_path / "catalogs", fingerprint(tmp_path / "s" / "k", ROOT, f"api_key:{key}"), ROOT
    )

    cache.file.claim_attempt()
    refresh(cache, lambda: found(CATALOG), lambda: NOW, print)
    cache.file.claim_attempt()
    content = b"".join(
        str(path).encode() + (path.read_bytes() if path.is_file() else b"") for path in tmp_path.rglob("*")
    )

    assert b"gpt-5.2" in content
    assert not [part for part in (key, key[3:], key[-8:]) if part.encode() in content]


# Which list to use

OLD, NEW = [Model("old")], [Model("new")]
AGES = {"fresh": 3600.0, "stale": 25 * 3600.0, "future": -3600.0}


def found(catalog: Catalog) -> Discovery:
    """Return *catalog* as a discovery finds it."""
    return Discovery(catalog, [])


class Upstream:
    """What the proxy does when it is asked, and what the policy had to do."""

    def __init__(self, behaviour: str) -> None:
        self.behaviour = behaviour
        self.fetches = 0
        self.starts = 0
        self.warnings: list[str] = []
        self.notes: list[str] = []

    def fetch(self) -> Discovery:
        """Answer, fail or list nothing."""
        self.fetches += 1
        if self.behaviour == "fails":
            raise UpstreamError("busy")
        return found(Catalog("models", NOW, [] if self.behaviour == "empty" else NEW))

    def start(self) -> None:
        """Count a background refresh."""
        self.starts += 1

    def policy(self, mode: str) -> Policy:
        """Return the policy of *mode*, some of the words `offline`, `manual` and `background`."""
        return Policy(
            "model list",
            seconds=lambda: 10.0,
            start_background=self.start if "background" in mode else None,
            offline="offline" in mode,
            automatic="manual" not in mode,
            warn=self.warnings.append,
            note=self.notes.append,
        )


def current_catalog(
    cache: CatalogCache | None, fetch: Callable[[], Discovery], policy: Policy, now: float
) -> Catalog:
    """Return the catalog to use *now*, where *fetch* asks the proxy."""
    return current(cache, lambda old: accepted(cache, fetch(), old, policy.warn), policy, now)


def prepare(cache: CatalogCache, state: str) -> None:
    """Let the cache hold a list of the age *state*, or a damaged one, or none."""
    if state in AGES:
        cache.write(Catalog("models", NOW - AGES[state], OLD))
    elif state == "damaged":
        cache.file.path.parent.mkdir()
        cache.file.path.write_bytes(b"{")


def used(call: Callable[[], Catalog]) -> str:
    """Return the first model of the catalog that *call* gives, or the class of its error."""
    try:
        models = call().models
    except LitectlError as error:
        return type(error).__name__
    return models[0].name if models else "nothing"


@pytest.mark.parametrize(
    ("state", "mode", "behaviour", "expected", "fetches", "starts", "warnings"),
    [
        # Young enough: no network at all.
        ("fresh", "", "works", "old", 0, 0, 0),
        ("fresh", "background", "works", "old", 0, 0, 0),
        ("fresh", "offline", "works", "old", 0, 0, 0),
        ("fresh", "manual", "works", "old", 0, 0, 0),
        # Too old: fetched first, or shown at once where somebody watches.
        ("stale", "", "works", "new", 1, 0, 0),
        ("stale", "background", "works", "old", 0, 1, 0),
        ("stale", "offline", "works", "old", 0, 0, 0),
        ("stale", "manual", "works", "old", 0, 0, 0),
        ("stale", "background offline", "works", "old", 0, 0, 0),
        ("stale", "background manual", "works", "old", 0, 0, 0),
        # An old list is better than none, and than an empty one.
        ("stale", "", "fails", "old", 1, 0, 1),
        ("stale", "", "empty", "old", 1, 0, 1),
        # From the future: as too old.
        ("future", "", "works", "new", 1, 0, 0),
        ("future", "background", "works", "old", 0, 1, 0),
        ("future", "", "fails", "old", 1, 0, 1),
        # None: there is nothing to show first.
        ("missing", "", "works", "new", 1, 0, 0),
        ("missing", "background", "works", "new", 1, 0, 0),
        ("missing", "offline", "works", "ConfigError", 0, 0, 0),
        ("missing", "manual", "works", "ConfigError", 0, 0, 0),
        ("missing", "", "fails", "UpstreamError", 1, 0, 0),
        ("missing", "", "empty", "nothing", 1, 0, 0),
        # Damaged: as none, and told.
        ("damaged", "", "works", "new", 1, 0, 1),
        ("damaged", "offline", "works", "ConfigError", 0, 0, 1),
        ("damaged", "manual", "works", "ConfigError", 0, 0, 1),
        ("damaged", "", "fails", "UpstreamError", 1, 0, 1),
    ],
)
def test_the_list_to_use(
    cache: CatalogCache,
    state: str,
    mode: str,
    behaviour: str,
    expected: str,
    fetches: int,
    starts: int,
    warnings: int,
) -> None:
    """Age, place and permission decide between the old list, a new one, and an error."""
    prepare(cache, state)
    upstream = Upstream(behaviour)

    name = used(lambda: current_catalog(cache, upstream.fetch, upstream.policy(mode), NOW))

    assert expected == name
    assert (fetches, starts, warnings) == (upstream.fetches, upstream.starts, len(upstream.warnings))


@pytest.mark.parametrize(
    ("state", "behaviour", "kept"),
    [
        ("missing", "works", "new"),
        ("stale", "works", "new"),
        ("damaged", "works", "new"),
        ("stale", "fails", "old"),
        ("stale", "empty", "old"),
    ],
)
def test_only_a_list_of_models_is_kept(cache: CatalogCache, state: str, behaviour: str, kept: str) -> None:
    """A failed fetch and an empty list leave the old one in the cache."""
    prepare(cache, state)

    upstream = Upstream(behaviour)
    current_catalog(cache, upstream.fetch, upstream.policy(""), NOW)

    assert [Model(kept)] == getattr(cache.read(), "models", None)


def test_an_empty_list_is_not_kept_where_there_was_none(cache: CatalogCache) -> None:
    """The next command asks again."""
    upstream = Upstream("empty")
    current_catalog(cache, upstream.fetch, upstream.policy(""), NOW)

    assert cache.read() is None


def test_a_stale_list_starts_one_background_refresh(cache: CatalogCache) -> None:
    """A second command does not start another one while the first may be running."""
    prepare(cache, "stale")
    upstream = Upstream("works")

    for _ in range(3):
        current_catalog(cache, upstream.fetch, upstream.policy("background"), NOW)

    assert upstream.starts == 1


@pytest.mark.parametrize(
    ("mode", "expected", "warnings"),
    [("", "new", 1), ("offline", "ConfigError", 0), ("manual", "ConfigError", 0)],
)
def test_without_a_cache_the_list_is_fetched_each_time(mode: str, expected: str, warnings: int) -> None:
    """Where nothing can be kept the list is used all the same, and the reason told."""
    upstream = Upstream("works")

    assert expected == used(lambda: current_catalog(None, upstream.fetch, upstream.policy(mode), NOW))
    assert warnings == len(upstream.warnings)


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """An unusable cache directory costs a warning and not the answer."""
    (tmp_path / "catalogs").touch()
    upstream = Upstream("works")

    catalog = current_catalog(
        CatalogCache(tmp_path / "catalogs", "0" * 32, ROOT), upstream.fetch, upstream.policy(""), NOW
    )

    assert catalog.models == NEW
    assert len(upstream.warnings) == 1
    assert upstream.warnings[0].endswith(f"`{tmp_path / 'catalogs'}` cannot be written")


def test_a_list_that_cannot_be_kept_is_used_and_told(cache: CatalogCache) -> None:
    """What was fetched is not thrown away because the disk refuses it; a refresh on demand says so."""
    cache.file.path.mkdir(parents=True)
    upstream = Upstream("works")

    catalog = current_catalog(cache, upstream.fetch, upstream.policy(""), NOW)

    assert catalog.models == NEW
    assert "cannot be cached" in upstream.warnings[-1]
    with pytest.raises(ConfigError, match="cannot write"):
        refresh(cache, upstream.fetch, lambda: NOW, print)


def test_the_reason_for_an_old_list_is_told(cache: CatalogCache) -> None:
    """The warning says that the list is old and why it still is."""
    prepare(cache, "stale")
    upstream = Upstream("fails")

    current_catalog(cache, upstream.fetch, upstream.policy(""), NOW)

    assert upstream.warnings == ["the model list is older than 24 hours and cannot be refreshed: busy"]


@pytest.mark.parametrize(
    ("mode", "why"), [("offline", "--offline"), ("manual", "LITELLM_DISCOVERY_TIMEOUT_MS")]
)
def test_a_missing_list_that_may_not_be_fetched_says_why_and_what_to_run(
    cache: CatalogCache, mode: str, why: str
) -> None:
    """The error names what forbids the fetch, and the command that does it."""
    with pytest.raises(ConfigError, match=why) as caught:
        current_catalog(cache, Upstream("works").fetch, Upstream("works").policy(mode), NOW)

    assert "litectl models refresh" in (caught.value.hint or "")


def test_using_a_list_keeps_it_from_being_pruned(cache: CatalogCache) -> None:
    """A catalog that is read each month is not an unused one."""
    cache.write(CATALOG)
    make_older(cache.file.path, 29 * DAY)

    current_catalog(cache, Upstream("works").fetch, Upstream("works").policy("offline"), NOW)

    assert time.time() - cache.file.path.stat().st_mtime < DAY


# Refreshing on demand


def catalog_of(*names: str) -> Catalog:
    """Return a catalog with models of these *names*."""
    return Catalog("models", NOW, [Model(name) for name in names])


@pytest.mark.parametrize(
    ("before", "after", "added", "removed"),
    [
        (None, ["b", "a"], ["a", "b"], []),
        (["a", "b"], ["a", "b"], [], []),
        (["a", "b"], ["d", "b", "c"], ["c", "d"], ["a"]),
        (["a", "b"], ["a"], [], ["b"]),
    ],
)
def test_a_refresh_tells_what_changed(
    cache: CatalogCache, before: list[str] | None, after: list[str], added: list[str], removed: list[str]
) -> None:
    """The names that came and went are reported in order, and the new list is kept."""
    if before is not None:
        cache.write(catalog_of(*before))

    refreshed = refresh(cache, lambda: found(catalog_of(*after)), lambda: NOW + 1, print)

    assert catalog_of(*after) == refreshed.catalog
    assert Changes(added, removed) == refreshed.changes
    assert refreshed.catalog.models == getattr(cache.read(), "models", None)


def test_a_refresh_that_fails_raises_and_keeps_the_old_list(cache: CatalogCache) -> None:
    """Whoever asked for a new list is told that there is none."""
    cache.write(catalog_of("a"))

    with pytest.raises(UpstreamError, match="busy"):
        refresh(cache, Upstream("fails").fetch, lambda: NOW + 1, print)

    assert [Model("a")] == getattr(cache.read(), "models", None)


def test_a_refresh_never_replaces_a_list_by_an_empty_one(cache: CatalogCache) -> None:
    """A proxy in trouble may list nothing; the error says how to accept that."""
    cache.write(catalog_of("a"))

    with pytest.raises(ProxyError, match="lists no models") as caught:
        refresh(cache, lambda: found(catalog_of()), lambda: NOW + 1, print)

    assert "litectl cache clear" in (caught.value.hint or "")
    assert [Model("a")] == getattr(cache.read(), "models", None)


def test_a_refresh_mends_a_damaged_file(cache: CatalogCache) -> None:
    """A file that cannot be read counts as none."""
    prepare(cache, "damaged")

    refreshed = refresh(cache, lambda: found(catalog_of("a")), lambda: NOW, print)

    assert Changes(["a"], []) == refreshed.changes


REFRESH = """
import sys, time
from pathlib import Path
from litectl.catalog.cache import CatalogCache
from litectl.catalog.catalog import Catalog
from litectl.catalog.discovery import Discovery
from litectl.catalog.replacement import refresh
from litectl.catalog.rows import Model
from litectl.storage.kept import Policy, current

directory, log, verb = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
called = iter([float(sys.argv[4])])

def fetch():
    with log.open("a") as file:
        file.write("fetch ")
    return Discovery(Catalog("models", time.time(), [Model("new")]), [])

print("ready", flush=True)
cache = CatalogCache(directory, "0" * 32, "https://proxy.example.com")
if verb == "refresh":
    catalog = refresh(cache, fetch, lambda: next(called, None) or time.time(), print).catalog
else:
    policy = Policy(
        "model list", None, offline=False, automatic=True, seconds=lambda: 60.0, warn=print, note=print
    )
    catalog = current(cache, lambda old: fetch().catalog, policy, time.time())
print(catalog.models[0].name)
"""


@pytest.mark.parametrize("state", ["missing", "stale"])
def test_fifty_processes_that_want_a_new_list_at_once_ask_once(
    tmp_path: Path, cache: CatalogCache, state: str
) -> None:
    """While one refreshes the others wait, asked for or not, and then use what it fetched."""
    prepare(cache, state)
    log = tmp_path / "log"
    command = [sys.executable, "-c", REFRESH, str(cache.file.path.parent), str(log)]

    with ExitStack() as stack:
        with cache.file.refreshing(60):
            processes = [
                stack.enter_context(subprocess.Popen([*command, verb, str(time.time())], stdout=PIPE))
                for verb in ["list", "refresh"] * 25
            ]
            for process in processes:
                assert process.stdout is not None
                assert process.stdout.readline() == b"ready\n"
            assert not log.exists()
        answers = [process.communicate()[0] for process in processes]

    assert answers == [b"new\n"] * 50
    assert log.read_text() == "fetch "


def test_a_list_that_was_asked_for_before_is_no_new_one(cache: CatalogCache) -> None:
    """A refresh takes the list of another process only when that asked after it was called."""
    cache.write(catalog_of("a")._replace(fetched_at=NOW - 1))

    refreshed = refresh(cache, lambda: found(catalog_of("b")), lambda: NOW, print)

    assert [model.name for model in refreshed.catalog.models] == ["b"]


def test_the_file_is_lines_of_json(cache: CatalogCache) -> None:
    """The head says which list it is, so that other tools may look at it too."""
    cache.write(CATALOG)

    head, models, *entries = map(json.loads, cache.file.path.read_text().splitlines())

    assert [head.pop(name) > 100 for name in ("bytes", "models_checksum")] == [True] * 2
    assert head == {"version": 2, "root": ROOT, "source": "model_info", "fetched_at": NOW, "models": 2}
    assert [list(model) for model in MODELS] == models
    assert [(name, model, rows) for name, _checksum, model, rows in entries] == [
        (model.name, list(model), [row]) for model, row in zip(MODELS, DEPLOYMENTS, strict=True)
    ]


# Failures are remembered


def test_a_failed_refresh_is_remembered_until_one_works(cache: CatalogCache) -> None:
    """The reason stays beside the list, with its age."""
    assert cache.file.last_failure() is None

    cache.file.note_failure("no route\x1b[31m")
    make_older(cache.file.path.with_suffix(".attempt"), 120.0)

    failure = cache.file.last_failure()
    assert failure is not None
    assert failure.message == "no route\x1b[31m"
    assert 119 < failure.seconds < 180
    cache.write(CATALOG)
    assert cache.file.last_failure() is None


def test_a_running_attempt_is_no_failure(cache: CatalogCache) -> None:
    """Nothing is told of a background refresh that has not ended."""
    cache.file.claim_attempt()

    assert cache.file.last_failure() is None


def test_without_a_terminal_a_failed_refresh_is_not_repeated_for_a_minute(cache: CatalogCache) -> None:
    """A loop over an unreachable proxy waits for it once, and says why the list is old each time."""
    prepare(cache, "stale")
    upstream = Upstream("fails")

    for _ in range(3):
        current_catalog(cache, upstream.fetch, upstream.policy(""), NOW)
    fetches = upstream.fetches
    make_older(cache.file.path.with_suffix(".attempt"), 61.0)
    current_catalog(cache, upstream.fetch, upstream.policy(""), NOW)

    assert (fetches, upstream.fetches) == (1, 2)
    assert "busy; `litectl models refresh` tries now" in upstream.warnings[1]


def test_on_a_terminal_the_failure_of_the_background_refresh_is_told(cache: CatalogCache) -> None:
    """Nobody sees a detached process fail, so the next list says so."""
    prepare(cache, "stale")
    cache.file.note_failure("busy")
    upstream = Upstream("works")

    current_catalog(cache, upstream.fetch, upstream.policy("background"), NOW)

    assert "just now, failed: busy" in upstream.warnings[0]
    assert upstream.starts == 0


# A poorer list


ROW = Deployment(name="old", source="model_info", filled={"max_input_tokens": "model_group_info"})


@pytest.mark.parametrize(
    ("failed", "age", "kept"),
    [
        ("model_info", 25 * 3600.0, "old"),
        ("model_group_info", 25 * 3600.0, "old"),
        ("model_info", 6 * DAY, "old"),
        # It cannot be kept for ever.
        ("model_info", 8 * DAY, "new"),
        # Nothing of it was from there.
        ("models", 25 * 3600.0, "new"),
    ],
)
def test_a_list_is_kept_for_a_week_while_a_route_fails_that_told_a_part_of_it(
    cache: CatalogCache, failed: str, age: float, kept: str
) -> None:
    """A proxy in trouble does not replace what is known by less; a new list says what it may lack."""
    cache.write(Catalog("model_info", NOW - age, OLD, [ROW]))
    outcomes = [Outcome(failed, "/route", FAILED, status=503, detail="down")]
    upstream = Upstream("works")
    discovery = Discovery(Catalog("models", NOW, NEW), outcomes)

    catalog = current_catalog(cache, lambda: discovery, upstream.policy(""), NOW)

    assert [model.name for model in catalog.models] == [kept]
    (warning,) = upstream.warnings
    assert ("knows more: /route: down" in warning) == (kept == "old")
    assert ("may be missing: /route: down" in warning) == (kept == "new")


# Old lists are said


@pytest.mark.parametrize(
    ("state", "mode", "note"),
    [
        ("stale", "offline", "the model list is 25 hours old"),
        ("stale", "manual", "the model list is 25 hours old"),
        ("stale", "background", "the model list is 25 hours old; a new one is being fetched"),
        ("future", "offline", "the model list is from the future: a clock was wrong"),
        ("fresh", "offline", None),
    ],
)
def test_whoever_gets_an_old_list_is_told(
    cache: CatalogCache, state: str, mode: str, note: str | None
) -> None:
    """One note, and none for a fresh list."""
    prepare(cache, state)
    upstream = Upstream("works")

    current_catalog(cache, upstream.fetch, upstream.policy(mode), NOW)

    assert upstream.notes == ([note] if note else [])


def test_what_was_not_tried_is_no_failed_refresh(cache: CatalogCache) -> None:
    """A refresh that is forbidden, as offline, holds off no later one."""
    prepare(cache, "stale")

    def forbidden() -> Discovery:
        raise ConfigError("this needs the network, which is forbidden")

    with pytest.raises(ConfigError):
        refresh(cache, forbidden, lambda: NOW, print)

    assert cache.file.last_failure() is None


# All lists


def test_every_cached_list_tells_whose_it_is(cache: CatalogCache) -> None:
    """The newest comes first; of a damaged one only the name is known."""
    cache.write(CATALOG)
    CatalogCache(cache.file.path.parent, "1" * 32, "https://other.example.com").write(
        catalog_of("a")._replace(fetched_at=NOW + 1)
    )
    (cache.file.path.parent / f"{'2' * 32}.json").write_bytes(b"{")
    cache.file.claim_attempt()
    with cache.file.refreshing(1):
        lists = cached_lists(cache.file.path.parent, "models", VERSION)

    assert [(entry.fingerprint[0], entry.root, entry.source, entry.length) for entry in lists] == [
        ("1", "https://other.example.com", "models", 1),
        ("0", ROOT, "model_info", 2),
        ("2", None, None, None),
    ]
    assert lists[1].size == cache.file.path.stat().st_size


def test_a_cleared_list_is_gone_with_its_marks(cache: CatalogCache) -> None:
    """Clearing tells whether there was one, and is no failure when there was none."""
    cache.write(CATALOG)
    cache.file.claim_attempt()

    assert [cache.file.clear(), cache.file.clear()] == [True, False]
    assert files_of(cache) == set()


def test_a_list_that_cannot_be_removed_is_a_configuration_error(cache: CatalogCache) -> None:
    """What stands in its place is left alone."""
    cache.file.path.mkdir(parents=True)

    with pytest.raises(ConfigError, match="cannot remove"):
        cache.file.clear()


def test_without_a_directory_there_are_no_lists(tmp_path: Path) -> None:
    """Looking creates nothing."""
    assert cached_lists(tmp_path / "catalogs", "models", VERSION) == []
    assert not (tmp_path / "catalogs").exists()
