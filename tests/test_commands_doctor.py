"""`litectl doctor`: its output in every form, its exit code, and that it changes nothing."""

import json
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer, model_info
from leaks import require_clean, require_private
from litectl.doctor.finding import Finding, failure, ok, skipped, warning
from litectl.errors import ExitCode
from litectl.output.doctor import print_page
from litectl.profiles.profile import Profile, ProfileStore
from login_shapes import SingleSignOn, profiles_file, store_login, store_profile
from program import Litectl, Program, Result, Screen

KEY = "sk-hidden-doctor-0001"
NAMES = [
    *("litectl", "python", "packages", "system"),
    *("config_directory", "profiles_file", "cache_directory", "state_directory", "data_directory"),
    *("profile", "base_url", "headers", "tls_files", "timeouts", "variables", "credential", "keychain"),
    *("http_proxy", "dns", "connect", "tls", "answer", "clock", "readiness", "version"),
    *("token", "key", "sso", "expiry", "budget"),
    *("discovery", "step_model_info", "step_models", "step_model_group_info", "step_health"),
    *("allowed_models", "default_model"),
    *("model_list", "tool_list", "last_refresh", "completion"),
]
KEY_INFO = {"spend": 1.0, "max_budget": 10.0, "expires": None, "models": ["gpt-5.2"], "key_alias": "alice"}


@pytest.fixture
def healthy(fake: FakeProxy) -> FakeProxy:
    """Give a proxy in good health, with one model and a budget."""
    fake.on("GET", "/health/readiness", json_answer({"status": "healthy", "db": "connected"}))
    fake.on("GET", "/public/model_hub/info", json_answer({"litellm_version": "1.106.2"}))
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "gpt-5.2"}]}))
    fake.on("GET", "/key/info", json_answer({"info": KEY_INFO}))
    fake.on_models(model_info("gpt-5.2"))
    return fake


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` with a key in a variable and a shell that has no completion."""
    return Litectl({"LITECTL_BASE_URL": fake.root, "LITECTL_API_KEY": KEY, "SHELL": "/bin/dash"})


def findings_of(result: Result) -> dict[str, Any]:
    """Return the findings of a run with `--json` by name."""
    return {finding["name"]: finding for finding in result.json["findings"]}


def failures_in(findings: dict[str, Any]) -> list[str]:
    """Return the names of those that failed."""
    return [name for name, finding in findings.items() if finding["status"] == "failure"]


def content(home: Path) -> dict[str, tuple[int, float, bytes]]:
    """Return mode, time and content of everything below *home*."""
    return {
        str(path): (path.stat().st_mode, path.stat().st_mtime, path.read_bytes() if path.is_file() else b"")
        for path in home.rglob("*")
    }


def test_all_is_well(litectl: Litectl, healthy: FakeProxy, isolated: Path) -> None:
    """Every finding is there, in order, and ok; the exit code is 0, and nothing was written."""
    result = litectl("doctor", "--json")

    assert (result.code, result.err) == (0, "")
    assert [finding["name"] for finding in result.json["findings"]] == NAMES
    assert {finding["status"] for finding in result.json["findings"]} == {"ok"}
    assert set(result.json) == {"schema_version", "checked_at", "base_url", "findings"}
    assert result.json["base_url"] == healthy.root
    fields = ["name", "status", "detail", "remedy", "code", "exit_code", "seconds"]
    assert all(list(finding) == fields for finding in result.json["findings"])
    assert list(isolated.iterdir()) == []


def test_no_model_is_asked(litectl: Litectl, healthy: FakeProxy) -> None:
    """All requests are reads, and none is `/health`, which calls every model."""
    litectl("doctor")

    assert {request.method for request in healthy.requests} == {"GET"}
    assert "/health" not in {request.path for request in healthy.requests}


def test_in_a_pipe_each_finding_is_a_line(litectl: Litectl, healthy: FakeProxy) -> None:
    """Status, name, detail and remedy; the sum is on stderr."""
    result = litectl("doctor")

    lines = [line.split("\t") for line in result.out.splitlines()]
    assert [line[1] for line in lines] == NAMES
    assert {len(line) for line in lines} == {4}
    assert result.err == f"note: {len(NAMES)} ok\n"
    assert litectl("doctor", "--quiet").err == ""


@pytest.mark.parametrize("width", ["60", "100", "40", "20"])
def test_a_person_sees_what_to_do_beneath_what_is_wrong(
    litectl: Litectl, healthy: FakeProxy, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was skipped for one reason is one line, and the failure to begin with is named."""
    monkeypatch.setenv("COLUMNS", width)
    healthy.on("GET", "/v1/models", error_answer(401, "auth_error", "Invalid key"))

    result = litectl("doctor", terminal=True, variables={"NO_COLOR": "1"})

    words = " ".join(result.out.split())
    assert result.code == 4
    assert "failure key the proxy refused the credential: Invalid key" in words
    assert "-> the credential is from LITECTL_API_KEY: correct it there, or see `litectl whoami`" in words
    assert "skipped 8 more not looked at: `key` failed" in words
    assert result.err.splitlines()[-2].startswith("first failure: key: the proxy refused the credential")
    assert result.err.splitlines()[-1].startswith("hint: the credential is from LITECTL_API_KEY")
    assert "\x1b" not in result.out
    if width != "20":
        assert max(map(len, result.out.splitlines())) <= int(width)


def test_what_is_well_is_a_line_for_each_section(litectl: Litectl, healthy: FakeProxy) -> None:
    """On a terminal, with what tells the most; `-v` shows each, and names what was skipped."""
    no_colour = {"NO_COLOR": "1"}

    folded = litectl("doctor", terminal=True, variables=no_colour)
    verbose = litectl("doctor", "-v", terminal=True, variables=no_colour)
    offline = litectl("doctor", "--offline", "-v", terminal=True, variables=no_colour)

    titles = ["program", "files", "configuration", "network", "proxy", "credential", "models", "lists"]
    lines = [line for line in folded.out.splitlines() if line.startswith("ok")]
    assert [line.split()[1] for line in lines] == [*titles, "completion"]
    assert f"{healthy.root}, from LITECTL_BASE_URL; api_key" in " ".join(folded.out.split())
    assert f"{len(NAMES)} ok; `-v` shows each" in folded.err
    assert [line.split()[1] for line in verbose.out.splitlines() if line.startswith("ok")] == NAMES
    assert "-v" not in verbose.err
    assert "(http_proxy, dns," in " ".join(offline.out.split())


def test_a_command_is_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays whole on one line, however narrow the terminal is, since half of it would be run."""
    monkeypatch.setenv("COLUMNS", "40")
    command = "`mkdir -p ~/somewhere/quite/far/away && cp /there/litectl ~/somewhere/quite/far/away/litectl`"
    screen = Screen({"NO_COLOR": "1"}, terminals="stdout")

    print_page(screen.terminal, [warning("completion", "not there", f"{command}, then open a new shell")])

    assert [line for line in screen.out.splitlines() if "`" in line] == [f"         -> {command},"]


def test_in_a_pipe_the_cause_and_its_remedy_are_last(litectl: Litectl, healthy: FakeProxy) -> None:
    """On stderr, also with `--quiet`; JSON has it all."""
    healthy.on("GET", "/health/readiness", Answer(502, [b"bad"], "text/html"))

    for words in ((), ("--quiet",)):
        last = litectl("doctor", *words).err.splitlines()[-2:]
        assert [line.split(": ")[0] for line in last] == ["first failure", "hint"]
        assert "first failure: answer: " in last[0]
    assert litectl("doctor", "--json").err == ""


def test_each_finding_is_shown_before_the_next_is_looked_for() -> None:
    """Whoever waits sees what has been found; those that are skipped for one reason come together."""
    screen = Screen({"NO_COLOR": "1"}, terminals="stdout")
    seen: list[str] = []

    def findings() -> Iterator[Finding]:
        for each in (ok("dns", "there"), failure("tls", "no", None, ExitCode.NETWORK), ok("last", "end")):
            yield each
            seen.append(screen.out.splitlines()[-1])
            yield from (skipped(f"after_{each.name}_{number}", "not looked at") for number in range(2))

    printed = print_page(screen.terminal, findings())

    assert [line.split()[1] for line in seen] == ["dns", "tls", "last"]
    assert len(printed) == 9
    assert [line.split()[1] for line in screen.out.splitlines()] == ["dns", "2", "tls", "2", "last", "2"]


def test_statuses_have_colour_on_a_terminal(litectl: Litectl, healthy: FakeProxy) -> None:
    """And are words all the same."""
    assert "\x1b[32mok     \x1b[0m" in litectl("doctor", terminal=True).out


@pytest.mark.parametrize(
    ("path", "answer", "name", "code", "word"),
    [
        ("/health/readiness", Answer(502, [b"bad"], "text/html"), "answer", 12, "upstream"),
        ("/health/readiness", Answer(200, [b"<h1>hi</h1>"], "text/html"), "answer", 1, "failed"),
        ("/health/readiness", Answer(302, headers=(("location", "/sso"),)), "answer", 3, "config"),
        ("/health/readiness", Answer(cut=True), "answer", 5, "network"),
        ("/health/readiness", json_answer({"status": "shutting_down"}, 503), "readiness", 12, "upstream"),
        ("/v1/models", error_answer(401, "auth_error", "no"), "key", 4, "auth"),
        ("/v1/models", error_answer(403, "auth_error", "no"), "key", 4, "auth"),
        (
            "/v1/models",
            error_answer(400, "budget_exceeded", "Budget has been exceeded!"),
            "budget",
            9,
            "budget",
        ),
        ("/v1/models", error_answer(429, "throttling_error", "slow down"), "key", 8, "rate_limited"),
        ("/v1/models", Answer(200, [b"<h1>hi</h1>"], "text/html"), "key", 1, "failed"),
        ("/key/info", json_answer({"info": {"spend": 10.5, "max_budget": 10}}), "budget", 9, "budget"),
        ("/model/info", error_answer(429, "throttling_error", "slow down"), "discovery", 8, "rate_limited"),
    ],
)
def test_the_first_failure_is_the_cause_and_gives_the_exit_code(
    litectl: Litectl, healthy: FakeProxy, path: str, answer: Answer, name: str, code: int, word: str
) -> None:
    """Each way in which a proxy is broken has its finding, its class and something to do."""
    healthy.on("GET", path, answer)

    result = litectl("doctor", "--json")

    findings = findings_of(result)
    assert failures_in(findings)[0] == name
    assert (result.code, findings[name]["exit_code"], findings[name]["code"]) == (code, code, word)
    assert findings[name]["remedy"]


@pytest.mark.parametrize(
    ("line", "variables", "name", "code"),
    [
        ("--profile nobody", {}, "profile", 3),
        ("", {"LITECTL_PROFILE": "nobody"}, "profile", 3),
        ("--base-url nonsense", {}, "base_url", 3),
        ("--base-url http://proxy.example.com", {}, "base_url", 3),
        ("--base-url http://localhost:4000/v1/chat/completions", {}, "base_url", 3),
        ("--base-url http://user:hidden-word@localhost:4000", {}, "base_url", 3),
        ("--base-url http://127.0.0.1:1", {}, "connect", 5),
        ("", {"LITELLM_HEADERS": "[1]", "LITECTL_BASE_URL": "", "LITELLM_BASE_URL": "{root}"}, "headers", 3),
        ("--header nonsense", {}, "headers", 2),
        ("--ca-bundle /nowhere/ca.pem --base-url https://localhost:1", {}, "tls_files", 5),
        ("--client-key /nowhere/key.pem", {}, "tls_files", 2),
        ("--api-key-file /nowhere/key", {}, "credential", 2),
        ("", {"LITECTL_API_KEY": "two words"}, "credential", 2),
        ("", {"LITECTL_API_KEY": "", "LITELLM_API_KEY_HELPER": "false"}, "token", 4),
        ("", {"LITECTL_API_KEY": "", "LITELLM_API_KEY_HELPER": "'"}, "token", 2),
    ],
)
def test_a_configuration_that_is_broken_is_a_finding(
    litectl: Litectl, healthy: FakeProxy, line: str, variables: dict[str, str], name: str, code: int
) -> None:
    """Each with its exit code; the rest is looked at as far as that goes, and nothing is raised."""
    given = {key: value.format(root=healthy.root) for key, value in variables.items()}

    result = litectl("doctor", "--json", *shlex.split(line), variables=given)

    findings = findings_of(result)
    assert list(findings) == NAMES
    assert failures_in(findings)[0] == name, findings[name]
    assert (result.code, findings[name]["exit_code"]) == (code, code)
    assert findings[name]["remedy"]
    assert "hidden-word" not in result.out + result.err
    assert (findings["completion"]["status"], findings["last_refresh"]["status"]) == ("ok", "ok")


@pytest.mark.parametrize(
    ("profiles", "words"),
    [
        ((), ("nothing is configured, and the built-in default", "`litectl login`, or set LITECTL_BASE_URL")),
        (("dev",), ("no profile is the default, and", "`litectl profiles use NAME`")),
    ],
)
def test_where_nothing_is_configured_that_is_the_cause(
    litectl: Litectl,
    isolated: Path,
    monkeypatch: pytest.MonkeyPatch,
    profiles: Sequence[str],
    words: tuple[str, str],
) -> None:
    """Nobody answers at the built-in default, which nobody chose."""
    monkeypatch.setattr("litectl.profiles.target.DEFAULT_ROOT", "http://127.0.0.1:1")
    for name in profiles:
        store_profile(isolated, Profile(name, "https://proxy.example.com"))
        store = ProfileStore(profiles_file(isolated), None)
        store.change(lambda profiles: profiles._replace(default_name=None))

    result = litectl("doctor", "--json", variables={"LITECTL_BASE_URL": "", "LITECTL_API_KEY": ""})

    findings = findings_of(result)
    assert (result.code, failures_in(findings)) == (5, ["base_url"])
    assert words[0] in findings["base_url"]["detail"]
    assert findings["base_url"]["remedy"] == words[1]


def test_a_key_with_quotation_marks_around_it_is_named(litectl: Litectl, healthy: FakeProxy) -> None:
    """As of a file of variables that no shell has read; the proxy only says that it is wrong."""
    healthy.on("GET", "/v1/models", error_answer(401, "auth_error", "Invalid key"))

    findings = findings_of(litectl("doctor", "--json", variables={"LITECTL_API_KEY": f'"{KEY}"'}))

    assert findings["credential"]["status"] == "warning"
    for name in ("credential", "key"):
        assert "the key has quotation marks around it" in findings[name]["detail"]
        remedy = "take the quotation marks out of the value of LITECTL_API_KEY"
        assert findings[name]["remedy"] == remedy
        assert KEY not in findings[name]["detail"]


def test_a_key_that_has_ended_is_said_to_have(litectl: Litectl, healthy: FakeProxy) -> None:
    """A new one is to be put where the old one is."""
    told = "Authentication Error - Expired Key. Key Expiry time 2026-11-20 13:37:56+00:00"
    healthy.on("GET", "/v1/models", error_answer(401, "expired_key", told))

    finding = findings_of(litectl("doctor", "--json"))["key"]

    assert (finding["status"], finding["exit_code"]) == ("failure", 4)
    assert finding["detail"] == f"the key from LITECTL_API_KEY has ended: {told}"
    assert finding["remedy"].startswith("ask the operator for a new key")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', '{"version": 1, "profiles": {"a": 1}}'])
def test_a_damaged_file_of_profiles_is_the_cause(
    litectl: Litectl, healthy: FakeProxy, isolated: Path, text: str
) -> None:
    """Nothing is asked of anybody, and the file stays as it is."""
    path = isolated / ".config/litectl/profiles.json"
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text(text)
    path.chmod(0o600)
    before = content(isolated)

    result = litectl("doctor", "--json")

    assert (result.code, failures_in(findings_of(result))) == (3, ["profiles_file"])
    assert content(isolated) == before
    assert healthy.requests == []


def test_a_file_of_profiles_that_others_can_read_is_not_closed(
    litectl: Litectl, healthy: FakeProxy, isolated: Path
) -> None:
    """It is a failure whose remedy does that, and hides no other; every other command would close it."""
    litectl("profiles", "add", "dev", "--base-url", healthy.root)
    path = isolated / ".config/litectl/profiles.json"
    path.chmod(0o644)

    result = litectl("doctor", "--json")

    assert (result.code, failures_in(findings_of(result))) == (3, ["config_directory"])
    assert f"chmod 600 {path}" in findings_of(result)["config_directory"]["remedy"]
    assert findings_of(result)["key"]["status"] == "ok"
    assert path.stat().st_mode & 0o777 == 0o644
    assert litectl("profiles", "list").code == 0
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_the_network_only_what_is_here_is_looked_at(litectl: Litectl, healthy: FakeProxy) -> None:
    """By the option or by the variable, which is named; that is no failure."""
    for words, variables, why in (
        (("--offline",), {}, "--offline"),
        ((), {"LITELLM_OFFLINE": "1"}, "LITELLM_OFFLINE"),
    ):
        result = litectl("doctor", "--json", *words, variables=variables)

        skipped = [each for each in result.json["findings"] if each["status"] == "skipped"]
        assert result.code == 0
        assert [each["name"] for each in skipped] == NAMES[
            NAMES.index("http_proxy") : NAMES.index("default_model")
        ]
        assert {why in each["detail"] for each in skipped} == {True}
        by_variable = findings_of(result)["variables"]["status"] == "warning"
        assert by_variable == bool(variables)
    assert healthy.requests == []


@pytest.mark.parametrize(("ends_in", "status"), [(-60.0, "skipped"), (60.0, "ok")])
def test_a_login_is_not_renewed(
    litectl: Litectl, healthy: FakeProxy, isolated: Path, ends_in: float, status: str
) -> None:
    """A refresh token works once, so looking spends none; one that has ended says what renews it."""
    litectl.variables |= {"LITECTL_API_KEY": "", "LITECTL_BASE_URL": ""}
    store_login(isolated, SingleSignOn(healthy), ends_in=ends_in)
    before = content(isolated)

    result = litectl("doctor", "--json")

    token = findings_of(result)["token"]
    assert (token["status"], token["remedy"] is not None) == (status, status == "skipped")
    assert content(isolated) == before
    assert {request.method for request in healthy.requests} == {"GET"}


def test_the_key_of_a_helper_is_made_and_not_kept(
    litectl: Litectl, healthy: FakeProxy, isolated: Path, tmp_path: Path
) -> None:
    """Whether it can be made is what is looked at; it is run once."""
    runs = tmp_path / "runs"
    script = tmp_path / "helper"
    script.write_text(f"#!/bin/sh\necho run >> {runs}\necho {KEY}\n")
    script.chmod(0o700)
    healthy.on("GET", "/v1/models", error_answer(401, "auth_error", "no"))
    variables = {"LITECTL_API_KEY": "", "LITELLM_API_KEY_HELPER": str(script)}

    result = litectl("doctor", "--json", variables=variables)

    assert (result.code, failures_in(findings_of(result))) == (4, ["key"])
    assert runs.read_text().split() == ["run"]
    assert list(isolated.iterdir()) == []


def test_a_missing_key_says_how_to_log_in(litectl: Litectl, healthy: FakeProxy) -> None:
    """What the proxy offers is asked only then."""
    healthy.on("GET", "/v1/models", error_answer(401, "auth_error", "No api key passed in."))
    healthy.on("GET", "/.well-known/litellm-ui-config", json_answer({"sso_configured": True}))

    result = litectl("doctor", "--json", variables={"LITECTL_API_KEY": "", "OPENAI_API_KEY": KEY})

    findings = findings_of(result)
    assert (result.code, failures_in(findings)) == (4, ["key"])
    assert findings["credential"]["status"] == "warning"
    assert "single sign-on is offered" in findings["sso"]["detail"]
    assert "OPENAI_API_KEY is not sent" in findings["variables"]["detail"]


def test_what_is_set_and_not_used_is_said(litectl: Litectl, healthy: FakeProxy, isolated: Path) -> None:
    """A URL that comes after another, a key that does, and a name that nobody reads."""
    store_profile(isolated, Profile("dev", healthy.root, model="gpt-5.2"))
    variables = {
        "LITELLM_BASE_URL": "https://other.example.com",
        "LITELLM_PROXY_API_KEY": "sk-hidden-other-0002",
        "LITECTL_APIKEY": "sk-hidden-typo-0003",
        "LITECTL_TOKEN": "sk-hidden-typo-0004",
    }

    result = litectl("doctor", "--json", variables=variables)

    finding = findings_of(result)["variables"]
    assert finding["status"] == "warning"
    assert "litectl reads no LITECTL_APIKEY: did you mean LITECTL_API_KEY?" in finding["detail"]
    assert "litectl reads no LITECTL_TOKEN;" in finding["detail"]  # nothing but the prefix looks alike
    assert "LITELLM_BASE_URL is not used: LITECTL_BASE_URL comes first" in finding["detail"]
    assert "LITELLM_PROXY_API_KEY is not used: LITECTL_API_KEY comes first" in finding["detail"]
    assert "unset LITECTL_APIKEY" in finding["remedy"]
    require_clean([result], ["sk-hidden-other-0002", "sk-hidden-typo-0003"])


@pytest.mark.parametrize(
    ("info", "name", "words"),
    [
        ({"spend": 9.5, "max_budget": 10}, "budget", "$0.50 left of $10.00"),
        ({"expires": "2000-01-01T00:00:00Z"}, "expiry", "which is past"),
    ],
)
def test_what_will_not_last_is_a_warning(
    litectl: Litectl, healthy: FakeProxy, info: dict[str, object], name: str, words: str
) -> None:
    """The exit code stays 0."""
    healthy.on("GET", "/key/info", json_answer({"info": info}))

    result = litectl("doctor", "--json")

    finding = findings_of(result)[name]
    assert (result.code, finding["status"]) == (0, "warning")
    assert words in finding["detail"]
    assert finding["remedy"]


def test_a_step_that_failed_is_a_warning_while_there_is_a_list(litectl: Litectl, healthy: FakeProxy) -> None:
    """Each step says how it ended, and took how long."""
    healthy.on("GET", "/model/info", error_answer(500, "internal_error", "broken"))

    findings = findings_of(litectl("doctor", "--json"))

    assert findings["discovery"]["detail"] == "1 model, from models"
    assert findings["step_model_info"]["status"] == "warning"
    assert "broken" in findings["step_model_info"]["detail"]


@pytest.mark.parametrize(("models", "status"), [(["gpt-5.2"], "ok"), (["gpt-5.2", "gone"], "warning")])
def test_what_a_key_names_and_the_proxy_does_not_have_is_a_warning(
    litectl: Litectl, healthy: FakeProxy, models: list[str], status: str
) -> None:
    """Though `/v1/models` repeats whatever the key names."""
    healthy.on("GET", "/key/info", json_answer({"info": {"models": models}}))
    healthy.on("GET", "/v1/models", json_answer({"data": [{"id": name} for name in models]}))
    healthy.on_models({"model_name": "gpt-5.2"})

    findings = findings_of(litectl("doctor", "--json"))

    assert findings["step_models"]["detail"].startswith("/v1/models: added")
    assert findings["allowed_models"]["status"] == status
    assert ("not there: gone" in findings["allowed_models"]["detail"]) == (status == "warning")


def test_the_default_model_is_looked_for_in_the_list(
    litectl: Litectl, healthy: FakeProxy, isolated: Path
) -> None:
    """With who named it: the variable comes before the profile."""
    store_profile(isolated, Profile("dev", healthy.root, model="gpt-5.2"))
    named = findings_of(litectl("doctor", "--json"))["default_model"]
    other = findings_of(litectl("doctor", "--json", variables={"LITECTL_MODEL": "gpt-5.1"}))["default_model"]
    offline = findings_of(litectl("doctor", "--json", "--offline"))["default_model"]

    assert (named["status"], named["detail"]) == ("ok", "gpt-5.2, from profile `dev`")
    assert (other["status"], other["remedy"]) == ("warning", "did you mean `gpt-5.2`?")
    assert other["detail"] == "gpt-5.1, from LITECTL_MODEL, is not listed"
    assert (offline["status"], offline["detail"]) == ("ok", "gpt-5.2, from profile `dev`")


def test_the_lists_that_are_kept_are_found(litectl: Litectl, healthy: FakeProxy, isolated: Path) -> None:
    """How old they are, whether damaged, and how their last refresh failed."""
    assert litectl("models", "refresh").code == 0
    path = next((isolated / ".cache/litectl/catalogs").glob("*.json"))
    kept = findings_of(litectl("doctor", "--json"))["model_list"]
    path.with_suffix(".attempt").write_text("the proxy was away")
    failed = findings_of(litectl("doctor", "--json"))["model_list"]
    path.write_text("{")
    damaged = findings_of(litectl("doctor", "--json"))["model_list"]

    assert (kept["status"], "1 model from model_info" in kept["detail"]) == ("ok", True)
    assert (failed["status"], "the proxy was away" in failed["detail"]) == ("warning", True)
    assert (damaged["status"], "damaged" in damaged["detail"]) == ("warning", True)
    assert "litectl models refresh" in damaged["remedy"]


def test_a_stale_list_is_a_warning(
    litectl: Litectl, healthy: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is fetched anew by the next command that needs it, or now."""
    litectl("models", "refresh")
    later = time.time() + 2 * 24 * 3600
    monkeypatch.setattr("litectl.run.runtime.time.time", lambda: later)

    finding = findings_of(litectl("doctor", "--json"))["model_list"]

    assert (finding["status"], "older than 24 hours" in finding["detail"]) == ("warning", True)


# The report


def test_a_report_is_private_and_never_replaces_a_file(
    litectl: Litectl, healthy: FakeProxy, tmp_path: Path
) -> None:
    """It has the findings, what was set, and the requests."""
    path = tmp_path / "report.json"

    first, second = litectl("doctor", "--bundle", str(path)), litectl("doctor", "--bundle", str(path))

    report = json.loads(path.read_text())
    assert (first.code, second.code) == (0, 2)
    assert "is there already" in second.err
    assert path.stat().st_mode & 0o777 == 0o600
    assert [finding["name"] for finding in report["findings"]] == NAMES
    assert "LITECTL_API_KEY" in report["variables"]
    assert [f"GET {healthy.root}/health/readiness: 200" in line for line in report["requests"]].count(
        True
    ) == 1


def test_the_path_of_a_report_may_be_written_behind_an_equals_sign(
    litectl: Litectl, healthy: FakeProxy, tmp_path: Path
) -> None:
    """As that of any other option; an empty one is an error, as of an unset variable."""
    path = tmp_path / "report.json"

    assert litectl("doctor", f"--bundle={path}").code == 0
    assert json.loads(path.read_text())["base_url"] == healthy.root
    for words in (("--bundle=",), ("--bundle", "")):
        assert litectl("doctor", *words).code == 2


def test_a_report_without_a_name_gets_one_with_the_time(
    litectl: Litectl, healthy: FakeProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the current directory."""
    monkeypatch.chdir(tmp_path)

    assert litectl("doctor", "--bundle", "--json").code == 0

    assert [path.name for path in tmp_path.glob("litectl-doctor-20*T*Z.json")] != []


@pytest.mark.parametrize("path", ["/nowhere/report.json", "/dev/full/x", "x" * 400])
def test_a_report_that_cannot_be_written_is_said_after_the_findings(
    litectl: Litectl, healthy: FakeProxy, path: str
) -> None:
    """What was found is on stdout all the same."""
    result = litectl("doctor", "--bundle", path)

    assert (result.code, len(result.out.splitlines())) == (3, len(NAMES))
    assert "cannot write" in result.err


def test_a_path_without_a_report_is_an_error(litectl: Litectl, healthy: FakeProxy) -> None:
    """Nothing is looked at."""
    result, url = litectl("doctor", "report.json"), litectl("doctor", "http://localhost:4000")

    assert (result.code, result.out) == (url.code, url.out) == (2, "")
    assert "hint: `litectl doctor --bundle report.json`" in result.err
    assert "hint: `litectl doctor --base-url http://localhost:4000`" in url.err


def test_no_secret_is_in_the_findings_nor_in_the_report(
    litectl: Litectl, healthy: FakeProxy, isolated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys, used or not, headers, passwords in URLs and stored logins; the home of the user is `~`."""
    secrets = [f"sk-hidden-canary-{number:04}" for number in range(5)]
    words = ["hidden-header-word", "hidden-url-word", "hidden-proxy-word", "hidden-profile-word"]
    stored = store_login(isolated, SingleSignOn(healthy), ends_in=9000.0)
    profile = Profile("other", "https://other.example.com", headers={"x-team": words[3]})
    store_profile(isolated, profile)
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{words[2]}@10.0.0.1:3128")
    path = tmp_path / "report.json"
    litectl.variables |= {
        "LITECTL_API_KEY": secrets[0],
        "LITELLM_API_KEY": secrets[1],
        "OPENAI_API_KEY": secrets[2],
        "LITELLM_API_KEY_HELPER": f"echo {secrets[3]}",
        "LITELLM_BASE_URL": f"https://user:{words[1]}@other.example.com",
        "LITELLM_HEADERS": json.dumps({"x-secret": words[0]}),
        "LITECTL_PROFILE": "",
    }
    echo = error_answer(401, "auth_error", f"refused {secrets[0]} of {isolated}/x and {'ab12' * 16}")
    healthy.on("GET", "/v1/models", echo)

    results = [
        litectl("doctor", "--json", "--debug", "--bundle", str(path)),
        litectl("doctor", "--debug", "--header", f"x-option: {words[0]}"),
        litectl("doctor", variables={"LITECTL_PROFILE": secrets[4]}),
        litectl("doctor", variables={"LITECTL_BASE_URL": litectl.variables["LITELLM_BASE_URL"]}),
    ]

    hidden = [*secrets, *words, stored["access_token"], stored["refresh_token"], "ab12" * 16]
    report = path.read_text()
    require_clean([*results, Result(0, report, "")], hidden)
    assert str(isolated) not in report
    assert "~/.config/litectl/profiles.json" in report
    assert require_private(isolated, secrets) == set()


@pytest.mark.parametrize(
    "words",
    [
        ("--base-url", "http://localhost:1?token=hidden-word"),
        ("--base-url", "http://localhost:1/#hidden-word"),
        ("--base-url", "http://user:hidden-word@localhost:1"),
        ("--header", "hidden-word"),
        ("--header", "x-team: hidden-word"),
        ("--api-key-file", "hidden-word"),
    ],
)
def test_what_was_typed_wrongly_is_not_in_the_report(
    litectl: Litectl, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Of an option no more is told than what no secret stands in."""
    path = tmp_path / "report.json"

    result = litectl("doctor", "--bundle", str(path), *words)

    require_clean([result, Result(0, path.read_text(), "")], ["hidden-word"])


def test_a_run_without_a_home_goes_through(program: Program, healthy: FakeProxy) -> None:
    """As in a container whose user the system does not know; the variables are enough."""
    program.variables |= {"HOME": "", "XDG_CONFIG_HOME": "", "LITECTL_BASE_URL": healthy.root}

    result = program("doctor", "--json")

    assert result.code in (0, 3)
    assert [finding["name"] for finding in result.json["findings"]] == NAMES
    assert sys.platform != "linux" or findings_of(result)["key"]["status"] == "ok"


def test_it_works_on_a_terminal(program: Program, healthy: FakeProxy) -> None:
    """A real one."""
    program.variables |= {"SHELL": "/bin/dash", "COLUMNS": "80"}

    code, shown = program.on_terminal("doctor")

    assert code == 0
    assert "1 model, from model_info" in shown
    assert f"{len(NAMES)} ok" in shown


def test_a_completion_that_is_missing_is_no_warning_in_a_job(litectl: Litectl, healthy: FakeProxy) -> None:
    """Nobody presses TAB there, so only a person at a terminal is told to install it."""
    seen = [
        "not installed" in result.out and "warning" in result.out
        for result in (
            litectl("doctor", variables={"SHELL": "/bin/bash"}),
            litectl("doctor", variables={"SHELL": "/bin/bash", "CI": "1"}, terminal=True),
            litectl("doctor", variables={"SHELL": "/bin/bash"}, terminal=True),
        )
    ]

    assert seen == [False, False, True]


def test_a_pasted_route_is_named_by_every_command(litectl: Litectl, healthy: FakeProxy) -> None:
    """The proxy only says that there is no such route below it."""
    url = f"{healthy.root}/v1/chat/completions"
    hint = f"hint: the URL ends with the route `/v1/chat/completions`: give {healthy.root}\n"
    for words in (("models", "refresh"), ("whoami",), ("ask", "-m", "gpt-5.2", "-p", "hi")):
        assert litectl(*words, "--base-url", url, "--timeout", "5").err.endswith(hint), words


def test_a_pasted_route_of_mcp_is_named(litectl: Litectl, fake: FakeProxy) -> None:
    """What answers there wants to be asked in another way, and says so with a status of its own."""
    error = {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Not Acceptable: wants an event stream"}}
    fake.on("GET", "/mcp/v1/models", json_answer(error, 406))

    result = litectl("api", "/v1/models", "--base-url", f"{fake.root}/mcp")

    assert result.code == 1
    assert result.err.endswith(f"hint: the URL ends with the route `/mcp`: give {fake.root}\n")
