"""`litectl whoami`."""

from typing import TYPE_CHECKING, NamedTuple

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.credentials.account import Account
    from litectl.errors import LitectlError
    from litectl.run.runtime import Runtime

app = new_app()

_VERSION_SECONDS = 5.0
_ACCOUNT = ("key_alias", "user_id", "user_email", "user_role", "team_id", "team_alias")
_MONEY = ("spend", "max_budget", "user_spend", "user_max_budget")


class _Asked(NamedTuple):
    """What the proxy said: whether it accepts the credential, or the *failure*, and what it tells."""

    accepted: bool | None = None
    failure: "LitectlError | None" = None
    secret: str | None = None
    version: str | None = None
    account: "Account | None" = None


@app.command(cls=SharedOptionsCommand)
def whoami(context: typer.Context) -> None:
    """
    Show which proxy, credential and model are used, what named each, and the budget

    \b
        litectl whoami
        litectl whoami --offline --json | jq -r .profile

    Asks the proxy whether it accepts the credential, and exits with 4 when it
    does not. With `--offline` nothing is asked. Spend and budgets are US dollars,
    of the key and of its user; what the credential may not read is null.

    JSON fields: base_url, base_url_source, profile, api_key (masked), api_key_source,
    credential, credential_place, accepted, expires_at, key_alias, user_id, user_email,
    user_role, team_id, team_alias, spend, max_budget, user_spend, user_max_budget,
    budget_reset_at, model, proxy_version, profiles_file.
    """
    from litectl.output.listing import print_record
    from litectl.output.money import dollars_cell

    runtime = runtime_of(context)
    _ = runtime.credential  # a chain that cannot be read is the news, before anything is asked
    asked = _Asked() if runtime.offline else _asked(runtime)
    record = _record(runtime, asked)
    if not runtime.wants_json:
        money = {name: dollars for name in _MONEY if isinstance(dollars := record[name], float)}
        record |= {name: dollars_cell(dollars) for name, dollars in money.items()}
    if not runtime.wants_json and runtime.terminal.stdout_is_terminal:
        unknown = {*_ACCOUNT, *_MONEY, "expires_at", "budget_reset_at"}
        record = {name: value for name, value in record.items() if value is not None or name not in unknown}
    print_record(runtime.terminal, record, runtime.options.format)
    for reason in runtime.credential.passed_over:
        runtime.terminal.note(reason)
    if asked.failure is not None:
        raise asked.failure


def _record(runtime: "Runtime", asked: _Asked) -> dict[str, object]:
    from litectl.actions.inputs import default_model
    from litectl.credentials.tokens import jwt_expiry
    from litectl.output.times import timestamp
    from litectl.text.keys import masked

    target, credential, account = runtime.target, runtime.credential, asked.account
    profile, stored = target.settings_profile, runtime.caller.stored
    model, model_source = default_model(runtime)
    secret = asked.secret or credential.secret
    told = {field: getattr(account, field, None) for field in (*_ACCOUNT, *_MONEY, "budget_reset_at")}
    if stored is not None:
        told["user_id"] = told["user_id"] or stored.user_id
        told["team_id"] = told["team_id"] or stored.team_id
    expires_at = (
        (stored and stored.expires_at)
        or (account and account.expires_at)
        or (jwt_expiry(secret) if secret else None)
    )
    return {
        "base_url": target.root,
        "base_url_source": target.source,
        "profile": profile.name if profile else None,
        "api_key": masked(secret) if secret else None,
        "api_key_source": credential.source,
        "credential": credential.kind,
        "credential_place": stored.place_of_secret if stored else None,
        "accepted": asked.accepted,
        "expires_at": timestamp(expires_at),
        **told,
        "budget_reset_at": timestamp(told["budget_reset_at"]),
        "model": model,
        "model_source": model_source,
        "proxy_version": asked.version,
        "profiles_file": _profiles_file(runtime),
    }


def _profiles_file(runtime: "Runtime") -> str | None:
    from litectl.storage.paths import NoHomeError

    try:
        return str(runtime.paths.profiles)
    except NoHomeError:
        return None


def _asked(runtime: "Runtime") -> _Asked:
    from litectl.credentials.account import fetch_account
    from litectl.credentials.check import check_credential, proxy_version
    from litectl.errors import AuthError, LitectlError
    from litectl.wire.proxy import DEFAULT_SECONDS

    seconds = runtime.options.timeout or DEFAULT_SECONDS
    short = min(seconds, _VERSION_SECONDS)
    try:
        with runtime.open_proxy() as proxy:
            over_budget = check_credential(proxy, seconds=seconds)
            if over_budget is not None:
                runtime.terminal.warn(over_budget.message)
            stored = runtime.credential.stored
            account = fetch_account(proxy, team_id=stored.team_id if stored else None, seconds=short)
            version = proxy_version(proxy, seconds=short)
            return _Asked(True, None, runtime.caller.bearer(), version, account)
    except LitectlError as error:
        return _Asked(False if isinstance(error, AuthError) else None, error)
