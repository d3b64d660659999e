"""Citation marks: found, numbered, checked."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citations import (
    CitationNumbering,
    SupportRule,
    Verdict,
    check,
    render_marks,
    split_marks,
    support_score,
    with_marks,
)
from rag.errors import InvalidInput
from rag.sentences import SentenceStream

ENGLISH = (
    "GPT-3 has 175 billion parameters and was released by OpenAI in 2020. Training it cost about $4.6 million. "
    "Many startups failed because there was no market need."
)
CHINESE = "根据统计，42%的创业公司失败是因为没有市场需求。OpenAI 于2020年发布了 GPT-3，参数达1750亿。"


@pytest.mark.parametrize(
    ("sentence", "text", "cited"),
    [
        pytest.param("A fact [1].", "A fact.", (0,), id="before the stop"),
        pytest.param("A fact. [1]", "A fact.", (0,), id="behind the stop"),
        pytest.param("A fact. [1].", "A fact.", (0,), id="between two stops"),
        pytest.param("A fact [1, 3].", "A fact.", (0, 2), id="list"),
        pytest.param("事实[1，3]。", "事实。", (0, 2), id="list with a wide comma"),
        pytest.param("A fact [2][1].", "A fact.", (1, 0), id="neighbours"),
        pytest.param("A fact [1], [2].", "A fact.", (0, 1), id="neighbours with a comma"),
        pytest.param("A fact [[1]].", "A fact.", (0,), id="doubled brackets"),
        pytest.param("事实【1】。", "事实。", (0,), id="lenticular brackets"),
        pytest.param("事实［１］。", "事实。", (0,), id="full width"),
        pytest.param("A fact [1-3].", "A fact.", (0, 1, 2), id="range"),
        pytest.param("A fact [3–1].", "A fact.", (0, 1, 2), id="reversed range"),
        pytest.param("A fact [^2].", "A fact.", (1,), id="footnote"),
        pytest.param("事实（来源[1]）。", "事实。", (0,), id="in brackets of their own"),
        pytest.param("A fact (source: [1], [2]).", "A fact.", (0, 1), id="in narrow brackets"),
        pytest.param("A fact ([3]).", "A fact.", (2,), id="in bare brackets"),
        pytest.param("A fact [Source 2].", "A fact.", (1,), id="labelled"),
        pytest.param("事实[来源1]。", "事实。", (0,), id="labelled in chinese"),
        pytest.param("A fact [1](https://a.example/2).", "A fact.", (0,), id="as a link"),
        pytest.param("A fact [1][1], so [1].", "A fact, so.", (0,), id="duplicates"),
        pytest.param("OpenAI[1] said.", "OpenAI said.", (0,), id="glued to a name"),
        pytest.param("A [1] grew.", "A grew.", (0,), id="within the sentence"),
        pytest.param("Series A[1] came.", "Series A came.", (0,), id="behind a lone capital"),
        pytest.param("根据[1]，公司失败了。", "公司失败了。", (0,), id="introduction in chinese"),
        pytest.param("如【2】所述，先调研。", "先调研。", (1,), id="another introduction in chinese"),
        pytest.param("According to [2], the firm failed.", "The firm failed.", (1,), id="introduction"),
        pytest.param("It failed, as shown in [1].", "It failed.", (0,), id="closing reference"),
        pytest.param("[1] The firm failed.", "The firm failed.", (0,), id="at the start"),
        pytest.param("\n- an item [1]", "\n- an item", (0,), id="list item with its lead"),
        pytest.param(" [1][2]", "", (0, 1), id="nothing but marks"),
        pytest.param("[1]: https://a.example", "", (), id="definition"),
    ],
)
def test_marks_are_parted_from_the_sentence(sentence: str, text: str, cited: tuple[int, ...]) -> None:
    marked = split_marks(sentence, passages=3)
    assert (marked.text, marked.cited, marked.invented) == (text, cited, ())


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("No marks at all.  ", id="none"),
        pytest.param("```\nrow[1] [2]\n```", id="fence"),
        pytest.param("Use `x [1]` here.", id="inline code"),
        pytest.param("Read a[1] and my_list[2] and self.items[0].", id="index of a variable"),
        pytest.param("In [2023] it grew.", id="year"),
        pytest.param("See [the guide](https://a.example/[1]).", id="address of a link"),
        pytest.param("- [ ] open, [x] done, [a]", id="other brackets"),
        pytest.param("An interval [0.5, 1.5] here.", id="decimals"),
        pytest.param("Half a mark [1", id="unclosed"),
    ],
)
def test_what_is_no_mark_stays_as_it_is(sentence: str) -> None:
    marked = split_marks(sentence, passages=3)
    assert (marked.text, marked.cited, marked.invented) == (sentence, (), ())


@pytest.mark.parametrize(
    ("sentence", "text", "cited", "invented"),
    [
        pytest.param("A fact [9].", "A fact.", (), (9,), id="alone"),
        pytest.param("A fact [1, 9, 0].", "A fact.", (0,), (9, 0), id="beside a real one"),
        pytest.param("事实[2-5]。", "事实。", (1, 2), (4, 5), id="end of a range"),
    ],
)
def test_invented_numbers_are_removed_and_reported(
    sentence: str, text: str, cited: tuple[int, ...], invented: tuple[int, ...]
) -> None:
    marked = split_marks(sentence, passages=3)
    assert (marked.text, marked.cited, marked.invented) == (text, cited, invented)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("事实。", "事实。[1][2]", id="chinese"),
        pytest.param("A fact.", "A fact. [1][2]", id="english"),
        pytest.param("- 一项", "- 一项 [1][2]", id="item without a stop"),
        pytest.param("**要点。**", "**要点。**[1][2]", id="emphasis"),
        pytest.param("| a | b |", "| a | b [1][2] |", id="table row"),
        pytest.param("A fact.\n", "A fact. [1][2]\n", id="before trailing blanks"),
    ],
)
def test_marks_stand_behind_the_final_stop(text: str, expected: str) -> None:
    assert with_marks(text, [1, 2]) == expected
    assert with_marks(text, []) == text


def test_marks_are_rendered_one_by_one() -> None:
    assert render_marks([3, 1]) == "[3][1]"


def test_passages_are_numbered_by_first_appearance() -> None:
    numbering = CitationNumbering(5)
    answer = ["甲[3]。", "B [5][3].", "C [9].", "D [1, 5]."]
    assert [numbering.rewrite(sentence) for sentence in answer] == ["甲。[1]", "B. [1][2]", "C.", "D. [2][3]"]
    assert numbering.cited == (2, 4, 0)


@pytest.mark.parametrize("index", [-1, 2])
def test_numbering_refuses_a_passage_that_does_not_exist(index: int) -> None:
    numbering = CitationNumbering(2)
    with pytest.raises(InvalidInput, match=rf"passage index {index} does not exist"):
        numbering.number([0, index])
    assert numbering.cited == ()


def test_numbering_refuses_a_negative_number_of_passages() -> None:
    with pytest.raises(InvalidInput, match="-1"):
        CitationNumbering(-1)


def test_marks_split_over_deltas_are_read_as_one() -> None:
    stream = SentenceStream()
    deltas = ["事实。", "[", "1", "]【", "9】后", "文", "[2", "]。\n", "```\n", "a [1]\n```"]
    pieces = [piece for delta in deltas for piece in stream.feed(delta)] + stream.close()
    numbering = CitationNumbering(2)
    assert [numbering.rewrite(piece) for piece in pieces] == ["事实。[1]", "后文。[2]", "\n```\na [1]\n```"]


@given(sentence=st.text(alphabet="[]【】()^,-–: 0123ab.。`\n来源|见", max_size=60), passages=st.integers(0, 4))
def test_only_passages_that_exist_are_cited(sentence: str, passages: int) -> None:
    marked = split_marks(sentence, passages=passages)
    assert all(0 <= index < passages for index in marked.cited)
    assert not any(1 <= number <= passages for number in marked.invented)
    assert len(set(marked.cited)) == len(marked.cited)


@pytest.mark.parametrize(
    ("statement", "passage", "verdict"),
    [
        pytest.param("GPT-3 has 175 billion parameters.", ENGLISH, Verdict.SUPPORTED, id="verbatim"),
        pytest.param("OpenAI released GPT-3 with 175B parameters.", ENGLISH, Verdict.SUPPORTED, id="paraphrase"),
        pytest.param("Training costs were 4.6 million.", ENGLISH, Verdict.SUPPORTED, id="inflected"),
        pytest.param("42%的创业公司因为没有市场需求而失败。", CHINESE, Verdict.SUPPORTED, id="reordered chinese"),
        pytest.param("**GPT-3** 的参数达 1750 亿。[1]", CHINESE, Verdict.SUPPORTED, id="markup and marks"),
        pytest.param("GPT-3 has 157 billion parameters.", ENGLISH, Verdict.UNSUPPORTED, id="changed number"),
        pytest.param("GPT-3 has 175 million parameters.", ENGLISH, Verdict.UNSUPPORTED, id="changed magnitude"),
        pytest.param("24%的创业公司失败是因为没有市场需求。", CHINESE, Verdict.UNSUPPORTED, id="changed percentage"),
        pytest.param("GPT-4 的参数达1750亿。", CHINESE, Verdict.UNSUPPORTED, id="changed name"),
        pytest.param("Sam Altman is the CEO of OpenAI.", ENGLISH, Verdict.UNSUPPORTED, id="true but not there"),
        pytest.param("融资困难是主要原因。", CHINESE, Verdict.UNSUPPORTED, id="not there in chinese"),
        pytest.param("Well, here it is.", ENGLISH, Verdict.UNSUPPORTED, id="no content"),
        pytest.param("GPT-3 has 175 billion parameters.", "", Verdict.UNSUPPORTED, id="empty passage"),
        pytest.param("", ENGLISH, Verdict.UNSUPPORTED, id="empty statement"),
    ],
)
def test_support_is_told_from_the_words_numbers_and_names(statement: str, passage: str, verdict: Verdict) -> None:
    assert check(statement, passage) is verdict


def test_a_right_fact_with_the_wrong_number_of_passage_is_not_supported() -> None:
    marked = split_marks("GPT-3 has 175 billion parameters [2].", passages=2)
    passages = [ENGLISH, "Chroma stores vectors beside their documents."]
    assert [check(marked.text, passages[index]) for index in marked.cited] == [Verdict.UNSUPPORTED]
    assert check(marked.text, passages[0]) is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        pytest.param("It took 3 founders.", "It took three founders.", id="spelled"),
        pytest.param("有3个创始人。", "有三个创始人。", id="spelled in chinese"),
        pytest.param("It has 1,500 users.", "It has 1500 users.", id="thousands"),
        pytest.param("It raised 2B.", "It raised 2 billion.", id="short unit"),
        pytest.param("融資 3 億元。", "融资 3 亿元。", id="traditional unit"),
        pytest.param("收入 3 百万。", "收入 300 万。", id="chinese units"),
    ],
)
def test_numbers_agree_however_they_are_written(statement: str, passage: str) -> None:
    assert support_score(statement, passage) == 1


def test_rare_terms_weigh_more_when_weights_are_given() -> None:
    statement, passage = "Startups need moats.", "Startups need help."
    plain = support_score(statement, passage)
    assert support_score(statement, passage, lambda term: 9.0 if term == "moat" else 1.0) < plain


@given(statement=st.text(max_size=80), passage=st.text(max_size=80))
def test_scores_lie_between_zero_and_one(statement: str, passage: str) -> None:
    assert 0 <= support_score(statement, passage) <= 1 + 1e-9


@pytest.mark.parametrize(("weak", "supported"), [(0.7, 0.6), (-0.1, 0.6), (0.3, 1.1)])
def test_support_rule_refuses_thresholds_out_of_order(weak: float, supported: float) -> None:
    with pytest.raises(InvalidInput, match="expected 0 <= weak <= supported <= 1"):
        SupportRule(weak=weak, supported=supported)


def test_support_rule_draws_its_lines_where_it_is_told() -> None:
    rule = SupportRule(weak=0.2, supported=0.5)
    assert [rule.verdict(score) for score in (0.5, 0.49, 0.2, 0.19)] == ["supported", "weak", "weak", "unsupported"]


@pytest.mark.parametrize(
    "unit", ["[", "[1", "[1,", "[[1]] ", "(来源", "`", "](", "a_", "根据[", "[1]", "\n[1]", "1,111"]
)
def test_long_repetitions_take_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    begin = time.process_time()
    split_marks(text, passages=3)
    support_score(text, ENGLISH)
    assert time.process_time() - begin < 1
