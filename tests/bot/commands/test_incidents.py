"""Incidents: a plan as a timed checklist in a thread, and what people are reminded of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import discord
import pytest
from discord.ui import DynamicItem

from bot.chat import Standing
from bot.checklist_records import ListKind
from bot.commands.risk_reminders import remind
from bot.discord_app.items import view_of
from bot.errors import DeliveryFailed
from bot.memory_chat import Moment, Posted
from bot.records import ChannelSettings
from bot.replies import Reply, Select
from bot.schedules.zones import ZONE
from bot.slack_app.render import actions_of
from tests.bot.samples import PLACE

from .risk_stage import ADA, BOB, OTHER, RISKS, ROOM, RiskStage, actions, button, choice

PUBLIC = [risk for risk in RISKS if risk.shelf != "legal"]


def hour(team: RiskStage) -> Reply:
    return team.chat.posted[1].reply


def said(team: RiskStage, *, after: int) -> list[Posted]:
    return list(team.chat.posted[after:])


async def test_plan_is_posted_in_three_parts_in_a_thread(team: RiskStage) -> None:
    await team.say("incident data-breach")
    head, *parts = team.chat.posted
    assert head.reply.text.startswith(
        "🚨 **Incident: Personal data leaks**\n\nStarted 2026-03-02 09:00 UTC by Ada.\n\n░░░░░░░░░░ 0 of 10 steps done"
    )
    assert head.ref.place == ROOM
    assert [part.ref.place.thread for part in parts] == [head.ref.id] * 3
    assert [part.reply.text.splitlines()[0] for part in parts] == [
        "**First hour** · until 2026-03-02 10:00 UTC · 0 of 4",
        "**First day** · until 2026-03-03 09:00 UTC · 0 of 3",
        "**First week** · until 2026-03-09 09:00 UTC · 0 of 3",
    ]
    assert "☐ **1. Incident lead**: Write down the time" in hour(team).text
    assert "happened, plan started" in await team.say("history")


@pytest.mark.parametrize("risk", PUBLIC, ids=lambda risk: risk.id)
async def test_every_plan_starts_by_its_chinese_name(team: RiskStage, risk) -> None:  # type: ignore[no-untyped-def]
    await team.say(f"事件 {risk.title.zh}", name="风险")
    assert team.chat.posted[0].reply.text.startswith(f"🚨 **事件：{risk.title.zh}**")
    assert len(team.chat.posted) == 4
    assert all(len(each.reply.text) < 2000 for each in team.chat.posted)


@pytest.mark.parametrize(
    ("zone", "hour_ends"),
    [
        pytest.param("Asia/Shanghai", "2026-03-02 18:00 UTC+8", id="east"),
        pytest.param("America/New_York", "2026-03-02 05:00 UTC-5", id="west"),
        pytest.param("Asia/Kolkata", "2026-03-02 15:30 UTC+5:30", id="half an hour"),
        pytest.param("Nowhere/Lost", "2026-03-02 10:00 UTC", id="unknown by now"),
    ],
)
async def test_times_are_those_of_the_channels_clock(team: RiskStage, zone: str, hour_ends: str) -> None:
    await team.means.store.settings.save(ROOM.channel_key, ChannelSettings(other={ZONE: zone}))
    await team.say("incident data-breach")
    assert hour(team).text.splitlines()[0] == f"**First hour** · until {hour_ends} · 0 of 4"


async def test_days_are_those_of_the_channels_clock(team: RiskStage) -> None:
    await team.means.store.settings.save(ROOM.channel_key, ChannelSettings(other={ZONE: "Asia/Shanghai"}))
    team.wait(hours=8)
    await team.say("checklist")
    assert "2026-03-03" in team.shown.reply.text


async def test_plan_stays_in_the_thread_that_it_was_called_in(team: RiskStage) -> None:
    await team.say("incident data-breach", place=PLACE)
    assert {posted.ref.place for posted in team.chat.posted} == {PLACE}


async def test_command_that_arrives_twice_starts_one_plan(team: RiskStage) -> None:
    await asyncio.gather(*(team.say("incident data-breach", event="same") for _ in range(2)))
    assert len(team.chat.posted) == 4
    await team.say("incident data-breach")
    assert len(team.chat.posted) == 8


async def test_steps_are_taken_noted_and_done(team: RiskStage) -> None:
    await team.say("incident data-breach")
    await team.push(choice(hour(team), ""), "h2", by=BOB)
    assert team.said.startswith("☐ **2. Security engineer**: Close the way in")
    await team.push(button(team.last, "I take it"), by=BOB)
    assert team.said == "Noted: 2. Security engineer – assigned to Bob."
    assert "audit trails to a locked account. · with Bob" in hour(team).text
    await team.push(button(team.last, "Back to this item"), by=BOB)
    await team.push(button(team.last, "Note …"), by=BOB)
    await team.send("bucket closed", by=BOB)
    team.wait(minutes=5)
    await team.push(button(hour(team), "✓ 2"))
    assert "☑ **2. Security engineer** · done by Ada, 2026-03-02 09:05 UTC\n\n- **Note** by Bob" in hour(team).text
    assert "▓░░░░░░░░░ 1 of 10 steps done" in team.chat.posted[0].reply.text
    assert "1 of 4" in hour(team).text
    assert len(team.chat.posted) == 4


async def test_people_finish_a_plan_at_once_and_close_it(team: RiskStage) -> None:
    await team.say("incident data-breach")
    head, *parts = team.chat.posted
    ticks = [each for part in parts for each in actions(part.reply) if each.payload.argument.startswith("done")]
    await asyncio.gather(*(team.push(tick, by=(ADA, BOB)[at % 2]) for at, tick in enumerate(ticks)))
    assert "10 of 10 steps done\n\nAll steps are done. Close the incident" in team.chat.posted[0].reply.text
    assert all("☐" not in part.reply.text for part in team.chat.posted)
    await team.push(button(head.reply, "Close the incident"), by=BOB)
    assert "Closed 2026-03-02 09:00 UTC by Bob." in team.chat.posted[0].reply.text
    assert not any(posted.reply.actions for posted in team.chat.posted)
    assert await team.push(ticks[0]) == "That incident is closed."
    assert await team.push(button(head.reply, "Close the incident"), place=OTHER) == (
        "That list belongs to another channel."
    )


async def test_incident_is_for_members_and_starts_from_a_card(team: RiskStage) -> None:
    stranger = replace(BOB, standing=Standing.STRANGER)
    assert (await team.say("incident data-breach", by=stranger)).startswith("Only members")
    await team.say("incident")
    assert team.said.startswith(
        "Which plan? Choose it below, or type its name: `/advisor risks incident runway-short`."
    )
    assert "\n- **Finance**: Cash ends before the next proof, " in team.said
    finance = choice(team.last, "finance")
    await team.push(finance, "runway-short")
    await team.push(button(team.last, "It has happened: start the plan"))
    assert team.chat.posted[0].reply.text.startswith("🚨 **Incident: Cash ends before the next proof**")


@pytest.mark.parametrize(("typed", "name"), [("incident", "risks"), ("事件", "风险")])
async def test_every_plan_can_be_chosen_on_every_platform(team: RiskStage, typed: str, name: str) -> None:
    told = await team.say(typed, name=name)
    menu = team.last
    lists = [action for action in actions(menu) if isinstance(action, Select)]
    assert {each.value for one in lists for each in one.options} == {risk.id for risk in PUBLIC}
    assert all(len(one.options) <= 25 for one in lists)
    assert all(risk.title.of(menu.language) in told for risk in PUBLIC)
    view = view_of(menu.actions)
    assert view is not None
    on_discord = [each.item for each in view.children if isinstance(each, DynamicItem)]
    assert [len(one.options) for one in on_discord if isinstance(one, discord.ui.Select)] == [
        len(one.options) for one in lists
    ]
    on_slack = [element for block in actions_of(menu) for element in block["elements"]]
    assert len({element["action_id"] for element in on_slack}) == len(lists)
    last = lists[-1].options[-1].value
    await team.push(lists[-1], last)
    await team.push(next(each for each in actions(team.last) if each.payload.subject == f"incident.{last}"))
    assert len(team.chat.posted) == 4


async def test_open_steps_are_reminded_of_before_and_at_the_end_of_a_part(team: RiskStage) -> None:
    await team.say("incident data-breach")
    thread = team.chat.posted[1].ref.place
    assert await remind(team.means, team.now + timedelta(minutes=39)) == 0
    team.wait(minutes=40)
    for number in (1, 3, 4):
        await team.push(button(hour(team), f"✓ {number}"))
    assert await remind(team.means, team.now) == 1
    (soon,) = said(team, after=4)
    assert soon.ref.place == thread
    assert soon.reply.text.startswith(
        "🔔 First hour of “Personal data leaks” ends at 2026-03-02 10:00 UTC. Still open:\n\n☐ **2. Security engineer**"
    )
    team.wait(minutes=20)
    assert sum(await asyncio.gather(*(remind(team.means, team.now) for _ in range(4)))) == 1
    assert await remind(team.means, team.now) == 0
    assert said(team, after=5)[0].reply.text.startswith("⏰ First hour of “Personal data leaks” is over. Still open:")
    for number in (1, 2, 3):
        await team.push(button(team.chat.posted[2].reply, f"✓ {number}"))
    team.wait(days=1)
    assert await remind(team.means, team.now) == 0


async def test_bot_that_was_away_says_only_what_still_matters(team: RiskStage) -> None:
    await team.say("incident data-breach")
    team.wait(days=2)
    assert await remind(team.means, team.now) == 2
    assert [each.reply.text.split(" of ")[0] for each in said(team, after=4)] == ["⏰ First hour", "⏰ First day"]


async def test_closed_incident_is_quiet(team: RiskStage) -> None:
    await team.say("incident data-breach")
    await team.push(button(team.chat.posted[0].reply, "Close the incident"))
    team.wait(days=8)
    assert await remind(team.means, team.now) == 0
    assert (await team.store.checklists.latest(ROOM.channel_key, ListKind.INCIDENT, limit=9))[
        0
    ].subject == "data-breach"


async def test_risk_that_was_put_off_is_back_on_time_and_once(team: RiskStage) -> None:
    await team.say("查看 个人数据泄露", name="风险")
    await team.push(choice(team.last, "snooze"), "7")
    assert await remind(team.means, team.now + timedelta(days=6)) == 0
    team.wait(days=7)
    assert sum(await asyncio.gather(*(remind(team.means, team.now) for _ in range(3)))) == 1
    (told,) = team.chat.posted
    assert told.reply.text.startswith("🔔 推迟的时间已到，请再看一看 **个人数据泄露**\n\n**问自己**：")
    assert (await team.push(button(told.reply, "已处理"))) == "已记录：个人数据泄露——已处理。"


@pytest.mark.parametrize("label", ["Done", "Reopen", "again"])
async def test_rest_that_was_changed_is_not_reminded_of(team: RiskStage, label: str) -> None:
    await team.say("show data-breach")
    await team.push(choice(team.last, "snooze"), "1")
    await team.push(button(team.last, "Back to this item"))
    if label == "again":
        team.wait(hours=1)
        await team.push(choice(team.last, "snooze"), "30")
    else:
        pressed = button(team.last, "Reopen")
        await team.push(replace(pressed, payload=replace(pressed.payload, argument=f"{label.lower()}.data-breach.c")))
    team.wait(days=2)
    assert await remind(team.means, team.now) == 0
    assert team.chat.posted == ()


async def test_reminder_waits_for_a_platform_and_gives_up_on_a_channel_that_is_gone(team: RiskStage) -> None:
    await team.say("show data-breach")
    await team.push(choice(team.last, "snooze"), "1")
    team.wait(days=1)
    failing = [DeliveryFailed("slow down", retry_after_s=1.0)]

    async def fail(method: str, moment: Moment) -> None:
        if (method, moment) == ("post", Moment.BEFORE) and failing:
            raise failing[0]

    team.chat.watch = fail
    assert await remind(team.means, team.now) == 0
    assert await remind(team.means, team.now) == 0
    team.wait(minutes=6)
    failing.clear()
    assert await remind(team.means, team.now) == 1
    await team.say("show runway-short")
    await team.push(choice(team.last, "snooze"), "1")
    failing.append(DeliveryFailed("the channel is archived"))
    team.wait(days=1)
    assert await remind(team.means, team.now) == 0
    failing.clear()
    team.wait(days=1)
    assert await remind(team.means, team.now) == 0
