"""
The body of a request of `api`: of `-d` or of `-F`, from the command line, files or stdin.

The edge that joins these options, files and stdin to `litectl.wire.proxy`.
"""

import re
import stat
from collections.abc import Sequence
from contextlib import ExitStack
from os import fstat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from litectl.actions.inputs import STDIN, Inputs, read_bytes, read_stdin
from litectl.errors import UsageError
from litectl.text.paths import unreadable

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime
    from litectl.wire.content import FilePart

JSON_TYPE = "application/json"
_LIMIT = 100 * 2**20  # bytes of what is held in memory
_PAIR = re.compile(rb"[\w.-]+=")
_DEEPEST = 10_000  # levels of JSON; more than any reader of it takes
_FORM_HINT = "`-F` is name=value, name=@FILE for an upload, or name=<FILE for the text of a file"


class Bodies:
    """Makes the body of one request; what it opens is closed by *stack*."""

    def __init__(self, runtime: "Runtime", stack: ExitStack) -> None:
        self._runtime, self._stack = runtime, stack
        self._stdin_option = "--api-key-file" if Inputs(runtime).stdin_is_taken else None

    def of_data(self, text: str, *, is_json: bool) -> bytes:
        """Return what `-d` gives: *text*, that of `@FILE`, or stdin for `-`; raises `UsageError`."""
        if text in (STDIN, f"@{STDIN}"):
            content, origin = self._stdin("-d"), "stdin"
        elif text.startswith("@"):
            content, origin = _bounded(text[1:]), f"`{text[1:]}`"
        else:
            content, origin = text.encode("utf-8", "surrogateescape"), "`-d`"
        if is_json:
            _require_json(content, origin)
        return content

    def of_form(self, fields: Sequence[str]) -> "list[FilePart]":
        """Return the parts that `-F` gives; raises `UsageError`."""
        return [self._part(field) for field in fields]

    def _part(self, field: str) -> "FilePart":
        from litectl.wire.content import FilePart

        name, equals, value = field.partition("=")
        if not equals or not name or not name.isprintable():
            raise UsageError("a field of the form has no name and value", hint=_FORM_HINT)
        if value.startswith("@"):
            return FilePart(name, self._file(value[1:]), _sendable(Path(value[1:]).name) or "file")
        if value.startswith("<"):
            path = value[1:]
            return FilePart(name, self._stdin("-F") if path == STDIN else _bounded(path))
        return FilePart(name, value.encode("utf-8", "surrogateescape"))

    def _file(self, path: str) -> bytes | BinaryIO:
        """Return the file *path*, open when its size is known, as a form needs it; else what it holds."""
        if path == STDIN:
            return self._stdin("-F")
        try:
            file = self._stack.enter_context(Path(path).open("rb"))  # noqa: SIM115  # closed by the stack
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from error
        return file if stat.S_ISREG(fstat(file.fileno()).st_mode) else _held(file.read(_LIMIT + 1), path)

    def _stdin(self, option: str) -> bytes:
        if self._stdin_option is not None:
            raise UsageError(
                f"`{self._stdin_option}` and `{option}` cannot both read stdin",
                hint="put one of them into a file",
            )
        self._stdin_option = option
        return read_stdin(
            self._runtime, None, has_prompt=True, way_out=f"or name a file: `{option}` with `@FILE`"
        )


def _bounded(path: str) -> bytes:
    return _held(read_bytes(path, _LIMIT), path)


def _held(content: bytes, path: str) -> bytes:
    if len(content) > _LIMIT:
        raise UsageError(
            f"`{path}` is larger than {_LIMIT // 2**20} MiB", hint="upload it as a file: `-F name=@FILE`"
        )
    return content


def _sendable(name: str) -> str:
    """Return the *name* of a file with a `?` for each byte that is not UTF-8."""
    return name.encode("utf-8", "replace").decode()


def _require_json(content: bytes, origin: str) -> None:
    """Raise `UsageError` unless *content* is JSON, which is never quoted: it may hold a key."""
    from litectl.text.jsontext import can_be_written, decode

    hint = "send something else with `-H 'Content-Type: ...'`"
    if _PAIR.match(content):
        hint = """say `-d '{"name": "value"}'`, or `-F name=value` for a form"""
    try:
        value = decode(content.decode())
    except ValueError as error:
        line = getattr(error, "lineno", None)
        place = f" (line {line})" if line else ""
        raise UsageError(f"{origin} is not JSON{place}", hint=hint) from None
    if not can_be_written(value, levels=_DEEPEST):
        raise UsageError(f"{origin} has a number that JSON does not know, such as NaN", hint=hint)
