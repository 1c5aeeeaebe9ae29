"""What mkdocs calls while it builds the site: see `kitdocs`.

A page may hold ``<!-- made: NAME -->``, which is replaced by what the code says. Pages of venues,
of the files beside the README and of the examples are made whole. Links that leave ``docs/`` lead
to those pages. At the end every link of the built site is followed, and nothing may be loaded from
elsewhere. Whatever is wrong is a warning, and `make docs` makes warnings errors.
"""

from __future__ import annotations

import logging
import posixpath
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from kitdocs import checking, drawings, errors, failover, hooks, phones, public, retries, venues
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from exchangekit.plugins import installed

ROOT = Path(__file__).parents[1]
log = logging.getLogger("mkdocs.exchangekit")

COPIES = {
    "CHANGELOG.md": "project/changes.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "exchangekit/sim/README.md": "writing-a-simulated-venue.md",
    "examples/README.md": "examples/about.md",
}
"""Files of the repository that are pages of the site as they are."""
SOURCES = {
    "exchangekit/cli/demo/signal_strategy.py": "examples/signal-strategy.md",
    "exchangekit/cli/demo/signals.csv": "examples/signals.md",
    "examples/surviving_strategy.py": "examples/surviving-strategy.md",
}
"""Files of the repository that are shown as code."""

_MADE = re.compile(r"<!-- made: ([a-z ]+) -->")
_FROM_THE_ROOT = ("first screen of the readme",)
_CODE = re.compile(r"(^```.*?^```$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(?=[)\s])")


@cache
def made(name: str) -> str:
    """The part of a page that the code tells."""
    makers: dict[str, Callable[[], str]] = {
        "first screen of the readme": first_screen,
        "errors": errors.table,
        "hooks": hooks.table,
        "fence": drawings.fence,
        "floors": lambda: drawings.floors(ROOT),
        "life of a request": drawings.life,
        "retries": retries.table,
        "what moves an order on": failover.moves,
        "signs of health": failover.signs,
        "circuits": failover.circuits,
        "how long an order waits": lambda: failover.waits(installed()),
        "what works where": lambda: venues.what_works_where(installed()),
    }
    return makers[name]()


def first_screen() -> str:
    """The README up to its first section, without its title."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text.split("\n## ")[0].removeprefix("# exchangekit\n").strip()


@cache
def pages() -> dict[str, tuple[str, str]]:
    """The pages that are made whole: address -> (where its links start from, text)."""
    found = {f"venues/{name}.md": ("docs/venues", text) for name, text in _venues().items()}
    for source, page in COPIES.items():
        if (ROOT / source).exists():
            text = (ROOT / source).read_text(encoding="utf-8")
            found[page] = (posixpath.dirname(source), text)
    for source, page in SOURCES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        name = posixpath.basename(source)
        language = "python" if name.endswith(".py") else "text"
        found[page] = ("", f"# {name}\n\n```{language}\n{text}```\n")
    return found


@cache
def _venues() -> dict[str, str]:
    found = venues.pages(installed())
    for problem in installed().problems:
        log.warning("the plugin %s cannot be used: %s", problem.plugin, problem.reason)
    return found


def on_config(config: Any) -> Any:
    """The pages that exist are in the navigation, and no others."""
    there = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    there |= pages().keys()
    config.nav = _existing(config.nav, there)
    for section in config.nav:
        if "Venues" in section:
            section["Venues"] += [
                {installed().adapter(name).title: f"venues/{name}.md"}
                for name in sorted(installed().venues)
            ]
        if "Project" in section and "examples/about.md" in there:
            section["Project"].insert(0, {"Examples": "examples/about.md"})
            section["Project"][1:1] = [
                {posixpath.basename(source): page} for source, page in SOURCES.items()
            ]
    listed = set(_listed(config.nav))
    if more := sorted(there - listed):
        config.nav.append({"More": more})
    return config


def _existing(entries: list[Any], there: set[str]) -> list[Any]:
    kept = []
    for entry in entries:
        [(title, target)] = entry.items()
        if isinstance(target, list):
            target = _existing(target, there)
            if target:
                kept.append({title: target})
        elif target in there:
            kept.append(entry)
    return kept


def _listed(entries: Any) -> list[str]:
    if isinstance(entries, str):
        return [entries]
    values = entries.values() if isinstance(entries, dict) else entries
    return [page for value in values for page in _listed(value)]


def on_files(files: Files, config: Any) -> Files:
    for page, (_, text) in pages().items():
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: Any, files: Files) -> str:
    here = page.file.src_uri
    whole = pages().get(here)
    start = whole[0] if whole else posixpath.join("docs", posixpath.dirname(here))

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        text = made(name)
        return _led(text, "", here, files) if name in _FROM_THE_ROOT else text

    return _MADE.sub(fill, _led(markdown, start, here, files))


def _led(markdown: str, start: str, here: str, files: Files) -> str:
    """The text with every link, written as it is in a file of the folder `start`, as a link of
    the page `here`."""

    def lead(found: re.Match[str]) -> str:
        link, anchor = found[2], found[3] or ""
        if "://" in link or link.startswith(("mailto:", "/")):
            return found[0]
        target = posixpath.normpath(posixpath.join(start, link))
        page = COPIES.get(target) or SOURCES.get(target)
        if target == "README.md":
            page = "index.md"
        if page is None and target.startswith("docs/"):
            page = target.removeprefix("docs/")
        if page is None or files.get_file_from_path(page) is None:
            return found[0]  # mkdocs warns of it
        return f"{found[1]}{posixpath.relpath(page, posixpath.dirname(here) or '.')}{anchor}"

    parts = _CODE.split(markdown)
    parts[::2] = [_LINK.sub(lead, part) for part in parts[::2]]
    return "".join(parts)


def on_page_content(html: str, page: Page, config: Any, files: Files) -> str:
    return phones.readable(html)


def on_post_build(config: Any) -> None:
    for problem in checking.problems(Path(config.site_dir), public.names()):
        log.warning("%s", problem)
    told = Path(config.site_dir, "reference/models/index.html").read_text(encoding="utf-8")
    for name in sorted(public.fields()):
        if f">{name}<" not in told:
            log.warning("the reference of models has no field %s", name)
