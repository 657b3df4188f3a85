"""Whether the arguments of a call fit the schema of its tool, said of each argument by name. Pure."""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice

from litectl.errors import UsageError
from litectl.mcp.arguments import quoted, show_command
from litectl.mcp.kinds import kind_of, type_of
from litectl.schemas.checking import Problem, problems
from litectl.schemas.steps import Uncheckable
from litectl.text.counting import with_article
from litectl.text.lines import short_line

_MOST_PROBLEMS = 3
_MOST_NAMES = 1000  # among which near ones are looked for
_LONGEST_NAME = 100  # characters of one that is looked for
_DESCRIPTION_LIMIT = 60  # characters
_VALUES_LIMIT = 80  # characters
_PATH_LIMIT = 300  # characters
# Where a schema says more about its properties than in `properties`, nobody can tell which are unknown.
_ELSEWHERE = ("$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "patternProperties")
# The library's sentences about these name properties or numbers, and no value.
_WITHOUT_VALUES = frozenset(("dependentRequired", "dependencies", "minContains", "maxContains"))


def check(arguments: Mapping[str, object], schema: Mapping[str, object], path: str) -> None:
    """
    Raise `UsageError` when *arguments* do not fit the *schema* of the tool *path*.

    It names each argument and what is wanted, at most three of them, and no value.
    """
    hint = f"see them with `{show_command(path)}`, or send it unchecked with `--no-check`"
    try:
        found = problems(dict(arguments), schema, most=_MOST_PROBLEMS + 1)
    except (Uncheckable, UsageError) as error:
        raise UsageError(
            f"what {quoted(path, _PATH_LIMIT)} is given cannot be checked: {error}", hint=hint
        ) from None
    every = (sentence for problem in found for sentence in _sentences(problem, arguments, schema))
    sentences = list(islice(every, _MOST_PROBLEMS + 1))
    if sentences:
        sentences[_MOST_PROBLEMS:] = ["and more"] if len(sentences) > _MOST_PROBLEMS else []
        raise UsageError("; ".join(sentences), hint=hint)


def unknown_names(arguments: Mapping[str, object], schema: Mapping[str, object]) -> dict[str, list[str]]:
    """
    Return the *arguments* that *schema* does not name; each of the first three with near names that it does.

    There are none where the schema takes any name or does not list them all.
    """
    properties = schema.get("properties")
    free = schema.get("additionalProperties", False)
    if not isinstance(properties, Mapping) or free is not False or any(word in schema for word in _ELSEWHERE):
        return {}
    unknown = [name for name in arguments if name not in properties]
    near = {name: _near(name, schema) for name in unknown[:_MOST_PROBLEMS]}
    return {name: near.get(name, []) for name in unknown}


def unknown_sentence(name: str, near: list[str]) -> str:
    """Return that the tool has no argument *name*, and the *near* ones that it has."""
    meant = f": did you mean {' or '.join(map(quoted, near))}?" if near else ""
    return f"there is no argument {quoted(name)}{meant}"


def _near(name: str, schema: Mapping[str, object]) -> list[str]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or len(name) > _LONGEST_NAME:
        return []
    names = {known.lower(): known for known in list(properties)[:_MOST_NAMES] if _is_comparable(known)}
    wanted = name.lower()
    parts = [known for known in names if wanted and (wanted in known or wanted.startswith(f"{known}."))]
    found = dict.fromkeys([*parts[:3], *get_close_matches(wanted, names, n=3)])
    return [names[known] for known in found][:3]


def _is_comparable(name: object) -> bool:
    return isinstance(name, str) and name.isprintable() and 0 < len(name) <= _LONGEST_NAME


def _sentences(
    problem: Problem, arguments: Mapping[str, object], schema: Mapping[str, object]
) -> Iterator[str]:
    """Give what *problem* says of the arguments."""
    if not problem.names:
        yield _sentence(problem, arguments, schema)
    for name in problem.names:
        is_missing = problem.keyword == "required"
        if problem.path:
            fault = "lacks" if is_missing else "must not have"
            yield f"{_subject(problem)} {fault} {quoted(name)}"
        elif is_missing:
            yield _missing(name, schema)
        else:
            yield unknown_sentence(name, _near(name, schema))


def _missing(name: str, schema: Mapping[str, object]) -> str:
    """Return that the argument *name* is missing, with what the *schema* says of it."""
    kind = kind_of(name, schema)
    properties = schema.get("properties")
    part = properties.get(name) if isinstance(properties, Mapping) else None
    description = part.get("description") if isinstance(part, Mapping) else None
    label = f" ({kind.label})" if kind.is_known else ""
    meaning = short_line(description, _DESCRIPTION_LIMIT) if isinstance(description, str) else ""
    return f"missing argument {quoted(name)}{label}{': ' if meaning else ''}{meaning}"


def _sentence(problem: Problem, arguments: Mapping[str, object], schema: Mapping[str, object]) -> str:
    subject, keyword, wanted = _subject(problem), problem.keyword, problem.wanted
    if keyword == "type":
        return f"{subject} is not {with_article(_types(wanted))}"
    if keyword == "enum" and isinstance(wanted, list):
        return f"{subject} is not one of {_values(wanted)}"
    if keyword == "const":
        return f"{subject} is not {_values([wanted])}"
    if keyword in ("anyOf", "oneOf") and len(problem.path) == 1:
        kind = kind_of(str(problem.path[0]), schema)
        if kind.is_known and type_of(arguments.get(str(problem.path[0]))) not in kind.types:
            return f"{subject} is not {with_article(kind.label)}"
    if problem.rule:
        return f"{subject} {problem.rule}"
    if keyword in _WITHOUT_VALUES:
        return f"{subject}: {problem.text.partition(': ')[2]}"
    return f"{subject} does not fit `{keyword}`" if keyword else f"{subject} has a part that is not allowed"


def _subject(problem: Problem) -> str:
    """Return which part of the arguments has the *problem*."""
    if not problem.path:
        return "the object of arguments"
    name, *inner = problem.path
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in inner)
    return f"argument {quoted(str(name) + ''.join(steps))}"


def _types(wanted: object) -> str:
    names = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(short_line(str(name), 20) for name in names[:7])


def _values(wanted: list[object]) -> str:
    """Return the values that the schema allows, as many as fit."""
    texts = (json.dumps(value, ensure_ascii=False) for value in wanted[:_VALUES_LIMIT])
    return short_line(", ".join(texts), _VALUES_LIMIT)
