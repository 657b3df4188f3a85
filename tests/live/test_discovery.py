"""Discovery on a real LiteLLM proxy with groups, wildcards and models that nobody knows."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from litectl.sandbox.sandbox import RunningProxy, Sandbox
from program import Program

pytestmark = pytest.mark.live

NOWHERE = {"api_key": "none", "api_base": "http://127.0.0.1:9/v1"}


def deployment(
    name: str, backend: str, info: dict[str, object] | None = None, **more: str
) -> dict[str, object]:
    """Return an entry of the configuration that routes *name* to *backend*."""
    return {
        "model_name": name,
        "litellm_params": {"model": backend, **NOWHERE, **more},
        "model_info": info or {},
    }


CONFIGURATION = {
    "model_list": [
        deployment("lb-group", "openai/gpt-4o"),
        deployment("lb-group", "azure/gpt-4o-mini", api_version="2024-10-21"),
        deployment("mixed", "openai/gpt-4o"),
        deployment("mixed", "openai/text-embedding-3-small"),
        deployment("bricks", "databricks/databricks-claude-sonnet-4-5"),
        deployment("in-house", "openai/our-own-7b"),
        deployment("declared", "openai/our-own-70b", {"max_input_tokens": 32768, "supports_vision": True}),
        deployment("embedding", "openai/text-embedding-3-small"),
        deployment("anthropic/*", "anthropic/*"),
        deployment("team/*", "openai/*"),
    ],
    "litellm_settings": {"telemetry": False},
}


@pytest.fixture(scope="module")
def proxy(sandbox_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProxy]:
    """Give a real proxy with these models."""
    config = tmp_path_factory.mktemp("proxy") / "config.yaml"
    config.write_text(json.dumps(CONFIGURATION))
    with Sandbox(sandbox_directory).running(dict(os.environ), config) as running:
        yield running


@pytest.fixture
def program(proxy: RunningProxy) -> Program:
    """Run the real program against it."""
    variables = {"LITECTL_BASE_URL": proxy.root, "LITECTL_API_KEY": proxy.key}
    return Program([sys.executable, "-m", "litectl"], variables)


@pytest.fixture
def models(program: Program) -> dict[str, dict[str, Any]]:
    """Give all models by name."""
    return {
        model["name"]: model for model in program("models", "list", "--mode", "all", "--json").json["models"]
    }


def test_every_step_is_asked_and_told(program: Program) -> None:
    """The list is from `/model/info`, and what it leaves open is asked for."""
    steps = program("models", "refresh", "--json").json["steps"]

    assert [(step["path"], step["outcome"]) for step in steps] == [
        ("/model/info", "listed"),
        ("/v1/models", "added"),
        ("/model_group/info", "added"),
        ("/health", "not needed"),
    ]


def test_a_group_is_what_both_deployments_keep(models: dict[str, dict[str, Any]]) -> None:
    """The limits and prices of a large and a small model."""
    model = models["lb-group"]

    assert (model["deployments"], model["providers"]) == (2, ["azure", "openai"])
    assert (model["max_input_tokens"], model["input_price"]) == (128000, 2.5)


def test_unknown_values_are_null(models: dict[str, dict[str, Any]]) -> None:
    """A model that the proxy knows nothing of has no price, limit or ability."""
    model = models["in-house"]

    assert (model["max_input_tokens"], model["input_price"], model["incomplete"]) == (None, None, True)
    assert set(model["abilities"].values()) == {None}
    assert model["safe_max_tokens_reason"] == "guess"
    assert (models["declared"]["max_input_tokens"], models["declared"]["abilities"]["vision"]) == (
        32768,
        True,
    )


def test_databricks_is_recognised(models: dict[str, dict[str, Any]]) -> None:
    """With the limit that its admission wants."""
    assert (models["bricks"]["safe_max_tokens"], models["bricks"]["safe_max_tokens_reason"]) == (
        4096,
        "databricks",
    )


def test_wildcards_are_names(models: dict[str, dict[str, Any]]) -> None:
    """Hundreds of them, each once and none a pattern; what cannot chat has its mode."""
    assert not [name for name in models if "*" in name]
    assert models["anthropic/claude-haiku-4-5"]["mode"] == "chat"
    assert len([name for name in models if name.startswith("team/")]) > 100
    assert models["team/gpt-5.2"]["abilities"]["tools"] is True
    assert models["team/whisper-1"]["mode"] == "audio_transcription"


def test_the_default_list_can_chat(program: Program, models: dict[str, dict[str, Any]]) -> None:
    """Mixed groups are shown, and refused by `ask` before anything is sent."""
    shown = program("models", "list", "--columns", "name").out.split()

    assert {"lb-group", "mixed", "in-house", "team/gpt-5.2"} <= set(shown)
    assert not {"embedding", "team/whisper-1", "team/sora-2"} & set(shown)
    assert models["mixed"]["mode"] == "mixed"
    assert program("ask", "--no-stdin", "-m", "mixed", "-p", "Hi").code == 2


def test_show_tells_who_said_what(program: Program) -> None:
    """The merged model, its deployments, and the step behind each value."""
    document = program("models", "show", "lb-group", "--json").json

    assert [row["backend"] for row in document["deployments"]] == ["openai/gpt-4o", "azure/gpt-4o-mini"]
    assert document["sources"]["max_input_tokens"] == "model_info"
    assert "temperature" in document["supported_parameters"]


def test_nothing_changed_since_the_refresh(program: Program) -> None:
    """A proxy that is asked twice is the same, though it lists what is behind a wildcard in any order."""
    program("models", "refresh")

    assert program("models", "diff") == (0, "", "")


def test_the_list_is_exported(program: Program) -> None:
    """With what can be relied on."""
    result = program("models", "export", "--to", "opencode")

    exported = result.json["provider"]["litellm"]["models"]
    assert exported["lb-group"]["cost"] == {"input": 2.5, "output": 10.0, "cache_read": 1.25}
    assert "mixed" not in exported
    assert "mixed" in result.err
