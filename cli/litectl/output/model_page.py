"""All that is known of one model: a page for people, lines for a pipe, or one JSON object."""

from collections.abc import Mapping, Sequence
from textwrap import wrap

from litectl.catalog.details import Details
from litectl.catalog.rows import ABILITIES, Deployment, Model, ability_flags
from litectl.output.columns import cell
from litectl.output.listing import is_for_people, print_record
from litectl.output.models import model_columns
from litectl.terminal.terminal import Terminal

_LISTS = ("supported_parameters", "reasoning_efforts", "endpoints")
_REFUSED = "refused_parameters"
_LEAST_WIDTH = 20  # characters of a value, on however narrow a terminal


def print_model_page(
    terminal: Terminal,
    model: Model,
    details: Details,
    deployments: Sequence[Deployment],
    refused: Sequence[str],
    output_format: str | None,
) -> None:
    """
    Print *model* and its *details* in *output_format*; without one, as a page or tab-separated lines.

    *refused* names the parameters that it refused when it was asked.
    """
    columns = model_columns()
    if output_format in ("json", "jsonl"):
        record: dict[str, object] = {column.name: column.as_json(column.read(model)) for column in columns}
        record |= {name: getattr(details, name) for name in _LISTS}
        record |= {_REFUSED: list(refused), "deployments": list(deployments), "sources": details.sources}
        print_record(terminal, record, output_format)
        return
    texts = {column.name: column.as_text(column.read(model)) for column in columns}
    texts |= {name: cell(getattr(details, name)) for name in _LISTS}
    texts[_REFUSED] = cell(list(refused))
    if is_for_people(terminal, output_format):
        known = {name: flag for name, flag in ability_flags(model.abilities).items() if flag is not None}
        texts["abilities"] = _text(known)
        terminal.write(_page(texts, details.sources, deployments, terminal.width))
        return
    backends = [row["backend"] for row in deployments if "backend" in row]
    sources = [f"{field}={source}" for field, source in details.sources.items()]
    print_record(terminal, {**texts, "backends": backends, "sources": sources}, output_format)


def _page(
    texts: Mapping[str, str], sources: Mapping[str, str], deployments: Sequence[Deployment], width: int
) -> str:
    """Return a line for each value that is known, with its source, and a block for each deployment."""
    lines = _lines({name: (text, _source_of(name, sources)) for name, text in texts.items()}, width)
    for number, row in enumerate(deployments, 1):
        lines += ["", f"deployment {number} of {len(deployments)}"]
        filled = row.get("filled", {})
        values = {
            name: (_text(value), filled.get(name, ""))
            for name, value in row.items()
            if name not in ("name", "filled", *_LISTS)
        }
        lines += [f"  {line}" for line in _lines(values, width - 2)]
    return "".join(f"{line}\n" for line in lines)


def _lines(values: Mapping[str, tuple[str, str]], width: int) -> list[str]:
    """Return `name  value  (source)` for each of *values* that is known, folded to *width* characters."""
    known = {name: value for name, value in values.items() if value[0]}
    room = max(map(len, known), default=0) + 2
    lines = []
    for name, (text, source) in known.items():
        whole = f"{text.replace(',', ', ')}  ({source})" if source else text.replace(",", ", ")
        first, *more = wrap(whole, max(width - room, _LEAST_WIDTH), break_long_words=False) or [whole]
        lines += [f"{name.ljust(room)}{first}", *(f"{' ' * room}{line}" for line in more)]
    return lines


def _text(value: object) -> str:
    """Return *value* as text; abilities are named, those that are missing with a minus."""
    if isinstance(value, dict):
        return cell([name if flag else f"-{name}" for name, flag in value.items()])
    return cell(value)


def _source_of(name: str, sources: Mapping[str, str]) -> str:
    """Return where the value of the field *name* came from; of the abilities, every source there is."""
    if name == "abilities":
        found = {source for ability in ABILITIES if (source := sources.get(ability))}
        return ",".join(sorted(found))
    return sources.get(name, "")
