"""
The floor of `litectl models refresh`: the list is fetched and parsed, and nothing is done with it.

Prints the processor seconds of `json.loads` alone, so that those of fetching can be told from them.
"""

import json
import ssl
import sys
import time

import httpx

root, key = sys.argv[1:]
client = httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False, timeout=30)
with client:
    body = client.get(f"{root}/model/info", headers={"Authorization": f"Bearer {key}"}).content
started = time.process_time()
document = json.loads(body)
print(time.process_time() - started)
assert document["data"]
