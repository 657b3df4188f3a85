"""What an answer has to be: free text, any JSON object, or JSON that fits a schema. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from litectl.errors import UsageError
from litectl.exchange.question import SYSTEM, Message, text_in


class Form(NamedTuple):
    """The form of an answer: with *is_json* a JSON object, or what fits *schema* where there is one."""

    is_json: bool = False
    schema: Mapping[str, object] | None = None

    @property
    def parameters(self) -> dict[str, object]:
        """The parameters, in the words of chat completions, that ask for this form."""
        if not self.is_json:
            return {}
        from litectl.exchange.schema import JSON_OBJECT, response_format

        wanted = JSON_OBJECT if self.schema is None else response_format(self.schema, strict=True)
        return {"response_format": wanted}

    @property
    def instruction(self) -> str:
        """The sentence that asks for this form where no parameter can."""
        from litectl.exchange.schema import instruction

        return instruction(self.schema)

    def misfit(self, text: str) -> str | None:
        """Return why *text* has not this form, None when it has."""
        if not self.is_json:
            return None
        from litectl.exchange.schema import misfit

        return misfit(text, self.schema)


def form_of(schema: str | None, *, json_object: bool) -> Form:
    """Return the form of the options: *schema* is JSON or the short form; raises `UsageError`."""
    if schema is None:
        return Form(json_object)
    if json_object:
        raise UsageError("`--schema` and `--json-object` say two things", hint="a schema is enough")
    from litectl.exchange.schema import schema_of

    return Form(is_json=True, schema=schema_of(schema))


def instructed(messages: Sequence[Message], sentence: str) -> list[Message]:
    """Return *messages* with *sentence* as the last of the instructions."""
    places = [place for place, message in enumerate(messages) if message.get("role") in SYSTEM]
    if not places:
        return [{"role": "system", "content": sentence}, *messages]
    last = messages[places[-1]]
    content = last.get("content")
    if isinstance(content, list):  # its parts may have marks of their own
        changed = {**last, "content": [*content, {"type": "text", "text": sentence}]}
    else:
        changed = {**last, "content": f"{text_in(last)}\n\n{sentence}"}
    return [*messages[: places[-1]], changed, *messages[places[-1] + 1 :]]
