"""
A smoke run: the checks of the proxy, then those of its models, and what they give.

The edge that joins options and the caller to `litectl.smoke`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING

from litectl.counting import counted, some_of
from litectl.errors import BudgetError, LitectlError, NotFoundError, PartialError, ReaderGone
from litectl.smoke import steps
from litectl.smoke.check import FAILED, Check, Result, failed, skipped
from litectl.smoke.report import Report, not_run
from litectl.smoke.wishes import SmokeWishes, check_numbers, names_of, selection_of

if TYPE_CHECKING:
    from litectl.catalog.catalog import Catalog
    from litectl.catalog.discovery import Discovery
    from litectl.exchange.backend import Backend
    from litectl.mcp.servers import Server
    from litectl.proxy import Proxy
    from litectl.runtime import Runtime
    from litectl.smoke.finding import Finding
    from litectl.smoke.modeltasks import ModelWishes
    from litectl.smoke.selection import Selection
    from litectl.smoke.task import Task
    from litectl.smoke_reporting import Reporting, ReportWishes

_CHECK_SECONDS = 30.0
_MODEL_SECONDS = 60.0  # of each request
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
    from litectl.smoke_reporting import Reporting

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
        except BaseException:
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
        from litectl.envelopes import readable

        names = some_of([str(failure.check) for failure in failures], _MOST_NAMED, readable)
        raise PartialError(f"{len(failures)} of {len(report.results)} checks failed: {names}")
    if report.exit_code:
        raise LitectlError("no check passed", hint="see why each was skipped")


class _Run:
    """A run under way; what it opens is closed by *stack*."""

    def __init__(
        self,
        runtime: "Runtime",
        wishes: SmokeWishes,
        report: Report,
        reporting: "Reporting",
        stack: ExitStack,
    ) -> None:
        self._runtime, self._wishes = runtime, wishes
        self._report, self._reporting, self._stack = report, reporting, stack
        self._started = time.monotonic()
        self._header_servers = tuple(runtime.toolbox.header_servers)
        self._discovery: Discovery | None = None
        self._backends: Sequence[Backend] = ()
        self._waited: float | None = None  # seconds, in vain
        self._has_budget = True  # as far as the check of the credential has found out
        self._is_alone = False  # whether nothing but one model is tested

    def go(self, names: Sequence[str], selection: "Selection") -> None:
        """Run the checks called *names*, then those of the models of *selection*."""
        self._report.plan(steps.planned(names, self._wishes.require))
        with self._reporting.running(self._report):
            self._wait()
            if self._check_proxy(names, selection) and self._wishes.asks_models:
                self._ask_models()

    def ask_alone(self, name: str) -> None:
        """Run the checks of the model *name*; that it is listed is a check only where it is not."""
        self._is_alone, check = True, Check(steps.MODELS, is_gate=True)
        self._report.plan([check])
        with self._reporting.running(self._report):
            try:
                self._backends = [self._listed(name)]
            except LitectlError as error:
                self._take_in(failed(check, error, time.monotonic() - self._started))
                return
            self._report.split(check, [])
            self._ask_models()

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
            if not wait_until_ready(self._connect, seconds, waiting=waiting):
                self._waited = seconds
        except LitectlError as error:  # the checks find the same, and say it
            runtime.terminal.trace(f"not waited for: {error.message}")

    def _after_waiting(self, look: "Callable[[], Finding]") -> "Finding":
        """Return what *look* finds; that it was waited for in vain is in the error that it raises."""
        try:
            return look()
        except LitectlError as error:
            if self._waited is not None:
                error.message += f", also after {self._waited:g} s of `--wait`"
            raise

    def _check_proxy(self, names: Sequence[str], selection: "Selection") -> bool:
        """Run the checks called *names* in their order; tell whether every gate was passed."""
        results: dict[str, Callable[[], Iterable[Result]]] = {
            steps.REACHABLE: lambda: self._ended(steps.REACHABLE, self._reachable),
            steps.TLS: lambda: self._ended(steps.TLS, self._certificate),
            steps.READINESS: lambda: self._ended(steps.READINESS, self._readiness),
            steps.CREDENTIAL: lambda: self._ended(steps.CREDENTIAL, self._credential),
            steps.DISCOVERY: lambda: self._ended(steps.DISCOVERY, self._discover),
            steps.SOURCE: lambda: self._ended(steps.SOURCE, self._source),
            steps.REQUIRED: self._required,
            steps.MCP: self._servers,
            steps.SKILLS: lambda: self._ended(steps.SKILLS, self._skills),
            steps.MODELS: lambda: self._ended(steps.MODELS, partial(self._select, selection)),
        }
        return all(self._add(result) for name in names for result in results[name]())

    def _ended(self, name: str, look: "Callable[[], Finding]") -> "Iterator[Result]":
        from litectl.smoke.finding import ended

        yield ended(Check(name, is_gate=name in steps.GATES), look)

    def _reachable(self) -> "Finding":
        from litectl.smoke.proxychecks import reachable

        seconds = self._seconds(_CHECK_SECONDS)
        return self._after_waiting(lambda: reachable(self._stranger, seconds=seconds))

    def _certificate(self) -> "Finding":
        from litectl.smoke.finding import Absent
        from litectl.smoke.proxychecks import certificate

        runtime = self._runtime
        root = runtime.target.root
        if not root.startswith("https:"):
            return Absent("the proxy is asked over plain http")
        from litectl.certificate import served_certificate

        found = served_certificate(root, runtime.caller.tls, seconds=self._seconds(_CHECK_SECONDS))
        return certificate(found, runtime.now())

    def _readiness(self) -> "Finding":
        from litectl.smoke.proxychecks import readiness

        seconds = self._seconds(_CHECK_SECONDS)
        return self._after_waiting(lambda: readiness(self._stranger, seconds=seconds))

    def _credential(self) -> "Finding":
        from litectl.credentials.chain import NONE
        from litectl.smoke.proxychecks import credential

        proxy, own = self._proxy, self._runtime.credential
        source = None if own.kind == NONE else own.source
        seconds, is_to_pay = self._seconds(_CHECK_SECONDS), self._wishes.asks_models
        finding = credential(proxy, source, seconds=seconds, is_to_pay=is_to_pay)
        self._has_budget = not isinstance(finding, BudgetError)
        return finding

    def _discover(self) -> "Finding":
        from litectl.smoke.listchecks import discovered

        self._discovery = self._runtime.lister.discover()
        return discovered(self._discovery)

    def _source(self) -> "Finding":
        from litectl.smoke.listchecks import from_source

        return from_source(self._catalog, self._wishes.expect_source or "")

    def _required(self) -> "Iterator[Result]":
        from litectl.smoke.finding import ended
        from litectl.smoke.listchecks import required

        for name in self._wishes.require:
            yield ended(Check(steps.REQUIRED, name), partial(required, self._catalog, name))

    def _servers(self) -> "list[Result]":
        from litectl.smoke.listchecks import servers_answer, unknown_servers

        check = Check(steps.MCP)
        choice = steps.server_choice(self._wishes.only, self._wishes.skip)
        results = servers_answer(
            check,
            lambda: self._runtime.toolbox.fetch(self._proxy),
            self._described,
            self._header_servers,
            choice,
        )
        for name in unknown_servers(choice.skip, results) if results[0].check.subject else ():
            self._runtime.terminal.note(f"`--skip` names an MCP server that the proxy does not list: {name}")
        self._report.split(check, [result.check for result in results])
        return results

    def _described(self) -> "Sequence[Server]":
        from litectl.mcp.listing import SERVERS_SECONDS, fetch_servers

        trace = self._runtime.terminal.trace
        return fetch_servers(self._proxy, seconds=self._seconds(SERVERS_SECONDS), trace=trace)

    def _skills(self) -> "Finding":
        from litectl.skills.listing import LIST_SECONDS
        from litectl.smoke.listchecks import skills_answer

        return skills_answer(self._proxy, seconds=self._seconds(LIST_SECONDS))

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

    def _select(self, selection: "Selection") -> "Finding":
        from litectl.catalog.rows import grouped
        from litectl.exchange.backend import Backend
        from litectl.smoke.selection import named, require_asked, selected

        catalog = self._catalog
        models = selected(catalog.models, selection)
        if self._wishes.asks_models:
            require_asked(models)
        groups = grouped(catalog.deployments)
        self._backends = [Backend(model.name, model, groups.get(model.name, ())) for model in models]
        how = ""
        if selection.sample is not None:
            how = f", a sample of `--seed {selection.seed}`"
        elif not self._wishes.asks_models:
            how = "; listed, not asked: for that say `--prompt`"
        return named(models) + how

    def _tasks(self) -> "Sequence[Task]":
        """Return what is to be asked of the models, and plan its checks."""
        from litectl.smoke.modeltasks import model_tasks
        from litectl.smoke.purse import Purse

        tasks = model_tasks(self._backends, self._model_wishes, Purse(self._wishes.max_cost))
        self._report.plan(check for task in tasks for check in task.checks)
        return tasks

    @property
    def _model_wishes(self) -> "ModelWishes":
        from litectl.smoke.modeltasks import ModelWishes

        wishes = self._wishes
        return ModelWishes(
            stream=wishes.stream,
            params=wishes.params,
            tools=wishes.tools,
            vision=wishes.vision,
            repeat=wishes.repeat,
            max_ttft=wishes.max_ttft,
            max_time=wishes.max_time,
            seconds=self._seconds(_MODEL_SECONDS),
            gates=self._is_alone,
        )

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
            return terminal.confirm(f"send {what}?", flag="--yes")

    def _ask_models(self) -> None:
        """Ask the models, once whoever can be asked agrees."""
        from litectl.smoke.running import run_tasks

        tasks = self._tasks()
        if not self._is_agreed(tasks):
            self._add_all(skipped(check, "not sent: nobody agreed") for check in self._report.pending)
            return
        run_tasks(
            tasks, self._runtime.open_proxy, concurrency=self._wishes.concurrency, on_result=self._take_in
        )

    # What was found

    def _add(self, result: Result) -> bool:
        """Take *result* in; when it is a gate that failed, nothing after it is run, and this is false."""
        if result.verdict == FAILED and isinstance(result.error, BudgetError) and not self._has_budget:
            # The credential has a warning for that already, and it says nothing of what was to be checked.
            result = result if result.check.is_gate else skipped(result.check, _NO_BUDGET)
        counted = self._take_in(result)
        if counted.verdict != FAILED or not result.check.is_gate:
            return True
        self._add_all(not_run(self._report.pending, result.check))
        return False

    def _add_all(self, results: Iterable[Result]) -> None:
        for result in results:
            self._take_in(result)

    def _take_in(self, result: Result) -> Result:
        counted = self._report.add(result)
        self._report.seconds = time.monotonic() - self._started
        self._reporting.on_result(self._report, counted)
        return counted

    # Who is asked

    @cached_property
    def _stranger(self) -> "Proxy":
        """The proxy, asked without a credential: what is wrong with that is found by its own check."""
        return self._stack.enter_context(self._connect())

    @cached_property
    def _proxy(self) -> "Proxy":
        return self._stack.enter_context(self._runtime.open_proxy())

    def _connect(self) -> "Proxy":
        return self._runtime.caller.connect(self._runtime.target.root)

    def _seconds(self, usual: float) -> float:
        return self._runtime.options.timeout or usual

    @property
    def _catalog(self) -> "Catalog":
        """The list that was found, with the overrides of the profile."""
        assert self._discovery is not None
        catalog, overrides = self._discovery.catalog, self._runtime.lister.overrides
        if not overrides:
            return catalog
        from litectl.catalog.overrides import override

        return catalog._replace(models=override(catalog.models, overrides))
