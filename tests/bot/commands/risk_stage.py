"""The register over a small real library, people who press buttons, and a clock that tests turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, groupby
from pathlib import Path

from bot.chat import Capabilities, CommandCall, Person, Place, PlaceKind, Press, Submission
from bot.commands.catalogue import all_commands
from bot.commands.handling import Handler
from bot.memory_chat import MemoryChat, Posted
from bot.payloads import Payload
from bot.replies import Action, Button, Form, Option, Reply, Select
from rag.backends.memory import MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.kinds.risk import Risk
from rag.types import Document, DocumentId, DocumentKind, Language
from tests.bot.bench import RISKS, WORDING
from tests.bot.samples import ADA, BOB

from .stage import EN, SECRET, ZH, Stage, publish

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROOM = Place(platform="memory", workspace="w", channel="c", kind=PlaceKind.CHANNEL)
OTHER = replace(ROOM, channel="elsewhere")
CARL = Person(platform="memory", workspace="w", id="carl", name="Carl *the* <!channel>")
PEOPLE = (ADA, BOB, CARL)
HIDDEN = "legal"
"""The category whose pages the board of directors alone may read."""


def pages() -> list[tuple[Document, tuple[str, ...]]]:
    """A page for each category and language, with a section for each risk, and a guide that risks rest on."""
    made = [_page(category, list(risks), language) for language in (EN, ZH) for category, risks in _shelves()]
    guide = Document(
        id=DocumentId("guide"), kind=DocumentKind.DOCUMENT, language=EN, title="Runway", source="en/runway.md"
    )
    return [*made, (guide, ("How long the money lasts.",))]


def _shelves() -> list[tuple[str, list[Risk]]]:
    return [(name, list(members)) for name, members in groupby(RISKS, key=lambda risk: risk.shelf)]


def _page(category: str, risks: list[Risk], language: Language) -> tuple[Document, tuple[str, ...]]:
    document = Document(
        id=DocumentId(f"risks-{category}.{language.value}"),
        kind=DocumentKind.RISK,
        language=language,
        title=f"Risks: {category}",
        source=f"{language.value}/risks-{category}.md",
        audience=SECRET if category == HIDDEN else frozenset({"public"}),
    )
    return document, tuple(f"They should answer: {risk.question.of(language)}" for risk in risks)


@dataclass
class RiskStage(Stage):
    """A team's channel. `now` is the time; each event has an id of its own unless a test gives one."""

    now: datetime = MONDAY
    events: count[int] = field(default_factory=count)

    def opened(self) -> RiskStage:
        """With the register and this stage's clock."""
        self.means = replace(self.means, risks=RISKS, now=lambda: self.now)
        self.handler = Handler(all_commands(WORDING), self.means, failure=lambda error, language: f"failed: {error}")
        return self

    def with_chat(self, capabilities: Capabilities) -> RiskStage:
        """On a platform with other limits."""
        self.chat = MemoryChat(capabilities=capabilities)
        self.means = replace(self.means, adapters={"memory": self.chat})
        return self.opened()

    async def say(
        self, text: str, *, by: Person = ADA, place: Place = ROOM, name: str = "risks", event: str = ""
    ) -> str:
        """Call the command."""
        call = CommandCall(
            event_id=event or f"e{next(self.events)}", place=place, person=by, at=self.now, name=name, text=text
        )
        await self.handler.handle(call, self)
        return self.said

    async def push(
        self, action: Action, value: str = "", *, by: Person = ADA, place: Place = ROOM, event: str = ""
    ) -> str:
        """Press a button, or choose a value from a list."""
        await self.handler.handle(
            Press(
                event_id=event or f"e{next(self.events)}",
                place=place,
                person=by,
                at=self.now,
                message=None,
                payload=action.payload,
                values=(value,) if value else (),
                trigger="t",
            ),
            self,
        )
        return self.said

    async def send(self, text: str, *, by: Person = ADA, place: Place = ROOM) -> str:
        """Fill in the form that was opened last."""
        (_, form) = self.chat.forms[-1]
        submission = Submission(
            event_id=f"e{next(self.events)}",
            place=place,
            person=by,
            at=self.now,
            payload=form.payload,
            values={form.fields[0].name: text},
        )
        await self.handler.handle(submission, self)
        return self.said

    @property
    def form(self) -> Form:
        """The form that was opened last."""
        return self.chat.forms[-1][1]

    @property
    def shown(self) -> Posted:
        """The message that was posted last."""
        return self.chat.posted[-1]

    def wait(self, **times: float) -> None:
        """Let time pass."""
        self.now += timedelta(**times)


def actions(reply: Reply) -> list[Action]:
    """All that is offered under a reply."""
    return [action for row in reply.actions for action in row]


def button(reply: Reply, label: str) -> Button:
    """The button of a label."""
    return next(each for each in actions(reply) if isinstance(each, Button) and each.label == label)


def choice(reply: Reply, verb: str) -> Select:
    """The list whose payload's argument begins with a word."""
    lists = [each for each in actions(reply) if isinstance(each, Select)]
    return next(each for each in lists if each.payload.argument.startswith(verb))


def options(reply: Reply, verb: str) -> tuple[Option, ...]:
    """The options of a list."""
    return choice(reply, verb).options


def payloads(reply: Reply) -> list[Payload]:
    """What everything under a reply carries."""
    return [action.payload for action in actions(reply)]


@asynccontextmanager
async def open_risk_stage(folder: Path, *, empty: bool = False) -> AsyncIterator[RiskStage]:
    """The register over a library that holds its pages, or none of them."""
    folder.mkdir(exist_ok=True)
    store = MemoryVectorStore()
    async with open_database(folder / "library.sqlite3") as database:
        await publish(database, store, [] if empty else pages())
        stage = RiskStage()
        stage.over(database, store)
        yield stage.with_chat(Capabilities(message_characters=9000, edit_interval_s=0))
