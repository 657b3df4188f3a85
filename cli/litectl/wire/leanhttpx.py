"""httpx without the command line that it brings, which loads click and rich wherever these are installed."""

import sys

__all__ = ["httpx"]

_COMMAND_LINE = "httpx._main"

# Python takes a module that is None for one that is missing, and httpx does without it.
sys.modules.setdefault(_COMMAND_LINE, None)  # type: ignore[arg-type]  # None is documented, and not typed

import httpx  # noqa: E402  # what it loads is decided above

if sys.modules[_COMMAND_LINE] is None:
    del sys.modules[_COMMAND_LINE]
