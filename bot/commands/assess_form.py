"""The form of one axis of the feasibility check, and reading what was chosen or typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.commands.assessing import Check
from bot.commands.call import Call
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import FieldKind, Form, FormField, Option
from bot.saying_assess import AssessSay
from bot.wording import Say
from rag.assess import Axis, Choice, Question, answer_key, note_key
from rag.types import Language

NOTE: Final = "note"
UNKNOWN: Final = "0"
_UNKNOWN_TYPED = frozenset({"?", UNKNOWN, "-", "？"})
_MOST_CHARACTERS = 500
_TOLD_CHARACTERS = 40
_SHORT = re.compile(r"\d{1,3}|[?？]|[-－](?!\w)")
_LEAD = re.compile(rf"\s*(?:(?:{_SHORT.pattern})(?:[\s,，、;；/]+|$))+")
"""Answers at the beginning of a line, parted by blanks or commas of any width."""

_NOTE_TYPED = re.compile(r"(?:note|notes|own words|说明|备注|补充)\s*[:：]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Why what was typed cannot be stored."""

    told: str


def form_of(call: Call, check: Check, axis: Axis) -> Form:
    """A field for each question, and one for the reader's own words: fewer than Discord's five."""
    fields = [_field(call, check, axis, question) for question in axis.questions]
    note = FormField(
        name=NOTE,
        label=call.words(AssessSay.FORM_NOTE),
        kind=FieldKind.TEXT,
        value=check.answers.get(note_key(axis), ""),
        hint=call.words(AssessSay.FORM_HINT),
    )
    payload = Payload(verb=Verb.ASSESS_SAVE, subject=f"{check.whose}.{axis.id}", argument=call.language.value)
    return Form(title=axis.name.of(call.language), payload=payload, fields=(*fields, note), submit=call.words(Say.SAVE))


def numbered(call: Call, axis: Axis, typed: str) -> Mapping[str, str] | Unusable:
    """Answers that were typed in one line as the values of a form: numbers in order, then own words.

    Words alone are no answer to a question with choices: only behind `note:` they are kept without one.
    """
    lead = _LEAD.match(typed)
    short = _SHORT.findall(lead[0]) if lead else []
    words = typed[lead.end() :].strip() if lead else typed.strip()
    note = _NOTE_TYPED.match(words)
    asked = len(axis.questions)
    if len(short) > asked and words:
        # Own words may begin with a figure.
        places = list(_SHORT.finditer(typed))
        words, short, note = typed[places[asked].start() :].strip(), short[:asked], None
    if len(short) > asked or not (short or note):
        text = typed.strip()[:_TOLD_CHARACTERS]
        return Unusable(
            told=call.words(AssessSay.NO_ANSWERS, value=text, axis=axis.name.of(call.language), asked=asked)
        )
    words = words[note.end() :] if note else words
    values = {question.id: answer for question, answer in zip(axis.questions, short, strict=False)}
    return {**values, **({NOTE: words.strip()} if words.strip() else {})}


def read_answers(call: Call, axis: Axis, values: Mapping[str, str]) -> dict[str, str] | Unusable:
    """Answers by their keys; "" takes one out, a question that is not among the values stays as it was."""
    answers: dict[str, str] = {}
    for question in axis.questions:
        if question.id not in values:
            continue
        text = _plain(values[question.id])
        choice = _choice(question, text)
        if choice is None and text and text not in _UNKNOWN_TYPED:
            return Unusable(told=_wrong(call, question, values[question.id]))
        answers[answer_key(axis, question)] = choice.id if choice else ""
    if NOTE in values:
        note = "" if values[NOTE].strip() == "-" else values[NOTE].strip()
        if len(note) > _MOST_CHARACTERS:
            return Unusable(told=call.words(AssessSay.TOO_MANY, most=_MOST_CHARACTERS))
        answers[note_key(axis)] = note
    return answers


def _field(call: Call, check: Check, axis: Axis, question: Question) -> FormField:
    unknown = call.words(AssessSay.FORM_UNKNOWN)
    if question.fact is not None and question.fact in check.facts:
        told = question.of_number(check.facts[question.fact]).label.of(call.language)
        unknown = call.words(AssessSay.FORM_PROFILE, answer=told)
    options = [Option(label=unknown, value=UNKNOWN)]
    options += [
        Option(label=each.label.of(call.language), value=str(number))
        for number, each in enumerate(question.choices, start=1)
    ]
    answered = question.choice(check.answers.get(answer_key(axis, question), ""))
    value = str(question.choices.index(answered) + 1) if answered else UNKNOWN
    return FormField(
        name=question.id,
        label=question.ask.of(call.language),
        kind=FieldKind.CHOICE,
        value=value,
        options=tuple(options),
    )


def _choice(question: Question, text: str) -> Choice | None:
    """What somebody chose by its number, its words in either language, or its id."""
    if text.isdecimal() and len(text) < 3 and 0 < int(text) <= len(question.choices):
        return question.choices[int(text) - 1]
    for each in question.choices:
        if text in {each.id, *(_plain(each.label.of(language)) for language in (Language.ZH, Language.EN))}:
            return each
    return None


def _wrong(call: Call, question: Question, text: str) -> str:
    choices = [f"{number} = {each.label.of(call.language)}" for number, each in enumerate(question.choices, start=1)]
    listed = call.words(Say.LIST_SEPARATOR).join(choices)
    return call.words(
        AssessSay.WRONG, value=text[:_TOLD_CHARACTERS], question=question.ask.of(call.language), choices=listed
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
