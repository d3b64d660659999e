"""Every command, button and form of the registry: open by declaration, or refused and noted to whoever may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from bot.chat import ADMIN_ROLE, CommandCall, Person, Press, Standing, Submission
from bot.commands.catalogue import (
    ADMIN_VERBS,
    EDITOR_VERBS,
    FORMS,
    OPEN_VERBS,
    PRESSES,
    all_commands,
    verb_level,
)
from bot.commands.guarding import NEEDED
from bot.commands.handling import Handler
from bot.commands.registry import Command, Level
from bot.offers import Verb
from bot.payloads import Payload
from bot.rights import Role, rights_of
from bot.rights_settings import RightsSettings
from tests.bot.bench import WORDING, Bench
from tests.bot.samples import NOW, PLACE

GIVEN = RightsSettings(admins=("memory:w/group:S1",), editors=("memory:w/eddy",))
REGISTRY = all_commands(WORDING)


def someone(name: str, *roles: str, standing: Standing = Standing.MEMBER, is_bot: bool = False) -> Person:
    """Somebody with the groups that the platform tells of at that moment."""
    return Person(platform="memory", workspace="w", id=name, roles=frozenset(roles), standing=standing, is_bot=is_bot)


WITHOUT = (
    (someone("reader"), Role.READER),
    (someone("eddy"), Role.EDITOR),
    (someone("left-the-group"), Role.READER),
    (someone("guest", "S1", standing=Standing.GUEST), Role.READER),
    (someone("stranger", ADMIN_ROLE, standing=Standing.STRANGER), Role.READER),
    (someone("machine", "S1", is_bot=True), Role.READER),
)


@dataclass(frozen=True)
class Way:
    """One way to do something that not everybody may do."""

    name: str
    level: Level
    command: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    press: Payload | None = None
    form: Payload | None = None


def ways() -> Iterator[Way]:
    """All of them: commands, their guarded choices, buttons that call them, buttons and forms of their own."""
    for command in REGISTRY.commands:
        if command.level is not Level.EVERYONE:
            called = Payload(verb=Verb.COMMAND, subject=f"{command.name}.")
            yield Way(f"command {command.name}", command.level, command=command.name)
            yield Way(f"button that calls {command.name}", command.level, press=called)
        for argument in command.arguments:
            for choice in sorted(argument.guarded):
                told = f"command {command.name} {choice}"
                yield Way(told, Level.ADMIN, command=command.name, arguments=((argument.name, choice),))
    for verb in sorted({*PRESSES, *FORMS}):
        level = verb_level(verb)
        if level is Level.EVERYONE:
            continue
        if verb in PRESSES:
            yield Way(f"button {verb}", level, press=Payload(verb=verb, subject="1"))
        if verb in FORMS:
            yield Way(f"form {verb}", level, form=Payload(verb=verb, subject="1"))


WAYS = tuple(ways())


@dataclass
class Governed:
    """A bench where settings give the rights, and where commands only note that they were let through."""

    bench: Bench
    ran: list[str]

    async def take(self, way: Way, who: Person) -> None:
        """Somebody tries it."""
        about = {"event_id": "e", "place": PLACE, "person": who, "at": NOW}
        incoming: CommandCall | Press | Submission
        if way.press is not None:
            incoming = Press(**about, message=None, payload=way.press, trigger="t")  # type: ignore[arg-type]
        elif way.form is not None:
            incoming = Submission(**about, payload=way.form, values={})  # type: ignore[arg-type]
        else:
            incoming = CommandCall(**about, name=way.command, arguments=dict(way.arguments))  # type: ignore[arg-type]
        await self.bench.handler.handle(incoming, self.bench)


@pytest.fixture
def governed() -> Governed:
    """The handler of the real registry."""
    bench, ran = Bench(), list[str]()
    bench.means = replace(bench.means, rights=rights_of(GIVEN))

    def noted(command: Command) -> Command:
        async def run(*_: object) -> None:
            ran.append(command.name)

        return replace(command, run=run)

    registry = type(REGISTRY)([noted(each) for each in REGISTRY.commands], WORDING)
    bench.handler = Handler(registry, bench.means, failure=lambda error, language: str(error))
    return Governed(bench=bench, ran=ran)


def test_each_button_and_form_is_declared_once() -> None:
    declared = [*ADMIN_VERBS, *EDITOR_VERBS, *OPEN_VERBS]
    assert len(declared) == len(set(declared))
    assert set(declared) == {*PRESSES, *FORMS, Verb.COMMAND}
    assert set(Verb) - set(declared) == {Verb.SHARE_HERE}  # Discord's own: it shows what the presser was told


def test_what_is_not_declared_is_for_admins() -> None:
    assert {verb_level(verb) for verb in ADMIN_VERBS} == {Level.ADMIN}
    assert {verb_level(verb) for verb in EDITOR_VERBS} == {Level.EDITOR}
    assert {verb_level(verb) for verb in OPEN_VERBS} == {Level.EVERYONE}


def test_commands_that_everybody_has_are_these() -> None:
    named = {each.name for each in REGISTRY.commands if each.level is Level.EVERYONE}
    assert {each.name for each in REGISTRY.commands} - named == {
        "admin",
        "audit",
        "gaps",
        "inputs",
        "proposals",
        "save",
        "server",
    }


@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
async def test_whoever_may_not_is_refused_and_noted(governed: Governed, way: Way) -> None:
    bench, needed = governed.bench, NEEDED[way.level]
    refused = [(who, held) for who, held in WITHOUT if held < needed]
    assert refused
    for who, _ in refused:
        await governed.take(way, who)
    told = {reply.text for _, _, reply in bench.chat.whispers}
    assert len(bench.chat.whispers) == len(refused)
    assert told == {"Only an editor may do that." if way.level is Level.EDITOR else "Only an admin may do that."}
    assert (governed.ran, bench.chat.forms, bench.chat.posted) == ([], [], ())
    entries = await bench.store.audit.latest(limit=99)
    assert {entry.actor for entry in entries} == {f"hash of {who.key}" for who, _ in refused}
    assert all((entry.action, entry.details["needed"]) == ("refused", needed.name.lower()) for entry in entries)
    assert {(entry.actor, entry.details["held"]) for entry in entries} == {
        (f"hash of {who.key}", held.name.lower()) for who, held in refused
    }


@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
async def test_role_that_is_held_lets_through_until_it_is_lost(governed: Governed, way: Way) -> None:
    bench = governed.bench
    await governed.take(way, someone("dan", "S1"))
    assert not [entry for entry in await bench.store.audit.latest(limit=99) if entry.action == "refused"]
    ran, whispers = len(governed.ran), len(bench.chat.whispers)
    await governed.take(way, someone("dan"))
    assert (len(governed.ran), len(bench.chat.whispers)) == (ran, whispers + 1)
    assert (await bench.store.audit.latest(limit=1))[0].action == "refused"


@pytest.mark.parametrize("command", [each for each in REGISTRY.commands if each.level is not Level.EVERYONE])
async def test_nothing_is_proposed_to_whoever_may_not(command: Command) -> None:
    bench, asked = Bench(), list[str]()
    bench.means = replace(bench.means, rights=rights_of(GIVEN))

    async def complete(*_: object) -> tuple[str, ...]:
        asked.append("")
        return ("secret",)

    arguments = tuple(replace(each, complete=complete) for each in command.arguments)
    others = [each for each in REGISTRY.commands if each.name != command.name]
    registry = type(REGISTRY)([*others, replace(command, arguments=arguments)], WORDING)
    handler = Handler(registry, bench.means, failure=lambda error, language: str(error))
    held = next(name for name in (each.name for each in arguments))
    for who, role in WITHOUT:
        if role >= NEEDED[command.level]:
            continue
        about = {"event_id": "e", "place": PLACE, "person": who, "at": NOW}
        call = CommandCall(**about, name=command.name)  # type: ignore[arg-type]
        assert await handler.propose(call, bench, held, "") == ()
    assert asked == []
    call = CommandCall(event_id="e", place=PLACE, person=someone("dan", "S1"), at=NOW, name=command.name)
    assert await handler.propose(call, bench, held, "") == ("secret",)
