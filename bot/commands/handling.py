"""Finds out what a command, a button or a form wants, and has it done: `bot.neighbours.Handling`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import assert_never

from bot.chat import CommandCall, Press, Submission
from bot.commands import basic
from bot.commands.call import Call, Means
from bot.commands.catalogue import FORMS, PRESSES, TYPED, verb_level
from bot.commands.guarding import NEEDED, Guard
from bot.commands.registration import reaches_beyond
from bot.commands.registry import Command, Complaint, Level, Registry
from bot.errors import DeliveryFailed
from bot.neighbours import Desk
from bot.offers import Verb
from bot.wording import Say, spoken
from rag.errors import RagError
from rag.types import Language

log = logging.getLogger(__name__)

_TELLING_WORDS = 3


class Handler:
    """Does one thing at a time for a person, in the language that they use."""

    def __init__(self, registry: Registry, means: Means, *, failure: Callable[[RagError, Language], str]) -> None:
        self._registry = registry
        self._means = means
        self._failure = failure
        self._guard = Guard()

    def recognises(self, text: str) -> bool:
        """Whether a whole message calls a command; see `bot.neighbours.Handling`."""
        return self._registry.recognise(text) is not None

    async def handle(self, incoming: CommandCall | Press | Submission, desk: Desk) -> None:
        """Does what was asked for; see `bot.neighbours.Handling`."""
        adapter = self._means.adapters.get(incoming.place.platform)
        if adapter is None:
            raise DeliveryFailed(f"the platform {incoming.place.platform!r} is not connected; set its token")
        language = Language.EN
        try:
            language = await self._language(incoming)
            call = Call(means=self._means, desk=desk, incoming=incoming, language=language, adapter=adapter)
            await self._do(call)
        except DeliveryFailed:
            raise
        except RagError as error:
            log.warning("handling_failed", extra={"event_id": incoming.event_id, "error": error.logged})
            call = Call(means=self._means, desk=desk, incoming=incoming, language=language, adapter=adapter)
            await call.whisper(self._failure(error, language))

    async def propose(self, incoming: CommandCall, desk: Desk, argument: str, typed: str) -> tuple[str, ...]:
        """Proposes values to whoever types a command; see `bot.neighbours.Handling`."""
        adapter = self._means.adapters.get(incoming.place.platform)
        found = self._registry.find(incoming.name)
        if adapter is None or found is None:
            return ()
        level = found.command.level
        if self._means.role(incoming.person) < NEEDED[level]:
            return ()
        language = _of_locale(incoming.locale)
        call = Call(means=self._means, desk=desk, incoming=incoming, language=language, adapter=adapter)
        if level is not Level.EVERYONE and not await reaches_beyond(call, least=NEEDED[level]):
            return ()
        return await self.complete(call, incoming.name, argument, typed)

    async def complete(self, call: Call, command: str, argument: str, typed: str) -> tuple[str, ...]:
        """Proposes values for an argument that somebody types; () where there is nothing to propose."""
        found = self._registry.find(command)
        named = [each for each in found.command.arguments if each.name == argument] if found else []
        if not named or named[0].complete is None:
            return ()
        return tuple(await named[0].complete(call, typed))

    async def _do(self, call: Call) -> None:
        match call.incoming:
            case CommandCall():
                await self._command(call, call.incoming)
            case Press() | Submission() as act if not await self._may(call, act.payload.verb):
                return
            case Press() if call.incoming.payload.verb == Verb.COMMAND:
                called = _called(call.incoming)
                await self._command(replace(call, incoming=called), called)
            case Press():
                press = PRESSES.get(call.incoming.payload.verb)
                await (press(call, call.incoming) if press else call.whisper(call.words(Say.UNKNOWN_ACTION)))
            case Submission():
                form = FORMS.get(call.incoming.payload.verb)
                await (form(call, call.incoming) if form else call.whisper(call.words(Say.UNKNOWN_ACTION)))
            case unknown:
                assert_never(unknown)

    async def _command(self, call: Call, incoming: CommandCall) -> None:
        found = self._registry.find(incoming.name)
        if found is None:
            await call.refuse(basic.unknown_command(call, self._registry, incoming.name))
            return
        if not await self._guard.passes(call, found.command.level, found.command.name):
            return
        arguments = _in_own_words(found.command, incoming) or self._registry.read(
            found.command, incoming, call.language
        )
        if isinstance(arguments, Complaint):
            usage = basic.usage_of(call, self._registry, found.command)
            await call.refuse(f"{call.words(arguments.say, **arguments.values)}\n`{usage}`")
            return
        if not await self._guard.passes(call, self._registry.level(found.command, arguments), found.command.name):
            return
        await found.command.run(call, arguments)

    async def _may(self, call: Call, verb: str) -> bool:
        return await self._guard.passes(call, verb_level(verb), verb)

    async def _language(self, incoming: CommandCall | Press | Submission) -> Language:
        """That of the command's name or of the answer; else the conversation's; else the reader's interface's."""
        if isinstance(incoming, CommandCall):
            found = self._registry.find(incoming.name)
            if found and found.language is not None:
                return found.language
            # A name that no command has tells as much as what follows it.
            typed = incoming.text if found else f"{incoming.name} {incoming.text}"
            if typed and _tells_language(typed):
                return spoken(typed)
        elif incoming.payload.argument in {Language.ZH, Language.EN}:
            return Language(incoming.payload.argument)
        else:
            record = await self._means.store.answers.get(incoming.payload.subject)
            if record:
                return Language.ZH if record.answer.language is Language.ZH else Language.EN
        conversation = await self._means.store.conversations.get(incoming.place.key)
        if conversation and conversation.language in {Language.ZH, Language.EN}:
            return conversation.language
        return _of_locale(incoming.locale)


def _in_own_words(command: Command, incoming: CommandCall) -> Mapping[str, str] | None:
    read = TYPED.get(command.name)
    return read(incoming.text) if read and not incoming.arguments else None


def _called(press: Press) -> CommandCall:
    """The command that a button calls."""
    name, _, text = press.payload.subject.partition(".")
    return CommandCall(
        event_id=press.event_id,
        place=press.place,
        person=press.person,
        at=press.at,
        name=name,
        text=text,
        trigger=press.trigger,
        locale=press.locale,
    )


def _tells_language(text: str) -> bool:
    """Whether a text shows what its writer speaks: a name or a topic in Latin letters is typed in any language."""
    return spoken(text) is Language.ZH or len(text.split()) >= _TELLING_WORDS


def _of_locale(locale: str) -> Language:
    return Language.ZH if locale.lower().startswith("zh") else Language.EN
