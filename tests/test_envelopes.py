"""Error answers of a proxy: which class and exit code each one gets, and what is shown of it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import (
    AuthError,
    BudgetError,
    ConfigError,
    ContextError,
    GuardrailError,
    LitectlError,
    NotAllowedError,
    NotFoundError,
    ProxyError,
    RateLimitError,
    UnsupportedParameterError,
    UpstreamError,
)
from litectl.failures.envelopes import (
    Envelope,
    envelope_of,
    error_from_answer,
    error_from_envelope,
    error_in_answer,
    read_envelope,
    readable,
)

EXIT_CODES: dict[type[LitectlError], int] = {
    ProxyError: 1,
    GuardrailError: 1,
    UnsupportedParameterError: 1,
    ConfigError: 3,
    AuthError: 4,
    NotAllowedError: 4,
    NotFoundError: 6,
    RateLimitError: 8,
    BudgetError: 9,
    ContextError: 10,
    UpstreamError: 12,
}
ADVICE = (
    "\n\nLiteLLM: model group 'gpt-5.2' failed with the error above and no fallback model group was found"
)


def answered(
    status: int,
    kind: str | None,
    message: str,
    *,
    headers: Mapping[str, str] | None = None,
    has_credential: bool = True,
) -> LitectlError:
    """Return the error of an answer in the proxy's own envelope."""
    error = {"message": message, "type": kind, "param": "None", "code": str(status)}
    body = json.dumps({"error": error}).encode()
    return error_from_answer(status, headers or {}, body, has_credential=has_credential)


# Each row is an answer of the proxy: its status, LiteLLM's word for it, and the beginning of its text.
@pytest.mark.parametrize(
    ("status", "kind", "message", "expected"),
    [
        # The key
        (401, "auth_error", "Authentication Error, No api key passed in.", AuthError),
        (401, "token_not_found_in_db", "Authentication Error, Invalid proxy server token passed.", AuthError),
        (401, "auth_error", "LiteLLM Virtual Key expected, expected to start with 'sk-'.", AuthError),
        (401, "expired_key", "Authentication Error - Expired Key. Key Expiry time 2026-01-02", AuthError),
        (401, "auth_error", "Authentication Error, Key is blocked. Update via `/key/unblock`", AuthError),
        (401, "auth_error", "Authentication Error, Only proxy admin can be used to do this", NotAllowedError),
        (401, "auth_error", "Authentication Error, Rejected Request: api_base is not allowed", ProxyError),
        (401, "authentication_error", "litellm.AuthenticationError: Incorrect API key", UpstreamError),
        (401, "None", "litellm.AuthenticationError: AnthropicException - invalid x-api-key", UpstreamError),
        (400, "no_db_connection", "No connected db.", AuthError),
        (403, "auth_error", "Route not allowed for this key", NotAllowedError),
        (403, "permission_error", "litellm.APIError: APIError: PERMISSION_DENIED", UpstreamError),
        # The budget
        (422, "budget_exceeded", "Budget has been exceeded! Key=dev Current cost: 2.0", BudgetError),
        (429, "budget_exceeded", "Budget has been exceeded! Team=dev Current cost: 2.0", BudgetError),
        (400, "budget_exceeded", "Budget has been exceeded! Current cost: 2.0", BudgetError),
        (400, "auth_error", "Authentication Error, Budget has been exceeded! Current cost: 2.0", BudgetError),
        (403, "budget_exceeded", "ExceededTokenBudget: Current spend: 2.0", BudgetError),
        (422, None, "Budget has been exceeded! Current cost: 2.0", BudgetError),
        (429, "throttling_error", "Budget has been exceeded! Current cost: 2.0", BudgetError),
        (429, "throttling_error", "OpenAIException - You exceeded your current quota, please", BudgetError),
        (429, "throttling_error", 'DatabricksException - {"code":"insufficient_quota"}', BudgetError),
        (400, None, "You have reached your specified API usage limits. You will regain access", BudgetError),
        (400, None, "Your credit balance is too low to access the API", BudgetError),
        (402, None, "Insufficient credits", BudgetError),
        # The model
        (400, "invalid_request_error", "There are no healthy deployments for this model.", NotFoundError),
        (400, "invalid_request_error", "Invalid model name passed in model=gpt-6", NotFoundError),
        (403, "key_model_access_denied", "The requested model 'gpt-6' is not available", NotFoundError),
        (403, "team_model_access_denied", "The requested model 'gpt-6' is not available", NotFoundError),
        (401, "key_model_access_denied", "API Key not allowed to access model gpt-6", NotFoundError),
        (404, "invalid_request_error", "litellm.NotFoundError: The model `gpt-6` is missing", NotFoundError),
        (404, None, "Not Found", ProxyError),
        # The request
        (400, "invalid_request_error", "litellm.BadRequestError: Unsupported value", ProxyError),
        (400, "invalid_request_error", "max_tokens: 64001 > 64000, the most output tokens", ProxyError),
        (400, "invalid_request_error", "used 1429 tokens, see the rate limit", ProxyError),
        (422, None, "[{'loc': ['body', 'model'], 'msg': 'Field required'}]", ProxyError),
        (422, None, "messages.0.foo: Extra inputs are not permitted", ProxyError),
        (405, None, "Method Not Allowed", ProxyError),
        (409, None, "Conflict", ProxyError),
        # A parameter of the request
        (
            400,
            "invalid_request_error",
            "litellm.UnsupportedParamsError: m has no context window",  # names none
            UnsupportedParameterError,
        ),
        (400, None, "prompt_cache_key: Extra inputs are not permitted", UnsupportedParameterError),
        (422, None, "Unknown parameter: 'foo'", UnsupportedParameterError),
        (500, None, "Unknown parameter: 'foo'", UpstreamError),
        (429, "throttling_error", "Unknown parameter: 'foo'", RateLimitError),
        # Guardrails and content filters
        (400, "invalid_request_error", "litellm.ContentPolicyViolationError: no", GuardrailError),
        (
            400,
            "invalid_request_error",
            "litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - no",
            GuardrailError,
        ),
        (400, None, "The response was filtered due to the prompt triggering a policy", GuardrailError),
        (400, None, 'OpenAIException - {"error":{"code":"content_filter","message":"no"}}', GuardrailError),
        (400, "None", "Violated guardrail policy", GuardrailError),
        (400, "None", "Violated OpenAI moderation policy", GuardrailError),
        (400, "None", "Violated prompt_injection threshold", GuardrailError),
        (400, "None", "Blocked by Pillar Security Guardrail", GuardrailError),
        (400, "None", "Request blocked by Noma guardrail", GuardrailError),
        (400, "None", "Guardrail raised an exception, Guardrail: pii, Message: no", GuardrailError),
        (400, "None", "Blocked entity detected: EMAIL by Guardrail: pii.", GuardrailError),
        (400, "None", "{'error': 'Violated Lasso guardrail policy', 'x': {}}", GuardrailError),
        (403, "None", "Content blocked: keyword 'x' detected", GuardrailError),
        (500, "None", "Guardrail raised an exception, Guardrail: pii, Message: no", GuardrailError),
        (500, "None", "the guardrail service is down: Violated guardrail policy", UpstreamError),
        # The context
        (400, "invalid_request_error", "litellm.ContextWindowExceededError: too much", ContextError),
        (400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", ContextError),
        (400, "invalid_request_error", "This model's maximum context length is 8192 tokens", ContextError),
        (400, "invalid_request_error", '{"code":"context_length_exceeded"}', ContextError),
        (400, None, "Your input exceeds the context window of this model.", ContextError),
        (400, None, "input length and `max_tokens` exceed context limit: 190000 + 64000", ContextError),
        (400, None, "The input token count (9) exceeds the maximum number of tokens allowed", ContextError),
        (400, None, "BedrockException: Input is too long for requested model.", ContextError),
        (400, None, "the request exceeds the available context size, try increasing it", ContextError),
        (400, None, "The decoder prompt (length 9) is longer than the maximum model length", ContextError),
        (
            400,
            None,
            'X - {"message":"{\\"message\\":\\"prompt is too long\\"}"}',
            ContextError,
        ),
        (422, None, "`inputs` tokens + `max_new_tokens` must be <= 4096", ContextError),
        (
            400,
            None,
            "litellm.ContextWindowExceededError: 9 tokens, the rate limit and policy blocked by x guard",
            ContextError,
        ),
        (413, None, "Request Entity Too Large", ContextError),
        # Limits, also those that speak of tokens
        (
            429,
            "throttling_error",
            "Rate limit exceeded for api_key: 28f3. Limit type: requests",
            RateLimitError,
        ),
        (429, "throttling_error", "Limit type: tokens. Current limit: 100, Remaining: 10", RateLimitError),
        (429, "throttling_error", "Exceeded workspace input tokens per minute rate limit", RateLimitError),
        (429, "throttling_error", "Rate limit: prompt is too long, maximum context length", RateLimitError),
        (429, "throttling_error", "litellm.ContextWindowExceededError: tokens limit", RateLimitError),
        (429, None, "Too many tokens, please wait before trying again.", RateLimitError),
        (400, None, "litellm.RateLimitError: prompt is too long, maximum context length", RateLimitError),
        (400, "rate_limit_error", "no", RateLimitError),
        (500, None, "litellm.RateLimitError: OpenAIException - 2000 batches per hour", RateLimitError),
        (429, None, "You exceeded your current quota. Please retry in 26.4s.", RateLimitError),
        (429, "all_deployments_in_cooldown", "No deployments available, Try again in 5", RateLimitError),
        # The backend
        (408, "invalid_request_error", "litellm.Timeout: APITimeoutError - timed out", UpstreamError),
        (500, "internal_server_error", "litellm.InternalServerError: broken", UpstreamError),
        (
            400,
            None,
            "litellm.BadRequestError: KeyError: 'choices', Got unexpected response from X: {'error': {}}",
            UpstreamError,
        ),
        (500, "internal_server_error", "litellm.APIConnectionError: Connection error.", UpstreamError),
        (502, "internal_server_error", "litellm.BadGatewayError: <html>", UpstreamError),
        (503, "internal_server_error", "litellm.ServiceUnavailableError: scaling", UpstreamError),
        (503, None, "maximum context length", UpstreamError),
        (529, None, "Overloaded", UpstreamError),
        (500, None, "Budget has been exceeded! Current cost: 2.0", UpstreamError),
        (500, None, "There are no healthy deployments for this model.", UpstreamError),
    ],
)
def test_every_error_of_the_proxy_has_its_class(
    status: int, kind: str | None, message: str, expected: type[LitectlError]
) -> None:
    """Status and type decide, then the text; the class decides the exit code."""
    error = answered(status, kind, message)

    assert expected is type(error)
    assert EXIT_CODES[expected] == error.exit_code


@pytest.mark.parametrize("prefix", ["Budget has been exceeded! ", "ExceededBudget: "])
def test_an_exceeded_budget_is_said_once(prefix: str) -> None:
    """The proxy's own words for it, of a key or of a user, are not repeated."""
    error = answered(422, "budget_exceeded", f"{prefix}User=dev over budget. Spend=2.0, Budget=1.0")

    assert error.message == "budget exceeded: User=dev over budget. Spend=2.0, Budget=1.0"


def test_classification_does_not_depend_on_the_advice_that_follows() -> None:
    """The fallback advice after an error is neither shown nor taken as evidence."""
    error = answered(400, "invalid_request_error", f"litellm.BadRequestError: Unsupported value{ADVICE}")

    assert error.message == "the proxy refused the request: Unsupported value"


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (401, {}, b'{"error":{"message":"No api key passed in.","type":"auth_error","code":"401"}}'),
        (400, {}, b'{"error":{"message":"No connected db.","type":"no_db_connection","code":"400"}}'),
        (500, {"content-type": "text/plain; charset=utf-8"}, b"Internal Server Error"),
    ],
)
def test_refusals_without_a_credential_say_that_one_is_needed(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    """A 401, a proxy without database and a bare 500 all mean: no credential found."""
    error = error_from_answer(status, headers, body, has_credential=False)

    assert type(error) is AuthError
    assert "no credential found" in error.message
    assert "litectl login" in (error.hint or "")


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (500, {"content-type": "text/plain; charset=utf-8"}, UpstreamError),
        (401, {}, AuthError),
    ],
)
def test_the_same_refusals_with_a_credential_are_about_that_credential(
    status: int, headers: dict[str, str], expected: type[LitectlError]
) -> None:
    """With a key a bare 500 is the proxy's failure, and a 401 is a refusal."""
    error = error_from_answer(status, headers, b"Internal Server Error", has_credential=True)

    assert expected is type(error)
    assert "no credential" not in error.message


@pytest.mark.parametrize(
    ("status", "kind", "content_type", "expected"),
    [
        (500, "internal_server_error", "application/json", UpstreamError),
        (503, None, "text/plain", UpstreamError),
        (401, "authentication_error", "application/json", UpstreamError),
        (429, "throttling_error", "application/json", RateLimitError),
        (404, None, "application/json", ProxyError),
    ],
)
def test_other_errors_keep_their_class_without_a_credential(
    status: int, kind: str | None, content_type: str, expected: type[LitectlError]
) -> None:
    """A proxy that needs no key can still fail, and its backend can refuse the proxy's own key."""
    error = answered(status, kind, "no", headers={"content-type": content_type}, has_credential=False)

    assert expected is type(error)


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after-ms": "1500"}, "", 1.5),
        ({"retry-after": "60"}, "", 60.0),
        ({"llm_provider-retry-after-ms": "250"}, "", 0.25),
        ({"llm_provider-retry-after": "15"}, "", 15.0),
        ({"retry-after": "0"}, "", 0.0),
        # Precedence: the proxy's own limiter, then the provider's hint, then the text.
        ({"retry-after-ms": "1500", "retry-after": "60"}, "", 1.5),
        ({"retry-after": "60", "llm_provider-retry-after-ms": "250"}, "", 60.0),
        ({"llm_provider-retry-after-ms": "250", "llm_provider-retry-after": "15"}, "", 0.25),
        ({"llm_provider-retry-after": "15"}, "Try again in 5 seconds.", 15.0),
        # The text, as several providers put it
        ({}, "No deployments available, Try again in 5 seconds. All are in cooldown", 5.0),
        ({}, 'DatabricksException - {"error":{"limit":200000,"retry_after":15}}', 15.0),
        ({}, 'DatabricksException - {"retry_after": "7.5"}', 7.5),
        ({}, "Limit 30000, Used 29000. Please try again in 2s.", 2.0),
        ({}, "Limit 30000, Used 29000. Please try again in 120ms.", 0.12),
        ({}, "Limit 30000, Used 29000. Please try again in 1m12s.", 72.0),
        ({}, "Limit 30000, Used 29000. Please try again in 6m0s.", 360.0),
        ({}, "Limit 30000, Used 29000. Please try again in 1h30m.", 5400.0),
        # Not a number of seconds, nor a date that can be counted to: the next source is asked
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, "Try again in 5 seconds.", 5.0),
        ({"retry-after": "", "llm_provider-retry-after": "15"}, "", 15.0),
        ({"retry-after": "nan", "llm_provider-retry-after": "15"}, "", 15.0),
        ({"retry-after": "inf", "llm_provider-retry-after": "15"}, "", 15.0),
        ({"retry-after": "-1", "llm_provider-retry-after": "15"}, "", 15.0),
    ],
)
def test_a_rate_limit_says_how_long_to_wait(headers: dict[str, str], message: str, seconds: float) -> None:
    """The wait is taken from the most trustworthy source, in seconds, and named in the hint."""
    error = answered(429, "throttling_error", f"Rate limit exceeded. {message}", headers=headers)

    assert seconds == error.details["retry_after"]
    assert (error.hint or "").startswith(f"wait {seconds:g} seconds and try again; ")


def test_a_rate_limit_without_a_wait_says_a_minute() -> None:
    """The wait is always a number; its source tells that nobody named it, and the rest is unknown."""
    error = answered(429, "throttling_error", "litellm.RateLimitError: no")

    assert error.details["retry_after"] == 60.0
    assert error.details["retry_after_source"] == "default"
    names = ("limit_type", "limit", "current", "remaining", "model")
    assert [error.details[name] for name in names] == [None] * 5


def test_a_rate_limit_tells_what_was_reached_and_all_that_helps() -> None:
    """What the provider put into JSON is told as its words and two numbers, with four ways out."""
    document = {
        "error": {"message": "Rate limit exceeded: input_tokens_per_minute", "limit": 5, "current": 6}
    }
    text = f"litellm.RateLimitError: DatabricksException - {json.dumps(document)}{ADVICE}"

    error = answered(429, "throttling_error", text, headers={"llm_provider-retry-after": "15"})

    expected = "DatabricksException - Rate limit exceeded: input_tokens_per_minute (limit 5, used 6)"
    assert error.message == f"rate limited: {expected}"
    assert error.hint == (
        "wait 15 seconds and try again; or choose a smaller model, a shorter prompt or a lower "
        "`--max-tokens`; or ask the administrators of the Databricks workspace for a higher limit"
    )
    assert (error.details["limit"], error.details["current"]) == (5, 6)
    assert error.details["proxy_message"] == text


def test_a_limit_of_another_provider_is_the_operators() -> None:
    """Who can raise a limit depends on whose it is."""
    error = answered(429, "throttling_error", "litellm.RateLimitError: OpenAIException - slow down")

    assert "ask the operator of the proxy for a higher limit" in (error.hint or "")


@pytest.mark.parametrize(
    ("text", "message", "parameters"),
    [
        (
            (
                "litellm.UnsupportedParamsError: databricks does not support parameters: ['store', 'user'], "
                "for model=m. To drop these, set `litellm.drop_params=True` or for proxy:\n\n`settings:\n "
                f"drop_params: true`\n. \n If you want to use these{ADVICE}"
            ),
            (
                "unsupported parameters `store`, `user`: databricks does not support parameters: "
                "['store', 'user'], for model=m."
            ),
            ["store", "user"],
        ),
        (
            (
                'litellm.BadRequestError: OpenAIException - {"message":"Bad: '
                'json: unknown field\\n{\\"message\\":\\"store: Extra inputs are not permitted\\"}"}'
            ),
            (
                "unsupported parameter `store`: OpenAIException - Bad: json: unknown field "
                "store: Extra inputs are not permitted"
            ),
            ["store"],
        ),
        (
            "litellm.UnsupportedParamsError: m does not support reasoning.effort=high. To drop it, set x",
            "unsupported parameter: m does not support reasoning.effort=high.",
            [],
        ),
    ],
)
def test_an_unsupported_parameter_is_named(text: str, message: str, parameters: list[str]) -> None:
    """The names are for people and machines; advice for programs in Python is not shown."""
    error = answered(400, "invalid_request_error", text)

    assert type(error) is UnsupportedParameterError
    assert error.message == message
    assert error.details["parameters"] == parameters
    assert error.details["proxy_message"] == text
    assert error.hint == "leave the parameter out, or try `--drop-params`"


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (400, "Violated guardrail policy", "guardrail"),
        (400, "Unknown parameter: 'foo'", "unsupported_parameter"),
        (429, "You exceeded your current quota", "quota"),
        (401, "litellm.AuthenticationError: no", "upstream_auth"),
        (403, "litellm.APIError: APIError: PERMISSION_DENIED", "upstream_auth"),
    ],
)
def test_a_stable_word_tells_what_the_class_does_not(status: int, text: str, reason: str) -> None:
    """`reason` in the JSON form is for scripts, which read no messages."""
    assert answered(status, None, text).details["reason"] == reason


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ({"message": {"error": "Violated X policy", "response": "not this"}}, "Violated X policy"),
        ({"message": "{'error': 'Violated X policy', 'response': 'not this'}"}, "Violated X policy"),
        ({"message": '{"error": "Violated X policy"}'}, "Violated X policy"),
        ({"message": "Violated X policy", "provider_specific_fields": {}}, "Violated X policy"),
    ],
)
def test_a_guardrail_says_the_same_in_any_shape(error: object, message: str) -> None:
    """A guardrail's answer is a text, an object, or a dictionary as Python writes it."""
    body = json.dumps({"error": error}).encode()

    found = error_from_answer(400, {}, body, has_credential=True)

    assert type(found) is GuardrailError
    assert found.message == f"refused by a guardrail or content filter: {message}"


def test_a_guardrail_of_a_management_answer_is_one_too() -> None:
    """`detail` may hold it as well."""
    body = json.dumps({"detail": {"error": "Violated content safety policy"}}).encode()

    assert type(error_from_answer(400, {}, body, has_credential=True)) is GuardrailError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            (
                "litellm.BadRequestError: XaiException - no\nNo fallback model group found for original "
                "model_group=m. Fallbacks=[{'a': ['b']}]"
            ),
            "XaiException - no",
        ),
        (
            "AnthropicException - no. Received Model Group=m\nAvailable Model Group Fallbacks=None",
            "AnthropicException - no",
        ),
        ("no\nmodel=m. content_policy_fallback=None. fallbacks=None.\n\nSet 'x' - https://h.example", "no"),
        (
            "All rest. Passed model=m. pre-call-checks=False, cooldown_list=['2229c26e', 'ac55fce7']",
            "All rest. Passed model=m.",
        ),
        ("AnthropicException - no. Handle with `litellm.InternalServerError`.", "AnthropicException - no."),
    ],
)
def test_what_is_for_others_is_not_shown(text: str, shown: str) -> None:
    """Each version has had its own words for fallbacks; and nobody types ids or names of Python's classes."""
    assert shown == readable(text)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"type": "rate_limit_error", "message": "slow down"}, RateLimitError),
        ({"code": "rate_limit_exceeded", "message": "slow down"}, RateLimitError),
        ({"type": "invalid_request_error", "message": "prompt is too long"}, ContextError),
        ({"type": "permission_error", "message": "no"}, UpstreamError),
        ({"type": "overloaded_error", "message": "Overloaded"}, UpstreamError),
        ({"code": "server_error", "message": "prompt is too long"}, UpstreamError),
        ({"code": "503", "type": "rate_limit_error", "message": "slow down"}, RateLimitError),
        ({"code": ["429"], "type": {}, "message": "no"}, UpstreamError),
        ("no", UpstreamError),
    ],
)
def test_an_error_inside_an_answer_needs_no_status(error: object, expected: type[LitectlError]) -> None:
    """In a stream of `/v1/messages` or `/v1/responses` a word stands for the status."""
    assert type(error_in_answer({"error": error})) is expected


def test_a_stream_that_failed_before_it_began_is_read() -> None:
    """An error status whose body is the event of a stream shows the message of the event."""
    body = b'data: {"error": {"message": "Error processing stream start", "code": "500"}}\n\ndata: [DONE]\n\n'

    error = error_from_answer(500, {"content-type": "text/event-stream"}, body, has_credential=True)

    assert error.message == "the proxy or its backend failed (500): Error processing stream start"


@pytest.mark.parametrize("kind", ["throttling_error", "budget_exceeded"])
def test_an_exhausted_budget_or_quota_never_advises_to_wait(kind: str) -> None:
    """Waiting does not bring money back, whatever `retry-after` says."""
    error = answered(429, kind, "You exceeded your current quota", headers={"retry-after": "60"})

    assert type(error) is BudgetError
    assert "seconds" not in (error.hint or "")


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_is_a_configuration_error_that_names_the_target(status: int) -> None:
    """A credential never follows a redirect, so the final address has to be given."""
    headers = {"location": "https://sso.example.com/\x1b[31mlogin"}

    error = error_from_answer(status, headers, b"", has_credential=True)

    assert type(error) is ConfigError
    assert "https://sso.example.com/" in error.message
    assert error.message.isprintable()


@pytest.mark.parametrize("status", [302, 304])
def test_a_redirect_without_a_target_is_no_redirect(status: int) -> None:
    """Where no target is named, the status alone is the news."""
    message = error_from_answer(status, {}, b"", has_credential=True).message

    assert message == f"the proxy answered {status} and nothing else"


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        # The four forms
        (b'{"error":{"message":"no","type":"auth_error","code":"401"}}', "auth_error", "no"),
        (b'{"detail":"Not Found"}', "", "Not Found"),
        (b'{"detail":{"error":"no such id"}}', "no such id", "no such id"),
        (b'{"detail":{"error":"not_found","message":"no such id"}}', "not_found", "no such id"),
        (
            b'{"detail":[{"loc":["body"],"msg":"Field required"}]}',
            "",
            '[{"loc": ["body"], "msg": "Field required"}]',
        ),
        (
            b'{"type":"error","error":{"type":"overloaded_error","message":"busy"}}',
            "overloaded_error",
            "busy",
        ),
        (b"Internal Server Error", "", "Internal Server Error"),
        (
            b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
            "",
            "502 Bad Gateway",
        ),
        (b"<HTML><BODY><H1>\n 503 Busy </H1>nginx</BODY></HTML>", "", "503 Busy"),
        # Their odd variants
        (b'{"error":{"message":"no","type":null}}', "", "no"),
        (b'{"error":"invalid_grant"}', "", "invalid_grant"),
        (b'{"error":null,"detail":"Not Found"}', "", "Not Found"),
        (b'{"error":{"message":{"why":"no"}}}', "", '{"why": "no"}'),
        (b'{"error":{"code":"503"}}', "", '{"code": "503"}'),
        (b'{"message":"no"}', "", '{"message": "no"}'),
        (b'"no"', "", '"no"'),
        (b"", "", ""),
        (b" \n ", "", ""),
    ],
)
def test_all_forms_of_an_error_are_read(body: bytes, kind: str, message: str) -> None:
    """JSON in three envelopes, plain text and HTML give a type and a message."""
    assert Envelope(kind, message) == read_envelope(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<title></title>",
        b"<html><title></title><h1></h1></html>",
        b"<h1></h1>",
        b"<title>",
        b"<html></html>",
        b"\xff\xfe\x00",
        b"[" * 60_000,
        b'{"error":' * 10_000,
        b"1e999",
        b"1" * 5_000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_body_that_says_nothing_is_still_an_error_of_its_status(body: bytes) -> None:
    """Empty headings, broken text and endlessly nested JSON change nothing about a failed answer."""
    error = error_from_answer(502, {}, body, has_credential=True)

    assert type(error) is UpstreamError


def test_an_empty_body_is_said_to_be_empty() -> None:
    """An answer without a text names its status instead, and what it does not say is null."""
    error = error_from_answer(503, {}, b"", has_credential=True)

    assert error.message == "the proxy or its backend failed (503): HTTP 503 without a message"
    assert (error.details["type"], error.details["call_id"]) == (None, None)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("plain", "plain"),
        ("litellm.BadRequestError: OpenAIException - no", "OpenAIException - no"),
        ("litellm.APIConnectionError: APIConnectionError: OpenAIException - no", "OpenAIException - no"),
        ("litellm.Timeout: APITimeoutError - Request timed out.", "APITimeoutError - Request timed out."),
        ("AuthenticationError: no", "no"),
        ("Something else: no", "Something else: no"),
        (f"no{ADVICE}", "no"),
        ("one\ntwo\r\n\tthree", "one two three"),
        ("a\x1b[31mred\x07\x9b31m", "a [31mred 31m"),
        ("zero\u200bwidth \u202eturned", "zero width turned"),
        ("half \ud800 pair", "half pair"),
        ("", ""),
        (ADVICE, ""),
    ],
)
def test_what_is_shown_is_one_clean_line(message: str, shown: str) -> None:
    """Class prefixes, fallback advice, line breaks and control characters are not shown."""
    assert shown == readable(message)


def test_a_long_message_is_cut_for_people_and_bounded_for_machines() -> None:
    """People see 500 characters that end in an ellipsis; the JSON form keeps 4000."""
    error = answered(500, "internal_server_error", "x" * 100_000)

    assert len(readable("x" * 100_000)) == 500
    assert error.message.endswith("x…")
    assert len(error.message) < 600
    assert error.details["proxy_message"] == "x" * 4000


def test_a_message_of_the_limit_is_shown_whole() -> None:
    """Nothing is cut that fits."""
    assert readable("x" * 500) == "x" * 500


@pytest.mark.timeout(5)  # a search that tries every beginning anew would take minutes
@pytest.mark.parametrize(
    "body",
    [b" " * 300_000 + b"x", b"model=" * 50_000, b"<title>" * 50_000, b"<h1>" * 80_000, b"<" * 300_000],
    ids=lambda body: repr(body[:7]),
)
def test_an_endless_message_is_read_without_delay(body: bytes) -> None:
    """Text that begins like a heading or like advice, over and over, is no reason to hang."""
    envelope = read_envelope(b'{"detail":"' + body + b'"}')

    assert len(readable(envelope.message)) <= 500
    assert len(readable(read_envelope(body).message)) <= 500


def test_details_carry_what_the_operator_needs() -> None:
    """Status, LiteLLM's word, the call's id and the unabridged message go into the JSON form."""
    headers = {"x-litellm-call-id": "call-7"}

    error = answered(
        500, "internal_server_error", f"litellm.InternalServerError: no{ADVICE}", headers=headers
    )

    assert error.as_json() == {
        "code": "upstream",
        "message": "the proxy or its backend failed (500): no",
        "hint": UpstreamError.hint,
        "exit_code": 12,
        "status": 500,
        "type": "internal_server_error",
        "call_id": "call-7",
        "proxy_message": f"litellm.InternalServerError: no{ADVICE}",
    }


@pytest.mark.parametrize(
    ("kind", "message", "hint"),
    [
        ("authentication_error", "Incorrect API key", "your key is fine; tell the operator of the proxy"),
        ("auth_error", "Only proxy admin can do this", "use a key with an admin role"),
        ("expired_key", "Expired Key", AuthError.hint),
    ],
)
def test_the_hint_of_a_refused_key_fits_the_reason(kind: str, message: str, hint: str) -> None:
    """A 401 does not always mean to log in again."""
    assert hint == answered(401, kind, message).hint


def test_an_error_inside_a_stream_is_read_the_same_way() -> None:
    """An envelope that arrives after HTTP 200 is classified by the status it names."""
    envelope = envelope_of({"error": {"message": "Rate limit exceeded", "type": "throttling_error"}})

    assert type(error_from_envelope(429, envelope)) is RateLimitError


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
envelopes = st.fixed_dictionaries(
    {},
    optional={
        "error": json_values
        | st.fixed_dictionaries(
            {}, optional={"message": json_values, "type": json_values, "code": json_values}
        ),
        "detail": json_values | st.fixed_dictionaries({}, optional={"error": json_values}),
        "type": json_values,
    },
)


@given(
    document=json_values | envelopes,
    status=st.integers(300, 599),
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "retry-after-ms", "content-type", "location"]), st.text()
    ),
    has_credential=st.booleans(),
)
def test_any_json_of_any_status_gives_an_error(
    document: Any, status: int, headers: dict[str, str], has_credential: bool
) -> None:
    """Whatever a proxy answers, the result is an error with a clean message and a JSON form."""
    body = json.dumps(document).encode()

    error = error_from_answer(status, headers, body, has_credential=has_credential)

    assert error.message.isprintable()
    assert json.loads(json.dumps(error.as_json(), allow_nan=False))["exit_code"] == error.exit_code


@given(body=st.binary(), status=st.integers(300, 599))
def test_any_bytes_give_an_error(body: bytes, status: int) -> None:
    """A body need not be text."""
    assert error_from_answer(status, {}, body, has_credential=True).message.isprintable()
