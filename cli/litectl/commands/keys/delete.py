"""`litectl keys delete`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, Yes, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.keys.key import VirtualKey
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy

app = new_app()

Names = Annotated[list[str], typer.Argument(metavar="KEY...", help="The aliases or hashes of keys")]


@app.command(cls=SharedOptionsCommand)
def delete_keys(context: typer.Context, names: Names, yes: Yes = False) -> None:
    """
    Delete keys; whoever uses one is refused from then on

    \b
        litectl keys delete ci nightly --yes

    When one of them is unknown, none is deleted. An admin may delete every key, a
    user their own; the key that asks is not deleted. All go by one request, which
    is sent once.

    Fields of the deleted keys in every format but a table: alias, name, token (the
    hash), user_id, team_id; the JSON document has keys.
    """
    from litectl.keys.api import SECONDS
    from litectl.keys.api import delete_keys as delete
    from litectl.keys.key import check_name
    from litectl.output.keys import print_deleted
    from litectl.text.lines import one_line

    runtime = runtime_of(context)
    checked = list(dict.fromkeys(map(check_name, names)))
    seconds = runtime.options.timeout or SECONDS
    with runtime.open_proxy() as proxy:
        keys = _found(runtime, proxy, checked, seconds)
        listed = ", ".join(f"`{one_line(key.shown)}`" for key in keys)
        question = (
            f"delete {'key' if len(keys) == 1 else f'{len(keys)} keys'} {listed} of {runtime.target.root}?"
        )
        if not yes and not runtime.terminal.questions.confirm(question, flag="--yes"):
            runtime.terminal.say("nothing was deleted")
            return
        delete(proxy, keys, seconds=seconds)
    print_deleted(runtime.terminal, keys, runtime.options.format)


def _found(runtime: "Runtime", proxy: "Proxy", names: list[str], seconds: float) -> "list[VirtualKey]":
    """Return the keys called *names*, each once; raises `UsageError` for the one that asks."""
    from litectl.errors import UsageError
    from litectl.keys.api import find_key
    from litectl.keys.key import hash_of

    found = {key.token: key for key in (find_key(proxy, name, seconds=seconds) for name in names)}
    own = hash_of(runtime.caller.bearer() or "")
    if own in found:
        raise UsageError(
            f"`{found[own].shown}` is the key that asks, and it is not deleted by itself",
            hint="ask with another key: `--profile` or `--api-key-file`",
        )
    return list(found.values())
