"""What LiteLLM tells of its models, and of those behind them."""

from itertools import product

MODELS = 2000
DEPLOYMENTS = 5000

_PROVIDERS = ("openai", "azure", "anthropic", "bedrock", "vertex_ai", "mistral", "groq", "xai")
_LIMITS = (8192, 32768, 128000, 200000, 400000, 1048576)
_PARAMETERS = (
    "frequency_penalty,logit_bias,logprobs,top_logprobs,max_tokens,max_completion_tokens,modalities,"
    "prediction,n,presence_penalty,seed,stop,stream,stream_options,temperature,top_p,tools,tool_choice,"
    "function_call,functions,max_retries,extra_headers,parallel_tool_calls,audio,web_search_options,"
    "service_tier,safety_identifier,prompt_cache_key,prompt_cache_retention,store,response_format"
)


def model_info(count: int) -> dict[str, object]:
    """Return what `/model/info` tells of *count* deployments."""
    return {"data": [_deployment(number) for number in range(count)]}


def model_list(count: int) -> dict[str, object]:
    """Return what `/v1/models` tells of *count* models."""
    entry = {"object": "model", "created": 1677610602, "owned_by": "openai"}
    return {"data": [{"id": _public(number), **entry} for number in range(count)], "object": "list"}


def _public(number: int) -> str:
    return f"model-{number % MODELS:04}"


def _deployment(number: int) -> dict[str, object]:
    """Return one deployment of about 8 kB: some facts among a hundred and fifty that nobody knows."""
    provider = _PROVIDERS[number % len(_PROVIDERS)]
    name = f"{provider}/model-{number:04}"
    known = {
        "id": f"{number:064x}",
        "db_model": False,
        "mode": "chat",
        "key": name,
        "litellm_provider": provider,
        "max_input_tokens": _LIMITS[number % len(_LIMITS)],
        "max_output_tokens": _LIMITS[number % 3],
        "input_cost_per_token": (number % 97) / 10_000_000,
        "output_cost_per_token": (number % 89) / 2_000_000,
        "supports_function_calling": number % 2 == 0,
        "supports_vision": number % 3 == 0,
        "supports_reasoning": number % 5 == 0,
        "supports_prompt_caching": number % 7 == 0,
        "supported_openai_params": _PARAMETERS.split(","),
    }
    parameters = {"use_in_pass_through": False, "use_litellm_proxy": False, "model": name}
    return {"model_name": _public(number), "litellm_params": parameters, "model_info": {**_UNKNOWN, **known}}


def _unknown() -> dict[str, None]:
    """Return the facts that LiteLLM names for every model and knows for hardly any."""
    directions = (
        "input_cost",
        "output_cost",
        "cache_creation_input_token_cost",
        "cache_read_input_token_cost",
    )
    units = ("per_token", "per_character", "per_image", "per_audio_token", "per_video_per_second")
    tiers = ("", "_flex", "_priority", "_batches", "_above_128k_tokens", "_above_200k_tokens", "_above_272k")
    names = [f"{direction}_{unit}{tier}" for direction, unit, tier in product(directions, units, tiers)]
    return dict.fromkeys(
        [*names, "tpm", "rpm", "tiered_pricing", "supports_pdf_input", "supports_web_search"]
    )


_UNKNOWN = _unknown()
