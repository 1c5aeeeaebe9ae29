"""Refuses what an adapter declares and what cannot work, when its class is made.

Each sentence says what was declared, what was expected, and gives an example. Only what is there is
looked at: a class may be written step by step, and what it lacks altogether is told when its plugin
is loaded, or by the list of what is left to write.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from exchangekit.adapter.declared_capabilities import check_capabilities
from exchangekit.adapter.declared_values import (
    Check,
    check_pattern,
    is_text,
    is_venue_name,
    nearest,
    refuse,
    text,
)
from exchangekit.adapter.envelopes import Envelope
from exchangekit.adapter.limit_headers import Remaining, Unit
from exchangekit.adapter.operations import OPERATIONS
from exchangekit.adapter.scheme import KEY_KINDS, Scheme
from exchangekit.errors import ConfigurationError

_OF_A_SIGNER = ("scheme", "needs_passphrase", "own_params", "signs_body", "explain", "sign")
_PLACE = re.compile(r"[a-z][a-z0-9-]*")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def check_class(made: type, adapter: type) -> None:
    """Raises TypeError for the first thing that `made`, an `adapter`, declares in vain."""
    for name, value in vars(made).items():
        if name in _OVERRIDES:
            _check_override(made, name, value, getattr(adapter, name))
        elif isinstance(value, property):
            continue  # what it will say is not known yet
        elif name in _ATTRIBUTES:
            _ATTRIBUTES[name](f"{made.__name__}.{name}", value, made)
        elif not name.startswith("_") and not hasattr(adapter, name):
            _check_name(made, name, (*OPERATIONS, *_OTHERS, *_ATTRIBUTES))
    _check_together(made)


_OTHERS = ("error_in", "raw_request", "raw_costs")
_OVERRIDES = frozenset((*OPERATIONS, *_OTHERS))


# Methods


def _check_override(made: type, name: str, value: Any, original: Any) -> None:
    function = inspect.unwrap(value) if callable(value) else value
    where, example = f"{made.__name__}.{name}", f"def {name}{_signature_of(original)}"
    if not callable(function):
        refuse(where, value, f"a method ({example}). What the venue does not have is left out")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(
            f"{where} is async: it describes a request and is never awaited; the kit sends it."
            f" Write {example}"
        )
    if inspect.isgeneratorfunction(function):
        raise TypeError(f"{where} yields: expected one that returns. Write {example}")
    if not inspect.isfunction(function):
        return
    takes, wanted = _arguments(function), _arguments(original)
    if takes is None or wanted is None:
        return
    if takes[: len(wanted)] != wanted or _more(function, len(wanted)):
        declared = f"{name}({', '.join(inspect.signature(function).parameters)})"
        raise TypeError(
            f"{where} takes other arguments than it is given: {declared}. Write {example}"
        )


def _signature_of(function: Any) -> str:
    signature = inspect.signature(function)
    plain = [one.replace(annotation=one.empty) for one in signature.parameters.values()]
    return str(signature.replace(parameters=plain)).replace("'", "")


def _arguments(function: Any) -> list[str] | None:
    """The names of what comes by position, after self; None where any number may come."""
    found = list(inspect.signature(function).parameters.values())
    if any(one.kind is one.VAR_POSITIONAL for one in found):
        return None
    return [
        one.name.strip("_")
        for one in found[1:]
        if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]


def _more(function: Any, given: int) -> bool:
    """Whether it cannot do without an argument that nobody gives."""
    after = list(inspect.signature(function).parameters.values())[1 + given :]
    return any(one.default is one.empty and one.kind is not one.VAR_KEYWORD for one in after)


def _check_name(made: type, name: str, known: Iterable[str]) -> None:
    near = nearest(name, known)
    if near is not None:
        raise TypeError(
            f"{made.__name__}.{name}: an adapter has no {name}, and nobody would call it. Did you"
            f" mean {near}? A name of your own begins with an underscore."
        )


# Attributes


def _check_venue(what: str, value: Any, made: Any) -> None:
    if not is_venue_name(value):
        refuse(what, value, 'lower-case letters and digits, such as "example"')


def _check_docs(what: str, value: Any, made: Any) -> None:
    if not (isinstance(value, str) and re.match(r"https?://[^\s/]", value)):
        refuse(what, value, 'the address of the documentation, such as "https://docs.example.com"')


def _check_environments(what: str, value: Any, made: Any) -> None:
    example = 'kit.environments(live="https://api.example.com")'
    if not isinstance(value, Mapping) or not value:
        refuse(what, value, f"a table of environments by name, such as {example}")
    for name, place in value.items():
        if not (isinstance(name, str) and _PLACE.fullmatch(name)):
            refuse(f"a name in {what}", name, 'one such as "live" or "testnet"')
        where = f"{what}[{name!r}]"
        if isinstance(place, type) or not hasattr(place, "base_url"):
            refuse(where, place, 'one such as kit.Environment("https://api.example.com")')
        try:
            _ = place.origin
        except ConfigurationError:
            refuse(
                f"{where}.base_url",
                place.base_url,
                'an address such as "https://api.example.com": scheme, host, port, path, no more',
            )
        _check_headers(f"{where}.headers", place.headers)


def _check_headers(what: str, value: Any) -> None:
    expected = 'pairs such as (("Content-Type", "application/json"),)'
    if not isinstance(value, tuple):
        refuse(what, value, expected)
    for pair in value:
        if not (isinstance(pair, tuple) and len(pair) == 2 and all(map(is_text, pair))):
            refuse(what, value, expected)
        name, said = pair
        if not (_HEADER.fullmatch(name) and said.isascii() and said.isprintable()):
            refuse(what, value, f"{expected}, in printable ASCII")


def _check_signer(what: str, value: Any, made: Any) -> None:
    example = 'kit.SortedQueryHmac("X-EXAMPLE-APIKEY")'
    if isinstance(value, type):
        refuse(what, value, f"a signer and not its class, such as {example}")
    missing = [name for name in _OF_A_SIGNER if not hasattr(value, name)]
    if missing:
        wanted = f"one such as {example}, with all that kit.Signer has"
        refuse(what, value, f"{wanted}; it lacks {', '.join(missing)}")
    if not isinstance(value.scheme, Scheme):
        return  # one of a strategy that says it only when it is asked
    for one in value.scheme.carried:
        if one.where == "header" and not _HEADER.fullmatch(one.name):
            refuse(f"the {one.part}'s header in {what}", one.name, f"a name, as in {example}")
    for kind in value.scheme.kinds:
        if kind not in KEY_KINDS:
            refuse(f"a kind of key in {what}", kind, f"one of {', '.join(KEY_KINDS)}")


def _check_errors(what: str, value: Any, made: Any) -> None:
    if isinstance(value, type) or not hasattr(value, "unlisted"):
        refuse(what, value, 'one such as kit.ErrorTable({"10001": errors.InvalidSignature})')


def _check_key_shape(what: str, value: Any, made: Any) -> None:
    if value is None:
        return
    if isinstance(value, type) or not hasattr(value, "description"):
        example = 'kit.Shape(re.compile(r"[a-f0-9]{32}"), "32 hex digits")'
        refuse(what, value, f"one such as {example}, or None")
    check_pattern(f"{what}.pattern", value.pattern, made)
    text("32 hex digits")(f"{what}.description", value.description, made)


def _check_weight_headers(what: str, value: Any, made: Any) -> None:
    example = 'MappingProxyType({"x-used-weight-1m": "weight"})'
    if not isinstance(value, Mapping):
        refuse(what, value, f"header names and counters, such as {example}")
    for name, counter in value.items():
        if not (isinstance(name, str) and _HEADER.fullmatch(name) and name == name.lower()):
            refuse(f"a header in {what}", name, "its name in lower case, as replies have it")
        text("weight")(f"{what}[{name!r}]", counter, made)


def _check_remaining(what: str, value: Any, made: Any) -> None:
    example = 'kit.Remaining("x-limit-remaining", reset="x-limit-reset")'
    if value is None:
        return
    if not isinstance(value, Remaining):
        refuse(what, value, f"the headers that tell what is left: {example}")
    for name in value.names:
        if not (isinstance(name, str) and _HEADER.fullmatch(name) and name == name.lower()):
            refuse(f"a header in {what}", name, "its name in lower case, as replies have it")
    if value.resets not in get_args(Unit):
        refuse(f"{what}.resets", value.resets, f"one of {', '.join(get_args(Unit))}")


def _check_envelope(what: str, value: Any, made: Any) -> None:
    if value is not None and not isinstance(value, Envelope):
        refuse(what, value, 'one such as kit.Envelope("code", "msg")')


def _check_json_bodies(what: str, value: Any, made: Any) -> None:
    if not isinstance(value, bool):
        refuse(what, value, "True or False")


_ATTRIBUTES: Mapping[str, Check] = {
    "venue": _check_venue,
    "title": text("Example"),
    "docs": _check_docs,
    "environments": _check_environments,
    "signer": _check_signer,
    "errors": _check_errors,
    "capabilities": check_capabilities,
    "key_shape": _check_key_shape,
    "used_weight_headers": _check_weight_headers,
    "remaining_headers": _check_remaining,
    "json_bodies": _check_json_bodies,
    "envelope": _check_envelope,
}


# What does not fit together


def _check_together(made: Any) -> None:
    if isinstance(vars(made).get("capabilities"), (property, type(None))):
        return
    capabilities = made.capabilities
    places: Any = getattr(made, "environments", capabilities.not_in)
    for name in capabilities.not_in:
        if name not in places:
            refuse(
                f"a name in {made.__name__}.capabilities.not_in",
                name,
                f"one of its environments: {', '.join(places)}",
            )
    nothing = not capabilities.limit_orders and not capabilities.market_orders
    if nothing and "create_order" in made.operations():
        raise TypeError(
            f"{made.__name__} has create_order and declares no order that could be placed: expected"
            " limit_orders=frozenset({kit.LIMIT_GTC}), or market_orders=True, in its capabilities"
        )
