"""Stand-ins of a smoke run: a report of plain lines, and one question to each model."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from fake_proxy import CHAT
from litectl.actions.smoke import reporting as smoke_reporting
from litectl.actions.smoke.reporting import ReportWishes
from litectl.errors import LitectlError
from litectl.exchange.backend import Backend
from litectl.smoke import modeltasks
from litectl.smoke.check import Check, Measures, Result, failed, passed
from litectl.smoke.purse import Purse
from litectl.smoke.report import Report
from litectl.smoke.task import Task
from litectl.smoke.wishes import ModelWishes
from litectl.wire.proxy import Proxy


class Reporting:
    """Prints a line for each result, and one at the end."""

    def __init__(self, runtime: Any, wishes: ReportWishes) -> None:
        self._terminal = runtime.terminal
        self._wishes = wishes

    def require_writable(self) -> None:
        """Find nothing wrong."""

    @contextmanager
    def running(self, report: Report) -> Iterator[None]:
        """Show nothing more."""
        assert report.results
        yield

    @contextmanager
    def paused(self, report: Report) -> Iterator[None]:
        """Have nothing to pause."""
        assert report.results
        yield

    def on_result(self, result: Result) -> None:
        """Print *result*."""
        self._terminal.write_line(f"{result.verdict} {result.check}: {result.detail}")

    def finish(self, report: Report) -> None:
        """Print what was not run, and whether *report* came to its end."""
        for check in report.pending:
            self._terminal.write_line(f"pending {check}")
        self._terminal.write_line("complete" if report.is_complete else "incomplete")


class Stage:
    """Remembers what the models were to be asked."""

    def __init__(self) -> None:
        self.wishes: list[ModelWishes] = []
        self.purses: list[Purse] = []
        self.backends: list[Backend] = []

    def model_tasks(self, backends: Sequence[Backend], wishes: ModelWishes, purse: Purse) -> list[Task]:
        """Return the question to each of *backends*; what is no error of litectl's is raised."""
        self.wishes.append(wishes)
        self.purses.append(purse)
        self.backends += backends
        return [asking(backend.name, is_gate=wishes.gates) for backend in backends]


def asking(name: str, *, is_gate: bool = False) -> Task:
    """Return the task that asks the model *name* once."""
    checks = [Check("answers", name, is_gate=is_gate), Check("usage", name)]
    return Task(checks, partial(_asked, checks), requests=1)


def _asked(checks: Sequence[Check], proxy: Proxy) -> Iterator[Result]:
    answers, usage = checks
    try:
        document: Any = proxy.post_json(CHAT, {"model": answers.subject}, seconds=20).document
    except LitectlError as error:
        yield failed(answers, error, 0.1)
        return
    yield passed(answers, document["text"], 0.1, Measures(requests=1))
    yield passed(usage, "known", 0.0)


def install(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Put the stand-ins in the place of what a run reports with and asks models with."""
    stage = Stage()
    monkeypatch.setattr(smoke_reporting, "Reporting", Reporting)
    monkeypatch.setattr(modeltasks, "model_tasks", stage.model_tasks)
    return stage
