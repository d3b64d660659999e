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
    def kind_and_more(self) -> bool:
        """Whether it asks for a kind and bounds it: a kind alone may have been meant as a word of the need."""
        return self.kind is not None and any((self.stage, self.cost, self.language))

    @property
    def bounded(self) -> bool:
        """Whether it asks for more than a need."""
        return any((self.kind, self.stage, self.cost, self.language))


def _words(english: str, chinese: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{english})(?![\w-])|{chinese}")


_ALONE = r"(?=\s*(?:$|[?.!,;]|(?:for|on|about|to|with|in|that|which|from|by|and|or)\b))"
_ALONE_ZH = r"(?=\s*(?:$|[?.!,;。、]|推荐|有哪些|有什么|和|或))"
"""What follows "model" where models are looked for, and not what is done with one or a business model of some kind."""

_KINDS: Mapping[ResourceKind, re.Pattern[str]] = {
    ResourceKind.FRAMEWORK: _words("frameworks?", "框架"),
    ResourceKind.TOOL: _words("tools?|software", "工具"),
    ResourceKind.DATASET: _words("data ?sets?|corpora", "数据集|语料"),
    ResourceKind.MODEL: _words(rf"models?{_ALONE}", rf"(?:大(?:语言)?)?模型{_ALONE_ZH}"),
    ResourceKind.COURSE: _words("courses?|tutorials?|lectures?|classes|moocs?", "课程|教程|网课|公开课|视频课"),
    ResourceKind.BOOK: _words("books?|textbooks?", "书籍|图书|的书|书单|教材|书"),
    ResourceKind.PAPER: _words("papers?", "论文"),
    ResourceKind.CONFERENCE: _words("conferences?|events?|meet-?ups?|summits?", "会议|大会|峰会|线下活动"),
    ResourceKind.COMMUNITY: _words("community|communities|forums?", "社区|论坛|社群"),
    ResourceKind.PROGRAMME: _words(
        "programmes?|programs?|accelerators?|incubators?|boot ?camps?", "加速器|孵化器|扶持计划|创业营|训练营"
    ),
}
_COSTS: Mapping[Cost, re.Pattern[str]] = {
    Cost.FREEMIUM: _words("freemium|free in part|partly free", "部分免费"),
    Cost.OPEN_SOURCE: _words("open[ -]source", "开源"),
    Cost.FREE: _words("free(?: of charge)?|without charge|(?:at )?no cost|gratis", "免费|不要钱|不花钱|不收费"),
    Cost.PAID: _words("paid|commercial", "付费|收费"),
}
_STAGES: Mapping[Stage, re.Pattern[str]] = {
    Stage.PRE_SEED: _words("pre-?seed(?:[ -]stage)?", "种子轮前|种子前|天使轮"),
    Stage.SEED: _words("seed(?:[ -]stage)?", r"种子(?:轮|期|阶段|(?=\s*(?:$|[,，、])))"),
    Stage.SERIES_A: _words("series[ -]a", "a ?轮"),
    Stage.IDEA: _words("idea[ -](?:stage|phase)", "想法期|想法阶段"),
    Stage.GROWTH: _words("growth[ -]stage|series[ -][b-f]", "成长期|成长阶段|[b-f] ?轮"),
}
_LANGUAGES: Mapping[Language, re.Pattern[str]] = {
    Language.ZH: _words("(?:in )?(?:chinese|mandarin)", "中文版|中文|汉语|国语|普通话"),
    Language.EN: _words("(?:in )?english", "英文版|英文|英语"),
}
_PARTICLES = "的和与及、, "
"""What is left between words that were taken out of a Chinese phrase."""

_FILLERS = re.compile(
    r"\b(?:(?:can|could) you|please|recommend|find me|give me|i (?:want|need)|(?:i am|i'm)? ?looking for|any|some)\b"
    "|有哪些|有什么|有没有|哪里有|请问|想找|想要|想学|给我|帮我|一些|几个|推荐(?!系统|算法|引擎)|[吗呢]"
)
"""Words of a wish that say nothing of what is wished for."""

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
    left = " ".join(_FILLERS.sub(" ", text).split()).strip(_PARTICLES)
    return replace(
        wanted,
        need=left if index_terms(left) else "",
        kind=wanted.kind or kind,
        stage=wanted.stage or stage,
        cost=wanted.cost or cost,
        language=wanted.language or language,
    )


def stage_named(text: str) -> Stage | None:
    """The stage that a text is the name of, in either language."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    return next((stage for stage, words in _STAGES.items() if words.fullmatch(plain)), None)


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
