"""A clerk over a library and a store that are opened for one command, as of a bot that is connected to nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.assembly import Assembly, inputs_of, means_of, oversight_of, runs_of, schedules_of
from bot.commands.catalogue import all_commands
from bot.inputs.values import InputRules
from bot.rights import rights_of
from bot.settings import Settings
from bot.shell.clerk import ShellClerk
from bot.store.opening import open_store
from bot.store.settling import settle_home
from bot.wording import load_wording
from rag.build import open_rag
from rag.resources import data_folder
from rag.settings import RagSettings


@asynccontextmanager
async def open_clerk(core: RagSettings, settings: Settings) -> AsyncIterator[ShellClerk]:
    """Opens both, until the end of the block. Raises RagError."""
    await settle_home(core)
    wording = load_wording(data_folder("prompts"))
    registry = all_commands(wording)
    async with open_rag(core) as rag, open_store(settings.database.url, home=rag.home) as store:
        runs = runs_of(rag)
        rules = InputRules(settings=settings.inputs, feeds=settings.feeds, ingest=core.ingest)
        oversight = oversight_of(rag, store, settings.engine)
        await oversight.steering.load()
        assembly = Assembly(
            rag=rag,
            store=store,
            adapters={},
            registry=registry,
            wording=wording,
            settings=settings.engine,
            failure=rag.answers.failure_text,
            rights=rights_of(settings.rights),
            scheduling=schedules_of(rag, store, wording, settings.schedules, adapters={}),
            index=runs,
            inputs=inputs_of(rag, store, runs, rules),
            oversight=oversight,
            uploads=settings.uploads,
        )
        means = means_of(assembly)
        if means.keeper is not None:
            await means.keeper.settle()
        yield ShellClerk(means, who=f"process {os.getpid()}")
