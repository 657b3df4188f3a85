"""Options of a question that are typed as text: parameters, metadata, tags. Pure."""

import json
import re
from collections.abc import Sequence

from litectl.errors import UsageError
from litectl.parameters import parse_parameter

_TAG = re.compile(r"[\x21-\x2b\x2d-\x7e][\x20-\x2b\x2d-\x7e]{0,199}")
_ELSEWHERE = {
    "model": "name the model with `-m`",
    "messages": "give a conversation with `--messages FILE`",
    "input": "give the prompt with `-p`, or a conversation with `--messages FILE`",
    "system": "give the instruction with `-s`",
    "instructions": "give the instruction with `-s`",
    "api_key": "log in with `litectl login`, or set LITECTL_API_KEY",
    "api_base": "name the proxy with `--base-url`",
    "base_url": "name the proxy with `--base-url`",
}


def parse_parameters(texts: Sequence[str]) -> dict[str, object]:
    """
    Return the parameters of *texts*, `NAME=VALUE` each, with JSON for a value or plain text.

    Raises `UsageError`, also for a name that has an option of its own or comes twice.
    """
    parameters: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"`--param {text}` is not NAME=VALUE", hint="for example `--param top_p=0.9`")
        if name in _ELSEWHERE:
            raise UsageError(f"{name} is no matter of `--param`", hint=_ELSEWHERE[name])
        if name in parameters:
            raise UsageError(f"`--param {name}` is given twice", hint="give it once")
        parameters[name] = parse_parameter(name, value)
    return parameters


def require_one_answer(parameters: dict[str, object]) -> bool:
    """
    Tell whether an answer with these *parameters* is streamed, and take `stream` out of them.

    Raises `UsageError` for more than one answer: only one can be printed.
    """
    if parameters.get("n", 1) != 1:
        raise UsageError(
            "`--param n` asks for several answers, and one can be printed", hint="ask several times"
        )
    stream = parameters.pop("stream", True)
    if not isinstance(stream, bool):
        raise UsageError("`--param stream` is true or false")
    if not stream:
        parameters.pop("stream_options", None)
    return stream


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
