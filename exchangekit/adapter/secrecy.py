"""The ways in which a secret may stand in a text that somebody else wrote: raw, percent-encoded, in
JSON or in HTML. For whoever takes secrets out of what is shown."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

from exchangekit.errors import ExchangeError


def writings(value: str) -> set[str]:
    """Every way in which `value` may be written."""
    import html  # only now: a table of thousands of letters

    trimmed = value.strip()
    made = {value, trimmed, one_line(value)}
    for one in (value, trimmed):
        safe = one.encode("utf-8", "replace").decode()
        upper = quote(safe, safe="")
        made |= {upper, _lower_hex(upper), quote(safe), quote_plus(safe)}
        quoted = json.dumps(safe)[1:-1]
        # JSON may write a slash with a backslash before it, as venues of older frameworks do.
        made |= {quoted, quoted.replace("/", "\\/"), json.dumps(safe, ensure_ascii=False)[1:-1]}
        made |= {html.escape(safe), html.escape(safe, quote=False)}
        made.add(html.escape(safe).replace("&#x27;", "&#39;"))
    return made


def one_line(text: str) -> str:
    """`text` without line breaks and control characters."""
    kept = (" " if letter.isspace() else letter for letter in text)
    return "".join(letter for letter in kept if unicodedata.category(letter)[0] != "C")


def said_by(problem: BaseException | None) -> Iterator[str]:
    """What `problem` says, and all that it came from."""
    links, seen = [problem], list[BaseException]()
    for link in links:
        if link is not None and link not in seen:
            seen.append(link)
            yield from (str(link), *map(str, link.args))
            links += [link.__cause__, link.__context__]


def hide(error: ExchangeError, mask: Callable[[str], str]) -> None:
    """Take what `mask` takes out of `error`, and what it came from where that says any of it."""
    error.reword(mask(error.message))
    error.venue_message = error.venue_message and mask(error.venue_message)
    for link in ("__cause__", "__context__"):
        if any(mask(words) != words for words in said_by(getattr(error, link))):
            setattr(error, link, None)


def _lower_hex(encoded: str) -> str:
    pieces = encoded.split("%")
    return "%".join([pieces[0], *(piece[:2].lower() + piece[2:] for piece in pieces[1:])])
