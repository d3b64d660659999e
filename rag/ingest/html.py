"""Reads saved web pages: the article without the page's furniture, as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.errors import UnreadableDocument
from rag.ingest.blocks import ParsedFile
from rag.ingest.decode import decode_text
from rag.ingest.frontmatter import FrontMatter
from rag.ingest.markdown import parse_markdown, plain_title

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_FURNITURE = (
    "script", "style", "noscript", "template", "svg", "iframe", "nav", "footer", "aside", "form", "button", "dialog",
)  # fmt: skip
_HIDDEN = "[hidden], [aria-hidden=true], [role=navigation], [role=banner], [role=contentinfo], [role=search]"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HEAD_BYTES = 4096
_MAIN_SHARE = 0.25
"""Least share of the page's text that the element said to be the main one must hold to be believed."""


def read_html(data: bytes, source: str) -> ParsedFile:
    """Reads an HTML file. Raises UnreadableDocument."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(_decode(data, source), "html.parser")
    title = _title(soup)
    address = _address(soup)
    body = _article(soup)
    text = _to_markdown(body)
    if not text:
        problem = "the page holds no text of its own"
        raise UnreadableDocument(source, problem=problem, remedy="save the page after it has been loaded fully")
    return ParsedFile(text=text, blocks=parse_markdown(text), title=title, front_matter=FrontMatter(url=address))


def _decode(data: bytes, source: str) -> str:
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    if declared and b"\x00" not in data:
        encoding = declared[1].decode("ascii").lower()
        try:
            return data.decode("gb18030" if encoding in {"gb2312", "gbk"} else encoding)
        except (UnicodeDecodeError, LookupError):
            pass  # the page is wrong about itself: decide by its bytes
    return decode_text(data, source=source)


def _title(soup: BeautifulSoup) -> str | None:
    """The page's only main heading, else its title, which often carries the site's name as well."""
    headings = [plain_title(heading.get_text(" ", strip=True)) for heading in soup.find_all("h1")]
    if len(headings) == 1 and headings[0]:
        return headings[0]
    named = soup.find("title")
    return (plain_title(named.get_text(" ", strip=True)) if named else "") or next(filter(None, headings), None)


def _address(soup: BeautifulSoup) -> str | None:
    link = soup.select_one("link[rel=canonical][href]")
    return str(link["href"]) if link else None


def _article(soup: BeautifulSoup) -> Tag:
    for tag in soup.find_all(_FURNITURE):
        tag.decompose()
    for tag in soup.select(_HIDDEN):
        if not tag.decomposed:
            tag.decompose()
    for header in soup.find_all("header"):
        _keep_headings(header)
    page = soup.body or soup
    articles = soup.find_all("article")
    article = soup.find("main") or soup.select_one("[role=main]") or (articles[0] if len(articles) == 1 else None)
    return article if article and len(article.get_text()) >= _MAIN_SHARE * len(page.get_text()) else page


def _keep_headings(header: Tag) -> None:
    """An article's header holds its title; the header of a page is left out whole."""
    inside = header.find_parent(("article", "main")) is not None
    headings = header.find_all(_HEADINGS) if inside else header.find_all("h1")
    for heading in headings:
        header.insert_before(heading.extract())
    header.decompose()


def _to_markdown(body: Tag) -> str:
    from markdownify import ATX, markdownify

    for image in body.find_all("img"):
        image.decompose()
    for link in body.find_all("a"):
        if not re.match(r"https?://", str(link.get("href", "")), re.IGNORECASE):
            link.unwrap()
    text = markdownify(
        str(body), heading_style=ATX, bullets="-", escape_asterisks=False, escape_underscores=False, escape_misc=False
    )
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", str(text).replace("\xa0", " ")).strip()
