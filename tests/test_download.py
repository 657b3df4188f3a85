"""Files of the web: fetched without a credential, within bounds, and from public addresses only."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from certificates import written
from fake_proxy import Answer, FakeProxy, Request
from http_proxy import http_proxy
from litectl.errors import LitectlError, NetworkError, TimedOutError, UsageError
from litectl.wire.addresses import is_public
from litectl.wire.download import MOST_REDIRECTS, Download, download
from litectl.wire.tls import Tls

PUBLIC = "93.184.215.14"
OTHER_PUBLIC = "93.184.215.15"
NAME = "files.example.com"
OTHER_NAME = "more.example.com"
PASSWORD = "hidden-password"
PIECE = b"x" * 1000


class World:
    """
    The internet: *names* and their addresses, look-up after look-up, and the *ports* behind these.

    `looked_up` and `connected` are what happened.
    """

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.ports: dict[str, int] = {}
        self.looked_up: list[str] = []
        self.connected: list[tuple[str, int]] = []
        self._look_up = socket.getaddrinfo
        self._connect = socket.create_connection

    def put(self, name: str, server: FakeProxy, *addresses: str) -> str:
        """Let *server* be at *name*, which has one of *addresses* at each look-up; return its root."""
        self.names[name] = [[address] for address in addresses]
        port = int(server.root.rpartition(":")[2])
        self.ports |= dict.fromkeys(addresses, port)
        return f"{server.root.partition(':')[0]}://{name}:{port}"

    def look_up(self, host: Any, port: Any, *arguments: Any, **more: Any) -> Any:
        """Answer as `socket.getaddrinfo`; a name keeps the last of its addresses."""
        name = host.decode() if isinstance(host, bytes) else host
        if name not in self.names:
            return self._look_up(host, port, *arguments, **more)
        self.looked_up.append(name)
        found = self.names[name]
        addresses = found.pop(0) if len(found) > 1 else found[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    def connect(self, address: tuple[str, int], *arguments: Any, **more: Any) -> socket.socket:
        """Connect to the port of this machine that stands behind *address*."""
        self.connected.append(address)
        host, port = address
        if host in self.ports:
            return self._connect(("127.0.0.1", self.ports[host]), *arguments, **more)
        return self._connect((host, port), *arguments, **more)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Give an internet of names and public addresses that are all on this machine."""
    made = World()
    monkeypatch.setattr(socket, "getaddrinfo", made.look_up)
    monkeypatch.setattr(socket, "create_connection", made.connect)
    return made


@pytest.fixture
def other() -> Iterator[FakeProxy]:
    """Give a second server."""
    with FakeProxy() as server:
        yield server


def file_answer(*pieces: bytes | Event, status: int = 200, cut: bool = False, **headers: str) -> Answer:
    """Return an answer that is a file; header names get hyphens for underscores."""
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, pieces, "application/octet-stream", pairs, cut)


def redirect(location: str, status: int = 302) -> Answer:
    """Return a redirect to *location*."""
    return file_answer(status=status, location=location)


def fetched(
    url: str, *, limit: int = 10_000, seconds: float = 20, allow_private: bool = True, tls: Tls | None = None
) -> Download:
    """Download *url* within bounds that a test does not meet by accident."""
    return download(url, limit=limit, seconds=seconds, allow_private=allow_private, tls=tls or Tls())


def test_a_file_is_fetched_whole(fake: FakeProxy) -> None:
    """Every byte of it, whatever they are."""
    fake.on("GET", "/photos/a%20b.png", file_answer(b"\x89PNG\r\n", b"\x00\xff"))

    found = fetched(f"{fake.root}/photos/a%20b.png?size=1#top")

    assert found == Download("a b.png", b"\x89PNG\r\n\x00\xff")
    assert [request.path for request in fake.requests] == ["/photos/a%20b.png?size=1"]


def test_nothing_says_who_asks(fake: FakeProxy, isolated: Path) -> None:
    """No key, no login of a `.netrc`, no cookie that was set on the way, and no word of the environment."""
    (isolated / ".netrc").write_text(f"machine 127.0.0.1 login user password {PASSWORD}\n")
    (isolated / ".netrc").chmod(0o600)
    fake.on("GET", "/a", file_answer(status=302, location="/b", set_cookie="session=1; Path=/"))
    fake.on("GET", "/b", file_answer(b"b"))

    fetched(f"{fake.root}/a")

    assert [sorted(request.headers) for request in fake.requests] == [
        ["accept", "accept-encoding", "connection", "host", "user-agent"]
    ] * 2
    assert fake.requests[0].headers["accept-encoding"] == "identity"
    assert fake.requests[0].headers["host"] == fake.root.removeprefix("http://")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a.png", "a.png"),
        ("/x/y/a.png?b=/c.pdf", "a.png"),
        ("/Gr%C3%BC%C3%9Fe.txt", "Grüße.txt"),
        ("/x%2F..%2Fa.png", "a.png"),
        ("/x%5Ca.png", "a.png"),
        ("/a%22%3E%0Ab.png", 'a">\nb.png'),
        ("/", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("/x/", "127.0.0.1"),
    ],
)
def test_a_file_is_called_as_its_address_ends(fake: FakeProxy, path: str, name: str) -> None:
    """Decoded, or as its host; whoever shows it makes it harmless."""
    fake.on("GET", path.partition("?")[0] or "/", file_answer(b"a"))

    assert fetched(fake.root + path).name == name


def test_a_redirected_file_keeps_the_name_that_was_asked_for(fake: FakeProxy) -> None:
    """Not that of the place it comes from."""
    fake.on("GET", "/a.png", redirect("/storage/7f3a?signature=1"))
    fake.on("GET", "/storage/7f3a", file_answer(b"a"))

    assert fetched(f"{fake.root}/a.png") == Download("a.png", b"a")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.png",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://example.com/a",
        "data:text/plain,hi",
        "http://",
        "http:///a",
        "http://./a",
        "https:a",
        "http://[::1/a",
        "http://host:port/a",
        "http://host:0/a",
        "http://host:99999/a",
        "http://host/\n",
        "http://host/\udcff",
        f"http://user:{PASSWORD}@127.0.0.1/",
        f"https://{PASSWORD}@127.0.0.1/",
        "http://" + "a" * 70_000,
        "http://a..b/",
        "http://\uff11\uff12\uff17.0.0.1/",
        f"http://{'a' * 64}.example/",
    ],
)
def test_what_is_no_address_is_a_usage_error(world: World, url: str) -> None:
    """Nothing is connected to, and a password in it is not repeated."""
    with pytest.raises(UsageError) as caught:
        fetched(url)

    assert caught.value.hint
    assert PASSWORD not in f"{caught.value.message} {caught.value.hint}"
    assert world.connected == []


@given(url=st.text() | st.text().map("http://{}".format) | st.text().map("https://h/{}".format))
def test_no_address_is_a_crash(url: str) -> None:
    """Whatever it is, the failure is one of ours; nothing can be looked up here."""

    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", nowhere)
        with pytest.raises(LitectlError):
            fetched(url)


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(fake: FakeProxy) -> None:
    """What is larger is refused while it arrives: the rest is not waited for."""
    never = Event()
    fake.on("GET", "/fits", file_answer(*[PIECE] * 10))
    fake.on("GET", "/large", file_answer(*[PIECE] * 10, b"x", never))
    started = time.monotonic()
    try:
        assert len(fetched(f"{fake.root}/fits").content) == 10_000

        with pytest.raises(UsageError, match=r"is larger than 10,000 bytes"):
            fetched(f"{fake.root}/large")
    finally:
        never.set()
    assert time.monotonic() - started < 15


def test_a_file_that_comes_compressed_is_refused(fake: FakeProxy) -> None:
    """It was not asked for so, and would be of any size."""
    fake.on("GET", "/a", file_answer(b"\x1f\x8b", content_encoding="gzip"))

    with pytest.raises(NetworkError, match="compressed"):
        fetched(f"{fake.root}/a")


@pytest.mark.parametrize("when", ["head", "body", "drip"])
def test_the_time_is_for_all_of_it(fake: FakeProxy, when: str) -> None:
    """Whether nothing comes, not all of it, or a byte now and then."""
    never = Event()

    def late(_: Request) -> Answer:
        never.wait(20)
        return file_answer()

    def drip(_: Request) -> Answer:
        return file_answer(*(SlowEvent(), b"a") * 100)

    answers: dict[str, Answer | Callable[[Request], Answer]] = {
        "head": late,
        "body": file_answer(b"a", never),
        "drip": drip,
    }
    fake.on("GET", "/a", answers[when])
    started = time.monotonic()
    try:
        with pytest.raises(TimedOutError, match=r"no complete file from http://127.0.0.1:\d+ within 0.4 s"):
            fetched(f"{fake.root}/a", seconds=0.4)
    finally:
        never.set()
    assert time.monotonic() - started < 3


class SlowEvent(Event):
    """An event that nobody sets and that is not waited for long."""

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002  # it knows better
        """Wait a moment instead."""
        return super().wait(0.1)


def test_the_time_is_for_a_name_that_nobody_answers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look-up that hangs does not hold the command."""
    answered = Event()

    def hanging(*_: object, **__: object) -> None:
        answered.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "late")

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    started = time.monotonic()
    try:
        with pytest.raises(TimedOutError):
            fetched("http://files.example.com/a", seconds=0.2)
    finally:
        answered.set()
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(fake: FakeProxy, other: FakeProxy, status: int) -> None:
    """To another server too, which is asked by its own name."""
    fake.on("GET", "/a", redirect(f"{other.root}/b", status))
    other.on("GET", "/b", file_answer(b"b"))

    assert fetched(f"{fake.root}/a").content == b"b"

    assert other.requests[0].headers["host"] == other.root.removeprefix("http://")


@pytest.mark.parametrize(("count", "arrives"), [(MOST_REDIRECTS, True), (MOST_REDIRECTS + 1, False)])
def test_redirects_have_an_end(fake: FakeProxy, count: int, arrives: bool) -> None:
    """One more than allowed is a usage error."""
    for step in range(count):
        fake.on("GET", f"/{step}", redirect(f"/{step + 1}"))
    fake.on("GET", f"/{count}", file_answer(b"here"))

    if arrives:
        assert fetched(f"{fake.root}/0").content == b"here"
    else:
        with pytest.raises(UsageError, match="more than 5 redirects"):
            fetched(f"{fake.root}/0")
    assert len(fake.requests) == MOST_REDIRECTS + 1


@pytest.mark.parametrize("location", ["ftp://example.com/", f"http://u:{PASSWORD}@127.0.0.1/", "file:///a"])
def test_a_redirect_to_no_address_is_refused(fake: FakeProxy, location: str) -> None:
    """As the address itself would be."""
    fake.on("GET", "/a", redirect(location))

    with pytest.raises(UsageError, match="redirects to what is not the address") as caught:
        fetched(f"{fake.root}/a")

    assert PASSWORD not in caught.value.message
    assert len(fake.requests) == 1


def test_a_redirect_that_cannot_be_read_is_a_network_error(fake: FakeProxy) -> None:
    """The server is broken."""
    fake.on("GET", "/a", redirect("http://[::1"))

    with pytest.raises(NetworkError, match="failed"):
        fetched(f"{fake.root}/a")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, UsageError),
        (400, UsageError),
        (401, UsageError),
        (403, UsageError),
        (404, UsageError),
        (410, UsageError),
        (304, UsageError),
        (408, NetworkError),
        (429, NetworkError),
        (500, NetworkError),
        (503, NetworkError),
    ],
)
def test_a_status_says_whose_failure_it_is(fake: FakeProxy, status: int, error: type[LitectlError]) -> None:
    """What is not there was asked for in error; what the server could not do may pass."""
    fake.on("GET", "/a", Answer(status, content_type="text/html"))

    with pytest.raises(error, match=str(status)) as caught:
        fetched(f"{fake.root}/a?token={PASSWORD}")

    assert type(caught.value) is error
    assert caught.value.details == {"status": status}
    assert caught.value.hint
    assert PASSWORD not in caught.value.message


def test_a_file_that_breaks_off_is_no_file(fake: FakeProxy) -> None:
    """It is a network error, and the part that came is not taken."""
    fake.on("GET", "/a", file_answer(b"half", cut=True))

    with pytest.raises(NetworkError, match="failed"):
        fetched(f"{fake.root}/a")


def test_nobody_there_is_a_network_error() -> None:
    """With the reason and a hint."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(NetworkError, match=f"cannot connect to http://127.0.0.1:{port}: .*refused") as caught:
        fetched(f"http://127.0.0.1:{port}/a")

    assert caught.value.hint == "check the address and the network"


def test_a_name_that_nobody_knows_is_a_network_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, without what stood behind it."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(NetworkError) as caught:
        fetched(f"https://{NAME}/{PASSWORD}")

    assert caught.value.message == f"cannot find {NAME}: Name or service not known"


def test_a_server_that_speaks_something_else_is_a_network_error() -> None:
    """Its bytes are not taken for a file."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/a"
        listening.settimeout(10)

        def speak() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

        Thread(target=speak, daemon=True).start()
        with pytest.raises(NetworkError):
            fetched(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.1", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "100.100.100.200", "192.0.0.8",
        "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
        "::", "::1", "::2", "fe80::1", "fe80::1%lo", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "ff0e::1", "2001:db8::1", "2001::1", "100::1", "5f00::1", "64:ff9b:1::1", "::127.0.0.1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:100.64.0.1",
        "64:ff9b::127.0.0.1", "64:ff9b::192.168.0.1", "64:ff9b::169.254.169.254",
        "2002:7f00:1::", "2002:c0a8:101::1", "2002:a9fe:a9fe::1",
    ],
)  # fmt: skip
def test_what_is_not_the_public_internet_is_known(address: str) -> None:
    """Private, loopback, link-local, shared, reserved and multicast ones, in every form that leads there."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        PUBLIC, "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.255",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2a00:1450:4001::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1",
        "2002:101:101::1",
    ],
)  # fmt: skip
def test_the_public_internet_is_known(address: str) -> None:
    """Next to what is reserved, and in the forms of a network that has IPv6 alone."""
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "017700000001", "0", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127.0.0.1.",
    ],
)  # fmt: skip
def test_this_machine_is_refused_in_every_spelling(fake: FakeProxy, host: str) -> None:
    """Nothing is asked; the hint names the option that allows it."""
    port = fake.root.rpartition(":")[2]

    with pytest.raises(LitectlError) as caught:
        fetched(f"http://{host}:{port}/a", allow_private=False)

    if isinstance(caught.value, UsageError):
        assert "is not a public address" in caught.value.message
        assert "--allow-private" in str(caught.value.hint)
    else:
        assert "cannot find" in caught.value.message  # where the system takes no such spelling
    assert fake.requests == []


def test_a_public_name_is_fetched_from_the_address_that_was_checked(fake: FakeProxy, world: World) -> None:
    """The name is looked up once and goes along as `Host`."""
    root = world.put(NAME, fake, PUBLIC)
    fake.on("GET", "/a.txt", file_answer(b"a"))

    assert fetched(f"{root}/a.txt", allow_private=False) == Download("a.txt", b"a")

    assert world.looked_up == [NAME]
    assert [host for host, _ in world.connected] == [PUBLIC]
    assert fake.requests[0].headers["host"] == root.removeprefix("http://")


def test_a_name_that_moves_after_the_check_is_not_followed(fake: FakeProxy, world: World) -> None:
    """A second look-up would give this machine; there is none."""
    root = world.put(NAME, fake, PUBLIC)
    world.names[NAME] = [[PUBLIC], ["127.0.0.1"]]
    fake.on("GET", "/a.txt", file_answer(b"a"))

    fetched(f"{root}/a.txt", allow_private=False)

    assert world.looked_up == [NAME]
    assert [host for host, _ in world.connected] == [PUBLIC]


def test_a_name_that_moves_between_redirects_is_checked_again(fake: FakeProxy, world: World) -> None:
    """Every hop is looked up, and judged by what it finds."""
    root = world.put(NAME, fake, PUBLIC)
    world.names[NAME] = [[PUBLIC], ["127.0.0.1"]]
    fake.on("GET", "/a", redirect("/b"))
    fake.on("GET", "/b", file_answer(b"secret"))

    with pytest.raises(UsageError, match=r"127\.0\.0\.1 is not a public address"):
        fetched(f"{root}/a", allow_private=False)

    assert [request.path for request in fake.requests] == ["/a"]


@pytest.mark.parametrize("addresses", [["10.0.0.7"], [PUBLIC, "127.0.0.1"], ["::ffff:127.0.0.1"]])
def test_a_name_with_one_private_address_is_refused(
    fake: FakeProxy, world: World, addresses: list[str]
) -> None:
    """Also when others of its addresses are public."""
    root = world.put(NAME, fake, PUBLIC)
    world.names[NAME] = [addresses]

    with pytest.raises(UsageError, match=f"refusing to fetch from {NAME}: {addresses[-1]} is not a public"):
        fetched(f"{root}/a", allow_private=False)

    assert world.connected == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", OTHER_NAME])
def test_a_redirect_into_the_private_network_is_refused(
    fake: FakeProxy, other: FakeProxy, world: World, host: str
) -> None:
    """A public server cannot make litectl fetch what only this machine can reach."""
    root = world.put(NAME, fake, PUBLIC)
    world.names[OTHER_NAME] = [["127.0.0.1"]]
    fake.on("GET", "/a", redirect(f"http://{host}:{other.root.rpartition(':')[2]}/secret"))
    other.on("GET", "/secret", file_answer(b"secret"))

    with pytest.raises(UsageError, match="is not a public address"):
        fetched(f"{root}/a", allow_private=False)

    assert other.requests == []


def test_the_next_machine_of_a_name_is_asked_when_one_is_not_there(fake: FakeProxy, world: World) -> None:
    """A name may have addresses that this network does not reach."""
    root = world.put(NAME, fake, PUBLIC)
    world.names[NAME] = [[OTHER_PUBLIC, PUBLIC]]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        world.ports[OTHER_PUBLIC] = taken.getsockname()[1]
    fake.on("GET", "/a", file_answer(b"a"))

    assert fetched(f"{root}/a", allow_private=False).content == b"a"

    assert [host for host, _ in world.connected] == [OTHER_PUBLIC, PUBLIC]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Give the authority of the servers on https."""
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path) -> Tls:
    """Give what trusts it."""
    return Tls(written(tmp_path / "authority.pem", authority.cert_pem))


@pytest.fixture
def secured(authority: trustme.CA) -> Iterator[FakeProxy]:
    """Give a server on https with the name `files.example.com`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)
    with FakeProxy(tls=context) as server:
        server.on("GET", "/a", file_answer(b"a"))
        yield server


def test_the_name_is_verified_though_the_address_is_connected_to(
    secured: FakeProxy, world: World, trusting: Tls
) -> None:
    """The certificate has to be that of the name in the URL."""
    root = world.put(NAME, secured, PUBLIC)

    assert fetched(f"{root}/a", allow_private=False, tls=trusting).content == b"a"

    assert secured.requests[0].headers["host"] == root.removeprefix("https://")


def test_a_certificate_for_another_name_is_refused(secured: FakeProxy, world: World, trusting: Tls) -> None:
    """Nothing is asked of whoever answers under a name that is not theirs."""
    root = world.put(OTHER_NAME, secured, PUBLIC)

    with pytest.raises(NetworkError, match="is not trusted") as caught:
        fetched(f"{root}/a", allow_private=False, tls=trusting)

    assert "--ca-bundle" in str(caught.value.hint)
    assert secured.requests == []


def test_a_certificate_of_a_stranger_is_refused(secured: FakeProxy, world: World) -> None:
    """Verification is never switched off."""
    root = world.put(NAME, secured, PUBLIC)

    with pytest.raises(NetworkError, match="is not trusted"):
        fetched(f"{root}/a", allow_private=False)

    assert secured.requests == []


def test_no_client_certificate_is_shown(
    authority: trustme.CA, world: World, trusting: Tls, tmp_path: Path
) -> None:
    """It says who asks, and is for the proxy alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    ours = authority.issue_cert("somebody@example.com")
    shown = written(tmp_path / "client.pem", ours.private_key_and_cert_chain_pem)
    with FakeProxy(tls=context) as server:
        root = world.put(NAME, server, PUBLIC)
        server.on("GET", "/a", file_answer(b"a"))

        with pytest.raises(NetworkError):
            fetched(f"{root}/a", allow_private=False, tls=trusting._replace(client_cert=shown))

    assert server.requests == []


def test_a_redirect_from_https_to_http_is_refused(
    secured: FakeProxy, other: FakeProxy, world: World, trusting: Tls
) -> None:
    """What was asked for over TLS does not arrive in plain text."""
    root = world.put(NAME, secured, PUBLIC)
    plain = world.put(OTHER_NAME, other, OTHER_PUBLIC)
    secured.on("GET", "/a", redirect(f"{plain}/a"))

    with pytest.raises(UsageError, match=f"redirects from https to plain http on {plain}"):
        fetched(f"{root}/a", allow_private=False, tls=trusting)

    assert other.requests == []


def test_a_redirect_from_http_to_https_is_followed(
    secured: FakeProxy, other: FakeProxy, world: World, trusting: Tls
) -> None:
    """Most servers have one."""
    root = world.put(NAME, secured, PUBLIC)
    plain = world.put(OTHER_NAME, other, OTHER_PUBLIC)
    other.on("GET", "/a", redirect(f"{root}/a"))

    assert fetched(f"{plain}/a", allow_private=False, tls=trusting).content == b"a"


def test_https_to_a_port_that_speaks_http_is_said(fake: FakeProxy) -> None:
    """The error is about TLS."""
    with pytest.raises(NetworkError, match="no TLS connection to https://127"):
        fetched(fake.root.replace("http:", "https:"))

    assert fake.requests == []


def test_an_http_proxy_of_the_environment_is_not_used(
    fake: FakeProxy, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would look the name up itself, so that no address could be checked; the error says so."""
    root = world.put(NAME, fake, PUBLIC)
    fake.on("GET", "/a", file_answer(b"a"))
    with http_proxy() as tunnel:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(variable, f"http://user:{PASSWORD}@{tunnel.address}")

        assert fetched(f"{root}/a", allow_private=False).content == b"a"

        with socket.create_server(("127.0.0.1", 0)) as taken:
            world.ports[PUBLIC] = taken.getsockname()[1]
        with pytest.raises(NetworkError) as caught:
            fetched(f"{root}/a", allow_private=False)

    assert tunnel.heads == []
    assert "HTTP proxy of the environment is not used" in str(caught.value.hint)
    assert "litectl ask -f -" in str(caught.value.hint)
    assert PASSWORD not in f"{caught.value.message} {caught.value.hint}"
