"""Reading a curl command as the request that curl would send.

Only what shapes the request counts; options about output, connection and retries are skipped with
their arguments. Files are never opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from exchangekit.doctor.captured import Captured, Unreadable, address
from exchangekit.doctor.shell import Word, words

_DATA = ("--data", "--data-raw", "--data-ascii", "--data-binary", "--data-urlencode", "--json")
_LONG = {
    "-X": "--request", "-H": "--header", "-d": "--data", "-G": "--get", "-I": "--head",
    "-A": "--user-agent", "-F": "--form",
}  # fmt: skip
# Options with an argument that does not shape what is signed.
_NO_SHAPE = """--user-agent --user --cookie --cookie-jar --referer --output --proxy --max-time
    --connect-timeout --retry --retry-delay --retry-max-time --cacert --capath --cert --cert-type
    --key --key-type --pass --ciphers --tls-max --interface --resolve --connect-to --limit-rate
    --write-out --dump-header --max-redirs --proxy-user --noproxy --range --trace --trace-ascii
    --stderr --dns-servers --keepalive-time --unix-socket --config --proto --speed-limit
    --speed-time --oauth2-bearer --aws-sigv4
    -u -b -c -e -o -x -m -E -w -D -r -K -Y -y -z -C -U -T -Q -t -P"""
_SKIPPED = frozenset(_NO_SHAPE.split())


@dataclass(slots=True)
class _Told:
    """What the options said so far."""

    urls: list[Word] = field(default_factory=list)
    method: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    to_query: bool = False
    head: bool = False
    json: bool = False


def read_curl(text: str) -> Captured:
    """The request of a curl command. Raises Unreadable."""
    told = _options(words(text)[1:])
    if not told.urls:
        raise Unreadable("the curl command has no address: copy all of it")
    if len(told.urls) > 1:
        raise Unreadable(
            "the curl command has several addresses: quote the address (a shell cuts it at &), and"
            " paste one request at a time"
        )
    url = told.urls[0]
    found = address(url.text)
    data = "&".join(told.data)
    query, body = found.query, data
    if told.to_query:
        query, body = "&".join(part for part in (found.query, data) if part), ""
    headers = list(told.headers)
    if told.data and not told.to_query and not _has(headers, "content-type"):
        kind = "application/json" if told.json else "application/x-www-form-urlencoded"
        headers.append(("Content-Type", kind))
    method = told.method or ("HEAD" if told.head else "POST" if body else "GET")
    return Captured(
        form="curl command",
        method=method,
        scheme=found.scheme,
        host=found.host,
        path=found.path,
        query=query,
        headers=tuple(headers),
        body=body,
        fragment=found.fragment,
        unquoted=url.bare and "&" in url.text,
    )


def _has(headers: list[tuple[str, str]], name: str) -> bool:
    return any(given.strip().lower() == name for given, _ in headers)


def _options(given: list[Word]) -> _Told:
    told = _Told()
    left = iter(given)
    for word in left:
        text = word.text
        if not text.startswith("-") or text == "-":
            told.urls.append(word)
        elif text.startswith("--"):
            _one(told, text, None, left)
        else:
            _short(told, text, left)
    return told


def _short(told: _Told, text: str, left: Iterator[Word]) -> None:
    """One-letter options: several may stand together, and an argument may stick to the last."""
    for at in range(1, len(text)):
        name = "-" + text[at]
        stuck = text[at + 1 :]
        if _takes_argument(name):
            _one(told, name, stuck or None, left)
            return
        _one(told, name, None, left)


def _takes_argument(name: str) -> bool:
    name = _LONG.get(name, name)
    return name in _SKIPPED or name in _DATA or name in ("--request", "--header", "--url", "--form")


def _one(told: _Told, name: str, stuck: str | None, left: Iterator[Word]) -> None:
    name = _LONG.get(name, name)
    if name == "--get":
        told.to_query = True
    elif name == "--head":
        told.head = True
    if not _takes_argument(name):
        return
    word = Word(stuck, bare=True) if stuck is not None else next(left, None)
    if word is None:
        raise Unreadable(f"the curl command ends after {name}: copy all of it")
    if name == "--url":
        told.urls.append(word)
    elif name == "--request":
        told.method = word.text
    elif name == "--header":
        key, colon, value = word.text.partition(":")
        if colon:
            told.headers.append((key, value))
    elif name == "--form":
        raise Unreadable("the curl command sends a form of parts (-F): no venue signs such forms")
    elif name in _DATA:
        told.json = told.json or name == "--json"
        told.data.append(_data(name, word.text))


def _data(name: str, text: str) -> str:
    if name == "--data-urlencode":
        key, equals, value = text.partition("=")
        if not equals:
            key, value = "", text
            if "@" in text:
                raise _file()
        # curl writes spaces of --data-urlencode as +.
        encoded = quote(value, safe="-._~", errors="replace").replace("%20", "+")
        return f"{key}={encoded}" if key else encoded
    if text.startswith("@") and name != "--data-raw":
        raise _file()
    return text


def _file() -> Unreadable:
    return Unreadable(
        "the curl command takes its body from a file (@…), which is not opened here: put the body"
        " into the command with --data-raw"
    )
