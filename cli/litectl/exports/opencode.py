"""
opencode: `provider` in its `opencode.json`.

As its documentation of custom providers says (1.18): a limit needs both of its
numbers and a cost at least two, in US dollars per million tokens; null is fatal. It
runs no command for a key, so the key comes from an environment variable.
"""

from collections.abc import Mapping, Sequence

from litectl.catalog.rows import ability_flags, output_limit
from litectl.exports.documents import Object, inner, require_same_proxy, with_own_fields, with_provider
from litectl.exports.target import Offer, Offered, Target

_HEAD = {"$schema": "https://opencode.ai/config.json"}
_MODEL_FIELDS = (
    *("name", "reasoning", "attachment", "modalities", "tool_call", "temperature", "limit", "cost"),
)
_INPUTS = {"vision": "image", "pdf": "pdf", "audio": "audio"}


def _place(variables: Mapping[str, str], home: str) -> str:
    return f"{variables.get('XDG_CONFIG_HOME') or f'{home}/.config'}/opencode/opencode.json"


def _render(offer: Offer, text: str | None) -> str:
    return with_provider(text, _HEAD, ("provider", offer.provider), lambda present: _entry(offer, present))


def _entry(offer: Offer, present: Object) -> Object:
    base_url = f"{offer.root}/v1"
    present_options, present_models = inner(present, "options"), inner(present, "models")
    require_same_proxy(offer.provider, present_options.get("baseURL"), base_url)
    options: Object = {"baseURL": base_url}
    if not offer.key.is_needed:
        options["apiKey"] = "none"
    if offer.headers:
        options["headers"] = {name: f"{{env:{variable}}}" for name, variable in offer.headers.items()}
    return {
        **present,
        "npm": "@ai-sdk/openai-compatible",
        "name": offer.title,
        "env": [offer.key.variable] if offer.key.is_needed else [],
        "options": {**present_options, **options},
        # What the user added to a model stays with it.
        "models": {
            offered.model.name: with_own_fields(
                present_models.get(offered.model.name), _model(offered), _MODEL_FIELDS
            )
            for offered in offer.models
        },
    }


def _model(offered: Offered) -> Object:
    model, flags = offered.model, ability_flags(offered.model.abilities)
    inputs = [word for ability, word in _INPUTS.items() if flags[ability]]
    entry: Object = {
        "name": model.name,
        "reasoning": bool(flags["reasoning"]),
        "attachment": bool(inputs),
        "modalities": {"input": ["text", *inputs], "output": ["text"]},
    }
    if flags["tools"] is not None:
        entry["tool_call"] = flags["tools"]
    if (declared := offered.details.supported_parameters) is not None:
        entry["temperature"] = "temperature" in declared
    output = output_limit(model)
    if model.max_input_tokens and output:
        entry["limit"] = {"context": model.max_input_tokens, "output": output}
    prices = {
        "input": model.input_price,
        "output": model.output_price,
        "cache_read": model.cache_read_price,
        "cache_write": model.cache_write_price,
    }
    if model.input_price is not None and model.output_price is not None:
        entry["cost"] = {name: price for name, price in prices.items() if price is not None}
    return entry


def _notes(offer: Offer) -> Sequence[str]:
    if not offer.key.is_needed:
        return ()
    key = offer.key
    if key.is_kept_there:
        return [f"opencode reads the key from {key.variable}, as this profile does"]
    return [f'opencode reads the key from {key.variable}: `export {key.variable}="$({key.command})"`']


def _holds(name: str) -> bool:
    """Tell whether opencode reads *name* as it is: it puts variables and files in wherever they are named."""
    return name.isprintable() and "{env:" not in name and "{file:" not in name


TARGET = Target(_place, _render, _holds, _notes)
