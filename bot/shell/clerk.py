"""Does what whoever has the machine orders, through the same commands, checks and audit log as the chats."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

from bot.chat import CommandCall, Person, Place, PlaceKind, Press, Submission
from bot.commands.call import Means
from bot.commands.catalogue import all_commands
from bot.commands.handling import Handler
from bot.commands.reindex_recovery import tell_of_broken_run
from bot.records import OPERATOR, SHELL, QuestionRecord
from bot.scheduling import channel_place
from bot.shell.adapter import ShellChat
from bot.shell.values import Said, ShellDone, ShellOrder, ShellReply
from bot.wording import Wording
from rag.errors import InvalidInput, RagError
from rag.types import Language

_WORKSPACE = "local"
PLACE = Place(platform=SHELL, workspace=_WORKSPACE, channel="terminal", kind=PlaceKind.DM)
_REVIEWED = 500
_NAMES = {"gaps": "admin gaps", "proposals": "admin review", "inputs": "admin inputs", "audit": "admin audit"}
"""Commands of the chats that the command line has elsewhere."""


class ShellClerk:
    """Works over what the handlers of a bot share. `who` is told to others who want the index meanwhile."""

    def __init__(self, means: Means, *, who: str) -> None:
        self._means = means
        self._person = Person(platform=SHELL, workspace=_WORKSPACE, id=OPERATOR, name=who)

    async def act(self, order: ShellOrder) -> AsyncGenerator[Said | ShellDone, None]:
        """What is said, and at last whether it was done; closing it breaks off what was ordered. Raises RagError."""
        said: asyncio.Queue[Said | None] = asyncio.Queue()
        work = asyncio.create_task(self._done(order, ShellChat(said.put_nowait)))
        work.add_done_callback(lambda _: said.put_nowait(None))
        refused = False
        try:
            while (each := await said.get()) is not None:
                refused = refused or (isinstance(each, ShellReply) and each.refused)
                yield each
            yield ShellDone(failed=work.result() or refused)
        finally:
            work.cancel()
            await asyncio.wait([work])

    async def _done(self, order: ShellOrder, chat: ShellChat) -> bool:
        """Does what is ordered; whether it failed."""
        failed: list[RagError] = []

        def told(error: RagError, _: Language) -> str:
            failed.append(error)
            return str(error)

        place = channel_place(order.channel) if order.channel else PLACE
        means = await self._own(chat, place)
        if order.press is None and order.form is None:
            # Whoever began a run here that was broken off is told with the next order.
            await tell_of_broken_run(means, means.now())
        handler = Handler(all_commands(means.wording), means, failure=told)
        await handler.handle(self._incoming(order, place), _NoConversation())
        return bool(failed)

    async def _own(self, chat: ShellChat, place: Place) -> Means:
        """The same means for an owner who may read all, and who is called by what they are in the audit log.

        What is said in the place goes to the command line, whatever platform it is of.
        """
        means, labels = self._means, await self._labels()
        return replace(
            means,
            adapters={**means.adapters, SHELL: chat, place.platform: chat},
            rights=means.rights.with_owner(self._person, labels=labels),
            pseudonym=lambda _: OPERATOR,
            wording=self._called(place),
        )

    def _called(self, place: Place) -> Wording:
        """The texts, with commands as the command line has them: what is about a channel names it."""
        return self._means.wording.called_in(Language.EN, {**_NAMES, "config": f"admin config {place.channel_key}"})

    async def _labels(self) -> frozenset[str]:
        """All labels that there are, those of what waits for review and of what was taken out included."""
        store = self._means.store
        found = [
            *(each.audience for each in await self._means.library.documents()),
            *(each.audience for each in await store.hand_ins.review(limit=_REVIEWED)),
            *(each.audience for each in await store.shelves.all()),
        ]
        return frozenset[str]().union(*found)

    def _incoming(self, order: ShellOrder, place: Place) -> CommandCall | Press | Submission:
        at, event_id = self._means.now(), self._means.new_id()
        if order.form is not None:
            return Submission(
                event_id=event_id,
                place=place,
                person=self._person,
                at=at,
                payload=order.form,
                values=order.given,
                locale=order.language.value,
            )
        if order.press is not None:
            return Press(
                event_id=event_id,
                place=place,
                person=self._person,
                at=at,
                message=None,
                payload=order.press,
                values=order.values,
                trigger=event_id,
                locale=order.language.value,
            )
        return CommandCall(
            event_id=event_id,
            place=place,
            person=self._person,
            at=at,
            name=order.command,
            arguments=order.arguments,
            trigger=event_id,
            locale=order.language.value,
        )


class _NoConversation:
    """The command line holds no conversation; implements `bot.neighbours.Desk`."""

    async def ask(self, question: QuestionRecord, *, fresh: bool = False) -> None:
        raise InvalidInput("questions are asked by 'advisor ask'")

    async def cancel(self, question_id: str, person: Person) -> bool:
        return False

    async def stop(self, place: Place, person: Person) -> int:
        return 0

    async def resume(self, place: Place, person: Person) -> None:
        """Nothing was stopped."""
