"""Asks the proxy for what it has counted on each day."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from litectl.errors import NotAllowedError, ProxyError
from litectl.keys.api import asked
from litectl.spend.period import Period
from litectl.spend.usage import Days, days_of
from litectl.text.jsontext import number, object_of
from litectl.wire.deadline import Deadline

if TYPE_CHECKING:
    from litectl.wire.proxy import Proxy

SECONDS = 120.0
MOST_PAGES = 500
_PAGE_SIZE = 1000  # the most that a proxy gives
_MOST_KEYS = 1000  # so many it tells apart in one answer


class Activity(NamedTuple):
    """The *days* of a period, some of them in several pieces; it *is_cut* when the proxy has more of them."""

    days: Days
    is_cut: bool = False


def fetch_activity(
    proxy: "Proxy",
    period: Period,
    *,
    user_id: str | None,
    team_id: str | None,
    needs_keys: bool,
    seconds: float,
) -> Activity:
    """
    Return what was used in *period*: of a user or a team where that is given, else of all that may be seen.

    One request for all where the proxy sums up itself, unless it then leaves out keys and *needs_keys*;
    else page by page. Raises what goes wrong with any page, within *seconds* for all.
    """
    deadline = Deadline(seconds)
    query = {"start_date": str(period.since), "end_date": str(period.until)}
    query |= {"team_ids": team_id} if team_id else {"user_id": user_id} if user_id else {}
    path = f"/{'team' if team_id else 'user'}/daily/activity"
    summed = _summed(proxy, path, query, deadline)
    if summed is not None and not (needs_keys and _lacks_keys(summed)):
        return Activity(days_of(summed))
    return _paged(proxy, path, query, deadline)


def _summed(proxy: "Proxy", path: str, query: Mapping[str, str], deadline: Deadline) -> object:
    """Return the answer of the route that sums up, None where there is none, or not for this credential."""
    try:
        return _asked(proxy, f"{path}/aggregated", {**query, "api_key_limit": str(_MOST_KEYS)}, deadline)
    except (NotAllowedError, ProxyError) as error:
        if "reason" in error.details:
            raise
        return None


def _lacks_keys(document: object) -> bool:
    """Tell whether only the keys that cost most are in the answer *document*."""
    about = object_of(object_of(document).get("metadata"))
    limit, keys = number(about.get("api_key_limit")), number(about.get("total_api_keys"))
    return limit is not None and keys is not None and keys > limit


def _paged(proxy: "Proxy", path: str, query: Mapping[str, str], deadline: Deadline) -> Activity:
    days: list[Mapping[str, object]] = []
    for page in range(1, MOST_PAGES + 1):
        numbers = {"page": str(page), "page_size": str(_PAGE_SIZE)}
        document = _asked(proxy, path, {**query, **numbers}, deadline)
        days += days_of(document)
        if object_of(object_of(document).get("metadata")).get("has_more") is not True:
            return Activity(days)
    return Activity(days, is_cut=True)


def _asked(proxy: "Proxy", path: str, query: Mapping[str, str], deadline: Deadline) -> object:
    return asked(proxy, f"{path}?{urlencode(query, errors='replace')}", deadline.left())
