"""
One model, checked as by a smoke run, without the checks of its proxy.

The edge that joins options, the catalog and the caller to `litectl.smoke`.
"""

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from litectl.errors import LitectlError, NotFoundError, ReaderGone
from litectl.smoke.check import Result, skipped
from litectl.smoke.report import Report

if TYPE_CHECKING:
    from litectl.exchange.backend import Backend
    from litectl.runtime import Runtime
    from litectl.smoke.modeltasks import ModelWishes
    from litectl.smoke.task import Task
    from litectl.smoke_reporting import Reporting, ReportWishes


def test_model(
    runtime: "Runtime",
    name: str,
    wishes: "ModelWishes",
    *,
    max_cost: float | None,
    reports: "ReportWishes",
    strict: bool,
    yes: bool,
) -> Report:
    """
    Check the model *name* as *wishes* say, for *max_cost* US dollars at most, and report it as *reports* say.

    On a terminal it is asked first, unless *yes*. Whatever ends it early, what was found until then is
    reported. Raises `NotFoundError` for a name that is not listed, and `UsageError`, before anything is sent.
    """
    from litectl.smoke.modeltasks import model_tasks
    from litectl.smoke.purse import Purse
    from litectl.smoke_reporting import Reporting

    reporting = Reporting(runtime, reports)
    reporting.require_writable()
    purse = Purse(max_cost)
    (task,) = model_tasks([_backend(runtime, name)], wishes, purse)
    report = Report(runtime.target.root, runtime.now(), is_strict=strict)
    report.plan(task.checks)
    if yes or _is_agreed(runtime, task):
        _run(runtime, task, report, reporting)
    else:
        for check in task.checks:
            report.add(skipped(check, "not sent: nobody agreed"))
        report.is_complete = True
        reporting.finish(report)
    return report


def _backend(runtime: "Runtime", name: str) -> "Backend":
    """Return what the catalog, cached or fetched, knows of the model *name*; raises `NotFoundError`."""
    from litectl.exchange.backend import Backend

    lister = runtime.lister
    catalog = lister.current()
    model = catalog.find(name)
    if model is None:
        raise NotFoundError(f"unknown model: {name}", hint=catalog.hint_for(name))
    return Backend(name, model, lister.deployments_of(catalog, name), lister.refused(name))


def _is_agreed(runtime: "Runtime", task: "Task") -> bool:
    """Tell whether what *task* sends may be sent: a person is asked, a pipe never is."""
    terminal, count = runtime.terminal, task.requests
    if not count or not terminal.can_prompt:
        return True
    requests = "1 billed request" if count == 1 else f"at most {count:,} billed requests"
    return terminal.confirm(f"send {requests}?", flag="--yes")


def _run(runtime: "Runtime", task: "Task", report: Report, reporting: "Reporting") -> None:
    """Run *task*, and report each result as it comes, and all in the end."""
    from litectl.smoke.running import run_tasks

    started = time.monotonic()

    def take_in(result: Result) -> None:
        counted = report.add(result)
        report.seconds = time.monotonic() - started
        reporting.on_result(report, counted)

    def finish() -> None:
        report.seconds = time.monotonic() - started
        reporting.finish(report)

    try:
        with reporting.running(report):
            run_tasks([task], runtime.open_proxy, concurrency=1, on_result=take_in)
        report.is_complete = True
    except ReaderGone:
        raise
    except BaseException:
        # A report that cannot be written must not hide what ended the run.
        with suppress(LitectlError, ReaderGone, OSError):
            finish()
        raise
    finish()
