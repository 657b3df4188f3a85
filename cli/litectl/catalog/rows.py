"""
Rows of the catalog: a deployment as the proxy lists it, a model as the user sees it.

What nobody knows is absent from a deployment and None in a model. Pure.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypedDict

from litectl.jsontext import number

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
_FLAGS = {"+": True, "-": False, "?": None}
_MARKS = {flag: mark for mark, flag in _FLAGS.items()}


class Model(NamedTuple):
    """
    A name that users may ask for, merged from its deployments.

    *mode* is LiteLLM's word (`chat`, `embedding`, ...), limits are tokens,
    prices US dollars per million tokens, *providers* comma-separated names.
    *abilities* has one mark per entry of `ABILITIES`: `+` yes, `-` no, `?`
    unknown. *deployments* counts them, and *incomplete* tells that facts are
    missing. All are plain values, so that thousands are read from the cache
    in a few milliseconds.
    """

    name: str
    mode: str | None = None
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    abilities: str = "?" * len(ABILITIES)
    input_price: float | None = None
    output_price: float | None = None
    providers: str = ""
    deployments: int = 1
    incomplete: bool = False


class Deployment(TypedDict, total=False):
    """
    One backend behind a model name; a key is absent when nobody knows.

    *backend* is the provider's own name of the model; units are those of `Model`.
    """

    name: str
    id: str
    backend: str
    provider: str
    mode: str
    max_input_tokens: int
    max_output_tokens: int
    abilities: dict[str, bool]
    input_price: float
    output_price: float
    supported_parameters: list[str]


def ability_flags(marks: str) -> dict[str, bool | None]:
    """Return the abilities of a model by name: true, false, or None for unknown."""
    return {name: _FLAGS[mark] for name, mark in zip(ABILITIES, marks, strict=True)}


def ability_marks(flags: Mapping[str, bool | None]) -> str:
    """Return *flags* by name as the marks of a model."""
    return "".join(_MARKS[flags.get(name)] for name in ABILITIES)


def deployment_from_info(entry: object) -> Deployment | None:
    """
    Return the deployment of one entry of `/model/info`, or None for an entry without a name.

    Junk in one field loses that field, not the entry.
    """
    if not isinstance(entry, dict) or not isinstance(name := entry.get("model_name"), str) or not name:
        return None
    info, parameters = _object(entry.get("model_info")), _object(entry.get("litellm_params"))
    row = _properties(name, info)
    backend = parameters.get("model")
    if isinstance(backend, str):
        row["backend"] = backend
    provider = info.get("litellm_provider") or parameters.get("custom_llm_provider")
    if isinstance(provider, str) and provider:
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
    return _properties(name, entry)


def _properties(name: str, source: Mapping[str, object]) -> Deployment:
    row: dict[str, object] = {"name": name}
    if isinstance(mode := source.get("mode"), str) and mode:
        row["mode"] = mode
    for field in _LIMITS:
        if (limit := number(source.get(field))) and limit >= 1:
            row[field] = int(limit)
    for field, per_token in _PRICES.items():
        price = number(source.get(per_token))
        if price is not None and (per_million := number(price * 1_000_000)) is not None:
            row[field] = round(per_million, 6)
    abilities = {
        ability: flag for ability, key in ABILITIES.items() if isinstance(flag := source.get(key), bool)
    }
    if abilities:
        row["abilities"] = abilities
    return row  # type: ignore[return-value]  # filled field by field from the names of Deployment


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
