"""The tools whose configuration can be written: a name, and the module that knows it."""

from importlib import import_module

from litectl.errors import UsageError
from litectl.exports.target import Target

MODULES = {
    "pi": "litectl.exports.pi",
    "opencode": "litectl.exports.opencode",
    "env": "litectl.exports.shell",
    "json": "litectl.exports.plain",
}


def target(name: str) -> Target:
    """Return the target *name*; raises `UsageError`."""
    if name not in MODULES:
        raise UsageError(f"unknown tool: {name}", hint=f"`--to` takes {', '.join(MODULES)}")
    found = import_module(MODULES[name]).TARGET
    assert isinstance(found, Target)
    return found
