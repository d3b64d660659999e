"""A handler of commands and buttons with everything around it in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from bot.board import Pacing
from bot.chat import CommandCall, Person, Place, Press
from bot.commands.call import Means
from bot.commands.catalogue import all_commands
from bot.commands.handling import Handler
from bot.memory_chat import MemoryChat
from bot.memory_store import MemoryStore
from bot.payloads import Payload
from bot.records import QuestionRecord, QuestionState
from bot.replies import Reply
from bot.rights import Rights, Role
from bot.schedule_settings import ScheduleSettings
from bot.scheduling import Materials, Scheduling, make_scheduling
from bot.wording import load_wording
from rag.catalogue import LiveChunk
from rag.digest.builder import DigestBuilder
from rag.digest.likeness import Likeness
from rag.errors import StorageFailed
from rag.kinds.risk import load_risks
from rag.types import Document, DocumentId, Language, Question, Retrieval, Scope

from .samples import ADA, NOW, PLACE, document, question, record

WORDING = load_wording(Path(__file__).parents[2] / "prompts")
RISKS = load_risks(Path(__file__).parents[2] / "corpus" / "risks")


async def asleep(seconds: float) -> None:
    """Sleeps no time at all."""


@dataclass
class Shelf:
    """A library of a few documents."""

    held: list[Document] = field(default_factory=lambda: [document("Flywheels"), document("Moats")])
    broken: bool = False

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        if self.broken:
            raise StorageFailed("the disk is gone")
        return tuple(each for each in self.held if scope is None or scope.admits(each))

    async def chunks_at(
        self, wanted: Mapping[DocumentId, Collection[int]], *, scope: Scope
    ) -> dict[DocumentId, tuple[LiveChunk, ...]]:
        return {}

    async def revision(self) -> int:
        return 1

    async def versions(self) -> Mapping[DocumentId, str]:
        return {each.id: "1" for each in self.held}

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        return Retrieval(language=Language.EN, passages=(), confidence=0, answerable=False)


class Given(Rights):
    """Rights that a test gives while it runs: admins and editors by their ids, and labels that people hold."""

    __slots__ = ("_admins", "_editors", "_held")

    def __init__(self, admins: set[str], held: dict[str, frozenset[str]], editors: set[str]) -> None:
        super().__init__()
        object.__setattr__(self, "_admins", admins)
        object.__setattr__(self, "_held", held)
        object.__setattr__(self, "_editors", editors)

    def role(self, person: Person) -> Role:
        if person.id in self._admins:
            return Role.ADMIN
        return Role.EDITOR if person.id in self._editors else Role.READER

    def labels_of(self, person: Person) -> frozenset[str]:
        return self._held.get(person.id, frozenset())


@dataclass
class Bench:
    """A handler with everything around it in memory; it is its own desk."""

    chat: MemoryChat = field(default_factory=MemoryChat)
    store: MemoryStore = field(default_factory=MemoryStore)
    shelf: Shelf = field(default_factory=Shelf)
    asked: list[tuple[QuestionRecord, bool]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    admins: set[str] = field(default_factory=set)
    held: dict[str, frozenset[str]] = field(default_factory=dict)
    editors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        ids = map("n{}".format, count(1))
        scheduling = self.scheduling(self.shelf, lambda: next(ids))
        self.means = Means(
            store=self.store,
            library=self.shelf,
            wording=WORDING,
            adapters={"memory": self.chat},
            new_id=lambda: next(ids),
            now=lambda: NOW,
            rights=Given(self.admins, self.held, self.editors),
            pseudonym=lambda person: f"hash of {person}",
            retriever=self.shelf,
            pacing=Pacing(clock=lambda: 0.0, sleep=asleep, grace_s=0),
            schedules=scheduling.desk,
            telling=scheduling.telling,
        )
        self.handler = Handler(
            all_commands(WORDING), self.means, failure=lambda error, language: f"failed ({language.value})"
        )

    def scheduling(self, library: Any, new_id: Callable[[], str]) -> Scheduling:
        """What is posted at set times, over the store and a library."""
        return make_scheduling(
            Materials(
                books=self.store,
                library=library,
                digests=DigestBuilder(library, Likeness(None)),
                wording=WORDING,
                settings=ScheduleSettings(),
                now=lambda: NOW,
                new_id=new_id,
                risks=RISKS,
                adapters={"memory": self.chat},
            )
        )

    async def ask(self, question: QuestionRecord, *, fresh: bool = False) -> None:
        self.asked.append((question, fresh))

    async def cancel(self, question_id: str, person: Person) -> bool:
        self.calls.append(f"cancel {question_id}")
        return question_id == "q1"

    async def stop(self, place: Place, person: Person) -> int:
        self.calls.append(f"stop {place.thread} {person.id}")
        return 1

    async def resume(self, place: Place, person: Person) -> None:
        self.calls.append(f"resume {place.thread} {person.id}")

    async def answered(self, **changes: object) -> Bench:
        """With one answer in the store."""
        await self.store.questions.admit(question())
        finished = replace(record(), **changes)  # type: ignore[arg-type]
        await self.store.questions.finish("q1", QuestionState.ANSWERED, answer=finished)
        return self

    async def command(self, name: str, text: str = "", *, locale: str = "", **arguments: str) -> str:
        await self.handler.handle(
            CommandCall(
                event_id="e", place=PLACE, person=ADA, at=NOW, name=name, text=text, arguments=arguments, locale=locale
            ),
            self,
        )
        return self.said

    async def press(
        self, verb: str, subject: str = "a1", argument: str = "", *, person: Person = ADA, place: Place = PLACE
    ) -> str:
        payload = Payload(verb=verb, subject=subject, argument=argument)
        await self.handler.handle(
            Press(event_id="e", place=place, person=person, at=NOW, message=None, payload=payload, trigger="t1"),
            self,
        )
        return self.said

    @property
    def last(self) -> Reply:
        return self.chat.whispers[-1][2]

    @property
    def said(self) -> str:
        return self.last.text if self.chat.whispers else ""
