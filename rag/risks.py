"""RiskRegister: which risks concern a team, how much each counts, and which belong on its next checklist. Pure.

A risk's score is likelihood × impact × fit. Fit is how well the risk suits the team's stage and sector; early-warning
signals that somebody has ticked raise the score, up to twofold, and a risk that was dealt with keeps a quarter of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rag.hanzi import simplified
from rag.kinds.risk import Risk, RiskCategory
from rag.kinds.values import Stage
from rag.kinds.wording import RISK_SHELVES, SECTORS

LIKELIEST = 5
"""The end of the scale of likelihood, and of that of impact."""

LISTED, LONGEST, FRESH = 5, 10, 2
"""Items of a usual checklist, of one to which much returns, and how many of those are new all the same."""

REVIEW_AFTER = timedelta(days=90)
"""When a risk that was dealt with is looked at again."""

_STAGE_FITS = (1.0, 0.7)
_STAGE_FAR = 0.4
"""Fit by how many stages a team is from the nearest one that a risk is about."""

_SECTOR_FITS, _SECTOR_EVERY, _SECTOR_UNKNOWN, _SECTOR_OTHER = 1.0, 0.9, 0.8, 0.4
"""Fit of a risk of the team's sector, of every sector, of some where the team's is not known, and of another one."""

_DEALT_WITH = 0.25

_SECTOR_WORDS: Mapping[str, str] = {
    "healthcare": "health medic clinic hospital pharma biotech 医 健康 药 诊",
    "finance": "fintech bank insur payment lending invest 银行 保险 支付 信贷 证券 投资",
    "education": "edtech school teach tutor universit 学校 培训 教学 课程",
    "consumer": "b2c social game dating companion 社交 游戏 陪伴 c端",
    "enterprise": "b2b office workflow crm erp 办公 企业 b端",
    "saas": "software 软件 云服务",
}
"""Words by which people call a sector, besides its names; the beginning of a word is enough."""


class State(StrEnum):
    """What a team has decided about a risk."""

    OPEN = "open"
    DONE = "done"
    NOT_APPLICABLE = "not-applicable"


class Reason(StrEnum):
    """Why a risk is on a checklist."""

    REOPENED = "reopened"
    OVERDUE = "overdue"
    """It was on an earlier checklist, and nobody has dealt with it."""

    BACK = "back"
    """The time for which it was put off is over."""

    REVIEW = "review"
    """It was dealt with so long ago that somebody should look again."""

    FRESH = "fresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """Where a team stands with a risk. `ticked` are positions of its signals, counted from 0.

    `listed_at` is when it first was on a checklist since it was open, `decided_at` when it was dealt with or left out.
    """

    state: State = State.OPEN
    ticked: frozenset[int] = frozenset()
    snoozed_until: datetime | None = None
    listed_at: datetime | None = None
    decided_at: datetime | None = None
    reopened: bool = False

    def rests(self, at: datetime) -> bool:
        """Whether it is put off at that time."""
        return self.state is State.OPEN and self.snoozed_until is not None and at < self.snoozed_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What is known of the team; `sector` is in its own words."""

    stage: Stage | None = None
    sector: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A risk as it counts for one team: its likelihood with the ticked signals, and its score in 0..50."""

    risk: Risk
    handling: Handling
    likelihood: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a checklist."""

    scored: Scored
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What a team should look at now. `left_out` counts what returns but had no room."""

    entries: tuple[Entry, ...]
    left_out: int = 0


class RiskRegister:
    """The risks that a reader may see."""

    def __init__(self, risks: Iterable[Risk]) -> None:
        self.risks = tuple(risks)
        self._by_id = {risk.id: risk for risk in self.risks}

    def get(self, risk_id: str) -> Risk | None:
        """The risk of an id."""
        return self._by_id.get(risk_id)

    def named(self, text: str) -> tuple[Risk, ...]:
        """The risks that a text names by id or by title, in full, else in part; () where it names none."""
        wanted = _words(text)
        if not wanted:
            return ()
        exact = [risk for risk in self.risks if wanted in _names(risk)]
        return tuple(exact or [risk for risk in self.risks if any(_told(wanted, name) for name in _names(risk))])

    def about(self, topics: frozenset[str]) -> RiskRegister:
        """The risks of categories or of topics of the library, or that rest on documents of these ids; () is all."""
        wanted = frozenset(map(_words, topics))
        return self if not wanted else RiskRegister(risk for risk in self.risks if wanted & _subjects(risk))

    def scored(
        self,
        company: Company,
        handlings: Mapping[str, Handling],
        *,
        stage: Stage | None = None,
        category: RiskCategory | None = None,
    ) -> tuple[Scored, ...]:
        """The risks of a stage and a category, or all of them, by score."""
        kept = [
            risk for risk in self.risks if (stage is None or stage in risk.stages) and category in {None, risk.category}
        ]
        scores = [scored(risk, company, handlings.get(risk.id, Handling())) for risk in kept]
        return tuple(sorted(scores, key=lambda each: (-each.score, -each.risk.impact)))

    def checklist(self, company: Company, handlings: Mapping[str, Handling], *, at: datetime) -> Checklist:
        """What belongs on the checklist of a team at a time: what returns comes first, then what counts most."""
        due = [
            Entry(scored=each, reason=reason)
            for each in self.scored(company, handlings)
            if (reason := reason_of(each.handling, at=at)) is not None
        ]
        fresh = [entry for entry in due if entry.reason is Reason.FRESH]
        back = [entry for entry in due if entry.reason is not Reason.FRESH]
        room = LONGEST - min(FRESH, len(fresh))
        kept = back[:room]
        kept += fresh[: max(LISTED - len(kept), FRESH)]
        return Checklist(entries=tuple(kept), left_out=len(back[room:]))


def scored(risk: Risk, company: Company, handling: Handling) -> Scored:
    """How much a risk counts for a team."""
    share = len(handling.ticked) / len(risk.signals.en)
    score = risk.likelihood * risk.impact * fit(risk, company) * (1 + share)
    if handling.state is State.DONE:
        score *= _DEALT_WITH
    elif handling.state is State.NOT_APPLICABLE:
        score = 0.0
    likelihood = min(LIKELIEST, risk.likelihood + int(2 * share))
    return Scored(risk=risk, handling=handling, likelihood=likelihood, score=score)


def fit(risk: Risk, company: Company) -> float:
    """How well a risk suits a team's stage and sector, in 0..1; what is not known of the team speaks against little."""
    return _stage_fit(risk.stages, company.stage) * _sector_fit(risk.sectors, sectors_of(company.sector))


def sectors_of(text: str) -> frozenset[str]:
    """The sectors that a team's own words for its business name."""
    words = _words(text)
    known = {slug: [slug, names.zh, names.en, *_SECTOR_WORDS.get(slug, "").split()] for slug, names in SECTORS.items()}
    return frozenset(slug for slug, names in known.items() if any(_told(name.casefold(), words) for name in names))


def reason_of(handling: Handling, *, at: datetime) -> Reason | None:
    """Why a risk belongs on a checklist at a time; None where it does not."""
    if handling.state is State.NOT_APPLICABLE or handling.rests(at):
        return None
    if handling.state is State.DONE:
        long_ago = handling.decided_at is not None and handling.decided_at + REVIEW_AFTER <= at
        return Reason.REVIEW if long_ago else None
    if handling.snoozed_until is not None:
        return Reason.BACK
    if handling.reopened:
        return Reason.REOPENED
    return Reason.OVERDUE if handling.listed_at is not None and handling.listed_at < at else Reason.FRESH


def _stage_fit(stages: Sequence[Stage], stage: Stage | None) -> float:
    if stage is None:
        return 1.0
    every = list(Stage)
    distance = min(abs(every.index(each) - every.index(stage)) for each in stages)
    return _STAGE_FITS[distance] if distance < len(_STAGE_FITS) else _STAGE_FAR


def _sector_fit(sectors: Sequence[str], own: frozenset[str]) -> float:
    if not sectors:
        return _SECTOR_EVERY
    if not own:
        return _SECTOR_UNKNOWN
    return _SECTOR_FITS if own & set(sectors) else _SECTOR_OTHER


def _told(name: str, words: str) -> bool:
    """Whether a name stands in a text: a Latin one at the beginning of a word, a Chinese one anywhere."""
    return (f" {name}" if name.isascii() else name) in f" {words}"


def _subjects(risk: Risk) -> frozenset[str]:
    """What a risk is about, as people name it: `data`, `data risks`, `数据`, `数据风险`, `privacy`."""
    shelf = RISK_SHELVES[risk.category]
    members = shelf.members
    named = (members.zh, members.zh.removesuffix("风险"), members.en)
    return frozenset(map(_words, (risk.shelf, *named, *shelf.topics, *risk.documents)))


def _names(risk: Risk) -> tuple[str, ...]:
    return tuple(_words(name) for name in (risk.id, risk.title.zh, risk.title.en))


def _words(text: str) -> str:
    """A text in small, simplified letters, its words parted by blanks alone."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in simplified(text.casefold())).split())
