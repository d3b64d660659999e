"""Does what somebody typed about the answer before: shorter, its sources, more of it, another language, a rating."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Press
from bot.commands import answers, rating
from bot.commands.call import Call
from bot.offers import Verb, question_of
from bot.payloads import Payload
from bot.records import AnswerRecord, Rating
from bot.remarks import RATINGS, Remark, with_wish
from bot.wording import Say
from rag.follow_ups import depends
from rag.types import AnswerStatus, Language

_TURNS = 8
"""Questions back to which nothing is offered as news."""


async def remark(call: Call, press: Press) -> None:
    """Takes a remark for what the buttons under the last answer of the conversation do."""
    if press.payload.subject not in {*Remark}:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return
    wanted = Remark(press.payload.subject)
    if wanted in RATINGS:
        await rating.rate_latest(call, _rating(wanted))
        return
    latest = await call.means.store.answers.latest(call.place.key)
    record = await call.readable_answer(latest.id) if latest else None
    if record is None:
        await call.whisper(call.words(Say.REMARK_NONE))
        return
    match wanted:
        case Remark.IN_ENGLISH | Remark.IN_CHINESE:
            language = Language.EN if wanted is Remark.IN_ENGLISH else Language.ZH
            await call.ask(with_wish(record.answer.question, language))
        case _ if record.answer.status is not AnswerStatus.ANSWERED:
            await call.whisper(call.words(Say.REMARK_NONE))
        case Remark.SHORTER:
            await answers.shorter(call, _pressed(press, Verb.SHORTER, record))
        case Remark.SOURCES:
            await answers.why(call, _pressed(press, Verb.WHY, record))
        case Remark.MORE:
            await _more(call, record)
        case _:
            raise AssertionError(wanted)


def _rating(remark: Remark) -> dict[str, str]:
    """The arguments of the command that rates."""
    if remark is Remark.GOOD:
        return {"rating": Rating.UP}
    return {"rating": Rating.DOWN} | ({} if remark is Remark.BAD else {"reason": remark.value})


def _pressed(press: Press, verb: Verb, record: AnswerRecord) -> Press:
    return replace(press, payload=Payload(verb=verb, subject=record.id))


async def _more(call: Call, record: AnswerRecord) -> None:
    """Asks what stands near the answer and was not told yet: asked again, the library would say the same again."""
    labels = await call.labels()
    # As with the buttons: whoever may not read a passage that was found is told nothing of what stands in it.
    seen = all(each.audience & labels for each in record.evidence)
    turns = await call.means.store.conversations.turns(call.place.key, limit=_TURNS, audience=labels)
    told = {turn.question for turn in turns}
    # Headings that name something tell more than "What remained" does.
    topics = [question_of(topic, record) for topic in sorted(record.suggestions, key=depends) if seen]
    fresh = [topic for topic in topics if topic not in told]
    await (call.ask(fresh[0]) if fresh else call.whisper(call.words(Say.MORE_NONE)))
