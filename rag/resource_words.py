"""The words by which people name a kind of resource, its cost, a stage or a language, in Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from rag.kinds.resource import Cost, ResourceKind
from rag.kinds.values import Stage
from rag.terms import index_terms
from rag.types import Language

_Value = TypeVar("_Value", ResourceKind, Cost, Stage, Language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: a need in words, and what a resource has to be; None leaves a thing open."""

    need: str = ""
    kind: ResourceKind | None = None
    stage: Stage | None = None
    cost: Cost | None = None
    language: Language | None = None

    @property
    def bounded(self) -> bool:
        """Whether it asks for more than a need."""
        return any((self.kind, self.stage, self.cost, self.language))


def _words(english: str, chinese: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{english})(?![\w-])|{chinese}")


_KINDS: Mapping[ResourceKind, re.Pattern[str]] = {
    ResourceKind.FRAMEWORK: _words("frameworks?", "框架"),
    ResourceKind.TOOL: _words("tools?|software", "工具"),
    ResourceKind.DATASET: _words("data ?sets?", "数据集"),
    ResourceKind.MODEL: _words("models?", "模型"),
    ResourceKind.COURSE: _words("courses?|tutorials?", "课程|教程"),
    ResourceKind.BOOK: _words("books?", "书籍|图书|的书|书"),
    ResourceKind.PAPER: _words("papers?", "论文"),
    ResourceKind.CONFERENCE: _words("conferences?|events?", "会议|大会"),
    ResourceKind.COMMUNITY: _words("community|communities|forums?", "社区|论坛"),
    ResourceKind.PROGRAMME: _words("programmes?|programs?|accelerators?|incubators?", "加速器|孵化器|扶持计划"),
}
_COSTS: Mapping[Cost, re.Pattern[str]] = {
    Cost.FREEMIUM: _words("freemium|free in part", "部分免费"),
    Cost.OPEN_SOURCE: _words("open[ -]source", "开源"),
    Cost.FREE: _words("free(?: of charge)?", "免费"),
    Cost.PAID: _words("paid", "付费|收费"),
}
_STAGES: Mapping[Stage, re.Pattern[str]] = {
    Stage.PRE_SEED: _words("pre-?seed(?:[ -]stage)?", "种子轮前"),
    Stage.SEED: _words("seed(?:[ -]stage)?", "种子轮|种子期"),
    Stage.SERIES_A: _words("series[ -]a", "a ?轮"),
    Stage.IDEA: _words("idea[ -]stage", "想法期"),
    Stage.GROWTH: _words("growth[ -]stage", "成长期"),
}
_LANGUAGES: Mapping[Language, re.Pattern[str]] = {
    Language.ZH: _words("(?:in )?chinese", "中文"),
    Language.EN: _words("(?:in )?english", "英文|英语"),
}
_PARTICLES = "的和与及、, "
"""What is left between words that were taken out of a Chinese phrase."""

_PREPOSITION = re.compile(r"\b(?:for|on|about|to|with|in)\b")


def understood(wanted: Wanted) -> Wanted:
    """What is looked for when the words of the need that name a kind, a cost, a stage or a language count as such.

    Several kinds may be named: the one before the first preposition or, without one, the last is what is looked for.
    What the caller has set already stays.
    """
    text = unicodedata.normalize("NFKC", wanted.need).casefold()
    cost, text = _first(_COSTS, text)
    stage, text = _first(_STAGES, text)
    language, text = _first(_LANGUAGES, text)
    kind, text = _kind(text)
    left = " ".join(text.split()).strip(_PARTICLES)
    return replace(
        wanted,
        need=left if index_terms(left) else "",
        kind=wanted.kind or kind,
        stage=wanted.stage or stage,
        cost=wanted.cost or cost,
        language=wanted.language or language,
    )


def _first(words: Mapping[_Value, re.Pattern[str]], text: str) -> tuple[_Value | None, str]:
    for value, pattern in words.items():
        if pattern.search(text):
            return value, pattern.sub(" ", text)
    return None, text


def _kind(text: str) -> tuple[ResourceKind | None, str]:
    preposition = _PREPOSITION.search(text)
    head = text[: preposition.start()] if preposition else text
    named = [(found.start(), found.end(), kind) for kind, words in _KINDS.items() for found in words.finditer(head)]
    if not named:
        return None, text
    start, end, kind = max(named)
    return kind, f"{text[:start]} {text[end:]}"
