"""What people ask that pages of risks and of resources answer: it comes back from the file beside the right section."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from rag.ingest.files import FoundFile
from rag.ingest.load import load_document
from rag.kinds.rendering import resource_pages, risk_pages
from rag.kinds.resource import Resource
from rag.kinds.risk import Risk
from rag.settings import IngestSettings
from rag.types import DocumentId, Language

from .conftest import resource_fields, risk_fields


@pytest.mark.parametrize(
    ("language", "title", "asked"),
    [
        (Language.EN, "Personal data leaks", "How do we respond when this happens: Personal data leaks?"),
        (Language.ZH, "数据“泄露”", "出现“数据“泄露””怎么处理？"),
    ],
)
def test_the_questions_of_a_risk_reach_its_sections(tmp_path: Path, language: Language, title: str, asked: str) -> None:
    risk = Risk.model_validate(risk_fields(title={"zh": title, "en": title}))
    (page,) = (each for each in risk_pages([risk]) if each.language is language)
    path = tmp_path / "page.md"
    path.write_text(page.text(date=dt.date(2026, 1, 1)), "utf-8")
    loaded = load_document(
        FoundFile(path=path, source="page.md"),
        document_id=DocumentId("d"),
        settings=IngestSettings(),
        modified=dt.date(2026, 1, 1),
    )
    assert loaded.problems == ()
    counts = [len(chunk.questions) for chunk in loaded.chunks]
    assert counts == [0, 2, 2, 2]
    assert loaded.chunks[1].questions[0] == risk.question.of(language)
    assert loaded.chunks[3].questions[1] == asked


def test_how_people_tell_of_a_risk_and_ask_for_a_resource_reaches_its_section(tmp_path: Path) -> None:
    told = {"zh": ["数据被人拿走了"], "en": ["Somebody took our data"]}
    pages = [
        *risk_pages([Risk.model_validate(risk_fields(asked=told))]),
        *resource_pages([Resource.model_validate(resource_fields(asked=told))]),
    ]
    for page in pages:
        path = tmp_path / "page.md"
        path.write_text(page.text(date=dt.date(2026, 1, 1)), "utf-8")
        loaded = load_document(
            FoundFile(path=path, source="page.md"),
            document_id=DocumentId("d"),
            settings=IngestSettings(),
            modified=dt.date(2026, 1, 1),
        )
        assert loaded.problems == ()
        asked = [question for chunk in loaded.chunks for question in chunk.questions]
        assert told[page.language.value][0] in asked
