"""Simulated venues: real HTTP servers on loopback over one exact ledger and matching engine.

This package stands alone. It imports no adapter, signer, model or error of the kit, so that a
mistake there cannot be repeated here and cancel itself out. A dialect author reads `README.md`
beside this file; everything a dialect needs is importable from `exchangekit.sim`.
"""

from exchangekit.sim.clock import VenueClock
from exchangekit.sim.context import Answer, Context, Handler, Route, Weight
from exchangekit.sim.dialect import Dialect, Trouble
from exchangekit.sim.http import JsonBody, RawRequest, Response
from exchangekit.sim.instruments import CATALOGUE, Fees, Instrument, Listing, Violation
from exchangekit.sim.keys import ApiKey
from exchangekit.sim.limits import Breach, LimitRule
from exchangekit.sim.money import encode_json, text
from exchangekit.sim.orders import (
    DuplicateClientId,
    Fill,
    Halted,
    InsufficientFunds,
    NoLiquidity,
    Order,
    OrderRequest,
    Rejection,
    VenueRules,
    WouldTake,
)
from exchangekit.sim.run import SimulatedVenue, run_venues, serve

__all__ = [
    "CATALOGUE",
    "Answer",
    "ApiKey",
    "Breach",
    "Context",
    "Dialect",
    "DuplicateClientId",
    "Fees",
    "Fill",
    "Halted",
    "Handler",
    "Instrument",
    "InsufficientFunds",
    "JsonBody",
    "LimitRule",
    "Listing",
    "NoLiquidity",
    "Order",
    "OrderRequest",
    "RawRequest",
    "Rejection",
    "Response",
    "Route",
    "SimulatedVenue",
    "Trouble",
    "VenueClock",
    "VenueRules",
    "Violation",
    "Weight",
    "WouldTake",
    "encode_json",
    "run_venues",
    "serve",
    "text",
]
