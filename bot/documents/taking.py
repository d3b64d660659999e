"""Takes files that people send: announced in the store first, then fetched, looked into and kept.

A file that was announced when the program was killed is taken up by `resume`: nothing is kept in memory alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from bot.channel_rules import audience, effective_settings
from bot.chat import Attachment, ChatAdapter, Message, Person, Place
from bot.document_records import WAITING, HandIn, HandInState, Shelf
from bot.documents.cards import Arrival, Refused, Speaker, arrival_card
from bot.documents.desk import DocumentDesk
from bot.documents.rendering import readers_of
from bot.errors import DeliveryFailed, PublishingFailed
from bot.ports import SettingsBook
from bot.redaction.redactor import Redactor
from bot.replies import Reply, Visibility
from bot.rights import Rights, Role
from bot.saying_documents import DocSay
from bot.wording import Wording, spoken
from bot.workspace_records import WorkspaceBook, workspace_key
from rag.errors import RagError, UnreadableDocument
from rag.types import PUBLIC, Language

log = logging.getLogger(__name__)

_LATE = timedelta(minutes=2)
_NAME = 120


class SettingStore(Protocol):
    """Where channels' settings are."""

    @property
    def settings(self) -> SettingsBook:
        """Which labels a channel holds."""
        ...

    @property
    def workspaces(self) -> WorkspaceBook:
        """Which workspaces are registered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Files that somebody sent at once. `claim` is the same whenever their platform tells of them."""

    place: Place
    person: Person
    attachments: Sequence[Attachment]
    claim: str
    at: datetime
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTaker:
    """Takes files on every platform; `bot.engine.wiring.Taking`."""

    desk: DocumentDesk
    store: SettingStore
    adapters: Mapping[str, ChatAdapter]
    wording: Wording
    rights: Rights
    usage: Callable[[Language, ChatAdapter], str]
    _at_work: set[str] = field(default_factory=set)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, message: Message, *, language: Language) -> Callable[[], Awaitable[None]]:
        """Announce the files of a message; what is returned fetches them and tells their sender. Raises StoreFailed."""
        names = " ".join(each.name for each in message.attachments)
        sent = Sent(
            place=message.place,
            person=message.person,
            attachments=message.attachments,
            claim=f"message/{message.place.channel_key}/{message.message_id}",
            at=message.at,
            language=spoken(f"{message.text} {names}", language),
        )
        speaker = self.speaker(sent.language)
        refused = await self.refusal(sent)
        if refused:
            return partial(self._whisper, sent.place, sent.person, _plain(refused, sent.language))
        batch, notes = await self.announce(sent)

        async def rest() -> None:
            arrival = await self.fetch(batch, speaker)
            editor = await self.edits(sent.person, sent.place)
            card = arrival_card(replace(arrival, notes=notes), speaker, batch=batch, editor=editor)
            if arrival.taken or arrival.refused:
                await self._whisper(sent.place, sent.person, card)

        return rest

    def speaker(self, language: Language) -> Speaker:
        """The bot's words in a language."""
        return Speaker(wording=self.wording, language=language)

    async def edits(self, person: Person, place: Place) -> bool:
        """Whether a person may publish and review there. Raises StoreFailed.

        Who manages a server that they have brought the bot to edits nothing until it is registered.
        """
        if self.rights.role(person) < Role.EDITOR:
            return False
        return self.rights.named(person) >= Role.EDITOR or (not place.private and await self._registered(place))

    async def _registered(self, place: Place) -> bool:
        adapter = self.adapters.get(place.platform)
        if adapter is None or not adapter.capabilities.registers:
            return True
        return await self.store.workspaces.since(workspace_key(place.platform, place.workspace)) is not None

    async def refusal(self, sent: Sent) -> str:
        """Why nothing is taken from somebody at all; "" when something is."""
        speaker, settings = self.speaker(sent.language), self.desk.workshop.settings
        proposes = settings.proposals and (sent.place.private or await self._registered(sent.place))
        if not proposes and not await self.edits(sent.person, sent.place):
            return speaker.say(DocSay.UPLOAD_CLOSED)
        waiting = await self.desk.workshop.store.hand_ins.waiting(sent.person.key)
        if waiting >= settings.waiting_per_person:
            usage = self.usage(sent.language, self._adapter(sent.place))
            return speaker.say(DocSay.MANY_WAIT, most=settings.waiting_per_person, usage=usage)
        return ""

    async def announce(self, sent: Sent) -> tuple[str, tuple[str, ...]]:
        """Store that files are on their way; their batch, and what there is to say of it. Raises StoreFailed."""
        most = self.desk.workshop.settings.files_at_once
        settings = await effective_settings(self.store.settings, sent.place.channel_key)
        # Of one who is no member nobody knows more than that everybody may read it.
        labels = frozenset(readers_of(audience(settings, sent.person)))
        batch, books = self.desk.workshop.new_id(), self.desk.workshop.store.hand_ins
        for number, attachment in enumerate(sent.attachments[:most]):
            name = Redactor().redact(attachment.name.replace("\x00", "")).text[-_NAME:]
            await books.add(
                HandIn(
                    id=self.desk.workshop.new_id(),
                    claim=f"{sent.claim}/{number}",
                    batch=batch,
                    shelf=Shelf.UPLOADS,
                    person=sent.person.key,
                    name=" ".join(sent.person.name.split())[:80] or f"@{sent.person.id}",
                    place=sent.place,
                    title=name,
                    language=sent.language,
                    audience=labels,
                    at=sent.at,
                    file=name,
                    reference=attachment.reference,
                    size=attachment.size,
                )
            )
        over = len(sent.attachments) > most
        return batch, ((self.speaker(sent.language).say(DocSay.TOO_MANY, most=most),) if over else ())

    async def fetch(self, batch: str, speaker: Speaker) -> Arrival:
        """Fetch and look into what was announced. Raises StoreFailed."""
        taken: list[HandIn] = []
        refused: list[Refused] = []
        self._at_work.add(batch)
        try:
            # One batch at a time, so that a flood of files waits in the store and not in memory.
            async with self._one:
                for hand_in in await self.desk.workshop.store.hand_ins.batch(batch):
                    if hand_in.state is not HandInState.ARRIVING:
                        continue
                    found = await self._fetched(hand_in, speaker)
                    if isinstance(found, Refused):
                        refused.append(found)
                    elif found is not None:
                        taken.append(found)
        finally:
            self._at_work.discard(batch)
        return Arrival(taken=tuple(taken), refused=tuple(refused))

    async def resume(self, now: datetime) -> None:
        """Take up what was announced and is late, where its platform is connected."""
        left = await self.desk.workshop.store.hand_ins.left(HandInState.ARRIVING, before=now - _LATE)
        batches = {each.batch: each for each in left if each.place.platform in self.adapters}
        for batch, one in batches.items():
            if batch in self._at_work:
                continue
            speaker = self.speaker(one.language)
            arrival = await self.fetch(batch, speaker)
            person = person_of(one)
            card = arrival_card(arrival, speaker, batch=batch, editor=await self.edits(person, one.place))
            try:
                await self._whisper(one.place, person, card)
            except DeliveryFailed as error:
                log.warning("arrival_not_told", extra={"batch": batch, "error": str(error)})

    async def _fetched(self, hand_in: HandIn, speaker: Speaker) -> HandIn | Refused | None:
        settings, adapter = self.desk.workshop.settings, self._adapter(hand_in.place)
        limit = int(settings.max_megabytes * 1_000_000)
        if hand_in.size > limit:
            await self.desk.let_go(hand_in)
            size = f"{hand_in.size / 1e6:.1f}"
            problem = speaker.say(DocSay.TOO_LARGE, size=size, most=f"{settings.max_megabytes:g}")
            return Refused(file=hand_in.file, problem=problem)
        attachment = Attachment(name=hand_in.file, size=hand_in.size, reference=hand_in.reference)
        try:
            content = await adapter.fetch(attachment, limit_bytes=limit)
        except DeliveryFailed as error:
            log.info("file_not_fetched", extra={"hand_in": hand_in.id, "error": str(error)})
            await self.desk.let_go(hand_in)
            problem = speaker.say(DocSay.NO_FILE if adapter.capabilities.paths else DocSay.NOT_FETCHED)
            return Refused(file=hand_in.file, problem=problem)
        return await self._looked_into(hand_in, content, speaker)

    async def _looked_into(self, hand_in: HandIn, content: bytes, speaker: Speaker) -> HandIn | Refused | None:
        try:
            received = await self.desk.receive(hand_in, content)
        except UnreadableDocument as error:
            return Refused(file=hand_in.file, problem=speaker.mend(error.problem, error.remedy))
        except PublishingFailed as error:
            log.warning("file_not_kept", extra={"hand_in": hand_in.id, "error": str(error)})
            return Refused(file=hand_in.file, problem=speaker.failure(error))
        if received is None:
            return None
        if known := await self._known(received, speaker):
            await self.desk.let_go(received)
            return Refused(file=hand_in.file, problem=known)
        return received

    async def _known(self, received: HandIn, speaker: Speaker) -> str:
        """What is said of content that is here already; "" for a new one."""
        twin = await self.desk.twin(received, audience=received.audience | {PUBLIC})
        if twin is not None and twin.shown:
            return speaker.say(DocSay.SAME, title=twin.shown.title)
        for own in await self.desk.workshop.store.hand_ins.of(received.person, limit=50):
            if own.digest == received.digest and own.id != received.id and own.state in WAITING:
                usage = self.usage(speaker.language, self._adapter(received.place))
                return speaker.say(DocSay.SAME_WAITS, number=own.number, usage=usage)
        return ""

    async def tell(self, hand_in: HandIn, reply: Reply) -> None:
        """Say something to who handed something in, where they did; a courtesy, whose failure changes nothing."""
        if hand_in.place.platform not in self.adapters or not hand_in.person:
            return
        try:
            await self._whisper(hand_in.place, person_of(hand_in), reply)
        except RagError as error:
            log.warning("giver_not_told", extra={"hand_in": hand_in.id, "error": str(error)})

    async def _whisper(self, place: Place, person: Person, reply: Reply) -> None:
        adapter = self._adapter(place)
        if adapter.capabilities.private_replies and not place.private:
            await adapter.whisper(place, person, reply)
            return
        await adapter.post(place, reply, nonce=self.desk.workshop.new_id())

    def _adapter(self, place: Place) -> ChatAdapter:
        adapter = self.adapters.get(place.platform)
        if adapter is None:
            raise DeliveryFailed(f"the platform {place.platform!r} is not connected; set its token")
        return adapter


def person_of(hand_in: HandIn) -> Person:
    """Who handed something in, as far as the store knows them; their roles it does not know."""
    platform, _, rest = hand_in.person.partition("/")
    workspace, _, key = rest.partition("/")
    return Person(platform=platform, workspace=workspace, id=key, name=hand_in.name)


def _plain(text: str, language: Language) -> Reply:
    return Reply(text=text, visibility=Visibility.PRIVATE, language=language)
