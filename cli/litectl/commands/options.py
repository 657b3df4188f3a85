"""
The options that every command has, declared once and accepted before and after every verb.

`SharedOptionsCommand` and `SharedOptionsGroup` add them to a command. They are
stored in the runtime's `SharedOptions`, so no command function lists them.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from litectl.run.runtime import Runtime

FORMATS = ("table", "tsv", "csv", "json", "jsonl")
JSON_OPTION = "--json"
FORMAT_OPTION = "--format"


def new_app(help_text: str | None = None, cls: "type[SharedOptionsGroup] | None" = None) -> typer.Typer:
    """Return a Typer app with what all of them have in common; *help_text* describes a noun."""
    app = typer.Typer(
        help=help_text,
        cls=cls or SharedOptionsGroup,
        no_args_is_help=True,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    if help_text is not None:
        # Without a callback Typer would make a noun that has one verb a plain command.
        app.callback()(_noun)
    return app


def _noun() -> None:
    """Do nothing; the verbs do."""


def runtime_of(context: typer.Context) -> Runtime:
    """Return the runtime that `main` put into *context*."""
    runtime = context.obj
    assert isinstance(runtime, Runtime)
    return runtime


def shared_options() -> list[TyperOption]:
    """Return the shared options, new ones for each command as Typer wants them."""
    return [
        _option("--profile", help="The stored profile to use", metavar="NAME"),
        _option("--base-url", help="The URL of the proxy", metavar="URL"),
        _option("--api-key-file", help="Read the API key from this file; `-` is stdin", metavar="PATH"),
        _option(
            "--header",
            help="An extra header, `Name: value`; can be repeated",
            metavar="HEADER",
            multiple=True,
        ),
        _option("--auth-header", help="The header that takes the key", metavar="NAME", type=_header_name),
        _option("--ca-bundle", help="Trust the CA certificates in this PEM file", metavar="PATH"),
        _option("--client-cert", help="The client certificate, a PEM file", metavar="PATH"),
        _option("--client-key", help="Its key, when it is in another PEM file", metavar="PATH"),
        _option("--allow-http", help="Allow plain http to other machines", is_flag=True),
        _option("--timeout", help="Give up after this many seconds", type=_seconds, metavar="SECONDS"),
        _option("--offline", help="Use the cache only, never the network", is_flag=True),
        _option(FORMAT_OPTION, help=f"One of {', '.join(FORMATS)}", type=_format, metavar="FORMAT"),
        _option(JSON_OPTION, help="Short for `--format json`", is_flag=True),
        _option("-q", "--quiet", help="Only errors on stderr", is_flag=True),
        _option("-v", "--verbose", help="Say on stderr what is done", is_flag=True),
        _option("--debug", help="As `-v`, with a traceback for a bug in litectl", is_flag=True),
        _option("--no-input", help="Never ask; fail and name the option instead", is_flag=True),
    ]


Columns = Annotated[
    str | None, typer.Option("--columns", metavar="A,B", help="The columns to show, in this order")
]
Model = Annotated[str | None, typer.Option("--model", "-m", metavar="MODEL", help="The model")]
ModelMode = Annotated[
    str | None,
    typer.Option(
        "--mode", metavar="MODE", help="Only this mode, such as embedding, or `all`; else what can chat"
    ),
]
ModelSearch = Annotated[
    str | None, typer.Option("--search", metavar="TEXT", help="Only names or providers with these words")
]
MaxWait = Annotated[
    float | None,
    typer.Option("--max-wait", min=0.0, metavar="SECONDS", help="The longest wait between two tries (30)"),
]
Usage = Annotated[bool, typer.Option("--usage", help="Tokens, cost and seconds on stderr")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask")]
StrictServers = Annotated[bool, typer.Option("--strict", help="Fail when a server did not answer")]
SkillName = Annotated[str, typer.Argument(metavar="NAME", help="The name of a skill, or its id")]
SkillOrigin = Annotated[
    str | None, typer.Option("--origin", metavar="ORIGIN", help="One of hub, litellm_proxy, anthropic")
]
ServerHeader = Annotated[
    list[str] | None,
    typer.Option(
        "--server-header",
        metavar="HEADER",
        help="A header for one MCP server, `SERVER: Name: value`; can be repeated",
    ),
]


def add_server_headers(runtime: Runtime, headers: Sequence[str] | None) -> None:
    """Have the proxy of *runtime* hand the *headers* of `--server-header` on; raises `UsageError`."""
    if headers:
        from litectl.wire.headers import parse_server_header

        added = [parse_server_header(text) for text in headers]
        runtime.options.header = (*runtime.options.header, *added)
        runtime.toolbox.header_servers = [text.partition(":")[0].strip() for text in headers]


class SharedOptionsCommand(TyperCommand):
    """A command that also takes the shared options."""

    def __init__(self, *args: Any, params: list[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, params=[*(params or ()), *shared_options()], **kwargs)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line; an error of it also says of which command it is."""
        # Typer 0.27 has no public name for the base of its usage errors.
        from typer._click.exceptions import UsageError

        self._refuse_mistyped(ctx, args)
        try:
            return super().parse_args(ctx, args)
        except UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def _refuse_mistyped(self, context: Any, words: Sequence[str]) -> None:
        """Raise `UsageError` for one dash too few and an equals sign too many: it would be another value."""
        may_be = any(len(word) > len("-m") and word[0] == "-" != word[1] for word in words)
        if not may_be or not context.allow_interspersed_args:  # which are those of another program
            return
        from litectl.commands.misnomers import mistyped
        from litectl.errors import UsageError

        parameters: list[Any] = self.get_params(context)
        options = {
            name: 0 if option.is_flag else option.nargs
            for option in parameters
            if option.param_type_name == "option"
            for name in (*option.opts, *option.secondary_opts)
        }
        if found := mistyped(words, options):
            wrong, right = found
            raise UsageError(f"`{wrong}` is not an option", hint=f"say `{right}`")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Print the command's own options first and the shared ones in a section of their own."""
        _format_options(self, ctx, formatter)


class SharedOptionsGroup(TyperGroup):
    """A group of commands that takes the shared options before the verb."""

    def __init__(self, *args: Any, params: list[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, params=[*(params or ()), *shared_options()], **kwargs)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; raises `UsageError` with what may be meant when there is none."""
        if args[0] not in (names := self.list_commands(ctx)):
            from litectl.commands.unknown import unknown_command

            raise unknown_command(ctx.command_path, args[0], names)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Print the commands first, then the options as a command does."""
        self.format_commands(ctx, formatter)
        _format_options(self, ctx, formatter)


def _format_options(command: TyperCommand | TyperGroup, context: Any, formatter: Any) -> None:
    sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": [], "Shared options": []}
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None:
            continue
        if parameter.param_type_name == "argument":
            sections["Arguments"].append(record)
        elif parameter.callback is _remember:
            sections["Shared options"].append(record)
        else:
            sections["Options"].append(record)
    for title, records in sections.items():
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


def _option(*names: str, **settings: Any) -> TyperOption:
    return TyperOption(param_decls=list(names), expose_value=False, callback=_remember, **settings)


def _remember(context: typer.Context, parameter: Any, value: object) -> None:
    """Store a shared option that was given; the one nearest to the verb is read last and wins."""
    if value == "":
        # As of an unset variable in a script; the default would be another proxy or another key.
        raise typer.BadParameter("it is empty", ctx=context, param=parameter)
    if not value or context.resilient_parsing:
        return
    runtime = runtime_of(context)
    options, terminal = runtime.options, runtime.terminal
    if parameter.name == "json":
        options.format = "json"
    elif parameter.name == "header":
        assert isinstance(value, tuple | list)
        options.header = (*options.header, *value)
    else:
        setattr(options, parameter.name, value)
    terminal.quiet = options.quiet
    terminal.verbose = options.verbose or options.debug
    terminal.no_input = options.no_input


def _header_name(text: str) -> str:
    from litectl.wire.headers import check_header_name

    return check_header_name(text) if text else text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 1_000_000:
        raise typer.BadParameter(f"{text!r} is not a number of seconds above 0")
    return seconds


def _format(text: str) -> str:
    if text not in FORMATS:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(FORMATS)}")
    return text
