"""A feasibility check as Markdown: scores with what they rest on, gaps, the next steps, and what moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.commands.assessing import TEAM, Check
from bot.commands.call import Call
from bot.commands.profiling import company, known_profile
from bot.references import references
from bot.saying_assess import AssessSay
from bot.wording import Say
from rag.assess import MOST_POINTS, AxisScore, Reading, Step, note_key
from rag.backing import backing
from rag.types import Citation

_LITTLE = 0.5
"""The share of questions below which no verdict is given."""

_BLOCKS, _STRONG = 2.0, 3.5
"""A weakest axis below the first stands in the way; a mean from the second on is a strong case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the library says of each axis and of each step, with the numbers under which it is cited."""

    axes: Mapping[str, tuple[Citation, ...]]
    steps: tuple[tuple[Step, Citation | None], ...]
    citations: tuple[Citation, ...]


@dataclass(slots=True)
class _Numbering:
    """Gives each quote one number, however often it is cited."""

    cited: dict[tuple[str, str], Citation] = field(default_factory=dict)

    def number(self, citation: Citation) -> Citation:
        key = (citation.document.id, citation.quote)
        return self.cited.setdefault(key, replace(citation, number=len(self.cited) + 1))


async def find(call: Call, check: Check, *, quotes: int) -> Findings:
    """Looks into the library, as far as everybody who reads along may. Raises RagError.

    Args:
        call: who asks, and where.
        check: what is looked into.
        quotes: the most for each axis.
    """
    numbering, scope = _Numbering(), await call.scope()

    async def quoted(text: str, most: int) -> tuple[Citation, ...]:
        found = await backing(text, call.means.retriever, scope=scope, language=call.language, most=most)
        return tuple(map(numbering.number, found))

    axes = {}
    for each in check.now.axes:
        search = each.axis.search.of(call.language)
        # What the library says for the sector comes first; where it says nothing, what holds for all.
        narrow = await quoted(f"{search} {check.sector}", quotes) if check.sector else ()
        axes[each.axis.id] = narrow or await quoted(search, quotes)
    steps = []
    for step in check.now.steps:
        found = await quoted(step.reading.question.search.of(call.language), 1)
        steps.append((step, found[0] if found else None))
    return Findings(axes=axes, steps=tuple(steps), citations=tuple(numbering.cited.values()))


async def report(call: Call, check: Check, findings: Findings) -> str:
    """The check as its reader gets it in the chat; the sources stand beneath it."""
    blocks = [_title(call, check), *await _company(call, check), _overall(call, check)]
    blocks += [_axis(call, check, each, findings.axes[each.axis.id]) for each in check.now.axes]
    return "\n\n".join([*blocks, _steps(call, findings)])


async def exported(call: Call, check: Check, findings: Findings) -> str:
    """The check as a Markdown file, with earlier rounds, sources and rules."""
    blocks = [await report(call, check, findings)]
    if rounds := _history(call, check):
        blocks.append(rounds)
    listed = references(findings.citations, call.means.wording, call.language)
    if listed:
        lines = [f"{each.number}. {each.place}{f' <{each.url}>' if each.url else ''}" for each in listed]
        blocks.append("\n".join([f"**{call.words(Say.SOURCES)}**", "", *lines]))
    return "\n\n".join([*blocks, f"_{call.words(AssessSay.RULES)}_", ""])


def score_line(call: Call, score: AxisScore, say: AssessSay) -> str:
    """One axis with its score, such as "Data ●●○○○ 2.0"."""
    full = round(score.score)
    bar = "●" * full + "○" * (MOST_POINTS - full)
    return call.words(say, axis=score.axis.name.of(call.language), bar=bar, score=score.score)


def date_of(call: Call, at: datetime) -> str:
    """A day as it is written."""
    return call.words(AssessSay.DATE, year=at.year, month=at.month, day=at.day)


def _title(call: Call, check: Check) -> str:
    whose = call.words(AssessSay.TEAM if check.whose == TEAM else AssessSay.MINE)
    at = check.rounds[0].at if check.rounds else call.means.now()
    return call.words(AssessSay.TITLE, whose=whose, date=date_of(call, at))


async def _company(call: Call, check: Check) -> list[str]:
    profile = await known_profile(call) if check.whose != TEAM else None
    who = company(call, profile) if profile else ""
    return [f"_{who}_"] if who else []


def _overall(call: Call, check: Check) -> str:
    now = check.now
    return call.words(
        AssessSay.OVERALL, score=now.mean, known=now.known, asked=now.asked, verdict=_verdict(call, check)
    )


def _verdict(call: Call, check: Check) -> str:
    now = check.now
    if now.known < _LITTLE * now.asked:
        return call.words(AssessSay.TOO_LITTLE)
    axis = now.weakest.axis.name.of(call.language)
    if now.weakest.reach < _BLOCKS:
        return call.words(AssessSay.BLOCKED, axis=axis)
    if now.mean >= _STRONG and now.weakest.score >= _BLOCKS:
        return call.words(AssessSay.STRONG)
    return call.words(AssessSay.GAPS_FIRST, axis=axis)


def _axis(call: Call, check: Check, score: AxisScore, quotes: tuple[Citation, ...]) -> str:
    notes = [call.words(AssessSay.REACH, reach=score.reach)] if score.gaps else []
    notes += _moved(call, check, score)
    head = score_line(call, score, AssessSay.AXIS)
    if notes:
        head += call.words(AssessSay.REMARKS, remarks=call.words(AssessSay.AND).join(notes))
    lines = [head, "", *(_known(call, each) for each in score.known)]
    if note := check.answers.get(note_key(score.axis)):
        lines.append(call.words(AssessSay.NOTE, note=" ".join(note.split())))
    lines += [_open(call, each) for each in score.gaps]
    lines += [_quoted(call, each) for each in quotes] or [call.words(AssessSay.LIBRARY_NONE)]
    return "\n".join(lines)


def _moved(call: Call, check: Check, score: AxisScore) -> list[str]:
    moved = check.moved(tuple(call.means.axes)).get(score.axis.id)
    if moved is None:
        return []
    date = date_of(call, check.rounds[1].at)
    if moved.before == moved.after:
        return [call.words(AssessSay.SAME, date=date)]
    change = f"{moved.before} → {moved.after}"
    return [call.words(AssessSay.CHANGE, change=change, date=date)]


def _known(call: Call, reading: Reading) -> str:
    label = reading.choice.label.of(call.language) if reading.choice else ""
    say = AssessSay.TOLD if reading.told else AssessSay.KNOWN
    question = reading.question.ask.of(call.language)
    return call.words(say, question=question, answer=label, points=reading.points)


def _open(call: Call, reading: Reading) -> str:
    question = reading.question
    return call.words(AssessSay.OPEN, question=question.ask.of(call.language), why=question.why.of(call.language))


def _quoted(call: Call, citation: Citation) -> str:
    return call.words(AssessSay.LIBRARY, quote=citation.quote, mark=f"[{citation.number}]")


def _steps(call: Call, findings: Findings) -> str:
    title = call.words(AssessSay.STEPS)
    if not findings.steps:
        return f"{title}\n\n{call.words(AssessSay.DONE)}"
    lines = [title, ""]
    for number, (step, citation) in enumerate(findings.steps, start=1):
        question, choice = step.reading.question, step.reading.choice
        asked = question.ask.of(call.language)
        reason = call.words(AssessSay.STEP_OPEN, question=asked)
        if choice:
            reason = call.words(AssessSay.STEP_WEAK, question=asked, answer=choice.label.of(call.language))
        axis = step.axis.name.of(call.language)
        lines.append(
            f"{number}. " + call.words(AssessSay.STEP, step=question.step.of(call.language), axis=axis, reason=reason)
        )
        if citation:
            lines.append("   " + _quoted(call, citation))
    return "\n".join(lines)


def _history(call: Call, check: Check) -> str:
    """All rounds as a table, the latest first; "" for a first round."""
    earlier = check.earlier(tuple(call.means.axes))
    if not earlier:
        return ""
    every = [(check.rounds[0].at, check.now), *((record.at, held) for record, held in earlier)]
    head = ["", *(each.axis.name.of(call.language) for each in check.now.axes)]
    rows = [[date_of(call, at), *(str(each.score) for each in held.axes)] for at, held in every]
    table = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join([f"**{call.words(AssessSay.HISTORY)}**", "", *table])
