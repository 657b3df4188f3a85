"""A configuration of the caller's own: whether it is one, and which variables its proxy gets."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from litectl.errors import ConfigError, UsageError
from litectl.failures.wording import readable
from litectl.text.paths import unreadable

_OURS = "LITECTL_"  # how the names of our own variables begin

# What the caller's variables may say of a server that was not meant by them: another configuration,
# a database, a certificate. They reach the proxy where the configuration names them.
_OF_SERVERS = frozenset(
    (
        *("CONFIG_FILE_PATH", "WORKER_CONFIG", "NUM_WORKERS", "DATABASE_URL", "DIRECT_URL"),
        *("SERVER_ROOT_PATH", "SSL_KEYFILE_PATH", "SSL_CERTFILE_PATH", "DEBUG", "DETAILED_DEBUG"),
    )
)

# Says what is wrong with a configuration, in one line and without its text, which may hold keys.
_PROBLEM = """
import sys, yaml
try:
    document = yaml.safe_load(sys.stdin.buffer.read().decode())
    problem = None if isinstance(document, dict) else "it is not a mapping"
except Exception as error:  # whatever the reader of YAML raises is what is wrong with the file
    mark = getattr(error, "problem_mark", None)
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    problem = f"{getattr(error, 'problem', None) or type(error).__name__}{where}"
sys.exit(problem)
"""


def variables_for(config: Path, variables: Mapping[str, str], python: Path) -> dict[str, str]:
    """
    Return those of the caller's *variables* that a proxy with the caller's own *config* gets.

    All of them but ours: it names some, and providers are found by others. Raises `UsageError` for
    a file that cannot be read, and `ConfigError` for one that is no YAML mapping.
    """
    content = _read(config)
    done = subprocess.run(
        [str(python), "-I", "-c", _PROBLEM], input=content, capture_output=True, check=False
    )
    if done.returncode:
        said = readable(done.stderr.decode("utf-8", "replace"))
        raise ConfigError(
            f"`{config}` is not a configuration of LiteLLM's: {said}", hint="it has to be a YAML mapping"
        )
    kept = {
        name: value
        for name, value in variables.items()
        if not name.startswith(_OURS) and (name not in _OF_SERVERS or name.encode() in content)
    }
    return {"NO_PROXY": "", **kept}


def _read(config: Path) -> bytes:
    """Return the file *config*, which is read again by others; raises `UsageError`."""
    try:
        if config.exists() and not config.is_file():
            raise UsageError(f"`{config}` is not a plain file", hint="put the configuration into one")
        return config.read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(config, error) from error
