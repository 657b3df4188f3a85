"""
What no run of the program may print: every secret that it was given or that is stored.

`program.py` checks each run of the suite. `token` and `env` print a secret on
stdout, which is what they are for; on stderr they may not either.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from litectl import environment

_KEY_VARIABLES = (
    environment.API_KEY,
    environment.LITELLM_API_KEY,
    environment.LITELLM_PROXY_API_KEY,
    environment.OPENAI_API_KEY,
)
_SECRET_FIELDS = ("secret", "refresh_token")
_NAME_FIELD = "variable"  # holds the name of a variable whose value is the secret
_PRINTING = {"token", "env"}
# The shortest secret that the program itself takes for one.
_SHORTEST = 4  # characters
# A part of this length is as good as the whole; of shorter ones two secrets may have the same.
_LONGEST_PART = 12  # characters


class Leak(AssertionError):
    """A secret was printed where none may be."""


class Watch:
    """Knows the secrets of one run: those it is given, and those that are stored before and after it."""

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str], stdin: bytes) -> None:
        self._arguments = arguments
        self._home = Path(environ.get("HOME", "/nowhere"))
        self._environ = environ
        given = {environ.get(name, "").strip() for name in (*_KEY_VARIABLES, *_variables_in(arguments))}
        self._secrets = given | {_key_in(text) for text in _given_by(arguments, stdin)} | self._stored()

    def check(self, out: str, err: str) -> None:
        """Raise `Leak` when the run, which has ended, printed a secret."""
        self._secrets |= self._stored()
        streams = {"stderr": err} if _PRINTING & {*self._arguments} else {"stdout": out, "stderr": err}
        for name, text in streams.items():
            for secret in self._secrets:
                if len(secret) >= _SHORTEST and any(form in text for form in forms_of(secret)):
                    raise Leak(f"{secret} is on {name} of {' '.join(self._arguments)}:\n{text}")

    def _stored(self) -> set[str]:
        """Return the stored secrets, and the values of the variables that profiles name."""
        found = [pair for path in _private_files(self._home) for pair in _secrets_in(path)]
        return {self._environ.get(text, "").strip() if name == _NAME_FIELD else text for name, text in found}


def forms_of(secret: str) -> set[str]:
    """Return the texts that give *secret* away: itself, as JSON or a URL has it, and its beginning."""
    beginning = secret[:_LONGEST_PART] if len(secret) > _LONGEST_PART + 4 else secret
    return {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote(secret), beginning}


def require_clean(results: Iterable[tuple[int, str, str]], secrets: Iterable[str]) -> None:
    """Raise when one of *results* shows a form of one of *secrets*."""
    forms = {form for secret in secrets for form in forms_of(secret)}
    for result in results:
        _, out, err = result
        assert not [form for form in forms if form in out or form in err], result


def require_private(home: Path, secrets: Iterable[str]) -> set[str]:
    """Return the files below *home* that hold one of *secrets*; raises where others may look."""
    forms = {form.encode() for secret in secrets for form in forms_of(secret)}
    found = set()
    for path in home.rglob("*"):
        if path.is_file() and any(form in path.read_bytes() for form in forms):
            found.add(str(path.relative_to(home)))
            assert path.stat().st_mode & 0o777 == 0o600, path
            assert path.parent.stat().st_mode & 0o777 == 0o700, path
        assert not [form for form in forms if form in str(path).encode()]
    return found


def _given_by(arguments: Sequence[str], stdin: bytes) -> Iterator[str]:
    for option, value in pairwise(arguments):
        if option == "--api-key-file" and value == "-":
            yield stdin.decode("utf-8", "replace")
        elif option == "--api-key-file" and Path(value).is_file():
            yield Path(value).read_bytes()[:100_000].decode("utf-8", "replace")
    if "--paste" in arguments:
        yield stdin.decode("utf-8", "replace")


def _variables_in(arguments: Sequence[str]) -> Iterator[str]:
    """Give the names of the variables that *arguments* say hold a key."""
    return (value for option, value in pairwise(arguments) if option == "--key-variable")


def _key_in(text: str) -> str:
    """Return the key in *text*, as it is piped: the first word but `Bearer`."""
    words = [word for word in text.split() if word.lower() != "bearer"]
    return words[0] if words else ""


def _private_files(home: Path) -> list[Path]:
    # A walk that minds no file that vanishes meanwhile, as those of /proc do.
    found = (Path(folder) / name for folder, _, names in os.walk(home) for name in names)
    return [
        path
        for path in found
        if path.name == "profiles.json" or (path.parent.name == "tokens" and path.suffix == ".json")
    ]


def _secrets_in(path: Path) -> Iterator[tuple[str, str]]:
    """Give the fields of the JSON file *path* that hold or name a secret; a damaged one has none."""
    try:
        waiting: list[object] = [json.loads(path.read_bytes())]
    except (OSError, ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
            fields = ((name, value.get(name)) for name in (*_SECRET_FIELDS, _NAME_FIELD))
            yield from ((name, found) for name, found in fields if isinstance(found, str))
        elif isinstance(value, list):
            waiting += value
