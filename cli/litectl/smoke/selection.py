"""Which models of a catalog a run asks. Pure."""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from random import Random
from typing import NamedTuple

from litectl.catalog.rows import CONVERSATION_MODES, MIXED, Model
from litectl.catalog.selection import ANY_MODE
from litectl.catalog.wildcards import STAR
from litectl.errors import NotFoundError
from litectl.failures.wording import readable
from litectl.text.counting import counted, some_of
from litectl.text.nearness import did_you_mean, near

_ASKED_MODES = (*CONVERSATION_MODES, "embedding", MIXED)  # of which the last should not be, and fails
_SPECIAL = re.compile(r"[*?\[\]!]+")
_MOST_NAMED = 5
_ALL_MODELS = "see them with `litectl models list --mode all`"


class Selection(NamedTuple):
    """
    Which models are wanted: those that match one of *patterns*, all of them of *mode*.

    Without patterns those that hold a conversation or embed, or may do so. Of these a *sample*,
    the same for the same *seed*.
    """

    patterns: Sequence[str] = ()
    mode: str | None = None
    sample: int | None = None
    seed: int = 0


def patterns_in(texts: Iterable[str]) -> list[str]:
    """Return the patterns in *texts*, each of which may hold several, between commas or blanks."""
    found = (pattern for text in texts for pattern in re.split(r"[,\s]+", text) if pattern)
    return list(dict.fromkeys(found))


def selected(models: Iterable[Model], selection: Selection) -> list[Model]:
    """
    Return those of *models* that *selection* names, by name; a route for any name is none of them.

    Raises `NotFoundError` for a pattern that no model matches, and when nothing is selected.
    """
    known = sorted((model for model in models if STAR not in model.name), key=lambda model: model.name)
    for pattern in selection.patterns:
        _require_match(pattern, known)
    found = [model for model in known if _matches(model, selection)]
    if not found:
        raise NotFoundError("there is no model to ask", hint=_hint(known, selection))
    if selection.sample is None or selection.sample >= len(found):
        return found
    # Which of them is no secret: it only has to be another one each time, and the same when it is wanted.
    chosen = set(Random(selection.seed).sample(range(len(found)), selection.sample))  # noqa: S311  # no secret is made of it
    return [model for number, model in enumerate(found) if number in chosen]


def require_asked(models: Sequence[Model]) -> None:
    """Raise `NotFoundError` when none of *models* is one that a run asks: nothing would be tested."""
    modes = sorted({readable(model.mode) for model in models if model.mode})
    if all(model.mode not in _ASKED_MODES for model in models):
        raise NotFoundError(
            f"no selected model can be asked: {named(models)} ({', '.join(modes)})",
            hint="select models that chat or embed, or leave out what asks them, such as `--prompt`",
        )


def named(models: Sequence[Model]) -> str:
    """Return how many *models* there are, and the names of the first of them, on one line."""
    names = [model.name for model in models]
    return f"{counted(len(names), 'model')}: {some_of(names, _MOST_NAMED, readable)}"


def _matches(model: Model, selection: Selection) -> bool:
    patterns, mode = selection.patterns, selection.mode
    if patterns and not any(_is_called(model, pattern) for pattern in patterns):
        return False
    if mode is None:
        return bool(patterns) or model.mode in _ASKED_MODES
    return mode in (ANY_MODE, model.mode)


def _is_called(model: Model, pattern: str) -> bool:
    """Tell whether *model* matches *pattern*, or is called so itself, brackets and all."""
    return model.name == pattern or fnmatchcase(model.name, pattern)


def _require_match(pattern: str, known: Sequence[Model]) -> None:
    if any(_is_called(model, pattern) for model in known):
        return
    like = near(_SPECIAL.sub("", pattern), (model.name for model in known))
    raise NotFoundError(f"no model is called `{readable(pattern)}`", hint=did_you_mean(like) or _ALL_MODELS)


def _hint(known: Sequence[Model], selection: Selection) -> str:
    if selection.mode is None:
        return _ALL_MODELS
    modes = sorted({readable(model.mode) for model in known if model.mode})
    return f"no such model has the mode `{readable(selection.mode)}`; there are {', '.join(modes) or 'none'}"
