"""`litectl smoke`: which checks are run, what is sent for them, and how it ends."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, Request, error_answer, json_answer, model_info
from litectl.actions.smoke import testing as smoke_testing
from litectl.errors import LitectlError, PartialError
from litectl.mcp.listing import PATH as TOOLS
from litectl.mcp.listing import SERVERS_PATH
from litectl.signals import raise_on_signals
from litectl.smoke.check import Check, failed, passed, skipped
from litectl.smoke.report import Report
from litectl.wire.certificate import Certificate
from litectl.wire.health import LIVELINESS, READINESS
from program import Litectl, Result
from smoke_stand_ins import Stage, install

READY = json_answer({"status": "healthy", "db": "Not connected"})
NO_DATABASE = json_answer({"detail": {"error": "DB not connected. Set DATABASE_URL"}}, 500)
PLUGINS, SKILLS = "/claude-code/plugins", "/v1/skills"
UNBILLED = {LIVELINESS, READINESS, "/v1/models", "/model/info", "/model_group/info", TOOLS, PLUGINS, SKILLS}
NOTHING_MORE = "error: no check passed"


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Put stand-ins in the place of reports and questions."""
    return install(monkeypatch)


@pytest.fixture
def healthy(fake: FakeProxy, stage: Stage) -> FakeProxy:
    """Give a proxy that works, with three models, and neither servers nor skills."""
    fake.on("GET", LIVELINESS, json_answer("I'm alive!"))
    fake.on("GET", READINESS, READY)
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "gpt-5.2"}]}))
    fake.on_models(model_info("gpt-5.2"), model_info("mini"), model_info("embedder", mode="embedding"))
    fake.on("GET", PLUGINS, NO_DATABASE)
    fake.on_chat(lambda request: json_answer({"text": f"I am {request.json['model']}"}))
    assert not stage.backends
    return fake


def asked(fake: FakeProxy) -> list[str]:
    """Return the models that *fake* was asked for, sorted."""
    return sorted(request.json["model"] for request in fake.requests if request.method == "POST")


def verdicts(result: Result) -> dict[str, str]:
    """Return the verdicts that were printed, by the check."""
    lines = [line.partition(": ")[0] for line in result.out.splitlines() if ": " in line]
    return {name: verdict for verdict, _, name in (line.partition(" ") for line in lines)}


def test_by_default_no_model_is_reached(litectl: Litectl, healthy: FakeProxy) -> None:
    """What is sent is read-only, and none of it is passed on to a provider."""
    result = litectl("smoke")

    assert (result.code, result.err) == (0, "")
    assert verdicts(result) == {
        "reachable": "passed",
        "tls": "skipped",
        "readiness": "passed",
        "credential": "passed",
        "discovery": "passed",
        "mcp": "skipped",
        "skills": "skipped",
    }
    assert result.out.splitlines()[-1] == "complete"
    assert {request.method for request in healthy.requests} == {"GET"}
    assert {request.path.partition("?")[0] for request in healthy.requests} <= UNBILLED
    assert not [request for request in healthy.requests if "custom_llm_provider=anthropic" in request.path]


def test_health_is_asked_without_the_key(litectl: Litectl, healthy: FakeProxy) -> None:
    """Whether the proxy answers does not depend on who asks."""
    litectl("smoke", "--only", "readiness")

    assert [(request.path, "authorization" in request.headers) for request in healthy.requests] == [
        (LIVELINESS, False),
        (READINESS, False),
    ]


def test_the_list_is_fetched_anew_and_kept(litectl: Litectl, healthy: FakeProxy) -> None:
    """A cached list says nothing of the proxy; the fresh one is there for the next command."""
    litectl("models", "list")
    healthy.on_models(model_info("new"))
    result = litectl("smoke")

    requests = len(healthy.requests)
    assert "passed discovery: 1 model, from model_info" in result.out
    assert litectl("models", "list", "--columns", "name").out == "new\n"
    assert len(healthy.requests) == requests


def test_a_list_that_cannot_be_kept_is_no_failure(
    litectl: Litectl, healthy: FakeProxy, isolated: Path
) -> None:
    """A container may have no home to write to."""
    assert healthy.root
    (isolated / "file").touch()
    result = litectl("smoke", variables={"HOME": str(isolated / "file")})

    assert (result.code, verdicts(result)["discovery"]) == (0, "passed")


# Gates


def refuse(answer: Answer) -> Callable[[FakeProxy], None]:
    """Return what has a proxy answer the credential with *answer*."""
    return lambda fake: fake.on("GET", "/v1/models", answer)


@pytest.mark.parametrize(
    ("arguments", "break_it", "gate", "code", "word"),
    [
        ([], lambda fake: fake.on("GET", LIVELINESS, Answer(503, [b"no"])), "reachable", 12, "upstream"),
        ([], refuse(error_answer(401, "auth_error", "no")), "credential", 4, "auth"),
        ([], refuse(json_answer({"hello": "world"})), "credential", 1, "failed"),
        ([], lambda fake: fake.on("GET", "/model/info", json_answer({})), "discovery", 12, "upstream"),
        (["--models", "gtp"], lambda _: None, "models", 6, "not_found"),
        (["--prompt", "--mode", "rerank"], lambda _: None, "models", 6, "not_found"),
        (["--offline"], lambda _: None, "reachable", 3, "config"),
    ],
)
def test_after_a_gate_nothing_is_run(
    litectl: Litectl,
    healthy: FakeProxy,
    arguments: Sequence[str],
    break_it: Callable[[FakeProxy], None],
    gate: str,
    code: int,
    word: str,
) -> None:
    """The exit code is that of its error, and the rest is skipped and says why."""
    if gate == "discovery":
        answers = iter([json_answer({"data": []})])
        failing = json_answer({"error": {"message": "broken"}}, 500)
        healthy.on("GET", "/v1/models", lambda _: next(answers, failing))
        healthy.on("GET", "/model/info", failing)
    else:
        break_it(healthy)
    result = litectl("smoke", *arguments, "--json")

    found = verdicts(result)
    names = list(found)
    after = [line for line in result.out.splitlines() if line.endswith(f"not run: `{gate}` failed")]
    assert (result.code, result.error["code"], result.error["exit_code"]) == (code, word, code)
    assert found[gate] == "failed"
    assert len(after) == len(names) - names.index(gate) - 1
    assert asked(healthy) == []


OVER_BUDGET = error_answer(400, "budget_exceeded", "Budget has been exceeded! Key=k")
OPERATOR = "ask the operator of the proxy to raise the budget"
USED_UP = {"max_budget": 1.0, "spend": 1.5, "budget_reset_at": "2026-12-01T00:00:00Z"}


@pytest.fixture
def poor(healthy: FakeProxy) -> FakeProxy:
    """Give a proxy where the budget of the key is used up."""
    for path in ("/v1/models", TOOLS, PLUGINS, SKILLS):
        healthy.on("GET", path, OVER_BUDGET)
    healthy.on("GET", "/key/info", json_answer({"info": USED_UP}))
    return healthy


def test_a_budget_that_is_used_up_is_one_warning(litectl: Litectl, poor: FakeProxy) -> None:
    """The other checks do not fail for it: they say nothing then."""
    result = litectl("smoke")

    found = verdicts(result)
    assert (result.code, found["credential"], found["discovery"]) == (0, "warning", "passed")
    assert (found["mcp"], found["skills"]) == ("skipped", "skipped")
    assert result.out.count("not checked: the budget is used up") == 2
    assert poor.requests


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        (USED_UP, f"wait for its reset on 2026-12-01 00:00 UTC, or {OPERATOR}"),
        (USED_UP | {"spend": 0.5}, OPERATOR),  # it is the budget of a team or user
        (USED_UP | {"budget_reset_at": None}, OPERATOR),
        ({}, OPERATOR),
    ],
)
@pytest.mark.parametrize("option", ["--prompt", "--strict"])
def test_who_is_to_pay_needs_a_budget(
    litectl: Litectl, poor: FakeProxy, key: dict[str, object], hint: str, option: str
) -> None:
    """Where models are to be asked that is what ends the run, and the hint says until when."""
    poor.on("GET", "/key/info", json_answer({"info": key}))
    result = litectl("smoke", option)

    found = verdicts(result)
    assert (result.code, found["credential"], found["discovery"]) == (9, "failed", "skipped")
    assert result.err == f"error: budget exceeded: Key=k\nhint: {hint}\n"
    assert asked(poor) == []


def test_nobody_listens(litectl: Litectl, stage: Stage) -> None:
    """A proxy that is down is exit 5, and every other check was not run."""
    assert not stage.backends
    result = litectl("smoke", "--base-url", "http://127.0.0.1:1")

    assert (result.code, set(verdicts(result).values())) == (5, {"failed", "skipped"})
    assert result.err.startswith("error: cannot connect to http://127.0.0.1:1")


def test_what_fails_beside_the_gates_is_exit_7(litectl: Litectl, healthy: FakeProxy) -> None:
    """The rest is run, and the error names what failed."""
    healthy.on("GET", READINESS, json_answer({"status": "unhealthy"}))
    result = litectl("smoke", "--require", "gpt-5.2", "--require", "gpt-5", "--expect-source", "models")

    found = verdicts(result)
    assert (result.code, found["skills"]) == (7, "skipped")
    assert (found["required gpt-5.2"], found["required gpt-5"], found["source"]) == (
        "passed",
        "failed",
        "failed",
    )
    assert result.err == (
        "error: 3 of 10 checks failed: readiness, source, required gpt-5\n"
        "hint: each says what to do; `litectl doctor` looks closer\n"
    )


def test_a_warning_is_a_failure_where_it_is_strict(litectl: Litectl, healthy: FakeProxy) -> None:
    """A list without models is doubtful; whoever is strict does not go on."""
    healthy.on_models()
    healthy.on("GET", "/v1/models", json_answer({"data": []}))
    relaxed, strict = litectl("smoke"), litectl("smoke", "--strict")

    assert (relaxed.code, verdicts(relaxed)["discovery"]) == (0, "warning")
    assert (strict.code, verdicts(strict)["discovery"], verdicts(strict)["skills"]) == (
        6,
        "failed",
        "skipped",
    )


@pytest.mark.parametrize("name", ["mcp", "skills", "tls"])
def test_a_check_can_be_left_out(litectl: Litectl, healthy: FakeProxy, name: str) -> None:
    """It is not planned, and what it would have sent is not sent."""
    result = litectl("smoke", "--skip", name)

    assert name not in verdicts(result)
    assert result.code == 0
    paths = {request.path.partition("?")[0] for request in healthy.requests}
    assert {"mcp": TOOLS, "skills": PLUGINS, "tls": ""}[name] not in paths


def test_each_server_is_a_check_in_the_place_of_the_list(litectl: Litectl, healthy: FakeProxy) -> None:
    """A header that the caller gave goes along, and a server that refuses it fails."""
    outcomes = {
        "dead": {"status": "unreachable"},
        "fine": {"status": "ok", "tool_count": 2},
        "guarded": {"status": "auth_required", "http_status": 401},
    }
    healthy.on(
        "GET", TOOLS, json_answer({"tools": [], "error": None, "server_outcomes": outcomes} | {"tools": []})
    )
    healthy.on("GET", SERVERS_PATH, json_answer([]))
    relaxed = litectl("smoke", "--only", "mcp")
    given = litectl(
        "smoke", "--only", "mcp", "--server-header", "guarded: Authorization: Bearer t0p-s3cret-t0ken"
    )

    assert verdicts(relaxed) == {
        "reachable": "passed",
        "credential": "passed",
        "mcp dead": "failed",
        "mcp fine": "passed",
        "mcp guarded": "warning",
    }
    assert verdicts(given)["mcp guarded"] == "failed"
    sent = [request.headers for request in healthy.requests if request.path == TOOLS]
    assert [headers.get("x-mcp-guarded-authorization") for headers in sent] == [
        None,
        "Bearer t0p-s3cret-t0ken",
    ]


@pytest.mark.parametrize(
    ("arguments", "expected", "code", "said"),
    [
        (["--skip", "mcp Dead"], {"dead": "skipped", "fine": "passed"}, 0, ""),
        (["--skip", "mcp dead,mcp fine"], {"dead": "skipped", "fine": "skipped"}, 0, ""),
        (["--only", "mcp fine"], {"fine": "passed"}, 0, ""),
        (["--only", "mcp, mcp fine"], {"dead": "failed", "fine": "passed"}, 7, ""),
        (["--only", "mcp find"], {"find": "failed"}, 7, ""),
        (
            ["--skip", "mcp dead\nmcp gone"],
            {"dead": "skipped", "fine": "passed"},
            0,
            "note: `--skip` names an MCP server that the proxy does not list: gone\n",
        ),
    ],
)
def test_one_server_can_be_left_out(
    litectl: Litectl,
    healthy: FakeProxy,
    arguments: Sequence[str],
    expected: dict[str, str],
    code: int,
    said: str,
) -> None:
    """A check is named as the report names it; one that is left out stays there, and says so."""
    outcomes = {"dead": {"status": "unreachable"}, "fine": {"status": "ok", "tool_count": 2}}
    healthy.on("GET", TOOLS, json_answer({"tools": [], "error": None, "server_outcomes": outcomes}))
    healthy.on("GET", SERVERS_PATH, json_answer([]))
    result = litectl("smoke", *arguments)

    found = {name[4:]: verdict for name, verdict in verdicts(result).items() if name.startswith("mcp")}
    assert (result.code, found) == (code, expected)
    assert ("skipped mcp dead: left out by `--skip`" in result.out) == ("skipped" in expected.values())
    assert result.err.startswith(said or ("error" if code else ""))


def test_the_certificate_of_an_https_proxy_is_looked_at(
    litectl: Litectl, healthy: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The root and the limit of the run go along; one that ends soon is a warning."""
    looked: list[tuple[str, float]] = []

    def served(root: str, _tls: object, *, seconds: float) -> Certificate:
        looked.append((root, seconds))
        return Certificate("proxy.test", "Test CA", 0.0, "TLSv1.3")

    monkeypatch.setattr("litectl.wire.certificate.served_certificate", served)
    monkeypatch.setattr("litectl.smoke.proxychecks.reachable", lambda _proxy, *, seconds: f"{seconds:g}")
    assert healthy.root
    result = litectl("smoke", "--only", "tls", "--timeout", "7", "--base-url", "https://127.0.0.1:1")

    assert (result.code, verdicts(result)["tls"]) == (0, "warning")
    assert looked == [("https://127.0.0.1:1", 7.0)]


# Models


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--prompt"], ["embedder", "gpt-5.2", "mini"]),
        (["--stream"], ["embedder", "gpt-5.2", "mini"]),
        (["--prompt", "--models", "gpt-*,mi?i"], ["gpt-5.2", "mini"]),
        (["--prompt", "--models", "gpt-*", "--models", "embedder"], ["embedder", "gpt-5.2"]),
        (["--prompt", "--mode", "embedding"], ["embedder"]),
        (["--repeat", "2", "--models", "mini"], ["mini"]),
        (["--max-ttft", "5", "--models", "mini"], ["mini"]),
        (["--max-time", "5", "--models", "mini"], ["mini"]),
        (["--params", "--models", "mini"], ["mini"]),
        (["--tools", "--models", "mini"], ["mini"]),
        (["--vision", "--models", "mini"], ["mini"]),
        (["--models", "mini"], []),
        (["--mode", "chat", "--sample", "1"], []),
        (["--concurrency", "3"], []),
    ],
)
def test_only_what_is_marked_as_billed_asks_models(
    litectl: Litectl, healthy: FakeProxy, arguments: Sequence[str], expected: Sequence[str]
) -> None:
    """Each of these options implies `--prompt`; those that only select say what they select."""
    result = litectl("smoke", *arguments)

    assert (result.code, asked(healthy)) == (0, expected)
    assert sum(name.startswith("answers ") for name in verdicts(result)) == len(expected)


def test_what_is_wished_reaches_the_checks_of_models(
    litectl: Litectl, healthy: FakeProxy, stage: Stage
) -> None:
    """No model keeps another one from being asked, also where there is one only."""
    litectl("smoke", "--max-ttft", "2", "--max-cost", "0.5", "--repeat", "3", "--models", "mini")
    litectl("smoke", "--prompt", "--timeout", "9")

    one, all_ = stage.wishes
    assert (one.repeat, one.max_ttft, one.seconds, one.gates) == (3, 2.0, 60.0, False)
    assert (all_.stream, all_.params, all_.tools, all_.vision, all_.repeat) == (False, False, False, False, 1)
    assert (all_.seconds, all_.gates) == (9.0, False)
    assert [purse.limit for purse in stage.purses] == [0.5, None]
    backend = stage.backends[0]
    assert backend.model is not None
    assert (backend.name, backend.deployments[0]["backend"]) == ("mini", "openai/mini")
    assert healthy.requests


def test_how_many_requests_that_is_is_said_before(litectl: Litectl, healthy: FakeProxy) -> None:
    """A pipe is never asked; `--quiet` says nothing."""
    said = litectl("smoke", "--prompt", "--max-cost", "0.5")
    quiet = litectl("smoke", "--prompt", "--quiet")

    assert said.err == "sending at most 3 billed requests to 3 models, for at most $0.50\n"
    assert (said.code, quiet.code, quiet.err) == (0, 0, "")
    assert len(asked(healthy)) == 6


@pytest.mark.parametrize(
    ("arguments", "typed", "variables", "question", "count"),
    [
        ([], b"y\n", {}, True, 3),
        ([], b"n\n", {}, True, 0),
        ([], b"\n", {}, True, 0),
        (["--yes"], b"", {}, False, 3),
        (["--no-input"], b"", {}, False, 3),
        ([], b"", {"CI": "true"}, False, 3),
    ],
)
def test_a_person_is_asked_first(
    litectl: Litectl,
    healthy: FakeProxy,
    arguments: Sequence[str],
    typed: bytes,
    variables: dict[str, str],
    question: bool,
    count: int,
) -> None:
    """On a terminal nothing is billed before somebody agrees; without a person it goes on."""
    result = litectl("smoke", "--prompt", *arguments, stdin=typed, terminal=True, variables=variables)

    asks = "send at most 3 billed requests to 3 models? [y/N]"
    assert (result.code, len(asked(healthy)), asks in result.err) == (0, count, question)
    assert ("skipped answers mini: not sent: nobody agreed" in result.out) == (count == 0)


def test_the_seed_of_a_sample_is_said(litectl: Litectl, healthy: FakeProxy) -> None:
    """With it the same models are asked again."""
    first = litectl("smoke", "--prompt", "--sample", "2")
    line = next(line for line in first.out.splitlines() if line.startswith("passed models: "))
    before = asked(healthy)
    healthy.requests.clear()
    seed = line.partition("`--seed ")[2].rstrip("`")
    second = litectl("smoke", "--prompt", "--sample", "2", "--seed", seed)

    assert len(before) == 2
    assert line in second.out.splitlines()
    assert asked(healthy) == before


def test_a_model_that_fails_does_not_keep_the_others_from_being_asked(
    litectl: Litectl, healthy: FakeProxy
) -> None:
    """That is exit 7, also where it is the only one."""

    def answer(request: Request) -> Answer:
        if request.json["model"] == "mini":
            return error_answer(429, "throttling_error", "slow down")
        return json_answer({"text": "fine"})

    healthy.on_chat(answer)
    many, one = litectl("smoke", "--prompt"), litectl("smoke", "--prompt", "--models", "mini")

    assert (many.code, one.code) == (7, 7)
    assert verdicts(many)["answers mini"] == "failed"
    assert verdicts(many)["answers gpt-5.2"] == "passed"


# The options


@pytest.mark.parametrize(
    "arguments",
    [
        ["--concurrency", "0"],
        ["--concurrency", "65"],
        ["--repeat", "0"],
        ["--repeat", "-1"],
        ["--repeat", "100000"],
        ["--sample", "0"],
        *(
            [option, number]
            for option in ("--max-cost", "--max-ttft", "--max-time", "--wait")
            for number in ("0", "-1", "nan", "inf", "x", "")
        ),
        ["--timeout", "nan"],
        ["--seed", "1"],
        ["--models", " , "],
        ["--require", " "],
        ["--expect-source", "health"],
        ["--only", "everything"],
        ["--skip", "answers"],
        ["--only", "mcp", "--skip", "mcp"],
        ["--prompt", "--skip", "models"],
        ["--max-cost", "1"],
        ["--max-cost", "1", "--models", "gpt-5.2"],
    ],
)
def test_what_no_option_can_mean_is_refused_before_anything_is_sent(
    litectl: Litectl, healthy: FakeProxy, arguments: Sequence[str]
) -> None:
    """It is exit 2, with a hint, and no request."""
    result = litectl("smoke", *arguments)

    assert (result.code, result.out, healthy.requests) == (2, "", [])
    assert [line.partition(":")[0] for line in result.err.splitlines()] == ["error", "hint"]


def test_a_text_after_prompt_is_refused(litectl: Litectl, healthy: FakeProxy) -> None:
    """The questions are fixed; it is said where a text and where models belong."""
    result = litectl("smoke", "--prompt", "gpt-5.2")

    assert (result.code, result.out, healthy.requests) == (2, "", [])
    error, hint = result.err.splitlines()
    assert error == "error: `litectl smoke` takes no argument: gpt-5.2"
    assert "--models NAME,NAME" in hint
    assert "litectl ask" in hint


def test_the_names_of_checks_are_in_the_hint(litectl: Litectl, stage: Stage) -> None:
    """Whoever mistypes one sees them all."""
    assert not stage.backends
    result = litectl("smoke", "--skip", "mpc")

    assert result.err == (
        "error: unknown check: mpc\nhint: the checks are reachable, tls, readiness, credential, "
        "discovery, source, required, mcp, skills, models, or `mcp NAME` for one server\n"
    )


# Waiting, and the end


def test_a_proxy_that_has_just_been_started_is_waited_for(litectl: Litectl, healthy: FakeProxy) -> None:
    """Only when it is ready the checks are run, as usual."""
    states = iter([json_answer({"detail": "starting"}, 503)])
    healthy.on("GET", READINESS, lambda _: next(states, READY))
    result = litectl("smoke", "--only", "readiness", "--wait", "30")

    assert (result.code, verdicts(result)["readiness"]) == (0, "passed")
    assert [request.path for request in healthy.requests] == [READINESS, READINESS, LIVELINESS, READINESS]
    assert result.err == f"waiting for {healthy.root}\n"


def test_who_waits_in_vain_is_told_by_the_checks(litectl: Litectl, stage: Stage) -> None:
    """When the time is over they are run as usual, and say what is wrong."""
    assert not stage.backends
    result = litectl("smoke", "--wait", "0.01", "--base-url", "http://127.0.0.1:1")

    assert (result.code, verdicts(result)["reachable"]) == (5, "failed")
    waiting, error, *_ = result.err.splitlines()
    assert waiting == "waiting for http://127.0.0.1:1"
    assert error.endswith(", also after 0.01 s of `--wait`")


def test_a_proxy_that_is_ready_is_not_waited_for(litectl: Litectl, healthy: FakeProxy) -> None:
    """Nothing is said of waiting then."""
    result = litectl("smoke", "--only", "readiness", "--wait", "30")

    assert (result.code, result.err) == (0, "")
    assert [request.path for request in healthy.requests].count(READINESS) == 2


def test_waiting_is_no_use_offline(litectl: Litectl, healthy: FakeProxy) -> None:
    """The checks say so at once."""
    result = litectl("smoke", "--wait", "1000", "--offline")

    assert (result.code, healthy.requests, verdicts(result)["reachable"]) == (3, [], "failed")


@pytest.fixture
def signals() -> Iterator[None]:
    """Let signals end the run, and give the process its own handlers back."""
    saved = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    raise_on_signals()
    yield
    for number, handler in saved.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_reports_what_it_found(
    litectl: Litectl, healthy: FakeProxy, number: int, code: int
) -> None:
    """What was not run is named, the request under way is broken off, and no other one is sent."""
    hangs, never = threading.Event(), threading.Event()

    def answer(request: Request) -> Answer:
        if request.json["model"] == "embedder":
            return json_answer({"text": "quick"})
        hangs.set()
        return Answer(pieces=[never, b"{}"])

    def interrupt() -> None:
        if hangs.wait(20):
            signal.pthread_kill(threading.main_thread().ident or 0, number)

    healthy.on_chat(answer)
    watch = threading.Thread(target=interrupt)
    watch.start()
    result = litectl("smoke", "--prompt", "--concurrency", "1")
    watch.join(20)
    never.set()

    assert result.code == code
    assert verdicts(result)["answers embedder"] == "passed"
    assert result.out.splitlines()[-5:] == [
        *("pending answers gpt-5.2", "pending usage gpt-5.2", "pending answers mini", "pending usage mini"),
        "incomplete",
    ]
    assert asked(healthy) == ["embedder", "gpt-5.2"]


def test_a_bug_in_a_thread_is_reported_after_what_was_found(litectl: Litectl, healthy: FakeProxy) -> None:
    """It must not vanish with its thread: exit 70."""
    healthy.on_chat(json_answer({"another": "text"}))
    result = litectl("smoke", "--prompt", "--models", "mini")

    assert result.code == 70
    assert result.out.splitlines()[-3:] == ["pending answers mini", "pending usage mini", "incomplete"]
    assert result.err.splitlines()[-2].startswith("error: unexpected KeyError: 'text'")


def test_a_report_that_cannot_be_finished_does_not_hide_the_end(
    litectl: Litectl, healthy: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ended the run is what is said."""

    def refuse_to(*_: object) -> None:
        raise LitectlError("the disk is full")

    monkeypatch.setattr("smoke_stand_ins.Reporting.finish", refuse_to)
    healthy.on_chat(json_answer({"another": "text"}))

    assert litectl("smoke", "--prompt").code == 70
    assert litectl("smoke").code == 1


# What a report amounts to


def report_of(*verdicts_: str) -> Report:
    """Return a report with a check for each of *verdicts_*."""
    report = Report("http://proxy.test", 0.0)
    error = PartialError("broken")
    for number, verdict in enumerate(verdicts_):
        check = Check(f"check{number}")
        ways = {
            "passed": passed(check, "fine", 0.1),
            "failed": failed(check, error, 0.1),
            "skipped": skipped(check, "not here"),
        }
        report.add(ways[verdict])
    return report


def test_a_run_in_which_nothing_was_checked_is_no_success() -> None:
    """Checks that were skipped are no passes."""
    with pytest.raises(LitectlError, match="no check passed") as caught:
        smoke_testing.require_success(report_of("skipped", "skipped"))

    assert caught.value.exit_code == 1
    smoke_testing.require_success(report_of("passed", "skipped"))


def test_many_failures_are_named_by_the_first_of_them() -> None:
    """One line stays one line."""
    with pytest.raises(PartialError) as caught:
        smoke_testing.require_success(report_of("passed", *["failed"] * 7))

    assert caught.value.message == ("7 of 8 checks failed: check1, check2, check3, check4, check5 and 2 more")
