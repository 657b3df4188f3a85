"""Questions and answers, what they cost, and vectors."""

from pages.documents.document import Document, fields

_COST_SOURCE = "who told the cost: usage, header, proxy_estimate or catalog_estimate; null when it is unknown"
_CALL = {
    "id": "the id of the call, for `--tool-results`",
    "name": "the tool that the model calls",
    "arguments.*": "its arguments",
}
_RUN = {
    "server": "the MCP server that was called, null where there was none",
    "tool": "the tool",
    "arguments.*": "its arguments",
    "outcome": "ok, failed, refused, or unknown for one that may have run, or not",
    "result": "what the model was told",
}
_ANSWER = {
    "answer": "the text of the answer",
    "reasoning": "what the model thought, where it tells",
    **{f"tool_calls[].{path}": means for path, means in _CALL.items()},
    **{f"tool_runs[].{path}": means for path, means in _RUN.items()},
    "model": "who answered",
    "finish_reason": "why it ended: stop, length, tool_calls, ...",
    "usage.input_tokens": "tokens of the prompt",
    "usage.output_tokens": "tokens of the answer",
    "usage.total_tokens": "both together",
    "usage.cached_tokens": "those of the prompt that were read from a cache",
    "usage.reasoning_tokens": "those of the answer that were thoughts",
    "cost": "US dollars, null when unknown",
    "cost_source": _COST_SOURCE,
    "call_id": "the id of the call in the log of the proxy",
    "response_id": "the id that the provider gave",
    "deployment_id": "the id of the deployment that answered",
    "deployment": "its own name of the model",
    "fallbacks": "how many other models the proxy tried",
    "retries": "how often the proxy tried again",
    "seconds": "how long it took",
}
_DRY_RUN = {
    "method": "POST",
    "url": "the address that would be asked",
    "headers.*": "the headers, the key masked",
    "body.*": "the body as it would be sent",
    "parameters[].parameter": "a parameter",
    "parameters[].action": "what became of it",
    "parameters[].reason": "why",
}
_EMBEDDING = {
    "index": "the number of the text, from 0",
    "file": "the file that it is from; null for an argument and for stdin",
    "text": "the text; null for a whole file",
    "embedding[]": "the numbers of the vector",
}
_COST = {
    "model": "the model",
    "input_tokens": "tokens of the prompt",
    "output_tokens": "tokens of the answer, null when none were given",
    "cost": "US dollars",
    "source": "proxy_estimate or catalog_estimate",
    "is_estimate": "true",
    "input_price": "US dollars per million tokens of prompt, null when unknown",
    "output_price": "US dollars per million tokens of answer, null when unknown",
}
_COUNT = {
    "model": "the model that was named",
    "tokens": "how many tokens there are",
    "tokenizer": "what counted them",
    "source": "local_estimate or provider",
    "model_used": "the model that was counted for",
}

DOCUMENTS = (
    Document(("ask",), fields(_ANSWER)),
    Document(("ask",), fields(_DRY_RUN), "with `--dry-run`"),
    Document(
        ("embed",),
        (
            *fields(
                {
                    "model": "who answered",
                    "dimensions": "how many numbers a vector has",
                    "usage.input_tokens": "tokens of the texts",
                    "cost": "US dollars, null when unknown",
                    "cost_source": _COST_SOURCE,
                }
            ),
            *fields(_EMBEDDING, "embeddings[]."),
        ),
    ),
    Document(("cost",), fields(_COST)),
    Document(("tokens",), fields(_COUNT)),
)
