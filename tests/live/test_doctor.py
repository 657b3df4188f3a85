"""`litectl doctor` against a real proxy."""

import time

import pytest

from program import Program

pytestmark = pytest.mark.live
_MOST_SECONDS = 1.0


def test_a_real_proxy_is_found_to_be_well(real: Program) -> None:
    """It is known as a LiteLLM proxy, its key is accepted, and each step of discovery is there."""
    result = real("doctor", "--json", variables={"SHELL": "/bin/dash"})

    findings = {finding["name"]: finding for finding in result.json["findings"]}
    assert result.code == 0
    assert {finding["status"] for finding in findings.values()} == {"ok"}
    assert "a LiteLLM proxy" in findings["answer"]["detail"]
    assert findings["version"]["detail"].startswith("LiteLLM 1.")
    assert "accepted" in findings["key"]["detail"]
    assert "listed" in findings["step_model_info"]["detail"]


def test_a_wrong_key_is_the_cause(real: Program) -> None:
    """A proxy without a database says so in its own way; nothing after it is looked at."""
    result = real("doctor", "--json", variables={"LITECTL_API_KEY": "sk-of-nobody-0001"})

    findings = {finding["name"]: finding for finding in result.json["findings"]}
    failed = [name for name, finding in findings.items() if finding["status"] == "failure"]
    assert (result.code, failed) == (4, ["key"])
    assert findings["discovery"]["detail"] == "not looked at: `key` failed"


def test_it_takes_less_than_a_second(real: Program) -> None:
    """The best of three, on a machine that may be busy."""

    def seconds() -> float:
        started = time.monotonic()
        assert real("doctor", variables={"SHELL": "/bin/dash"}).code == 0
        return time.monotonic() - started

    assert min(seconds() for _ in range(3)) < _MOST_SECONDS
