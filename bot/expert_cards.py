"""What a question for an expert looks like in each state, and what the expert answered. Pure."""

from __future__ import annotations

from bot.expert_records import ExpertRequest, RequestState
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Button, Reply, Style
from bot.saying_experts import ExpertSay
from bot.splitting import split
from bot.wording import Wording
from rag.types import Language

_TITLE = 200
_LONG_WORD = 20
_STATES = {
    RequestState.ASKED: ExpertSay.STATE_ASKED,
    RequestState.CLAIMED: ExpertSay.STATE_CLAIMED,
    RequestState.ANSWERED: ExpertSay.STATE_ANSWERED,
    RequestState.CLOSED: ExpertSay.STATE_CLOSED,
}
_ACTIONS: dict[RequestState, tuple[tuple[Verb, ExpertSay], ...]] = {
    RequestState.ASKED: (
        (Verb.EXPERT_CLAIM, ExpertSay.CLAIM),
        (Verb.EXPERT_CLOSE, ExpertSay.CLOSE),
    ),
    RequestState.CLAIMED: (
        (Verb.EXPERT_OPEN, ExpertSay.ANSWER),
        (Verb.EXPERT_RELEASE, ExpertSay.RELEASE),
        (Verb.EXPERT_CLOSE, ExpertSay.CLOSE),
    ),
}
_NAMED = frozenset({RequestState.CLAIMED, RequestState.ANSWERED})


def request_card(request: ExpertRequest, wording: Wording, *, refused: bool) -> Reply:
    """The question with its state and what can be done about it; the one message that may call somebody."""
    language = request.language
    why = wording.say(ExpertSay.REFUSED if refused else ExpertSay.WANTED, language)
    text = f"{wording.say(ExpertSay.TITLE, language)}\n\n{_quoted(request.text)}\n\n{why}"
    notes = [state_of(request, wording, language)]
    if request.state is RequestState.ASKED:
        notes.append(wording.say(ExpertSay.HOW, language))
    buttons = tuple(
        expert_button(verb, label, request.id, wording=wording, language=language, first=not number)
        for number, (verb, label) in enumerate(_ACTIONS.get(request.state, ()))
    )
    actions = (buttons,) if buttons else ()
    return Reply(text=text, notes=tuple(notes), actions=actions, language=language, mention=request.mention)


def reminder_card(request: ExpertRequest, wording: Wording) -> Reply:
    """What is said once when nobody has answered for long."""
    language = request.language
    text = f"{wording.say(ExpertSay.REMINDER, language)}\n\n{_quoted(request.text)}"
    note = state_of(request, wording, language)
    verb, label = (Verb.EXPERT_CLAIM, ExpertSay.CLAIM)
    if request.state is RequestState.CLAIMED:
        verb, label = (Verb.EXPERT_OPEN, ExpertSay.ANSWER)
    action = expert_button(verb, label, request.id, wording=wording, language=language, first=True)
    return Reply(text=text, notes=(note,), actions=((action,),), language=language, mention=request.mention)


def answer_cards(request: ExpertRequest, wording: Wording, *, characters: int) -> tuple[Reply, ...]:
    """The expert's answer under the expert's name, in as many messages as the platform needs."""
    language = request.language
    title = wording.say(ExpertSay.ANSWERS, language, name=request.name)
    question = _quoted(one_line(request.text, _TITLE))
    note = wording.say(ExpertSay.UNCHECKED, language)
    # The note stands in the last message and needs room there.
    parts = split(f"{title}\n\n{question}\n\n{request.answer}", characters - len(note) - 2)
    save = expert_button(Verb.EXPERT_SAVE, ExpertSay.SAVE, request.id, wording=wording, language=language)
    replies = [Reply(text=part, language=language) for part in parts[:-1]]
    return (*replies, Reply(text=parts[-1], notes=(note,), actions=((save,),), language=language))


def one_line(text: str, most: int) -> str:
    """A text on one line of at most `most` characters, cut at a blank where one is near: Chinese has none."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    head = line[: most - 1]
    words, _, rest = head.rpartition(" ")
    return f"{(words if words and len(rest) < _LONG_WORD else head).rstrip()}…"


def state_of(request: ExpertRequest, wording: Wording, language: Language) -> str:
    """Where a request stands, in a sentence."""
    named = {"name": request.name} if request.state in _NAMED else {}
    return wording.say(_STATES[request.state], language, **named)


def expert_button(
    verb: Verb, label: ExpertSay, subject: str, *, wording: Wording, language: Language, first: bool = False
) -> Button:
    """A button that works after a restart, in the language of its reader."""
    spoken = Language.ZH if language is Language.ZH else Language.EN
    payload = Payload(verb=verb, subject=subject, argument=spoken.value)
    return Button(label=wording.say(label, language), payload=payload, style=Style.PRIMARY if first else Style.PLAIN)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line.strip() else ">" for line in text.strip().splitlines())
