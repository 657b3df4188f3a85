"""
The floor of a long streamed answer: the least that a script with httpx can do.

It asks the proxy of its argument, parses each line and writes its text, to be
flushed when a buffer is full: nobody who reads along sees a piece when it comes. It checks nothing.
"""

import json
import ssl
import sys

import httpx

root, key = sys.argv[1:]
body = {"model": "bench", "messages": [{"role": "user", "content": "hi"}], "stream": True}
# As in ask.py, no certificates are loaded and no proxies looked for.
client = httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False, timeout=60)
headers = {"Authorization": f"Bearer {key}"}
with client, client.stream("POST", f"{root}/v1/chat/completions", headers=headers, json=body) as response:
    for line in response.iter_lines():
        data = line.removeprefix("data: ")
        if data in ("", "[DONE]"):
            continue
        text = json.loads(data)["choices"][0]["delta"].get("content")
        if text:
            sys.stdout.write(text)
print()
