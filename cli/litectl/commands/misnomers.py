"""What to say instead of an option that is called otherwise here than in other programs. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping

_ALIAS = "call it with `--alias NAME`"
_FIELD = (
    """a field of a JSON body is said with `-d '{"name": "value"}'`, one of a form with `-F name=value`"""
)
_BODY = "the body is given with `-d BODY`, `-d @PATH`, or `-d @-` for stdin"
_JQ = "give the body to another program: `litectl api PATH | jq FILTER`"
_FILE = "stdout is the body and nothing else: `litectl api PATH > FILE`"
_SILENT = "for nothing but errors on stderr say `--quiet`"
_DOLLARS = "a number of US dollars, such as `--max-cost 5`"
_ASK = 'ask with `litectl ask -m MODEL -p "..."`'
_KEY = (
    "a key on the command line is read by others; give `--api-key-file PATH`, where `-` is stdin, "
    "or set LITECTL_API_KEY"
)
_URL = "the proxy is named with `--base-url URL`, or LITECTL_BASE_URL"
_TRUST = "certificates are always checked; trust those of a company with `--ca-bundle PATH`"
_PARAMETER = "any parameter of the model is given with `--param NAME=VALUE`"
_ATTACH = "a file or its URL is added with `-f PATH`"
_GO_ON = "a conversation goes on with `--messages PATH`, written before with `--save PATH`"
_SAVE = "the answer is all that stdout gets: `litectl ask ... > FILE`"
_SKILLS = "keep it in a file, `-f PATH`, or as a skill of the proxy, `--skill NAME`"
_EXTRACT = (
    'only data is printed with `--schema SCHEMA`; for code say so in the prompt: "Answer with code only"'
)
_OFFER = "a tool of the proxy is offered with `--mcp NAME`, those of a file with `--tools PATH`"
_SEARCH = "narrow the list with `--search TEXT`; its columns are `--columns A,B`"
_ROWS = "the first rows are `| head -n 5`, the columns `--columns A,B`"
_TOOL = "the tool stands alone: `litectl mcp call TOOL KEY=VALUE`"
_ABILITY = "narrow it with jq: `litectl models list --json | jq '.models[] | select(.abilities.vision)'`"
_FRESH = "the list is fetched anew with `litectl models refresh`"
_MODELS = "models are named with `--models NAME,NAME`"
_PROMPT = 'the text goes behind `-p`: `-p "..."`'
_ARGUMENTS = "arguments stand behind the tool as KEY=VALUE, or all are given with `--args JSON`"
_SHELL = "name the shell alone: `litectl completion bash`"

# By the path of a command and the option; the empty one is a word too many.
_HINTS: Mapping[str, Mapping[str, str]] = {
    "litectl": {
        **dict.fromkeys(("-p", "--prompt", "-m", "--model", "-s", "--system", "-f", "--file", "-c"), _ASK),
        **dict.fromkeys(("-l", "--list", "--list-models", "--models"), "see `litectl models list`"),
        "--install-completion": "say `litectl completion --install`",
        "--show-completion": "say `litectl completion SHELL`",
        "--info": "see `litectl doctor`",
        "--login": "say `litectl login`",
    },
    "litectl api": {
        **dict.fromkeys(("-f", "--field", "--raw-field"), _FIELD),
        **dict.fromkeys(("--data-raw", "--data-binary", "--input", "-T", "--upload-file", "--body"), _BODY),
        **dict.fromkeys(("--jq", "-t", "--template"), _JQ),
        **dict.fromkeys(("-o", "--output", "-O"), _FILE),
        **dict.fromkeys(("-s", "--silent"), _SILENT),
        **dict.fromkeys(("-I", "--head"), "say `litectl api HEAD PATH -i`"),
        **dict.fromkeys(("-m", "--max-time"), "give up with `--timeout SECONDS`"),
        **dict.fromkeys(("-w", "--write-out"), "the status and the headers are printed with `-i`"),
        **dict.fromkeys(("-L", "--location"), "no redirect is followed: the key is for this proxy alone"),
        **dict.fromkeys(
            ("--fail", "-S", "--show-error"), "an answer that is no success has an exit code anyway"
        ),
        "-q": f"it adds to the query: `-q name=value`; {_SILENT}",
    },
    "litectl ask": {
        **dict.fromkeys(("-o", "--option"), f"{_PARAMETER}; {_SAVE}"),
        **dict.fromkeys(
            ("--top-p", "--top_p", "--seed", "--stop", "--n", "--user", "--logit-bias"), _PARAMETER
        ),
        **dict.fromkeys(("-a", "--attachment", "--image", "--images", "--at", "--fragment"), _ATTACH),
        **dict.fromkeys(("--input", "-i"), f"{_ATTACH}, and what is piped in is read"),
        **dict.fromkeys(("-c", "--continue", "--cid", "--conversation", "--repl", "--chat"), _GO_ON),
        **dict.fromkeys(("--output", "--out"), _SAVE),
        **dict.fromkeys(("-t", "--template", "--role", "-r"), _SKILLS),
        **dict.fromkeys(("-x", "--extract", "--xl", "--code", "--extract-last"), _EXTRACT),
        **dict.fromkeys(("-T", "--tool", "--functions", "--function"), _OFFER),
        **dict.fromkeys(
            ("--think", "--thinking", "--reasoning", "--reasoning-effort"),
            "say how hard with `--effort LEVEL`",
        ),
        **dict.fromkeys(("-n", "--no-log", "--log"), "no prompt or answer is kept, but with `--save PATH`"),
        **dict.fromkeys(("-u", "--cost"), "tokens, cost and seconds are told with `--usage`"),
        **dict.fromkeys(
            ("--schema-multi", "--response-format"), "give `--schema SCHEMA`, or `--json-object`"
        ),
        **dict.fromkeys(("--query", "--question"), _PROMPT),
        **dict.fromkeys(
            ("--td", "--tools-debug", "--approve"), "ask before each call with `--confirm`; `-v` tells more"
        ),
        "-S": "the answer is awaited whole with `--no-stream`",
        "--max-output-tokens": "limit the answer with `--max-tokens N`",
        "--cl": "the limit of turns is `--max-steps N`",
    },
    "litectl models list": {
        **dict.fromkeys(("", "--query", "--filter", "--name", "--model", "-m", "--provider"), _SEARCH),
        **dict.fromkeys(("--tools", "--vision", "--schemas", "--reasoning"), _ABILITY),
        **dict.fromkeys(("--refresh", "--no-cache", "--update"), _FRESH),
        **dict.fromkeys(("--all", "-a"), "models of all modes are listed with `--mode all`"),
    },
    "litectl models refresh": {"--all": "the lists of all stored proxies: `--all-profiles`"},
    "litectl login": {
        "": _URL,
        "--with-token": "a key comes from stdin with `--api-key-file -`",
        **dict.fromkeys(
            ("--web", "--sso"), "single sign-on in a browser is `--pkce`, or elsewhere `--device`"
        ),
        **dict.fromkeys(
            ("-u", "--user", "--username", "--password", "-p"),
            "there are no passwords; log in with `--pkce`, `--device` or `--api-key-file PATH`",
        ),
    },
    "litectl logout": dict.fromkeys(
        ("", "--all", "-a"), "one at a time: `litectl logout --profile NAME`; see `litectl profiles list`"
    ),
    "litectl cost": {"": f"{_PROMPT}; the model behind `-m`"},
    "litectl tokens": {"": f"{_PROMPT}, a file behind `-f`"},
    "litectl embed": {
        **dict.fromkeys(
            ("-c", "--content", "--input", "--text", "-p", "--prompt"),
            "the text stands alone: `litectl embed TEXT`",
        ),
        "-i": "a file is read with `-f PATH`",
    },
    "litectl env": {
        "": "for a shell say `--shell SHELL`, for a tool `--for TOOLS`",
        "--dotenv": "say `--shell sh`, and leave `export` out: `litectl env --shell sh | sed 's/^export //'`",
    },
    "litectl completion": dict.fromkeys(("-s", "--shell"), _SHELL),
    "litectl keys create": {"": _ALIAS, "--name": _ALIAS, "-n": _ALIAS},
    "litectl mcp servers": {"": "the tools of one: `litectl mcp tools --server NAME`"},
    "litectl mcp tools": {
        "": "those of one server with `--server NAME`, those with a word with `--search TEXT`"
    },
    "litectl mcp call": {
        **dict.fromkeys(("--arg", "-a", "--param", "-d", "--data", "--input"), _ARGUMENTS),
        **dict.fromkeys(("--tool", "--name"), _TOOL),
        **dict.fromkeys(("-o", "--output"), "images and other files are saved with `--output-dir DIR`"),
    },
    "litectl models export": dict.fromkeys(
        ("-o", "--output"), "write it with `--write`, elsewhere with `--file PATH`"
    ),
    "litectl spend": {
        **dict.fromkeys(("--days", "--today", "--start", "--from"), "say since when: `--by day --since 7d`"),
        **dict.fromkeys(("--group-by", "--model", "--models"), "what was spent by model is `--by model`"),
    },
    "litectl smoke": {
        "--max-cost": _DOLLARS,
        **dict.fromkeys(("-m", "--model"), _MODELS),
        **dict.fromkeys(
            ("--parallel", "--jobs", "-j", "-n", "--workers"), "so many at a time: `--concurrency N`"
        ),
        **dict.fromkeys(
            ("--output", "-o", "--report"), "reports are `--junit FILE`, `--summary FILE` and `--tap`"
        ),
        "--all": "models of all modes are meant with `--mode all`",
    },
    "litectl models test": {"--max-cost": _DOLLARS},
}
_EXPORT = "say it with `--format FORMAT`: table, tsv, csv, json or jsonl"
# Of every command that has the options which the hint names, where its own line says nothing.
_ANYWHERE: Mapping[str, str] = {
    **dict.fromkeys(("--api-key", "--key", "--token", "--apikey", "--api-token", "--master-key"), _KEY),
    **dict.fromkeys(
        (
            "--url",
            "--host",
            "--hostname",
            "--endpoint",
            "--endpoint-url",
            "--api-base",
            "--api-url",
            "--proxy",
        ),
        _URL,
    ),
    **dict.fromkeys(
        ("-k", "--insecure", "--no-verify", "--no-verify-ssl", "--skip-verify", "--insecure-skip-tls-verify"),
        _TRUST,
    ),
    **dict.fromkeys(("--cacert", "--ca-cert", "--certificate-authority"), "say `--ca-bundle PATH`"),
    **dict.fromkeys(("--cert", "--client-certificate"), "say `--client-cert PATH`"),
    **dict.fromkeys(("-o", "--output", "--yaml", "--csv", "--tsv", "--jsonl", "--ndjson"), _EXPORT),
    **dict.fromkeys(
        ("--jq", "--template"), "give JSON to another program: `--json`, and `| jq FILTER` behind it"
    ),
    **dict.fromkeys(
        ("--fields", "--no-headers", "--no-header"),
        "columns are chosen with `--columns A,B`; a pipe gets no headings",
    ),
    **dict.fromkeys(("--limit", "-L", "-n", "--max-items", "--page-size"), _ROWS),
    **dict.fromkeys(("--no-color", "--no-colour", "--color", "--colour"), "for no colour set NO_COLOR=1"),
    **dict.fromkeys(("--context", "-P", "--account"), "a stored proxy is chosen with `--profile NAME`"),
    **dict.fromkeys(("--max-time", "--connect-timeout", "--request-timeout"), "say `--timeout SECONDS`"),
    **dict.fromkeys(("--non-interactive", "--no-interactive", "--no-prompt", "--batch"), "say `--no-input`"),
    **dict.fromkeys(("-s", "--silent"), "say `--quiet`"),
    **dict.fromkeys(("-d", "--trace", "--log-level"), "say `--verbose`, or `--debug`"),
    **dict.fromkeys(
        ("--force", "--no-confirm", "--assume-yes"), "a question is answered before with `--yes`"
    ),
    "-H": "say `--header 'Name: value'`",
    "--system-prompt": "say `--system TEXT`",
}
_OTHERWISE = {"litectl mcp call": _ARGUMENTS}
_SHORT = 2  # characters of an option that is one letter
_OPTION = re.compile(r"--[a-z][a-z-]*")


def hint_for(path: str, option: str, options: Collection[str] = ()) -> str | None:
    """
    Return what to say in place of *option*, which the command at *path* does not take.

    The *options* are those it does take, in both forms. None where it is not known what is meant.
    """
    from litectl.text.nearness import did_you_mean, near

    hint = _HINTS.get(path, {}).get(option)
    if hint or option in options:
        return hint
    hint = _ANYWHERE.get(option)
    if hint and set(_OPTION.findall(hint)) <= {*options}:
        return hint
    names = [name.removeprefix("--") for name in options if name.startswith("--")]
    found = near(option.removeprefix("--"), names) if option.startswith("--") else []
    otherwise = _OTHERWISE.get(path) if option else None
    return did_you_mean([f"--{name}" for name in found]) or otherwise


def mistyped(words: Iterable[str], options: Mapping[str, int]) -> tuple[str, str] | None:
    """
    Return the first of *words* that is an option typed as some other programs do, and how it is typed here.

    That is `-model`, which would be `-m` with the value `odel`, and `-m=NAME`, whose value would begin with
    `=`. The *options* are the names of those there are, with the number of words that stand behind each.
    """
    rest = iter(words)
    for word in rest:
        if word == "--":
            return None
        for _ in range(options.get(word, 0)):
            next(rest, None)
        name, equals, _ = word.partition("=")
        if word not in options and name.startswith("-") and f"-{name}" in options and len(name) > _SHORT:
            return name, f"-{name}"
        if equals and len(name) == _SHORT and options.get(name):
            return f"{name}=", f"{name} VALUE"
    return None
