"""A proxy that answers every request with all that it was sent, in every spelling."""

import json
from typing import NamedTuple
from urllib.parse import quote

from fake_proxy import Answer, FakeProxy, Request, error_answer, sse


class Echo(NamedTuple):
    """How a parrot answers: the *status*, and the *form* its words are put in."""

    status: int
    form: str


ECHOES = [
    Echo(status, form)
    for status, form in [
        (200, "page"),
        (200, "error"),
        (200, "events"),
        (302, "page"),
        (400, "error"),
        (401, "error"),
        (401, "detail"),
        (403, "page"),
        (404, "detail"),
        (422, "error"),
        (429, "error"),
        (500, "page"),
        (502, "detail"),
    ]
]


class Parrot(FakeProxy):
    """Answers as *echo* says; requests that have an answer of their own get that."""

    def __init__(self, echo: Echo) -> None:
        super().__init__()
        self._echo = echo

    def answer_to(self, request: Request) -> Answer:
        """Return everything that *request* has."""
        if (request.method, request.path.partition("?")[0]) in self._answers:
            return super().answer_to(request)
        said = [*request.headers.values(), request.body.decode("utf-8", "replace")]
        text = " ".join(f"{word} {quote(word)} {quote(word, safe='')}" for word in said)
        status, form = self._echo
        if form == "error":
            return error_answer(status, "auth_error", text)
        if form == "detail":
            return Answer(status, [json.dumps({"detail": text}).encode()])
        if form == "events":
            event = {"error": {"message": text, "type": text, "code": "401"}}
            return Answer(status, sse(event, "[DONE]"), "text/event-stream")
        head = (("location", f"https://elsewhere.example.com/?{quote(said[-2])}"),)
        return Answer(status, [f"<p>{text}".encode()], "text/html", head if status == 302 else ())
