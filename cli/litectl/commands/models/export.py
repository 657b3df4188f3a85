"""`litectl models export`."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import ModelMode, ModelSearch, SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from pathlib import Path

    from litectl.exports.target import Offer, Target
    from litectl.run.runtime import Runtime

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


@app.command(cls=SharedOptionsCommand)
def export_models(
    context: typer.Context,
    to: To,
    write: Write = False,
    file: File = None,
    provider: Provider = "litellm",
    key_variable: KeyVariable = None,
    mode: ModelMode = None,
    search: ModelSearch = None,
) -> None:
    """
    Write the models into the configuration of another tool

    \b
        litectl models export --to pi --write
        litectl models export --to opencode > opencode.json
        litectl models export --to env --file proxy.sh && . ./proxy.sh

    The key itself is never written: the tool runs `litectl token`, or reads a
    variable. In a present file everything else stays, the models of this
    provider are replaced, and the file as it was is kept beside it. Mixed groups
    and wildcards of which no name is known are left out. `env` and `json` have
    no file of their own; name one with `--file`.
    """
    from litectl.actions.exporting import Selection, make_offer
    from litectl.errors import UsageError
    from litectl.exports.targets import target

    runtime = runtime_of(context)
    if not _PROVIDER.fullmatch(provider):
        raise UsageError(
            f"`--provider` is not {provider}", hint="a name of letters, digits, hyphens, dots and underscores"
        )
    if runtime.options.format is not None:
        raise UsageError("`models export` prints what the tool reads", hint="for JSON use `--to json`")
    chosen = target(to)
    selection = Selection(mode, search, chosen.holds)
    offer = make_offer(runtime, selection, provider=provider, key_variable=key_variable)
    if write or file is not None:
        _write(runtime, chosen, offer, _place(runtime, chosen, to, file))
    else:
        runtime.terminal.write(chosen.render(offer, None))
    for note in chosen.notes(offer):
        runtime.terminal.note(note)


def _place(runtime: "Runtime", chosen: "Target", name: str, file: str | None) -> "Path":
    """Return the file to write; raises `UsageError` when the tool has no usual one and none is named."""
    from pathlib import Path

    from litectl.errors import UsageError

    if file is not None:
        if file in ("", "-"):
            raise UsageError("`--file` names no file", hint="leave it out to print on stdout")
        if not Path(file).absolute().parent.is_dir():
            raise UsageError(f"there is no directory for `{file}`", hint="check the path of `--file`")
        return Path(file)
    place = chosen.place(runtime.environment.all(), str(runtime.paths.home))
    if place is None:
        raise UsageError(f"`{name}` has no file of its own", hint="name one with `--file PATH`")
    return Path(place)


def _write(runtime: "Runtime", chosen: "Target", offer: "Offer", path: "Path") -> None:
    from litectl.exports.files import rewrite
    from litectl.storage.files import locked
    from litectl.text.counting import counted

    lock = runtime.paths.fingerprint_secret.with_name("exports")
    with locked(lock):
        backup = rewrite(path, lambda text: chosen.render(offer, text))
    count = counted(len(offer.models), "model")
    runtime.terminal.say(f"{path}: {count} as provider `{offer.provider}`")
    if backup is not None:
        runtime.terminal.say(f"the file as it was: {backup}")
