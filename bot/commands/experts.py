"""Asking an expert, taking a question, answering it, and proposing the answer for the library."""

from __future__ import annotations

from bot.channel_rules import channel_labels, effective_settings
from bot.chat import Person, Press, Standing, Submission
from bot.commands.call import Call
from bot.document_records import HandIn, HandInState, Shelf
from bot.documents.rendering import readers_of, titled
from bot.expert_cards import expert_button, state_of
from bot.expert_desk import MOST_CHARACTERS, expert_of, may_answer
from bot.expert_records import ExpertRequest, RequestState
from bot.mentions import Mention, MentionKind
from bot.neighbours import Membership
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Button, FieldKind, Form, FormField
from bot.saying_experts import ExpertSay
from bot.wording import Say, spoken

_MOST_WAITING = 10
"""Open questions of a channel: more would only be more calls to the same people."""

_PREFILLED = 3_000
"""Longest text that Slack's forms take as what stands in a field at first."""

_TEXT = "text"


async def ask(call: Call, press: Press) -> None:
    """Puts the question of an answer to the channel's expert, once."""
    record = await call.answer(press.payload.subject)
    if record is None:
        await call.whisper(call.words(Say.ANSWER_UNKNOWN))
        return
    if call.place.private or call.person.standing is Standing.STRANGER:
        await call.whisper(call.words(ExpertSay.ALONE if call.place.private else Say.MEMBERS_ONLY))
        return
    settings = await effective_settings(call.means.store.settings, call.place.channel_key)
    mention, question = expert_of(settings), await call.means.store.questions.get(record.question_id)
    if mention is None or question is None:
        await call.whisper(call.words(ExpertSay.NO_EXPERT if mention is None else Say.ANSWER_UNKNOWN))
        return
    if await call.means.store.experts.waiting(call.place.channel_key) >= _MOST_WAITING:
        await call.whisper(call.words(ExpertSay.MANY))
        return
    fresh = ExpertRequest(
        id=call.means.new_id(),
        question_id=record.question_id,
        answer_id=record.id,
        place=question.place,
        text=record.answer.question,
        language=spoken(record.answer.question, call.language),
        mention=mention,
        asked_at=call.means.now(),
        audience=channel_labels(settings),
    )
    request = await call.means.store.experts.ask(fresh)
    await call.means.experts.show(request)
    known = request.id != fresh.id
    await call.whisper(_state(call, request) if known else call.words(ExpertSay.SENT))


async def claim(call: Call, press: Press) -> None:
    """Gives a question to whoever takes it first."""
    request = await _open_request(call, press.payload.subject)
    if request is None or not await _is_expert(call, request):
        return
    name = _name(call.person)
    taken = await call.means.store.experts.claim(request.id, person=call.person.key, name=name, at=call.means.now())
    request = await _show(call, request)
    if not taken:
        await call.whisper(call.words(ExpertSay.NOT_YOURS, state=_state(call, request)))
        return
    claimed = call.words(ExpertSay.CLAIMED if _is_read_along(call) else ExpertSay.CLAIMED_FORM)
    await call.whisper(claimed, actions=((_answer_button(call, request),),))


def _is_read_along(call: Call) -> bool:
    """Whether what an expert writes without a mention becomes part of the answer; in a terminal it is a question."""
    can = call.adapter.capabilities
    return can.overhears and not can.paths


async def release(call: Call, press: Press) -> None:
    """Takes a question back from whoever has it; an admin may do that for somebody who is away."""
    request = await _open_request(call, press.payload.subject)
    if request is None:
        return
    holder = request.expert if call.means.is_admin(call.person) else call.person.key
    if not await call.means.store.experts.release(request.id, person=holder):
        await call.whisper(call.words(ExpertSay.NOT_YOURS, state=_state(call, request)))
        return
    await _show(call, request)
    await call.whisper(call.words(ExpertSay.RELEASED))


async def close(call: Call, press: Press) -> None:
    """Ends a question without an answer: whoever asked, has it, or is an admin may."""
    request = await _open_request(call, press.payload.subject)
    if request is None:
        return
    question = await call.means.store.questions.get(request.question_id)
    allowed = {request.expert, question.person.key if question else ""}
    if call.person.key not in allowed and not call.means.is_admin(call.person):
        await call.whisper(call.words(ExpertSay.NOT_YOURS, state=_state(call, request)))
        return
    ended = await call.means.store.experts.close(request.id)
    request = await _show(call, request)
    await call.whisper(call.words(ExpertSay.CLOSED) if ended else _gone(call, request))


async def open_form(call: Call, press: Press) -> None:
    """Shows the form for an answer, with what the expert wrote in the thread."""
    request = await _own_request(call, press.payload.subject)
    if request is None:
        return
    field = FormField(
        name=_TEXT,
        label=call.words(ExpertSay.FORM_TEXT),
        kind=FieldKind.TEXT,
        # A form would cut a longer one without a word.
        value=request.draft if len(request.draft) <= _PREFILLED else "",
        hint=call.words(ExpertSay.FORM_HINT),
        required=True,
    )
    payload = Payload(verb=Verb.EXPERT_ANSWER, subject=request.id, argument=call.language.value)
    form = Form(title=call.words(ExpertSay.FORM), payload=payload, fields=(field,), submit=call.words(Say.SEND))
    if not await call.open_form(form):
        await call.whisper(call.words(ExpertSay.EMPTY))


async def submit(call: Call, submission: Submission) -> None:
    """Takes the answer of a form."""
    request = await _own_request(call, submission.payload.subject)
    if request is not None:
        await _answer(call, request, submission.values.get(_TEXT, "").strip())


async def confirm(call: Call, press: Press) -> None:
    """Takes what the expert wrote in the thread for the answer."""
    request = await _own_request(call, press.payload.subject)
    if request is not None:
        await _answer(call, request, request.draft.strip())


async def propose(call: Call, press: Press) -> None:
    """Proposes an answer for the library: the expert who gave it may, or an admin."""
    request = await _request(call, press.payload.subject)
    if request is None:
        return
    own = request.expert == call.person.key
    if request.state is not RequestState.ANSWERED or not request.answer or not (own or _is_admin(call)):
        await call.whisper(call.words(ExpertSay.NOT_YOURS, state=_state(call, request)))
        return
    # The channel may have been given labels since the question was asked.
    settings = await effective_settings(call.means.store.settings, call.place.channel_key)
    hand_in_id, title = call.means.new_id(), titled(request.text)
    proposed = HandIn(
        id=hand_in_id,
        claim=f"answer/{request.id}",
        batch=hand_in_id,
        shelf=Shelf.ANSWERS,
        person=request.expert,
        name=request.name,
        place=request.place,
        # The heading is the title as it was proposed: one that is still the same is in the words of whoever asked.
        title=title,
        heading=title,
        text=request.answer,
        question_id=request.question_id,
        suffix=".md",
        language=request.language,
        audience=frozenset(readers_of(request.audience | channel_labels(settings))),
        at=call.means.now(),
        state=HandInState.PROPOSED,
    )
    added = await call.means.store.hand_ins.add(proposed)
    await call.whisper(call.words(ExpertSay.PROPOSED if added else ExpertSay.PROPOSED_BEFORE))


async def _answer(call: Call, request: ExpertRequest, text: str) -> None:
    if not text or len(text) > MOST_CHARACTERS:
        say = call.words(ExpertSay.DRAFT_LONG, most=MOST_CHARACTERS) if text else call.words(ExpertSay.EMPTY)
        await call.whisper(say)
        return
    books, now = call.means.store.experts, call.means.now()
    done = await books.answer(request.id, text, person=call.person.key, at=now)
    request = await books.get(request.id) or request
    if not done:
        await call.whisper(_gone(call, request))
        return
    await call.means.experts.tell_answer(request)
    save = expert_button(
        Verb.EXPERT_SAVE, ExpertSay.SAVE, request.id, wording=call.means.wording, language=call.language
    )
    await call.whisper(call.words(ExpertSay.ANSWERED), actions=((save,),))


async def _request(call: Call, request_id: str) -> ExpertRequest | None:
    """A request of this channel; one of another channel is nobody's business here. Tells when there is none."""
    request = await call.means.store.experts.get(request_id)
    if request is None or request.place.channel_key != call.place.channel_key:
        await call.whisper(call.words(Say.ANSWER_UNKNOWN))
        return None
    return request


async def _open_request(call: Call, request_id: str) -> ExpertRequest | None:
    request = await _request(call, request_id)
    if request is None or not request.state.ended:
        return request
    await call.whisper(_gone(call, request))
    return None


async def _own_request(call: Call, request_id: str) -> ExpertRequest | None:
    request = await _open_request(call, request_id)
    if request is None or request.expert == call.person.key:
        return request
    await call.whisper(call.words(ExpertSay.NOT_YOURS, state=_state(call, request)))
    return None


async def _is_expert(call: Call, request: ExpertRequest) -> bool:
    called = request.mention
    if called is None:
        # Whom it called is forgotten: it is for whom the channel calls now.
        called = expert_of(await effective_settings(call.means.store.settings, call.place.channel_key))
    allowed = _is_admin(call) or (called is not None and await _is_meant(call, called))
    if not allowed:
        await call.whisper(call.words(ExpertSay.NOT_EXPERT))
    return allowed


async def _is_meant(call: Call, mention: Mention) -> bool:
    if mention.kind is MentionKind.GROUP and isinstance(call.adapter, Membership):
        return await call.adapter.belongs(call.person, mention.id)
    return may_answer(mention, call.person)


async def _show(call: Call, request: ExpertRequest) -> ExpertRequest:
    """Brings the message of a request up to date and returns how it stands."""
    now = await call.means.store.experts.get(request.id) or request
    await call.means.experts.show(now)
    return now


def _answer_button(call: Call, request: ExpertRequest) -> Button:
    return expert_button(
        Verb.EXPERT_OPEN, ExpertSay.ANSWER, request.id, wording=call.means.wording, language=call.language
    )


def _state(call: Call, request: ExpertRequest) -> str:
    return state_of(request, call.means.wording, call.language)


def _gone(call: Call, request: ExpertRequest) -> str:
    return call.words(ExpertSay.GONE, state=_state(call, request))


def _is_admin(call: Call) -> bool:
    return call.means.is_admin(call.person)


def _name(person: Person) -> str:
    """What an expert is called under their answer; they see it before they answer."""
    return " ".join(person.name.split())[:80] or f"@{person.id}"
