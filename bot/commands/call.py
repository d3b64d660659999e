"""What a handler gets: who asked for something, where, in which language, and the means to do and answer it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.board import Pacing
from bot.channel_rules import effective_settings, reader_scope
from bot.chat import ChatAdapter, CommandCall, Person, Place, Press, Submission
from bot.commands.books import Books
from bot.commands.list_boards import ListBoards
from bot.commands.told import Memories, Told
from bot.documents.keeping import Keeper
from bot.documents.taking import FileTaker
from bot.errors import DeliveryFailed
from bot.expert_desk import ExpertDesk
from bot.indexing import IndexRuns
from bot.inputs.desk import InputDesk
from bot.limits import EngineSettings
from bot.neighbours import Desk
from bot.offers import Verb
from bot.oversight import Oversight
from bot.payloads import Payload
from bot.privacy_settings import PrivacySettings
from bot.records import SHELL, AnswerRecord, QuestionRecord
from bot.replies import Action, Button, File, Form, Reply, Visibility
from bot.rights import Rights, Role
from bot.schedules.desk import ScheduleDesk
from bot.schedules.telling import Telling
from bot.schedules.zones import ChannelZones
from bot.splitting import split
from bot.usage import channel_of
from bot.usages import typed
from bot.wording import Say, Sayable, Wording
from rag.assess import Axis
from rag.cases import CaseShelf
from rag.kinds.resource import Resource
from rag.kinds.risk import Risk
from rag.ports import Retrieving
from rag.types import Citation, Language, Scope, Turn

log = logging.getLogger(__name__)


async def _nothing_kept() -> None:
    """Where no answer is given again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What all handlers share.

    `adapters` are by platform, `rights` are asked at every call that needs one, `pseudonym` makes a person's key
    unrecognisable, `resources` and `risks` are the records of the shipped library, `engine` holds what channels
    inherit, `boards` keeps posted lists up to date, `memories` has what people were told alone, `index` brings the
    library up to date, `inputs` is where what it is kept current from is changed, and `forget_answers` empties the
    memory of answers that are given again. `schedules` is where what is posted at set times is changed, and `telling`
    has its words. `axes` are those of the feasibility check, `files` takes what people hand in and makes documents of
    it, and `keeper` forgets it again. `oversight` is what admins see and steer of it all.
    """

    store: Books
    library: CaseShelf
    retriever: Retrieving
    wording: Wording
    adapters: Mapping[str, ChatAdapter]
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    rights: Rights
    pseudonym: Callable[[str], str]
    pacing: Pacing
    schedules: ScheduleDesk
    telling: Telling
    resources: Sequence[Resource] = ()
    risks: Sequence[Risk] = ()
    axes: Sequence[Axis] = ()
    files: FileTaker | None = None
    keeper: Keeper | None = None
    engine: EngineSettings = field(default_factory=EngineSettings)
    boards: ListBoards = field(default_factory=ListBoards)
    memories: Memories = field(default_factory=Memories)
    index: IndexRuns | None = None
    inputs: InputDesk | None = None
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    forget_answers: Callable[[], Awaitable[None]] = _nothing_kept
    oversight: Oversight | None = None

    @property
    def zones(self) -> ChannelZones:
        """By which clock a channel goes."""
        return self.schedules.zones

    def role(self, person: Person) -> Role:
        """What a person may do at the moment."""
        return self.rights.role(person)

    def is_admin(self, person: Person) -> bool:
        """Whether a person may do what admins do."""
        return self.rights.role(person) >= Role.ADMIN

    @property
    def experts(self) -> ExpertDesk:
        """What speaks with experts."""
        return ExpertDesk(store=self.store, adapters=self.adapters, wording=self.wording, new_id=self.new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing that a person asked for."""

    means: Means
    desk: Desk
    incoming: CommandCall | Press | Submission
    language: Language
    adapter: ChatAdapter

    @property
    def place(self) -> Place:
        """Where it was asked for."""
        return self.incoming.place

    @property
    def person(self) -> Person:
        """Who asked for it."""
        return self.incoming.person

    def words(self, text: Sayable, **values: object) -> str:
        """One of the bot's texts in the language of the call."""
        return self.means.wording.say(text, self.language, **values)

    def typed(self, command: str, /, *, guarded: bool = False, **given: str) -> str:
        """How a command is typed here; see `bot.usages.typed`."""
        capable = self.adapter.capabilities
        return typed(capable, self.means.wording, command, self.language, guarded=guarded, **given)

    async def whisper(
        self,
        text: str,
        *,
        actions: tuple[tuple[Action, ...], ...] = (),
        citations: tuple[Citation, ...] = (),
        notes: tuple[str, ...] = (),
        files: tuple[File, ...] = (),
        rows: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Tells the person alone, in as many messages as it takes. Raises DeliveryFailed."""
        whole = Reply(
            text=text,
            citations=citations,
            notes=notes,
            actions=(*actions, *await self._sharing(text, citations, actions)),
            files=files,
            visibility=Visibility.PRIVATE,
            language=self.language,
            rows=tuple(rows) if self.everywhere else (),
        )
        await self.show(whole)

    async def refuse(self, text: str) -> None:
        """Tells the person alone why what they asked for is not done. Raises DeliveryFailed."""
        reply = Reply(text=text, visibility=Visibility.PRIVATE, language=self.language, refused=True)
        await self.show(reply)

    async def show(self, reply: Reply) -> None:
        """Shows a reply to the person alone, in as many messages as it takes. Raises DeliveryFailed."""
        can = self.adapter.capabilities
        room = can.message_characters - can.hint_characters * reply.text.count("`/")
        *rest, last = split(reply.text, max(room, can.message_characters // 2)) or ("",)
        for part in rest:
            told = Reply(text=part, language=self.language, visibility=Visibility.PRIVATE, unfinished=True)
            await self._tell(told)
        await self._tell(replace(reply, text=last))

    async def open_form(self, form: Form) -> bool:
        """Shows a form; False where the platform has none, or the call came without the means to open one.

        Who waits for one that the platform does not open any more, for its means live for seconds, is told.
        """
        trigger = "" if isinstance(self.incoming, Submission) else self.incoming.trigger
        if not trigger or not self.adapter.capabilities.forms:
            return False
        try:
            await self.adapter.open_form(trigger, form)
        except DeliveryFailed as error:
            log.info("form_not_opened", extra={"error": str(error)})
            await self.whisper(self.words(Say.FORM_LATE))
        return True

    async def ask(self, text: str, *, fresh: bool = False) -> None:
        """Puts a question in the person's name."""
        question = QuestionRecord(
            id=self.means.new_id(), place=self.place, person=self.person, text=text, asked_at=self.means.now()
        )
        await self.desk.ask(question, fresh=fresh)

    async def note(self, topic: str) -> None:
        """Keeps what was shown as something that was asked, so that the next question may go on from it.

        Only where nobody else reads along: what others ask must not go on from what they have not seen.
        """
        if not self.alone:
            return
        turn = Turn(question=topic, answer="")
        book = self.means.store.conversations
        await book.note_turn(self.place.key, turn, at=self.means.now(), person=self.person.key)

    async def answer(self, answer_id: str) -> AnswerRecord | None:
        """An answer that was given in this channel; one of another channel is nobody's business here."""
        record = await self.means.store.answers.get(answer_id)
        return record if record and record.conversation.startswith(f"{self.place.channel_key}/") else None

    async def readable_answer(self, answer_id: str, *, labels: frozenset[str] | None = None) -> AnswerRecord | None:
        """An answer of this channel all of whose sources may be read by now: by the person, or with these labels."""
        record = await self.answer(answer_id)
        if record is None:
            return None
        labels = (await self.own_scope()).audience if labels is None else labels
        readable = all(citation.document.audience & labels for citation in record.answer.citations)
        return record if readable else None

    async def labels(self) -> frozenset[str]:
        """The audience labels that everybody who reads along here holds."""
        return (await self.scope()).audience

    async def scope(self) -> Scope:
        """What of the library may be shown here."""
        settings = await effective_settings(self.means.store.settings, self.place.channel_key)
        return reader_scope(settings, self.person, place=self.place, held=self.means.rights.labels_of(self.person))

    @property
    def everywhere(self) -> bool:
        """Whether it is asked for by whoever has the machine: what they oversee ends at no workspace."""
        return self.person.platform == SHELL

    @property
    def alone(self) -> bool:
        """Whether nobody else reads along here: in a direct message, and on the person's own machine."""
        return self.place.private or self.adapter.capabilities.paths

    @property
    def subject(self) -> str:
        """What the audit log, which is never deleted, calls this place: a direct message by no name of its own."""
        return channel_of(self.place)

    @property
    def is_private(self) -> bool:
        """Whether nobody but the person reads what is whispered here."""
        return self.place.private or self.adapter.capabilities.private_replies

    async def own_scope(self) -> Scope:
        """What of the library may be whispered to the person: what may be shown here, and what they hold themselves."""
        scope = await self.scope()
        if not self.is_private:
            return scope
        return replace(scope, audience=scope.audience | self.means.rights.labels_of(self.person))

    async def _sharing(
        self, text: str, citations: tuple[Citation, ...], actions: tuple[tuple[Action, ...], ...]
    ) -> tuple[tuple[Action, ...], ...]:
        """The button that shows others what rests on sources and does not offer it already."""
        can = self.adapter.capabilities
        offered = any(action.payload.verb == Verb.SHARE for row in actions for action in row)
        if not citations or offered or self.place.private or not (can.sharing and can.private_replies):
            return ()
        if not await self.may_share(citations):
            return ()
        key = self.means.new_id()
        self.means.memories.keep(key, Told(text=text, citations=citations, place=self.place, person=self.person))
        payload = Payload(verb=Verb.SHARE_TOLD, subject=key, argument=self.language.value)
        return ((Button(label=self.words(Say.SHARE), payload=payload),),)

    async def may_share(self, citations: tuple[Citation, ...]) -> bool:
        """Whether what was made for the person may be shown to all who read along here.

        A label of their own that the others lack may have had a part in it, be it only in what is counted.
        """
        labels = await self.labels()
        held = self.means.rights.labels_of(self.person) <= labels
        return held and all(citation.document.audience & labels for citation in citations)

    async def _tell(self, reply: Reply) -> None:
        if self.adapter.capabilities.private_replies and not self.place.private:
            await self.adapter.whisper(self.place, self.person, reply)
        else:
            await self.adapter.post(self.place, reply, nonce=self.means.new_id())
