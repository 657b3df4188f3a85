"""`litectl token`."""

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app()


@app.command(cls=SharedOptionsCommand)
def token(context: typer.Context) -> None:
    """
    Print the bearer token and nothing else, for use as another tool's key helper

    \b
        curl -H "Authorization: Bearer $(litectl token)" "$URL/v1/models"
    """
    from litectl.errors import AuthError

    runtime = runtime_of(context)
    secret = runtime.credential.secret
    if secret is None:
        raise AuthError(f"no credential found for {runtime.target.root}", hint="log in with `litectl login`")
    runtime.terminal.write_line(secret)
