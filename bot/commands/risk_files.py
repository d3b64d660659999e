"""The register as files: a heat map, a Markdown text to forward, and a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.csv_tables import csv_table
from bot.commands.risk_room import RiskRoom, shown
from bot.commands.risk_texts import PHASES, note_lines, phase_steps, settled
from bot.pictures.heatmap import Labels, Mark, Point, draw
from bot.replies import File
from bot.risk_saying import RISK_VOCABULARY
from bot.wording import RiskSay
from rag.risks import Scored, State
from rag.types import Language


def heat_map(room: RiskRoom, risks: Sequence[Scored]) -> File:
    """Likelihood and impact as a picture. It takes about a second: call it off the loop."""
    ordered = sorted(risks, key=lambda each: (-each.likelihood * each.risk.impact, -each.risk.impact))
    points = [
        Point(
            name=each.risk.title.of(room.language),
            likelihood=each.likelihood,
            impact=each.risk.impact,
            mark=_mark(each),
        )
        for each in ordered
    ]
    occurring = {point.mark for point in points}
    labels = Labels(
        title=room.say(RiskSay.MAP_TITLE),
        likelihood=room.say(RiskSay.MAP_LIKELIHOOD),
        impact=room.say(RiskSay.MAP_IMPACT),
        marks={mark: room.word("risk-mark", mark) for mark in Mark if mark in occurring},
    )
    listed = "; ".join(f"{point.name} {point.likelihood}×{point.impact}" for point in points)
    alt = f"{labels.title}. {labels.likelihood} × {labels.impact}: {listed}"
    return File(name=room.say(RiskSay.MAP_FILE), content=draw(points, labels), media_type="image/png", alt=alt)


def markdown_file(room: RiskRoom, risks: Sequence[Scored]) -> File:
    """The register as a text that reads well wherever Markdown does, and without it."""
    columns = ("title", "category", "score", "state", "owner", "until")
    head = [room.word("risk-column", column) for column in columns]
    table = [head, ["---"] * len(head)]
    for each in risks:
        values = _values(room, each)
        table.append([shown(values[column]) for column in columns])
    rows = "\n".join(f"| {' | '.join(row)} |" for row in table)
    title = f"# {room.say(RiskSay.EXPORT_TITLE, date=room.day(room.now))}"
    text = "\n\n".join([title, rows, *(_section(room, each) for each in risks)])
    return File(name=f"{room.say(RiskSay.EXPORT_FILE)}.md", content=f"{text}\n".encode())


def csv_file(room: RiskRoom, risks: Sequence[Scored]) -> File:
    """The register as a table that a spreadsheet opens, and in which nothing is a formula."""
    columns = RISK_VOCABULARY["risk-column"]
    values = (_values(room, each) for each in risks)
    rows = ([each[column] for column in columns] for each in values)
    return csv_table(room.say(RiskSay.EXPORT_FILE), [room.word("risk-column", column) for column in columns], rows)


def _values(room: RiskRoom, each: Scored) -> dict[str, str]:
    risk, item, language = each.risk, room.item(each.risk.id), room.language
    signals = risk.signals.of(language)
    resting = each.handling.rests(room.now) and each.handling.snoozed_until
    notes = [note.text for note in item.notes if note.text]
    return {
        "id": risk.id,
        "title": risk.title.of(language),
        "category": room.word("risk-category", risk.category),
        "score": str(round(each.score)),
        "likelihood": str(each.likelihood),
        "impact": str(risk.impact),
        "state": room.word("risk-state", each.handling.state),
        "owner": item.owner.name if item.owner else "",
        "until": room.day(resting) if resting else "",
        "question": risk.question.of(language),
        "seen": "\n".join(signal for number, signal in enumerate(signals) if number in each.handling.ticked),
        "signals": "\n".join(signals),
        "measures": "\n".join(risk.mitigations.of(language)),
        "notes": "\n".join(notes),
    }


def _section(room: RiskRoom, each: Scored) -> str:
    risk, language = each.risk, room.language
    separator = "：" if language is Language.ZH else ": "
    signals = [
        f"- [{'x' if number in each.handling.ticked else ' '}] {signal}"
        for number, signal in enumerate(risk.signals.of(language))
    ]
    blocks = [
        f"## {risk.title.of(language)}",
        risk.description.of(language),
        room.say(RiskSay.CARD_SCORE, score=round(each.score), likelihood=each.likelihood, impact=risk.impact),
        room.say(RiskSay.ASK, question=risk.question.of(language)),
        "\n".join([room.say(RiskSay.CARD_SIGNALS), "", *signals]),
        "\n".join([room.say(RiskSay.CARD_MEASURES), "", *(f"- {one}" for one in risk.mitigations.of(language))]),
    ]
    for phase, steps in zip(PHASES, phase_steps(risk), strict=True):
        lines = [f"- {step.who.of(language)}{separator}{step.do.of(language)}" for step in steps]
        blocks.append("\n".join([f"**{room.word('risk-phase', phase)}**", "", *lines]))
    state = settled(room, risk.id)
    return "\n\n".join([*blocks, *([state] if state else []), *note_lines(room, risk.id)])


def _mark(each: Scored) -> Mark:
    if each.handling.state is not State.OPEN:
        return Mark.SETTLED
    return Mark.WARNED if each.handling.ticked else Mark.OPEN
