"""
Texts turned into vectors: gathered, sent in parts one after the other, and printed as they come.

The edge that joins the options of `embed`, the catalog, stdin and files to `litectl.exchange`.
"""

import math
import shlex
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from litectl.actions.embed.texts import Item, Source, texts_of
from litectl.actions.estimating import estimated_cost
from litectl.actions.pausing import pause
from litectl.errors import IncompleteError, LitectlError, NotFoundError, RateLimitError, UsageError
from litectl.exchange.embedding import Embeddings, batches
from litectl.exchange.embedding import embed as exchange
from litectl.exchange.retries import DEFAULT_MAX_WAIT, Patience, longer_wait, persist
from litectl.output.embeddings import Printer, Row, Took, usage_line
from litectl.wire.deadline import Deadline

if TYPE_CHECKING:
    from litectl.catalog.rows import Model
    from litectl.exchange.pricing import Cost
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy

DEFAULT_SECONDS = 300.0  # for one request; `--timeout` is for all of them
_MODE = "embedding"
_BATCH_CHARACTERS = 200_000  # providers take about 300,000 tokens of all texts together
_SEE_THEM = "see them with `litectl models list --mode embedding`"


class Wishes(NamedTuple):
    """The options of `embed`, each as it was given."""

    model: str | None
    source: Source
    dimensions: int | None
    batch: int
    retries: int
    max_wait: float | None
    usage: bool


def embed(runtime: "Runtime", wishes: Wishes) -> None:
    """Turn the texts of *wishes* into vectors and print them; raises `UsageError` before anything is sent."""
    from litectl.wire.reader import reader_watched

    if wishes.max_wait is not None and not math.isfinite(wishes.max_wait):
        raise UsageError("`--max-wait` is not a finite number", hint="for example `--max-wait 60`")
    model = _model(runtime, wishes.model)
    texts = texts_of(runtime, wishes.source)
    printer = Printer(runtime.terminal, runtime.options.format)
    with runtime.open_proxy() as proxy, reader_watched(proxy.hang_up):
        run = _Run(runtime, proxy, model, wishes)
        try:
            for part, found in run.answers(texts):
                printer.take([_row(*pair) for pair in zip(part, found.vectors, strict=True)])
        except LitectlError as error:
            _explain(runtime, printer, error, texts, run.done)
            if isinstance(error, NotFoundError) and (catalog := runtime.lister.cached_catalog()):
                error.hint = catalog.hint_for(model)
            raise
        took = run.took()
    printer.finish(took, run.dimensions)
    if wishes.usage:
        runtime.terminal.say(usage_line(took))


class _Run:
    """The requests of one run, one after the other."""

    def __init__(self, runtime: "Runtime", proxy: "Proxy", model: str, wishes: Wishes) -> None:
        self._runtime, self._proxy, self._model, self._wishes = runtime, proxy, model, wishes
        max_wait = DEFAULT_MAX_WAIT if wishes.max_wait is None else wishes.max_wait
        self._patience = Patience(wishes.retries, max_wait)
        self._deadline = Deadline(runtime.options.timeout, DEFAULT_SECONDS)
        self._started = time.monotonic()
        self._answered_by: str | None = None
        self._costs: list[Cost] = []
        self._tokens: int | None = 0
        self._has_fallback = False
        self.dimensions = 0
        self.done = 0  # texts

    def answers(self, items: Sequence[Item]) -> Iterator[tuple[Sequence[Item], Embeddings]]:
        """Give *items* in parts, each with its answer as it comes; raises as the exchange does."""
        texts = [item.text for item in items]
        for part in batches(texts, most=self._wishes.batch, characters=_BATCH_CHARACTERS):
            with self._runtime.terminal.waiting(f"embedding: {self.done} of {len(texts)} texts"):
                found = self._persisted(part)
            self._include(found)
            yield items[self.done : self.done + len(part)], found
            self.done += len(part)

    def took(self) -> Took:
        """Return what all requests took; what they cost is estimated where nobody told it."""
        seconds = round(time.monotonic() - self._started, 3)
        return Took(self._answered_by or self._model, self._tokens, self._cost(), len(self._costs), seconds)

    def _persisted(self, texts: Sequence[str]) -> Embeddings:
        def attempt() -> Embeddings:
            return exchange(
                self._proxy,
                self._model,
                texts,
                seconds=self._deadline.left(),
                dimensions=self._wishes.dimensions,
            )

        try:
            return persist(
                attempt,
                self._patience,
                partial(pause, self._runtime.terminal, self._patience, self._deadline),
            )
        except RateLimitError as error:
            error.hint = self._hint_to_wait(error)
            raise

    def _hint_to_wait(self, error: RateLimitError) -> str:
        """Return what to do about a limit: what the class says of it is for a question."""
        seconds = longer_wait(error, self._patience)
        if seconds is not None:
            how = f"allow the wait with `--max-wait {math.ceil(seconds)}`"
        else:
            how = "wait and try again" if self._patience.retries else "let `--retries N` wait and try again"
        return f"{how}; or ask the operator of the proxy for a higher limit"

    def _include(self, found: Embeddings) -> None:
        """Take in what *found* took; raises `IncompleteError` for vectors of another length than before."""
        if self.dimensions not in (0, found.dimensions):
            raise IncompleteError(
                f"the vectors have {found.dimensions} dimensions, and had {self.dimensions} before",
                hint="the deployments of this model differ: tell the operator of the proxy",
            )
        self.dimensions = found.dimensions
        self._answered_by = found.model or self._answered_by
        self._costs.append(found.cost)
        known = self._tokens is not None and found.input_tokens is not None
        self._tokens = (self._tokens or 0) + (found.input_tokens or 0) if known else None
        if found.is_of_fallback and not self._has_fallback:
            self._has_fallback = True
            by = found.model_group or found.model or "another model"
            self._runtime.terminal.warn(
                f"{by} answered, as a fallback for {self._model}; vectors of two models cannot be compared"
            )

    def _cost(self) -> "Cost":
        from litectl.exchange.pricing import CATALOG_ESTIMATE, PROXY_ESTIMATE, Cost, listed_cost, total

        told = total(self._costs)
        # Whose prices count is not known where another model answered some of it.
        if told.dollars is not None or not self._tokens or self._has_fallback:
            return told
        if self._wishes.usage:
            estimated = estimated_cost(self._runtime, self._proxy, self._model, self._tokens, 0)
            if estimated is not None:
                return Cost(estimated, PROXY_ESTIMATE)
        row = self._runtime.lister.backend(self._model).model
        listed = row and listed_cost(row, input_tokens=self._tokens, output_tokens=0)
        return told if listed is None else Cost(listed, CATALOG_ESTIMATE)


# Which model


def _model(runtime: "Runtime", name: str | None) -> str:
    """Return the model *name*; raises `UsageError` without one, and for one that gives no vectors."""
    if not name:
        raise UsageError("which embedding model?", hint=f"name it with `-m MODEL`; {_SEE_THEM}")
    row = runtime.lister.backend(name).model
    if row is not None and row.mode not in (_MODE, None) and "mode" not in row.guessed.split(","):
        raise _no_embedding_model(runtime, row)
    return name


def _no_embedding_model(runtime: "Runtime", row: "Model") -> UsageError:
    from litectl.catalog.rows import MIXED

    if row.mode == MIXED:
        return UsageError(
            f"some deployments of {row.name} give embeddings and others may not, so it would be luck",
            hint=f"see them with `litectl models show {shlex.quote(row.name)}`, and tell the operator",
        )
    names = _embedding_models(runtime, row.name)
    such_as = f", such as {' or '.join(f'`{name}`' for name in names)}" if names else ""
    return UsageError(
        f"{row.name} gives no embeddings: its mode is {row.mode}",
        hint=f"choose an embedding model{such_as}; {_SEE_THEM}",
    )


def _embedding_models(runtime: "Runtime", name: str) -> list[str]:
    """Return up to three embedding models of the cached list, first those that are called like *name*."""
    from litectl.text.nearness import near

    catalog = runtime.lister.cached_catalog()
    names = [row.name for row in catalog.models if row.mode == _MODE] if catalog else []
    shown = [each for each in names if each.isprintable() and "*" not in each]
    return list(dict.fromkeys([*near(name, shown), *shown]))[:3]


# What is said of it


def _row(item: Item, vector: Sequence[float]) -> Row:
    return Row(item.number, item.file, None if item.is_whole else item.text, vector)


def _explain(
    runtime: "Runtime", printer: Printer, error: LitectlError, items: Sequence[Item], done: int
) -> None:
    """Say in *error*, and to the person, how far it came."""
    if not done:
        return
    error.details["embedded"] = done
    runtime.terminal.note(
        f"{done} of {len(items)} texts are printed; go on at index {items[done].number}"
        if printer.prints_at_once
        else f"{done} of {len(items)} texts were embedded; `--format jsonl` prints each part as it comes"
    )
