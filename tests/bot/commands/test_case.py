"""`case` and `compare`: finding, showing and comparing case studies."""

from __future__ import annotations

import pytest

from bot.records import ChannelSettings
from rag.types import PUBLIC
from tests.bot.samples import PLACE

from .stage import EN, ZH, Stage


async def test_company_is_shown_as_a_card_with_its_sources(stage: Stage) -> None:
    told = await stage.command("case", "mediq")
    assert told.startswith("**Mediq**\n\n- Sector: healthcare\n- Region: Norway\n- Founded: 2013\n")
    assert "- What decided it: Mediq spent its money before any doctor trusted the answers.[2]" in told
    assert "2. Keep cash for a year.[3]" in told
    assert "Rests on: Mediq annual report 2019" in told
    assert [each.quote for each in stage.last.citations][1].startswith("Mediq spent its money")


async def test_chinese_reader_gets_the_chinese_version(stage: Stage) -> None:
    told = await stage.command("案例", "mediq")
    assert told.startswith("**麦迪克**\n\n- 行业：医疗\n")
    assert "- 成败的关键：麦迪克在医生信任它之前就花光了钱。[2]" in told


@pytest.mark.parametrize(
    ("name", "text", "company"),
    [
        pytest.param("case", "Roomly", "Roomly Group", id="a part of the name"),
        pytest.param("case", "what became of Mediq?", "Mediq", id="a sentence with the name"),
        pytest.param("case", "麦迪克", "麦迪克", id="the name in the reader's language"),
        pytest.param("case", "healthcare failure", "Mediq", id="sector and outcome"),
        pytest.param("案例", "失败的医疗公司", "麦迪克", id="sector and outcome in Chinese"),
        pytest.param("案例", "做医疗失败的公司", "麦迪克", id="what the company does in Chinese"),
        pytest.param("案例", "失败的公司", "麦迪克", id="an outcome alone"),
        pytest.param("case", "marketplace", "Roomly Group", id="a word of the sector"),
        pytest.param("case", "hospitals bought a symptom checker that failed", "Mediq", id="a sentence"),
    ],
)
async def test_case_is_found(stage: Stage, name: str, text: str, company: str) -> None:
    assert (await stage.command(name, text)).startswith(f"**{company}**")


async def test_made_up_company_is_told_to_be_one(stage: Stage) -> None:
    assert "Made-up company, to teach with" in await stage.command("case", "School X")
    assert "made-up example" in await stage.command("case")


async def test_several_matches_are_listed_and_one_is_chosen(stage: Stage) -> None:
    told = await stage.command("case")
    assert told.startswith("The library holds 3 case studies:")
    assert "- **Mediq** · healthcare · failure: Mediq spent" in told
    assert (await stage.choose("roomly.en")).startswith("**Roomly Group**")
    assert (await stage.choose("mediq.en")).startswith("| ")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compare", "Mediq, Roomly"),
        ("compare", "Mediq and Roomly Group"),
        ("compare", "Mediq Roomly Group"),
        ("case", "compare Mediq vs Roomly"),
        ("case", "对比 Mediq 和 Roomly"),
    ],
)
async def test_two_companies_stand_side_by_side(stage: Stage, name: str, text: str) -> None:
    told = await stage.command(name, text)
    rows = told.splitlines()
    assert "Roomly Group" in rows[0]
    assert all(row.replace("\\|", "").count("|") == 4 for row in rows)
    assert [each.number for each in stage.last.citations] == list(range(1, len(stage.last.citations) + 1))
    assert f"[{len(stage.last.citations)}]" in told


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("compare", "Mediq", "Name two companies to compare: `/advisor compare <companies>`."),
        ("对比", "麦迪克", "请写出要对比的两家公司：`/advisor 对比 <公司>`。"),
        ("compare", "Mediq, Mediq", "“Mediq” twice is one case; name another one."),
        ("compare", "Mediq, Nobody", "I know no case that fits “Nobody”."),
        ("compare", "", "“compare” needs companies"),
        ("case", "sourdough bread", "I know no case that fits “sourdough bread”."),
        ("案例", "做饺子", "没有符合“做饺子”的案例。"),
    ],
)
async def test_call_that_finds_nothing_says_what_there_is(stage: Stage, name: str, text: str, told: str) -> None:
    assert (await stage.command(name, text)).startswith(told)


@pytest.mark.parametrize(("name", "told"), [("case", "holds no case studies"), ("案例", "还没有案例")])
async def test_library_without_cases_says_so(bare: Stage, name: str, told: str) -> None:
    assert told in await bare.command(name)
    assert told in await bare.command(name, "Mediq")


async def test_case_that_a_reader_may_not_see_shows_nowhere(stage: Stage) -> None:
    said = [
        await stage.command("case"),
        await stage.command("case", "Canarybird"),
        await stage.command("case", "burned money"),
        await stage.command("case", "healthcare"),
        await stage.command("compare", "Mediq, Canarybird"),
        *(await stage.handler.complete(stage.call(), "case", "query", "")),
    ]
    for told in said:
        assert "Canarybird" not in told.replace("fits “Canarybird”", "")
    await stage.command("case", "Mediq")
    assert "earlier version" in await stage.choose("canary.en")
    await stage.store.settings.save(PLACE.channel_key, ChannelSettings(labels=frozenset({PUBLIC, "board"})))
    assert "Canarybird burned money" in await stage.command("case", "Canarybird")


async def test_companies_are_completed_behind_a_comma_too(stage: Stage) -> None:
    assert await stage.handler.complete(stage.call(), "case", "query", "roo") == ("Roomly Group",)
    assert await stage.handler.complete(stage.call(), "compare", "companies", "Mediq, ro") == ("Mediq, Roomly Group",)
    assert "麦迪克" in await stage.handler.complete(stage.call(ZH), "case", "query", "medi")
    assert await stage.handler.complete(stage.call(EN), "case", "query", "zzz") == ()


async def test_profile_puts_the_readers_sector_first_and_says_so(stage: Stage) -> None:
    before = await stage.command("case")
    await stage.command("profile", "set sector travel")
    told = await stage.command("case")
    assert before.index("Mediq") < before.index("Roomly")
    assert told.index("Roomly") < told.index("Mediq")
    assert "For your travel start-up (`/advisor profile off` switches this off):" in told
    await stage.command("profile", "off")
    assert await stage.command("case") == before


@pytest.mark.parametrize(
    ("name", "text", "company"),
    [
        ("case", "a medical AI that failed", "Mediq"),
        ("case", "which hospital start-ups went bankrupt?", "Mediq"),
        ("案例", "哪个医疗AI失败了？", "麦迪克"),
        ("案例", "看病的公司", "麦迪克"),
        ("case", "an AI marketplace", "Roomly Group"),
    ],
)
async def test_sector_is_known_by_whatever_people_call_it(stage: Stage, name: str, text: str, company: str) -> None:
    assert (await stage.command(name, text)).startswith(f"**{company}**")


async def test_cases_of_another_sector_are_told_to_be_merely_near(stage: Stage) -> None:
    told = await stage.command("case", "a law firm that let strangers share rooms")
    assert told.startswith(
        "I know no case that is quite “a law firm that let strangers share rooms”; these come nearest:"
    )
    assert "**Roomly Group**" in told


async def test_mistyped_company_is_proposed_and_one_that_may_not_be_read_is_not(stage: Stage) -> None:
    assert "Did you mean Mediq?" in await stage.command("case", "Medqi")
    assert "您是想找 Roomly Group 吗？" in await stage.command("案例", "Romly")
    assert "Did you mean" not in await stage.command("case", "Canarybrid")
