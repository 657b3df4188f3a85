"""Findings of how the proxy is asked: headers, whom TLS trusts, and how long an answer is waited for."""

from collections.abc import Mapping, Sequence

from litectl import environment
from litectl.doctor.finding import Finding, judged, ok
from litectl.environment import Environment
from litectl.profiles.profile import Profile
from litectl.profiles.target import Target
from litectl.wire.headers import AUTHORIZATION
from litectl.wire.proxy import DEFAULT_SECONDS
from litectl.wire.tls import Tls

_NUMBERS = (environment.DISCOVERY_TIMEOUT_MS, environment.HELPER_TTL, environment.LOGIN_HOURS)
_TLS_FILES = {
    "ca_bundle": "--ca-bundle",
    "client_cert": "--client-cert",
    "client_key": "--client-key",
}


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


def examine_timeouts(option: float | None, list_seconds: float, variables: Environment) -> Finding:
    """Return how long answers are waited for, those of a model list for *list_seconds*."""
    source = "--timeout" if option else "the default"
    requests = f"{option or DEFAULT_SECONDS:g} s for a request, {list_seconds:g} s for a model list"
    wrong = [name for name in _NUMBERS if variables.number(name, 0.0) is None]
    problems = [f"{name} is not a number" for name in wrong]
    facts = [f"{requests} (from {source})"]
    if variables.number(environment.DISCOVERY_TIMEOUT_MS, 1.0) == 0:
        facts.append(f"{environment.DISCOVERY_TIMEOUT_MS} is 0: no list is fetched unasked")
    return judged("timeouts", facts, problems, f"correct or unset {', '.join(wrong)}" if wrong else None)
