"""A team works on its risks over a real store: at once, across a restart, and by several processes."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.checklist_state import board_of
from bot.commands.risk_lists import Edition, post_checklist
from bot.commands.risk_reminders import remind
from bot.memory_chat import MemoryChat
from bot.store.opening import SqlStore, open_store
from rag.risks import State

from .risk_stage import ADA, BOB, CARL, MONDAY, PEOPLE, ROOM, RiskStage, button, choice, open_risk_stage, options
from .stage import EN


async def process(stack: AsyncExitStack, folder: Path, chat: MemoryChat, number: int) -> tuple[RiskStage, SqlStore]:
    """One running program: a library and handlers of its own, the store's file and the chat shared with the others."""
    stage = await stack.enter_async_context(open_risk_stage(folder / f"library{number}"))
    store = await stack.enter_async_context(open_store(None, home=folder / "home"))
    ids = (f"p{number}.{count}" for count in range(10**9))
    stage.chat, stage.events = chat, iter(range(number * 1000, 10**9))  # type: ignore[assignment]
    stage.means = replace(stage.means, store=store, adapters={"memory": chat}, new_id=lambda: next(ids))
    return stage.opened(), store


async def test_two_programs_serve_one_team(tmp_path: Path) -> None:
    chat = MemoryChat(capabilities=replace(MemoryChat().capabilities, message_characters=9000))
    async with AsyncExitStack() as stack:
        (one, store), (two, _) = [await process(stack, tmp_path, chat, number) for number in (1, 2)]
        begun = await asyncio.gather(
            *(post_checklist(each.means, ROOM, Edition(at=MONDAY, claim="week 10", language=EN)) for each in (one, two))
        )
        assert begun[0] == begun[1]
        (posted,) = chat.posted
        presses = [
            (one, two)[number % 2].push(button(posted.reply, f"✓ {number}"), by=PEOPLE[number % 3])
            for number in (1, 2, 3, 4, 5)
        ]
        await asyncio.gather(*presses)
        board = board_of(await store.checklists.changes(ROOM.channel_key))
        assert [board.item(each.item).handling.state for each in begun[0].items] == [State.DONE] * 5
        assert {change.by.name for change in board.history if change.by} == {ADA.name, BOB.name, CARL.name}
        await two.say("incident data-breach", by=BOB)
        later = MONDAY + timedelta(minutes=45)
        said = await asyncio.gather(*(remind(each.means, later) for each in (one, two, one, two)))
        assert sum(said) == 1
        assert len(chat.posted) == 6


async def test_state_survives_a_restart(tmp_path: Path) -> None:
    chat = MemoryChat(capabilities=replace(MemoryChat().capabilities, message_characters=9000))
    async with AsyncExitStack() as stack:
        team, _ = await process(stack, tmp_path, chat, 1)
        await team.say("checklist")
        await team.push(button(chat.posted[0].reply, "✓ 1"), by=BOB)
        await team.push(choice(chat.posted[0].reply, ""), options(chat.posted[0].reply, "")[1].value)
        await team.push(choice(team.last, "snooze"), "7")
    async with AsyncExitStack() as stack:
        team, _ = await process(stack, tmp_path, chat, 2)
        await team.push(button(chat.posted[0].reply, "✓ 3"))
        assert "2 of 5 settled · 1 put off" in chat.posted[0].reply.text
        assert "done by Bob, 2026-03-02" in chat.posted[0].reply.text
        assert await remind(team.means, MONDAY + timedelta(days=7)) == 1
        assert await remind(team.means, MONDAY + timedelta(days=7)) == 0
        assert len(chat.posted) == 2
