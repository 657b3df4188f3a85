"""
A request of `api`, made of its options, files and the headers of the caller.

The edge that joins these options and the runtime to `litectl.api`.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from litectl.api.path import METHODS, READING, method_of, path_on, with_query
from litectl.errors import UsageError

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime
    from litectl.wire.content import Content, FilePart

_EXAMPLES = {
    "POST": "/v1/embeddings -d @request.json",
    "PUT": "/v1/mcp/server -d @server.json",
    "PATCH": "/model/ID/update -d @model.json",
    "DELETE": "/v1/files/ID",
}


class Call(NamedTuple):
    """
    The options that say what is asked, each as it was given.

    *words* are a path, or a method and a path.
    """

    words: Sequence[str]
    method: str | None = None
    query: Sequence[str] = ()
    headers: Sequence[str] = ()
    data: str | None = None
    form: Sequence[str] = ()


class Request(NamedTuple):
    """A request as it is sent, but for who asks."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: "bytes | Sequence[FilePart] | None"

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.method in READING

    @property
    def wire_content(self) -> "Content":
        """The body, as a connection sends it; each time anew, since a form is read when it is sent."""
        from litectl.wire.content import Content, form_content

        content = self.content
        return Content(content) if content is None or isinstance(content, bytes) else form_content(content)


def request_of(runtime: "Runtime", wanted: Call, stack: ExitStack) -> Request:
    """Return what is *wanted* as a request, whose files are open on *stack*; raises `UsageError`."""
    from litectl.actions.api.body import JSON_TYPE, Bodies
    from litectl.wire.headers import merged

    method, text = _method_and_path(wanted)
    path = with_query(path_on(runtime.target.root, text), wanted.query)
    headers = _headers(runtime, wanted.headers)
    own = {"Accept-Encoding": "identity"}
    content: bytes | Sequence[FilePart] | None = None
    has_type = any(name.lower() == "content-type" for name in headers)
    if wanted.form:
        if has_type or wanted.data is not None:
            raise UsageError("`-F` makes the whole body, and says its type", hint="leave the other one out")
        content = Bodies(runtime, stack).of_form(wanted.form)
    elif wanted.data is not None:
        content = Bodies(runtime, stack).of_data(wanted.data, is_json=not has_type)
        own["Content-Type"] = JSON_TYPE
    request = Request(method or ("GET" if content is None else "POST"), path, merged(own, headers), content)
    if wanted.form and request.is_read:
        raise UsageError(f"a form cannot be sent with {request.method}", hint="say POST, or no method")
    return request


def _method_and_path(wanted: Call) -> tuple[str | None, str]:
    """Return the method, None where none is named, and the path; raises `UsageError`."""
    method = method_of(wanted.method) if wanted.method is not None else None
    first, *rest = wanted.words
    if len(rest) > 1:
        raise UsageError(f"there are {len(wanted.words)} words, and one path at a time", hint="quote it")
    if rest and method is not None:
        raise UsageError("the method is given twice", hint="give it before the path, or with `-X`")
    if rest:
        return method_of(first), rest[0]
    if first.upper() in METHODS:
        example = _EXAMPLES.get(first.upper(), "/v1/models")
        raise UsageError("which path?", hint=f"for example `litectl api {first.upper()} {example}`")
    return method, first


def _headers(runtime: "Runtime", texts: Sequence[str]) -> dict[str, str]:
    """Return the headers of `-H`, their references resolved, their secrets masked; raises `UsageError`."""
    from litectl.wire.headers import (
        AUTHORIZATION,
        OWN_KEY_HEADER,
        parse_header,
        resolve_references,
        secrets_in,
    )

    claimed = {OWN_KEY_HEADER, (runtime.transport.auth_header or AUTHORIZATION).lower()}
    headers = dict[str, str]()
    for name, value in map(parse_header, texts):
        if name.lower() in claimed:
            raise UsageError(
                f"header {name} takes the credential, which `-H` cannot replace",
                hint="use another one with `--profile NAME` or `--api-key-file PATH`",
            )
        headers[name] = resolve_references(name, value, runtime.environment.get)
        if not name.lower().startswith(("accept", "content-", "if-", "user-agent")):
            for secret in secrets_in(headers[name]):
                runtime.terminal.mask(secret)
    return headers
