"""Mistakes of a stranger who writes an adapter from a venue's documentation: each a line or two of
Acme's package that says something else, and the checks that must turn red.

Some are of the venue's side: Acme speaks like another venue, and the adapter does not follow.
"""

from __future__ import annotations

import sys
from itertools import count
from types import ModuleType
from typing import Any, NamedTuple

from support.acme import FINISHED

PACKAGE = "exchangekit_acme"
MINE = ("rows", "errors", "adapter")
THEIRS = ("answers", "parameters", "market_data", "account", "history", "trading")
_numbers = count(1)


class Edit(NamedTuple):
    """In a file of Acme's package `old`, which stands there once, becomes `new`."""

    file: str
    old: str
    new: str


class Mistake(NamedTuple):
    """``found`` are the checks that turn red; none where no check can know, for ``why``."""

    what: str
    edits: tuple[Edit, ...]
    found: tuple[str, ...]
    why: str = ""


def spoilt(mistake: Mistake) -> tuple[type[Any], type[Any]]:
    """The adapter and the dialect of Acme with a mistake in them, as modules of their own."""
    root = f"mistaken_{next(_numbers)}"
    texts = {
        name: (FINISHED / PACKAGE / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
        for name in (*MINE, *(f"sim.{one}" for one in THEIRS))
    }
    texts["sim"] = (FINISHED / PACKAGE / "sim" / "__init__.py").read_text(encoding="utf-8")
    for file, old, new in mistake.edits:
        assert texts[file].count(old) == 1, f"{file} has {texts[file].count(old)} times {old!r}"
        texts[file] = texts[file].replace(old, new)
    for name in (root, f"{root}.sim"):
        made = sys.modules[name] = ModuleType(name)
        made.__path__ = []
    for name, text in texts.items():
        made = ModuleType(f"{root}.{name}")
        if name == "sim":
            made = sys.modules[f"{root}.sim"]
        else:
            sys.modules[made.__name__] = made
        code = compile(text.replace(PACKAGE, root), f"{name} with a mistake", "exec")
        exec(code, vars(made))
        above, _, last = made.__name__.rpartition(".")
        setattr(sys.modules[above], last, made)
    return (
        sys.modules[f"{root}.adapter"].AcmeAdapter,
        sys.modules[f"{root}.sim"].AcmeDialect,
    )


def forget() -> None:
    """Leave none of those modules behind."""
    for name in [one for one in sys.modules if one.startswith("mistaken_")]:
        del sys.modules[name]


def _mine(file: str, old: str, new: str) -> tuple[Edit, ...]:
    return (Edit(file, old, new),)


def _batch(told: str) -> tuple[Edit, ...]:
    """Acme withdraws several orders at once, and the adapter reads the reply so."""
    return (
        Edit(
            "sim.trading",
            "def withdraw_all(",
            "def withdraw_many(ctx: Context) -> Response:\n"
            "    rows = []\n"
            '    for number in Asked(ctx).sent["ids"].split(","):\n'
            "        order = ctx.order(venue_id=number)\n"
            '        done = order.is_open and ctx.cancel(order).status == "canceled"\n'
            '        rows.append({"code": "0" if done else "order_is_over", "id": number})\n'
            "    return result(rows)\n\n\ndef withdraw_all(",
        ),
        Edit(
            "sim.trading",
            "    return [\n",
            "    return [\n"
            '        sealed("POST", "withdraw-many", withdraw_many, "cancel_orders"),\n',
        ),
        Edit(
            "adapter",
            "    def fetch_open_orders(",
            "    def cancel_orders(self, market, ids):\n"
            '        body = {"market": market.id, "ids": ",".join(ids)}\n'
            '        request = _signed("POST /v1/withdraw-many", changes=True, json=body)\n'
            "        def read(reply):\n"
            f"            {told}\n"
            "        return Call(request, read)\n\n    def fetch_open_orders(",
        ),
    )


_SIGNS = 'template="{timestamp}{window}{method}{target}{body}"'
_SIGNER = "    signer = kit.DeclaredPrehash("
_ORDER_FILLS = "a_market_order_fills_and_its_fills_add_up*"
_BORDERS = "what_falls_on_the_border_of_a_window_is_told_once"

MISTAKES: tuple[Mistake, ...] = (
    # Signatures and bodies
    Mistake(
        "the body is left out of what is signed",
        _mine("adapter", _SIGNS, 'template="{timestamp}{window}{method}{target}"'),
        ("an_order_goes_out_exactly_as_it_was_explained_and_signed",),
    ),
    Mistake(
        "the path is signed without its query",
        _mine("adapter", _SIGNS, 'template="{timestamp}{window}{method}{path}{body}"'),
        ("odd_values_are_signed_as_they_are_sent_spaces",),
    ),
    Mistake(
        "the parts of the text are in another order",
        _mine("adapter", _SIGNS, 'template="{timestamp}{method}{window}{target}{body}"'),
        ("an_order_goes_out_exactly_as_it_was_explained_and_signed",),
    ),
    Mistake(
        "the signature is sent in base64, not in hexadecimal",
        _mine("adapter", 'encoding="hex"', 'encoding="base64"'),
        ("an_order_goes_out_exactly_as_it_was_explained_and_signed",),
    ),
    Mistake(
        "the hash is SHA-512",
        _mine("adapter", 'encoding="hex"', 'encoding="hex", hash="sha512"'),
        ("an_order_goes_out_exactly_as_it_was_explained_and_signed",),
    ),
    Mistake(
        "the time is signed and sent in seconds",
        _mine("adapter", 'encoding="hex"', 'encoding="hex", time="s"'),
        ("an_order_goes_out_exactly_as_it_was_explained_and_signed",),
    ),
    Mistake(
        "the JSON body is encoded once more after it was signed",
        (
            Edit("adapter", _SIGNER, "    signer = Again("),
            Edit(
                "adapter",
                "class AcmeAdapter(",
                "class Again(kit.DeclaredPrehash):\n"
                "    def sign(self, *given):\n"
                "        import json\n"
                "        from dataclasses import replace\n"
                "        made = super(Again, self).sign(*given)\n"
                "        body = json.dumps(json.loads(made.body)).encode() if made.body else b''\n"
                "        return replace(made, body=body)\n\n\nclass AcmeAdapter(",
            ),
        ),
        ("an_order_goes_out_exactly_as_it_was_explained_and_signed",),
    ),
    Mistake(
        "orders go into the query, as at the venue before",
        _mine("adapter", "has_deadline=True, json=asked)", "has_deadline=True, **asked)"),
        ("an_order_is_found_by_both_ids_and_canceled",),
    ),
    # What replies mean
    Mistake(
        "the envelope's code is not looked at under HTTP 200",
        _mine("adapter", 'or (said.code == "0" and reply.status == 200)', "or reply.status == 200"),
        ("more_than_the_account_holds_is_insufficient_funds", "canceling_twice*"),
    ),
    Mistake(
        "an empty list is taken for a reply that lacks the order",
        _mine(
            "adapter",
            "kit.parse_first(rows.Order, rows.order, market, *ROWS)",
            "kit.parse_row(rows.Order, rows.order, market, *ROWS, 0)",
        ),
        ("an_order_that_never_was_is_not_found",),
    ),
    Mistake(
        'the first place\'s "not found" is believed, though the second knows the order',
        _mine("adapter", ", read, otherwise=past)", ", read)"),
        ("an_order_that_ended_long_ago_is_still_found",),
    ),
    Mistake(
        "orders are looked up among those that are over, only",
        _mine("adapter", 'Call(_signed("GET /v1/orders", **which), read, otherwise=past)', "past"),
        ("an_order_is_found_by_both_ids_and_canceled",),
    ),
    Mistake(
        "an order is asked for by its label in the place of its id",
        _mine(
            "adapter",
            'which: dict[str, Any] = {"market": market.id, "id": id, "label": client_order_id}',
            'which: dict[str, Any] = {"market": market.id, "id": id or client_order_id}',
        ),
        ("an_order_is_found_by_both_ids_and_canceled",),
    ),
    Mistake(
        "each item of a batch has a code of its own, and nobody looks at it",
        _batch(
            "canceled = tuple(models.Order(symbol=market.symbol, id=one) for one in ids)\n"
            "            return models.CancelReport(canceled=canceled)"
        ),
        ("several_orders_can_be_canceled_at_once_and_each_fails_by_itself",),
    ),
    # Lists
    Mistake(
        "the cursor is dropped inside a span",
        _mine("adapter", 'kit.told_at("result", "older")', "lambda reply, ask: None"),
        ("more_closed_orders_than_fit_on_a_page_are_all_told",),
    ),
    Mistake(
        "the cursor is read and never sent",
        _mine("adapter", '"cursor": ask.cursor}', '"cursor": None}'),
        ("more_closed_orders_than_fit_on_a_page_are_all_told",),
    ),
    Mistake(
        "spans overlap by a millisecond, which the venue does not take",
        _mine("adapter", "until=ask.last)", "until=ask.last and ask.last + 1)"),
        ("a_span_longer_than_the_venue_takes_is_asked_for_in_pieces",),
    ),
    Mistake(
        "spans leave a gap of a millisecond at their beginning",
        _mine("adapter", "since=ask.first,", "since=ask.first and ask.first + 1,"),
        (_BORDERS,),
    ),
    Mistake(
        "the venue leaves the end of a span out, and the adapter does not know",
        _mine("sim.history", 'since <= row["at"] <= until]', 'since <= row["at"] < until]'),
        (_BORDERS,),
    ),
    Mistake(
        "a span of two days is asked for, where the venue takes one",
        _mine("adapter", "longest=DAY)", "longest=2 * DAY)"),
        ("a_span_longer_than_the_venue_takes_is_asked_for_in_pieces",),
    ),
    Mistake(
        "pages are numbered from 1, and the venue begins with 0",
        (
            Edit("adapter", 'kit.told_at("result", "older")', 'kit.page_number("result", "rows")'),
            Edit(
                "sim.history",
                'count, last = min(asked.whole("count", 50), 50), asked.whole("cursor", 10**18)',
                'count, last = min(asked.whole("count", 50), 50), 10**18',
            ),
            Edit(
                "sim.history",
                "shown = found[::-1][:count]",
                'shown = found[::-1][count * asked.whole("cursor", 0) :][:count]',
            ),
            Edit("sim.history", 'shown[-1]["id"] if len(found) > count else ""', '""'),
        ),
        ("more_closed_orders_than_fit_on_a_page_are_all_told",),
    ),
    # Numbers and units
    Mistake(
        "a ratio is taken for per cent",
        _mine("rows", 'kit.Ratio("change")', '"change"'),
        ("a_ticker_agrees_with_the_book_and_with_itself",),
    ),
    Mistake(
        "fee rates in per cent are taken for ratios",
        _mine("sim.account", '{"maker": plain(rates.maker)', '{"maker": plain(rates.maker * 100)'),
        ("maker_and_taker_fees_are_told_apart",),
    ),
    Mistake(
        "the sign of fees is turned",
        _mine("rows", 'kit.Negated("fee")', '"fee"'),
        (_ORDER_FILLS, "maker_and_taker_fees_are_told_apart"),
    ),
    Mistake(
        "the total is taken for what is free",
        _mine("rows", 'total="owned"', 'free="owned"'),
        ("the_balance_is_what_the_ledger_holds",),
    ),
    Mistake(
        "a number of decimals is taken for a step",
        _mine(
            "sim.market_data",
            '"price": {"tick": plain(one.tick)}',
            '"price": {"tick": str(-one.tick.as_tuple().exponent)}',
        ),
        ("every_filter_that_is_read_is_the_one_that_the_venue_applies",),
    ),
    Mistake(
        "the least cost is taken for the least amount",
        _mine("rows", 'min_amount="size.least"', 'min_amount="worth.least"'),
        ("every_filter_that_is_read_is_the_one_that_the_venue_applies",),
    ),
    Mistake(
        "milliseconds are read as seconds",
        _mine(
            "rows",
            'amount="size", timestamp="at",\n       fee=',
            'amount="size", timestamp=kit.Seconds("at"),\n       fee=',
        ),
        ("days_of_fills_come_without_gaps_or_repeats",),
    ),
    Mistake(
        "seconds are read as milliseconds",
        _mine("sim.history", '"at": fill.time,', '"at": fill.time // 1000,'),
        ("days_of_fills_come_without_gaps_or_repeats",),
    ),
    Mistake(
        "the time of the last change is taken for that of the order",
        _mine("rows", 'created="at", updated="changed"', 'created="changed", updated="at"'),
        ("an_order_keeps_the_time_at_which_it_was_placed",),
    ),
    # Orders
    Mistake(
        "a market buy's size is base here and quote there",
        _mine(
            "sim.trading",
            'size, worth = asked.number("size"), None if limit else asked.number("worth")',
            'size, worth = asked.number("size"), None if limit else asked.number("worth")\n'
            '    if size and not limit and side == "buy":\n'
            "        size, worth = None, size",
        ),
        (_ORDER_FILLS,),
    ),
    Mistake(
        "what a market buy may cost is sent as its size",
        _mine("rows", '"size": amount,\n        "worth": cost,', '"size": amount or cost,'),
        ("a_market_buy_by_cost_spends_no_more",),
    ),
    Mistake(
        "what a market buy may cost is read as its amount",
        _mine(
            "rows",
            'amount="size", requested_cost="worth"',
            'amount=kit.either("size", "worth")',
        ),
        ("a_cost_is_never_told_as_an_amount_of_base",),
    ),
    Mistake(
        "what is left of an order is taken for what is filled",
        (
            Edit(
                "rows",
                '@named("id", "side", "price", "filled", symbol',
                '@named("id", "side", "price", filled="left", symbol',
            ),
            Edit(
                "sim.history",
                '"spent": plain',
                '"left": plain((order.amount or order.filled) - order.filled),\n'
                '        "spent": plain',
            ),
        ),
        ("a_partly_filled_order_says_how_much_and_stays_so_when_canceled",),
    ),
    Mistake(
        "the average price is taken for the cost",
        _mine(
            "sim.history",
            '"spent": plain(order.spent)',
            '"spent": plain(order.spent / order.filled if order.filled else order.spent)',
        ),
        ("a_limit_order_through_the_market_is_filled_gtc_buy",),
    ),
    Mistake(
        "IOC and FOK are confused, in what is sent and in what is read",
        _mine("rows", '"ioc": Tif.IOC, "fok": Tif.FOK', '"ioc": Tif.FOK, "fok": Tif.IOC'),
        ("what_cannot_be_filled_at_once_is_killed_or_cut_as_was_asked*",),
    ),
    Mistake(
        "the client order id is not sent",
        _mine("rows", '        "label": order.client_order_id,\n', ""),
        ("an_order_is_found_by_both_ids_and_canceled",),
    ),
    Mistake(
        "the client order id is not read",
        _mine("rows", 'symbol="market", client_order_id="label", type', 'symbol="market", type'),
        ("an_order_is_found_by_both_ids_and_canceled",),
    ),
    Mistake(
        "longer client order ids are declared than the venue takes",
        (
            Edit(
                "adapter",
                'kit.Fence("gateway"),',
                'kit.Fence("gateway"),\n'
                '        client_order_id=__import__("re").compile("[A-Za-z0-9]{1,36}"),',
            ),
            Edit(
                "sim.trading",
                "    broken = market.violations(",
                '    if len(asked.sent.get("label", "")) > 32:\n'
                '        raise refused("bad_parameter", "label is too long")\n'
                "    broken = market.violations(",
            ),
        ),
        ("every_client_order_id_that_is_declared_is_taken",),
    ),
    Mistake(
        "letters are declared for client order ids that the venue does not take",
        (
            Edit(
                "adapter",
                'kit.Fence("gateway"),',
                'kit.Fence("gateway"),\n'
                '        client_order_id=__import__("re").compile("[A-Za-z0-9_-]{1,32}"),',
            ),
            Edit(
                "sim.trading",
                "    broken = market.violations(",
                '    if not asked.sent.get("label", "x").isalnum():\n'
                '        raise refused("bad_parameter", "label has odd letters")\n'
                "    broken = market.violations(",
            ),
        ),
        ("every_client_order_id_that_is_declared_is_taken",),
    ),
    # Fills and trades
    Mistake(
        "a fill's cost in quote is taken for its amount",
        _mine(
            "sim.history", '"size": plain(fill.amount)', '"size": plain(fill.price * fill.amount)'
        ),
        (_ORDER_FILLS,),
    ),
    Mistake(
        "a public trade's cost in quote is taken for its amount",
        _mine(
            "sim.market_data", '"size": plain(one.amount)', '"size": plain(one.price * one.amount)'
        ),
        ("the_side_of_a_public_trade_is_the_takers",),
    ),
    Mistake(
        "the maker's side of a public trade is taken for the taker's",
        _mine("sim.market_data", 'one.side == "sell"', 'one.side == "buy"'),
        ("the_side_of_a_public_trade_is_the_takers",),
    ),
    Mistake(
        "the taker's flag of a fill is read as the maker's",
        _mine("sim.history", '"maker": fill.maker', '"maker": not fill.maker'),
        ("a_fill_has_the_side_and_the_role_that_the_ledger_has",),
    ),
    Mistake(
        "fees are told in the wrong currency",
        _mine(
            "sim.history",
            '"fee_asset": fill.fee_asset',
            '"fee_asset": fill.symbol.partition("_")[2]',
        ),
        ("maker_and_taker_fees_are_told_apart",),
    ),
    # Market data
    Mistake(
        "bid and ask change places",
        _mine("sim.market_data", '"bid": present(day.bid),', '"bid": present(day.ask),'),
        ("a_ticker_agrees_with_the_book_and_with_itself",),
    ),
    Mistake(
        "the columns of a candle are in another order",
        _mine(
            "sim.market_data",
            "(bar.open, bar.high, bar.low, bar.close, bar.volume)",
            "(bar.open, bar.close, bar.high, bar.low, bar.volume)",
        ),
        ("candles_are_in_order_aligned_and_in_proportion",),
    ),
    Mistake(
        "the first moment of a span of candles is left out",
        _mine(
            "adapter",
            '["since"] = kit.milliseconds(window.since)',
            '["since"] = kit.milliseconds(window.since) + 1',
        ),
        ("a_span_of_candles_includes_its_start_and_excludes_its_end",),
    ),
    # Limits and safety
    Mistake(
        "a request is said to weigh less than it does",
        _mine("adapter", '_public("GET /v1/markets", 10)', '_public("GET /v1/markets", 1)'),
        ("no_limit_is_taken_for_wider_than_the_venue_counts_it",),
    ),
    Mistake(
        "a cancel is not marked as a change",
        _mine(
            "adapter",
            '_signed("POST /v1/withdraw", changes=True, json=which)',
            '_signed("POST /v1/withdraw", json=which)',
        ),
        ("a_cancel_whose_answer_is_lost_is_unknown_and_is_sent_once",),
    ),
    Mistake(
        "one reason of many is not told apart",
        _mine("errors", '            ("insufficient", InsufficientFunds),\n', ""),
        ("more_than_the_account_holds_is_insufficient_funds",),
    ),
    # What no check can know
    Mistake(
        "a deadline is said to be looked at once more before matching, and is not",
        _mine("adapter", 'kit.Fence("gateway")', 'kit.Fence("rechecked")'),
        (),
        "only the venue knows what it does inside, and the simulated one says what its author read",
    ),
    Mistake(
        "a code that the table does not know is said to prove a refusal",
        _mine("errors", "unlisted=Outcome.UNKNOWN", "unlisted=Outcome.REFUSED"),
        (),
        "it is a decision about codes that nobody has seen yet",
    ),
    Mistake(
        "a limit is declared as the documentation says it, and the venue counts another one",
        (
            Edit("adapter", "weight, 1200, 60.0)", "weight, 2400, 60.0)"),
            Edit("sim", '"address", 1200,', '"address", 2400,'),
        ),
        (),
        "adapter and simulated venue have it from the same page; a refusal by the venue tells",
    ),
    Mistake(
        "a state is understood otherwise than the venue means it, on both sides",
        (
            Edit("rows", '"lapsed": OrderStatus.EXPIRED', '"lapsed": OrderStatus.CANCELED'),
            Edit("sim.history", '"expired": "lapsed"', '"expired": "withdrawn"'),
        ),
        (),
        "both have it from the same page; a cassette of the real venue, and a person, tell",
    ),
    Mistake(
        "a closed market is not told as closed, since its state is not read",
        _mine("rows", 'id="name", active=kit.Among("state", "trading"),', 'id="name",'),
        (),
        "it is allowed: some venues do not say it, and an order there is refused as MarketClosed",
    ),
)
