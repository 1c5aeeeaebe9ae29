"""Shows operations as methods of the exchanges, and models with their fields.

In the source an operation is written once, in a class of `exchangekit.operations`, as a method
that returns ``Flow[T]``; the two exchanges hold descriptors that run it. Readers want the method:
its arguments, its documentation, and ``T``. This extension of griffe puts that into their place.

Models and named tuples have no written ``__init__``: they are given one that lists their fields.
Enums tell their values.
"""

from __future__ import annotations

from typing import Any

import griffe

EXCHANGES = {"exchangekit.exchange.Exchange": True, "exchangekit.exchange.SyncExchange": False}
_EACH = "Generator[Flow[tuple["


class Operations(griffe.Extension):
    """Changes what griffe has read of the package, when all of it is loaded."""

    def on_package(self, *, pkg: griffe.Module, loader: griffe.GriffeLoader, **kwargs: Any) -> None:
        if pkg.path != "exchangekit":
            return
        written = {
            function.name: function
            for module in pkg["operations"].modules.values()
            for kind in module.classes.values()
            for function in kind.functions.values()
            if function.docstring and "Flow[" in str(function.returns)
        }
        for path, is_async in EXCHANGES.items():
            exchange = pkg[path.removeprefix("exchangekit.")]
            for name, member in list(exchange.members.items()):
                if member.is_attribute and str(member.value).startswith(("_Async", "_Sync")):
                    made = _method(member, written[name], exchange, is_async)
                    exchange.set_member(name, made)

        for module in (pkg["errors"], *pkg["models"].modules.values()):
            if module.docstring:
                # How reStructuredText announces a block of code.
                module.docstring.value = module.docstring.value.replace("\n::\n", "\n")
            for kind in module.classes.values():
                _tell_fields(kind)


def _tell_fields(kind: griffe.Class) -> None:
    bases = {str(base) for base in kind.bases}
    members: list[Any] = list(kind.members.values())
    own = [one for one in members if one.is_attribute and "property" not in one.labels]
    fields = [one for one in own if one.annotation and not one.name.startswith("_")]
    if bases & {"Model", "NamedTuple"}:
        tuples = "NamedTuple" in bases
        how = griffe.ParameterKind.positional_or_keyword
        shown = [griffe.Parameter("self", kind=how)]
        for one in fields:
            keyword = how if tuples else griffe.ParameterKind.keyword_only
            shown.append(
                griffe.Parameter(
                    one.name, annotation=one.annotation, kind=keyword, default=one.value
                )
            )
        made = griffe.Function("__init__", parameters=griffe.Parameters(*shown), parent=kind)
        kind.set_member("__init__", made)
    elif "StrEnum" in bases and kind.docstring:
        values = ", ".join(f"`{one.name}` = `{one.value}`" for one in own)
        kind.docstring.value += f"\n\nValues: {values}."


def _method(
    member: Any, function: griffe.Function, exchange: griffe.Class, is_async: bool
) -> griffe.Function:
    made = griffe.Function(
        member.name,
        lineno=member.lineno,
        endlineno=member.endlineno,
        parameters=function.parameters,
        returns=_result(function.returns, is_async),
        parent=exchange,
        docstring=function.docstring,
    )
    if is_async and not str(function.returns).startswith(_EACH):
        made.labels.add("async")
    return made


def _result(returns: Any, is_async: bool) -> Any:
    """``T`` of ``Flow[T]``, an iterator of ``T`` for the operations that go on and on."""
    if not str(returns).startswith(_EACH):
        return returns.slice
    flow = returns.slice.elements[0].slice
    one = flow.slice.elements[0]
    return f"{'AsyncIterator' if is_async else 'Iterator'}[{one}]"
