"""How the names of a question that was typed without capitals are known."""

import pytest

from rag.extract.casing import as_written
from rag.language import detect_language
from rag.types import CaseFacts, Chunk, ChunkId, Document, DocumentId, DocumentKind, Passage, Retrieval

TEXT = (
    "The founders of Heron met Ada Falcon, and Heron bought the tool from Stork Overflow. "
    "A stork is a bird; everybody at Heron likes Deep Learning, and deep learning is a method."
)


def retrieval(question: str) -> Retrieval:
    document = Document(
        id=DocumentId("d"),
        kind=DocumentKind.CASE,
        language=detect_language(TEXT),
        title="d",
        source="d.md",
        case=CaseFacts(company="Rook Works"),
    )
    chunk = Chunk(position=0, section=("d",), text=TEXT)
    passage = Passage(rank=1, score=0.9, chunk_id=ChunkId("d"), document=document, chunk=chunk)
    return Retrieval(language=detect_language(question), passages=(passage,), confidence=0.9, answerable=True)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        pytest.param("who owns heron?", "who owns Heron?", id="a word that always has a capital"),
        pytest.param("did ada falcon leave?", "did Ada Falcon leave?", id="two words"),
        pytest.param("why did rook works fail", "why did Rook Works fail", id="the company of a case"),
        pytest.param("is a stork a bird", "is a stork a bird", id="a word that also stands for a thing"),
        pytest.param("what is deep learning", "what is deep learning", id="a term that also stands without"),
        pytest.param("tax rate in estonia", "tax rate in Estonia", id="a place"),
        pytest.param("how do we compete with heron", "how do we compete with heron", id="the asker's own matter"),
        pytest.param("Does heron pay?", "Does heron pay?", id="typed with capitals"),
        pytest.param("heron 怎么收费", "heron 怎么收费", id="chinese"),
    ],
)
def test_names_are_written_as_the_texts_write_them(typed: str, written: str) -> None:
    assert as_written(typed, retrieval(typed)) == written
