"""`privacy`: what is kept of whoever asks, all of it as a file, and having it deleted for good."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.chat import Press
from bot.commands.call import Call
from bot.commands.registry import Argument, ArgumentKind, Command
from bot.commands.rooms import note_owner
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import AuditEntry
from bot.replies import Action, Button, File, Style
from bot.wording import Say

_FILE = "advisor-my-data.json"
_NAMED = ("questions", "feedback", "gaps", "conversations", "imported_turns", "profiles")
"""What is counted by its name; whatever else is kept is counted together."""

_UNCOUNTED = frozenset({"first_uses"})


def command() -> Command:
    """The command."""
    action = Argument(name="action", kind=ArgumentKind.CHOICE, choices=("show", "export", "delete"))
    return Command(name="privacy", run=run, arguments=(action,))


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Shows what is kept, hands it over, or asks whether to delete it."""
    match arguments.get("action", "show"):
        case "export":
            await _export(call)
        case "delete":
            await _confirm(call)
        case _:
            await _show(call)


async def press(call: Call, press: Press) -> None:
    """Does what a button under the command's answers says; each is about whoever presses it."""
    match press.payload.subject:
        case "export":
            await _export(call)
        case "delete":
            await _confirm(call)
        case "sure":
            await _delete(call)
        case _:
            await call.whisper(call.words(Say.UNKNOWN_ACTION))


async def _show(call: Call) -> None:
    held = [await call.means.store.privacy.held(key) for key in await _keys(call)]
    names = dict.fromkeys(name for each in held for name in each.counts if name not in _UNCOUNTED)
    sums = {name: sum(each.counts.get(name, 0) for each in held) for name in names}
    counts = {name: count for name, count in sums.items() if count}
    begun = min((each.since for each in held if each.since), default=None)
    others = sum(count for name, count in counts.items() if name not in _NAMED)
    counted = [(name, counts[name]) for name in _NAMED if name in counts] + ([("other", others)] if others else [])
    words = call.means.wording
    lines = [
        call.words(Say.PRIVACY_COUNT, name=words.word("kept", name, call.language), count=count)
        for name, count in counted
    ]
    since = "" if begun is None else call.words(Say.PRIVACY_SINCE, day=begun.date().isoformat())
    table = "\n".join([call.words(Say.PRIVACY_TITLE), "", *lines, *([since] if since else []), _kept_for(call)])
    told = [table if lines else call.words(Say.PRIVACY_NOTHING), call.words(Say.PRIVACY_HOW)]
    told.append(call.words(Say.PRIVACY_PLATFORM))
    offered = (_button(call, "export", Say.PRIVACY_EXPORT), _button(call, "delete", Say.PRIVACY_DELETE))
    await call.whisper("\n\n".join(told), actions=(offered,) if lines else ())


async def _export(call: Call) -> None:
    if not call.is_private:
        await call.whisper(call.words(Say.PRIVACY_DIRECT))
        return
    scope = await call.own_scope()
    kept: dict[str, list[Mapping[str, Any]]] = {}
    for key in await _keys(call):
        for name, rows in (await call.means.store.privacy.export(key, audience=scope.audience)).items():
            kept[name] = [*kept.get(name, ()), *rows]
    whole = {"person": call.person.key, "made_at": call.means.now().isoformat(), **kept}
    content = json.dumps(whole, ensure_ascii=False, indent=2, default=str).encode(errors="replace")
    file = File(name=_FILE, content=content, media_type="application/json")
    withheld = any(each.get("withheld") for each in kept.get("answers", ()))
    text = call.words(Say.PRIVACY_EXPORTED)
    await call.whisper(f"{text}\n{call.words(Say.PRIVACY_WITHHELD)}" if withheld else text, files=(file,))


async def _confirm(call: Call) -> None:
    sure = _button(call, "sure", Say.PRIVACY_SURE, style=Style.DANGER)
    text = f"{call.words(Say.PRIVACY_CONFIRM)}\n\n{call.words(Say.PRIVACY_PLATFORM)}"
    await call.whisper(text, actions=((sure,),))


async def _delete(call: Call) -> None:
    means = call.means
    entry = AuditEntry(
        at=means.now(),
        actor=means.pseudonym(call.person.key),
        action="privacy",
        details={"deleted": "own data"},
    )
    await means.store.audit.append(entry)
    await note_owner(call)  # as far as the room itself tells
    for person in await _keys(call):
        if means.keeper is not None:
            await means.keeper.forget(person)
        await means.store.privacy.forget(person, pseudonym=means.pseudonym(person))
    await means.forget_answers()
    await call.whisper(call.words(Say.PRIVACY_DELETED))


async def _keys(call: Call) -> tuple[str, ...]:
    """The keys under which something may be kept of whoever asks: one, or one for each workspace they were met in."""
    own = call.person.key
    if not call.adapter.capabilities.one_account:
        return (own,)
    others = await call.means.store.privacy.accounts(call.person.platform, call.person.id)
    return (own, *(each for each in others if each != own))


def _kept_for(call: Call) -> str:
    days = call.means.privacy.keep_days
    return "- " + (call.words(Say.PRIVACY_DAYS, days=days) if days else call.words(Say.PRIVACY_ALWAYS))


def _button(call: Call, act: str, label: Say, *, style: Style = Style.PLAIN) -> Action:
    payload = Payload(verb=Verb.PRIVACY, subject=act, argument=call.language.value)
    return Button(label=call.words(label), payload=payload, style=style)
