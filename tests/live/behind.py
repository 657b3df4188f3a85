"""The configuration of a real proxy whose models are the providers of `live.upstream`."""

from itertools import product

from live.upstream import BEHAVIOURS, PROVIDERS
from live.upstream_errors import ANTHROPIC, DATABRICKS, ERRORS, OPENAI, REFUSED, SECRET

_BASES = {
    OPENAI: "/openai/v1",
    DATABRICKS: "/databricks",
    ANTHROPIC: "/anthropic",
    "moonshot": "/moonshot/v1",
}
# What LiteLLM knows of a model is known by the provider's name of it.
KNOWN = {
    "gpt": (OPENAI, "gpt-5.2"),
    "claude": (ANTHROPIC, "claude-haiku-4-5"),
    "bricks": (DATABRICKS, "databricks-claude-sonnet-4-5"),
}
_PATIENCE = 1000  # failures; no test finds a model as another one left it
STAND_IN = ("with-fallback", "openai-echo")  # the model that fails, and the one that answers for it
INPUT_PRICE, OUTPUT_PRICE = 1e-06, 5e-06  # US dollars per token of the model `priced`


def configuration(root: str) -> dict[str, object]:
    """Return the configuration of a proxy in front of the upstream at *root*."""
    errors = [(provider, name) for name, answers in ERRORS.items() for provider in answers]
    named = {
        f"{provider}-{name}": (provider, name) for provider, name in product(PROVIDERS, ("echo", *BEHAVIOURS))
    }
    named |= {f"{provider}-{name}": (provider, name) for provider, name in errors}
    named["kimi"] = ("moonshot", "kimi-k2.5")
    named |= {"stalled": (OPENAI, "stalled"), "embedder": (OPENAI, "text-embedding-3-small")}
    named[STAND_IN[0]] = (OPENAI, "locked")
    models = [entry(name, root, *where) for name, where in (named | KNOWN).items()]
    # The proxy leaves a model alone that failed, where nothing says how often it may.
    resting = entry("resting", root, OPENAI, "locked")
    models.append({**resting, "model_info": {}})
    # The operator has every request carry a parameter that the model refuses.
    models.append(entry("strict-by-operator", root, OPENAI, "strict", **{REFUSED: "of-the-operator"}))
    prices = {"input_cost_per_token": INPUT_PRICE, "output_cost_per_token": OUTPUT_PRICE}
    models.append(entry("priced", root, OPENAI, "priced", **prices))
    fallbacks = [{STAND_IN[0]: [STAND_IN[1]]}]
    return {"model_list": models, "litellm_settings": {"telemetry": False, "fallbacks": fallbacks}}


def entry(name: str, root: str, provider: str, model: str, **more: object) -> dict[str, object]:
    """Return what a configuration says of *name*: *model* of *provider*, which is at *root*."""
    where = {"model": f"{provider}/{model}", "api_base": root + _BASES[provider], "api_key": SECRET}
    return {
        "model_name": name,
        "litellm_params": {**where, **more},
        "model_info": {"allowed_fails": _PATIENCE},
    }
