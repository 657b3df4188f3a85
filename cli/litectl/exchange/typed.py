"""Parameters as they are typed: `NAME=VALUE`, for one question or for every one of a profile. Pure."""

import json
import re
from collections.abc import Sequence

from litectl.errors import UsageError
from litectl.text.jsontext import can_be_written, decode

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_DEEPEST = 21  # levels, of which the innermost is a plain value
_REMEDIES = {
    "model": "say `litectl profiles set model=MODEL`",
    **dict.fromkeys(("messages", "input"), "the prompt is what `ask` is given"),
    **dict.fromkeys(("stream", "stream_options"), "say `ask --stream` or `ask --no-stream`"),
    "n": "`ask` prints one answer",
    "api_key": "say `litectl login`",
    **dict.fromkeys(("api_base", "base_url"), "say `litectl login --base-url URL`"),
}
_ELSEWHERE = {
    "model": "name the model with `-m`",
    "messages": "give a conversation with `--messages PATH`",
    "input": "give the prompt with `-p`, or a conversation with `--messages PATH`",
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
            raise UsageError(f"`{name}` does not belong to `--param`", hint=_ELSEWHERE[name])
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
        raise UsageError("`--param stream` is true or false", hint="false asks for a plain answer")
    if not stream:
        parameters.pop("stream_options", None)
    return stream


def parse_parameter(name: str, text: str) -> object:
    """
    Return the value of the parameter *name* as typed: JSON, or the text itself when it is none.

    Raises `UsageError` for a name or a value that cannot be sent.
    """
    try:
        value = decode(text)
    except ValueError:
        value = text
    _require_sendable(name, value)
    return value


def parse_default(name: str, text: str) -> object:
    """Return as `parse_parameter` the value of a parameter that is sent with every question."""
    value = parse_parameter(name, text)
    check_parameter(name, value)
    return value


def check_parameter(name: str, value: object) -> None:
    """Raise `UsageError` unless *value* can be sent as the parameter *name* with every question."""
    if name in _REMEDIES:
        raise UsageError(f"`{name}` is not a parameter to set for every question", hint=_REMEDIES[name])
    _require_sendable(name, value)


def _require_sendable(name: str, value: object) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(
            "the name of a parameter has letters, digits and `_` only", hint="for example temperature=0.2"
        )
    if not _can_be_sent(value):
        raise UsageError(
            f"the value of the parameter {name} cannot be sent as JSON",
            hint="give a finite number, a text, true, false, or a list or object of such",
        )


def _can_be_sent(value: object) -> bool:
    """Tell whether *value* is JSON of UTF-8 text and finite numbers, and not nested beyond all use."""
    if not can_be_written(value, levels=_DEEPEST):
        return False
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return True
