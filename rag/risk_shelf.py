"""RiskShelf: the risks that a reader may see, each with its place in the library.

The records of the register ship with the product; the index knows what is live and who may read it. A risk is shown
only where a live passage that the reader may see holds its question: an installation without the starter library, or
one that keeps it from a reader, shows none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rag.cases import CaseShelf as Shelf
from rag.cases import narrowed
from rag.catalogue import LiveChunk
from rag.kinds.risk import Risk
from rag.risks import RiskRegister
from rag.types import Citation, Document, DocumentKind, Language, Scope

_CHUNKS = range(500)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRisks:
    """The register as a reader may see it. `places` are the passages that tell of a risk, `documents` those that it
    rests on, both by the risk's id and with numbers that are the reader's to give."""

    register: RiskRegister
    places: Mapping[str, Citation]
    documents: Mapping[str, tuple[Citation, ...]]


class RiskShelf:
    """Finds the risks of a reader. Raises StorageFailed."""

    def __init__(self, shelf: Shelf, risks: Sequence[Risk]) -> None:
        self._shelf = shelf
        self._risks = tuple(risks)

    async def held(self, *, scope: Scope, language: Language) -> HeldRisks:
        """The risks whose pages are live, with sources in the reader's language where the library has them."""
        narrow = narrowed(scope, DocumentKind.RISK)
        pages = await self._shelf.documents(narrow)
        texts = await self._shelf.chunks_at({page.id: _CHUNKS for page in pages}, scope=narrow)
        chunks = [chunk for key in texts for chunk in texts[key]]
        # The reader's own language comes last, so that it is what stays of several.
        chunks.sort(key=lambda each: each.document.language is language)
        places = {risk.id: _place(chunk) for chunk in chunks for risk in self._risks if _tells(chunk, risk)}
        named = _by_name(await self._shelf.documents(scope), language)
        documents = {
            risk.id: tuple(_whole(named[name]) for name in risk.documents if name in named) for risk in self._risks
        }
        kept = RiskRegister(risk for risk in self._risks if risk.id in places)
        return HeldRisks(register=kept, places=places, documents=documents)


def _tells(chunk: LiveChunk, risk: Risk) -> bool:
    return risk.question.zh in chunk.chunk.text or risk.question.en in chunk.chunk.text


def _place(chunk: LiveChunk) -> Citation:
    return Citation(number=0, document=chunk.document, section=chunk.chunk.section, page=None, quote="")


def _by_name(documents: Iterable[Document], language: Language) -> dict[str, Document]:
    """Documents by the name of their file; of several languages the reader's."""
    ordered = sorted(documents, key=lambda each: each.language is language)
    return {PurePosixPath(each.source).stem: each for each in ordered}


def _whole(document: Document) -> Citation:
    return Citation(number=0, document=document, section=(), page=None, quote="")
