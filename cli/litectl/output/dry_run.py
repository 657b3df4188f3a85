"""A request that is not sent: shown as it would be, and why each parameter is what it is."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from litectl.output.listing import print_record
from litectl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from litectl.exchange.parameters import Decision


def print_dry_run(
    terminal: Terminal,
    url: str,
    headers: Mapping[str, str],
    body: Mapping[str, object],
    decisions: "Sequence[Decision]",
    output_format: str | None,
) -> None:
    """Print the request on stdout, and the *decisions* on stderr; with JSON all of it is one object."""
    if output_format is not None:
        record: dict[str, object] = {"method": "POST", "url": url, "headers": dict(headers), "body": body}
        record["parameters"] = [decision.as_json() for decision in decisions]
        print_record(terminal, record, output_format)
        return
    lines = [f"POST {url}", *(f"{name}: {value}" for name, value in headers.items()), ""]
    terminal.write_line("\n".join([*lines, json.dumps(body, ensure_ascii=False, indent=2)]))
    for decision in decisions:
        terminal.say(f"{decision.parameter}: {decision.action}, {decision.reason}")
