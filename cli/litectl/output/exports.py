"""Variables that point other tools at the proxy, and the lines that export them in a shell. Pure."""

import json
from collections.abc import Mapping

TOOLS = ("litellm", "openai", "anthropic")
SHELLS = ("bash", "zsh", "sh", "fish", "powershell")


def variables_for(tools: str, root: str, secret: str, headers: Mapping[str, str]) -> dict[str, str]:
    """
    Return the variables by which *tools* find the proxy at *root* with its key *secret*.

    `litellm` are the names of this program, of LiteLLM's own CLI and of its
    library. Anthropic's clients send their two keys in two headers, so both are
    set: one that was there before must not reach this proxy.
    """
    if tools == "openai":
        return {"OPENAI_BASE_URL": f"{root}/v1", "OPENAI_API_KEY": secret}
    if tools == "anthropic":
        variables = {"ANTHROPIC_BASE_URL": root, "ANTHROPIC_AUTH_TOKEN": secret, "ANTHROPIC_API_KEY": secret}
        lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
        return variables | ({"ANTHROPIC_CUSTOM_HEADERS": lines} if headers else {})
    variables = {
        "LITELLM_BASE_URL": root,
        "LITELLM_API_KEY": secret,
        "LITELLM_PROXY_URL": root,
        "LITELLM_PROXY_API_BASE": root,
        "LITELLM_PROXY_API_KEY": secret,
    }
    # In this variable a dollar begins a reference to another one.
    plain = {name: value.replace("$", "$$") for name, value in headers.items()}
    return variables | ({"LITELLM_HEADERS": json.dumps(plain)} if headers else {})


def exports(shell: str, variables: Mapping[str, str]) -> str:
    """Return lines that export *variables* in *shell*, whatever their values contain."""
    if shell == "fish":
        return "".join(f"set -gx {name} {_fish(value)}\n" for name, value in variables.items())
    if shell == "powershell":
        return "".join(f"$env:{name} = {_powershell(value)}\n" for name, value in variables.items())
    return "".join(f"export {name}={_posix(value)}\n" for name, value in variables.items())


def _posix(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _fish(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _powershell(value: str) -> str:
    # PowerShell ends a quoted text at the typographic quotes too.
    doubled = "".join(
        character * 2 if character in "'\u2018\u2019\u201a\u201b" else character for character in value
    )
    return f"'{doubled}'"
