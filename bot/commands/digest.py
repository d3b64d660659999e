"""`digest`: what is posted here at set times: list, add, pause, resume, remove, preview, run now, time zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.commands.call import Call
from bot.commands.digest_options import Options, options_of, with_options
from bot.commands.registry import Argument, ArgumentKind, Command, Registry
from bot.commands.rooms import note_owner
from bot.records import AuditEntry
from bot.schedules.keeper import UNTIMELY
from bot.schedules.records import Origin, Schedule, ScheduleKind
from bot.schedules.telling import Tell
from bot.schedules.untimely import Untimely
from bot.schedules.zones import zone_of, zone_shown
from bot.wording import Say
from rag.types import Language

ACTIONS = ("list", "add", "pause", "resume", "remove", "preview", "run", "zone")
_CHANGING = frozenset(ACTIONS) - {"list", "preview"}
_USUAL = {Language.ZH: "每周一 9:00"}
_PRESET_ZONE = "UTC"
_USUAL_ELSE = "every Monday 9:00"


def command(registry: Callable[[], Registry]) -> Command:
    """The command. The registry is handed in late, for it holds it."""
    return Command(
        name="digest",
        run=Digests(registry).run,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=ACTIONS),
            Argument(name="what", complete=complete_id),
            Argument(name="kind", kind=ArgumentKind.CHOICE, choices=tuple(ScheduleKind)),
            Argument(name="language", kind=ArgumentKind.CHOICE, choices=(Language.ZH, Language.EN)),
            Argument(name="zone"),
            Argument(name="topics"),
        ),
    )


async def complete_id(call: Call, typed: str) -> Sequence[str]:
    """The ids of the channel's schedules that begin with what was typed."""
    known = await call.means.schedules.of_channel(call.place)
    return [each.id for each in known if each.id.startswith(typed.strip())]


class Digests:
    """What the command does."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    async def run(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Does one action; those that change anything are for admins, and for everybody in their own messages."""
        action, what = arguments.get("action", "list"), arguments.get("what", "").strip()
        if action in _CHANGING and not may_change(call):
            await call.whisper(call.words(Say.NOT_ALLOWED))
            return
        try:
            match action:
                case "add":
                    await add(call, options_of(call, what, arguments))
                case "preview":
                    await self._preview(call, options_of(call, what, arguments))
                case "zone":
                    await self._zone(call, what or arguments.get("zone", ""))
                case "list":
                    await call.whisper(await self._listed(call))
                case _:
                    await self._one(call, action, what)
        except Untimely as error:
            await call.whisper(call.means.telling.fault(error, call.language))

    async def _listed(self, call: Call) -> str:
        known = await call.means.schedules.of_channel(call.place)
        if not known:
            usual = _USUAL.get(call.language, _USUAL_ELSE)
            return told(call, Tell.NONE, usage=call.typed("digest", action="add", what=usual))
        return "\n".join([told(call, Tell.LISTED), "", *(line for each in known for line in _lines(call, each))])

    async def _preview(self, call: Call, options: Options) -> None:
        what = options.when
        if options.wrong:
            await call.whisper(call.words(Say.WRONG_CHOICE, **options.wrong))
            return
        known = {each.id: each for each in await call.means.schedules.of_channel(call.place)}
        schedule = known.get(what) or (next(iter(known.values()), None) if not what else None)
        if what and schedule is None:
            await call.whisper(await _unknown(call, what))
            return
        if schedule is None:
            schedule = await call.means.schedules.drafted(call.place, _USUAL_ELSE)
        if call.place.private:
            schedule = replace(schedule, person=call.person.key)
        schedule = with_options(schedule, options.given, call.language if what not in known else schedule.language)
        if schedule.kind is ScheduleKind.REPORT and not call.means.is_admin(call.person):
            await call.whisper(call.words(Say.NOT_ALLOWED))
            return
        made = await call.means.schedules.preview(schedule, labels=await call.labels())
        may = call.place.private or call.adapter.capabilities.private_files
        for reply in made.replies:
            # What stands around it, such as the heading of its sources, is in its own language.
            own = replace(call, language=reply.language)
            files = reply.files if may else ()
            words = reply.text if files else _without_picture(own, reply.text)
            text = f"{told(call, Tell.PREVIEW_TITLE)}\n\n{words}"
            await own.whisper(text, citations=reply.citations, notes=reply.notes, files=files)

    async def _zone(self, call: Call, text: str) -> None:
        desk = call.means.schedules
        if not text:
            usage = call.typed("digest", action="zone", zone="Asia/Shanghai")
            await call.whisper(told(call, Tell.ZONE_IS, zone=zone_shown(await desk.zone(call.place)), usage=usage))
            return
        name = await desk.set_zone(call.place, text)
        await _note(call, "zone", zone=name)
        await call.whisper(told(call, Tell.ZONE_SET, zone=zone_shown(name)))

    async def _one(self, call: Call, action: str, what: str) -> None:
        """Does something to one schedule: the only one, where none is named."""
        known = {each.id: each for each in await call.means.schedules.of_channel(call.place)}
        schedule = known.get(what.strip("`")) if what else (next(iter(known.values())) if len(known) == 1 else None)
        if schedule is None:
            await call.whisper(await _unknown(call, what))
            return
        if schedule.origin is Origin.FILE and action != "run":
            await call.whisper(told(call, Tell.OF_FILE, id=schedule.id))
            return
        await _note(call, action, id=schedule.id)
        desk = call.means.schedules
        match action:
            case "run":
                await desk.run(schedule)
                await call.whisper(told(call, Tell.RUNNING, id=schedule.id))
            case "pause":
                await desk.pause(schedule, active=False)
                resume = call.typed("digest", action="resume", what=schedule.id)
                await call.whisper(told(call, Tell.PAUSED, id=schedule.id, resume=resume))
            case "resume":
                changed = await desk.pause(schedule, active=True)
                await call.whisper(told(call, Tell.RESUMED, id=schedule.id, next=_next(call, changed)))
            case _:
                await desk.remove(schedule)
                await call.whisper(told(call, Tell.REMOVED, id=schedule.id))


async def add(call: Call, options: Options) -> None:
    """Sets a schedule for the place of the call. Raises Untimely, StoreFailed."""
    desk = call.means.schedules
    if options.wrong:
        await call.whisper(call.words(Say.WRONG_CHOICE, **options.wrong))
        return
    drafted = await desk.drafted(call.place, options.when, zone=options.given.get("zone", ""))
    whose = call.person.key if call.place.private else ""
    drafted = replace(drafted, silent=options.silent, place=replace(drafted.place, thread=""), person=whose)
    schedule = with_options(drafted, options.given, call.language)
    if schedule.kind is ScheduleKind.REPORT and not call.means.is_admin(call.person):
        await call.whisper(call.words(Say.NOT_ALLOWED))
        return
    await desk.add(schedule)
    await _note(call, "add", id=schedule.id, when=schedule.when, zone=schedule.zone, kind=schedule.kind.value)
    kind, zone = kind_name(call, schedule.kind), zone_shown(schedule.zone)
    lines = [told(call, Tell.ADDED, kind=kind, when=schedule.when, zone=zone, next=_next(call, schedule))]
    if not options.given.get("zone") and not await desk.has_zone(call.place):
        lines.append(
            told(call, Tell.ZONE_IS, zone=zone, usage=call.typed("digest", action="zone", zone="Asia/Shanghai"))
        )
    hint = {each: call.typed("digest", action=each, what=schedule.id) for each in ("preview", "run")}
    await call.whisper("\n".join([*lines, told(call, Tell.ADDED_HINT, **hint)]))


async def set_by_config(call: Call, text: str) -> None:
    """What `config set digests` does: sets a schedule, or says what is wrong with its time. Raises StoreFailed."""
    try:
        await add(call, options_of(call, text, {}))
    except Untimely as error:
        await call.whisper(call.means.telling.fault(error, call.language))


async def set_zone_by_config(call: Call, text: str) -> None:
    """What `config set zone` does. Raises StoreFailed."""
    try:
        name = await call.means.schedules.set_zone(call.place, text)
    except Untimely as error:
        await call.whisper(call.means.telling.fault(error, call.language))
        return
    await _note(call, "zone", zone=name)
    await call.whisper(told(call, Tell.ZONE_SET, zone=zone_shown(name)))


async def timely_lines(call: Call) -> str:
    """The lines of `config` on time: the channel's zone, and when something is posted. Raises StoreFailed."""
    desk = call.means.schedules
    known = await desk.of_channel(call.place)
    shown = call.words(Say.LIST_SEPARATOR).join(each.when for each in known) or "–"
    zone, own = await desk.zone(call.place), await desk.has_zone(call.place)
    origin = "channel" if own else "default" if zone == _PRESET_ZONE else "program"
    by = call.means.wording.word("origin", origin, call.language)
    zone = told(call, Tell.CONFIG_ZONE, zone=zone_shown(zone), origin=by)
    return "\n".join([zone, told(call, Tell.CONFIG_LINE, digests=shown, usage=call.typed("digest", action="list"))])


def may_change(call: Call) -> bool:
    """Whether somebody may set what is posted here."""
    return call.place.private or call.means.is_admin(call.person)


def told(call: Call, text: Tell, /, **values: object) -> str:
    """A sentence in the language of the call."""
    return call.means.telling.say(text, call.language, **values)


def _without_picture(own: Call, text: str) -> str:
    """A text whose picture cannot be shown to one person alone."""
    return text.replace(told(own, Tell.REPORT_CHART), told(own, Tell.PREVIEW_NO_PICTURE))


def kind_name(call: Call, kind: ScheduleKind) -> str:
    """What a kind of schedule is called."""
    return told(call, Tell(f"kind_{kind.value}"))


def _lines(call: Call, schedule: Schedule) -> list[str]:
    details = []
    if schedule.topics:
        joined = call.words(Say.LIST_SEPARATOR).join(sorted(schedule.topics))
        details.append(told(call, Tell.DETAIL_TOPICS, topics=joined))
    if schedule.language:
        details.append(
            told(call, Tell.DETAIL_LANGUAGE, language=told(call, Tell(f"language_{schedule.language.value}")))
        )
    if schedule.silent:
        details.append(told(call, Tell.DETAIL_SILENT))
    state = (
        told(call, Tell.STATE_NEXT, next=_next(call, schedule)) if schedule.active else told(call, Tell.STATE_PAUSED)
    )
    line = told(
        call,
        Tell.LINE,
        id=schedule.id,
        kind=kind_name(call, schedule.kind),
        when=schedule.when,
        zone=zone_shown(schedule.zone),
        details="".join(details),
        state=state,
    )
    trouble = [told(call, Tell.TROUBLE, trouble=told(call, Tell(schedule.trouble)))] if schedule.trouble else []
    return [line, *trouble]


def _next(call: Call, schedule: Schedule) -> str:
    try:
        at = call.means.schedules.next(schedule)
        return "–" if at is None else call.means.telling.moment(at, zone_of(schedule.zone), call.language)
    except Untimely:
        return told(call, Tell(UNTIMELY))


async def _unknown(call: Call, what: str) -> str:
    ids = [f"`{each.id}`" for each in await call.means.schedules.of_channel(call.place)]
    known = told(call, Tell.KNOWN, ids=call.words(Say.LIST_SEPARATOR).join(ids)) if ids else told(call, Tell.KNOWN_NONE)
    return told(call, Tell.UNKNOWN, id=what[:40], known=known) if what else told(call, Tell.WHICH, known=known)


async def _note(call: Call, action: str, **details: str) -> None:
    await note_owner(call)
    entry = AuditEntry(
        at=call.means.now(),
        actor=call.means.pseudonym(call.person.key),
        action="digest",
        subject=call.subject,
        details={"do": action, **details},
    )
    await call.means.store.audit.append(entry)
