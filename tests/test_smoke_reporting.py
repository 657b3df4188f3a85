"""A smoke run as it is reported: while it goes on, at its end, and when it never comes to one."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml

import litectl
from litectl.actions.smoke.reporting import Reporting, ReportWishes
from litectl.errors import (
    ConfigError,
    LitectlError,
    OutputError,
    RateLimitError,
    ReaderGone,
    UpstreamError,
    UsageError,
)
from litectl.run.runtime import Runtime
from litectl.smoke.check import Check, Measures, Result, failed, passed, skipped, warned
from litectl.smoke.report import Report
from program import DEADLINE, Screen
from smoke_reports import HOSTILE_REPORTS, ROOT, STARTED
from test_github import _ANNOTATION, _LINE_ENDS, obeyed

ALL = "stdin stdout stderr"
SECRET = "sk-secret-of-this-run-0001"
SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "schemas" / "junit-10.xsd"))
REACHABLE = passed(Check("reachable"), "HTTP 200", 0.25)
LIMITED = failed(Check("answers", "b"), RateLimitError("too many", hint="wait"), 2.0)
STREAMS = Check("streams", "b")


class Run:
    """A run of *results* with the options *output_format* and *wishes*; *planned* are checks beside them."""

    def __init__(
        self,
        *,
        terminals: str = "",
        output_format: str | None = None,
        variables: Mapping[str, str] | None = None,
        **wishes: Any,
    ) -> None:
        self.screen = Screen(dict(variables or {}), terminals=terminals)
        runtime = Runtime(variables or {}, self.screen.terminal)
        runtime.options.format = output_format
        self.screen.terminal.mask(SECRET)
        self.reporting = Reporting(runtime, ReportWishes(**wishes))
        self.report = Report(ROOT, STARTED)

    def plan(self, *results: Result) -> "Run":
        """Plan the checks of *results*."""
        self.report.plan(result.check for result in results)
        return self

    def add(self, result: Result) -> None:
        """End a check."""
        self.reporting.on_result(self.report.add(result))
        self.report.seconds = 3.21

    def whole(self, *results: Result) -> "Run":
        """Run *results* from the beginning to the end."""
        self.reporting.require_writable()
        with self.plan(*results).reporting.running(self.report):
            for result in results:
                self.add(result)
            self.report.is_complete = True
        self.reporting.finish(self.report)
        return self


def wait_for(condition: Callable[[], object]) -> None:
    """Return when *condition* is met; fail when it is not for long."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def verdicts(path: Path) -> dict[str, str]:
    """Return the cases in the JUnit file at *path* by their names, each with its outcome."""
    SCHEMA.validate(path.read_text())
    cases = (case for suite in JUnitXml.fromstring(path.read_bytes()) for case in suite)
    return {str(case.name): "".join(type(each).__name__ for each in case.result) for case in cases}


# stdout


@pytest.mark.parametrize(
    ("output_format", "tap", "begins", "ends"),
    [
        (None, False, "", ""),
        ("tsv", False, "", ""),
        ("jsonl", False, "", ""),
        (None, True, "TAP version 13\n", "1..3\n"),
    ],
)
def test_lines_come_as_checks_end(output_format: str | None, tap: bool, begins: str, ends: str) -> None:
    """Whoever reads a pipe sees each result at once, and at the end those that were never run."""
    run = Run(output_format=output_format, tap=tap).plan(REACHABLE, LIMITED, skipped(STREAMS, ""))

    with run.reporting.running(run.report):
        assert run.screen.out == begins
        run.add(REACHABLE)
        assert "reachable" in run.screen.out
        run.add(LIMITED)
        assert "too many" in run.screen.out
        assert "streams" not in run.screen.out
        run.report.is_complete = True
    run.reporting.finish(run.report)

    assert run.screen.out.count("reachable") == run.screen.out.count("streams") == 1
    assert "not run: the run ended before it" in run.screen.out
    assert run.screen.out.endswith(ends)
    assert run.screen.err == "hint for answers b: wait\n1 passed, 1 failed, 1 skipped in 3.21 s\n" or (
        output_format == "jsonl" and run.screen.err == "1 passed, 1 failed, 1 skipped in 3.21 s\n"
    )


@pytest.mark.parametrize("tap", [False, True])
@pytest.mark.parametrize("subject", [f"model-{SECRET}", "a\x1b[31m", "::add-mask::x", "##[error]x"])
def test_each_check_comes_once_whatever_its_name_is_shown_as(subject: str, tap: bool) -> None:
    """A name that is not shown as it is, be it for a secret in it, is not taken for another one."""
    result = passed(Check("answers", subject), "fine", 1.0)

    assert Run(tap=tap, github=True).whole(result).screen.out.count("fine") == 1


@pytest.mark.parametrize("output_format", ["json", "csv", "table"])
def test_what_is_one_whole_comes_at_the_end(output_format: str) -> None:
    """A document is not begun before it can be finished."""
    run = Run(output_format=output_format).plan(REACHABLE)

    with run.reporting.running(run.report):
        run.add(REACHABLE)
        assert run.screen.out == ""
    run.reporting.finish(run.report)

    assert "reachable" in run.screen.out


def test_a_run_that_was_broken_off_says_so_everywhere(tmp_path: Path) -> None:
    """Document, file and line tell that it is not complete."""
    junit, markdown = tmp_path / "junit.xml", tmp_path / "summary.md"
    run = Run(output_format="json", junit=str(junit), summary=str(markdown)).plan(REACHABLE, LIMITED)

    with run.reporting.running(run.report):
        run.add(REACHABLE)
    run.reporting.finish(run.report)

    assert json.loads(run.screen.out)["complete"] is False
    assert verdicts(junit) == {"reachable": "", "answers b": "Skipped", "the run came to its end": "Error"}
    assert "not complete" in markdown.read_text()
    assert run.screen.err == "1 passed, 1 skipped in 3.21 s, not complete\n"


def test_on_a_terminal_there_is_a_table_and_what_to_do() -> None:
    """The display of the run is gone by then."""
    doubtful = warned(STREAMS, UpstreamError("odd", hint="look"), 1.0)
    run = Run(terminals=ALL).whole(REACHABLE, LIMITED, doubtful)
    *_, last = run.screen.err.split("\x1b[J")

    assert run.screen.out.splitlines()[1:] == [
        "passed   reachable  -           0.25  HTTP 200",
        "failed   answers    b           2.00  too many",
        "warning  streams    b           1.00  odd",
    ]
    assert last.splitlines() == [
        "failed: answers b: too many",
        "  hint: wait",
        "warning: streams b: odd",
        "  hint: look",
        "1 passed, 1 warning, 1 failed in 3.21 s",
    ]


@pytest.mark.parametrize("terminals", ["", ALL])
def test_a_gate_that_failed_is_left_to_the_error_of_the_run(terminals: str) -> None:
    """It would be there twice."""
    gate = failed(Check("answers", "b", is_gate=True), RateLimitError("too many", hint="rest a while"), 2.0)
    run = Run(terminals=terminals).whole(gate)

    assert "rest a while" not in run.screen.err
    assert "failed: answers b: too many" not in run.screen.err
    assert "too many" in run.screen.out


def test_the_display_is_drawn_while_it_runs_and_gives_way_to_messages() -> None:
    """It moves by itself, and a warning stands above it."""
    run = Run(terminals=ALL).plan(REACHABLE, LIMITED)

    with run.reporting.running(run.report):
        wait_for(lambda: "0 of 2 checks" in run.screen.err)
        run.screen.terminal.warn("odd")
        run.add(REACHABLE)
        wait_for(lambda: "1 of 2 checks" in run.screen.err)

    assert "\x1b[J\x1b[33mwarning:\x1b[0m odd\n" in run.screen.err
    assert run.screen.err.endswith("\x1b[J")
    assert run.screen.out == ""


@pytest.mark.parametrize(
    ("terminals", "output_format", "variables", "is_quiet"),
    [
        ("stdin stdout", None, {}, False),
        ("stdin stderr", None, {}, False),
        (ALL, "tsv", {}, False),
        (ALL, None, {"TERM": "dumb"}, False),
        (ALL, None, {}, True),
    ],
)
def test_nothing_moves_where_it_would_disturb(
    terminals: str, output_format: str | None, variables: dict[str, str], is_quiet: bool
) -> None:
    """Not in a pipe, not beside lines that may be on the same screen, not where it is not wanted."""
    run = Run(terminals=terminals, output_format=output_format, variables=variables)
    run.screen.terminal.quiet = is_quiet
    run.whole(REACHABLE)

    assert "\x1b[J" not in run.screen.err
    assert "checks," not in run.screen.err


def test_nothing_is_drawn_in_colour_with_no_color() -> None:
    """NO_COLOR leaves the display and takes its colours."""
    run = Run(terminals=ALL, variables={"NO_COLOR": "1"}).plan(LIMITED, REACHABLE)

    with run.reporting.running(run.report):
        run.add(LIMITED)
        wait_for(lambda: "1 failed" in run.screen.err)

    assert not re.search(r"\x1b\[[\d;]*m", run.screen.err)


def test_quiet_leaves_stderr_empty() -> None:
    """The results are on stdout all the same."""
    run = Run(terminals=ALL)
    run.screen.terminal.quiet = True
    run.whole(LIMITED)

    assert run.screen.err == ""
    assert "too many" in run.screen.out


# Files


@pytest.mark.parametrize("option", ["junit", "summary"])
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", UsageError),
        ("-", UsageError),
        ("/dev/null", UsageError),
        ("/dev/stdout", UsageError),
        ("/dev/fd/1", UsageError),
        (".", UsageError),
        ("nowhere/report", ConfigError),
        ("a-file/report", ConfigError),
        ("circle", ConfigError),
        ("x" * 300, ConfigError),
        ("/proc/report", ConfigError),
        ("\x00", ConfigError),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, name: str, error: type[LitectlError]
) -> None:
    """A run that costs money does not end with a report that nobody has."""
    monkeypatch.chdir(tmp_path)
    Path("a-file").touch()
    Path("circle").symlink_to("circle")

    with pytest.raises(error, match=f"--{option}"):
        (Run(junit=name) if option == "junit" else Run(summary=name)).reporting.require_writable()
    assert {path.name for path in tmp_path.iterdir()} == {"a-file", "circle"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_is_read_only_is_told(tmp_path: Path) -> None:
    """Its permissions are what is named."""
    tmp_path.chmod(0o500)

    with pytest.raises(ConfigError, match="Permission denied"):
        Run(junit=str(tmp_path / "report.xml")).reporting.require_writable()


@pytest.mark.parametrize("output_format", ["json", "tsv", "table"])
def test_stdout_has_one_form(output_format: str) -> None:
    """TAP and another format do not go together."""
    with pytest.raises(UsageError, match="TAP"):
        Run(tap=True, output_format=output_format).reporting.require_writable()


def test_two_reports_are_two_files(tmp_path: Path) -> None:
    """One would replace the other."""
    path = tmp_path / "report"

    with pytest.raises(UsageError, match="same file"):
        Run(junit=str(path), summary=str(tmp_path / "." / "report")).reporting.require_writable()


def test_the_file_is_there_from_the_start_and_grows(tmp_path: Path) -> None:
    """Everything that is planned is in it as skipped, and results follow while the run goes on."""
    path = tmp_path / "junit.xml"
    run = Run(junit=str(path)).plan(REACHABLE, LIMITED)
    end = {"the run came to its end": "Error"}

    with run.reporting.running(run.report):
        assert verdicts(path) == {"reachable": "Skipped", "answers b": "Skipped"} | end
        run.add(REACHABLE)
        wait_for(lambda: verdicts(path) == {"reachable": "", "answers b": "Skipped"} | end)
        run.add(LIMITED)
        wait_for(lambda: verdicts(path) == {"reachable": "", "answers b": "Failure"} | end)
        run.report.is_complete = True
    run.reporting.finish(run.report)

    assert verdicts(path) == {"reachable": "", "answers b": "Failure"}
    assert [each.name for each in tmp_path.iterdir()] == ["junit.xml"]


def test_the_file_is_not_written_for_each_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of results that come at once are written together."""
    writes: list[Path] = []
    monkeypatch.setattr("litectl.storage.files.replace_file", lambda path, *_, **__: writes.append(path))
    results = [passed(Check("answers", f"m{number}"), "pong", 0.1) for number in range(2000)]

    started = time.monotonic()
    Run(junit=str(tmp_path / "junit.xml")).whole(*results)

    assert 2 <= len(writes) <= 3 + (time.monotonic() - started) / 0.5


@pytest.mark.parametrize(
    ("umask", "before", "expected"), [(0o022, None, 0o644), (0o077, None, 0o600), (0o022, 0o664, 0o664)]
)
def test_others_may_read_a_report(tmp_path: Path, umask: int, before: int | None, expected: int) -> None:
    """The permissions are those of any new file, or of the one that is replaced."""
    path = tmp_path / "junit.xml"
    if before is not None:
        path.touch()
        path.chmod(before)
    usual = os.umask(umask)
    try:
        Run(junit=str(path)).whole(REACHABLE)
    finally:
        os.umask(usual)

    assert stat.S_IMODE(path.stat().st_mode) == expected


def test_a_link_stays_one(tmp_path: Path) -> None:
    """What it leads to is replaced."""
    (tmp_path / "link.xml").symlink_to("junit.xml")
    Run(junit=str(tmp_path / "link.xml")).whole(REACHABLE)

    assert (tmp_path / "link.xml").is_symlink()
    assert verdicts(tmp_path / "junit.xml") == {"reachable": ""}


def test_a_file_that_fails_at_the_end_does_not_cost_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The results are on stdout, and the failure is raised after them."""
    run = Run(junit=str(tmp_path / "junit.xml"), output_format="json")

    def fail(*_: object, **__: object) -> None:
        raise ConfigError("the disk is full")

    with run.plan(REACHABLE).reporting.running(run.report):
        monkeypatch.setattr("litectl.storage.files.replace_file", fail)
        run.add(REACHABLE)
    with pytest.raises(ConfigError, match="the disk is full"):
        run.reporting.finish(run.report)

    assert json.loads(run.screen.out)["counts"]["passed"] == 1


def test_the_files_are_written_when_nobody_reads_stdout(tmp_path: Path) -> None:
    """A reader that is gone, or a full disk behind stdout, does not cost the report."""
    path = tmp_path / "junit.xml"
    run = Run(junit=str(path), output_format="json", summary=str(tmp_path / "summary.md")).plan(REACHABLE)
    run.add(REACHABLE)
    run.report.is_complete = True
    run.screen.stdout.close()

    with pytest.raises((OutputError, ReaderGone, ValueError)):
        run.reporting.finish(run.report)
    assert verdicts(path) == {"reachable": ""}
    assert "Passed: 1" in (tmp_path / "summary.md").read_text()


_KILLED = """
import sys, time
from litectl.run.runtime import Runtime
from litectl.smoke.check import Check, passed
from litectl.smoke.report import Report
from litectl.actions.smoke.reporting import Reporting, ReportWishes

report = Report("http://localhost:4000", time.time())
checks = [Check("answers", f"model-{number}") for number in range(500)]
report.plan(checks)
reporting = Reporting(Runtime({}), ReportWishes(junit=sys.argv[1]))
with reporting.running(report):
    for check in checks:
        reporting.on_result(report.add(passed(check, "pong", 0.1)))
        time.sleep(0.01)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_leaves_a_readable_report(tmp_path: Path, number: int) -> None:
    """Whenever it happens, the file is whole, the schema accepts it, and it is no success."""
    path = tmp_path / "junit.xml"
    environ = {**os.environ, "PYTHONPATH": str(Path(litectl.__file__).parent.parent)}
    command = [sys.executable, "-c", _KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ) as process:
        wait_for(lambda: path.exists() and "" in verdicts(path).values())
        process.send_signal(number)
        assert process.wait(DEADLINE) == -number

    found = verdicts(path)
    assert len(found) == 501
    assert set(found.values()) == {"", "Skipped", "Error"}


# GitHub


def test_annotations_and_the_summary_of_the_job(tmp_path: Path) -> None:
    """Annotations are on stderr, results on stdout, the summary comes after what is there already."""
    path = tmp_path / "step"
    path.write_text("before\n")
    run = Run(github=True, variables={"GITHUB_STEP_SUMMARY": str(path)}).whole(REACHABLE, LIMITED)

    assert run.screen.out == "passed\treachable\t\t0.25\tHTTP 200\nfailed\tanswers\tb\t2\ttoo many\n"
    assert "::error title=smoke%3A answers b::too many%0Ahint: wait\n" in run.screen.err
    assert run.screen.err.count("wait") == 1
    assert path.read_text().startswith("before\n\n## litectl smoke: 1 of 2 checks failed\n")


@pytest.mark.parametrize("github", [False, True])
def test_a_summary_that_is_that_of_the_job_is_added_once(tmp_path: Path, github: bool) -> None:
    """The file belongs to the whole step; another one is replaced."""
    step, other = tmp_path / "step", tmp_path / "other"
    for path, wanted in ((step, True), (other, github)):
        step.write_text("before\n")
        other.write_text("before\n")
        variables = {"GITHUB_STEP_SUMMARY": str(step)}
        Run(github=github, summary=str(path), variables=variables).whole(REACHABLE)

        assert step.read_text().startswith("before\n")
        assert step.read_text().count("## litectl smoke") == wanted
    assert other.read_text().startswith("## litectl smoke: passed\n")


@pytest.mark.parametrize("name", ["nowhere/step", ".", None])
def test_a_summary_of_the_job_that_cannot_be_written_is_a_warning(tmp_path: Path, name: str | None) -> None:
    """The run is what matters; without the variable nothing is said."""
    variables = {"GITHUB_STEP_SUMMARY": str(tmp_path / name)} if name else {}
    run = Run(github=True, variables=variables).whole(REACHABLE)

    assert ("warning: " in run.screen.err) == (name is not None)


def test_a_summary_of_the_job_leaves_room_for_the_others(tmp_path: Path) -> None:
    """A step has one mebibyte for all that add to it."""
    path = tmp_path / "step"
    path.write_bytes(b"x" * 999_000)
    run = Run(github=True, variables={"GITHUB_STEP_SUMMARY": str(path)}).whole(REACHABLE)

    assert path.stat().st_size == 999_000
    assert "no room left" in run.screen.err


_FORMS = [None, "tsv", "csv", "json", "jsonl", "table"]


@given(HOSTILE_REPORTS, st.sampled_from([*((name, False) for name in _FORMS), (None, True)]), st.booleans())
def test_nothing_that_a_proxy_says_is_obeyed(
    report: Report, form: tuple[str | None, bool], tty: bool
) -> None:
    """With `--github` no line on either stream is a command but our own annotations."""
    output_format, tap = form
    run = Run(github=True, output_format=output_format, tap=tap, terminals="stdout" if tty else "")
    run.report = report
    ended = [result for result in report.results if result.check not in report.pending]
    with run.reporting.running(report):
        for result in ended:
            run.reporting.on_result(result)
        for result in ended:
            run.screen.terminal.warn(result.detail)
            run.screen.terminal.error(result.detail, result.hint)
            run.screen.terminal.raw_error(result.detail)
    run.reporting.finish(report)

    assert not [line for line in _LINE_ENDS.split(run.screen.out) if obeyed(line)]
    commands = [line for line in _LINE_ENDS.split(run.screen.err) if obeyed(line)]
    assert all(_ANNOTATION.fullmatch(line) for line in commands)
    assert len(commands) == min(len(run.reporting._notable), 12) + (not report.is_complete)


# Secrets


@pytest.mark.parametrize("output_format", [None, "csv", "json", "jsonl", "table"])
@pytest.mark.parametrize("terminals", ["", ALL])
def test_no_secret_is_in_any_report(tmp_path: Path, output_format: str | None, terminals: str) -> None:
    """A proxy may quote the key in a message, in a hint, in a name."""
    files = {name: str(tmp_path / name) for name in ("junit", "summary")}
    step = {"GITHUB_STEP_SUMMARY": str(tmp_path / "step")}
    run = Run(terminals=terminals, output_format=output_format, github=True, variables=step, **files)
    error = RateLimitError(f"no {SECRET}", hint=f"not {SECRET}", details={"call_id": SECRET})
    pending = skipped(Check("answers", f"later-{SECRET}"), "")
    run.plan(pending)
    run.whole(
        failed(Check("answers", f"model-{SECRET}"), error, 1.0),
        warned(Check("streams", "b"), error, 1.0),
        passed(Check(f"x{SECRET}"), SECRET, 1.0, Measures(1)),
    )

    texts = [run.screen.out, run.screen.err, *(path.read_text() for path in tmp_path.iterdir())]
    assert len(texts) == 5
    assert not any(SECRET in text for text in texts)
    assert "sk-...0001" in run.screen.out


@pytest.mark.parametrize("output_format", [None, "csv", "json", "jsonl", "table"])
def test_no_key_of_somebody_else_is_in_any_report(tmp_path: Path, output_format: str | None) -> None:
    """A proxy may quote the key of a provider, or name one by its hash; a report is shown to many."""
    others = ("sk-proj-of-the-provider-0001", "5416" * 16, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln")
    junit, markdown = str(tmp_path / "junit"), str(tmp_path / "summary")
    run = Run(output_format=output_format, github=True, junit=junit, summary=markdown)
    errors = [UpstreamError(f"refused {other}", hint=f"mend {other}") for other in others]
    run.whole(*(failed(Check("answers", f"m{number}"), each, 1.0) for number, each in enumerate(errors)))

    texts = [run.screen.out, run.screen.err, *(path.read_text() for path in tmp_path.iterdir())]
    assert not any(other[-8:] in text for text in texts for other in others)
    assert "refused ***" in run.screen.out


def test_without_wishes_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run leaves no file behind that nobody asked for."""
    monkeypatch.chdir(tmp_path)
    Run().whole(REACHABLE, LIMITED)

    assert list(tmp_path.iterdir()) == []
