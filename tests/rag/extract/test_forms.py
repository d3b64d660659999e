"""Tests what is known by its form."""

from __future__ import annotations

import pytest

from rag.extract.asked import Kind
from rag.extract.forms import is_of_another_period, lacks_form, shows_figure, shows_money


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("渡轮票价是二十克朗。", True),
        ("会费每人一百五十块。", True),
        ("团队有十二名工程师。", True),
        ("两间会议室都在三楼。", True),
        ("超过半数的客户续了约。", True),
        ("A pass costs twenty crowns.", True),
        ("The crew has eleven members.", True),
        ("千万不要先签合同。", False),
        ("这件事十分重要，第一步是访谈。", False),
        ("十二月停航。", False),
        ("2024 年停航。", False),
        ("The ferry is small.", False),
    ],
)
def test_a_number_is_seen_in_words_as_in_digits(text: str, shown: bool) -> None:
    assert shows_figure(text, Kind.NUMBER) is shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("公司成立于二〇一五年。", True),
        ("试点持续三个月。", True),
        ("例会在星期二。", True),
        ("It was founded in May.", True),
        ("The pilot took six weeks.", True),
        ("You may call us.", False),
        ("公司在成都。", False),
    ],
)
def test_a_time_is_seen_in_words_as_in_digits(text: str, shown: bool) -> None:
    assert shows_figure(text, Kind.TIME) is shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("票价是二十克朗。", True),
        ("一碗面十五块。", True),
        ("It costs forty kronor.", True),
        ("这个板块很热。", False),
        ("It costs nerves.", False),
    ],
)
def test_money_is_seen_whatever_the_currency(text: str, shown: bool) -> None:
    assert shows_money(text) is shown


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("渡轮几点开船？", "渡轮早上八点开船。", False),
        ("食堂几点开门？", "食堂中午开门。", False),
        ("食堂几点开门？", "食堂在二楼。", True),
        ("What time does the ferry leave?", "The ferry leaves at eight.", False),
        ("What time does the ferry leave?", "The ferry leaves at half past nine.", False),
        ("What time does the ferry leave?", "The ferry leaves from the pier.", True),
    ],
)
def test_a_time_of_the_day_is_seen_in_words(question: str, text: str, lacks: bool) -> None:
    assert lacks_form(question, text) is lacks
