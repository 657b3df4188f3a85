"""
The report of an examination that is attached to a ticket.

The edge that joins the options, the variables and the findings of `doctor` to `litectl.doctor.bundle`.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from litectl.doctor.bundle import bundle_name, write_bundle
from litectl.environment import MEANINGS
from litectl.output.columns import Listing
from litectl.output.doctor import finding_columns

if TYPE_CHECKING:
    from litectl.actions.examination import Examination
    from litectl.doctor.finding import Finding
    from litectl.run.runtime import Runtime

_UNTOLD_OPTIONS = ("api_key_file", "base_url")  # that may be a secret, as typed


def write_ticket(
    runtime: "Runtime",
    examination: "Examination",
    findings: "Sequence[Finding]",
    path: str | None,
    checked_at: str,
) -> None:
    """
    Write *findings* and what they were made with, without any secret, to the new file *path*.

    Without one it is named after *checked_at*, the time of RFC 3339. Raises as `write_bundle` does.
    """
    columns = finding_columns()
    document = {
        "schema_version": 1,
        "checked_at": checked_at,
        "base_url": examination.root,
        "findings": list(Listing("findings", columns, columns, findings).objects()),
        **_settings(runtime),
        "requests": examination.requests,
    }
    target = Path(path or bundle_name(checked_at))
    write_bundle(target, document, mask=runtime.terminal.without_secrets, homes=_homes(runtime))
    runtime.terminal.say(f"written to {target}: look through it before you hand it on")


def _settings(runtime: "Runtime") -> dict[str, object]:
    """Return which options and variables were given, without any value that may be a secret."""
    from litectl.wire.httpproxies import set_variables

    options, variables = vars(runtime.options), runtime.environment
    told = {**options, **{name: name in options for name in _UNTOLD_OPTIONS}}
    headers = [text.partition(":")[0] if ":" in text else "***" for text in options.get("header", ())]
    known = [name for name in MEANINGS if variables.get(name) is not None]
    return {
        "options": {**told, "header": headers},
        "variables": [*known, *set_variables(variables.all())],
    }


def _homes(runtime: "Runtime") -> list[str]:
    """Return the homes of the user, by HOME and by the system."""
    from pwd import getpwuid

    found = [str(runtime.paths.home or "")]
    try:
        found.append(getpwuid(os.getuid()).pw_dir)
    except KeyError:  # a user whom the system does not know, as in a container
        return found
    return found
