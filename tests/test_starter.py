"""The starter library as it ships: texts that meet their kind, fresh vectors, labels that are found, a calibration."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rag.backends.bundled import open_bundled
from rag.backends.kept_questions import question_entry
from rag.backends.universal import UniversalEmbedder
from rag.backends.vector_packs import read_pack, text_key
from rag.confidence import load_calibrations
from rag.ingest.files import FoundFile, find_files
from rag.ingest.load import LoadedDocument, embedded_text, load_document
from rag.kinds.case import CaseHead
from rag.kinds.library import LibraryText, load_library
from rag.kinds.resource import Resource, ResourceKind, load_resources
from rag.kinds.risk import Risk, RiskCategory, load_risks
from rag.kinds.wording import LANGUAGES, SECTORS
from rag.labels import parse_label
from rag.ports import Embedder
from rag.resources import data_folder
from rag.sentences import sentence_spans
from rag.settings import IngestSettings
from rag.types import DocumentId, DocumentKind, Language

CORPUS = data_folder("corpus")
RENDER = Path(__file__).parents[1] / "scripts" / "render_library"
SAMPLED = ("en/case-openai.md", "zh/pricing.md")
NO_LETTERS = re.compile(r"[\W_]+")
LINK = re.compile(r"\]\((?!https?://)([^)\s]+)\)")


def loaded(file: FoundFile) -> LoadedDocument:
    return load_document(file, document_id=DocumentId("d"), settings=IngestSettings(), modified=dt.date(2026, 1, 1))


@cache
def documents() -> dict[str, LoadedDocument]:
    found = list(find_files(CORPUS / "library"))
    return {file.source: loaded(file) for file in found if isinstance(file, FoundFile)}


def texts_of(document: LoadedDocument) -> list[str]:
    return [embedded_text(document.document, chunk) for chunk in document.chunks]


def questions_of(document: LoadedDocument) -> list[str]:
    return [question for chunk in document.chunks for question in chunk.questions]


def pack_of(source: str) -> Path:
    return CORPUS / "vectors" / (source.removesuffix(".md").replace("/", "-") + ".npz")


@pytest.fixture
async def embedder() -> Embedder:
    return await open_bundled(await UniversalEmbedder.open(), threads=2)


def test_every_chunk_of_the_library_ships_with_its_vector() -> None:
    library = documents()
    assert {path.name for path in (CORPUS / "vectors").iterdir()} == {pack_of(source).name for source in library}
    for source, document in library.items():
        keys = {text_key(text) for text in (*texts_of(document), *map(question_entry, questions_of(document)))}
        assert set(read_pack(pack_of(source)).keys) == keys, f"{source} has changed; run scripts/pack_starter"


def test_every_question_stands_beside_a_heading_of_its_text() -> None:
    assert [problem for document in documents().values() for problem in document.problems] == []


@pytest.mark.slow
@pytest.mark.parametrize("source", SAMPLED)
async def test_a_sample_of_the_shipped_vectors_is_what_the_embedder_makes(embedder: Embedder, source: str) -> None:
    pack = read_pack(pack_of(source))
    assert pack.identity == embedder.identity
    texts = texts_of(documents()[source])[::5]
    questions = questions_of(documents()[source])[::5]
    made = np.concatenate([await embedder.embed_passages(texts), await embedder.embed_queries(questions)])
    rows = [pack.keys.index(text_key(text)) for text in (*texts, *map(question_entry, questions))]
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
            text = library[place["source"]]
            headings = [each.lstrip("#").strip() for each in text.splitlines() if each.startswith("#")]
            assert "section" in place or "snippet" in place, line
            assert place.get("snippet", "") in text, line
            assert "section" not in place or headings.count(place["section"]) == 1, line


@cache
def library() -> tuple[LibraryText, ...]:
    return load_library(CORPUS / "library")


@cache
def resources() -> tuple[Resource, ...]:
    return load_resources(CORPUS / "resources")


@cache
def risks() -> tuple[Risk, ...]:
    return load_risks(CORPUS / "risks")


def pairs() -> dict[str, dict[str, LibraryText]]:
    found: defaultdict[str, dict[str, LibraryText]] = defaultdict(dict)
    for text in library():
        found[text.head.id][text.head.language] = text
    return found


def test_every_file_of_the_library_meets_what_its_kind_demands() -> None:
    held = {path.relative_to(CORPUS / "library").as_posix() for path in (CORPUS / "library").rglob("*.*")}
    assert {text.source for text in library()} == held


def test_the_languages_come_in_pairs_of_one_outline() -> None:
    for name, texts in pairs().items():
        assert set(texts) == {Language.ZH, Language.EN}, name
        zh, en = texts[Language.ZH], texts[Language.EN]
        assert [level for level, _ in zh.headings] == [level for level, _ in en.headings], name
        for key in ("kind", "topics", "as_of", "date"):
            assert getattr(zh.head, key) == getattr(en.head, key), f"{name}: {key}"
        if isinstance(zh.head, CaseHead) and isinstance(en.head, CaseHead):
            for key in ("outcome", "founded", "illustrative"):
                assert getattr(zh.head, key) == getattr(en.head, key), f"{name}: {key}"
            assert len(zh.head.lessons) == len(en.head.lessons), name


def test_nothing_is_dated_in_the_future() -> None:
    today = dt.datetime.now(dt.UTC).date()
    dated = {text.source: (text.head.date, text.head.as_of) for text in library()}
    assert {source: date for source, (date, _) in dated.items() if date > today} == {}
    months = {source: month for source, (_, month) in dated.items()}
    months |= {record.id: record.as_of for record in (*resources(), *risks())}
    assert {name: month for name, month in months.items() if month > f"{today:%Y-%m}"} == {}


def test_links_between_documents_resolve() -> None:
    known = {text.head.id for text in library()}
    assert {risk.id: missing for risk in risks() if (missing := set(risk.documents) - known)} == {}
    assert [text.source for text in library() if "[[" in text.body] == []
    links = [(text, link) for text in library() for link in LINK.findall(text.body)]
    broken = [
        (text.source, link)
        for text, link in links
        if not (CORPUS / "library" / text.source).parent.joinpath(link).exists()
    ]
    assert broken == []


def long_sentences(text: LibraryText) -> Iterator[str]:
    """Sentences of 40 Chinese characters or 12 English words, and more, without case, blanks and punctuation."""
    for span in sentence_spans(text.body):
        words = NO_LETTERS.sub(" ", text.body[span.start : span.end].lower()).split()
        if len(words) >= 12 if text.head.language == Language.EN else len("".join(words)) >= 40:
            yield " ".join(words)


@pytest.mark.parametrize("language", [Language.ZH, Language.EN])
def test_no_sentence_stands_in_two_documents(language: Language) -> None:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for text in library():
        if text.head.language == language:
            for sentence in long_sentences(text):
                found[sentence].add(text.source)
    assert len(found) > 400
    assert {sentence: sources for sentence, sources in found.items() if len(sources) > 1} == {}


def test_the_library_holds_what_it_promises() -> None:
    texts = Counter(text.head.kind for text in library() if text.head.language == Language.EN)
    assert texts[DocumentKind.DOCUMENT] >= 24
    assert texts[DocumentKind.CASE] >= 16
    assert texts[DocumentKind.TREND] >= 10
    assert len(resources()) >= 80
    assert len(risks()) >= 30
    assert {resource.kind for resource in resources()} == set(ResourceKind)
    assert {risk.category for risk in risks()} == set(RiskCategory)


def test_what_the_data_names_has_a_name_in_both_languages() -> None:
    spoken = {code for resource in resources() for code in resource.languages}
    assert spoken - set(LANGUAGES) - {"multi"} == set()
    assert {sector for risk in risks() for sector in risk.sectors} - set(SECTORS) == set()


def test_pages_made_from_data_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, RENDER, "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), "run scripts/render_library"
