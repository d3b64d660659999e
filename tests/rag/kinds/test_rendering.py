"""Pages of resources and risks: complete, readable, the same in both languages, and fit to be indexed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.kinds.library import load_library
from rag.kinds.rendering import Page, resource_pages, risk_pages
from rag.kinds.resource import Resource, ResourceKind
from rag.kinds.risk import Risk, RiskCategory
from rag.kinds.values import Stage
from rag.kinds.wording import RESOURCE_SHELVES, RISK_SHELVES, STAGES, joined, listed, named, stage_range
from rag.types import DocumentKind, Language

from .conftest import resource_fields, risk_fields

DAY = dt.date(2025, 7, 1)


def resource(**changes: object) -> Resource:
    return Resource.model_validate(resource_fields(**changes))


def risk(**changes: object) -> Risk:
    return Risk.model_validate(risk_fields(**changes))


def in_language(pages: Sequence[Page], language: Language) -> Page:
    (page,) = (page for page in pages if page.language is language)
    return page


def test_a_resource_reads_in_english() -> None:
    page = in_language(resource_pages([resource()]), Language.EN)
    assert page.body == (
        "The tools on this shelf: Abacus.\n\n"
        "## Abacus\n\n"
        "Abacus counts beads.\n\n"
        "As of 2025-06, Abacus is open source (licence: MIT)."
        " Abacus suits companies at the stages idea and pre-seed; its languages are English and Chinese.\n\n"
        "Official page of Abacus: https://abacus.example/"
    )


def test_a_resource_reads_in_chinese() -> None:
    page = in_language(resource_pages([resource(name_zh="算盘", licence=None, cost="free")]), Language.ZH)
    assert page.body == (
        "工具一览：Abacus。\n\n"
        "## 算盘（Abacus）\n\n"
        "Abacus 用来数珠子。\n\n"
        "截至 2025 年 6 月，Abacus 免费。Abacus 适合想法期、种子轮前的团队，语言为英文、中文。\n\n"
        "Abacus 的官方网页：https://abacus.example/"
    )


def test_a_chinese_name_is_not_parted_from_the_words_after_it() -> None:
    body = in_language(resource_pages([resource(name="算盘课")]), Language.ZH).body
    assert "算盘课开源，许可证为 MIT。算盘课适合" in body


@pytest.mark.parametrize(
    ("name", "chinese", "heading"),
    [
        pytest.param("Abacus", None, "## Abacus", id="no Chinese name"),
        pytest.param("Abacus", "算盘", "## 算盘（Abacus）", id="both names"),
        pytest.param("Abacus", "Abacus 算盘", "## Abacus 算盘", id="one within the other"),
        pytest.param("Abacus (wood)", "算盘", "## 算盘 Abacus (wood)", id="brackets of its own"),
    ],
)
def test_chinese_heading_names_a_resource_once(name: str, chinese: str | None, heading: str) -> None:
    page = in_language(resource_pages([resource(name=name, name_zh=chinese)]), Language.ZH)
    assert heading in page.body.splitlines()


def test_each_kind_is_a_page_in_each_language() -> None:
    members = [resource(), resource(id="guide", kind="book"), resource(id="other", name="Other")]
    pages = resource_pages(members)
    assert [(page.id, page.language.value) for page in pages] == [
        ("resources-book", "zh"), ("resources-book", "en"), ("resources-tool", "zh"), ("resources-tool", "en")
    ]  # fmt: skip
    assert {page.kind for page in pages} == {DocumentKind.RESOURCE}
    assert pages[3].body.count("\n## ") == 2


def test_a_page_is_known_up_to_the_oldest_month_of_its_entries() -> None:
    pages = resource_pages([resource(as_of="2025-06"), resource(id="old", as_of="2024-11")])
    assert {page.as_of for page in pages} == {"2024-11"}


def test_a_risk_tells_all_that_its_entry_says() -> None:
    entry = risk(sectors=["finance", "hardware"])
    body = in_language(risk_pages([entry]), Language.EN).body
    said = [entry.description, entry.question, entry.likelihood_reason, entry.impact_reason]
    steps = [*entry.contingency.first_hour, *entry.contingency.first_day, *entry.contingency.first_week]
    items = [*entry.signals.en, *entry.mitigations.en, *(f"{step.who.en}: {step.do.en}" for step in steps)]
    assert [text.en for text in said if text.en not in body] == []
    assert [item for item in items if f"\n- {item}" not in body] == []
    assert "likelihood of 2 out of 5" in body
    assert "impact of 4 out of 5" in body
    assert "matters at the stages from seed to growth, in finance and hardware." in body


def test_the_plan_of_a_risk_stands_below_its_name_under_hours_days_and_weeks() -> None:
    page = in_language(risk_pages([risk()]), Language.ZH)
    headings = [line for line in page.body.splitlines() if line.startswith("#")]
    leads = [line for line in page.body.splitlines() if line.endswith("要做的事：")]
    assert headings == ["## 机房进水", "### 预警信号与对策", "### 应急预案"]
    assert leads == [f"“机房进水”发生后第一{period}要做的事：" for period in ("小时", "天", "周")]
    assert "- Lead的中文：Stop的中文" in page.body


def test_the_gravest_risk_leads_the_table() -> None:
    grave = risk(id="fire", title={"zh": "失火", "en": "Fire"}, likelihood=3, impact=5)
    rows = [line for line in in_language(risk_pages([risk(), grave]), Language.EN).body.splitlines() if line[:1] == "|"]
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| Fire", "| Flooded room"]
    assert rows[2] == "| Fire | 3 | 5 | from seed to growth |"


@pytest.mark.parametrize("pages", [resource_pages([resource()]), risk_pages([risk()])], ids=["resources", "risks"])
def test_pages_are_texts_of_the_library(tmp_path: Path, pages: Sequence[Page]) -> None:
    for page in pages:
        path = tmp_path / page.language / f"{page.id}.md"
        path.parent.mkdir()
        path.write_text(page.text(date=DAY), encoding="utf-8")
    english, chinese = load_library(tmp_path)
    assert (english.head.date, english.head.as_of) == (DAY, pages[0].as_of)
    assert (english.head.id, english.head.topics) == (chinese.head.id, chinese.head.topics)
    assert [level for level, _ in english.headings] == [level for level, _ in chinese.headings]
    assert english.headings[0][1] == english.head.title


def test_every_kind_and_category_has_words_of_its_own() -> None:
    assert set(RESOURCE_SHELVES) == set(ResourceKind)
    assert set(RISK_SHELVES) == set(RiskCategory)
    assert set(STAGES) == set(Stage)
    shelves = [*RESOURCE_SHELVES.values(), *RISK_SHELVES.values()]
    for language in (Language.ZH, Language.EN):
        assert len({shelf.title.of(language) for shelf in shelves}) == len(shelves)


@pytest.mark.parametrize(
    ("stages", "english", "chinese"),
    [
        pytest.param("idea pre-seed seed series-a growth", "from idea to growth", "想法期到成长期", id="all"),
        pytest.param("idea pre-seed seed series-a", "from idea to series A", "想法期到 A 轮", id="up to Latin letters"),
        pytest.param("seed series-a", "seed and series A", "种子轮、A 轮", id="two"),
        pytest.param("idea seed growth", "idea, seed and growth", "想法期、种子轮、成长期", id="with gaps"),
        pytest.param("growth", "growth", "成长期", id="one"),
    ],
)
def test_stages_that_follow_each_other_are_a_range(stages: str, english: str, chinese: str) -> None:
    values = [Stage(name) for name in stages.split()]
    assert (stage_range(values, Language.EN), stage_range(values, Language.ZH)) == (english, chinese)


def test_a_slug_without_a_name_stands_for_itself() -> None:
    assert named(["unknown"], STAGES, Language.EN) == "unknown"


@pytest.mark.parametrize(
    ("items", "language", "expected"),
    [
        pytest.param(["a", "b", "c"], Language.ZH, "a、b、c", id="Chinese"),
        pytest.param(["a", "b", "c"], Language.EN, "a, b and c", id="English"),
        pytest.param(["a, the first", "b", "c"], Language.EN, "a, the first; b and c", id="items with commas"),
        pytest.param([], Language.EN, "", id="nothing"),
    ],
)
def test_items_are_enumerated(items: list[str], language: Language, expected: str) -> None:
    assert listed(items, language) == expected


def test_chinese_and_latin_are_parted_by_a_blank() -> None:
    assert joined("适合", "A 轮", "的团队，", "GPT", "。") == "适合 A 轮的团队，GPT。"
