"""`assess`: answered by forms and by typing, shown with its grounds, exported, repeated, deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.assess_records import Owner
from bot.chat import Capabilities, CommandCall, PlaceKind, Standing
from bot.memory_chat import MemoryChat
from rag.backends.memory import MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.types import Document, DocumentId, DocumentKind, Language
from tests.bot.samples import ADA, NOW, PLACE

from .stage import SECRET, Stage, publish

MINE = Owner(person=ADA.key)
TEAM = Owner(channel_key=PLACE.channel_key)
MOAT = "A start-up builds a moat against competitors by data that nobody else has."
CANARY = "A start-up builds a moat against competitors by the canarybird method."


def guide(name: str, audience: frozenset[str]) -> Document:
    return Document(
        id=DocumentId(name),
        kind=DocumentKind.DOCUMENT,
        language=Language.EN,
        title=f"Guide {name}",
        source=f"{name}.md",
        audience=audience,
    )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Stage]:
    """Commands over one guide for everybody and one for the board."""
    store = MemoryVectorStore()
    held = [(guide("moats", frozenset({"public"})), (MOAT,)), (guide("canary", SECRET), (CANARY,))]
    async with open_database(tmp_path / "library.sqlite3") as database:
        await publish(database, store, held)
        yield Stage().over(database, store)


async def answers(stage: Stage, owner: Owner = MINE) -> dict[str, str]:
    rounds = await stage.store.assessments.rounds(owner, limit=9)
    return dict(rounds[0].answers) if rounds else {}


async def test_empty_check_tells_what_it_is_and_where_to_begin(desk: Stage) -> None:
    told = await desk.command("assess")
    assert told.startswith("**A feasibility check** looks at Market demand, Technology,")
    assert "18 in all" in told
    rows = [[button.label for button in row] for row in desk.last.actions]
    assert rows == [
        ["Market demand (0/3)", "Technology (0/3)", "Competition (0/3)"],
        ["Funding (0/3)", "Team (0/3)", "Data (0/3)"],
    ]
    assert "每个方面三个选择题" in await desk.command("评估")
    assert await desk.command("assess", "export") == "There is no feasibility check yet."
    assert await desk.command("评估", "删除") == "还没有可行性评估。"
    assert await answers(desk) == {}


async def test_form_takes_one_axis_at_a_time_and_leads_to_the_next(desk: Stage) -> None:
    await desk.command("assess")
    await desk.press_label("Market demand (0/3)")
    (_, form) = desk.chat.forms[-1]
    assert len(form.fields) <= 5
    assert await desk.fill_in(form, talks="3", today="0", commitment="3", note="12 clinics") == (
        "Noted. **Market demand** ●●○○○ **2.5 of 5**"
    )
    assert await answers(desk) == {"demand.talks": "some", "demand.commitment": "time", "demand.note": "12 clinics"}
    await desk.press_label("Next: Technology …")
    assert desk.chat.forms[-1][1].title == "Technology"
    await desk.command("assess")
    await desk.press_label("Market demand (2/3)")
    (_, again) = desk.chat.forms[-1]
    assert [each.value for each in again.fields] == ["3", "0", "3", "12 clinics"]
    await desk.fill_in(again, talks="0", note="-")
    assert await answers(desk) == {"demand.commitment": "time"}


async def test_result_tells_scores_grounds_gaps_and_cited_steps(desk: Stage) -> None:
    await desk.command("profile", "set runway 7")
    await desk.command("assess", "answer competition 4 2 ? we asked five who left them")
    told = await desk.command("assess")
    assert "Overall **0.6 of 5**, with 3 of 18 questions answered. That is too little to judge by" in told
    assert "**Competition** ●●○○○ **2.3** (up to 3.7 if what is open turns out well)" in told
    assert "- Why a customer would choose you: **a better model or more features** (2 of 5)" in told
    assert "- In your words: “we asked five who left them”" in told
    assert "- ❓ If the maker of your model offers it, too: not known. The maker of the model" in told
    assert f"- 📖 “{MOAT}”[1]" in told
    assert "- Months that the money lasts: **6 to 11 months** (3 of 5, from the profile)" in told
    assert "1. Offer the three keenest customers a paid pilot" in told
    assert "(Market demand: “What they have given you for it so far” is open)" in told
    assert [each.quote for each in desk.last.citations] == [MOAT]
    assert desk.last.notes[0].startswith("How it is scored")
    assert "canarybird" not in told


@pytest.mark.parametrize(
    ("picked", "verdict"),
    [
        ("1 1 1", "Market demand stands in the way"),
        ("2 ? 3", "Worth going on. Market demand is the weakest side"),
        ("9", "A strong case."),
    ],
)
async def test_verdict_names_what_decides(desk: Stage, picked: str, verdict: str) -> None:
    best = {each.id: " ".join(str(len(question.choices)) for question in each.questions) for each in desk.means.axes}
    for name, numbers in best.items():
        await desk.command("assess", f"answer {name} {numbers}")
    if picked != "9":
        await desk.command("assess", f"answer demand {picked}")
    told = await desk.command("assess")
    assert verdict in told


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("assess", "answer", "Which axis? `/advisor assess answer <axis>` with one of demand, technology,"),
        ("assess", "answer moon", "“moon” is no axis; choose from demand,"),
        (
            "assess",
            "answer demand 9",
            "“9” is no answer to “Likely customers you have talked to”; choose from 1 = nobody",
        ),
        ("评估", "回答 需求 9", "“9”不能用来回答“聊过多少位潜在客户”，可选：1 = 还没有、2 = 1 到 4 位"),
        ("assess", f"answer demand 3 {'x' * 501}", "Your own words may have 500 characters at most."),
        (
            "assess",
            "answer demand banana",
            "“banana” does not answer the 3 questions of “Market demand”: type a number",
        ),
        ("评估", "回答 需求 香蕉", "“香蕉”没有回答“市场需求”的 3 个问题：请先按顺序输入编号"),
        ("assess", "answer demand 3 2 1 1 1", "“3 2 1 1 1” does not answer the 3 questions"),
        ("评估", "需求 ３，２，１，１", "“３，２，１，１”没有回答“市场需求”的 3 个问题"),
        ("assess", "answer demand 15 clinics", "“15” is no answer to “Likely customers you have talked to”;"),
        ("assess", "juggle", "“juggle” is no action; choose from show,"),
    ],
)
async def test_wrong_use_changes_nothing_and_names_what_is_allowed(
    desk: Stage, name: str, text: str, told: str
) -> None:
    assert (await desk.command(name, text)).startswith(told)
    assert await answers(desk) == {}


async def test_typed_answers_may_be_numbers_of_either_width_and_marks(desk: Stage) -> None:
    await desk.command("评估", "回答 需求 ３ ？ 5 三家已付款")
    assert await answers(desk) == {"demand.talks": "some", "demand.commitment": "money", "demand.note": "三家已付款"}


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("需求 3，?，5 三家已付款", "三家已付款"),
        ("需求 3、？、5、", ""),
        ("需求 3 ? 5 12 家医院试用", "12 家医院试用"),
        ("需求 3 ? 5 说明：三家", "三家"),
    ],
)
async def test_answers_may_be_parted_by_commas_and_words_may_begin_with_a_figure(
    desk: Stage, text: str, note: str
) -> None:
    await desk.command("评估", text)
    told = {"demand.talks": "some", "demand.commitment": "money", **({"demand.note": note} if note else {})}
    assert await answers(desk) == told


async def test_words_alone_are_added_behind_their_name(desk: Stage) -> None:
    await desk.command("assess", "answer demand 3 ? 5")
    await desk.command("assess", "demand note: two clinics pay")
    assert (await answers(desk))["demand.note"] == "two clinics pay"
    assert (await answers(desk))["demand.talks"] == "some"


async def test_platform_without_forms_asks_for_typed_answers(desk: Stage) -> None:
    plain = MemoryChat(capabilities=Capabilities(message_characters=4000, edit_interval_s=0, forms=False))
    desk.chat = desk.means.adapters["memory"] = plain  # type: ignore[index]
    await desk.command("assess")
    assert desk.last.actions == ()
    told = await desk.command("assess", "answer team")
    assert "1. People who work on it: 1 = nobody with full force · 2 = 1 · 3 = 2 · 4 = 3 or more" in told
    assert "`/advisor assess answer team 3 2 ?`" in told


async def test_round_that_is_repeated_shows_what_moved(desk: Stage) -> None:
    assert await desk.command("assess", "repeat") == "There is no feasibility check yet."
    await desk.command("profile", "set runway 7")
    await desk.command("assess", "answer data 1 1 1")
    assert (await desk.command("assess", "repeat")).startswith("A new round has begun")
    await desk.command("profile", "set runway 1")
    await desk.command("assess", "answer data 4 1 1")
    told = await desk.command("assess")
    day = NOW.date().isoformat()
    assert f"**Data** ●●○○○ **2.1** (0.0 → 2.1 since {day})" in told
    assert f"(up to 2.9 if what is open turns out well; 1.3 → 0.0 since {day})" in told
    assert f"unchanged since {day}" in told
    assert [each.round for each in await desk.store.assessments.rounds(MINE, limit=9)] == [2, 1]


async def test_file_is_given_where_the_reader_is_alone(desk: Stage) -> None:
    await desk.command("assess", "answer competition 4 4 4")
    assert (await desk.command("assess", "export")).startswith("In a channel everybody could read the file.")
    assert desk.last.files == ()
    alone = replace(PLACE, kind=PlaceKind.DM)
    await desk.handler.handle(
        CommandCall(event_id="e", place=alone, person=ADA, at=NOW, name="assess", text="export"), desk
    )
    (file,) = desk.chat.posted[-1].reply.files
    content = file.content.decode()
    assert file.name == f"feasibility-{NOW.date().isoformat()}.md"
    assert "**Sources**\n\n1. Guide moats · Part 0" in content
    assert "_How it is scored:" in content
    assert "canarybird" not in content


async def test_deleting_asks_once_more_and_takes_all_rounds(desk: Stage) -> None:
    await desk.command("assess", "answer data 1 1 1")
    await desk.command("assess", "repeat")
    await desk.command("assess")
    assert (await desk.press_label("Delete …")).startswith("Delete all rounds of this check (2)?")
    assert await answers(desk) != {}
    assert (await desk.press_label("Delete them")).startswith("The feasibility check is deleted")
    assert await desk.store.assessments.rounds(MINE, limit=9) == ()


async def test_team_has_a_check_of_its_own_with_its_own_profile(desk: Stage) -> None:
    await desk.command("profile", "set runway 7")
    await desk.command("profile", "team runway 20")
    await desk.command("assess", "team-answer data 1 1 1 our words")
    assert await answers(desk) == {}
    assert (await answers(desk, TEAM))["data.note"] == "our words"
    told = await desk.command("assess", "team")
    assert told.startswith("**Feasibility check · this channel's team ·")
    assert "18 months or more" in told
    (entry, *_) = await desk.store.audit.latest(limit=1)
    assert (entry.action, entry.details) == ("assess", {"action": "answer", "axis": "data"})
    assert "our words" not in str(entry)


async def test_guest_and_direct_message_have_no_team(desk: Stage) -> None:
    guest = replace(ADA, standing=Standing.GUEST)
    alone = replace(PLACE, kind=PlaceKind.DM)
    call = CommandCall(event_id="e", place=PLACE, person=guest, at=NOW, name="assess", text="team")
    await desk.handler.handle(call, desk)
    assert desk.said.startswith("Only members")
    await desk.handler.handle(replace(call, person=ADA, place=alone), desk)
    assert desk.chat.posted[-1].reply.text.startswith("There is no team in a direct message.")


async def test_empty_library_leaves_the_rest_of_the_check_whole(bare: Stage) -> None:
    await bare.command("assess", "answer data 1 1 1")
    told = await bare.command("assess")
    assert "- 📖 The library says nothing certain about this." in told
    assert bare.last.citations == ()
