"""Headings without the numbers that place them in their document."""

import pytest

from rag.headings import clean_heading


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("5.3 资金管理", "资金管理"),
        ("第3章：创业策略", "创业策略"),
        ("一、市场", "市场"),
        ("Chapter 2: Pricing", "Pricing"),
        ("2024 in review", "2024 in review"),
        ("10. Hiring", "Hiring"),
        ("3D printing", "3D printing"),
    ],
)
def test_a_heading_loses_its_number(heading: str, label: str) -> None:
    assert clean_heading(heading) == label
