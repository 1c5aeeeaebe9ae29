"""Everything that can go wrong with a reply, on real sockets: typed, in plain words, in time.

For each trouble a read and an order: what is raised, what it says of the order, and how often the
venue was asked.
"""

from __future__ import annotations

import re
import traceback

import pytest
import support.wire_server as wire
from support.on_wire import ORDER, PATIENT, QUICK, READ, each_kind, failure
from support.toy import KEY, SECRET
from support.wire_server import Trouble, WireServer

from exchangekit import Timeouts
from exchangekit.errors import (
    BadReply,
    ConnectionLost,
    GatewayRefused,
    Outcome,
    OutcomeUnknown,
    RequestTimeout,
)

pytestmark = pytest.mark.usefixtures("toy_venue")

ENDLESS = (wire.silence, wire.drip_body, wire.drip_head)
TIME = "no answer in time|no complete answer within"


def timeouts(trouble: Trouble) -> Timeouts:
    return QUICK if trouble in ENDLESS else PATIENT


@pytest.mark.parametrize(
    ("trouble", "error", "words", "asked"),
    [
        (wire.drop, ConnectionLost, "the connection broke", 3),
        (wire.silence, RequestTimeout, TIME, 3),
        (wire.drip_body, RequestTimeout, TIME, 3),
        (wire.drip_head, RequestTimeout, TIME, 3),
        (wire.truncated, ConnectionLost, "the connection broke", 3),
        (wire.not_http, ConnectionLost, "the connection broke", 3),
        (wire.html, BadReply, "an HTML page: Just a moment", 1),
        (wire.empty, BadReply, r"\(empty\)", 1),
        (wire.not_utf8, BadReply, "not what the documentation says", 1),
        (wire.nested, BadReply, "not what the documentation says", 1),
        (wire.fifty_megabytes, BadReply, "larger than 32 MB", 1),
        (wire.zipped_zeros, BadReply, "larger than 32 MB", 1),
        (wire.broken_zip, BadReply, "compression is broken", 1),
        (wire.redirect, GatewayRefused, "redirects elsewhere, which is not followed", 1),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
@each_kind
class TestATroubleOnTheWire:
    def test_of_a_read_is_typed_in_time(
        self, kind: str, trouble: Trouble, error: type, words: str, asked: int
    ) -> None:
        with WireServer(trouble={"/ticker": trouble}) as server:
            problem = failure(kind, server.url, *READ, timeouts=timeouts(trouble))
            assert not server.outlasted
        assert type(problem) is error
        assert problem.outcome is None
        assert re.search(words, str(problem))
        assert 1 <= server.asked("/ticker") <= asked
        assert server.asked("/elsewhere") == 0

    def test_of_an_order_leaves_it_unknown_and_sent_once(
        self, kind: str, trouble: Trouble, error: type, words: str, asked: int
    ) -> None:
        with WireServer(trouble={"/order": trouble}) as server:
            problem = failure(kind, server.url, *ORDER, timeouts=timeouts(trouble))
            assert not server.outlasted
        assert type(problem) is OutcomeUnknown
        assert type(problem.__cause__) is error
        assert problem.outcome is Outcome.UNKNOWN
        assert problem.client_order_id is not None
        assert problem.fence is not None
        assert server.asked("/order") == 1
        assert server.asked("/elsewhere") == 0


@each_kind
@pytest.mark.parametrize("trouble", [wire.drop, wire.html, wire.broken_zip, wire.silence])
def test_no_key_is_shown_even_by_a_traceback_with_its_variables(
    kind: str, trouble: Trouble
) -> None:
    with WireServer(trouble={"/order": trouble}) as server:
        problem = failure(kind, server.url, *ORDER, timeouts=timeouts(trouble))
    told = traceback.TracebackException.from_exception(problem, capture_locals=True)
    shown = "".join(told.format())
    assert "<POST /order>" in shown or trouble is wire.html
    assert SECRET not in shown
    assert KEY not in shown
