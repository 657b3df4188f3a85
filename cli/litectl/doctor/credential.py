"""Findings of the credential that is found: where it comes from, and where it is kept."""

from collections.abc import Callable, Sequence

from litectl.credentials.chain import NONE, Credential
from litectl.credentials.stored import KEYCHAIN, StoredCredential
from litectl.doctor.finding import Finding, judged, of_error, ok, warning
from litectl.errors import ConfigError
from litectl.profiles.profile import Profile

MEND_SOURCE = "mend what was to come first, or unset what names it"
QUOTED = "quotation marks around it, which are sent as a part of it"
_QUOTES = "\"'`"


def examine_credential(
    credential: Credential,
    shown: str | None,
    candidates: Sequence[Profile],
    root: str,
    warnings: Sequence[str],
) -> Finding:
    """Return where the key comes from; *shown* is its masked form, *warnings* say what was to come first."""
    name = "credential"
    if is_quoted(credential):
        warnings = [f"the key has {QUOTED}", *warnings]
    if credential.kind == NONE:
        return warning(name, f"no credential is there for {root}", "`litectl login`, or set LITECTL_API_KEY")
    stored, place = credential.stored, ""
    if stored is not None and stored.place_of_secret is not None:
        place = f", kept in the {'OS keychain' if stored.place == KEYCHAIN else 'file'}"
    facts = [f"{' '.join(filter(None, (credential.kind, shown)))}, from {credential.source}{place}"]
    if stored is None:
        facts += [
            f"the login of profile `{profile.name}` is not used: {credential.source} comes first"
            for profile in candidates
            if profile.credential is not None
        ]
    remedy = unquoting(credential) if is_quoted(credential) else MEND_SOURCE
    return judged(name, facts, warnings, remedy if warnings else None)


def is_quoted(credential: Credential) -> bool:
    """Tell whether the key of *credential* has the quotation marks of a file or a shell around it."""
    secret = credential.secret or ""
    return len(secret) > 1 and secret[0] == secret[-1] and secret[0] in _QUOTES


def unquoting(credential: Credential) -> str:
    """Return what to do about a key that is quoted."""
    return f"take the quotation marks out of the value of {credential.source}"


def examine_keychain(
    stored: StoredCredential | None, profile: Profile | None, find: Callable[[], str]
) -> Finding:
    """Return whether the OS keychain is there where it is wanted; *find* gives its name or raises."""
    keeps = stored is not None and stored.place == KEYCHAIN
    if not keeps and not (profile and profile.keychain):
        return ok("keychain", "not used")
    try:
        return ok("keychain", find())
    except ConfigError as error:
        if keeps:
            return of_error("keychain", error)
        return warning("keychain", f"{error.message}: the next login goes into the file", error.hint)
