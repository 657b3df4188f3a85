"""
Rows of the catalog: a deployment as the proxy lists it, a model as the user sees it.

What nobody knows is absent from a deployment and None in a model. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

# The public name of an ability, and the flag of `/model/info` that declares it.
ABILITIES = {
    "tools": "supports_function_calling",
    "vision": "supports_vision",
    "reasoning": "supports_reasoning",
    "structured_output": "supports_response_schema",
    "prompt_caching": "supports_prompt_caching",
    "pdf": "supports_pdf_input",
    "audio": "supports_audio_input",
    "web_search": "supports_web_search",
}
LIMITS = ("max_input_tokens", "max_output_tokens")
PRICES = ("input_price", "output_price", "cache_read_price", "cache_write_price")

MIXED = "mixed"
# Modes that can hold a conversation; a model of unknown mode may be one.
CONVERSATION_MODES = ("chat", "responses", "completion", None)

# Why a model has `safe_max_tokens`.
DATABRICKS = "databricks"
PROFILE = "profile"
GUESS = "guess"

_FLAGS = {"+": True, "-": False, "?": None}
_MARKS = {flag: mark for mark, flag in _FLAGS.items()}


class Model(NamedTuple):
    """
    A name that users may ask for, merged from its deployments.

    *mode* is LiteLLM's word (`chat`, `embedding`, ...), limits are tokens,
    prices US dollars per million tokens, *providers* comma-separated names.
    *abilities* has one mark per entry of `ABILITIES`: `+` yes, `-` no, `?`
    unknown. *deployments* counts them, and *incomplete* tells that facts are
    missing. *safe_max_tokens* is an output limit that a backend with little
    capacity admits, and *safe_max_tokens_reason* why there is one: `databricks`,
    `profile` or `guess`. *guessed* names, comma-separated, what was read off the name
    alone. All are plain values, so that thousands are read from the cache in a
    few milliseconds.
    """

    name: str
    mode: str | None = None
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    abilities: str = "?" * len(ABILITIES)
    input_price: float | None = None
    output_price: float | None = None
    cache_read_price: float | None = None
    cache_write_price: float | None = None
    providers: str = ""
    deployments: int = 1
    incomplete: bool = False
    safe_max_tokens: int | None = None
    safe_max_tokens_reason: str | None = None
    guessed: str = ""


class Deployment(TypedDict, total=False):
    """
    One backend behind a model name; a key is absent when nobody knows.

    *source* is the discovery step that listed it, and *filled* names the steps
    that added single fields or abilities. *backend* is the provider's own name
    of the model, *host* the one that is asked. *endpoints* are paths such as
    `/v1/responses`. Units are those of `Model`.
    """

    name: str
    source: str
    filled: dict[str, str]
    id: str
    backend: str
    provider: str
    host: str
    mode: str
    max_input_tokens: int
    max_output_tokens: int
    abilities: dict[str, bool]
    input_price: float
    output_price: float
    cache_read_price: float
    cache_write_price: float
    supported_parameters: list[str]
    reasoning_efforts: list[str]
    endpoints: list[str]


def output_limit(model: Model) -> int | None:
    """Return the output limit, in tokens, of *model* for a tool that wants one."""
    return admitted_tokens(model) or model.max_output_tokens


def admitted_tokens(model: Model) -> int | None:
    """Return the output limit, in tokens, to ask of *model*: a guess is no reason to cut an answer short."""
    return None if model.safe_max_tokens_reason == GUESS else model.safe_max_tokens


def grouped(rows: Iterable[Deployment]) -> dict[str, list[Deployment]]:
    """Return *rows* by name, in the order in which the names first appear."""
    groups: dict[str, list[Deployment]] = {}
    for row in rows:
        groups.setdefault(row["name"], []).append(row)
    return groups


def told(rows: Sequence[Deployment], field: str) -> list[Any]:
    """Return what those of *rows* say that know the *field*, which is one of a deployment."""
    return [row[field] for row in rows if field in row]  # type: ignore[literal-required]  # named at run time


def shared_values(rows: Sequence[Deployment], field: str) -> list[str] | None:
    """
    Return what the lists *field* of all *rows* have in common; None when one of them has no list.

    The lists are in one order each, alphabetical or from weak to strong, and so is the result.
    """
    lists: list[list[str]] = told(rows, field)
    if not lists or len(lists) < len(rows):
        return None
    everywhere = set(lists[0]).intersection(*lists[1:])
    return [value for value in lists[0] if value in everywhere]


def ability_flags(marks: str) -> dict[str, bool | None]:
    """Return the abilities of a model by name: true, false, or None for unknown."""
    return {name: _FLAGS[mark] for name, mark in zip(ABILITIES, marks, strict=True)}


def ability_marks(flags: Mapping[str, bool | None]) -> str:
    """Return *flags* by name as the marks of a model."""
    return "".join(_MARKS[flags.get(name)] for name in ABILITIES)
