"""Puts questions to experts in the conversation itself: one message that calls them, kept true, reminded of once.

The message is claimed in the `PostBook` like every other one, so that neither a crash nor a second press doubles it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from bot.channel_rules import effective_settings
from bot.chat import Address, ChatAdapter, Message, MessageRef, Person, Place, PlaceKind
from bot.errors import DeliveryFailed, StoreFailed
from bot.expert_cards import answer_cards, expert_button, reminder_card, request_card
from bot.expert_records import ExpertBook, ExpertRequest
from bot.mentions import EXPERT, Mention, MentionKind, stored_mention
from bot.offers import Verb
from bot.ports import AnswerBook, EventBook, PostBook, SettingsBook
from bot.records import ChannelSettings, PostRecord, PostState
from bot.replies import Reply, Visibility
from bot.saying_experts import ExpertSay
from bot.wording import Wording
from rag.types import AnswerStatus

log = logging.getLogger(__name__)

REMIND_AFTER = timedelta(hours=24)
MOST_CHARACTERS = 8_000
"""Longest answer of an expert."""


class ExpertStore(Protocol):
    """The books that questions for experts need."""

    @property
    def events(self) -> EventBook:
        """Messages that were seen."""
        ...

    @property
    def experts(self) -> ExpertBook:
        """The questions themselves."""
        ...

    @property
    def posts(self) -> PostBook:
        """The messages about them."""
        ...

    @property
    def answers(self) -> AnswerBook:
        """What the library said."""
        ...

    @property
    def settings(self) -> SettingsBook:
        """Which channel has which expert."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertDesk:
    """Speaks with experts. It keeps nothing of its own, so that several may work on one store."""

    store: ExpertStore
    adapters: Mapping[str, ChatAdapter]
    wording: Wording
    new_id: Callable[[], str]

    async def offered(self, place: Place) -> bool:
        """Whether somebody can be asked in a place; a store that fails offers nobody."""
        if place.private:
            return False
        try:
            settings = await effective_settings(self.store.settings, place.channel_key)
        except StoreFailed as error:
            log.warning("expert_not_offered", extra={"error": str(error)})
            return False
        return expert_of(settings) is not None

    async def show(self, request: ExpertRequest) -> None:
        """Posts the message of a request, or brings it up to date. Raises StoreFailed, DeliveryFailed."""
        answer = await self.store.answers.get(request.answer_id)
        refused = answer is not None and answer.answer.status is AnswerStatus.REFUSED
        card = request_card(request, self.wording, refused=refused)
        posted = await self._posted(_key(request))
        if posted is not None:
            # It has called already, and some platforms would call again at every edit.
            await self._adapter(request.place).edit(posted, replace(card, mention=None))
            return
        posted = await self._post(_key(request), request.place, card)
        if not request.place.thread:
            # Where the message stands in no thread, its answers begin one.
            await self.store.experts.placed(request.id, f"{request.place.channel_key}/{posted.id}")

    async def tell_answer(self, request: ExpertRequest) -> None:
        """Posts what the expert answered, under the expert's name. Raises StoreFailed, DeliveryFailed."""
        characters = self._adapter(request.place).capabilities.message_characters
        place = self._answers_in(request)
        for number, card in enumerate(answer_cards(request, self.wording, characters=characters)):
            await self._post(f"{_key(request)}-answer", place, card, part=number)
        await self.show(request)

    async def remind(self, now: datetime) -> None:
        """Reminds once of each question that has waited for a day; may run anywhere, at any time, and twice."""
        try:
            for request in await self.store.experts.due(before=now - REMIND_AFTER):
                if request.place.platform in self.adapters:
                    await self._remind(request, now)
        except StoreFailed as error:
            log.warning("experts_not_reminded", extra={"error": str(error)})

    async def heard(self, message: Message, *, claim: Sequence[str]) -> Callable[[], Awaitable[None]] | None:
        """Keeps what an expert writes in the thread of a question that they have taken.

        What is returned asks the expert whether that is the answer; None for everybody else's messages. `claim` are
        the keys by which a message is taken, once. Raises StoreFailed.
        """
        if message.address is not Address.NONE or not message.place.thread or not message.text.strip():
            return None
        request = await self.store.experts.claimed_in(message.place.key, message.person.key)
        if request is None:
            return None
        if not await self.store.events.claim(claim, at=message.at):
            return _nothing
        if len(request.draft) + len(message.text) > MOST_CHARACTERS:
            return partial(self._whisper, message.place, message.person, self._too_long(request))
        await self.store.experts.note(request.id, message.text, person=message.person.key)
        return partial(self._whisper, message.place, message.person, self._is_it(request))

    async def tell(self, request: ExpertRequest, text: ExpertSay, **values: object) -> None:
        """Says something to the expert of a request alone; a courtesy, whose failure changes nothing."""
        platform, _, rest = request.expert.partition("/")
        workspace, _, key = rest.partition("/")
        if not key or platform not in self.adapters:
            return
        words = self.wording.say(text, request.language, **values)
        reply = Reply(text=words, language=request.language, visibility=Visibility.PRIVATE)
        person = Person(platform=platform, workspace=workspace, id=key, name=request.name)
        try:
            await self._whisper(request.place, person, reply)
        except DeliveryFailed as error:
            log.warning("expert_not_told", extra={"request_id": request.id, "error": str(error)})

    def _is_it(self, request: ExpertRequest) -> Reply:
        language = request.language
        yes = expert_button(
            Verb.EXPERT_THIS, ExpertSay.THIS, request.id, wording=self.wording, language=language, first=True
        )
        text = self.wording.say(ExpertSay.DRAFT, language)
        # No secret: it may stand in the thread, where its button belongs, on a platform that cannot whisper there.
        return Reply(text=text, actions=((yes,),), visibility=Visibility.ASIDE, language=language)

    def _too_long(self, request: ExpertRequest) -> Reply:
        text = self.wording.say(ExpertSay.DRAFT_LONG, request.language, most=MOST_CHARACTERS)
        return Reply(text=text, visibility=Visibility.ASIDE, language=request.language)

    async def _whisper(self, place: Place, person: Person, reply: Reply) -> None:
        adapter = self._adapter(place)
        if adapter.capabilities.private_replies and not place.private:
            await adapter.whisper(place, person, reply)
            return
        await adapter.post(place, reply, nonce=self.new_id())

    async def _remind(self, request: ExpertRequest, now: datetime) -> None:
        if not await self.store.experts.remind(request.id, at=now):
            return
        try:
            place = self._answers_in(request)
            await self._post(f"{_key(request)}-reminder", place, reminder_card(request, self.wording))
        except DeliveryFailed as error:
            log.warning("expert_not_reminded", extra={"request_id": request.id, "error": str(error)})
            if error.retryable:
                await self.store.experts.not_reminded(request.id)

    def _answers_in(self, request: ExpertRequest) -> Place:
        """Where the conversation about a request goes on: its thread, also where its own message began that."""
        thread = request.thread.removeprefix(f"{request.place.channel_key}/")
        if not thread or thread == request.place.thread:
            return request.place
        return replace(request.place, thread=thread, kind=PlaceKind.THREAD)

    async def _posted(self, key: str) -> MessageRef | None:
        """The message of ours that stands already."""
        for post in await self.store.posts.of_question(key):
            if post.part == 0 and post.state is PostState.POSTED:
                return MessageRef(place=post.place, id=post.message_id)
        return None

    async def _post(self, key: str, place: Place, reply: Reply, *, part: int = 0) -> MessageRef:
        """Posts a message once, whoever asks for it how often."""
        adapter, books = self._adapter(place), self.store.posts
        fresh = PostRecord(nonce=self.new_id(), question_id=key, place=place, part=part, state=PostState.CLAIMED)
        post = await books.claim(fresh)
        if post.state is PostState.POSTED:
            return MessageRef(place=post.place, id=post.message_id)
        found = await adapter.find_posted(place, post.nonce) if post.state is PostState.POSTING else None
        await books.posting(post.nonce)
        posted = found or await adapter.post(place, reply, nonce=post.nonce)
        await books.posted(post.nonce, posted.id)
        return posted

    def _adapter(self, place: Place) -> ChatAdapter:
        adapter = self.adapters.get(place.platform)
        if adapter is None:
            raise DeliveryFailed(f"the platform {place.platform!r} is not connected; set its token")
        return adapter


async def _nothing() -> None:
    """What is left to say about a message that came again."""


def expert_of(settings: ChannelSettings) -> Mention | None:
    """Who is called in a channel with these settings."""
    return stored_mention(settings.other.get(EXPERT, ""))


def may_answer(mention: Mention, person: Person) -> bool:
    """Whether a person is whom a channel has named, or has the role that it has named.

    Nobody has a role of which their platform did not tell; one whose events do not tell is asked, instead
    (`bot.chat.Membership`).
    """
    return mention.id == person.id if mention.kind is MentionKind.USER else mention.id in person.roles


def _key(request: ExpertRequest) -> str:
    """What the messages of a request are stored under, beside those of questions."""
    return f"expert-{request.id}"
