"""
A new skill, sent: a folder to who keeps its files, or the place where it lies to the Skill Hub.

The edge that joins the options of `skills create` and the terminal to `litectl.skills`.
"""

from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litectl.run.runtime import Runtime
    from litectl.skills.folder import SkillFolder


class Wanted(NamedTuple):
    """The options that say what the new skill is, each as it was given."""

    folder: str | None = None
    name: str | None = None
    description: str | None = None
    origin: str | None = None
    version: str | None = None


class Place(NamedTuple):
    """The options that say where it lies, of which one is given at most, and its checksum."""

    github: str | None = None
    url: str | None = None
    git_subdir: tuple[str, str] | None = None
    archive: str | None = None
    sha256: str | None = None


def send(runtime: "Runtime", wanted: Wanted, place: Place, *, yes: bool, dry_run: bool) -> None:
    """
    Make the skill that is *wanted*, after a question unless *yes*; with *dry_run* only show what it is.

    Raises `UsageError` for options that do not go together, and what goes wrong.
    """
    from litectl.skills.sources import source_of

    source = source_of(**place._asdict())
    if source is not None:
        _register(runtime, wanted, source, yes=yes, dry_run=dry_run)
        return
    if wanted.folder is None:
        raise UsageError(
            "where is the skill?", hint="name its folder, or where it lies: `--github OWNER/REPO`"
        )
    if wanted.version is not None:
        raise UsageError("only the Skill Hub has versions", hint="leave `--version` out for a folder")
    _upload(runtime, wanted.folder, wanted, yes=yes, dry_run=dry_run)


def _register(
    runtime: "Runtime", wanted: Wanted, source: "Mapping[str, str]", *, yes: bool, dry_run: bool
) -> None:
    """Put the place *source* into the Skill Hub."""
    from litectl.output.listing import print_record
    from litectl.output.skills import place_record, print_new
    from litectl.skills.changing import CHANGE_SECONDS, create_from_source

    name, description, version = _name_in_hub(wanted), wanted.description, wanted.version
    if dry_run:
        record = place_record(name, description, version, source, as_json=runtime.wants_json)
        print_record(runtime.terminal, record, runtime.options.format)
        return
    where = " ".join(source.values())
    question = f"offer {where} to everybody, as skill `{name}` of {runtime.target.root}?"
    if not _is_agreed(runtime, question, yes=yes):
        return
    seconds = runtime.options.timeout or CHANGE_SECONDS
    with runtime.open_proxy() as proxy:
        made = create_from_source(
            proxy, name, source, description=description, version=version, seconds=seconds
        )
    print_new(runtime.terminal, made, runtime.options.format)


def _name_in_hub(wanted: Wanted) -> str:
    """Return the name for a place; raises `UsageError` for what does not go with one."""
    from litectl.skills.skill import HUB, check_name

    if wanted.folder is not None:
        raise UsageError("a folder and another place exclude each other", hint="give one of them")
    if wanted.origin not in (None, HUB):
        raise UsageError("a place can only go into the Skill Hub", hint="leave `--origin` out")
    if wanted.name is None:
        raise UsageError("what is the skill called?", hint="say `--name NAME`")
    return check_name(wanted.name)


def _upload(runtime: "Runtime", path: str, wanted: Wanted, *, yes: bool, dry_run: bool) -> None:
    """Send the files of the folder at *path*."""
    from litectl.output.skills import print_files, tell_files
    from litectl.skills.changing import require_keeper
    from litectl.skills.folder import read_folder
    from litectl.skills.skill import STORED

    origin = STORED if wanted.origin is None else wanted.origin
    require_keeper(origin, has_description=wanted.description is not None)
    folder = read_folder(path, name=wanted.name, description=wanted.description)
    if dry_run:
        print_files(runtime.terminal, folder, origin, runtime.options.format)
        return
    tell_files(runtime.terminal, folder)
    _keep(runtime, folder, origin, yes=yes)


def _keep(runtime: "Runtime", folder: "SkillFolder", origin: str, *, yes: bool) -> None:
    """Have *origin* keep *folder*, and say before that which other skills are called so."""
    from litectl.output.skills import print_new
    from litectl.run.skillset import same_named
    from litectl.skills.changing import UPLOAD_SECONDS, create_from_folder

    question = f"send these {len(folder.files)} files to {runtime.target.root} as skill `{folder.name}`?"
    seconds = runtime.options.timeout or UPLOAD_SECONDS
    with runtime.open_proxy() as proxy:
        can_go_on = yes or runtime.terminal.can_prompt
        if can_go_on and (others := same_named(runtime, proxy, folder.name, origin)):
            runtime.terminal.note(f"another one is called so: {others}")
        if not _is_agreed(runtime, question, yes=yes):
            return
        made = create_from_folder(proxy, folder, origin=origin, seconds=seconds)
    print_new(runtime.terminal, made, runtime.options.format)


def _is_agreed(runtime: "Runtime", question: str, *, yes: bool) -> bool:
    if yes or runtime.terminal.questions.confirm(question, flag="--yes"):
        return True
    runtime.terminal.say("nothing was sent")
    return False
