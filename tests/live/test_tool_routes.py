"""The routes for tools and skills of a real proxy, as the program has to take them: what is told where."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from litectl.errors import TimedOutError
from litectl.sandbox.sandbox import RunningProxy
from litectl.wire.proxy import Access, Proxy
from live.mcp_tools import BLOB, PNG
from live.skill_account import SkillAccount
from live.tooling import LIMITED_TO, LOCAL_TOOLS, OUTCOMES, TOKEN, TOOLS
from live.upstream import Upstream

pytestmark = pytest.mark.live

LIST, CALL, SKILLS = "/mcp-rest/tools/list", "/mcp-rest/tools/call", "/v1/skills"
SHOWN = {"x-mcp-guarded-authorization": f"Bearer {TOKEN}"}
SUM = {"a": 2, "b": 3}
EMPTY_TEXT = {"annotations": None, "_meta": None}


@pytest.fixture
def wire(tool_proxy: RunningProxy) -> Iterator[httpx.Client]:
    """Ask the proxy without the program."""
    headers = {"Authorization": f"Bearer {tool_proxy.key}"}
    with httpx.Client(base_url=tool_proxy.root, headers=headers, trust_env=False, timeout=30) as client:
        yield client


def call(wire: httpx.Client, server: str, tool: str, /, **arguments: object) -> Any:
    """Return the answer to the call of *tool* on *server*; it must have worked."""
    document = {"server_id": server, "name": tool, "arguments": arguments}
    answer = wire.post(CALL, json=document).raise_for_status().json()
    assert not answer["isError"], answer
    return answer


# Lists


@pytest.mark.parametrize(("headers", "guarded"), [({}, "internal"), (SHOWN, "ok")])
def test_a_list_says_how_each_server_ended(wire: httpx.Client, headers: dict[str, str], guarded: str) -> None:
    """A list of some servers is a success; only its outcomes, by alias or name, tell which others failed."""
    answer = wire.get(LIST, headers=headers)

    document = answer.json()
    assert (answer.status_code, document["error"]) == (200, None)
    outcomes = {server: outcome["status"] for server, outcome in document["server_outcomes"].items()}
    assert outcomes == OUTCOMES | {"guarded": guarded}


def test_a_tool_is_told_by_its_server_and_its_name(wire: httpx.Client) -> None:
    """Names repeat; an alias stands beside the name of its server, not in place of it."""
    tools = wire.get(LIST, headers=SHOWN).json()["tools"]

    listed: dict[tuple[str, str | None], list[str]] = {}
    for tool in tools:
        told = tool["mcp_info"]
        listed.setdefault((told["server_name"], told["alias"]), []).append(tool["name"])
    assert {where: sorted(names) for where, names in listed.items()} == {
        ("alpha", None): TOOLS,
        ("beta", None): TOOLS,
        ("guarded", None): TOOLS,
        ("limited", None): LIMITED_TO,
        ("local_tools", "local"): LOCAL_TOOLS,
    }
    assert len({(tool["mcp_info"]["server_id"], tool["name"]) for tool in tools}) == len(tools)


@pytest.mark.parametrize(
    ("server", "status", "error"),
    [
        ("alpha", 200, None),
        ("local", 200, None),
        ("local_tools", 200, None),
        ("guarded", 500, "internal"),
        ("dead", 502, "unreachable"),
        ("nowhere", 403, "access_denied"),
    ],
)
def test_the_list_of_one_server_fails_with_a_status(
    wire: httpx.Client, server: str, status: int, error: str | None
) -> None:
    """Asked for one server by alias or name, the proxy says what is wrong with it in the status."""
    answer = wire.get(LIST, params={"server_id": server})

    document = answer.json()
    assert answer.status_code == status
    assert (document["detail"] if error else document)["error"] == error
    assert "server_outcomes" not in document


def test_every_server_may_be_seen(wire: httpx.Client) -> None:
    """The servers are told with their transports and what they allow, whether they answer or not."""
    servers = {server["server_name"]: server for server in wire.get("/v1/mcp/server").json()}

    assert sorted(servers) == ["alpha", "beta", "dead", "guarded", "limited", "local_tools"]
    assert (servers["local_tools"]["alias"], servers["local_tools"]["transport"]) == ("local", "stdio")
    assert servers["limited"]["allowed_tools"] == LIMITED_TO
    assert servers["guarded"]["auth_type"] == "bearer_token"
    assert TOKEN not in str(servers)


# Calls


@pytest.mark.parametrize(
    ("tool", "arguments", "result"),
    [
        ("add", SUM, 5),
        ("echo", {"text": "hi", "repeat": 2}, "hi hi"),
        ("slow", {"seconds": 0.1}, "slept 0.1"),
    ],
)
def test_a_plain_result_is_text_and_structured(
    wire: httpx.Client, tool: str, arguments: dict[str, object], result: object
) -> None:
    """A result that is no object is wrapped into `result`, beside the text of it."""
    answer = call(wire, "alpha", tool, **arguments)

    assert answer["structuredContent"] == {"result": result}
    assert answer["content"] == [{"type": "text", "text": str(result), **EMPTY_TEXT}]


def test_an_object_is_structured_as_it_is(wire: httpx.Client) -> None:
    """A tool with an object for a result gives that object."""
    assert call(wire, "alpha", "weather", city="Oslo")["structuredContent"] == {
        "city": "Oslo",
        "degrees": 21.5,
        "tags": ["dry", "sunny"],
    }


def test_arguments_arrive_with_their_types(wire: httpx.Client) -> None:
    """Text, numbers, booleans and lists reach the tool as they were sent."""
    sent = {"text": "Grüße 👋", "size": "large", "tags": ["a", "b"], "exact": True, "ratio": 0.5}

    assert call(wire, "alpha", "reflect", **sent)["structuredContent"] == sent


@pytest.mark.parametrize(
    ("tool", "kinds"),
    [
        ("image", ["image"]),
        ("audio", ["audio"]),
        ("resource", ["resource"]),
        ("multi", ["text", "text", "image"]),
    ],
)
def test_results_of_other_kinds_have_their_blocks(wire: httpx.Client, tool: str, kinds: list[str]) -> None:
    """Pictures, sounds and files come as blocks of their kinds, and nothing is structured."""
    answer = call(wire, "alpha", tool)

    assert [block["type"] for block in answer["content"]] == kinds
    assert answer["structuredContent"] is None


def test_blocks_carry_their_bytes(wire: httpx.Client) -> None:
    """A picture has its bytes as base64 beside its type; a file is within the block, with its address."""
    from base64 import b64decode

    picture, file = (call(wire, "alpha", tool)["content"][0] for tool in ("image", "resource"))

    assert (picture["mimeType"], b64decode(picture["data"])) == ("image/png", PNG)
    assert file["resource"]["uri"].endswith("/sixteen.bin")
    assert b64decode(file["resource"]["blob"]) == BLOB


@pytest.mark.parametrize("server", ["local", "local_tools"])
def test_a_server_over_stdio_is_called_by_alias_and_name(wire: httpx.Client, server: str) -> None:
    """A server that is a process answers as the others do."""
    answer = call(wire, server, "add", **SUM)

    assert (answer["content"][0]["text"], answer["structuredContent"]) == ("5", None)


@pytest.mark.parametrize(("tool", "said"), [("fail", "boom"), ("add", "Field required")])
def test_a_tool_that_fails_is_a_success_of_the_route(wire: httpx.Client, tool: str, said: str) -> None:
    """A failure of the tool, or wrong arguments, is status 200 with `isError` and the reason in the text."""
    answer = wire.post(CALL, json={"server_id": "alpha", "name": tool, "arguments": {}})

    assert answer.status_code == 200
    assert answer.json()["isError"] is True
    assert said in answer.json()["content"][0]["text"]


@pytest.mark.parametrize(
    ("server", "tool", "status", "said"),
    [
        ("nowhere", "add", 404, "server_not_found"),
        ("alpha", "nonsuch", 500, "Tool nonsuch not found"),
        ("dead", "add", 500, "Tool add not found"),
        ("limited", "weather", 403, "Tool weather is not allowed for server limited"),
        ("guarded", "add", 500, "requires a usable upstream credential"),
    ],
)
def test_what_cannot_be_called_has_a_status(
    wire: httpx.Client, server: str, tool: str, status: int, said: str
) -> None:
    """
    A tool that is not there is told as one of a dead server is; the others by status or text.

    The proxy knows which tools need a credential once somebody has listed them with one.
    """
    wire.get(LIST, headers=SHOWN)

    answer = wire.post(CALL, json={"server_id": server, "name": tool, "arguments": SUM})

    assert answer.status_code == status
    assert said in answer.text


@pytest.mark.parametrize(("token", "is_error"), [(TOKEN, False), ("wrong", True)])
def test_a_server_gets_the_credential_of_its_caller(wire: httpx.Client, token: str, is_error: bool) -> None:
    """A header for one server reaches it; that it refuses that is told as a failure of a known tool."""
    wire.get(LIST, headers=SHOWN)
    headers = {"x-mcp-guarded-authorization": f"Bearer {token}"}

    answer = wire.post(CALL, json={"server_id": "guarded", "name": "add", "arguments": SUM}, headers=headers)

    assert (answer.status_code, answer.json()["isError"]) == (200, is_error)
    assert ("401 Unauthorized" in answer.text) is is_error


def test_the_token_of_the_proxy_serves_where_it_has_one(wire: httpx.Client) -> None:
    """A server whose token the proxy keeps needs none of the caller."""
    assert call(wire, "limited", "add", **SUM)["structuredContent"] == {"result": 5}


def test_tools_of_one_name_are_called_on_their_servers(wire: httpx.Client) -> None:
    """What one server did, the other of the same tools did not."""
    kept = {server: call(wire, server, "log", entry=f"of {server}") for server in ("alpha", "beta")}

    for server, other in (("alpha", "beta"), ("beta", "alpha")):
        entries = kept[server]["structuredContent"]["result"]
        assert f"of {server}" in entries
        assert f"of {other}" not in entries


def test_a_call_that_takes_too_long_was_made_once(tool_proxy: RunningProxy, wire: httpx.Client) -> None:
    """`Proxy.send` gives up in time, and has sent the call exactly once."""
    before = call(wire, "alpha", "count", tool="slow")["structuredContent"]["result"]
    document = {"server_id": "alpha", "name": "slow", "arguments": {"seconds": 2}}

    with (
        Proxy(tool_proxy.root, Access(tool_proxy.key)) as proxy,
        pytest.raises(TimedOutError),
    ):
        proxy.send("POST", CALL, document=document, seconds=0.7)

    assert call(wire, "alpha", "count", tool="slow")["structuredContent"]["result"] == before + 1


# Models that call tools


@pytest.mark.parametrize("model", ["caller", "caller-claude", "caller-bricks"])
def test_a_model_calls_what_it_is_told_to_and_repeats_the_results(
    wire: httpx.Client, upstream: Upstream, model: str
) -> None:
    """The calls of a question come at once; after their results the model answers with them."""
    tools = [{"type": "function", "function": {"name": "alpha_add", "parameters": {"type": "object"}}}]
    messages: list[Any] = [{"role": "user", "content": 'use alpha/add {"a": 2, "b": 3} use nonsuch {}'}]

    def ask() -> Any:
        body = {"model": model, "messages": messages, "tools": tools}
        return wire.post("/v1/chat/completions", json=body).raise_for_status().json()["choices"][0]["message"]

    asked = ask()
    calls = [(each["function"]["name"], each["function"]["arguments"]) for each in asked["tool_calls"]]
    results = [
        {"role": "tool", "tool_call_id": each["id"], "content": result}
        for each, result in zip(asked["tool_calls"], ("five", "no such tool"), strict=True)
    ]
    messages += [asked, *results]
    answer = ask()

    assert calls == [("alpha_add", '{"a": 2, "b": 3}'), ("nonsuch", "{}")]
    assert answer["content"] == "echo: five no such tool"
    assert not answer.get("tool_calls")


# Skills of an account at Anthropic


def test_skills_are_listed_a_page_at_a_time(wire: httpx.Client, upstream: Upstream) -> None:
    """A page says whether there is more; the next is named in a body, since no query for it is heard."""
    for number in range(12):
        upstream.skills.keep(f"Skill {number}")

    first = wire.get(SKILLS, params={"limit": "10"}).json()
    page = first["next_page"]
    unheard = [wire.get(SKILLS, params={"limit": "10", name: page}).json() for name in ("page", "after_id")]
    second = wire.request("GET", SKILLS, params={"limit": "10"}, json={"page": page}).json()

    assert (len(first["data"]), first["has_more"], page) == (10, True, "page_10")
    assert unheard == [first, first]
    assert [skill["display_title"] for skill in second["data"]] == ["Skill 10", "Skill 11"]
    assert (second["has_more"], second["next_page"]) == (False, None)


def test_a_skill_is_made_shown_and_deleted(wire: httpx.Client, upstream: Upstream) -> None:
    """The files of a form keep their paths on the way to Anthropic."""
    files = [("files[]", ("my-skill/SKILL.md", b"---\nname: my-skill\n---\n", "text/markdown"))]

    made = wire.post(SKILLS, data={"display_title": "My Skill"}, files=files).raise_for_status().json()
    where = f"{SKILLS}/{made['id']}"
    shown, deleted, gone = wire.get(where), wire.delete(where), wire.get(where)

    assert upstream.skills.files == {made["id"]: ["my-skill/SKILL.md"]}
    assert (made["display_title"], made["source"]) == ("My Skill", "custom")
    assert shown.json() == made
    assert deleted.json() == {"id": made["id"], "type": "skill_deleted"}
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "404")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"{SKILLS}?custom_llm_provider=litellm_proxy", "Prisma client is not initialized"),
        ("/claude-code/plugins", "DB not connected"),
        ("/claude-code/marketplace.json", "DB not connected"),
    ],
)
def test_what_needs_a_database_says_so(wire: httpx.Client, path: str, said: str) -> None:
    """Without a database the proxy keeps no skills and has no hub, which is status 500."""
    answer = wire.get(path)

    assert answer.status_code == 500
    assert said in answer.text


def test_the_account_of_a_test_is_its_own(upstream: Upstream) -> None:
    """No test finds the skills of another one."""
    assert isinstance(upstream.skills, SkillAccount)
    assert not upstream.skills.skills
