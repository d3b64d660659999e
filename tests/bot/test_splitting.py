"""How a long text becomes messages: nothing is lost, nothing is broken, and a cut falls where a reader minds least."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.splitting import SHORTEST_LIMIT, cut, split
from rag.errors import InvalidInput

PARAGRAPH = "数据飞轮让产品越用越好[1]。" * 4
SENTENCE = "A flywheel turns usage into data.[1] "


def words(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        pytest.param(f"{PARAGRAPH}\n\n{PARAGRAPH}{PARAGRAPH}", PARAGRAPH, id="a paragraph"),
        pytest.param(f"- {PARAGRAPH}\n- {PARAGRAPH}\n- {PARAGRAPH}", f"- {PARAGRAPH}", id="a list item"),
        pytest.param(SENTENCE * 5, (SENTENCE * 2).strip(), id="an English sentence with its mark"),
        pytest.param("增长很重要[2]！" * 20, "增长很重要[2]！" * 10, id="a Chinese sentence"),
        pytest.param("先看用户，" * 40, "先看用户，" * 18, id="a Chinese clause"),
        pytest.param("growth " * 40, ("growth " * 13).strip(), id="a word"),
        pytest.param("字" * 200, "字" * 94, id="a character"),
    ],
)
def test_cut_falls_behind(text: str, ends: str) -> None:
    head, rest = cut(text, 100)
    assert head == ends
    assert words(head + rest) == words(text)


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param("[the guide](https://example.org/a_(b)/c)", id="link"),
        pytest.param("https://example.org/a/long/address", id="address"),
        pytest.param("轮[1][2]", id="a sign and its citation marks"),
        pytest.param("`code in a line`", id="code span"),
        pytest.param("**weight on these**", id="emphasis"),
        pytest.param("👩‍👩‍👧‍👦", id="a sign made of several"),
        pytest.param("🇨🇳", id="a flag"),
        pytest.param("e\u0301", id="an accent"),
    ],
)
def test_cut_never_falls_within(whole: str) -> None:
    for shift in range(60, 110):
        assert any(whole in part for part in split("字" * shift + whole + "字" * 60, 100)), shift


def test_fence_is_closed_and_opened_again() -> None:
    text = "Run this:\n\n```python\n" + "total += price\n" * 30 + "```\n\nThen rest."
    parts = split(text, 200)
    assert len(parts) > 2
    for part in parts:
        assert len(re.findall(r"^```", part, re.MULTILINE)) % 2 == 0
    assert all("```python\n" in part for part in parts)
    assert parts[-1].endswith("Then rest.")
    assert sum(part.count("total += price") for part in parts) == 30


def test_fence_within_a_longer_fence_does_not_end_it() -> None:
    text = "````md\n```\ninner\n```\n" + "text of the example\n" * 20 + "````"
    for part in split(text, 150):
        assert part.count("````") == 2


def test_head_of_a_table_is_repeated_over_its_rows() -> None:
    head = "| 公司 | 结果 |\n|---|:-:|\n"
    rows = [f"| 第{number}家 | 成功 |" for number in range(20)]
    parts = split(head + "\n".join(rows) + "\n\n完。", 120)
    assert len(parts) > 2
    assert all(part.startswith(head) for part in parts[:-1])
    assert [row for part in parts for row in part.splitlines() if row.startswith("| 第")] == rows


def test_text_behind_a_table_gets_no_head() -> None:
    head, rest = cut("| a | b |\n|---|---|\n| c | d |\n| e | f |\n| g | h |\n" + "\n" + "word " * 30, 80)
    assert head.endswith("| g | h |")
    assert rest.startswith("word word")


def test_heading_goes_with_what_it_heads() -> None:
    parts = split(f"{PARAGRAPH}\n\n## 定价\n\n{PARAGRAPH}", 90)
    assert parts[-1].startswith("## 定价")


def test_introduction_goes_with_its_list() -> None:
    parts = split(f"{PARAGRAPH}\n\n三点建议：\n- {PARAGRAPH}", 90)
    assert parts[-1].startswith("三点建议：")


def test_length_is_what_the_platform_measures() -> None:
    def units(text: str) -> int:
        return len(text.encode("utf-16-le")) // 2

    parts = split("😀" * 300, 100, measure=units)
    assert max(units(part) for part in parts) <= 100
    assert "".join(parts) == "😀" * 300


@pytest.mark.parametrize(("text", "parts"), [("", ()), ("  \n", ()), ("short", ("short",))])
def test_short_text_stays_as_it_is(text: str, parts: tuple[str, ...]) -> None:
    assert split(text, 100) == parts


def test_limit_too_short_for_any_message_is_refused() -> None:
    with pytest.raises(InvalidInput, match=str(SHORTEST_LIMIT - 1)):
        split("字" * 500, SHORTEST_LIMIT - 1)


CODE = [f"print('line {number} of the code')" for number in range(20)]


@pytest.mark.parametrize(
    ("before", "lead", "fence"),
    [
        ("1. Run this:\n\n", "    ", "```"),
        ("", "> ", "```"),
        ("", ">", "~~~"),
        ("", "", "~~~~~~~~"),
        ("- a\n", "\t", "```"),
    ],
    ids=["in a list", "in a quotation", "in a tight quotation", "long", "behind a tab"],
)
@pytest.mark.parametrize("limit", [80, 150, 300])
def test_fence_is_closed_and_opened_again_wherever_it_stands(before: str, lead: str, fence: str, limit: int) -> None:
    block = "\n".join(f"{lead}{line}" for line in (f"{fence}py", *CODE, fence))
    parts = split(f"{before}{block}\n\n2. Done.", limit)
    assert all(part.count(fence) % 2 == 0 and len(part) <= limit for part in parts)
    coded = [part for part in parts if "print" in part]
    mark = "> " if lead.startswith(">") else ""
    assert all(part.startswith(f"{mark}{fence}py\n") for part in coded[1:])
    assert all(part.endswith(f"\n{mark}{fence}") for part in coded[:-1])
    assert f"\n{lead.strip()}" in coded[-1]
    assert parts[-1].endswith("2. Done.")


def test_address_with_several_brackets_stays_whole() -> None:
    link = "[维基](https://zh.wikipedia.org/wiki/AI_(人工智能)_(学科)_(x))"
    assert any(link in part for part in split(f"{'字' * 170}{link} 结束。{'字' * 200}", 200))


PIECES = st.sampled_from(
    [
        "数据飞轮。",
        "A moat [1]. ",
        "\n",
        "\n\n",
        "- ",
        "| a | b |\n",
        "|---|---|\n",
        "```\n",
        "    ```\n",
        "> ```\n",
        "~~~~~~~\n",
        "## H\n",
        "`x`",
        "字" * 90,
        *["[t](https://example.org/x) ", "**b**", "word ", "：", "https://example.org/" + "a" * 120, "😀"],
    ]
)


@settings(deadline=None)
@given(text=st.lists(PIECES, max_size=60).map("".join), limit=st.integers(SHORTEST_LIMIT, 300))
def test_every_part_fits_and_no_word_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    kept = [sign for sign in text if sign.isalnum()]
    shown = [sign for part in parts for sign in part if sign.isalnum()]
    assert len(shown) >= len(kept)
    assert set(shown) == set(kept)
