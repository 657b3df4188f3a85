"""`litectl env`: point other tools at the proxy."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app()

Shell = Annotated[
    str,
    typer.Option(
        "--shell", metavar="SHELL", help="One of bash, zsh, sh, fish, powershell", show_default=True
    ),
]
For = Annotated[
    str, typer.Option("--for", metavar="TOOLS", help="One of litellm, openai, anthropic", show_default=True)
]


@app.command(cls=SharedOptionsCommand)
def env(context: typer.Context, shell: Shell = "bash", tools: For = "litellm") -> None:
    """
    Print export lines that point other tools at the proxy, with its key

    \b
        eval "$(litectl env --for openai)"
        litectl env --shell fish --for anthropic | source
        litectl env --shell powershell | Out-String | Invoke-Expression

    The key is the one of `litectl token`: it may end while the shell lives on.
    """
    from litectl.errors import UsageError
    from litectl.output.exports import SHELLS, TOOLS, exports, variables_for

    for option, value, known in (("--shell", shell, SHELLS), ("--for", tools, TOOLS)):
        if value not in known:
            raise UsageError(f"`{option}` is not {value}", hint=f"one of {', '.join(known)}")
    runtime = runtime_of(context)
    if runtime.options.format is not None and not runtime.wants_json:
        raise UsageError("`env` prints lines for a shell", hint="use `--json` for one object")
    secret, headers = runtime.caller.require_bearer(), runtime.transport.extra_headers
    auth_header = runtime.transport.auth_header
    if auth_header is not None and auth_header.lower() != "authorization":
        headers = {**headers, auth_header: secret}
    variables = variables_for(tools, runtime.target.root, secret, headers)
    if runtime.wants_json:
        from litectl.output.listing import print_record

        print_record(runtime.terminal, variables, runtime.options.format)
    else:
        runtime.terminal.write(exports(shell, variables))
    if headers and tools == "openai":
        names = ", ".join(headers)
        runtime.terminal.warn(f"OpenAI's clients take no headers from variables; this proxy wants {names}")
    elif runtime.terminal.stdout_is_terminal and not runtime.wants_json:
        runtime.terminal.note('to use them say `eval "$(litectl env)"`')
