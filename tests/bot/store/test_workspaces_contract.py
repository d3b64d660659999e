"""What every store promises of registered workspaces, whatever it is made of."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.commands.books import Books
from bot.records import ChannelSettings, Respond

from .conftest import Making

KEY = "discord/600"


async def test_workspace_is_registered_once(store: Books, make: Making) -> None:
    times = [make.start + timedelta(seconds=number) for number in range(4)]
    done = await asyncio.gather(*(store.workspaces.register(KEY, at=at) for at in times))
    assert sorted(done) == [False, False, False, True]
    assert await store.workspaces.since(KEY) == times[done.index(True)]
    assert await store.workspaces.since("discord/6001") is None


async def test_workspace_that_leaves_takes_the_labels_of_its_channels_along(store: Books, make: Making) -> None:
    labelled = ChannelSettings(labels=frozenset({"public", "board"}), respond=Respond.AUTO)
    for key in (f"{KEY}/1", f"{KEY}/", "discord/6001/1", "slack/600/1"):
        await store.settings.save(key, labelled)
    await store.workspaces.register(KEY, at=make.start)
    assert await store.workspaces.leave(KEY)
    assert await store.workspaces.since(KEY) is None
    assert await store.settings.get(f"{KEY}/1") == ChannelSettings(respond=Respond.AUTO)
    assert await store.settings.get(f"{KEY}/") == ChannelSettings(respond=Respond.AUTO)
    assert await store.settings.get("discord/6001/1") == labelled
    assert await store.settings.get("slack/600/1") == labelled
    assert not await store.workspaces.leave(KEY)
    assert await store.workspaces.register(KEY, at=make.start)
