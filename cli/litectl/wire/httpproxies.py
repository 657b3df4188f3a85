"""The HTTP proxies that the environment puts between this machine and others, as httpx takes them."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from litectl.failures.envelopes import readable
from litectl.wire.root import is_loopback

# Each is read in both cases, the lower one first.
VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


def http_proxy_of(root: str) -> str | None:
    """Return host and port of the HTTP proxy before *root*, without its password; None where none is."""
    if is_loopback(root):
        return None
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(root)
    proxies = getproxies()
    address = proxies.get(parts.scheme) or proxies.get("all")
    if not address or proxy_bypass(parts.netloc):
        return None
    return readable(address).rpartition("@")[2].rpartition("//")[2].partition("/")[0]


def set_variables(variables: Mapping[str, str]) -> list[str]:
    """Return the names of those of `VARIABLES` that are set in *variables*, as they are written there."""
    names = (form for name in VARIABLES for form in (name.lower(), name))
    return [name for name in names if variables.get(name, "").strip()]
