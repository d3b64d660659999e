"""What a person sees in the terminal: streamed answers, sources, documents, passages and reports of index runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text as Styled

from bot.texts import Text, say
from rag.pages import format_pages, passage_pages
from rag.types import PUBLIC, Citation, Document, DocumentKind, Language, Retrieval

if TYPE_CHECKING:
    from rich.markdown import Markdown

    from bot.index_effects import GapEffects
    from rag.ingest.guard import Fall
    from rag.ingest.index import IndexReport

_PIPE_WIDTH = 160
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FENCE = re.compile(r"^ {0,3}(```|~~~)", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n[ \t]*\n+")
_EXCERPT = 240
_LISTED = 20


def open_console(*, stderr: bool = False) -> Console:
    """A console that prints the library's words as they are: no markup, no emoji codes, no guessed colours."""
    console = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        # Nobody sees the edge of a pipe, and a table cut at 80 columns is of no use behind it.
        console.width = _PIPE_WIDTH
    return console


def printable(text: str) -> str:
    """A text that cannot steer the terminal: control characters other than tab and line feed are taken out."""
    return _CONTROL.sub("", text.replace("\r\n", "\n"))


def split_finished(text: str) -> tuple[str, str]:
    """Cuts Markdown after its last finished block, a blank line outside code fences; the rest may still grow."""
    cut = 0
    for blank in _BLANK_LINES.finditer(text):
        if len(_FENCE.findall(text, 0, blank.start())) % 2 == 0:
            cut = blank.end()
    return text[:cut], text[cut:]


class AnswerView:
    """Shows an answer while it is being written: rendered Markdown in a terminal, the Markdown itself in a pipe.

    Finished blocks are printed for good and only the growing one is redrawn, so a long answer scrolls like any text.
    """

    def __init__(self, console: Console, *, waiting: str) -> None:
        self._console = console
        self._waiting = waiting
        self._growing = ""
        self._live: Live | None = None

    def __enter__(self) -> AnswerView:
        if self._console.is_terminal:
            self._live = Live(
                Styled(self._waiting, style="dim"), console=self._console, auto_refresh=False, transient=True
            )
            self._live.start(refresh=True)
        return self

    def wait(self, waiting: str) -> None:
        """Says what is waited for, as long as there is no text."""
        if self._live is not None and not self._growing:
            self._live.update(Styled(waiting, style="dim"), refresh=True)

    def add(self, delta: str) -> None:
        """Appends text to the answer."""
        delta = printable(delta)
        if self._live is None:
            self._console.file.write(delta)
            self._console.file.flush()
            self._growing = delta or self._growing
            return
        finished, self._growing = split_finished(self._growing + delta)
        self._live.update(_rendered(self._growing), refresh=not finished)
        if finished:
            self._print(finished)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._print(self._growing)
        elif self._growing:
            self._console.file.write("\n" if self._growing.endswith("\n") else "\n\n")

    def _print(self, block: str) -> None:
        if block.strip():
            self._console.print(_rendered(block))
            self._console.print()


def print_markdown(console: Console, text: str) -> None:
    """A finished text: rendered in a terminal, as it is in a pipe."""
    if not console.is_terminal:
        console.file.write(f"{printable(text)}\n\n")
        console.file.flush()
        return
    console.print(_rendered(printable(text)))
    console.print()


def _rendered(markdown: str) -> Markdown:
    from rich.markdown import Markdown

    # A line break of an answer is meant, as in a chat; and a terminal that cannot follow links would hide addresses.
    return Markdown(markdown.replace("\n", "  \n"), hyperlinks=False)


def place(title: str, section: Sequence[str], pages: Sequence[int], language: Language) -> str:
    """Where a passage stands: title · section › section · p. N; a section that only repeats the title is left out."""
    path = " › ".join(heading for heading in section if heading != title)
    parts = [title, path, say(Text.PAGE, language, page=format_pages(pages)) if pages else ""]
    return printable(" · ".join(part for part in parts if part))


def print_citations(console: Console, citations: Iterable[Citation], language: Language) -> None:
    """The numbered list of sources under an answer; nothing for an answer without any."""
    cited = sorted(citations, key=lambda citation: citation.number)
    if cited:
        console.print(say(Text.SOURCES, language), style="bold")
    for citation in cited:
        where = place(citation.document.title, citation.section, citation.pages, language)
        link = f" · {printable(citation.document.url)}" if citation.document.url else ""
        console.print(f"{citation.number}. {where}{link}", soft_wrap=True)
        console.print(f"   {printable(citation.document.source)}", style="dim", soft_wrap=True)


def print_passages(console: Console, retrieval: Retrieval) -> None:
    """The passages of a search, best first, each with the beginning of its text."""
    verdict = "answerable" if retrieval.answerable else "not answerable from the library"
    console.print(f"confidence {retrieval.confidence:.2f}, {verdict}", style="dim")
    for passage in retrieval.passages:
        document, language = passage.document, retrieval.language
        console.print()
        console.print(
            f"{passage.rank}. {place(document.title, passage.chunk.section, passage_pages(passage), language)}",
            style="bold",
        )
        console.print(f"   {printable(document.source)} · {passage.score:.3f}", style="dim")
        text = " ".join(printable(passage.chunk.text).split())
        console.print(f"   {text[:_EXCERPT]}{' …' if len(text) > _EXCERPT else ''}")


def print_documents(console: Console, documents: Iterable[Document]) -> None:
    """The library as one table for each kind, parted by topic; a column names the audience where one is limited."""
    for kind, group in groupby(sorted(documents, key=_place_in_library), key=lambda document: document.kind):
        members = list(group)
        guarded = any(document.audience != {PUBLIC} for document in members)
        table = Table(title=f"{kind.value} ({len(members)})", title_justify="left", expand=False)
        for column in ("topic", "title", "language", "date", *(["audience"] if guarded else []), "source"):
            table.add_column(column, overflow="fold")
        for topic, parted in groupby(members, key=_main_topic):
            table.add_section()
            for number, document in enumerate(parted):
                table.add_row("" if number else printable(topic), *_document_cells(document, guarded=guarded))
        console.print(table)


def _place_in_library(document: Document) -> tuple[int, str, str, str]:
    """Kinds in the order of their type, topics by name, and translations beside each other."""
    kinds = list(DocumentKind)
    text = document.translation_of or document.title
    return kinds.index(document.kind), _main_topic(document), text, document.language.value


def _main_topic(document: Document) -> str:
    """The first topic that says more than the kind does: not `trends` for a trend."""
    return next((topic for topic in document.topics if topic.removesuffix("s") != document.kind.value), "")


def _document_cells(document: Document, *, guarded: bool) -> list[str]:
    date = document.date.isoformat() if document.date else ""
    audience = "" if document.audience == {PUBLIC} else ", ".join(sorted(document.audience))
    cells = [document.title, document.language.value, date, *([audience] if guarded else []), document.source]
    return [printable(cell) for cell in cells]


def print_index_report(console: Console, report: IndexReport) -> None:
    """What an index run did: counts, the documents it touched, and for each failed file the problem and its remedy."""
    changes = {"added": report.added, "updated": report.updated, "removed": report.removed}
    counts = [f"{name} {len(sources)}" for name, sources in changes.items()]
    console.print(", ".join([*counts, f"unchanged {report.unchanged}", f"failed {len(report.failed)}"]))
    for name, sources in changes.items():
        for source in sources[:_LISTED]:
            console.print(f"  {name} {printable(source)}", style="dim", soft_wrap=True)
        if len(sources) > _LISTED:
            console.print(f"  … and {len(sources) - _LISTED} more {name}", style="dim")
    for failed in report.failed:
        told = f"{failed.source} — {failed.problem} — {failed.remedy}"
        console.print(printable(f"  failed {told}"), style="red", soft_wrap=True)
    for warned in report.warned:
        told = f"{warned.source} — {warned.problem} — {warned.remedy}"
        console.print(printable(f"  warning {told}"), style="yellow", soft_wrap=True)
    if report.fall is not None:
        _print_fall(console, report.fall)


def print_gap_effects(console: Console, effects: GapEffects | None) -> None:
    """What a run did to what people could not find; nothing where nothing is open."""
    if effects is None or not effects.open:
        return
    console.print(f"open gaps that would be answered by now: {len(effects.answered)} of {effects.open}")
    for each in effects.answered[:_LISTED]:
        question = " ".join(each.question.split())
        console.print(printable(f"  {each.number}. {question}"), style="dim", soft_wrap=True)
    if effects.answered:
        console.print("  close one: advisor admin gaps close NUMBER", style="dim")


def _print_fall(console: Console, fall: Fall) -> None:
    """What became of labelled questions, and whether the run is held back for it."""
    figures = f"labelled questions found among five passages fell from {fall.before:.3f} to {fall.after:.3f}"
    held = f"nothing of this run ({fall.changed} changed) was put to use; 'advisor index --force' does it all the same"
    console.print(
        f"{figures} (at most {fall.margin:.3f} is allowed); {held if fall.held else 'put to use'}", style="red"
    )
    for title, names in (("not found any more", fall.lost), ("in the way, or changed", fall.causes)):
        for name in names[:_LISTED]:
            console.print(printable(f"  {title}: {name}"), style="red", soft_wrap=True)
