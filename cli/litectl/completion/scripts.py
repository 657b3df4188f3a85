"""
The completion scripts that come with litectl.

Where litectl is installed, be it an archive, they are beside this module; in a checkout in `completions/`.
"""

from pathlib import Path

from litectl.completion.shells import Shell
from litectl.errors import ConfigError

_MARK = b"# Completion of litectl for "
_HEAD = 200  # bytes, in which the mark stands
_CHECKOUT = 3  # directories up from here


def script_of(shell: Shell) -> bytes:
    """Return the script for *shell*; raises `ConfigError` for an installation without it."""
    here = Path(__file__)
    for place in (here.parent, here.parents[_CHECKOUT] / "completions"):
        try:
            return _content(place / shell.script)
        except OSError:
            continue
    raise ConfigError(
        f"`{shell.script}` is missing from this installation of litectl", hint="install litectl again"
    )


def is_ours(content: bytes) -> bool:
    """Tell whether *content* is a script of litectl, of whatever version."""
    return _MARK in content[:_HEAD]


def _content(path: Path) -> bytes:
    """Return the bytes of *path*, which may be in the archive that litectl is run from."""
    loader = __spec__.loader
    get_data = getattr(loader, "get_data", None)
    return bytes(get_data(str(path))) if get_data else path.read_bytes()
