"""The words of the pages that are made from data, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.kinds.resource import Cost, ResourceKind
from rag.kinds.risk import RiskCategory
from rag.kinds.values import Bilingual, Stage
from rag.types import Language

_SEAM = re.compile(r"[㐀-鿿][A-Za-z0-9(]|[A-Za-z0-9)+#][㐀-鿿]")


def _both(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


SIGNS = _both("预警信号与对策", "Warning signs and measures")
PLAN = _both("应急预案", "Contingency plan")
"""The headings below each risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """How one page is headed and filed; `members` is what its entries are called together."""

    title: Bilingual
    members: Bilingual
    topics: tuple[str, ...]


def _shelf(title: Bilingual, members: Bilingual, topics: str) -> Shelf:
    return Shelf(title=title, members=members, topics=tuple(topics.split()))


RESOURCE_SHELVES: Mapping[ResourceKind, Shelf] = {
    ResourceKind.FRAMEWORK: _shelf(
        _both("资源：训练、推理与编排框架", "Resources: frameworks for training, serving and orchestration"),
        _both("框架", "frameworks"),
        "technology fine-tuning serving open-source",
    ),
    ResourceKind.TOOL: _shelf(
        _both("资源：开发与运维工具", "Resources: tools for building and operating"),
        _both("工具", "tools"),
        "technology mlops evaluation labelling",
    ),
    ResourceKind.DATASET: _shelf(
        _both("资源：数据集", "Resources: datasets"), _both("数据集", "datasets"), "data-engineering evaluation"
    ),
    ResourceKind.MODEL: _shelf(
        _both("资源：开放权重模型", "Resources: models with open weights"),
        _both("模型", "models"),
        "technology open-source retrieval",
    ),
    ResourceKind.COURSE: _shelf(
        _both("资源：课程", "Resources: courses"), _both("课程", "courses"), "education technology team"
    ),
    ResourceKind.BOOK: _shelf(
        _both("资源：书籍", "Resources: books"), _both("书籍", "books"), "education product technology"
    ),
    ResourceKind.PAPER: _shelf(
        _both("资源：重要论文", "Resources: landmark papers"), _both("论文", "papers"), "technology trends"
    ),
    ResourceKind.CONFERENCE: _shelf(
        _both("资源：会议", "Resources: conferences"), _both("会议", "conferences"), "ecosystem hiring marketing"
    ),
    ResourceKind.COMMUNITY: _shelf(
        _both("资源：社区", "Resources: communities"), _both("社区", "communities"), "ecosystem open-source hiring"
    ),
    ResourceKind.PROGRAMME: _shelf(
        _both("资源：加速器与扶持计划", "Resources: accelerators and start-up programmes"),
        _both("扶持计划", "programmes"),
        "ecosystem fundraising compute partnerships",
    ),
}

RISK_SHELVES: Mapping[RiskCategory, Shelf] = {
    RiskCategory.MARKET: _shelf(
        _both("风险清单：市场", "Risk register: market"), _both("市场风险", "market risks"), "risk competition pricing"
    ),
    RiskCategory.TECHNOLOGY: _shelf(
        _both("风险清单：技术", "Risk register: technology"),
        _both("技术风险", "technology risks"),
        "risk technology security",
    ),
    RiskCategory.DATA: _shelf(
        _both("风险清单：数据", "Risk register: data"),
        _both("数据风险", "data risks"),
        "risk user-data privacy data-engineering",
    ),
    RiskCategory.OPERATIONS: _shelf(
        _both("风险清单：运营", "Risk register: operations"),
        _both("运营风险", "operational risks"),
        "risk incident-response monitoring",
    ),
    RiskCategory.FINANCE: _shelf(
        _both("风险清单：财务", "Risk register: finance"), _both("财务风险", "financial risks"), "risk finance runway"
    ),
    RiskCategory.TEAM: _shelf(
        _both("风险清单：团队", "Risk register: team"), _both("团队风险", "team risks"), "risk team hiring culture"
    ),
    RiskCategory.LEGAL: _shelf(
        _both("风险清单：法律", "Risk register: legal"),
        _both("法律风险", "legal risks"),
        "risk compliance regulation intellectual-property",
    ),
}

STAGES: Mapping[str, Bilingual] = {
    Stage.IDEA: _both("想法期", "idea"),
    Stage.PRE_SEED: _both("种子轮前", "pre-seed"),
    Stage.SEED: _both("种子轮", "seed"),
    Stage.SERIES_A: _both("A 轮", "series A"),
    Stage.GROWTH: _both("成长期", "growth"),
}

COSTS: Mapping[Cost, Bilingual] = {
    Cost.FREE: _both("免费", "is free of charge"),
    Cost.FREEMIUM: _both("部分免费、部分收费", "is free in part"),
    Cost.PAID: _both("收费", "is not free of charge"),
    Cost.OPEN_SOURCE: _both("开源", "is open source"),
}

LANGUAGES: Mapping[str, Bilingual] = {
    "zh": _both("中文", "Chinese"),
    "en": _both("英文", "English"),
    "ja": _both("日文", "Japanese"),
    "ko": _both("韩文", "Korean"),
    "de": _both("德文", "German"),
    "fr": _both("法文", "French"),
    "es": _both("西班牙文", "Spanish"),
    "it": _both("意大利文", "Italian"),
    "pt": _both("葡萄牙文", "Portuguese"),
    "hi": _both("印地文", "Hindi"),
    "th": _both("泰文", "Thai"),
}
"""Languages that have a name of their own; others are told by their code."""

SECTORS: Mapping[str, Bilingual] = {
    "healthcare": _both("医疗", "healthcare"),
    "finance": _both("金融", "finance"),
    "education": _both("教育", "education"),
    "consumer": _both("消费", "consumer products"),
    "enterprise": _both("企业服务", "enterprise software"),
    "hardware": _both("硬件", "hardware"),
    "saas": _both("软件服务", "software as a service"),
    "media": _both("媒体", "media"),
    "legal": _both("法律服务", "legal services"),
    "e-commerce": _both("电商", "e-commerce"),
    "autonomous-driving": _both("自动驾驶", "autonomous driving"),
}
"""Sectors that have a name of their own; others are told by their slug."""


def named(slugs: Sequence[str], names: Mapping[str, Bilingual], language: Language) -> str:
    """The names of slugs as an enumeration; a slug without a name stands for itself."""
    return listed([names[slug].of(language) if slug in names else slug for slug in slugs], language)


def listed(items: Sequence[str], language: Language) -> str:
    """Items as an enumeration within a sentence."""
    if language is Language.ZH:
        return "、".join(items)
    comma = "; " if any("," in item for item in items) else ", "
    return " and ".join(part for part in (comma.join(items[:-1]), *items[-1:]) if part)


def joined(*parts: str) -> str:
    """Parts of a Chinese sentence, with a blank where a Chinese character meets a Latin letter or a digit."""
    text = ""
    for part in parts:
        text += f" {part}" if _SEAM.fullmatch(text[-1:] + part[:1]) else part
    return text


def stage_range(stages: Sequence[Stage], language: Language) -> str:
    """Stages as a range where they follow each other, else as an enumeration."""
    every = list(Stage)
    first = every.index(stages[0])
    if len(stages) < 3 or list(stages) != every[first : first + len(stages)]:
        return named(stages, STAGES, language)
    begin, end = STAGES[stages[0]].of(language), STAGES[stages[-1]].of(language)
    if language is Language.ZH:
        return joined(begin, "到", end)
    return f"from {begin} to {end}"
