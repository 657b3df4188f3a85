"""`litectl smoke`."""

from typing import Annotated

import typer

from litectl.commands.options import (
    ServerHeader,
    SharedOptionsCommand,
    Yes,
    add_server_headers,
    new_app,
    runtime_of,
)
from litectl.commands.smoke_options import (
    Github,
    Junit,
    MaxCost,
    MaxFirst,
    MaxTime,
    Params,
    Repeat,
    Stream,
    Strict,
    Summary,
    Tap,
    Tools,
    Vision,
)

app = new_app()

_Names = list[str] | None
Models = Annotated[
    _Names,
    typer.Option(
        "--models", metavar="GLOB", help="Only these models, such as `gpt-*`; can be repeated, or a,b"
    ),
]
Mode = Annotated[
    str | None, typer.Option("--mode", metavar="MODE", help="Only models of this mode, or `all`")
]
Sample = Annotated[
    int | None, typer.Option("--sample", metavar="N", help="Only so many of them, chosen at random")
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="The same sample as last time")]
Require = Annotated[
    _Names,
    typer.Option(
        "--require", metavar="NAME", help="Fail unless this model is listed; can be repeated, or a,b"
    ),
]
ExpectSource = Annotated[
    str | None,
    typer.Option("--expect-source", metavar="SOURCE", help="Fail unless the list came from here: model_info"),
]
Only = Annotated[
    _Names,
    typer.Option(
        "--only", metavar="CHECK", help="Of what is always checked, only this; can be repeated, or a,b"
    ),
]
Skip = Annotated[
    _Names,
    typer.Option(
        "--skip", metavar="CHECK", help="Leave this out, such as `mcp NAME`; can be repeated, or a,b"
    ),
]
Prompt = Annotated[bool, typer.Option("--prompt", help="Ask each model a short question; billed")]
Concurrency = Annotated[
    int, typer.Option("--concurrency", metavar="N", help="How many models at a time", show_default=True)
]
Wait = Annotated[
    float | None,
    typer.Option("--wait", metavar="SECONDS", help="Wait so long for a proxy that has just been started"),
]


@app.command(cls=SharedOptionsCommand, context_settings={"allow_extra_args": True})
def smoke(
    context: typer.Context,
    *,
    models: Models = None,
    mode: Mode = None,
    sample: Sample = None,
    seed: Seed = None,
    require: Require = None,
    expect_source: ExpectSource = None,
    only: Only = None,
    skip: Skip = None,
    prompt: Prompt = False,
    stream: Stream = False,
    params: Params = False,
    tools: Tools = False,
    vision: Vision = False,
    repeat: Repeat = 1,
    max_ttft: MaxFirst = None,
    max_time: MaxTime = None,
    max_cost: MaxCost = None,
    concurrency: Concurrency = 4,
    wait: Wait = None,
    strict: Strict = False,
    yes: Yes = False,
    server_header: ServerHeader = None,
    junit: Junit = None,
    tap: Tap = False,
    github: Github = False,
    summary: Summary = None,
) -> None:
    """
    Check that the proxy and its models work

    \b
        litectl smoke --wait 120 --junit smoke.xml
        litectl smoke --prompt --models 'gpt-*' --max-cost 0.10

    Without options nothing is billed: no model and no other provider is reached.
    The checks are reachable, tls, readiness, credential, discovery (the model list,
    fetched now), source with `--expect-source`, required with `--require`, mcp (one
    for each server), skills, and models (whether those that are meant are listed:
    `--models` alone asks none). When reachable, credential, discovery or models
    fails, the rest is not run; what a check needs is run also with `--only` and
    `--skip`.

    `--prompt`, and every option that is marked as billed, asks models fixed questions:
    those that chat or embed, or those that `--models` names; one of another mode is
    skipped. First it says how many requests that is at most; on a terminal it asks,
    but for `--yes`, `--no-input` and CI. The checks of a model are answers (or embeds)
    and usage, then streams, params, tools and vision where they are wanted. An empty
    answer is a failure, so is what `--max-cost` keeps from being sent; the answer of
    another model is a warning. `--timeout` is the limit of each request, 60 s for those
    to models.

    Exit 0 when checks passed and none failed, 7 when some failed, that of the failure
    (4 for the credential, 5 for the network, ...) when it kept the rest from running,
    and 1 when no check passed: one that was skipped is none.

    JSON fields: schema_version, base_url, started_at, seconds, complete, requests and cost
    (billed, in US dollars), counts, checks: name, subject (a model or a server),
    verdict (passed, warning, failed, skipped), seconds, detail, hint, code, exit_code,
    call_id (of the request that failed), requests, input_tokens, output_tokens, cost,
    is_estimate, and first_token, total (seconds) and rate (tokens per second), each
    null or with median and p95; the rate has p5, its slow end.
    """
    from litectl.actions.smoke.reporting import ReportWishes
    from litectl.actions.smoke.testing import require_success
    from litectl.actions.smoke.testing import smoke as run_smoke
    from litectl.errors import UsageError
    from litectl.smoke.wishes import ModelWishes, SmokeWishes, names_in

    if context.args:
        raise UsageError(
            f"`litectl smoke` takes no argument: {context.args[0]}",
            hint="`--prompt` asks fixed questions; models are named with `--models NAME,NAME`, "
            "and `litectl ask` sends a text of yours",
        )
    runtime = runtime_of(context)
    add_server_headers(runtime, server_header)
    wishes = SmokeWishes(
        patterns=models or (),
        mode=mode,
        sample=sample,
        seed=seed,
        require=names_in(require or ()),
        expect_source=expect_source,
        only=names_in(only or ()),
        skip=names_in(skip or ()),
        prompt=prompt,
        of_models=ModelWishes(stream, params, tools, vision, repeat, max_ttft, max_time),
        max_cost=max_cost,
        concurrency=concurrency,
        wait=wait,
        strict=strict,
        yes=yes,
    )
    require_success(run_smoke(runtime, wishes, ReportWishes(junit, tap, github, summary)))
