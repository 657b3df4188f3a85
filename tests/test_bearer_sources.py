"""The token of a helper and of Google, through the whole program: kept, made anew, passed over."""

import json
import time
from pathlib import Path

import pytest

from fake_proxy import CHAT, Answer, FakeProxy, chat_answer, error_answer, json_answer
from helpers import Helper
from key_login import KEY
from litectl.credentials import adc
from litectl.credentials.stored import GCLOUD, StoredCredential
from litectl.profiles.profile import Profile
from login_shapes import MODELS, SingleSignOn, jwt, store_profile
from program import Litectl

OLD, NEW = "sk-helper-key-0001", "sk-helper-key-0002"
REFUSED = error_answer(
    401, "token_not_found_in_db", "Authentication Error, Invalid proxy server token passed"
)


@pytest.fixture
def proxy(fake: FakeProxy) -> SingleSignOn:
    """Give a proxy that asks a model only for whom it knows."""
    found = SingleSignOn(fake)
    found.accepted |= {OLD, NEW, KEY}
    fake.on_chat(lambda request: chat_answer("Hello") if found.accepts(request) else REFUSED)
    return found


@pytest.fixture
def litectl(proxy: SingleSignOn) -> Litectl:
    """Run the real `main` against that proxy; its key is what the test says."""
    return Litectl({"LITELLM_BASE_URL": proxy.fake.root, "LITECTL_MODEL": "gpt-5.2"})


def use(litectl: Litectl, helper: Helper) -> Helper:
    """Let the runs from now on have their key from *helper*."""
    litectl.variables["LITELLM_API_KEY_HELPER"] = helper.command
    return helper


def kept_tokens(home: Path) -> list[Path]:
    """Return the files of kept tokens under *home*."""
    return sorted((home / ".local/state/litectl/tokens").glob("*.json"))


def sent(proxy: SingleSignOn, method: str, path: str) -> list[str]:
    """Return the tokens that came with the requests, in order."""
    return [request.headers["authorization"].removeprefix("Bearer ") for request in proxy.asked(method, path)]


# The helper


def test_a_helper_s_key_is_kept_privately_for_the_next_run(
    litectl: Litectl, isolated: Path, tmp_path: Path
) -> None:
    """One run of the helper; the key lies in the state directory, 0600 in 0700."""
    helper = use(litectl, Helper(tmp_path, OLD, NEW))

    assert [litectl("token").out for _ in range(3)] == [f"{OLD}\n"] * 3

    assert helper.runs == 1
    (path,) = kept_tokens(isolated)
    assert OLD in path.read_text()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert not [
        found for found in (isolated / ".cache").rglob("*") if found.is_file() and "key" in found.name
    ]


def test_a_kept_key_is_found_by_its_helper_only(litectl: Litectl, isolated: Path, tmp_path: Path) -> None:
    """Another command is another key; neither is in the name of the file."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    use(litectl, Helper(tmp_path / "one", OLD))
    first = litectl("token").out
    use(litectl, Helper(tmp_path / "two", NEW))
    second = litectl("token").out

    assert (first, second) == (f"{OLD}\n", f"{NEW}\n")
    names = [path.name for path in kept_tokens(isolated)]
    assert len(names) == 2
    assert not any("helper" in name for name in names)


def test_a_helper_runs_every_time_when_nothing_may_be_kept(
    litectl: Litectl, isolated: Path, tmp_path: Path
) -> None:
    """LITECTL_API_KEY_HELPER_TTL=0."""
    helper = use(litectl, Helper(tmp_path, OLD, NEW))
    litectl.variables["LITECTL_API_KEY_HELPER_TTL"] = "0"

    assert [litectl("token").out for _ in range(2)] == [f"{OLD}\n", f"{NEW}\n"]
    assert helper.runs == 2
    assert kept_tokens(isolated) == []


@pytest.mark.parametrize("seconds", ["soon", "-1", "inf", "nan"])
def test_a_time_to_keep_that_is_none_is_refused(litectl: Litectl, tmp_path: Path, seconds: str) -> None:
    """Exit 3 naming the variable, and the helper does not run."""
    helper = use(litectl, Helper(tmp_path, OLD))
    litectl.variables["LITECTL_API_KEY_HELPER_TTL"] = seconds

    result = litectl("token")

    assert result.code == 3
    assert "LITECTL_API_KEY_HELPER_TTL" in result.err
    assert helper.runs == 0


@pytest.mark.parametrize(("lives", "runs"), [(3600, 1), (310, 1), (290, 2)])
def test_a_json_web_token_is_kept_until_five_minutes_before_its_end(
    litectl: Litectl, tmp_path: Path, lives: int, runs: int
) -> None:
    """Its own end counts, and not the time to keep."""
    litectl.variables["LITECTL_API_KEY_HELPER_TTL"] = "86400"
    helper = use(litectl, Helper(tmp_path, jwt({"exp": int(time.time()) + lives})))

    assert [litectl("token").code for _ in range(2)] == [0, 0]
    assert helper.runs == runs


@pytest.mark.parametrize("refusal", [REFUSED, error_answer(400, "no_db_connection", "No connected db.")])
@pytest.mark.parametrize("verb", ["whoami", "ask"])
def test_a_refused_key_is_made_anew_once(
    litectl: Litectl, proxy: SingleSignOn, tmp_path: Path, verb: str, refusal: Answer
) -> None:
    """Also where a proxy without a database says 400; the new key is kept for the next run."""
    helper = use(litectl, Helper(tmp_path, OLD, NEW))
    litectl("token")
    proxy.accepted.remove(OLD)
    fake = proxy.fake
    fake.on("GET", MODELS, lambda request: proxy.models(request) if proxy.accepts(request) else refusal)
    fake.on_chat(lambda request: chat_answer("Hello") if proxy.accepts(request) else refusal)

    result = litectl(*([verb] if verb == "whoami" else ["ask", "-p", "Hi"]))

    assert result.code == 0
    assert helper.runs == 2
    method, path = ("GET", MODELS) if verb == "whoami" else ("POST", CHAT)
    assert sent(proxy, method, path) == [OLD, NEW]
    assert litectl("token").out == f"{NEW}\n"
    assert helper.runs == 2


@pytest.mark.parametrize("keys", [(OLD, NEW), (OLD, OLD)])
def test_a_helper_does_not_run_a_third_time(
    litectl: Litectl, proxy: SingleSignOn, tmp_path: Path, keys: tuple[str, str]
) -> None:
    """Exit 4; the same key again is not even sent."""
    helper = use(litectl, Helper(tmp_path, *keys))
    proxy.accepted.clear()

    result = litectl("ask", "-p", "Hi")

    assert result.code == 4
    assert helper.runs == 2
    assert sent(proxy, "POST", CHAT) == list(dict.fromkeys(keys))


def test_a_refused_key_does_not_stay_when_the_helper_fails(
    litectl: Litectl, proxy: SingleSignOn, tmp_path: Path
) -> None:
    """The helper's failure is the news, and the next run asks it again."""
    helper = use(litectl, Helper(tmp_path, OLD, "", NEW))
    proxy.accepted.remove(OLD)

    result = litectl("ask", "-p", "Hi")

    assert result.code == 4
    assert "helper" in result.err
    assert litectl("ask", "-p", "Hi").code == 0
    assert helper.runs == 3


def test_the_helper_of_a_profile_works_the_same(
    litectl: Litectl, proxy: SingleSignOn, isolated: Path, tmp_path: Path
) -> None:
    """`login --helper` runs it to verify it, and stores the command; a key is kept when it is used."""
    helper = Helper(tmp_path, OLD, NEW)

    assert litectl("login", "--base-url", proxy.fake.root, "--helper", helper.command).code == 0
    assert kept_tokens(isolated) == []
    assert [litectl("ask", "-p", "Hi").code for _ in range(2)] == [0, 0]

    assert helper.runs == 2
    assert sent(proxy, "POST", CHAT) == [NEW, NEW]
    stored = (isolated / ".config/litectl/profiles.json").read_text()
    assert OLD not in stored
    assert "helper.py" in stored


# Google


@pytest.fixture
def google(proxy: SingleSignOn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeProxy:
    """Give a Google that is the fake proxy, and an account of this machine."""
    monkeypatch.setattr(adc, "GOOGLE", proxy.fake.root)
    account = {
        "type": "authorized_user",
        "client_id": "c",
        "client_secret": "s",
        "refresh_token": "1//refresh",
    }
    (tmp_path / "adc.json").write_text(json.dumps(account))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "adc.json"))
    proxy.fake.on("POST", "/token", json_answer({"access_token": OLD, "expires_in": 3599}))
    return proxy.fake


def test_google_is_asked_once_for_many_runs(
    litectl: Litectl, proxy: SingleSignOn, google: FakeProxy, isolated: Path
) -> None:
    """Its token is kept in the state directory."""
    litectl.variables["LITELLM_GCLOUD_TOKEN_AUTH"] = "1"

    assert [litectl("ask", "-p", "Hi").code for _ in range(3)] == [0, 0, 0]

    assert len(proxy.asked("POST", "/token")) == 1
    assert sent(proxy, "POST", CHAT) == [OLD] * 3
    (path,) = kept_tokens(isolated)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_refused_google_token_is_made_anew_once(
    litectl: Litectl, proxy: SingleSignOn, google: FakeProxy
) -> None:
    """The one that was kept may have been revoked."""
    litectl.variables["LITELLM_GCLOUD_TOKEN_AUTH"] = "1"
    litectl("token")
    proxy.accepted.remove(OLD)
    google.on("POST", "/token", json_answer({"access_token": NEW, "expires_in": 3599}))

    assert litectl("ask", "-p", "Hi").code == 0
    assert sent(proxy, "POST", CHAT) == [OLD, NEW]
    assert len(proxy.asked("POST", "/token")) == 2


FAILURES = [
    json_answer({"error": "invalid_grant", "error_description": "hidden"}, 400),
    json_answer({"error": "hidden"}, 503),
    Answer(pieces=[b"{"], cut=True),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_google_gives_way_to_the_next_source(
    litectl: Litectl, proxy: SingleSignOn, google: FakeProxy, failure: Answer
) -> None:
    """A warning on stderr names both, and the request goes out with the other key."""
    litectl.variables |= {"LITELLM_GCLOUD_TOKEN_AUTH": "1", "LITELLM_API_KEY": KEY}
    google.on("POST", "/token", failure)

    result = litectl("ask", "-p", "Hi")

    assert (result.code, result.out) == (0, "Hello\n")
    assert "warning: " in result.err
    assert "using LITELLM_API_KEY instead" in result.err
    assert "hidden" not in result.err
    assert sent(proxy, "POST", CHAT) == [KEY]


@pytest.mark.parametrize("content", [None, "{}", '{"type": "service_account"}'])
def test_a_missing_google_account_gives_way_too(
    litectl: Litectl, google: FakeProxy, tmp_path: Path, content: str | None
) -> None:
    """A machine without one, or with one of another kind, asks Google nothing."""
    litectl.variables |= {"LITELLM_GCLOUD_TOKEN_AUTH": "1", "LITELLM_API_KEY": KEY}
    (tmp_path / "adc.json").unlink()
    if content is not None:
        (tmp_path / "adc.json").write_text(content)

    result = litectl("token")

    assert (result.code, result.out) == (0, f"{KEY}\n")
    assert "using LITELLM_API_KEY instead" in result.err
    assert google.requests == []


@pytest.mark.parametrize(("failure", "code"), list(zip(FAILURES, (4, 4, 5), strict=True)))
def test_a_failing_google_without_another_source_is_the_error(
    litectl: Litectl, proxy: SingleSignOn, google: FakeProxy, failure: Answer, code: int
) -> None:
    """Nothing goes out without the credential that was asked for."""
    litectl.variables["LITELLM_GCLOUD_TOKEN_AUTH"] = "1"
    google.on("POST", "/token", failure)

    result = litectl("ask", "-p", "Hi")

    assert result.code == code
    assert "hint: " in result.err
    assert not proxy.asked("POST", CHAT)


def test_the_google_account_of_a_profile_is_not_given_up_for_another_proxy_s_key(
    litectl: Litectl, proxy: SingleSignOn, google: FakeProxy, isolated: Path
) -> None:
    """What comes next must be allowed to go to this proxy as well."""
    store_profile(isolated, Profile("work", google.root, StoredCredential(GCLOUD, google.root)))
    litectl.variables |= {"LITELLM_BASE_URL": "https://other.example.com", "LITELLM_API_KEY": KEY}
    google.on("POST", "/token", FAILURES[0])

    result = litectl("ask", "-p", "Hi")

    assert result.code == 4
    assert "Google login" in result.err
    assert not proxy.asked("POST", CHAT)


# What doctor says of them


def doctor(litectl: Litectl) -> tuple[int, dict[str, dict[str, str]], str]:
    """Return the exit code of `doctor`, its findings by name, and its stderr."""
    result = litectl("doctor", "--json", variables={"SHELL": "/bin/dash"})
    return result.code, {finding["name"]: finding for finding in result.json["findings"]}, result.err


def test_doctor_asks_google_for_a_token_and_keeps_none(
    litectl: Litectl, proxy: SingleSignOn, google: FakeProxy, isolated: Path
) -> None:
    """Each time anew, since that is what is looked at."""
    litectl.variables["LITELLM_GCLOUD_TOKEN_AUTH"] = "1"

    for _ in range(2):
        _, findings, _ = doctor(litectl)
        assert (findings["token"]["status"], findings["token"]["detail"]) == ("ok", "Google gave a token")
        assert findings["key"]["detail"] == "accepted, from LITELLM_GCLOUD_TOKEN_AUTH"

    assert len(proxy.asked("POST", "/token")) == 2
    assert list(isolated.iterdir()) == []


@pytest.mark.parametrize("failure", FAILURES)
def test_doctor_warns_of_a_google_that_another_key_takes_the_place_of(
    litectl: Litectl, google: FakeProxy, failure: Answer
) -> None:
    """In the finding, not between the findings; the key that is sent is named."""
    litectl.variables |= {"LITELLM_GCLOUD_TOKEN_AUTH": "1", "LITELLM_API_KEY": KEY}
    google.on("POST", "/token", failure)

    _, findings, err = doctor(litectl)

    assert err == ""
    assert findings["token"]["status"] == "warning"
    assert "using LITELLM_API_KEY instead" in findings["token"]["detail"]
    assert findings["key"]["detail"] == "accepted, from LITELLM_API_KEY"


@pytest.mark.parametrize(("failure", "code"), list(zip(FAILURES, (4, 4, 5), strict=True)))
def test_doctor_fails_with_a_google_that_nothing_takes_the_place_of(
    litectl: Litectl, google: FakeProxy, failure: Answer, code: int
) -> None:
    """With the exit code that every command has."""
    litectl.variables["LITELLM_GCLOUD_TOKEN_AUTH"] = "1"
    google.on("POST", "/token", failure)

    exit_code, findings, err = doctor(litectl)

    assert (exit_code, err) == (code, "")
    assert findings["token"]["status"] == "failure"
    assert findings["token"]["remedy"]
    assert "hidden" not in findings["token"]["detail"]


def test_doctor_warns_of_a_machine_without_a_google_account(
    litectl: Litectl, google: FakeProxy, tmp_path: Path
) -> None:
    """It is seen before anything is asked."""
    litectl.variables |= {"LITELLM_GCLOUD_TOKEN_AUTH": "1", "LITELLM_API_KEY": KEY}
    (tmp_path / "adc.json").unlink()

    _, findings, err = doctor(litectl)

    assert err == ""
    assert findings["credential"]["status"] == "warning"
    assert "using LITELLM_API_KEY instead" in findings["credential"]["detail"]
    assert findings["token"]["status"] == "ok"
