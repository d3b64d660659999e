"""Documents from the chat: listed, unpublished, brought back to an earlier version, edited; one of two is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.document_records import ShelfDocument
from bot.offers import Verb
from bot.records import ChannelSettings
from tests.bot.samples import ADA, PLACE

from .trading import EVE, PLAN, Market, open_market

FIFTY = PLAN.replace(b"forty", b"fifty")


@pytest.fixture
async def market(tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(tmp_path / "home") as opened:
        opened.admins.add(ADA.id)
        await opened.send(("plan.md", PLAN))
        await opened.describe()
        yield opened


async def second(market: Market) -> ShelfDocument:
    """The document with a second version."""
    await market.send(("plan.md", FIFTY), message="m2")
    await market.describe()
    (document,) = await market.store.shelves.all()
    return document


async def test_documents_are_listed_and_opened_with_their_versions(market: Market) -> None:
    await second(market)
    assert await market.command("admin", "documents") == (
        "**Documents from the chat: 1**\n- Harbour plan (version 2, 2026-03-01; readers: everyone)"
    )
    told = await market.choose((await market.store.shelves.all())[0].id)
    assert told == (
        "**Harbour plan**\n\nGuides, English; readers: everyone\n\nHanded in by Ada\n\n"
        "- Version 2, 2026-03-01 12:00 UTC: Harbour plan (readers: everyone) · published by you · **answers now**\n"
        "- Version 1, 2026-03-01 12:00 UTC: Harbour plan (readers: everyone) · published by you"
    )
    assert await market.command("admin", "documents harbour") == told
    assert await market.command("admin", "documents zebra") == "I know no document “zebra” from the chat."
    assert "当前版本" in await market.command("管理", "文档 Harbour")


async def test_documents_of_one_title_are_told_apart_by_their_files(market: Market) -> None:
    await market.send(("other.md", FIFTY), message="m2")
    await market.describe()
    told = await market.command("admin", "documents")
    assert "everyone) · plan-" in told
    assert "everyone) · other-" in told
    assert (await market.command("admin", "documents other-")).startswith("**Harbour plan**")


async def test_roll_back_changes_what_is_answered_and_is_noted(market: Market) -> None:
    document = await second(market)
    assert "fifty" in (await market.found("harbour seat"))[0]
    await market.command("admin", "documents harbour")
    told = await market.choose("1")
    assert told == "Version 1 of “Harbour plan” answers now, for these readers: everyone."
    assert "forty" in (await market.found("harbour seat"))[0]
    (entry,) = [each for each in await market.store.audit.latest(limit=9) if each.action == "document"]
    assert (entry.subject, entry.details) == (document.id, {"after": "version 1", "before": "version 2"})
    assert len(await market.rag.catalogue.documents()) == 1


async def test_unpublished_document_answers_nothing_and_comes_back(market: Market) -> None:
    await market.command("admin", "documents harbour")
    told = await market.press_label("Take out of the library")
    assert told.startswith("“Harbour plan” is out of the library")
    assert await market.found("harbour seat") == []
    assert list((market.rag.home / "uploads").iterdir()) == []
    told = await market.command("admin", "documents")
    assert told.endswith("· taken out of the library")
    assert "**taken out of the library**" in await market.command("admin", "documents harbour")
    await market.choose("1")
    assert "forty" in (await market.found("harbour seat"))[0]


async def test_of_two_admins_the_second_is_told_and_shown_how_it_stands(market: Market) -> None:
    await second(market)
    await market.command("admin", "documents harbour")
    shown = market.chat.whispers[-1]
    await market.choose("1")
    market.chat.whispers.append(shown)
    await market.press_label("Take out of the library", person=EVE)
    assert market.chat.whispers[-2][2].text.startswith("Somebody was faster")
    assert "Version 1" in market.said.splitlines()[-1]
    assert "forty" in (await market.found("harbour seat"))[0]
    market.chat.whispers.append(shown)
    with market.gate.hold("Zoe"):
        await market.command("admin", "documents harbour")
        assert (await market.press_label("Take out of the library")).startswith("Zoe works on the index since")


async def test_edit_makes_a_version_that_another_admin_cannot_overwrite(market: Market) -> None:
    await market.store.settings.save(PLACE.channel_key, ChannelSettings(labels=frozenset({"public", "board"})))
    await market.command("admin", "documents harbour")
    await market.press_label("Edit …")
    await market.press_label("Edit …", person=EVE)
    (first, late) = (form for _, form in market.chat.forms[-2:])
    told = await market.fill_in(first, readers="board", title="Harbour prices")
    assert told == "Version 2 of “Harbour prices” answers now, for these readers: board."
    assert await market.found("harbour seat") == []
    assert await market.found("harbour seat", "board") != []
    await market.fill_in(late, person=EVE, readers="public")
    assert market.chat.whispers[-2][2].text.startswith("Somebody was faster")
    assert await market.found("harbour seat") == []


async def test_document_of_the_board_is_nobodys_elsewhere(market: Market) -> None:
    await market.store.settings.save(PLACE.channel_key, ChannelSettings(labels=frozenset({"public", "board"})))
    await market.command("admin", "documents harbour")
    await market.press_label("Edit …")
    await market.fill_in(market.chat.forms[-1][1], readers="board")
    (document,) = await market.store.shelves.all()
    elsewhere = replace(PLACE, channel="lobby")
    for text in ("documents", "documents harbour", f"documents {document.id}"):
        assert "Harbour plan" not in await market.command_in(elsewhere, "admin", text)
    told = await market.press(Verb.SHELF_ACT, f"{document.id}.{document.revision}", "en", place=elsewhere)
    assert "Harbour" not in told
    assert await market.found("harbour seat", "board") != []


async def test_only_admins_touch_documents_and_refusals_are_noted(market: Market) -> None:
    (document,) = await market.store.shelves.all()
    market.admins.discard(ADA.id)
    assert await market.command("admin", "documents") == "Only an admin may do that."
    for verb in (Verb.SHELF_SHOW, Verb.SHELF_ACT, Verb.SHELF_EDIT):
        assert await market.press(verb, f"{document.id}.1", "en") == "Only an admin may do that."
    refused = [each for each in await market.store.audit.latest(limit=9) if each.action == "refused"]
    assert len(refused) == 4
    assert await market.found("harbour seat") != []
