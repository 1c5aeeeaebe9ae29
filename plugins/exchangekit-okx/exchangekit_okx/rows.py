"""How OKX spells what it says, what its words mean, and how it wants to be told.

https://www.okx.com/docs-v5/en/ — rows stand in ``data``; "" is for what is not there. Charges are
negative numbers and rebates positive ones.
"""

from functools import partial
from typing import Any

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Always, Blank, Negated, named, parse
from exchangekit.models import Liquidity, Side

# Without "utc", bars of six hours and more open by the clock of UTC+8.
TIMEFRAMES = {name: name for name in ("1m", "3m", "5m", "15m", "30m")}
TIMEFRAMES |= {"1h": "1H", "2h": "2H", "4h": "4H", "6h": "6Hutc", "12h": "12Hutc"}
TIMEFRAMES |= {"1d": "1Dutc", "1w": "1Wutc", "1M": "1Mutc"}

WORDS = parse.Words(
    sides={"buy": Side.BUY, "sell": Side.SELL},
    types=kit.order_types(
        gtc="limit", post_only="post_only", ioc="ioc", fok="fok", limit="elp", market="market"
    ),
    statuses=kit.statuses(
        open="live partially_filled", closed="filled", canceled="canceled mmp_canceled"
    ),
    roles={"T": Liquidity.TAKER, "M": Liquidity.MAKER},
)
ACTIVE = {"live": True, "suspend": False, "preopen": False, "test": False}
UNDER_WAY = dict.fromkeys(("ongoing", "pre_open"), True)
UNDER_WAY |= dict.fromkeys(("scheduled", "completed", "canceled"), False)

FIRST = ("data", 0)
_TRADING = ("5", "8", "9")  # as a whole, in batches of accounts, in batches of products


# Other codes on top are about the whole request. A new order that failed has a row without an order
# id under code 1: the failure example of …/#order-book-trading-trade-ws-place-order, whose rows are
# those of the REST answer. Its code is the result, "0 means success".
VERDICTS = kit.Verdicts(
    "data", code="sCode", message="sMsg", sub_code="subCode", id="ordId", client_order_id="clOrdId",
    under="0 1 2", places="/api/v5/trade/order", unplaced="1",
)  # fmt: skip


@named("title", "state", until="end", ours=kit.Except("env", "2"),
       stops=kit.Among("serviceType", *_TRADING))  # fmt: skip
class Event(kit.EventRow):
    """Events of demo trading (env 2) are told to everybody: they are not the venue's state."""


@named(
    id="instId", base="baseCcy", quote="quoteCcy", spot=Always(kit.Among("instType", "SPOT")),
    active=Always(kit.Means("state", ACTIVE)), price_step=Always("tickSz"),
    amount_step=Always("lotSz"), min_amount=Always("minSz"), max_amount="maxLmtSz",
    max_cost=kit.when(kit.Among("quoteCcy", "USD"), "maxLmtAmt"),
    market_max_cost=kit.either(
        kit.when(kit.Among("quoteCcy", "USD"), "maxMktAmt"),
        kit.when(kit.Among("quoteCcy", "USDT"), "maxMktSz"),
    ),
)  # fmt: skip
class Instrument(kit.MarketRow):
    """https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments. Whatever the quote is,
    maxLmtAmt and maxMktAmt are in US dollars, maxMktSz in USDT."""


markets = kit.listing(Instrument, parse.market, "instId", "data")


@named("last", symbol="instId", timestamp=Always("ts"), bid=Always("bidPx"),
       bid_volume=Always("bidSz"), ask=Always("askPx"), ask_volume=Always("askSz"),
       open=Always("open24h"), high=Always("high24h"), low=Always("low24h"),
       base_volume=Always("vol24h"), quote_volume=Always("volCcy24h"))  # fmt: skip
class Ticker(kit.TickerRow):
    """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-ticker"""

    reckons = True


@named("bids", "asks", timestamp=Always("ts"), sequence="seqId")
class Book(kit.WideBookRow):
    """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-order-book"""


@named(Always("side"), symbol="instId", id=Always("tradeId"), price="px", amount="sz",
       timestamp="ts")  # fmt: skip
class Trade(kit.TradeRow):
    """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-trades"""


@named(asset="ccy", used=Always("frozenBal"), total="cashBal",
       free=kit.either(Always(Blank("availBal")), Blank("availEq")))  # fmt: skip
class Asset(kit.BalanceRow):
    """Account modes whose availBal is "" say availEq. What is frozen may be borrowed: cashBal is
    what the account owns."""


@named(assets="details", updated=Always("uTime"))
class Account(kit.AccountRow):
    assets: list[Asset]


@named(maker=Negated(Blank("maker")), taker=Negated(Blank("taker")), group="groupId")
class Rates(kit.RatesRow):
    """Of one group of markets."""


@named(groups="feeGroup")
class Fees(Rates):
    """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-fee-rates: the rates beside the
    groups are older than groups are."""

    market_says = "groupId"
    groups: tuple[Rates, ...] = ()


@named(can_read=kit.Among("perm", "read_only"), can_trade=kit.Among("perm", "trade"),
       can_withdraw=kit.Among("perm", "withdraw"), ips=Always(kit.Commas("ip")),
       account_id=Always("uid"), label=Always("label"))  # fmt: skip
class Config(kit.KeyRow):
    """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-account-configuration"""


@named(symbol="instId", id="ordId", client_order_id="clOrdId", side=Always("side"),
       type=Always("ordType"), status=Always("state"), price=Blank("px"), average=Blank("avgPx"),
       amount=Always("sz"), filled=Always("accFillSz"), in_quote=kit.Among("tgtCcy", "quote_ccy"),
       fee=Negated(Blank("fee")), fee_currency="feeCcy", rebate=Blank("rebate"),
       rebate_currency="rebateCcy", created=Always("cTime"), updated=Always("uTime"))  # fmt: skip
class Order(kit.OrderRow):
    """The size of a market order is in quote if tgtCcy says so, and of a buy if it says nothing."""

    market_buys_in_quote = True


@named(id="ordId", client_order_id="clOrdId")
class Acknowledged(kit.OrderRow):
    symbol: str = ""


@named(created="ts")
class NewOrder(Acknowledged):
    """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order"""


@named(updated="ts")
class CanceledOrder(Acknowledged):
    """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-order"""


@named("side", symbol=Always("instId"), id=kit.either("tradeId", Always("billId")),
       order_id="ordId", price="fillPx", amount="fillSz", timestamp="ts", role="execType",
       fee=Negated(Blank("fee")), fee_currency="feeCcy", client_order_id="clOrdId")  # fmt: skip
class Fill(kit.FillRow):
    """ts and not fillTime: begin and end filter by it, so windows neither lose nor repeat one. Two
    fills share a trade's id where an account trades with itself; no two share a bill."""


order = parse.order_reader(WORDS)
trade, fill = partial(parse.trade, words=WORDS), partial(parse.fill, words=WORDS)


def order_params(market: models.Market, order: models.OrderRequest) -> dict[str, Any]:
    """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order"""
    amount, cost, price, _ = kit.terms(order)
    side, kind, _ = WORDS.tell(order)
    values: dict[str, Any] = {"instId": market.id, "tdMode": "cash", "side": side}
    values |= {"clOrdId": order.client_order_id, "ordType": kind, "px": price}
    if price is None:
        # Without banAmend the venue shrinks a market order to what the balance can pay for.
        values |= {"banAmend": True, "tgtCcy": "base_ccy" if cost is None else "quote_ccy"}
    return values | {"sz": amount if cost is None else cost}
