"""Findings of the network: how the proxy is reached, before anything is asked."""

import errno
import socket
import ssl
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from litectl.doctor.finding import Finding, failure, judged, of_error, ok, warning
from litectl.errors import ConfigError, ExitCode, LitectlError, NetworkError
from litectl.wire.certificate import FEW_DAYS, Certificate, served_certificate
from litectl.wire.health import READINESS
from litectl.wire.httpproxies import VARIABLES, http_proxy_of, set_variables
from litectl.wire.lookup import look_up
from litectl.wire.proxy import Proxy
from litectl.wire.root import is_loopback
from litectl.wire.tls import Tls

NAMES = ("http_proxy", "dns", "connect", "tls")
_MOST_ADDRESSES = 6
_PORTS = {"http": 80, "https": 443}
_PROXY_PORT = 80
_NO_ROUTE = (errno.ENETUNREACH, errno.ENETDOWN)
ELSEWHERE = ("192.0.2.1", 9)  # an address of nobody
_NO_NETWORK = "this machine has no network"
_NETWORK_REMEDY = "check the VPN, the firewall, and whether the proxy runs and listens on this port"
_NO_NETWORK_REMEDY = "connect this machine to the network, or to the VPN"


class Way(NamedTuple):
    """The machine that a connection is made to: the proxy, or the *http_proxy* before it."""

    host: str
    port: int
    http_proxy: str | None = None


def examine_network(
    root: str, tls: Tls, variables: Mapping[str, str], *, seconds: float, now: float
) -> Iterator[Finding]:
    """Give the findings of `NAMES`; each connection is waited for *seconds* at most, and nothing is sent."""
    http_proxy = http_proxy_of(root)
    found = _http_proxy(root, http_proxy, variables)
    yield found
    if found.is_obstacle:
        return
    way = _way(root, http_proxy)
    found, addresses = _dns(way, seconds)
    yield found
    if found.is_obstacle:
        return
    found = _connected(way, addresses, seconds)
    yield found
    if found.is_obstacle:
        return
    yield _tls(root, tls, seconds, now)


def _way(root: str, http_proxy: str | None) -> Way:
    parts = urlsplit(root)
    if http_proxy is None:
        return Way(parts.hostname or "", parts.port or _PORTS[parts.scheme])
    between = urlsplit(f"//{http_proxy}")
    return Way(between.hostname or "", between.port or _PROXY_PORT, http_proxy)


def _http_proxy(root: str, http_proxy: str | None, variables: Mapping[str, str]) -> Finding:
    """Return which of the variables of HTTP proxies are set, and what they come to for *root*."""
    name, names = "http_proxy", set_variables(variables)
    facts = [f"set: {', '.join(names)}"] if names else []
    differing = [
        f"{each.lower()} and {each} differ, and the first counts"
        for each in VARIABLES
        if {each, each.lower()} <= {*names} and variables[each] != variables[each.lower()]
    ]
    socks = [each for each in names if variables[each].strip().lower().startswith("socks")]
    if socks and not is_loopback(root):
        detail = f"{', '.join(socks)} names a SOCKS proxy, which is not supported"
        return failure(name, detail, f"`unset {' '.join(socks)}`, or name an HTTP proxy", ExitCode.CONFIG)
    if unusable := _unusable(root):
        return of_error(name, unusable)
    if http_proxy is not None and not _has_port(http_proxy):
        detail = f"{http_proxy} is no address of an HTTP proxy"
        return failure(name, detail, "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY", ExitCode.CONFIG)
    if http_proxy is not None:
        facts.insert(0, f"requests go through {http_proxy}")
    elif is_loopback(root):
        facts.insert(0, "none: the proxy is on this machine")
    else:
        facts.insert(0, "this host is excepted from them" if names else "none")
    return judged(name, facts, differing, "set both alike, or one of them only" if differing else None)


def _has_port(http_proxy: str) -> bool:
    """Tell whether *http_proxy*, a host and its port, has one that there is, or the usual one."""
    try:
        return urlsplit(f"//{http_proxy}").port != 0
    except ValueError:
        return False


def _unusable(root: str) -> ConfigError | None:
    """Return why the variables of HTTP proxies, each of which is read for any address, cannot be used."""
    try:
        with Proxy(f"http://{urlsplit(root).netloc}"):  # without the certificates that https would load
            return None
    except ConfigError as error:
        return error


def _dns(way: Way, seconds: float) -> tuple[Finding, Sequence[str]]:
    """Return how the host that is connected to was looked up, and its addresses."""
    name, started = "dns", time.monotonic()
    addresses: Sequence[str] = ()
    problem = ""
    try:
        addresses = look_up(way.host, way.port, seconds)
    except OSError as error:
        problem = error.strerror or str(error)
    except UnicodeError:
        problem = "it is not the name of a host"
    if not addresses:
        if not _is_on_a_network():
            return failure(name, f"{_NO_NETWORK}: {problem}", _NO_NETWORK_REMEDY, ExitCode.NETWORK), ()
        detail = f"no address for {way.host}: {problem}"
        return failure(name, detail, _dns_remedy(way), ExitCode.NETWORK), ()
    whose = " of the HTTP proxy, which looks up the rest" if way.http_proxy else ""
    if addresses == [way.host]:
        return ok(name, f"{way.host} is an address{whose}"), addresses
    took = (time.monotonic() - started) * 1000
    shown = ", ".join(addresses[:_MOST_ADDRESSES])
    return ok(name, f"{way.host} is {shown}, in {took:.0f} ms{whose}"), addresses


def _dns_remedy(way: Way) -> str:
    where = "HTTPS_PROXY, HTTP_PROXY and ALL_PROXY" if way.http_proxy else "the URL"
    return f"check the name in {where}, the VPN, and the name server: `getent hosts {way.host}`"


def is_taken(root: str, *, seconds: float) -> bool:
    """Tell whether anybody takes connections at *root*, within *seconds*."""
    way = _way(root, None)
    try:
        socket.create_connection((way.host, way.port), seconds).close()
    except OSError:
        return False
    return True


def _is_on_a_network() -> bool:
    """Tell whether there is a way from this machine to any other; nothing is sent to find out."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unsent:
            unsent.connect(ELSEWHERE)
    except OSError as error:
        return error.errno not in _NO_ROUTE
    return True


def _connected(way: Way, addresses: Sequence[str], seconds: float) -> Finding:
    """Return whether one of *addresses* takes connections, and how soon."""
    refused = []
    numbers = set()
    for address in addresses[:_MOST_ADDRESSES]:
        started = time.monotonic()
        try:
            socket.create_connection((address, way.port), seconds).close()
        except OSError as error:
            numbers.add(error.errno)
            refused.append(
                f"no connection to {_shown(address)}: {error.strerror or f'none within {seconds:g} s'}"
            )
            continue
        took = (time.monotonic() - started) * 1000
        fact = f"{_shown(address)} port {way.port} in {took:.0f} ms"
        remedy = "commands wait for it each time: mend that address, or its entry in the DNS"
        return judged("connect", [fact], refused, remedy if refused else None)
    return _unconnected(way, "; ".join(refused), numbers)


def _unconnected(way: Way, told: str, numbers: Collection[int | None]) -> Finding:
    """Return the failure to connect of which *told* is said; *numbers* are those of the system's errors."""
    what, remedy = f"nobody takes connections on port {way.port}", _NETWORK_REMEDY
    if way.http_proxy:
        remedy = "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or except the host in NO_PROXY"
    elif {*numbers} <= {*_NO_ROUTE}:
        what, remedy = f"this machine has no route to {way.host}", _NO_NETWORK_REMEDY
    elif {*numbers} == {errno.ECONNREFUSED} and is_loopback(f"//{_shown(way.host)}"):
        remedy = "check the port, and whether the proxy runs"
    return failure("connect", f"{what}: {told}", remedy, ExitCode.NETWORK)


def _shown(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _tls(root: str, tls: Tls, seconds: float, now: float) -> Finding:
    """Return whose certificate is shown, and until when; raises `NetworkError` where it is not trusted."""
    name = "tls"
    if root.startswith("http:"):
        return ok(name, "not used: plain http")
    try:
        shown = served_certificate(root, tls, seconds=seconds)
    except NetworkError as error:
        remedy = _plain_http(root, seconds) if _is_no_tls(error.__cause__) else None
        return failure(name, error.message, remedy or error.hint, error.exit_code)
    if shown is None:
        return ok(name, "the certificate is not looked at behind an HTTP proxy; every request verifies it")
    return _lasting(shown, now)


def _is_no_tls(cause: BaseException | None) -> bool:
    """Tell whether *cause* may come of somebody who does not speak TLS at all."""
    return isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLCertVerificationError)


def _plain_http(root: str, seconds: float) -> str | None:
    """Return what to do where plain http answers at the address of *root*, an https URL, else None."""
    plain = f"http:{root.removeprefix('https:')}"
    try:
        with Proxy(plain) as proxy:
            proxy.reply("GET", READINESS, seconds=seconds)
    except LitectlError:
        return None
    return f"plain http answers there: use {plain}"


def _lasting(shown: Certificate, now: float) -> Finding:
    days = shown.days_left(now)
    detail = f"{shown.protocol}, for {shown.subject}, issued by {shown.issuer}, {days} days left"
    if days < FEW_DAYS:
        return warning("tls", detail, "tell the operator of the proxy to renew the certificate")
    return ok("tls", detail)
