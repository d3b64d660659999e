"""The starter library as it ships: vectors that are fresh, labels that are found, a calibration that fits."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from rag.backends.bundled import open_bundled
from rag.backends.universal import UniversalEmbedder
from rag.backends.vector_packs import read_pack, text_key
from rag.confidence import load_calibrations
from rag.ingest.files import FoundFile, find_files
from rag.ingest.load import LoadedDocument, embedded_text, load_document
from rag.labels import parse_label
from rag.ports import Embedder
from rag.resources import data_folder
from rag.settings import IngestSettings
from rag.types import DocumentId

CORPUS = data_folder("corpus")
SAMPLED = ("en/case-openai.md", "zh/pricing.md")


def loaded(file: FoundFile) -> LoadedDocument:
    return load_document(file, document_id=DocumentId("d"), settings=IngestSettings(), modified=dt.date(2026, 1, 1))


def documents() -> dict[str, LoadedDocument]:
    found = list(find_files(CORPUS / "library"))
    return {file.source: loaded(file) for file in found if isinstance(file, FoundFile)}


def texts_of(document: LoadedDocument) -> list[str]:
    return [embedded_text(document.document, chunk) for chunk in document.chunks]


def pack_of(source: str) -> Path:
    return CORPUS / "vectors" / (source.removesuffix(".md").replace("/", "-") + ".npz")


@pytest.fixture
async def embedder() -> Embedder:
    return await open_bundled(await UniversalEmbedder.open(), threads=2)


def test_every_chunk_of_the_library_ships_with_its_vector() -> None:
    library = documents()
    assert {path.name for path in (CORPUS / "vectors").iterdir()} == {pack_of(source).name for source in library}
    for source, document in library.items():
        keys = {text_key(text) for text in texts_of(document)}
        assert set(read_pack(pack_of(source)).keys) == keys, f"{source} has changed; run scripts/pack_starter"


@pytest.mark.slow
@pytest.mark.parametrize("source", SAMPLED)
async def test_a_sample_of_the_shipped_vectors_is_what_the_embedder_makes(embedder: Embedder, source: str) -> None:
    pack = read_pack(pack_of(source))
    assert pack.identity == embedder.identity
    texts = texts_of(documents()[source])[::5]
    made = await embedder.embed_passages(texts)
    rows = [pack.keys.index(text_key(text)) for text in texts]
    shipped = pack.halves[rows].astype(np.float32)
    assert np.einsum("ij,ij->i", made, shipped).min() > 0.999


@pytest.mark.slow
async def test_the_shipped_calibration_is_that_of_the_default_embedder(embedder: Embedder) -> None:
    calibrations = load_calibrations(CORPUS / "calibration.json")
    assert calibrations[embedder.identity].fitted_on > 0


@pytest.mark.parametrize("half", ["tune", "report"])
def test_every_label_is_found_in_the_library(half: str) -> None:
    library = {source: (CORPUS / "library" / source).read_text("utf-8") for source in documents()}
    lines = (CORPUS / "questions" / f"{half}.jsonl").read_text("utf-8").splitlines()
    assert len(lines) >= 90
    for line in lines:
        parse_label(json.loads(line))
        for place in json.loads(line).get("expect", []):
            assert place["section"] in library[place["source"]], line
            assert place["snippet"] in library[place["source"]], line


def test_the_languages_come_in_pairs() -> None:
    pairs: dict[str, set[str]] = {}
    for document in documents().values():
        assert document.document.translation_of is not None
        pairs.setdefault(document.document.translation_of, set()).add(document.document.language)
    assert all(languages == {"zh", "en"} for languages in pairs.values())
