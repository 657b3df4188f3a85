"""
A smoke run: the checks of the proxy, then those of its models, and what they give.

The edge that joins options and the caller to `litectl.smoke`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from litectl.actions.smoke.proxy import ProxyChecks
from litectl.errors import BudgetError, LitectlError, NotFoundError, PartialError, ReaderGone
from litectl.smoke import steps
from litectl.smoke.check import FAILED, Check, Result, failed, skipped
from litectl.smoke.report import Report, not_run
from litectl.smoke.wishes import SmokeWishes, check_numbers, names_of, selection_of
from litectl.text.counting import counted, some_of

if TYPE_CHECKING:
    from litectl.actions.smoke.reporting import Reporting, ReportWishes
    from litectl.exchange.backend import Backend
    from litectl.run.runtime import Runtime
    from litectl.smoke.selection import Selection
    from litectl.smoke.task import Task

_MOST_NAMED = 5
_NO_BUDGET = "not checked: the budget is used up"


def smoke(runtime: "Runtime", wishes: SmokeWishes, reports: "ReportWishes") -> Report:
    """
    Check the proxy and its models as *wishes* say, and report it as *reports* say.

    Whatever ends the run early, what was found until then is reported first. Raises `UsageError` before
    anything is sent.
    """
    selection, names = selection_of(wishes), names_of(wishes)
    return _reported(runtime, wishes, reports, lambda run: run.go(names, selection))


def smoke_model(runtime: "Runtime", name: str, wishes: SmokeWishes, reports: "ReportWishes") -> Report:
    """
    Check the model *name* of the list, cached or fetched, and nothing else; report it as `smoke` does.

    A model that is not listed is a failure of its own.
    """
    check_numbers(wishes)
    return _reported(runtime, wishes, reports, lambda run: run.ask_alone(name))


def _reported(
    runtime: "Runtime", wishes: SmokeWishes, reports: "ReportWishes", go: "Callable[[_Run], None]"
) -> Report:
    from litectl.actions.smoke.reporting import Reporting

    reporting = Reporting(runtime, reports)
    reporting.require_writable()
    report = Report(runtime.target.root, runtime.now(), is_strict=wishes.strict)
    with ExitStack() as stack:
        run = _Run(runtime, wishes, report, reporting, stack)
        try:
            go(run)
            report.is_complete = True
        except ReaderGone:
            raise
        except BaseException:  # a signal as well
            # A report that cannot be written must not hide what ended the run.
            with suppress(LitectlError, ReaderGone, OSError):
                run.finish()
            raise
        run.finish()
    return report


def require_success(report: Report) -> None:
    """Raise what *report* amounts to when it is no success: its exit code is that of the error."""
    failures = report.of_verdict(FAILED)
    if (gate := report.broken_gate) and gate.error is not None:
        raise gate.error
    if failures:
        from litectl.failures.wording import readable

        names = some_of([str(failure.check) for failure in failures], _MOST_NAMED, readable)
        raise PartialError(
            f"{len(failures)} of {len(report.results)} checks failed: {names}",
            hint="each says what to do; `litectl doctor` looks closer",
        )
    if report.exit_code:
        raise LitectlError("no check passed", hint="see why each was skipped")


class _Run:
    """A run under way; what its checks open is closed by *stack*."""

    def __init__(
        self,
        runtime: "Runtime",
        wishes: SmokeWishes,
        report: Report,
        reporting: "Reporting",
        stack: ExitStack,
    ) -> None:
        self._runtime, self._wishes = runtime, wishes
        self._report, self._reporting = report, reporting
        self._started = time.monotonic()
        self._proxy_checks = ProxyChecks(runtime, wishes, report, stack)
        self._is_alone = False  # whether nothing but one model is tested

    def go(self, names: Sequence[str], selection: "Selection") -> None:
        """Run the checks called *names*, then those of the models of *selection*."""
        self._report.plan(steps.planned(names, self._wishes.require))
        with self._reporting.running(self._report):
            self._wait()
            are_passed = all(map(self._add, self._proxy_checks.results(names, selection)))
            if are_passed and self._wishes.asks_models:
                self._ask_models(self._proxy_checks.backends)

    def ask_alone(self, name: str) -> None:
        """Run the checks of the model *name*; that it is listed is a check only where it is not."""
        self._is_alone, check = True, Check(steps.MODELS, is_gate=True)
        self._report.plan([check])
        with self._reporting.running(self._report):
            try:
                backend = self._listed(name)
            except LitectlError as error:
                self._take_in(failed(check, error, time.monotonic() - self._started))
                return
            self._report.split(check, [])
            self._ask_models([backend])

    def finish(self) -> None:
        """Report what was found so far."""
        self._report.seconds = time.monotonic() - self._started
        self._reporting.finish(self._report)

    # The proxy

    def _wait(self) -> None:
        seconds, runtime = self._wishes.wait, self._runtime
        if seconds is None:
            return
        from litectl.smoke.proxychecks import wait_until_ready

        @contextmanager
        def waiting() -> Iterator[None]:
            progress = runtime.terminal.progress(f"waiting for {runtime.target.root}", limit=seconds)
            with self._reporting.paused(self._report), progress:
                yield

        try:
            if not wait_until_ready(self._proxy_checks.connect, seconds, waiting=waiting):
                self._proxy_checks.waited = seconds
        except LitectlError as error:  # the checks find the same, and say it
            runtime.terminal.trace(f"not waited for: {error.message}")

    # The models

    def _listed(self, name: str) -> "Backend":
        """Return what the list says of the model *name*; raises `NotFoundError` when that is nothing."""
        from litectl.exchange.backend import Backend

        lister = self._runtime.lister
        catalog = lister.current()
        model = catalog.find(name)
        if model is None:
            raise NotFoundError(f"unknown model: {name}", hint=catalog.hint_for(name))
        return Backend(name, model, lister.deployments_of(catalog, name), lister.refused(name))

    def _tasks(self, backends: "Sequence[Backend]") -> "Sequence[Task]":
        """Return what is to be asked of *backends*, and plan its checks."""
        from litectl.smoke.modeltasks import model_tasks
        from litectl.smoke.purse import Purse

        wishes = self._wishes.of_models
        seconds = self._runtime.options.timeout or wishes.seconds
        wishes = wishes._replace(seconds=seconds, gates=self._is_alone)
        tasks = model_tasks(backends, wishes, Purse(self._wishes.max_cost))
        self._report.plan(check for task in tasks for check in task.checks)
        return tasks

    def _is_agreed(self, tasks: "Sequence[Task]") -> bool:
        """Say how many billed requests *tasks* are, and ask whoever can be asked."""
        terminal, wishes = self._runtime.terminal, self._wishes
        requests, models = sum(task.requests for task in tasks), sum(task.requests > 0 for task in tasks)
        if not requests:
            return True
        what = f"at most {counted(requests, 'billed request')} to {counted(models, 'model')}"
        if wishes.max_cost is not None:
            from litectl.exchange.pricing import dollars_text

            what += f", for at most {dollars_text(wishes.max_cost)}"
        if wishes.yes or not terminal.can_prompt:
            terminal.say(f"sending {what}")
            return True
        with self._reporting.paused(self._report):
            return terminal.questions.confirm(f"send {what}?", flag="--yes")

    def _ask_models(self, backends: "Sequence[Backend]") -> None:
        """Ask *backends*, once whoever can be asked agrees."""
        from litectl.smoke.running import run_tasks

        tasks = self._tasks(backends)
        if not self._is_agreed(tasks):
            self._add_all(skipped(check, "not sent: nobody agreed") for check in self._report.pending)
            return
        run_tasks(
            tasks, self._runtime.open_proxy, concurrency=self._wishes.concurrency, on_result=self._take_in
        )

    # What was found

    def _add(self, result: Result) -> bool:
        """Take *result* in; when it is a gate that failed, nothing after it is run, and this is false."""
        is_of_budget = result.verdict == FAILED and isinstance(result.error, BudgetError)
        if is_of_budget and not self._proxy_checks.has_budget:
            # The credential has a warning for that already, and it says nothing of what was to be checked.
            result = result if result.check.is_gate else skipped(result.check, _NO_BUDGET)
        taken = self._take_in(result)
        if taken.verdict != FAILED or not result.check.is_gate:
            return True
        self._add_all(not_run(self._report.pending, result.check))
        return False

    def _add_all(self, results: Iterable[Result]) -> None:
        for result in results:
            self._take_in(result)

    def _take_in(self, result: Result) -> Result:
        taken = self._report.add(result)
        self._report.seconds = time.monotonic() - self._started
        self._reporting.on_result(taken)
        return taken
