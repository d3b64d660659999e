"""Tests what is known by its form."""

from __future__ import annotations

import pytest

from rag.extract.forms import is_of_another_period


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("数据泄露了第一个小时做什么？", "发生后第一小时要做的事：", False),
        ("数据泄露了第一个小时做什么？", "发生后第一周要做的事：", True),
        ("数据泄露了头几天做什么？", "第一天", False),
        ("What do we do in the first hour of an outage?", "First week", True),
        ("What do we do in the first few days?", "In the first day", False),
        ("What do we do after an outage?", "First week", False),
        ("What do we do in the first hour?", "Call the lead of the incident", False),
        ("What should the first hire do?", "First year", False),
        ("2025 年 11 月 1 日起要做什么？", "第一年", False),
        ("Compare the first hour and the first week", "First week", False),
    ],
)
def test_text_about_another_period_than_the_one_asked_for_is_told(question: str, told: str, other: bool) -> None:
    assert is_of_another_period(question, told) is other
