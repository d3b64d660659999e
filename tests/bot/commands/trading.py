"""Commands over a library of their own that documents join: real files, a real index, people with roles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from bot.chat import Attachment, Message, Person, Place, Submission
from bot.documents.opening import Trade, open_shop
from bot.documents.taking import FileTaker
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.replies import Form
from bot.upload_settings import UploadSettings
from rag.build import Rag, open_rag
from rag.settings import EmbeddingSettings, RagSettings
from rag.types import PUBLIC, Language, Question, Scope
from tests.bot.bench import WORDING
from tests.bot.samples import ADA, BOB, NOW, PLACE

from .stage import Stage

EVE = replace(BOB, id="eve", name="Eve")
PLAN = b"# Harbour plan\n\n## Seats\n\nA harbour seat costs forty euros.\n\n## Discounts\n\nStudents pay nothing.\n"


class Market(Stage):
    """A stage whose library takes documents. Ada is an editor, Eve an admin, Bob neither."""

    rag: Rag
    files: FileTaker
    gate: IndexGate

    async def send(
        self, *sent: tuple[str, bytes], person: Person = ADA, place: Place = PLACE, text: str = "", message: str = "m1"
    ) -> str:
        """Somebody sends files in a message; what they are told."""
        attachments = []
        for number, (name, content) in enumerate(sent):
            reference = f"{message}/{number}"
            self.chat.files[reference] = content
            attachments.append(Attachment(name=name, size=len(content), reference=reference))
        told = Message(
            event_id=message,
            message_id=message,
            place=place,
            person=person,
            at=NOW,
            text=text,
            attachments=tuple(attachments),
        )
        rest = await self.files.take(told, language=Language.EN)
        await rest()
        return self.told

    async def form(self, **values: str) -> Form:
        """The form that was opened last."""
        return self.chat.forms[-1][1]

    async def describe(self, *, person: Person = ADA, **values: str) -> str:
        """Press the first button, and send the form."""
        await self.press_label("Describe and hand in …", person=person)
        return await self.fill_in(self.chat.forms[-1][1], person=person, **values)

    async def submit_files(self, form: Form, *sent: tuple[str, bytes], person: Person = ADA, **values: str) -> str:
        """Send the form with files."""
        attachments = []
        for name, content in sent:
            self.chat.files[name] = content
            attachments.append(Attachment(name=name, size=len(content), reference=name))
        given = {each.name: each.value for each in form.fields} | values
        await self.handler.handle(
            Submission(
                event_id=f"s{len(self.chat.whispers)}",
                place=PLACE,
                person=person,
                at=NOW,
                payload=form.payload,
                values=given,
                attachments=tuple(attachments),
            ),
            self,
        )
        return self.told

    @property
    def told(self) -> str:
        """What was said last, to somebody or in a direct message."""
        return self.said

    async def found(self, text: str, *labels: str) -> list[str]:
        """What a search finds for readers who hold labels."""
        scope = Scope(audience=frozenset({PUBLIC, *labels}))
        if await self.rag.catalogue.live() is None:
            return []
        retrieval = await self.rag.retriever.retrieve(Question(id="q", text=text, scope=scope))
        return [each.chunk.text for each in retrieval.passages]


@asynccontextmanager
async def open_market(home: Path, **settings: Any) -> AsyncIterator[Market]:
    """A market over a library in a folder."""
    async with open_rag(RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"))) as rag:
        market = Market()
        await market.answered()
        attach(market, rag, UploadSettings(**settings))
        market.editors.add(ADA.id)
        market.admins.add(EVE.id)
        yield market


def attach(market: Market, rag: Rag, settings: UploadSettings) -> None:
    """Has commands deal in documents of a library."""
    ids = map("d{}".format, count(1))
    market.rag, market.gate = rag, IndexGate(now=lambda: NOW)
    index = IndexRuns(rag.indexer, rag.catalogue, gate=market.gate, journal=IndexJournal(rag.home), now=lambda: NOW)
    files, keeper = open_shop(
        Trade(
            store=market.store,
            library=rag,
            index=index,
            settings=settings,
            adapters={"memory": market.chat},
            wording=WORDING,
            rights=market.means.rights,
            now=lambda: NOW,
            new_id=lambda: next(ids),
        )
    )
    market.files = files
    market.means = replace(
        market.means, files=files, keeper=keeper, index=index, library=rag.catalogue, retriever=rag.retriever
    )
    market.remade()
