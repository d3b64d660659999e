"""Verdicts on an answer, read from what people type, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.verdicts import Verdict, remarked, verdict_of


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("没用，数字太旧了", Verdict(good=False, reason="outdated", text="数字太旧了")),
        ("没用，例子太旧了", Verdict(good=False, reason="outdated", text="例子太旧了")),
        ("没用因为太旧", Verdict(good=False, reason="outdated", text="因为太旧")),
        ("这个答案完全错了", Verdict(good=False, reason="wrong")),
        ("缺少税务", Verdict(good=False, reason="missing", text="缺少税务")),
        ("没说清楚", Verdict(good=False, reason="unclear")),
        ("👍", Verdict(good=True)),
        ("👎 没看懂", Verdict(good=False, reason="unclear", text="没看懂")),
        ("Ｗｒｏｎｇ！数字不对", Verdict(good=False, reason="wrong", text="数字不对")),
        (
            "Not good because the data is stale",
            Verdict(good=False, reason="outdated", text="because the data is stale"),
        ),
        ("The answer is incomplete: nothing on Tax", Verdict(good=False, reason="missing", text="nothing on Tax")),
        ("+1", Verdict(good=True)),
        ("好像不对", None),
        ("好的产品是什么", None),
        ("splendid", None),
        ("", None),
    ],
)
def test_verdict_is_read_with_its_reason_and_what_else_is_said(typed: str, verdict: Verdict | None) -> None:
    assert verdict_of(typed) == verdict


@pytest.mark.parametrize("message", ["对", "no", "old", "-", "Right?", "这个不对吗？", "不对，应该是 2023 年", "good"])
def test_message_that_may_mean_something_else_rates_nothing(message: str) -> None:
    assert remarked(message) is None


@given(st.text(alphabet="真的有一点很太没用对错旧 it is not useful,，。!İＡ👎", max_size=60))
def test_any_text_is_read_or_left_and_nothing_is_made_up(typed: str) -> None:
    verdict = verdict_of(typed)
    assert verdict is None or len(verdict.text) <= 4 * len(typed)


def test_long_text_is_read_at_once() -> None:
    for run in ("真的", "有一点", "it is ", "没", "很太差x"):
        verdict_of(run * 20_000)
