"""Makes pages of Markdown from resources and risks: the index and its readers know them by these."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from rag.kinds.asking import resource_questions, risk_questions
from rag.kinds.resource import Resource, ResourceKind
from rag.kinds.risk import Risk, RiskCategory, Steps
from rag.kinds.values import Record
from rag.kinds.wording import (
    COSTS,
    LANGUAGES,
    PLAN,
    RESOURCE_SHELVES,
    RISK_SHELVES,
    SECTORS,
    SIGNS,
    Shelf,
    joined,
    listed,
    named,
    stage_range,
)
from rag.types import DocumentKind, Language

LANGUAGES_OF_PAGES = (Language.ZH, Language.EN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the library in one language; its file is `<language>/<id>.md`."""

    id: str
    kind: DocumentKind
    language: Language
    title: str
    topics: tuple[str, ...]
    as_of: str
    body: str
    questions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, *, date: dt.date) -> str:
        """The whole file, front matter included; `date` is that of its last change."""
        fields = {
            "id": self.id,
            "title": json.dumps(self.title, ensure_ascii=False),
            "kind": self.kind.value,
            "language": self.language.value,
            "topics": f"[{', '.join(self.topics)}]",
            "date": date.isoformat(),
            "licence": "CC-BY-4.0",
            "as_of": self.as_of,
        }
        head = "".join(f"{key}: {value}\n" for key, value in fields.items())
        head += _asked(self.questions)
        return f"---\n{head}---\n\n# {self.title}\n\n{self.body}\n"


def _asked(questions: Mapping[str, tuple[str, ...]]) -> str:
    """Questions by heading as lines of front matter; JSON's strings are YAML's."""
    lines = ["questions:"] if questions else []
    for heading, texts in questions.items():
        lines.append(f"  {json.dumps(heading, ensure_ascii=False)}:")
        lines += [f"    - {json.dumps(text, ensure_ascii=False)}" for text in texts]
    return "".join(f"{line}\n" for line in lines)


def resource_pages(resources: Iterable[Resource]) -> tuple[Page, ...]:
    """One page a kind and language, with a section for each resource."""
    grouped = groupby(sorted(resources, key=lambda one: one.shelf), key=lambda one: one.shelf)
    shelves = [(ResourceKind(kind), list(members)) for kind, members in grouped]
    return tuple(
        _page(
            f"resources-{kind}",
            DocumentKind.RESOURCE,
            language,
            shelf=RESOURCE_SHELVES[kind],
            records=members,
            parts=[_names(RESOURCE_SHELVES[kind], members, language), *(_resource(one, language) for one in members)],
            questions=resource_questions({_name(one, language): one for one in members}, language),
        )
        for kind, members in shelves
        for language in LANGUAGES_OF_PAGES
    )


def risk_pages(risks: Iterable[Risk]) -> tuple[Page, ...]:
    """One page a category and language, with a section for each risk."""
    grouped = groupby(sorted(risks, key=lambda one: one.shelf), key=lambda one: one.shelf)
    shelves = [(RiskCategory(category), list(members)) for category, members in grouped]
    return tuple(
        _page(
            f"risks-{category}",
            DocumentKind.RISK,
            language,
            shelf=RISK_SHELVES[category],
            records=members,
            parts=[_scores(RISK_SHELVES[category], members, language), *(_risk(one, language) for one in members)],
            questions=risk_questions(members, language),
        )
        for category, members in shelves
        for language in LANGUAGES_OF_PAGES
    )


def _page(  # noqa: PLR0913 - what a page is made of
    name: str,
    kind: DocumentKind,
    language: Language,
    *,
    shelf: Shelf,
    records: Sequence[Record],
    parts: Sequence[str],
    questions: Mapping[str, tuple[str, ...]] | None = None,
) -> Page:
    return Page(
        id=name,
        kind=kind,
        language=language,
        title=shelf.title.of(language),
        topics=shelf.topics,
        as_of=min(record.as_of for record in records),
        body="\n\n".join(parts),
        questions=questions or {},
    )


def _said(language: Language, zh: str, en: str) -> str:
    return zh if language is Language.ZH else en


def _name(resource: Resource, language: Language) -> str:
    chinese = resource.name_zh
    if language is not Language.ZH or chinese is None:
        return resource.name
    if resource.name in chinese:
        return chinese
    return joined(chinese, resource.name) if "(" in resource.name else f"{chinese}（{resource.name}）"


def _names(shelf: Shelf, resources: Sequence[Resource], language: Language) -> str:
    names = listed([resource.name for resource in resources], language)
    members = shelf.members.of(language)
    return _said(language, f"{members}一览：{names}。", f"The {members} on this shelf: {names}.")


def _resource(resource: Resource, language: Language) -> str:
    name = _name(resource, language)
    return "\n\n".join(
        [
            f"## {name}",
            resource.purpose.of(language),
            _said(language, "", " ").join(_terms(resource, language)),
            _said(language, joined(resource.name, "的官方网页："), f"Official page of {name}: ") + resource.url,
        ]
    )


def _terms(resource: Resource, language: Language) -> tuple[str, str]:
    """What a resource costs and under which licence; for whom it is and in which languages."""
    name, cost = resource.name, COSTS[resource.cost].of(language)
    stages = stage_range(resource.stages, language)
    if language is Language.ZH:
        licence = joined("，许可证为", resource.licence) if resource.licence else ""
        return (
            joined(f"截至 {_month_zh(resource.as_of)}，", name, cost, licence, "。"),
            joined(name, "适合", stages, "的团队，", _spoken_zh(resource), "。"),
        )
    licence = f" (licence: {resource.licence})" if resource.licence else ""
    return (
        f"As of {resource.as_of}, {name} {cost}{licence}.",
        f"{name} suits companies at the stages {stages}; {_spoken_en(resource)}.",
    )


def _spoken_zh(resource: Resource) -> str:
    if "multi" in resource.languages:
        return "不限语言"
    return f"语言为{named(resource.languages, LANGUAGES, Language.ZH)}"


def _spoken_en(resource: Resource) -> str:
    if "multi" in resource.languages:
        return "it is not tied to one language"
    verb = "languages are" if len(resource.languages) > 1 else "language is"
    return f"its {verb} {named(resource.languages, LANGUAGES, Language.EN)}"


def _month_zh(month: str) -> str:
    year, number = month.split("-")
    return f"{year} 年 {int(number)} 月"


def _scores(shelf: Shelf, risks: Sequence[Risk], language: Language) -> str:
    """The risks of a page at a glance, the gravest first."""
    members = shelf.members.of(language)
    lead = _said(
        language,
        f"资料库收录的{members}如下，可能性与影响均以 1 到 5 分计，按乘积从高到低排列。",
        f"The {members} in the library are scored from 1 to 5 for likelihood and impact, the highest product first.",
    )
    head = _said(language, "| 风险 | 可能性 | 影响 | 阶段 |", "| Risk | Likelihood | Impact | Stages |")
    ordered = sorted(risks, key=lambda risk: -risk.likelihood * risk.impact)
    rows = [
        f"| {risk.title.of(language)} | {risk.likelihood} | {risk.impact} | {stage_range(risk.stages, language)} |"
        for risk in ordered
    ]
    return "\n".join([lead, "", head, "|---|---|---|---|", *rows])


def _risk(risk: Risk, language: Language) -> str:
    title = risk.title.of(language)
    plan = risk.contingency
    parts = [
        f"## {title}",
        risk.description.of(language),
        _said(language, "团队应能回答：", "The team should be able to answer: ") + risk.question.of(language),
        *_grade(risk, language),
        _concerned(risk, language),
        f"### {SIGNS.of(language)}",
        _said(language, f"“{title}”的预警信号有：", f"Early warning signs of the risk “{title}”:"),
        _items(risk.signals.of(language)),
        _said(language, f"降低“{title}”风险的措施有：", f"Measures that lower the risk “{title}”:"),
        _items(risk.mitigations.of(language)),
        f"### {PLAN.of(language)}",
        *_plan(_said(language, "发生后第一小时", "First hour"), plan.first_hour, title, language),
        *_plan(_said(language, "发生后第一天", "First day"), plan.first_day, title, language),
        *_plan(_said(language, "发生后第一周", "First week"), plan.first_week, title, language),
    ]
    return "\n\n".join(parts)


def _grade(risk: Risk, language: Language) -> tuple[str, str]:
    title = risk.title.of(language)
    likelihood, impact = risk.likelihood_reason.of(language), risk.impact_reason.of(language)
    if language is Language.ZH:
        return (
            f"“{title}”的可能性为 {risk.likelihood} 分（满分 5 分）。{likelihood}",
            f"“{title}”的影响为 {risk.impact} 分（满分 5 分）。{impact}",
        )
    return (
        f"The risk “{title}” has a likelihood of {risk.likelihood} out of 5. {likelihood}",
        f"The risk “{title}” has an impact of {risk.impact} out of 5. {impact}",
    )


def _concerned(risk: Risk, language: Language) -> str:
    title, stages = risk.title.of(language), stage_range(risk.stages, language)
    sectors = named(risk.sectors, SECTORS, language)
    if language is Language.ZH:
        where = f"，涉及{sectors}行业。" if sectors else "，各行业都会遇到。"
        return joined(f"“{title}”主要出现在", stages, where)
    where = f"in {sectors}" if sectors else "in every sector"
    return f"The risk “{title}” matters at the stages {stages}, {where}."


def _plan(period: str, steps: Steps, title: str, language: Language) -> tuple[str, str]:
    colon = _said(language, "：", ": ")
    lead = _said(language, f"“{title}”{period}要做的事：", f"{period} after “{title}”:")
    items = [f"{step.who.of(language)}{colon}{step.do.of(language)}" for step in steps]
    return lead, _items(items)


def _items(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
