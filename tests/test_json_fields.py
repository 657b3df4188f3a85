"""
The reference of the JSON, held against what is printed.

That nothing is printed that it does not tell of is seen in every test that prints JSON
(`json_reference.check`); here is seen that each field it tells of is printed.
"""

from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, Request, chat_answer, json_answer, model_info
from json_reference import missing
from key_login import KEY, login
from litectl.mcp.listing import SERVERS_PATH
from litectl.output.models import model_columns
from litectl.wire.health import LIVELINESS
from mcp_answers import serve_tools
from pages.documents.document import Document, rows
from pages.documents.everything import DOCUMENTS
from pages.documents.models import MODEL
from program import Litectl
from recorded_keys import (
    DELETE,
    GENERATE,
    INFO,
    LIST,
    USER_ACTIVITY,
    USER_INFO,
    key_entry,
    key_page,
    recorded,
)

HUB = "/claude-code/plugins"
SKILL = {
    "id": "u",
    "name": "my-skill",
    "enabled": True,
    "source": {"source": "github", "repo": "acme/skills"},
}
HASH = "a" * 64

# By the command and what is said of its document: the arguments, behind which `--json` is put.
RUNS: dict[tuple[str, str], list[str]] = {
    ("login", ""): [
        "login",
        "--profile",
        "new",
        "--base-url",
        "{root}",
        "--api-key-file",
        "{key}",
        "--no-verify",
    ],
    ("logout", ""): ["logout"],
    ("whoami", ""): ["whoami", "--offline"],
    ("token", ""): ["token"],
    ("env", "with `--for litellm`, or without `--for`"): ["env"],
    ("env", "with `--for openai`"): ["env", "--for", "openai"],
    ("env", "with `--for anthropic`"): ["env", "--for", "anthropic"],
    ("profiles list", ""): ["profiles", "list"],
    ("models list", ""): ["models", "list"],
    ("models show", ""): ["models", "show", "gpt-5.2"],
    ("models refresh", ""): ["models", "refresh"],
    ("models refresh", "with `--all-profiles`"): ["models", "refresh", "--all-profiles"],
    ("models diff", ""): ["models", "diff"],
    ("models export --to json", ""): ["models", "export", "--to", "json"],
    ("cache show", ""): ["cache", "show"],
    ("cache clear", ""): ["cache", "clear"],
    ("cache path", ""): ["cache", "path"],
    ("version", ""): ["version"],
    ("ask", ""): ["ask", "-m", "gpt-5.2", "-p", "Hi"],
    ("ask", "with `--dry-run`"): ["ask", "-m", "gpt-5.2", "-p", "Hi", "--temperature", "0", "--dry-run"],
    ("embed", ""): ["embed", "-m", "embedder", "Hi"],
    ("cost", ""): ["cost", "-m", "gpt-5.2", "--input-tokens", "10", "--output-tokens", "5"],
    ("tokens", ""): ["tokens", "-m", "gpt-5.2", "-p", "Hi"],
    ("mcp servers", ""): ["mcp", "servers"],
    ("mcp tools", ""): ["mcp", "tools"],
    ("mcp show", ""): ["mcp", "show", "add"],
    ("mcp call", ""): ["mcp", "call", "add", "a=1", "b=2"],
    ("skills list", ""): ["skills", "list", "--origin", "hub"],
    ("skills show", ""): ["skills", "show", "my-skill", "--origin", "hub"],
    ("skills create", ""): ["skills", "enable", "my-skill"],
    ("skills create", "with `--dry-run` and a folder"): ["skills", "create", "{folder}", "--dry-run"],
    ("skills create", "with `--dry-run` and a place"): [
        *("skills", "create", "--name", "my-skill", "--github", "acme/skills", "--dry-run")
    ],
    ("completion", "with `--install`"): ["completion", "bash", "--install"],
    ("smoke", ""): ["smoke"],
    ("doctor", ""): ["doctor", "--offline"],
    ("keys list", ""): ["keys", "list"],
    ("keys show", ""): ["keys", "show", HASH],
    ("keys create", ""): ["keys", "create"],
    ("keys delete", ""): ["keys", "delete", "ci", "--yes"],
    ("spend", ""): ["spend"],
    ("spend", "with `--by model`"): ["spend", "--by", "model"],
    ("spend", "with `--by key`"): ["spend", "--by", "key"],
    ("spend", "with `--by day`"): ["spend", "--by", "day"],
    ("spend", "with `--by provider`"): ["spend", "--by", "provider"],
}
# Held elsewhere: the sandbox is no test for every machine, and these want a proxy of their own.
LEFT_OUT = {
    ("sandbox start", ""),
    ("skills download", ""),
    ("keys show", "for a credential that is no key of the table"),
}


def embedded(request: Request) -> Answer:
    """Answer *request* with a vector for each text."""
    entries = [{"embedding": [0.5], "index": index} for index, _ in enumerate(request.json["input"])]
    return json_answer({"model": "embedder", "data": entries, "usage": {"prompt_tokens": 1}})


@pytest.fixture
def everything(fake: FakeProxy, litectl: Litectl, tmp_path: Path) -> dict[str, str]:
    """Let *fake* answer all that is asked, log in, and give what stands for the names in `RUNS`."""
    model = {"input_cost_per_token": 1e-06, "output_cost_per_token": 5e-06, "max_input_tokens": 1000}
    fake.on_models(model_info("gpt-5.2", **model), model_info("embedder", mode="embedding"))
    fake.on_chat(chat_answer("Hello"))
    fake.on("GET", LIVELINESS, json_answer("I'm alive!"))
    fake.on("POST", "/v1/embeddings", embedded)
    fake.on("POST", "/cost/estimate", json_answer({"cost_per_request": 0.1, **model}))
    fake.on("POST", "/utils/token_counter", json_answer({"total_tokens": 2, "tokenizer_type": "x"}))
    serve_tools(fake)
    fake.on("GET", SERVERS_PATH, json_answer([{"server_id": "id-of-math", "alias": "math"}]))
    fake.on("GET", HUB, json_answer({"plugins": [SKILL]}))
    fake.on("POST", f"{HUB}/my-skill/enable", json_answer({"status": "success"}))
    fake.on("GET", LIST, json_answer(key_page(key_entry(HASH, key_alias="ci"))))
    fake.on("GET", INFO, recorded("info, key of a user"))
    fake.on("GET", USER_INFO, recorded("user, of a key"))
    fake.on("GET", f"{USER_ACTIVITY}/aggregated", recorded("activity, user, aggregated"))
    fake.on("POST", GENERATE, recorded("generate"))
    fake.on("POST", DELETE, json_answer({"deleted_keys": [HASH]}))
    assert login(litectl, fake.root, "--no-verify").code == 0
    assert litectl("models", "refresh").code == 0
    fake.on_models(model_info("gpt-5.2", max_input_tokens=2000), model_info("embedder", mode="embedding"))
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "SKILL.md").write_text("---\nname: my-skill\ndescription: x\n---\n")
    return {"root": fake.root, "key": str(tmp_path / "key"), "folder": str(tmp_path)}


@pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda each: " ".join((each.commands[0], each.when)).strip()
)
def test_every_field_that_is_documented_is_printed(
    litectl: Litectl, everything: dict[str, str], document: Document
) -> None:
    """Each field of the reference that is always there is in what the command prints."""
    run = RUNS.get((document.commands[0], document.when))
    if run is None:
        assert (document.commands[0], document.when) in LEFT_OUT
        return
    as_json = [] if "export" in run else ["--json"]

    result = litectl(*(word.format_map(everything) for word in run), *as_json)

    assert result.out, result
    assert missing(document, result.json) == []


def test_a_column_without_a_meaning_is_seen() -> None:
    """Neither a new column nor one that is gone is passed over when the pages are written."""
    columns = model_columns()

    with pytest.raises(ValueError, match="guessed"):
        rows("models", columns[:-1], MODEL)
    with pytest.raises(ValueError, match="guessed"):
        rows("models", columns, {name: MODEL[name] for name in MODEL if name != "guessed[]"})
