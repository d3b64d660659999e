"""How sources are named under an answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.references import references
from bot.wording import load_wording
from rag.types import CaseFacts, Language

from .samples import citation, document

WORDING = load_wording(Path(__file__).parents[2] / "prompts")


@pytest.mark.parametrize(
    ("section", "pages", "language", "place"),
    [
        pytest.param(("Flywheels", "How", "1.1 B"), (3,), Language.EN, "Flywheels · How › 1.1 B · p. 3", id="path"),
        pytest.param(("Flywheels",), (3, 4, 5, 17), Language.EN, "Flywheels · p. 3–5, 17", id="the title alone"),
        pytest.param(("How",), (3,), Language.ZH, "Flywheels · How · 第 3 页", id="Chinese"),
        pytest.param((), (), Language.ZH, "Flywheels", id="nothing but a title"),
    ],
)
def test_place_is_title_section_and_page(
    section: tuple[str, ...], pages: tuple[int, ...], language: Language, place: str
) -> None:
    (reference,) = references([replace(citation(1), section=section, pages=pages)], WORDING, language)
    assert (reference.place, reference.url, reference.source) == (place, "https://example.org/f", "f.md")


def test_sources_are_listed_by_number() -> None:
    found = references([citation(2), replace(citation(1), document=document())], WORDING, Language.EN)
    assert [(each.number, each.url) for each in found] == [(1, ""), (2, "https://example.org/f")]


def test_made_up_company_is_marked_as_such() -> None:
    made_up = replace(document(), case=CaseFacts(company="X", illustrative=True))
    (reference,) = references([replace(citation(1), document=made_up)], WORDING, Language.ZH)
    assert reference.place == "Flywheels · How · 虚构案例"


def test_length_counts_number_and_address() -> None:
    (reference,) = references([citation(1)], WORDING, Language.EN)
    assert reference.characters > len(reference.place) + len(reference.url)
