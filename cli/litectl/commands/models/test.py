"""`litectl models test`."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, Yes, new_app, runtime_of
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


@app.command(cls=SharedOptionsCommand, context_settings={"allow_extra_args": True})
def check_model(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of a model")],
    *,
    stream: Stream = False,
    params: Params = False,
    tools: Tools = False,
    vision: Vision = False,
    repeat: Repeat = 1,
    max_ttft: MaxFirst = None,
    max_time: MaxTime = None,
    max_cost: MaxCost = None,
    strict: Strict = False,
    yes: Yes = False,
    junit: Junit = None,
    tap: Tap = False,
    github: Github = False,
    summary: Summary = None,
) -> None:
    """
    Check that one model works; every check but usage is a billed request

    answers sends one short question, plain and unstreamed: an empty answer, one that
    is cut, and an error are failures, and the rest is not run then; the answer of
    a fallback is a warning. usage looks whether that answer told its tokens and its
    cost. An embedding model gets a text, and embeds wants a vector back. For other
    modes nothing is sent, and nothing passes.

    \b
        litectl models test gpt-5.2
        litectl models test gpt-5.2 --stream --repeat 20 --max-ttft 1.5
        litectl models test gpt-5.2 --params --tools --vision --max-cost 0.10

    `--max-cost` sets the most aside that each request can cost, by the prices of the
    list, and sends nothing that does not fit. `--timeout` is the limit of each request.

    Exit 0, the class of the failure when it does not answer, 7 when another check
    failed, 6 for a name that is not listed. JSON: as of `litectl smoke`.
    """
    from litectl.actions.smoke.reporting import ReportWishes
    from litectl.actions.smoke.testing import require_success, smoke_model
    from litectl.errors import UsageError
    from litectl.smoke.wishes import ModelWishes, SmokeWishes

    if context.args:
        from shlex import quote

        models = quote(",".join([name, *context.args]))
        raise UsageError(
            "`litectl models test` takes one model",
            hint=f"test several with `litectl smoke --prompt --models {models}`",
        )
    of_models = ModelWishes(stream, params, tools, vision, repeat, max_ttft, max_time)
    wishes = SmokeWishes(of_models=of_models, prompt=True, max_cost=max_cost, strict=strict, yes=yes)
    reports = ReportWishes(junit, tap, github, summary)
    require_success(smoke_model(runtime_of(context), name, wishes, reports))
