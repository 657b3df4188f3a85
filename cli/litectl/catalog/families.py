"""Families: whose model is behind a name, read off its deployments and never off the public alias. Pure."""

from collections.abc import Sequence

from litectl.catalog.rows import Deployment


def is_claude(rows: Sequence[Deployment]) -> bool:
    """Tell whether every one of *rows* is one of Anthropic's models, whoever serves it."""
    return bool(rows) and all(
        row.get("provider") == "anthropic" or "claude" in row.get("backend", "").lower() for row in rows
    )
