"""`litectl models refresh --all-profiles` and `--jitter`: what cron runs."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer, model_info
from helpers import Helper
from litectl.credentials.stored import API_KEY, HELPER, LOGIN, StoredCredential
from litectl.profiles.profile import Profile
from litectl.storage.files import locked
from litectl.storage.lastrefresh import LastRefresh, ProfileRefresh, read_last_refresh
from litectl.storage.paths import Paths
from login_shapes import SingleSignOn, store_login
from program import DEADLINE, Litectl, Program
from senders import store_profiles

EVERY = ("models", "refresh", "--all-profiles")
KEYS = {"dev": "sk-key-of-dev-0001", "prod": "sk-key-of-prod-0002", "team": "sk-key-of-team-0003"}


@pytest.fixture
def litectl() -> Litectl:
    """Run without any variable of litectl's: the profiles name their proxies."""
    return Litectl({})


@pytest.fixture
def program() -> Program:
    """Run the real program without any variable of litectl's."""
    return Program([sys.executable, "-m", "litectl"], {})


@pytest.fixture
def proxies() -> Iterator[dict[str, FakeProxy]]:
    """Give three proxies with one model each, and store a profile with a key for each."""
    with ExitStack() as stack:
        found = {name: stack.enter_context(FakeProxy()) for name in KEYS}
        for name, fake in found.items():
            fake.on_models(model_info(f"{name}-model"))
        store_profiles(*(profile_of(name, fake) for name, fake in found.items()), default="dev")
        yield found


def profile_of(name: str, fake: FakeProxy) -> Profile:
    """Return a profile for *fake* with a key of its own."""
    return Profile(name, fake.root, StoredCredential(API_KEY, fake.root, KEYS[name]))


def refuse(fake: FakeProxy, status: int) -> None:
    """Let *fake* answer every list with *status*."""
    kind = "auth_error" if status == 401 else "x"
    for path in ("/model/info", "/v1/models"):
        fake.on("GET", path, error_answer(status, kind, f"no, {status}"))


def last_refresh() -> LastRefresh:
    """Return what is kept of the last one."""
    last = read_last_refresh(Paths().last_refresh)
    assert last is not None
    return last


# What it fetches


def test_every_profile_is_refreshed_with_its_own_key(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """Each proxy gets the key of its profile and no other, and each list can be used afterwards."""
    assert litectl(*EVERY, "--quiet").code == 0

    for name, fake in proxies.items():
        assert {request.headers.get("authorization") for request in fake.requests} == {f"Bearer {KEYS[name]}"}
        listed = litectl("models", "list", "--offline", "--profile", name, "--columns", "name")
        assert listed.out == f"{name}-model\n"


def test_variables_that_name_one_proxy_have_no_say(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """A crontab may set them for its other lines; each profile still asks its own proxy with its own key."""
    variables = {"LITECTL_BASE_URL": "http://127.0.0.1:9", "LITECTL_API_KEY": "sk-of-another-0009"}

    result = litectl(*EVERY, "--quiet", variables=variables | {"LITECTL_PROFILE": "dev"})

    assert (result.code, result.err) == (0, "")
    sent = {request.headers.get("authorization") for fake in proxies.values() for request in fake.requests}
    assert sent == {f"Bearer {key}" for key in KEYS.values()}


def test_the_tools_come_along_unless_they_are_left_out(
    litectl: Litectl, proxies: dict[str, FakeProxy]
) -> None:
    """As of a refresh of one profile."""
    for fake in proxies.values():
        fake.on("GET", "/mcp-rest/tools/list", json_answer({"tools": []}))

    def asked() -> set[str]:
        return {request.path.partition("?")[0] for fake in proxies.values() for request in fake.requests}

    assert litectl(*EVERY, "--no-mcp").code == 0
    assert not any("mcp" in path for path in asked())
    assert litectl(*EVERY).code == 0
    assert any("mcp" in path for path in asked())


def test_a_key_from_a_helper_works_as_usual(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """The helper runs where its profile is refreshed."""
    helper = Helper(tmp_path, "sk-from-helper-0001")
    credential = StoredCredential(HELPER, fake.root, command=helper.command)
    store_profiles(Profile("dev", fake.root, credential))
    fake.on_models(model_info("m"))

    assert litectl(*EVERY).code == 0
    assert fake.requests[0].headers["authorization"] == "Bearer sk-from-helper-0001"


def test_a_login_that_is_due_is_renewed(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """As by every other command; what was spent is not spent again the next night."""
    sso = SingleSignOn(fake)
    store_login(isolated, sso, ends_in=1)

    assert litectl(*EVERY, "--quiet").code == 0
    assert litectl(*EVERY, "--quiet") == (0, "", "")
    assert sso.renewals == 1


def test_a_login_that_has_ended_is_a_failure_with_its_remedy(
    litectl: Litectl, proxies: dict[str, FakeProxy]
) -> None:
    """Nobody is there to log in; the others are refreshed, and the proxy is not asked in vain."""
    ended = StoredCredential(LOGIN, proxies["dev"].root, "ended-token-0001", expires_at=1.0)
    others = [profile_of(name, proxies[name]) for name in ("prod", "team")]
    store_profiles(Profile("dev", proxies["dev"].root, ended), *others)

    result = litectl(*EVERY, "--quiet")

    assert result.code == 7
    assert result.err.startswith("error: dev: ")
    assert "litectl login" in result.err
    assert proxies["dev"].requests == []
    assert [profile.ok for profile in last_refresh().profiles] == [False, True, True]


# What it says


def test_stdout_is_a_log_of_changes(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """With --quiet a line with its time for each profile that changed, and nothing else."""
    first = litectl(*EVERY, "--quiet")
    second = litectl(*EVERY, "--quiet")
    proxies["prod"].on_models(model_info("new"), model_info("newer"))
    third = litectl(*EVERY, "--quiet")

    lines = [line.partition(" ") for line in first.out.splitlines()]
    assert [rest for _, _, rest in lines] == [f"{name}: added 1: {name}-model" for name in KEYS]
    assert all(time.strptime(when, "%Y-%m-%dT%H:%M:%SZ") for when, _, _ in lines)
    assert second == (0, "", "")
    assert third.out.partition(" ")[2] == "prod: added 2: new, newer; removed 1: prod-model\n"
    assert (third.code, third.err) == (0, "")


def test_people_see_which_profile_it_is_about(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """Without --quiet stderr says of each profile what a refresh of one says."""
    assert litectl(*EVERY).err == "".join(f"profile {name}\n1 model, from model_info\n" for name in proxies)


def test_a_line_stays_one_line_and_short(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """Names of a proxy cannot forge a line, and hundreds are counted."""
    names = [f"m{number:03}" for number in range(300)]
    proxies["dev"].on_models(model_info("a\n2026-01-01T00:00:00Z prod: forged"), *map(model_info, names))

    out = litectl(*EVERY, "--quiet").out

    assert len(out.splitlines()) == len(KEYS)
    assert "dev: added 301: a 2026-01-01T00:00:00Z prod: forged, m000, " in out
    assert out.splitlines()[0].endswith(" and 281 more")


def test_json_has_every_profile(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """One document, with the failures in it, and the error of the run on stderr alone."""
    refuse(proxies["prod"], 500)

    result = litectl(*EVERY, "--json")

    document = result.json
    assert list(document) == ["schema_version", "finished_at", "profiles"]
    dev, prod, _ = document["profiles"]
    assert (dev["profile"], dev["ok"], dev["models"]) == ("dev", True, 1)
    assert (dev["added"], dev["removed"], dev["exit_code"]) == (["dev-model"], [], 0)
    assert (dev["code"], dev["message"], dev["hint"]) == (None, None, None)
    assert (prod["ok"], prod["models"], prod["code"], prod["exit_code"]) == (False, None, "upstream", 12)
    assert "no, 500" in prod["message"]
    assert 0 <= dev["seconds"] < DEADLINE
    assert len(result.err.splitlines()) == 1
    assert (result.error["code"], result.error["profiles"]) == ("partial", ["prod"])


@pytest.mark.parametrize("output_format", ["csv", "tsv", "jsonl", "table"])
def test_every_format_has_a_row_of_each_profile(
    litectl: Litectl, proxies: dict[str, FakeProxy], output_format: str
) -> None:
    """Whoever asks for a format gets all of them, changed or not, and no log."""
    litectl(*EVERY)

    out = litectl(*EVERY, "--quiet", "--format", output_format).out

    headings = 1 if output_format == "csv" else 0
    assert all(name in out for name in KEYS)
    assert output_format == "table" or len(out.splitlines()) == len(KEYS) + headings


# How it ends


def test_one_that_fails_does_not_stop_the_others(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """Each failure has its line with its reason; the exit code is 7, and what worked is kept."""
    refuse(proxies["dev"], 401)

    result = litectl(*EVERY, "--quiet")

    lines = result.err.splitlines()
    assert result.code == 7
    assert [line.partition(" ")[2].partition(" ")[0] for line in lines[:2]] == ["dev:", "log"]
    assert lines[1] == "hint: log in anew with `litectl login --profile dev`"
    assert lines[-2] == "error: 1 of 3 profiles were not refreshed: dev"
    assert lines[-1] == "hint: see what is wrong with `litectl doctor --profile dev`"
    assert len(result.out.splitlines()) == 2


@pytest.mark.parametrize("names", [("dead",), ("dead", "it's off")])
def test_every_command_of_a_hint_names_its_profile(litectl: Litectl, names: tuple[str, ...]) -> None:
    """It can be pasted, and is not about the default profile; so are those of the JSON."""
    store_profiles(*(Profile(name, "http://127.0.0.1:9") for name in names), default=names[-1])

    said, document = litectl(*EVERY, "--quiet"), litectl(*EVERY, "--json")

    hints = [line for line in said.err.splitlines() if line.startswith("hint: ")]
    assert hints[0] == "hint: find out why with `litectl doctor --profile dead`"
    assert all("--profile" in hint for hint in hints)
    listed = [profile["hint"] for profile in document.json["profiles"]]
    options = ["dead", "'it'\"'\"'s off'"][: len(names)]
    assert listed == [f"find out why with `litectl doctor --profile {name}`" for name in options]
    assert "--profile dead" in document.error["hint"]


@pytest.mark.parametrize(
    ("statuses", "code", "said"),
    [
        ((500, 500, 500), 12, "none of 3 profiles could be refreshed"),
        ((401, 401, 401), 4, "none of 3 profiles could be refreshed"),
        ((500, 401, 500), 7, "3 of 3 profiles were not refreshed: dev, prod, team"),
    ],
)
def test_when_all_fail_alike_the_exit_code_says_how(
    litectl: Litectl, proxies: dict[str, FakeProxy], statuses: tuple[int, ...], code: int, said: str
) -> None:
    """A script can tell a proxy that is down from keys that ended; 7 where the reasons differ."""
    for fake, status in zip(proxies.values(), statuses, strict=True):
        refuse(fake, status)

    result = litectl(*EVERY, "--quiet")

    assert result.code == code
    assert f"error: {said}\n" in f"{result.err}\n"
    assert [line.split()[1] for line in result.err.splitlines() if line.startswith("error: ")][:3] == [
        "dev:",
        "prod:",
        "team:",
    ]


def test_the_failure_of_the_only_profile_is_said_once(litectl: Litectl, fake: FakeProxy) -> None:
    """With its name, its own exit code and its own hint."""
    store_profiles(Profile("dev", fake.root))
    refuse(fake, 429)

    result = litectl(*EVERY, "--quiet")

    assert result.code == 8
    assert result.err.count("error: ") == 1
    assert result.err.startswith("error: dev: ")


@pytest.mark.parametrize(
    "more", [["--profile", "dev"], ["--base-url", "http://127.0.0.1:9"], ["--api-key-file", "key"]]
)
def test_what_names_one_proxy_or_key_contradicts(
    litectl: Litectl, proxies: dict[str, FakeProxy], more: list[str]
) -> None:
    """Exit 2 and no request; the key would go to every proxy."""
    result = litectl(*EVERY, *more)

    assert result.code == 2
    assert f"`{more[0]}`" in result.err
    assert not any(fake.requests for fake in proxies.values())


def test_without_a_profile_there_is_nothing_to_refresh(litectl: Litectl) -> None:
    """Exit 3, and what to do; cron then says that its user is the wrong one."""
    result = litectl(*EVERY, "--quiet")

    assert result.code == 3
    assert "litectl login" in result.err


def test_offline_is_refused_before_anything(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """Exit 3 once, not once for each profile; and what is kept stays."""
    result = litectl(*EVERY, "--offline", "--jitter", "3600")

    assert result.code == 3
    assert result.err.count("error: ") == 1
    assert read_last_refresh(Paths().last_refresh) is None


# What is kept of it


def test_how_it_ended_is_kept(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """Also when some failed, with the reason but without a secret; a plain refresh leaves it as it is."""
    refuse(proxies["team"], 500)
    before = time.time()

    litectl(*EVERY, "--quiet")
    last = last_refresh()
    litectl("models", "refresh")

    dev, prod, team = last.profiles
    assert (dev, prod) == tuple(
        ProfileRefresh(name, ok=True, message="", models=1, changed=True) for name in ("dev", "prod")
    )
    assert (team.ok, team.models, team.changed) == (False, None, False)
    assert "no, 500" in team.message
    assert before <= last.finished_at <= time.time()
    assert last_refresh() == last


def test_a_secret_in_a_reason_is_masked(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """A proxy may quote the key it refused; neither the file nor the JSON has it."""
    fake = proxies["dev"]
    for path in ("/model/info", "/v1/models"):
        fake.on("GET", path, error_answer(401, "auth_error", f"bad key {KEYS['dev']}"))

    result = litectl(*EVERY, "--json")

    assert KEYS["dev"] not in result.out + result.err + Paths().last_refresh.read_text()


# One at a time


def test_a_second_one_leaves_it_to_the_first(litectl: Litectl, proxies: dict[str, FakeProxy]) -> None:
    """It asks nobody, exits 0, and cron has nothing to mail; people are told."""
    with locked(Paths().last_refresh):
        quiet, said, document = litectl(*EVERY, "--quiet"), litectl(*EVERY), litectl(*EVERY, "--json")

    assert quiet == (0, "", "")
    assert (said.code, said.out) == (0, "")
    assert said.err == "note: every profile is being refreshed by another litectl at this moment\n"
    assert (document.code, document.json["finished_at"], document.json["profiles"]) == (0, None, [])
    assert not any(fake.requests for fake in proxies.values())


@contextmanager
def refreshing_slowly(program: Program, proxies: dict[str, FakeProxy]) -> Iterator["subprocess.Popen[bytes]"]:
    """Give a process that is in the middle of refreshing every profile."""
    is_asked, may_answer = Event(), Event()

    def slow(_: object) -> Answer:
        is_asked.set()
        may_answer.wait(DEADLINE)
        return json_answer({"data": []})

    proxies["dev"].on("GET", "/model/info", slow)
    try:
        with program.started(*EVERY, "--timeout", "30") as process:
            assert is_asked.wait(DEADLINE)
            proxies["dev"].on_models(model_info("dev-model"))
            yield process
    finally:
        may_answer.set()


def test_one_that_was_killed_keeps_nobody_out(
    litectl: Litectl, program: Program, proxies: dict[str, FakeProxy]
) -> None:
    """The lock ends with its process, while its file stays."""
    with refreshing_slowly(program, proxies) as process:
        during = litectl(*EVERY, "--quiet")
        process.kill()
        process.wait(DEADLINE)
        after = litectl(*EVERY, "--quiet")

    assert during == (0, "", "")
    assert after.code == 0
    assert len(last_refresh().profiles) == len(KEYS)


def test_a_signal_ends_it(program: Program, proxies: dict[str, FakeProxy]) -> None:
    """The rest is not refreshed, nothing is said to have ended, and the lock is free."""
    with refreshing_slowly(program, proxies) as process:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=DEADLINE)

    assert process.returncode == 143
    assert b"Traceback" not in err
    assert proxies["team"].requests == []
    assert read_last_refresh(Paths().last_refresh) is None
    with locked(Paths().last_refresh, seconds=0):
        pass


# Jitter


@pytest.mark.parametrize("all_profiles", [True, False])
def test_jitter_waits_a_random_time_before_anything(
    litectl: Litectl, proxies: dict[str, FakeProxy], monkeypatch: pytest.MonkeyPatch, all_profiles: bool
) -> None:
    """Of at most so many seconds, another one each time, and before the first request."""
    waited: list[float] = []

    def wait(seconds: float) -> None:
        assert not any(fake.requests for fake in proxies.values()) or len(waited) > 0
        waited.append(seconds)

    monkeypatch.setattr(time, "sleep", wait)
    words = EVERY if all_profiles else ("models", "refresh", "--profile", "dev")
    for _ in range(3):
        assert litectl(*words, "--quiet", "--jitter", "900").code == 0

    assert all(0 <= seconds <= 900 for seconds in waited)
    assert len(set(waited)) == 3


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "86401", "1e400", "soon", ""])
def test_a_jitter_that_is_no_time_is_refused(
    litectl: Litectl, proxies: dict[str, FakeProxy], seconds: str
) -> None:
    """Exit 2, before anything is waited for."""
    result = litectl(*EVERY, "--jitter", seconds)

    assert result.code == 2
    assert "--jitter" in result.err
    assert not any(fake.requests for fake in proxies.values())


@pytest.mark.parametrize("jitter", [[], ["--jitter", "0"]])
def test_without_jitter_nothing_is_waited_for(
    litectl: Litectl, proxies: dict[str, FakeProxy], monkeypatch: pytest.MonkeyPatch, jitter: list[str]
) -> None:
    """0, which is the default, is no wait."""
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"waited {seconds} s"))

    assert litectl(*EVERY, *jitter).code == 0


def test_a_signal_ends_the_wait(program: Program, proxies: dict[str, FakeProxy]) -> None:
    """Whoever stops it does not wait for the time to come, and nobody is asked."""
    with program.started(*EVERY, "--jitter", "86400") as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"waiting ")
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 143

    assert not any(fake.requests for fake in proxies.values())
