"""A login with an API key: a proxy that takes one key only, and the login to it."""

from fake_proxy import Answer, FakeProxy, Request, error_answer, json_answer
from program import Litectl, Result

KEY = "sk-good-key-1234"


def accept_key(fake: FakeProxy) -> None:
    """Let *fake* list its models to `KEY` and refuse every other one, as with a database."""

    def models(request: Request) -> Answer:
        if request.headers.get("authorization") == f"Bearer {KEY}":
            return json_answer({"data": [], "object": "list"})
        return error_answer(
            401, "token_not_found_in_db", "Authentication Error, Invalid proxy server token passed"
        )

    fake.on("GET", "/v1/models", models)
    fake.on("GET", "/public/model_hub/info", json_answer({"litellm_version": "1.106.2"}))


def login(litectl: Litectl, root: str, *arguments: str, key: str = KEY) -> Result:
    """Log in unattended with *key* on stdin."""
    return litectl("login", "--base-url", root, "--api-key-file", "-", *arguments, stdin=key.encode() + b"\n")
