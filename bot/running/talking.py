"""The conversation engine of `advisor run`: over the platforms that are connected, and counted by its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.assembly import Assembly, assemble, means_of, oversight_of, schedules_of
from bot.chat import ChatAdapter
from bot.commands.books import Books as CommandBooks
from bot.commands.call import Means
from bot.commands.catalogue import all_commands
from bot.engine.engine import Engine
from bot.engine.wiring import WatchedBy
from bot.indexing import IndexRuns
from bot.inputs.desk import InputDesk
from bot.limits import EngineSettings
from bot.metrics import CountedFeedback, Metrics
from bot.oversight import Oversight
from bot.ports import FeedbackBook
from bot.privacy_settings import SILENT, PrivacySettings
from bot.rights import Rights
from bot.scheduling import Scheduling
from bot.upload_settings import UploadSettings
from bot.wording import load_wording
from rag.resources import data_folder

if TYPE_CHECKING:
    from rag.build import Rag


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for people: who may do what, what is kept of them, index runs and what is posted at set times."""

    rights: Rights = field(default_factory=Rights)
    privacy: PrivacySettings = SILENT
    index: IndexRuns | None = None
    inputs: InputDesk | None = None
    scheduling: Scheduling | None = None
    oversight: Oversight | None = None
    uploads: UploadSettings = field(default_factory=UploadSettings)


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
        self.privacy = store.privacy
        self.gaps = store.gaps
        self.checklists = store.checklists
        self.schedules = store.schedules
        self.sightings = store.sightings
        self.community = store.community
        self.experts = store.experts
        self.hand_ins = store.hand_ins
        self.shelves = store.shelves
        self.assessments = store.assessments
        self.workspaces = store.workspaces
        self.oversight = store.oversight
        self.usage = store.usage
        self.inputs = store.inputs


def build_engine(
    store: CommandBooks,
    rag: Rag,
    *,
    adapters: Mapping[str, ChatAdapter],
    settings: EngineSettings,
    metrics: Metrics,
    rules: Rules | None = None,
) -> Engine:
    """An engine for the platforms that are connected. Raises as `build_talk` does."""
    engine, _ = build_talk(store, rag, adapters=adapters, settings=settings, metrics=metrics, rules=rules)
    return engine


def build_talk(
    store: CommandBooks,
    rag: Rag,
    *,
    adapters: Mapping[str, ChatAdapter],
    settings: EngineSettings,
    metrics: Metrics,
    rules: Rules | None = None,
) -> tuple[Engine, Means]:
    """The engine, and what it shares with what speaks by itself.

    Without rules nobody is an admin, or told of privacy.

    Raises:
        InvalidSettings: the texts that ship with the product are missing or broken.
    """
    wording, rules = load_wording(data_folder("prompts")), rules or Rules()
    oversight = rules.oversight or oversight_of(rag, store, settings)
    assembly = Assembly(
        rag=rag,
        store=Books(store, metrics),
        adapters=adapters,
        registry=all_commands(wording),
        wording=wording,
        settings=settings,
        failure=rag.replies.failure,
        index=rules.index,
        inputs=rules.inputs,
        rights=rules.rights,
        privacy=rules.privacy,
        scheduling=rules.scheduling or schedules_of(rag, store, wording, adapters=adapters),
        oversight=oversight,
        watching=WatchedBy(metrics, oversight.meter),
        uploads=rules.uploads,
    )
    means = means_of(assembly)
    return assemble(assembly, means=means), means
