"""The key of a run that an option names the file of."""

from pathlib import Path
from typing import TYPE_CHECKING

from litectl.credentials.chain import API_KEY_FILE_OPTION, parse_key
from litectl.errors import UsageError

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime

_LIMIT = 64 * 2**10  # bytes


def read_key_file(runtime: "Runtime") -> str:
    """Return the key in the file of `--api-key-file`, `-` being stdin, masked; raises `UsageError`."""
    path = runtime.options.api_key_file or ""
    if path == "-":
        content = runtime.read_secret("API key", flag=f"{API_KEY_FILE_OPTION} PATH")
    else:
        try:
            with Path(path).open("rb") as file:
                content = file.read(_LIMIT + 1)
        except OSError as error:
            # Somebody may have put the key itself here, so the value is not repeated.
            raise UsageError(
                f"cannot read the file of `{API_KEY_FILE_OPTION}`: {error.strerror}",
                hint="give the path of a file that holds the key, or `-` for stdin",
            ) from error
    if len(content) > _LIMIT:
        raise UsageError("the key is longer than 64 KiB", hint="give one API key and nothing else")
    key = parse_key(content.decode("utf-8", "replace"), "stdin" if path == "-" else "the file")
    runtime.terminal.mask(key)
    return key
