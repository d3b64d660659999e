"""Checklists that a team works on: posted once, edited in place, and coming back with what is due."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.chat import Capabilities, Standing
from bot.checklist_records import Act, Change, ListKind
from bot.checklist_state import board_of
from bot.commands.risk_lists import Edition, post_checklist
from bot.errors import DeliveryFailed
from bot.memory_chat import Moment
from bot.payloads import MOST_CHARACTERS
from bot.records import Profile
from bot.replies import Button, Select
from rag.kinds.values import Stage as CompanyStage
from rag.risks import Company, Reason
from rag.types import Language

from .risk_stage import (
    ADA,
    BOB,
    HIDDEN,
    MONDAY,
    OTHER,
    PEOPLE,
    RISKS,
    ROOM,
    RiskStage,
    actions,
    button,
    choice,
    options,
    payloads,
)
from .stage import EN, ZH


async def test_checklist_tells_what_to_ask_watch_and_do(team: RiskStage) -> None:
    await team.store.profiles.save_team(ROOM.channel_key, Profile(stage=CompanyStage.SEED, sector="医疗影像"))
    await team.say("checklist")
    reply = team.shown.reply
    assert reply.text.startswith(
        "**Risk checklist** · 2026-03-02 · Chosen for seed, healthcare\n\n░░░░░░░░░░ 0 of 5 settled\n\n"
        "☐ **1. Cash ends before the next proof** · score 18\n- **Ask:** On which date does cash reach zero"
    )
    assert "(whole plan: `/advisor risks incident runway-short`)" in reply.text
    assert [citation.number for citation in reply.citations] == [1, 2, 3, 4, 5]
    await team.say("清单", name="风险")
    assert team.shown.reply.text.startswith("**风险清单** · 2026-03-02 · 适用对象：种子轮、医疗\n\n")


async def test_item_that_is_settled_is_told_in_the_same_message(team: RiskStage) -> None:
    await team.say("checklist")
    await team.push(button(team.shown.reply, "✓ 1"), by=BOB)
    (posted,) = team.chat.posted
    assert "▓▓░░░░░░░░ 1 of 5 settled" in posted.reply.text
    assert "☑ **1. Cash ends before the next proof** · done by Bob, 2026-03-02\n" in posted.reply.text
    assert team.chat.whispers == []
    for label in ("✓ 2", "✓ 3", "✓ 4", "✓ 5"):
        await team.push(button(team.shown.reply, label))
    assert "5 of 5 settled · All settled. 🎉" in team.shown.reply.text
    assert not [each for each in actions(team.shown.reply) if each.payload.argument.startswith("done")]


async def test_button_works_after_a_restart_and_twice(team: RiskStage) -> None:
    await team.say("checklist")
    pressed = button(team.shown.reply, "✓ 2")
    again = RiskStage(chat=team.chat, store=team.store)
    again.means = replace(team.means)
    again.opened()
    await again.push(pressed)
    await again.push(pressed, by=BOB)
    assert len(team.chat.posted) == 1
    board = board_of(await team.store.checklists.changes(ROOM.channel_key))
    assert [(change.act, change.by and change.by.name) for change in board.history] == [(Act.DONE, "Ada")]


async def test_people_who_press_at_once_never_undo_one_another(team: RiskStage) -> None:
    await team.say("checklist")
    reply = team.shown.reply
    presses = [team.push(button(reply, f"✓ {number}"), by=PEOPLE[number % 3]) for number in (1, 2, 3, 4)]
    await team.push(choice(reply, ""), options(reply, "")[4].value)
    card = team.last
    presses += [team.push(choice(card, "signal"), value, by=BOB) for value in ("t0", "t1")]
    presses += [team.push(button(card, "I take it"), by=ADA), team.push(choice(card, "snooze"), "7", by=BOB)]
    await asyncio.gather(*presses)
    text = team.shown.reply.text
    assert "4 of 5 settled · 1 put off" in text
    assert text.count("☑") == 4
    item = board_of(await team.store.checklists.changes(ROOM.channel_key)).item(options(reply, "")[4].value)
    assert item.handling.ticked == {0, 1}
    assert item.owner is not None
    assert item.handling.snoozed_until is not None


async def test_presses_that_come_together_share_an_edit(team: RiskStage) -> None:
    await team.say("checklist")
    reply, begun, go = team.shown.reply, asyncio.Event(), asyncio.Event()

    async def slow(method: str, moment: Moment) -> None:
        if (method, moment) == ("edit", Moment.BEFORE):
            begun.set()
            await go.wait()

    team.chat.watch = slow
    first = asyncio.create_task(team.push(button(reply, "✓ 1")))
    await begun.wait()
    others = [asyncio.create_task(team.push(button(reply, f"✓ {number}"))) for number in (2, 3, 4, 5)]
    while len(await team.store.checklists.changes(ROOM.channel_key)) < 10:
        await asyncio.sleep(0)
    go.set()
    await asyncio.gather(first, *others)
    assert "5 of 5 settled" in team.shown.reply.text
    assert len(team.shown.versions) == 3


async def test_list_of_this_week_is_shown_again_and_begun_once(team: RiskStage) -> None:
    await team.say("checklist")
    await team.push(button(team.shown.reply, "✓ 1"))
    team.wait(days=2)
    await team.say("checklist", by=BOB)
    first, second = team.chat.posted
    assert "1 of 5 settled" in second.reply.text
    await team.push(button(first.reply, "✓ 3"))
    assert all("2 of 5 settled" in each.reply.text for each in team.chat.posted)
    listed = [change for change in await team.store.checklists.changes(ROOM.channel_key) if change.act is Act.LISTED]
    assert len(listed) == 5


async def test_next_list_begins_with_what_comes_back(team: RiskStage) -> None:
    await team.say("checklist")
    names = [option.value for option in options(team.shown.reply, "")]
    await team.push(button(team.shown.reply, "✓ 1"))
    await team.push(button(team.shown.reply, "✓ 2"))
    await team.push(choice(team.shown.reply, ""), names[1])
    await team.push(button(team.last, "Reopen"))
    await team.push(choice(team.shown.reply, ""), names[2])
    await team.push(choice(team.last, "snooze"), "7")
    await team.push(choice(team.shown.reply, ""), names[3])
    await team.push(choice(team.last, "snooze"), "30")
    team.wait(days=7)
    await team.say("checklist")
    (made,) = await team.store.checklists.latest(ROOM.channel_key, ListKind.RISKS, limit=1)
    assert {each.item: each.reason for each in made.items if each.reason is not Reason.FRESH} == {
        names[1]: Reason.REOPENED,
        names[2]: Reason.BACK,
        names[4]: Reason.OVERDUE,
    }
    text = team.shown.reply.text
    assert "· reopened\n" in text
    assert "· still open from an earlier list\n" in text
    assert names[0] not in text
    assert len(await team.store.checklists.latest(ROOM.channel_key, ListKind.RISKS, limit=9)) == 2


async def test_schedule_posts_once_for_each_claim_also_after_a_crash(team: RiskStage) -> None:
    async def out_of_reach(method: str, moment: Moment) -> None:
        if (method, moment) == ("post", Moment.AFTER):
            raise DeliveryFailed("killed after posting")

    edition = Edition(at=MONDAY, claim="s1", language=ZH, company=Company(stage=CompanyStage.IDEA))
    team.chat.watch = out_of_reach
    with pytest.raises(DeliveryFailed):
        await post_checklist(team.means, ROOM, edition)
    team.chat.watch = None
    posts = [post_checklist(team.means, ROOM, edition) for _ in range(3)]
    begun = await asyncio.gather(*posts)
    assert len({each.id for each in begun}) == 1
    (posted,) = team.chat.posted
    assert "适用对象：想法期\n" in posted.reply.text
    await post_checklist(team.means, ROOM, Edition(at=MONDAY, claim="s2", language=ZH))
    assert len(team.chat.posted) == 2


async def test_list_without_anything_due_says_so(team: RiskStage) -> None:
    for _ in range(12):
        begun = await post_checklist(team.means, ROOM, Edition(at=team.now, claim=str(team.now), language=EN))
        for number in range(1, len(begun.items) + 1):
            await team.push(button(team.shown.reply, f"✓ {number}"))
        team.wait(days=1)
    assert "Nothing is due: all 35 risks are dealt with" in team.shown.reply.text
    assert payloads(team.shown.reply)


@pytest.mark.parametrize("language", ["risks", "风险"])
async def test_list_keeps_to_the_limits_of_the_narrowest_platform(team: RiskStage, language: str) -> None:
    team = team.with_chat(Capabilities(message_characters=2000, edit_interval_s=0))
    await team.say("checklist" if language == "risks" else "清单", name=language)
    replies = [posted.reply for posted in team.chat.posted]
    assert len(replies) > (1 if language == "risks" else 0)
    last = replies[-1]
    assert all(len(reply.text) <= 2000 for reply in replies)
    assert not any(reply.actions for reply in replies[:-1])
    await team.push(choice(last, ""), options(last, "")[0].value)
    for reply in (last, team.last):
        assert len(reply.actions) <= 5
        assert all(len(payload.encoded) <= MOST_CHARACTERS for payload in payloads(reply))
        for row in reply.actions:
            assert len(row) == 1 or all(isinstance(each, Button) for each in row)
            assert len(row) <= 5
        lists = [each for each in actions(reply) if isinstance(each, Select)]
        assert all(len(option.label) <= 75 for each in lists for option in each.options)
        assert all(len(each.options) <= 25 for each in lists)


async def test_list_shrinks_and_grows_again_with_what_is_settled(team: RiskStage) -> None:
    team = team.with_chat(Capabilities(message_characters=2000, edit_interval_s=0))
    await team.say("checklist")
    begun = len(team.chat.posted)
    items = [each for each in payloads(team.shown.reply) if each.argument.startswith("done.")]
    for payload in items:
        await team.push(Button(label="", payload=payload))
    assert len(team.chat.posted) == 1
    await team.push(Button(label="", payload=replace(items[0], argument=items[0].argument.replace("done", "reopen"))))
    for payload in items[1:]:
        await team.push(Button(label="", payload=replace(payload, argument=payload.argument.replace("done", "reopen"))))
    assert len(team.chat.posted) == begun
    assert "0 of 5 settled" in team.chat.posted[0].reply.text


async def test_what_found_no_room_is_counted(team: RiskStage) -> None:
    for _ in range(3):
        await post_checklist(team.means, ROOM, Edition(at=team.now, claim=str(team.now), language=EN))
        team.wait(days=7)
    held = [risk.id for risk in RISKS if risk.shelf != HIDDEN]
    past = [
        Change(board=ROOM.channel_key, item=item, act=act, at=MONDAY) for item in held for act in (Act.DONE, Act.REOPEN)
    ]
    await team.store.checklists.add(past)
    posted = await post_checklist(team.means, ROOM, Edition(at=team.now, claim="last", language=Language.JA))
    assert len(posted.items) == 10
    assert team.shown.reply.notes == ("25 more have come back; `/advisor risks list` lists them.",)
    await team.push(button(team.shown.reply, "✓ 1"))
    assert team.shown.reply.notes[0].startswith("25 more")


async def test_list_of_another_channel_takes_no_orders(team: RiskStage) -> None:
    await team.say("checklist")
    pressed = button(team.shown.reply, "✓ 1")
    assert await team.push(pressed, place=OTHER) == "That list belongs to another channel."
    stranger = replace(BOB, standing=Standing.STRANGER)
    assert await team.push(pressed, by=stranger) == "Only members of this workspace may work on its risks."
    assert await team.say("checklist", by=stranger) == "Only members of this workspace may work on its risks."
    gone = replace(pressed, payload=replace(pressed.payload, subject="gone"))
    assert (await team.push(gone)).startswith("That button is from an earlier version of me.")
    assert "0 of 5 settled" in team.shown.reply.text


@pytest.mark.parametrize("argument", ["done.no-such-risk", "explode.runway-short", "signal.runway-short.c", "", "done"])
async def test_button_that_makes_no_sense_changes_nothing(team: RiskStage, argument: str) -> None:
    await team.say("checklist")
    pressed = button(team.shown.reply, "✓ 1")
    odd = replace(pressed, payload=replace(pressed.payload, argument=argument))
    assert (await team.push(odd, "t99")).startswith("That button is from an earlier version of me.")
    assert not board_of(await team.store.checklists.changes(ROOM.channel_key)).history
