"""The control interface over HTTP: a path and a method to a method of `Control`, no more."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from exchangekit.sim.control import Control
from exchangekit.sim.http import RawRequest, Response
from exchangekit.sim.state import DEFAULT_ACCOUNT

CONTROL_PREFIX: Final = b"/_sim/"


def respond(control: Control, request: RawRequest) -> Response:
    """One request under ``/_sim/``; a wrong one gets ``{"error": ...}`` with 400 or 404."""
    name = request.path.removeprefix(CONTROL_PREFIX).decode("latin-1").rstrip("/")
    handler = _ROUTES.get((request.method, name))
    if handler is None:
        known = ", ".join(f"{method} /_sim/{path}" for method, path in _ROUTES)
        return Response({"error": f"no {request.method} /_sim/{name}; there is {known}"}, 404)
    try:
        body: object = json.loads(request.body) if request.body else {}
        return Response(handler(control, dict(request.query_pairs()), body))
    except KeyError as error:
        return Response({"error": f"missing: {error}"}, 400)
    except (ValueError, TypeError, RecursionError) as error:
        return Response({"error": str(error)}, 400)


Query = dict[str, str]


def _put_faults(control: Control, query: Query, body: object) -> object:
    rules = body.get("rules", [body]) if isinstance(body, dict) else body
    if not isinstance(rules, list):
        raise ValueError('give one rule, a list of rules, or {"rules": [...]}')
    return control.set_faults([_mapping(rule) for rule in rules])


def _post_faults(control: Control, query: Query, body: object) -> object:
    rules = body if isinstance(body, list) else [body]
    return control.add_faults([_mapping(rule) for rule in rules])


def _delete_faults(control: Control, query: Query, body: object) -> object:
    control.clear_faults()
    return []


def _put_clock(control: Control, query: Query, body: object) -> object:
    return control.clock(**_mapping(body))  # type: ignore[arg-type]


def _put_balances(control: Control, query: Query, body: object) -> object:
    entries = body if isinstance(body, list) else [body]
    for entry in map(_mapping, entries):
        account, asset = str(entry.get("account", DEFAULT_ACCOUNT)), str(entry["asset"])
        if "free" in entry:
            control.set_balance(account, asset, str(entry["free"]))
        else:
            control.deposit(account, asset, str(entry["deposit"]))
    return control.balances()


def _put_fees(control: Control, query: Query, body: object) -> object:
    given = dict(_mapping(body))
    control.set_fees(str(given.pop("account", DEFAULT_ACCOUNT)), **given)  # type: ignore[arg-type]
    return {}


def _post_again(control: Control, query: Query, body: object) -> object:
    given = _mapping(body)
    account = given.get("account")
    return control.again(str(given["order_id"]), None if account is None else str(account))


def _put_market(control: Control, query: Query, body: object) -> object:
    return control.market(**_mapping(body))  # type: ignore[arg-type]


def _put_keys(control: Control, query: Query, body: object) -> object:
    return control.key(**_mapping(body))  # type: ignore[arg-type]


def _put_limits(control: Control, query: Query, body: object) -> object:
    return control.limits(**_mapping(body))  # type: ignore[arg-type]


def _reset(control: Control, query: Query, body: object) -> object:
    control.reset()
    return {}


def _mapping(body: object) -> Mapping[str, object]:
    if not isinstance(body, dict):
        raise ValueError("give a JSON object")
    return body


_ROUTES: Final[Mapping[tuple[str, str], Callable[[Control, Query, object], object]]] = {
    ("GET", "orders"): lambda control, query, _: control.orders(query.get("account")),
    ("GET", "fills"): lambda control, query, _: control.fills(query.get("account")),
    ("GET", "balances"): lambda control, query, _: control.balances(),
    ("GET", "trades"): lambda control, query, _: control.trades(
        query["symbol"], int(query.get("limit", "100"))
    ),
    ("GET", "requests"): lambda control, query, _: control.requests(),
    ("GET", "counts"): lambda control, query, _: control.counts(),
    ("GET", "faults"): lambda control, query, _: control.faults(),
    ("PUT", "faults"): _put_faults,
    ("POST", "faults"): _post_faults,
    ("DELETE", "faults"): _delete_faults,
    ("GET", "clock"): lambda control, query, _: control.clock(),
    ("PUT", "clock"): _put_clock,
    ("PUT", "balances"): _put_balances,
    ("PUT", "fees"): _put_fees,
    ("POST", "again"): _post_again,
    ("PUT", "market"): _put_market,
    ("PUT", "keys"): _put_keys,
    ("PUT", "limits"): _put_limits,
    ("POST", "reset"): _reset,
}
