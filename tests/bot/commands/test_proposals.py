"""What experts propose for the library, and the gaps that are open: for admins, where everybody may read it."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import PlaceKind
from bot.expert_records import ProposalState
from bot.offers import Verb
from bot.records import ChannelSettings, FeedbackRecord, QuestionState, Rating
from tests.bot.samples import ADA, BOB, NOW, PLACE, question

from .experting import EVE, GUEST, Shelf, answered, asked
from .stage import Stage


async def test_answer_is_proposed_once_by_its_expert_and_taken_in_by_an_admin(desk: Stage) -> None:
    shelf = Shelf()
    desk.means = replace(desk.means, publishing=shelf)
    desk.remade()
    request = await answered(desk)
    assert (await desk.press(Verb.EXPERT_SAVE, request, "en", person=EVE)).startswith("That is not yours")
    assert (await desk.press(Verb.EXPERT_SAVE, request, "en", person=BOB)).startswith("Proposed.")
    assert (await desk.press(Verb.EXPERT_SAVE, request, "en", person=BOB)).startswith("This answer has been proposed")
    assert await desk.command("proposals") == "Only an admin may do that."
    desk.admins.add(ADA.id)
    told = await desk.command("proposals")
    assert told == (
        "**Proposal 1** from Bob, 2026-03-01; it would be read by: everyone\n\n> What is a data flywheel?\n\n"
        "Six weeks, in my experience."
    )
    shelf.broken = True
    assert (await desk.press_label("Into the library")).startswith("failed:")
    assert [each.state for each in await desk.store.proposals.open(limit=9)] == [ProposalState.PROPOSED]
    assert shelf.withdrawn == [1]
    shelf.broken = False
    await desk.command("proposals")
    await desk.press_label("Into the library")
    (admin, expert) = desk.chat.whispers[-2:]
    assert admin[2].text == "“What is a data flywheel?” is in the library now, for these readers: everyone."
    assert (expert[1].key, expert[2].text) == (
        BOB.key,
        "Your answer to “What is a data flywheel?” is in the library now. Thank you!",
    )
    assert [each.author for each in shelf.taken] == ["Bob"]
    assert await desk.command("推荐") == "这里没有等待审核的推荐。"
    assert await desk.command("proposals", "approve 1") == "There is no proposal 1 here."
    acts = [each for each in await desk.store.audit.latest(limit=9) if each.action == "proposal"]
    assert [each.details["after"] for each in acts] == ["approved", "approved"]


async def test_proposal_is_declined_with_a_reason_that_the_expert_reads(desk: Stage) -> None:
    request = await answered(desk)
    await desk.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    desk.admins.add(ADA.id)
    assert (await desk.command("proposals", "decline 1")).startswith("Say why; the expert is told: `/advisor proposals")
    await desk.command("proposals")
    await desk.press_label("Decline …")
    (_, form) = desk.chat.forms[-1]
    assert "Only an admin" in await desk.fill_in(form, person=EVE, reason="no")
    await desk.fill_in(form, reason="Name your source, please.")
    assert desk.chat.whispers[-2][2].text == "Declined; the expert is told why."
    assert desk.said.endswith("was not taken into the library: Name your source, please.")
    assert (await desk.fill_in(form, reason="twice")) == "There is no proposal 1 here."


async def test_what_only_the_board_reads_is_proposed_and_listed_to_the_board_alone(desk: Stage) -> None:
    board = ChannelSettings(labels=frozenset({"public", "board"}), other={"expert": "user:bob"})
    await desk.store.settings.save(PLACE.channel_key, board)
    request = await answered(desk, "Canarybird burns money.")
    await desk.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    desk.admins.add(ADA.id)
    await desk.store.feedback.save(FeedbackRecord(answer_id="a1", person=ADA.key, rating=Rating.DOWN, at=NOW))
    assert "it would be read by: board" in await desk.command("proposals")
    assert "What is a data flywheel?" in await desk.command("gaps")
    elsewhere = replace(PLACE, channel="lobby")
    for name, text in (("proposals", ""), ("gaps", ""), ("proposals", "approve 1"), ("gaps", "close 1"), ("缺口", "")):
        told = await desk.command_in(elsewhere, name, text)
        assert "Canarybird" not in told
        assert "flywheel" not in told
    assert (await desk.store.proposals.open(limit=9))[0].state is ProposalState.PROPOSED


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
    (proposal,) = await desk.store.proposals.open(limit=9)
    assert proposal.audience == frozenset({"public", "board"})


async def test_labels_that_a_channel_gets_later_count(desk: Stage) -> None:
    request = await answered(desk)
    board = ChannelSettings(labels=frozenset({"public", "board"}))
    await desk.store.settings.save(PLACE.channel_key, board)
    await desk.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    (proposal,) = await desk.store.proposals.open(limit=9)
    assert proposal.audience == frozenset({"public", "board"})
