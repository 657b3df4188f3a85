"""The cache of tokens: what is believed, who makes a new one, and what stays on the disk."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from litectl.credentials import tokencache
from litectl.credentials.tokencache import TokenCache, obtain
from litectl.credentials.tokens import Token
from litectl.errors import AuthError
from litectl.storage.files import locked

NOW = 1_800_000_000.0
TOKEN = Token("sk-made", NOW + 3600)
OLD = Token("sk-old", NOW + 3600)
DAY = 24 * 3600.0


@pytest.fixture
def cache(tmp_path: Path) -> TokenCache:
    """Give a cache in a directory that is not there yet."""
    return TokenCache(tmp_path / "state" / "tokens", "fingerprint")


class Maker:
    """Makes tokens and counts."""

    def __init__(self, token: Token = TOKEN) -> None:
        self.token = token
        self.made = 0

    def __call__(self) -> Token:
        """Make one more."""
        self.made += 1
        return self.token


def get(cache: TokenCache | None, make: Callable[[], Token], *, refused: str | None = None) -> Token:
    """Return the token that *cache* or *make* gives now."""
    return obtain(cache, make, now=lambda: NOW, refused=refused)


@pytest.mark.parametrize("token", [TOKEN, Token("sk-for-ever"), Token("sk-soon", NOW + 300.5)])
def test_a_token_is_kept_as_it_is(cache: TokenCache, token: Token) -> None:
    """Another process reads what was written, in a file and a directory of its owner only."""
    assert cache.write(token, NOW)

    assert TokenCache(cache.path.parent, "fingerprint").read(NOW) == token
    assert TokenCache(cache.path.parent, "another").read(NOW) is None
    assert cache.path.stat().st_mode & 0o777 == 0o600
    assert cache.path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("end", [NOW + 300, NOW, NOW - 1, 0.0])
def test_a_token_that_is_due_is_not_kept(cache: TokenCache, end: float) -> None:
    """Nobody could use it."""
    assert not cache.write(Token("sk-late", end), NOW)

    assert not cache.path.exists()


@pytest.mark.parametrize(
    ("now", "is_read"),
    [
        (NOW, True),
        (NOW + 3299, True),
        (NOW + 3300, False),
        (NOW + 10 * DAY, False),
        (NOW - 60, True),
        (NOW - 61, False),
    ],
)
def test_a_token_is_believed_until_it_is_due(cache: TokenCache, now: float, is_read: bool) -> None:
    """And not when the clock has gone back behind its making, as its end was reckoned with that clock."""
    cache.write(TOKEN, NOW)

    assert (cache.read(now) == TOKEN) == is_read


DOCUMENT = {"version": 1, "secret": "sk-made", "expires_at": NOW + 3600, "obtained_at": NOW}


def document(*removed: str, **changed: object) -> bytes:
    """Return a file without *removed* and with *changed*."""
    entries = {**DOCUMENT, **changed}
    return json.dumps({name: value for name, value in entries.items() if name not in removed}).encode()


DAMAGED = {
    "empty": b"",
    "text": b"sk-made",
    "cut": document()[:-5],
    "binary": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "array": b"[1]",
    "null": b"null",
    "no version": document("version"),
    "other version": document(version=2),
    "no secret": document("secret"),
    "empty secret": document(secret=""),
    "number for a secret": document(secret=1),
    "two words": document(secret="sk-made two"),
    "a line break": document(secret="sk-made\r\nx: y"),
    "no time": document("obtained_at"),
    "text for a time": document(obtained_at="now"),
    "true for a time": document(obtained_at=True),
    "text for an end": document(expires_at="never"),
    "false for an end": document(expires_at=False),
    "endless end": document(expires_at=float("inf")),
    "huge end": document(expires_at=10**400),
    "negative end": document(expires_at=-1),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_counts_as_none_and_is_replaced(cache: TokenCache, content: bytes) -> None:
    """Whatever is in the file, reading raises nothing, and the next token mends it."""
    cache.path.parent.mkdir(parents=True)
    cache.path.write_bytes(content)

    assert cache.read(NOW) is None
    assert get(cache, Maker()) == TOKEN
    assert cache.read(NOW) == TOKEN


def test_a_missing_end_means_none(cache: TokenCache) -> None:
    """A file without an end is one whose token never ends, and is read."""
    cache.path.parent.mkdir(parents=True)
    cache.path.write_bytes(document("expires_at"))

    assert cache.read(NOW) == Token("sk-made")


def test_a_directory_in_place_of_the_file_is_no_failure(cache: TokenCache) -> None:
    """The token is made, and not kept."""
    cache.path.mkdir(parents=True)

    assert cache.read(NOW) is None
    assert not cache.write(TOKEN, NOW)
    assert get(cache, Maker()) == TOKEN


def test_a_place_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    """Without a directory there is neither a lock nor a file; the token is made all the same."""
    (tmp_path / "file").write_text("")
    cache = TokenCache(tmp_path / "file" / "tokens", "fingerprint")
    make = Maker()

    assert [get(cache, make), get(cache, make)] == [TOKEN, TOKEN]
    assert make.made == 2
    cache.clear()


def test_a_token_is_forgotten(cache: TokenCache) -> None:
    """Clearing removes the file, and clearing twice is fine."""
    cache.write(TOKEN, NOW)

    cache.clear()
    cache.clear()

    assert not cache.path.exists()


def test_a_token_is_made_once_and_then_read(cache: TokenCache) -> None:
    """The second command makes none."""
    make = Maker()

    assert [get(cache, make), get(cache, make)] == [TOKEN, TOKEN]
    assert make.made == 1


def test_without_a_cache_each_command_makes_its_own() -> None:
    """Nothing is kept when nothing shall be."""
    make = Maker()

    assert [get(None, make), get(None, make, refused=TOKEN.secret)] == [TOKEN, TOKEN]
    assert make.made == 2


def test_a_refused_token_is_made_anew(cache: TokenCache) -> None:
    """The one that the proxy refused is replaced for all."""
    cache.write(OLD, NOW)
    make = Maker()

    assert get(cache, make, refused=OLD.secret) == TOKEN
    assert get(cache, make) == TOKEN
    assert make.made == 1


def test_a_token_that_another_process_made_meanwhile_is_believed(cache: TokenCache) -> None:
    """After a refusal the newer token of a sibling is taken, without making one more."""
    cache.write(TOKEN, NOW)
    make = Maker(OLD)

    assert get(cache, make, refused=OLD.secret) == TOKEN
    assert make.made == 0


def test_a_refused_token_does_not_stay_when_the_new_one_is_not_kept(cache: TokenCache) -> None:
    """A token that is due at once is not written, and what is there is known to be useless."""
    cache.write(OLD, NOW)
    short = Token("sk-short", NOW + 60)

    assert get(cache, Maker(short), refused=OLD.secret) == short
    assert not cache.path.exists()


def test_what_makes_a_token_may_fail(cache: TokenCache) -> None:
    """Its error is the error; the lock is free afterwards and nothing is kept."""

    def fail() -> Token:
        raise AuthError("no key today")

    with pytest.raises(AuthError, match="no key today"):
        get(cache, fail)

    assert get(cache, Maker()) == TOKEN


def test_a_lock_that_is_not_to_be_had_is_no_failure(
    cache: TokenCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When another process holds it for too long, the token is made without it."""
    monkeypatch.setattr(tokencache, "LOCK_SECONDS", 0.05)
    make = Maker()

    with locked(cache.path):
        token = get(cache, make)

    assert token == TOKEN
    assert make.made == 1


def test_who_waited_takes_what_the_other_one_made(cache: TokenCache) -> None:
    """The cache is looked at again under the lock."""
    is_making, may_end = Event(), Event()
    waiting = Maker(OLD)
    results: list[Token] = []

    def slow() -> Token:
        is_making.set()
        may_end.wait(20)
        return TOKEN

    first = Thread(target=lambda: results.append(get(cache, slow)))
    second = Thread(target=lambda: results.append(get(cache, waiting)))
    first.start()
    is_making.wait(20)
    second.start()
    may_end.set()
    first.join()
    second.join()

    assert results == [TOKEN, TOKEN]
    assert waiting.made == 0


_PROCESS = """
import os, sys
from pathlib import Path
from litectl.credentials.tokencache import TokenCache, obtain
from litectl.credentials.tokens import Token

def make():
    with open(sys.argv[2], "a") as file:
        file.write("made\\n")
    return Token(f"sk-of-{os.getpid()}", 4_000_000_000.0)

sys.stdin.readline()
print(obtain(TokenCache(Path(sys.argv[1]), "fingerprint"), make, now=lambda: 2_000_000_000.0).secret)
"""


def test_of_twenty_processes_at_once_one_makes_the_token(tmp_path: Path) -> None:
    """The others read what it made."""
    made = tmp_path / "made"
    command = [sys.executable, "-c", _PROCESS, str(tmp_path / "tokens"), str(made)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(20)
    ]

    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = {process.communicate(timeout=60)[0] for process in processes}

    assert made.read_text() == "made\n"
    assert len(outputs) == 1


def test_of_twenty_threads_that_were_refused_one_makes_the_token(cache: TokenCache) -> None:
    """A crowd that meets a 401 together asks for one new token."""
    cache.write(OLD, NOW)
    make, together = Maker(), Barrier(20)
    results: list[Token] = []

    def run() -> None:
        together.wait(20)
        results.append(get(cache, make, refused=OLD.secret))

    threads = [Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [TOKEN] * 20
    assert make.made == 1


def aged(path: Path, days: float) -> Path:
    """Return *path* last used *days* ago; it is made when missing."""
    path.touch()
    moment = time.time() - days * DAY
    os.utime(path, (moment, moment))
    return path


def test_tokens_of_no_use_are_removed(cache: TokenCache) -> None:
    """A helper's key lies here no longer than it is used, and one without an end for 30 days unused."""
    directory = cache.path.parent
    for name, token in {
        "due": Token("sk-due", NOW + 310),
        "unused": Token("sk-a"),
        "used": Token("sk-b"),
    }.items():
        TokenCache(directory, name).write(token, NOW)
    (directory / "damaged.json").write_text("{")
    aged(directory / "unused.json", 31)
    aged(directory / "used.json", 29)
    aged(directory / ".cut.json.123.abc", 31)
    aged(directory / ".new.json.124.abc", 0)
    aged(directory / ".due.json.lock", 99)
    aged(directory / "foreign.key", 99)

    cache.write(TOKEN, NOW + 20)

    kept = {path.name for path in directory.iterdir()}
    assert kept == {"fingerprint.json", "used.json", ".new.json.124.abc", ".due.json.lock", "foreign.key"}


def test_a_token_in_use_is_not_pruned(cache: TokenCache) -> None:
    """Reading it counts as use."""
    endless = TokenCache(cache.path.parent, "endless")
    endless.write(Token("sk-endless"), NOW)
    aged(endless.path, 31)

    endless.read(NOW)
    cache.write(TOKEN, NOW)

    assert endless.read(NOW) == Token("sk-endless")
