"""Plain text: its title, its numbered headings, its paragraphs and lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.ingest.load import LoadedDocument
from rag.ingest.text import heading_level, is_contents_line, is_markdown, is_title_line

Read = Callable[..., LoadedDocument]


@pytest.mark.parametrize(
    ("line", "following", "heads"),
    [
        pytest.param("第三章 融资", "创业公司需要资金。", True, id="chapter"),
        pytest.param("Chapter 3: Money", "Money is short.", True, id="English chapter"),
        pytest.param("1.2 Title", "Some text.", True, id="decimal"),
        pytest.param("一、背景", "公司成立于去年。", True, id="Chinese numeral"),
        pytest.param("附录 A 工具", "这里列出工具。", True, id="appendix"),
        pytest.param("1.2 Title", "1.2.1 Deeper", True, id="section above its sub-section"),
        pytest.param("一、买设备", "二、招人", False, id="item of a list"),
        pytest.param("1.2 Be on time", "1.3 Ask early", False, id="clause in a row"),
        pytest.param("第三章讲了融资，第四章讲团队。", "文字", False, id="sentence"),
        pytest.param("1.2 " + "word " * 30, "text", False, id="long line"),
        pytest.param("3.5", "3.6", False, id="figure"),
        pytest.param("1. 市场", "文字", False, id="list item"),
        pytest.param("Plain words", "text", False, id="no number"),
    ],
)
def test_a_numbered_line_is_a_heading_when_it_is_short_and_alone(line: str, following: str, heads: bool) -> None:
    assert bool(heading_level(line, following=following)) is heads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("# Title\n\nText.", True, id="a title"),
        pytest.param("### A\n\nText.\n\n### B\n\nText.", True, id="headings of any level"),
        pytest.param("Text.\n\n```\n# comment\n## comment\n```\n", False, id="comments in a listing"),
        pytest.param("Just text. #1 is first.", False, id="a hash in a sentence"),
        pytest.param("#topic #other\n\nText.", False, id="tags"),
    ],
)
def test_markdown_in_a_text_file_is_told_by_its_headings(text: str, expected: bool) -> None:
    assert is_markdown(text) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Runway", True),
        ("现金流手册", True),
        ("A sentence ends.", False),
        ("- item", False),
        ("a@b.example", False),
        ("", False),
    ],
)
def test_a_title_line_is_a_name_and_no_sentence(line: str, expected: bool) -> None:
    assert is_title_line(line) is expected


def test_plain_text_gets_its_title_sections_and_paragraphs(read: Read) -> None:
    text = (
        "现金流手册\n\n第一章 预算\n每月核对一次。\n每季度调整。\n\n1.1 收入\n按合同确认。\n\n"
        "第二章 融资\n\n一、时机\n\n提前九个月开始。\n"
    )
    loaded = read("cash.txt", text)
    assert loaded.document.title == "现金流手册"
    assert [(" > ".join(chunk.section), chunk.text) for chunk in loaded.chunks] == [
        ("现金流手册 > 第一章 预算", "每月核对一次。\n每季度调整。"),
        ("现金流手册 > 第一章 预算 > 1.1 收入", "按合同确认。"),
        ("现金流手册 > 第二章 融资 > 一、时机", "提前九个月开始。"),
    ]


def test_a_printed_table_of_contents_is_left_out(read: Read) -> None:
    contents = "Chapter 1 Money ........ 3\nChapter 2 Team ......... 9"
    text = f"Guide\n\n{contents}\n\nChapter 1 Money\n\nSpend slowly.\n\nChapter 2 Team\n\nHire slowly."
    loaded = read("guide.txt", text)
    assert [(chunk.section[-1], chunk.text) for chunk in loaded.chunks] == [
        ("Chapter 1 Money", "Spend slowly."),
        ("Chapter 2 Team", "Hire slowly."),
    ]


def test_lists_in_plain_text_stay_with_their_introduction(read: Read) -> None:
    filler = "文" * 90 + "。"
    loaded = read("a.txt", f"{filler}\n\n需要准备：\n\n1、计划书\n2、财务表\n", chunk_characters=100)
    assert [chunk.text for chunk in loaded.chunks] == [filler, "需要准备：\n\n1、计划书\n2、财务表"]


def test_chinese_text_in_the_national_encoding_is_read_whole(read: Read) -> None:
    text = "第一章 团队\r\n\r\n团队需要三类人才。\r\n"
    loaded = read("team.txt", text.encode("gb18030"))
    assert [(chunk.section, chunk.text) for chunk in loaded.chunks] == [(("第一章 团队",), "团队需要三类人才。")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("Money ........ 3", True, id="dots"),
        pytest.param("融资 · · · · · 12", True, id="spaced dots"),
        pytest.param("Money .... and more", False, id="no page"),
        pytest.param("He waited... 12", False, id="a pause"),
        pytest.param(". " * 200_000, False, id="nothing but dots"),
    ],
)
def test_an_entry_of_a_printed_table_of_contents_is_told_by_leader_and_page(line: str, expected: bool) -> None:
    assert is_contents_line(line) is expected
