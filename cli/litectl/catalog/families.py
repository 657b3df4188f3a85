"""
Families: whose model is behind a name, read off its deployments and never off the public alias.

Every function wants all deployments of a name, since a request may land on any of them. Pure.
"""

import re
from collections.abc import Sequence

from litectl.catalog.rows import Deployment

# OpenAI's models that reason, at the start of a name or after the provider's.
_COMPLETION_TOKENS = re.compile(r"(?:^|/)(?:gpt-5(?![0-9])|o[1-9](?![0-9]))")
_OPENAI = ("openai", "azure")


def is_claude(rows: Sequence[Deployment]) -> bool:
    """Tell whether every one of *rows* is one of Anthropic's models, whoever serves it."""
    return bool(rows) and all(
        row.get("provider") == "anthropic" or "claude" in row.get("backend", "").lower() for row in rows
    )


def moonshot_names(rows: Sequence[Deployment]) -> list[str]:
    """Return the names of the models when Moonshot itself serves every one of *rows*, else nothing."""
    if not all(row.get("provider") == "moonshot" for row in rows):
        return []
    return [row.get("backend", "").rpartition("/")[2].lower() for row in rows]


def counts_completion_tokens(rows: Sequence[Deployment]) -> bool:
    """Tell whether every one of *rows* is a model of OpenAI's that knows `max_completion_tokens` only."""
    return bool(rows) and all(
        row.get("provider") in _OPENAI and _COMPLETION_TOKENS.search(row.get("backend", "").lower())
        for row in rows
    )


def is_any_of(rows: Sequence[Deployment], words: Sequence[str]) -> bool:
    """Tell whether one of *words* is in the provider or in the provider's name of any of *rows*."""
    texts = [f"{row.get('provider', '')}/{row.get('backend', '')}".lower() for row in rows]
    return any(word in text for word in words for text in texts)
