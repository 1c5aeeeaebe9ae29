"""Bills of the simulated venue: what they add up to, and how they are paged."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

D = Decimal
MARKET = {"ordType": "market", "tgtCcy": "base_ccy"}
# https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-bills-details-last-7-days
FIELDS = """
    bal balChg billId ccy clOrdId execType fee fillFwdPx fillIdxPx fillMarkPx fillMarkVol fillPxUsd
    fillPxVol fillTime from instId instType interest mgnMode notes ordId pnl posBal posBalChg px
    subType sz tag to tradeId ts type
"""


@pytest.fixture
def traded(okx: Any) -> Any:
    for side, size in (("buy", "0.5"), ("sell", "0.2")):
        assert okx.order(side=side, sz=size, **MARKET).code == "0"
    return okx


def held(okx: Any) -> dict[str, D]:
    found = okx.private("/account/balance").one["details"]
    return {one["ccy"]: D(one["eq"]) for one in found}


def test_bills_have_the_documented_fields_and_add_up_to_what_is_held(okx: Any) -> None:
    before = held(okx)
    for side in ("buy", "sell"):
        okx.order(side=side, sz="0.5", **MARKET)
    bills = okx.private("/account/bills").data
    assert all(bill.keys() == set(FIELDS.split()) for bill in bills)
    for currency, total in held(okx).items():
        mine = [bill for bill in bills if bill["ccy"] == currency]
        assert sum(D(bill["balChg"]) for bill in mine) == total - before[currency]
        balance = total
        for bill in mine:  # newest first
            assert D(bill["bal"]) == balance
            balance -= D(bill["balChg"])


def test_every_fill_has_a_bill_in_each_of_its_currencies_and_its_fee_in_one(traded: Any) -> None:
    bills = traded.private("/account/bills").data
    for fill in traded.private("/trade/fills").data:
        mine = [
            bill
            for bill in bills
            if (bill["tradeId"], bill["ordId"]) == (fill["tradeId"], fill["ordId"])
        ]
        assert sorted(bill["ccy"] for bill in mine) == ["BTC", "USDT"]
        fees = {bill["ccy"]: bill["fee"] for bill in mine if bill["fee"] != "0"}
        assert fees == {fill["feeCcy"]: fill["fee"]}
        assert {bill["subType"] for bill in mine} == {"1" if fill["side"] == "buy" else "2"}


def test_bills_are_paged_by_their_ids_newest_first_and_none_is_lost(traded: Any) -> None:
    every = [bill["billId"] for bill in traded.private("/account/bills").data]
    assert every == sorted(set(every), key=int, reverse=True)
    paged: list[str] = []
    while True:
        more = {"after": paged[-1]} if paged else {}
        page = traded.private("/account/bills", limit="3", **more).data
        if not page:
            break
        paged += [bill["billId"] for bill in page]
    assert paged == every
    newer = traded.private("/account/bills", before=every[2]).data
    assert [bill["billId"] for bill in newer] == every[:2]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"ccy": "BTC"}, lambda bill: bill["ccy"] == "BTC"),
        ({"subType": "2"}, lambda bill: bill["subType"] == "2"),
        ({"type": "2"}, lambda bill: True),
        ({"type": "1"}, lambda bill: False),
        ({"instType": "SWAP"}, lambda bill: False),
        ({"instId": "BTC-USDT"}, lambda bill: True),
        ({"instId": "ETH-USDT"}, lambda bill: False),
    ],
)
def test_bills_can_be_filtered(traded: Any, query: dict[str, str], kept: Any) -> None:
    every = traded.private("/account/bills").data
    assert traded.private("/account/bills", **query).data == [one for one in every if kept(one)]


def test_bills_are_kept_for_seven_days(traded: Any) -> None:
    assert traded.private("/account/bills").data
    traded.sim.control.clock(advance_ms=8 * 24 * 3_600_000)
    assert traded.private("/account/bills").data == []
