"""What people ask that a page of risks or of resources answers, by the page's headings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rag.kinds.resource import Resource
from rag.kinds.risk import Risk
from rag.kinds.wording import PLAN, SIGNS
from rag.types import Language


def risk_questions(risks: Iterable[Risk], language: Language) -> Mapping[str, tuple[str, ...]]:
    """Questions by heading: each risk's own, those for its signs and measures, and those for its contingency plan."""
    asked: dict[str, tuple[str, ...]] = {}
    for risk in risks:
        title = risk.title.of(language)
        asked |= _in_chinese(title) if language is Language.ZH else _in_english(title)
        told = risk.asked.of(language) if risk.asked else ()
        asked[title] = (risk.question.of(language), *asked[title], *told)
    return asked


def resource_questions(headings: Mapping[str, Resource], language: Language) -> Mapping[str, tuple[str, ...]]:
    """What is asked for each resource, by its heading."""
    return {heading: one.asked.of(language) for heading, one in headings.items() if one.asked}


def _in_chinese(title: str) -> Mapping[str, tuple[str, ...]]:
    return {
        title: (f"“{title}”的可能性和影响有多大？",),
        f"{title} > {SIGNS.zh}": (f"“{title}”有哪些预警信号？", f"怎样预防“{title}”？"),
        f"{title} > {PLAN.zh}": (f"发生“{title}”，第一个小时做什么？", f"出现“{title}”怎么处理？"),
    }


def _in_english(title: str) -> Mapping[str, tuple[str, ...]]:
    return {
        title: (f"How likely and how bad is it: {title}?",),
        f"{title} > {SIGNS.en}": (f"What are the early warning signs: {title}?", f"How do we prevent this: {title}?"),
        f"{title} > {PLAN.en}": (
            f"What do we do in the first hour: {title}?",
            f"How do we respond when this happens: {title}?",
        ),
    }
