"""What one person is told where no interaction of theirs is open: beneath what they wrote, or in a direct message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from bot.chat import Person, Place, PlaceKind
from bot.discord_app.failures import SHUT, code_of
from bot.discord_app.markup import escaped
from bot.discord_app.means import Means
from bot.discord_app.posting import Poster
from bot.discord_app.rooms import Target
from bot.errors import DeliveryFailed
from bot.remembered import Remembered
from bot.replies import Reply, Visibility
from bot.wording import Say

log = logging.getLogger(__name__)

_MOST = 1_000
_LONGEST_S = 10.0
_PAUSES_S: Final = (1.0, 3.0)
"""Between tries: such a line is kept nowhere, and nobody else makes it anew."""


class Personal:
    """Tells people something by themselves, as privately as it has to be."""

    def __init__(
        self, means: Means, poster: Poster, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._means = means
        self._poster = poster
        self._sleep = sleep
        self._owed: Remembered[tuple[str, str], Reply] = Remembered(_MOST)

    async def tell(self, place: Place, person: Person, reply: Reply) -> None:
        """Says what is no secret beneath what the person wrote, and the rest directly. Raises DeliveryFailed."""
        if not place.private and reply.visibility is not Visibility.ASIDE:
            await self._direct(place, person, reply)
            return
        try:
            await self._aside(place, person, reply)
        except DeliveryFailed as error:
            if place.private or code_of(error) not in SHUT:
                raise
            await self._direct(place, person, reply)

    async def _aside(self, place: Place, person: Person, reply: Reply) -> None:
        """Says something beneath what a person wrote, for lack of a way to say it to them alone."""
        said = self._means.traces.last(place, person.id)
        channel = self._means.rooms.likely(place)
        reply_to = int(said or 0) if channel == int(place.channel) else 0
        await self._say(Target(channel=channel, reply_to=reply_to), reply)

    async def _direct(self, place: Place, person: Person, reply: Reply) -> None:
        try:
            channel = await self._means.calls.make("open a direct message", self._opened(person.id))
            await self._say(Target(channel=channel), reply)
        except DeliveryFailed as error:
            if error.retryable:
                raise
            await self._told_how(place, person, reply)

    async def _told_how(self, place: Place, person: Person, reply: Reply) -> None:
        """Says where the person asked what keeps them from being told, or around it where that takes no messages."""
        try:
            await self._aside(place, person, self._hint(Say.IN_PRIVATE, reply))
        except DeliveryFailed as error:
            if code_of(error) not in SHUT:
                raise
            await self._told_around(place, person, reply)

    async def _told_around(self, place: Place, person: Person, reply: Reply) -> None:
        """Says it around the place where they asked, else when they are next heard of in the server."""
        try:
            if not place.thread or place.kind is PlaceKind.FORUM:
                # Nothing is around a channel, and a forum takes posts alone.
                raise DeliveryFailed("nobody may be told anything where they asked, nor directly")
            around = self._hint(Say.SHUT_OUT, reply, who=escaped(person.name))
            await self._say(Target(channel=int(place.channel)), around)
        except DeliveryFailed as error:
            if error.retryable:
                raise
            self._owed.keep((place.workspace, person.id), self._hint(Say.OWED, reply))
            log.warning("answer_owed", extra={"channel": place.channel_key, "error": str(error)})

    def owes(self, place: Place, person: Person) -> bool:
        """Whether there is something that somebody could be told nowhere."""
        return self._owed.get((place.workspace, person.id)) is not None

    def owed(self, place: Place, person: Person) -> Reply | None:
        """What somebody has to be told who could be told nowhere, once they are heard of in the same server."""
        key = (place.workspace, person.id)
        reply = self._owed.get(key)
        self._owed.forget(key)
        return reply

    def _hint(self, text: Say, reply: Reply, **values: object) -> Reply:
        words = self._means.renderer.say(text, reply, **values)
        return Reply(text=words, language=reply.language, visibility=Visibility.ASIDE)

    async def _say(self, target: Target, reply: Reply) -> None:
        nonce = self._means.new_nonce()
        for pause_s in _PAUSES_S:
            try:
                await self._poster.into(target, reply, nonce=nonce)
            except DeliveryFailed as error:
                if not error.retryable or (error.retry_after_s or 0.0) > _LONGEST_S:
                    raise
                await self._sleep(max(pause_s, error.retry_after_s or 0.0))
            else:
                return
        await self._poster.into(target, reply, nonce=nonce)

    async def _opened(self, person: str) -> int:
        """The channel of direct messages with somebody."""
        user = self._means.client.get_user(int(person)) or await self._means.client.fetch_user(int(person))
        return (user.dm_channel or await user.create_dm()).id
