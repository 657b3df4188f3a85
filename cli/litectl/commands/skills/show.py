"""`litectl skills show`."""

import typer

from litectl.commands.options import SharedOptionsCommand, SkillName, SkillOrigin, new_app, runtime_of

app = new_app()


@app.command(cls=SharedOptionsCommand)
def show_skill(
    context: typer.Context,
    name: SkillName,
    origin: SkillOrigin = None,
) -> None:
    """
    Show all that is known of one skill

    Where several have the name, that of the hub is shown, else that of the
    proxy's database, else that of Anthropic; `--origin` or the id tells them apart.

    The files come from the proxy, an archive or git, or from nobody. The proxy gives
    them only where its operator has set litellm_settings.public_skills_index.

    JSON fields: name, origin, id, enabled, version, description, created_at,
    updated_at, source, address, files_from (proxy, archive, git or null),
    fetch_with (the command that fetches them, or null).
    """
    from litectl.output.listing import print_record
    from litectl.output.skills import skill_record
    from litectl.run.skillset import skill_called

    runtime = runtime_of(context)
    with runtime.open_proxy() as proxy:
        skill = skill_called(runtime, proxy, name, origin)
    record = skill_record(skill, as_json=runtime.wants_json)
    print_record(runtime.terminal, record, runtime.options.format)
