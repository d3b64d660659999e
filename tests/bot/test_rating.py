"""Ratings: saved at the click, explained if one likes, and changed when one changes one's mind."""

from __future__ import annotations

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
    assert await bench.command("反馈", "差 数据过时") == "谢谢，已记录。"
    saved = await bench.store.feedback.get("a1", ADA.key)
    assert saved is not None
    assert (saved.rating, saved.text) == (Rating.DOWN, "数据过时")
