"""What readers think of an answer: saved at the click, then an optional reason; a later word replaces the earlier."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat import Press, Submission
from bot.commands.call import Call
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import AnswerRecord, FeedbackRecord, Rating
from bot.replies import Button, FieldKind, Form, FormField
from bot.usage import channel_of
from bot.verdicts import verdict_of
from bot.wording import Say

_OTHER = "other"
REASONS = {
    "wrong": Say.REASON_WRONG,
    "outdated": Say.REASON_OUTDATED,
    "missing": Say.REASON_MISSING,
    "unclear": Say.REASON_UNCLEAR,
    _OTHER: Say.REASON_OTHER,
}
"""Slugs of the reasons, and how they read."""

_TEXT = "text"
_REASON = "reason"


async def rate(call: Call, press: Press) -> None:
    """Saves a thumb, and asks what was wrong."""
    rating = Rating.UP if press.payload.verb == Verb.UP else Rating.DOWN
    await _rate(call, press.payload.subject, rating)


async def rate_latest(call: Call, arguments: Mapping[str, str]) -> None:
    """Saves a rating of the last answer in the conversation, for the command; of a bad one also the reason."""
    record = await call.means.store.answers.latest(call.place.key)
    if record is None:
        await call.whisper(call.words(Say.NOTHING_RATED))
        return
    rating, reason, text = Rating(arguments["rating"]), arguments.get(_REASON, ""), arguments.get(_TEXT, "")
    if rating is Rating.DOWN and reason and await call.answer(record.id):
        await _save_reason(call, record, reason, text)
        return
    await _rate(call, record.id, rating, text=text)


def typed(text: str) -> dict[str, str] | None:
    """The arguments that somebody's own words are, such as "没用，数字太旧"; None for words that rate nothing."""
    verdict = verdict_of(text)
    if verdict is None:
        return None
    given = {"rating": Rating.UP if verdict.good else Rating.DOWN, _REASON: verdict.reason, _TEXT: verdict.text}
    return {name: value for name, value in given.items() if value}


async def give_reason(call: Call, press: Press) -> None:
    """Saves why an answer was bad; "something else" is asked for in a form."""
    answer_id, reason = press.payload.subject, press.payload.argument
    if reason not in REASONS:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return
    if reason == _OTHER and await call.open_form(_form(call, answer_id)):
        return
    await _save_reason(call, await call.answer(answer_id), reason, "")


async def open_form(call: Call, press: Press) -> None:
    """Asks what was wrong with the answer that was chosen from a list."""
    answer_id = press.values[0] if press.values else press.payload.subject
    if await _rated(call, answer_id) is None:
        await call.whisper(call.words(Say.ANSWER_UNKNOWN))
        return
    await call.open_form(_form(call, answer_id))


async def explain(call: Call, submission: Submission) -> None:
    """Saves what somebody wrote about an answer."""
    record = await _rated(call, submission.payload.subject)
    await _save_reason(call, record, _OTHER, submission.values.get(_TEXT, "").strip())


async def _rate(call: Call, answer_id: str, rating: Rating, *, text: str = "") -> None:
    if await call.answer(answer_id) is None:
        await call.whisper(call.words(Say.ANSWER_UNKNOWN))
        return
    earlier = await call.means.store.feedback.get(answer_id, call.person.key)
    same = earlier if earlier and earlier.rating is rating else None
    await _save(
        call,
        FeedbackRecord(
            answer_id=answer_id,
            person=call.person.key,
            rating=rating,
            at=call.means.now(),
            reason=_OTHER if text else same.reason if same else "",
            text=text or (same.text if same else ""),
        ),
    )
    if rating is Rating.UP or text:
        await call.whisper(call.words(Say.THANKS))
        return
    reasons = tuple(
        Button(label=call.words(label), payload=Payload(verb=Verb.REASON, subject=answer_id, argument=slug))
        for slug, label in REASONS.items()
    )
    await call.whisper(call.words(Say.WHAT_WAS_WRONG), actions=(reasons,))


async def _rated(call: Call, answer_id: str) -> AnswerRecord | None:
    """An answer that was given here, or to the person's own question elsewhere."""
    if record := await call.answer(answer_id):
        return record
    record = await call.means.store.answers.get(answer_id)
    question = await call.means.store.questions.get(record.question_id) if record else None
    return record if question and question.person.key == call.person.key else None


async def _save_reason(call: Call, record: AnswerRecord | None, reason: str, text: str) -> None:
    if record is None:
        await call.whisper(call.words(Say.ANSWER_UNKNOWN))
        return
    await _save(
        call,
        FeedbackRecord(
            answer_id=record.id,
            person=call.person.key,
            rating=Rating.DOWN,
            at=call.means.now(),
            reason=reason,
            text=text,
        ),
    )
    told = text if text else call.words(REASONS[reason]).rstrip(" …")
    await call.whisper(call.words(Say.REASON_NOTED, reason=told))


async def _save(call: Call, feedback: FeedbackRecord) -> None:
    """Stores a person's word in place of their earlier one, and counts it so."""
    earlier = await call.means.store.feedback.get(feedback.answer_id, feedback.person)
    await call.means.store.feedback.save(feedback)
    answer = await call.means.store.answers.get(feedback.answer_id)
    if call.means.oversight is None or answer is None or (earlier and earlier.rating is feedback.rating):
        return
    meter, channel = call.means.oversight.meter, channel_of(call.place)
    if earlier:
        meter.rated(channel, answer, earlier.rating, amount=-1)
    meter.rated(channel, answer, feedback.rating, amount=1)


def _form(call: Call, answer_id: str) -> Form:
    return Form(
        title=call.words(Say.REASON_FORM),
        payload=Payload(verb=Verb.EXPLAIN, subject=answer_id),
        fields=(
            FormField(
                name=_TEXT,
                label=call.words(Say.REASON_TEXT),
                kind=FieldKind.TEXT,
                hint=call.words(Say.REASON_HINT),
                required=True,
            ),
        ),
        submit=call.words(Say.SEND),
    )
