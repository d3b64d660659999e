"""What a killed program left halfway is finished, what nobody wants is let go, and deleted words leave every file."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.document_records import HandInState, Shelf
from bot.offers import Verb
from bot.records import ChannelSettings
from rag.errors import IndexLocked
from tests.bot.commands.experting import answered
from tests.bot.commands.trading import PLAN, Market, open_market
from tests.bot.samples import ADA, BOB, NOW, PLACE

OLD = """---
title: What is a data flywheel?
kind: document
language: en
topics: [experts]
date: '2026-02-03'
author: Bob Canary
audience: [public]
---

# What is a data flywheel?

Six weeks, in my experience.
"""


@pytest.fixture
async def market(tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(tmp_path / "home") as opened:
        await opened.store.settings.save(PLACE.channel_key, ChannelSettings(other={"expert": "user:bob"}))
        yield opened


def held(market: Market) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(market.rag.home.rglob("*")) if path.is_file())


async def test_shelf_follows_the_store_after_a_kill(market: Market) -> None:
    await market.send(("plan.md", PLAN))
    await market.describe()
    (document,) = await market.store.shelves.all()
    # Killed after the store had moved on, before the shelf followed.
    await market.store.shelves.move(document, 0)
    await market.means.keeper.settle()  # type: ignore[union-attr]
    assert await market.found("harbour seat") == []
    (document,) = await market.store.shelves.all()
    await market.store.shelves.move(document, 1)
    await market.means.keeper.settle()  # type: ignore[union-attr]
    assert await market.found("harbour seat") != []


async def test_publishing_that_was_killed_may_be_approved_again(market: Market) -> None:
    await market.send(("plan.md", PLAN), person=BOB)
    await market.describe(person=BOB)
    (waiting,) = await market.store.hand_ins.review(limit=9)
    await market.store.hand_ins.change(replace(waiting, state=HandInState.PUBLISHING), known={HandInState.PROPOSED})
    assert "**Proposal 1: Harbour plan**" in await market.command("proposals")
    await market.press_label("Into the library")
    assert await market.found("harbour seat") != []
    (document,) = await market.store.shelves.all()
    done = await market.store.hand_ins.find(1)
    assert done is not None
    await market.store.hand_ins.change(replace(done, state=HandInState.PUBLISHING), known={HandInState.PUBLISHED})
    await market.command("proposals", "approve 1")
    assert await market.store.shelves.all() == (document,)


async def test_answers_of_earlier_versions_are_taken_up_without_a_name(market: Market) -> None:
    folder = market.rag.home / "expert-answers"
    folder.mkdir()
    request = await answered(market)
    await market.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    (proposal,) = await market.store.hand_ins.review(limit=9)
    await market.store.hand_ins.change(replace(proposal, state=HandInState.PUBLISHED), known={HandInState.PROPOSED})
    (folder / f"2026-02-03-{proposal.id}.md").write_text(OLD, "utf-8")
    (folder / "2026-02-03-broken.md").write_text("---\ntitle: x\n", "utf-8")
    await market.means.keeper.settle()  # type: ignore[union-attr]
    (document,) = await market.store.shelves.all()
    assert (document.shelf, document.live, document.given) == (Shelf.ANSWERS, 1, "Bob")
    assert b"Bob Canary" not in held(market)
    assert "Six weeks" in (await market.found("flywheel six weeks"))[0]
    await market.means.keeper.settle()  # type: ignore[union-attr]
    assert await market.store.shelves.all() == (document,)


async def test_question_that_names_a_document_leaves_it_with_its_asker(market: Market) -> None:
    request = await answered(market)
    await market.press(Verb.EXPERT_SAVE, request, "en", person=BOB)
    await market.command("proposals", "approve 1")
    assert b"What is a data flywheel?" in held(market)
    with market.gate.hold("Zoe"), pytest.raises(IndexLocked):
        await market.means.keeper.forget(ADA.key)  # type: ignore[union-attr]
    await market.means.keeper.forget(ADA.key)  # type: ignore[union-attr]
    (document,) = await market.rag.catalogue.documents()
    assert document.title == "Six weeks, in my experience."
    assert b"flywheel" not in held(market)
    assert "Six weeks" in (await market.found("six weeks experience"))[0]


async def test_files_that_nobody_wants_are_let_go(market: Market) -> None:
    await market.send(("plan.md", PLAN))
    waiting = market.rag.home / "handed-in"
    (waiting / "orphan").write_bytes(b"left")
    (waiting / "fresh").write_bytes(b"just now")
    real = datetime.now(NOW.tzinfo)
    old = (real - timedelta(hours=2)).timestamp()
    os.utime(waiting / "orphan", (old, old))
    keeper = market.means.keeper
    assert keeper is not None
    keeper._workshop = replace(keeper._workshop, now=lambda: real)
    await market.store.hand_ins.add(
        replace((await market.store.hand_ins.of(ADA.key, limit=1))[0], id="new", claim="new", at=real)
    )
    await keeper.tidy()
    assert sorted(path.name for path in waiting.iterdir()) == ["fresh"]
    assert [each.id for each in await market.store.hand_ins.of(ADA.key, limit=9)] == ["new"]
