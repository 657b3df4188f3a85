"""A JSON file for your own tools: the proxy, where its key is, and its models. Pure."""

from litectl.catalog.rows import PRICES, ability_flags
from litectl.exports.documents import present_document, written
from litectl.exports.target import Offer, Offered, Target


def _render(offer: Offer, text: str | None) -> str:
    key = {"variable": offer.key.variable} if offer.key.prefers_variable else {"command": offer.key.command}
    own = {
        "schema_version": 1,
        "provider": offer.provider,
        "base_url": offer.root,
        "api_key": key if offer.key.is_needed else None,
        "headers": {name: {"variable": variable} for name, variable in offer.headers.items()},
        "models": [_model(offered) for offered in offer.models],
    }
    return written({**present_document(text), **own})


def _model(offered: Offered) -> dict[str, object]:
    model, details = offered.model, offered.details
    return {
        "name": model.name,
        "mode": model.mode,
        "max_input_tokens": model.max_input_tokens,
        "max_output_tokens": model.max_output_tokens,
        "safe_max_tokens": model.safe_max_tokens,
        "safe_max_tokens_reason": model.safe_max_tokens_reason,
        "abilities": ability_flags(model.abilities),
        **{price: getattr(model, price) for price in PRICES},
        "providers": model.providers.split(",") if model.providers else [],
        "supported_parameters": details.supported_parameters,
        "reasoning_efforts": details.reasoning_efforts,
        "endpoints": details.endpoints,
        "guessed": model.guessed.split(",") if model.guessed else [],
    }


TARGET = Target(lambda _variables, _home: None, _render)
