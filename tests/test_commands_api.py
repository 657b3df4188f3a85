"""`litectl api`: what is sent of what is typed."""

import json
import os
import re
import subprocess
import sys
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_proxy import Answer, FakeProxy, Request, error_answer, json_answer
from litectl.actions.api import body as request_body
from program import Litectl, Program

BYTES = bytes(range(256)) * 3
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


def test_help_names_what_is_special(litectl: Litectl) -> None:
    """The shared options are all there; `-q` is a parameter of the query."""
    result = subprocess.run(
        [sys.executable, "-m", "litectl", "api", "--help"], capture_output=True, text=True, check=True
    )

    assert "-q, --query NAME=VALUE" in result.stdout
    assert "  --quiet " in result.stdout
    assert "-q, --quiet" not in result.stdout
    assert "\x08" not in result.stdout
