"""`inputs`: what the library is kept current from, for admins: folders, files, pages of the web and feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat import Press, Submission
from bot.commands.call import Call
from bot.commands.input_form import ask, has_form
from bot.commands.input_rights import may_change, may_see, may_touch_paths
from bot.commands.input_saying import (
    MOST_SHOWN,
    actor,
    busy,
    choices_of,
    nothing_named,
    payload,
    telling,
    usage,
    who,
    wrong,
)
from bot.commands.registry import Argument, ArgumentKind, Command, Level
from bot.commands.reindexing import show_run
from bot.input_records import InputOrigin, InputRecord, InputState
from bot.inputs.desk import InputDesk
from bot.inputs.looking import is_address
from bot.inputs.options import WrongOption, wanted_from, wanted_of
from bot.inputs.telling import inert
from bot.inputs.values import Refused, Wanted
from bot.offers import Verb
from bot.replies import Button, Style
from bot.saying_inputs import InputSay
from bot.wording import LANGUAGES, Say
from rag.errors import IndexLocked, InvalidInput

_ACTIONS = ("list", "add", "remove", "pause", "resume", "read")
_COMPLETIONS, _LONGEST = 25, 100
"""What Discord takes: so many proposals of so many characters."""


def command() -> Command:
    """The command."""
    return Command(
        name="inputs",
        run=run,
        level=Level.ADMIN,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=_ACTIONS),
            Argument(name="what", complete=complete),
        ),
    )


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Lists all inputs, or does something with one."""
    desk = call.means.inputs
    if desk is None:
        await call.whisper(call.words(Say.ADMIN_ELSEWHERE))
        return
    what = arguments.get("what", "")
    match arguments.get("action", "list"):
        case "list":
            await _list(call, desk)
        case "add":
            await _add(call, desk, what)
        case action:
            await _change(call, desk, action, what)


async def typed(call: Call, text: str) -> None:
    """Does what was typed after another command's name: an action in either language, and what it is about."""
    first, _, rest = text.strip().partition(" ")
    words = {word.casefold(): name for language in LANGUAGES for name, word in choices_of(call, language).items()}
    action = words.get(first.casefold(), first.casefold() if first in _ACTIONS else "")
    if first and not action:
        await call.whisper(call.words(InputSay.UNKNOWN, value=text[:MOST_SHOWN], usage=usage(call, "list")))
        return
    await run(call, {"action": action or "list", "what": rest})


async def complete(call: Call, text: str) -> Sequence[str]:
    """Numbers and targets of inputs that hold what was typed; for admins alone."""
    desk, wanted = call.means.inputs, text.strip().casefold()
    if desk is None or not call.means.is_admin(call.person):
        return ()
    shown = [each for each in await desk.records() if await may_see(call, each)]
    names = [each.target if len(each.target) <= _LONGEST else str(each.number) for each in shown]
    found = zip(names, (f"{each.number} {each.target}".casefold() for each in shown), strict=True)
    return [name for name, text in found if wanted in text][:_COMPLETIONS]


async def _list(call: Call, desk: InputDesk) -> None:
    rows, says = await desk.rows(), telling(call, desk)
    add = Button(label=call.words(InputSay.ADD_NEW), payload=payload(call, Verb.INPUT_OPEN))
    actions = ((add,),) if call.adapter.capabilities.forms else ()
    own = await _own(call, desk)
    if not rows:
        none = call.words(InputSay.NONE, usage=usage(call, "add"))
        await call.whisper("\n\n".join([none, *own]), actions=actions)
        return
    lines = [says.row(row) if await may_see(call, row.record) else says.hidden(row.record) for row in rows]
    title = call.words(InputSay.TITLE, count=len(rows))
    await call.whisper("\n\n".join([title, "\n".join(lines), *own]), actions=actions)


async def _own(call: Call, desk: InputDesk) -> list[str]:
    """The product's own inputs, which need nobody's care."""
    says = {"starter": InputSay.OWN_STARTER, "expert-answers": InputSay.OWN_EXPERTS}
    counts = await desk.own()
    names = [
        call.words(says[name], count=count) if name in says else call.words(InputSay.OWN_OTHER, name=name, count=count)
        for name, count in counts.items()
    ]
    return [call.words(InputSay.OWN, names=call.words(Say.LIST_SEPARATOR).join(names))] if names else []


async def _add(call: Call, desk: InputDesk, text: str) -> None:
    if not text.strip():
        await (ask(call) if has_form(call) else call.whisper(nothing_named(call)))
        return
    try:
        wanted = wanted_of(text, call.means.wording)
    except WrongOption as error:
        await call.whisper(wrong(call, error))
        return
    await _propose(call, desk, wanted)


async def _propose(call: Call, desk: InputDesk, wanted: Wanted) -> None:
    """Shows what would be read, with the button that has it read."""
    if not wanted.target.strip():
        await call.whisper(nothing_named(call))
        return
    if not is_address(wanted.target) and not await may_touch_paths(call):
        return
    says = telling(call, desk)
    try:
        look = await desk.look(wanted, origin=InputOrigin.CHAT)
        record = await desk.propose(look)
    except Refused as error:
        await call.whisper(says.refusal(error.reason, error.value))
        return
    add = Button(label=call.words(InputSay.ADD), payload=payload(call, Verb.INPUT_ADD, record), style=Style.PRIMARY)
    await call.whisper(f"{says.look(look)}\n\n{call.words(InputSay.CONFIRM)}", actions=((add,),))


async def confirm(call: Call, press: Press) -> None:
    """Registers what was shown, and reads it."""
    desk = call.means.inputs
    record = await desk.get(press.payload.subject, state=InputState.PROPOSED) if desk else None
    if desk is None or record is None:
        await call.whisper(call.words(InputSay.EXPIRED))
        return
    if not record.kind.on_web and not await may_touch_paths(call):
        return
    try:
        record = await desk.confirm(record, actor=actor(call))
    except Refused as error:
        await call.whisper(telling(call, desk).refusal(error.reason, error.value))
        return
    except InvalidInput:
        await call.whisper(call.words(InputSay.EXPIRED))
        return
    await _read(call, desk, record)


async def _change(call: Call, desk: InputDesk, action: str, what: str) -> None:
    """Removes, pauses, resumes or reads the input that is named."""
    if not what.strip():
        await call.whisper(call.words(InputSay.WHICH, usage=usage(call, action)))
        return
    record = await desk.find(what)
    if record is None:
        shown = inert(what)[:MOST_SHOWN]
        await call.whisper(call.words(InputSay.UNKNOWN, value=shown, usage=usage(call, "list")))
        return
    if not await may_change(call, record):
        return
    match action:
        case "remove":
            await _ask_remove(call, desk, record)
        case "pause":
            await _pause(call, desk, record)
        case "resume":
            await _resume(call, desk, record)
        case _ if record.state is InputState.PAUSED:
            await call.whisper(call.words(InputSay.IS_PAUSED, number=record.number))
        case _:
            await _read(call, desk, record)


async def _pause(call: Call, desk: InputDesk, record: InputRecord) -> None:
    say = InputSay.PAUSED_NOW if await desk.pause(record, actor=actor(call)) else InputSay.PAUSED_BEFORE
    count = await desk.documents(record) if say is InputSay.PAUSED_NOW else 0
    await call.whisper(call.words(say, number=record.number, count=count))


async def _resume(call: Call, desk: InputDesk, record: InputRecord) -> None:
    if not await desk.resume(record, actor=actor(call)):
        await call.whisper(call.words(InputSay.RESUMED_BEFORE, number=record.number))
        return
    await call.whisper(call.words(InputSay.RESUMED, number=record.number))
    await _read(call, desk, record)


async def _ask_remove(call: Call, desk: InputDesk, record: InputRecord) -> None:
    if record.origin is InputOrigin.SETTINGS:
        await call.whisper(call.words(InputSay.FIXED, value=record.number))
        return
    sure = Button(
        label=call.words(InputSay.REMOVE), payload=payload(call, Verb.INPUT_REMOVE, record), style=Style.DANGER
    )
    values = {"number": record.number, "target": inert(record.target), "count": await desk.documents(record)}
    await call.whisper(call.words(InputSay.ASK_REMOVE, **values), actions=((sure,),))


async def remove_now(call: Call, press: Press) -> None:
    """Removes an input after its removal was confirmed."""
    desk = call.means.inputs
    record = await desk.get(press.payload.subject) if desk else None
    if desk is None or record is None or record.state is InputState.PROPOSED:
        shown = press.payload.subject
        await call.whisper(call.words(InputSay.UNKNOWN, value=shown, usage=usage(call, "list")))
        return
    if not await may_change(call, record):
        return
    try:
        report = await desk.remove(record, who=who(call), actor=actor(call))
    except Refused as error:
        await call.whisper(telling(call, desk).refusal(error.reason, error.value))
    except IndexLocked:
        await call.whisper(busy(call))
    else:
        await call.whisper(call.words(InputSay.GONE_NOW, number=record.number, count=len(report.removed)))


async def open_form(call: Call, press: Press) -> None:
    """Asks what is to be read."""
    await ask(call)


async def submit(call: Call, submission: Submission) -> None:
    """Shows what the form asks for."""
    desk = call.means.inputs
    if desk is None:
        await call.whisper(call.words(Say.ADMIN_ELSEWHERE))
        return
    try:
        wanted = wanted_from(submission.values, call.means.wording)
    except WrongOption as error:
        await call.whisper(wrong(call, error))
        return
    await _propose(call, desk, wanted)


async def _read(call: Call, desk: InputDesk, record: InputRecord) -> None:
    """Reads an input now: a page or a feed from the web first, then into the index, where everybody sees it."""
    runs = call.means.index
    if runs is None:
        return
    news = True
    if record.kind.on_web:
        news = bool(await desk.visit([record]))
        now = await desk.get(str(record.number))
        if now is not None and now.result is not None and now.result.reason:
            problem = telling(call, desk).problem(now.result.reason, now.result.value)
            await call.whisper(call.words(InputSay.FAILED, number=record.number, problem=problem))
            return
    each = await desk.input_of(record)
    if not news and not await desk.is_behind(each):
        await call.whisper(call.words(InputSay.SAME, number=record.number))
        return
    try:
        run = runs.start(call.means.new_id(), who(call), [each])
    except IndexLocked:
        desk.later(record)
        await call.whisper(call.words(InputSay.WAITS, number=record.number))
        return
    await show_run(call, run, runs.journal)
    if not run.task.cancelled() and run.task.exception() is None:
        await call.whisper(call.words(InputSay.REGISTERED, number=record.number))
