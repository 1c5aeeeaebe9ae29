"""How often each endpoint may be called: by account in each second, and all of them by address.

Source: https://bybit-exchange.github.io/docs/v5/rate-limit
"""

from __future__ import annotations

from typing import Final

from exchangekit.sim import LimitRule

IP: Final = "ip"
BAN_MS: Final = 600_000
# Operation name of the route: requests a second and account.
PER_SECOND: Final = {
    "create_order": 20, "cancel_order": 20, "cancel_all_orders": 20, "cancel_orders": 20,
    "fetch_order": 50, "fetch_closed_orders": 50, "fetch_my_trades": 50, "fetch_balance": 50,
    "fetch_trading_fees": 5, "fetch_api_key": 10, "fetch_account_info": 50, "fetch_currencies": 5,
}  # fmt: skip

LIMITS: Final = (
    *(LimitRule(name, most, 1000, "account") for name, most in PER_SECOND.items()),
    # Who comes too often is shut out for ten minutes.
    LimitRule(IP, 600, 5000, "ip", ban_after=1, ban_ms=BAN_MS),
)
