"""`litectl ask --dry-run`: the request as it would be sent, and why."""

import json
from pathlib import Path

import pytest

from answers import answer_all
from fake_proxy import (
    CHAT,
    FakeProxy,
)
from known_models import databricks, know, openai, sent
from program import Litectl

ASK = ("ask", "-p", "Hi", "-m")


@pytest.fixture(autouse=True)
def answering(fake: FakeProxy) -> None:
    """Answer every protocol."""
    answer_all(fake)


def test_a_dry_run_sends_nothing_and_prints_the_request(litectl: Litectl, fake: FakeProxy) -> None:
    """URL, headers and body are on stdout as they would be sent, the decisions on stderr."""
    know(litectl, fake, openai())
    question = (*ASK, "gpt", "--temperature", "0", "--param", "seed=7", "--tag", "a")

    result = litectl(*question, "--dry-run")
    nothing_sent = fake.requests == []
    litectl(*question)

    head, _, body = result.out.partition("\n\n")
    assert (result.code, nothing_sent) == (0, True)
    assert head.splitlines()[0] == f"POST {fake.root}{CHAT}"
    assert "x-litellm-tags: a" in head.splitlines()
    assert json.loads(body) == sent(fake)
    assert result.err == (
        "seed: left out, the model does not declare it\ntemperature: kept, every deployment declares it\n"
    )


def test_a_dry_run_in_json_is_one_object(litectl: Litectl, fake: FakeProxy) -> None:
    """With `--json` the decisions are in it, and stderr is empty."""
    know(litectl, fake, databricks())

    result = litectl(*ASK, "dbrx", "--param", "store=true", "--drop-params", "--dry-run", "--json")

    document = result.json
    assert (result.code, result.err, fake.requests) == (0, "", [])
    assert (document["method"], document["url"]) == ("POST", f"{fake.root}{CHAT}")
    decisions = {each["parameter"]: (each["action"], each["reason"]) for each in document["parameters"]}
    assert decisions == {
        "store": ("left out", "databricks models are known to refuse it"),
        "drop_params": ("kept", "the proxy takes it itself"),
        "max_tokens": ("added", "the safe limit of Databricks"),
    }
    assert {*decisions} - {"store"} <= {*document["body"]}


def test_a_dry_run_masks_the_key_and_every_extra_header(litectl: Litectl, fake: FakeProxy) -> None:
    """What a log or a chat may see gives nothing away."""
    extra = ("--header", "X-Gateway-Key: very-secret-value")
    for arguments in ([], ["--json"]):
        out = litectl(*ASK, "m", "--dry-run", *extra, *arguments).out

        assert "sk-test-key-0001" not in out
        assert "very-secret-value" not in out
        assert "X-Gateway-Key" in out
        assert "Bearer" in out


def test_a_dry_run_runs_no_key_helper(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """A helper may open a vault or a browser, which a request that is not sent does not need."""
    ran = tmp_path / "ran"
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/sh\ntouch {ran}\necho sk-of-the-helper\n")
    helper.chmod(0o700)
    assert litectl("login", "--no-verify", "--helper", str(helper)).code == 0
    ran.unlink(missing_ok=True)

    of_helper = {"LITECTL_API_KEY": ""}

    shown = litectl(*ASK, "m", "--dry-run", variables=of_helper)
    ran_for_show = ran.exists()
    litectl(*ASK, "m", variables=of_helper)

    assert (shown.code, ran_for_show, ran.exists()) == (0, False, True)
    assert sent(fake)["model"] == "m"


@pytest.mark.parametrize(
    ("protocol", "arguments", "expected"),
    [
        (
            "responses",
            ["--max-tokens", "9", "--effort", "low"],
            {"max_tokens": "max_output_tokens", "reasoning_effort": "reasoning"},
        ),
        ("responses", ["--schema", "name"], {"response_format": "text"}),
        ("messages", ["--param", 'stop=["."]'], {"stop": "stop_sequences"}),
        ("messages", ["--schema", "name"], {"response_format": "output_config"}),
    ],
)
def test_a_dry_run_tells_what_another_protocol_calls_a_parameter(
    litectl: Litectl, fake: FakeProxy, protocol: str, arguments: list[str], expected: dict[str, str]
) -> None:
    """The decision is `translated`, and its reason names the field in the body."""
    declared = ["max_tokens", "reasoning_effort", "response_format", "stop"]
    know(litectl, fake, openai("gpt", supported_openai_params=declared))

    document = litectl(*ASK, "gpt", "--protocol", protocol, *arguments, "--dry-run", "--json").json

    told = {each["parameter"]: each for each in document["parameters"]}
    for name, field in expected.items():
        decision = told.get(name) or told["effort"]
        assert decision["action"] == "translated"
        assert field in document["body"]
        assert name not in document["body"]
        assert name != decision["parameter"] or f"{protocol} has it as {field}" in decision["reason"]


def test_a_dry_run_needs_no_network(litectl: Litectl, fake: FakeProxy) -> None:
    """`--offline` changes nothing about it."""
    assert litectl(*ASK, "m", "--dry-run", "--offline").code == 0
    assert fake.requests == []
