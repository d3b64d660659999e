"""Case studies: what their front matter says of the company, so that cases can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from rag.kinds.document import Head
from rag.kinds.values import Line
from rag.types import DocumentKind, Language, Outcome


class CaseHead(Head):
    """The front matter of a case study; a real company has a region, a year of founding and sources."""

    sections: ClassVar[Mapping[Language, tuple[str, ...]]] = {
        Language.ZH: ("成败的关键", "给创业者的教训"),
        Language.EN: ("What decided it", "Lessons for a founder"),
    }

    kind: Literal[DocumentKind.CASE]
    company: Line
    sector: Line
    stage: Line
    outcome: Outcome
    region: Line | None = None
    founded: Annotated[int, Field(ge=1800, le=2100, strict=True)] | None = None
    did: Line
    decided: Line
    lessons: Annotated[tuple[Line, ...], Field(min_length=3, max_length=5)]
    illustrative: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _real_or_made_up(self) -> CaseHead:
        missing = [key for key in ("region", "founded", "sources") if not getattr(self, key)]
        if missing and not self.illustrative:
            raise ValueError(f"add {', '.join(missing)}, or say illustrative: true if the company is made up")
        return self
