"""What experts propose for the library, and the gaps that are open: for admins, where everybody may read it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat import PlaceKind
from bot.document_records import HandInState
from bot.index_journal import IndexJournal
from bot.indexing import IndexRuns
from bot.offers import Verb
from bot.records import ChannelSettings, FeedbackRecord, QuestionState, Rating
from rag.errors import EmbedderUnavailable, IndexLocked
from tests.bot.samples import ADA, BOB, NOW, PLACE, question

from .experting import GUEST, answered, asked
from .stage import Stage
from .trading import EVE, PLAN, Market, open_market


class Broken:
    """An index whose embedder is away."""

    async def update(self, inputs: object, *, force: bool) -> None:
        raise EmbedderUnavailable("the server is away")


@pytest.fixture
async def market(tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(tmp_path / "home") as opened:
        yield opened


async def named(market: Market) -> None:
    """Bob is the channel's expert."""
    await market.store.settings.save(PLACE.channel_key, ChannelSettings(other={"expert": "user:bob"}))


async def test_answer_is_proposed_once_by_its_expert_and_taken_in_by_an_editor(market: Market) -> None:
    await named(market)
    request = await answered(market)
    assert (await market.press(Verb.EXPERT_SAVE, request, "en", person=EVE)).startswith("Proposed.")
    assert (await market.press(Verb.EXPERT_SAVE, request, "en", person=BOB)).startswith("This answer has been proposed")
    market.editors.clear()
    assert await market.command("proposals") == "Only an editor may do that."
    market.editors.add(ADA.id)
    told = await market.command("proposals")
    assert told == (
        "**Proposal 1** from Bob, 2026-03-01; it would be read by: everyone\n\n> What is a data flywheel?\n\n"
        "Six weeks, in my experience."
    )
    await market.press_label("Into the library")
    (editor, expert) = market.chat.whispers[-2:]
    assert editor[2].text == "“What is a data flywheel?” is in the library now, for these readers: everyone."
    assert (expert[1].key, expert[2].text) == (
        BOB.key,
        "Your answer to “What is a data flywheel?” is in the library now. Thank you!",
    )
    assert "Six weeks" in (await market.found("flywheel six weeks"))[0]
    (path,) = (market.rag.home / "expert-answers").iterdir()
    assert "Bob" not in path.read_text("utf-8")
    assert await market.command("推荐") == "这里没有等待审核的推荐。"
    assert await market.command("proposals", "approve 1") == "There is no proposal 1 here."
    acts = [each for each in await market.store.audit.latest(limit=9) if each.action == "proposal"]
    assert [each.details["after"] for each in acts] == ["approved"]


async def test_what_cannot_be_indexed_waits_again_and_leaves_nothing(market: Market) -> None:
    await named(market)
    request = await answered(market)
    await market.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    workshop = market.files.desk.workshop
    broken = IndexRuns(
        Broken(), market.rag.catalogue, gate=market.gate, journal=IndexJournal(market.rag.home), now=workshop.now
    )  # type: ignore[arg-type]
    held = market.means.files
    market.files.desk.workshop = replace(workshop, index=broken)
    assert (await market.command("proposals", "approve 1")).startswith("failed:")
    assert held is market.files
    (waiting,) = await market.store.hand_ins.review(limit=9)
    assert waiting.state is HandInState.PROPOSED
    assert list((market.rag.home / "expert-answers").iterdir()) == []
    assert list((market.rag.home / "kept-documents").iterdir()) == []
    assert await market.store.shelves.all() == ()
    market.files.desk.workshop = workshop
    await market.command("proposals", "approve 1")
    assert "Six weeks" in (await market.found("flywheel six weeks"))[0]


async def test_proposal_is_declined_with_a_reason_and_revised_by_its_expert(market: Market) -> None:
    await named(market)
    request = await answered(market)
    await market.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    assert (await market.command("proposals", "decline 1")).startswith("Say why; they are told: `/advisor proposals")
    await market.command("proposals")
    await market.press_label("Decline …")
    (_, form) = market.chat.forms[-1]
    assert "Only an editor" in await market.fill_in(form, person=BOB, reason="no")
    await market.fill_in(form, reason="Name your source, please.")
    assert market.chat.whispers[-2][2].text == "Declined; they are told why."
    assert market.said.endswith("was not taken into the library: Name your source, please.")
    await market.press_label("Revise and hand in again …", person=BOB)
    (_, again) = market.chat.forms[-1]
    assert {each.name: each.value for each in again.fields}["text"] == "Six weeks, in my experience."
    told = await market.fill_in(again, person=BOB, text="Six weeks, says the chamber of commerce.")
    assert told.startswith("“What is a data flywheel?” is proposed (number 1).")
    assert "chamber of commerce" in await market.command("proposals")
    assert (await market.fill_in(form, reason="twice")) != ""


async def test_editor_edits_before_publishing_and_of_two_at_once_one_is_told(market: Market) -> None:
    await named(market)
    request = await answered(market)
    await market.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    await market.command("proposals")
    await market.press_label("Edit …")
    await market.press_label("Edit …", person=EVE)
    (first, second) = (form for _, form in market.chat.forms[-2:])
    await market.fill_in(first, title="How long a flywheel takes", text="Six weeks at least.")
    assert market.chat.whispers[-2][2].text == "Changed. This is how it stands:"
    assert "> How long a flywheel takes\n\nSix weeks at least." in market.said
    await market.fill_in(second, person=EVE, title="Mine")
    assert market.chat.whispers[-2][2].text.startswith("Somebody was faster")
    assert "How long a flywheel takes" in market.said
    await market.press_label("Into the library")
    (document,) = await market.rag.catalogue.documents()
    assert document.title == "How long a flywheel takes"


async def test_of_two_who_approve_at_once_one_publishes(market: Market) -> None:
    await named(market)
    request = await answered(market)
    await market.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    (waiting,) = await market.store.hand_ins.review(limit=9)
    desk = market.files.desk
    both = await asyncio.gather(
        desk.publish([waiting], by="a", who="Ada"), desk.publish([waiting], by="b", who="Eve"), return_exceptions=True
    )
    assert sum(isinstance(each, IndexLocked) for each in both) == 1
    (late,) = await desk.publish([waiting], by="b", who="Eve")
    assert late.decided
    assert len(await market.rag.catalogue.documents()) == 1


async def test_queue_lists_files_and_answers_with_their_age(market: Market) -> None:
    await named(market)
    request = await answered(market)
    await market.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    await market.send(("plan.md", PLAN), person=BOB)
    await market.describe(person=BOB)
    market.means = replace(market.means, now=lambda: NOW + timedelta(days=3))
    market.remade()
    assert await market.command("proposals") == (
        "**Waiting for review: 2**\n- 1. What is a data flywheel? (expert's answer, from Bob, 3 days ago)\n"
        "- 2. Harbour plan (file, from Bob, 3 days ago)"
    )
    assert "**Proposal 2: Harbour plan**" in await market.choose("2")
    market.admins.add(ADA.id)
    assert (await market.command("admin", "review")).startswith("**Waiting for review: 2**")
    assert "昨天" not in await market.command("管理", "审核")


async def test_what_came_in_a_direct_message_of_no_server_is_reviewed_on_any(market: Market) -> None:
    direct = replace(PLACE, workspace="@me", channel="d", thread="", kind=PlaceKind.DM)
    await market.send(("plan.md", PLAN), person=BOB, place=direct)
    (held,) = await market.store.hand_ins.of(BOB.key, limit=1)
    await market.store.hand_ins.change(replace(held, state=HandInState.PROPOSED), known={HandInState.RECEIVED})
    assert "**Proposal 1: Harbour plan**" in await market.command("proposals")
    other = replace(held, id="h2", claim="h2", place=replace(PLACE, workspace="elsewhere"), state=HandInState.PROPOSED)
    await market.store.hand_ins.add(other)
    assert await market.command("proposals", "show 2") == "There is no proposal 2 here."


async def test_what_only_the_board_reads_is_proposed_and_listed_to_the_board_alone(market: Market) -> None:
    board = ChannelSettings(labels=frozenset({"public", "board"}), other={"expert": "user:bob"})
    await market.store.settings.save(PLACE.channel_key, board)
    request = await answered(market, "Canarybird burns money.")
    await market.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    market.admins.add(ADA.id)
    await market.store.feedback.save(FeedbackRecord(answer_id="a1", person=ADA.key, rating=Rating.DOWN, at=NOW))
    assert "it would be read by: board" in await market.command("proposals")
    assert "What is a data flywheel?" in await market.command("gaps")
    elsewhere = replace(PLACE, channel="lobby")
    for name, text in (
        ("proposals", ""),
        ("gaps", ""),
        ("proposals", "approve 1"),
        ("gaps", "close 1"),
        ("缺口", ""),
        ("admin", "review"),
        ("admin", "documents"),
    ):
        told = await market.command_in(elsewhere, name, text)
        assert "Canarybird" not in told
        assert "flywheel" not in told
    assert (await market.store.hand_ins.review(limit=9))[0].state is HandInState.PROPOSED


async def test_gaps_are_listed_with_what_became_of_them_and_closed(desk: Stage) -> None:
    await asked(desk)
    assert await desk.command("gaps") == "Only an admin may do that."
    desk.admins.add(ADA.id)
    told = await desk.command("gaps")
    assert told.startswith("**What people could not find** · open: 1 · different ones: 1\n\n- **1** · What")
    assert "· 2026-03-01 · no answer 1" in told
    assert "`/advisor gaps show <number>`" in told
    assert await desk.choose("1", person=BOB) == "Only an admin may do that."
    await desk.command("gaps")
    assert "· Nobody has taken it yet." in await desk.choose("1")
    assert await desk.command("gaps", "close 1") == "Gap 1 is closed."
    assert (await desk.command("gaps", "close 1")) == "There is no open gap 1 here."
    assert (await desk.command("缺口", "关闭 x")) == "这里没有编号为 x 的未处理缺口。"
    assert (await desk.command("gaps")).startswith("No gap is open here")
    entry, *refused = await desk.store.audit.latest(limit=9)
    assert {each.action for each in refused} == {"refused"}
    assert (entry.action, entry.subject, entry.details) == ("gap", "1", {"after": "closed"})


async def test_gap_of_a_channel_without_labels_is_seen_elsewhere_and_one_of_a_direct_message_is_not(
    desk: Stage,
) -> None:
    desk.admins.add(ADA.id)
    alone = replace(PLACE, channel="d-eve", kind=PlaceKind.DM)
    await desk.store.questions.admit(question("My private plan?", name="q2", place=alone))
    await desk.store.questions.finish("q2", QuestionState.REFUSED)
    told = await desk.command_in(replace(PLACE, channel="lobby"), "gaps")
    assert "flywheel" in told
    assert "private plan" not in told
    other = replace(PLACE, workspace="w2")
    assert (await desk.command_in(other, "gaps")).startswith("No gap is open here")


async def test_guest_who_asks_does_not_make_a_document_of_the_board_public(desk: Stage) -> None:
    board = ChannelSettings(labels=frozenset({"public", "board"}), other={"expert": "user:bob"})
    await desk.store.settings.save(PLACE.channel_key, board)
    await desk.press(Verb.EXPERT_ASK, person=GUEST)
    request = await answered(desk, "Canarybird burns money.")
    await desk.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    (proposal,) = await desk.store.hand_ins.review(limit=9)
    assert proposal.audience == frozenset({"board"})


async def test_labels_that_a_channel_gets_later_count(desk: Stage) -> None:
    request = await answered(desk)
    board = ChannelSettings(labels=frozenset({"public", "board"}))
    await desk.store.settings.save(PLACE.channel_key, board)
    await desk.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    (proposal,) = await desk.store.hand_ins.review(limit=9)
    assert proposal.audience == frozenset({"board"})
