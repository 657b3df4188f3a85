"""
The floor of `litectl ask`: the least that a script with typer and httpx can do.

It sends the same request to the proxy and key of its arguments and prints each
piece of the answer when it comes. It checks nothing.
"""

import json
import ssl
import sys
from uuid import uuid4

import httpx
import typer  # noqa: F401  # the floor of a program that is written with it

root, key = sys.argv[1:]
headers = {
    "Authorization": f"Bearer {key}",
    "Accept": "text/event-stream",
    "Content-Type": "application/json",
    "x-litellm-call-id": str(uuid4()),
}
body = {
    "model": "bench",
    "messages": [{"role": "user", "content": "hi"}],
    "stream": True,
    "stream_options": {"include_usage": True},
}
# An empty context, which plain http never uses: by default httpx would load the certificates of
# certifi, and a floor that pays for what litectl leaves out would be none. The same holds for
# looking for proxies in the environment.
client = httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False, timeout=30)
with (
    client,
    client.stream(
        "POST", f"{root}/v1/chat/completions", headers=headers, content=json.dumps(body)
    ) as response,
):
    for line in response.iter_lines():
        data = line.removeprefix("data: ")
        if data in ("", "[DONE]"):
            continue
        text = json.loads(data)["choices"][0]["delta"].get("content")
        if text:
            print(text, end="", flush=True)
print()
