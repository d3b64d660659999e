"""Puts the conversation engine together: delivery, handlers, time and ids around an open library and an open store."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.board import Pacing
from bot.chat import ChatAdapter
from bot.commands.call import Books, Means
from bot.commands.handling import Handler
from bot.commands.registry import Registry
from bot.delivery import Delivery, Voice
from bot.engine.engine import Engine
from bot.engine.welcoming import Welcome
from bot.engine.wiring import Parts, Times, Unwatched, Watching
from bot.limits import EngineSettings
from bot.privacy_settings import SILENT, PrivacySettings
from bot.rights import Rights
from bot.store.keys import people_key, pseudonym
from bot.wording import Wording
from rag.errors import RagError
from rag.kinds.resource import load_resources
from rag.resources import data_folder
from rag.types import Language

if TYPE_CHECKING:
    from rag.build import Rag

Failure = Callable[[RagError, Language], str]
"""What a person may read of an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """What an engine is put together from. `adapters` are by platform and may be added while it runs."""

    rag: Rag
    store: Books
    adapters: Mapping[str, ChatAdapter]
    registry: Registry
    wording: Wording
    settings: EngineSettings
    failure: Failure
    rights: Rights
    privacy: PrivacySettings = SILENT
    watching: Watching = field(default_factory=Unwatched)


def new_id() -> str:
    """An id that nobody guesses: 24 characters, since Discord takes 25 for a nonce."""
    return secrets.token_hex(12)


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


def assemble(assembly: Assembly) -> Engine:
    """An engine that answers from a library and remembers in a store. Raises InvalidSettings, StoreFailed."""
    voice = Voice(wording=assembly.wording, failure=assembly.failure, notice=assembly.rag.replies.notice)
    pacing = Pacing(clock=time.monotonic, sleep=asyncio.sleep)
    posts = assembly.store.posts
    delivery = Delivery(assembly.adapters, posts, voice=voice, pacing=pacing, new_id=new_id, now=now)
    return Engine(
        Parts(
            store=assembly.store,
            adapters=assembly.adapters,
            answers=assembly.rag.answers,
            delivery=delivery,
            handling=Handler(assembly.registry, _means(assembly), failure=assembly.failure),
            times=Times(now=now, clock=time.monotonic, sleep=asyncio.sleep, new_id=new_id),
            settings=assembly.settings,
            watching=assembly.watching,
            rights=assembly.rights,
            greeting=Welcome(
                assembly.store.privacy,
                delivery,
                adapters=assembly.adapters,
                wording=assembly.wording,
                settings=assembly.privacy,
                now=now,
            ),
        )
    )


def _means(assembly: Assembly) -> Means:
    return Means(
        store=assembly.store,
        library=assembly.rag.catalogue,
        retriever=assembly.rag.retriever,
        resources=load_resources(data_folder("corpus") / "resources"),
        pseudonym=partial(pseudonym, people_key(assembly.rag.home)),
        engine=assembly.settings,
        wording=assembly.wording,
        adapters=assembly.adapters,
        new_id=new_id,
        now=now,
        rights=assembly.rights,
        privacy=assembly.privacy,
        forget_answers=partial(_forget_answers, assembly.rag),
    )


async def _forget_answers(rag: Rag) -> None:
    if rag.cache is not None:
        await rag.cache.clear()
