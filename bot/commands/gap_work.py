"""What admins do about gaps: add a document, see whether they would be answered by now, close them, open them again."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Press
from bot.commands.call import Call
from bot.commands.gap_cards import payload, slip_of
from bot.commands.gap_views import visible, was_closed
from bot.commands.input_rights import may_know
from bot.offers import Verb
from bot.oversight_records import Resolution, SlipKind
from bot.records import AuditEntry, GapRecord
from bot.replies import Button, Style
from bot.saying_experts import ExpertSay
from bot.saying_oversight import OverSay
from bot.wording import Say
from rag.types import Language

_INPUTS = 8


async def add(call: Call, press: Press) -> None:
    """Tells how a document comes in so that the library answers."""
    runs = call.means.index
    told = [_ways_in(call)]
    # What has a name is the program's own: the starter library, what came through the chat.
    own = [each for each in await runs.library.inputs() if not each.name] if runs else []
    folders = [str(each.path) for each in own if await may_know(call, each.filing.audience)]
    if folders:
        shown = call.words(Say.LIST_SEPARATOR).join(f"`{each.replace('`', chr(39))}`" for each in folders[:_INPUTS])
        usage = call.typed("admin", guarded=True, action="reindex")
        told.append(call.words(OverSay.HOW_TO_ADD_FOLDER, inputs=shown, usage=usage))
    told.append(call.words(OverSay.HOW_TO_ADD_THEN))
    check_now = Button(label=call.words(OverSay.CHECK), payload=payload(call, Verb.GAP_CHECK, press.payload.subject))
    await call.whisper(" ".join(told) if call.language is Language.EN else "".join(told), actions=((check_now,),))


def _ways_in(call: Call) -> str:
    """How a file comes in from where the admin is."""
    wording, can = call.means.wording, call.adapter.capabilities
    if call.everywhere:
        words = wording.command("admin", call.language)
        inputs, given = words.arguments["action"].choices["inputs"], wording.command("inputs", call.language)
        usage = f"{can.admin_prefix}{words.name} {inputs} {given.arguments['action'].choices['add']} PATH"
        return call.words(OverSay.HOW_TO_ADD_SHELL, usage=usage)
    return call.words(OverSay.HOW_TO_ADD, upload=call.typed("upload"))


async def check_slip(call: Call, press: Press) -> None:
    """Asks the questions of a card again."""
    if gaps := await _open_of(call, press):
        await check(call, gaps)


async def check(call: Call, gaps: Sequence[GapRecord]) -> None:
    """Asks questions again, and offers to close those that would be answered."""
    oversight = call.means.oversight
    mended = await oversight.gaps.mended(gaps) if oversight else []
    if not mended:
        await call.whisper(call.words(OverSay.MENDED_NONE))
        return
    text = call.words(OverSay.MENDED, count=len(mended), all=len(gaps))
    await offer_closing(call, text, mended)


async def offer_closing(call: Call, text: str, gaps: list[GapRecord]) -> None:
    """Tells of gaps that would be answered, with a button that closes them."""
    label = call.words(OverSay.CLOSE_MENDED, count=len(gaps))
    done = payload(call, Verb.GAP_DONE, await slip_of(call, gaps))
    await call.whisper(text, actions=((Button(label=label, payload=done, style=Style.PRIMARY),),))


async def decline(call: Call, press: Press) -> None:
    """Closes gaps that nobody is going to answer."""
    if gaps := await _open_of(call, press):
        await close(call, gaps, Resolution.DECLINED)


async def done(call: Call, press: Press) -> None:
    """Closes gaps that the library answers."""
    if gaps := await _open_of(call, press):
        await close(call, gaps, Resolution.MENDED)


async def close(call: Call, gaps: Sequence[GapRecord], resolution: Resolution) -> None:
    """Closes gaps for one reason, with a way back."""
    numbers = [gap.id for gap in gaps]
    closed = await call.means.store.gaps.close_all(numbers, resolution, at=call.means.now())
    await _note(call, numbers, after=resolution.value)
    say = OverSay.DECLINED if resolution is Resolution.DECLINED else OverSay.CLOSED
    back = payload(call, Verb.GAP_REOPEN, await slip_of(call, list(gaps)))
    button = Button(label=call.words(OverSay.REOPEN), payload=back)
    await call.whisper(call.words(say, count=closed), actions=((button,),))


async def close_one(call: Call, gap: GapRecord) -> None:
    """Closes one gap by its number."""
    await call.means.store.gaps.close(gap.id, at=call.means.now())
    await _note(call, [gap.id], after="closed")
    await call.whisper(call.words(ExpertSay.GAP_CLOSED, number=gap.id))


async def reopen_slip(call: Call, press: Press) -> None:
    """Opens gaps again that were closed by a button, or that were chosen from the list of closed ones."""
    if press.values:
        numbers = {int(value) for value in press.values if value.isdecimal() and len(value) < 16}
    else:
        numbers = set(await _numbers(call, press.payload.subject))
    await reopen(call, [gap for gap in await was_closed(call) if gap.id in numbers])


async def reopen(call: Call, gaps: Sequence[GapRecord]) -> None:
    """Opens gaps again."""
    numbers = [gap.id for gap in gaps]
    opened = await call.means.store.gaps.reopen(numbers) if numbers else 0
    if not opened:
        await call.refuse(call.words(OverSay.NOT_CLOSED))
        return
    await _note(call, numbers, after="open")
    await call.whisper(call.words(OverSay.REOPENED, count=opened))


async def _open_of(call: Call, press: Press) -> list[GapRecord]:
    """The gaps of a button that are open and may be read here by now; where there are none, that is told."""
    numbers = set(await _numbers(call, press.payload.subject))
    gaps = [gap for gap in await visible(call) if gap.id in numbers]
    if not gaps:
        await call.refuse(call.words(OverSay.GONE))
    return gaps


async def _numbers(call: Call, slip: str) -> list[int]:
    content = await call.means.store.oversight.slip(slip, SlipKind.GAPS)
    return [int(number) for number in content["gaps"]] if content else []


async def _note(call: Call, numbers: Sequence[int], *, after: str) -> None:
    entry = AuditEntry(
        at=call.means.now(),
        actor=call.means.pseudonym(call.person.key),
        action="gap",
        subject=str(numbers[0]) if len(numbers) == 1 else "",
        details={"after": after, **({"gaps": ", ".join(map(str, numbers))} if len(numbers) > 1 else {})},
    )
    await call.means.store.audit.append(entry)
