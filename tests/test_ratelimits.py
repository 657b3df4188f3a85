"""What an answer says of a rate limit, in headers, in JSON inside its text, or in a sentence."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.failures.ratelimits import LONGEST_WAIT, RateLimit, rate_limit, told

DATE = {"date": "Fri, 20 Nov 2026 13:38:00 GMT"}
STRUCTURED = (
    'litellm.RateLimitError: DatabricksException - {"error":{"message":"Rate limit exceeded: '
    'input_tokens_per_minute","type":"rate_limit_exceeded","limit_type":"input_tokens_per_minute",'
    '"limit":200000,"current":200150,"retry_after":15}}'
)
WORKSPACE = (
    "REQUEST_LIMIT_EXCEEDED: Exceeded workspace {counted} per minute rate limit for databricks-claude-haiku."
    " Please contact your Databricks account team"
)
OWN = (
    "Rate limit exceeded for api_key: 2821f3af. Limit type: requests. Current limit: 1, Remaining: 0. "
    "Limit resets at: 2026-11-20 13:38:48 UTC"
)
COOLDOWN = "No deployments available for selected model, Try again in 5 seconds. Passed model=lb. pre-call"
OPENAI = (
    "Rate limit reached for gpt-5.2 in organization org-x on tokens per min (TPM): Limit 30,000, Used 29000, "
    "Requested 2000. Please try again in 2s."
)
GOOGLE = (
    "You exceeded your current quota. * Quota exceeded for metric: g.com/requests, limit: 0, "
    "model: gemini-2.0-flash\nPlease retry in 29.5s."
)
SERVICE_TIER = (
    "Rate limit reached for model `llama-3.3` in organization `o` on requests per day (RPD): Limit 7"
)


@pytest.mark.parametrize(
    ("text", "headers", "expected"),
    [
        (
            STRUCTURED,
            {},
            RateLimit("input_tokens_per_minute", 200000, 200150, None, None, 15.0, "body"),
        ),
        (
            STRUCTURED,
            {"llm_provider-retry-after": "20"},
            RateLimit("input_tokens_per_minute", 200000, 200150, None, None, 20.0, "header"),
        ),
        (
            WORKSPACE.format(counted="input tokens"),
            {},
            RateLimit(
                "input_tokens_per_minute", None, None, None, "databricks-claude-haiku", 60.0, "default"
            ),
        ),
        (
            WORKSPACE.format(counted="output tokens"),
            {},
            RateLimit(
                "output_tokens_per_minute", None, None, None, "databricks-claude-haiku", 60.0, "default"
            ),
        ),
        # The proxy's own limiter; /v1/messages sends its text without its headers
        (
            OWN,
            {"retry-after": "60", "rate_limit_type": "requests", **DATE},
            RateLimit("requests", 1, None, 0, None, 60.0, "header"),
        ),
        (OWN, DATE, RateLimit("requests", 1, None, 0, None, 48.0, "reset_at")),
        (OWN, {}, RateLimit("requests", 1, None, 0, None, 60.0, "default")),
        ("no", {"rate_limit_type": "tokens"}, RateLimit("tokens", None, None, None, None, 60.0, "default")),
        (COOLDOWN, {}, RateLimit(None, None, None, None, "lb", 5.0, "body")),
        (OPENAI, {}, RateLimit("tokens_per_minute", 30000, 29000, None, "gpt-5.2", 2.0, "body")),
        (SERVICE_TIER, {}, RateLimit("requests_per_day", 7, None, None, "llama-3.3", 60.0, "default")),
        (
            "This would exceed the rate limit for your organization of 20,000 input tokens per minute",
            {},
            RateLimit("input_tokens_per_minute", 20000, None, None, None, 60.0, "default"),
        ),
        (GOOGLE, {}, RateLimit(None, 0, None, None, "gemini-2.0-flash", 29.5, "body")),
        (
            '{"limit": 0, "current": 0}',
            {},
            RateLimit(None, 0, 0, None, None, 60.0, "default"),
        ),
        (
            '{"limit": true, "current": -1, "remaining": 1e999, "limit_type": 7, "retry_after": "soon"}',
            {},
            RateLimit(None, None, None, None, None, 60.0, "default"),
        ),
        ("used 1429 tokens of the rate limit", {}, RateLimit(None, None, None, None, None, 60.0, "default")),
        ("", {}, RateLimit(None, None, None, None, None, 60.0, "default")),
    ],
)
def test_a_limit_is_read_from_what_says_it(
    text: str, headers: Mapping[str, str], expected: RateLimit
) -> None:
    """Type, numbers, model and wait are read from each form; what is not said is unknown, and 0 is 0."""
    assert expected == rate_limit(text, headers)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "Fri, 20 Nov 2026 13:38:30 GMT", **DATE}, (30.0, "header")),
        ({"retry-after": "Friday, 20-Nov-26 13:38:30 GMT", **DATE}, (30.0, "header")),
        ({"retry-after": "Fri, 20 Nov 2026 14:38:30 +0100", **DATE}, (30.0, "header")),
        ({"retry-after": "Fri, 20 Nov 9999 13:38:30 GMT", **DATE}, (LONGEST_WAIT, "header")),
        ({"reset_at": "2026-11-20 13:38:48 UTC", **DATE}, (48.0, "reset_at")),
        ({"reset_at": "2026-11-20 13:38:00 UTC", **DATE}, (0.0, "reset_at")),
        ({"retry-after": "999999999"}, (LONGEST_WAIT, "header")),
        ({"retry-after-ms": "0.5"}, (0.0005, "header")),
        # Past, unknown or no times
        ({"retry-after": "Fri, 20 Nov 2026 13:37:30 GMT", **DATE}, (60.0, "default")),
        ({"retry-after": "Fri, 20 Nov 2026 13:38:30 GMT"}, (60.0, "default")),
        ({"retry-after": "Fri, 20 Nov 2026 13:38:30 GMT", "date": "today"}, (60.0, "default")),
        ({"retry-after": "Fri, 99 Nov 2026 13:38:30 GMT", **DATE}, (60.0, "default")),
        ({"reset_at": "2026-11-20 13:37:59 UTC", **DATE}, (60.0, "default")),
        ({"reset_at": "never", **DATE}, (60.0, "default")),
        ({"retry-after": "nan"}, (60.0, "default")),
        ({"retry-after": "-5"}, (60.0, "default")),
        ({"retry-after": "1e9"}, (60.0, "default")),
        ({"retry-after": "٣"}, (60.0, "default")),
        ({"retry-after": "9" * 5000}, (60.0, "default")),
    ],
)
def test_a_moment_is_counted_from_the_time_of_the_answer(
    headers: Mapping[str, str], expected: tuple[float, str]
) -> None:
    """A date means the seconds since the answer's own date; what is absurd is bounded or not believed."""
    limit = rate_limit("Rate limit exceeded", headers)

    assert expected == (limit.retry_after, limit.retry_after_source)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Please try again in 120ms.", 0.12),
        ("Please try again in 1m9.53s. Need more?", 69.53),
        ("try again in 6m0s", 360.0),
        ("Try again in 1h30m.", 5400.0),
        ("Try again in 5 minutes", 300.0),
        ("Try again in 1 hour 2 minutes.", 3720.0),
        ("Please retry after 23 seconds.", 23.0),
        ("Please retry after 86400000 seconds.", LONGEST_WAIT),
        ('"retryDelay": "26s"', 26.0),
        (r"{\"retry_after\":15}", 15.0),
        ('{"error": {"retry_after": 7.5}}', 7.5),
        ('{"error": {"retry_after": 1e300}}', LONGEST_WAIT),
        ('{"error": {"retry_after": "7.5"}}', 7.5),
        ("Please try again in a while", 60.0),
        ('{"retry_after": -1}', 60.0),
        ('{"retry_after": NaN}', 60.0),
        ('{"retry_after": true}', 60.0),
    ],
)
def test_a_wait_is_read_in_any_unit(text: str, seconds: float) -> None:
    """Providers write milliseconds to hours, as a number, a text or a sentence."""
    assert seconds == pytest.approx(rate_limit(text, {}).retry_after)


@pytest.mark.parametrize(
    ("limit", "shown", "expected"),
    [
        (
            (("input_tokens_per_minute", 200000, 200150)),
            "no",
            " (input tokens per minute, limit 200000, used 200150)",
        ),
        (("input_tokens_per_minute", 5, 6), "input tokens per minute", " (limit 5, used 6)"),
        (("input_tokens_per_minute", 5, 6), "Input_Tokens_Per_Minute", " (limit 5, used 6)"),
        (("tokens_per_minute", 30000, 0), "Limit 30,000", " (tokens per minute, used 0)"),
        (("requests", 1, None), "Limit type: requests. Current limit: 1", ""),
        (("requests", 1, None), "Limit type: requests. Current limit: 10", " (limit 1)"),
        (("requests", None, None), "no", ""),
        ((None, None, None), "no", ""),
    ],
)
def test_only_what_the_text_does_not_say_is_added(
    limit: tuple[str | None, int | None, int | None], shown: str, expected: str
) -> None:
    """Limit and use are told once, by the provider or after its words."""
    assert expected == told(RateLimit(*limit, None, None, 60.0, "default"), shown)


@pytest.mark.timeout(5)  # a search that tries every beginning anew would take minutes
@pytest.mark.parametrize(
    "piece",
    ["try again in ", "1 ", "rate limit ", "rate limit for your organization ", "tokens per ", "{", "b'{"],
)
def test_an_endless_text_is_read_without_delay(piece: str) -> None:
    """Text that begins like a limit, over and over, is no reason to hang."""
    assert rate_limit(piece * 100_000, {}).retry_after_source == "default"


@given(
    text=st.text()
    | st.lists(st.sampled_from([STRUCTURED, OWN, COOLDOWN, OPENAI, "{", "}", '"', "9" * 30])).map("".join),
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "retry-after-ms", "reset_at", "date", "rate_limit_type"]), st.text()
    ),
)
def test_the_wait_is_a_bounded_number_whatever_is_said(text: str, headers: dict[str, str]) -> None:
    """No text and no header makes the wait anything else than 0 to a day."""
    limit = rate_limit(text, headers)

    assert 0 <= limit.retry_after <= LONGEST_WAIT
    assert limit.retry_after_source in ("header", "body", "reset_at", "default")
