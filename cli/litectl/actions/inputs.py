"""What a command about a model is given: the model, what is on stdin, files."""

from pathlib import Path
from typing import TYPE_CHECKING

from litectl import environment
from litectl.errors import UsageError
from litectl.text.paths import unreadable

if TYPE_CHECKING:
    from litectl.exchange.question import TextFile
    from litectl.run.runtime import Runtime

STDIN = "-"  # the path that means it
_STDIN_SECONDS = 300.0
_LONGEST_SECONDS = 1_000_000.0
_TEXT_LIMIT = 32 * 2**20  # bytes
_WAY_OUT = "use `--no-stdin` to leave stdin alone"


class Inputs:
    """The files of one command, of which one may be stdin."""

    def __init__(self, runtime: "Runtime", stdin_seconds: float | None = None) -> None:
        self._runtime = runtime
        self._stdin_seconds = stdin_seconds
        self._stdin_option: str | None = None
        if runtime.options.api_key_file == STDIN:
            _ = runtime.credential  # the key comes first on stdin; nothing is left for anything else
            self._stdin_option = "--api-key-file"

    @property
    def stdin_is_taken(self) -> bool:
        """Whether an option has read stdin."""
        return self._stdin_option is not None

    def text(self, path: str, option: str) -> str:
        """Return the text of the file *path* that *option* names; raises `UsageError`."""
        if path != STDIN:
            return read_file(path).content
        from litectl.exchange.question import decode_text

        return decode_text(self.stdin(option), "stdin")

    def stdin(self, option: str, *, has_prompt: bool = True) -> bytes:
        """Return all of stdin, for *option*; raises `UsageError` when another one has read it."""
        if self._stdin_option is not None:
            raise UsageError(
                f"`{self._stdin_option}` and `{option}` cannot both read stdin",
                hint="put one of them into a file",
            )
        self._stdin_option = option
        return read_stdin(self._runtime, self._stdin_seconds, has_prompt=has_prompt, way_out=_WAY_OUT)


def chosen_model(runtime: "Runtime", option: str | None) -> str:
    """Return the model: the option, LITECTL_MODEL, or the profile's default; raises `UsageError`."""
    if option == "":
        raise UsageError("`-m` is empty", hint="name a model, or leave `-m` out")
    model = option or default_model(runtime)[0]
    if model:
        return model
    if not runtime.is_configured:
        missing, remedy = runtime.missing_proxy
        raise UsageError(
            f"{missing}, and no model is named", hint=f"say `{remedy}`, then name a model with `-m MODEL`"
        )
    raise UsageError(
        "which model?",
        hint="name it with `-m MODEL`, keep it with `litectl profiles set model=MODEL`, "
        "and see them all with `litectl models list`",
    )


def default_model(runtime: "Runtime") -> tuple[str | None, str]:
    """Return the model that is used when no option names one, and what names it: variable or profile."""
    profile = runtime.target.settings_profile
    if model := runtime.environment.get(environment.MODEL):
        return model, environment.MODEL
    if profile is None or profile.model is None:
        return None, "none found"
    return profile.model, f"profile `{profile.name}`"


def is_piped(runtime: "Runtime") -> bool:
    """Tell whether stdin may hold a text: it is no terminal, and no key was read from it."""
    return not runtime.stdin_was_read and not runtime.terminal.stdin_is_terminal


def piped_text(runtime: "Runtime", *, way_out: str) -> str | None:
    """
    Return the text on stdin, None for a terminal and where the key comes that way.

    *way_out* says how to do without. Raises `UsageError`.
    """
    from litectl.exchange.question import decode_text

    if runtime.options.api_key_file == STDIN:
        _ = runtime.credential  # read first, so that nothing is left for the text
    if not is_piped(runtime):
        return None
    return decode_text(read_stdin(runtime, None, has_prompt=True, way_out=way_out), "stdin")


def read_stdin(runtime: "Runtime", timeout: float | None, *, has_prompt: bool, way_out: str) -> bytes:
    """
    Return all of stdin, of which *timeout* seconds of silence are awaited; 0 is for ever.

    Without one it is LITECTL_STDIN_TIMEOUT, or 300. With *has_prompt* the waiting is told;
    *way_out* says how to do without. Raises `UsageError`.
    """
    origin = "`--stdin-timeout`"
    if timeout is None:
        origin = environment.STDIN_TIMEOUT
        timeout = runtime.environment.number(origin, _STDIN_SECONDS)
    if timeout is None or not 0 <= timeout < _LONGEST_SECONDS:
        raise UsageError(
            "the time to wait for stdin is not a number of seconds",
            hint=f"check {origin}; 0 is for ever",
        )

    def say_so() -> None:
        if has_prompt:
            runtime.terminal.note(f"waiting for the text on stdin; {way_out}")

    try:
        return runtime.terminal.read_stdin(_TEXT_LIMIT, silence=timeout or None, on_silence=say_so)
    except TimeoutError:
        raise UsageError(f"nothing came on stdin for {timeout:g} s", hint=way_out) from None


def read_file(path: str) -> "TextFile":
    """Return the text file *path*; raises `UsageError`."""
    from litectl.exchange.question import TextFile, decode_text

    content = read_bytes(path, _TEXT_LIMIT)
    if len(content) > _TEXT_LIMIT:
        raise UsageError(f"`{path}` is larger than {_TEXT_LIMIT // 2**20} MiB", hint="send a part of it")
    return TextFile(Path(path).name, decode_text(content, f"`{path}`"))


def read_bytes(path: str, limit: int) -> bytes:
    """Return the file *path*, of one larger than *limit* bytes one byte more; raises `UsageError`."""
    try:
        with Path(path).open("rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
