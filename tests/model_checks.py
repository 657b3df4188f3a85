"""A model whose checks are tried: what is known of it, what it answers, and how its checks end."""

import json
from collections.abc import Sequence
from typing import Any

from answers import plain
from backends import backend, deployment
from fake_proxy import (
    CHAT,
    Answer,
    FakeProxy,
    Request,
    json_answer,
)
from litectl.exchange.backend import Backend
from litectl.smoke.check import Result
from litectl.smoke.modeltasks import model_tasks
from litectl.smoke.purse import Purse
from litectl.smoke.wishes import ModelWishes
from litectl.wire.access import Access
from litectl.wire.proxy import Proxy

NAME = "team-model"
FALLBACK = {"x-litellm-attempted-fallbacks": "1", "x-litellm-model-group": "other-model"}
EMBEDDINGS = "/v1/embeddings"
KEY = "sk-test-key-0001"
TOKENS = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
PRICED = {"input_price": 2.0, "output_price": 10.0}
COST = "x-litellm-response-cost"
DECLARED = ["max_tokens", "temperature", "seed", "stop", "tools", "tool_choice", "response_format"]
PERSON = {"name": "Ada", "age": 36}
UNREASONING = {"abilities": {"reasoning": False}}


def model(**known: object) -> Backend:
    """Return a chat model of which the catalog knows this."""
    return backend(deployment("openai", "openai/gpt-4.1", **{"mode": "chat", **known}))


def answered(content: str | None = "ok", *, finish: str = "stop", **headers: str) -> Answer:
    """Return a plain answer that says how many tokens it took."""
    document = plain({"content": content}, finish=finish, usage=TOKENS)
    return json_answer(document)._replace(headers=tuple(headers.items()))


def calling(name: str = "keep_person", arguments: str = json.dumps(PERSON)) -> Answer:
    """Return a plain answer that calls a tool."""
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    message: dict[str, object] = {"content": None, "tool_calls": [call]}
    return json_answer(plain(message, finish="tool_calls", usage=TOKENS))


def tried(
    fake: FakeProxy,
    known: Backend,
    wishes: ModelWishes = ModelWishes(),  # noqa: B008  # a constant
    purse: Purse | None = None,
) -> list[Result]:
    """Return how each check of the model *known* ended, which are those that were planned."""
    (task,) = model_tasks([known], wishes, purse or Purse(None))
    with Proxy(fake.root, Access(KEY)) as proxy:
        results = list(task.run(proxy))
    assert [result.check for result in results] == list(task.checks)
    assert sum(result.measures.requests for result in results) <= task.requests
    return results


def named(results: Sequence[Result], name: str) -> Result:
    """Return the result of the check called *name*."""
    return next(result for result in results if result.check.name == name)


def verdicts(results: Sequence[Result]) -> dict[str, str]:
    """Return the verdict of each check by its name."""
    return {result.check.name: result.verdict for result in results}


def bodies(fake: FakeProxy, path: str = CHAT) -> list[Any]:
    """Return what was sent to *path*."""
    return [request.json for request in fake.requests if request.path == path]


def embedding(vector: object = (0.5, -1, 2e-3)) -> Answer:
    """Return an answer with this vector."""
    data = [{"object": "embedding", "index": 0, "embedding": vector}]
    usage = {"prompt_tokens": 3, "total_tokens": 3}
    return json_answer({"data": data, "usage": usage})._replace(headers=((COST, "6e-8"),))


EMBEDDER = model(mode="embedding", input_price=0.02)


def obliging(request: Request) -> Answer:
    """Answer as a model that does all it is told."""
    body = request.json
    if "tools" in body:
        return calling()
    if "response_format" in body:
        return answered(json.dumps(PERSON))
    if isinstance(body["messages"][-1]["content"], list):
        return answered("Red.")
    return answered("1, 2, 3, " if "stop" in body else "1, 2, 3, 4, 5")
