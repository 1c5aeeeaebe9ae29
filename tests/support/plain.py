"""Acme with the operations that strategies rely on, and no others."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from exchangekit_acme.adapter import AcmeAdapter

from exchangekit.adapter import Adapter
from exchangekit.testing.todo import OPTIONAL

_gone = {name: getattr(Adapter, name) for name in OPTIONAL}
_capabilities = replace(AcmeAdapter.capabilities, timeframes=MappingProxyType({}))
_own = {"__module__": __name__, "capabilities": _capabilities}
PlainAdapter = type("PlainAdapter", (AcmeAdapter,), _gone | _own)
