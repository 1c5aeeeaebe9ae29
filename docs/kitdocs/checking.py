"""Follows every link of the built site, looks for anything that is loaded from elsewhere, and for
public names that the reference does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "use": "href"}
_LOADING = ("stylesheet", "preload", "preconnect", "dns-prefetch", "icon", "modulepreload")
_HOME = "http://site/"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "id" in said:
            self.anchors.add(said["id"])
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if tag in _LOADED and said.get(_LOADED[tag]):
            self.loaded.append(said[_LOADED[tag]])
        if tag == "link" and said.get("rel") in _LOADING:
            self.loaded.append(said.get("href", ""))


def problems(site: Path, names: Iterable[str] = ()) -> Iterator[str]:
    """What is wrong with the site in this folder, one sentence each. `names` are what the
    reference must have, as ``exchangekit.errors.BadReply``."""
    read: dict[str, _Reader] = {}
    for page in sorted(site.rglob("*.html")):
        reader = _Reader()
        reader.feed(page.read_text(encoding="utf-8"))
        read[page.relative_to(site).as_posix()] = reader
    if not read:
        yield f"{site} holds no page"
    for name, reader in read.items():
        for address in reader.loaded:
            if urlsplit(address).netloc or address.startswith("//"):
                yield f"{name} loads {address} from elsewhere"
        if name == "404.html":
            continue  # it is shown at any address, so its links start from the root
        for link in reader.links:
            wrong = _wrong(link, name, site, read)
            if wrong:
                yield f"{name} links to {link}: {wrong}"
    anchors = {anchor for reader in read.values() for anchor in reader.anchors}
    for one in names:
        if one not in anchors:
            yield f"the reference has no {one}"
    for style in sorted(site.rglob("*.css")):
        text = style.read_text(encoding="utf-8")
        if "url(http" in text or "url(//" in text or "@import" in text:
            yield f"{style.relative_to(site)} loads something from elsewhere"


def _wrong(link: str, name: str, site: Path, read: dict[str, _Reader]) -> str | None:
    whole = urlsplit(urljoin(_HOME + name, link))
    if f"{whole.scheme}://{whole.netloc}/" != _HOME:
        return None
    path = unquote(whole.path).lstrip("/")
    if not path or path.endswith("/"):
        path += "index.html"
    if path not in read:
        return None if (site / path).is_file() else "there is no such page"
    anchor = unquote(whole.fragment)
    if anchor and anchor not in read[path].anchors and not anchor.startswith("__"):
        return "there is no such place on that page"
    return None
