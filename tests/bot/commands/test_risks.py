"""`risks`: the register, one risk, what people do to it, its history, the heat map and the files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from bot.chat import PlaceKind
from bot.checklist_records import Act, Change, Hand
from bot.commands.risks import complete
from bot.records import Profile
from rag.kinds.values import Stage as CompanyStage
from tests.bot.samples import PLACE

from .risk_stage import ADA, BOB, CARL, HIDDEN, RISKS, ROOM, RiskStage, button, choice, open_risk_stage, options
from .stage import ZH

SECRET_TITLES = [title for risk in RISKS if risk.shelf == HIDDEN for title in (risk.title.en, risk.title.zh, risk.id)]


async def test_register_is_listed_by_score_in_both_languages(team: RiskStage) -> None:
    told = await team.say("")
    assert told.startswith("**Risk register** (35), what counts most for you first\n\n1. **Cash ends before")
    assert "… and 20 more." in told
    assert "`/advisor risks incident runway-short` starts a plan" in told
    assert "1. **现金撑不到下一个证明** · 18 分" in await team.say("列表", name="风险")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("list market", "**Risk register** (6)"),
        ("list idea market", "**Risk register** (1)"),
        ("列表 A轮 财务", "**风险登记册**（5 项）"),
        ("list Series A finance", "**Risk register** (5)"),
        ("list mars", "“mars” is neither a stage nor a category. Stages: idea, pre-seed, seed, series A, growth."),
        ("list legal", "No risk of the register fits that."),
        ("show no-such-risk", "I know no risk “no-such-risk”. `/advisor risks list` lists all of them."),
        ("show leaks", "“leaks” may be Personal data leaks, An API key leaks and strangers spend; which one"),
        (
            "show Personal data leaks",
            "**Personal data leaks** (`data-breach`)\n\nData · from pre-seed to growth · every",
        ),
        ("history", "Nobody has worked on a risk here yet."),
        ("explode", "“explode” is no action; choose from show, list, checklist, history, heatmap, export, incident."),
    ],
)
async def test_command_shows_what_was_asked_for_or_says_why_not(team: RiskStage, text: str, told: str) -> None:
    name = "风险" if text.startswith("列表") else "risks"
    assert (await team.say(text, name=name)).startswith(told)
    assert team.chat.posted == ()


async def test_profile_puts_the_register_in_order(team: RiskStage) -> None:
    await team.store.profiles.save_person(ADA.key, Profile(stage=CompanyStage.IDEA, sector="game studio"))
    mine = await team.say("")
    assert mine != await team.say("", by=BOB)
    assert "Pilots never become contracts" not in mine.split("2.")[0]


async def test_card_works_without_any_checklist(team: RiskStage) -> None:
    await team.say("show data-breach")
    assert "- ☐ A scan from outside finds" in team.last.text
    assert [each.document.source for each in team.last.citations] == ["en/risks-data.md"]
    told = await team.push(choice(team.last, "signal"), "t0", by=BOB)
    assert told.startswith("Noted: Personal data leaks – saw “A scan from outside")
    await team.push(button(team.last, "Back to this item"))
    assert "- ☑ A scan from outside finds" in team.last.text
    assert "Score **16**" in team.last.text
    assert options(team.last, "signal")[0].label.startswith("Not seen after all: A scan")
    await team.push(choice(team.last, "signal"), "u0")
    assert team.said.startswith("Noted: Personal data leaks – took back “A scan")
    assert team.chat.posted == ()


async def test_item_is_assigned_noted_and_left_out_by_several_people(team: RiskStage) -> None:
    await team.say("查看 个人数据泄露", name="风险")
    await team.push(button(team.last, "指派……"))
    assert team.form.title == "由谁负责？"
    assert await team.send("@王芳 <!here>") == "已记录：个人数据泄露——负责人改为“王芳 \\<!here\\>”。"
    await team.push(button(team.last, "回到这一项"))
    await team.push(button(team.last, "备注……"))
    await team.send("两行\n*粗体* [链接](https://evil.example)", by=CARL)
    await team.push(button(team.last, "回到这一项"))
    assert "当前：**未处理** · 负责人：王芳 \\<!here\\>" in team.said
    assert "**备注**（Carl \\*the\\* \\<!channel\\>，2026-03-02）：两行 \\*粗体\\* \\[链接\\](https" in team.said
    await team.push(button(team.last, "不适用"), by=BOB)
    await team.push(button(team.last, "回到这一项"))
    await team.push(button(team.last, "指派……"))
    await team.send("-")
    history = await team.say("history data-breach")
    assert history.splitlines()[2:4] == [
        "- 2026-03-02 · Ada: Personal data leaks – assigned to nobody",
        "- 2026-03-02 · Bob: Personal data leaks – does not apply",
    ]
    assert len(history.splitlines()) == 6


async def test_empty_form_changes_nothing(team: RiskStage) -> None:
    await team.say("show data-breach")
    await team.push(button(team.last, "Note …"))
    assert await team.send("  ") == "Nothing was changed."
    assert await team.store.checklists.changes(ROOM.channel_key) == ()


async def test_heat_map_and_files_go_to_the_channel(team: RiskStage) -> None:
    await team.say("heatmap seed finance")
    (picture,) = team.shown.reply.files
    assert picture.name == "risk-heat-map.png"
    assert picture.content.startswith(b"\x89PNG")
    await team.say("导出", name="风险")
    text, table = team.shown.reply.files
    assert (text.name, table.name) == ("风险登记册.md", "风险登记册.csv")
    assert text.content.decode().startswith("# 风险登记册 · 2026-03-02\n\n| 风险 | 类别 |")
    assert team.chat.whispers == []


@pytest.mark.parametrize("evil", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"])
async def test_table_runs_no_formulas_and_opens_in_excel(team: RiskStage, evil: str) -> None:
    await team.store.checklists.add(
        [
            Change(
                board=ROOM.channel_key,
                item="data-breach",
                act=Act.ASSIGN,
                at=team.now,
                owner=Hand(person="", name=evil),
            ),
            Change(
                board=ROOM.channel_key,
                item="data-breach",
                act=Act.NOTE,
                at=team.now,
                text=evil,
                by=Hand(person="x", name="X"),
            ),
        ]
    )
    await team.say("export")
    content = team.shown.reply.files[1].content
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 35
    (row,) = (each for each in rows if each["ID"] == "data-breach")
    assert row["Owner"] == f"'{evil}"
    assert row["Notes"] == f"'{evil}"
    assert not [cell for each in rows for cell in each.values() if cell.strip(" ")[:1] in tuple("=+-@\t\r")]


async def test_library_without_the_register_offers_none(tmp_path: Path) -> None:
    async with open_risk_stage(tmp_path / "bare", empty=True) as team:
        for text in ("", "checklist", "show data-breach", "heatmap", "export", "incident data-breach", "history"):
            assert (await team.say(text)).startswith("The library holds no risk register that may be shown here.")
        assert "没有可以在此处显示的风险清单" in await team.say("清单", name="风险")
        assert team.chat.posted == ()


async def test_risk_that_the_reader_may_not_see_shows_nowhere(team: RiskStage) -> None:
    """The pages of one category are for the board of directors: nothing of it may be told, drawn or filed."""
    for text in (
        "",
        "list seed",
        "checklist",
        "show regulatory",
        "incident",
        "incident regulatory",
        "history",
        "export",
    ):
        await team.say(text)
    told = [reply.text for _, _, reply in team.chat.whispers] + [posted.reply.text for posted in team.chat.posted]
    told += [option.label for _, _, reply in team.chat.whispers for option in options_of(reply)]
    told += [file.content.decode() for posted in team.chat.posted for file in posted.reply.files]
    told += [*await complete(team.call(), ""), *await complete(team.call(), "监管")]
    assert len(told) > 40
    assert [title for title in SECRET_TITLES if any(title in text for text in told)] == []


async def test_titles_are_proposed_in_the_readers_language(team: RiskStage) -> None:
    assert await complete(team.call(ZH), "泄露") == ["个人数据泄露", "API 密钥泄露被盗刷"]
    assert len(await complete(team.call(), "")) == 25


async def test_private_conversation_has_a_list_of_its_own(team: RiskStage) -> None:
    private = PLACE.__class__(platform="memory", workspace="w", channel="ada", kind=PlaceKind.DM)
    await team.store.profiles.save_person(ADA.key, Profile(stage=CompanyStage.GROWTH))
    await team.say("checklist", place=private)
    assert "Chosen for growth\n" in team.shown.reply.text
    await team.push(button(team.shown.reply, "✓ 1"), place=private)
    assert await team.store.checklists.changes(ROOM.channel_key) == ()


def options_of(reply):  # type: ignore[no-untyped-def]
    return [option for row in reply.actions for each in row for option in getattr(each, "options", ())]
