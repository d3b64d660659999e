"""The conversation engine of `advisor run`: over the platforms that are connected, and counted by its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.assembly import Assembly, assemble
from bot.chat import ADMIN_ROLE, ChatAdapter
from bot.commands.call import Books as CommandBooks
from bot.commands.catalogue import all_commands
from bot.engine.engine import Engine
from bot.limits import EngineSettings
from bot.metrics import CountedFeedback, Metrics
from bot.ports import FeedbackBook
from bot.wording import load_wording
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


def build_engine(
    store: CommandBooks, rag: Rag, *, adapters: Mapping[str, ChatAdapter], settings: EngineSettings, metrics: Metrics
) -> Engine:
    """An engine for the platforms that are connected. An admin is whoever a platform says is one.

    Raises:
        InvalidSettings: the texts that ship with the product are missing or broken.
    """
    wording = load_wording(data_folder("prompts"))
    return assemble(
        Assembly(
            rag=rag,
            store=Books(store, metrics),
            adapters=adapters,
            registry=all_commands(wording),
            wording=wording,
            settings=settings,
            failure=rag.replies.failure,
            is_admin=lambda person: ADMIN_ROLE in person.roles,
            watching=metrics,
        )
    )
