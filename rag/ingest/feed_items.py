"""The items of an RSS or Atom feed, as plain text: what is markup, entity or invitation in them stays outside."""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rag.errors import UnreadableDocument
from rag.ingest.detection import text_of
from rag.ingest.fetching import FetchFailed, Reason

_ENTITIES = re.compile(r"<!\s*ENTITY", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_MOST = 2_000
_TITLE, _TEXT = 300, 4_000
_BLOCKS = ("p", "div", "li", "br", "h1", "h2", "h3", "h4", "blockquote", "tr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item. `date` is that of the day on which it was read where it gives none that can be true."""

    title: str
    text: str
    link: str
    date: dt.date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """What a feed holds; `unusable` counts items without a title, a text or a link."""

    items: tuple[Item, ...]
    unusable: int


def items_of(content: bytes, url: str, *, today: dt.date, charset: str = "") -> Items:
    """The items of a feed, the first two thousand of them. It blocks.

    Raises:
        FetchFailed: this is no feed, or one that declares entities, as no honest one does.
    """
    try:
        text = text_of(content, charset, source=url)
    except UnreadableDocument as error:
        raise _no_feed(url) from error
    if _ENTITIES.search(text):
        problem = "it declares XML entities, which could make it grow without bound"
        raise FetchFailed(url, Reason.NO_FEED, problem=problem, remedy="ask its publisher for a plain feed")
    parsed = _parsed(_DECLARATION.sub("", text), url)
    entries = parsed.get("entries", [])[:_MOST]
    source = _plain(str(parsed.get("feed", {}).get("title", "")), _TITLE) or (urlsplit(url).hostname or url)
    found = [_item(entry, source, today) for entry in entries]
    items = tuple({item.link: item for item in reversed([each for each in found if each])}.values())[::-1]
    return Items(items=items, unusable=sum(each is None for each in found))


def markdown_of(item: Item, filed: Mapping[str, object]) -> str:
    """The item as a document of the library, filed as told; what it says is quoted as data, in head and body."""
    head = {
        "title": item.title,
        "kind": filed["kind"],
        "url": item.link,
        "source": item.source,
        "date": item.date.isoformat(),
        **filed,
    }
    # JSON's strings and lists are YAML's, too.
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items() if value]
    return "\n".join(["---", *lines, "---", "", _escaped(item.text), ""])


def _no_feed(url: str) -> FetchFailed:
    return FetchFailed(url, Reason.NO_FEED, problem="it is neither RSS nor Atom", remedy="give the address of a feed")


def _parsed(text: str, url: str) -> Any:
    import feedparser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # As bytes: a text that is no feed would be taken for an address or a file.
        parsed = feedparser.parse(text.encode(), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("entries") and not parsed.get("version"):
        raise _no_feed(url)
    return parsed


def _item(entry: Any, source: str, today: dt.date) -> Item | None:
    title = _plain(str(entry.get("title", "")), _TITLE)
    contents = [str(part.get("value", "")) for part in entry.get("content", [])]
    text = max((_plain(each, _TEXT) for each in (str(entry.get("summary", "")), *contents)), key=len)
    link = str(entry.get("link", "")).strip()
    if not title or not text or not _is_link(link):
        return None
    return Item(title=title, text=text, link=link, date=_date(entry, today), source=source)


def _date(entry: Any, today: dt.date) -> dt.date:
    """The day of publishing; that of reading for a date that is missing, broken, or still to come."""
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        # Not `entry.get`, which gives one date for another.
        given = dict.get(entry, name)
        if given is None:
            continue
        try:
            day = dt.datetime.fromtimestamp(calendar.timegm(given), dt.UTC).date()
        except (ValueError, OverflowError, OSError, TypeError):
            continue
        if dt.date(1990, 1, 1) <= day <= today:
            return day
    return today


def _is_link(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(link) <= 2_000
    return usable and not re.search(r"[\s<>\"'`|\\^{}\x00-\x1f\x7f@]", link)


def _plain(html: str, most: int) -> str:
    """The words of a piece of HTML, a paragraph a line."""
    from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        soup = BeautifulSoup(html[: 20 * most], "html.parser")
    for tag in soup(["script", "style", "noscript", "template", "iframe"]):
        tag.decompose()
    for tag in soup(_BLOCKS):
        tag.append("\n")
    lines = (" ".join(line.split()) for line in soup.get_text().splitlines())
    text = "\n\n".join(line for line in lines if line) if most == _TEXT else " ".join(filter(None, lines))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _escaped(text: str) -> str:
    """Text that is no Markdown: nothing in it is a heading, a fence or a rule of a document."""
    return re.sub(r"^(\s*)([#>`~=|-]|\d+[.)])", r"\1\\\2", text, flags=re.MULTILINE)
