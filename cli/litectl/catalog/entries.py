"""
The entries that the routes of a proxy list, read to deployments.

Every reader returns None for an entry without a name, and loses a field that
holds junk, never the entry. Pure.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from litectl.catalog.rows import ABILITIES, LIMITS, Deployment
from litectl.text.jsontext import number

_PRICES = {
    "input_price": "input_cost_per_token",
    "output_price": "output_cost_per_token",
    "cache_read_price": "cache_read_input_token_cost",
    "cache_write_price": "cache_creation_input_token_cost",
}
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_EFFORT_FLAGS = {effort: f"supports_{effort}_reasoning_effort" for effort in _EFFORTS}
_USUAL_EFFORTS = ("low", "medium", "high")  # every model that reasons takes them, unless it says no
_MOST = 1e12  # tokens, or dollars per million of them; beyond it a number is junk
_DEFAULT_MODE = "chat"  # what `/model_group/info` says of a model it knows nothing of
# Names that stand for a rule of the proxy, not for a model.
_RULES = ("all-proxy-models", "all-team-models", "no-default-models")

_SURROGATE = re.compile("[\ud800-\udfff]")

_Object = Mapping[str, Any]


def deployment_from_info(entry: object) -> Deployment | None:
    """Return the deployment of an entry of `/model/info`."""
    if not isinstance(entry, dict) or not (name := _text(entry.get("model_name"))):
        return None
    info, parameters = _object(entry.get("model_info")), _object(entry.get("litellm_params"))
    row = _properties(name, info)
    _put(row, "id", _text(info.get("id")))
    _put(row, "backend", _text(parameters.get("model")))
    _put(row, "provider", _text(info.get("litellm_provider")) or _text(parameters.get("custom_llm_provider")))
    _put(row, "host", _host(_text(parameters.get("api_base"))))
    _put(row, "supported_parameters", _parameters(info, parameters))
    _put(row, "reasoning_efforts", _efforts(info))
    _put(row, "endpoints", sorted(_texts(info.get("supported_endpoints")) or ()))
    # The field came with 1.106, which says null of a price that it does not know.
    if "pricing_overrides" not in info and not any(key in parameters for key in _PRICES.values()):
        _drop_defaults(row)
    return row


def deployment_from_list(entry: object) -> Deployment | None:
    """
    Return what an entry of `/v1/models` tells.

    `owned_by` is the same constant for every model of a LiteLLM proxy and is not read.
    """
    if not isinstance(entry, dict) or not (name := _text(entry.get("id"))) or name in _RULES:
        return None
    return _properties(name, entry)


def deployment_from_group(entry: object) -> Deployment | None:
    """
    Return what an entry of `/model_group/info` tells of the whole group.

    Its flags are false, its prices 0 and its mode is chat also where the proxy knows
    nothing, so none of them is evidence; a chat mode beside a limit or a price is.
    """
    if not isinstance(entry, dict) or not (name := _text(entry.get("model_group"))):
        return None
    row = _properties(name, entry)
    for price in _PRICES:
        if row.get(price) == 0:
            del row[price]  # type: ignore[misc]  # the names of fields of Deployment
    if row.get("mode") == _DEFAULT_MODE and not any(key in row for key in (*LIMITS, *_PRICES)):
        del row["mode"]
    if abilities := {ability: True for ability, flag in row.pop("abilities", {}).items() if flag}:
        row["abilities"] = abilities
    providers = _texts(entry.get("providers")) or []
    _put(row, "provider", ",".join(sorted(set(filter(None, providers)))))
    _put(row, "supported_parameters", _parameters(entry, {}))
    _put(row, "reasoning_efforts", _ordered(entry.get("supported_reasoning_efforts")))
    return row


def deployment_from_health(entry: object) -> Deployment | None:
    """Return what a healthy endpoint of `/health` tells: the backend's name, which stands in for its own."""
    if not isinstance(entry, dict) or not (backend := _text(entry.get("model"))):
        return None
    row = _properties(backend, {})
    row["backend"] = backend
    _put(row, "id", _text(entry.get("model_id")))
    _put(row, "host", _host(_text(entry.get("api_base"))))
    return row


def _properties(name: str, source: _Object) -> Deployment:
    """Return a row with what every route calls by the same names."""
    row = Deployment(name=name)
    _put(row, "mode", _text(source.get("mode")))
    for field in LIMITS:
        if (limit := _number(source.get(field))) is not None and limit >= 1:
            _put(row, field, int(limit))
    for field, per_token in _PRICES.items():
        if (price := _number(source.get(per_token))) is not None and price * 1e6 < _MOST:
            _put(row, field, round(price * 1e6, 6))
    _put(
        row,
        "abilities",
        {ability: flag for ability, key in ABILITIES.items() if isinstance(flag := source.get(key), bool)},
    )
    return row


def _drop_defaults(row: Deployment) -> None:
    """
    Take out what proxies before 1.106 say where they know nothing.

    A price that they do not know is 0, in and out. Of a model that they know nothing of, without a
    mode and a limit, those before 1.74 say besides that its abilities are false.
    """
    if any(row.get(price) != 0 for price in ("input_price", "output_price")):
        return
    for price in _PRICES:
        row.pop(price, None)  # type: ignore[misc]  # the names of fields of Deployment
    if "mode" not in row and not any(limit in row for limit in LIMITS):
        _put(row, "abilities", {name: True for name, flag in row.pop("abilities", {}).items() if flag})


def _put(row: Deployment, field: str, value: object) -> None:
    """Set *field* of *row*, unless *value* is nothing; a price of 0 is something."""
    if value or (value == 0 and isinstance(value, float)):
        row[field] = value  # type: ignore[literal-required]  # every caller names a field of Deployment


def _parameters(info: _Object, parameters: _Object) -> list[str] | None:
    """Return what the backend takes, with what the operator lets through besides, in alphabetical order."""
    supported = _texts(info.get("supported_openai_params"))
    if supported is None:
        return None
    return sorted({*supported, *(_texts(parameters.get("allowed_openai_params")) or ())})


def _efforts(info: _Object) -> list[str] | None:
    """
    Return the reasoning efforts that are declared, weakest first; None when none is.

    Either as a list, or as one flag for each of the uncommon ones beside low, medium and high.
    """
    if levels := _ordered(info.get("reasoning_effort_levels")):
        return levels
    flags = {effort: flag for effort, key in _EFFORT_FLAGS.items() if isinstance(flag := info.get(key), bool)}
    return [effort for effort in _EFFORTS if flags.get(effort, effort in _USUAL_EFFORTS)] if flags else None


def _ordered(value: object) -> list[str]:
    levels = _texts(value) or ()
    return [effort for effort in _EFFORTS if effort in levels]


def _number(value: object) -> float | None:
    """Return *value* as a number; YAML turns `1e-6` into text, and so do some operators."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    found = number(value)
    return found if found is not None and found < _MOST else None


def _host(address: str | None) -> str | None:
    try:
        return urlsplit(address or "").hostname
    except ValueError:
        return None


def _text(value: object) -> str | None:
    """Return the text *value*, None for no text and for one that cannot be written in UTF-8."""
    if not isinstance(value, str) or not value:
        return None
    return value if value.isascii() or not _SURROGATE.search(value) else None


def _texts(value: object) -> list[str] | None:
    """
    Return the texts of the list *value*, None when it is none.

    A proxy of 5,000 deployments sends 150,000 of them: where all are plain they are looked at together.
    """
    if not isinstance(value, list):
        return None
    with suppress(TypeError):  # not all are texts
        if all(value) and "".join(value).isascii():
            return value
    return [text for item in value if (text := _text(item))]


def _object(value: object) -> _Object:
    return value if isinstance(value, dict) else {}
