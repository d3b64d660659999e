"""Reading one file, and a library over a folder of files, as an index run does both."""

from __future__ import annotations

import os
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest

from rag.backends.memory import MemoryEmbedder, MemoryVectors, MemoryVectorStore
from rag.backends.sqlite.database import Database, open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.catalogue import Input, questions_collection
from rag.ingest.files import FoundFile
from rag.ingest.guard import Judge
from rag.ingest.index import Indexer, IndexReport
from rag.ingest.load import LoadedDocument, load_document
from rag.ports import Embedder, VectorStore
from rag.settings import IngestSettings
from rag.types import DocumentId, Scope

Read = Callable[..., LoadedDocument]
MakeDocx = Callable[..., bytes]

_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def archive(entries: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as opened:
        for name, content in entries.items():
            opened.writestr(name, content)
    return data.getvalue()


@pytest.fixture
def docx() -> MakeDocx:
    """Makes Word documents: pairs of a style's name ("" for none) and a text, then rows of a table."""

    def make(*paragraphs: tuple[str, str], rows: tuple[tuple[str, ...], ...] = (), **more: str | bytes) -> bytes:
        styles = {style: f"s{n}" for n, (style, _) in enumerate(paragraphs) if style}
        body = "".join(_paragraph(text, styles.get(style)) for style, text in paragraphs)
        cells = ["".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in row) for row in rows]
        table = f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>" if rows else ""
        named = "".join(
            f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
            for name, key in styles.items()
        )
        return archive(
            {
                "[Content_Types].xml": (
                    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                    f'<Override PartName="/word/document.xml" ContentType="{_TYPES}.document.main+xml"/>'
                    f'<Override PartName="/word/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>'
                ),
                "_rels/.rels": _relations(f"{_RELATIONS}/officeDocument", "word/document.xml"),
                "word/_rels/document.xml.rels": _relations(f"{_RELATIONS}/styles", "styles.xml"),
                "word/document.xml": f"<w:document {_WORD}><w:body>{body}{table}</w:body></w:document>",
                "word/styles.xml": f"<w:styles {_WORD}>{named}</w:styles>",
                **more,
            }
        )

    return make


def _paragraph(text: str, style: str | None = None) -> str:
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{styled}<w:r><w:t>{text}</w:t></w:r></w:p>"


def _relations(kind: str, target: str) -> str:
    relation = f'<Relationship Id="r1" Type="{kind}" Target="{target}"/>'
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{relation}</Relationships>"
    )


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes a file and loads it; keywords are ingest settings."""

    def load(name: str, content: str | bytes, **settings: object) -> LoadedDocument:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_document(
            FoundFile(path=path, source=name),
            document_id=DocumentId("d1"),
            settings=IngestSettings.model_validate(settings),
            modified=date(2026, 1, 31),
        )

    return load


@dataclass
class Library:
    """A library over a folder of test files."""

    folder: Path
    database: Database
    store: VectorStore
    embedder: Embedder = field(default_factory=MemoryEmbedder)
    settings: IngestSettings = field(default_factory=IngestSettings)
    judge: Judge | None = None

    @property
    def catalogue(self) -> SqliteCatalogue:
        return SqliteCatalogue(self.database)

    @property
    def writer(self) -> SqliteCatalogueWriter:
        return SqliteCatalogueWriter(self.database, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def indexer(self) -> Indexer:
        return Indexer(
            catalogue=self.catalogue,
            writer=self.writer,
            store=self.store,
            embedder=self.embedder,
            settings=self.settings,
            judge=self.judge,
        )

    async def update(self, *, full: bool = False, force: bool = False) -> IndexReport:
        return await self.indexer().update([Input(path=self.folder)], full=full, force=force)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        stamp = path.stat().st_mtime_ns + 1_000_000 * (1 + len(text))
        os.utime(path, ns=(stamp, stamp))
        return path

    async def live_texts(self) -> dict[str, list[str]]:
        """The live chunks' texts by source: what an answer could be made of."""
        texts: dict[str, list[str]] = {}
        for document in await self.catalogue.documents():
            chunks = await self.catalogue.chunks_at({document.id: range(50)}, scope=Scope(audience=document.audience))
            texts[document.source] = [live.chunk.text for live in chunks[document.id]]
        return texts

    async def live_vectors(self) -> MemoryVectors:
        live = await self.catalogue.live()
        assert live is not None
        return await self._vectors(live.collection)

    async def live_questions(self) -> MemoryVectors:
        live = await self.catalogue.live()
        assert live is not None
        return await self._vectors(questions_collection(live.collection))

    async def _vectors(self, name: str) -> MemoryVectors:
        index = await self.store.collection(name)
        assert isinstance(index, MemoryVectors)
        return index


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    folder = tmp_path / "docs"
    folder.mkdir()
    async with open_database(tmp_path / "library.sqlite3") as database:
        yield Library(folder, database, MemoryVectorStore())
