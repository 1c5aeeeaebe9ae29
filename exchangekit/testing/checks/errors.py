"""11 Errors: what the venue refuses is what the error says, in every way that it can say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchangekit.adapter.classify import Compiled
from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.request import Reply
from exchangekit.errors import (
    AccessRefused,
    BadReply,
    ExchangeError,
    FirewallBlocked,
    InvalidPassphrase,
    InvalidSignature,
    IpNotAllowed,
    OnMaintenance,
    Outcome,
    PermissionDenied,
    RegionBlocked,
    VenueError,
    VenueUnavailable,
)
from exchangekit.testing.check import check
from exchangekit.testing.checks.outcomes import PAGES
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig


def _place(rig: Rig) -> Any:
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    return rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)


def _meaning(codes: Mapping[str, Compiled]) -> dict[str, list[str]]:
    return {
        code: [f"{pattern.pattern or '*'}: {error.__name__}" for pattern, error in pairs]
        for code, pairs in sorted(codes.items())
    }


@check(11)
def every_code_of_the_table_means_what_was_recorded(rig: Rig) -> None:
    """The cassette holds the meaning of every code: one that is dropped or changed is noticed."""
    table = rig.adapter.errors
    meaning, prefixes = _meaning(table.codes), _meaning(table.prefixes)
    assert meaning, "a venue without error codes"
    assert all(code in meaning for code in (*table.unknown, *table.refused))
    rig.note("codes", meaning)
    if prefixes:
        rig.note("prefixes", prefixes)
    rig.note("unknown", sorted(table.unknown))
    rig.note("refused", sorted(table.refused))


@check(11)
def a_wrong_signature_an_unknown_key_and_a_wrong_passphrase_are_told_apart(rig: Rig) -> None:
    mine, wrong = rig.credentials, rig.open_with_a_wrong_secret()
    # Where the secret signs the passphrase too, the venue may find either of them wrong first.
    either = rig.scheme.place("signed_passphrase") is not None
    told = (InvalidSignature, InvalidPassphrase) if either else (InvalidSignature,)
    assert isinstance(rig.refused(wrong.fetch_balance, AccessRefused), told)
    stranger = Credentials("nobodys-key-00000009", mine.secret, mine.passphrase)
    error = rig.refused(rig.open(credentials=stranger).fetch_balance, AccessRefused)
    assert not isinstance(error, InvalidSignature)
    if rig.adapter.signer.needs_passphrase:
        odd = Credentials(mine.api_key, mine.secret, "Wrong-Horse-7")
        rig.refused(rig.open(credentials=odd).fetch_balance, InvalidPassphrase)


@check(11)
def a_missing_permission_is_an_authorization_error_or_says_that_it_cannot_tell(rig: Rig) -> None:
    key = rig.credentials.api_key.get_secret_value()
    if rig.control is not None:
        rig.control.key(key, permissions=["read"])
    rig.exchange.fetch_balance()
    error = rig.refused(lambda: _place(rig), AccessRefused)
    assert isinstance(error, PermissionDenied) or type(error) is AccessRefused, error
    assert error.outcome is Outcome.REFUSED


@check(11)
def a_foreign_address_is_an_authorization_error_or_says_that_it_cannot_tell(rig: Rig) -> None:
    key = rig.credentials.api_key.get_secret_value()
    if rig.control is not None:
        rig.control.key(key, ips=["10.1.2.3"])
    error = rig.refused(rig.exchange.fetch_balance, AccessRefused)
    assert isinstance(error, IpNotAllowed) or type(error) is AccessRefused, error


@check(11)
def errors_carry_the_venues_own_code_and_words(rig: Rig) -> None:
    error = rig.refused(rig.open_with_a_wrong_secret().fetch_balance, ExchangeError)
    assert error.venue == rig.venue
    assert error.operation == "fetch_balance"
    assert error.code in rig.adapter.errors.codes
    assert error.status is not None
    assert error.venue_message
    assert error.code in str(error)


@check(11)
def maintenance_is_told_and_nothing_is_retried_without_end(rig: Rig) -> None:
    rig.exchange.load_markets()
    rig.fault({"operation": "fetch_ticker*", "action": "maintenance", "count": 0})
    error = rig.refused(lambda: rig.exchange.fetch_ticker(rig.symbol), VenueUnavailable)
    sent = len(rig.requests("fetch_ticker"))
    assert sent == 1 if isinstance(error, OnMaintenance) else sent <= 4


@check(11, cases=[(name, name) for name in ("html", "empty", "non_utf8", "deep")])
def a_spoilt_reply_of_the_venue_is_a_bad_reply(rig: Rig, action: str) -> None:
    rig.exchange.load_markets()
    rule = {"operation": "fetch_ticker*", "action": action, "status": 200, "count": 0}
    rig.fault(rule | ({"size": 2000} if action == "deep" else {}))
    error = rig.refused(lambda: rig.exchange.fetch_ticker(rig.symbol), BadReply)
    assert len(str(error)) < 600


@check(11, "sim")
def a_reply_that_is_cut_off_is_no_answer(rig: Rig) -> None:
    rig.exchange.load_markets()
    rig.fault({"operation": "fetch_ticker*", "action": "truncate", "count": 0})
    rig.refused(lambda: rig.exchange.fetch_ticker(rig.symbol), BadReply, VenueUnavailable)


@check(11)
def a_gateways_error_page_is_the_venue_being_unavailable(rig: Rig) -> None:
    rig.exchange.load_markets()
    rig.fault({"operation": "fetch_ticker*", "action": "html", "status": 502, "count": 0})
    error = rig.refused(lambda: rig.exchange.fetch_ticker(rig.symbol), VenueUnavailable)
    assert error.status == 502
    assert "<" not in str(error), "of a page only its words are shown"


@check(11, "sim", cases=PAGES)
def a_page_that_is_not_the_venues_is_not_about_the_key(rig: Rig, page: Reply) -> None:
    """A firewall's or a proxy's refusal, of public data and of a signed question alike."""
    rig.exchange.load_markets()
    rig.exchange.fetch_balance()
    asked: list[tuple[str, Any]] = [("fetch_balance", rig.exchange.fetch_balance)]
    asked += [("fetch_ticker", lambda: rig.exchange.fetch_ticker(rig.symbol))]
    for operation, ask in asked:
        rig.strike(operation, Strike(reply=page), times=9)
        error = rig.refused(ask, ExchangeError)
        assert not isinstance(error, AccessRefused), f"{operation}: {error}"
        assert error.status == page.status
        assert error.hint, "it says what to do"
        assert (type(error) is FirewallBlocked) == (page.status == 403)
        assert (type(error) is RegionBlocked) == (page.status == 451)
        rig.wait(300)


@check(11, "sim")
def a_success_code_beside_an_error_status_keeps_its_words_and_proves_nothing(rig: Rig) -> None:
    words = "who knows what a zero means"
    rule = {"operation": "create_order", "action": "code", "code": "0", "message": words}
    rig.price("1", "buy")
    rig.fault(rule | {"status": 400})
    error = rig.refused(lambda: _place(rig), ExchangeError)
    assert error.outcome is Outcome.UNKNOWN
    assert error.venue_message == words


@check(11)
def a_code_that_nobody_knows_is_a_venue_error_with_that_code(rig: Rig) -> None:
    rig.exchange.fetch_balance()
    rig.fault(
        {"operation": "fetch_balance", "action": "code", "code": "987654", "message": "who knows",
         "status": 400, "count": 0}
    )  # fmt: skip
    error = rig.refused(rig.exchange.fetch_balance, VenueError)
    assert error.code == "987654"
    assert error.venue_message is not None
    assert "who knows" in error.venue_message


@check(11, "sim")
def codes_that_leave_it_open_leave_an_order_unknown(rig: Rig) -> None:
    codes = sorted(rig.adapter.errors.unknown)
    if not codes:
        rig.declared(f"{rig.adapter.title} has no code that leaves it open")
    rig.price("1", "buy")
    for code in codes:
        rig.fault({"operation": "create_order", "action": "code", "code": code})
        error = rig.refused(lambda: _place(rig), ExchangeError)
        assert error.outcome is Outcome.UNKNOWN, f"{code}: {error}"
