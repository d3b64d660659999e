"""How case studies read: a line of a list, a card, and two of them as a table."""

from __future__ import annotations

from collections.abc import Callable

from bot.commands.call import Call
from bot.wording import Say
from rag.cases import Case, Grounds
from rag.types import CaseFacts, Language

_Told = tuple[Case, Grounds]

_ROWS = ("sector", "region", "founded", "stage", "outcome", "did", "decided", "lessons")
_UNKNOWN = "–"


def line(call: Call, case: Case) -> str:
    """A case in a list: company, sector, outcome, and what decided it."""
    facts = case.facts
    marks = [facts.sector or "", _outcome(call, facts), _illustrative(call, facts)]
    told = " · ".join(part for part in (f"**{facts.company}**", *marks) if part)
    separator = "：" if call.language is Language.ZH else ": "
    return f"- {told}{separator}{facts.decided}" if facts.decided else f"- {told}"


def card(call: Call, case: Case, grounds: Grounds) -> str:
    """A case with all that is known of it, each statement with the mark of its source."""
    facts, separator = case.facts, "：" if call.language is Language.ZH else ": "
    head = [f"**{facts.company}**"]
    if facts.illustrative:
        head.append(call.words(Say.CASE_ILLUSTRATIVE))
    rows = [(_label(call, name), _cell(call, case, grounds, name)) for name in _ROWS if name != "lessons"]
    told = [f"- {label}{separator}{value}" for label, value in rows if value]
    blocks = ["\n\n".join(head), "\n".join(told)]
    if facts.lessons:
        lessons = [f"{number}. {lesson}" for number, lesson in enumerate(facts.lessons, start=1)]
        lessons[-1] += f"[{grounds.lessons.number}]"
        blocks.append("\n".join([f"**{_label(call, 'lessons')}**", *lessons]))
    if facts.sources:
        listed = ("；" if call.language is Language.ZH else "; ").join(facts.sources)
        blocks.append(call.words(Say.CASE_RESTS, sources=listed))
    return "\n\n".join(block for block in blocks if block)


def comparison(call: Call, left: _Told, right: _Told) -> str:
    """Two cases as a table; what neither says has no row."""
    head = ["", *(_table_text(_headed(call, case)) for case, _ in (left, right))]
    rows = [head, ["---"] * 3]
    for name in _ROWS:
        cells = [_cell(call, case, grounds, name) for case, grounds in (left, right)]
        if any(cells):
            rows.append([_label(call, name), *(_table_text(cell or _UNKNOWN) for cell in cells)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _label(call: Call, name: str) -> str:
    return call.means.wording.word("case", name, call.language)


def _outcome(call: Call, facts: CaseFacts) -> str:
    return call.means.wording.word("outcome", facts.outcome, call.language) if facts.outcome else ""


def _illustrative(call: Call, facts: CaseFacts) -> str:
    return call.words(Say.ILLUSTRATIVE) if facts.illustrative else ""


def _headed(call: Call, case: Case) -> str:
    mark = _illustrative(call, case.facts)
    return f"{case.facts.company} · {mark}" if mark else case.facts.company


def _cell(call: Call, case: Case, grounds: Grounds, name: str) -> str:
    facts = case.facts
    cells: dict[str, Callable[[], str]] = {
        "sector": lambda: facts.sector or "",
        "region": lambda: facts.region or "",
        "founded": lambda: str(facts.founded or ""),
        "stage": lambda: facts.stage or "",
        "outcome": lambda: _outcome(call, facts),
        "did": lambda: f"{facts.did}[{grounds.did.number}]" if facts.did else "",
        "decided": lambda: f"{facts.decided}[{grounds.decided.number}]" if facts.decided else "",
        "lessons": lambda: " ".join(facts.lessons) + f"[{grounds.lessons.number}]" if facts.lessons else "",
    }
    return cells[name]()


def _table_text(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
