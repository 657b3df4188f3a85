"""What a smoke run is to check, as its options say, and whether they can be meant so."""

import math
import re
from collections.abc import Iterable, Sequence
from random import SystemRandom
from typing import NamedTuple

from litectl.errors import UsageError
from litectl.smoke import steps
from litectl.smoke.selection import Selection, patterns_in

SOURCES = ("model_info", "models", "model_group_info")  # the steps of the discovery that are not billed
_MOST_CONCURRENCY = 64
_MOST_REPEATS = 1000
_LONGEST_WAIT = 1_000_000.0  # seconds
_MOST_SEED = 2**32


class ModelWishes(NamedTuple):
    """
    What is to be found out of each model.

    *repeat* is how often each check is run, *max_ttft*, which wants a stream, and *max_time* are limits in
    seconds of the first text and of the whole answer, *seconds* is how long a request may take at
    all. With *gates* nothing but one model is tested, and its first check decides.
    """

    stream: bool = False
    params: bool = False
    tools: bool = False
    vision: bool = False
    repeat: int = 1
    max_ttft: float | None = None
    max_time: float | None = None
    seconds: float = 60.0
    gates: bool = False

    @property
    def wants_answers(self) -> bool:
        """Whether any of it is about the answer to a prompt, so that models are asked."""
        limits = (self.max_ttft, self.max_time)
        flags = (self.stream, self.params, self.tools, self.vision, self.repeat > 1)
        return any(flags) or any(limit is not None for limit in limits)


class SmokeWishes(NamedTuple):
    """
    The options of a run, each as it was given.

    *patterns* name models, *wait* is in seconds, *max_cost* in US dollars. *prompt*, and what *of_models*
    wants of an answer, has the models asked.
    """

    patterns: Sequence[str] = ()
    mode: str | None = None
    sample: int | None = None
    seed: int | None = None
    require: Sequence[str] = ()
    expect_source: str | None = None
    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    prompt: bool = False
    of_models: ModelWishes = ModelWishes()
    max_cost: float | None = None
    concurrency: int = 4
    wait: float | None = None
    strict: bool = False
    yes: bool = False

    @property
    def asks_models(self) -> bool:
        """Whether models are asked, which is billed."""
        return self.prompt or self.of_models.wants_answers

    @property
    def selects_models(self) -> bool:
        """Whether it is said which models are meant."""
        return bool(self.patterns) or self.mode is not None or self.sample is not None


def names_in(texts: Iterable[str]) -> list[str]:
    """Return the names in *texts*, each of which may hold several, with commas or on lines; or is empty."""
    found: dict[str, None] = {}
    for text in texts:
        names = [name for part in re.split(r"[,\n]", text) if (name := part.strip())]
        found |= dict.fromkeys(names or [""])
    return list(found)


def names_of(wishes: SmokeWishes) -> list[str]:
    """Return which checks that reach no model are run; raises `UsageError` for what no option can mean."""
    check_numbers(wishes)
    source = wishes.expect_source
    if source not in (None, *SOURCES):
        raise UsageError(f"unknown source: {source}", hint=f"the sources are {', '.join(SOURCES)}")
    if wishes.max_cost is not None and not wishes.asks_models:
        raise UsageError(
            "`--max-cost` says nothing where nothing billed is asked", hint="add `--prompt`, or leave it out"
        )
    for name in wishes.require:
        if not name.strip():
            raise UsageError("`--require` is empty", hint="name a model, or leave `--require` out")
    asked = {
        steps.SOURCE: source is not None,
        steps.REQUIRED: bool(wishes.require),
        steps.MODELS: wishes.asks_models or wishes.selects_models,
    }
    if wishes.asks_models and steps.MODELS in wishes.skip:
        raise UsageError(
            "models are to be asked, and `--skip models` forbids it",
            hint="leave `--skip models` out, or what asks models, such as `--prompt`",
        )
    return steps.chosen(wishes.only, wishes.skip, [name for name, is_asked in asked.items() if is_asked])


def selection_of(wishes: SmokeWishes) -> Selection:
    """Return which models are meant, with a seed in any case; raises `UsageError`."""
    patterns = patterns_in(wishes.patterns)
    if wishes.patterns and not patterns:
        raise UsageError("`--models` is empty", hint="name models, such as `--models 'gpt-*'`")
    if wishes.seed is not None and wishes.sample is None:
        raise UsageError("`--seed` says nothing without `--sample`", hint="add `--sample N`")
    seed = wishes.seed if wishes.seed is not None else SystemRandom().randrange(_MOST_SEED)
    return Selection(patterns, wishes.mode, wishes.sample, seed)


def check_numbers(wishes: SmokeWishes) -> None:
    """Raise `UsageError` for a number that its option cannot mean."""
    _require(wishes.concurrency, "--concurrency", most=_MOST_CONCURRENCY)
    _require(wishes.of_models.repeat, "--repeat", most=_MOST_REPEATS)
    _require(wishes.sample, "--sample")
    for value, option in (
        (wishes.of_models.max_ttft, "--max-ttft"),
        (wishes.of_models.max_time, "--max-time"),
        (wishes.max_cost, "--max-cost"),
    ):
        _require(value, option, above=0.0)
    _require(wishes.wait, "--wait", above=0.0, most=_LONGEST_WAIT)


def _require(value: float | None, option: str, *, above: float | None = None, most: float = math.inf) -> None:
    """Raise `UsageError` unless *value* is None, or finite, from 1 or *above* a number, to *most*."""
    if value is None:
        return
    is_enough = value >= 1 if above is None else value > above  # never so for NaN
    if is_enough and value <= most and math.isfinite(value):
        return
    least = "at least 1" if above is None else f"above {above:g}"
    limit = "" if most == math.inf else f", at most {most:,.0f}"
    raise UsageError(
        f"`{option}` is a number, {least}{limit}, not {value:g}", hint=f"for example `{option} 2`"
    )
