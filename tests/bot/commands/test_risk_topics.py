"""Checklists that keep to topics: begun once a week each, and saying what they keep to."""

from __future__ import annotations

import pytest

from bot.checklist_records import Act, Change, ListKind

from .risk_stage import RISKS, ROOM, RiskStage


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        pytest.param("checklist data", "**Risk checklist** · 2026-03-02 · Data", id="category"),
        pytest.param("checklist topics=data", "**Risk checklist** · 2026-03-02 · Data", id="as for a schedule"),
        pytest.param("清单 数据风险", "**风险清单** · 2026-03-02 · 数据风险", id="by its shelf"),
        pytest.param("清单 数据", "**风险清单** · 2026-03-02 · 数据", id="category in Chinese"),
        pytest.param("checklist Data, 财务", "**风险清单** · 2026-03-02 · 数据、财务", id="in any language"),
        pytest.param("清单 主题=data，finance", "**风险清单** · 2026-03-02 · 数据、财务", id="two"),
    ],
)
async def test_checklist_keeps_to_topics(team: RiskStage, typed: str, title: str) -> None:
    await team.say("checklist")
    team.wait(minutes=1)
    await team.say(typed, name="风险" if typed.startswith("清单") else "risks")
    latest, whole = await team.means.store.checklists.latest(ROOM.channel_key, ListKind.RISKS, limit=9)
    shelves = {risk.id: risk.shelf for risk in RISKS}
    assert {shelves[each.item] for each in latest.items} <= {"data", "finance"}
    assert {shelves[each.item] for each in whole.items} > {"data"}
    assert team.shown.reply.text.startswith(title)
    # Each of them is begun once in a week.
    team.wait(minutes=1)
    await team.say(typed, name="风险" if typed.startswith("清单") else "risks")
    team.wait(minutes=1)
    await team.say("checklist")
    lists = await team.means.store.checklists.latest(ROOM.channel_key, ListKind.RISKS, limit=9)
    assert [each.items for each in lists] == [whole.items, latest.items, latest.items, whole.items]


async def test_checklist_on_what_no_risk_is_about_says_what_there_is(team: RiskStage) -> None:
    told = await team.say("checklist *weather*")
    assert told == (
        r"No risk is about “\*weather\*”. "
        "Use one of these: Market, Technology, Data, Operations, Finance, Team, Legal."
    )
    assert (await team.say("checklist data, weather")).startswith("No risk is about “weather”.")
    assert team.chat.posted == ()


async def test_list_on_a_topic_tells_only_of_its_own_that_have_come_back(team: RiskStage) -> None:
    data = [risk.id for risk in RISKS if risk.shelf == "data"]
    other = [risk.id for risk in RISKS if risk.shelf not in {"data", "legal"}]
    listed = [Change(board=ROOM.channel_key, item=item, act=Act.LISTED, at=team.now) for item in (*data, *other)]
    await team.means.store.checklists.add(listed)
    team.wait(days=1)
    await team.say("checklist data")
    assert team.shown.reply.notes == ()
