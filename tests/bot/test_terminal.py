"""What a person sees: rendered blocks, places, and nothing that steers the terminal."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from rich.console import Console

from bot.terminal import AnswerView, place, print_documents, printable, split_finished
from bot.texts import Text, locale_language, say
from rag.types import Document, DocumentId, DocumentKind, Language


@pytest.mark.parametrize(
    ("text", "finished", "rest"),
    [
        pytest.param("one", "", "one", id="growing"),
        pytest.param("one\n\ntwo", "one\n\n", "two", id="a paragraph is finished by a blank line"),
        pytest.param("one\n\ntwo\n \n\nthree", "one\n\ntwo\n \n\n", "three", id="the last blank line cuts"),
        pytest.param("```\na\n\nb", "", "```\na\n\nb", id="a fence is no place to cut"),
        pytest.param("```\na\n\nb\n```\n\nc", "```\na\n\nb\n```\n\n", "c", id="behind a fence"),
        pytest.param("", "", "", id="nothing"),
    ],
)
def test_finished_blocks_are_cut_off(text: str, finished: str, rest: str) -> None:
    assert split_finished(text) == (finished, rest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\x1b[31mb\x07", "a[31mb", id="escape sequences"),
        pytest.param("a\r\nb\tc", "a\nb\tc", id="line ends and tabs stay"),
        pytest.param("\u202eevil\u2066", "evil", id="reordering marks"),
        pytest.param("数据 😀", "数据 😀", id="everything readable stays"),
    ],
)
def test_text_cannot_steer_the_terminal(text: str, expected: str) -> None:
    assert printable(text) == expected


@pytest.mark.parametrize(
    ("section", "pages", "language", "expected"),
    [
        pytest.param(("Book", "1 A", "1.1 B"), (3,), Language.EN, "Book · 1 A › 1.1 B · p. 3", id="path and page"),
        pytest.param(("1 A",), (3,), Language.ZH, "Book · 1 A · 第 3 页", id="Chinese page"),
        pytest.param(("1 A",), (3, 4, 5, 17), Language.EN, "Book · 1 A · p. 3–5, 17", id="several pages"),
        pytest.param((), (), Language.EN, "Book", id="title alone"),
    ],
)
def test_place_reads_as_a_reference(
    section: tuple[str, ...], pages: tuple[int, ...], language: Language, expected: str
) -> None:
    assert place("Book", section, pages, language) == expected


def view(*deltas: str, terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=60, markup=False, highlight=False)
    with AnswerView(console, waiting="…") as shown:
        for delta in deltas:
            shown.add(delta)
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def test_pipe_gets_the_markdown_as_it_is() -> None:
    assert view("**Bold** fact.[1]", "\n\n- item", terminal=False) == "**Bold** fact.[1]\n\n- item\n\n"


def test_terminal_shows_every_block_once_it_is_finished() -> None:
    output = view("A **bold** fact.[1]\n\n- first\n", "- second", terminal=True)
    settled = output.rsplit("\x1b[?25h", maxsplit=1)[1]
    assert "first" in settled
    assert "second" in settled
    assert "**" not in output
    assert "[1]" in output


def test_terminal_keeps_line_breaks_and_writes_addresses_out() -> None:
    output = view("**Label**\nfact, see [page](https://example.org/a)\n\n", terminal=True)
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output).splitlines()]
    assert "fact, see page (https://example.org/a)" in lines


@pytest.mark.parametrize("text", list(Text))
def test_every_sentence_exists_in_both_languages(text: Text) -> None:
    counts = dict.fromkeys(("added", "updated", "removed", "failed", "documents", "page", "questions", "ahead"), 2)
    values = {**counts, "key": "w", "question": "Why?", "name": "bob"}
    assert say(text, Language.ZH, **values) != say(text, Language.EN, **values)
    assert say(text, Language.KO, **values) == say(text, Language.EN, **values)


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        pytest.param("zh_CN.UTF-8", Language.ZH, id="Chinese"),
        pytest.param("en_US.UTF-8", Language.EN, id="English"),
        pytest.param("", Language.EN, id="none"),
        pytest.param("de_DE", Language.EN, id="another"),
    ],
)
def test_locale_decides_the_first_language(locale: str, language: Language) -> None:
    assert locale_language(locale) is language


def document(
    title: str, *topics: str, kind: DocumentKind = DocumentKind.DOCUMENT, audience: str = "public"
) -> Document:
    return Document(
        id=DocumentId(title),
        kind=kind,
        language=Language.EN,
        title=title,
        source=f"{title}.md",
        topics=topics,
        date=dt.date(2025, 6, 1),
        audience=frozenset(audience.split()),
    )


def listing(*documents: Document) -> list[str]:
    console = Console(file=io.StringIO(), width=120, markup=False, highlight=False)
    print_documents(console, documents)
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue().splitlines()


def test_library_is_listed_by_kind_and_then_by_topic() -> None:
    lines = listing(
        document("Zeta", "case", "health", kind=DocumentKind.CASE),
        document("Prices", "trends", "compute", kind=DocumentKind.TREND),
        document("Runway", "finance"),
        document("Hiring", "team"),
        document("Budget", "finance"),
    )
    wanted = ("document (3)", "Budget", "Runway", "Hiring", "case (1)", "Zeta", "trend (1)", "Prices")
    places = [next(number for number, line in enumerate(lines) if word in line) for word in wanted]
    assert places == sorted(places)
    assert sum("finance" in line for line in lines) == 1
    assert any("compute" in line and "Prices" in line for line in lines)
    assert any("health" in line and "Zeta" in line and "2025-06-01" in line for line in lines)


def test_a_private_document_is_listed_with_those_who_may_read_it() -> None:
    lines = listing(document("Plan", audience="staff board"), document("Guide"))
    assert any("Plan" in line and "board, staff" in line for line in lines)
    assert not any("public" in line for line in lines)


def test_audiences_of_a_public_library_take_no_room() -> None:
    assert not any("audience" in line for line in listing(document("Guide")))
