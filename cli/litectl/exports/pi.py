"""
The pi coding agent: `providers` in its `models.json`.

As its documentation of custom models says (1.5): prices are US dollars per
million tokens and all four of them or none; an unknown limit is left out; one value of a
wrong type or null makes it ignore the whole file. Without `compat` it would
treat the proxy as OpenAI itself, and send parameters that other backends refuse.
"""

from collections.abc import Mapping

from litectl.catalog.families import is_claude
from litectl.catalog.rows import ability_flags, output_limit
from litectl.environment import PI_DIRECTORY
from litectl.exports.documents import Object, require_same_proxy, with_own_fields, with_provider
from litectl.exports.target import Offer, Offered, Target

_COMPATIBILITY = {
    "supportsStore": False,
    "supportsDeveloperRole": False,
    "supportsReasoningEffort": False,
    "supportsUsageInStreaming": True,
    "supportsStrictMode": False,
    "supportsLongCacheRetention": False,
    "promptCacheKeyMode": "disabled",
    "maxTokensField": "max_tokens",
}
_MODEL_FIELDS = (
    *("id", "name", "reasoning", "input", "contextWindow", "maxTokens", "cost", "compat"),
    "thinkingLevelMap",
)
# pi's word for each level, and the proxy's.
_LEVELS = {
    "off": "none",
    "minimal": "minimal",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "xhigh",
    "max": "max",
}


def _place(variables: Mapping[str, str], home: str) -> str:
    return f"{variables.get(PI_DIRECTORY) or f'{home}/.pi/agent'}/models.json"


def _render(offer: Offer, text: str | None) -> str:
    return with_provider(text, {}, ("providers", offer.provider), lambda present: _entry(offer, present))


def _entry(offer: Offer, present: Object) -> Object:
    base_url = f"{offer.root}/v1"
    require_same_proxy(offer.provider, present.get("baseUrl"), base_url)
    entry: Object = {
        "name": offer.title,
        "baseUrl": base_url,
        "api": "openai-completions",
        "apiKey": _key(offer),
        "compat": _COMPATIBILITY,
        "models": _models(offer, present.get("models")),
    }
    if offer.headers:
        entry["headers"] = {name: f"${variable}" for name, variable in offer.headers.items()}
    return {**present, **entry}


def _models(offer: Offer, present: object) -> list[Object]:
    """Return the models; what the user added to one of them in the *present* list stays with it."""
    others = [entry for entry in present if isinstance(entry, dict)] if isinstance(present, list) else []
    by_id = {entry.get("id"): entry for entry in others if isinstance(entry.get("id"), str)}
    return [
        with_own_fields(by_id.get(offered.model.name), _model(offered), _MODEL_FIELDS)
        for offered in offer.models
    ]


def _key(offer: Offer) -> str:
    if not offer.key.is_needed:
        return "none"
    return f"${offer.key.variable}" if offer.key.prefers_variable else f"!{offer.key.command}"


def _model(offered: Offered) -> Object:
    model = offered.model
    flags = ability_flags(model.abilities)
    entry: Object = {
        "id": model.name,
        "name": model.name,
        "reasoning": bool(flags["reasoning"]),
        "input": ["text", "image"] if flags["vision"] else ["text"],
    }
    if model.max_input_tokens:
        entry["contextWindow"] = model.max_input_tokens
    if limit := output_limit(model):
        entry["maxTokens"] = limit
    if model.input_price is not None and model.output_price is not None:
        # Where the price of a cached token is unknown, it costs no more than another one.
        read, write = model.cache_read_price, model.cache_write_price
        entry["cost"] = {
            "input": model.input_price,
            "output": model.output_price,
            "cacheRead": model.input_price if read is None else read,
            "cacheWrite": model.input_price if write is None else write,
        }
    if compatibility := _compatibility(offered):
        entry["compat"] = compatibility
    if "supportsReasoningEffort" in compatibility and (efforts := offered.details.reasoning_efforts):
        entry["thinkingLevelMap"] = {
            level: effort if effort in efforts else None for level, effort in _LEVELS.items()
        }
    return entry


def _compatibility(offered: Offered) -> Object:
    """Return what this model takes beyond the least."""
    declared = offered.details.supported_parameters or ()
    found: Object = {}
    if ability_flags(offered.model.abilities)["reasoning"] and "reasoning_effort" in declared:
        found["supportsReasoningEffort"] = True
    if is_claude(offered.deployments):
        found["cacheControlFormat"] = "anthropic"
    elif "prompt_cache_key" in declared:
        found["promptCacheKeyMode"] = "enabled"
    return found


TARGET = Target(_place, _render)
