"""The login with a code: its start, its page, the waiting, the teams and the key."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from litectl.credentials.device import is_code, log_in
from litectl.credentials.dialogue import Dialogue, Team
from litectl.credentials.patience import seconds_to_wait
from litectl.credentials.stored import LOGIN, StoredCredential
from litectl.credentials.teams import find_team, teams_of
from litectl.errors import (
    AuthError,
    LitectlError,
    LoginUnavailableError,
    NetworkError,
    RateLimitError,
    UpstreamError,
    UsageError,
)
from litectl.wire.answers import Reply
from litectl.wire.proxy import Proxy

LOGIN_ID = "cli-0_aZ"
SECRET = "hidden-poll-secret"
KEY = "litellm_login_hidden"
CODE = "CWHN-MK9B"
NOW = 1_800_000_000.0
BEGUN = {"login_id": LOGIN_ID, "poll_secret": SECRET, "user_code": CODE, "expires_in": 600}
PENDING = {"status": "pending"}
READY: dict[str, object] = {
    "status": "ready",
    "key": KEY,
    "user_id": "u-123",
    "team_id": None,
    "teams": [],
    "team_details": [],
}
RED, BLUE = Team("id-red", "Red"), Team("id-blue", "Blue")
DETAILS = [{"team_id": team.id, "team_alias": team.name, "team_models": ["m"]} for team in (RED, BLUE)]
SELECTION = {
    "status": "ready",
    "user_id": "u-123",
    "requires_team_selection": True,
    "teams": [RED.id, BLUE.id],
    "team_details": DETAILS,
}


class Person:
    """The person at the other end, and the clock that runs only while the flow sleeps."""

    def __init__(self, choice: str = BLUE.id) -> None:
        self.pages: list[tuple[str, str | None]] = []
        self.waits: list[tuple[str, float]] = []
        self.offered: list[Team] = []
        self.pauses: list[float] = []
        self.is_waiting = False
        self._choice = choice

    @property
    def dialogue(self) -> Dialogue:
        """The dialogue that the flow speaks with this person."""
        return Dialogue(lambda url, code: self.pages.append((url, code)), self._waiting, self._choose)

    def sleep(self, seconds: float) -> None:
        """Let *seconds* pass; nobody sleeps but behind a progress line."""
        assert self.is_waiting
        self.pauses.append(seconds)

    def clock(self) -> float:
        """Return the seconds that have passed."""
        return sum(self.pauses)

    @contextmanager
    def _waiting(self, text: str, seconds: float) -> Iterator[None]:
        self.waits.append((text, seconds))
        self.is_waiting = True
        yield
        self.is_waiting = False

    def _choose(self, teams: Sequence[Team]) -> str:
        assert not self.is_waiting, "the progress line would overwrite the question"
        self.offered.extend(teams)
        return self._choice


def in_turn(*answers: object) -> Callable[[Request], Answer]:
    """Return what answers with *answers*, documents or whole answers, in turn, and then with the last."""
    left = list(answers)

    def answer(_: Request) -> Answer:
        found = left.pop(0) if len(left) > 1 else left[0]
        return found if isinstance(found, Answer) else json_answer(found)

    return answer


def poll_path(fake: FakeProxy) -> str:
    """Return where the login is polled, for `FakeProxy.on`."""
    return f"/sso/cli/poll/{LOGIN_ID}"


def run(
    fake: FakeProxy,
    *polled: object,
    begun: object = BEGUN,
    person: Person | None = None,
    team: str | None = None,
    root: str | None = None,
    **settings: float,
) -> StoredCredential:
    """Log in at a proxy that begins the login so and answers the polls with *polled* in turn."""
    person = person or Person()
    fake.on("POST", "/sso/cli/start", begun if isinstance(begun, Answer) else json_answer(begun))
    if polled:
        fake.on("GET", poll_path(fake), in_turn(*polled))
    with Proxy(root or fake.root) as proxy:
        return log_in(
            proxy,
            person.dialogue,
            team=team,
            now=lambda: NOW,
            sleep=person.sleep,
            clock=person.clock,
            **settings,
        )


def polls(fake: FakeProxy) -> list[Request]:
    """Return the polls that arrived."""
    return [request for request in fake.requests if request.path.startswith(poll_path(fake))]


def refusal(fake: FakeProxy, *polled: object, **settings: object) -> LitectlError:
    """Return the error that the login ends with; nothing secret is in it."""
    with pytest.raises(LitectlError) as caught:
        run(fake, *polled, **settings)  # type: ignore[arg-type]  # passed on
    assert "hidden" not in f"{caught.value.as_json()}"
    return caught.value


def test_a_login_ends_with_the_token_of_the_person(fake: FakeProxy) -> None:
    """Start, page and code, polls until somebody is there, and a token that cannot be renewed."""
    person = Person()

    credential = run(fake, PENDING, PENDING, READY, person=person)

    assert credential == StoredCredential(
        LOGIN, fake.root, KEY, expires_at=NOW + 24 * 3600, user_id="u-123", team_id=None
    )
    assert not credential.is_renewable
    assert person.pages == [(f"{fake.root}/sso/key/generate?source=litellm-cli&key={LOGIN_ID}", CODE)]
    assert person.waits == [("waiting for the browser", 600.0)]
    assert person.pauses == [2.0, 2.0, 2.0]
    assert person.offered == []


def test_the_secret_goes_into_its_header_only(fake: FakeProxy) -> None:
    """The start carries nothing, no request a credential, and no URL the secret."""
    run(fake, PENDING, READY)

    start, *rest = fake.requests
    assert (start.method, start.path, start.body) == ("POST", "/sso/cli/start", b"")
    assert [request.headers["x-litellm-cli-poll-secret"] for request in rest] == [SECRET, SECRET]
    assert all("authorization" not in request.headers for request in fake.requests)
    assert all(SECRET not in request.path for request in fake.requests)


def test_a_proxy_below_a_path_has_its_page_there(fake: FakeProxy) -> None:
    """The page is made of the root that the user gave, path and all."""
    person = Person()
    fake.on("POST", "/team/llm/sso/cli/start", json_answer(BEGUN))
    fake.on("GET", f"/team/llm/sso/cli/poll/{LOGIN_ID}", json_answer(READY))

    credential = run(fake, person=person, root=f"{fake.root}/team/llm")

    assert person.pages[0][0].startswith(f"{fake.root}/team/llm/sso/key/generate?")
    assert credential.root == f"{fake.root}/team/llm"


def test_a_page_that_may_know_the_code_is_given_it(fake: FakeProxy) -> None:
    """The proxy's own address for that is only the sign that it is allowed, and never opened."""
    person = Person()

    run(
        fake,
        READY,
        begun={**BEGUN, "verification_uri_complete": "https://evil.example/?user_code=X"},
        person=person,
    )

    ((url, _),) = person.pages
    assert url.startswith(f"{fake.root}/sso/key/generate?")
    assert parse_qs(urlsplit(url).query) == {
        "source": ["litellm-cli"],
        "key": [LOGIN_ID],
        "user_code": [CODE],
    }


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (404, LoginUnavailableError, "does not offer a login with a code"),
        (405, LoginUnavailableError, "does not offer a login with a code"),
        (429, RateLimitError, "too many login attempts"),
        (500, UpstreamError, "HTTP 500"),
        (503, UpstreamError, "HTTP 503"),
        (400, AuthError, "HTTP 400"),
        (401, AuthError, "HTTP 401"),
        (302, AuthError, "HTTP 302"),
    ],
)
def test_a_login_that_does_not_begin_is_told_by_its_status(
    fake: FakeProxy, status: int, error: type[LitectlError], words: str
) -> None:
    """Nothing is opened, and nothing of the body is repeated."""
    person = Person()

    caught = refusal(fake, begun=json_answer({"detail": "hidden"}, status), person=person)

    assert type(caught) is error
    assert words in caught.message
    assert person.pages == []


@pytest.mark.parametrize(
    "begun",
    [
        Answer(pieces=[b"<html>hidden</html>"], content_type="text/html"),
        Answer(pieces=[b""]),
        ["hidden"],
        "hidden",
        None,
        {},
        {**BEGUN, "login_id": None},
        {**BEGUN, "login_id": 7},
        {**BEGUN, "login_id": ""},
        {**BEGUN, "login_id": "../../key/generate"},
        {**BEGUN, "login_id": "x?team_id=hidden"},
        {**BEGUN, "login_id": "x" * 201},
        {**BEGUN, "login_id": "cli-x\n"},
        {**BEGUN, "poll_secret": None},
        {**BEGUN, "poll_secret": ["hidden"]},
        {**BEGUN, "poll_secret": ""},
        {**BEGUN, "poll_secret": "hidden two"},
        {**BEGUN, "poll_secret": "hidden\r\nx-injected: 1"},
        {**BEGUN, "user_code": None},
        {**BEGUN, "user_code": 1234},
        {**BEGUN, "user_code": ""},
        {**BEGUN, "user_code": "X" * 33},
        {**BEGUN, "user_code": "AB\x1b[2J"},
    ],
)
def test_a_start_that_is_none_opens_nothing(fake: FakeProxy, begun: object) -> None:
    """What cannot be an id, a secret or a code ends the login before anybody waits."""
    person = Person()

    caught = refusal(fake, begun=begun, person=person)

    assert "/sso/cli/start" in caught.message
    assert type(caught) is AuthError
    assert person.pages == []
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("CWHN-MK9B", True),
        ("12 34", True),
        ("x" * 32, True),
        ("x" * 33, False),
        ("", False),
        (" ", False),
        ("x ", False),
        ("ä", False),
        ("a\tb", False),
        ("\x7f", False),
        (None, False),
        (1, False),
        (["a"], False),
    ],
)
def test_a_code_is_what_a_person_can_type(code: object, is_one: bool) -> None:
    """Short, printable, ASCII, and without white space at its ends."""
    assert is_code(code) is is_one


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (600, 600.0),
        (90.5, 90.5),
        (1, 1.0),
        (0, 1.0),
        (3600, 3600.0),
        (86400, 3600.0),
        (10**400, 600.0),
        (None, 600.0),
        ("900", 600.0),
        (-1, 600.0),
        (True, 600.0),
        ([], 600.0),
        (float("inf"), 600.0),
        (float("nan"), 600.0),
    ],
)
def test_a_login_lives_between_a_second_and_an_hour(told: object, expected: float) -> None:
    """Any other length than a number is ten minutes, which is the proxy's own."""
    assert seconds_to_wait(told) == expected


@pytest.mark.parametrize("hiccup", [429, 500, 502, 503, 504])
def test_a_hiccup_of_the_proxy_is_waited_for(fake: FakeProxy, hiccup: int) -> None:
    """A rate limit and a failing proxy are no end of a login."""
    failing = json_answer({"detail": "hidden"}, hiccup)

    assert run(fake, PENDING, failing, failing, READY).secret == KEY


def test_a_lost_connection_is_waited_for(fake: FakeProxy) -> None:
    """A laptop that changes its network in between still gets its key."""
    broken = Answer(pieces=[b'{"status'], cut=True)

    assert run(fake, broken, broken, READY).secret == KEY
    assert len(polls(fake)) == 3


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (json_answer({"detail": "hidden not found"}, 400), "has expired, or was used already"),
        (json_answer({"detail": "hidden"}, 403), "does not accept the secret"),
        (json_answer({"detail": "hidden"}, 401), "HTTP 401"),
        (json_answer({"detail": "hidden"}, 404), "HTTP 404"),
        (json_answer({"detail": "hidden"}, 302, location="https://evil.example"), "HTTP 302"),
        (Answer(pieces=[b"<html>hidden</html>"]), "/sso/cli/poll"),
        (Answer(pieces=[b""]), "/sso/cli/poll"),
        (json_answer([]), "/sso/cli/poll"),
        (json_answer({}), "/sso/cli/poll"),
        (json_answer({"status": "hidden"}), "/sso/cli/poll"),
        (json_answer({"status": ["ready"], "key": KEY}), "/sso/cli/poll"),
        (json_answer({"status": "ready"}), "/sso/cli/poll"),
        (json_answer({**READY, "key": None}), "/sso/cli/poll"),
        (json_answer({**READY, "key": ""}), "/sso/cli/poll"),
        (json_answer({**READY, "key": ["hidden"]}), "/sso/cli/poll"),
        (json_answer({**READY, "key": "hidden two"}), "/sso/cli/poll"),
        (json_answer({**READY, "key": "hidden\n"}), "/sso/cli/poll"),
        (json_answer({**READY, "key": "hidden-ä"}), "/sso/cli/poll"),
        (json_answer({**READY, "key": "hidden" * 6000}), "/sso/cli/poll"),
    ],
)
def test_any_other_answer_is_the_end(fake: FakeProxy, answer: Answer, words: str) -> None:
    """The first answer that cannot become a key ends the login, whose secret is not sent again."""
    caught = refusal(fake, PENDING, answer)

    assert type(caught) is AuthError
    assert words in caught.message
    assert len(polls(fake)) == 2


def test_a_login_that_is_lost_at_once_may_be_the_operator_s_fault(fake: FakeProxy) -> None:
    """Replicas that share no cache do not know each other's logins, which no second try heals."""
    assert "replicas" in (refusal(fake, json_answer({}, 400)).hint or "")


@pytest.mark.parametrize(
    ("expires_in", "words"),
    [(600, "within 10 minutes"), (90, "within 90 s"), (3600, "within 60 minutes")],
)
def test_nobody_is_waited_for_longer_than_the_login_lives(
    fake: FakeProxy, expires_in: int, words: str
) -> None:
    """The last poll is at the very end, and the error says how long that was."""
    person = Person()

    caught = refusal(
        fake, PENDING, begun={**BEGUN, "expires_in": expires_in}, person=person, poll_seconds=29.0
    )

    assert type(caught) is AuthError
    assert caught.message == f"nobody finished the login in the browser {words}"
    assert sum(person.pauses) == expires_in
    assert len(polls(fake)) == len(person.pauses)


@pytest.mark.parametrize(
    ("last", "error", "words"),
    [
        (Answer(pieces=[b"{"], cut=True), NetworkError, "broke the connection off"),
        (json_answer({"detail": "hidden"}, 503), UpstreamError, "HTTP 503 in the end"),
        (json_answer({"detail": "hidden"}, 429), UpstreamError, "HTTP 429 in the end"),
    ],
)
def test_a_proxy_that_is_away_in_the_end_is_said(
    fake: FakeProxy, last: Answer, error: type[LitectlError], words: str
) -> None:
    """Whoever did finish the login in the browser is not told that nobody has."""
    caught = refusal(fake, PENDING, last, poll_seconds=200.0)

    assert type(caught) is error
    assert words in caught.message
    assert "log" in (caught.hint or "")


def test_a_hiccup_that_is_over_is_not_held_against_the_proxy(fake: FakeProxy) -> None:
    """After a good answer the end of the time means that nobody came."""
    caught = refusal(fake, json_answer({}, 503), PENDING, poll_seconds=200.0)

    assert type(caught) is AuthError


@pytest.mark.parametrize(
    ("told", "hours", "seconds"),
    [({}, 24.0, 86400.0), ({}, 0.5, 1800.0), ({"expires_in": 60}, 24.0, 60.0)]
    + [({"expires_in": junk}, 2.0, 7200.0) for junk in (None, "60", 0, -5, True, [60], float("nan"))],
)
def test_a_token_ends_when_the_proxy_says_or_after_the_usual_hours(
    fake: FakeProxy, told: dict[str, object], hours: float, seconds: float
) -> None:
    """LiteLLM 1.106 does not say it, and its token is a sealed one that cannot be looked into."""
    credential = run(fake, {**READY, **told}, lifetime_hours=hours)

    assert credential.expires_at == NOW + seconds


@pytest.mark.parametrize("junk", [None, 7, [], {}, "", "x" * 257, "a\nb"])
def test_an_id_that_is_none_is_not_kept(fake: FakeProxy, junk: object) -> None:
    """A usable key is worth more than the names around it."""
    credential = run(fake, {**READY, "user_id": junk, "team_id": junk})

    assert (credential.secret, credential.user_id, credential.team_id) == (KEY, None, None)


# Teams


def test_a_person_in_several_teams_is_asked(fake: FakeProxy) -> None:
    """The question stands between two progress lines, and the key is fetched at once after it."""
    person = Person(choice=BLUE.id)

    credential = run(fake, PENDING, SELECTION, {**READY, "team_id": BLUE.id}, person=person)

    assert credential.team_id == BLUE.id
    assert person.offered == [RED, BLUE]
    assert [text for text, _ in person.waits] == ["waiting for the browser", "getting the key"]
    assert person.pauses == [2.0, 2.0]
    assert [request.path.partition("?")[2] for request in polls(fake)] == ["", "", "team_id=id-blue"]


def test_a_slow_choice_still_asks_for_the_key(fake: FakeProxy) -> None:
    """Whether the login lives is the proxy's to say, also when our time is over."""
    person = Person()
    fake.on("POST", "/sso/cli/start", json_answer(BEGUN))
    fake.on("GET", poll_path(fake), in_turn(SELECTION, {**READY, "team_id": BLUE.id}))
    late: list[float] = []

    def choose(teams: Sequence[Team]) -> str:
        late.append(10_000.0)
        return BLUE.id

    with Proxy(fake.root) as proxy:
        credential = log_in(
            proxy,
            person.dialogue._replace(choose_team=choose),
            team=None,
            now=lambda: NOW,
            sleep=person.sleep,
            clock=lambda: person.clock() + sum(late),
        )

    assert credential.secret == KEY
    assert person.waits[1][1] == 10.0


@pytest.mark.parametrize("wanted", ["id-blue", "Blue", "BLUE", "blue"])
def test_a_team_that_was_named_is_not_asked_for(fake: FakeProxy, wanted: str) -> None:
    """By its id, or by its name in any case."""
    person = Person()

    credential = run(fake, SELECTION, {**READY, "team_id": BLUE.id}, person=person, team=wanted)

    assert credential.team_id == BLUE.id
    assert person.offered == []


@pytest.mark.parametrize("wanted", ["green", "ID-BLUE", "", " ", "hidden\x1b"])
def test_a_team_of_others_is_a_usage_error_that_lists_the_own_ones(fake: FakeProxy, wanted: str) -> None:
    """The ids are compared as they are; nothing is fetched for a team that does not exist."""
    with pytest.raises(UsageError, match="you are in no team") as caught:
        run(fake, SELECTION, team=wanted)

    assert caught.value.hint == "your teams are `Red`, `Blue`"
    assert "\x1b" not in caught.value.message
    assert len(polls(fake)) == 1


def test_a_chosen_team_is_quoted(fake: FakeProxy) -> None:
    """An id of any characters stays one value of the query."""
    odd = "a b&status=ready#x/ü"
    selection = {**SELECTION, "team_details": [{"team_id": odd, "team_alias": "Odd"}]}

    run(fake, selection, {**READY, "team_id": odd}, team="odd")

    assert parse_qs(polls(fake)[-1].path.partition("?")[2]) == {"team_id": [odd]}


def test_a_hiccup_after_the_choice_is_waited_for(fake: FakeProxy) -> None:
    """The same team is asked for again."""
    answers = (SELECTION, json_answer({}, 503), PENDING, {**READY, "team_id": BLUE.id})

    assert run(fake, *answers).team_id == BLUE.id
    assert [request.path.partition("?")[2] for request in polls(fake)] == ["", *["team_id=id-blue"] * 3]


def test_an_answer_need_not_repeat_the_team_that_was_asked_for(fake: FakeProxy) -> None:
    """Without the field the key is taken to be of the team in the question."""
    silent = {name: value for name, value in READY.items() if name != "team_id"}

    assert run(fake, SELECTION, silent).team_id == BLUE.id


@pytest.mark.parametrize(
    ("polled", "words"),
    [
        ((SELECTION, json_answer({"detail": "hidden"}, 403)), "no key of team `Blue`"),
        ((SELECTION, json_answer({"detail": "hidden"}, 400)), "has expired"),
        ((SELECTION, SELECTION), "/sso/cli/poll"),
        (
            (SELECTION, {**READY, "team_id": RED.id, "team_details": DETAILS}),
            "of team `Red`, not of `id-blue`",
        ),
        ((SELECTION, {**READY, "team_id": "id-green"}), "of team `id-green`, not of `id-blue`"),
        (({**SELECTION, "teams": [], "team_details": []},), "names none"),
        (({**SELECTION, "teams": None, "team_details": "hidden"},), "names none"),
        (
            ({**SELECTION, "teams": [7, None, ""], "team_details": [{}, {"team_id": ["x"]}, []]},),
            "names none",
        ),
    ],
)
def test_a_choice_that_comes_to_nothing_gives_no_key(
    fake: FakeProxy, polled: tuple[object, ...], words: str
) -> None:
    """A refused team, a question asked twice, another team's key, no teams at all."""
    caught = refusal(fake, *polled)

    assert type(caught) is AuthError
    assert words in caught.message


@pytest.mark.parametrize("wanted", ["id-red", "Red", "RED"])
def test_the_only_team_may_be_named(fake: FakeProxy, wanted: str) -> None:
    """To a user of one team the proxy gives its key unasked."""
    answer = {**READY, "team_id": RED.id, "teams": [RED.id], "team_details": DETAILS[:1]}

    assert run(fake, answer, team=wanted).team_id == RED.id


@pytest.mark.parametrize(
    ("answer", "wanted", "given"),
    [
        ({**READY, "team_id": RED.id, "team_details": DETAILS[:1]}, "blue", "team `Red`"),
        ({**READY, "team_id": RED.id, "team_details": DETAILS}, "Blue", "team `Red`"),
        ({**READY, "team_id": RED.id}, "Red", "team `id-red`"),
        (READY, "blue", "no team"),
        (READY, "", "no team"),
    ],
)
def test_a_key_of_another_team_is_not_kept(fake: FakeProxy, answer: object, wanted: str, given: str) -> None:
    """Whoever names a team must not spend the money of another one."""
    with pytest.raises(AuthError, match=f"a key of {given}, not of"):
        run(fake, answer, team=wanted)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"team_details": DETAILS, "teams": [RED.id, BLUE.id]}, [RED, BLUE]),
        ({"team_details": [{"id": "a", "team_alias": "A"}]}, [Team("a", "A")]),
        ({"team_details": [{"team_id": "a", "team_alias": None}]}, [Team("a", "a")]),
        ({"team_details": [{"team_id": "a", "team_alias": 7}]}, [Team("a", "a")]),
        ({"team_details": [{"team_id": "a", "team_alias": " \x1b[2J\n"}]}, [Team("a", "[2J")]),
        ({"team_details": [{"team_id": "a", "team_alias": "N" * 90}]}, [Team("a", "N" * 79 + "…")]),
        ({"team_details": None, "teams": ["a", "b"]}, [Team("a", "a"), Team("b", "b")]),
        (
            {"team_details": [{"team_id": "a", "team_alias": "A"}], "teams": ["a", "b"]},
            [("a", "A"), ("b", "b")],
        ),
        ({"teams": ["a", "a", "", "x" * 257, "c\nd", None, 7, ["a"], {}]}, [Team("a", "a")]),
        ({"teams": "a"}, []),
        ({"teams": {"a": "b"}}, []),
        ({}, []),
        (["a"], []),
        (None, []),
    ],
)
def test_teams_are_read_from_whatever_comes(document: object, expected: list[Team]) -> None:
    """Details come first, ids after them, each team once, and junk is passed over."""
    assert teams_of(Reply(200, document)) == expected


def test_no_more_teams_are_read_than_anybody_has() -> None:
    """An answer of a million teams is not turned into a list of a million."""
    assert len(teams_of(Reply(200, {"teams": [f"t{i}" for i in range(5000)]}))) == 1000


def test_an_id_comes_before_a_name_and_two_of_a_name_are_not_guessed_between() -> None:
    """The ids that would settle it are in the hint."""
    teams = [Team("a", "Twin"), Team("b", "twin"), Team("twin", "other"), Team("c", "Only")]

    assert find_team(teams, "twin") == teams[2]
    assert find_team(teams, "only") == teams[3]
    with pytest.raises(UsageError, match="several teams are called `TWIN`") as caught:
        find_team(teams, "TWIN")
    assert caught.value.hint == "give the id of one: `a`, `b`"


def test_a_long_list_of_teams_is_cut() -> None:
    """A hint stays readable for somebody in hundreds of teams."""
    with pytest.raises(UsageError) as caught:
        find_team([Team(f"t{i}", f"T{i}") for i in range(30)], "x")

    assert (caught.value.hint or "").endswith("`T19` and 10 more")
