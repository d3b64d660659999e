"""`assess`: a guided feasibility check, a form for each axis, whose result is cited, exported, and repeated later."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat import Press, Submission
from bot.commands.assess_form import Unusable, form_of, numbered, read_answers
from bot.commands.assess_report import exported, find, report, score_line
from bot.commands.assessing import MINE, TEAM, Check, note_act, open_check
from bot.commands.call import Call
from bot.commands.registry import Argument, ArgumentKind, Command
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Action, Button, File, Style
from bot.saying_assess import AssessSay
from bot.wording import Say
from rag.assess import Axis
from rag.types import Language

AXES = ("demand", "technology", "competition", "funding", "team", "data")
_ACTIONS = ("show", "answer", "export", "repeat", "delete")
_ROW = 3
_SURE = "sure"


def command() -> Command:
    """The command."""
    actions = (*_ACTIONS, TEAM, *(f"{TEAM}-{each}" for each in _ACTIONS[1:]))
    return Command(
        name="assess",
        run=run,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=actions, implied="answer"),
            Argument(name="axis", kind=ArgumentKind.CHOICE, choices=AXES),
            Argument(name="answers"),
        ),
    )


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Shows a check, or changes it."""
    given = arguments.get("action", "show")
    whose = TEAM if given.startswith(TEAM) else MINE
    check = await open_check(call, whose)
    if check is None:
        return
    match given.removeprefix(TEAM).removeprefix("-") or "show":
        case "answer":
            await _answer(call, check, arguments)
        case "export":
            await _export(call, check)
        case "repeat":
            await _repeat(call, check)
        case "delete":
            await _delete(call, check, sure=False)
        case _:
            await _open(call, check)


async def _answer(call: Call, check: Check, arguments: Mapping[str, str]) -> None:
    axis = _axis(call, arguments.get("axis", ""))
    if axis is None:
        names = call.words(Say.LIST_SEPARATOR).join(_names(call).values())
        await call.whisper(call.words(AssessSay.WHICH, usage=_usage(call), axes=names))
        return
    if typed := arguments.get("answers", ""):
        values = numbered(call, axis, typed)
        if isinstance(values, Unusable):
            told = _questions(call, check, axis)
            await call.whisper(f"{values.told}\n\n{told}", actions=_one_button(call, check, axis))
            return
        await _save(call, check, axis, values)
        return
    if not await call.open_form(form_of(call, check, axis)):
        await call.whisper(_questions(call, check, axis))


async def _open(call: Call, check: Check) -> None:
    if check.rounds:
        await _result(call, check)
        return
    axes = call.words(Say.LIST_SEPARATOR).join(each.name.of(call.language) for each in call.means.axes)
    blocks = [
        call.words(AssessSay.INTRO, axes=axes, questions=check.now.asked),
        call.words(AssessSay.INTRO_PROFILE, usage=call.typed("profile")),
        call.words(AssessSay.INTRO_TYPED, usage=_usage(call, check)),
    ]
    await call.whisper("\n\n".join(blocks), actions=_axis_rows(call, check))


def _usage(call: Call, check: Check | None = None, axis: Axis | None = None) -> str:
    """How to answer an axis by typing."""
    action = f"{TEAM}-answer" if check and check.whose == TEAM else "answer"
    if axis is None:
        return call.typed("assess", action=action, axis="")
    return call.typed("assess", action=action, axis=_names(call)[axis.id], answers="3 2 ?")


def _questions(call: Call, check: Check, axis: Axis) -> str:
    lines = []
    for number, question in enumerate(axis.questions, start=1):
        choices = [f"{at} = {each.label.of(call.language)}" for at, each in enumerate(question.choices, start=1)]
        colon = "：" if call.language is Language.ZH else ": "
        lines.append(f"{number}. {question.ask.of(call.language)}{colon}{' · '.join(choices)}")
    told = {"axis": axis.name.of(call.language), "questions": "\n".join(lines)}
    return call.words(AssessSay.TYPED, usage=_usage(call, check, axis), **told)


async def open_form(call: Call, press: Press) -> None:
    """Shows the form of one axis: that of the button, or the one that was chosen from a list."""
    whose, axis = _subject(call, press.payload)
    axis = _axis(call, press.values[0]) if press.values else axis
    if axis is None:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return
    if check := await open_check(call, whose):
        await call.open_form(form_of(call, check, axis))


async def submit(call: Call, submission: Submission) -> None:
    """Stores the answers of a form."""
    whose, axis = _subject(call, submission.payload)
    if axis is None:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return
    if check := await open_check(call, whose):
        await _save(call, check, axis, submission.values)


async def show(call: Call, press: Press) -> None:
    """Shows how a check stands."""
    if check := await open_check(call, press.payload.subject):
        await _result(call, check)


async def export(call: Call, press: Press) -> None:
    """Gives a check as a file."""
    if check := await open_check(call, press.payload.subject):
        await _export(call, check)


async def repeat(call: Call, press: Press) -> None:
    """Begins another round."""
    if check := await open_check(call, press.payload.subject):
        await _repeat(call, check)


async def delete(call: Call, press: Press) -> None:
    """Deletes a check, when asked a second time."""
    whose, _, sure = press.payload.subject.partition(".")
    if check := await open_check(call, whose):
        await _delete(call, check, sure=sure == _SURE)


async def _save(call: Call, check: Check, axis: Axis, values: Mapping[str, str]) -> None:
    answers = read_answers(call, axis, values)
    if isinstance(answers, Unusable):
        await call.whisper(answers.told, actions=_one_button(call, check, axis))
        return
    await note_act(call, check, {"action": "answer", "axis": axis.id})
    books, now = call.means.store.assessments, call.means.now()
    await books.answer(check.owner, check.round, answers, facts=check.facts, at=now)
    after = await open_check(call, check.whose)
    if after is None:
        return
    score = next(each for each in after.now.axes if each.axis.id == axis.id)
    text = score_line(call, score, AssessSay.NOTED)
    left = [each.axis for each in after.now.axes if each.gaps and each.axis.id != axis.id]
    later = [each for each in left if AXES.index(each.id) > AXES.index(axis.id)] or left
    row: tuple[Action, ...] = (_button(call, AssessSay.SHOW, Verb.ASSESS_SHOW, after.whose),)
    if later and call.adapter.capabilities.forms:
        label = call.words(AssessSay.NEXT, axis=later[0].name.of(call.language))
        payload = _axis_payload(call, after, later[0])
        row = (Button(label=label, payload=payload, style=Style.PRIMARY), *row)
    await call.whisper(text, actions=(row,))


async def _result(call: Call, check: Check) -> None:
    if not check.rounds:
        await call.whisper(call.words(AssessSay.NONE), actions=_axis_rows(call, check))
        return
    findings = await find(call, check, quotes=1)
    verbs = (
        (AssessSay.EXPORT, Verb.ASSESS_EXPORT),
        (AssessSay.REPEAT, Verb.ASSESS_REPEAT),
        (AssessSay.DELETE, Verb.ASSESS_DELETE),
    )
    rest = tuple(_button(call, label, verb, check.whose) for label, verb in verbs)
    await call.whisper(
        await report(call, check, findings),
        citations=findings.citations,
        notes=(call.words(AssessSay.RULES),),
        actions=(*_axis_rows(call, check), rest),
    )


async def _export(call: Call, check: Check) -> None:
    if not check.rounds:
        await call.whisper(call.words(AssessSay.NONE), actions=_axis_rows(call, check))
        return
    can = call.adapter.capabilities
    if can.private_replies and not can.private_files and not call.place.private:
        await call.whisper(call.words(AssessSay.FILE_ALONE))
        return
    content = await exported(call, check, await find(call, check, quotes=2))
    date = call.means.now().date().isoformat()
    file = File(name=call.words(AssessSay.FILE_NAME, date=date), content=content.encode())
    await call.whisper(call.words(AssessSay.FILE), files=(file,))


async def _repeat(call: Call, check: Check) -> None:
    if not check.rounds:
        await call.whisper(call.words(AssessSay.NONE), actions=_axis_rows(call, check))
        return
    await note_act(call, check, {"action": "repeat"})
    books, now = call.means.store.assessments, call.means.now()
    # What the profile tells today belongs to the round that ends, too.
    await books.answer(check.owner, check.round, {}, facts=check.facts, at=check.rounds[0].at)
    await books.answer(check.owner, check.round + 1, check.answers, facts=check.facts, at=now)
    if after := await open_check(call, check.whose):
        await call.whisper(call.words(AssessSay.REPEATED), actions=_axis_rows(call, after))


async def _delete(call: Call, check: Check, *, sure: bool) -> None:
    if not check.rounds:
        await call.whisper(call.words(AssessSay.NONE))
        return
    if not sure:
        yes = _button(call, AssessSay.DELETE_YES, Verb.ASSESS_DELETE, f"{check.whose}.{_SURE}", style=Style.DANGER)
        await call.whisper(call.words(AssessSay.DELETE_SURE, rounds=len(check.rounds)), actions=((yes,),))
        return
    await note_act(call, check, {"action": "delete"})
    await call.means.store.assessments.delete(check.owner)
    await call.whisper(call.words(AssessSay.DELETED))


def _axis_rows(call: Call, check: Check) -> tuple[tuple[Action, ...], ...]:
    """A button for each axis, three in a row; none where forms cannot be shown."""
    if not call.adapter.capabilities.forms:
        return ()
    buttons = [_axis_button(call, check, axis) for axis in call.means.axes]
    return tuple(tuple(buttons[begin : begin + _ROW]) for begin in range(0, len(buttons), _ROW))


def _one_button(call: Call, check: Check, axis: Axis) -> tuple[tuple[Action, ...], ...]:
    """The button of one axis; none where forms cannot be shown."""
    return ((_axis_button(call, check, axis),),) if call.adapter.capabilities.forms else ()


def _axis_button(call: Call, check: Check, axis: Axis) -> Button:
    score = next(each for each in check.now.axes if each.axis.id == axis.id)
    told = {"axis": axis.name.of(call.language), "known": len(score.known), "asked": len(score.readings)}
    return Button(label=call.words(AssessSay.AXIS_BUTTON, **told), payload=_axis_payload(call, check, axis))


def _axis_payload(call: Call, check: Check, axis: Axis) -> Payload:
    return Payload(verb=Verb.ASSESS_OPEN, subject=f"{check.whose}.{axis.id}", argument=call.language.value)


def _button(call: Call, label: AssessSay, verb: Verb, subject: str, *, style: Style = Style.PLAIN) -> Button:
    payload = Payload(verb=verb, subject=subject, argument=call.language.value)
    return Button(label=call.words(label), payload=payload, style=style)


def _subject(call: Call, payload: Payload) -> tuple[str, Axis | None]:
    whose, _, name = payload.subject.partition(".")
    return whose, _axis(call, name)


def _axis(call: Call, name: str) -> Axis | None:
    return next((axis for axis in call.means.axes if axis.id == name), None)


def _names(call: Call) -> Mapping[str, str]:
    return call.means.wording.command("assess", call.language).arguments["axis"].choices
