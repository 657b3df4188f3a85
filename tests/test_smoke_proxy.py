"""The checks of a smoke run that reach no model, each against what a proxy may answer."""

import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer
from litectl.catalog.catalog import Catalog
from litectl.catalog.discovery import FAILED as STEP_FAILED
from litectl.catalog.discovery import Discovery, Outcome
from litectl.catalog.rows import Model
from litectl.errors import ConfigError, LitectlError, NotFoundError, UpstreamError, UsageError
from litectl.mcp.servers import Server
from litectl.mcp.tools import Outcome as ServerOutcome
from litectl.mcp.tools import ToolList
from litectl.smoke import steps
from litectl.smoke.check import Check, Result
from litectl.smoke.finding import Absent, Finding, ended
from litectl.smoke.listchecks import discovered, from_source, required, servers_answer, skills_answer
from litectl.smoke.proxychecks import certificate, credential, reachable, readiness, wait_until_ready
from litectl.smoke.report import Report
from litectl.smoke.selection import Selection, named, patterns_in, selected
from litectl.wire.certificate import Certificate
from litectl.wire.health import LIVELINESS, READINESS
from litectl.wire.proxy import Proxy

ALIVE = json_answer("I'm alive!")
READY = json_answer({"status": "healthy", "db": "connected"})
PAGE = Answer(404, [b"<h1>Not here</h1>"], content_type="text/html")
NO_DATABASE = json_answer({"detail": {"error": "DB not connected. Set DATABASE_URL"}}, 500)
NO_CLIENT = error_answer(500, "internal_server_error", "Prisma client is not initialized.")
FORBIDDEN = json_answer({"detail": {"error": "not allowed"}}, 403)
PLUGINS, SKILLS = "/claude-code/plugins", "/v1/skills"
NO_SKILLS = {PLUGINS: json_answer({"plugins": []}), SKILLS: json_answer({"data": [], "has_more": False})}
MCP = Check("mcp")
DAY = 24 * 3600.0


def seen(result: Result) -> tuple[str, str]:
    """Return verdict and detail of *result*."""
    return result.verdict, result.detail


# Of the proxy itself


@pytest.mark.parametrize(
    ("answer", "verdict", "detail"),
    [
        (ALIVE, "passed", "ROOT answers"),
        (PAGE, "passed", f"ROOT answers, with HTTP 404 to {LIVELINESS}"),
        (FORBIDDEN, "passed", f"ROOT answers, with HTTP 403 to {LIVELINESS}"),
        (Answer(200, [b"<html>"], content_type="text/html"), "passed", "ROOT answers"),
        (Answer(502, [b"<h1>Bad Gateway</h1>"], content_type="text/html"), "failed", "Bad Gateway"),
        (Answer(500, [b"Internal Server Error"], content_type="text/plain"), "failed", "failed (500)"),
        (Answer(302, headers=(("location", "https://other.test/"),)), "failed", "redirects to"),
        (Answer(200, [b"x"], cut=True), "failed", "ROOT"),
    ],
)
def test_who_answers_is_reachable(fake: FakeProxy, answer: Answer, verdict: str, detail: str) -> None:
    """A gateway may hide the route and refuse; it fails where the proxy is not behind what answers."""
    fake.on("GET", LIVELINESS, answer)

    with Proxy(fake.root) as proxy:
        result = ended(Check("reachable"), lambda: reachable(proxy, seconds=10))

    assert result.verdict == verdict
    assert detail.replace("ROOT", fake.root) in result.detail
    assert (result.error is None) == (verdict == "passed")


@pytest.mark.parametrize(
    ("answer", "verdict", "detail"),
    [
        (READY, "passed", "healthy, database: connected"),
        (
            json_answer({"status": "healthy", "db": "Not connected"}),
            "passed",
            "healthy, database: not connected",
        ),
        (json_answer({"status": "connected"}), "passed", "connected"),
        (json_answer({"status": "unhealthy"}), "failed", "the proxy calls itself unhealthy"),
        (json_answer({"status": ["healthy"]}), "failed", "the proxy does not say that it is ready"),
        (json_answer([]), "failed", "the proxy does not say that it is ready"),
        (json_answer({"detail": "starting"}, 503), "failed", "starting"),
        (PAGE, "skipped", f"the proxy does not tell: HTTP 404 to {READINESS}"),
        (Answer(200, [b"<html>"], content_type="text/html"), "failed", "not a LiteLLM proxy's"),
    ],
)
def test_readiness_is_what_the_proxy_says(fake: FakeProxy, answer: Answer, verdict: str, detail: str) -> None:
    """Whether there is a database is told; a proxy that does not tell is not taken for ready."""
    fake.on("GET", READINESS, answer)

    with Proxy(fake.root) as proxy:
        result = ended(Check("readiness"), lambda: readiness(proxy, seconds=10))

    assert result.verdict == verdict
    assert detail in result.detail


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (14, "TLSv1.3, proxy.test, signed by Test CA, until 1970-01-15"),
        (13.5, "the certificate ends in 13 days, on 1970-01-14"),
        (1, "the certificate ends in 1 day, on 1970-01-02"),
        (0.5, "the certificate ends within a day, on 1970-01-01"),
    ],
)
def test_a_certificate_that_ends_soon_is_a_warning(days: float, expected: str) -> None:
    """Two weeks are left to renew it; who it is of is told."""
    found = certificate(Certificate("proxy.test", "Test CA", days * DAY, "TLSv1.3"), now=0.0)

    assert expected == (found.message if isinstance(found, LitectlError) else found)
    assert isinstance(found, LitectlError) == (days < 14)


def test_a_certificate_that_cannot_be_seen_is_no_pass() -> None:
    """Behind an HTTP proxy it is another one's."""
    assert isinstance(certificate(None, now=0.0), Absent)


@pytest.mark.parametrize(
    ("answer", "verdict", "detail"),
    [
        (json_answer({"data": []}), "passed", "accepted, from LITECTL_API_KEY"),
        (error_answer(400, "budget_exceeded", "Budget has been exceeded!"), "warning", "udget"),
        (error_answer(401, "auth_error", "Invalid key"), "failed", "the proxy asks for one"),
        (json_answer({"hello": "world"}), "failed", "not as a LiteLLM proxy"),
        (PAGE, "failed", "no such route"),
    ],
)
def test_a_credential_is_accepted_or_not(fake: FakeProxy, answer: Answer, verdict: str, detail: str) -> None:
    """A budget that is used up is no fault of the credential."""
    fake.on("GET", "/v1/models", answer)

    with Proxy(fake.root) as proxy:
        result = ended(Check("credential"), lambda: credential(proxy, "LITECTL_API_KEY", seconds=10))

    assert result.verdict == verdict
    assert detail in result.detail


# Waiting


def test_a_proxy_that_comes_up_late_is_waited_for() -> None:
    """It is asked again until it is ready: at first nobody listens, then it is starting."""
    states = iter([json_answer({"detail": "starting"}, 503), READY])
    pauses: list[float] = []
    with ExitStack() as stack, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                taken.close()
                late = stack.enter_context(FakeProxy(port=port))
                late.on("GET", READINESS, lambda _: next(states))

        assert wait_until_ready(lambda: Proxy(f"http://127.0.0.1:{port}"), 60, pause)

    assert pauses == [0.5] * 3
    assert next(states, None) is None


def test_waiting_ends_when_its_time_is_over(fake: FakeProxy) -> None:
    """A proxy that never is ready is not waited for any longer; the checks then say why."""
    fake.on("GET", READINESS, PAGE)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        time.sleep(seconds)

    assert not wait_until_ready(lambda: Proxy(fake.root), 0.05, pause)

    assert fake.requests
    assert all(0 <= seconds <= 0.05 for seconds in pauses)


def test_a_redirect_is_not_waited_for(fake: FakeProxy) -> None:
    """It is no matter of time."""
    fake.on("GET", READINESS, Answer(302, headers=(("location", "https://other.test/"),)))

    with pytest.raises(ConfigError, match="redirects"):
        wait_until_ready(lambda: Proxy(fake.root), 60, lambda _: pytest.fail("it waits"))

    assert len(fake.requests) == 1


# Which checks


ALWAYS = ["reachable", "tls", "readiness", "credential", "discovery", "mcp", "skills"]


@pytest.mark.parametrize(
    ("only", "skip", "asked", "expected"),
    [
        ([], [], [], ALWAYS),
        ([], ["mcp"], [], [*ALWAYS[:5], "skills"]),
        ([], [], ["models", "required"], [*ALWAYS[:5], "required", "mcp", "skills", "models"]),
        ([], ["credential"], [], ALWAYS),
        ([], ["discovery"], [], [*ALWAYS[:4], "mcp", "skills"]),
        (["reachable"], [], [], ["reachable"]),
        (["mcp"], [], [], ["reachable", "credential", "mcp"]),
        (["tls"], [], ["source"], ["reachable", "tls", "credential", "discovery", "source"]),
        (["models"], [], [], ["reachable", "credential", "discovery", "models"]),
        (["mcp"], ["mcp"], ["models"], ["reachable", "credential", "discovery", "models"]),
    ],
)
def test_what_a_check_needs_is_run_with_it(
    only: Sequence[str], skip: Sequence[str], asked: Sequence[str], expected: Sequence[str]
) -> None:
    """Only what was chosen is run, in the order of all, and the gates before it."""
    assert steps.chosen(only, skip, asked) == expected


@pytest.mark.parametrize(
    ("only", "skip", "message"),
    [
        (["mpc"], [], "unknown check: mpc"),
        ([], ["answers"], "unknown check: answers"),
        (["mcp"], ["mcp"], "nothing is left to check"),
        (["required"], [], "nothing is left to check"),
    ],
)
def test_a_check_that_is_none_is_refused(only: Sequence[str], skip: Sequence[str], message: str) -> None:
    """A slip of the pen must not make a run of nothing."""
    with pytest.raises(UsageError, match=message) as caught:
        steps.chosen(only, skip, [])

    assert caught.value.hint is not None


def test_a_check_that_turns_out_to_be_several_keeps_its_place() -> None:
    """What was planned once stands where it was planned, and what has not ended is pending."""
    report = Report("http://proxy.test", 0.0)
    report.plan([Check("a"), Check("mcp"), Check("z")])

    report.split(Check("mcp"), [Check("mcp", "one"), Check("mcp", "two")])

    assert [str(check) for check in report.pending] == ["a", "mcp one", "mcp two", "z"]


# Which models


MODELS = [
    Model("gpt-5.2", "chat"),
    Model("gpt-5.2-mini", "chat"),
    Model("claude", None),
    Model("embedder", "embedding"),
    Model("painter", "image_generation"),
    Model("odd[1]", "responses"),
    Model("openai/*", "chat"),
]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["claude", "embedder", "gpt-5.2", "gpt-5.2-mini", "odd[1]"]),
        (Selection(["gpt-*"]), ["gpt-5.2", "gpt-5.2-mini"]),
        (Selection(["painter", "claude"]), ["claude", "painter"]),
        (Selection(["odd[1]"]), ["odd[1]"]),
        (Selection(mode="embedding"), ["embedder"]),
        (Selection(["*"], mode="chat"), ["gpt-5.2", "gpt-5.2-mini"]),
        (Selection(mode="all"), ["claude", "embedder", "gpt-5.2", "gpt-5.2-mini", "odd[1]", "painter"]),
        (Selection(sample=99), ["claude", "embedder", "gpt-5.2", "gpt-5.2-mini", "odd[1]"]),
    ],
)
def test_models_are_selected_by_name_and_mode(selection: Selection, expected: Sequence[str]) -> None:
    """Without patterns those that chat or embed; a route for any name is never asked."""
    assert [model.name for model in selected(MODELS, selection)] == expected


@pytest.mark.parametrize(
    ("selection", "message", "hint"),
    [
        (Selection(["gtp-5.2", "claude"]), "no model is called `gtp-5.2`", "did you mean `gpt-5.2`"),
        (Selection(["GPT-*"]), "no model is called `GPT-*`", "did you mean `gpt-5.2`"),
        (Selection(["zzz*"]), "no model is called `zzz*`", "`litectl models list --mode all`"),
        (Selection(["openai/*"]), "no model is called `openai/*`", "`litectl models list --mode all`"),
        (Selection(mode="rerank"), "there is no model to ask", "there are chat, embedding, image_generation"),
        (Selection(["claude"], mode="chat"), "there is no model to ask", "has the mode `chat`"),
    ],
)
def test_what_names_no_model_is_an_error(selection: Selection, message: str, hint: str) -> None:
    """One typing error among many names is one, too: its model would not be tested."""
    with pytest.raises(NotFoundError) as caught:
        selected(MODELS, selection)

    assert caught.value.message == message
    assert hint in (caught.value.hint or "")


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    """It has as many models as were asked for, in the order of all; another seed gives another one."""
    models = [Model(f"m{number:03}", "chat") for number in range(100)]
    samples = [
        [model.name for model in selected(models, Selection(sample=5, seed=seed))] for seed in (1, 1, 2)
    ]

    assert samples[0] == samples[1] != samples[2]
    assert all(len(sample) == 5 and sample == sorted(sample) for sample in samples)


def test_patterns_may_be_separated_by_commas_and_blanks() -> None:
    """So a variable of a CI job can hold them all."""
    assert patterns_in(["a,b c", "a", " d*\n,,e "]) == ["a", "b", "c", "d*", "e"]


def test_many_models_are_named_by_the_first_of_them() -> None:
    """One line stays one line."""
    models = [Model(f"m{number}") for number in range(1007)]

    assert named(models) == "1,007 models: m0, m1, m2, m3, m4 and 1,002 more"
    assert named([Model("a\nb")]) == "1 model: a b"


# Of what is listed


def discovery(*models: Model, failing: bool = False) -> Discovery:
    """Return a discovery that found *models*, one step of which is *failing*."""
    outcomes = [Outcome("models", "/v1/models", STEP_FAILED, detail="HTTP 500")] if failing else []
    return Discovery(Catalog("model_info", 0.0, models), outcomes)


@pytest.mark.parametrize(
    ("found", "verdict", "detail"),
    [
        (discovery(*MODELS), "passed", "7 models, from model_info"),
        (discovery(MODELS[0]), "passed", "1 model, from model_info"),
        (discovery(), "warning", "the proxy lists no model, in model_info"),
        (
            discovery(MODELS[0], failing=True),
            "warning",
            "1 model, from model_info; names or facts may be missing: /v1/models: HTTP 500",
        ),
    ],
)
def test_a_list_that_may_lack_something_is_a_warning(found: Discovery, verdict: str, detail: str) -> None:
    """How many models there are, and where from, is told in any case."""
    assert seen(ended(Check("discovery"), lambda: discovered(found))) == (verdict, detail)


@pytest.mark.parametrize(("source", "verdict"), [("model_info", "passed"), ("models", "failed")])
def test_the_list_comes_from_the_source_that_is_expected(source: str, verdict: str) -> None:
    """A poorer source that steps in unnoticed fails the run."""
    result = ended(Check("source"), lambda: from_source(discovery(MODELS[0]).catalog, source))

    assert result.verdict == verdict


def test_a_model_that_is_required_is_listed() -> None:
    """One that is not gets near names; its mode does not matter."""
    catalog = Catalog("model_info", 0.0, MODELS)

    found = [
        ended(Check("required", name), partial(required, catalog, name)) for name in ("painter", "claudex")
    ]

    assert [seen(result) for result in found] == [
        ("passed", "listed"),
        ("failed", "the proxy does not list `claudex`"),
    ]
    assert found[1].hint == "did you mean `claude`?"


def servers(outcomes: Sequence[ServerOutcome], *given: str, auth: str = "bearer_token") -> dict[str, Result]:
    """Return how the checks of servers with these *outcomes* end, by the server; all want *auth*."""
    described = [Server(outcome.server, "id", auth=auth) for outcome in outcomes]
    results = servers_answer(MCP, lambda: ToolList(0.0, [], outcomes), lambda: described, given)
    return {result.check.subject or "": result for result in results}


def test_each_server_has_a_check() -> None:
    """One that is dead fails; one that wants a credential of the caller is a warning that says how."""
    found = servers(
        [
            ServerOutcome("dead", "unreachable"),
            ServerOutcome("fine", "ok", 1),
            ServerOutcome("guarded", "internal", None, 500),
        ]
    )

    assert {name: seen(result) for name, result in found.items()} == {
        "dead": ("failed", "the server `dead` did not list its tools (unreachable)"),
        "fine": ("passed", "1 tool"),
        "guarded": ("warning", "the server `guarded` did not list its tools (internal, HTTP 500)"),
    }
    assert "--server-header 'guarded: Authorization: Bearer $TOKEN'" in (found["guarded"].hint or "")
    assert found["dead"].error is not None
    assert found["dead"].error.code == "upstream"


def test_a_server_that_refuses_what_it_was_given_fails() -> None:
    """The caller brought a credential, and it does not work."""
    found = servers([ServerOutcome("guarded", "auth_required", None, 401)], "Guarded")

    assert found["guarded"].verdict == "failed"


def test_a_server_that_wants_nothing_and_fails_is_no_warning() -> None:
    """No credential would help."""
    found = servers([ServerOutcome("broken", "internal", None, 500)], auth="none")

    assert found["broken"].verdict == "failed"


@pytest.mark.parametrize(
    ("answer", "verdict", "detail"),
    [
        (json_answer({"tools": [], "error": None}), "skipped", "no MCP server that this key may use"),
        (PAGE, "skipped", "no such route"),
        (
            json_answer({"tools": [], "error": "access_denied"}),
            "skipped",
            "not allowed to use any MCP server",
        ),
        (json_answer({"tools": [], "error": "unexpected_error", "message": "x"}), "failed", "cannot list"),
        (Answer(500, [b"oops"]), "failed", "oops"),
    ],
)
def test_a_proxy_without_servers_is_no_failure(
    fake: FakeProxy, answer: Answer, verdict: str, detail: str
) -> None:
    """There is nothing to check then, which is no pass either."""
    from litectl.mcp.listing import PATH, fetch_tools

    fake.on("GET", PATH, answer)

    with Proxy(fake.root) as proxy:
        results = servers_answer(MCP, lambda: fetch_tools(proxy, seconds=10, now=0.0), list, ())

    assert [(result.check, result.verdict) for result in results] == [(MCP, verdict)]
    assert detail in results[0].detail


def skills(fake: FakeProxy, answers: dict[str, Answer]) -> Result:
    """Return how the check of the skills ends with these *answers*."""
    for path, answer in answers.items():
        fake.on("GET", path, answer)
    with Proxy(fake.root) as proxy:
        return ended(Check("skills"), lambda: skills_answer(proxy, seconds=10))


@pytest.mark.parametrize(
    ("answers", "verdict", "detail"),
    [
        (NO_SKILLS, "passed", "0 skills"),
        ({PLUGINS: NO_DATABASE, SKILLS: NO_CLIENT}, "skipped", "no database to keep skills in"),
        ({}, "skipped", "no such route"),
        (NO_SKILLS | {SKILLS: NO_CLIENT}, "passed", "0 skills"),
        (NO_SKILLS | {SKILLS: FORBIDDEN}, "passed", "0 skills"),
        ({PLUGINS: FORBIDDEN, SKILLS: FORBIDDEN}, "skipped", "not allowed"),
        (NO_SKILLS | {SKILLS: Answer(502, [b"Bad Gateway"])}, "failed", "Bad Gateway"),
        ({PLUGINS: NO_DATABASE, SKILLS: Answer(502, [b"Bad Gateway"])}, "failed", "Bad Gateway"),
    ],
)
def test_skills_are_listed_or_there_are_none(
    fake: FakeProxy, answers: dict[str, Answer], verdict: str, detail: str
) -> None:
    """How most proxies are is no failure; what is unusual is one."""
    result = skills(fake, answers)

    assert result.verdict == verdict
    assert detail in result.detail


def test_nobody_but_the_proxy_is_asked_for_skills(fake: FakeProxy) -> None:
    """Those at Anthropic would have it ask another provider."""
    skills(fake, NO_SKILLS)

    assert [request.path.partition("?")[0] for request in fake.requests] == [PLUGINS, SKILLS]
    assert "custom_llm_provider=litellm_proxy" in fake.requests[1].path


def test_findings_end_a_check_as_they_are() -> None:
    """What was seen passes, a doubt warns, what is raised fails, and what is not there is skipped."""

    def raising() -> Finding:
        raise UpstreamError("it failed", hint="mend it")

    looks: list[Callable[[], Finding]] = [
        lambda: "seen",
        lambda: UpstreamError("doubtful"),
        lambda: Absent("nothing there"),
        raising,
    ]
    results = [ended(Check("a"), look) for look in looks]

    assert [seen(result) for result in results] == [
        ("passed", "seen"),
        ("warning", "doubtful"),
        ("skipped", "nothing there"),
        ("failed", "it failed"),
    ]
    assert [result.seconds is None for result in results] == [False, False, True, False]
    assert results[3].hint == "mend it"
