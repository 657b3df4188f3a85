"""`litectl api`: any request to the proxy, and its answer as it came."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_proxy import EVENT_TYPE, Answer, FakeProxy, Request, error_answer, json_answer, sse
from litectl.actions.api import body as request_body
from litectl.actions.api import calling as api_calling
from litectl.api import route_errors
from litectl.credentials.stored import API_KEY, StoredCredential
from litectl.profiles.profile import Profile
from login_shapes import SingleSignOn, store_login
from program import Litectl, Program
from senders import store_profiles

BYTES = bytes(range(256)) * 3
CHAT = "/v1/chat/completions"
X = "/v1/x"


def arrived(request: Request) -> Answer:
    """Answer with what arrived."""
    return json_answer({"method": request.method, "path": request.path, "body": request.body.decode()})


def parts_of(request: Request) -> list[tuple[str, str | None, str | None, bytes]]:
    """Return name, file name, type and content of each part of the form of *request*."""
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + request.body).get_payload()
    assert isinstance(parts, list)
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename(),
            part["content-type"],
            bytes(part.get_payload(decode=True)),
        )
        for part in parts
        if isinstance(part, Message)
    ]


# What is sent


@pytest.mark.parametrize(
    ("words", "method"),
    [
        ((X,), "GET"),
        (("v1/x",), "GET"),
        (("get", X), "GET"),
        (("POST", X), "POST"),
        (("Put", X), "PUT"),
        (("patch", X), "PATCH"),
        (("DELETE", X), "DELETE"),
        (("options", X), "OPTIONS"),
        (("-X", "delete", X), "DELETE"),
        ((X, "--method", "PUT"), "PUT"),
        ((X, "-d", "{}"), "POST"),
        ((X, "-F", "a=b"), "POST"),
        (("PUT", X, "-d", "{}"), "PUT"),
        (("GET", X, "-d", "{}"), "GET"),
    ],
)
def test_a_path_is_asked_by_a_method(
    litectl: Litectl, fake: FakeProxy, words: tuple[str, ...], method: str
) -> None:
    """GET where nothing is said, POST for a body, else the one that is named, in any case."""
    fake.on(method, X, json_answer({"ok": True}))

    assert litectl("api", *words) == (0, '{"ok": true}', "")
    [request] = fake.requests
    assert (request.method, request.path) == (method, X)
    assert request.headers["authorization"] == "Bearer sk-test-key-0001"


def test_head_has_no_body(litectl: Litectl, fake: FakeProxy) -> None:
    """With `-i` it has its headers, which is what it is for."""
    fake.on("HEAD", X, Answer(headers=(("x-team", "blue"),)))

    assert litectl("api", "HEAD", X) == (0, "", "")
    assert "\nx-team: blue\n" in litectl("api", "HEAD", X, "-i").out
    assert litectl("api", "HEAD", "/nope").err.startswith("error: not found: /nope\n")


def test_parameters_follow_the_query_of_the_path(litectl: Litectl, fake: FakeProxy) -> None:
    """Each is percent-encoded; `-q` is a parameter here, and `--quiet` has no short form."""
    fake.on("GET", X, arrived)

    result = litectl("api", f"{X}?a=%7E&b", "-q", "c=d e&f=ü", "--query", "c=", "--quiet")

    assert result.code == 0
    assert fake.requests[0].path == f"{X}?a=%7E&b&c=d%20e%26f%3D%C3%BC&c="


def test_the_prefix_of_a_proxy_is_kept(litectl: Litectl, fake: FakeProxy) -> None:
    """A path is one below it, an address only when it is below it too."""
    fake.on("GET", f"/llm/team{X}", json_answer({}))
    root = f"{fake.root}/llm/team"

    for path in (X, f"{root}{X}"):
        assert litectl("api", path, "--base-url", root).code == 0
    refused = litectl("api", f"{fake.root}{X}", "--base-url", root)

    assert [request.path for request in fake.requests] == [f"/llm/team{X}"] * 2
    assert (refused.code, refused.err.splitlines()[0]) == (
        2,
        f"error: that address is not on {root}, and the credential stays there",
    )


ANYTHING = st.lists(
    st.sampled_from(
        ["/", "..", ".", "%2e", "%2f", "//", "\\", "@", ":", "127.0.0.1:1", "http:", "v1", "?", "#", "x"]
    ),
    min_size=1,
    max_size=8,
).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(path=ANYTHING.filter(lambda path: not path.startswith("-")))
def test_whatever_the_path_the_request_goes_below_the_root(
    litectl: Litectl, fake: FakeProxy, path: str
) -> None:
    """It is refused with exit 2, or what arrives is below the prefix; no other server is ever asked."""
    fake.requests.clear()

    code = litectl("api", path, "--base-url", f"{fake.root}/llm/team").code

    assert (code, len(fake.requests)) in ((2, 0), (6, 1))
    assert all(request.path.startswith("/llm/team/") for request in fake.requests)
    segments = (request.path.partition("?")[0].split("/") for request in fake.requests)
    assert not any({".", ".."} & {*each} for each in segments)


def test_json_is_sent_byte_for_byte(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """From the command line, a file or stdin: spaces, order and numbers stay as they are."""
    fake.on("POST", X, json_answer({}))
    text = '{ "b":1.0, "a": 1e2,\n "ü": "\\u00fc" }\n'
    file = tmp_path / "body.json"
    file.write_text(text)

    for given_as in (text, f"@{file}", "-", "@-"):
        assert litectl("api", X, "-d", given_as, stdin=text.encode()).code == 0

    assert [request.body for request in fake.requests] == [text.encode()] * 4
    assert {request.headers["content-type"] for request in fake.requests} == {"application/json"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "`-d` is not JSON (line 1)"),
        ("", "`-d` is not JSON (line 1)"),
        ('{"a": 1}\n}', "`-d` is not JSON (line 2)"),
        ("a=b", "`-d` is not JSON (line 1)"),
        ("[NaN]", "`-d` has a number that JSON does not know, such as NaN"),
        ("[-Infinity]", "`-d` has a number that JSON does not know, such as NaN"),
        ("[" * 200_000, "`-d` is not JSON"),
        ("\udcff", "`-d` is not JSON"),
        ("-", "stdin is not JSON"),
        ("@nowhere.json", "cannot read `nowhere.json`: No such file or directory"),
        ("@", "cannot read ``: Is a directory"),
        ("@a\0b", "cannot read `ab`: that is not a path"),
    ],
)
def test_what_is_no_json_is_not_sent(litectl: Litectl, fake: FakeProxy, data: str, said: str) -> None:
    """Exit 2 says where it is from; nothing of it is quoted, since it may hold a key."""
    result = litectl("api", X, "-d", data, stdin=b"\xff\xfe{}")

    assert (result.code, result.err.splitlines()[0]) == (2, f"error: {said}")
    assert fake.requests == []


def test_a_pair_in_the_place_of_json_is_told_how_to_say_it(litectl: Litectl, fake: FakeProxy) -> None:
    """As other programs take it; the value is not repeated."""
    result = litectl("api", X, "-d", "token=s3cret")

    hint = """say `-d '{"name": "value"}'`, or `-F name=value` for a form"""
    assert result == (2, "", f"error: `-d` is not JSON (line 1)\nhint: {hint}\n")
    assert fake.requests == []


def test_another_content_type_is_not_checked(litectl: Litectl, fake: FakeProxy) -> None:
    """Bytes of any kind go as they are, under the type that was said."""
    fake.on("POST", X, json_answer({}))

    assert litectl("api", X, "-H", "content-type: audio/wav", "-d", "-", stdin=BYTES).code == 0
    assert litectl("api", X, "-H", "Content-Type: text/plain", "-d", "").code == 0

    assert [(each.headers["content-type"], each.body) for each in fake.requests] == [
        ("audio/wav", BYTES),
        ("text/plain", b""),
    ]


def test_a_body_that_is_too_large_for_memory_is_refused(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint is to upload it, for a form is read while it is sent."""
    monkeypatch.setattr(request_body, "_LIMIT", 2**20)
    file = tmp_path / "big"
    file.write_bytes(b"1" * (2**20 + 1))

    result = litectl("api", X, "-d", f"@{file}")

    assert (result.code, fake.requests) == (2, [])
    assert f"error: `{file}` is larger than 1 MiB\nhint: upload it as a file: `-F name=@FILE`\n" == result.err


def test_a_form_has_texts_and_files(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """A value is text, `@` uploads a file under its name, `<` is the text of a file, `-` is stdin."""
    fake.on("POST", "/v1/files", json_answer({}))
    file = tmp_path / "voice 1.png"
    file.write_bytes(BYTES * 500)
    note = tmp_path / "note.txt"
    note.write_text("@not a file")
    fields = ("purpose=a=b ü", f"file=@{file}", f"note=<{note}", "piped=@-", "empty=")

    result = litectl(
        "api", "/v1/files", *(word for each in fields for word in ("-F", each)), stdin=b"from stdin"
    )

    assert result.code == 0
    [request] = fake.requests
    assert int(request.headers["content-length"]) == len(request.body)
    assert parts_of(request) == [
        ("purpose", None, None, "a=b ü".encode()),
        ("file", "voice 1.png", "image/png", BYTES * 500),
        ("note", None, None, b"@not a file"),
        ("piped", "-", "application/octet-stream", b"from stdin"),
        ("empty", None, None, b""),
    ]


def test_the_name_of_a_file_is_sent_as_it_is(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """In UTF-8, with what would end it escaped, and a `?` for what is no text."""
    fake.on("POST", X, json_answer({}))
    names = ("voice ü.png", 'a"b\r\nc', "\udcff")

    for name in names:
        (tmp_path / name).write_bytes(b"1")
        assert litectl("api", X, "-F", f"file=@{tmp_path / name}").code == 0

    found = [re.search(b'filename="(.*)"', request.body) for request in fake.requests]
    assert [match and match[1].decode() for match in found] == ["voice ü.png", "a%22b%0D%0Ac", "?"]


def test_a_file_without_a_size_is_uploaded(program: Program, fake: FakeProxy, tmp_path: Path) -> None:
    """A pipe with a name, as of `<(...)` in a shell, is read to its end before."""
    fake.on("POST", X, json_answer({}))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with program.started("api", X, "-F", f"file=@{pipe}") as process:
        pipe.write_bytes(BYTES * 100)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out, err) == (0, b"{}", b"")
    assert parts_of(fake.requests[0])[0][3] == BYTES * 100


def test_an_upload_needs_no_memory(program: Program, fake: FakeProxy, tmp_path: Path) -> None:
    """A file of 100 MB takes no more than a small one: it is read while it is sent."""
    fake.on("POST", X, lambda request: json_answer({"size": len(request.body)}))
    big, small = tmp_path / "big", tmp_path / "small"
    with big.open("wb") as file:
        file.truncate(100 * 10**6)
    small.write_bytes(b"1")
    script = (
        "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)"
    )
    measured = Program([sys.executable, "-c", script, *program.command], program.variables)

    results = [measured("api", X, "-F", f"file=@{path}") for path in (small, big)]

    assert [result.code for result in results] == [0, 0]
    assert json.loads(results[1].out)["size"] > 100 * 10**6
    least, most = (int(result.err) * 1024 for result in results)  # KiB on Linux
    assert most - least < 50 * 10**6


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("a", "a field of the form has no name and value"),
        ("=b", "a field of the form has no name and value"),
        ("a\nb=c", "a field of the form has no name and value"),
        ("\udcff=c", "a field of the form has no name and value"),
        ("a=@nowhere", "cannot read `nowhere`: No such file or directory"),
        ("a=<nowhere", "cannot read `nowhere`: No such file or directory"),
        ("a=@/", "cannot read `/`: Is a directory"),
        ("a=@", "cannot read ``: Is a directory"),
        ("a=@x\0y", "cannot read `xy`: that is not a path"),
    ],
)
def test_a_form_that_cannot_be_made_is_not_sent(
    litectl: Litectl, fake: FakeProxy, field: str, said: str
) -> None:
    """Exit 2 says why."""
    result = litectl("api", X, "-F", field)

    assert (result.code, result.err.splitlines()[0]) == (2, f"error: {said}")
    assert fake.requests == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing argument '[METHOD] PATH'"),
        (("GET",), "which path?"),
        (("FETCH", X), "unknown method: FETCH"),
        ((X, "GET"), "there is one path, and the method stands before it"),
        (("GET", X, X), "there are 3 words, and one path at a time"),
        (("-X", "TRACE", X), "unknown method: TRACE"),
        (("GET", X, "-X", "GET"), "the method is given twice"),
        (("",), "the path is empty"),
        (("//127.0.0.1:9/x",), "the path begins with `//`, which means another server"),
        ((X, "-q", "a"), "`-q` is `name=value`"),
        ((X, "-d", "{}", "-F", "a=b"), "`-F` makes the whole body, and says its type"),
        ((X, "-F", "a=b", "-H", "content-type: a/b"), "`-F` makes the whole body, and says its type"),
        (("GET", X, "-F", "a=b"), "a form cannot be sent with GET"),
        ((X, "-F", "a=@-", "-F", "b=<-"), "`-F` and `-F` cannot both read stdin"),
        ((X, "-d", "-", "--api-key-file", "-"), "`--api-key-file` and `-d` cannot both read stdin"),
        ((X, "--paginate", "--stream"), "`--paginate` and `--stream` exclude each other"),
        (("POST", X, "--paginate"), "`--paginate` follows the pages of a GET"),
        ((X, "--format", "csv"), "the body is printed as it comes, and in no other format"),
        ((X, "--format", "table"), "the body is printed as it comes, and in no other format"),
        ((X, "--format", "tsv"), "the body is printed as it comes, and in no other format"),
        ((X, "-H", "x-team"), "a header is `Name: value`, and there is no colon"),
        ((X, "-H", "Host: other.example.com"), "header Host belongs to the connection"),
        ((X, "-H", "content-LENGTH: 1"), "header content-LENGTH belongs to the connection"),
        ((X, "-H", "Transfer-Encoding: chunked"), "header Transfer-Encoding belongs to the connection"),
        ((X, "-H", "Connection: close"), "header Connection belongs to the connection"),
        (
            (X, "-H", "AUTHORIZATION: Bearer other"),
            "header AUTHORIZATION takes the credential, which `-H` cannot replace",
        ),
        (
            (X, "-H", "X-LiteLLM-API-Key: other"),
            "header X-LiteLLM-API-Key takes the credential, which `-H` cannot replace",
        ),
        (
            (X, "-H", "x-key: other", "--auth-header", "X-Key"),
            "header x-key takes the credential, which `-H` cannot replace",
        ),
        ((X, "-H", "a: b\r\nHost: c"), "the value of header a is not one line of printable ASCII"),
    ],
)
def test_what_cannot_be_meant_is_not_sent(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...], said: str
) -> None:
    """Exit 2 says why, and nobody is asked."""
    result = litectl("api", *arguments, stdin=b"sk-from-stdin-0001\n")

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert result.err.splitlines()[0] == f"error: {said}"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ((X, "-f", "a=b"), 'a field of a JSON body is said with `-d \'{"name": "value"}\'`'),
        ((X, "--field", "a=b"), "a field of a JSON body is said with"),
        ((X, "--jq", ".a"), "give the body to another program: `litectl api PATH | jq FILTER`"),
        ((X, "-s"), "for nothing but errors on stderr say `--quiet`"),
        ((X, "-o", "f"), "stdout is the body and nothing else: `litectl api PATH > FILE`"),
        ((X, "-q"), "it adds to the query: `-q name=value`; for nothing but errors on stderr say `--quiet`"),
        ((X, "-X"), "see `litectl api --help`"),
        ((X, "--nonesuch"), "see `litectl api --help`"),
        (("POST",), "for example `litectl api POST /v1/embeddings -d @request.json`"),
        (("get",), "for example `litectl api GET /v1/models`"),
    ],
)
def test_options_of_other_programs_are_known(litectl: Litectl, arguments: tuple[str, ...], hint: str) -> None:
    """What is meant is said with the words of this one."""
    result = litectl("api", *arguments)

    assert (result.code, result.out) == (2, "")
    assert f"\nhint: {hint}" in result.err


def test_headers_go_along(litectl: Litectl, fake: FakeProxy) -> None:
    """They win over what is sent anyway, their references are resolved, and their secrets are masked."""
    fake.on("GET", X, error_answer(500, "x", "you sent hidden-header-0001"))
    headers = (
        "Accept: text/plain",
        "x-secret: $TEAM_SECRET",
        "x-mcp-github-authorization: Bearer abc-1234567",
    )

    result = litectl(
        "api",
        X,
        "-v",
        *(w for each in headers for w in ("-H", each)),
        variables={"TEAM_SECRET": "hidden-header-0001"},
    )

    sent = fake.requests[0].headers
    assert (sent["accept"], sent["x-secret"]) == ("text/plain", "hidden-header-0001")
    assert sent["x-mcp-github-authorization"] == "Bearer abc-1234567"
    assert sent["accept-encoding"] == "identity"
    assert "hidden-header-0001" not in result.err


def test_the_key_may_be_in_another_header(litectl: Litectl, fake: FakeProxy) -> None:
    """Then `Authorization` is free for somebody else's."""
    fake.on("GET", X, json_answer({}))

    assert litectl("api", X, "--auth-header", "x-key", "-H", "Authorization: Basic abc").code == 0

    assert fake.requests[0].headers["x-key"] == "sk-test-key-0001"
    assert fake.requests[0].headers["authorization"] == "Basic abc"


# What is printed


@pytest.mark.parametrize("options", [(), ("--stream",)])
def test_the_body_is_printed_byte_for_byte(
    program: Program, fake: FakeProxy, options: tuple[str, ...]
) -> None:
    """Whatever it is, nothing is added, taken away or understood."""
    fake.on("GET", X, Answer(pieces=[BYTES, b"\r\n\0", BYTES * 400], content_type="audio/mpeg"))

    with program.started("api", X, *options) as process:
        out, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (0, b"")
    assert out == BYTES + b"\r\n\0" + BYTES * 400


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{ "b": 1.0,\t"a":1e400 }', "application/json"),
        (b"", "application/json"),
        (b"<html>Sign in</html>", "text/html"),
        (b'{"error": "only a word"}', "application/json"),
        (b"\xef\xbb\xbf[1]\n\n", "text/plain"),
    ],
)
def test_a_success_is_not_judged(litectl: Litectl, fake: FakeProxy, body: bytes, content_type: str) -> None:
    """It is raw: JSON is not written anew, and a page of HTML is as good as anything."""
    fake.on("GET", X, Answer(pieces=[body], content_type=content_type))

    assert litectl("api", X) == (0, body.decode(), "")


def test_a_body_that_comes_compressed_is_unpacked(litectl: Litectl, fake: FakeProxy) -> None:
    """Nothing compressed is asked for, but a gateway may send it."""
    packed = Answer(pieces=[gzip.compress(b'{"a": 1}' * 100)], headers=(("content-encoding", "gzip"),))
    fake.on("GET", X, packed)

    assert litectl("api", X) == (0, '{"a": 1}' * 100, "")


def test_status_and_headers_are_printed_with_i(litectl: Litectl, fake: FakeProxy) -> None:
    """They stand before the body as they came, each as often as it came, but no secret that was sent."""
    headers = (
        ("X-Team", "blue"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("x-echo", "sk-test-key-0001"),
    )
    fake.on("GET", X, Answer(201, [b"body"], "text/plain", headers))

    result = litectl("api", X, "-i")

    head, _, body = result.out.partition("\n\n")
    assert (result.code, body) == (0, "body")
    assert head.splitlines()[0] == "HTTP/1.1 201 Created"
    assert head.splitlines()[-4:] == ["X-Team: blue", "set-cookie: a=1", "set-cookie: b=2", "x-echo: ***"]


@pytest.mark.parametrize("options", [(), ("--stream",)])
def test_a_terminal_is_shown_text_only(litectl: Litectl, fake: FakeProxy, options: tuple[str, ...]) -> None:
    """What it would act on is taken out, also when it comes in halves, and the line is ended."""
    pieces = [b"\x1b[31mred\xe2", b"\x80\xae \xc3", b"\xbc\xff\x07", b"end"]
    fake.on("GET", X, Answer(pieces=pieces, content_type="text/plain", headers=(("x-a", "b"),)))

    result = litectl("api", X, *options, terminal=True)
    with_head = litectl("api", X, "-i", *options, terminal=True)

    assert (result.code, result.out) == (0, "[31mred ü\ufffdend\n")
    assert with_head.out.endswith("\nx-a: b\n\n[31mred ü\ufffdend\n")


def test_a_terminal_is_not_shown_what_is_no_text(litectl: Litectl, fake: FakeProxy) -> None:
    """Exit 1 says where to put it."""
    fake.on("GET", X, Answer(pieces=[b"\x89PNG\r\n\x1a\n\0\0\0"], content_type="image/png"))

    result = litectl("api", X, terminal=True, variables={"NO_COLOR": "1"})

    assert (result.code, result.out) == (1, "")
    assert "error: the body is not text, which a terminal cannot show\nhint: add `> FILE`\n" in result.err


def test_an_event_stream_is_printed_as_it_arrives(program: Program, fake: FakeProxy) -> None:
    """Each event is there before the next one is sent; `--stream` does so with anything."""
    more = Event()
    events = sse({"a": 1}, {"a": 2})
    fake.on("POST", CHAT, Answer(pieces=[events[0], more, events[1]], content_type=EVENT_TYPE))

    with program.started("api", CHAT, "-d", '{"stream": true}') as process:
        assert process.stdout is not None
        assert os.read(process.stdout.fileno(), 1000) == events[0]
        more.set()
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out, err) == (0, events[1], b"")


def test_a_body_is_printed_as_it_arrives_with_stream(program: Program, fake: FakeProxy) -> None:
    """Without it nothing is printed before the body is whole."""
    more = Event()
    fake.on("GET", X, Answer(pieces=[b"one\n", more, b"two\n"], content_type="text/plain"))

    with program.started("api", X, "--stream") as process, program.started("api", X) as other:
        assert process.stdout is not None
        assert other.stdout is not None
        assert os.read(process.stdout.fileno(), 1000) == b"one\n"
        deadline = time.monotonic() + 20
        while len(fake.requests) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.set_blocking(other.stdout.fileno(), False)
        with pytest.raises(BlockingIOError):
            os.read(other.stdout.fileno(), 1000)
        os.set_blocking(other.stdout.fileno(), True)
        more.set()
        assert process.communicate(timeout=30) == (b"two\n", b"")
        assert other.communicate(timeout=30) == (b"one\ntwo\n", b"")


@pytest.mark.parametrize("options", [(), ("--stream",)])
def test_a_large_body_needs_no_memory(program: Program, fake: FakeProxy, options: tuple[str, ...]) -> None:
    """One of 100 MB takes no more than a small one, and comes whole."""
    block = b"x" * 10**6
    fake.on("GET", "/big", Answer(pieces=(block for _ in range(100)), content_type="text/plain"))
    fake.on("GET", "/small", Answer(pieces=[b"x"], content_type="text/plain"))
    script = (
        "import resource, subprocess, sys;"
        "run = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE);"
        "size = sum(len(piece) for piece in iter(lambda: run.stdout.read(10**6), b''));"
        "code = run.wait();"
        "print(size, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
    )
    measured = Program([sys.executable, "-c", script, *program.command], program.variables)

    (small, least), (big, most) = (
        map(int, measured("api", path, *options).out.split()) for path in ("/small", "/big")
    )

    assert (small, big) == (1, 100 * 10**6)
    assert (most - least) * 1024 < 50 * 10**6  # KiB on Linux


# How it ends


@pytest.mark.parametrize(
    ("status", "kind", "message", "code", "said"),
    [
        (400, "invalid_request_error", "no such field", 1, "the proxy refused the request: no such field"),
        (
            401,
            "auth_error",
            "Authentication Error",
            4,
            "the proxy refused the credential: Authentication Error",
        ),
        (
            403,
            "key_model_access_denied",
            "not yours",
            6,
            "unknown model, or not allowed for this key: not yours",
        ),
        (403, "auth_error", "not your route", 4, "the proxy does not allow this: not your route"),
        (404, "not_found_error", "Key not found", 6, "not found: Key not found"),
        (409, "conflict", "there already", 1, "the proxy answered 409: there already"),
        (413, "x", "large", 10, "the request is too large for the proxy: large"),
        (422, "budget_exceeded", "Budget has been exceeded! Key", 9, "budget exceeded: Key"),
        (429, "throttling_error", "slow down", 8, "rate limited: slow down"),
        (500, "internal_server_error", "oops", 12, "the proxy or its backend failed (500): oops"),
        (503, "x", "later", 12, "the proxy or its backend failed (503): later"),
    ],
)
def test_the_exit_code_is_that_of_the_status(
    litectl: Litectl, fake: FakeProxy, status: int, kind: str, message: str, code: int, said: str
) -> None:
    """The body is on stdout as ever, and what it means on stderr, in words or as JSON."""
    fake.on("POST", X, error_answer(status, kind, message))
    body = {"error": {"message": message, "type": kind, "param": "None", "code": str(status)}}

    result = litectl("api", "POST", X)
    as_json = litectl("api", "POST", X, "--json")

    assert (result.code, result.json) == (code, body)
    assert result.err.startswith(f"error: {said}")
    assert "\nhint: " in result.err
    assert (as_json.code, as_json.json) == (code, body)
    assert (as_json.error["exit_code"], as_json.error["status"]) == (code, status)
    assert len(fake.requests) == 2


def test_an_unknown_route_is_told_from_an_unknown_thing(litectl: Litectl, fake: FakeProxy) -> None:
    """The hint is about routes, and not about models."""
    result = litectl("api", "/v1/modls?a=b")

    assert (result.code, result.out) == (6, '{"detail": "Not Found"}')
    assert result.err == (
        "error: the proxy has no route /v1/modls\n"
        "hint: check the path; `litectl api /routes` has those of the proxy\n"
    )


@pytest.mark.parametrize("status", [300, 304])
def test_an_answer_without_a_success_says_where_the_rest_is(
    litectl: Litectl, fake: FakeProxy, status: int
) -> None:
    """The body is on stdout, also that of a redirect to nowhere."""
    fake.on("GET", X, Answer(status, [b"hi"] if status == 300 else []))

    result = litectl("api", X)

    assert (result.code, result.out) == (1, "hi" if status == 300 else "")
    assert "hint: the proxy's whole answer is on stdout\n" in result.err


def test_a_key_in_a_path_is_not_quoted(litectl: Litectl, fake: FakeProxy) -> None:
    """It reaches the proxy, and no log."""
    key = "sk-hidden-in-path-0001"

    result = litectl("api", f"/keys/{key}/x", "-q", f"key={key}", "--debug")

    assert (result.code, key in result.err) == (6, False)
    assert fake.requests[0].path == f"/keys/{key}/x?key={key}"


def test_a_wrong_method_is_told_the_right_one(litectl: Litectl, fake: FakeProxy) -> None:
    """A proxy says it in a header."""
    fake.on("POST", X, json_answer({"detail": "Method Not Allowed"}, 405, allow="GET, HEAD"))

    result = litectl("api", "POST", X)

    assert result.code == 1
    assert result.err.endswith("hint: this path takes GET, HEAD\n")


def test_an_error_that_is_a_large_page_is_printed_whole(litectl: Litectl, fake: FakeProxy) -> None:
    """Only its beginning decides what it means."""
    page = b"<html><title>Bad Gateway</title>" + b"x" * 200_000
    fake.on("GET", X, Answer(502, [page[:50_000], page[50_000:]], "text/html"))

    result = litectl("api", X)

    assert (result.code, result.out) == (12, page.decode())
    assert result.err.startswith("error: the proxy or its backend failed (502): Bad Gateway\n")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(litectl: Litectl, fake: FakeProxy, status: int) -> None:
    """What is on the proxy can be asked for, exit 1; what is elsewhere is exit 3, as for every command."""
    with FakeProxy() as other:
        fake.on("GET", "/own", json_answer({}, status, location="/ui/?a=b;c"))
        fake.on("GET", "/other", json_answer({}, status, location=f"{other.root}/x"))
        fake.on("GET", "/up", json_answer({}, status, location="//evil.example.com/../x"))
        fake.on("GET", "/none", json_answer({}, status))

        results = {path: litectl("api", path) for path in ("/own", "/other", "/up", "/none")}

        assert [result.code for result in results.values()] == [1, 3, 3, 1]
        assert other.requests == []
    assert results["/own"].err == (
        "error: the proxy redirects to /ui/?a=b;c, which is not followed\n"
        "hint: ask for that: `litectl api GET '/ui/?a=b;c'`\n"
    )
    assert f"redirects to {other.root}/x, which is not followed\nhint: it is another server's" in (
        results["/other"].err
    )
    assert "hint: it is another server's" in results["/up"].err
    assert results["/none"].err.startswith(f"error: the proxy answered {status}: ")


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"error": {"message": "slow down", "type": "throttling_error", "code": "429"}}, 8),
        ({"error": {"message": "upstream exploded", "code": "500"}}, 12),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, 12),
        ({"type": "error", "code": "rate_limit_exceeded", "message": "slow down"}, 8),
        (
            {
                "type": "response.failed",
                "response": {"error": {"code": "rate_limit_exceeded", "message": "x"}},
            },
            8,
        ),
        ({"type": "response.failed", "response": None}, 12),
        ({"type": "response.created", "response": {"error": None}}, 0),
        ({"choices": [{"delta": {"content": 'an "error" in a text'}}]}, 0),
        ({"error": None}, 0),
        ('"error"', 0),
        ('{"error', 0),
    ],
)
@pytest.mark.parametrize("options", [(), ("--stream",)])
def test_an_error_in_an_event_stream_is_the_exit_code(
    litectl: Litectl, fake: FakeProxy, options: tuple[str, ...], event: object, code: int
) -> None:
    """All of the stream is printed, also what follows the error."""
    events = sse({"a": 1}, event, "[DONE]")
    fake.on("POST", CHAT, Answer(pieces=events, content_type=EVENT_TYPE))

    result = litectl("api", CHAT, "-d", '{"stream": true}', *options)

    assert (result.code, result.out) == (code, b"".join(events).decode())
    assert bool(result.err) == bool(code)


def test_a_long_stream_is_scanned_within_bounds(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What never ends an event is passed on, and not held."""
    monkeypatch.setattr(route_errors, "_SCANNED", 1000)
    fake.on("GET", X, Answer(pieces=[b"data: ", *[b"x" * 300] * 10, b"\n\n"], content_type=EVENT_TYPE))

    result = litectl("api", X)

    assert (result.code, len(result.out)) == (0, 3008)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_that_breaks_off_is_an_error(litectl: Litectl, fake: FakeProxy, method: str) -> None:
    """Exit 11, with what came where it was printed as it arrived, else with nothing; asked once."""
    fake.on(method, X, Answer(pieces=[b"half"], cut=True))

    whole, live = litectl("api", method, X), litectl("api", method, X, "--stream")

    assert (whole.code, whole.out) == (11, "")
    assert (live.code, live.out) == (11, "half")
    assert live.err.startswith(f"error: the answer broke off: {fake.root} broke the connection off")
    assert len(fake.requests) == 2


@pytest.mark.parametrize("options", [(), ("--stream",), ("--paginate",)])
def test_a_body_that_takes_too_long_is_an_error(
    litectl: Litectl, fake: FakeProxy, options: tuple[str, ...]
) -> None:
    """The time is a total: bytes that drip do not hold a command, and half a body is no success."""
    stop = Event()

    def dripping() -> Iterator[bytes]:
        while not stop.wait(0.05):
            yield b"x"

    fake.on("GET", X, Answer(pieces=dripping(), content_type="text/plain"))
    started = time.monotonic()
    try:
        result = litectl("api", X, "--timeout", "0.5", *options)
    finally:
        stop.set()

    assert time.monotonic() - started < 5
    assert result.code == 11
    assert result.err == (
        f"error: the answer broke off: no complete answer from {fake.root} within 0.5 s\n"
        "hint: allow more time with `--timeout SECONDS`\n"
    )


def test_an_answer_that_does_not_come_leaves_a_change_in_doubt(litectl: Litectl, fake: FakeProxy) -> None:
    """Exit 5 says so for a POST, which is sent once, and not for a GET."""
    silent, done = Event(), Answer(pieces=[])

    def late(_: Request) -> Answer:
        silent.wait(20)
        return done

    fake.on("POST", X, late)
    fake.on("GET", X, late)
    try:
        post, get = litectl("api", "POST", X, "--timeout", "0.3"), litectl("api", X, "--timeout", "0.3")
    finally:
        silent.set()

    assert (post.code, get.code) == (5, 5)
    assert "hint: nobody can tell whether it was done; allow more time with `--timeout" in post.err
    assert "hint: allow more time with `--timeout SECONDS`\n" in get.err
    assert [request.method for request in fake.requests] == ["POST", "GET"]


@pytest.mark.parametrize(
    ("method", "tries"), [("GET", 2), ("HEAD", 2), ("POST", 1), ("DELETE", 1), ("PUT", 1)]
)
def test_only_a_read_is_repeated_when_the_connection_is_lost(
    litectl: Litectl, fake: FakeProxy, method: str, tries: int
) -> None:
    """A change is sent exactly once, whatever becomes of it."""

    def hang_up(_: Request) -> Answer:
        raise ConnectionAbortedError

    fake.on(method, X, hang_up)

    result = litectl("api", method, X)

    assert result.code == 5
    assert len(fake.requests) == tries


def test_offline_asks_nobody(litectl: Litectl, fake: FakeProxy) -> None:
    """Exit 3, as everywhere."""
    assert litectl("api", X, "--offline").code == 3
    assert fake.requests == []


def test_a_profile_has_its_own_proxy_and_key(fake: FakeProxy, isolated: Path) -> None:
    """The credential of the profile goes to its root."""
    fake.on("GET", X, json_answer({}))
    store_profiles(Profile("work", fake.root, StoredCredential(API_KEY, fake.root, "sk-of-profile-0001")))

    assert Litectl({})("api", X, "--profile", "work").code == 0
    assert fake.requests[0].headers["authorization"] == "Bearer sk-of-profile-0001"


@pytest.mark.parametrize(("method", "code", "renewals"), [("GET", 0, 1), ("HEAD", 0, 1), ("POST", 4, 0)])
def test_a_refused_login_is_renewed_for_reads_only(
    fake: FakeProxy, isolated: Path, method: str, code: int, renewals: int
) -> None:
    """A read is repeated once with the new token; a change is sent exactly once, also when it is refused."""
    sso = SingleSignOn(fake)
    store_login(isolated, sso, ends_in=3600)
    sso.accepted.clear()  # they were taken back
    fake.on(method, X, sso.models)

    result = Litectl({})("api", method, X)

    assert (result.code, sso.renewals) == (code, renewals)
    assert len(sso.asked(method, X)) == 1 + renewals


def test_a_reader_that_goes_ends_it(program: Program, fake: FakeProxy) -> None:
    """Also while nothing comes; that is success, as `head` means it."""
    fake.on("GET", X, Answer(pieces=[b"one\n", Event()], content_type="text/plain"))

    with program.started("api", X, "--stream") as process:
        assert process.stdout is not None
        assert os.read(process.stdout.fileno(), 100) == b"one\n"
        process.stdout.close()
        assert process.wait(15) == 0


def test_a_change_is_sent_though_nobody_reads_the_answer(program: Program, fake: FakeProxy) -> None:
    """What was asked for is done before anybody minds the reader."""
    fake.on("POST", X, json_answer({}))
    reader, writer = os.pipe()
    os.close(reader)

    with program.started("api", "POST", X, stdout=writer) as process:
        os.close(writer)
        assert process.wait(30) == 0

    assert len(fake.requests) == 1


def test_a_signal_ends_it(program: Program, fake: FakeProxy) -> None:
    """Ctrl-C is exit 130."""
    fake.on("GET", X, Answer(pieces=[b"one\n", Event()], content_type="text/plain"))

    with program.started("api", X, "--stream") as process:
        assert process.stdout is not None
        os.read(process.stdout.fileno(), 100)
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 130


def test_a_full_disk_is_an_error(program: Program, fake: FakeProxy) -> None:
    """Exit 1, though the proxy answered."""
    fake.on("GET", X, json_answer({}))

    with Path("/dev/full").open("wb") as full, program.started("api", X, stdout=full) as process:
        _, err = process.communicate(timeout=30)

    assert (process.returncode, err.splitlines()[0]) == (
        1,
        b"error: cannot write to stdout: No space left on device",
    )


# Pages


def numbered(total: int) -> Callable[[Request], Answer]:
    """Return what answers with one of *total* pages."""

    def answer(request: Request) -> Answer:
        number = int(request.path.partition("page=")[2] or 1)
        return json_answer({"keys": [f"key-{number}"], "current_page": number, "total_pages": total})

    return answer


def test_pages_are_printed_one_after_another(litectl: Litectl, fake: FakeProxy) -> None:
    """Each is a line of its own; the parameters stay, only the page changes."""
    fake.on("GET", "/key/list", numbered(3))

    result = litectl("api", "/key/list?size=1", "--paginate")

    assert (result.code, result.err) == (0, "")
    assert [json.loads(line)["keys"] for line in result.out.splitlines()] == [["key-1"], ["key-2"], ["key-3"]]
    assert [each.path for each in fake.requests] == [
        "/key/list?size=1",
        "/key/list?size=1&page=2",
        "/key/list?size=1&page=3",
    ]


def test_pages_are_printed_as_they_come(program: Program, fake: FakeProxy) -> None:
    """The first is there before the second."""
    more = Event()

    def answer(request: Request) -> Answer:
        if "page=2" in request.path:
            more.wait(20)
        return numbered(2)(request)

    fake.on("GET", "/key/list", answer)

    with program.started("api", "/key/list", "--paginate") as process:
        assert process.stdout is not None
        assert b"key-1" in os.read(process.stdout.fileno(), 1000)
        more.set()
        out, _ = process.communicate(timeout=30)

    assert (process.returncode, json.loads(out)["keys"]) == (0, ["key-2"])


def test_a_cursor_is_followed(litectl: Litectl, fake: FakeProxy) -> None:
    """The next page begins after the last row of this one."""

    def answer(request: Request) -> Answer:
        after = request.path.partition("after=")[2]
        return json_answer(
            {"data": [{"id": f"{after}x"}], "has_more": len(after) < 2, "last_id": f"{after}x"}
        )

    fake.on("GET", "/v1/files", answer)

    result = litectl("api", "/v1/files", "--paginate")

    assert [each.path for each in fake.requests] == ["/v1/files", "/v1/files?after=x", "/v1/files?after=xx"]
    assert (result.code, len(result.out.splitlines())) == (0, 3)


def test_what_has_no_pages_is_printed_once(litectl: Litectl, fake: FakeProxy) -> None:
    """A note says so."""
    for body in (b'{"data": []}', b"[]", b"plain", b'{"a": 1}\n'):
        fake.on("GET", X, Answer(pieces=[body], content_type="text/plain"))

        shown = f"{body.decode().rstrip()}\n"
        assert litectl("api", X, "--paginate") == (0, shown, "note: the answer has no pages\n")
    assert len(fake.requests) == 4
    fake.on("GET", X, Answer(pieces=[]))
    assert litectl("api", X, "--paginate").out == ""


def test_a_cursor_that_is_no_line_is_shown_as_one(litectl: Litectl, fake: FakeProxy) -> None:
    """It is the proxy's text, in an error of ours."""
    fake.on("GET", X, json_answer({"next_cursor": "a\nerror: b\x1b[31m"}))

    result = litectl("api", X, "--paginate")

    assert (result.code, len(result.err.splitlines())) == (1, 2)
    assert result.err.startswith("error: the pages go in a circle: cursor=a error: b [31m follows twice\n")


def test_pages_that_go_in_a_circle_end(litectl: Litectl, fake: FakeProxy) -> None:
    """A server that minds no parameter would be asked for ever."""
    fake.on("GET", X, json_answer({"page": 1, "total_pages": 9}))

    result = litectl("api", X, "--paginate")

    assert (result.code, len(fake.requests), len(result.out.splitlines())) == (1, 2, 2)
    assert result.err.startswith("error: the pages go in a circle: page=2 follows twice\n")


def test_there_are_not_endless_pages(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a thousand it is an error, since the list is not whole; exactly so many are fine."""
    assert api_calling._MOST_PAGES == 1000
    monkeypatch.setattr(api_calling, "_MOST_PAGES", 5)
    fake.on("GET", "/fits", numbered(5))
    fake.on("GET", "/more", numbered(6))

    fits, more = litectl("api", "/fits", "--paginate"), litectl("api", "/more", "--paginate")

    assert (fits.code, more.code, len(fake.requests)) == (0, 1, 10)
    assert more.err.startswith("error: the list has more than 5 pages\nhint: ask for larger pages")


@pytest.mark.parametrize(
    ("second", "code", "lines"),
    [
        (error_answer(429, "throttling_error", "slow down"), 8, 2),
        (json_answer({"data": []}), 11, 2),
        (Answer(pieces=[b"<html>"], content_type="text/html"), 11, 2),
        (json_answer({"data": [], "has_more": True}), 11, 2),
        (Answer(pieces=[b'{"half'], cut=True), 11, 1),
    ],
)
def test_a_page_that_fails_is_the_end(
    litectl: Litectl, fake: FakeProxy, second: Answer, code: int, lines: int
) -> None:
    """What came is printed, and the exit code says that the list is not whole."""
    fake.on("GET", X, lambda request: second if "page=2" in request.path else numbered(3)(request))

    result = litectl("api", X, "--paginate")

    assert (result.code, len(result.out.splitlines()), len(fake.requests)) == (code, lines, 2)


def test_the_time_is_for_all_pages(litectl: Litectl, fake: FakeProxy) -> None:
    """Many quick pages do not take longer than what was allowed."""

    def slow(request: Request) -> Answer:
        time.sleep(0.1)
        return numbered(1000)(request)

    fake.on("GET", X, slow)
    started = time.monotonic()

    result = litectl("api", X, "--paginate", "--timeout", "0.6")

    assert time.monotonic() - started < 5
    assert result.code in (5, 11)
    assert 1 < len(fake.requests) < 10


def test_a_page_on_a_terminal_ends_its_line_once(litectl: Litectl, fake: FakeProxy) -> None:
    """Also with headers, which stand before each page."""
    fake.on("GET", "/key/list", numbered(2))

    result = litectl("api", "/key/list", "--paginate", terminal=True)
    with_heads = litectl("api", "/key/list", "--paginate", "-i")

    assert [json.loads(line)["current_page"] for line in result.out.splitlines()] == [1, 2]
    assert with_heads.out.count("HTTP/1.1 200 OK\n") == 2


def test_help_names_what_is_special(litectl: Litectl) -> None:
    """The shared options are all there; `-q` is a parameter of the query."""
    result = subprocess.run(
        [sys.executable, "-m", "litectl", "api", "--help"], capture_output=True, text=True, check=True
    )

    assert "-q, --query NAME=VALUE" in result.stdout
    assert "  --quiet " in result.stdout
    assert "-q, --quiet" not in result.stdout
    assert "\x08" not in result.stdout
