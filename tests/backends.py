"""Backends as the catalog may know them."""

from litectl.catalog.merge import merge_group
from litectl.catalog.rows import Deployment
from litectl.exchange.backend import Backend

GPT = ("max_tokens", "max_completion_tokens", "reasoning_effort", "response_format", "temperature", "tools")


def deployment(provider: str, backend: str, **known: object) -> Deployment:
    """Return a deployment of *backend* that *provider* serves; *known* are further fields of it."""
    row: dict[str, object] = {"name": "team-model", "provider": provider, "backend": backend, **known}
    return row  # type: ignore[return-value]  # the fields are those of a test


def backend(*rows: Deployment, refused: tuple[str, ...] = ()) -> Backend:
    """Return what is known of a model with these deployments; of none at all, nothing."""
    if not rows:
        return Backend("team-model", refused=refused)
    return Backend("team-model", merge_group("team-model", rows), rows, refused)


def openai(name: str = "openai/gpt-5.2", **known: object) -> Backend:
    """Return a model of OpenAI's that declares what it takes."""
    return backend(deployment("openai", name, **{"supported_parameters": sorted(GPT), **known}))


def claude(**known: object) -> Backend:
    """Return a Claude that reasons and declares what it takes."""
    declared = ["max_tokens", "reasoning_effort", "temperature", "thinking", "tools"]
    return backend(
        deployment("anthropic", "anthropic/claude-haiku-4-5", **{"supported_parameters": declared, **known})
    )


UNKNOWN = backend()
