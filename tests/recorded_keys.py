"""What a real proxy answered on its routes of keys and spend; the recording says how it was cut."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fake_proxy import Answer, Request, json_answer

ANSWERS: dict[str, Any] = json.loads((Path(__file__).parent / "recordings/keys/answers.json").read_text())[
    "answers"
]
LIST, INFO, GENERATE, DELETE = "/key/list", "/key/info", "/key/generate", "/key/delete"
USER_INFO, TEAM_INFO = "/user/info", "/team/info"
USER_ACTIVITY, TEAM_ACTIVITY = "/user/daily/activity", "/team/daily/activity"


def body(label: str) -> Any:
    """Return the body of the recorded answer *label*."""
    return ANSWERS[label]["body"]


def recorded(label: str) -> Answer:
    """Return the recorded answer *label*."""
    return json_answer(ANSWERS[label]["body"], ANSWERS[label]["status"])


def query_of(request: Request) -> dict[str, str]:
    """Return the query of *request*, the last value of each name."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(request.path).query).items()}


def key_entry(token: str = "f" * 64, **fields: object) -> dict[str, object]:
    """Return an entry of the list of keys."""
    return {"token": token, "key_name": "sk-...abcd", "key_alias": None, "spend": 0.0, **fields}


def key_page(*entries: object, page: int = 1, pages: int = 1) -> dict[str, object]:
    """Return an answer of the list of keys."""
    return {"keys": list(entries), "total_count": len(entries), "current_page": page, "total_pages": pages}


def metrics(spend: float | None = None, **counts: int) -> dict[str, object]:
    """Return the metrics of a day or of a part of it."""
    return {"metrics": {"spend": spend, **counts}}


def day(date: str, spend: float | None = None, **breakdown: object) -> dict[str, object]:
    """Return one day of the activity, in which *spend* dollars were spent."""
    return {"date": date, **metrics(spend), "breakdown": breakdown}
