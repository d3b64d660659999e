"""Puts the conversation engine together from the store, the library and the platforms that are connected."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.board import Pacing
from bot.chat import ChatAdapter
from bot.commands.call import Books as CommandBooks
from bot.commands.call import Means
from bot.commands.handling import Handler, first_commands
from bot.delivery import Delivery, Voice
from bot.engine.engine import Engine
from bot.engine.wiring import Parts, Times
from bot.limits import EngineSettings
from bot.metrics import CountedFeedback, Metrics
from bot.ports import FeedbackBook
from bot.store.keys import people_key, pseudonym
from bot.wording import Wording, load_wording
from rag.kinds.resource import load_resources
from rag.prompts import load_replies
from rag.resources import data_folder

if TYPE_CHECKING:
    from rag.build import Rag


class Books:
    """The store's books for the engine, of which the one for feedback counts; implements `bot.commands.call.Books`."""

    def __init__(self, store: CommandBooks, metrics: Metrics) -> None:
        self.events = store.events
        self.questions = store.questions
        self.posts = store.posts
        self.conversations = store.conversations
        self.answers = store.answers
        self.feedback: FeedbackBook = CountedFeedback(store.feedback, metrics)
        self.settings = store.settings
        self.profiles = store.profiles
        self.audit = store.audit


def new_id() -> str:
    """An id that nobody guesses: 24 characters, since Discord takes 25 for a nonce."""
    return secrets.token_hex(12)


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


def build_engine(
    store: CommandBooks, rag: Rag, *, adapters: Mapping[str, ChatAdapter], settings: EngineSettings, metrics: Metrics
) -> Engine:
    """An engine that answers from a library and remembers in a store.

    Raises:
        InvalidSettings: the texts that ship with the product are missing or broken.
    """
    books = Books(store, metrics)
    prompts = data_folder("prompts")
    wording, replies = load_wording(prompts), load_replies(prompts)
    delivery = Delivery(
        adapters,
        books.posts,
        voice=Voice(wording=wording, failure=replies.failure, notice=replies.notice),
        pacing=Pacing(clock=time.monotonic, sleep=asyncio.sleep),
        new_id=new_id,
        now=now,
    )
    means = _means(rag, books, wording, adapters=adapters, settings=settings)
    return Engine(
        Parts(
            store=books,
            adapters=adapters,
            answers=rag.answers,
            delivery=delivery,
            handling=Handler(first_commands(wording), means, failure=replies.failure),
            times=Times(now=now, clock=time.monotonic, sleep=asyncio.sleep, new_id=new_id),
            settings=settings,
            watching=metrics,
        )
    )


def _means(
    rag: Rag, books: Books, wording: Wording, *, adapters: Mapping[str, ChatAdapter], settings: EngineSettings
) -> Means:
    """What commands work with. Who is an admin is said by no setting yet, so nobody is."""
    return Means(
        store=books,
        library=rag.catalogue,
        retriever=rag.retriever,
        resources=load_resources(data_folder("corpus") / "resources"),
        pseudonym=partial(pseudonym, people_key(rag.home)),
        engine=settings,
        wording=wording,
        adapters=adapters,
        new_id=new_id,
        now=now,
        is_admin=lambda _: False,
    )
