"""The venue's state as JSON for the control interface; numbers as strings, no secrets."""

from __future__ import annotations

from exchangekit.sim.keys import ApiKey
from exchangekit.sim.ledger import SYSTEM_ACCOUNTS, Ledger
from exchangekit.sim.limits import LimitRule
from exchangekit.sim.money import plain
from exchangekit.sim.orders import Fill, Order
from exchangekit.sim.views import PublicTrade


def show_order(order: Order) -> dict[str, object]:
    return {
        "id": order.venue_id,
        "number": order.id,
        "account": order.account,
        "symbol": order.symbol,
        "client_id": order.client_id,
        "side": order.side,
        "kind": order.kind,
        "time_in_force": order.time_in_force,
        "post_only": order.post_only,
        "price": _optional(order.price),
        "amount": _optional(order.amount),
        "cost": _optional(order.cost),
        "status": order.status,
        "reason": order.reason,
        "filled": plain(order.filled),
        "spent": plain(order.spent),
        "locked": plain(order.locked),
        "locked_asset": order.locked_asset,
        "created": order.created,
        "updated": order.updated,
        "fills": [show_fill(fill) for fill in order.fills],
    }


def show_fill(fill: Fill) -> dict[str, object]:
    return {
        "id": fill.id,
        "order_id": fill.venue_order_id,
        "client_id": fill.client_id,
        "account": fill.account,
        "symbol": fill.symbol,
        "side": fill.side,
        "price": plain(fill.price),
        "amount": plain(fill.amount),
        "cost": plain(fill.cost),
        "fee": plain(fill.fee),
        "fee_asset": fill.fee_asset,
        "maker": fill.maker,
        "time": fill.time,
    }


def show_trade(trade: PublicTrade) -> dict[str, object]:
    return {
        "id": trade.id,
        "time": trade.time,
        "price": plain(trade.price),
        "amount": plain(trade.amount),
        "side": trade.side,
    }


def show_key(key: ApiKey) -> dict[str, object]:
    return {
        "key": key.key,
        "account": key.account,
        "permissions": sorted(key.permissions),
        "ips": sorted(key.ips),
        "expires": key.expires,
        "has_passphrase": key.passphrase is not None,
        "kind": key.kind,
    }


def show_count(rule: LimitRule, subject: str, endpoint: str, used: int) -> dict[str, object]:
    return {
        "name": rule.name,
        "scope": rule.scope,
        "subject": subject,
        "endpoint": endpoint,
        "used": used,
        "limit": rule.limit,
        "window_ms": rule.window_ms,
    }


def show_balances(ledger: Ledger) -> dict[str, dict[str, dict[str, str]]]:
    """By account and asset. The system's accounts make every asset's sum zero."""
    return {
        account: {
            asset: {
                "free": plain(balance.free),
                "locked": plain(balance.locked),
                "total": plain(balance.total),
            }
            for asset, balance in sorted(ledger.balances(account).items())
        }
        for account in [*ledger.accounts(), *sorted(SYSTEM_ACCOUNTS)]
    }


def _optional(number: object) -> str | None:
    return None if number is None else plain(number)  # type: ignore[arg-type]
