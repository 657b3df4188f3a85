"""
The request of a question: what is said and what is wanted, planned by what is known of the model.

The edge that joins the options of `ask`, the catalog and files to `litectl.exchange`.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl.actions.ask.parameters import headers_of, require_finite, unasked_parameters, wanted_parameters
from litectl.errors import UsageError
from litectl.exchange.protocols import CHAT, MESSAGES, NAMES
from litectl.exchange.question import Question
from litectl.exchange.typed import require_one_answer

if TYPE_CHECKING:
    from litectl.actions.ask.prompting import Prompt
    from litectl.actions.inputs import Inputs
    from litectl.exchange.backend import Backend
    from litectl.exchange.form import Form
    from litectl.exchange.parameters import Decision, Plan
    from litectl.exchange.question import Message
    from litectl.run.runtime import Runtime


class Wishes(NamedTuple):
    """The options that say how it is asked, each as it was given."""

    model: str | None = None
    protocol: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    effort: str | None = None
    parameters: Sequence[str] = ()
    schema: str | None = None
    json_object: bool = False
    tools: str | None = None
    fallbacks: Sequence[str] = ()
    cache: bool = False
    drop_params: bool = False
    adapt: bool = True
    strict: bool = False
    session: str | None = None
    tags: Sequence[str] = ()
    metadata: Sequence[str] = ()
    retries: int = 0
    max_wait: float | None = None
    proxy_retries: int | None = None


class Request(NamedTuple):
    """
    A question on its way to *backend* by a wire protocol.

    *said* is the conversation as it is kept, *form* what the answer has to be, *headers* go along, and
    *decisions* say what became of each parameter.
    """

    backend: "Backend"
    protocol: str
    question: Question
    said: "Sequence[Message]"
    form: "Form"
    headers: Mapping[str, str]
    decisions: "Sequence[Decision]"


def request_of(
    runtime: "Runtime",
    inputs: "Inputs",
    prompt: "Prompt",
    wishes: Wishes,
    offered: "Sequence[Mapping[str, object]]" = (),
) -> Request:
    """
    Return the request for what *prompt* says as *wishes* want it; raises `UsageError`.

    *offered* are definitions of tools besides those that were given as a file.
    """
    from litectl.actions.ask.prompting import said
    from litectl.actions.inputs import chosen_model
    from litectl.exchange.form import form_of
    from litectl.exchange.parameters import plan

    require_finite(wishes.max_wait, "--max-wait")
    backend = runtime.lister.backend(chosen_model(runtime, wishes.model))
    _require_conversation(backend, adapts=wishes.adapt)
    chosen = _protocol(wishes.protocol, backend)
    form = form_of(_schema_text(inputs, wishes.schema), json_object=wishes.json_object)
    tools = _tools(inputs, wishes.tools, offered)
    spoken = said(runtime, inputs, prompt)
    if wishes.adapt:
        _require_abilities(backend, spoken.kinds)
    wanted = wanted_parameters(runtime, wishes, {**form.parameters, **tools})
    stream = require_one_answer(wanted)
    wanted |= unasked_parameters(wanted, spoken.messages, wishes, backend, chosen)
    made = plan(wanted, backend, chosen, effort=wishes.effort, adapts=wishes.adapt)
    told = _with_skills(runtime, prompt, spoken.messages)
    messages, decisions = _messages(told, form, made, wishes, backend, chosen)
    question = Question(
        backend.name, messages, made.parameters, stream, made.limit, made.limit_is_ours, wishes.strict
    )
    return Request(backend, chosen, question, spoken.messages, form, headers_of(wishes), decisions)


def _require_conversation(backend: "Backend", *, adapts: bool) -> None:
    """Raise `UsageError` for a model that does not chat, or not on every deployment, as far as is known."""
    from litectl.catalog.rows import CONVERSATION_MODES, MIXED

    model = backend.model
    if model is None or model.mode in CONVERSATION_MODES or "mode" in model.guessed.split(","):
        return
    if model.mode == MIXED:
        raise UsageError(
            f"some deployments of {backend.name} can chat and others cannot, so an answer would be luck",
            hint=f"see them with `litectl models show {backend.name}`, and tell the operator",
        )
    if adapts:
        raise UsageError(
            f"{backend.name} cannot chat: its mode is {model.mode}",
            hint="choose a model from `litectl models list`, or ask it in spite of that with `--no-adapt`",
        )


def _protocol(forced: str | None, backend: "Backend") -> str:
    from litectl.exchange.choice import protocol_for

    if forced is None:
        return protocol_for(backend)
    if forced not in NAMES:
        raise UsageError(f"unknown wire protocol: {forced}", hint=f"`--protocol` takes {', '.join(NAMES)}")
    return forced


def _schema_text(inputs: "Inputs", schema: str | None) -> str | None:
    """Return the text of a schema: that of a file, or *schema* itself."""
    if schema is None:
        return None
    with suppress(OSError, ValueError):  # too long or too odd for a path: it is the schema itself
        if schema == "-" or Path(schema).is_file():
            return inputs.text(schema, "--schema")
    return schema


def _tools(
    inputs: "Inputs", path: str | None, offered: "Sequence[Mapping[str, object]]"
) -> dict[str, object]:
    """Return the parameter with the definitions in the file *path*, or with those that are *offered*."""
    if path is None:
        return {"tools": list(offered)} if offered else {}
    if offered:
        raise UsageError(
            "`--tools` prints the calls of a model, and `--mcp` runs them", hint="give one of them"
        )
    from litectl.exchange.tools import tools_of

    return {"tools": tools_of(inputs.text(path, "--tools"), f"`{path}`")}


def _require_abilities(backend: "Backend", kinds: frozenset[str]) -> None:
    """Raise `UsageError` when the catalog says that the model cannot read what is attached."""
    if not kinds:
        return
    from litectl.exchange.attachments import ABILITY_OF_KIND

    for kind in sorted(kinds):
        ability = ABILITY_OF_KIND.get(kind)
        if ability is not None and backend.can(ability) is False:
            raise UsageError(
                f"{backend.name} cannot read {kind} attachments, as the catalog says",
                hint=f"choose one with {ability}: `litectl models list --columns name,abilities`",
            )


def _with_skills(runtime: "Runtime", prompt: "Prompt", messages: "Sequence[Message]") -> "Sequence[Message]":
    """Return *messages* with what the model is told of skills as the last of the instructions."""
    if not prompt.skills and not prompt.all_skills:
        return messages
    from litectl.exchange.form import instructed
    from litectl.run.skillset import instruction_of

    instruction = instruction_of(runtime, prompt.skills, all_skills=prompt.all_skills)
    return instructed(messages, instruction) if instruction else messages


def _messages(
    messages: "Sequence[Message]",
    form: "Form",
    made: "Plan",
    wishes: Wishes,
    backend: "Backend",
    chosen: str,
) -> "tuple[Sequence[Message], Sequence[Decision]]":
    """Return the *messages* as they are sent, and what became of each parameter."""
    from litectl.exchange.form import instructed
    from litectl.exchange.parameters import TRANSLATED, Decision

    if any("thinking_blocks" in message for message in messages):
        from litectl.exchange.thinking import asks_to_think, sendable

        messages = sendable(messages, backend, thinks=asks_to_think(made.parameters))
    decisions = list(made.decisions)
    if form.is_json and "response_format" not in made.parameters:
        messages = instructed(messages, form.instruction)
        why = next(each.reason for each in decisions if each.parameter == "response_format")
        decisions = [each for each in decisions if each.parameter != "response_format"]
        decisions.append(Decision("response_format", TRANSLATED, f"an instruction instead, since {why}"))
    elif form.is_json and form.schema is None:
        # OpenAI wants the prompt to speak of JSON, and no Claude is told of the parameter.
        messages = instructed(messages, form.instruction)
    if wishes.cache:
        messages, decision = _marked(messages, backend, chosen)
        decisions.append(decision)
    return messages, decisions


def _marked(
    messages: "Sequence[Message]", backend: "Backend", chosen: str
) -> "tuple[Sequence[Message], Decision]":
    from litectl.catalog.families import is_claude
    from litectl.exchange.parameters import LEFT_OUT, TRANSLATED, Decision
    from litectl.exchange.promptcache import marked

    if chosen not in (CHAT, MESSAGES):
        return messages, Decision("cache", LEFT_OUT, f"{chosen} has no marks for the prompt cache")
    if not is_claude(backend.deployments):
        return messages, Decision("cache", LEFT_OUT, "not every deployment is known to be a Claude")
    return marked(messages), Decision("cache", TRANSLATED, "marks on the instruction and the last two turns")
