"""Reads Markdown: finds the blocks of a text by a CommonMark parser, so that a `#` in a listing is never a heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.ingest.blocks import Block, BlockKind, ParsedFile, text_width
from rag.ingest.decode import decode_text
from rag.ingest.frontmatter import split_front_matter

_KINDS = {
    "heading_open": BlockKind.HEADING,
    "paragraph_open": BlockKind.PARAGRAPH,
    "bullet_list_open": BlockKind.LIST,
    "ordered_list_open": BlockKind.LIST,
    "blockquote_open": BlockKind.PARAGRAPH,
    "table_open": BlockKind.TABLE,
    "fence": BlockKind.CODE,
    "code_block": BlockKind.CODE,
    "html_block": BlockKind.PARAGRAPH,
    "hr": BlockKind.BREAK,
}
_DIAGRAM_LANGUAGES = frozenset(
    {"mermaid", "plantuml", "puml", "dot", "graphviz", "flow", "flowchart", "sequence", "gantt"}
)
_DRAWING = re.compile(r"[─-╿▀-◿←-⇿+|/\\<>=_^~*-]")
_DRAWING_SHARE = 0.4
_EMBEDDED_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*<?data:[^)]*\)|<img\b[^>]*\bsrc=[\"']data:[^>]*>", re.IGNORECASE)
_BARE_IMAGES = re.compile(
    r"(?:!\[\]\s*(?:\([^)]*\)|\[[^\]]*\])\s*)+|(?:<!--(?:(?!-->).)*-->\s*)+|(?:</?[a-z][^>]*>\s*)+", re.DOTALL
)
_UNSPACED_HEADING = re.compile(r"(#{2,6})([^\s#].*?)\s*#*")
_LONGEST_UNDERLINED_HEADING = 40


def read_markdown(data: bytes, source: str) -> ParsedFile:
    """Reads a Markdown file with its front matter. Raises UnreadableDocument."""
    front_matter, body = split_front_matter(decode_text(data, source=source), source)
    return ParsedFile(text=body, blocks=parse_markdown(body), front_matter=front_matter)


def parse_markdown(text: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text in reading order."""
    lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    tokens = _parser().parse(text)
    return tuple(block for index, token in enumerate(tokens) for block in _blocks_at(text, lines, tokens, index, token))


def plain_title(markup: str) -> str:
    """The words of a heading without emphasis, links, code marks, tags, and brackets around the whole title."""
    inline = _inline_parser().parseInline(markup)[0].children or []
    words = "".join(_words(token) for token in inline)
    words = re.sub(r"\s+", " ", words).strip().rstrip(":：").strip(" *")
    wrapped = re.fullmatch(r"《([^《》]+)》", words)
    return wrapped[1].strip() if wrapped else words


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])  # inline parsing of whole books would be paid for nothing
    return parser


@lru_cache(maxsize=1)
def _inline_parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("strikethrough")


def _words(token: Token) -> str:
    if token.type == "image":
        return "".join(_words(child) for child in token.children or [])
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return "" if token.type == "html_inline" else token.content


def _blocks_at(text: str, lines: Sequence[int], tokens: Sequence[Token], index: int, token: Token) -> Iterator[Block]:
    kind = _KINDS.get(token.type)
    if token.level or kind is None or token.map is None:
        return
    start, end = _trimmed(text, lines[token.map[0]], lines[token.map[1]])
    if kind is BlockKind.HEADING:
        yield from _heading(tokens, index, start, end)
    elif kind is BlockKind.CODE and _is_diagram(token):
        yield Block(kind=BlockKind.BREAK, start=start, end=end)
    elif kind is BlockKind.PARAGRAPH and token.type != "blockquote_open":
        yield from _paragraphs(text, start, end)
    else:
        yield Block(kind=kind, start=start, end=end, cuts=_cuts(text, lines, tokens, index, kind))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    body = text[start:end]
    return start + len(body) - len(body.lstrip()), start + len(body.rstrip())


def _heading(tokens: Sequence[Token], index: int, start: int, end: int) -> Iterator[Block]:
    token, content = tokens[index], tokens[index + 1].content
    if token.markup in {"-", "="} and _is_prose(content):
        prose_end = start + len(content)
        yield Block(kind=BlockKind.PARAGRAPH, start=start, end=prose_end)
        yield Block(kind=BlockKind.BREAK, start=prose_end, end=end)
    else:
        yield Block(kind=BlockKind.HEADING, start=start, end=end, level=int(token.tag[1]), title=plain_title(content))


def _is_prose(content: str) -> bool:
    """Whether a text above a line of dashes, a heading to CommonMark, was meant as a paragraph above a rule."""
    wide = text_width(content) > _LONGEST_UNDERLINED_HEADING
    return wide or "\n" in content or bool(re.search(r"[。.；;，,]$", content))


def _is_diagram(token: Token) -> bool:
    language = token.info.split(maxsplit=1)[0].strip("{}.").lower() if token.info.strip() else ""
    if language in _DIAGRAM_LANGUAGES:
        return True
    ink = "".join(token.content.split())
    boxes = len(re.findall(r"[─-╿▀-◿]|[+][-=]{2,}|[-=]{2,}>", token.content))
    return (
        language in {"", "text", "txt", "ascii"}
        and boxes >= 3
        and len(_DRAWING.findall(ink)) > _DRAWING_SHARE * len(ink)
    )


def _paragraphs(text: str, start: int, end: int) -> Iterator[Block]:
    """The paragraph's text around images that are spelled out in it; a heading whose mark lacks its space is one."""
    unspaced = _UNSPACED_HEADING.fullmatch(text, start, end)
    if unspaced:
        yield Block(
            kind=BlockKind.HEADING, start=start, end=end, level=len(unspaced[1]), title=plain_title(unspaced[2])
        )
        return
    for image in _EMBEDDED_IMAGE.finditer(text, start, end):
        yield from _prose(text, start, image.start())
        yield Block(kind=BlockKind.BREAK, start=image.start(), end=image.end())
        start = image.end()
    yield from _prose(text, start, end)


def _prose(text: str, start: int, end: int) -> Iterator[Block]:
    start, end = _trimmed(text, start, end)
    if start < end:
        bare = _BARE_IMAGES.fullmatch(text, start, end)
        yield Block(kind=BlockKind.BREAK if bare else BlockKind.PARAGRAPH, start=start, end=end)


def _cuts(text: str, lines: Sequence[int], tokens: Sequence[Token], index: int, kind: BlockKind) -> tuple[int, ...]:
    token = tokens[index]
    if token.map is None or kind is BlockKind.BREAK:
        return ()
    first, last = token.map
    if kind is BlockKind.CODE:
        return tuple(lines[n] for n in range(first + 1, last) if not text[lines[n - 1] : lines[n]].strip())
    inner = _descendants(tokens, index)
    starts = (
        {t.map[0] for t in inner if t.map and t.level == 1 and t.nesting >= 0} if kind is not BlockKind.TABLE else set()
    )
    if kind is BlockKind.TABLE:
        starts = set(range(first + 3, last))
    return tuple(lines[n] for n in sorted(starts) if n > first)


def _descendants(tokens: Sequence[Token], index: int) -> Iterator[Token]:
    for token in tokens[index + 1 :]:
        if token.level == 0:
            return
        yield token
