"""Findings of the configuration: which proxy, as whom and how, and where each of that was said."""

from collections.abc import Callable, Mapping, Sequence
from shlex import quote

from litectl import environment
from litectl.credentials.chain import NONE, OWN_VARIABLE, SHARED_VARIABLES, Credential
from litectl.credentials.stored import KEYCHAIN, StoredCredential
from litectl.doctor.finding import Finding, failure, judged, of_error, ok, warning
from litectl.environment import Environment
from litectl.errors import ConfigError, ExitCode
from litectl.profiles.profile import Profile, Profiles
from litectl.profiles.target import BUILT_IN, PROFILE_OPTION, ROOT_ORDER, Target
from litectl.text.nearness import near
from litectl.wire.headers import AUTHORIZATION
from litectl.wire.pasted import remarks, route_in, without_route
from litectl.wire.root import check_transport, is_loopback
from litectl.wire.tls import Tls

DISCOVERY_SECONDS = 5.0
MEND_SOURCE = "mend what was to come first, or unset what names it"
QUOTED = "quotation marks around it, which are sent as a part of it"
_QUOTES = "\"'`"
_OWN_PREFIX = "LITECTL_"
_NUMBERS = (environment.DISCOVERY_TIMEOUT_MS, environment.HELPER_TTL, environment.LOGIN_HOURS)
_TLS_FILES = {
    "ca_bundle": "--ca-bundle",
    "client_cert": "--client-cert",
    "client_key": "--client-key",
}


def examine_profile(option: str | None, variables: Environment, profiles: Profiles) -> Finding:
    """Return which profile is meant, and who named it."""
    named = variables.get(environment.PROFILE)
    name, source = (option, PROFILE_OPTION) if option else (named, environment.PROFILE)
    known = ", ".join(f"`{each}`" for each in profiles.by_name) or "none"
    if name:
        profiles.get(name)  # or it is unknown, which is raised
        return ok("profile", f"`{name}`, named by {source}")
    if profiles.default_name and profiles.default is None:
        detail = f"the default profile `{profiles.default_name}` is not stored; stored: {known}"
        return warning("profile", detail, "`litectl profiles use NAME`")
    if profiles.default is not None:
        return ok("profile", f"`{profiles.default.name}` is the default; stored: {known}")
    if profiles.by_name:
        return warning("profile", f"none is the default; stored: {known}", "`litectl profiles use NAME`")
    return ok("profile", "none is stored")


def examine_root(
    target: Target,
    given: str,
    *,
    allow_http: bool,
    has_profiles: bool = False,
    is_taken: Callable[[str], bool] = lambda _: True,
) -> Finding:
    """
    Return where the proxy is, by the URL as it was *given*; *allow_http* allows plain http.

    *has_profiles* tells whether any profile is stored. *is_taken* tells whether anybody is there; it is asked
    of the built-in default, which nobody chose.
    """
    root, name = target.root, "base_url"
    settings = target.settings_profile
    of_profile = (
        f", with the settings of profile `{settings.name}`" if settings and not target.profile else ""
    )
    facts = [f"{root}, from {_said_by(target)}{of_profile}", *remarks(given, root)]
    if route := route_in(root):
        detail = f"{root}, from {_said_by(target)}, ends with the route `{route}`"
        remedy = f"give the root of the proxy: {without_route(root)}"
        return failure(name, detail, remedy, ExitCode.CONFIG)
    try:
        check_transport(root, allow_http=allow_http)
    except ConfigError as error:
        return of_error(name, error)
    if target.source == BUILT_IN:
        problem = "no profile is the default" if has_profiles else "nothing is configured"
        remedy = "`litectl profiles use NAME`" if has_profiles else "`litectl login`, or set LITECTL_BASE_URL"
        if not is_taken(root):
            detail = f"{problem}, and the built-in default {root} does not answer"
            return failure(name, detail, remedy, ExitCode.NETWORK)
        return judged(name, facts, [problem], remedy)
    if root.startswith("http:") and not is_loopback(root):
        problem = "plain http: anybody on the way can read the key"
        return judged(name, facts, [problem], "ask the operator of the proxy for https")
    return ok(name, "; ".join(facts))


def _said_by(target: Target) -> str:
    return f"profile `{target.profile.name}` ({target.source})" if target.profile else target.source


def examine_headers(
    headers: Mapping[str, str],
    auth_header: str | None,
    option: str | None,
    texts: Sequence[str],
    target: Target,
) -> Finding:
    """
    Return which header takes the key, and which extra ones go along, without their values.

    *option* is that of `--auth-header` and *texts* are those of `--header`.
    """
    by_option = {text.partition(":")[0].strip().lower() for text in texts}
    profile = target.settings_profile
    by_profile = {name.lower() for name in profile.headers} if profile else set()

    def source(name: str) -> str:
        if name.lower() in by_option:
            return "--header"
        return "the profile" if name.lower() in by_profile else environment.HEADERS

    extra = ", ".join(f"{name}: *** (from {source(name)})" for name in headers)
    who = f" (from {'--auth-header' if option else 'the profile'})" if auth_header else ""
    return ok(
        "headers", f"the key goes into {auth_header or AUTHORIZATION}{who}; extra headers: {extra or 'none'}"
    )


def examine_tls_files(
    tls: Tls, root: str, options: Mapping[str, str | None], profile: Profile | None
) -> Finding:
    """Return whom TLS trusts and what is shown; raises `NetworkError` for a file that cannot be used."""
    name = "tls_files"
    facts = [
        f"{field} {value} (from {_source_of(field, options, profile)})"
        for field, value in tls._asdict().items()
        if value
    ]
    if root.startswith("https:"):
        tls.context()
    elif not facts:
        return ok(name, "not needed for plain http")
    return ok(name, "; ".join(facts or ["the trust store of the system"]))


def _source_of(field: str, options: Mapping[str, str | None], profile: Profile | None) -> str:
    if options.get(field):
        return _TLS_FILES[field]
    return "the profile" if profile and getattr(profile, field) else environment.SSL_CERT_FILE


def discovery_seconds(option: float | None, variables: Environment) -> float:
    """Return how long a discovery may take, which the *option* `--timeout` or a variable says."""
    text = variables.get(environment.DISCOVERY_TIMEOUT_MS)
    seconds = _number(text) if text else None
    return option or (seconds / 1000 if seconds else DISCOVERY_SECONDS)


def examine_timeouts(option: float | None, variables: Environment) -> Finding:
    """Return how long answers are waited for."""
    source = "--timeout" if option else "the default"
    requests = (
        f"{option or 30:g} s for a request, {discovery_seconds(option, variables):g} s for a model list"
    )
    wrong = [name for name in _NUMBERS if (text := variables.get(name)) and _number(text) is None]
    problems = [f"{name} is not a number" for name in wrong]
    facts = [f"{requests} (from {source})"]
    if _number(variables.get(environment.DISCOVERY_TIMEOUT_MS) or "") == 0:
        facts.append(f"{environment.DISCOVERY_TIMEOUT_MS} is 0: no list is fetched unasked")
    return judged("timeouts", facts, problems, f"correct or unset {', '.join(wrong)}" if wrong else None)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


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


def examine_credential(
    credential: Credential,
    shown: str | None,
    candidates: Sequence[Profile],
    root: str,
    warnings: Sequence[str] = (),
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
