"""The report that is attached to a ticket: one private JSON file, without any secret."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from litectl.doctor.masking import masked_document, without_home
from litectl.errors import ConfigError, UsageError
from litectl.storage.files import create_file
from litectl.text.keys import without_keys

_MODE = 0o600


def bundle_name(moment: str) -> str:
    """Return what a report made at *moment*, a time of RFC 3339 in UTC, is called."""
    return f"litectl-doctor-{moment.replace('-', '').replace(':', '')}.json"


def write_bundle(
    path: Path, document: Mapping[str, object], *, mask: Callable[[str], str], homes: list[str]
) -> None:
    """
    Write *document* to the new file *path*, readable by its owner only.

    *mask* takes the known secrets out of a text, and *homes* are shown as `~`. Raises `UsageError` when there
    is anything of that name already, and `ConfigError` when it cannot be written.
    """

    def clean(text: str) -> str:
        return without_home(without_keys(mask(text)), homes)

    content = json.dumps(masked_document(document, clean), ensure_ascii=False, indent=2)
    try:
        create_file(path, content.encode("utf-8", "replace") + b"\n", mode=_MODE)
    except FileExistsError:
        hint = "give another path, or remove it first"
        raise UsageError(f"`{path}` is there already, and is not replaced", hint=hint) from None
    except OSError as error:
        hint = "give a path that can be written: `litectl doctor --bundle PATH`"
        raise ConfigError(f"cannot write `{path}`: {error.strerror}", hint=hint) from error
