"""`litectl skills list`."""

from typing import Annotated

import typer

from litectl.commands.options import Columns, SharedOptionsCommand, SkillOrigin, new_app, runtime_of

app = new_app()

Search = Annotated[
    str | None, typer.Option("--search", metavar="TEXT", help="Only names or descriptions with these words")
]
All = Annotated[bool, typer.Option("--all", help="Also the skills that are disabled")]


@app.command(cls=SharedOptionsCommand)
def list_skills(
    context: typer.Context,
    origin: SkillOrigin = None,
    search: Search = None,
    all_: All = False,
    columns: Columns = None,
) -> None:
    """
    List the skills of the proxy, and where each comes from

    \b
        litectl skills list
        litectl skills list --origin hub --search review

    The origins are the Skill Hub (hub), which says where a skill lies; the
    proxy's database (litellm_proxy); and the proxy's account at Anthropic
    (anthropic). What cannot be asked is left out with a message; that a proxy
    has no database or no key for Anthropic is said with `-v` only. A whole list
    is kept, and told again with `--offline` and by TAB.

    Columns and JSON fields: name, origin, enabled, version, description, id,
    source, created_at, updated_at. The JSON document has refused (origin, code,
    message, and partial where the public skills were listed all the same),
    left_out (entries without a name), cut (origins that have more skills than
    they list), skills.
    """
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import is_for_people, print_listing
    from litectl.output.skills import TEXT_COLUMNS, columns_for_people, fitted, skill_columns
    from litectl.run.skillset import kept_skills, skills_of
    from litectl.text.wordsearch import matching

    runtime = runtime_of(context)
    known = skill_columns()
    choose_columns(columns or TEXT_COLUMNS, known)
    if runtime.offline:
        listed = kept_skills(runtime, origin)
    else:
        with runtime.open_proxy() as proxy:
            listed = skills_of(runtime, proxy, origin)
    found = matching(listed.skills, search, lambda skill: f"{skill.name}\n{skill.description or ''}")
    rows = found if all_ else [skill for skill in found if skill.is_enabled]
    about = {
        "refused": [each.as_json() for each in listed.refusals],
        "left_out": listed.left_out,
        "cut": list(listed.cut),
    }
    output_format, terminal = runtime.options.format, runtime.terminal
    is_table = is_for_people(terminal, output_format)
    usual = columns_for_people(rows, shows_disabled=all_) if is_table else TEXT_COLUMNS
    shown = fitted(choose_columns(columns or usual, known), rows, terminal.width)
    listing = Listing("skills", known, shown, rows, about)
    print_listing(terminal, listing, output_format)
    if len(rows) < len(found) and terminal.stdout_is_terminal:
        terminal.note(f"{len(found) - len(rows)} disabled; see them with `--all`")
