"""
The phrases by which providers and guardrails are known to refuse a request.

The last evidence of all: a text decides only what status, type and class left open. Pure.
"""

import re

_CONTEXT = (
    r"prompt is too long|context_length_exceeded|maximum (?:context|model) (?:length|limit)"
    r"|exceeds? (?:the )?(?:available )?(?:context|maximum input) (?:size|window|length|limit)"
    r"|longer than the model's context|exceeds the maximum number of (?:input )?tokens"
    r"|input tokens exceed the configured limit|input is too long|too many input tokens"
    r"|too many tokens(?!, please wait)|maximum input length is|`inputs` tokens \+ `max_new_tokens`"
    r"|current length is \d+ while limit is"
    r"|reduce the length of (?:either|(?:the|your) (?:messages|prompt|input))"
    r"|invalid '(?:messages|input|prompt)[^']{0,60}': string too long"
)
_GUARDRAIL = (
    r"\bviolated [\w. -]{1,60}(?:policy|threshold)|guardrail raised an exception|['\"]guardrail_name['\"]"
    r"|\bblocked by (?:prompt security|[\w. -]{0,60}(?:guard|defender))|content blocked"
    r"|blocked entity detected|prompt injection attack|content safety guardrail"
    r"|ContentPolicyViolationError|content_policy_violation|ResponsibleAIPolicyViolation"
    r"|content (?:management|filtering) policy|['\"]content_filter['\"]|violating our usage policy"
    r"|the response was (?:filtered|blocked)|rejected as a result of our safety system"
)
# Proxies of before spring 2026 answered these with 500, as if they had failed.
_GUARDRAIL_AT_500 = ("Guardrail raised an exception", "Violated guardrail policy")
_UNKNOWN_MODEL = r"no healthy deployments for this model|Invalid model name passed"
_QUOTA = (
    r"insufficient_quota|exceeded your current quota|reached your specified API usage limits"
    r"|credit balance is too low|billing_hard_limit_reached"
)
# Google calls its limits by the minute a quota too, and says when to try again.
_RENEWS = r"retry in \d|retryDelay"


def speaks_of_context(text: str) -> bool:
    """Tell whether *text* says that a prompt is longer than the context window."""
    return _has(_CONTEXT, text)


def speaks_of_guardrail(text: str) -> bool:
    """Tell whether *text* says that a guardrail or a content filter refused what was said."""
    return _has(_GUARDRAIL, text)


def is_guardrail_as_failure(text: str) -> bool:
    """Tell whether *text*, of a failure of the server, is what older proxies say of a refusal."""
    return text.startswith(_GUARDRAIL_AT_500)


def speaks_of_unknown_model(text: str) -> bool:
    """Tell whether *text* says that the proxy has no such model."""
    return _has(_UNKNOWN_MODEL, text)


def speaks_of_quota(text: str) -> bool:
    """Tell whether *text* says that money or a quota is used up, so that waiting does not help."""
    return _has(_QUOTA, text) and not _has(_RENEWS, text)


def _has(phrases: str, text: str) -> bool:
    # Compiled when it is first used: most runs meet no error, and start-up pays for none.
    return re.search(phrases, text, re.IGNORECASE) is not None
