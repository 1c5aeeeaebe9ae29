"""The table of errors: every class of the tree, in its order, with what to do about it."""

from __future__ import annotations

import inspect

from exchangekit.errors import ExchangeKitError

WHAT_TO_DO = {
    "ExchangeKitError": "Catch this to catch everything that the kit raises on purpose.",
    "ConfigurationError": "Correct the call of `connect`, or the file or variable that the message"
    " names.",
    "UnknownVenue": "Install the venue's package, or correct the name. `exchangekit venues` lists"
    " what is installed.",
    "UnknownEnvironment": "Use one of the environments in the message.",
    "UnknownOption": "Correct the name of the argument. It is a `TypeError` too.",
    "MalformedCredentials": "Copy the value named in the message again. It is never shown. Public"
    " data goes on without it.",
    "JournalError": "Do what the message says, then try again. Reads and cancels go on without it:"
    " see [the journal](journal.md).",
    "PluginError": "Update or remove the plugin that is named, or say which of several is meant."
    " `exchangekit venues` shows the reason for each.",
    "ExchangeError": "Catch this around an operation, after the kinds that you treat apart.",
    "InvalidInput": "Correct the argument. It is a `ValueError` too.",
    "MissingCredentials": "Give the connection a key: see [credentials](credentials.md).",
    "NotRecorded": "Make room on the journal's disk, or let it be written again. The order was not"
    " sent.",
    "TradingHalted": "Look why: `reason` says it. Cancels and reads go on. When it is over,"
    " `lift()`: see [the kill switch](orders.md#kill-switch).",
    "Unsupported": "Ask beforehand with `requires(…)` and choose another way.",
    "AccessRefused": "Check all three on the venue's page: the key, its IP rule, its permissions."
    " The [doctor](doctor.md) tells them apart where the venue lets it.",
    "AuthenticationError": "Check the key and the secret. Trying again changes nothing.",
    "InvalidApiKey": "Check that the key exists, and that it belongs to this environment.",
    "InvalidSignature": "Check the secret. To see what should have been signed, ask the"
    " [doctor](doctor.md).",
    "InvalidPassphrase": "Use the passphrase that was chosen together with this key.",
    "ClockSkew": "The kit has measured the venue's clock anew, tried again and was refused again."
    " Look at the clock of this machine, at a slow proxy, or use a longer `recv_window`.",
    "InvalidNonce": "The kit made a new number, tried again and was refused again: another program"
    " uses this key, on a machine whose clock is ahead. If nothing was sent, set this machine's"
    " clock."
    " See [signing](signing.md#a-number-that-only-grows-and-the-host).",
    "AuthorizationError": "Ask for less, or allow it on the venue's page.",
    "PermissionDenied": "Give the key the permission, if it should have it.",
    "IpNotAllowed": "Add this machine's address to the key's IP rule.",
    "AccountRestricted": "Stop trading on this account and ask the venue's support.",
    "GatewayRefused": "It is not about the key. Look at the address, the proxy and the network. For"
    " an order look at `outcome`: it may have been carried out.",
    "RegionBlocked": "Do not try again from here. Some venues have an address of their own for a"
    " region: see the environments on the venue's page.",
    "RateLimited": "The kit waits and tries again by itself, within `max_wait` and the order's own"
    " window. If it reaches you, wait `retry_after` seconds, then ask less often.",
    "Banned": "Send nothing until `until`. The kit holds back all requests of that address.",
    "FirewallBlocked": "It is not about the key. The kit holds back all requests of that address"
    " for a while; send less, and look for what else sends from there.",
    "VenueUnavailable": "Reads were tried again already. For an order look at `outcome`.",
    "OnMaintenance": "Wait. Orders in the book may or may not survive: look afterwards.",
    "ConnectionFailed": "Nothing was sent. Check name, network, proxy and TLS.",
    "ConnectionLost": "Look at `outcome`. Reads were tried again already.",
    "RequestTimeout": "Look at `outcome`. Reads were tried again already.",
    "InvalidOrder": "Read `filter` and use `nearest`, or round with `market.round_price` and"
    " `market.round_amount`.",
    "InsufficientFunds": "Order less, or look at `fetch_balance`: open orders lock funds, and fees"
    " in the base asset shrink what can be sold.",
    "DuplicateClientOrderId": "Another order has that name: `order_id` and the message say which."
    " Give this one a name of its own. The same order is no error: it is returned.",
    "OrderExpired": "It was not taken. Decide anew, at the price of now.",
    "MarketClosed": "Wait until the symbol trades again.",
    "OrderVetoed": "Your own gate refused it. Its reason is in the message.",
    "OrderNotFound": "Right after a create it proves nothing. After the fence it does: see"
    " [order safety](orders.md).",
    "OrderNotOpen": "The message says how it ended and how much of it was filled.",
    "UnknownSymbol": "Use one of the nearest names in the message.",
    "BadRequest": "Please report it: the kit should not send such a request. From `raw_request` it"
    " is a wrong parameter.",
    "BadReply": "Nothing was guessed from it. For an order look at `outcome`, then report it.",
    "VenueError": "Look up `code` in the venue's documentation, and report it so that the table"
    " learns it.",
    "NeverPlaced": "It may be placed again, here or elsewhere. `proof` says what that rests on: see"
    " [order safety](orders.md).",
    "WaitTimeout": "Look at `order` and decide: wait again, or cancel it. It lives on.",
    "OutcomeUnknown": "Do not send it again. Find out with `exchange.resolve(error.handle)`: see"
    " [order safety](orders.md).",
}
"""Class name -> what its reader should do."""


def tree() -> list[tuple[int, type[ExchangeKitError]]]:
    """Every class with its depth, parents first, in the order of the source."""

    def below(kind: type[ExchangeKitError], depth: int) -> list[tuple[int, type[ExchangeKitError]]]:
        found = [(depth, kind)]
        for child in kind.__subclasses__():
            if child.__module__ == ExchangeKitError.__module__:
                found += below(child, depth + 1)
        return found

    return below(ExchangeKitError, 0)


def table() -> str:
    """The tree as a Markdown table. A class without advice raises KeyError."""
    rows = ["| Error | What happened | What to do |", "| --- | --- | --- |"]
    for depth, kind in tree():
        link = f"[`{kind.__name__}`](reference/errors.md#{anchor(kind)})"
        name = f'<span class="depth-{depth}">{link}</span>'
        rows.append(f"| {name} | {said(kind)} | {WHAT_TO_DO[kind.__name__]} |")
    return "\n".join(rows)


def anchor(kind: type) -> str:
    return f"{kind.__module__}.{kind.__name__}"


def said(kind: type) -> str:
    """The first paragraph of the class's own documentation, in one line."""
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
