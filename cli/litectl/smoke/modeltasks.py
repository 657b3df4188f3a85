"""The billed checks of models: which a model gets, in which order, and what keeps one from being run."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from shlex import quote
from typing import NamedTuple

from litectl.catalog.rows import CONVERSATION_MODES, MIXED
from litectl.errors import LitectlError
from litectl.exchange.backend import Backend
from litectl.smoke.account import Account
from litectl.smoke.answering import answers, usage_of
from litectl.smoke.asker import Asker
from litectl.smoke.check import FAILED, Check, Result, failed, skipped
from litectl.smoke.embeddingcheck import embeds
from litectl.smoke.parameterchecks import probes, takes_parameters
from litectl.smoke.purse import Purse
from litectl.smoke.report import not_run
from litectl.smoke.runs import Runs
from litectl.smoke.streaming import streams
from litectl.smoke.task import Task
from litectl.smoke.toolchecks import calls_tool, is_incapable
from litectl.smoke.visioncheck import sees
from litectl.smoke.wishes import ModelWishes
from litectl.wire.proxy import Proxy

_EMBEDDING = "embedding"
_NO_PARAMETERS = "the catalog does not say which parameters it takes"
_NO_ABILITY = "the catalog says that it cannot"


class _Step(NamedTuple):
    """
    A check of the name *name*, each run of which sends so many *requests*; or *why* it is not run.

    *run* gives a line that says what was seen.
    """

    name: str
    run: Callable[[Proxy, Account], str]
    requests: int = 1
    why: str | None = None


def model_tasks(backends: Sequence[Backend], wishes: ModelWishes, purse: Purse) -> list[Task]:
    """Return the work that finds out what is wished of each of *backends*, paid from *purse*."""
    return [_task(backend, wishes, purse) for backend in backends]


def _task(backend: Backend, wishes: ModelWishes, purse: Purse) -> Task:
    mode = backend.model.mode if backend.model else None
    if mode == _EMBEDDING:
        steps = [_Step("embeds", partial(_embed, wishes.seconds))]
    elif mode in CONVERSATION_MODES:
        steps = _conversation(backend, wishes)
    else:
        return _unasked(backend, str(mode), wishes)
    first = Check(steps[0].name, backend.name, is_gate=wishes.gates)
    rest = [Check(step.name, backend.name) for step in steps[1:]]
    checks = [first, Check("usage", backend.name), *rest]
    requests = sum(step.requests for step in steps if step.why is None) * wishes.repeat
    runs = Runs(wishes.repeat, wishes.max_ttft, wishes.max_time)
    return Task(checks, partial(_results, backend, checks, steps, runs, purse), requests)


def _results(
    backend: Backend,
    checks: Sequence[Check],
    steps: Sequence[_Step],
    runs: Runs,
    purse: Purse,
    proxy: Proxy,
) -> Iterator[Result]:
    """Give how each of *checks* ends, the first two by the first of *steps*."""
    account = Account(backend, purse)
    result = runs.result(checks[0], account, partial(steps[0].run, proxy, account))
    yield result
    if result.verdict == FAILED:
        yield from not_run(checks[1:], checks[0])
        return
    yield usage_of(checks[1], account.taken, has_output=steps[0].name != "embeds")
    for check, step in zip(checks[2:], steps[1:], strict=True):
        if step.why is not None:
            yield skipped(check, step.why)
            continue
        account = Account(backend, purse)
        yield runs.result(check, account, partial(step.run, proxy, account))


def _conversation(backend: Backend, wishes: ModelWishes) -> list[_Step]:
    """Return the steps of a model that chats."""
    seconds = wishes.seconds
    steps = [_Step("answers", partial(_asked, answers, seconds))]
    if wishes.stream or wishes.max_ttft is not None:
        steps.append(_Step("streams", partial(_asked, streams, seconds)))
    if wishes.params:
        wanted = probes(backend)
        run = partial(_asked, partial(takes_parameters, wanted=wanted), seconds)
        steps.append(_Step("params", run, len(wanted), None if wanted else _NO_PARAMETERS))
    if wishes.tools:
        why = _NO_ABILITY if is_incapable(backend) else None
        steps.append(_Step("tools", partial(_asked, calls_tool, seconds), why=why))
    if wishes.vision:
        why = _NO_ABILITY if backend.can("vision") is False else None
        steps.append(_Step("vision", partial(_asked, sees, seconds), why=why))
    return steps


def _asked(see: Callable[[Asker], str], seconds: float, proxy: Proxy, account: Account) -> str:
    return see(Asker(proxy, account, seconds))


def _embed(seconds: float, proxy: Proxy, account: Account) -> str:
    return embeds(proxy, account, seconds)


def _unasked(backend: Backend, mode: str, wishes: ModelWishes) -> Task:
    """Return the work for a model that is not asked: for one of mixed modes that is a failure."""
    check = Check("answers", backend.name, is_gate=wishes.gates)
    if mode == MIXED:
        error = LitectlError(
            f"some deployments of {backend.name} can chat and others cannot, so an answer would be luck",
            hint=f"see them with `litectl models show {quote(backend.name)}`, and tell the operator",
        )
        result = failed(check, error, 0.0)
    else:
        result = skipped(check, f"its mode is {mode}, which smoke does not ask")
    return Task([check], lambda _proxy: iter([result]))
