"""`litectl skills list`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import Columns, SharedOptionsCommand, SkillOrigin, new_app, runtime_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litectl.skills.skill import Skill

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

    The origins are the Skill Hub (hub), which says where a skill lies; the
    proxy's database (litellm_proxy); and the proxy's account at Anthropic
    (anthropic). What cannot be asked is left out with a message; that a proxy
    has no database or no key for Anthropic is said with `-v` only.

    Columns and JSON fields: name, origin, enabled, version, description, id,
    source, created_at, updated_at. The JSON document has refused (origin, code,
    message, and partial where the public skills were listed all the same),
    left_out (entries without a name), cut (origins that have more skills than
    they list), skills.
    """
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import print_listing
    from litectl.output.skills import DEFAULT_COLUMNS, skill_columns
    from litectl.skillset import skills_of

    runtime = runtime_of(context)
    wanted = columns or DEFAULT_COLUMNS
    choose_columns(wanted, skill_columns())
    with runtime.open_proxy() as proxy:
        listed = skills_of(runtime, proxy, origin)
    found = _matching(listed.skills, search)
    rows = found if all_ else [skill for skill in found if skill.is_enabled]
    about = {
        "refused": [each.as_json() for each in listed.refusals],
        "left_out": listed.left_out,
        "cut": list(listed.cut),
    }
    known = skill_columns(rows, runtime.terminal.width)
    listing = Listing("skills", known, choose_columns(wanted, known), rows, about)
    print_listing(runtime.terminal, listing, runtime.options.format)
    if len(rows) < len(found) and runtime.terminal.stdout_is_terminal:
        runtime.terminal.note(f"{len(found) - len(rows)} disabled; see them with `--all`")


def _matching(skills: "Sequence[Skill]", search: str | None) -> "list[Skill]":
    """Return the *skills* with each word of *search* in name or description."""
    words = (search or "").lower().split()
    return [
        skill
        for skill in skills
        if all(word in f"{skill.name}\n{skill.description or ''}".lower() for word in words)
    ]
