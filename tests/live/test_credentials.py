"""Keys, helpers and headers against a real proxy that knows one key and has no single sign-on."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from litectl.sandbox.sandbox import RunningProxy
from program import Program
from stored_profiles import StoredProfiles

pytestmark = pytest.mark.live

WRONG = "sk-this-is-a-wrong-key"
QUESTION = {"model": "mock-hello", "messages": [{"role": "user", "content": "Hi"}]}
ANSWER = "Hello from the sandbox."


class Helper:
    """A script that prints one line of *keys* at each run, and then the last one again."""

    def __init__(self, directory: Path, *keys: str) -> None:
        self._runs = directory / "runs"
        script, lines = directory / "helper.sh", directory / "keys"
        lines.write_text("".join(f"{key}\n" for key in keys))
        script.write_text(
            f'echo run >>"{self._runs}"; head -n "$(wc -l <"{self._runs}")" "{lines}" | tail -n 1\n'
        )
        self.command = f"sh {script}"

    @property
    def runs(self) -> int:
        """How often it was run."""
        return len(self._runs.read_text().splitlines()) if self._runs.exists() else 0


def exported(real: Program, *arguments: str) -> dict[str, str]:
    """Return the variables that `eval "$(litectl env ...)"` sets in a shell."""
    line = " ".join([*real.command, "env", *arguments])
    shell = ["bash", "-c", f'eval "$({line})"; env -0']
    done = subprocess.run(shell, env=real.environ(), capture_output=True, check=True, text=True)
    return dict(entry.split("=", 1) for entry in done.stdout.split("\0") if "=" in entry)


def posted(url: str, document: Mapping[str, object], **headers: str) -> httpx.Response:
    """Return the answer to *document*; header names get hyphens for underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(url, json=document, headers=named, trust_env=False, timeout=30)


@pytest.mark.parametrize(
    "command",
    [["whoami"], ["models", "refresh"], ["ask", "-m", "mock-hello", "-p", "Hi"]],
    ids=lambda c: c[0],
)
def test_a_wrong_key_is_refused(real: Program, command: list[str]) -> None:
    """A proxy without a database answers 400 to a wrong key; that is exit 4, and the key is not shown."""
    result = real(*command, "--json", variables={"LITECTL_API_KEY": WRONG})

    assert result.code == 4
    assert [result.error[name] for name in ("status", "type")] == [400, "no_db_connection"]
    assert "knows its master key only" in result.error["message"]
    assert WRONG not in result.out + result.err


def test_the_master_key_is_accepted(real: Program, real_proxy: RunningProxy) -> None:
    """The key of the proxy is accepted; what only a database knows is null."""
    result = real("whoami", "--json")

    assert (result.code, result.err) == (0, "")
    told = {"accepted": True, "base_url": real_proxy.root, "api_key_source": "LITECTL_API_KEY"}
    unknown = dict.fromkeys(("user_id", "spend", "max_budget", "user_spend", "expires_at", "team_id"))
    assert (told | unknown).items() <= result.json.items()


def test_a_helper_is_run_again_when_its_key_is_refused(
    client: Program, real_proxy: RunningProxy, tmp_path: Path
) -> None:
    """A key that the proxy refuses is asked of the helper once more, and the new one is kept."""
    helper = Helper(tmp_path, WRONG, real_proxy.key)
    login = client("login", "--base-url", real_proxy.root, "--helper", helper.command, "--no-verify")
    assert (login.code, helper.runs) == (0, 0)

    results = [client("whoami"), client("models", "refresh"), client("ask", "-m", "mock-hello", "-p", "Hi")]

    assert [result.code for result in results] == [0, 0, 0], results
    assert helper.runs == 2


@pytest.mark.parametrize("command", [["whoami"], ["ask", "-m", "mock-hello", "-p", "Hi"]], ids=lambda c: c[0])
def test_a_helper_is_run_again_once_only(
    client: Program, real_proxy: RunningProxy, tmp_path: Path, command: list[str]
) -> None:
    """A helper whose second key is refused too is exit 4; it is not run for ever."""
    helper = Helper(tmp_path, WRONG, f"{WRONG}-2", real_proxy.key)
    variables = {"LITELLM_BASE_URL": real_proxy.root, "LITELLM_API_KEY_HELPER": helper.command}

    result = client(*command, variables=variables)

    assert (result.code, helper.runs) == (4, 2)
    assert WRONG not in result.out + result.err


def test_a_login_with_a_helper_asks_it_anew(
    client: Program, real_proxy: RunningProxy, stored: StoredProfiles, tmp_path: Path
) -> None:
    """Each login runs the helper, so a key of it that the proxy refused before is no reason to fail."""
    helper = Helper(tmp_path, WRONG, real_proxy.key)
    arguments = ("login", "--base-url", real_proxy.root, "--helper", helper.command)

    refused = client(*arguments)
    assert (refused.code, helper.runs) == (4, 1)
    assert not stored.path.exists()
    accepted = client(*arguments)

    assert (accepted.code, helper.runs) == (0, 2), accepted.err
    assert client("token").out.strip() == real_proxy.key


@pytest.mark.parametrize("way", ["--pkce", "--device"])
def test_a_login_without_single_sign_on_is_refused_at_once(
    client: Program, real_proxy: RunningProxy, stored: StoredProfiles, tmp_path: Path, way: str
) -> None:
    """A proxy without single sign-on is said before any page is shown or opened; nothing is stored."""
    variables = {"BROWSER": f"touch {tmp_path}/opened-%s"}

    result = client("login", way, "--browser", "--base-url", real_proxy.root, variables=variables)

    assert (result.code, result.out) == (4, "")
    assert f"error: single sign-on is not configured on {real_proxy.root}\n" in result.err
    assert "--api-key-file" in result.err
    assert "http://" not in result.err.replace(real_proxy.root, "")
    assert "Open this page" not in result.err
    assert list(tmp_path.iterdir()) == []
    assert not stored.path.exists()


def test_a_person_without_single_sign_on_is_asked_for_a_key(
    client: Program, real_proxy: RunningProxy
) -> None:
    """On a terminal `login` says that there is no single sign-on, and asks for the key at once."""
    typed = [("API key for", real_proxy.key)]

    code, shown = client.on_terminal("login", "--base-url", real_proxy.root, typed=typed)

    assert code == 0, shown
    assert "single sign-on is not configured" in shown
    assert "how to log in" not in shown
    assert client("token").out.strip() == real_proxy.key


def test_a_pasted_key_makes_no_virtual_key_without_a_database(
    client: Program, real_proxy: RunningProxy
) -> None:
    """`--paste --virtual-key` keeps what was pasted where the proxy can make no key, and says so."""
    arguments = ("login", "--paste", "--virtual-key", "--base-url", real_proxy.root)

    result = client(*arguments, stdin=real_proxy.key.encode())

    assert (result.code, result.out) == (0, "")
    assert "warning: no virtual key was made: the proxy made no key" in result.err
    assert client("token").out.strip() == real_proxy.key


@pytest.mark.parametrize("header", ["x-litellm-api-key", "x-api-key", "api-key"])
def test_the_key_goes_in_another_header(
    client: Program, real_proxy: RunningProxy, stored: StoredProfiles, header: str
) -> None:
    """`login --auth-header` is remembered, and the proxy accepts the key there."""
    arguments = ("login", "--base-url", real_proxy.root, "--auth-header", header, "--api-key-file", "-")

    login = client(*arguments, stdin=real_proxy.key.encode())
    whoami = client("whoami", "--json").json
    answer = client("ask", "-m", "mock-hello", "-p", "Hi")

    assert login.code == 0, login.err
    assert whoami["accepted"] is True
    assert answer == (0, f"{ANSWER}\n", "")
    assert f'"auth_header": "{header}"'.encode() in stored.content


def test_authorization_is_free_when_the_key_goes_elsewhere(real: Program) -> None:
    """With `--auth-header x-litellm-api-key` an `Authorization` of `--header` may be for another reader."""
    options = ("--auth-header", "x-litellm-api-key", "--header", "Authorization: Bearer of-a-gateway")

    assert real("whoami", *options).code == 0


def test_an_extra_header_of_an_option_reaches_the_proxy(client: Program, real_proxy: RunningProxy) -> None:
    """`--header` arrives, its `$NAME` replaced: here it is all that carries the key."""
    options = ("--base-url", real_proxy.root, "--header", "x-litellm-api-key: $PROXY_KEY")

    result = client("whoami", "--json", *options, variables={"PROXY_KEY": real_proxy.key})

    assert (result.code, result.json["accepted"], result.json["api_key"]) == (0, True, None)
    assert real_proxy.key not in result.out + result.err


def test_an_extra_header_of_a_variable_reaches_the_proxy(client: Program, real_proxy: RunningProxy) -> None:
    """LITELLM_HEADERS goes to the proxy of LITELLM_BASE_URL, and to no other."""
    variables = {"PROXY_KEY": real_proxy.key, "LITELLM_HEADERS": '{"x-litellm-api-key": "$PROXY_KEY"}'}
    ask = ("ask", "-m", "mock-hello", "-p", "Hi", "--base-url", real_proxy.root)

    answer = client(*ask, variables={**variables, "LITELLM_BASE_URL": real_proxy.root})
    elsewhere = client(*ask, variables={**variables, "LITELLM_BASE_URL": "http://127.0.0.1:9"})

    assert answer == (0, f"{ANSWER}\n", "")
    assert (elsewhere.code, elsewhere.out) == (4, "")


def test_an_extra_header_of_a_profile_reaches_the_proxy(client: Program, real_proxy: RunningProxy) -> None:
    """A header that `profiles add --header` remembers is sent from then on: here it carries the key."""
    variables = {"PROXY_KEY": real_proxy.key}
    header = ("--header", "x-litellm-api-key: $PROXY_KEY")
    question = ("ask", "-m", "mock-hello", "-p", "Hi")

    assert client("profiles", "add", "real", "--base-url", real_proxy.root, *header).code == 0

    assert client(*question, variables=variables) == (0, f"{ANSWER}\n", "")


def test_an_extra_header_does_not_come_before_the_key(client: Program, real_proxy: RunningProxy) -> None:
    """The proxy believes `x-litellm-api-key` before `Authorization`, so no other key is sent in it."""
    variables = {"LITECTL_API_KEY": WRONG, "LITECTL_BASE_URL": real_proxy.root}

    result = client("whoami", "--header", f"x-litellm-api-key: {real_proxy.key}", variables=variables)

    assert result.code == 4


def test_openai_clients_find_the_proxy(real: Program) -> None:
    """What `env --for openai` exports is what an OpenAI client needs."""
    variables = exported(real, "--for", "openai")
    authorization = f"Bearer {variables['OPENAI_API_KEY']}"

    url = f"{variables['OPENAI_BASE_URL']}/chat/completions"
    answer = posted(url, QUESTION, authorization=authorization)

    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"] == ANSWER


@pytest.mark.parametrize(
    ("header", "variable"),
    [("x_api_key", "ANTHROPIC_API_KEY"), ("authorization", "ANTHROPIC_AUTH_TOKEN")],
)
def test_anthropic_clients_find_the_proxy(real: Program, header: str, variable: str) -> None:
    """What `env --for anthropic` exports works for clients that send a key, and for those with a token."""
    variables = exported(real, "--for", "anthropic")
    prefix = "Bearer " if header == "authorization" else ""
    headers = {header: prefix + variables[variable], "anthropic_version": "2023-06-01"}

    url = f"{variables['ANTHROPIC_BASE_URL']}/v1/messages"
    answer = posted(url, {**QUESTION, "max_tokens": 100}, **headers)

    assert answer.status_code == 200, answer.text
    assert [part["text"] for part in answer.json()["content"]] == [ANSWER]


def test_env_without_more_points_litectl_itself(real: Program, client: Program) -> None:
    """The variables of `env` are those of LiteLLM's own tools, and all that litectl needs in that shell."""
    variables = {name: value for name, value in exported(real).items() if name.startswith("LITELLM_")}

    answer = client("ask", "-m", "mock-hello", "-p", "Hi", variables=variables)

    assert answer == (0, f"{ANSWER}\n", "")


def test_the_token_is_for_another_tool(real: Program, real_proxy: RunningProxy) -> None:
    """`Authorization: Bearer $(litectl token)` is accepted, and the token can be piped into a login."""
    token = " ".join([*real.command, "token"])
    login = " ".join([*real.command, "login", "--base-url", real_proxy.root, "--api-key-file", "-"])
    header = ["bash", "-c", f'printf "Bearer %s" "$({token})"; {token} | {login} 2>/dev/null']

    done = subprocess.run(header, env=real.environ(), capture_output=True, check=True, text=True)

    models = httpx.get(
        f"{real_proxy.root}/v1/models", headers={"Authorization": done.stdout}, trust_env=False, timeout=30
    )
    assert models.status_code == 200
    assert real("whoami", variables={"LITECTL_API_KEY": ""}).code == 0
