"""`litectl smoke` against a real proxy: whole runs with their reports, and one that is killed."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
import xmlschema
from junitparser import JUnitXml

from live.behind import STAND_IN
from live.upstream import Upstream
from program import DEADLINE, Program

pytestmark = pytest.mark.live

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parents[1] / "schemas" / "junit-10.xsd"))
GOOD, SLOW, EMPTY, FAILING, LIMITED = "claude", "stalled", "openai-empty", "openai-failing", "openai-limited"
SELECTED = (GOOD, SLOW, EMPTY, FAILING, LIMITED, STAND_IN[0], "embedder")
MOST_SECONDS = 5.0  # of an answer; that of the slow model takes two more
PROXY = ("reachable", "tls", "readiness", "credential", "discovery")


def outcomes(path: Path) -> dict[str, str]:
    """Return the cases of the JUnit file at *path*, which the schema accepts, each with its outcome."""
    SCHEMA.validate(path.read_text())
    cases = (case for suite in JUnitXml.fromstring(path.read_bytes()) for case in suite)
    return {str(case.name): "".join(type(each).__name__ for each in case.result) for case in cases}


def by_check(document: Any) -> dict[str, Any]:
    """Return the checks of *document* by their names and subjects."""
    return {" ".join(filter(None, (each["name"], each["subject"]))): each for each in document["checks"]}


def wait_for(condition: Callable[[], object]) -> None:
    """Return when *condition* is met; fail when it is not for long."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_each_model_gets_its_verdict(process: Program, upstream: Upstream, tmp_path: Path) -> None:
    """Good, slow, silent, failing, limited and embedding ones, and one for which another answers: exit 7."""
    path = tmp_path / "junit.xml"
    arguments = ("--prompt", "--models", ",".join(SELECTED), "--concurrency", "8")
    Timer(MOST_SECONDS + 2, upstream.gate.set).start()
    result = process("smoke", *arguments, "--max-time", f"{MOST_SECONDS:g}", "--json", "--junit", str(path))

    assert result.code == 7, result.err
    checks = by_check(result.json)
    codes = {name: check["exit_code"] for name, check in checks.items() if check["verdict"] == "failed"}
    assert codes == {
        f"answers {SLOW}": 5,
        f"answers {EMPTY}": 11,
        f"answers {FAILING}": 12,
        f"answers {LIMITED}": 8,
    }, result.out
    assert {checks[name]["verdict"] for name in (f"answers {GOOD}", f"usage {GOOD}", "embeds embedder")} == {
        "passed"
    }
    stand_in = checks[f"answers {STAND_IN[0]}"]
    assert stand_in["verdict"] == "warning"
    assert stand_in["detail"] == f"{STAND_IN[1]} answered, as a fallback for {STAND_IN[0]}"
    assert "too slow" in checks[f"answers {SLOW}"]["detail"]
    assert {checks[name]["verdict"] for name in PROXY} == {"passed", "skipped"}
    assert result.json["requests"] == len(SELECTED)
    assert result.json["complete"] is True

    found = outcomes(path)
    assert set(found) == set(checks)
    assert {name for name, outcome in found.items() if outcome == "Failure"} == set(codes)
    assert "sk-of-the-proxy-itself" not in result.out + path.read_text()


def test_a_healthy_proxy_passes(real: Program) -> None:
    """Each model answers and streams, or embeds; nothing is skipped, and nothing sent twice."""
    result = real("smoke", "--prompt", "--stream", "--models", "mock-hello,mock-embedding", "--json")

    assert result.code == 0, result.out
    checks = by_check(result.json)
    assert {name: checks[name]["verdict"] for name in checks if " " in name} == {
        "mcp sandbox": "passed",
        "answers mock-hello": "passed",
        "usage mock-hello": "passed",
        "streams mock-hello": "passed",
        "embeds mock-embedding": "passed",
        "usage mock-embedding": "passed",
    }
    assert result.json["requests"] == 3


def test_a_run_that_is_killed_half_way_leaves_its_report(
    process: Program, upstream: Upstream, tmp_path: Path
) -> None:
    """Whoever kills it with SIGKILL has a file that the schema accepts, and that is no success."""
    path = tmp_path / "junit.xml"
    arguments = ("--prompt", "--models", f"{GOOD},{SLOW}", "--concurrency", "2", "--junit", str(path))
    with process.started("smoke", *arguments) as running:
        wait_for(lambda: path.exists() and outcomes(path).get(f"usage {GOOD}") == "")
        running.kill()
    upstream.gate.set()

    found = outcomes(path)
    assert found[f"answers {GOOD}"] == ""
    assert found[f"answers {SLOW}"] == found[f"usage {SLOW}"] == "Skipped"
    assert found["the run came to its end"] == "Error"
