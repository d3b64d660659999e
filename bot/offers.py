"""What is offered beneath an answer: ratings, why these sources, another or a shorter answer, and what to ask next."""

from __future__ import annotations

from enum import StrEnum

from bot.payloads import Payload
from bot.records import AnswerRecord
from bot.replies import Action, Button, Style
from bot.saying_experts import ExpertSay
from bot.shortening import shortened
from bot.suggestions import topic_of
from bot.wording import Say, Wording
from rag.follow_ups import depends
from rag.types import Answer, AnswerStatus, Language


class Verb(StrEnum):
    """What a button or a form does. The subject is an answer's id, for `RETRY` and `STOP` a question's."""

    UP = "up"
    DOWN = "down"
    REASON = "reason"
    EXPLAIN = "explain"
    FEEDBACK_OPEN = "feedback"
    """Opens the form of what was wrong with the answer that was chosen from a list."""

    COMMAND = "command"
    """Calls a command: the subject is its identifier and what follows it, joined by a dot."""

    WHY = "why"
    SHORTER = "shorter"
    SHARE = "share"
    """Shows everybody what one person was told; the argument is the verb that told it."""

    REGENERATE = "again"
    FOLLOW_UP = "next"
    RETRY = "retry"
    REMARK = "remark"
    """Does what somebody typed about the answer before; the subject is a `bot.remarks.Remark`, and no button has it."""
    STOP = "stop"
    CASE = "case"
    """Shows the case that was chosen from a list. It and the verbs below carry the reader's language as argument."""

    COMPARE = "compare"
    """Puts the chosen case beside another one, which is the subject."""

    CONFIG_OPEN = "config"
    CONFIG_SAVE = "config-save"
    """A form of settings; the subject is the form's name."""

    CONFIG_RESET = "config-reset"
    """Takes a setting of the channel back to what it inherits, or all of them; the subject is which."""

    PROFILE_OPEN = "profile"
    PROFILE_SAVE = "profile-save"
    """A form of a profile; the subject is whose it is."""

    PROFILE_SWITCH = "profile-switch"
    REINDEX_CANCEL = "reindex-cancel"
    """Breaks off an index run, which is the subject."""
    PRIVACY = "privacy"
    """What is kept of whoever presses; the subject is what to do with it."""

    RISK = "risk"
    """Shows the card of what was chosen. For it and the next two the subject is a list's id, or a language."""

    RISK_ACT = "risk-act"
    """Does something to an item; the argument is the act and the item, such as `done.data-breach`."""

    RISK_FORM = "risk-form"
    RISK_OPEN = "risk-open"
    RISK_SAVE = "risk-save"
    """A form with all that one decides about a risk; the subject is a language."""

    RISK_VIEW = "risk-view"
    """Shows the register, the map and the like: the subject says which, the argument is the reader's language."""
    EXPERT_ASK = "expert"
    """Puts a question to the channel's expert; the subject is an answer's id, of the verbs below a request's."""

    EXPERT_CLAIM = "expert-claim"
    EXPERT_RELEASE = "expert-release"
    EXPERT_OPEN = "expert-open"
    EXPERT_ANSWER = "expert-answer"
    EXPERT_THIS = "expert-this"
    EXPERT_CLOSE = "expert-close"
    EXPERT_SAVE = "expert-save"
    UPLOAD_OPEN = "upload"
    """Opens the form for files; the subject of the four verbs after `UPLOAD_FILES` is a batch or a hand-in."""

    UPLOAD_FILES = "upload-files"
    HAND_IN_OPEN = "hand-in"
    HAND_IN_SAVE = "hand-in-save"
    HAND_IN_DROP = "hand-in-drop"
    HAND_IN_REVISE = "hand-in-revise"
    PROPOSAL_SHOW = "proposal"
    """What waits for review; the subject of these is a number, of a form also the revision that was read."""

    PROPOSAL_EDIT = "proposal-edit"
    PROPOSAL_SAVE = "proposal-save"
    PROPOSAL_APPROVE = "proposal-yes"
    PROPOSAL_OPEN = "proposal-form"
    PROPOSAL_DECLINE = "proposal-no"
    SHELF_SHOW = "shelf"
    """A document from the chat; the subject of these is its id and the revision that was read."""

    SHELF_ACT = "shelf-act"
    SHELF_ROLL = "shelf-roll"
    SHELF_EDIT = "shelf-edit"
    SHELF_SAVE = "shelf-save"
    GAP_CLOSE = "gap-close"
    SAVE = "save"
    """Makes a document of what an admin has put into a form."""
    GAP_SHOW = "gap"
    """Shows the gap that was chosen with those that ask the same. The subject of the verbs below is a slip."""

    GAP_ADD = "gap-add"
    GAP_CHECK = "gap-check"
    GAP_DECLINE = "gap-decline"
    GAP_DONE = "gap-done"
    GAP_REOPEN = "gap-reopen"
    LIMIT_SET = "limit-set"
    LABELS_SET = "labels-set"
    EVAL_CANCEL = "eval-cancel"
    """Breaks a run over labelled questions off, which is the subject."""

    INPUT_ADD = "input-add"
    """Confirms an input, whose number is the subject; so it is of the next."""

    INPUT_REMOVE = "input-remove"
    INPUT_OPEN = "input-form"
    INPUT_SAVE = "input-save"
    ASSESS_OPEN = "assess"
    ASSESS_SAVE = "assess-save"
    """A form of one axis; the subject is whose check it is and the axis, joined by a dot."""

    ASSESS_SHOW = "assess-show"
    ASSESS_EXPORT = "assess-export"
    ASSESS_REPEAT = "assess-repeat"
    ASSESS_DELETE = "assess-delete"

    SHARE_TOLD = "share-told"
    """The same for what rests on sources and is no answer; the subject is what it was kept under."""

    SHARE_HERE = "share-here"
    """Shows everybody what one person was told; done by the platform that told it."""


def button(
    verb: Verb, label: Say, subject: str, *, wording: Wording, language: Language, style: Style = Style.PLAIN
) -> Button:
    """A button whose label is one of the bot's texts."""
    return Button(label=wording.say(label, language), payload=Payload(verb=verb, subject=subject), style=style)


def answer_actions(record: AnswerRecord, wording: Wording, *, expert: bool = False) -> tuple[tuple[Action, ...], ...]:
    """The rows of buttons under a finished answer; no button that could do nothing.

    Under a refusal there is none but the way to an expert, where the channel has one.
    """
    answer, language = record.answer, record.answer.language
    if answer.status is not AnswerStatus.ANSWERED:
        asked = expert and answer.status is AnswerStatus.REFUSED
        return ((_ask_expert(record, wording),),) if asked else ()
    offered = [(Verb.UP, Say.UP), (Verb.DOWN, Say.DOWN)]
    if record.answer.citations:
        offered.append((Verb.WHY, Say.WHY))
    if shortened(record) is not None:
        offered.append((Verb.SHORTER, Say.SHORTER))
    if _may_differ(answer):
        offered.append((Verb.REGENERATE, Say.REGENERATE))
    buttons = [button(verb, label, record.id, wording=wording, language=language) for verb, label in offered]
    # Discord takes five buttons in a row.
    human = (_ask_expert(record, wording),) if expert else ()
    return tuple(row for row in (tuple(buttons), human, _follow_ups(record)) if row)


def question_of(topic: str, record: AnswerRecord) -> str:
    """A suggested topic as one asks for it: one that says little by itself, such as "What remained", with its document.

    Behind earlier questions such a topic would find what they found.
    """
    if not depends(topic):
        return topic
    titles = (each.title for each in record.evidence if topic_of(each.section) == topic)
    title = next(titles, "")
    return f"{title} · {topic}" if title else topic


def _ask_expert(record: AnswerRecord, wording: Wording) -> Action:
    label = wording.say(ExpertSay.BUTTON, record.answer.language)
    return Button(label=label, payload=Payload(verb=Verb.EXPERT_ASK, subject=record.id))


def _follow_ups(record: AnswerRecord) -> tuple[Action, ...]:
    return tuple(
        Button(label=topic, payload=Payload(verb=Verb.FOLLOW_UP, subject=record.id, argument=str(index)))
        for index, topic in enumerate(record.suggestions)
    )


def _may_differ(answer: Answer) -> bool:
    """Whether asking again may give another answer: the library quoted without any model says the same twice."""
    return answer.writing is not None and bool(answer.writing.model or answer.writing.notices)
