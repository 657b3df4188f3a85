"""
Which parameters of a request a model refuses, read from the text of the error.

Every provider has its own words, and LiteLLM adds its own. What is refused inside a message, a tool
or another parameter names no parameter of the request. Pure.
"""

import re

_MOST_NAMES = 20
_TEXT_LIMIT = 16_000  # characters read
# What a question is made of is no parameter that could be left out.
_NO_PARAMETERS = {"model", "messages", "input", "prompt", "body", "parameter", "parameters", "following"}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,63}(?!\w|\.\w|\[)"
_QUOTED = rf"[`'\"]({_NAME})[`'\"]"
_LIST = rf"((?:[`'\"]?{_NAME}[`'\"]?(?:, | and |, and )){{0,30}}[`'\"]?{_NAME}[`'\"]?)"
_PLACE = rf"['\"]loc['\"]: ?[\[(]['\"]body['\"], ?{_QUOTED}[\])]"
_NOT_SUPPORT = r"(?:does not|doesn't|do not|don't) support"
_EXTRA = r"(?i:Extra (?:inputs|fields) (?:are )?not permitted)"
_IS_NOT = r"(?:is|are) not (?:yet |currently )?(?:supported|allowed|permitted)"

# Each has one group: a name, or a list of them.
_FORMS = (
    # LiteLLM, of a provider or a model
    rf"{_NOT_SUPPORT} parameters: [\[{{(]([^\])\n]{{0,2000}})[\])}}]",
    rf"support (?:the )?(?:OpenAI )?parameters: {_LIST}(?=, for model|[.]|$)",
    rf"{_NOT_SUPPORT} [`'\"]?({_NAME})[`'\"]?=",
    rf"{_NOT_SUPPORT} \[([^\]\n]{{0,2000}})\]",
    rf"only supports {_LIST} when reasoning",
    rf"Setting {_QUOTED} {_IS_NOT}",
    rf"Setting \{{([^{{}}\n]{{0,2000}})\}} {_IS_NOT}",
    rf"\bk=({_NAME}), not supported by",
    rf"parameters are not supported for model [^\s:]{{1,200}}: {_LIST}",
    rf"(?i:parameters) \[([^\]\n]{{0,2000}})\] {_IS_NOT}",
    # OpenAI and Azure
    rf"Unsupported parameter(?:\(s\)|s)?: {_LIST}",
    rf"Unsupported value: {_QUOTED}",
    rf"Unrecognized request arguments? supplied: {_LIST}",
    rf"Unknown parameter: {_QUOTED}",
    # Anthropic, on its own and behind Bedrock
    rf"(?<![\w.])[`'\"]?({_NAME})[`'\"]? is deprecated for this model",
    rf"{_QUOTED} (?:may only be set to|must be unset when)",
    # Databricks, xAI and others
    rf"{_NOT_SUPPORT} the [`'\"]?({_NAME})[`'\"]? parameter\b",
    rf"{_NOT_SUPPORT} (?:the )?parameter:? [`'\"]?({_NAME})[`'\"]?",
    rf"(?i:parameter):? {_QUOTED} {_IS_NOT}",
    rf"{_QUOTED} (?:parameter {_IS_NOT}|is not supported with this model)",
    rf"Argument not supported on this model: ({_NAME})",
    rf"(?<!\]: )unknown field {_QUOTED}",
    rf"Unknown name {_QUOTED}: Cannot find field",
    rf"#: extraneous key \[({_NAME})\] is not permitted",
    rf"(?<!' : )property '(?:body\.)?({_NAME})' is unsupported",
    rf"unexpected keyword argument {_QUOTED}",
    # What pydantic says: Databricks, vLLM, Mistral, Fireworks
    rf"(?<![\w.\]\[-])(?:body\.)?({_NAME}): {_EXTRA}(?!, field: )",
    rf"{_EXTRA}, field: {_QUOTED}",
    rf"{_PLACE}, ?['\"]msg['\"]: ?['\"]{_EXTRA}",
    rf"^({_NAME})\n +{_EXTRA}",
)
# Alternatives of one expression are tried at each place in turn, so what is found is in the text's order.
_REFUSED = re.compile("|".join(f"(?:{form})" for form in _FORMS), re.MULTILINE)
_ITEM = re.compile(rf"[`'\"]?({_NAME})[`'\"]?")
_BETWEEN = re.compile(r",(?: and)? ?| and ")
_VALUE = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]")
_KEY = re.compile(rf"(?:^|, ?)[`'\"]({_NAME})[`'\"]: ")
_ESCAPED_BREAK = re.compile(r"\\{1,40}[nrt]")
_ESCAPED_QUOTE = re.compile(r"\\{1,40}(?=[`'\"])")


def refused_parameters(text: str) -> list[str]:
    """Return the parameters that the error *text* says are not supported, in order, each once."""
    names: dict[str, None] = {}
    for match in _REFUSED.finditer(_plain(text[:_TEXT_LIMIT])):
        listed = next((group for group in match.groups() if group is not None), "")
        names |= dict.fromkeys(name for name in _names(listed) if name not in _NO_PARAMETERS)
    return list(names)[:_MOST_NAMES]


def _names(listed: str) -> list[str]:
    """Return the names in *listed*: one, several, or the fields of a dictionary."""
    if _PLAIN.fullmatch(listed):
        return [listed]
    if ": " in listed:
        return _KEY.findall(_without_values(listed))
    return [match[1] for part in _BETWEEN.split(listed) if (match := _ITEM.fullmatch(part.strip()))]


def _without_values(fields: str) -> str:
    """Return the *fields* of a dictionary without those of the values."""
    for _ in range(5):
        fields = _VALUE.sub("0", fields)
    return fields


def _plain(text: str) -> str:
    """Return *text* as it was before JSON quoted it, once or more often."""
    text = text.replace("\\u0027", "'").replace("\\u0022", '"').replace("\\u0060", "`")
    return _ESCAPED_QUOTE.sub("", _ESCAPED_BREAK.sub("\n", text))
