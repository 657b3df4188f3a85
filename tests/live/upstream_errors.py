"""The errors of the providers behind a proxy, each in the words of its provider."""

from fake_proxy import Answer, json_answer

OPENAI, DATABRICKS, ANTHROPIC = "openai", "databricks", "anthropic"
SECRET = "sk-of-the-proxy-itself"
REFUSED = "prompt_cache_key"  # a parameter that LiteLLM passes on, and a strict model refuses
_TOO_LONG = "prompt is too long: 210013 tokens > 200000 maximum"


def _openai(status: int, message: str, code: str | None, kind: str = "", **headers: str) -> Answer:
    error = {"message": message, "type": kind or "invalid_request_error", "param": None, "code": code}
    return json_answer({"error": error}, status, **headers)


def _databricks(status: int, code: str, message: str, **headers: str) -> Answer:
    return json_answer({"error_code": code, "message": message}, status, **headers)


def _anthropic(status: int, kind: str, message: str, **headers: str) -> Answer:
    return json_answer({"type": "error", "error": {"type": kind, "message": message}}, status, **headers)


_STRUCTURED = {
    "error": {
        "message": "Rate limit exceeded: input_tokens_per_minute",
        "type": "rate_limit_exceeded",
        "limit_type": "input_tokens_per_minute",
        "limit": 200000,
        "current": 200150,
        "retry_after": 15,
    }
}

# By the name of the model, then by its provider.
ERRORS = {
    "limited": {
        OPENAI: _openai(
            429,
            "Rate limit reached for gpt-5.2 in organization org-1 on tokens per min (TPM): Limit 30000, "
            "Used 29000, Requested 2000. Please try again in 2s.",
            "rate_limit_exceeded",
            "tokens",
            retry_after="2",
        ),
        DATABRICKS: json_answer(_STRUCTURED, 429, retry_after="15"),
        ANTHROPIC: _anthropic(
            429,
            "rate_limit_error",
            "This request would exceed your organization's rate limit of 50,000 input tokens per minute",
            retry_after="15",
        ),
    },
    "limited-by-workspace": {
        DATABRICKS: _databricks(
            429,
            "REQUEST_LIMIT_EXCEEDED",
            "REQUEST_LIMIT_EXCEEDED: Exceeded workspace input tokens per minute rate limit for "
            "databricks-claude-sonnet-4-5. "
            "Please contact your Databricks account team to increase the limit.",
        )
    },
    "limited-as-page": {
        OPENAI: Answer(429, [b"Too Many Requests"], "text/plain", headers=(("retry-after", "3"),))
    },
    "quota": {
        OPENAI: _openai(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            "insufficient_quota",
            "insufficient_quota",
        ),
        ANTHROPIC: _anthropic(
            400,
            "invalid_request_error",
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to "
            "upgrade or purchase credits.",
        ),
    },
    "context": {
        OPENAI: _openai(
            400,
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 20013 "
            "tokens. Please reduce the length of the messages.",
            "context_length_exceeded",
        ),
        DATABRICKS: _databricks(400, "BAD_REQUEST", f'{{"message":"{_TOO_LONG}"}}'),
        ANTHROPIC: _anthropic(400, "invalid_request_error", _TOO_LONG),
    },
    "filtered": {
        OPENAI: _openai(
            400,
            "The response was filtered due to the prompt triggering content management policy.",
            "content_filter",
        ),
        DATABRICKS: _databricks(
            400, "BAD_REQUEST", "The request was blocked by a guardrail: input_guardrail_triggered"
        ),
        ANTHROPIC: _anthropic(400, "invalid_request_error", "Output blocked by content filtering policy"),
    },
    "locked": {
        OPENAI: _openai(401, "Incorrect API key provided: sk-of****self.", "invalid_api_key"),
        DATABRICKS: _databricks(401, "UNAUTHENTICATED", "Invalid access token."),
        ANTHROPIC: _anthropic(401, "authentication_error", "invalid x-api-key"),
    },
    "unknown": {
        OPENAI: _openai(404, "The model `unknown` does not exist", "model_not_found"),
        DATABRICKS: _databricks(404, "RESOURCE_DOES_NOT_EXIST", "The endpoint unknown does not exist."),
        ANTHROPIC: _anthropic(404, "not_found_error", "model: unknown"),
    },
    "failing": {
        OPENAI: _openai(500, "The server had an error while processing your request", None, "server_error"),
        DATABRICKS: _databricks(500, "INTERNAL_ERROR", "An internal error occurred."),
        ANTHROPIC: _anthropic(500, "api_error", "Internal server error"),
    },
}

UNTHINKING = _anthropic(
    400,
    "invalid_request_error",
    "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When "
    "`thinking` is enabled, a final `assistant` message must start with a thinking block. We recommend you "
    "include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please "
    "consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
)
THINKING = _anthropic(
    400,
    "invalid_request_error",
    "messages.1.content.0: When thinking is disabled, an `assistant` message in the final position cannot "
    "contain `thinking`. To use thinking blocks, enable `thinking` in your request.",
)
REFUSAL = _databricks(
    400,
    "BAD_REQUEST",
    f'Bad request: json: unknown field\n{{"message":"{REFUSED}: Extra inputs are not permitted"}}',
)
