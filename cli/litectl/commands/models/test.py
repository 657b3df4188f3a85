"""`litectl models test`."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, Yes, new_app, runtime_of

app = new_app()

Stream = Annotated[bool, typer.Option("--stream", help="Check a streamed answer, too")]
Params = Annotated[bool, typer.Option("--params", help="Check the parameters that it declares, too")]
Tools = Annotated[bool, typer.Option("--tools", help="Check a call of a tool, too")]
Vision = Annotated[bool, typer.Option("--vision", help="Check that it sees a picture, too")]
Repeat = Annotated[
    int, typer.Option("--repeat", metavar="N", min=1, help="Run each check so often, for median and p95")
]
MaxFirst = Annotated[
    float | None,
    typer.Option("--max-ttft", metavar="SECONDS", help="Fail when the first text takes longer; streams"),
]
MaxTime = Annotated[
    float | None, typer.Option("--max-time", metavar="SECONDS", help="Fail when an answer takes longer")
]
MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", metavar="USD", help="Send nothing that could cost more than this"),
]
Strict = Annotated[bool, typer.Option("--strict", help="Let a warning be a failure")]
Junit = Annotated[str | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit XML report")]
Tap = Annotated[bool, typer.Option("--tap", help="Print the Test Anything Protocol")]
Github = Annotated[bool, typer.Option("--github", help="Print annotations for GitHub Actions")]
Summary = Annotated[
    str | None, typer.Option("--summary", metavar="FILE", help="Append a summary in Markdown to this file")
]


@app.command(cls=SharedOptionsCommand)
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

    --max-cost sets the most aside that each request can cost, by the prices of the
    list, and sends nothing that does not fit. `--timeout` is the limit of each request.

    Exit 0, the class of the failure when it does not answer, 7 when another check
    failed, 6 for a name that is not listed. JSON: as of `litectl smoke`.
    """
    from litectl.model_testing import test_model
    from litectl.smoke.modeltasks import ModelWishes
    from litectl.smoke_reporting import ReportWishes
    from litectl.smoke_testing import require_success

    runtime = runtime_of(context)
    wishes = ModelWishes(
        stream=stream,
        params=params,
        tools=tools,
        vision=vision,
        repeat=repeat,
        max_ttft=max_ttft,
        max_time=max_time,
        seconds=runtime.options.timeout or ModelWishes().seconds,
        gates=True,
    )
    reports = ReportWishes(junit=junit, tap=tap, github=github, summary=summary)
    report = test_model(runtime, name, wishes, max_cost=max_cost, reports=reports, strict=strict, yes=yes)
    require_success(report)
