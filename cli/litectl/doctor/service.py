"""Findings of what answers there: a LiteLLM proxy or something else, and how it is. No credential is sent."""

from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from litectl.credentials.check import proxy_version
from litectl.doctor.finding import Finding, failure, judged, ok, skipped, warning
from litectl.errors import ConfigError, ExitCode
from litectl.failures.wording import readable
from litectl.text.durations import duration_text
from litectl.wire.answers import Reply
from litectl.wire.health import READINESS, has_database, is_ready
from litectl.wire.pasted import route_in, without_route
from litectl.wire.proxy import Proxy
from litectl.wire.root import normalise_root

NAMES = ("answer", "clock", "readiness", "version")
OLDEST, NEWEST = "1.53.9", "1.109.1"  # of the versions that litectl is tested with
_MODELS = "/v1/models"
_VERSION_SECONDS = 3.0  # nothing depends on it
_CLOCK_WARNING = 60.0  # seconds
_LOGIN_WORDS = ("login", "signin", "sign-in", "sso", "oauth", "saml", "auth")
_WORDS = 40  # characters of a word that a proxy says
_TUNNEL_REMEDY = "put them into HTTP_PROXY, before the host: `USER:PASSWORD@HOST:PORT`"
_GATEWAY_REMEDY = (
    "check that the URL is the root of a LiteLLM proxy, and that no gateway or login page is in between"
)


def examine_service(proxy: Proxy, *, seconds: float, now: Callable[[], float]) -> Iterator[Finding]:
    """Give the findings of `NAMES`; raises `NetworkError` when nobody answers."""
    reply = proxy.reply("GET", READINESS, seconds=seconds)
    arrived = now()
    found = _answer(proxy, reply, seconds)
    yield found
    if found.is_obstacle:
        return
    yield _clock(reply, arrived)
    yield _readiness(reply)
    yield _version(proxy_version(proxy, seconds=min(seconds, _VERSION_SECONDS)))


def _answer(proxy: Proxy, reply: Reply, seconds: float) -> Finding:
    """Return whether the one who gave *reply* is a LiteLLM proxy."""
    name, status = "answer", reply.status
    if 300 <= status < 400:
        return _redirected(proxy.root, reply)
    if _word(reply, "status") or _word(reply, "db"):
        return ok(name, f"a LiteLLM proxy, {READINESS} answers {status}")
    kind = readable(reply.headers.get("content-type", "")).partition(";")[0] or "no content type"
    said = f"{proxy.root} answers {_named(status)} to {READINESS} ({kind})"
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        detail = "the HTTP proxy on the way wants a user and a password (407)"
        return failure(name, detail, _TUNNEL_REMEDY, ExitCode.NETWORK)
    if status in (401, 403):
        detail = f"{said}: a gateway in between wants a credential of its own"
        return warning(name, detail, "send what it wants with `--header`, or ask its operator")
    if status == 404:
        return _without_readiness(proxy, said, seconds)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return failure(name, said, "wait, and try again", ExitCode.RATE_LIMITED)
    if status >= 500:
        remedy = "the proxy, or the gateway before it, is down or starting: try again, or tell the operator"
        return failure(name, said, remedy, ExitCode.UPSTREAM)
    return failure(name, f"{said}, which is not a LiteLLM proxy's answer", _GATEWAY_REMEDY, ExitCode.FAILED)


def _without_readiness(proxy: Proxy, said: str, seconds: float) -> Finding:
    """Return whether there is a proxy all the same: a gateway may let some of its routes through only."""
    reply = proxy.reply("GET", _MODELS, seconds=seconds)
    if reply.status != 404 and reply.document is not None:
        detail = f"{said}, but {_MODELS} is there: a gateway hides the rest, or it is not a LiteLLM proxy"
        return warning("answer", detail, f"ask the operator to let `{READINESS}` through")
    parts = urlsplit(proxy.root)
    if parts.path:
        remedy = (
            f"give the root of the proxy, without the path of any route; try {parts.scheme}://{parts.netloc}"
        )
        detail = f"{said}, and to {_MODELS}: no LiteLLM proxy is there"
        return failure("answer", detail, remedy, ExitCode.CONFIG)
    detail = f"{said}, and to {_MODELS}: another program answers there"
    return failure("answer", detail, "check the host and the port of the URL", ExitCode.CONFIG)


def _redirected(root: str, reply: Reply) -> Finding:
    """Return where the redirect of *reply* leads, and which URL to use instead."""
    target = _target_of(root, readable(reply.headers.get("location", "")).split("?")[0])
    if target is None:
        detail = f"{root} answers {_named(reply.status)} and does not say where to"
        return failure("answer", detail, _GATEWAY_REMEDY, ExitCode.CONFIG)
    detail = f"{root} redirects to {_without_userinfo(target)}, and a credential never follows a redirect"
    is_login = any(word in urlsplit(target).path.lower() for word in _LOGIN_WORDS)
    other = target.removesuffix("/").removesuffix(READINESS)
    if is_login or other == target.removesuffix("/"):
        remedy = "a login page or gateway is in between: use an address that programs may use, or a VPN"
        return failure("answer", detail, remedy, ExitCode.CONFIG)
    return failure("answer", detail, f"use this URL instead: {_root_of(other)}", ExitCode.CONFIG)


def _target_of(root: str, location: str) -> str | None:
    """Return the URL that a redirect to *location* leads to, None where that is none."""
    try:
        target = urljoin(f"{root}{READINESS}", location)
        return target if location and urlsplit(target).netloc else None
    except ValueError:
        return None


def _without_userinfo(url: str) -> str:
    scheme, slashes, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}"


def _root_of(url: str) -> str:
    try:
        root = normalise_root(_without_userinfo(url))
    except ConfigError:
        return _without_userinfo(url)
    return without_route(root) if route_in(root) else root


def _clock(reply: Reply, now: float) -> Finding:
    """Return how far the clock of this machine is from that of the proxy."""
    name, text = "clock", reply.headers.get("date")
    try:
        ahead = now - parsedate_to_datetime(text or "").timestamp()
    except (ValueError, TypeError, OverflowError, OSError):
        return ok(name, "the proxy does not say what time it is there")
    # A date in the answer of a cache would be as old as that.
    if abs(ahead) < _CLOCK_WARNING or "age" in reply.headers:
        return ok(name, f"that of the proxy differs by {abs(ahead):.0f} s")
    direction = "ahead of" if ahead > 0 else "behind"
    differs = f"this machine is {duration_text(abs(ahead))} {direction} the proxy"
    detail = f"{differs}: tokens seem to end at the wrong time"
    remedy = "set the clock of whichever is wrong: `timedatectl set-ntp true`"
    return warning(name, detail, remedy)


def _readiness(reply: Reply) -> Finding:
    name, status, database = "readiness", _word(reply, "status"), _word(reply, "db")
    if status is None:
        return skipped(name, f"{READINESS} does not tell")
    facts = [status] + ([f"database: {database}"] if database else [])
    if reply.status >= 400 or not is_ready(status):
        remedy = "the proxy is starting, stopping or broken: try again, or tell its operator"
        return failure(name, "; ".join([_named(reply.status), *facts]), remedy, ExitCode.UPSTREAM)
    if has_database(database) is False:
        facts.append("it has none, or lost it: without one there are no virtual keys, budgets and logins")
    return ok(name, "; ".join(facts))


def _version(version: str | None) -> Finding:
    name = "version"
    if version is None:
        return ok(name, "the proxy does not tell its version")
    shown = readable(version)[:_WORDS]
    number = _number(shown)
    facts = [f"LiteLLM {shown}"]
    if not number:
        return ok(name, facts[0])
    if number < _number(OLDEST):
        remedy = "ask the operator of the proxy to update it"
        return judged(name, facts, [f"older than any version that litectl is tested with, {OLDEST}"], remedy)
    if number > _number(NEWEST):
        facts.append(f"newer than any version that this litectl is tested with, {NEWEST}")
    return ok(name, ", ".join(facts))


def _number(version: str) -> tuple[int, ...]:
    parts = version.split(".")[:3]
    return (
        tuple(int(part) for part in parts)
        if all(part.isdecimal() and len(part) < 9 for part in parts)
        else ()
    )


def _word(reply: Reply, name: str) -> str | None:
    value = reply.field(name)
    return readable(value)[:_WORDS] or None if isinstance(value, str) else None


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
