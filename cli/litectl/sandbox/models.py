"""The mock models of the sandbox: the configuration of its proxy, and what embeds there. Pure."""

from collections.abc import Sequence

# Each failure a script should handle has a model.
_CHATS = {
    "mock-hello": "Hello from the sandbox.",
    "mock-long": "".join(f"Line {number} of a longer answer.\n" for number in range(1, 41)),
    "mock-json": '{"name": "Ada", "age": 36}',
    "mock-rate-limited": "litellm.RateLimitError",
    "mock-context": "litellm.ContextWindowExceededError",
    "mock-failing": "litellm.InternalServerError",
}
_PRICED = ("mock-hello", "mock-embedding")  # scripts meet a known cost and an unknown one
_PRICES = {"input_cost_per_token": 1e-06, "output_cost_per_token": 5e-06}  # US dollars

EMBEDDER_FILE = "sandbox_embedder.py"
# LiteLLM's own mock of an embedding gives one vector for any number of texts. This is loaded by the proxy
# as its documentation wants it: a module beside the configuration. Texts with words in common are alike.
EMBEDDER = """
import zlib
from math import hypot

from litellm import CustomLLM
from litellm.types.utils import Embedding, Usage

DIMENSIONS = 32  # the bits of a checksum


def vector_of(text):
    sums = [0.0] * DIMENSIONS
    for word in text.lower().split() or [text]:
        checksum = zlib.crc32(word.encode("utf-8", "replace"))
        for place in range(DIMENSIONS):
            sums[place] += 1.0 if checksum >> place & 1 else -1.0
    length = hypot(*sums) or 1.0
    return [round(each / length, 6) for each in sums]


class Embedder(CustomLLM):
    async def aembedding(self, model, input, model_response, **_):
        texts = [str(text) for text in ([input] if isinstance(input, str) else input)]
        words = sum(len(text.split()) or 1 for text in texts)
        model_response.model = model
        model_response.data = [
            Embedding(embedding=vector_of(text), index=index, object="embedding")
            for index, text in enumerate(texts)
        ]
        model_response.usage = Usage(prompt_tokens=words, completion_tokens=0, total_tokens=words)
        return model_response


embedder = Embedder()
"""


def configuration(tools: Sequence[str]) -> dict[str, object]:
    """
    Return the configuration of a proxy with the mock models, which wants `EMBEDDER_FILE` beside it.

    *tools* is the command of its MCP server, which speaks stdio.
    """
    chats = [_entry(name, f"openai/{name}", "chat", mock_response=answer) for name, answer in _CHATS.items()]
    provider, handler = "sandbox", f"{EMBEDDER_FILE.removesuffix('.py')}.embedder"
    command, *arguments = tools
    server = {"transport": "stdio", "command": command, "args": arguments, "allow_all_keys": True}
    return {
        "mcp_servers": {"sandbox": server},
        "model_list": [*chats, _entry("mock-embedding", f"{provider}/mock-embedding", "embedding")],
        "litellm_settings": {
            "telemetry": False,
            "custom_provider_map": [{"provider": provider, "custom_handler": handler}],
        },
        "router_settings": {"num_retries": 0},
    }


def _entry(name: str, model: str, mode: str, **more: str) -> dict[str, object]:
    prices = _PRICES if name in _PRICED else {}
    limits = {"max_input_tokens": 128000} | ({"max_output_tokens": 4096} if mode == "chat" else {})
    return {
        "model_name": name,
        "litellm_params": {"model": model, "api_key": "none", **more, **prices},
        "model_info": {"mode": mode, **limits},
    }
