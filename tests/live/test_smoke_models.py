"""The billed checks of models against a real proxy: good, slow, failing, silent, and cut ones."""

import time
from threading import Thread

import pytest

from litectl.catalog.discovery import discover
from litectl.catalog.rows import grouped
from litectl.errors import ExitCode
from litectl.exchange.backend import Backend
from litectl.sandbox.sandbox import RunningProxy
from litectl.smoke.check import FAILED, PASSED, SKIPPED, WARNING, Result
from litectl.smoke.modeltasks import model_tasks
from litectl.smoke.purse import Purse
from litectl.smoke.wishes import ModelWishes
from litectl.wire.access import Access
from litectl.wire.proxy import Proxy
from live.test_ask_failures import CODES
from live.upstream import PROVIDERS, Upstream
from live.upstream_errors import ERRORS

pytestmark = pytest.mark.live

ALL = ModelWishes(stream=True, params=True, tools=True, vision=True)
PLAIN = ModelWishes()
SECONDS = 30.0


def tried(
    running: RunningProxy, name: str, wishes: ModelWishes = PLAIN, purse: Purse | None = None
) -> dict[str, Result]:
    """Return how each check of the model *name* ended, by its name, after a discovery."""
    with Proxy(running.root, Access(running.key)) as proxy:
        catalog = discover(proxy, seconds=SECONDS, now=0.0).catalog
        known = Backend(name, catalog.find(name), grouped(catalog.deployments)[name])
        (task,) = model_tasks([known], wishes, purse or Purse(None))
        results = {result.check.name: result for result in task.run(proxy)}
    assert sum(result.measures.requests for result in results.values()) <= task.requests
    return results


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_good_model_of_every_provider_passes(
    behind: RunningProxy, upstream: Upstream, provider: str
) -> None:
    """It answers, streams, gives JSON where it says so, and calls the tool; it does not know colours."""
    results = tried(behind, f"{provider}-echo", ALL)

    verdicts = {name: result.verdict for name, result in results.items()}
    details = [result.detail for result in results.values()]
    assert verdicts == {
        "answers": PASSED,
        "usage": PASSED,
        "streams": PASSED,
        "params": PASSED,
        "tools": PASSED,
        "vision": WARNING,
    }, details
    assert upstream.bodies[0].get("stream", False) is False
    assert upstream.bodies[0]["max_tokens"] == 2048


@pytest.mark.parametrize("name", ["gpt", "claude", "bricks"])
def test_a_model_that_is_known_passes_and_tells_its_cost(
    behind: RunningProxy, upstream: Upstream, name: str
) -> None:
    """What the catalog declares is taken, and what the purse paid is what the proxy reports."""
    purse = Purse(1.0)

    results = tried(behind, name, ALL._replace(repeat=2), purse)

    for check in ("answers", "usage", "streams", "params", "tools"):
        assert results[check].verdict == PASSED, results[check].detail
    costs = [result.measures.cost or 0.0 for result in results.values()]
    assert purse.spent == pytest.approx(sum(costs))
    assert 0 < purse.spent < 0.1
    assert not any(result.measures.is_estimate for result in results.values())


@pytest.mark.parametrize(
    ("provider", "name"), [(next(iter(answers)), name) for name, answers in ERRORS.items()]
)
def test_each_error_fails_with_its_class(
    behind: RunningProxy, upstream: Upstream, provider: str, name: str
) -> None:
    """As `litectl ask` tells it; nothing else of the model is tried."""
    results = tried(behind, f"{provider}-{name}", ALL)

    answers = results.pop("answers")
    assert answers.error is not None
    assert (answers.verdict, answers.error.exit_code) == (FAILED, CODES[name][0])
    assert {result.verdict for result in results.values()} == {SKIPPED}
    assert answers.measures.requests == 1  # whatever the proxy tries again itself


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("name", "words"), [("empty", "empty"), ("cut", "cut")])
def test_an_answer_that_is_none_fails(
    behind: RunningProxy, upstream: Upstream, provider: str, name: str, words: str
) -> None:
    """With HTTP 200 and all."""
    answers = tried(behind, f"{provider}-{name}")["answers"]

    assert answers.error is not None
    assert (answers.verdict, answers.error.exit_code) == (FAILED, ExitCode.INCOMPLETE)
    assert words in answers.detail


@pytest.mark.parametrize("name", ["dropping", "exploding"])
def test_a_stream_that_breaks_off_fails(behind: RunningProxy, upstream: Upstream, name: str) -> None:
    """A plain answer of the same model passes."""
    results = tried(behind, f"openai-{name}", PLAIN._replace(stream=True))

    assert (results["answers"].verdict, results["streams"].verdict) == (PASSED, FAILED)
    assert "broke off" in results["streams"].detail


def test_a_model_that_reasons_has_tokens_enough(behind: RunningProxy, upstream: Upstream) -> None:
    """Its thoughts are no answer, and its answer is one."""
    assert tried(behind, "openai-reasoning")["answers"].verdict == PASSED


def test_a_slow_first_text_is_measured(behind: RunningProxy, upstream: Upstream) -> None:
    """A stream whose text comes late fails by `--max-ttft`, whole as it is."""

    def begin_late() -> None:
        while not any(body.get("stream") for body in upstream.bodies):
            time.sleep(0.01)
        time.sleep(0.5)
        upstream.gate.set()

    Thread(target=begin_late, daemon=True).start()
    results = tried(behind, "openai-late", ModelWishes(max_ttft=0.4))

    assert results["streams"].verdict == FAILED
    assert "of `--max-ttft`" in results["streams"].detail
    assert results["streams"].measures.first_token[0] > 0.4
