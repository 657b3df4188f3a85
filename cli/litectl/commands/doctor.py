"""`litectl doctor`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from litectl.commands.options import Columns, SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.actions.examination import Examination
    from litectl.doctor.finding import Finding
    from litectl.run.runtime import Runtime

app = new_app()
_BUNDLE = "--bundle"


class DoctorCommand(SharedOptionsCommand):
    """The command whose `--bundle` may have its path behind an equals sign, or none."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of the command line, `--bundle=PATH` as two of them."""
        split = [
            (_BUNDLE, word.partition("=")[2]) if word.startswith(f"{_BUNDLE}=") else (word,) for word in args
        ]
        return super().parse_args(ctx, [part for parts in split for part in parts])


Bundle = Annotated[
    bool, typer.Option(_BUNDLE, help="Also write a report without secrets, to attach to a ticket")
]
BundlePath = Annotated[
    str | None,
    typer.Argument(
        metavar="[PATH]", help="The new file of `--bundle`; else litectl-doctor-TIME.json", show_default=False
    ),
]


@app.command(cls=DoctorCommand)
def doctor(
    context: typer.Context, path: BundlePath = None, bundle: Bundle = False, columns: Columns = None
) -> None:
    """
    Find out why it does not work, and what to do

    \b
        litectl doctor
        litectl doctor --bundle report.json
        litectl doctor --offline --json | jq '.findings[] | select(.status == "failure")'

    Looks at the program, its files, the configuration, the network, the proxy, the
    credential, the lists and the completion, in this order, so that the first
    failure is the cause of those after it. Nothing is changed, no model is asked, and
    no login renewed. With `--offline` only what is on this machine.

    The exit code is 0 without a failure, else that of the first one. A report of `--bundle`
    has the findings, which options and variables are set, and the requests; every
    secret in it is masked, and a file that is there already is not replaced.

    On a terminal what is ok is one line for each section; `-v` shows each.

    Columns and JSON fields: name, status, detail, remedy, code, exit_code, seconds.
    The status is one of ok, warning, failure, skipped. The JSON document has
    checked_at, base_url, findings.
    """
    from shlex import quote

    from litectl.actions.examination import Examination
    from litectl.doctor.finding import exit_code_of
    from litectl.errors import UsageError
    from litectl.output.times import timestamp

    if path == "":
        raise UsageError("the path of the report is empty", hint="`litectl doctor --bundle PATH`")
    if path is not None and not bundle:
        option = "--base-url" if "://" in path else _BUNDLE
        raise UsageError(
            f"`{path}` says nothing without `{option}`", hint=f"`litectl doctor {option} {quote(path)}`"
        )
    runtime = runtime_of(context)
    examination = Examination(runtime)
    checked_at = timestamp(runtime.now()) or ""
    findings = _printed(runtime, examination, checked_at, columns)
    if bundle:
        from litectl.actions.ticket import write_ticket

        write_ticket(runtime, examination, findings, path, checked_at)
    if not runtime.wants_json:
        _conclude(runtime, findings, is_folded=_is_folded(runtime, columns))
    if code := exit_code_of(findings):
        raise typer.Exit(code)


def _printed(
    runtime: "Runtime", examination: "Examination", checked_at: str, columns: str | None
) -> "list[Finding]":
    """Print the findings and return them; on a terminal each as soon as it is there."""
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.doctor import FINDING_COLUMNS, finding_columns, print_page
    from litectl.output.listing import print_listing

    terminal, known = runtime.terminal, finding_columns()
    shown = choose_columns(columns or FINDING_COLUMNS, known)
    if _is_page(runtime, columns):
        return print_page(terminal, examination.findings(), is_folded=_is_folded(runtime, columns))
    with terminal.waiting("looking"):
        findings = list(examination.findings())
    about = {"checked_at": checked_at, "base_url": examination.root}
    print_listing(terminal, Listing("findings", known, shown, findings, about), runtime.options.format)
    return findings


def _is_page(runtime: "Runtime", columns: str | None) -> bool:
    from litectl.output.listing import is_for_people

    return columns is None and is_for_people(runtime.terminal, runtime.options.format)


def _is_folded(runtime: "Runtime", columns: str | None) -> bool:
    return _is_page(runtime, columns) and runtime.terminal.stdout_is_terminal and not runtime.terminal.verbose


def _conclude(runtime: "Runtime", findings: "list[Finding]", *, is_folded: bool) -> None:
    """Say how many findings there are, and last what is wrong and what to do: the end is what is seen."""
    from litectl.doctor.finding import first_failure
    from litectl.output.doctor import summary

    terminal, cause = runtime.terminal, first_failure(findings)
    terminal.note(summary(findings, is_folded=is_folded))
    if cause is not None:
        terminal.error(f"{cause.name}: {cause.detail}", cause.remedy, label="first failure")
