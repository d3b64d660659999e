"""Checklists at set times: posted once whoever dies, worked on like any other, quiet where nothing is due."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.chat import Capabilities
from bot.checklist_records import Act, Change, ListKind
from bot.errors import DeliveryFailed
from bot.memory_chat import Moment
from bot.records import ChannelSettings, Profile
from bot.schedule_settings import ScheduleSettings
from bot.schedules.keeper import GONE, UNREACHABLE
from bot.schedules.records import Fire, FireState, ScheduleKind
from rag.kinds.values import Stage as CompanyStage
from rag.types import Language
from tests.bot.bench import RISKS
from tests.bot.schedules.life import refusing

from .risk_stage import ADA, BOB, ROOM, RiskStage, button, open_risk_stage
from .schedule_stage import Kept

HOUR = {"hours": 1}
_SLOW_S = 30


@pytest.fixture
def kept(team: RiskStage) -> Kept:
    return Kept(team)


async def lists(kept: Kept) -> int:
    return len(await kept.store.checklists.latest(ROOM.channel_key, ListKind.RISKS, limit=9))


async def test_checklist_is_posted_at_its_time_and_worked_on_in_place(kept: Kept) -> None:
    await kept.store.profiles.save_team(ROOM.channel_key, Profile(stage=CompanyStage.SEED, sector="医疗影像"))
    await kept.schedule()
    await kept.look()
    assert kept.replies == []
    kept.team.wait(**HOUR)
    await kept.look()
    await kept.look()
    assert kept.replies[0].text.startswith("**Risk checklist** · 2026-03-02 · Chosen for seed, healthcare\n\n")
    assert await kept.ended() == [(FireState.POSTED, "")]
    begun = len(kept.replies)
    await kept.team.push(button(kept.replies[-1], "✓ 1"), by=BOB)
    assert "▓▓░░░░░░░░ 1 of 5 settled" in kept.replies[0].text
    assert (len(kept.replies), await lists(kept)) == (begun, 1)
    # The command shows this week's list again; it begins no other one.
    await kept.team.say("checklist")
    assert "1 of 5 settled" in kept.replies[begun].text


@pytest.mark.parametrize(
    ("schedule", "channel", "profile", "title"),
    [
        (Language.ZH, Language.EN, None, "**风险清单**"),
        (None, Language.ZH, Language.EN, "**风险清单**"),
        (None, None, Language.ZH, "**风险清单**"),
    ],
)
async def test_language_is_the_schedules_else_the_channels_else_the_teams(
    kept: Kept, schedule: Language | None, channel: Language | None, profile: Language | None, title: str
) -> None:
    await kept.store.settings.save(ROOM.channel_key, ChannelSettings(language=channel))
    await kept.store.profiles.save_team(ROOM.channel_key, Profile(language=profile))
    await kept.schedule(language=schedule)
    kept.team.wait(**HOUR)
    await kept.look()
    assert kept.replies[0].text.startswith(title)


async def test_killed_at_any_call_it_is_posted_once(team: RiskStage) -> None:
    allowed, survived = 0, False
    while not survived:
        kept = Kept(team)
        await kept.schedule()
        team.wait(**HOUR)
        survived = await kept.look(allowed)
        for later in (allowed // 2, None):
            team.wait(minutes=10)
            await kept.look(later)
        team.wait(minutes=10)
        await kept.look()
        assert await kept.ended() == [(FireState.POSTED, "")], allowed
        titles = [reply for reply in kept.replies if reply.text.startswith("**Risk checklist**")]
        assert (len(titles), await lists(kept)) == (1, 1), allowed
        assert len({reply.text for reply in kept.replies}) == len(kept.replies), allowed
        assert sum(bool(reply.actions) for reply in kept.replies) == 1, allowed
        allowed += 1
    assert allowed > 30


async def test_processes_that_look_at_once_post_it_once(kept: Kept) -> None:
    await kept.schedule()
    kept.team.wait(**HOUR)
    await asyncio.gather(*(kept.look() for _ in range(4)))
    titles = [reply for reply in kept.replies if reply.text.startswith("**Risk checklist**")]
    assert (len(titles), await lists(kept)) == (1, 1)


async def test_what_was_done_between_two_tries_stays_done(kept: Kept) -> None:
    await kept.schedule()
    kept.chat.watch = refusing(DeliveryFailed("cut short", retry_after_s=1), times=6)
    kept.team.wait(**HOUR)
    await kept.look()
    assert await kept.ended() == [(FireState.WAITING, UNREACHABLE)]
    await kept.settle_all()
    kept.team.wait(minutes=1)
    await kept.look()
    assert await kept.ended() == [(FireState.POSTED, "")]
    assert "5 of 5 settled · All settled." in kept.replies[0].text
    assert await lists(kept) == 1


async def test_channel_that_is_gone_ends_it_and_is_noted(kept: Kept) -> None:
    await kept.schedule()
    kept.chat.watch = refusing(DeliveryFailed("is_archived"))
    kept.team.wait(**HOUR)
    await kept.look()
    assert await kept.ended() == [(FireState.FAILED, GONE)]
    (schedule,) = await kept.store.schedules.all()
    assert schedule.trouble == GONE


async def test_platform_that_hangs_is_let_go_before_the_lease_ends(kept: Kept) -> None:
    # The least lease that the settings allow would make the test wait for half of it.
    kept.settings = ScheduleSettings.model_construct(**ScheduleSettings().model_dump() | {"lease_s": 0.1})
    await kept.schedule()
    never = asyncio.Event()

    async def hanging(method: str, moment: Moment) -> None:
        if (method, moment) == ("post", Moment.AFTER):
            await never.wait()

    kept.chat.watch = hanging
    kept.team.wait(**HOUR)
    await asyncio.wait_for(kept.look(), _SLOW_S)
    assert await kept.ended() == [(FireState.WAITING, UNREACHABLE)]
    kept.chat.watch, kept.settings = None, ScheduleSettings()
    kept.team.wait(minutes=2)
    await kept.look()
    assert await kept.ended() == [(FireState.POSTED, "")]
    assert len({reply.text for reply in kept.replies}) == len(kept.replies)
    assert await lists(kept) == 1


@pytest.mark.parametrize(("silent", "state"), [(True, FireState.SILENT), (False, FireState.POSTED)])
async def test_week_without_anything_due_is_one_line_or_silence(kept: Kept, silent: bool, state: FireState) -> None:
    await kept.schedule(silent=silent)
    await kept.settle_all()
    kept.team.wait(**HOUR)
    await kept.look()
    assert await kept.ended() == [(state, "")]
    told = [reply.text.split("\n\n")[-1] for reply in kept.replies]
    assert told == ([] if silent else ["Nothing is due: all 35 risks are dealt with, put off or do not apply."])


async def test_silent_one_that_somebody_asks_for_speaks(kept: Kept) -> None:
    schedule = await kept.schedule(silent=True, active=False)
    await kept.settle_all()
    fire = Fire(schedule_id="s1", due=kept.team.now, retry_at=kept.team.now, asked=True)
    await kept.store.schedules.plan("s1", [fire], cursor=schedule.cursor)
    await kept.look()
    assert len(kept.replies) == 1


async def test_empty_list_of_this_week_does_not_stand_for_a_full_one(kept: Kept) -> None:
    await kept.schedule()
    await kept.settle_all()
    kept.team.wait(**HOUR)
    await kept.look()
    reopened = Change(board=ROOM.channel_key, item=RISKS[0].id, act=Act.REOPEN, at=kept.team.now)
    await kept.store.checklists.add([reopened])
    kept.team.wait(days=1)
    await kept.team.say("checklist")
    assert "0 of 1 settled" in kept.replies[-1].text


async def test_library_without_a_register_is_told(tmp_path: Any) -> None:
    async with open_risk_stage(tmp_path / "bare", empty=True) as bare:
        kept = Kept(bare)
        await kept.schedule()
        bare.wait(**HOUR)
        await kept.look()
        (reply,) = kept.replies
        assert "The library holds no risk register that may be shown here." in reply.text


async def test_preview_shows_the_list_without_buttons_and_posts_nothing(kept: Kept) -> None:
    kept.team.admins.add(ADA.id)
    kept.team.means = replace(kept.team.means, schedules=kept.scheduling().desk)
    kept.team.opened()
    await kept.team.say("preview kind=checklist", name="digest")
    told = [reply for _, _, reply in kept.chat.whispers]
    assert told[0].text.startswith("_A preview: nothing is posted._\n\n**Risk checklist** · 2026-03-02")
    assert "(whole plan: `/advisor risks incident " in "\n".join(reply.text for reply in told)
    assert not any(reply.actions for reply in told)
    assert (kept.replies, await lists(kept)) == ([], 0)
    assert await kept.store.checklists.changes(ROOM.channel_key) == ()
    told_so = await kept.team.say("添加 每周一 9:00 种类=清单", name="简报")
    assert told_so.startswith("好的：**风险清单**，每周一 9:00（UTC）。"), told_so
    (schedule,) = await kept.store.schedules.all()
    assert (schedule.kind, schedule.language) == (ScheduleKind.CHECKLIST, Language.ZH)


async def test_what_is_previewed_is_what_is_posted(kept: Kept) -> None:
    kept.chat.capabilities = Capabilities(message_characters=9000, edit_interval_s=0)
    schedule = await kept.schedule()
    kept.team.wait(**HOUR)
    made = await kept.scheduling().desk.preview(schedule)
    await kept.look()
    assert [replace(reply, actions=()) for reply in kept.replies] == list(made.replies)


@pytest.mark.parametrize(
    ("topics", "categories"),
    [
        (frozenset({"legal", "data"}), {"data"}),
        (frozenset({"数据风险"}), {"data"}),
        (frozenset({"Hiring"}), {"team"}),
        (frozenset[str](), {"market", "technology", "data", "operations", "finance", "team"}),
    ],
    ids=["one may be shown here", "Chinese", "a topic of the library", "all"],
)
async def test_topics_narrow_the_list(kept: Kept, topics: frozenset[str], categories: set[str]) -> None:
    schedule = await kept.schedule(topics=topics)
    preview = await kept.scheduling().desk.preview(schedule)
    kept.team.wait(**HOUR)
    await kept.look()
    (posted,) = await kept.store.checklists.latest(ROOM.channel_key, ListKind.RISKS, limit=9)
    shelves = {risk.id: risk.shelf for risk in RISKS}
    found = {shelves[each.item] for each in posted.items}
    assert found <= categories
    assert len(found) == len(categories) or len(posted.items) == 5
    assert kept.replies[0].text.splitlines()[0] in preview.replies[0].text


async def test_a_topic_of_no_risk_is_told(kept: Kept) -> None:
    kept.team.admins.add(ADA.id)
    kept.team.means = replace(kept.team.means, schedules=kept.scheduling().desk)
    kept.team.opened()
    told = await kept.team.say("add every monday 9:00 kind=checklist topics=weather,legal", name="digest")
    assert told.startswith("No risk is about “weather”. Use market, technology, data,")
    told = await kept.team.say("添加 每周一 9:00 种类=清单 主题=天气", name="简报")
    assert told.startswith("没有关于“天气”的风险。")
    assert await kept.store.schedules.all() == ()
    await kept.team.say("add every monday 9:00 topics=weather", name="digest")
    (schedule,) = await kept.store.schedules.all()
    assert (schedule.kind, schedule.topics) == (ScheduleKind.TRENDS, {"weather"})
