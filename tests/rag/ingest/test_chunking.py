"""Chunks: verbatim, within the limit, cut where a reader would cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest.blocks import ParsedFile, text_width
from rag.ingest.chunking import chunk_file
from rag.ingest.load import LoadedDocument
from rag.ingest.markdown import parse_markdown
from rag.types import Chunk, PageMark

Read = Callable[..., LoadedDocument]


def chunks_of(text: str, *, limit: int = 100) -> tuple[Chunk, ...]:
    return chunk_file(ParsedFile(text=text, blocks=parse_markdown(text)), limit=limit)


def texts_of(text: str, *, limit: int = 100) -> list[str]:
    return [chunk.text for chunk in chunks_of(text, limit=limit)]


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abcd", 2), ("融资", 2), ("融资 A", 3), ("，。", 2), ("한글", 2), ("ｶﾅ", 1)],
    ids=["empty", "Latin", "Chinese", "mixed", "Chinese punctuation", "Hangul", "half-width kana"],
)
def test_a_chinese_character_is_as_wide_as_two_latin_letters(text: str, width: float) -> None:
    assert text_width(text) == width


def test_small_paragraphs_of_one_section_are_joined() -> None:
    assert texts_of("# T\n\nOne.\n\nTwo.\n\nThree.") == ["One.\n\nTwo.\n\nThree."]


def test_chunks_never_reach_across_headings() -> None:
    assert texts_of("# T\n\nOne.\n\n## A\n\nTwo.\n\n## B\n\nThree.") == ["One.", "Two.", "Three."]


def test_a_section_too_long_for_one_chunk_is_cut_into_parts_of_like_size() -> None:
    paragraph = "词" * 39 + "。"
    widths = [text_width(text) for text in texts_of("# T\n\n" + "\n\n".join([paragraph] * 6))]
    assert sum(widths) >= 240
    assert max(widths) <= 100
    assert min(widths) > 60


def test_a_list_stays_whole_with_the_paragraph_that_introduces_it() -> None:
    items = "\n".join(f"- Item {n} of the checklist" for n in range(5))
    before = "A paragraph about something else. " * 4
    assert texts_of(f"# T\n\n{before.strip()}\n\nCheck this:\n\n{items}") == [before.strip(), f"Check this:\n\n{items}"]


def test_a_list_that_is_too_long_is_cut_between_items_and_its_introduction_stays_with_the_first() -> None:
    items = [f"- 第{n}条：{'说明文字' * 6}" for n in range(1, 9)]
    texts = texts_of("# T\n\n要点如下：\n\n" + "\n".join(items))
    assert len(texts) > 1
    assert texts[0].startswith("要点如下：\n\n- 第1条")
    assert [line for text in texts for line in text.splitlines() if line.startswith("- ")] == items


def test_each_part_of_a_table_that_is_too_long_has_its_head_and_whole_rows() -> None:
    head = "| name | value |\n|---|---|\n"
    rows = [f"| row {n} | {'value ' * 5}|" for n in range(12)]
    texts = texts_of("# T\n\nThe values:\n\n" + head + "\n".join(rows) + "\n\nThat was all.")
    assert len(texts) > 2
    assert texts[0].startswith(f"The values:\n\n{head}| row 0 ")
    assert all(text.startswith(head) for text in texts[1:])
    assert texts[-1].endswith("|\n\nThat was all.")
    assert max(map(text_width, texts)) <= 100
    assert [line for text in texts for line in text.splitlines() if line.startswith("| row")] == rows


def test_a_table_head_that_would_fill_a_chunk_is_not_repeated() -> None:
    head = f"| {'name ' * 20}| value |\n|---|---|\n"
    rows = [f"| row {n} | {'value ' * 5}|" for n in range(12)]
    texts = texts_of("# T\n\n" + head + "\n".join(rows))
    assert [line for text in texts for line in text.splitlines()] == [*head.splitlines(), *rows]


def test_pages_of_a_part_of_a_table_are_counted_behind_its_head() -> None:
    head, rows = "| name | value |\n|---|---|\n", [f"| row {n:02} | {'value ' * 5}|" for n in range(12)]
    text = head + "\n".join(rows)
    marks = tuple(PageMark(offset=text.index(f"| row {n:02}"), page=n + 1) for n in range(12))
    for chunk in chunk_file(ParsedFile(text=text, blocks=parse_markdown(text), pages=marks), limit=100)[1:]:
        for mark in chunk.page_marks[1:]:
            assert chunk.text[mark.offset :].startswith(f"| row {mark.page - 1:02}")


def test_code_is_cut_at_blank_lines() -> None:
    functions = [f"def f{n}():\n    return '{'x' * 50}'" for n in range(4)]
    texts = texts_of("# T\n\n```python\n" + "\n\n".join(functions) + "\n```")
    assert len(texts) > 1
    assert all(any(function in text for text in texts) for function in functions)


def test_a_label_stays_with_the_text_below_it() -> None:
    filler = "文" * 90 + "。"
    assert texts_of(f"# T\n\n{filler}\n\n**特点**\n\n模型的参数很多。") == [filler, "**特点**\n\n模型的参数很多。"]


def test_a_sentence_that_only_announces_the_next_sections_is_no_chunk() -> None:
    assert texts_of("# T\n\n以下是一些案例：\n\n## A\n\n甲公司的故事。") == ["甲公司的故事。"]


@pytest.mark.parametrize(
    ("paragraph", "cut_after"),
    [
        pytest.param("这句话讲融资。" * 30, "。", id="Chinese sentences"),
        pytest.param("This sentence is about funding. " * 20, ".", id="English sentences"),
        pytest.param("一个没有句号的长句，" * 20, "，", id="clauses"),
        pytest.param("word " * 100, "word", id="words"),
        pytest.param("x" * 900, "x", id="nothing to cut at"),
    ],
)
def test_a_paragraph_that_is_too_long_is_cut_where_a_reader_would(paragraph: str, cut_after: str) -> None:
    texts = texts_of(f"# T\n\n{paragraph}")
    assert len(texts) > 1
    assert all(text.endswith(cut_after) for text in texts)
    assert "".join("".join(texts).split()) == "".join(paragraph.split())


def test_diagrams_and_spelled_out_images_are_left_out_and_their_surroundings_kept() -> None:
    text = (
        "# T\n\nBefore the diagram.\n\n```mermaid\ngraph TD\nA --> B\n```\n\n"
        "Then ![chart](data:image/png;base64,iVBORw0KGgo=) after.\n\n"
        "```\n+------+     +------+\n| data | --> | model|\n+------+     +------+\n```\n\nThe end."
    )
    assert texts_of(text) == ["Before the diagram.", "Then", "after.", "The end."]


def test_a_listing_with_operators_is_no_diagram() -> None:
    code = "```\nif a < b and c > d:\n    total = total + a * b\n```"
    assert texts_of(f"# T\n\n{code}") == [code]


def test_positions_count_the_chunks_in_reading_order() -> None:
    chunks = chunks_of("# T\n\nOne.\n\n## A\n\nTwo.\n\n## B\n\nThree.")
    assert [chunk.position for chunk in chunks] == [0, 1, 2]


def test_the_limit_comes_from_the_settings(read: Read) -> None:
    text = "# T\n\n" + "\n\n".join(["词" * 90 + "。"] * 6)
    assert len(read("a.md", text, chunk_characters=1000).chunks) == 1
    assert len(read("a.md", text, chunk_characters=100).chunks) == 6


_LINES = st.lists(
    st.sampled_from(
        [
            "", "", "# Title", "## 第2章 产品", "### 2.1 定价", "2.1.1 **细节**", "- 一项", "  - 子项", "1. first",
            "| a | b |", "|---|---|", "| 1 | 2 |", "```", "# comment", "---", "> quote", "目录", "## 目录", "参考文献",
            "句子。" * 40, "A sentence here. " * 20, "**标签**：",
            "![](data:image/png;base64,AAAA)", "<div>", "\tcode", "x" * 700,
        ]
    ),
    max_size=30,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(_LINES)
def test_whatever_the_document_chunks_are_verbatim_ordered_and_within_the_limit(lines: list[str]) -> None:
    text = "\n".join(lines)
    place = 0
    for chunk in chunks_of(text):
        words = without_repeated_head(chunk.text, text[place:])
        found = text.find(words, place)
        assert found >= 0
        assert chunk.text == chunk.text.strip() != ""
        assert text_width(chunk.text) <= 100
        place = found + len(words)


def without_repeated_head(words: str, rest: str) -> str:
    """What a chunk says itself: a part of a table begins with the head that stands before it in the text."""
    lines = words.splitlines(keepends=True)
    return words if words in rest or lines[1:2] != ["|---|---|\n"] else "".join(lines[2:])


@pytest.mark.parametrize(
    "paragraph",
    [
        pytest.param("<!-- note --> " * 60 + "Words.", id="comments"),
        pytest.param(":" * 20_000 + " Words.", id="colons"),
        pytest.param("[" * 5_000 + " Words.", id="brackets"),
        pytest.param("![" * 5_000 + " Words.", id="image marks"),
    ],
)
def test_repeated_marks_do_not_keep_the_reader_busy_for_ever(paragraph: str) -> None:
    assert texts_of(f"# T\n\n{paragraph}")[-1].endswith("Words.")


def test_a_document_of_very_many_sections_is_cut_in_one_pass() -> None:
    text = "# T\n\n" + "".join(f"## Section {n}\n\nText {n}.\n\n" for n in range(3000))
    assert len(texts_of(text)) == 3000
