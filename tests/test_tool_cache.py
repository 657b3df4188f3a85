"""The cached tool list: its file, what of it is believed, and what a new list takes over from the old one."""

import json
import stat
from pathlib import Path
from types import MappingProxyType
from zlib import crc32

import pytest

from litectl.errors import ProxyError
from litectl.mcp.cache import VERSION, ToolCache
from litectl.mcp.replacement import accepted, completed
from litectl.mcp.tools import Outcome, Tool, ToolList
from litectl.storage.listfile import CachedList, DamagedCache, cached_lists

ROOT = "https://proxy.example.com"
DAY = 24 * 3600.0
NOW = 1_800_000_000.0
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
TOOLS = [
    Tool("add", "calc", "id-1", "calculator", "Add two numbers\n☃", SCHEMA),
    Tool("ädd\n", "other", "id-2", problem="its schema is not an object"),
]
LISTED = ToolList(
    NOW, TOOLS, [Outcome("calc", "ok", 1), Outcome("down", "unreachable", None, 502)], 3, {"no name": 1}
)
EMPTY = ToolList(NOW + 1, [], [])


@pytest.fixture
def cache(tmp_path: Path) -> ToolCache:
    """Give a cache whose directory does not exist yet."""
    return ToolCache(tmp_path / "tools", "0" * 32, ROOT)


def test_without_a_file_there_is_no_list(cache: ToolCache) -> None:
    """A first run finds nothing, and looking creates nothing."""
    assert cache.read() is None
    assert not cache.file.path.parent.exists()


@pytest.mark.parametrize(
    "listed",
    [
        LISTED,
        EMPTY,
        ToolList(0.0, [Tool("t", "", "")], []),
        LISTED._replace(tools=[TOOLS[0]._replace(schema=MappingProxyType(SCHEMA))]),
        ToolList(NOW, [Tool("\ud800", "s", "i", schema={"x": [1e300, None, {"": []}]})], []),
    ],
    ids=["whole", "empty", "least", "a read-only schema", "odd"],
)
def test_what_is_written_is_read(cache: ToolCache, listed: ToolList) -> None:
    """Every field comes back equal, with the schemas."""
    cache.write(listed)

    assert listed == cache.read()


def test_the_file_is_the_owners_alone(cache: ToolCache) -> None:
    """The tools of a company are nobody else's business."""
    cache.write(LISTED)

    assert stat.S_IMODE(cache.file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.file.path.parent.stat().st_mode) == 0o700


def test_a_file_cut_at_any_byte_is_damaged(cache: ToolCache) -> None:
    """A torn file gives `DamagedCache`, never a part of a list and no other error."""
    cache.write(LISTED)
    content = cache.file.path.read_bytes()

    for length in range(len(content)):
        cache.file.path.write_bytes(content[:length])
        with pytest.raises(DamagedCache):
            cache.read()


def test_a_changed_byte_is_damage(cache: ToolCache) -> None:
    """What another program or a bad disk wrote into the file is not believed."""
    cache.write(LISTED)
    content = cache.file.path.read_bytes()

    for place in range(content.index(b"\n") + 1, len(content)):
        changed = bytes([content[place] ^ 1])
        cache.file.path.write_bytes(content[:place] + changed + content[place + 1 :])
        with pytest.raises(DamagedCache):
            cache.read()


def file_of(content: bytes, **head: object) -> bytes:
    """Return a file that says of itself that it is whole, but for what is wrong with its *head*."""
    line = content + b"\n"
    document: dict[str, object] = {
        "version": VERSION,
        "root": ROOT,
        "fetched_at": NOW,
        "bytes": len(line),
        "checksum": crc32(line),
        **head,
    }
    known = {name: value for name, value in document.items() if value is not ...}
    return json.dumps(known).encode() + b"\n" + line


SOUND = b'[[["t","s","i","","",{},""]],[["s","ok",1,null]],1,{}]'


def test_a_file_with_the_right_checksum_is_read(cache: ToolCache) -> None:
    """The files of the next test differ from a good one by what is wrong with them only."""
    cache.file.path.parent.mkdir()
    cache.file.path.write_bytes(file_of(SOUND))

    assert ToolList(NOW, [Tool("t", "s", "i")], [Outcome("s", "ok", 1)], 1, {}) == cache.read()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n\n",
        b"not JSON",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"[]\n[]\n",
        file_of(b"[" * 100_000),
        file_of(SOUND, version=...),
        file_of(SOUND, version=VERSION + 1),
        file_of(SOUND, root="https://other.example.com"),
        file_of(SOUND, root=...),
        file_of(SOUND, fetched_at=...),
        file_of(SOUND, fetched_at="now"),
        file_of(SOUND, fetched_at=1e300),
        file_of(SOUND, fetched_at=float("nan")),
        file_of(SOUND, checksum=...),
        file_of(SOUND, checksum=5),
        file_of(SOUND, bytes=1),
        file_of(b"null"),
        file_of(b"{}"),
        file_of(b"[]"),
        file_of(b'"four"'),
        file_of(b"[5,[],0,{}]"),
        file_of(b"[[5],[],0,{}]"),
        file_of(b'[[["t"]],[],0,{}]'),
        file_of(b'[["tool123"],[],0,{}]'),
        file_of(b'[[[1,"s","i","","",{},""]],[],0,{}]'),
        file_of(b'[[["t","s","i","","",[],""]],[],0,{}]'),
        file_of(b'[[["t","s","i","","",{},null]],[],0,{}]'),
        file_of(b"[[],[5],0,{}]"),
        file_of(b'[[],[["s",5,1,1]],0,{}]'),
        file_of(b'[[],[["s","ok","1",1]],0,{}]'),
        file_of(b"[[],null,0,{}]"),
        file_of(b'[[],[],"0",{}]'),
        file_of(b"[[],[],0,[]]"),
        file_of(b'[[],[],0,{"x":"1"}]'),
    ],
    ids=lambda content: repr(content[-40:]),
)
def test_a_file_that_is_no_tool_list_is_damaged(cache: ToolCache, content: bytes) -> None:
    """Other versions, other proxies, other shapes and no JSON at all are all the same."""
    cache.file.path.parent.mkdir()
    cache.file.path.write_bytes(content)

    with pytest.raises(DamagedCache):
        cache.read()


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        # Many proxies have no tools: that is worth knowing for a day.
        (None, EMPTY, EMPTY),
        (ToolList(NOW, [], []), EMPTY, EMPTY),
        (LISTED, EMPTY, LISTED),
        (LISTED, LISTED._replace(fetched_at=NOW + 1), LISTED._replace(fetched_at=NOW + 1)),
        # Nobody knows what the server has.
        (None, EMPTY._replace(outcomes=[Outcome("down", "unreachable")]), None),
    ],
)
def test_an_empty_list_is_kept_where_it_says_something(
    cache: ToolCache, old: ToolList | None, new: ToolList, kept: ToolList | None
) -> None:
    """It replaces no tools, and is no knowledge while a server fails."""
    if old:
        cache.write(old)

    cache.write(new)

    assert kept == cache.read()


def test_an_empty_list_replaces_a_damaged_file(cache: ToolCache) -> None:
    """What cannot be read has no tools to lose."""
    cache.file.path.parent.mkdir()
    cache.file.path.write_bytes(b"{")

    cache.write(EMPTY)

    assert cache.read() == EMPTY


def test_every_cached_list_tells_whose_it_is(cache: ToolCache) -> None:
    """From its first line, whatever the others hold."""
    cache.write(LISTED)
    (cache.file.path.parent / "1.json").write_bytes(b"{")

    lists = cached_lists(cache.file.path.parent, "tools", VERSION)

    size = cache.file.path.stat().st_size
    assert lists == [
        CachedList("tools", "0" * 32, size, ROOT, "mcp", NOW, 2),
        CachedList("tools", "1"),
    ]


# What a new list takes over


UP, DOWN = Outcome("calc", "ok", 1), Outcome("calc", "unreachable")
OLD = ToolList(NOW, [TOOLS[0]], [UP], 1)
OTHER = [TOOLS[1]]


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        (OLD, ToolList(NOW + DAY, OTHER, [DOWN], 1), ["add", "ädd\n"]),
        (OLD, ToolList(NOW + 6 * DAY, OTHER, [DOWN], 1), ["add", "ädd\n"]),
        # It was too long ago, or a clock was wrong.
        (OLD, ToolList(NOW + 8 * DAY, OTHER, [DOWN], 1), ["ädd\n"]),
        (OLD, ToolList(NOW - 1, OTHER, [DOWN], 1), ["ädd\n"]),
        # The server answered, or is gone: what it listed before is not there any more.
        (OLD, ToolList(NOW + DAY, OTHER, [UP], 1), ["ädd\n"]),
        (OLD, ToolList(NOW + DAY, OTHER, [], 1), ["ädd\n"]),
        # It had failed before: once is enough.
        (OLD._replace(outcomes=[DOWN]), ToolList(NOW + DAY, OTHER, [DOWN], 1), ["ädd\n"]),
        (None, ToolList(NOW + DAY, OTHER, [DOWN], 1), ["ädd\n"]),
    ],
)
def test_tools_of_a_server_that_fails_stay_once(
    old: ToolList | None, new: ToolList, names: list[str]
) -> None:
    """Its tools may be there again a moment later; the outcome tells, and the numbers add up."""
    listed = completed(new, old)

    assert [tool.name for tool in listed.tools] == names
    assert listed.outcomes == new.outcomes
    assert listed.received == len(names)
    assert accepted(new, old) == listed


def test_a_server_that_fails_and_lists_tools_has_each_of_them_once() -> None:
    """What is in the new list is not taken over a second time."""
    new = ToolList(NOW + DAY, [TOOLS[0]], [DOWN], 1)

    assert completed(new, OLD) == new


@pytest.mark.parametrize("old", [None, EMPTY])
def test_an_empty_list_is_accepted_where_there_were_no_tools(old: ToolList | None) -> None:
    """A proxy without MCP servers is a usual one."""
    assert accepted(EMPTY, old) == EMPTY


def test_an_empty_list_is_not_accepted_after_tools() -> None:
    """A proxy in trouble may list nothing; the error says how to accept that."""
    with pytest.raises(ProxyError, match="the proxy lists no tools; the previous list is kept") as caught:
        accepted(EMPTY, OLD)

    assert "litectl cache clear" in (caught.value.hint or "")
