"""What short messages mean."""

from __future__ import annotations

import pytest

from bot.engine.speech import (
    asks,
    has_words,
    is_about_bot,
    is_farewell,
    is_greeting,
    is_noise,
    is_resume,
    is_stop,
    is_thanks,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("How do we price this?", True, id="an English question"),
        pytest.param("怎么定价？", True, id="a full-width question mark"),
        pytest.param("怎么定价?", True, id="an ASCII mark after Chinese"),
        pytest.param("Prices? I wonder.", True, id="a mark in the middle"),
        pytest.param("see https://example.org/?page=2", False, id="a mark in an address"),
        pytest.param("https://example.org/a?b — any views?", True, id="an address and a question"),
        pytest.param("We priced it.", False, id="a statement"),
        pytest.param("???", False, id="signs alone"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_question_is_told_by_its_mark(text: str, expected: bool) -> None:
    assert asks(text) is expected


@pytest.mark.parametrize("text", ["stop", "Stop!", " STOP. ", "停止", "停止。", "ｓｔｏｐ"])
def test_stop_is_understood(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize("text", ["resume", "Resume.", "继续", "继续！", "continue"])
def test_resume_is_understood(text: str) -> None:
    assert is_resume(text)


@pytest.mark.parametrize("text", ["When should we stop?", "停止招聘的时机是什么？", "继续融资还是盈利？", "stop loss"])
def test_question_about_stopping_is_no_stop(text: str) -> None:
    assert not is_stop(text)
    assert not is_resume(text)


@pytest.mark.parametrize(
    "text",
    [
        "thanks!",
        "Ok, thank you so much",
        "谢谢",
        "好的，谢谢！",
        "got it",
        "明白了",
        "OK",
        "Thank you, that was great",
        "太棒了，多谢",
    ],
)
def test_thanks_are_no_question(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    ["", "so?", "ok but why", "谢谢，那成本呢？", "it", "you", "a lot", "ok, was that it?", "great answer engines"],
)
def test_what_is_more_than_thanks_is_none(text: str) -> None:
    assert not is_thanks(text)


@pytest.mark.parametrize(("text", "expected"), [("Hi!", True), ("你好", True), ("hi, how do we price?", False)])
def test_greeting_is_understood(text: str, expected: bool) -> None:
    assert is_greeting(text) is expected


@pytest.mark.parametrize(("text", "expected"), [("?!…", False), ("👍", False), ("融资", True), ("7", True)])
def test_words_are_letters_digits_and_characters(text: str, expected: bool) -> None:
    assert has_words(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("Bye!", True), ("再见", True), ("bye bye", True), ("Buy or build?", False)]
)
def test_farewell_is_understood(text: str, expected: bool) -> None:
    assert is_farewell(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who are you?", True),
        ("hello there, who are you?", True),
        ("你好，你能做什么？", True),
        ("你是AI吗？", True),
        ("who are you selling to?", False),
        ("你能做什么样的定价？", False),
        ("help", False),
    ],
)
def test_question_about_the_bot_is_understood(text: str, expected: bool) -> None:
    assert is_about_bot(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("lol", True), ("哈哈哈", True), ("hahaha", True), ("啊啊啊啊", True), ("1000", False), ("AI", False)],
)
def test_noise_is_no_question(text: str, expected: bool) -> None:
    assert is_noise(text) is expected
