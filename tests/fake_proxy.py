"""
A proxy on loopback that answers what the test says, as slowly and as badly as it says.

Plain sockets in threads: a real client meets real bytes, cuts and pauses.
"""

import json
import ssl
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, NamedTuple, Self

JSON_TYPE = "application/json"
EVENT_TYPE = "text/event-stream; charset=utf-8"
CHAT = "/v1/chat/completions"


class Request(NamedTuple):
    """A request that arrived; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Answer(NamedTuple):
    """
    An answer: *pieces* are sent one by one, each flushed.

    An `Event` among the pieces is waited for. With *cut* the connection is
    dropped instead of being ended, *length* is then promised and not kept.
    """

    status: int = 200
    pieces: Iterable[bytes | Event] = ()
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False


def json_answer(document: object, status: int = 200, **headers: str) -> Answer:
    """Return an answer with *document*; header names get hyphens for underscores."""
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, [json.dumps(document).encode()], headers=pairs)


def error_answer(status: int, kind: str, message: str, **headers: str) -> Answer:
    """Return an error in the proxy's first envelope."""
    error = {"message": message, "type": kind, "param": "None", "code": str(status)}
    return json_answer({"error": error}, status, **headers)


def sse(*data: object) -> list[bytes]:
    """Return server-sent events that carry *data*: text as it is, everything else as JSON."""
    texts = (item if isinstance(item, str) else json.dumps(item) for item in data)
    return [f"data: {text}\n\n".encode() for text in texts]


def chunk(text: str | None = None, *, finish: str | None = None, **more: object) -> dict[str, object]:
    """Return a chat chunk as LiteLLM sends it: no `finish_reason` until there is one."""
    choice: dict[str, object] = {"index": 0, "delta": {} if text is None else {"content": text}}
    if finish:
        choice["finish_reason"] = finish
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "gpt-5.2"}
    return {**head, "choices": [choice], **more}


USAGE = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8, "cost": 0.00007525}


def chat_answer(*texts: str, finish: str = "stop", usage: object = USAGE) -> Answer:
    """Return a whole streamed answer of *texts*."""
    chunks: list[object] = [chunk(text) for text in texts]
    chunks += [chunk(finish=finish), chunk(usage=usage), "[DONE]"]
    return Answer(pieces=sse(*chunks), content_type=EVENT_TYPE)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # connections that many threads make at once


class FakeProxy:
    """The server; `root` is where it listens, on *port* where it is said, `requests` what it got."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.requests: list[Request] = []
        self._answers: dict[tuple[str, str], Answer | Callable[[Request], Answer]] = {}
        self._server = _Server(("127.0.0.1", port), self._handler())
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        port = self._server.server_address[1]
        self.root = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def on(self, method: str, path: str, answer: Answer | Callable[[Request], Answer]) -> None:
        """Answer *method* of *path* so from now on."""
        self._answers[method, path] = answer

    def on_chat(self, answer: Answer | Callable[[Request], Answer]) -> None:
        """Answer chat completions so from now on."""
        self.on("POST", CHAT, answer)

    def on_models(self, *entries: object) -> None:
        """List these entries of `/model/info` from now on."""
        self.on("GET", "/model/info", json_answer({"data": list(entries)}))

    def answer_to(self, request: Request) -> Answer:
        """Return the answer to *request*: what was said, or the proxy's own 404."""
        answer = self._answers.get((request.method, request.path.partition("?")[0]))
        if answer is None:
            return json_answer({"detail": "Not Found"}, 404)
        return answer(request) if callable(answer) else answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the library's
                """Print nothing."""

            def _serve(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, self.rfile.read(length))
                fake.requests.append(request)
                self._send(fake.answer_to(request))

            do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  # the names are the library's
            do_HEAD = do_PATCH = do_OPTIONS = _serve  # noqa: N815  # as above

            def _send(self, answer: Answer) -> None:
                self.close_connection = True
                self.send_response(answer.status)
                self.send_header("content-type", answer.content_type)
                self.send_header("connection", "close")
                self.send_header("transfer-encoding", "chunked")
                for name, value in answer.headers:
                    self.send_header(name, value)
                try:
                    self.end_headers()
                    if self.command == "HEAD":
                        return
                    for piece in _awaited(answer.pieces):
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                        self.wfile.flush()
                    if not answer.cut:
                        self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    # The client has gone, which some tests want.
                    return

        return Handler


def _awaited(pieces: Iterable[bytes | Event]) -> Iterator[bytes]:
    for piece in pieces:
        if isinstance(piece, Event):
            piece.wait(20)
        elif piece:
            yield piece


def model_info(name: str, **info: object) -> dict[str, object]:
    """Return one entry of `/model/info`."""
    defaults = {"id": f"id-{name}", "mode": "chat", "litellm_provider": "openai"}
    return {
        "model_name": name,
        "litellm_params": {"model": f"openai/{name}"},
        "model_info": {**defaults, **info},
    }
