"""`litectl version`."""

from typing import TYPE_CHECKING

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.storage.paths import Paths

app = new_app()

# The directories, each with one of the files in it that litectl itself asks for.
_DIRECTORIES = {
    "config_directory": "profiles",
    "cache_directory": "catalogs",
    "state_directory": "tokens",
    "data_directory": "sandbox",
}


@app.command(cls=SharedOptionsCommand)
def version(context: typer.Context) -> None:
    """
    Print the version; with `--json` what a bug report should say, too

    \b
        litectl version
        litectl version --json | jq -r .config_directory

    The four directories are all that litectl writes to unasked: to remove it without
    a trace, log out and remove them. They are null where there is no home for them.

    JSON fields: version, python, platform, config_directory, cache_directory,
    state_directory, data_directory.
    """
    from litectl import __version__

    runtime = runtime_of(context)
    if runtime.options.format is None:
        runtime.terminal.write_line(f"litectl {__version__}")
        return
    import platform

    from litectl.output.listing import print_record

    about = {"version": __version__, "python": platform.python_version(), "platform": platform.platform()}
    directories = {name: _directory(runtime.paths, file) for name, file in _DIRECTORIES.items()}
    print_record(runtime.terminal, {**about, **directories}, runtime.options.format)


def _directory(paths: "Paths", file: str) -> str | None:
    """Return the directory of that one of *paths*; None where there is none."""
    from litectl.storage.paths import NoHomeError

    try:
        return str(getattr(paths, file).parent)
    except NoHomeError:
        return None
