"""The root command: its options, and the table of every command."""

from itertools import takewhile
from typing import Annotated, Any

import typer

from litectl import __version__
from litectl.commands.options import runtime_of
from litectl.lazy import Entry, LazyGroup
from litectl.topics.contents import TOPICS

COMMANDS = {
    "login": Entry("litectl.commands.login", "Log in to a proxy and remember it"),
    "logout": Entry("litectl.commands.logout", "Forget the stored credential"),
    "whoami": Entry("litectl.commands.whoami", "Show which proxy and credential are used"),
    "token": Entry("litectl.commands.token", "Print the bearer token, for other tools"),
    "env": Entry("litectl.commands.env", "Print export lines that point other tools at the proxy"),
    "profiles": Entry("litectl.commands.profiles", "Manage the stored proxies"),
    "models": Entry("litectl.commands.models", "List and inspect the models of the proxy"),
    "cache": Entry("litectl.commands.cache", "See and clear the cached model lists"),
    "ask": Entry("litectl.commands.ask", "Ask a model and print its answer"),
    "cost": Entry("litectl.commands.cost", "Estimate what a request costs"),
    "embed": Entry("litectl.commands.embed", "Turn texts into vectors"),
    "tokens": Entry("litectl.commands.tokens", "Count the tokens of a text"),
    "mcp": Entry("litectl.commands.mcp", "List and call the tools of the MCP servers"),
    "skills": Entry("litectl.commands.skills", "List and manage the skills of the proxy"),
    "smoke": Entry("litectl.commands.smoke", "Check that the proxy and its models work"),
    "completion": Entry("litectl.commands.completion", "Let TAB complete commands and names in your shell"),
    "doctor": Entry("litectl.commands.doctor", "Find out why it does not work, and what to do"),
    "keys": Entry("litectl.commands.keys", "Manage the virtual keys of the proxy"),
    "spend": Entry("litectl.commands.spend", "Show what was spent, and what is left"),
    "api": Entry("litectl.commands.api", "Send any request to the proxy"),
    "sandbox": Entry("litectl.commands.sandbox", "Run a real proxy with mock models on this machine"),
    "version": Entry("litectl.commands.version", "Print the version, and what a bug report should say"),
    "help": Entry("litectl.commands.help", "Show the help of a command or of a topic"),
}
_HELP_OPTIONS = ("-h", "--help")


class RootGroup(LazyGroup):
    """The root with the commands of litectl, and the topics of its help."""

    entries = COMMANDS

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line; words behind `--help` say what it is about, and nothing of them is run."""
        if args[0:1] and args[0] in _HELP_OPTIONS:
            words = takewhile(lambda word: not word.startswith("-"), args[1:])
            args = ["help", *named] if (named := [*words]) else args
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Print the commands, and then the topics."""
        super().format_commands(ctx, formatter)
        with formatter.section("Topics (litectl help TOPIC)"):
            formatter.write_dl([(name, entry.help) for name, entry in TOPICS.items()])


app = typer.Typer(
    cls=RootGroup,
    context_settings={"help_option_names": [*_HELP_OPTIONS]},
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(context: typer.Context, value: bool) -> None:  # noqa: FBT001  # Typer's signature
    if value and not context.resilient_parsing:
        runtime_of(context).terminal.write_line(f"litectl {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", "-V", help="Print the version", is_eager=True, callback=_print_version)
]


@app.callback()
def root(version: Version = False) -> None:  # its callback has acted
    """
    Ask the models of a LiteLLM proxy from the shell

    \b
        litectl login
        litectl models list
        litectl ask -m gpt-5.2 -p "Name three rivers"

    Every command explains itself: `litectl COMMAND --help`, or its man page, such as
    `man litectl-ask`. For what goes wrong there is `litectl doctor`.
    """
