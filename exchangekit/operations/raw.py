"""Any documented endpoint of a venue: what the kit has no operation for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.body_fields import FORM
from exchangekit.adapter.decode import decode_any
from exchangekit.adapter.request import Call, Request, encode_json, encode_query, params
from exchangekit.adapter.scheme import scheme_of
from exchangekit.errors import InvalidInput
from exchangekit.models.numbers import shown
from exchangekit.operations.part import Part
from exchangekit.runtime.effects import Flow

# What no HTTP library rewrites, so that the path goes out as it was signed.
_PATH = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")


class Raw(Part):
    def raw_request(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        signed: bool = True,
        changes: bool | None = None,
    ) -> Flow[Any]:
        reads = isinstance(method, str) and method.upper() == "GET"
        may_change = not reads if changes is None else changes
        with self.connection.checking("raw_request", changes=may_change):
            scheme = scheme_of(self.adapter.signer)
            form = signed and scheme is not None and scheme.form
            request = _raw(method, path, params, body, signed, changes, form=form)
            own = self.adapter.signer.own_params
            for what, names in (
                ("params hold", own & {name for name, _ in request.params}),
                ("the body holds", own & _in_bodies(self.adapter) & _names_in(body)),
            ):
                if signed and names:
                    listed = ", ".join(sorted(names))
                    raise InvalidInput(f"{what} {listed}, which the kit adds itself: leave it out")
            if signed and request.body and not self.adapter.signer.signs_body:
                raise InvalidInput(
                    f"{self.adapter.title} takes everything in the query: pass params, not body"
                )
            request = self.adapter.raw_request(request)
        return (yield from self.connection.call("raw_request", Call(request, decode_any)))


def _names_in(body: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> set[str]:
    return set(body) if isinstance(body, Mapping) else set()


def _in_bodies(adapter: Adapter) -> set[str]:
    """The fields that the signer may put into a body."""
    scheme = scheme_of(adapter.signer)
    return {one.name for one in scheme.carried if one.where == "body"} if scheme else set()


def _raw(
    method: str,
    path: str,
    query: Mapping[str, Any] | None,
    body: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None,
    signed: bool,
    changes: bool | None,
    *,
    form: bool = False,
) -> Request:
    verb = method.upper() if isinstance(method, str) else ""
    if verb not in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        raise InvalidInput(f"method is {method!r}, expected GET, POST, PUT, DELETE or PATCH")
    if not isinstance(path, str) or not _PATH.fullmatch(path) or "/." in path:
        raise InvalidInput(
            f'path is {shown(path)}, expected one such as "/api/v3/account"; parameters go into'
            " params"
        )
    if query is not None and not (
        isinstance(query, Mapping) and all(isinstance(name, str) for name in query)
    ):
        raise InvalidInput(f"params is {shown(query)}, expected a mapping of names to values")
    try:
        pairs = params(**(query or {}))
        encoded = b"" if body is None else _form(body) if form else encode_json(_plain(body))
    except (TypeError, ValueError, RecursionError) as problem:
        raise InvalidInput(f"it cannot be sent: {problem}") from None
    return Request(
        method=verb,
        path=path,
        params=pairs,
        body=encoded,
        headers=(("Content-Type", FORM),) if form and encoded else (),
        signed=signed,
        changes=verb != "GET" if changes is None else changes,
    )


def _form(body: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> bytes:
    if not isinstance(body, Mapping):
        raise TypeError("the venue takes forms: a body is a mapping of names to values")
    return encode_query(params(**body)).encode()


def _plain(body: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Any:
    if _holds_float(body):
        raise TypeError("it holds a float, which is not exact: use Decimal or str")
    if isinstance(body, Mapping):
        return body
    if isinstance(body, (list, tuple)) and all(isinstance(item, Mapping) for item in body):
        return list(body)
    raise TypeError("a body is a mapping or a list of mappings")


def _holds_float(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_float, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_holds_float, value))
    return isinstance(value, float)
