"""`profile`: what a person or a channel's team says of their start-up, so that what suits it comes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.chat import Press, Standing, Submission
from bot.commands import basic
from bot.commands.call import Call
from bot.commands.profile_values import FIELDS, ITEMS, NOTHING, Unusable, languages, read_value, stages
from bot.commands.profiling import company, known_profile, team_entry
from bot.commands.registry import Argument, ArgumentKind, Command, Registry
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import Profile
from bot.replies import Button, FieldKind, Form, FormField, Option, titled
from bot.wording import Say
from rag.kinds.wording import STAGES

_FORM = ITEMS[:5]
"""Discord's forms have five fields."""

_TEAM, _MINE = "team", "mine"


def command(registry: Callable[[], Registry]) -> Command:
    """The command. The registry is handed in late, for it holds it."""
    actions = ("show", "set", "team", "clear", "clear-team", "off", "on")
    return Command(
        name="profile",
        run=Profiles(registry).run,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=actions, implied="set"),
            Argument(name="name", kind=ArgumentKind.CHOICE, choices=ITEMS),
            Argument(name="value", complete=complete_value),
        ),
    )


class Profiles:
    """What the command does."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    async def run(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Shows the profiles, or changes one."""
        match arguments.get("action", "show"):
            case "set" | "team" as action:
                await self._set(call, arguments, whose=_whose(call, action))
            case "clear-team" if not call.place.private:
                await _clear_team(call)
            case "clear" | "clear-team":
                gone = await call.means.store.profiles.delete_person(call.person.key)
                await call.whisper(call.words(Say.PROFILE_CLEARED if gone else Say.PROFILE_NONE))
            case "off" | "on" as action:
                await _switch(call, active=action == "on")
            case _:
                await _show(call)

    async def _set(self, call: Call, arguments: Mapping[str, str], *, whose: str) -> None:
        name, text = arguments.get("name", ""), arguments.get("value", "")
        if not name and await _open(call, whose):
            return
        if not name or not text:
            found = self._registry().find("profile")
            usage = basic.usage_of(call, self._registry(), found.command) if found else ""
            names = call.words(Say.LIST_SEPARATOR).join(_names(call).values())
            await call.whisper(call.words(Say.CONFIG_WHICH, usage=usage, names=names))
            return
        await _save(call, whose, {name: text})


async def complete_value(call: Call, typed: str) -> Sequence[str]:
    """Stages and languages that begin with what was typed."""
    words = [*stages(call).values(), *languages(call).values()]
    return [word for word in words if word.casefold().startswith(typed.strip().casefold())]


async def open_form(call: Call, press: Press) -> None:
    """Shows the form of one's own profile or of the team's."""
    await _open(call, _whose(call, press.payload.subject))


async def submit(call: Call, submission: Submission) -> None:
    """Stores what a form says; an empty field takes an item out."""
    whose = _whose(call, submission.payload.subject)
    values = {name: submission.values.get(name, "").strip() or NOTHING for name in _FORM}
    await _save(call, whose, values)


async def switch(call: Call, press: Press) -> None:
    """Switches the use of profiles for a person off, or on again."""
    await _switch(call, active=press.payload.subject == "on")


def _whose(call: Call, named: str) -> str:
    """Whose profile is meant: in a direct message there is no team."""
    return _TEAM if named == _TEAM and not call.place.private else _MINE


async def _switch(call: Call, *, active: bool) -> None:
    books = call.means.store.profiles
    own = await books.of_person(call.person.key) or Profile()
    await books.save_person(call.person.key, replace(own, active=active))
    await call.whisper(call.words(Say.PROFILE_SWITCHED_ON if active else Say.PROFILE_IS_OFF))


async def _clear_team(call: Call) -> None:
    if not await _may_change_team(call):
        return
    team = await _profile(call, _TEAM)
    if team == Profile():
        await call.whisper(call.words(Say.PROFILE_NONE))
        return
    await call.means.store.audit.append(team_entry(call, team, Profile()))
    await call.means.store.profiles.delete_team(call.place.channel_key)
    await call.whisper(call.words(Say.PROFILE_TEAM_CLEARED))


async def _may_change_team(call: Call) -> bool:
    """Whether a person belongs to the team; tells them when not."""
    member = call.person.standing is Standing.MEMBER
    if not member:
        await call.whisper(call.words(Say.PROFILE_MEMBERS))
    return member


async def _save(call: Call, whose: str, texts: Mapping[str, str]) -> None:
    """Stores values in one profile: all of them, or none when one cannot be used."""
    if whose == _TEAM and not await _may_change_team(call):
        return
    profile, changes = await _profile(call, whose), {}
    for name, text in texts.items():
        value = read_value(call, name, text)
        if isinstance(value, Unusable):
            label = _names(call)[name]
            await call.whisper(call.words(Say.PROFILE_WRONG, value=text, name=label, choices=value.choices))
            return
        if value != _value(profile, name):
            changes[FIELDS[name]] = value
    if not changes:
        await call.whisper(call.words(Say.CONFIG_NOTHING))
        return
    await _store(call, whose, profile, replace(profile, **changes))
    await _show(call)


async def _store(call: Call, whose: str, before: Profile, profile: Profile) -> None:
    books = call.means.store
    if whose == _MINE:
        await books.profiles.save_person(call.person.key, profile)
        return
    await books.audit.append(team_entry(call, before, profile))
    await books.profiles.save_team(call.place.channel_key, profile)


async def _profile(call: Call, whose: str) -> Profile:
    books = call.means.store.profiles
    found = await (books.of_team(call.place.channel_key) if whose == _TEAM else books.of_person(call.person.key))
    return found or Profile()


async def _open(call: Call, whose: str) -> bool:
    profile = await _profile(call, whose)
    hints = call.means.wording.words("profile-hint", call.language)
    fields = []
    for name in _FORM:
        options = tuple(Option(label=word, value=word) for word in stages(call).values()) if name == "stage" else ()
        kind = FieldKind.CHOICE if options else FieldKind.LINE
        text = _shown(call, profile, name, bare=True)
        label, hint = titled(_names(call)[name].replace("-", " ")), hints.get(name, "")
        fields.append(FormField(name=name, label=label, kind=kind, value=text, hint=hint, options=options))
    title = call.words(Say.PROFILE_TEAM if whose == _TEAM else Say.PROFILE_MINE).strip("*")
    payload = Payload(verb=Verb.PROFILE_SAVE, subject=whose, argument=call.language.value)
    return await call.open_form(Form(title=title, payload=payload, fields=tuple(fields), submit=call.words(Say.SAVE)))


async def _show(call: Call) -> None:
    own, team = await _profile(call, _MINE), await _profile(call, _TEAM)
    blocks = [block(call, Say.PROFILE_MINE, own)]
    if not call.place.private:
        blocks.append(block(call, Say.PROFILE_TEAM, team))
    blocks = [block for block in blocks if block] or [call.words(Say.PROFILE_NONE)]
    used = await known_profile(call)
    if not own.active:
        blocks.append(call.words(Say.PROFILE_IS_OFF))
    elif used and (who := company(call, used)):
        blocks.append(call.words(Say.PROFILE_USED, who=who))
    await call.whisper("\n\n".join(blocks), actions=(_buttons(call, active=own.active, known=used is not None),))


def block(call: Call, title: Say, profile: Profile) -> str:
    """A profile with its title; "" where nothing is known."""
    lines = [
        call.words(Say.PROFILE_LINE, name=_names(call)[name], value=_shown(call, profile, name))
        for name in ITEMS
        if _value(profile, name) not in {None, ""}
    ]
    return "\n".join([call.words(title), "", *lines]) if lines else ""


def _buttons(call: Call, *, active: bool, known: bool) -> tuple[Button, ...]:
    spoken = call.language.value
    label, state = (Say.PROFILE_OFF, "off") if active else (Say.PROFILE_ON, "on")
    switch_it = (label, Payload(verb=Verb.PROFILE_SWITCH, subject=state, argument=spoken))
    offered = [switch_it] if known or not active else []
    if call.adapter.capabilities.forms:
        mine = (Say.PROFILE_EDIT, Payload(verb=Verb.PROFILE_OPEN, subject=_MINE, argument=spoken))
        team = (Say.PROFILE_EDIT_TEAM, Payload(verb=Verb.PROFILE_OPEN, subject=_TEAM, argument=spoken))
        offered = [mine, *([] if call.place.private else [team]), *offered]
    return tuple(Button(label=call.words(label), payload=payload) for label, payload in offered)


def _value(profile: Profile, name: str) -> object:
    return getattr(profile, FIELDS[name])


def _shown(call: Call, profile: Profile, name: str, *, bare: bool = False) -> str:
    """An item as its reader would type it, with its unit unless it is to be typed."""
    value = _value(profile, name)
    if value is None:
        return ""
    match name:
        case "stage":
            return STAGES[str(value)].of(call.language)
        case "language":
            return call.means.wording.word("language", str(value), call.language)
        case "team" | "runway":
            unit = Say.PEOPLE if name == "team" else Say.MONTHS
            return str(value) if bare else call.words(unit, count=value)
        case _:
            return str(value)


def _names(call: Call) -> Mapping[str, str]:
    """What the items are called."""
    return call.means.wording.command("profile", call.language).arguments["name"].choices
