"""
The floor of `litectl smoke --prompt`: the least that a script with typer, httpx and threads can do.

It sends the requests whose paths are its arguments after the root, the key and the number of threads,
one after the other, and then a prompt to each model, which the threads share. It looks at the answers
only so far as to see that each has a text.
"""

import json
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import typer  # noqa: F401  # the floor of a program that is written with it

CHAT = "/v1/chat/completions"
PROMPT = "Reply with one short word."

root, key, threads, *paths = sys.argv[1:]
models: list[str] = []
# As in ask.py: no certificates, no proxies.
client = httpx.Client(
    verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    trust_env=False,
    timeout=30,
    headers={"Authorization": f"Bearer {key}"},
    limits=httpx.Limits(max_connections=int(threads)),
)


def answer(model: str) -> str:
    """Return the answer of *model*."""
    body = {"model": model, "messages": [{"role": "user", "content": PROMPT}], "max_tokens": 32}
    sent = client.post(f"{root}{CHAT}", json=body, headers={"x-litellm-call-id": str(uuid4())})
    text: str = json.loads(sent.content)["choices"][0]["message"]["content"]
    return text


with client:
    for path in paths:
        body = client.get(f"{root}{path}").content
        if path == "/model/info":
            models = [entry["model_name"] for entry in json.loads(body)["data"]]
    with ThreadPoolExecutor(int(threads)) as pool:
        answers = list(pool.map(answer, models))
for model, text in zip(models, answers, strict=True):
    print(f"passed\t{model}\t{text}")
