"""
Rows of the catalog: a deployment as the proxy lists it, a model as the user sees it.

Rows are dictionaries of JSON values, because they are stored, cached and
printed as JSON; a key that is absent means that nobody knows. Pure.
"""

import math
from collections.abc import Mapping
from typing import TypedDict

# The public name of an ability, and the flag of `/model/info` that declares it.
ABILITIES = {
    "tools": "supports_function_calling",
    "vision": "supports_vision",
    "reasoning": "supports_reasoning",
    "structured_output": "supports_response_schema",
    "prompt_caching": "supports_prompt_caching",
    "pdf": "supports_pdf_input",
    "audio": "supports_audio_input",
    "web_search": "supports_web_search",
}
_PRICES = {"input_price": "input_cost_per_token", "output_price": "output_cost_per_token"}
_LIMITS = ("max_input_tokens", "max_output_tokens")


class Properties(TypedDict, total=False):
    """
    What is known of a deployment or a model.

    *mode* is LiteLLM's word (`chat`, `embedding`, ...). Limits are tokens,
    prices US dollars per million tokens, *abilities* the declared flags of `ABILITIES`.
    """

    mode: str
    max_input_tokens: int
    max_output_tokens: int
    abilities: dict[str, bool]
    input_price: float
    output_price: float


class Deployment(Properties, total=False):
    """One backend behind a model name: its id, the backend's own name of the model, its provider."""

    name: str
    id: str
    backend: str
    provider: str
    supported_parameters: list[str]


class Model(Properties, total=False):
    """A name users may ask for, merged from its *deployments*; *incomplete* when facts are missing."""

    name: str
    providers: list[str]
    deployments: int
    incomplete: bool


def deployment_from_info(entry: object) -> Deployment | None:
    """
    Return the deployment of one entry of `/model/info`, or None for an entry without a name.

    Junk in one field loses that field, not the entry.
    """
    if not isinstance(entry, dict) or not isinstance(name := entry.get("model_name"), str) or not name:
        return None
    info, parameters = _object(entry.get("model_info")), _object(entry.get("litellm_params"))
    row = Deployment(name=name)
    row.update(_properties(info))  # type: ignore[typeddict-item]  # Properties is a part of Deployment
    backend = parameters.get("model")
    if isinstance(backend, str):
        row["backend"] = backend
    provider = info.get("litellm_provider") or parameters.get("custom_llm_provider")
    if isinstance(provider, str):
        row["provider"] = provider
    if isinstance(identifier := info.get("id"), str):
        row["id"] = identifier
    if isinstance(supported := info.get("supported_openai_params"), list):
        row["supported_parameters"] = [name for name in supported if isinstance(name, str)]
    return row


def deployment_from_list(entry: object) -> Deployment | None:
    """
    Return what one entry of `/v1/models` tells, or None for an entry without an id.

    `owned_by` is the same constant for every model of a LiteLLM proxy and is not read.
    """
    if not isinstance(entry, dict) or not isinstance(name := entry.get("id"), str) or not name:
        return None
    row = Deployment(name=name)
    row.update(_properties(entry))  # type: ignore[typeddict-item]  # Properties is a part of Deployment
    return row


def _properties(source: Mapping[str, object]) -> Properties:
    known: dict[str, object] = {}
    if isinstance(mode := source.get("mode"), str) and mode:
        known["mode"] = mode
    for name in _LIMITS:
        if (limit := _number(source.get(name))) and limit >= 1:
            known[name] = int(limit)
    for name, per_token in _PRICES.items():
        if (price := _number(source.get(per_token))) is not None:
            known[name] = round(price * 1_000_000, 6)
    abilities = {name: flag for name, key in ABILITIES.items() if isinstance(flag := source.get(key), bool)}
    if abilities:
        known["abilities"] = abilities
    return known  # type: ignore[return-value]  # built key by key from the names of Properties


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None
