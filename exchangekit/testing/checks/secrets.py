"""3 Secrets: no key, secret, passphrase or signature where somebody could read it."""

from __future__ import annotations

import traceback
from typing import Any

from exchangekit.adapter.request import Reply, percent_encode
from exchangekit.errors import ExchangeError
from exchangekit.testing.check import check
from exchangekit.testing.checks.signing import carried
from exchangekit.testing.checks.tour import read_everything, trade_everything
from exchangekit.testing.drivers import Strike
from exchangekit.testing.overheard import Overheard
from exchangekit.testing.rig import Rig


def _secrets(rig: Rig) -> list[str]:
    held = (rig.credentials.api_key, rig.credentials.secret, rig.credentials.passphrase)
    return [one.get_secret_value() for one in held if one is not None]


def _signatures(rig: Rig) -> list[str]:
    """What only the right secret could have made: what differs when another one signs."""
    found = []
    for sent in rig.sent:
        if sent.request.signed:
            signature = carried(rig.scheme, sent.outgoing, "signature")
            found += [signature, percent_encode(signature)]
    return found


def _shows_nothing(rig: Rig, texts: list[str]) -> None:
    for text in texts:
        for secret in (*_secrets(rig), *_signatures(rig)):
            assert secret not in text, f"a secret is shown in: {text[:80]}…"


@check(3)
def what_is_shown_and_logged_holds_no_secret(rig: Rig) -> None:
    overheard = Overheard()
    with overheard.listening():
        seen: list[Any] = [*read_everything(rig).values(), *trade_everything(rig).values()]
    shown = [repr(rig.exchange), *map(repr, seen), *overheard.lines]
    shown += [repr(one.outgoing) for one in rig.sent]
    _shows_nothing(rig, shown)


@check(3)
def errors_hold_no_secret_even_where_the_venue_quotes_one(rig: Rig) -> None:
    rig.exchange.fetch_balance()
    quoted = " ".join(_secrets(rig))
    body = f'{{"code": -77777, "msg": "you sent {quoted}", "data": []}}'.encode()
    for reply in (Reply(400, {}, body), Reply(200, {}, body), Reply(403, {}, quoted.encode())):
        rig.strike("fetch_balance", Strike(reply=reply))
        error = rig.refused(rig.exchange.fetch_balance, ExchangeError)
        shown = [str(error), repr(error), str(error.venue_message), str(vars(error))]
        _shows_nothing(rig, [*shown, *traceback.format_exception(error)])


@check(3)
def the_secret_itself_is_never_sent(rig: Rig) -> None:
    read_everything(rig)
    trade_everything(rig)
    secret = rig.credentials.secret.get_secret_value()
    for sent in rig.sent:
        out = sent.outgoing
        assert secret not in out.target
        assert secret not in out.body.decode()
        assert all(secret not in value for _, value in out.headers)


@check(3)
def public_requests_carry_no_key(rig: Rig) -> None:
    read_everything(rig)
    for sent in rig.sent:
        if not sent.request.signed:
            carried = (
                sent.outgoing.target + str(sent.outgoing.headers) + sent.outgoing.body.decode()
            )
            for secret in _secrets(rig):
                assert secret not in carried, f"{sent.operation} carries a key"


@check(3)
def explaining_an_order_shows_no_secret_and_sends_none(rig: Rig) -> None:
    order = ("limit", "buy", rig.amount("200"), rig.price("0.8", "buy"))
    explained = rig.exchange.explain_order(rig.symbol, *order)
    _shows_nothing(rig, [str(explained), repr(explained), explained.model_dump_json()])
    assert rig.requests("create_order") == []
