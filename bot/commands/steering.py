"""`admin maintenance | limits | labels`: what admins change while the bot runs, each time with a question before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channel_rules import channel_labels
from bot.chat import Press
from bot.commands import settings
from bot.commands.call import Call
from bot.commands.rooms import note_owner
from bot.commands.settings import LABELS, changed, value_of
from bot.offers import Verb
from bot.oversight_records import SlipKind
from bot.payloads import Payload
from bot.records import AuditEntry, ChannelSettings
from bot.replies import Button, Style
from bot.saying_oversight import OverSay
from bot.steering import LIMITS, Steering
from bot.wording import LANGUAGES, Say
from rag.errors import InvalidInput
from rag.types import PUBLIC, DocumentId, Scope

_MESSAGE, _TYPED = 500, 40


async def maintenance(call: Call, what: str) -> None:
    """Shows whether questions are answered, begins maintenance or ends it."""
    steering = _steering(call)
    if steering is None:
        await call.refuse(call.words(Say.ADMIN_ELSEWHERE))
        return
    first, _, rest = what.strip().partition(" ")
    match _word(call, "onoff", first):
        case "on":
            message = " ".join(rest.split())[:_MESSAGE]
            await _note(call, "maintenance", "", {"after": "on"})
            await steering.maintain(message)
            await call.whisper(call.words(OverSay.PAUSED), rows=(paused_row(call),))
        case "off":
            await _note(call, "maintenance", "", {"after": "off"})
            await steering.maintain(None)
            await call.whisper(call.words(OverSay.RESUMED), rows=(paused_row(call),))
        case _:
            usage = call.words(OverSay.PAUSE_USAGE, usage=_usage(call, "maintenance", "on"))
            told = paused_line(call) or call.words(OverSay.NOT_PAUSED)
            await call.whisper(f"{told}\n{usage}", rows=(paused_row(call),))


def paused_line(call: Call) -> str:
    """That nobody but admins is answered, "" when everybody is."""
    steering = _steering(call)
    if steering is None or steering.maintenance is None:
        return ""
    since = steering.maintenance.since[:16].replace("T", " ")
    return call.words(OverSay.PAUSED_SINCE, since=since, message=steering.maintenance.message).strip()


def paused_row(call: Call) -> Mapping[str, Any]:
    """Whether nobody but admins is answered, as plain values."""
    steering = _steering(call)
    held = steering.maintenance if steering else None
    return {"maintenance": True, "since": held.since, "message": held.message} if held else {"maintenance": False}


async def limits(call: Call, what: str) -> None:
    """Shows all limits with where they come from, or asks whether one is to be changed."""
    steering = _steering(call)
    if steering is None:
        await call.refuse(call.words(Say.ADMIN_ELSEWHERE))
        return
    name, _, typed = what.strip().partition(" ")
    if not name:
        await _show_limits(call, steering)
    elif (key := _word(call, "limit", name)) is None:
        names = call.words(Say.LIST_SEPARATOR).join(LIMITS)
        await call.refuse(call.words(OverSay.LIMIT_UNKNOWN, name=name[:_TYPED], names=names))
    else:
        await _ask_limit(call, steering, key, typed.strip())


async def set_limit(call: Call, press: Press) -> None:
    """Changes a limit, as it was asked."""
    steering = _steering(call)
    content = await call.means.store.oversight.slip(press.payload.subject, SlipKind.LIMIT)
    if steering is None or content is None:
        await call.refuse(call.words(Say.UNKNOWN_ACTION))
        return
    name, value = content["name"], content["value"]
    before = getattr(steering.limits, name)
    if before != content["before"]:
        told = call.words(OverSay.LIMIT_CHANGED, name=_limit_name(call, name), value=_number(before))
        await call.refuse(told)
        return
    details = {"setting": name, "before": _number(before), "after": "default" if value is None else _number(value)}
    await _note(call, "limit", "", details)
    await steering.limit(name, value)
    now = _number(getattr(steering.limits, name))
    told = call.words(OverSay.LIMIT_SET, name=_limit_name(call, name), value=now, origin=_origin(call, steering, name))
    await call.whisper(told)


async def labels(call: Call, what: str) -> None:
    """Shows the channel's labels, or asks whether they are to be changed."""
    book = call.means.store.settings
    channel = await book.get(call.place.channel_key)
    every = await settings.allowed(call, LABELS)
    known = settings.shown(call, LABELS, every)
    if not what.strip():
        held = value_of(channel, LABELS)
        origin = call.means.wording.word("origin", "channel" if held else "default", call.language)
        shown = settings.shown(call, LABELS, held or (PUBLIC,))
        text = call.words(OverSay.LABELS, labels=shown, origin=origin, known=known)
        # On the command line a channel is named before its labels.
        usage = _usage(call, "labels", f"{call.place.channel_key} {PUBLIC}" if call.everywhere else PUBLIC)
        row = {"channel": call.place.channel_key, "labels": [*(held or (PUBLIC,))], "known": [*every]}
        hint = call.words(OverSay.LABELS_HINT, usage=usage)
        await call.whisper(f"{text}\n{hint}", rows=(row,))
        return
    value = await settings.read(call, LABELS, what)
    if value is None:
        await call.refuse(call.words(OverSay.LABELS_UNKNOWN, value=what.strip()[:_TYPED], known=known))
        return
    await ask_labels(call, channel, value)


async def ask_labels(call: Call, channel: ChannelSettings, value: tuple[str, ...]) -> None:
    """Tells what other labels would do to a channel, and asks whether they shall hold; () takes all of them away."""
    before, after = channel_labels(channel), channel_labels(changed(channel, LABELS, value))
    old, new = await _readable(call, before), await _readable(call, after)
    text = call.words(
        OverSay.CONFIRM_LABELS,
        before=settings.shown(call, LABELS, tuple(sorted(before - {PUBLIC})) or (PUBLIC,)),
        after=settings.shown(call, LABELS, value or (PUBLIC,)),
        more=len(new - old),
        fewer=len(old - new),
    )
    await _confirm(call, text, Verb.LABELS_SET, SlipKind.LABELS, {"channel": call.place.channel_key, "value": [*value]})


async def _readable(call: Call, held: frozenset[str]) -> set[DocumentId]:
    return {each.id for each in await call.means.library.documents(Scope(audience=held))}


async def set_labels(call: Call, press: Press) -> None:
    """Changes the labels of the channel, as it was asked there."""
    content = await call.means.store.oversight.slip(press.payload.subject, SlipKind.LABELS)
    if content is None or content["channel"] != call.place.channel_key:
        await call.refuse(call.words(Say.UNKNOWN_ACTION))
        return
    await note_owner(call)
    book, key, value = call.means.store.settings, call.place.channel_key, tuple(content["value"])
    channel = await book.get(key)
    details = {"setting": LABELS, "before": ", ".join(value_of(channel, LABELS)), "after": ", ".join(value)}
    await _note(call, "config", call.subject, details)
    await book.save(key, changed(channel, LABELS, value))
    await call.whisper(call.words(OverSay.LABELS_SET, labels=settings.shown(call, LABELS, value or (PUBLIC,))))


async def _ask_limit(call: Call, steering: Steering, name: str, typed: str) -> None:
    if not typed:
        await _show_limits(call, steering)
        return
    value: float | None = None
    if _word(call, "onoff", typed) != "default":
        try:
            value = steering.checked(name, typed)
        except InvalidInput:
            wrong = call.words(OverSay.LIMIT_WRONG, name=_limit_name(call, name), value=typed[:_TYPED])
            await call.refuse(wrong)
            return
    before = getattr(steering.limits, name)
    after = call.means.wording.word("onoff", "default", call.language) if value is None else _number(value)
    text = call.words(OverSay.CONFIRM_LIMIT, name=_limit_name(call, name), before=_number(before), after=after)
    content = {"name": name, "value": value, "before": before}
    await _confirm(call, text, Verb.LIMIT_SET, SlipKind.LIMIT, content)


async def _confirm(call: Call, text: str, verb: Verb, kind: SlipKind, content: Mapping[str, object]) -> None:
    slip = call.means.new_id()
    await call.means.store.oversight.keep_slip(slip, kind, content, at=call.means.now())
    payload = Payload(verb=verb, subject=slip, argument=call.language.value)
    button = Button(label=call.words(OverSay.CONFIRM), payload=payload, style=Style.PRIMARY)
    await call.whisper(text, actions=((button,),))


async def _show_limits(call: Call, steering: Steering) -> None:
    rows = [
        {"limit": name, "value": getattr(steering.limits, name), "origin": steering.origin(name)} for name in LIMITS
    ]
    lines = [
        call.words(
            OverSay.LIMIT,
            name=_limit_name(call, name),
            key=name,
            value=_number(getattr(steering.limits, name)),
            origin=_origin(call, steering, name),
        )
        for name in LIMITS
    ]
    example = f"{LIMITS[0]} {_number(getattr(steering.limits, LIMITS[0]))}"
    hint = call.words(OverSay.LIMIT_HINT, usage=_usage(call, "limits", example))
    await call.whisper("\n".join([call.words(OverSay.LIMITS), "", *lines, "", hint]), rows=rows)


def _limit_name(call: Call, name: str) -> str:
    return call.means.wording.word("limit", name, call.language)


def _origin(call: Call, steering: Steering, name: str) -> str:
    return call.means.wording.word("limit-origin", steering.origin(name), call.language)


def _number(value: float) -> str:
    return f"{value:g}"


def _word(call: Call, group: str, typed: str) -> str | None:
    """The key of a word of either language."""
    wanted = typed.strip().casefold()
    for language in LANGUAGES:
        words = call.means.wording.words(group, language)
        if found := next((key for key, word in words.items() if wanted in {key, word.casefold()}), None):
            return found
    return None


def _usage(call: Call, action: str, what: str) -> str:
    known = call.means.wording.words("onoff", call.language)
    return call.typed("admin", guarded=True, action=action, what=known.get(what, what))


def _steering(call: Call) -> Steering | None:
    return call.means.oversight.steering if call.means.oversight else None


async def _note(call: Call, action: str, subject: str, details: Mapping[str, str]) -> None:
    """Before it holds: what is not in the log does not happen."""
    actor = call.means.pseudonym(call.person.key)
    entry = AuditEntry(at=call.means.now(), actor=actor, action=action, subject=subject, details=details)
    await call.means.store.audit.append(entry)
