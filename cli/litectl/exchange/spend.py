"""How the proxy files a call: its session, its tags and what else is noted of it. Pure."""

import json
import re
from collections.abc import Sequence

from litectl.errors import UsageError

_TAG = re.compile(r"[\x21-\x2b\x2d-\x7e][\x20-\x2b\x2d-\x7e]{0,199}")


def spend_headers(tags: Sequence[str], metadata: Sequence[str], session: str | None) -> dict[str, str]:
    """
    Return the headers by which the proxy files a call: its *tags*, *metadata* and *session*.

    Raises `UsageError` for what a header cannot carry.
    """
    headers: dict[str, str] = {}
    if session is not None:
        headers["x-litellm-session-id"] = _checked(session, "--session")
    if tags:
        headers["x-litellm-tags"] = ",".join(_checked(tag, "--tag") for tag in tags)
    if metadata:
        headers["x-litellm-spend-logs-metadata"] = json.dumps(parse_metadata(metadata))
    return headers


def _checked(text: str, option: str) -> str:
    if not _TAG.fullmatch(text):
        raise UsageError(
            f"`{option}` is up to 200 characters of printable ASCII, without commas",
            hint=f"`{option} nightly`",
        )
    return text


def parse_metadata(texts: Sequence[str]) -> dict[str, str]:
    """Return the pairs of *texts*, `KEY=VALUE` each; raises `UsageError`."""
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(
                f"`--metadata {text}` is not KEY=VALUE", hint="for example `--metadata job=nightly`"
            )
        pairs[key.strip()] = value
    return pairs
