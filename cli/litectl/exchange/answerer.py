"""Who answered, by the headers of an answer, whose names are in lower case. Pure."""

from collections.abc import Mapping

_FALLBACKS, _RETRIES = "x-litellm-attempted-fallbacks", "x-litellm-attempted-retries"
_GROUP = "x-litellm-model-group"
_DIGITS = 6  # of a count in a header; more is none


def model_group(headers: Mapping[str, str]) -> str | None:
    """Return the name under which the proxy offers the model that answered; None when it is not told."""
    return headers.get(_GROUP)


def fallbacks(headers: Mapping[str, str]) -> int | None:
    """Return how many models the proxy asked in vain before this one; None when it is not told."""
    return _count(headers, _FALLBACKS)


def retries(headers: Mapping[str, str]) -> int | None:
    """Return how often the proxy asked again; None when it is not told."""
    return _count(headers, _RETRIES)


def _count(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isdecimal() and len(text) < _DIGITS else None
