"""`litectl models export`."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from litectl.catalog.catalog import Catalog
    from litectl.catalog.rows import Model
    from litectl.exports.target import KeyReference, Offer, Target
    from litectl.runtime import Runtime

_PROVIDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

app = new_app()

To = Annotated[str, typer.Option("--to", metavar="TOOL", help="One of pi, opencode, env, json")]
Write = Annotated[
    bool, typer.Option("--write", help="Merge it into the tool's own file, after a backup; else print it")
]
File = Annotated[str | None, typer.Option("--file", metavar="PATH", help="Write into this file instead")]
Provider = Annotated[
    str,
    typer.Option("--provider", metavar="NAME", help="The name of its entry in the file", show_default=True),
]
KeyVariable = Annotated[
    str | None,
    typer.Option(
        "--key-variable", metavar="NAME", help="Let the tool read the key from this environment variable"
    ),
]
Mode = Annotated[
    str | None, typer.Option("--mode", metavar="MODE", help="Only this mode, or `all`; else what can chat")
]
Search = Annotated[
    str | None, typer.Option("--search", metavar="TEXT", help="Only names or providers with these words")
]


@app.command(cls=SharedOptionsCommand)
def export_models(
    context: typer.Context,
    to: To,
    write: Write = False,
    file: File = None,
    provider: Provider = "litellm",
    key_variable: KeyVariable = None,
    mode: Mode = None,
    search: Search = None,
) -> None:
    """
    Write the models into the configuration of another tool

    \b
        litectl models export --to pi --write
        litectl models export --to opencode > opencode.json
        litectl models export --to env --file proxy.sh && . ./proxy.sh

    The key itself is never written: the tool runs `litectl token`, or reads a
    variable. In a present file everything else stays, the models of this
    provider are replaced, and the file as it was is kept beside it.
    """
    from litectl.errors import UsageError
    from litectl.exports.targets import target

    runtime = runtime_of(context)
    if not _PROVIDER.fullmatch(provider):
        raise UsageError(
            f"`--provider` is not {provider}", hint="a name of letters, digits, hyphens, dots and underscores"
        )
    chosen = target(to)
    catalog = runtime.lister.current()
    models = _usable(runtime, catalog, chosen, mode=mode, search=search)
    offer = _offer(runtime, catalog, models, provider=provider, key_variable=key_variable)
    if write or file is not None:
        _write(runtime, chosen, offer, _place(runtime, chosen, to, file))
    else:
        runtime.terminal.write(chosen.render(offer, None))
    for note in chosen.notes(offer):
        runtime.terminal.note(note)


def _usable(
    runtime: "Runtime", catalog: "Catalog", chosen: "Target", *, mode: str | None, search: str | None
) -> "Sequence[Model]":
    """Return the models to export: those selected that can be asked for by a name that the tool can hold."""
    from litectl.catalog.rows import MIXED
    from litectl.catalog.selection import select, sort
    from litectl.catalog.wildcards import STAR
    from litectl.output.columns import one_line

    selected = sort(select(catalog.models, mode=mode, search=search), "name")
    unsure = [model for model in selected if model.mode == MIXED or STAR in model.name]
    unfit = [model for model in selected if not chosen.holds(model.name) and model not in unsure]
    for models, why in ((unsure, "no answer could be relied on"), (unfit, "its file cannot hold the name")):
        if models:
            names = ", ".join(one_line(model.name) for model in models)
            runtime.terminal.warn(f"left out, since {why}: {names}")
    return [model for model in selected if model not in unsure and model not in unfit]


def _offer(
    runtime: "Runtime",
    catalog: "Catalog",
    models: "Sequence[Model]",
    *,
    provider: str,
    key_variable: str | None,
) -> "Offer":
    from litectl.catalog.details import details_of
    from litectl.exports.target import Offer, Offered

    groups = runtime.lister.groups_of(catalog)
    offered = [
        Offered(model, details_of(model, rows), rows)
        for model in models
        for rows in (groups.get(model.name, []),)
    ]
    headers = _headers(runtime)
    return Offer(provider, runtime.target.root, _key(runtime, key_variable), headers, offered)


def _key(runtime: "Runtime", variable: str | None) -> "KeyReference":
    """Return where a tool finds the key of this run; raises `UsageError` for a bad *variable*."""
    import shlex

    from litectl import environment
    from litectl.credentials.chain import NONE
    from litectl.errors import UsageError
    from litectl.exports.target import KeyReference

    if variable is not None and not variable.isidentifier():
        raise UsageError(f"`{variable}` is no name of a variable", hint="for example LITELLM_API_KEY")
    credential, target = runtime.credential, runtime.target
    if runtime.options.api_key_file == "-" and variable is None:
        raise UsageError(
            "a key from stdin cannot be found again", hint="log in, or name a variable with `--key-variable`"
        )
    words = ["litectl", "token"]
    if credential.profile or target.profile:
        words += ["--profile", credential.profile or str(target.profile and target.profile.name)]
    else:
        words += ["--base-url", target.root]
    if runtime.options.api_key_file not in (None, "-"):
        words += ["--api-key-file", _absolute(runtime.options.api_key_file or "")]
    source_variable = credential.source if credential.source in environment.MEANINGS else None
    if not shlex.join(words).isprintable():
        raise UsageError("the path of the key file has a control character", hint="give it another name")
    return KeyReference(
        shlex.join(words),
        variable or source_variable or environment.LITELLM_API_KEY,
        prefers_variable=variable is not None,
        is_needed=credential.kind != NONE,
    )


def _absolute(path: str) -> str:
    from pathlib import Path

    return str(Path(path).expanduser().absolute())


def _headers(runtime: "Runtime") -> dict[str, str]:
    """Return the extra headers that are references to variables; says which others cannot be exported."""
    import re

    profile = runtime.target.settings_profile
    reference = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
    found: dict[str, str] = {}
    for name, value in (profile.headers if profile else {}).items():
        if match := reference.fullmatch(value):
            found[name] = match[1] or match[2]
    others = [name for name in runtime.caller.extra_headers if name not in found]
    if runtime.caller.auth_header is not None and runtime.caller.auth_header.lower() != "authorization":
        others.append(runtime.caller.auth_header)
    if others:
        runtime.terminal.warn(
            f"the proxy also gets {', '.join(others)}, whose value may be a secret and is not written"
        )
    return found


def _place(runtime: "Runtime", chosen: "Target", name: str, file: str | None) -> "Path":
    """Return the file to write; raises `UsageError` when the tool has no usual one and none is named."""
    from pathlib import Path

    from litectl.errors import UsageError

    if file is not None:
        if file in ("", "-"):
            raise UsageError("`--file` names no file", hint="leave it out to print on stdout")
        return Path(file)
    place = chosen.place(runtime.environment.all(), str(runtime.paths.home))
    if place is None:
        raise UsageError(f"`{name}` has no file of its own", hint="name one with `--file PATH`")
    return Path(place)


def _write(runtime: "Runtime", chosen: "Target", offer: "Offer", path: "Path") -> None:
    from litectl.exports.files import rewrite
    from litectl.storage import locked

    lock = runtime.paths.fingerprint_secret.with_name("exports")
    with locked(lock):
        backup = rewrite(path, lambda text: chosen.render(offer, text))
    count = len(offer.models)
    runtime.terminal.say(f"{path}: {count} model{'' if count == 1 else 's'} as provider `{offer.provider}`")
    if backup is not None:
        runtime.terminal.say(f"the file as it was: {backup}")
