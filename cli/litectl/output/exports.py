"""Variables that point other tools at the proxy, and the lines that export them in a shell. Pure."""

import json
from collections.abc import Mapping

TOOLS = ("litellm", "openai", "anthropic")
SHELLS = ("bash", "zsh", "sh", "fish", "powershell")


def variables_for(tools: str, root: str, secret: str, headers: Mapping[str, str]) -> dict[str, str | None]:
    """
    Return the variables by which *tools* find the proxy at *root* with its key *secret*.

    `litellm` are the names of this program, of LiteLLM's own CLI and of its
    library. Anthropic's clients send their two keys in two headers, so both are
    set. None is a variable to take away: what another proxy was to be sent
    must not reach this one.
    """
    if tools == "openai":
        return {"OPENAI_BASE_URL": f"{root}/v1", "OPENAI_API_KEY": secret}
    if tools == "anthropic":
        lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
        return {
            "ANTHROPIC_BASE_URL": root,
            "ANTHROPIC_AUTH_TOKEN": secret,
            "ANTHROPIC_API_KEY": secret,
            "ANTHROPIC_CUSTOM_HEADERS": lines or None,
        }
    # In this variable a dollar begins a reference to another one.
    plain = {name: value.replace("$", "$$") for name, value in headers.items()}
    return {
        "LITELLM_BASE_URL": root,
        "LITELLM_API_KEY": secret,
        "LITELLM_PROXY_URL": root,
        "LITELLM_PROXY_API_BASE": root,
        "LITELLM_PROXY_API_KEY": secret,
        "LITELLM_HEADERS": json.dumps(plain) if plain else None,
        # They would come before the key.
        "LITELLM_API_KEY_HELPER": None,
        "LITELLM_GCLOUD_TOKEN_AUTH": None,
    }


def exports(shell: str, variables: Mapping[str, str | None]) -> str:
    """Return lines that export *variables* in *shell*, whatever their values contain, or unset them."""
    line = {"fish": _fish, "powershell": _powershell}.get(shell, _posix)
    return "".join(line(name, value) + "\n" for name, value in variables.items())


def _posix(name: str, value: str | None) -> str:
    if value is None:
        return f"unset {name}"
    quoted = value.replace("'", "'\\''")
    return f"export {name}='{quoted}'"


def _fish(name: str, value: str | None) -> str:
    if value is None:
        return f"set -e {name}"
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{quoted}'"


def _powershell(name: str, value: str | None) -> str:
    if value is None:
        return f"Remove-Item Env:{name} -ErrorAction SilentlyContinue"
    # PowerShell ends a quoted text at the typographic quotes too.
    quoted = "".join(
        character * 2 if character in "'\u2018\u2019\u201a\u201b" else character for character in value
    )
    return f"$env:{name} = '{quoted}'"
