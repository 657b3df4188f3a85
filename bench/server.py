"""
A proxy on loopback that costs its clients as little as a server can.

What it sends has the shape and the size of what LiteLLM 1.106 sends, and is
made once, before anything is measured.
"""

import json
import socket
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from email.utils import formatdate
from itertools import product
from threading import Thread

MODELS = 2000
DEPLOYMENTS = 5000
TOOLS = 20
TEXTS = ("Three", " rivers", ": Elbe", ", Loire", ", Tagus")
ANSWER = "".join(TEXTS)
CHAT = "/v1/chat/completions"
PATIENCE = 20.0  # seconds until a client that says nothing is an error

_REPEATED = 100  # times all the texts in one piece of a long answer
_MODEL_INFO = "/model/info"
_TOOL_LIST, _TOOL_CALL = "/mcp-rest/tools/list", "/mcp-rest/tools/call"
_PROVIDERS = ("openai", "azure", "anthropic", "bedrock", "vertex_ai", "mistral", "groq", "xai")
_LIMITS = (8192, 32768, 128000, 200000, 400000, 1048576)
_PARAMETERS = (
    "frequency_penalty,logit_bias,logprobs,top_logprobs,max_tokens,max_completion_tokens,modalities,"
    "prediction,n,presence_penalty,seed,stop,stream,stream_options,temperature,top_p,tools,tool_choice,"
    "function_call,functions,max_retries,extra_headers,parallel_tool_calls,audio,web_search_options,"
    "service_tier,safety_identifier,prompt_cache_key,prompt_cache_retention,store,response_format"
)
_HEADERS = f"""\
date: {formatdate(usegmt=True)}
x-litellm-call-id: d0c28fa0-9baa-48e8-a02e-416aaacdd224
x-litellm-model-id: acff07d003baea80b7781c392739e4b599c03fdade9eee24fd40f2c65948fd96
x-litellm-model-name: openai/bench
x-litellm-model-api-base: https://api.openai.com
x-litellm-version: 1.106.2
x-litellm-response-cost-original: 0.0
x-litellm-response-cost-discount-amount: 0.0
x-litellm-response-cost-margin-amount: 0.0
x-litellm-response-cost-margin-percent: 0.0
x-litellm-response-cost-input: 0.0
x-litellm-response-cost-output: 0.0
x-litellm-response-cost-tool-usage: 0.0
x-litellm-key-spend: 0.0
x-litellm-response-duration-ms: 147.65691757202148
x-litellm-callback-duration-ms: 0.0
x-litellm-model-group: bench
x-litellm-attempted-retries: 0
x-litellm-attempted-fallbacks: 0
cache-control: no-cache
x-accel-buffering: no
vary: Origin
x-frame-options: DENY
content-security-policy: frame-ancestors 'none'
x-content-type-options: nosniff
"""


def listen() -> socket.socket:
    """Return a socket that listens on a free port of loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(PATIENCE)
    return listener


def root_of(listener: socket.socket) -> str:
    """Return the URL of the proxy behind *listener*."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def accept(listener: socket.socket) -> socket.socket:
    """Return the next connection, which sends every piece at once, as LiteLLM's server does."""
    connection, _ = listener.accept()
    connection.settimeout(PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_request(connection: socket.socket) -> str:
    """Return the path of the next request, read to its end; empty when the client has gone."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return ""
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length and (chunk := connection.recv(65536)):
        body += chunk
    return head.split(b" ")[1].decode()


def chat_pieces() -> list[bytes]:
    """Return the pieces of a streamed answer: the head, the role, each text, the usage, the end."""
    deltas: list[dict[str, object]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text} for text in TEXTS]
    usage = {"completion_tokens": 5, "prompt_tokens": 8, "total_tokens": 13, "cost": 0.00007525}
    events = [_event([{"index": 0, "delta": delta}]) for delta in deltas]
    events += [
        _event([{"index": 0, "delta": {}, "finish_reason": "stop"}]),
        _event([{"index": 0, "delta": {}}], usage=usage),
        b"data: [DONE]\n\n",
    ]
    head = _head("text/event-stream; charset=utf-8", "Transfer-Encoding: chunked")
    return [head, *(b"%x\r\n%s\r\n" % (len(event), event) for event in events), b"0\r\n\r\n"]


def long_chat_pieces(count: int) -> list[bytes]:
    """Return the pieces of a streamed answer of *count* texts; many events are one piece, and chunks each."""
    head, role, *texts, finish, usage, done, end = chat_pieces()
    block = b"".join(texts) * _REPEATED
    return [head, role, *[block] * (count // (len(texts) * _REPEATED)), finish, usage, done, end]


def serve(listener: socket.socket) -> None:
    """Answer whoever comes to *listener*, one after the other, until this process ends."""
    models = {"data": [_model_info(number) for number in range(DEPLOYMENTS)]}
    tools = {"tools": [_tool("add", 0), *(_tool(f"tool-{number}", number) for number in range(1, TOOLS))]}
    outcomes = {"bench": {"status": "ok", "tool_count": TOOLS}}
    result = {"content": [{"type": "text", "text": "5", "annotations": None}], "isError": False}
    answers = {
        CHAT: chat_pieces(),
        _MODEL_INFO: _json_pieces(models),
        _TOOL_LIST: _json_pieces({**tools, "error": None, "server_outcomes": outcomes}),
        _TOOL_CALL: _json_pieces({**result, "structuredContent": {"result": 5}, "_meta": None}),
    }
    _start(listener, answers)


def serve_long_answers(listener: socket.socket, count: int) -> None:
    """Answer whoever asks at *listener* with *count* texts, one after the other, until this process ends."""
    _start(listener, {CHAT: long_chat_pieces(count)})


def serve_instant_models(listener: socket.socket, count: int, asked: list[str]) -> None:
    """
    Answer all who come to *listener* at a time, until this process ends, as a proxy of *count* models.

    Each answers at once, in one piece. Every path that is asked is added to *asked*.
    """
    message = {"role": "assistant", "content": "Hello"}
    answer = {
        "id": "chatcmpl-ebc52fa2-185b-49a8-9fd7-0db86552f051",
        "object": "chat.completion",
        "created": 1767225600,
        "model": "bench",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"completion_tokens": 1, "prompt_tokens": 13, "total_tokens": 14, "cost": 0.00000525},
    }
    answers = {
        CHAT: _json_pieces(answer),
        _MODEL_INFO: _json_pieces({"data": [_model_info(number) for number in range(count)]}),
        "/v1/models": _json_pieces({"data": [{"id": "model-0000", "object": "model"}], "object": "list"}),
        "/health/liveliness": _json_pieces("I'm alive!"),
        "/health/readiness": _json_pieces({"status": "healthy", "db": "Not connected"}),
        _TOOL_LIST: _json_pieces({"tools": [], "error": None, "server_outcomes": {}}),
        "/public/model_hub/info": _json_pieces({"litellm_version": "1.106.2"}),
    }

    def serve_connection(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            while path := read_request(connection):
                asked.append(path)
                _send(connection, answers.get(path.partition("?")[0], _MISSING))

    def serve_all() -> None:
        while True:
            with suppress(OSError):
                Thread(target=serve_connection, args=(accept(listener),), daemon=True).start()

    Thread(target=serve_all, daemon=True).start()


def _start(listener: socket.socket, answers: Mapping[str, Sequence[bytes]]) -> None:
    Thread(target=_serve, args=(listener, answers), daemon=True).start()


def _serve(listener: socket.socket, answers: Mapping[str, Sequence[bytes]]) -> None:
    while True:
        # A client that breaks off is seen by its exit code, not here.
        with suppress(OSError), accept(listener) as connection:
            while path := read_request(connection):
                _send(connection, answers[path])


def _send(connection: socket.socket, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        connection.sendall(piece)


def _head(content_type: str, framing: str, status: str = "200 OK") -> bytes:
    text = f"HTTP/1.1 {status}\n{_HEADERS}content-type: {content_type}\n{framing}\n\n"
    return text.replace("\n", "\r\n").encode()


def _json_pieces(document: object) -> list[bytes]:
    body = json.dumps(document).encode()
    return [_head("application/json", f"Content-Length: {len(body)}"), body]


def _tool(name: str, number: int) -> dict[str, object]:
    """Return the entry of a tool that takes two integers."""
    properties = {key: {"title": key.upper(), "type": "integer"} for key in ("a", "b")}
    schema = {"type": "object", "properties": properties, "required": ["a", "b"], "title": f"{name}Arguments"}
    info = {"server_name": "bench", "description": None, "server_id": f"{7:032x}", "alias": None}
    described = f"Does what number {number} is there for, with two integers"
    return {"name": name, "title": None, "description": described, "inputSchema": schema, "mcp_info": info}


def _event(choices: list[dict[str, object]], **more: object) -> bytes:
    chunk = {
        "id": "chatcmpl-ebc52fa2-185b-49a8-9fd7-0db86552f051",
        "object": "chat.completion.chunk",
        "created": 1767225600,
        "model": "bench",
        "choices": choices,
        **more,
    }
    return b"data: %s\n\n" % json.dumps(chunk, separators=(",", ":")).encode()


def _model_info(number: int) -> dict[str, object]:
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
    public = f"model-{number % MODELS:04}"
    return {"model_name": public, "litellm_params": parameters, "model_info": {**_UNKNOWN, **known}}


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
_MISSING = [_head("application/json", "Content-Length: 22", "404 Not Found"), b'{"detail":"Not Found"}']
