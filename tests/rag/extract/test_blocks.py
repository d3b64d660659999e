"""Passages are cut into quotable blocks at exact offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.extract.blocks import (
    Block,
    CodeBlock,
    ListBlock,
    Paragraph,
    TableBlock,
    blocks_of,
    is_dangling,
    is_filler,
    label_text,
    without_connective,
)
from rag.sentences import Span


def _quotes(text: str, block: Block) -> list[str]:
    spans: tuple[Span, ...]
    match block:
        case Paragraph():
            spans = block.sentences
        case ListBlock():
            spans = tuple(item.span for item in block.items)
        case TableBlock():
            spans = (block.span, *block.rows)
        case CodeBlock():
            spans = (block.span,)
    return [text[span.start : span.end] for span in spans]


def _kinds(text: str) -> list[str]:
    return [type(block).__name__ for block in blocks_of(text)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param("先签合同。再交付。", ["Paragraph"], id="prose"),
        pytest.param("One.\n\nTwo.", ["Paragraph", "Paragraph"], id="two paragraphs"),
        pytest.param("- a\n- b", ["ListBlock"], id="bullets"),
        pytest.param("1. a\n\n2. b", ["ListBlock"], id="loose numbered list"),
        pytest.param("1、找客户\n2、定价格", ["ListBlock"], id="Chinese numbering"),
        pytest.param("（1）找客户\n（2）定价格", ["ListBlock"], id="numbers in brackets"),
        pytest.param("- a\n\n1. b", ["ListBlock", "ListBlock"], id="bullets, then numbers"),
        pytest.param("| a | b |\n|---|---|\n| 1 | 2 |", ["TableBlock"], id="table"),
        pytest.param("a | b", ["Paragraph"], id="a bar is not a table"),
        pytest.param("```\nx = 1\n\n- y\n```", ["CodeBlock"], id="fence with a list inside"),
        pytest.param("$$\nL = -\\log p\n$$", ["CodeBlock"], id="displayed formula"),
        pytest.param("$$ a = b $$\n\nDone here.", ["CodeBlock", "Paragraph"], id="formula on one line"),
        pytest.param("```\nnever closed", ["CodeBlock"], id="fence that the slice cuts off"),
        pytest.param("# Head\n\n---\n\n![logo](a.png)\n\n<!-- note -->", [], id="nothing to quote"),
        pytest.param("", [], id="empty"),
        pytest.param("> 引用一。\n> 引用二。", ["Paragraph", "Paragraph"], id="block quote"),
        pytest.param("3.5 万用户在用。", ["Paragraph"], id="a decimal is not a list"),
    ],
)
def test_a_passage_is_cut_into_its_blocks(text: str, kinds: list[str]) -> None:
    assert _kinds(text) == kinds


@pytest.mark.parametrize(
    ("text", "intro", "sentences"),
    [
        pytest.param(
            "成本有三块。主要是：\n\n- 算力\n- 人", "主要是：", ["成本有三块。"], id="last sentence of a paragraph"
        ),
        pytest.param("Three costs:\n- compute\n- people", "Three costs:", [], id="directly above"),
        pytest.param("Costs are high.\n\n- compute\n- people", None, ["Costs are high."], id="no colon"),
        pytest.param("见下表：\n\n| a | b |\n|---|---|\n| 1 | 2 |", "见下表：", [], id="table"),
    ],
)
def test_a_sentence_with_a_colon_announces_the_block_below(text: str, intro: str | None, sentences: list[str]) -> None:
    *before, last = blocks_of(text)
    assert not isinstance(last, Paragraph)
    assert (text[last.intro.start : last.intro.end] if last.intro else None) == intro
    assert [quote for block in before for quote in _quotes(text, block)] == sentences


def test_nested_lines_stay_with_their_item() -> None:
    text = "1. **Plan**：\n   - first\n   - second\n\n2. Build\n   it well\n\nAfterwards."
    first, after = blocks_of(text)
    assert _quotes(text, first) == ["1. **Plan**：\n   - first\n   - second", "2. Build\n   it well"]
    assert isinstance(first, ListBlock)
    assert text[first.items[1].body :].startswith("Build")
    assert _quotes(text, after) == ["Afterwards."]


@pytest.mark.parametrize(
    ("line", "label"),
    [
        pytest.param("**特点：**", "特点", id="bold with colon"),
        pytest.param("**应对策略**：", "应对策略", id="colon behind the bold"),
        pytest.param("4.2.1 **技术挑战**", "技术挑战", id="number before the bold"),
        pytest.param("2.2.1 用户画像的构建", "用户画像的构建", id="numbered line"),
        pytest.param("#### 5.3 Funding", "Funding", id="heading"),
    ],
)
def test_a_label_line_names_the_block_below_and_is_not_quoted(line: str, label: str) -> None:
    text = f"{line}\n\n- 算力\n- 数据"
    (block,) = blocks_of(text)
    assert block.label is not None
    assert label_text(text, block.label) == label
    assert _quotes(text, block) == ["- 算力", "- 数据"]


@pytest.mark.parametrize(
    ("sentence", "filler", "dangling"),
    [
        pytest.param("本文将探讨大模型创业。", True, False, id="announces the article"),
        pytest.param("以下是一些建议：", True, False, id="announces a list"),
        pytest.param("跑道的定义见《现金》，下面讲怎么做计划。", True, False, id="points to another document"),
        pytest.param("押金先存入平台，争议解决之后再退，细则见《售后》。", False, False, id="a fact with a pointer"),
        pytest.param("Let's look at pricing.", True, False, id="English announcement"),
        pytest.param("企业将分析用户数据来定价。", False, False, id="a fact with a word of announcements"),
        pytest.param("这样可以省钱。", False, True, id="refers back"),
        pytest.param("This means higher margins.", False, True, id="English reference"),
        pytest.param("此外，它还支持退款。", False, True, id="reference behind a connective"),
        pytest.param("此外，合同要写明数据归属。", False, False, id="connective alone"),
        pytest.param("Italian founders raise less.", False, False, id="a word that begins like a pronoun"),
    ],
)
def test_sentences_that_cannot_stand_alone_are_known(sentence: str, filler: bool, dangling: bool) -> None:
    assert (is_filler(sentence), is_dangling(sentence)) == (filler, dangling)


def test_a_connective_is_trimmed_and_nothing_else() -> None:
    assert without_connective("然而，预算有限。") == "预算有限。"
    assert without_connective("然而预算有限。") == "然而预算有限。"


_LINES = st.sampled_from(
    [
        *"- 甲|  - 乙|1. one|||正文一。正文二：|Text here. More:|**标签**|```|> quoted|$$|# head|---|   tail".split(
            "|"
        ),
        *("2.1 小节", "![x](y)", "| a | b |", "|---|---|", "| a | b |\n|---|---|\n| 1 | 2 |"),
    ]
)


@given(st.lists(_LINES | st.text(max_size=12)).map("\n".join))
def test_offsets_lie_within_the_text_in_reading_order_and_never_overlap(text: str) -> None:
    at = 0
    for block in blocks_of(text):
        intro = None if isinstance(block, Paragraph) else block.intro
        spans = list(block.sentences) if isinstance(block, Paragraph) else [intro] if intro else []
        spans += [item.span for item in block.items] if isinstance(block, ListBlock) else []
        spans += [block.span] if isinstance(block, (TableBlock, CodeBlock)) else []
        for span in spans:
            assert at <= span.start < span.end <= len(text)
            assert text[span.start : span.end].strip() == text[span.start : span.end]
            at = span.end


@given(st.lists(_LINES).map("\n".join))
def test_items_begin_their_words_inside_themselves(text: str) -> None:
    for block in blocks_of(text):
        if isinstance(block, ListBlock):
            assert block.items
            assert all(item.span.start < item.body < item.span.end for item in block.items)
