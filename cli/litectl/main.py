"""
The entry point: runs a command, and turns every failure into text and an exit code.

The only place that exits. At the top it imports next to nothing, so that
`--version` answers in the time that Python itself needs.
"""

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from typer._click.exceptions import ClickException

    from litectl.errors import LitectlError
    from litectl.run.runtime import Runtime

_COLLECTOR_THRESHOLD = 100_000  # new objects between two collections
_JSON_FORMATS = ("json", "jsonl")
_NO_THREAD = "can't start new thread"  # what Python says, as an error of no class of its own


def main() -> "NoReturn":
    """Run the command line of this process and exit."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"], ["version"]):
        _leave(_print_version())
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Nothing needs an orderly end yet, and Python's own handler would print a traceback.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # A command makes many objects that live as long as it does; looking for garbage among them
    # at the default pace would cost every start a tenth of its time.
    gc.set_threshold(_COLLECTOR_THRESHOLD)
    from litectl.errors import Stopped
    from litectl.run.runtime import Runtime
    from litectl.signals import ignore_signals, raise_on_signals

    try:
        raise_on_signals()
        code = run(arguments, Runtime.of_process())
        ignore_signals()
    except Stopped as stop:
        code = stop.error.exit_code
    _leave(code)


def run(arguments: "Sequence[str]", runtime: "Runtime") -> int:
    """Run the command line *arguments* and return the exit code; every error is printed."""
    from litectl.errors import ExitCode, InternalError, LitectlError, ReaderGone, Stopped
    from litectl.signals import stop_behind

    _mask_keys(arguments, runtime)
    try:
        return _invoke(arguments, runtime)
    except ReaderGone:
        return ExitCode.OK
    except LitectlError as error:
        return _report(error, arguments, runtime)
    except Stopped as stop:
        return _report(stop.error, arguments, runtime)
    except OSError as error:
        _trace_back(error, arguments, runtime)
        refused = LitectlError(
            f"the system refused: {error}", hint="check the disk and the permissions; `--debug` says where"
        )
        return _report(refused, arguments, runtime)
    except Exception as error:
        if stopped := stop_behind(error):
            return _report(stopped.error, arguments, runtime)
        _trace_back(error, arguments, runtime)
        if isinstance(error, MemoryError) or str(error) == _NO_THREAD:
            short = LitectlError(
                f"the system refused: {str(error) or 'no memory'}",
                hint="end other programs, or raise the limits that `ulimit -a` shows",
            )
            return _report(short, arguments, runtime)
        bug = InternalError(f"unexpected {type(error).__name__}: {error}")
        return _report(bug, arguments, runtime)


def _mask_keys(arguments: "Sequence[str]", runtime: "Runtime") -> None:
    """Mask what looks like a key among *arguments*: typed where none belongs, it would be quoted in a log."""
    from litectl.text.keys import keys_in

    for word in arguments:
        for key in keys_in(word):
            runtime.terminal.mask(key)


def _trace_back(error: Exception, arguments: "Sequence[str]", runtime: "Runtime") -> None:
    if "--debug" in arguments:
        import traceback

        runtime.terminal.raw_error("".join(traceback.format_exception(error)))


def _invoke(arguments: "Sequence[str]", runtime: "Runtime") -> int:
    # Typer 0.27 has no public name for the base of its usage errors.
    from typer._click.exceptions import ClickException, NoArgsIsHelpError
    from typer.main import get_command

    from litectl.app import app
    from litectl.errors import ExitCode

    try:
        # The empty name switches Typer's own completion off; ours are the scripts in completions/.
        code = get_command(app).main(
            list(arguments), prog_name="litectl", complete_var="", standalone_mode=False, obj=runtime
        )
    except NoArgsIsHelpError as error:
        runtime.terminal.raw_error(error.format_message())
        return ExitCode.USAGE
    except ClickException as error:
        raise _usage_error(error) from error
    except SystemExit:
        # Typer exits by itself in one case: the reader of its help is gone.
        return ExitCode.OK
    return code if isinstance(code, int) else ExitCode.OK


def _usage_error(error: "ClickException") -> "LitectlError":
    """Return the *error* of a command line that Typer cannot read as one of ours, with what was meant."""
    from litectl.commands.misnomers import hint_for
    from litectl.errors import UsageError

    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    path = context.command_path if context else "litectl"
    known = context.command.get_params(context) if context else ()
    names = [name for each in known for name in (*each.opts, *each.secondary_opts)]
    mistaken = getattr(error, "option_name", None)
    option = mistaken or (parameter.opts[0] if parameter else "")
    # Typer's own suggestions look at the dashes, too, and lead astray.
    said = error.message if mistaken else error.format_message()
    hint = hint_for(path, option, names) or f"see `{path} --help`"
    return UsageError(said.rstrip("."), hint=hint)


def _report(error: "LitectlError", arguments: "Sequence[str]", runtime: "Runtime") -> int:
    if runtime.options.profile:
        from litectl.failures.hints import for_profile

        error.hint = for_profile(error.hint, " ".join(runtime.options.profile.split()))
    if _asks_for_json(arguments):
        import json

        # Masked before it is JSON, so that no replacement can break the syntax.
        hide = runtime.terminal.without_secrets
        document = {
            name: hide(value) if isinstance(value, str) else value for name, value in error.as_json().items()
        }
        runtime.terminal.raw_error(json.dumps(document, ensure_ascii=False))
    else:
        runtime.terminal.error(error.message, error.hint)
    return error.exit_code


def _asks_for_json(arguments: "Sequence[str]") -> bool:
    """Tell whether JSON was asked for, from the words: parsing them may be what failed."""
    from itertools import pairwise

    words = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    formats = [word.partition("=")[2] for word in words if word.startswith("--format=")]
    formats += [value for option, value in pairwise(words) if option == "--format"]
    return "--json" in words or any(value in _JSON_FORMATS for value in formats)


def _print_version() -> int:
    """Answer `--version` without loading anything else."""
    from litectl import __version__

    try:
        os.write(1, f"litectl {__version__}\n".encode())
    except BrokenPipeError:
        return 0
    except OSError as error:
        hint = "check the disk, or whatever reads the output"
        sys.stderr.write(f"error: cannot write to stdout: {error.strerror}\nhint: {hint}\n")
        return 1
    return 0


def _leave(code: int) -> "NoReturn":
    """
    Exit at once, without the interpreter's own cleaning up.

    Nothing is left for it to do: every file, lock and child was closed by the
    block that opened it, and freeing thousands of objects one by one costs a
    cached command a tenth of its time.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            # Its reader is gone, or it was closed from the start: there is nobody to tell.
            continue
    os._exit(code)
