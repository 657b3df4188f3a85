"""
Wildcard routes, such as `openai/*`: the names behind them, and what each is routed to. Pure.

A proxy lists the names it knows for a wildcard in `/v1/models`. LiteLLM routes a name to the most
specific pattern that matches it, and puts what the `*` stood for into the name of the backend.
"""

from collections.abc import Iterable, Sequence

from litectl.catalog.modes import mode_of_name
from litectl.catalog.rows import Deployment, grouped

STAR = "*"
_MOST = 50_000  # deployments; what a proxy lists beyond that is a name and no more


def has_wildcards(rows: Iterable[Deployment]) -> bool:
    """Tell whether one of *rows* is a wildcard route."""
    return any(STAR in row["name"] for row in rows)


def expand(rows: Sequence[Deployment], listed: Iterable[Deployment]) -> list[Deployment]:
    """
    Return *rows* with a deployment for each name of *listed* that a wildcard routes, or that is new.

    A wildcard that stands for at least one name is left out; one that stands for
    none stays, since it is all the proxy says. Some proxies list a name twice.
    """
    routes = grouped(row for row in rows if STAR in row["name"])
    patterns = sorted(routes, key=_specificity, reverse=True)
    present = {row["name"] for row in rows}
    new = {entry["name"]: entry for entry in listed if entry["name"] not in present}
    expanded = list(rows)
    for name, entry in new.items():
        pattern = next((pattern for pattern in patterns if _parts(pattern, name) is not None), None)
        if pattern is None or STAR in name or len(expanded) > _MOST:
            expanded.append(entry)
        else:
            expanded += [_routed(route, entry, _parts(pattern, name) or []) for route in routes[pattern]]
    names = [name for name in (present | new.keys()) if STAR not in name]
    return [row for row in expanded if STAR not in row["name"] or not stands_for_any(row["name"], names)]


def stands_for_any(pattern: str, names: Iterable[str]) -> bool:
    """Tell whether one of *names* matches *pattern*, which has a `STAR`."""
    return any(_parts(pattern, name) is not None for name in names)


def _parts(pattern: str, name: str) -> list[str] | None:
    """
    Return what each wildcard of *pattern* stands for in *name*, None when it does not match.

    In a time that grows with the length of the name only, whatever a proxy calls its routes.
    """
    first, *middle, last = pattern.split(STAR)
    end = len(name) - len(last)
    if end < len(first) or not (name.startswith(first) and name.endswith(last)):
        return None
    parts, position = [], len(first)
    for literal in middle:
        found = name.find(literal, position, end)
        if found < 0:
            return None
        parts.append(name[position:found])
        position = found + len(literal)
    return [*parts, name[position:end]]


def _specificity(name: str) -> tuple[int, int, str]:
    """Order patterns by their length, then by how few wildcards they have; the name makes it total."""
    return len(name) - name.count(STAR), -name.count(STAR), name


def _routed(route: Deployment, entry: Deployment, parts: Sequence[str]) -> Deployment:
    """Return the deployment of *entry* behind *route*, whose wildcards stand for *parts*."""
    row = Deployment(**{**route, **entry})
    if "source" in route:
        told = [field for field in entry if field not in ("name", "source", "filled")]
        row["source"] = route["source"]
        row["filled"] = {**route.get("filled", {}), **dict.fromkeys(told, entry.get("source", ""))}
    # What a backend takes depends on the model, and the proxy answered for one called `*`.
    row.pop("supported_parameters", None)
    if "mode" not in entry and mode_of_name(entry["name"]) is not None:
        row.pop("mode", None)  # what was said of all is not true of this one
    backend = route.get("backend", "")
    literals = backend.split(STAR)
    if len(literals) == len(parts) + 1:
        row["backend"] = "".join(map("".join, zip(literals, [*parts, ""], strict=True)))
    elif STAR in backend:
        del row["backend"]
    return row
