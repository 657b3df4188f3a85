"""The bytes of an HTTP answer as LiteLLM 1.106 sends them, its headers included."""

import json
from email.utils import formatdate

_HEADERS = f"""\
date: {formatdate(usegmt=True)}
x-litellm-call-id: d0c28fa0-9baa-48e8-a02e-416aaacdd224
x-litellm-model-id: acff07d003baea80b7781c392739e4b599c03fdade9eee24fd40f2c65948fd96
x-litellm-model-name: openai/bench
x-litellm-model-api-base: https://api.openai.com
x-litellm-version: 1.106.2
x-litellm-response-cost-original: 0.0
x-litellm-response-cost-discount-amount: 0.0
x-litellm-response-cost-margin-amount: 0.0
x-litellm-response-cost-margin-percent: 0.0
x-litellm-response-cost-input: 0.0
x-litellm-response-cost-output: 0.0
x-litellm-response-cost-tool-usage: 0.0
x-litellm-key-spend: 0.0
x-litellm-response-duration-ms: 147.65691757202148
x-litellm-callback-duration-ms: 0.0
x-litellm-model-group: bench
x-litellm-attempted-retries: 0
x-litellm-attempted-fallbacks: 0
cache-control: no-cache
x-accel-buffering: no
vary: Origin
x-frame-options: DENY
content-security-policy: frame-ancestors 'none'
x-content-type-options: nosniff
"""


def head(content_type: str, framing: str, status: str = "200 OK") -> bytes:
    """Return the head of an answer of *content_type*, whose end *framing*, a header, tells."""
    text = f"HTTP/1.1 {status}\n{_HEADERS}content-type: {content_type}\n{framing}\n\n"
    return text.replace("\n", "\r\n").encode()


def json_pieces(document: object) -> list[bytes]:
    """Return the two pieces of an answer that is *document*: its head and its body."""
    body = json.dumps(document).encode()
    return [head("application/json", f"Content-Length: {len(body)}"), body]


NOT_FOUND = [head("application/json", "Content-Length: 22", "404 Not Found"), b'{"detail":"Not Found"}']
ACCEPTED = [head("application/json", "Content-Length: 0", "202 Accepted")]
NOT_ALLOWED = [head("application/json", "Content-Length: 0", "405 Method Not Allowed")]
