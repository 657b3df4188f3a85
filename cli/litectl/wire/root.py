"""
The proxy root: the URL that every route of a proxy hangs off.

Users paste it in many shapes (`https://Host/v1/`, `https://host:443`); the
functions here give the one form that is stored, compared and sent to. The path
is kept and case-sensitive, because a proxy may be mounted under a prefix.
"""

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from litectl.errors import ConfigError

DEFAULT_ROOT = "http://localhost:4000"
# Texts: compiling them would be one percent of a start that normalises nothing.
_WITHOUT_SCHEME = r"(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:/[\w./-]*)?"
_PLAIN_HOST = r"(?i)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalise_root(url: str) -> str:
    """
    Return *url* as a proxy root: no trailing slash, no trailing `/v1`, lower-case host.

    Raises `ConfigError` when it is no http(s) URL, or carries a user name, a
    query or a fragment, none of which belongs into an address that is stored.
    """
    hint = "give the proxy's address, for example `https://litellm.example.com`"
    parts = _split(url.strip(), hint)
    if parts.username is not None or parts.password is not None:
        raise ConfigError("the proxy URL must not contain a user name or password", hint=hint)
    if parts.query or parts.fragment or url.strip().endswith(("?", "#")):
        raise ConfigError("the proxy URL must not contain a query or fragment", hint=hint)
    return urlunsplit((parts.scheme, _authority(parts), _path(parts.path), "", ""))


def is_loopback(root: str) -> bool:
    """Tell whether the host of *root* is this machine: `localhost`, 127.0.0.0/8 or `[::1]`."""
    host = urlsplit(root).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def same_origin(root: str, url: str) -> bool:
    """
    Tell whether *url* has the scheme, host and port of *root*, and neither user name nor fragment.

    An address that a proxy gives, to send a secret to or to open in a browser, has to be its own.
    """
    try:
        ours, theirs = _split(root, ""), _split(url, "")
    except ConfigError:
        return False
    is_plain = theirs.username is None and theirs.password is None and not theirs.fragment
    return is_plain and (ours.scheme, _authority(ours)) == (theirs.scheme, _authority(theirs))


def check_transport(root: str, *, allow_http: bool) -> None:
    """Raise `ConfigError` when *root* is plain http to another machine and nobody allowed that."""
    if root.startswith("https:") or allow_http or is_loopback(root):
        return
    raise ConfigError(
        f"refusing plain http to {root}: anybody on the way could read the key",
        hint="use https, or allow it with `--allow-http`, LITECTL_ALLOW_HTTP=1 "
        "or `litectl profiles set allow_http=true`",
    )


def _split(url: str, hint: str) -> SplitResult:
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ConfigError("the proxy URL contains white space or control characters", hint=hint)
    try:
        parts = urlsplit(url)
        is_doubled = parts.hostname in _DEFAULT_PORTS and parts.path.startswith("//")  # http://http://...
        is_usable = parts.scheme in _DEFAULT_PORTS and parts.port != 0 and not is_doubled
        if is_usable and _is_host(parts.hostname or ""):
            return parts
    except ValueError:
        pass  # said below, as for every other address that is none
    shown = _without_userinfo(url)
    if re.fullmatch(_WITHOUT_SCHEME, shown):
        scheme = "http" if is_loopback(f"//{shown}") else "https"
        hint = f"did you mean `{scheme}://{shown}`?"
    raise ConfigError(f"not a proxy URL: {shown}", hint=hint)


def _is_host(host: str) -> bool:
    """Tell whether a name service could take *host*: an address, or labels of 1 to 63 characters."""
    if ":" in host or re.fullmatch(_PLAIN_HOST, host):
        return True
    try:
        return bool(host.encode("idna"))
    except UnicodeError:
        return False


def _without_userinfo(url: str) -> str:
    return url.rsplit("@", 1)[-1][:200]


def _authority(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    if parts.port is None or parts.port == _DEFAULT_PORTS[parts.scheme]:
        return host
    return f"{host}:{parts.port}"


def _path(path: str) -> str:
    path = path.rstrip("/")
    return path[:-3].rstrip("/") if path.lower().endswith("/v1") else path
