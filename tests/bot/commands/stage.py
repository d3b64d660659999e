"""Commands over a small real library: cases and resources in both languages, some of them not for everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from bot.chat import Person, Place, Submission
from bot.commands.call import Call
from bot.commands.catalogue import all_commands
from bot.commands.handling import Handler
from bot.payloads import Payload
from bot.replies import Form, Select
from rag.assess import load_axes
from rag.backends.memory import MemoryEmbedder, MemoryVectorStore
from rag.backends.sqlite.database import Database, open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.catalogue import Fingerprint, IndexedDocument
from rag.confidence import Calibration
from rag.kinds.resource import Resource, load_resources
from rag.retrieve import Retriever
from rag.settings import RetrievalSettings
from rag.terms import index_terms
from rag.types import CaseFacts, Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Outcome
from tests.bot.bench import WORDING, Bench
from tests.bot.samples import ADA, NOW, PLACE

ZH, EN = Language.ZH, Language.EN
SECRET = frozenset({"board"})
_LENIENT = Calibration(bias=-3.0, similarity=0, same_language=0, coverage=9.0, missing=0)
"""Confident about any shared word: the memory embedder's cosines say little."""


def case(
    company: str, story: str, language: Language, facts: CaseFacts, *, audience: frozenset[str] = frozenset({"public"})
) -> tuple[Document, tuple[str, ...]]:
    """A case study whose sections tell what its facts say."""
    document = Document(
        id=DocumentId(f"{story}.{language.value}"),
        kind=DocumentKind.CASE,
        language=language,
        title=f"Case study: {company}",
        source=f"{language.value}/{story}.md",
        topics=("case", "growth"),
        audience=audience,
        translation_of=story,
        case=replace(facts, company=company),
    )
    return document, (facts.did or "", facts.decided or "", " ".join(facts.lessons))


def cases() -> list[tuple[Document, tuple[str, ...]]]:
    """Four companies, one of them made up and one that only the board may read of."""
    medic = CaseFacts(
        company="",
        sector="healthcare",
        stage="growth",
        outcome=Outcome.FAILURE,
        region="Norway",
        founded=2013,
        did="Mediq sold a symptom checker to hospitals.",
        decided="Mediq spent its money before any doctor trusted the answers.",
        lessons=("Prove it to doctors first.", "Keep cash for a year."),
        sources=("Mediq annual report 2019",),
    )
    chinese = replace(
        medic,
        sector="医疗",
        region="挪威",
        did="麦迪克向医院出售症状自查系统。",
        decided="麦迪克在医生信任它之前就花光了钱。",
        lessons=("先向医生证明。", "留足一年的现金。"),
        sources=("麦迪克 2019 年报",),
    )
    market = CaseFacts(
        company="",
        sector="travel marketplace",
        outcome=Outcome.SUCCESS,
        did="Roomly let strangers | share rooms.",
        decided="Roomly measured trust piece by piece.",
        lessons=("Trust is the product.",),
    )
    made_up = CaseFacts(company="", sector="education", outcome=Outcome.MIXED, illustrative=True)
    secret = CaseFacts(company="", sector="healthcare", outcome=Outcome.FAILURE, did="Canarybird burned money.")
    return [
        case("Mediq", "mediq", EN, medic),
        case("麦迪克", "mediq", ZH, chinese),
        case("Roomly Group", "roomly", EN, market),
        case("School X", "school", EN, made_up),
        case("Canarybird", "canary", EN, secret, audience=SECRET),
    ]


def shelves() -> list[tuple[Document, tuple[str, ...]]]:
    """Pages that hold records of the shipped library, one document that holds none, and one for the board alone."""
    records = [each for each in shipped() if each.kind.value in {"course", "book"}]
    pages = [page(language, records) for language in (EN, ZH)]
    plain = Document(
        id=DocumentId("own"),
        kind=DocumentKind.RESOURCE,
        language=EN,
        title="Grants",
        source="grants.md",
        licence="CC0",
        date=date(2026, 2, 1),
    )
    kept = replace(plain, id=DocumentId("kept"), title="Kept", source="kept.md", audience=SECRET)
    return [
        *pages,
        (plain, ("The harbour grant pays wages of young robotics companies.",)),
        (kept, ("The canarybird fund pays robotics companies in secret.",)),
    ]


def page(language: Language, records: list[Resource]) -> tuple[Document, tuple[str, ...]]:
    """A page of resources, as the library has them: a section for each, with its address."""
    document = Document(
        id=DocumentId(f"page.{language.value}"),
        kind=DocumentKind.RESOURCE,
        language=language,
        title="Resources",
        source=f"{language.value}/resources.md",
        translation_of="resources",
    )
    return document, tuple(f"{each.purpose.of(language)} {each.url}" for each in records)


def shipped() -> tuple[Resource, ...]:
    """The records that ship with the product."""
    return load_resources(Path(__file__).parents[3] / "corpus" / "resources")


async def publish(database: Database, store: MemoryVectorStore, held: list[tuple[Document, tuple[str, ...]]]) -> None:
    """Make documents the live library."""
    embedder = MemoryEmbedder()
    writer = SqliteCatalogueWriter(database, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    generation = await writer.begin(identity="t", embedder=embedder.identity, collection="passages")
    vectors = await store.collection(generation.collection)
    for document, given in held:
        texts = [text for text in given if text] or [document.title]
        ids = tuple(ChunkId(f"{document.id}:{number}") for number in range(len(texts)))
        await vectors.add(ids, await embedder.embed_passages(texts))
        chunks = tuple(
            Chunk(position=number, section=(document.title, f"Part {number}"), text=text)
            for number, text in enumerate(texts)
        )
        indexed = IndexedDocument(
            document=document,
            input_key="t",
            fingerprint=Fingerprint(modified_ns=0, size=0, content_hash=""),
            chunk_ids=ids,
            chunks=chunks,
            terms=tuple(" ".join(index_terms(f"{document.title} {text}")) for text in texts),
        )
        await writer.replace(generation, indexed)
    await writer.publish(generation)


@dataclass
class Stage(Bench):
    """A bench over a real catalogue and a real retriever."""

    def over(self, database: Database, store: MemoryVectorStore) -> Stage:
        """With this library in place of the bench's own."""
        ticks = iter(range(10**9))
        catalogue = SqliteCatalogue(database)
        retriever = Retriever(
            catalogue=catalogue,
            store=store,
            embedder=MemoryEmbedder(),
            calibration=_LENIENT,
            settings=RetrievalSettings(),
            clock=lambda: next(ticks) / 1000,
        )
        scheduling = self.scheduling(catalogue, self.means.new_id)
        self.means = replace(
            self.means,
            library=catalogue,
            retriever=retriever,
            resources=shipped(),
            axes=load_axes(Path(__file__).parents[3] / "corpus"),
            schedules=scheduling.desk,
        )
        self.remade()
        return self

    def remade(self) -> None:
        """With a handler over the means as they are now."""
        self.handler = Handler(all_commands(WORDING), self.means, failure=lambda error, language: f"failed: {error}")

    async def command_in(self, place: Place, name: str, text: str = "") -> str:
        """Call a command somewhere else."""
        from bot.chat import CommandCall

        await self.handler.handle(
            CommandCall(event_id="e", place=place, person=ADA, at=NOW, name=name, text=text), self
        )
        return self.said

    def call(self, language: Language = EN) -> Call:
        """A call, for completions."""
        return Call(means=self.means, desk=self, incoming=self._command_call(), language=language, adapter=self.chat)

    async def choose(self, value: str, *, person: Person = ADA) -> str:
        """Choose from the list under the last message."""
        (select,) = (each for row in self.last.actions for each in row if isinstance(each, Select))
        return await self.press_payload(select.payload, values=(value,), person=person)

    async def fill_in(self, form: Form, *, person: Person = ADA, place: Place = PLACE, **values: str) -> str:
        """Send a form with some values changed."""
        given = {each.name: each.value for each in form.fields} | values
        await self.handler.handle(
            Submission(event_id="e", place=place, person=person, at=NOW, payload=form.payload, values=given), self
        )
        return self.said

    async def press_label(self, label: str, *, person: Person = ADA) -> str:
        """Press the button of the last message with a label."""
        (button,) = (each for row in self.last.actions for each in row if getattr(each, "label", "") == label)
        return await self.press_payload(button.payload, person=person)

    async def press_payload(self, payload: Payload, *, values: tuple[str, ...] = (), person: Person = ADA) -> str:
        """Press a button."""
        from bot.chat import Press

        await self.handler.handle(
            Press(
                event_id="e",
                place=PLACE,
                person=person,
                at=NOW,
                message=None,
                payload=payload,
                values=values,
                trigger="t1",
            ),
            self,
        )
        return self.said

    def _command_call(self):  # type: ignore[no-untyped-def]
        from bot.chat import CommandCall

        return CommandCall(event_id="e", place=PLACE, person=ADA, at=NOW, name="case")


@asynccontextmanager
async def open_stage(folder: Path, *, empty: bool = False) -> AsyncIterator[Stage]:
    """Commands over the small library."""
    store = MemoryVectorStore()
    async with open_database(folder / "library.sqlite3") as database:
        await publish(database, store, [] if empty else [*cases(), *shelves()])
        yield Stage().over(database, store)
