"""Logins with single sign-on at a real proxy, from the first page to a credential that works."""

import pytest

from database_proxy import DatabaseProxy, Team
from live.logins import with_code, with_pkce
from program import Program, Result
from stored_profiles import StoredProfiles

pytestmark = pytest.mark.db

GATEWAY = "/claude_code_gateway/.well-known/oauth-authorization-server"


@pytest.fixture
def user(database: DatabaseProxy, client: Program, stored: StoredProfiles) -> str:
    """Return the id of the user that single sign-on names, who has logged in before."""
    require_success(with_pkce(client, database.root))
    user: str = stored.credential["user_id"]
    stored.path.unlink()
    return user


@pytest.fixture
def teams(database: DatabaseProxy, user: str) -> list[Team]:
    """Return two new teams of the user of single sign-on."""
    return [database.make_team(member=user) for _ in range(2)]


@pytest.fixture
def token(database: DatabaseProxy, client: Program, stored: StoredProfiles) -> str:
    """Return a token of the proxy, as its page shows one to be pasted; no profile is there any more."""
    require_success(with_pkce(client, database.root))
    token = client("token").out.strip()
    stored.path.unlink()
    return token


def require_success(result: Result) -> None:
    """Fail with what the program said unless it ended well."""
    assert (result.code, result.out) == (0, ""), result.err


def require_usable(client: Program, root: str, **told: object) -> None:
    """Fail unless the proxy accepts the stored credential, says *told* of it, and lists its models."""
    whoami, models = client("whoami", "--json"), client("models", "list", "--columns", "name")

    assert whoami.code == 0, whoami.err
    told |= {"base_url": root, "base_url_source": "the default profile", "accepted": True}
    assert told == {name: whoami.json[name] for name in told}
    assert models.code == 0, models.err
    assert models.out.split()


def test_pkce_opens_the_browser_and_logs_in(
    database: DatabaseProxy, client: Program, stored: StoredProfiles
) -> None:
    """`--pkce` opens the browser, which brings a login that can be renewed and tells its user."""
    require_success(with_pkce(client, database.root))

    credential = stored.credential
    assert (credential["kind"], credential["token_endpoint"]) == ("login", f"{database.root}/token")
    assert credential["refresh_token"].startswith("llm_srefresh_")
    require_usable(client, database.root, credential="login", user_id=credential["user_id"])


def test_a_denied_login_stores_nothing(
    database: DatabaseProxy, client: Program, stored: StoredProfiles
) -> None:
    """Whoever presses Deny on the page is told so with exit 4, and has no profile."""
    result = with_pkce(client, database.root, browser=("--deny",))

    assert (result.code, result.out) == (4, "")
    assert "the login was denied" in result.err
    assert not stored.path.exists()


def test_the_page_of_pkce_asks_for_the_team(
    database: DatabaseProxy, client: Program, teams: list[Team]
) -> None:
    """With `--pkce` the team is chosen on the proxy's page, and the login is of that team."""
    require_success(with_pkce(client, database.root, browser=("--team", teams[1].name)))

    require_usable(client, database.root, team_id=teams[1].id, team_alias=teams[1].name)


def test_the_gateway_logs_in_with_a_code(
    database: DatabaseProxy, client: Program, stored: StoredProfiles
) -> None:
    """`--device` takes the gateway's flow (RFC 8628) where there is one, whose login can be renewed."""
    if not database.offers(GATEWAY):
        pytest.skip("this proxy has no gateway: set `general_settings.enable_claude_code_gateway`")

    require_success(with_code(client, database.root))

    assert stored.credential["token_endpoint"] == f"{database.root}/claude_code_gateway/oauth/token"
    require_usable(client, database.root, credential="login", user_id=stored.credential["user_id"])
    first = stored.credential["secret"]
    stored.change(expires_at=0.0)
    assert client("token").out.strip() not in ("", first)
    require_usable(client, database.root)


@pytest.mark.parametrize("said", ["id", "name"])
def test_a_code_logs_in_for_the_team_that_was_named(
    database: DatabaseProxy, client: Program, stored: StoredProfiles, teams: list[Team], said: str
) -> None:
    """`--device --team` logs in for one of several teams, by its id, or by its name in any case."""
    team = teams[1]
    wanted = team.id if said == "id" else team.name.upper()

    require_success(with_code(client, database.root, "--team", wanted))

    assert "refresh_token" not in stored.credential
    require_usable(client, database.root, team_id=team.id, team_alias=team.name)


def test_a_team_that_the_user_is_not_in_is_said(
    database: DatabaseProxy, client: Program, stored: StoredProfiles, teams: list[Team]
) -> None:
    """A wrong `--team` is exit 2 and names the teams there are; nothing is stored."""
    result = with_code(client, database.root, "--team", "nobody's team")

    assert (result.code, result.out) == (2, "")
    assert "you are in no team `nobody's team`" in result.err
    assert all(team.name in result.err for team in teams)
    assert not stored.path.exists()


def test_a_team_for_a_user_without_teams_is_refused(
    database: DatabaseProxy, client: Program, stored: StoredProfiles, user: str
) -> None:
    """To a user of no team the proxy gives a key without asking for one; that is exit 4 and is not stored."""
    result = with_code(client, database.root, "--team", "any")

    assert (result.code, result.out) == (4, "")
    assert "a key of no team, not of `any`" in result.err
    assert not stored.path.exists()


def test_a_pasted_token_is_a_credential(
    database: DatabaseProxy, client: Program, stored: StoredProfiles, token: str
) -> None:
    """`--paste` reads the token of the proxy's page from a pipe, checks and stores it."""
    require_success(client("login", "--paste", "--base-url", database.root, stdin=token.encode()))

    assert stored.credential["secret"] == token
    require_usable(client, database.root, credential="api_key")


def test_a_virtual_key_is_made_of_a_pasted_token(
    database: DatabaseProxy, client: Program, stored: StoredProfiles, user: str, token: str
) -> None:
    """With `--virtual-key` a user who may make keys gets one, and the token itself is not stored."""
    database.set_role(user, "internal_user")
    arguments = ("login", "--paste", "--virtual-key", "--base-url", database.root)

    result = client(*arguments, stdin=token.encode())

    require_success(result)
    key = client("token").out.strip()
    database.adopt_key(key)
    assert key.startswith("sk-")
    assert token.encode() not in stored.content
    require_usable(client, database.root, credential="api_key", user_id=user, spend=0.0)


def test_a_user_who_may_make_no_key_keeps_the_token(
    database: DatabaseProxy, client: Program, user: str, token: str
) -> None:
    """Where the proxy makes no virtual key the pasted token is stored, and a warning says so."""
    database.set_role(user, "internal_user_viewer")
    arguments = ("login", "--paste", "--virtual-key", "--base-url", database.root)

    result = client(*arguments, stdin=token.encode())

    require_success(result)
    assert "no virtual key was made: the proxy does not let this token make a key" in result.err
    assert client("token").out.strip() == token


def test_a_login_token_may_read_its_user_and_no_key(database: DatabaseProxy, client: Program) -> None:
    """A login token is in no table of keys: `whoami` shows the user and their spend, and none of a key."""
    require_success(with_pkce(client, database.root))

    whoami = client("whoami", "--json").json

    user = database.get("/user/info", user_id=whoami["user_id"])["user_info"]
    assert (user["user_email"], user["user_role"]) == (whoami["user_email"], whoami["user_role"])
    assert whoami["user_spend"] == pytest.approx(user["spend"])
    assert [whoami[name] for name in ("key_alias", "spend", "max_budget")] == [None] * 3
    assert whoami["expires_at"] is not None
