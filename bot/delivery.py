"""Shows an answer while it is written, and how a question fared that got none: `bot.neighbours.Delivering`.

What a reader has seen of an answer only grows. While nothing can be shown yet, a sign tells what is going on; it goes
only when something stands in its place. An answer too long for the chat goes out as a file, beneath its beginning.
"""

from __future__ import annotations

import asyncio
import logging
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.board import Board, Pacing, tell_alone
from bot.chat import ChatAdapter, Person, Place
from bot.drafts import Draft
from bot.errors import DeliveryFailed
from bot.grounding import evidence_of
from bot.offers import Verb, answer_actions, button
from bot.ports import PostBook
from bot.records import AnswerRecord, QuestionRecord, QuestionState
from bot.references import as_file, references
from bot.replies import Action, File, Reply, Visibility
from bot.suggestions import follow_ups
from bot.wording import Say, Wording, spoken
from rag.authorship import Notice
from rag.errors import RagError, StorageFailed
from rag.types import AnswerEvent, Delta, Finished, Language, Retrieved

log = logging.getLogger(__name__)

_ROOM_FOR_STATUS = 60
_QUOTED = 200

_ENDINGS = {
    QuestionState.FAILED: Say.FAILED,
    QuestionState.CANCELLED: Say.CANCELLED,
    QuestionState.EXPIRED: Say.EXPIRED,
    QuestionState.INTERRUPTED: Say.INTERRUPTED,
}


async def _nobody(_: Place) -> bool:
    """Says that no expert can be asked anywhere."""
    return False


async def _unknown(_: QuestionRecord, __: Language) -> str:
    """Says that nothing is known of the start-up for which a question is asked."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The words of a delivery: the bot's own, and the core's for failures and for how an answer was made.

    `expert_in` tells whether an expert can be asked in a place, `company` for what start-up a question is asked.
    """

    wording: Wording
    failure: Callable[[RagError, Language], str]
    notice: Callable[[Notice, Language], str]
    expert_in: Callable[[Place], Awaitable[bool]] = _nobody
    company: Callable[[QuestionRecord, Language], Awaitable[str]] = _unknown


class Delivery:
    """Brings answers to the platforms that their questions came from."""

    def __init__(
        self,
        adapters: Mapping[str, ChatAdapter],
        posts: PostBook,
        *,
        voice: Voice,
        pacing: Pacing,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
    ) -> None:
        self._adapters = adapters
        self._posts = posts
        self._voice = voice
        self._pacing = pacing
        self._new_id = new_id
        self._now = now
        self._boards: dict[str, Board] = {}

    async def waiting(self, question: QuestionRecord, *, ahead: int) -> None:
        """Shows a place in the queue; see `bot.neighbours.Delivering`."""
        language = spoken(question.text)
        say = {0: Say.NEXT_IN_LINE, 1: Say.WAITING_ONE}.get(ahead, Say.WAITING_MANY)
        status = self._voice.wording.say(say, language, ahead=ahead)
        sign = Reply(text=_opening(question).rstrip(), status=status, language=language)
        try:
            await self._board(question).show_now([sign])
        except RagError as error:
            log.warning("waiting_not_shown", extra={"question_id": question.id, "error": str(error)})

    async def deliver(self, question: QuestionRecord, events: AsyncIterator[AnswerEvent]) -> AnswerRecord:
        """Shows an answer while it is written; see `bot.neighbours.Delivering`."""
        board = self._board(question)
        limits = self._connected(question.place.platform).capabilities
        draft = Draft(
            id=self._new_id(),
            limit=limits.message_characters - _ROOM_FOR_STATUS,
            most=limits.file_characters,
            language=spoken(question.text),
            parts=[_opening(question)],
        )
        failure: RagError | None = None
        async with asyncio.TaskGroup() as group:
            shower = group.create_task(board.keep_showing())
            try:
                await self._follow(question, events, draft, board)
            except RagError as error:
                failure = error
            finally:
                # The platform is not interrupted in the middle of an edit, which might arrive after the last state.
                async with board.lock:
                    shower.cancel()
        if failure is not None:
            raise failure
        record = self._record(question, draft)
        expert = await self._voice.expert_in(question.place)
        notes = await self._suited(question, record, draft)
        finished = self._finished(record, draft, limit=limits.message_characters, expert=expert, more=notes)
        await self._settle(question, board, finished)
        self._boards.pop(question.id, None)
        return record

    async def close(self, question: QuestionRecord, state: QuestionState, *, error: RagError | None = None) -> None:
        """Says how a question ended without an answer; see `bot.neighbours.Delivering`."""
        board = self._board(question)
        shown = board.wanted
        unseen = not shown or not shown[-1].text
        if state is QuestionState.CANCELLED and unseen and not await self._posts.of_question(question.id):
            self._boards.pop(question.id, None)
            return
        language = spoken(question.text)
        wording = self._voice.wording
        reason = ""
        if state is QuestionState.FAILED:
            reason = self._voice.failure(error or RagError("the answer failed for no known reason"), language)
        line = wording.say(_ENDINGS[state], language, reason=reason)
        actions: tuple[tuple[Action, ...], ...] = ()
        if state is not QuestionState.CANCELLED:
            actions = ((button(Verb.RETRY, Say.RETRY, question.id, wording=wording, language=language),),)
        text, notes = (line, ()) if unseen else (shown[-1].text, (line,))
        last = Reply(text=text, notes=notes, actions=actions, language=language)
        try:
            await self._settle(question, board, [*shown[:-1], last])
        finally:
            self._boards.pop(question.id, None)

    async def tell(self, place: Place, person: Person, text: Say, language: Language, **values: object) -> None:
        """Says one of the bot's own sentences to a person alone; see `bot.neighbours.Delivering`."""
        adapter = self._connected(place.platform)
        words = self._voice.wording.say(text, language, **values)
        reply = Reply(text=words, language=language, visibility=Visibility.ASIDE)
        if adapter.capabilities.private_replies and not place.private:
            await adapter.whisper(place, person, reply)
        else:
            await adapter.post(place, reply, nonce=self._new_id())

    async def withdraw(self, question: QuestionRecord) -> None:
        """Takes away all that was said about a question; see `bot.neighbours.Delivering`."""
        board = self._board(question)
        self._boards.pop(question.id, None)
        await board.withdraw()

    def _connected(self, platform: str) -> ChatAdapter:
        adapter = self._adapters.get(platform)
        if adapter is None:
            raise DeliveryFailed(f"the platform {platform!r} is not connected; set its token")
        return adapter

    def _board(self, question: QuestionRecord) -> Board:
        known = self._boards.get(question.id)
        if known is None:
            adapter = self._connected(question.place.platform)
            known = Board(question, adapter, self._posts, pacing=self._pacing, new_nonce=self._new_id)
            self._boards[question.id] = known
        return known

    async def _settle(self, question: QuestionRecord, board: Board, replies: list[Reply]) -> None:
        """Shows the last state; to whoever asked alone where the bot may not write."""
        try:
            await board.settle(replies)
        except DeliveryFailed as error:
            adapter = self._connected(question.place.platform)
            if error.retryable or not adapter.capabilities.private_replies:
                raise
            log.info("told_alone", extra={"question_id": question.id, "error": str(error)})
            await tell_alone(question, replies, adapter, self._voice.wording)

    async def _follow(
        self, question: QuestionRecord, events: AsyncIterator[AnswerEvent], draft: Draft, board: Board
    ) -> None:
        board.want(self._growing(question, draft))
        async for event in events:
            match event:
                case Retrieved():
                    draft.retrieval = event.retrieval
                    draft.status = Say.READING if event.retrieval.answerable else Say.SEARCHING
                    draft.language = event.retrieval.language
                case Delta():
                    draft.add(event.text)
                case Finished():
                    draft.answer = event.answer
                    return
            board.want(self._growing(question, draft))
        raise StorageFailed(f"the answer to question {question.id!r} broke off before its end; ask again")

    def _growing(self, question: QuestionRecord, draft: Draft) -> list[Reply]:
        """The messages while the answer grows: the sign of work and the way to stop it stand under the last one."""
        wording, language = self._voice.wording, draft.language
        passages = len(draft.retrieval.passages) if draft.retrieval else 0
        status = wording.say(draft.status, language, passages=passages)
        stop = button(Verb.STOP, Say.STOP, question.id, wording=wording, language=language)
        replies = [Reply(text=part, language=language) for part in draft.shown]
        return [*replies[:-1], replace(replies[-1], status=status, actions=((stop,),))]

    def _record(self, question: QuestionRecord, draft: Draft) -> AnswerRecord:
        answer = draft.answer
        if answer is None:
            raise StorageFailed(f"the answer to question {question.id!r} broke off before its end; ask again")
        return AnswerRecord(
            id=draft.id,
            question_id=question.id,
            conversation=question.place.key,
            answer=answer,
            evidence=evidence_of(draft.retrieval, answer),
            suggestions=follow_ups(answer, draft.retrieval),
            at=self._now(),
        )

    async def _suited(self, question: QuestionRecord, record: AnswerRecord, draft: Draft) -> tuple[str, ...]:
        """Tells for what company the answer was put in order, where that changed it, and how to switch it off."""
        suited = draft.retrieval.suited if draft.retrieval else frozenset()
        if not any(citation.document.id in suited for citation in record.answer.citations):
            return ()
        language, wording = record.answer.language, self._voice.wording
        who = await self._voice.company(question, language)
        words = wording.command("profile", language)
        prefix = self._connected(question.place.platform).capabilities.command_prefix
        usage = f"{prefix}{words.name} {words.arguments['action'].choices['off']}"
        return (wording.say(Say.PROFILE_SUITED, language, who=who, usage=usage),) if who else ()

    def _finished(
        self, record: AnswerRecord, draft: Draft, *, limit: int, expert: bool, more: tuple[str, ...]
    ) -> list[Reply]:
        """The last state: sources, notes and actions under the last message, or in one of their own if it is full."""
        answer, language = record.answer, record.answer.language
        wording = self._voice.wording
        notices = answer.writing.notices if answer.writing else ()
        notes = [*more, *(self._voice.notice(notice, language) for notice in notices)]
        files: tuple[File, ...] = ()
        if draft.too_long:
            notes.insert(0, wording.say(Say.ANSWER_IN_FILE, language))
            content = as_file(answer, wording).encode()
            files = (File(name=wording.say(Say.FILE_NAME, language), content=content),)
        replies = [Reply(text=part, language=language) for part in draft.shown]
        beneath = sum(reference.characters for reference in references(answer.citations, wording, language))
        if files or len(replies[-1].text) + beneath + sum(map(len, notes)) > limit:
            replies.append(Reply(text="", language=language))
        actions = answer_actions(record, wording, expert=expert)
        last = replace(replies[-1], citations=answer.citations, notes=tuple(notes), actions=actions, files=files)
        return [*replies[:-1], last]


def _opening(question: QuestionRecord) -> str:
    """The question itself over its answer, where nobody wrote it in the chat: it came by a command or a button."""
    if question.message_id:
        return ""
    return f"> {textwrap.shorten(question.text, _QUOTED, placeholder=' …')}\n\n"
