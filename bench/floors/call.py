"""
The floor of `litectl mcp call`: the least that a script with typer and httpx can do.

It sends the same requests to the proxy and key of its arguments, both or, with a third one, the
call alone, and prints the text of the result. It checks nothing.
"""

import json
import ssl
import sys
from uuid import uuid4

import httpx
import typer  # noqa: F401  # the floor of a program that is written with it

root, key, *rest = sys.argv[1:]
headers = {"Authorization": f"Bearer {key}", "x-litellm-call-id": str(uuid4())}
body = {"server_id": "1", "name": "add", "arguments": {"a": 2, "b": 3}}
# As in ask.py: no certificates, no proxies.
with httpx.Client(
    verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False, timeout=30, headers=headers
) as client:
    if not rest:
        tools = json.loads(client.get(f"{root}/mcp-rest/tools/list").content)["tools"]
        tool = next(tool for tool in tools if tool["name"] == "add")
        body["server_id"] = tool["mcp_info"]["server_id"]
    answer = json.loads(client.post(f"{root}/mcp-rest/tools/call", json=body).content)
print(answer["content"][0]["text"])
