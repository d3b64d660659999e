"""`privacy`: what is kept is shown, handed over and deleted, for whoever asks and nobody else."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.chat import Capabilities, PlaceKind
from bot.memory_chat import MemoryChat
from bot.privacy_settings import PrivacySettings
from bot.records import FeedbackRecord, Profile, Rating
from bot.replies import Button, Style
from tests.bot.bench import Bench
from tests.bot.samples import ADA, BOB, NOW, PLACE, evidence, record


async def talked() -> Bench:
    """Ada has asked, rated and told of her start-up."""
    bench = await Bench().answered()
    await bench.store.feedback.save(FeedbackRecord(answer_id="a1", person=ADA.key, rating=Rating.UP, at=NOW))
    await bench.store.profiles.save_person(ADA.key, Profile(sector="law"))
    return bench


async def test_what_is_kept_is_counted_in_both_languages() -> None:
    bench = await talked()
    told = await bench.command("privacy")
    assert "- questions, with my answers: 1\n- ratings: 1\n- profile: 1\n- since 2026-03-01" in told
    assert "- It is deleted after 365 days." in told
    assert "belongs to the workspace" in told
    assert "- 提问（连同我的回答）：1" in await bench.command("隐私")
    assert [each.label for row in bench.last.actions for each in row if isinstance(each, Button)] == [
        "导出为文件",
        "删除我的数据……",
    ]


async def test_one_of_whom_nothing_is_kept_is_told_so() -> None:
    bench = Bench()
    assert (await bench.command("privacy")).startswith("I keep nothing of you.")
    assert bench.last.actions == ()


async def test_words_that_are_kept_for_ever_are_not_promised_to_go() -> None:
    bench = await talked()
    bench.means = replace(bench.means, privacy=PrivacySettings(keep_days=0))
    bench.__post_init__()
    assert "after 365 days" in await bench.command("privacy")


async def test_export_is_one_file_for_the_person_alone() -> None:
    bench = await talked()
    await bench.command("privacy")
    await bench.press("privacy", "export", "en")
    place, person, reply = bench.chat.whispers[-1]
    (file,) = reply.files
    told = json.loads(file.content)
    assert (person, place) == (ADA, PLACE)
    assert told["person"] == ADA.key
    assert told["questions"][0]["text"] == "What is a data flywheel?"
    assert told["answers"][0]["sources"] == ["Flywheels", "Flywheels"]
    await bench.press("privacy", "export", "en", person=BOB)
    assert b"flywheel" not in bench.last.files[0].content


async def test_answer_that_rests_on_what_the_person_may_not_read_is_left_out() -> None:
    kept = replace(record(), evidence=(evidence(audience="board"),))
    bench = await Bench().answered(evidence=kept.evidence)
    told = await bench.command("privacy", "export")
    assert "Some answers are left out" in told
    assert json.loads(bench.last.files[0].content)["answers"][0]["text"] == ""
    bench.held[ADA.id] = frozenset({"board"})
    assert "left out" not in await bench.command("privacy", "export")


async def test_nothing_is_handed_over_where_others_read_along() -> None:
    chat = MemoryChat(capabilities=Capabilities(message_characters=4000, edit_interval_s=0, private_replies=False))
    bench = Bench(chat=chat)
    await bench.command("privacy", "export")
    assert chat.posted[-1].reply.text == "Others would read along here. Please ask me in a direct message."
    assert chat.posted[-1].reply.files == ()


async def test_deletion_asks_first_and_takes_the_presser_s_own() -> None:
    bench = await talked()
    assert "Delete all that I keep of you?" in await bench.command("privacy", "delete")
    ((sure,),) = bench.last.actions
    assert isinstance(sure, Button)
    assert (sure.label, sure.style) == ("Delete it all", Style.DANGER)
    assert not (await bench.store.privacy.held(ADA.key)).empty
    await bench.press("privacy", "sure", "en", person=BOB)
    assert not (await bench.store.privacy.held(ADA.key)).empty
    assert await bench.press("privacy", "sure", "en") == "Done. I keep nothing of you any more."
    assert (await bench.store.privacy.held(ADA.key)).empty
    assert (await bench.store.audit.latest(limit=1))[0].actor == f"hash of {ADA.key}"


async def test_deletion_in_a_direct_message_takes_what_was_asked_there_too() -> None:
    direct = replace(PLACE, kind=PlaceKind.DM, channel="d", thread="")
    bench = await talked()
    assert await bench.press("privacy", "sure", "zh", place=direct) == bench.said
    assert bench.chat.posted[-1].reply.text == "已删除。我不再保存关于您的任何内容。"


async def test_answers_that_are_given_again_are_forgotten_with_it() -> None:
    cleared: list[bool] = []

    async def clear() -> None:
        cleared.append(True)

    bench = await talked()
    bench.handler._means = replace(bench.means, forget_answers=clear)
    await bench.press("privacy", "sure", "en")
    assert cleared == [True]


async def test_unknown_act_is_told() -> None:
    assert "earlier version" in await Bench().press("privacy", "sell", "en")


async def test_person_with_one_account_is_shown_and_freed_of_what_every_workspace_keeps() -> None:
    bench = await talked()
    elsewhere = f"{ADA.platform}/other/{ADA.id}"
    await bench.store.profiles.save_person(elsewhere, Profile(sector="health"))
    assert "- profile: 1" in await bench.command("privacy")
    bench.chat.capabilities = replace(bench.chat.capabilities, one_account=True)
    assert "- profile: 2" in await bench.command("privacy")
    await bench.press("privacy", "export", "en")
    assert [each["sector"] for each in json.loads(bench.last.files[0].content)["profiles"]] == ["law", "health"]
    await bench.press("privacy", "sure", "en")
    assert await bench.store.profiles.of_person(elsewhere) is None
    assert await bench.store.profiles.of_person(ADA.key) is None
