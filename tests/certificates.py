"""Proxies on https with certificates of authorities that nobody else trusts."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

from fake_proxy import FakeProxy, chat_answer
from program import Result

KEY = "sk-test-key-0001"
QUESTION = ("ask", "-m", "gpt-5.2", "-p", "Hi")
ANSWERED = Result(0, "Hello\n", "")


@contextmanager
def secured(certificate: trustme.LeafCert, *, clients: trustme.CA | None = None) -> Iterator[FakeProxy]:
    """Give a proxy that shows *certificate* and answers questions; with *clients* it wants one of theirs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if clients is not None:
        clients.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    with FakeProxy(tls=context) as server:
        server.on_chat(chat_answer("Hello"))
        yield server


def written(path: Path, *blobs: trustme.Blob) -> str:
    """Write *blobs* to the PEM file *path*, and return its name."""
    path.write_bytes(b"".join(blob.bytes() for blob in blobs))
    return str(path)


def asking(server: FakeProxy, **more: str) -> dict[str, str]:
    """Return the variables of a run that asks *server*."""
    return {"LITECTL_BASE_URL": server.root, **more}


def refused(result: Result) -> str:
    """Return what *result* says after checking that it is a network error with a hint and no secret."""
    assert (result.code, result.out) == (5, "")
    assert [line.partition(":")[0] for line in result.err.splitlines()] == ["error", "hint"]
    assert KEY not in result.err
    return result.err
