"""
The files of a smoke run: the JUnit report, the summary in Markdown, and that of a job.

The edge that joins the options of reports and files to `litectl.reports`.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl.actions.smoke.growing import GrowingFile
from litectl.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from litectl.smoke.check import Result
    from litectl.smoke.report import Report

_LEAST_SUMMARY = 10_000  # bytes
_DEVICES = (Path("/dev"), Path("/dev/fd"))  # which may lead to a file that somebody else writes


class Paths(NamedTuple):
    """
    Which files are written: *junit* and *summary*, the latter in Markdown.

    To *of_job*, the summary of a job, something is added: it belongs to others, too.
    """

    junit: str | None = None
    summary: str | None = None
    of_job: str | None = None


def paths_of(junit: str | None, summary: str | None, of_job: str | None, *, is_added: bool) -> Paths:
    """Return which files are written; that *of_job* where it *is_added* to, and where *summary* names it."""
    if of_job is not None and summary is not None and Path(of_job) == Path(summary):
        return Paths(junit, None, of_job)
    return Paths(junit, summary, of_job if is_added else None)


class ReportFiles:
    """
    The files at *paths*, written of a report.

    *shown* gives its results as they may be shown, and *warn* says what is no reason to fail.
    """

    def __init__(
        self, paths: Paths, shown: "Callable[[Report], list[Result]]", warn: Callable[[str], None]
    ) -> None:
        self._paths, self._shown, self._warn = paths, shown, warn
        self._mode = _file_mode()
        self._growing: GrowingFile | None = None

    def require_writable(self) -> None:
        """Raise `UsageError` for a path that names no file, `ConfigError` for one that cannot be written."""
        named = {"--junit": self._paths.junit, "--summary": self._paths.summary}
        paths = [_require_file(option, path) for option, path in named.items() if path is not None]
        if len(set(paths)) < len(paths):
            raise UsageError("`--junit` and `--summary` name the same file", hint="name two files")

    @contextmanager
    def growing(self, report: "Report") -> Iterator[None]:
        """Write how far *report* is while the body runs; raises `ConfigError`."""
        if self._paths.junit is None:
            yield
            return
        path = Path(self._paths.junit)
        with GrowingFile(lambda: self._write(path, self._junit(report))) as self._growing:
            yield

    def touch(self) -> None:
        """Say that there is something new in the report."""
        if self._growing is not None:
            self._growing.touch()

    def finish(self, report: "Report") -> None:
        """Write all of *report*; each file is tried, and the first `ConfigError` is raised."""
        contents: dict[str | None, Callable[[Report], bytes]] = {
            self._paths.junit: self._junit,
            self._paths.summary: lambda report: self._markdown(report).encode(errors="replace"),
        }
        errors = []
        for path, content in contents.items():
            try:
                if path is not None:
                    self._write(Path(path), content(report))
            except ConfigError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def add_to_job(self, report: "Report") -> None:
        """Add *report* to the summary of the job; it is no reason to fail that this is not possible."""
        if self._paths.of_job is None:
            return
        from litectl.reports.markdown import MOST_BYTES

        path = Path(self._paths.of_job)
        try:
            taken = path.stat().st_size if path.exists() else 0
            if taken > MOST_BYTES - _LEAST_SUMMARY or (path.exists() and not path.is_file()):
                self._warn(f"the summary of the job has no room left: `{path}`")
                return
            text = self._markdown(report, taken)
            with path.open("ab") as file:
                file.write(f"\n{text}".encode(errors="replace"))
        except OSError as error:
            self._warn(f"cannot add to the summary of the job `{path}`: {error.strerror}")

    def _junit(self, report: "Report") -> bytes:
        from litectl.reports.junit import junit

        return junit(report, self._shown(report))

    def _markdown(self, report: "Report", taken: int = 0) -> str:
        from litectl.reports.markdown import MOST_BYTES, markdown

        return markdown(report, self._shown(report), MOST_BYTES - taken)

    def _write(self, path: Path, content: bytes) -> None:
        from litectl.storage.files import replace_file

        mode = self._mode
        with suppress(OSError):  # there is none yet
            mode = stat.S_IMODE(path.stat().st_mode)
        replace_file(path, content, mode=mode)


def _require_file(option: str, name: str) -> Path:
    """Return the file *name* of *option*, which can be written; raises `UsageError` and `ConfigError`."""
    from litectl.storage.files import create_file

    if name in ("", "-"):
        raise UsageError(f"`{option}` takes the name of a file", hint=f"for example `{option} report.xml`")
    try:
        path = Path(name).resolve()
        if Path(name).parent in _DEVICES or (path.exists() and not path.is_file()):
            raise UsageError(f"`{name}` of `{option}` is not a regular file", hint="name another one")
        probe = path.with_name(f".{os.getpid()}.{os.urandom(4).hex()}")
        create_file(probe, b"", mode=0o600)
        probe.unlink()
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is not the name of a file"
        raise ConfigError(
            f"cannot write `{name}` of `{option}`: {reason}",
            hint="create its directory, or check the permissions",
        ) from error
    return path


def _file_mode() -> int:
    """Return the permissions that a new file has here: others than litectl read reports."""
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask
