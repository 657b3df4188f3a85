"""`litectl cache`: the lists of models and tools that are kept for 24 hours, and the last one of skills."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import Columns, SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.storage.listfile import CachedList
    from litectl.storage.paths import Paths

app = new_app("See and clear the cached lists of models, tools and skills")

Everything = Annotated[bool, typer.Option("--all", help="Those of every proxy and credential")]


@app.command("show", cls=SharedOptionsCommand)
def show_cache(
    context: typer.Context,
    columns: Columns = None,
) -> None:
    """
    List the cached lists of models, tools and skills, newest first

    \b
        litectl cache show

    There is one of each kind for each proxy, credential and set of extra headers.
    Those that are used now are marked.

    Columns and JSON fields: current, base_url, source, fetched_at, age_seconds,
    stale, models, bytes, tools, kind, fingerprint, skills. The kind is models, tools or
    skills, and a list has the number of one of them. A damaged list has no source. The
    JSON document has directory, of the model lists, tools_directory, skills_directory,
    lists.
    """
    from litectl.output.caches import CACHE_COLUMNS, CACHE_TABLE, cache_columns
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import is_for_people, print_listing

    runtime = runtime_of(context)
    cache = runtime.lister.cache
    known = cache_columns(cache.file.path.stem if cache else None, runtime.now())
    default = CACHE_TABLE if is_for_people(runtime.terminal, runtime.options.format) else CACHE_COLUMNS
    shown = choose_columns(default if columns is None else columns, known)
    paths = runtime.paths
    about = {
        "directory": str(paths.catalogs),
        "tools_directory": str(paths.tool_lists),
        "skills_directory": str(paths.skill_lists),
    }
    listing = Listing("lists", known, shown, _all_lists(paths), about)
    print_listing(runtime.terminal, listing, runtime.options.format)


@app.command("clear", cls=SharedOptionsCommand)
def clear_cache(context: typer.Context, everything: Everything = False) -> None:
    """
    Remove the cached lists of this proxy and credential

    \b
        litectl cache clear
        litectl cache clear --all

    Those of models, tools and skills. The next command that needs one fetches it again. Credentials are not
    touched; `litectl logout` forgets those.

    JSON fields: removed, the number of lists.
    """
    from litectl.run.skillset import skill_cache
    from litectl.storage.keptfile import KeptFile
    from litectl.text.counting import counted

    runtime = runtime_of(context)
    if everything:
        directories = {
            "models": runtime.paths.catalogs,
            "tools": runtime.paths.tool_lists,
            "skills": runtime.paths.skill_lists,
        }
        files = [KeptFile(directories[entry.kind], entry.fingerprint) for entry in _all_lists(runtime.paths)]
    else:
        caches = (runtime.lister.require_cache(), runtime.toolbox.require_cache(), skill_cache(runtime))
        files = [cache.file for cache in caches]
    count = sum([file.clear() for file in files])
    if runtime.wants_json:
        from litectl.output.listing import print_record

        print_record(runtime.terminal, {"removed": count}, runtime.options.format)
        return
    runtime.terminal.say(f"removed {counted(count, 'cached list')}")


@app.command("path", cls=SharedOptionsCommand)
def print_cache_path(context: typer.Context, everything: Everything = False) -> None:
    """
    Print where the cached model list is, or with `--all` its directory

    \b
        du -sh "$(litectl cache path --all)"

    It is the one of this proxy and credential. The lists of tools and skills have
    the same name, in `tools` and `skills` beside that one.

    JSON fields: path.
    """
    runtime = runtime_of(context)
    path = runtime.paths.catalogs if everything else runtime.lister.require_cache().file.path
    if runtime.wants_json:
        from litectl.output.listing import print_record

        print_record(runtime.terminal, {"path": str(path)}, runtime.options.format)
        return
    runtime.terminal.write_line(str(path))


def _all_lists(paths: "Paths") -> "list[CachedList]":
    from litectl.catalog.cachefile import VERSION
    from litectl.mcp.cache import VERSION as TOOLS_VERSION
    from litectl.skills.cache import VERSION as SKILLS_VERSION
    from litectl.storage.listfile import cached_lists, newest_first

    models = cached_lists(paths.catalogs, "models", VERSION)
    tools = cached_lists(paths.tool_lists, "tools", TOOLS_VERSION)
    return newest_first([*models, *tools, *cached_lists(paths.skill_lists, "skills", SKILLS_VERSION)])
