"""The sectors that texts name, and what concerns a company."""

from __future__ import annotations

import pytest

from rag.sectors import concerning, sectors_of
from rag.types import CaseFacts, Document, DocumentId, DocumentKind, Language


@pytest.mark.parametrize(
    ("text", "sectors"),
    [
        ("a medical AI that failed", {"healthcare"}),
        ("哪个医疗AI失败了", {"healthcare"}),
        ("Ｆｉｎｔｅｃｈ for schools", {"finance", "education"}),
        ("a lawful outlaw", set()),
        ("retailers", {"e-commerce"}),
        ("房产", {"real estate"}),
        ("", set()),
    ],
)
def test_sector_is_known_by_many_words(text: str, sectors: set[str]) -> None:
    assert sectors_of(text) == sectors


@pytest.mark.parametrize(
    ("reader", "concerned"),
    [
        ("your seed-stage health start-up", ["topic", "case"]),
        ("种子轮医疗创业公司", ["topic", "case"]),
        ("your growth-stage start-up", ["case"]),
        ("your robot-taxi start-up", ["title"]),
        ("your start-up", []),
        ("", []),
    ],
)
def test_document_concerns_a_company_by_topic_title_or_case(reader: str, concerned: list[str]) -> None:
    def document(name: str, title: str, topics: tuple[str, ...] = (), case: CaseFacts | None = None) -> Document:
        return Document(
            id=DocumentId(name),
            kind=DocumentKind.DOCUMENT,
            language=Language.EN,
            title=title,
            source=name,
            topics=topics,
            case=case,
        )

    documents = [
        document("topic", "Start-up pilots", ("healthcare",)),
        document("title", "The taxi market"),
        document("case", "Case study", case=CaseFacts(company="X", sector="hospital software", stage="growth")),
        document("other", "Pricing for a company", ("pricing",)),
    ]
    concerns = concerning(reader)
    assert [each.id for each in documents if concerns(each)] == concerned
