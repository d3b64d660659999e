"""Whether what was found speaks of the place that a question is about."""

import pytest

from rag.extract.places import lacks_place
from rag.language import detect_language
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Passage, Retrieval


def passage(text: str, name: str) -> Passage:
    document = Document(
        id=DocumentId(name),
        kind=DocumentKind.DOCUMENT,
        language=detect_language(text),
        title=name,
        source=f"{name}.md",
    )
    chunk = Chunk(position=0, section=(name,), text=text)
    return Passage(rank=1, score=0.9, chunk_id=ChunkId(name), document=document, chunk=chunk)


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("What is the tax rate in Estonia?", "The tax rate in Germany is 15 per cent.", True),
        ("what is the tax rate in germany?", "The tax rate in Germany is 15 per cent.", False),
        ("What is the tax rate?", "The tax rate in Germany is 15 per cent.", False),
        ("香港公司怎么开户？", "公司开户要营业执照。", True),
        ("香港公司怎么开户？", "香港公司开户要商业登记证。", False),
        ("香港公司怎么开户？", "A company needs its registration to open an account.", False),
    ],
)
def test_a_text_has_to_speak_of_the_place(question: str, text: str, lacks: bool) -> None:
    retrieval = Retrieval(
        language=detect_language(question), passages=(passage(text, "t"),), confidence=0.9, answerable=True
    )
    assert lacks_place(question, retrieval) is lacks


def test_the_place_may_stand_in_none_but_the_nearest_documents() -> None:
    near = [passage("Opening an account takes a week.", f"near {number}") for number in range(3)]
    far = passage("A listing in Hong Kong takes a year.", "far")
    retrieval = Retrieval(language=detect_language("x"), passages=(*near, far), confidence=0.9, answerable=True)
    assert lacks_place("How does a company open an account in Hong Kong?", retrieval)
