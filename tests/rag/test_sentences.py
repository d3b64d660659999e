"""Where sentences end, in whole texts and in streams."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.sentences import SentenceStream, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


def streamed(deltas: list[str]) -> list[str]:
    stream = SentenceStream()
    return [piece for delta in deltas for piece in stream.feed(delta)] + stream.close()


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(["你好。", "真的吗？", "当然！", "好"], id="chinese stops"),
        pytest.param(["先做调研；再做产品。", "最后融资。"], id="a semicolon is no end"),
        pytest.param(["他说“好。”", "然后走了。"], id="a closing quote stays"),
        pytest.param(["（详见附录。）", "下一步。"], id="a closing bracket stays"),
        pytest.param(["“为什么？”，他问。"], id="a comma behind a quoted question goes on"),
        pytest.param(["算了……还是做吧。", "完了。"], id="a chinese ellipsis goes on"),
        pytest.param(["使用GPT-4.", "然后上线."], id="half-width stops in chinese"),
        pytest.param(["**要点。**", "后文。"], id="closing emphasis stays"),
        pytest.param(["完成。", "**粗体**开头。"], id="opening emphasis starts the next"),
    ],
)
def test_chinese_sentences_end_at_their_stops(expected: list[str]) -> None:
    assert sentences("".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(["It grew.", "Really?", "Yes!"], id="three stops"),
        pytest.param(["It grew 3.5 times to v1.2.3 in May.", "Good."], id="decimals and versions"),
        pytest.param(["Use tools, e.g. vLLM, i.e. a server, vs. none, etc. and more.", "Done."], id="abbreviations"),
        pytest.param(["Apple Inc. bought it.", "It was sold to Foo Inc.", "The deal closed."], id="company forms"),
        pytest.param(["The U.S. market grew.", "We left the U.S.", "They stayed."], id="dotted names"),
        pytest.param(["Dr. Smith and J. K. Lee met.", "They agreed."], id="titles and initials"),
        pytest.param(["See Fig. 3 and No. 5.", "No.", "We won't."], id="numbered references"),
        pytest.param(["It opens at 9 a.m. daily.", "We close at 5 p.m.", "Come early."], id="hours"),
        pytest.param(["It raised a Series A.", "Investors came."], id="a letter that is no initial"),
        pytest.param(["Read https://a.example/x?y=1.2 now.", "Then stop."], id="addresses"),
        pytest.param(["We tried... and failed...", "Then we won."], id="ellipses"),
        pytest.param(["Yahoo! Inc sold it."], id="a name with an exclamation mark"),
        pytest.param(["“Really?” he asked.", 'He said "no." and left.'], id="quoted speech goes on"),
        pytest.param(["See [Who are we? A. Story](https://a.example/(x)).", "Next."], id="links"),
        pytest.param(["Call `a. B! c?` first.", "Then go."], id="inline code"),
        pytest.param(["Version 2 works.", "2. Do that.", "End."], id="a list number within a line"),
        pytest.param(["(It works.)", "Good."], id="brackets"),
    ],
)
def test_english_sentences_end_at_their_stops(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("事实。[1]后文。", ["事实。[1]", "后文。"], id="chinese"),
        pytest.param("It stops. [1][2] Next.", ["It stops. [1][2]", "Next."], id="behind a blank"),
        pytest.param("It stops [1]. Next.", ["It stops [1].", "Next."], id="before the stop"),
        pytest.param("It stops. [1]. Next.", ["It stops. [1].", "Next."], id="between two stops"),
        pytest.param("事实。【1】【2】 后文", ["事实。【1】【2】", "后文"], id="wide brackets"),
        pytest.param("One. [[1]] [^2] [1, 3] [1-2] Two", ["One. [[1]] [^2] [1, 3] [1-2]", "Two"], id="all forms"),
        pytest.param("事实。（来源[1]）后文", ["事实。（来源[1]）", "后文"], id="in brackets of their own"),
        pytest.param("One. [1](https://a.example) Two", ["One. [1](https://a.example)", "Two"], id="as a link"),
        pytest.param("One. [Guide](a) Two", ["One.", "[Guide](a) Two"], id="a link is no mark"),
        pytest.param("One. [2023] Two", ["One.", "[2023] Two"], id="a year is no mark"),
    ],
)
def test_citation_marks_stay_with_the_sentence_before_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One line\nwraps here. Two\nlines.", ["One line\nwraps here.", "Two\nlines."], id="wrapped"),
        pytest.param("No stop\n\nNext", ["No stop", "Next"], id="blank line"),
        pytest.param("# Title. One\nText.", ["# Title. One", "Text."], id="heading"),
        pytest.param("Intro:\n- a. B\n- c\n  d", ["Intro:", "- a. B", "- c\n  d"], id="bullets"),
        pytest.param("1. First. A\n2) Second", ["1. First. A", "2) Second"], id="numbers"),
        pytest.param("1、确定用户。再做\n2、融资", ["1、确定用户。再做", "2、融资"], id="chinese numbers"),
        pytest.param("（1）甲\n（2）乙", ["（1）甲", "（2）乙"], id="bracketed numbers"),
        pytest.param("| a. b | c |\n|---|---|\n| d | e |", ["| a. b | c |", "|---|---|", "| d | e |"], id="table"),
        pytest.param("> One. Two\n> three.\nFour", ["> One.", "Two\n> three.", "Four"], id="quote"),
        pytest.param("A\n---\nB", ["A", "---", "B"], id="rule"),
        pytest.param("```\na. B\n\nc\n```\nNext.", ["```\na. B\n\nc\n```", "Next."], id="fence"),
        pytest.param("````\n```\nx\n````\nY", ["````\n```\nx\n````", "Y"], id="fence within a fence"),
        pytest.param("Text.\n~~~\nopen. End", ["Text.", "~~~\nopen. End"], id="open fence"),
        pytest.param("One.\r\n\r\nTwo.\r\n", ["One.", "Two."], id="windows line ends"),
        pytest.param("", [], id="empty"),
        pytest.param(" \n ", [], id="blank"),
    ],
)
def test_markdown_blocks_bound_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("deltas", "given_out"),
    [
        pytest.param(["事实。"], [], id="a mark may follow"),
        pytest.param(["事实。", "[1"], [], id="half a mark"),
        pytest.param(["事实。[1]"], [], id="a second mark may follow"),
        pytest.param(["事实。[1]", "后"], ["事实。[1]"], id="the next sentence begins"),
        pytest.param(["It is 3."], [], id="a decimal may follow"),
        pytest.param(["Done. ", " N"], ["Done."], id="a word follows"),
        pytest.param(["Done.\n"], ["Done."], id="a line break follows"),
        pytest.param(["```\na. b\n``"], [], id="an open fence"),
        pytest.param(["```\na. b\n```\n"], ["```\na. b\n```"], id="a closed fence"),
        pytest.param(["- one. Two\n", "- three"], [], id="a marker that is not sure yet"),
        pytest.param(["- one. Two\n", "- three four"], ["- one. Two"], id="the next item begins"),
    ],
)
def test_stream_gives_a_piece_out_only_when_it_is_certainly_complete(deltas: list[str], given_out: list[str]) -> None:
    stream = SentenceStream()
    assert [piece for delta in deltas for piece in stream.feed(delta)] == given_out


def test_stream_leads_a_piece_with_its_blanks() -> None:
    assert streamed(["One. Two.\n\n- three\n"]) == ["One.", " Two.", "\n\n- three", "\n"]


_SNIPPETS = (
    '[1] [ ] ( ) 。 . ! ? ` `` ``` ~~~ 1 3.5 - # | > A Inc e.g U.S [a.b](http://x) " * ** … .. 来源 好 The he',
    "（ ） 【1】 ^ , Series https://a.b/c?d 1. 1) ① ” ’ see 见 Source",
)
_texts = st.lists(
    st.sampled_from([*" ".join(_SNIPPETS).split(), " ", "\n", "- ", "# ", "\r\n"]) | st.text(max_size=3), max_size=40
)


@settings(max_examples=300, deadline=None)
@given(parts=_texts, cuts=st.lists(st.integers(0, 200), max_size=30))
def test_any_cut_of_a_text_into_deltas_gives_the_same_pieces(parts: list[str], cuts: list[int]) -> None:
    text = "".join(parts)
    whole = streamed([text])
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    assert streamed([text[a:b] for a, b in pairwise(edges)]) == whole
    assert streamed(list(text)) == whole
    assert "".join(whole) == text


@given(parts=_texts)
def test_nothing_but_blanks_lies_between_sentences(parts: list[str]) -> None:
    text = "".join(parts)
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() for sentence in sentences(text))


@pytest.mark.parametrize(
    "unit", ["[", "`", "` `` ", "[1", "*", '."', ". (", "[a](", "[a](b(", ". [1](", "…", ". ", " "]
)
def test_long_repetitions_take_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    begin = time.process_time()
    sentence_spans(text)
    assert time.process_time() - begin < (1 if unit == "[" else 2)
