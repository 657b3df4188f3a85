"""
What this run offers to another tool: its models, and where the tool finds the key.

The edge that joins options, the caller and the lister to `litectl.exports`.
"""

import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl import environment
from litectl.catalog.details import details_of
from litectl.catalog.rows import MIXED
from litectl.catalog.selection import select, sort
from litectl.catalog.wildcards import STAR
from litectl.credentials.chain import NONE
from litectl.credentials.stored import API_KEY, VARIABLE
from litectl.errors import UsageError
from litectl.exports.target import KeyReference, Offer, Offered
from litectl.text.lines import one_line

if TYPE_CHECKING:
    from litectl.catalog.catalog import Catalog
    from litectl.catalog.rows import Model
    from litectl.run.runtime import Runtime

_REFERENCE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


class Selection(NamedTuple):
    """Which models are wanted, as `models list` selects them, and whether the tool can *hold* a name."""

    mode: str | None
    search: str | None
    holds: Callable[[str], bool]


def make_offer(runtime: "Runtime", selection: Selection, *, provider: str, key_variable: str | None) -> Offer:
    """
    Return what is exported under the name *provider*; says what is left out.

    With *key_variable* the tool reads the key from that variable. Raises `UsageError`, and what
    listing the models raises.
    """
    key = _key(runtime, key_variable)
    catalog = runtime.lister.current()
    groups = runtime.lister.groups_of(catalog)
    offered = []
    for model in _usable(runtime, catalog, selection):
        rows = groups.get(model.name, [])
        offered.append(Offered(model, details_of(model, rows), rows))
    if not offered:
        raise UsageError(
            "there is no model to export", hint="see what is selected with `litectl models list`"
        )
    return Offer(provider, runtime.target.root, key, _headers(runtime), offered)


def _usable(runtime: "Runtime", catalog: "Catalog", selection: Selection) -> "Sequence[Model]":
    """Return the models to export: those selected that can be asked for by a name that the tool can hold."""
    selected = sort(select(catalog.models, mode=selection.mode, search=selection.search), "name")
    unsure = [model for model in selected if model.mode == MIXED or STAR in model.name]
    unfit = [model for model in selected if not selection.holds(model.name) and model not in unsure]
    for models, why in ((unsure, "no answer could be relied on"), (unfit, "its file cannot hold the name")):
        if models:
            names = ", ".join(one_line(model.name) for model in models)
            runtime.terminal.warn(f"left out, since {why}: {names}")
    return [model for model in selected if model not in unsure and model not in unfit]


def _key(runtime: "Runtime", variable: str | None) -> "KeyReference":
    """Return where a tool finds the key of this run; raises `UsageError` for a bad *variable*."""
    if variable is not None and not variable.isidentifier():
        raise UsageError(f"`{variable}` is not the name of a variable", hint="for example LITELLM_API_KEY")
    credential, target = runtime.credential, runtime.target
    if runtime.options.api_key_file == "-" and variable is None:
        raise UsageError(
            "a key from stdin cannot be found again", hint="log in, or name a variable with `--key-variable`"
        )
    profile = credential.profile or (target.profile.name if target.profile else None)
    words = ["litectl", "token", *(["--profile", profile] if profile else ["--base-url", target.root])]
    key_file = runtime.options.api_key_file
    if key_file is not None and key_file != "-":
        words += ["--api-key-file", str(Path(key_file).expanduser().absolute())]
    holds_key = credential.kind == API_KEY and credential.source in environment.MEANINGS
    named = credential.stored.variable if credential.kind == VARIABLE and credential.stored else None
    if not shlex.join(words).isprintable():
        raise UsageError("the path of the key file has a control character", hint="give it another name")
    return KeyReference(
        shlex.join(words),
        variable or named or (credential.source if holds_key else environment.LITELLM_API_KEY),
        prefers_variable=(variable or named) is not None,
        is_needed=credential.kind != NONE,
        is_kept_there=named is not None and variable in (None, named),
    )


def _headers(runtime: "Runtime") -> dict[str, str]:
    """Return the extra headers that are references to variables; says which others cannot be exported."""
    profile = runtime.target.settings_profile
    found: dict[str, str] = {}
    for name, value in (profile.headers if profile else {}).items():
        if match := _REFERENCE.fullmatch(value):
            found[name] = match[1] or match[2]
    others = [name for name in runtime.transport.extra_headers if name not in found]
    if runtime.transport.auth_header is not None and runtime.transport.auth_header.lower() != "authorization":
        others.append(runtime.transport.auth_header)
    if others:
        runtime.terminal.warn(
            f"the proxy also gets {', '.join(others)}, whose value may be a secret and is not written"
        )
    return found
