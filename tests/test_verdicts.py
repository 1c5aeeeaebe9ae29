"""What a reply says of each order by itself, under its envelope or of a batch."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchangekit import adapter as kit
from exchangekit.adapter import Reply, Request, VenueCode, named, parse
from exchangekit.errors import BadReply
from exchangekit.models import CancelReport, Market

AB = Market(symbol="A/B", id="AB", base="A", quote="B")
IN_ROWS = kit.Verdicts(
    "data.rows", code="why", message="words", sub_code="finer", id="id", client_order_id="name",
    under="0 1", places="/order", unplaced="1",
)  # fmt: skip
BESIDE = kit.Verdicts("more.list", code="done", message="words", success="true 7")
ENVELOPE = kit.Envelope("code", "msg", verdicts=IN_ROWS)
PLACING, READING = Request(method="POST", path="/order"), Request(method="GET", path="/order/x")
BATCH = Request(method="POST", path="/order", many=True)

order = parse.order_reader(parse.Words(sides={}, types={}, statuses={}))


def reply(told: Any) -> Reply:
    return Reply(200, {}, told if isinstance(told, bytes) else json.dumps(told).encode())


def under(code: Any, *rows: Any, asked: Request = READING, msg: str = "on top") -> Any:
    return ENVELOPE.error_in(reply({"code": code, "msg": msg, "data": {"rows": rows}}), asked)


def test_a_row_that_failed_is_the_error_of_a_reply_that_calls_itself_a_success() -> None:
    assert under(0, {"why": 5, "words": "no", "id": 9}) == VenueCode("5", "no", False, "9")
    assert under("1", {"why": "0"}, {"why": "5", "name": "n"}) == VenueCode(
        "5", "on top", False, None, "n"
    )
    assert under("0", {"why": "5", "words": "no", "finer": 3}) == VenueCode("5", "no (sub-code 3)")


def test_a_row_without_a_code_says_nothing_and_one_whose_code_is_null_is_no_success() -> None:
    assert under(0, {"id": "why"}, {"why": "0"}) is None
    assert under(0, {"why": None}) == VenueCode("", "on top")


@pytest.mark.parametrize(
    ("code", "rows"), [("1", [{"why": "0"}]), ("1", []), ("1", [7]), ("9", [{"why": "5"}])]
)
def test_where_no_row_failed_or_the_code_is_not_theirs_the_envelope_answers(
    code: str, rows: list[Any]
) -> None:
    assert under(code, *rows) == VenueCode(code, "on top")
    assert under("0", *(row for row in rows if code == "1")) is None


def test_the_rows_of_a_batch_are_its_parsers_business() -> None:
    rows = {"why": "5"}, {"why": "0"}
    assert under("1", *rows, asked=BATCH) is None
    assert under("9", *rows, asked=BATCH) == VenueCode("9", "on top")
    assert under("1", asked=BATCH) == VenueCode("1", "on top")


@pytest.mark.parametrize(
    ("code", "asked", "id", "refused"),
    [
        ("1", PLACING, "", True),
        ("0", PLACING, "", False),
        ("1", READING, "", False),
        ("1", PLACING, "9", False),
        ("1", PLACING, None, False),
    ],
)
def test_only_the_documented_shape_of_a_failed_order_proves_that_there_is_none(
    code: str, asked: Request, id: str | None, refused: bool
) -> None:
    told = under(code, {"why": "5", "words": "no", "id": id}, asked=asked)
    assert (told.code, told.refused) == ("5", refused)


@named("id", symbol="s")
class Canceled(kit.OrderRow):
    symbol: str = ""


def report(ids: tuple[str, ...], verdicts: kit.Verdicts, told: Any, *path: str) -> CancelReport:
    return kit.parse_each_canceled(Canceled, order, AB, ids, verdicts, *path)(reply(told))


ROWS = ("data", "rows")


@given(st.lists(st.sampled_from([0, "0", 1, "51", None, True, "", 0.5]), max_size=8), st.booleans())
def test_each_order_of_a_batch_is_canceled_or_not_once_and_never_on_doubt(
    codes: list[Any], named_: bool
) -> None:
    told = {str(at): code for at, code in enumerate(codes)}
    rows = [{"id": name if named_ else "", "why": code} for name, code in told.items()]
    made = report(tuple(told), IN_ROWS, {"data": {"rows": rows}}, *ROWS)
    done = [name for name, code in told.items() if str(code) == "0"]
    assert [one.id for one in made.canceled] == done
    assert [one.order_id for one in made.failed] == [name for name in told if name not in done]


def test_verdicts_may_stand_at_the_same_places_of_another_list() -> None:
    told = {
        "list": [{"id": "1", "s": "AB"}, {"id": "2", "s": "AB"}, {"id": "3", "s": "AB"}],
        "more": {"list": [{"done": True}, {"done": False, "words": "gone"}, {"done": 7}]},
    }
    made = report(("1", "2", "3"), BESIDE, told, "list")
    assert [one.id for one in made.canceled] == ["1", "3"]
    assert [one.raw["id"] for one in made.canceled] == ["1", "3"]
    assert [(one.order_id, one.reason) for one in made.failed] == [("2", "gone (code false)")]


def test_an_answer_without_a_verdict_is_no_cancellation() -> None:
    made = report(("1",), IN_ROWS, {"data": {"rows": [{"id": "1"}]}}, *ROWS)
    assert (made.canceled, made.failed[0].order_id) == ((), "1")


@pytest.mark.parametrize(
    "told",
    [
        {"list": [{"id": "1"}], "more": {"list": [{"done": True}]}},
        {"list": [{"id": "1"}, {"id": "2"}], "more": {"list": [{"done": True}]}},
        {"list": [{"id": "1"}] * 3, "more": {"list": [{"done": True}] * 3}},
        {"list": [{"id": "1"}, {"id": "2", "s": "CD"}], "more": {"list": [{"done": True}] * 2}},
        {"list": [{"id": "1"}, {"id": "2"}]},
    ],
)
def test_a_reply_that_is_not_about_each_order_once_is_not_believed(told: Any) -> None:
    with pytest.raises(BadReply):
        report(("1", "2"), BESIDE, told, "list")


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        (("a..b", {}), "is no path"),
        (("a[b=c].d", {}), "expected a path and names"),
        (("data", {"success": ""}), "expected a path and names"),
        (("data", {"code": ""}), "expected a path and names"),
        (("data", {"places": "/order"}), "told together"),
        (("data", {"places": "/order", "unplaced": "1"}), "told together"),
    ],
)
def test_verdicts_that_cannot_work_are_refused(
    declared: tuple[str, dict[str, str]], why: str
) -> None:
    at, names = declared
    with pytest.raises(TypeError, match=why):
        kit.Verdicts(at, **{"code": "c", "message": "m", **names})
