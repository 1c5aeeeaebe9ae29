"""How often each endpoint may be called: per two seconds, by address, account or instrument.

Counted as documented with each endpoint. A limit per instrument (or per instrument type) is a rule
of its own for each, named ``rule:BTC-USDT``, which handlers charge once they know the instrument.

Source: https://www.okx.com/docs-v5/en/#overview-rate-limits
"""

from __future__ import annotations

from typing import Final

from exchangekit.sim import LimitRule
from exchangekit_okx.sim.instruments import instruments
from exchangekit_okx.sim.parameters import INST_TYPES

_WINDOW_MS: Final = 2000

# Operation name of the route: requests per window.
_BY_ADDRESS: Final = {
    "fetch_time": 10, "fetch_ticker": 20, "fetch_tickers": 20, "fetch_order_book": 40,
    "fetch_full_order_book": 10, "fetch_trades": 100, "fetch_history_trades": 20,
    "fetch_candles": 40, "fetch_history_candles": 20, "fetch_price_limit": 20,
}  # fmt: skip
_BY_ACCOUNT: Final = {
    "fetch_balance": 10, "fetch_bills": 10, "fetch_account_config": 5, "fetch_trading_fees": 5,
    "fetch_currencies": 12, "fetch_funding_balance": 12,
    "fetch_open_orders": 60, "fetch_closed_orders": 40, "fetch_archived_orders": 20,
    "fetch_my_trades": 60, "fetch_archived_trades": 10, "precheck_order": 5,
}  # fmt: skip
_BY_INSTRUMENT: Final = {
    "place": 60, "place-batch": 300, "amend": 60, "cancel": 60, "cancel-batch": 300, "order": 60,
}  # fmt: skip
_INSTRUMENTS_PER_TYPE: Final = 20
_STATUS: Final = LimitRule("fetch_status", 1, 5000, "ip")
# For each tag by itself, which is not simulated: a client that uses several would be refused.
_SWITCH: Final = LimitRule("cancel_all_after", 1, 1000, "account")


def per_instrument(rule: str, symbol: str) -> str:
    return f"{rule}:{symbol}"


def per_type(kind: str, *, own: bool) -> str:
    """The listing's rule: by address, or for the account's `own` listing by account."""
    return f"account-instruments:{kind}" if own else f"instruments:{kind}"


def _all() -> tuple[LimitRule, ...]:
    symbols = [instrument.symbol for instrument in instruments()]
    return (
        _STATUS,
        _SWITCH,
        *(LimitRule(name, most, _WINDOW_MS, "ip") for name, most in _BY_ADDRESS.items()),
        *(LimitRule(name, most, _WINDOW_MS, "account") for name, most in _BY_ACCOUNT.items()),
        *(
            LimitRule(
                per_type(kind, own=own),
                _INSTRUMENTS_PER_TYPE,
                _WINDOW_MS,
                "account" if own else "ip",
            )
            for kind in INST_TYPES
            for own in (False, True)
        ),
        *(
            LimitRule(per_instrument(rule, symbol), most, _WINDOW_MS, "account")
            for rule, most in _BY_INSTRUMENT.items()
            for symbol in symbols
        ),
    )


LIMITS: Final = _all()
NAMES: Final = frozenset(rule.name for rule in LIMITS)
