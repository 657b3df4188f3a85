"""The URL of the proxy as somebody pasted it: what of it is not the root. Pure."""

from urllib.parse import urlsplit

# What stands at the end of a URL that was copied from a browser or from another tool; the longest counts.
ROUTES = (
    "/chat/completions",
    "/completions",
    "/responses",
    "/messages",
    "/embeddings",
    "/models",
    "/model/info",
    "/health/readiness",
    "/health/liveliness",
    "/health",
    "/sso/key/generate",
    "/key/generate",
    "/ui/login",
    "/ui",
    "/docs",
    "/mcp",
)
_VERSION = "/v1"


def route_in(root: str) -> str | None:
    """Return the route of a proxy that *root* ends with, None when it ends with none."""
    path = urlsplit(root).path.lower()
    found = next((route for route in ROUTES if path.endswith(route)), None)
    if found is None:
        return None
    before = path.removesuffix(found)
    return _VERSION + found if before.endswith(_VERSION) else found


def without_route(root: str) -> str:
    """Return *root* without the route at its end."""
    route = route_in(root)
    return root if route is None else root[: -len(route)].rstrip("/")


def remarks(given: str, root: str) -> list[str]:
    """Return what is to be said of the URL *given*, whose proxy root is *root*."""
    said = []
    if urlsplit(given.strip()).path.rstrip("/").lower().endswith(_VERSION):
        said.append("the `/v1` at its end is left out")
    if path := urlsplit(root).path:
        said.append(f"the proxy is below the path `{path}`")
    return said
