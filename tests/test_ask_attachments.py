"""Attachments of `litectl ask`: from a file, a pipe or the web, and only to a model that can read them."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from answers import MESSAGES, RESPONSES, answer_all
from fake_proxy import Answer, FakeProxy
from known_models import know, openai, sent
from program import Litectl, Program

ASK = ("ask", "-m", "m", "-p", "What is this?")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
WAV = b"RIFF\n\n\n\nWAVEfmt "
PROMPT = {"type": "text", "text": "What is this?"}


def address_of(content: bytes, media_type: str = "image/png") -> str:
    """Return *content* as the address that a request carries."""
    return f"data:{media_type};base64,{b64encode(content).decode()}"


IMAGE_PART = {"type": "image_url", "image_url": {"url": address_of(PNG)}}


@pytest.fixture(autouse=True)
def answering(fake: FakeProxy) -> None:
    """Answer every protocol."""
    answer_all(fake)


@pytest.fixture
def web() -> Iterator[FakeProxy]:
    """Give a server of files, of which `/photo` is one."""
    with FakeProxy() as server:
        server.on("GET", "/photo", Answer(pieces=[PNG], content_type="text/html"))
        yield server


def content_of(fake: FakeProxy) -> Any:
    """Return what the user says in the only request."""
    return sent(fake)["messages"][-1]["content"]


# Where it comes from


@pytest.mark.parametrize("option", ["-f", "--file", "--attach"])
def test_an_image_is_a_part_whatever_its_name(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, option: str
) -> None:
    """What it is, its bytes say; it follows the prompt."""
    path = tmp_path / "notes.txt"
    path.write_bytes(PNG)

    assert litectl(*ASK, option, str(path)) == (0, "ok\n", "")
    assert content_of(fake) == [PROMPT, IMAGE_PART]


@pytest.mark.parametrize("arguments", [[], ["-f", "-"], ["-f", "-", "--attach-type", "image/png"]])
def test_an_image_may_be_piped_in(litectl: Litectl, fake: FakeProxy, arguments: list[str]) -> None:
    """Named or not, and its type may be said."""
    assert litectl(*ASK, *arguments, stdin=PNG) == (0, "ok\n", "")
    assert content_of(fake) == [PROMPT, IMAGE_PART]


def test_an_image_alone_is_a_question(litectl: Litectl, fake: FakeProxy) -> None:
    """A prompt is not needed beside it."""
    assert litectl("ask", "-m", "m", stdin=PNG).code == 0
    assert content_of(fake) == [IMAGE_PART]


def test_a_named_pipe_is_read_like_a_file(program: Program, fake: FakeProxy, tmp_path: Path) -> None:
    """As a shell makes one of `-f <(command)`."""
    script = f'{" ".join(program.command)} ask -m m -p "What is this?" -f <(cat "$1")'
    (tmp_path / "image").write_bytes(PNG)
    bash = Program(["bash", "-c", script, "bash", str(tmp_path / "image")], program.variables)

    assert bash() == (0, "ok\n", "")
    assert content_of(fake) == [PROMPT, IMAGE_PART]


def test_text_and_others_keep_their_places(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """Text joins the prompt, everything else follows as a part: what is piped, then the files in order."""
    (tmp_path / "a.txt").write_text("alpha")
    (tmp_path / "doc").write_bytes(PDF)
    (tmp_path / "sound").write_bytes(WAV)
    files = [word for name in ("sound", "a.txt", "doc") for word in ("-f", str(tmp_path / name))]

    litectl(*ASK, *files, stdin=PNG)

    text, *parts = content_of(fake)
    assert text["text"] == 'What is this?\n\n<file name="a.txt">\nalpha\n</file>'
    assert parts == [
        IMAGE_PART,
        {"type": "input_audio", "input_audio": {"data": b64encode(WAV).decode(), "format": "wav"}},
        {"type": "file", "file": {"filename": "doc.pdf", "file_data": address_of(PDF, "application/pdf")}},
    ]


def test_an_image_goes_on_with_a_conversation(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """It belongs to what is said now, and is saved with it."""
    path = tmp_path / "said.json"
    litectl(*ASK, "-f", "-", "--save", str(path), stdin=PNG)
    fake.requests.clear()

    litectl("ask", "-m", "m", "--messages", str(path), "-p", "And now?")

    assert sent(fake)["messages"][0]["content"] == [PROMPT, IMAGE_PART]


@pytest.mark.parametrize(
    ("protocol", "field", "expected"),
    [
        ("responses", "input", {"type": "input_image", "image_url": address_of(PNG)}),
        (
            "messages",
            "messages",
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": b64encode(PNG).decode()},
            },
        ),
    ],
)
def test_an_image_goes_by_every_protocol(
    litectl: Litectl, fake: FakeProxy, protocol: str, field: str, expected: object
) -> None:
    """In the words of each."""
    assert litectl(*ASK, "--protocol", protocol, stdin=PNG).code == 0
    assert fake.requests[-1].path == {"responses": RESPONSES, "messages": MESSAGES}[protocol]
    assert sent(fake)[field][-1]["content"][-1] == expected


# From the web


def test_a_file_of_the_web_is_fetched_and_sent(litectl: Litectl, fake: FakeProxy, web: FakeProxy) -> None:
    """Its bytes go along, whatever type its server claims, and never its address."""
    result = litectl(*ASK, "-f", f"{web.root}/photo?token=secret", "--allow-private")

    assert result == (0, "ok\n", "")
    assert content_of(fake) == [PROMPT, IMAGE_PART]
    assert b"token=secret" not in fake.requests[-1].body


def test_nothing_that_says_who_asks_goes_to_the_web(
    litectl: Litectl, fake: FakeProxy, web: FakeProxy
) -> None:
    """Neither key nor extra header nor call id; only what a file needs to be fetched."""
    extra = ("--header", "X-Gateway-Key: very-secret-value", "--tag", "a", "--session", "s-1")

    litectl(*ASK, "-f", f"{web.root}/photo", "--allow-private", *extra)

    headers = web.requests[-1].headers
    assert {*headers} == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert "very-secret-value" in fake.requests[-1].headers.values()


def test_the_key_does_not_even_go_to_the_address_of_the_proxy(litectl: Litectl, fake: FakeProxy) -> None:
    """A file that is on the same machine is fetched as anybody would."""
    fake.on("GET", "/photo", Answer(pieces=[PNG]))

    assert litectl(*ASK, "-f", f"{fake.root}/photo", "--allow-private").code == 0
    assert "authorization" not in fake.requests[0].headers


@pytest.mark.parametrize("arguments", [[], ["--no-adapt"], ["--dry-run"]])
def test_a_private_address_is_refused(
    litectl: Litectl, fake: FakeProxy, web: FakeProxy, arguments: list[str]
) -> None:
    """Unless it is allowed, nothing is fetched and nothing is sent."""
    result = litectl(*ASK, "-f", f"{web.root}/photo", *arguments)

    assert (result.code, result.out) == (2, "")
    assert "--allow-private" in result.err
    assert (web.requests, fake.requests) == ([], [])


def test_a_redirect_is_followed_to_files_only(litectl: Litectl, fake: FakeProxy, web: FakeProxy) -> None:
    """To another address of the web it is, to anything else never."""
    web.on("GET", "/moved", Answer(302, headers=(("location", "/photo"),)))
    web.on("GET", "/away", Answer(302, headers=(("location", "file:///etc/passwd"),)))

    assert litectl(*ASK, "-f", f"{web.root}/moved", "--allow-private").code == 0
    fake.requests.clear()
    assert litectl(*ASK, "-f", f"{web.root}/away", "--allow-private").code == 2
    assert fake.requests == []


@pytest.mark.parametrize(("path", "code"), [("/nothing", 2), ("/broken", 5), ("/html", 0)])
def test_a_file_that_is_not_there_is_told_by_its_exit(
    litectl: Litectl, fake: FakeProxy, web: FakeProxy, path: str, code: int
) -> None:
    """A wrong address is exit 2, a server that fails is 5; a page is text like any other."""
    web.on("GET", "/broken", Answer(503))
    web.on("GET", "/html", Answer(pieces=["<p>smörgås".encode()]))

    assert litectl(*ASK, "-f", f"{web.root}{path}", "--allow-private").code == code
    assert len(fake.requests) == (1 if code == 0 else 0)


def test_offline_fetches_nothing(litectl: Litectl, fake: FakeProxy, web: FakeProxy) -> None:
    """Not for a dry run either."""
    result = litectl(*ASK, "-f", f"{web.root}/photo", "--allow-private", "--offline", "--dry-run")

    assert (result.code, web.requests) == (3, [])


# What cannot be


@pytest.mark.parametrize(
    ("content", "kind", "flag"),
    [
        (PNG, "image", "supports_vision"),
        (PDF, "pdf", "supports_pdf_input"),
        (WAV, "audio", "supports_audio_input"),
    ],
)
def test_a_model_that_cannot_read_it_is_not_asked(
    litectl: Litectl, fake: FakeProxy, content: bytes, kind: str, flag: str
) -> None:
    """When the list says so it is exit 2 before anything is sent; `--no-adapt` asks it all the same."""
    know(litectl, fake, openai("m", **{flag: False}))

    refused = litectl(*ASK, stdin=content)
    nothing_sent = fake.requests == []

    assert (refused.code, nothing_sent) == (2, True)
    assert f"m cannot read {kind} attachments" in refused.err
    assert "`litectl models list --columns name,abilities`" in refused.err
    assert litectl(*ASK, "--no-adapt", stdin=content).code == 0


def test_one_deployment_that_cannot_is_enough(litectl: Litectl, fake: FakeProxy) -> None:
    """A request may land on any of them."""
    know(litectl, fake, openai("m", supports_vision=True), openai("m", id="2", supports_vision=False))

    assert litectl(*ASK, stdin=PNG).code == 2


def test_a_model_that_nobody_knows_is_asked(litectl: Litectl, fake: FakeProxy) -> None:
    """No evidence is no refusal."""
    know(litectl, fake, openai("m"))

    assert litectl(*ASK, stdin=PNG).code == 0


@pytest.mark.parametrize("protocol", ["responses", "messages"])
@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_audio_goes_by_chat_only(
    litectl: Litectl, fake: FakeProxy, protocol: str, arguments: list[str]
) -> None:
    """The other protocols have no such part, so they are refused by name."""
    result = litectl(*ASK, "--protocol", protocol, *arguments, stdin=WAV)

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert "--protocol chat" in result.err


@pytest.mark.parametrize(
    ("declared", "content", "code"),
    [
        ("image/png", PNG, 0),
        ("image", PNG, 0),
        ("audio/x-wav", WAV, 0),
        ("text", b"%PDF-1.7 is how one begins", 0),
        ("image/jpeg", PNG, 2),
        ("pdf", PNG, 2),
        ("image/png", b"text", 2),
        ("application/zip", PNG, 2),
        ("", PNG, 2),
        ("text", b"\x00\x01", 2),
        ("image/png", b"", 2),
    ],
)
def test_a_declared_type_has_to_be_the_one_of_the_bytes(
    litectl: Litectl, fake: FakeProxy, declared: str, content: bytes, code: int
) -> None:
    """It is checked before anything is sent, and nothing at all is not what it declares."""
    result = litectl(*ASK, "-f", "-", "--attach-type", declared, stdin=content)

    assert (result.code, len(fake.requests)) == (code, 1 if code == 0 else 0)


def test_a_declared_type_is_about_stdin_and_nothing_else(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """Without anything on stdin it is a mistake, since a file is what its bytes are."""
    path = tmp_path / "image"
    path.write_bytes(PNG)

    result = litectl(*ASK, "-f", str(path), "--attach-type", "image/png")

    assert (result.code, fake.requests) == (2, [])
    assert "nothing came on stdin" in result.err


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00\x00", b"\x7fELF\x02\x00", b"caf\xe9"])
def test_what_nobody_could_read_is_refused(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, content: bytes
) -> None:
    """Exit 2 with the name of the file, and what may be attached."""
    path = tmp_path / "thing"
    path.write_bytes(content)

    result = litectl(*ASK, "-f", str(path))

    assert (result.code, fake.requests) == (2, [])
    assert "`thing`" in result.err
    assert "png, jpeg, gif, webp" in result.err


def test_what_is_too_large_is_refused(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """The limit of an image is named, and the file is never sent."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.write(PNG)
        file.truncate(21 * 2**20)

    result = litectl(*ASK, "-f", str(path))

    assert (result.code, fake.requests) == (2, [])
    assert "20 MiB" in result.err


def test_an_address_of_another_kind_is_refused_without_its_password(
    litectl: Litectl, fake: FakeProxy
) -> None:
    """Only the web is fetched from; what is typed elsewhere in an address is not repeated."""
    result = litectl(*ASK, "-f", "ftp://user:hidden-word@files.example.com/photo.png")

    assert (result.code, fake.requests) == (2, [])
    assert "hidden-word" not in result.err
