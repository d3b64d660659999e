"""Ratings: saved at the click, explained if one likes, and changed when one changes one's mind."""

from __future__ import annotations

import pytest

from bot.chat import Capabilities, Submission
from bot.memory_chat import MemoryChat
from bot.offers import Verb
from bot.records import Rating
from bot.replies import Visibility

from .bench import Bench
from .samples import ADA, BOB, NOW, PLACE


async def test_thumb_is_saved_at_the_click_and_a_reason_may_follow() -> None:
    bench = await Bench().answered()
    assert await bench.press(Verb.DOWN) == "Thank you, noted. What was wrong with the answer?"
    saved = await bench.store.feedback.get("a1", ADA.key)
    assert saved is not None
    assert (saved.rating, saved.reason) == (Rating.DOWN, "")
    (reasons,) = bench.last.actions
    assert [button.payload.argument for button in reasons] == ["wrong", "outdated", "missing", "unclear", "other"]
    assert await bench.press(Verb.REASON, argument="outdated") == "Thank you. Your reason is noted: It is outdated."
    saved = await bench.store.feedback.get("a1", ADA.key)
    assert saved is not None
    assert saved.reason == "outdated"
    assert bench.last.visibility is Visibility.PRIVATE


async def test_other_reason_is_asked_for_in_a_form() -> None:
    bench = await Bench().answered()
    await bench.press(Verb.REASON, argument="other")
    ((trigger, form),) = bench.chat.forms
    assert trigger == "t1"
    await bench.handler.handle(
        Submission(
            event_id="f", place=PLACE, person=ADA, at=NOW, payload=form.payload, values={"text": " Wrong year. "}
        ),
        bench,
    )
    saved = await bench.store.feedback.get("a1", ADA.key)
    assert saved is not None
    assert (saved.reason, saved.text) == ("other", "Wrong year.")


async def test_other_reason_is_noted_where_there_are_no_forms() -> None:
    capabilities = Capabilities(message_characters=4000, edit_interval_s=0, forms=False)
    bench = await Bench(chat=MemoryChat(capabilities=capabilities)).answered()
    assert await bench.press(Verb.REASON, argument="other") == "Thank you. Your reason is noted: Something else."


async def test_people_change_their_minds_and_each_has_a_word() -> None:
    bench = await Bench().answered()
    await bench.press(Verb.DOWN)
    await bench.press(Verb.REASON, argument="wrong")
    await bench.press(Verb.DOWN, person=BOB)
    await bench.press(Verb.UP)
    mine, his = [await bench.store.feedback.get("a1", person.key) for person in (ADA, BOB)]
    assert mine is not None
    assert his is not None
    assert (mine.rating, mine.reason, his.rating) == (Rating.UP, "", Rating.DOWN)


async def test_same_thumb_again_keeps_the_reason() -> None:
    bench = await Bench().answered()
    await bench.press(Verb.REASON, argument="wrong")
    await bench.press(Verb.DOWN)
    saved = await bench.store.feedback.get("a1", ADA.key)
    assert saved is not None
    assert saved.reason == "wrong"


async def test_feedback_command_rates_the_last_answer_here() -> None:
    bench = Bench()
    assert await bench.command("feedback", "good") == "There is no answer here yet that you could rate."
    await bench.answered()
    assert await bench.command("反馈", "差 数据过时") == "谢谢，原因已记录：数据过时。"
    saved = await bench.store.feedback.get("a1", ADA.key)
    assert saved is not None
    assert (saved.rating, saved.text) == (Rating.DOWN, "数据过时")


@pytest.mark.parametrize(
    ("name", "words", "told", "saved"),
    [
        ("反馈", "没用", "谢谢，已记录。这个回答哪里不好？", ("down", "", "")),
        ("反馈", "有用", "谢谢，已记录。", ("up", "", "")),
        ("反馈", "很有帮助，谢谢", "谢谢，已记录。", ("up", "other", "谢谢")),
        ("反馈", "不对，应该是 2023 年", "谢谢，原因已记录：应该是 2023 年。", ("down", "wrong", "应该是 2023 年")),
        ("反馈", "太旧了", "谢谢，原因已记录：内容过时。", ("down", "outdated", "")),
        ("feedback", "helpful", "Thank you, noted.", ("up", "", "")),
        ("feedback", "useless", "Thank you, noted. What was wrong with the answer?", ("down", "", "")),
        ("feedback", "That’s wrong: it was 2013", "Thank you. Your reason is noted: it was 2013.",
         ("down", "wrong", "it was 2013")),
        ("feedback", "not clear", "Thank you. Your reason is noted: It is not clear.", ("down", "unclear", "")),
    ],
)  # fmt: skip
async def test_answer_is_rated_in_ones_own_words(name: str, words: str, told: str, saved: tuple[str, str, str]) -> None:
    bench = await Bench().answered()
    assert await bench.command(name, words) == told
    kept = await bench.store.feedback.get("a1", ADA.key)
    assert kept is not None
    assert (kept.rating, kept.reason, kept.text) == saved
