"""Cancel all after: the dead man's switch of an account, or of its orders with one tag.

The countdown begins when the request is received; the newest request counts. When it is over, all
open orders are canceled, those placed since included, and it runs no more. Its times are seconds,
unlike every other time of the venue.

Source: https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-all-after
"""

from __future__ import annotations

import re
from typing import Final

from exchangekit.sim import Context, Response
from exchangekit_okx.sim.answers import Refusal, ok, refuse
from exchangekit_okx.sim.parameters import body_object, word

SHORTEST: Final = 10
LONGEST: Final = 120
MOST_TAGS: Final = 20
_SECONDS: Final = re.compile(r"\d{1,4}", re.ASCII)
_TAG: Final = re.compile(r"[A-Za-z0-9]{1,16}", re.ASCII)


def cancel_all_after(ctx: Context) -> Response:
    item = body_object(ctx)
    seconds, tag = _seconds(_text(item, "timeOut")), _text(item, "tag")
    if tag and not _TAG.fullmatch(tag):
        raise refuse("51000", "tag")
    if seconds and tag and ctx.countdowns(but=tag) >= MOST_TAGS:
        raise refuse("51071")
    ctx.cancel_all_after(seconds * 1000 or None, tag)
    now = ctx.now // 1000
    return ok([{"triggerTime": str(now + seconds if seconds else 0), "tag": tag, "ts": str(now)}])


def _text(item: dict[str, object], name: str) -> str:
    try:
        return word(item, name)
    except Refusal as wrong:
        raise refuse("51000", name) from wrong


def _seconds(given: str) -> int:
    if not given:
        raise refuse("50014", "timeOut")
    seconds = int(given) if _SECONDS.fullmatch(given) else -1
    if seconds != 0 and not SHORTEST <= seconds <= LONGEST:
        raise refuse("51000", "timeOut")
    return seconds
