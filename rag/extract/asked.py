"""What a question asks for: the shape of its answer, its parts, the sides of its comparison."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum, auto

from rag.extract.objects import defined_words, object_words
from rag.extract.words import asked_words, words_of


class Kind(Enum):
    """What shape of answer a question asks for."""

    PLAIN = auto()
    COMPARISON = auto()
    REASON = auto()
    NUMBER = auto()
    TIME = auto()
    LIST = auto()
    METHOD = auto()
    DEFINITION = auto()


ONE_FACT = frozenset({Kind.NUMBER, Kind.TIME})

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            Kind.COMPARISON,
            r"区别|不同(?:点|之处)?[？?]?$|有[何什]么?不同|差别|差异|异同|对比|相比|比较(?!好)|[怎如]么?何?选|选哪|哪个更?好|分别"
            r"|\bdifferences?\b|\bdiffer|\bcompare|\bversus\b|\bvs\b|\bbetter\b",
        ),
        (Kind.REASON, r"为什么|为何|原因|怎么会|\bwhy\b|\breasons?\b|\bcauses?\b"),
        (
            Kind.LIST,
            r"[哪分][些几]|几[类种步点]|\bwhich\b|\bkinds? of\b|\btypes? of\b|\bwhat are\b"
            r"|\bwhat (?:\w+ ){1,3}(?:are|exist)\b|\bsteps\b",
        ),
        (
            Kind.METHOD,
            r"^\W*how (?:should|can|could|do|does|did|to|is|are)\b"
            r"|(?:怎么|如何|怎样)(?:才能)?(?:知道|算出|估|计算|判断|统计|衡量)",
        ),
        (
            Kind.NUMBER,
            r"多少|什么价|几[个家年倍亿万名人]|多[大高久长]|\bhow (?:many|much|large|big|long|expensive)\b"
            r"|\bwhat (?:score|percentage|number)\b",
        ),
        (
            Kind.TIME,
            r"(?:什么时候|何时)(?!.{0,2}(?:[该要应需招够能算才用]|可以|适合|值得))|哪一?年"
            r"|\bwhen (?:did|was|were|is|will)\b|\bwhat year\b",
        ),
        (
            Kind.METHOD,
            r"怎么|怎样|如何|什么样|有什么|注意什么|[做干办]什么|\bhow\b|\bwhat (?:should|can|to|do (?:we|i))\b",
        ),
        (
            Kind.DEFINITION,
            r"什么是|是什么|什么叫|何谓|什么意思|定义|\bwhat(?:'s| is)\b|\bmeaning of\b|\bdefin|\bstand for\b",
        ),
    )
)
_YES_OR_NO = re.compile(
    r"能不能|可不可以|是不是|要不要|该不该|会不会|应不应该|吗[？?]?$"
    r"|^\W*(?:is|are|was|were|do|does|did|can|could|should|will|would|may|must|has|have)\b(?! you\b)",
    re.IGNORECASE,
)
_CUES = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(named, re.IGNORECASE))
    for asked, named in (
        (
            r"为什么|为何|原因|怎么会|\bwhy\b|\breasons?\b|\bcauses?\b",
            r"原因|为什么|为何|\bwhy\b|\breasons?\b|\bcauses?\b",
        ),
        (
            r"教训|经验|学到|启示|\blessons?\b|\blearn",
            r"教训|经验|学到|启示|\blessons?\b|\blearn|\btake ?away",
        ),
        (
            r"哪些|[哪几][几类种]|\bkinds?\b|\btypes?\b|\bwhat are\b|\bwhich\b",
            r"种类|类型|分类|\bkinds?\b|\btypes?\b",
        ),
    )
)
"""What a question asks for, and how a heading names it in other words."""

_WISH = re.compile(r"(?:有(?:什么|没有|哪些|啥)|请|可以|能)?推荐(?:一?[些下个本]|的(?!算法|系统|模型))")
_NAMED = re.compile(r"(?<![\w.-])(?=[\w.+#-]*[A-Z0-9])\w[\w.+#-]*")
_WANTS_CODE = re.compile(r"代码|公式|命令|脚本|\b(?:code|snippet|script|formula|command)s?\b", re.IGNORECASE)
_QUESTION_WORD = re.compile(
    r"什么|哪|怎|如何|为何|多少|几[类种步个]|吗|呢|是否|区别|不同|\b(?:how|what|why|which|when|who|where|should|can|do|does|is|are)\b",
    re.IGNORECASE,
)
_PART_END = re.compile(
    r"[，,；;？?。\n]+|(?:并且|以及|\band\b)\s*(?=什么|怎|如何|为|哪|how\b|what\b|why\b|which\b|when\b|who\b)", re.I
)
_SIDE_JOINT = re.compile(
    r"\s*(?:和|与|跟|同(?!时)|及|、|[,，/](?!B\b)|还是|或者?|\b(?:and|or|versus|vs\.?|from|with|to|than)\b)\s*", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One thing that is asked for: the whole question, one of its parts, or one side of a comparison.

    `names` are the terms that mean the same in a text of another language: those with a capital or a figure, and in a
    Chinese question all that are no Chinese. `objects` are those for what something shall be done to, `defined` those
    for what shall be defined, where the grammar tells.
    """

    text: str
    kind: Kind
    terms: tuple[str, ...]
    names: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()


def aspects_of(question: str) -> tuple[Aspect, ...]:
    """The whole question first, then what an answer must cover besides, at most four more."""
    whole = _aspect(question, kind_of(question))
    parts = [_aspect(part, kind_of(part)) for part in _parts(question)]
    sides = [
        side
        for part in (parts if len(parts) > 1 else [whole])
        if part.kind is Kind.COMPARISON
        for side in _sides(part.text)
    ]
    further = [part for part in parts if part.terms] if len(parts) > 1 else []
    return (whole, *(further + sides)[:4])


def _aspect(text: str, kind: Kind) -> Aspect:
    terms = asked_words(_WISH.sub(" ", text))
    chinese = any(not term.isascii() for term in terms)
    names = frozenset(terms) if chinese else words_of(" ".join(_NAMED.findall(text))) & frozenset(terms)
    return Aspect(
        text=text, kind=kind, terms=terms, names=names, objects=object_words(text), defined=defined_words(text)
    )


def kind_of(question: str) -> Kind:
    """The shape of answer that a question asks for. "May I ask him how much he pays?" wants no figure."""
    kind = next((kind for kind, pattern in _KINDS if pattern.search(question)), Kind.PLAIN)
    return Kind.PLAIN if kind in ONE_FACT and _YES_OR_NO.search(question) else kind


def heading_answers(question: str, heading: str) -> bool:
    """Whether a heading names what kind of thing a question asks for: its reasons, its lessons."""
    return any(asked.search(question) and named.search(heading) for asked, named in _CUES)


def wants_code(question: str) -> bool:
    """Whether code, a formula or a command is asked for; otherwise none is shown."""
    return bool(_WANTS_CODE.search(question))


def _parts(question: str) -> list[str]:
    """The questions within a question; what asks nothing by itself goes with the question behind it."""
    parts: list[str] = []
    held = ""
    for piece in _PART_END.split(question):
        if not piece.strip():
            continue
        held = f"{held} {piece}".strip()
        if _QUESTION_WORD.search(piece):
            parts.append(held)
            held = ""
    return [*parts[:-1], f"{parts[-1]} {held}".strip()] if parts else []


def _sides(question: str) -> list[Aspect]:
    cut = re.split(
        r"有什么|有何|有啥|之间|的?区别|的?不同|的?差[别异]|分别|我?该?怎么选|[哪][个种]|\bwhich\b|\?|？",
        question,
        flags=re.I,
    )[0]
    cut = re.sub(r"^.*\b(?:between|compare|comparing|does|do|is)\b|\bdiffer\b|^.*?(?:对比|比较)", " ", cut, flags=re.I)
    names = [name.strip() for name in _SIDE_JOINT.split(cut)]
    terms = [asked_words(name) if name else () for name in names]
    uses = Counter(term for side in terms for term in side)
    own = [tuple(term for term in side if uses[term] == 1) or side for side in terms]
    sides = [replace(_aspect(name, Kind.COMPARISON), terms=side) for name, side in zip(names, own, strict=True) if side]
    return sides if len(sides) > 1 else []
