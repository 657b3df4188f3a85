"""`litectl keys list`, `show`, `create` and `delete`, with what a real proxy answered."""

import csv
import hashlib
import json
import socket
from io import StringIO

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer, model_info
from program import Litectl, Program
from recorded_keys import (
    DELETE,
    GENERATE,
    INFO,
    LIST,
    USER_INFO,
    body,
    key_entry,
    key_page,
    query_of,
    recorded,
)

OWN = "sk-test-key-0001"  # what the fixture asks with
NEW = "sk-recorded-key-of-a-test-00001"
COLUMNS = (
    *("alias", "name", "spend", "max_budget", "budget_left", "models", "expires_at", "budget_reset_at"),
    *("budget_duration", "rpm_limit", "tpm_limit", "user_id", "team_id", "team_alias", "blocked"),
    *("created_at", "last_active", "metadata", "token"),
)
A, B = "a" * 64, "b" * 64


@pytest.fixture
def listing(fake: FakeProxy) -> FakeProxy:
    """Give a proxy that lists the keys of a user."""
    fake.on("GET", LIST, recorded("list, user"))
    return fake


@pytest.fixture
def two(fake: FakeProxy) -> FakeProxy:
    """Give a proxy with the keys `ci` and `nightly`, which deletes what it is told."""
    entries = [key_entry(A, key_alias="ci"), key_entry(B, key_alias="nightly")]

    def listed(request: Request) -> Answer:
        alias = query_of(request).get("key_alias")
        return json_answer(key_page(*(each for each in entries if alias in (None, each["key_alias"]))))

    fake.on("GET", LIST, listed)
    fake.on("POST", DELETE, lambda request: json_answer({"deleted_keys": request.json["keys"]}))
    return fake


def deletions(fake: FakeProxy) -> list[object]:
    """Return what was asked to be deleted."""
    return [request.json for request in fake.requests if request.path == DELETE]


# list


@pytest.mark.usefixtures("listing")
def test_keys_are_listed_as_text(litectl: Litectl) -> None:
    """The alias first, then the hash by which a script names a key."""
    result = litectl("keys", "list")

    rows = [line.split("\t") for line in result.out.splitlines()]
    assert (result.code, result.err) == (0, "")
    assert sorted(row[0] for row in rows) == ["rec-member", "rec-over", "rec-user", "rec-x-USERK"]
    over = next(row for row in rows if row[0] == "rec-over")
    assert (len(over[1]), over[3:6]) == (64, ["1", "0.5", "-0.5"])


@pytest.mark.usefixtures("listing")
def test_the_json_of_the_list_is_a_contract(litectl: Litectl) -> None:
    """Every field is there, null where nothing is known."""
    document = litectl("keys", "list", "--json").json

    key = next(key for key in document["keys"] if key["alias"] == "rec-user")
    assert {name: value for name, value in document.items() if name != "keys"} == {
        "schema_version": 1,
        "own_only": False,
        "left_out": 0,
        "cut": False,
    }
    assert tuple(key) == COLUMNS
    assert (key["spend"], key["rpm_limit"], key["blocked"]) == (2.975e-05, None, False)
    assert key["models"] == ["gpt-5.2", "mock-hello"]
    assert key["expires_at"].endswith("Z")


@pytest.mark.usefixtures("listing")
def test_people_see_money_and_days(litectl: Litectl) -> None:
    """Dollars with a sign and dates without a time; what is not known is a dash."""
    out = litectl("keys", "list", terminal=True).out

    line = next(line for line in out.splitlines() if line.startswith("rec-over"))
    assert line.split()[2:6] == ["$1.00", "$0.50", "-$0.50", "-"]


@pytest.mark.usefixtures("listing")
def test_keys_are_listed_as_csv(litectl: Litectl) -> None:
    """With a heading, and a list of models in one cell."""
    result = litectl("keys", "list", "--format", "csv", "--columns", "alias,models", "--alias", "EC-US")

    assert list(csv.reader(StringIO(result.out))) == [["alias", "models"], ["rec-user", "gpt-5.2,mock-hello"]]


def test_filters_narrow_the_list(litectl: Litectl, fake: FakeProxy) -> None:
    """By words of the alias, by user and team, and by what has ended."""
    past, future = "2001-01-01T00:00:00Z", "9000-01-01T00:00:00Z"
    fake.on(
        "GET",
        LIST,
        json_answer(
            key_page(
                key_entry(A, key_alias="old", expires=past, user_id="u", team_id="t"),
                key_entry(B, key_alias="new", expires=future, user_id="u", team_id="t"),
            )
        ),
    )

    found = litectl("keys", "list", "--expired", "--user", "u", "--team", "t", "--columns", "alias")

    assert found.out == "old\n"
    query = query_of(fake.requests[0])
    assert (query["user_id"], query["team_id"], query["return_full_object"]) == ("u", "t", "true")
    assert litectl("keys", "list", "--alias", "nothing").out == ""


@pytest.mark.parametrize("option", ["--alias", "--user", "--team"])
def test_an_empty_filter_is_not_all_keys(litectl: Litectl, fake: FakeProxy, option: str) -> None:
    """As of an unset variable; whoever deletes what is listed would delete everything."""
    result = litectl("keys", "list", option, "")

    assert (result.code, result.out, fake.requests) == (2, "", [])


def test_a_key_of_nobody_lists_itself_and_says_so(litectl: Litectl, fake: FakeProxy) -> None:
    """The proxy tells it no others."""
    fake.on("GET", LIST, recorded("list, key of no user"))
    fake.on("GET", INFO, recorded("info, key of no user"))

    result = litectl("keys", "list", "--json")

    assert (result.code, result.json["own_only"]) == (0, True)
    assert [key["alias"] for key in result.json["keys"]] == ["rec-plain"]
    assert "sees itself only" in result.err


@pytest.mark.parametrize(
    ("arguments", "route", "label", "code", "words"),
    [
        (("list",), LIST, "no database, list", 1, "has no database"),
        (("list", "--user", "x"), LIST, "list, another user", 4, "somebody else"),
        (("create",), GENERATE, "no database, generate", 1, "has no database"),
        (("create",), GENERATE, "generate, no admin", 4, "may not make or delete keys"),
        (("create", "--alias", "x"), GENERATE, "generate, same alias", 1, "already exists"),
        (("create",), GENERATE, "generate, Enterprise", 1, "licence of LiteLLM Enterprise"),
        (("show", A), INFO, "info, key of another", 4, "somebody else"),
        (("show", A), INFO, "info, master key", 6, f"no key with the hash {A}"),
        (("show",), INFO, "no database, info", 1, "has no database"),
    ],
)
def test_refusals_are_told_in_plain_words(
    litectl: Litectl,
    fake: FakeProxy,
    arguments: tuple[str, ...],
    route: str,
    label: str,
    code: int,
    words: str,
) -> None:
    """Each with its exit code and a hint, and nothing on stdout."""
    fake.on("POST" if route == GENERATE else "GET", route, recorded(label))

    result = litectl("keys", *arguments)

    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert "hint: " in result.err
    assert "[{" not in result.err
    assert "{'" not in result.err


# show


def test_the_calling_key_is_shown(litectl: Litectl, fake: FakeProxy) -> None:
    """Without a name it is the one that asks."""
    fake.on("GET", INFO, recorded("info, key of a user"))

    record = litectl("keys", "show", "--json").json

    assert tuple(record) == ("schema_version", *COLUMNS)
    assert (record["alias"], record["max_budget"], record["budget_left"]) == ("rec-user", 1.0, 0.99997025)
    assert "?" not in fake.requests[0].path


def test_the_notes_about_a_key_are_shown(litectl: Litectl, fake: FakeProxy) -> None:
    """Only texts, as `--metadata` makes them: what else is there configures the proxy, with its secrets."""
    metadata = {"job": "nightly", "for": "a\tb", "logging": [{"callback_vars": {"secret_key": "s3cret"}}]}
    info = {"key": A, "info": key_entry(A, metadata=metadata)}
    fake.on("GET", INFO, json_answer(info))

    text, document = litectl("keys", "show").out, litectl("keys", "show", "--json")

    assert "metadata\tjob=nightly,for=a b\n" in text
    assert document.json["metadata"] == {"job": "nightly", "for": "a\tb"}
    assert "s3cret" not in text + document.out


@pytest.mark.parametrize(("terminal", "shown"), [(True, "all"), (False, "")])
def test_a_person_sees_that_no_models_are_all(
    litectl: Litectl, fake: FakeProxy, terminal: bool, shown: str
) -> None:
    """A script sees that there is no restriction."""
    fake.on("GET", INFO, json_answer({"key": A, "info": key_entry(A, models=[])}))

    lines = litectl("keys", "show", terminal=terminal).out.splitlines()

    assert next(line for line in lines if line.startswith("models")).removeprefix("models").strip() == shown


def test_a_login_has_no_key_so_its_user_is_shown(litectl: Litectl, fake: FakeProxy) -> None:
    """And that is said."""
    fake.on("GET", INFO, recorded("info, master key"))
    fake.on("GET", USER_INFO, recorded("user, of a key"))

    result = litectl("keys", "show", "--json")

    assert result.code == 0
    assert {name: result.json[name] for name in ("user_id", "user_email", "user_role", "max_budget")} == {
        "user_id": "rec-user",
        "user_email": "k@example.com",
        "user_role": "internal_user",
        "max_budget": 5.0,
    }
    assert "in no table of keys" in result.err


def test_a_credential_of_nobody_at_all_is_not_found(litectl: Litectl, fake: FakeProxy) -> None:
    """Where there is no user either, there is nothing to show."""
    fake.on("GET", INFO, recorded("info, master key"))
    fake.on("GET", USER_INFO, recorded("user, none"))

    assert litectl("keys", "show").code == 6


def test_a_key_is_shown_by_its_alias(litectl: Litectl, two: FakeProxy) -> None:
    """The list has all that the description has."""
    assert litectl("keys", "show", "nightly", "--json").json["token"] == B


@pytest.mark.usefixtures("two")
def test_an_unknown_key_is_exit_6_with_near_aliases(litectl: Litectl) -> None:
    """So a typing error is found."""
    result = litectl("keys", "show", "nightlly")

    assert (result.code, result.out) == (6, "")
    assert "did you mean `nightly`?" in result.err


def test_a_key_on_stdin_is_named_by_its_hash(litectl: Litectl, fake: FakeProxy) -> None:
    """It is not sent, and not printed."""
    secret = "sk-somebody-elses-key-0001"
    fake.on("GET", INFO, recorded("info, key of a user"))

    result = litectl("keys", "show", "-", stdin=f"{secret}\n".encode())

    assert result.code == 0
    assert query_of(fake.requests[0])["key"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in result.out + result.err + fake.requests[0].path


@pytest.mark.parametrize("verb", ["show", "delete"])
def test_a_key_as_an_argument_is_refused(litectl: Litectl, fake: FakeProxy, verb: str) -> None:
    """Everybody on the machine can read arguments; it is not repeated."""
    result = litectl("keys", verb, "sk-somebody-elses-key-0001")

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert "somebody-elses" not in result.err


def test_stdin_is_one_key_only(litectl: Litectl, fake: FakeProxy) -> None:
    """The credential and the name cannot both come from there."""
    result = litectl("keys", "show", "-", "--api-key-file", "-", stdin=b"sk-somebody-elses-key-0001")

    assert (result.code, fake.requests) == (2, [])


# create


def test_a_new_key_alone_goes_into_a_pipe(litectl: Litectl, fake: FakeProxy) -> None:
    """So that a variable can take it; what it may do is sent as it is typed."""
    fake.on("POST", GENERATE, recorded("generate"))

    result = litectl(
        *("keys", "create", "--alias", "ci", "--models", "gpt-5.2,gpt-4o", "--max-budget", "10"),
        *("--budget-duration", "30d", "--duration", "12h", "--rpm", "60", "--tpm", "1000"),
        *("--user", "u", "--team", "t", "--metadata", "job=nightly", "--models", "x"),
    )

    assert result == (0, f"{NEW}\n", "")
    assert fake.requests[0].json == {
        "key_alias": "ci",
        "models": ["gpt-5.2", "gpt-4o", "x"],
        "max_budget": 10.0,
        "budget_duration": "30d",
        "duration": "12h",
        "rpm_limit": 60,
        "tpm_limit": 1000,
        "user_id": "u",
        "team_id": "t",
        "metadata": {"job": "nightly"},
    }


def test_a_model_that_is_not_listed_is_noted(litectl: Litectl, fake: FakeProxy) -> None:
    """By the cached list alone; a pattern and the words of the proxy are no models."""
    fake.on_models(model_info("gpt-5.2"), model_info("claude"))
    fake.on("POST", GENERATE, recorded("generate"))
    assert litectl("models", "refresh").code == 0
    fake.requests.clear()

    result = litectl("keys", "create", "--models", "gpt-5.3,claude,openai/*,all-team-models,zzz")

    assert result.out == f"{NEW}\n"
    assert result.err == (
        "note: `gpt-5.3` is not in the cached list of models; did you mean `gpt-5.2`?\n"
        "note: `zzz` is not in the cached list of models\n"
    )
    assert len(fake.requests) == 1


def test_a_person_sees_the_new_key_and_what_it_is(litectl: Litectl, fake: FakeProxy) -> None:
    """And is told that it is shown once."""
    fake.on("POST", GENERATE, recorded("generate"))

    result = litectl("keys", "create", terminal=True)

    assert result.out.splitlines()[0].split() == ["key", NEW]
    assert "rec-made" in result.out
    assert "shown once" in result.err
    assert NEW not in result.err


def test_the_json_of_a_new_key_has_all(litectl: Litectl, fake: FakeProxy) -> None:
    """The key itself is its first field."""
    fake.on("POST", GENERATE, recorded("generate"))

    record = litectl("keys", "create", "--json").json

    assert tuple(record) == ("schema_version", "key", *COLUMNS)
    assert (record["key"], record["rpm_limit"], record["models"]) == (NEW, 60, ["gpt-5.2"])


@pytest.mark.parametrize(
    "options",
    [
        *[("--duration", text) for text in ("30", "0d", "tomorrow", "")],
        *[("--max-budget", text) for text in ("nan", "-1", "ten")],
        *[("--rpm", text) for text in ("0", "-1", "1.5", "9223372036854775808")],
        *[("--models", "a,"), ("--metadata", "x")],
        *[("--alias", text) for text in ("", "sk-abc", "a\tb", "a\nb", "\x1b[31m", "\udcff")],
        *[("--user", "\udcff"), ("--team", "a\nb")],
    ],
)
def test_bad_options_are_exit_2_and_nothing_is_sent(
    litectl: Litectl, fake: FakeProxy, options: tuple[str, str]
) -> None:
    """The proxy would answer some of them with a failure, and take others for no limit."""
    result = litectl("keys", "create", *options)

    assert (result.code, result.out, fake.requests) == (2, "", [])


@pytest.mark.parametrize("arguments", [("--name", "ci"), ("ci",)])
def test_a_name_is_an_alias(litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...]) -> None:
    """Whoever guesses is told the option; the names that only look alike are not."""
    result = litectl("keys", "create", *arguments)

    assert (result.code, fake.requests) == (2, [])
    assert result.err.endswith("\nhint: call it with `--alias NAME`\n")
    assert "--team" not in result.err


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, [b'{"key": "sk-'], cut=True),
        json_answer({"error": {"message": "x", "type": "internal_server_error"}}, 500),
        json_answer({"token": "without a key"}),
        json_answer(["no object"]),
    ],
)
def test_a_lost_answer_is_sent_once_and_in_doubt(litectl: Litectl, fake: FakeProxy, answer: Answer) -> None:
    """Nobody can tell whether the key was made, so it is not made again."""
    fake.on("POST", GENERATE, answer)

    result = litectl("keys", "create")

    assert (result.code != 0, result.out, len(fake.requests)) == (True, "", 1)
    assert "hint: nobody can tell" in result.err


def test_a_proxy_that_is_away_made_no_key(litectl: Litectl) -> None:
    """Where nothing was sent there is no doubt."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        root = f"http://127.0.0.1:{taken.getsockname()[1]}"
        result = litectl("keys", "create", "--base-url", root)

    assert result.code == 5
    assert "nobody can tell" not in result.err


def test_a_key_that_nobody_reads_is_told_by_its_hash(program: Program, fake: FakeProxy) -> None:
    """A closed pipe is a success elsewhere; here a key would be lost."""
    fake.on("POST", GENERATE, recorded("generate"))

    with open("/dev/full", "wb") as full, program.started("keys", "create", stdout=full) as process:  # noqa: PTH123
        _, err = process.communicate(timeout=30)

    assert process.returncode == 1
    assert f"litectl keys delete {body('generate')['token']}" in err.decode()
    assert NEW not in err.decode()


# delete


def test_keys_are_deleted_by_one_request(litectl: Litectl, two: FakeProxy) -> None:
    """Those that were named, each once, by their hashes."""
    two.on("GET", INFO, json_answer({"key": B, "info": key_entry(B, key_alias="nightly")}))

    result = litectl("keys", "delete", "ci", B, "ci", "--yes")

    assert (result.code, result.out) == (0, "")
    assert deletions(two) == [{"keys": [A, B]}]
    assert "deleted key `ci`" in result.err
    assert "deleted key `nightly`" in result.err


def test_deleted_keys_are_told_to_a_script(litectl: Litectl, two: FakeProxy) -> None:
    """In the format that was asked for."""
    result = litectl("keys", "delete", "ci", "--yes", "--json")

    assert result.json == {
        "schema_version": 1,
        "keys": [{"alias": "ci", "name": "sk-...abcd", "token": A, "user_id": None, "team_id": None}],
    }
    assert len(deletions(two)) == 1


def test_nobody_is_asked_in_a_pipe(litectl: Litectl, two: FakeProxy) -> None:
    """Without `--yes` nothing is deleted there."""
    result = litectl("keys", "delete", "ci")

    assert (result.code, deletions(two)) == (2, [])
    assert "--yes" in result.err


@pytest.mark.parametrize(("answer", "is_deleted"), [(b"y\n", True), (b"n\n", False), (b"\n", False)])
def test_a_person_is_asked(litectl: Litectl, two: FakeProxy, answer: bytes, is_deleted: bool) -> None:
    """The question names the key and the proxy; nothing is the answer no."""
    result = litectl("keys", "delete", "ci", terminal=True, stdin=answer)

    assert result.code == 0
    assert bool(deletions(two)) is is_deleted
    assert f"delete key `ci` of {two.root}?" in result.err


def test_an_unknown_name_deletes_nothing(litectl: Litectl, two: FakeProxy) -> None:
    """Nor do the known ones beside it."""
    result = litectl("keys", "delete", "ci", "nightli", "--yes")

    assert (result.code, deletions(two)) == (6, [])
    assert "did you mean `nightly`?" in result.err


def test_the_key_that_asks_is_not_deleted(litectl: Litectl, fake: FakeProxy) -> None:
    """It would lock out who asks, by mistake or not."""
    own = hashlib.sha256(OWN.encode()).hexdigest()
    fake.on("GET", LIST, json_answer(key_page(key_entry(own, key_alias="me"))))

    result = litectl("keys", "delete", "me", "--yes")

    assert (result.code, deletions(fake)) == (2, [])
    assert "is the key that asks" in result.err


@pytest.mark.parametrize(
    ("label", "code"), [("delete, not yours", 4), ("delete, gone", 6), ("delete, no admin", 4)]
)
def test_a_refused_deletion_has_its_code(litectl: Litectl, two: FakeProxy, label: str, code: int) -> None:
    """Sent once, whatever is answered."""
    two.on("POST", DELETE, recorded(label))

    result = litectl("keys", "delete", "ci", "--yes", "--json")

    assert (result.code, result.out, len(deletions(two))) == (code, "", 1)
    assert result.error["exit_code"] == code


def test_text_of_the_proxy_drives_no_terminal(litectl: Litectl, fake: FakeProxy) -> None:
    """An alias may hold what a terminal would act on."""
    alias = "a\x1b[2Jb\u202e\nc"
    fake.on("GET", LIST, json_answer(key_page(key_entry(A, key_alias=alias))))

    shown = litectl("keys", "list", terminal=True)
    listed = litectl("keys", "list", "--columns", "alias")

    assert "\x1b[2J" not in shown.out
    assert "\u202e" not in shown.out
    assert listed.out.count("\n") == 1
    assert json.loads(litectl("keys", "list", "--json").out)["keys"][0]["alias"] == alias


def test_an_alias_forges_no_line(litectl: Litectl, fake: FakeProxy) -> None:
    """What a person is asked and told of a key stays on its line, and so does an error."""
    fake.on("GET", LIST, json_answer(key_page(key_entry(A, key_alias="a\nb\terror: c"))))
    fake.on("POST", DELETE, json_answer({"deleted_keys": [A]}))

    asked = litectl("keys", "delete", "a\nb\terror: c", terminal=True, stdin=b"y\n")
    fake.on("POST", DELETE, json_answer({"deleted_keys": []}))
    failed = litectl("keys", "delete", "a\nb\terror: c", "--yes")

    assert asked.err.startswith(f"delete key `a b error: c` of {fake.root}? ")
    assert asked.err.endswith("deleted key `a b error: c`\n")
    assert failed.err.splitlines()[0] == "error: the proxy did not delete a b error: c"


@pytest.mark.parametrize("answer", [Answer(200, [b'{"deleted'], cut=True), json_answer({"x": 1}, 502)])
def test_a_lost_deletion_is_sent_once_and_in_doubt(litectl: Litectl, two: FakeProxy, answer: Answer) -> None:
    """Nobody can tell whether it was done, and nothing says that it was."""
    two.on("POST", DELETE, answer)

    result = litectl("keys", "delete", "ci", "--yes", "--json")

    assert (result.code in (5, 12), result.out, len(deletions(two))) == (True, "", 1)
    assert result.error["hint"].startswith("nobody can tell")


def test_a_key_that_is_gone_meanwhile_is_not_found(litectl: Litectl, two: FakeProxy) -> None:
    """Somebody else deleted it after it was looked up; the proxy wraps its answer so."""
    gone = {"message": "{'error': 'No keys found'}", "type": "internal_server_error", "code": "404"}
    two.on("POST", DELETE, json_answer({"error": gone}, 404))

    result = litectl("keys", "delete", "ci", "--yes")

    assert (result.code, result.out) == (6, "")
    assert "the proxy has no such key" in result.err
