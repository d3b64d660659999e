"""Which chapter of a case study a question asks for: why a company fell, why it rose, what there is to learn from it.

A founder asks "why did it go under?" of a chapter called "Reasons of the failure". Neither words nor likeness in
meaning bring the two together for certain; what a case study is, does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.companies import plain, standing_alone, story_of, without_brackets
from rag.terms import query_terms
from rag.types import CaseFacts, Document, DocumentId, DocumentKind, Language, Outcome, Passage

_WHY = re.compile(r"为什么|为何|为啥|原因|怎么会|\bwhy\b|\bhow come\b|\breasons?\b|\bcauses?d?\b", re.I)
_NOT = re.compile(r"没|未|不了|\bnot\b|n['’]t\b|\bnever\b|\bsurviv", re.I)
_DECIDED = re.compile(r"成败|decided", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Theme:
    """Something that is asked of every case.

    `asked` are the words that a question has for it, `headed` those of the headings that tell it; a case with one of
    the `outcomes` tells it below what decided the outcome, where no heading does.
    """

    asked: re.Pattern[str]
    headed: re.Pattern[str]
    outcomes: frozenset[Outcome] = frozenset()
    needs_why: bool = True


_THEMES = (
    _Theme(
        asked=re.compile(r"成败的?关键|决定了?成败|\bdecided\b(?: it for)?", re.I), headed=_DECIDED, needs_why=False
    ),
    _Theme(
        asked=re.compile(
            r"失败|倒闭|关闭|关门|关停|关张|破产|垮台|垮掉|垮了?|倒下|衰落|没落|下滑|失去了?|失利|陷入|困境|困难|压力|做不下去|撑不下去"
            r"|完蛋|凉了|黄了|死掉|死了|不行|败"
            r"|\b(?:fail(?:s|ed|ure|ing)?|shut(?:ting)?(?: its doors)?|clos(?:e|ed|ure|ing)|collaps(?:e|ed)"
            r"|bankrupt(?:cy)?|go(?:ne|ing)? (?:under|bust|wrong)|went (?:under|bust|wrong)|died?|declin(?:e|ed)"
            r"|struggl(?:e|ed|ing)|trouble|pressure|downfall|demise|f[ae]ll(?:en)?|flop(?:ped)?)\b",
            re.I,
        ),
        headed=re.compile(
            r"失败|困境|压力|不灵|失灵|衰落|\bfail(?:ed|ure|s)?\b|\btrouble\b|\bpressure\b|\bturned\b|\bwent wrong\b",
            re.I,
        ),
        outcomes=frozenset({Outcome.FAILURE, Outcome.MIXED}),
    ),
    _Theme(
        asked=re.compile(
            r"成功|增长|火了?|火起来|赢了?|做大|做成|崛起|胜出|活下来|存活|起来"
            r"|\b(?:succe(?:ed|eded|ss|ssful)|grow(?:n|th|ing)?|grew|w[io]n(?:ning)?|work(?:ed)?|thriv(?:e|ed)"
            r"|take off|took off|surviv(?:e|ed)|popular|big)\b",
            re.I,
        ),
        headed=re.compile(
            r"成功|增长|赢|卖得好|做成|有效|经久|没有倒下|愿意|留下"
            r"|\b(?:succeeded|success|grew|growth|won|worked|lasted|survived|stayed)\b",
            re.I,
        ),
        outcomes=frozenset({Outcome.SUCCESS, Outcome.MIXED}),
    ),
    _Theme(
        asked=re.compile(
            r"教训|经验|启示|启发|借鉴|(?:可以|能|能够|该|值得)?学(?:到|会|习|的)?(?:点?什么|些什么|哪些|啥)?"
            r"|\blessons?\b|\blearn(?:t|ed|ing|ings)?\b|\btake ?-?aways?\b|\bteach(?:es)?\b",
            re.I,
        ),
        headed=re.compile(r"教训|启示|经验|\blessons?\b|\blearn", re.I),
        needs_why=False,
    ),
    _Theme(
        asked=re.compile(
            r"(?:都|是)?(?:做了些?什么|做过什么|[怎咋]么做的|如何做的|做法)|\b(?:what|how) did\b.*\bdo\b(?: it)?", re.I
        ),
        headed=re.compile(r"做了什么|做法|^what .* did$", re.I),
        needs_why=False,
    ),
)
_LED_BY = 5
"""Passages of a chapter that is asked for that come first."""

_KINDS_OF_COMPANY = frozenset({"health", "company", "offers", "face", "group", "公司", "集团"})
"""Words that are part of a company's name and name none."""

_FILLER = re.compile(
    r"案例|有哪些|有什么|是什么|的|能|会|公司|企业|创业者|创始人|我们|咱们|我|当初|后来|最后|最终|根本|主要|真正|到底|究竟|那么?|这么?|快|增速|了|呢|总结|讲讲|说说|介绍|从|中|里|身上"
    r"|\b(?:ai|inc|case|stud(?:y|ies)|compan(?:y|ies)|start-?ups?|founders?|business|story|main|real|really|root|actually|finally"
    r"|in the end|so|fast|quickly|key|history|example|from|down|up|out|off|doors|get|got|into|come|came"
    r"|under|did|run|ran)\b",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A case study in the language of a question, and what its company is called in any language."""

    document: DocumentId
    facts: CaseFacts
    names: tuple[str, ...]

    def cut_from(self, text: str) -> str | None:
        """A text without the company's name; None where it does not name the company."""
        whole = cut = plain(text)
        for name in self.names:
            cut = standing_alone(name).sub(" ", cut)
        return None if cut == whole else " ".join(cut.split())


def chapter_first(
    question: str, passages: tuple[Passage, ...], siblings: tuple[Passage, ...], language: Language
) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    """The chapter of a case study that is asked for before all else that was found; as many passages as before.

    Returns:
        The passages, with new ranks, and the siblings: what stands in neither any more was the worst of the passages.
    """
    everything = (*passages, *siblings)
    asked = [everything[place] for place in asked_chapter(question, everything, language)][:_LED_BY]
    if not asked:
        return passages, siblings
    keys = {each.chunk_id for each in asked}
    ordered = (*asked, *(each for each in passages if each.chunk_id not in keys))
    best = passages[0].score
    kept = tuple(
        replace(each, rank=rank, score=best if each.chunk_id in keys else each.score)
        for rank, each in enumerate(ordered[: len(passages)], start=1)
    )
    taken = {each.chunk_id for each in kept}
    return kept, tuple(each for each in siblings if each.chunk_id not in taken)


def asked_chapter(question: str, passages: Sequence[Passage], language: Language) -> tuple[int, ...]:
    """The places of the passages that stand below the heading asked for, in the document's order.

    Args:
        question: what is asked.
        passages: what was found, and what stands around it in its documents.
        language: of the question; a case in another language is left to the search.

    Returns:
        Nothing unless the question names one company with a case study, and asks for nothing but its fall, its rise or
        its lessons, and the study has a heading for that.
    """
    named = [(case, cut) for case in _cases(passages, language) if (cut := case.cut_from(question)) is not None]
    if len(named) != 1:
        return ()
    case, rest = named[0]
    theme = _theme_of(rest)
    if theme is None:
        return ()
    own = sorted(
        (place for place, each in enumerate(passages) if each.document.id == case.document),
        key=lambda place: passages[place].chunk.position,
    )
    path = _path(theme, [passages[place].chunk.section for place in own], case)
    return tuple(place for place in own if path and passages[place].chunk.section[: len(path)] == path)


def named_cases(question: str, passages: Iterable[Passage], language: Language) -> frozenset[DocumentId]:
    """The case studies among the passages, in the language of the question, whose company it names."""
    return frozenset(case.document for case in _cases(passages, language) if case.cut_from(question) is not None)


def companies_named(texts: Iterable[str], documents: Iterable[Document], language: Language) -> list[str]:
    """The companies of case studies in a language, of those texts that are nothing but a name of one."""
    studies = _studies({each.id: each for each in documents}, language)
    found = (next((case.facts.company for case in studies if case.cut_from(text) == ""), None) for text in texts)
    return [company for company in found if company]


def _cases(passages: Iterable[Passage], language: Language) -> list[_Named]:
    documents = {each.document.id: each.document for each in passages if each.document.kind is DocumentKind.CASE}
    return _studies(documents, language)


def _studies(documents: Mapping[DocumentId, Document], language: Language) -> list[_Named]:
    names: dict[str, set[str]] = {}
    for each in documents.values():
        if each.case:
            names.setdefault(story_of(each), set()).update(_forms(each.case))
    return [
        _Named(document=key, facts=each.case, names=tuple(sorted(names[story_of(each)], key=len, reverse=True)))
        for key, each in documents.items()
        if each.case and each.language is language
    ]


def _forms(facts: CaseFacts) -> set[str]:
    """What a company may be called: its name, that in brackets behind it, and the words that tell it from others.

    "Health" alone names no company, and a made-up one has no name but a letter.
    """
    whole = plain(facts.company)
    bare = without_brackets(whole)
    if facts.illustrative:
        letter = bare[-1:]
        return (
            {bare, f"company {letter}", f"start-up {letter}", f"公司 {letter}", f"公司{letter}"} if letter else {whole}
        )
    telling = set(re.findall(r"[a-z0-9]{3,}|[一-鿿]{2,}", whole)) - _KINDS_OF_COMPANY
    words = bare.split()
    parts = {" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)}
    return telling | {part for part in parts if telling & set(part.split())} | ({bare} if bare else set())


def _theme_of(question: str) -> _Theme | None:
    """What is asked, if it is all that is asked."""
    why = bool(_WHY.search(question))
    for theme in _THEMES:
        if not theme.asked.search(question) or (theme.needs_why and not why) or _NOT.search(question):
            continue
        rest = question
        for others in _THEMES:
            rest = others.asked.sub(" ", rest)
        return None if query_terms(_FILLER.sub(" ", _WHY.sub(" ", rest))) else theme
    return None


def _path(theme: _Theme, paths: Sequence[tuple[str, ...]], case: _Named) -> tuple[str, ...]:
    """The path of the heading that tells the theme; the title of the study is none.

    "Why the company failed" tells it alone, as a chapter does; "Why the shop worked" is one part of what decided.
    """
    told = _headed(paths, theme.headed)
    chapters = [path for path in told if theme.headed.search(path[1])]
    alone = [path for path in told if case.cut_from(path[-1])] if theme.outcomes else []
    decided = _headed(paths, _DECIDED) if case.facts.outcome in theme.outcomes else []
    return max(chapters or alone or decided or told, key=len, default=())


def _headed(paths: Sequence[tuple[str, ...]], words: re.Pattern[str]) -> list[tuple[str, ...]]:
    return [path[: depth + 1] for path in paths for depth in range(1, len(path)) if words.search(path[depth])]
