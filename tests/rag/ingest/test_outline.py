"""Heading paths: those that a reader would give, whatever the levels say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.ingest.blocks import ParsedFile
from rag.ingest.chunking import chunk_file
from rag.ingest.load import LoadedDocument, embedded_text, lexical_text
from rag.ingest.markdown import parse_markdown, plain_title
from rag.ingest.numbering import NumberKind, numbering_of

Read = Callable[..., LoadedDocument]


def paths_of(text: str) -> list[str]:
    chunks = chunk_file(ParsedFile(text=text, blocks=parse_markdown(text)), limit=500)
    return [" > ".join(chunk.section) for chunk in chunks]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        pytest.param(
            "# T\n\na\n\n## A\n\nb\n\n### A1\n\nc\n\n## B\n\nd",
            ["T", "T > A", "T > A > A1", "T > B"],
            id="levels",
        ),
        pytest.param("## A\n\na\n\n## B\n\nb", ["A", "B"], id="no title"),
        pytest.param("a\n\n# A\n\nb", ["", "A"], id="text before the first heading"),
        pytest.param("# T\n\n## Empty\n\n## Full\n\na", ["T > Full"], id="heading without text"),
        pytest.param("# T\n\n##没有空格\n\na", ["T > 没有空格"], id="mark without its space"),
        pytest.param("Title\n=====\n\na\n\nSub\n---\n\nb", ["Title", "Title > Sub"], id="underlined headings"),
        pytest.param(
            "# T\n\nThis long sentence above a rule was never meant to be a heading, not even here.\n---\n\nb",
            ["T", "T"],
            id="a sentence above a rule",
        ),
        pytest.param(
            "## 《手册》\n\n摘要。\n\n### 第一部分：基础\n\n## 第1章 概念\n\n### 1.1 定义\n\na\n\n"
            "### 第二部分：实践\n\n## 第2章 策略\n\n### 2.1 环境\n\nb\n\n### 致谢\n\nc",
            [
                "手册",
                "手册 > 第一部分：基础 > 第1章 概念 > 1.1 定义",
                "手册 > 第二部分：实践 > 第2章 策略 > 2.1 环境",
                "手册 > 致谢",
            ],
            id="parts below their chapters",
        ),
        pytest.param(
            "# T\n\n### Part One: Basics\n\n## Chapter 1: Terms\n\n### 1.1 Words\n\na\n\n### Part Two: Work\n\n"
            "## Chapter 2: Money\n\nb",
            ["T > Part One: Basics > Chapter 1: Terms > 1.1 Words", "T > Part Two: Work > Chapter 2: Money"],
            id="English parts below their chapters",
        ),
        pytest.param(
            "# T\n\n## Chapter 1: Sales\n\n### Part 1: Leads\n\na\n\n### Part 2: Deals\n\nb",
            ["T > Chapter 1: Sales > Part 1: Leads", "T > Chapter 1: Sales > Part 2: Deals"],
            id="chapters made of parts",
        ),
        pytest.param(
            "# T\n\n### 第一部分\n\n#### 第2章 策略\n\na\n\n### 总结\n\nb\n\n#### 第3章 研发\n\n##### 3.1 技术\n\nc",
            ["T > 第一部分 > 第2章 策略", "T > 总结", "T > 第3章 研发 > 3.1 技术"],
            id="chapters after a summary of too high a level",
        ),
        pytest.param(
            "# T\n\n## 2.1 价值\n\na\n\n## 2.1.1 来源\n\nb\n\n## 2.2 画像\n\nc",
            ["T > 2.1 价值", "T > 2.1 价值 > 2.1.1 来源", "T > 2.2 画像"],
            id="sub-sections at the level of their section",
        ),
        pytest.param(
            "# T\n\n## 第三章 团队\n\n#### 3.1 招聘\n\na\n\n### 第二节 培训\n\nb",
            ["T > 第三章 团队 > 3.1 招聘", "T > 第三章 团队 > 第二节 培训"],
            id="Chinese numerals",
        ),
        pytest.param(
            "# T\n\n## 第4章 实战\n\na\n\n### 附录：资源\n\n#### 附录 A：工具\n\nA.1 **框架**\n\n"
            "A.1.1 **语言**\n\n- Python\n\n"
            "A.1.2 **库**\n\n- NumPy\n\nA.2 **数据集**\n\n- 公开数据\n\n#### 附录 B：社群\n\nb",
            [
                "T > 第4章 实战",
                "T > 附录：资源 > 附录 A：工具 > A.1 框架 > A.1.1 语言",
                "T > 附录：资源 > 附录 A：工具 > A.1 框架 > A.1.2 库",
                "T > 附录：资源 > 附录 A：工具 > A.2 数据集",
                "T > 附录：资源 > 附录 B：社群",
            ],
            id="appendices with sub-headings typed as text",
        ),
        pytest.param(
            "# T\n\n## 4.2 挑战\n\n4.2.1 **技术**\n\n- 成本高\n\n4.2.2 市场\n\n竞争激烈。",
            ["T > 4.2 挑战 > 4.2.1 技术", "T > 4.2 挑战 > 4.2.2 市场"],
            id="sub-headings typed as text",
        ),
        pytest.param(
            "# T\n\n## 1 Rules\n\n1.1 Be on time\n\n1.2 Write it down\n\n1.3 Ask early",
            ["T > 1 Rules"],
            id="numbered clauses in a row are text",
        ),
        pytest.param("# T\n\n## A\n\n8.2 million users came.\n\nMore.", ["T > A"], id="a figure is no heading"),
    ],
)
def test_heading_paths_are_those_a_reader_would_give(text: str, paths: list[str]) -> None:
    assert paths_of(text) == paths


@pytest.mark.parametrize(
    "fence",
    [
        "```\n# load data\nrun\n```",
        "```python\n# train\nfit()\n```",
        "~~~text\n# step one\n## step two\n~~~",
        "    # indented\n    x",
    ],
    ids=["plain", "with a language", "tildes with pseudo-code", "indented"],
)
def test_a_comment_in_a_listing_is_no_heading(fence: str) -> None:
    assert set(paths_of(f"# T\n\nText.\n\n{fence}\n\nMore.")) == {"T"}


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        pytest.param("**Bold** and *fine*", "Bold and fine", id="emphasis"),
        pytest.param("See [the docs](https://example.org/x)", "See the docs", id="link"),
        pytest.param("`pip` install", "pip install", id="code"),
        pytest.param("《手册》", "手册", id="brackets around it all"),
        pytest.param("《手册》读后", "《手册》读后", id="brackets around a part"),
        pytest.param("特点：", "特点", id="colon at the end"),
        pytest.param("a<br>b", "ab", id="tag"),
        pytest.param("snake_case_name", "snake_case_name", id="underscores in words"),
    ],
)
def test_titles_are_freed_of_markup(markup: str, title: str) -> None:
    assert plain_title(markup) == title


@pytest.mark.parametrize(
    ("title", "kind", "parts"),
    [
        ("第十二章 结语", NumberKind.CHAPTER, ("12",)),
        ("第3部分", NumberKind.PART, ("3",)),
        ("Part II: Growth", NumberKind.PART, ("II",)),
        ("Chapter 4", NumberKind.CHAPTER, ("4",)),
        ("附录A: 指南", NumberKind.APPENDIX, ("A",)),
        ("附录", NumberKind.APPENDICES, ()),
        ("Appendix B", NumberKind.APPENDIX, ("B",)),
        ("2.4 价值", NumberKind.DECIMAL, ("2", "4")),
        ("2.4价值", NumberKind.DECIMAL, ("2", "4")),
        ("A.1.2 库", NumberKind.DECIMAL, ("A", "1", "2")),
        ("一、背景", NumberKind.LOOSE, ("1",)),
        ("3. Method", NumberKind.LOOSE, ("3",)),
    ],
)
def test_numbers_of_headings_are_read_in_every_style(title: str, kind: NumberKind, parts: tuple[str, ...]) -> None:
    number = numbering_of(title)
    assert number is not None
    assert (number.kind, number.parts) == (kind, parts)


@pytest.mark.parametrize(
    "title", ["Part of the plan", "Chapters we skip", "第一部分析报告", "GPT-3.5 的能力", "A. B. Smith"]
)
def test_words_that_only_look_like_numbers_are_none(title: str) -> None:
    number = numbering_of(title)
    assert number is None or number.kind is NumberKind.LOOSE


def test_labelled_facts_stand_under_the_sections_that_hold_them(read: Read) -> None:
    text = (
        "                 \n\n### 《种子轮手册》\n\n> **关键词：** 融资\n\n---\n### 《种子轮手册》目录\n\n"
        "#### 第一部分：准备\n\n"
        "**第1章：材料**\n\n- **1.1 计划书**\n\n---\n\n### 第一部分：准备\n\n#### 第1章：材料\n\n##### 1.1 计划书\n\n"
        "计划书包括：\n\n"
        "1. **市场**：规模与增速。\n\n##### 1.2 数据室\n\n1.2.1 文件\n\n1. **股权表**：列明期权池。\n"
    )
    loaded = read("seed.txt", text)
    held = {fact: c.section for c in loaded.chunks for fact in ("规模与增速", "期权池", "关键词") if fact in c.text}
    assert loaded.document.title == "种子轮手册"
    assert held == {
        "关键词": ("种子轮手册",),
        "规模与增速": ("种子轮手册", "第一部分：准备", "第1章：材料", "1.1 计划书"),
        "期权池": ("种子轮手册", "第一部分：准备", "第1章：材料", "1.2 数据室", "1.2.1 文件"),
    }


def test_the_vector_gets_two_headings_twice_and_the_words_get_them_all_once(read: Read) -> None:
    loaded = read("a.md", "# 手册\n\n## 第1章 钱\n\n### 1.1 预算\n\n按月核对。")
    assert embedded_text(loaded.document, loaded.chunks[0]) == "第1章 钱\n1.1 预算\n第1章 钱\n1.1 预算\n按月核对。"
    assert lexical_text(loaded.document, loaded.chunks[0]) == "手册\n第1章 钱\n1.1 预算\n按月核对。"


def test_a_title_from_front_matter_is_searched_beside_the_headings(read: Read) -> None:
    loaded = read("a.md", "---\ntitle: Budget guide\n---\n# Money\n\nCheck monthly.")
    assert lexical_text(loaded.document, loaded.chunks[0]) == "Budget guide\nMoney\nCheck monthly."


def test_text_without_headings_is_embedded_under_its_title(read: Read) -> None:
    loaded = read("cash-flow.md", "Check monthly.")
    assert embedded_text(loaded.document, loaded.chunks[0]) == "cash-flow\ncash-flow\nCheck monthly."


def test_pictures_spelled_out_in_lists_are_not_embedded(read: Read) -> None:
    loaded = read("a.md", "# T\n\n- one ![x](data:image/png;base64,iVBORw0KGgo=) two")
    assert "iVBOR" not in embedded_text(loaded.document, loaded.chunks[0])
    assert "iVBOR" not in lexical_text(loaded.document, loaded.chunks[0])
