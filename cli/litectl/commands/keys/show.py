"""`litectl keys show`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy

app = new_app()

Name = Annotated[
    str | None,
    typer.Argument(metavar="KEY", help="Its alias or hash; `-` reads the key on stdin; else the calling one"),
]


@app.command(cls=SharedOptionsCommand)
def show_key(context: typer.Context, name: Name = None) -> None:
    """
    Show one key, its budget and its limits; without a name the one that asks

    \b
        litectl keys show ci
        litectl keys show --json | jq .budget_left

    A login and the master key are in no table of keys, so their user is shown
    instead. Spend and budgets are US dollars, limits are of one minute.

    JSON fields: alias, name, spend, max_budget, budget_left, models, expires_at,
    budget_reset_at, budget_duration, rpm_limit, tpm_limit, user_id, team_id,
    team_alias, blocked, created_at, last_active, metadata (its texts), token (the
    hash). Of a user: user_id, user_email, user_role, spend, max_budget, budget_left,
    budget_reset_at.
    """
    from litectl.keys.api import SECONDS, find_key
    from litectl.keys.key import check_name
    from litectl.output.keys import key_record
    from litectl.output.listing import print_record

    runtime = runtime_of(context)
    name = check_name(_hash_on_stdin(runtime) if name == "-" else name) if name is not None else None
    seconds = runtime.options.timeout or SECONDS
    with runtime.open_proxy() as proxy:
        if name is None:
            record = _calling(runtime, proxy, seconds)
        else:
            found = find_key(proxy, name, seconds=seconds)
            record = key_record(found, runtime.terminal, runtime.options.format)
    print_record(runtime.terminal, record, runtime.options.format)


def _hash_on_stdin(runtime: "Runtime") -> str:
    """Return the hash of the key that is given on stdin; what is no key stays as it is."""
    from litectl.credentials.chain import parse_key
    from litectl.errors import UsageError
    from litectl.keys.key import hash_of
    from litectl.text.keys import VIRTUAL

    if runtime.options.api_key_file == "-":
        raise UsageError("stdin cannot be two keys", hint="give `--api-key-file` a path")
    text = runtime.read_secret("key", flag="KEY").decode("utf-8", "replace")
    key = parse_key(text, "stdin")
    runtime.terminal.mask(key)
    return hash_of(key) if key.startswith(VIRTUAL) else key


def _calling(runtime: "Runtime", proxy: "Proxy", seconds: float) -> dict[str, object]:
    """Return the record of the key that asks, or of its user where it is in no table of keys."""
    from litectl.errors import NotFoundError
    from litectl.keys.api import fetch_key, fetch_user
    from litectl.output.keys import key_record, user_record

    try:
        return key_record(fetch_key(proxy, seconds=seconds), runtime.terminal, runtime.options.format)
    except NotFoundError as error:
        user = fetch_user(proxy, seconds=seconds)
        if user is None:
            raise error from None
        runtime.terminal.note("this credential is in no table of keys, as a login or master key: its user")
        return user_record(user, as_json=runtime.wants_json)
