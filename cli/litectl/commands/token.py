"""`litectl token`."""

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app()


@app.command(cls=SharedOptionsCommand)
def token(context: typer.Context) -> None:
    """
    Print the bearer token and nothing else, for use as another tool's key helper

    A login that is due is renewed first, and a key helper is run.

    \b
        curl -H "Authorization: Bearer $(litectl token)" "$URL/v1/models"
    """
    runtime = runtime_of(context)
    secret = runtime.caller.require_bearer()
    if runtime.wants_json:
        from litectl.output.listing import print_record

        print_record(runtime.terminal, {"token": secret}, runtime.options.format)
    else:
        runtime.terminal.write_line(secret)
