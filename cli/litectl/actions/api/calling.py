"""
A request of `api`, sent, and its answer printed as it came.

The edge that joins the options of `api` and the terminal to `litectl.wire.proxy`.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from litectl.actions.api.requesting import Call, Request, request_of
from litectl.api.path import with_parameter
from litectl.errors import (
    IncompleteError,
    LitectlError,
    NetworkError,
    ProxyError,
    UsageError,
)
from litectl.wire.deadline import Deadline

if TYPE_CHECKING:
    from litectl.api.pagination import Page
    from litectl.run.runtime import Runtime
    from litectl.wire.answers import RawAnswer
    from litectl.wire.proxy import Proxy

DEFAULT_SECONDS = 600.0
_MOST_PAGES = 1000
_KEPT_IN_MEMORY = 8 * 2**20  # bytes of a body that is not printed yet; more of them wait in a file
_BLOCK = 64 * 2**10  # bytes
_PAGE_LIMIT = 100 * 2**20  # bytes
_FORMATS = (None, "json", "jsonl")
_DOUBT = "nobody can tell whether it was done"


class Output(NamedTuple):
    """The options that say what is done with the answer."""

    include: bool = False
    paginate: bool = False
    stream: bool = False


def call(runtime: "Runtime", wanted: Call, output: Output) -> None:
    """Send what is *wanted* and print the answer as *output* says; raises what its status stands for."""
    if runtime.options.format not in _FORMATS:
        raise UsageError(
            "the body is printed as it comes, and in no other format",
            hint="leave `--format` out; `--json` is for errors",
        )
    with ExitStack() as stack:
        request = request_of(runtime, wanted, stack)
        _require_fitting(request, output)
        proxy = stack.enter_context(runtime.open_proxy())
        session = _Session(runtime, proxy, output)
        if output.paginate:
            session.print_pages(request)
        else:
            session.print_answer(request)


def _require_fitting(request: Request, output: Output) -> None:
    """Raise `UsageError` for options that do not go together."""
    if output.paginate and request.method != "GET":
        raise UsageError("`--paginate` follows the pages of a GET", hint=f"leave it out for {request.method}")
    if output.paginate and output.stream:
        raise UsageError("`--paginate` and `--stream` exclude each other", hint="give one of them")


class _Session:
    """The requests of one run to *proxy*, and the printing of their answers."""

    def __init__(self, runtime: "Runtime", proxy: "Proxy", output: Output) -> None:
        self._runtime, self._proxy, self._output = runtime, proxy, output
        self._terminal = runtime.terminal
        self._deadline = Deadline(runtime.options.timeout, DEFAULT_SECONDS)

    def print_answer(self, request: Request) -> None:
        """Print the answer to *request*: when it is whole, or as it arrives where that is wanted."""
        with self._answered(request) as (answer, end_waiting), ExitStack() as stack:
            pieces = answer.pieces
            has_events = answer.header("content-type").lower().startswith("text/event-stream")
            if not (self._output.stream or has_events):
                pieces = stack.enter_context(_kept(pieces))
            end_waiting()
            failure = self._print(answer, pieces, has_events=has_events)
            if answer.error is not None:
                raise self._error(answer.error, answer, request)
            if failure is not None:
                raise failure

    def print_pages(self, request: Request) -> None:
        """Print the answer to *request*, and those to the requests for the pages that follow."""
        from litectl.failures.wording import readable

        asked = set[tuple[str, str]]()
        for number in range(1, _MOST_PAGES + 1):
            page = self._printed_page(request)
            if not page.is_one and number == 1:
                self._terminal.note("the answer has no pages")
            elif not page.is_one:
                raise IncompleteError(f"answer {number} is not a page of the list, which may go on")
            if page.following is None:
                return
            if page.following in asked:
                name, value = page.following
                raise ProxyError(
                    f"the pages go in a circle: {name}={readable(value)[:100]} follows twice",
                    hint="leave `--paginate` out, and ask for each page with `-q`",
                )
            asked.add(page.following)
            request = request._replace(path=with_parameter(request.path, *page.following))
        raise ProxyError(
            f"the list has more than {_MOST_PAGES:,} pages",
            hint="ask for larger pages: with `-q page_size=100`, `-q size=100` or `-q limit=100`",
        )

    def _printed_page(self, request: Request) -> "Page":
        """Print the answer to *request*, and return what it is as a page."""
        from litectl.api.pagination import Page, page_of
        from litectl.text.jsontext import decode

        with self._answered(request) as (answer, end_waiting):
            body = _read(answer.pieces)
            end_waiting()
            is_page = answer.error is None and not self._terminal.stdout_is_terminal
            ends_its_line = body.endswith(b"\n") or not body
            self._print(answer, iter([body, b"\n" if is_page and not ends_its_line else b""]))
            if answer.error is not None:
                raise self._error(answer.error, answer, request)
        try:
            document = decode(body)
        except ValueError:
            return Page()
        return page_of(document)

    @contextmanager
    def _answered(self, request: Request) -> "Iterator[tuple[RawAnswer, Callable[[], None]]]":
        """Give the answer to *request*, and what ends the showing of the seconds waited for it."""
        has_begun = False
        shown = f"waiting for {request.path.partition('?')[0]}"
        try:
            with self._terminal.waiting(shown) as end_waiting, ExitStack() as stack:
                if request.is_read:
                    stack.enter_context(self._watched())
                answer = stack.enter_context(
                    self._proxy.raw(
                        request.method,
                        request.path,
                        content=request.wire_content,
                        headers=request.headers,
                        seconds=self._deadline.left(),
                    )
                )
                has_begun = True
                if not request.is_read:  # what changes something is sent, whoever reads the answer
                    stack.enter_context(self._watched())
                yield answer, end_waiting
        except NetworkError as error:
            raise _in_doubt(error, request, has_begun=has_begun) from error

    def _watched(self) -> "AbstractContextManager[None]":
        from litectl.wire.reader import reader_watched

        return reader_watched(self._proxy.hang_up)

    def _print(
        self, answer: "RawAnswer", pieces: Iterator[bytes], *, has_events: bool = False
    ) -> LitectlError | None:
        """Print *answer*, whose body is *pieces*; return the error that an event of it has."""
        from litectl.api.route_errors import error_in_events
        from litectl.output.body import print_head, printed

        if self._output.include:
            print_head(self._terminal, answer.version, answer.status, answer.reason, answer.headers)
        written = printed(self._terminal, pieces)
        failure = error_in_events(written) if has_events else None
        for _ in written:
            continue
        return failure

    def _error(self, error: LitectlError, answer: "RawAnswer", request: Request) -> LitectlError:
        """Return *error*, which the status of *answer* stands for, as it is to be told."""
        from litectl.api.route_errors import Refusal, error_of_route

        location, allow = answer.header("location"), answer.header("allow")
        where = (self._proxy.root, request.method, request.path)
        return error_of_route(error, Refusal(*where, answer.status, answer.reason, location, allow))


@contextmanager
def _kept(pieces: Iterator[bytes]) -> Iterator[Iterator[bytes]]:
    """Give *pieces* when all of them have come, however many they are."""
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY) as file:
        for piece in pieces:
            file.write(piece)
        file.seek(0)
        yield iter(partial(file.read, _BLOCK), b"")


def _read(pieces: Iterator[bytes]) -> bytes:
    """Return a page in one piece; raises `ProxyError` for one that is too large."""
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > _PAGE_LIMIT:
            raise ProxyError(
                f"a page is larger than {_PAGE_LIMIT // 2**20} MiB", hint="leave `--paginate` out"
            )
    return bytes(body)


def _in_doubt(error: NetworkError, request: Request, *, has_begun: bool) -> LitectlError:
    """Return *error* as what it means for *request*, of whose answer the beginning may have come."""
    if has_begun:
        return IncompleteError(f"the answer broke off: {error.message}", hint=error.hint)
    if error.was_sent and not request.is_read:
        error.hint = f"{_DOUBT}; {error.hint}"
    return error
