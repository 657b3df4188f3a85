"""The teams of a user, one of which a login is for: as the proxy names them, and as a person does."""

from collections.abc import Sequence

from litectl.credentials.dialogue import Dialogue, Team
from litectl.credentials.stored import identifier
from litectl.errors import AuthError, UsageError
from litectl.failures.wording import readable
from litectl.text.counting import some_of
from litectl.wire.answers import Reply

_TEAM_LIMIT = 1000
_NAME_LIMIT = 80  # characters
_NAMES_SHOWN = 20


def teams_of(reply: Reply) -> list[Team]:
    """
    Return the teams that *reply* names, each once.

    `team_details` has objects with an id and perhaps an alias; older proxies give ids in `teams` only.
    """
    found: dict[str, Team] = {}
    for field in ("team_details", "teams"):
        entries = reply.field(field)
        for entry in entries[:_TEAM_LIMIT] if isinstance(entries, list) else ():
            if team := _team(entry):
                found.setdefault(team.id, team)
    return list(found.values())


def find_team(teams: Sequence[Team], wanted: str) -> Team:
    """
    Return the team with the id *wanted*, or else the only one with that name in any case.

    Raises `UsageError`, which names the teams there are.
    """
    for team in teams:
        if team.id == wanted:
            return team
    found = [team for team in teams if is_named(team.name, wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"several teams are called `{shown(wanted)}`",
            hint=f"give the id of one: {_listed([team.id for team in found])}",
        )
    raise UsageError(
        f"you are in no team `{shown(wanted)}`",
        hint=f"your teams are {_listed([team.name for team in teams])}",
    )


def choose_team(teams: Sequence[Team], wanted: str | None, dialogue: Dialogue) -> Team:
    """Return the team *wanted*, or the one that the person chooses; raises `UsageError` or `AuthError`."""
    if not teams:
        raise AuthError("the proxy asks for a team and names none", hint="tell the operator of the proxy")
    return find_team(teams, dialogue.choose_team(teams) if wanted is None else wanted)


def _team(entry: object) -> Team | None:
    fields = entry if isinstance(entry, dict) else {"team_id": entry}
    found, alias = identifier(fields.get("team_id") or fields.get("id")), fields.get("team_alias")
    if found is None:
        return None
    name = shown(alias) if isinstance(alias, str) else ""
    return Team(found, name or found)


def is_named(name: str, wanted: str) -> bool:
    """Tell whether the team called *name* is the one *wanted*, in any case."""
    return bool(wanted) and name.casefold() == shown(wanted).casefold()


def shown(text: str) -> str:
    """Return the name or id *text* as it may be shown: one line of a bearable length."""
    return readable(text, _NAME_LIMIT)


def _listed(names: Sequence[str]) -> str:
    return some_of(names, _NAMES_SHOWN, lambda name: f"`{shown(name)}`")
