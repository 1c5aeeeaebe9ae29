"""Whatever customers do and however time passes, no unit of any asset is made or lost."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from support.sim_toy import START, instrument

from exchangekit.sim import Fees, OrderRequest, Rejection, VenueClock, VenueRules
from exchangekit.sim.exchange import Exchange

D = Decimal

ACCOUNTS = ("ann", "bob", "cat")
SYMBOLS = ("BTC-USDT", "ETH-BTC")

orders = st.tuples(
    st.just("order"),
    st.sampled_from(ACCOUNTS),
    st.sampled_from(SYMBOLS),
    st.sampled_from(["buy", "sell"]),
    st.sampled_from(["GTC", "GTC", "GTC", "IOC", "FOK", "market", "cost", "post_only"]),
    st.integers(-300, 300),  # price, in hundredths of a percent from the last
    st.integers(1, 4000),  # amount, in thousandths
    st.sampled_from(["none", "expire_taker", "expire_maker", "expire_both"]),
    st.sampled_from([None, None, None, "0.5"]),
)
steps = st.one_of(
    orders,
    orders,
    st.tuples(st.just("cancel"), st.sampled_from(ACCOUNTS), st.integers(0, 20)),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 900, 20_000, 300_000, 90_000_000])),
    st.tuples(st.just("release")),
)


def place(exchange, account, symbol, side, kind, offset, thousandths, self_trade, fraction):
    instrument = exchange.instruments[symbol]
    last = exchange.last_price(symbol)
    price = (last * (10_000 + offset) / 10_000 // instrument.tick) * instrument.tick
    amount = (D(thousandths) / 1000 // instrument.step) * instrument.step or instrument.step
    request = {"symbol": symbol, "side": side, "self_trade": self_trade, "kind": "limit"}
    if kind == "market":
        request |= {"kind": "market", "amount": amount}
    elif kind == "cost":
        request |= {"kind": "market", "cost": amount * last}
    elif kind == "post_only":
        request |= {"price": price, "amount": amount, "post_only": True}
    else:
        request |= {"price": price, "amount": amount, "time_in_force": kind}
    try:
        exchange.place(account, OrderRequest(**request), fraction=fraction and D(fraction))
    except Rejection:
        return


def check(exchange):
    assert not any(exchange.ledger.sums().values())
    for account in ACCOUNTS:
        state = exchange.engine.account(account)
        locked = {}
        for order in state.open.values():
            locked[order.locked_asset] = locked.get(order.locked_asset, D(0)) + order.locked
        for asset, balance in exchange.ledger.balances(account).items():
            assert balance.free >= 0
            assert balance.locked == locked.get(asset, D(0))
        for order in state.orders:
            assert order.filled == sum(fill.amount for fill in order.fills)
            assert order.spent == sum(fill.cost for fill in order.fills)
            assert order.is_open == (order.id in state.open)
            if order.amount is not None:
                assert (order.status == "filled") == (order.filled == order.amount)
            if not order.is_open:
                assert order.locked == 0
    for symbol in SYMBOLS:
        book = exchange.book(symbol, 1)
        if book.bids and book.asks:
            assert book.bids[0][0] < book.asks[0][0]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(steps, min_size=5, max_size=30),
    st.sampled_from(["received", "quote"]),
    st.sampled_from(["0.001", "-0.0002"]),
)
def test_nothing_is_created_or_lost(todo, fee_currency, maker):
    clock = VenueClock(fixed_at=START)
    exchange = Exchange(
        instruments=[instrument("BTC", "USDT"), instrument("ETH", "BTC")],
        rules=VenueRules(fees=Fees(D(maker), D("0.0011")), fee_currency=fee_currency),
        clock=clock,
        seed=7,
        order_id=lambda number, now: str(number),
    )
    for account in ACCOUNTS:
        exchange.ledger.open_account(account, {"USDT": D(300_000), "BTC": D(5), "ETH": D(20)})
    for step in todo:
        match step:
            case ("order", *order):
                place(exchange, *order)
            case ("cancel", account, at):
                mine = exchange.orders(account, None, open_only=True)
                if mine:
                    exchange.cancel(mine[at % len(mine)])
            case ("wait", milliseconds):
                clock.advance(milliseconds)
                exchange.catch_up()
            case ("release",):
                exchange.release_parked()
        check(exchange)
