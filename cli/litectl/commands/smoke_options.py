"""The options that `smoke` and `models test` share: what is asked of a model, and what is reported."""

from typing import Annotated

import typer

Stream = Annotated[bool, typer.Option("--stream", help="Check streamed answers, too; billed")]
Params = Annotated[bool, typer.Option("--params", help="Check the declared parameters, too; billed")]
Tools = Annotated[bool, typer.Option("--tools", help="Check calls of tools, too; billed")]
Vision = Annotated[bool, typer.Option("--vision", help="Check that images are seen, too; billed")]
Repeat = Annotated[
    int, typer.Option("--repeat", metavar="N", help="Ask so often, and give median and p95; billed")
]
MaxFirst = Annotated[
    float | None,
    typer.Option("--max-ttft", metavar="SECONDS", help="Fail when the first token takes longer; billed"),
]
MaxTime = Annotated[
    float | None,
    typer.Option("--max-time", metavar="SECONDS", help="Fail when an answer takes longer; billed"),
]
MaxCost = Annotated[
    float | None, typer.Option("--max-cost", metavar="USD", help="Send nothing that could cost more in all")
]
Strict = Annotated[bool, typer.Option("--strict", help="Let a warning be a failure")]
Junit = Annotated[str | None, typer.Option("--junit", metavar="PATH", help="Write a JUnit XML report")]
Tap = Annotated[bool, typer.Option("--tap", help="Print the Test Anything Protocol")]
Github = Annotated[bool, typer.Option("--github", help="Print annotations for GitHub Actions")]
Summary = Annotated[str | None, typer.Option("--summary", metavar="PATH", help="Write a summary in Markdown")]
