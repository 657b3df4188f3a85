"""What a proxy and its providers say, as one line for people. Pure."""

import re

RAW_LIMIT = 4000  # characters kept in the JSON form
_MESSAGE_LIMIT = 500  # characters shown
# What is for the operator or for programs that are Python, in the words of several versions: advice on
# fallbacks, which is 240 and more characters long, the ids of deployments that rest, names of classes.
_ROUTING_TAIL = re.compile(
    r"\n\nLiteLLM: .*|\s*model=\S+ (?:context_window|content_policy)_fallbacks?=.*"
    r"|\.? ?Received Model Group=.*|\nNo fallback model group found .*"
    r"| pre-call-checks=\w+, cooldown_list=.*| Handle with `litellm\.\w+`\.?",
    re.DOTALL,
)
_CLASS_PREFIX = re.compile(r"^(?:litellm\.)?([A-Za-z]*(?:Error|Timeout)): ")


def readable(message: str, limit: int = _MESSAGE_LIMIT) -> str:
    """Return *message* as a line of *limit* characters: routing advice, class prefixes and controls gone."""
    text = _ROUTING_TAIL.sub("", message[:RAW_LIMIT])
    while prefix := _CLASS_PREFIX.match(text):
        text = text[prefix.end() :]
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def class_prefixes(text: str) -> list[str]:
    """Return the names of the classes that *text* begins with."""
    names = []
    while prefix := _CLASS_PREFIX.match(text):
        names.append(prefix[1])
        text = text[prefix.end() :]
    return names
