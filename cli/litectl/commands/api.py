"""`litectl api`."""

from typing import Annotated, Any

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app()


class ApiCommand(SharedOptionsCommand):
    """The command whose `-q` is a parameter of the query, as it is for others of its kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for option in self.params:
            if option.name == "quiet":
                option.opts.remove("-q")


@app.command(cls=ApiCommand)
def api(
    context: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="[METHOD] PATH", help="A path of the proxy; GET, or another method")
    ],
    method: Annotated[
        str | None,
        typer.Option("--method", "-X", metavar="METHOD", help="The method, when it is not in front"),
    ] = None,
    query: Annotated[
        list[str] | None,
        typer.Option("--query", "-q", metavar="NAME=VALUE", help="Add this to the query; can be repeated"),
    ] = None,
    own_headers: Annotated[
        list[str] | None,
        typer.Option("-H", metavar="HEADER", help="A header of the request, `Name: value`; can be repeated"),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option("--data", "-d", metavar="JSON", help="The body: JSON, @FILE, or `-` for stdin"),
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option("--form", "-F", metavar="NAME=VALUE", help="A field of a form; can be repeated"),
    ] = None,
    include: Annotated[
        bool, typer.Option("--include", "-i", help="Print the status line and the headers too")
    ] = False,
    paginate: Annotated[bool, typer.Option("--paginate", help="Also get the pages that follow")] = False,
    stream: Annotated[bool, typer.Option("--stream", help="Print the body as it arrives")] = False,
) -> None:
    """
    Send any request to the proxy and print its answer

    \b
        litectl api /v1/models
        litectl api /user/list -q role=internal_user --paginate
        litectl api /v1/embeddings -d '{"model": "embed", "input": "Hi"}'
        litectl api /v1/files -F purpose=batch -F file=@in.jsonl
        litectl api DELETE /v1/files/file-1

    With a body the method is POST, else GET. `-d` is checked to be JSON, unless
    `-H 'Content-Type: ...'` says what else it is, and sent as it is. `-F` has a
    text, a file to upload (name=@FILE), or the text of a file (name=<FILE).

    The request goes to the proxy and nowhere else: no path leads out of it, and
    no redirect is followed. All but GET and HEAD are sent exactly once.

    The body is printed as it comes, byte for byte, when it is whole; an event
    stream, and with `--stream` any body, as it arrives. Pages are printed one after
    another, each with a line end. The answer is awaited for 600 seconds, or for
    those of `--timeout`.

    A status of 2xx is exit 0. With another one the body is printed too, and the
    exit code is that of the error: 6 for 404, 3 for a redirect to another server, 1
    for one to another path. So it is after an error in an event stream. `--json` is
    for errors only. Here `-q` is a parameter: say `--quiet`.
    """
    from litectl.actions.api.calling import Output, call
    from litectl.actions.api.requesting import Call

    wanted = Call(words, method, query or (), own_headers or (), data, form or ())
    call(runtime_of(context), wanted, Output(include, paginate, stream))
