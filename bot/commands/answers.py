"""What the buttons beneath an answer do: why these sources, a shorter or another answer, what to ask next, and stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat import Place, Press
from bot.commands.call import Call
from bot.grounding import grounded, marks_of
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import AnswerRecord, EvidenceRecord
from bot.references import place_of
from bot.replies import Button, Reply
from bot.shortening import shortened
from bot.splitting import split
from bot.wording import Say
from rag.types import Citation

_SHOWN = 5
"""Passages that are told besides those that the answer cites."""

_SHARED = frozenset({Verb.WHY, Verb.SHORTER})
_EXCERPT = 160
_SENTENCE = 200


async def why(call: Call, press: Press) -> None:
    """Tells the person which sentence rests on which source, and which passages were found."""
    record = await call.readable_answer(press.payload.subject)
    told = _told(call, Verb.WHY, record, (await call.own_scope()).audience)
    await call.whisper(told.text, actions=_sharing(call, Verb.WHY, record))


async def shorter(call: Call, press: Press) -> None:
    """Gives the person the answer in fewer words."""
    record = await call.readable_answer(press.payload.subject)
    told = _told(call, Verb.SHORTER, record, (await call.own_scope()).audience)
    actions = _sharing(call, Verb.SHORTER, record) if told.citations else ()
    await call.whisper(told.text, citations=told.citations, actions=actions)


async def share(call: Call, press: Press) -> None:
    """Shows everybody in the answer's thread what the person was told of it."""
    labels = await call.labels()
    record = await call.readable_answer(press.payload.subject, labels=labels)
    if record is None or press.payload.argument not in _SHARED:
        await call.whisper(call.words(Say.ANSWER_UNKNOWN))
        return
    told = _told(call, Verb(press.payload.argument), record, labels)
    thread = record.conversation.removeprefix(f"{call.place.channel_key}/")
    place = replace(call.place, thread=thread) if thread else call.place
    await _shared(call, place, told.text, told.citations)


async def share_told(call: Call, press: Press) -> None:
    """Shows everybody what the person was told a while ago, where all who read along may read its sources."""
    told = call.means.memories.get(press.payload.subject)
    if told is None or told.person.key != call.person.key or told.place.channel_key != call.place.channel_key:
        await call.whisper(call.words(Say.SHARE_GONE))
        return
    if not await call.may_share(told.citations):
        await call.whisper(call.words(Say.SHARE_LABELS))
        return
    call.means.memories.forget(press.payload.subject)
    place = call.place if call.place.thread else told.place
    await _shared(call, place, told.text, told.citations)


async def _shared(call: Call, place: Place, text: str, citations: tuple[Citation, ...]) -> None:
    notes = (call.words(Say.SHARED, who=call.person.name),) if call.person.name else ()
    for part in split(text, call.adapter.capabilities.message_characters):
        reply = Reply(text=part, citations=citations, notes=notes, language=call.language)
        await call.adapter.post(place, reply, nonce=call.means.new_id())


async def regenerate(call: Call, press: Press) -> None:
    """Asks the question of an answer once more."""
    record = await call.answer(press.payload.subject)
    if record is None:
        await call.whisper(call.words(Say.ANSWER_UNKNOWN))
        return
    await call.ask(record.answer.question, fresh=True)


async def follow_up(call: Call, press: Press) -> None:
    """Asks what an answer suggested."""
    record = await call.answer(press.payload.subject)
    number = int(press.payload.argument) if press.payload.argument.isdecimal() else -1
    labels = await call.labels()
    # Suggestions are made of the passages that were found: whoever may not read one of them is shown none.
    seen = record is not None and all(each.audience & labels for each in record.evidence)
    if record is None or not seen or not 0 <= number < len(record.suggestions):
        await call.whisper(call.words(Say.ANSWER_UNKNOWN))
        return
    await call.ask(record.suggestions[number])


async def retry(call: Call, press: Press) -> None:
    """Asks a question again that got no answer."""
    question = await call.means.store.questions.get(press.payload.subject)
    if question is None or question.place.channel_key != call.place.channel_key:
        await call.whisper(call.words(Say.ANSWER_UNKNOWN))
        return
    await call.ask(question.text, fresh=True)


async def stop_answer(call: Call, press: Press) -> None:
    """Ends the answer that is being written."""
    if not await call.desk.cancel(press.payload.subject, call.person):
        await call.whisper(call.words(Say.NOTHING_TO_STOP))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a person is told of an answer."""

    text: str
    citations: tuple[Citation, ...] = ()


def _told(call: Call, verb: Verb, record: AnswerRecord | None, labels: frozenset[str]) -> _Told:
    if record is None:
        return _Told(text=call.words(Say.ANSWER_UNKNOWN))
    if verb is Verb.WHY:
        return _Told(text=_reasons(call, record, labels))
    short = shortened(record)
    if short is None:
        return _Told(text=call.words(Say.SHORTER_NONE))
    return _Told(text=f"**{call.words(Say.SHORTER_TITLE)}**\n{short[0]}", citations=short[1])


def _sharing(call: Call, verb: Verb, record: AnswerRecord | None) -> tuple[tuple[Button, ...], ...]:
    """The button that shows others what was told; none where nobody else reads along."""
    if record is None or call.alone:
        return ()
    payload = Payload(verb=Verb.SHARE, subject=record.id, argument=verb)
    return ((Button(label=call.words(Say.SHARE), payload=payload),),)


def _reasons(call: Call, record: AnswerRecord, labels: frozenset[str]) -> str:
    seen = [each for each in record.evidence if each.audience & labels]
    blocks = [_sentences(call, record), _passages(call, record, seen)]
    if len(seen) < len(record.evidence):
        blocks.append(call.words(Say.WHY_HIDDEN))
    return "\n\n".join(blocks)


def _sentences(call: Call, record: AnswerRecord) -> str:
    lines = [f"**{call.words(Say.WHY_TITLE)}**"]
    for sentence in (sentence for block in grounded(record) for sentence in block):
        marks = "".join(f"[{number}]" for number in sentence.numbers) or call.words(Say.WHY_UNCITED)
        lines.append(f"- {_brief(_without_tables(sentence.text), _SENTENCE)} → {marks}")
    return "\n".join(lines)


def _passages(call: Call, record: AnswerRecord, seen: Sequence[EvidenceRecord]) -> str:
    lines = [f"**{call.words(Say.WHY_PASSAGES)}**"]
    cited = [each for each in seen if marks_of(each, record.answer)]
    shown = sorted({*seen[:_SHOWN], *cited}, key=lambda each: each.rank)
    for number, each in enumerate(shown, start=1):
        pages = () if each.page is None else (each.page,)
        where = place_of(each.title, each.section, pages, wording=call.means.wording, language=call.language)
        told = call.words(Say.WHY_PASSAGE, place=where, score=round(100 * each.score))
        marks = "".join(f" [{mark}]" for mark in marks_of(each, record.answer))
        lines += [f"{number}. {told}{marks}", f"   > {_brief(_without_tables(each.text), _EXCERPT)}"]
    return "\n".join(lines)


def _without_tables(text: str) -> str:
    """A passage's prose; of one that is all table, its cells."""
    prose = [line for line in text.splitlines() if not line.lstrip().startswith("|")]
    if any(line.strip() for line in prose):
        return "\n".join(prose)
    cells = [cell.strip() for line in text.splitlines() for cell in line.split("|")]
    return " · ".join(cell for cell in cells if cell.strip("-: "))


def _brief(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
