"""`profile`: what a person and a team say of their start-up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import CommandCall, PlaceKind, Standing
from bot.records import Profile
from rag.kinds.values import Stage as CompanyStage
from rag.types import Language
from tests.bot.samples import ADA, NOW, PLACE

from .stage import Stage


async def test_profile_is_told_and_shown_in_both_languages(stage: Stage) -> None:
    assert (await stage.command("profile")).startswith("There is no profile yet.")
    await stage.command("profile", "set sector healthcare")
    told = await stage.command("profile", "set stage seed")
    assert "**Your profile**\n\n- sector: healthcare\n- stage: seed" in told
    assert "in order for your seed-stage healthcare start-up." in told
    assert "- 阶段：种子轮" in await stage.command("档案")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("profile", "set stage Series A", Profile(stage=CompanyStage.SERIES_A)),
        ("档案", "填写 阶段 A轮", Profile(stage=CompanyStage.SERIES_A)),
        ("profile", "set business-model seats per month", Profile(model="seats per month")),
        ("档案", "填写 人数 ５", Profile(people=5)),
        ("profile", "set runway 18", Profile(runway=18)),
        ("profile", "set language 中文", Profile(language=Language.ZH)),
    ],
)
async def test_item_is_stored_for_the_person(stage: Stage, name: str, text: str, expected: Profile) -> None:
    await stage.command(name, text)
    assert await stage.store.profiles.of_person(ADA.key) == expected
    assert await stage.store.profiles.of_team(PLACE.channel_key) is None


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("profile", "set stage moon", "“moon” is no stage; write idea, pre-seed, seed, series A, growth."),
        ("档案", "填写 阶段 火星", "“火星”不能用作阶段，可以写：想法期、"),
        ("profile", "set size many", "“many” is no size; write a number from 0 to 100000."),
        ("profile", "set runway -3", "“-3” is no runway; write a number"),
        ("profile", f"set sector {'x' * 81}", f"“{'x' * 81}” is no sector; write up to 80 characters."),
        ("profile", "set colour red", "“colour” is no item; choose from sector,"),
        ("profile", "set stage", "Which setting?"),
        ("profile", "clear", "There is no profile yet."),
    ],
)
async def test_wrong_use_names_what_is_allowed(stage: Stage, name: str, text: str, told: str) -> None:
    assert (await stage.command(name, text)).startswith(told)
    assert await stage.store.profiles.of_person(ADA.key) is None


async def test_team_fills_up_what_a_person_did_not_say(stage: Stage) -> None:
    await stage.command("profile", "team stage growth")
    await stage.command("profile", "team sector education")
    await stage.command("profile", "set sector healthcare")
    told = await stage.command("profile")
    assert "growth-stage healthcare start-up" in told
    (entry, *_) = await stage.store.audit.latest(limit=9)
    assert (entry.action, entry.details) == ("profile", {"sector before": "-", "sector after": "set"})
    assert await stage.command("profile", "clear-team") == "The team's profile is deleted."
    assert await stage.store.profiles.of_team(PLACE.channel_key) is None


async def test_guest_does_not_change_the_team(stage: Stage) -> None:
    guest = replace(ADA, standing=Standing.GUEST)
    for text in ("team stage seed", "clear-team"):
        await stage.handler.handle(
            CommandCall(event_id="e", place=PLACE, person=guest, at=NOW, name="profile", text=text), stage
        )
        assert stage.said.startswith("Only members")
    assert await stage.store.profiles.of_team(PLACE.channel_key) is None


async def test_one_press_switches_the_profile_off_and_on(stage: Stage) -> None:
    await stage.command("profile", "set stage seed")
    assert await stage.press_label("Switch off") == "Your profile is switched off: nothing is put in order by it."
    await stage.command("profile")
    assert await stage.press_label("Switch on") == "Your profile is used again."
    assert await stage.store.profiles.of_person(ADA.key) == Profile(stage=CompanyStage.SEED)


async def test_form_fills_in_and_empties_items(stage: Stage) -> None:
    await stage.command("profile")
    await stage.press_label("Edit mine …")
    (_, form) = stage.chat.forms[-1]
    assert len(form.fields) == 5
    await stage.fill_in(form, sector="legal", stage="seed", team="7")
    assert await stage.store.profiles.of_person(ADA.key) == Profile(sector="legal", stage=CompanyStage.SEED, people=7)
    await stage.fill_in(form, sector="legal", stage="", team="")
    assert await stage.store.profiles.of_person(ADA.key) == Profile(sector="legal")


async def test_deleted_profile_is_gone(stage: Stage) -> None:
    await stage.command("profile", "set stage seed")
    assert await stage.command("档案", "删除") == "您的档案已删除。"
    assert await stage.store.profiles.of_person(ADA.key) is None


async def test_team_s_profile_in_a_direct_message_is_one_s_own(stage: Stage) -> None:
    direct = replace(PLACE, kind=PlaceKind.DM, channel="d", thread="")

    async def say(text: str) -> str:
        call = CommandCall(event_id="e", place=direct, person=ADA, at=NOW, name="profile", text=text)
        await stage.handler.handle(call, stage)
        return stage.chat.posted[-1].reply.text

    assert "**Your profile**\n\n- sector: law" in await say("team sector law")
    assert await stage.store.profiles.of_person(ADA.key) == Profile(sector="law")
    assert await stage.store.profiles.of_team(direct.channel_key) is None
    assert await say("clear-team") == "Your profile is deleted."


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("profile", "runway 9 months", "- runway: 9 months"),
        ("profile", "set runway about 2 years", "- runway: 24 months"),
        ("profile", "size 5 people", "- size: 5 people"),
        ("档案", "设置 人数 约５人", "- 人数：5 人"),
        ("档案", "跑道 9个月", "- 资金月数：9 个月"),
        ("档案", "阶段 种子期", "- 阶段：种子轮"),
        ("profile", "stage series b", "- stage: growth"),
        ("档案", "语言 英语", "- 语言：英文"),
    ],
)
async def test_values_are_read_as_people_say_them(stage: Stage, name: str, text: str, line: str) -> None:
    assert line in (await stage.command(name, text)).splitlines()


@pytest.mark.parametrize("text", ["runway 9 people", "size 3 years", "runway soon", "size 5 6"])
async def test_number_with_a_unit_of_something_else_is_refused(stage: Stage, text: str) -> None:
    assert "write a number from 0 to" in await stage.command("profile", text)


async def test_chinese_sector_stands_without_gaps(stage: Stage) -> None:
    await stage.command("档案", "阶段 种子轮")
    assert "（种子轮医疗创业公司）" in await stage.command("档案", "行业 医疗")
    assert "（种子轮 health 创业公司）" in await stage.command("档案", "行业 health")
