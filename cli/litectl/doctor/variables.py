"""The finding of the variables: which are set, which count, and which are no names of ours."""

from collections.abc import Sequence
from shlex import quote

from litectl import environment
from litectl.credentials.chain import NONE, OWN_VARIABLE, SHARED_VARIABLES, Credential
from litectl.doctor.finding import Finding, judged
from litectl.environment import Environment
from litectl.profiles.target import ROOT_ORDER, Target
from litectl.text.nearness import near

_OWN_PREFIX = "LITECTL_"


def examine_variables(target: Target, credential: Credential | None, variables: Environment) -> Finding:
    """Return which variables are set, which of them are not used, and which nobody reads."""
    known = [name for name in environment.MEANINGS if variables.get(name) is not None]
    strange = [
        name for name in variables.all() if name.startswith(_OWN_PREFIX) and name not in environment.MEANINGS
    ]
    problems = [_unknown(name) for name in strange]
    if variables.flag(environment.OFFLINE):
        problems.insert(0, f"{environment.OFFLINE} is set: nothing works that needs the network")
        strange.insert(0, environment.OFFLINE)
    facts = [f"set: {', '.join(known) or 'none'}", *_unused(target, credential, variables)]
    if credential is None or credential.kind != NONE:
        # What is passed over is news only where nothing took its place.
        return judged(
            "variables", [*facts, *(credential.passed_over if credential else ())], problems, _unset(strange)
        )
    passed_over = list(credential.passed_over)
    remedy = _unset(strange) or (
        "set the URL variable of the same family, or `litectl login`" if passed_over else None
    )
    return judged("variables", facts, [*problems, *passed_over], remedy)


def _unset(names: Sequence[str]) -> str | None:
    if not names:
        return None
    correct = "" if [*names] == [environment.OFFLINE] else ", or correct the name"
    return f"`unset {' '.join(map(quote, names))}`{correct}"


def _unknown(name: str) -> str:
    own = [known.removeprefix(_OWN_PREFIX) for known in environment.MEANINGS if known.startswith(_OWN_PREFIX)]
    meant = near(name.removeprefix(_OWN_PREFIX), own)
    return f"litectl reads no {name}" + (f": did you mean {_OWN_PREFIX}{meant[0]}?" if meant else "")


def _unused(target: Target, credential: Credential | None, variables: Environment) -> list[str]:
    """Return what of the URLs and keys is set and comes after what is used."""
    sources = [source for source, _ in ROOT_ORDER]
    later = sources[sources.index(target.source) + 1 :]
    said = [f"{name} is not used: {target.source} comes first" for name in later if variables.get(name)]
    if credential is None or credential.kind == NONE:
        return said
    chain = [OWN_VARIABLE.name, *(variable.name for variable in SHARED_VARIABLES)]
    passed_over = " ".join(credential.passed_over)
    others = [name for name in chain if name != credential.source and name not in passed_over]
    return said + [
        f"{name} is not used: {credential.source} comes first" for name in others if variables.get(name)
    ]
