"""`resources`: what fits a need, on which terms, and why."""

from __future__ import annotations

import re

import pytest

from bot.records import ChannelSettings
from tests.bot.samples import PLACE

from .stage import Stage


@pytest.mark.parametrize(
    ("name", "text", "first"),
    [
        pytest.param("resources", "user interviews", "The Mom Test", id="a need"),
        pytest.param("resources", "books on term sheets", "Venture Deals", id="a kind in words"),
        pytest.param("资源", "用户访谈的书", "The Mom Test", id="a need and a kind in Chinese"),
    ],
)
async def test_resource_is_found_by_need(stage: Stage, name: str, text: str, first: str) -> None:
    told = await stage.command(name, text)
    assert f"**1. {first}**" in told
    assert "https://" in told
    assert stage.last.citations[0].number == 1


async def test_terms_and_reasons_are_told(stage: Stage) -> None:
    told = await stage.command("resources", "term sheets")
    assert "**1. Venture Deals** (book; paid; English and Chinese; as of 2025-06)[1]" in told
    assert "Why: it is about “term”, “sheets”; stage: from pre-seed to series A" in told.replace("“term sheets”", "")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"kind": "book"}, "(book;"), ({"cost": "free"}, "free;"), ({"language": "zh"}, "Chinese")],
    ids=["kind", "cost", "language"],
)
async def test_bound_holds_for_everything_shown(stage: Stage, arguments: dict[str, str], word: str) -> None:
    await stage.command("resources", **arguments)
    heads = [line for line in stage.said.splitlines() if line.startswith("**")]
    assert len(heads) == 5
    assert all(word in line for line in heads)


async def test_words_of_the_need_bound_it_too(stage: Stage) -> None:
    told = await stage.command("资源", "中文的免费课程")
    heads = [line for line in told.splitlines() if line.startswith("**")]
    assert heads
    assert all(re.search("课程；(?:免费|开源)；.*中文", line) for line in heads)


async def test_need_that_reads_like_a_bound_is_searched_as_it_stands(stage: Stage) -> None:
    told = await stage.command("resources", "business model")
    assert told.startswith("Nothing meets all of “business model”; these come nearest:")
    assert "Prediction Machines" in told


async def test_document_without_records_is_offered_as_it_stands(stage: Stage) -> None:
    told = await stage.command("resources", "harbour grant for robotics wages")
    assert "its document says nothing of cost or stage; licence: CC0; as of 2026-02" in told
    assert "canarybird" not in told


@pytest.mark.parametrize(
    ("name", "told"),
    [("resources", "I know no resource for “sourdough”."), ("资源", "没有找到适合“sourdough”的资源。")],
)
async def test_need_that_nothing_fits_is_told_with_a_hint(stage: Stage, name: str, told: str) -> None:
    assert (await stage.command(name, "sourdough")).startswith(told)


async def test_call_without_a_need_explains_itself(stage: Stage, bare: Stage) -> None:
    assert "free courses in Chinese" in await stage.command("resources")
    assert "“novel” is no kind" in await stage.command("resources", kind="novel")
    assert await bare.command("资源", "融资") == "资料库里还没有创业资源。"


async def test_passage_that_a_reader_may_not_see_is_not_offered(stage: Stage) -> None:
    assert "canarybird" not in await stage.command("resources", "secret robotics fund")
    await stage.store.settings.save(PLACE.channel_key, ChannelSettings(labels=frozenset({"board"})))
    assert "canarybird fund" in await stage.command("resources", "secret robotics fund")


async def test_profile_is_told_where_it_counts_and_leaves_nothing_out(stage: Stage) -> None:
    before = await stage.command("resources", kind="book")
    await stage.command("profile", "set stage growth")
    told = await stage.command("resources", kind="book")
    assert "For your growth-stage start-up" in told
    assert "it suits your profile" in told
    await stage.command("profile", "off")
    assert await stage.command("resources", kind="book") == before


@pytest.mark.parametrize(
    ("name", "text", "bounds"),
    [
        ("resources", "kind=book language=zh", "book, Chinese"),
        ("资源", "种类=书籍，语言=中文", "书籍、中文"),
        ("resources", "free lectures in Mandarin for beginners", "course, free, Chinese"),
        ("资源", "不花钱的中文网课", "课程、免费、中文"),
        ("资源", "种子阶段 书单", "书籍、种子轮"),
    ],
)
async def test_bounds_are_read_as_people_say_them_and_told_as_a_reason(
    stage: Stage, name: str, text: str, bounds: str
) -> None:
    told = await stage.command(name, text)
    reason = f"it is what you asked for ({bounds})" if name == "resources" else f"符合您的要求（{bounds}）"
    assert told.count(reason) == sum(line.startswith("**") for line in told.splitlines()) > 0


async def test_value_that_a_bound_cannot_have_is_told(stage: Stage) -> None:
    assert "“banana” is no kind; choose from framework" in await stage.command("resources", "kind=banana")
    assert "“香蕉”" in await stage.command("资源", "种类=香蕉")


async def test_what_is_done_with_models_is_no_model(stage: Stage) -> None:
    told = await stage.command("资源", "大模型微调怎么学")
    assert "符合您的要求（模型）" not in told
