"""
What an answer says of a rate limit: which one, how much, and how long to wait.

The proxy's own limiter, a group of deployments that cools down, and each provider say it in their
own way: in headers, in JSON inside the text, or in a sentence. Pure: the time now is that of the
answer's `date` header.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from litectl.failures.embedded import documents
from litectl.text.jsontext import number

if TYPE_CHECKING:
    from datetime import datetime

DEFAULT_WAIT = 60.0  # seconds, where nobody says: limits are counted by the minute
HEADER = "header"  # the source of a wait that a header says
LONGEST_WAIT = 86_400.0  # seconds; what is said beyond a day is told as a day
_LARGEST = 10**15  # of an amount
_TEXT_LIMIT = 16_000  # characters read

# In the order in which they are believed: the proxy's own limiter, then the provider's.
_WAIT_HEADERS = (
    ("retry-after-ms", 0.001),
    ("retry-after", 1.0),
    ("llm_provider-retry-after-ms", 0.001),
    ("llm_provider-retry-after", 1.0),
)
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_WAIT_TEXT = re.compile(
    r"(?:retry_after[\s\"'\\:=]{1,9}|retry_?delay[\s\"'\\:=]{1,9}|(?:try again|retry) (?:in|after) )"
    r"((?:\d{1,9}(?:\.\d{1,12})?"
    r" ?(?:days?|hours?|minutes?|seconds?|mins?|secs?|ms|[dhms])?(?![a-z]) ?){1,5})",
    re.IGNORECASE,
)
_DURATION_PART = re.compile(r"(\d{1,9}(?:\.\d{1,12})?) ?(ms|[dhms])?", re.IGNORECASE)
_UNIT_SECONDS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "": 1.0}
_RESET_TEXT = re.compile(r"Limit resets at: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC)")

_NUMBER = r"(\d[\d,]{0,18})"
_LIMIT_TEXT = re.compile(
    rf"(?:Current limit: |\bLimit |, limit: |rate limit (?:for your organization )?[^.:]{{0,60}}?\bof )"
    rf"{_NUMBER}"
)
_USED_TEXT = re.compile(rf"\bUsed {_NUMBER}")
_REMAINING_TEXT = re.compile(rf"Remaining: {_NUMBER}")
_TYPE_TEXT = re.compile(
    r"[Ll]imit type: ([a-z_]{1,40})"
    r"|\b((?:input|output)?[ _]?(?:tokens|requests)[ _]per[ _](?:minute|min|hour|day|second))\b"
)
_MODEL_TEXT = re.compile(
    r"(?:rate limit for |Rate limit reached for (?:model )?|Passed model=|\bmodel: )"
    r"(?!your |the |this )`?([A-Za-z0-9][A-Za-z0-9_./:@-]{0,127})"
)


class RateLimit(NamedTuple):
    """
    A rate limit that was reached; what is not known is None, and 0 is known.

    *limit_type* names what is counted, such as `input_tokens_per_minute` or `requests`; *limit*,
    *current* and *remaining* count it. *model* is the one that was limited. *retry_after* is in
    seconds, and *retry_after_source* says whose they are: `header`, `body`, `reset_at`
    or, when nobody says how long to wait, `default`.
    """

    limit_type: str | None
    limit: int | None
    current: int | None
    remaining: int | None
    model: str | None
    retry_after: float
    retry_after_source: str


def rate_limit(text: str, headers: Mapping[str, str]) -> RateLimit:
    """Return what the *text* of an error and its *headers*, with lower-case names, say of a limit."""
    text = text[:_TEXT_LIMIT]
    fields = documents(text)
    seconds, source = _wait(text, fields, headers)
    kind = _TYPE_TEXT.search(text)
    model = _MODEL_TEXT.search(text)
    return RateLimit(
        limit_type=_word(fields, "limit_type")
        or headers.get("rate_limit_type", "").strip()[:40]
        or (_counted(kind[1] or kind[2]) if kind else None),
        limit=_amount(fields, "limit", _LIMIT_TEXT.search(text)),
        current=_amount(fields, "current", _USED_TEXT.search(text)),
        remaining=_amount(fields, "remaining", _REMAINING_TEXT.search(text)),
        model=model[1].rstrip(".:") if model else None,
        retry_after=seconds,
        retry_after_source=source,
    )


def told(limit: RateLimit, shown: str) -> str:
    """Return what *limit* adds to the text *shown*, such as ` (limit 200000, used 200150)`."""
    numbers = [
        f"{word} {amount}"
        for word, amount in (("limit", limit.limit), ("used", limit.current))
        if amount is not None and not re.search(rf"\b{amount}\b", shown.replace(",", ""))
    ]
    words = (limit.limit_type or "").replace("_", " ")
    if words and words not in shown.replace("_", " ").lower():
        numbers.insert(0, words)
    return f" ({', '.join(numbers)})" if any(number != words for number in numbers) else ""


def _wait(text: str, fields: Iterable[Mapping[str, object]], headers: Mapping[str, str]) -> tuple[float, str]:
    """Return how many seconds to wait, and who says so."""
    for name, unit in _WAIT_HEADERS:
        said = headers.get(name, "").strip()
        seconds = float(said) * unit if _SECONDS.fullmatch(said) else _until(said, headers)
        if seconds is not None:
            return _bounded(seconds), HEADER
    for field in fields:
        if (seconds := number(field.get("retry_after"))) is not None:
            return _bounded(seconds), "body"
    if found := _WAIT_TEXT.search(text):
        return _bounded(_duration(found[1])), "body"
    reset = _RESET_TEXT.search(text)
    for moment in (headers.get("reset_at", ""), reset[1] if reset else ""):
        seconds = _until(moment, headers)
        if seconds is not None:
            return _bounded(seconds), "reset_at"
    return DEFAULT_WAIT, "default"


def _bounded(seconds: float) -> float:
    return float(min(seconds, LONGEST_WAIT))


def _duration(text: str) -> float:
    """Return the seconds of a time such as `1m12s`, `120ms` or `5 minutes`."""
    return sum(float(amount) * _UNIT_SECONDS[unit.lower()] for amount, unit in _DURATION_PART.findall(text))


def _until(moment: str, headers: Mapping[str, str]) -> float | None:
    """Return the seconds from the answer to *moment*; None without either time, or when it has passed."""
    then = _moment(moment) if moment else None
    now = _moment(headers.get("date", "")) if then else None
    seconds = (then - now).total_seconds() if then and now else -1.0
    return seconds if seconds >= 0 else None


def _moment(text: str) -> "datetime | None":
    """Return the time that *text* names, as in HTTP or as the proxy's limiter writes it."""
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, LookupError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _counted(words: str) -> str:
    """Return the type of a limit as one word: `tokens per min` is `tokens_per_minute`."""
    return re.sub(r"_min$", "_minute", words.strip(" _").lower().replace(" ", "_"))


def _word(fields: Iterable[Mapping[str, object]], name: str) -> str | None:
    """Return the text that a field *name* has, None when no document has one."""
    for field in fields:
        value = field.get(name)
        if isinstance(value, str) and value and value.isprintable():
            return value[:40]
    return None


def _amount(fields: Iterable[Mapping[str, object]], name: str, said: re.Match[str] | None) -> int | None:
    """Return the number of a field *name*, or the one that was *said*."""
    for field in fields:
        amount = number(field.get(name))
        if amount is not None and amount < _LARGEST:
            return int(amount)
    return min(int(said[1].replace(",", "")), _LARGEST) if said else None
