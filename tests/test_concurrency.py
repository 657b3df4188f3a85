"""Many runs at once, each a process of its own: nothing is lost, torn or spent twice."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from threading import Event, Lock

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from helpers import Helper
from key_login import KEY, accept_key
from litectl.credentials.stored import HELPER, LOGIN, StoredCredential
from litectl.profiles.profile import Profile, Profiles, ProfileStore
from login_shapes import (
    MODELS,
    TOKEN,
    SingleSignOn,
    credential_in,
    profiles_file,
    store_login,
    store_profile,
)
from program import Litectl, Program, Result
from renewing import LockQueue

OTHER = "https://other.example.com"


@pytest.fixture
def program() -> Program:
    """Run the real program as a process of its own, without any variable of litectl's."""
    return Program([sys.executable, "-m", "litectl"], {})


def run_all(program: Program, *runs: Sequence[str], stdin: bytes = b"") -> list[Result]:
    """Start all *runs* at once and return how each ended, in their order."""
    pipes = {"stdin": subprocess.PIPE}
    with ExitStack() as stack:
        processes = [stack.enter_context(program.started(*arguments, **pipes)) for arguments in runs]
        ended = [process.communicate(stdin, timeout=60) for process in processes]
        return [
            Result(process.returncode, out.decode(), err.decode())
            for process, (out, err) in zip(processes, ended, strict=True)
        ]


class Watcher:
    """Reads the file of profiles again and again while others write it; `flaws` is what was wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._has_ended = Event()
        self.flaws: list[str] = []
        self.looks = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch while the block runs."""
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._has_ended.set()
            thread.join(20)

    def _watch(self) -> None:
        while not self._has_ended.wait(0.005):
            try:
                text, mode = self._path.read_text(), self._path.stat().st_mode & 0o777
            except FileNotFoundError:
                continue
            self.looks += 1
            if mode != 0o600:
                self.flaws.append(f"mode {mode:o}")
            try:
                json.loads(text)
            except ValueError:
                self.flaws.append(f"torn: {text[-80:]!r}")


def test_nothing_is_lost_when_all_write_at_once(program: Program, fake: FakeProxy, isolated: Path) -> None:
    """Logins, settings, renewals and reads of 20 processes: every change is stored, whole and private."""
    accept_key(fake)
    sso = SingleSignOn(fake)
    sso.accepted.add(KEY)
    for number in range(5):
        store_login(isolated, sso, ends_in=-60, name=f"renewed-{number}")
        store_profile(isolated, Profile(f"set-{number}", fake.root))
    logins = [
        ["login", "--profile", f"new-{n}", "--base-url", fake.root, "--api-key-file", "-"] for n in range(7)
    ]
    settings = [["profiles", "set", "--profile", f"set-{n}", f"model=model-{n}"] for n in range(5)]
    renewals = [["token", "--profile", f"renewed-{n}"] for n in range(5)]
    reads = [["profiles", "list", "--json"]] * 3
    watcher = Watcher(profiles_file(isolated))

    with watcher.watching():
        results = run_all(program, *logins, *settings, *renewals, *reads, stdin=KEY.encode())

    assert [(result.code, result.err) for result in results if result.code] == []
    assert (watcher.flaws, watcher.looks > 0) == ([], True)
    stored = json.loads(profiles_file(isolated).read_text())["profiles"]
    assert len(stored) == 17
    assert [stored[f"new-{n}"]["credential"]["secret"] for n in range(7)] == [KEY] * 7
    assert [stored[f"set-{n}"]["model"] for n in range(5)] == [f"model-{n}" for n in range(5)]
    tokens = [result.out.strip() for result in results[12:17]]
    assert [stored[f"renewed-{n}"]["credential"]["secret"] for n in range(5)] == tokens
    assert sso.renewals == 5
    leftovers = [path.name for path in profiles_file(isolated).parent.iterdir() if ".lock" not in path.name]
    assert leftovers == ["profiles.json"]


@pytest.mark.parametrize("crowd", [2, 8])
def test_one_login_is_renewed_by_one_process(
    program: Program, fake: FakeProxy, isolated: Path, crowd: int
) -> None:
    """The refresh token works once, and a second use would end the login; the others use the result."""
    sso = SingleSignOn(fake)
    store_login(isolated, sso, ends_in=-60)

    def slowly(request: Request) -> Answer:
        # Long enough for the others to find the login due and to wait for the lock.
        time.sleep(1.0)
        return sso.answer_token(request)

    fake.on("POST", TOKEN, slowly)

    results = run_all(program, *[["token"]] * crowd)

    assert [(result.code, result.err) for result in results] == [(0, "")] * crowd
    new = sso.issued[-1]
    assert {result.out for result in results} == {f"{new['access_token']}\n"}
    assert sso.renewals == 1
    assert credential_in(isolated)["refresh_token"] == new["refresh_token"]


def test_one_refused_login_is_renewed_by_one_process(
    program: Program, fake: FakeProxy, isolated: Path
) -> None:
    """Each sees the refusal of the same token; a new one that another got meanwhile is taken."""
    sso = SingleSignOn(fake)
    store_login(isolated, sso, ends_in=3600)
    sso.accepted.clear()
    refusals, arrived, lock = Event(), 0, Lock()

    def models(request: Request) -> Answer:
        # The refusals go out together, so that every process needs a new token.
        nonlocal arrived
        if not sso.accepts(request):
            with lock:
                arrived += 1
                if arrived == 4:
                    refusals.set()
            refusals.wait(20)
        return sso.models(request)

    fake.on("GET", MODELS, models)

    results = run_all(program, *[["whoami", "--json"]] * 4)

    assert [(result.code, result.json["accepted"]) for result in results] == [(0, True)] * 4
    assert arrived == 4
    assert sso.renewals == 1


def test_a_failing_renewal_fails_for_each_by_itself(
    program: Program, fake: FakeProxy, isolated: Path
) -> None:
    """The lock is given back: each one tries, says why, and ends."""
    sso = SingleSignOn(fake)
    store_login(isolated, sso, ends_in=-60)
    fake.on("POST", TOKEN, json_answer({}, 503))

    results = run_all(program, *[["token"]] * 3)

    assert [(result.code, result.out) for result in results] == [(12, "")] * 3
    assert len(sso.asked("POST", TOKEN)) == 3


def test_a_killed_renewal_gives_the_lock_back(program: Program, fake: FakeProxy, isolated: Path) -> None:
    """The system frees the lock of a process that is gone; what it left behind is usable."""
    sso = SingleSignOn(fake)
    store_login(isolated, sso, ends_in=-60)
    asked, never = Event(), Event()

    def hanging(_: Request) -> Answer:
        asked.set()
        return Answer(pieces=[never])

    fake.on("POST", TOKEN, hanging)
    with program.started("token") as process:
        assert asked.wait(20)
        process.kill()
        process.wait(20)
    never.set()
    fake.on("POST", TOKEN, sso.answer_token)

    result = program("token")

    assert (result.code, result.out) == (0, f"{sso.issued[-1]['access_token']}\n")


def test_a_new_login_is_not_undone_by_the_renewal_of_the_old_one(
    program: Program, fake: FakeProxy, isolated: Path
) -> None:
    """The person may have logged in as somebody else while the answer was under way."""
    accept_key(fake)
    sso = SingleSignOn(fake)
    sso.accepted.add(KEY)
    store_login(isolated, sso, ends_in=-60)

    def logged_in_meanwhile(request: Request) -> Answer:
        answer = sso.answer_token(request)
        login = ["login", "--profile", "work", "--api-key-file", "-"]
        assert program(*login, stdin=KEY.encode()).code == 0
        return answer

    fake.on("POST", TOKEN, logged_in_meanwhile)

    assert program("token").code == 0
    assert credential_in(isolated)["secret"] == KEY


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda profiles: profiles.remove("work"),
        lambda profiles: profiles.put(profiles.get("work").without_credential()),
        lambda profiles: profiles.put(
            Profile("work", OTHER, StoredCredential(LOGIN, OTHER, "litellm_login_other"))
        ),
        lambda profiles: profiles.put(
            profiles.get("work")._replace(
                credential=StoredCredential(HELPER, profiles.get("work").root, command="true")
            )
        ),
    ],
)
def test_a_login_that_is_gone_when_it_is_to_be_renewed_is_said(
    fake: FakeProxy,
    isolated: Path,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: Callable[[Profiles], Profiles],
) -> None:
    """Ended or replaced while another process held the lock: exit 4, and nothing is sent anywhere."""
    sso = SingleSignOn(fake)
    store_login(isolated, sso, ends_in=-60)
    lock_of = ProfileStore.renewing

    def late(store: ProfileStore, name: str, *, seconds: float) -> AbstractContextManager[None]:
        store.change(meanwhile)
        return lock_of(store, name, seconds=seconds)

    monkeypatch.setattr(ProfileStore, "renewing", late)

    result = Litectl({})("models", "list")

    assert result.code == 4
    assert "ended or replaced in the meantime" in result.err
    assert "litectl login --profile work" in result.err
    assert fake.requests == []


def test_a_crowd_runs_one_helper_once(program: Program, fake: FakeProxy, tmp_path: Path) -> None:
    """Ten processes need its key at once; those that waited take the one that was made."""
    helper = Helper(tmp_path, "sk-helper-key-0001", "sk-helper-key-0002", seconds=0.5)
    program.variables["LITELLM_API_KEY_HELPER"] = helper.command

    results = run_all(program, *[["token"]] * 10)

    assert {(result.code, result.out, result.err) for result in results} == {(0, "sk-helper-key-0001\n", "")}
    assert helper.runs == 1


def test_a_helper_s_refused_key_is_replaced_once_by_a_crowd(
    program: Program, fake: FakeProxy, tmp_path: Path
) -> None:
    """All of them are refused; one makes the new key, and the others take that."""
    accept_key(fake)
    helper = Helper(tmp_path, "sk-helper-key-0001", KEY, seconds=0.2)
    program.variables |= {"LITELLM_API_KEY_HELPER": helper.command, "LITELLM_BASE_URL": fake.root}

    results = run_all(program, *[["whoami"]] * 6)

    assert [result.code for result in results] == [0] * 6
    assert helper.runs == 2


def test_parallel_logins_of_one_account_are_one_profile(
    program: Program, fake: FakeProxy, isolated: Path
) -> None:
    """The same key again and again makes no second profile."""
    accept_key(fake)
    login = ["login", "--base-url", fake.root, "--api-key-file", "-"]

    results = run_all(program, *[login] * 5, stdin=KEY.encode())

    assert [result.code for result in results] == [0] * 5
    assert len(json.loads(profiles_file(isolated).read_text())["profiles"]) == 1


def test_tokens_that_are_always_due_are_renewed_once(
    program: Program, fake: FakeProxy, isolated: Path, tmp_path: Path
) -> None:
    """A token of four minutes is due when it comes; those that waited for it take it all the same."""
    sso = SingleSignOn(fake)
    sso.lifetime = 240
    store_login(isolated, sso, ends_in=-60)
    queue = LockQueue(tmp_path)

    def when_all_wait(request: Request) -> Answer:
        queue.await_processes(5)
        return sso.answer_token(request)

    fake.on("POST", TOKEN, when_all_wait)
    program.command = queue.command

    results = run_all(program, *[["token"]] * 5)

    new = sso.issued[-1]
    assert results == [Result(0, f"{new['access_token']}\n", "")] * 5
    assert sso.renewals == 1
    assert credential_in(isolated)["refresh_token"] == new["refresh_token"]
