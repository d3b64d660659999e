"""Speaking with experts: each message once, also after a crash; reminded once; drafts from the thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import pytest

from bot.chat import Address, Message, Place
from bot.errors import DeliveryFailed, StoreFailed
from bot.expert_desk import MOST_CHARACTERS, ExpertDesk
from bot.expert_records import ExpertRequest, RequestState
from bot.memory_chat import MemoryChat, Moment
from bot.memory_store import MemorySettings, MemoryStore
from bot.mentions import Mention, MentionKind
from bot.records import ChannelSettings, PostRecord, PostState, QuestionState
from rag.types import AnswerStatus, Language

from .bench import WORDING
from .samples import ADA, BOB, NOW, PLACE, answer, question, record

_EVENTS = count(1)
LATE = NOW + timedelta(hours=25)


@dataclass
class Hall:
    """A desk over a chat and a store in memory."""

    chat: MemoryChat = field(default_factory=MemoryChat)
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        self._ids = map("n{}".format, count(1))
        self.desk = self.another()

    def another(self) -> ExpertDesk:
        """A second desk, as another process has it."""
        return ExpertDesk(
            store=self.store, adapters={"memory": self.chat}, wording=WORDING, new_id=lambda: next(self._ids)
        )

    async def asked(self, *, place: Place = PLACE, name: str = "q1") -> ExpertRequest:
        """A request whose message is posted."""
        await self.store.questions.admit(question(name=name, place=place))
        made = replace(record(answer(status=AnswerStatus.REFUSED), name=f"a{name}"), question_id=name)
        await self.store.questions.finish(name, QuestionState.REFUSED, answer=made)
        request = await self.store.experts.ask(
            ExpertRequest(
                id=f"r{name}",
                question_id=name,
                answer_id=f"a{name}",
                place=place,
                text="What is a data flywheel?",
                language=Language.EN,
                mention=Mention(kind=MentionKind.USER, id="bob"),
                asked_at=NOW,
            )
        )
        await self.desk.show(request)
        return await self.now(request)

    async def now(self, request: ExpertRequest) -> ExpertRequest:
        found = await self.store.experts.get(request.id)
        assert found is not None
        return found


def wrote(text: str, *, place: Place = PLACE, address: Address = Address.NONE) -> Message:
    return Message(event_id="e1", message_id="m9", place=place, person=BOB, at=NOW, text=text, address=address)


async def heard(hall: Hall, message: Message) -> Callable[[], Awaitable[None]] | None:
    """What the desk makes of a message that nobody has taken yet."""
    return await hall.desk.heard(message, claim=[f"message/{next(_EVENTS)}"])


async def test_message_that_was_posted_before_a_crash_is_not_posted_again() -> None:
    hall = Hall()
    request = await hall.asked()
    (first,) = hall.chat.posted
    await hall.desk.show(request)
    assert len(hall.chat.posted) == 1

    other = replace(request, id="r2", question_id="q2")
    nonce = "before-the-crash"
    await hall.store.posts.claim(
        PostRecord(nonce=nonce, question_id="expert-r2", place=PLACE, part=0, state=PostState.CLAIMED)
    )
    await hall.store.posts.posting(nonce)
    arrived = await hall.chat.post(PLACE, first.reply, nonce=nonce)
    await hall.desk.show(other)
    assert len(hall.chat.posted) == 2
    (post,) = await hall.store.posts.of_question("expert-r2")
    assert (post.state, post.message_id) == (PostState.POSTED, arrived.id)


async def test_reminder_is_posted_once_by_however_many_processes() -> None:
    hall = Hall()
    request = await hall.asked()
    await hall.desk.remind(NOW + timedelta(hours=23))
    assert len(hall.chat.posted) == 1
    await asyncio.gather(*(each.remind(LATE) for each in (hall.desk, hall.another(), hall.another())))
    await hall.desk.remind(LATE + timedelta(days=9))
    (_, reminder) = hall.chat.posted
    assert reminder.reply.text.startswith("This question still waits for an expert:\n\n> What is")
    assert reminder.reply.mention == request.mention
    assert reminder.ref.place == PLACE


@pytest.mark.parametrize("ended", ["answered", "closed"])
async def test_nobody_is_reminded_of_what_has_ended(ended: str) -> None:
    hall = Hall()
    request = await hall.asked()
    if ended == "closed":
        await hall.store.experts.close(request.id)
    else:
        await hall.store.experts.claim(request.id, person=BOB.key, name="Bob", at=NOW)
        await hall.store.experts.answer(request.id, "Yes.", person=BOB.key, at=NOW)
    await hall.desk.remind(LATE)
    assert len(hall.chat.posted) == 1


async def test_reminder_that_a_platform_did_not_take_is_tried_again() -> None:
    hall = Hall()
    await hall.asked()
    failing = [DeliveryFailed("too many messages", retry_after_s=1.0)]

    async def watch(method: str, moment: Moment) -> None:
        if method == "post" and moment is Moment.BEFORE and failing:
            raise failing.pop()

    hall.chat.watch = watch
    await hall.desk.remind(LATE)
    assert len(hall.chat.posted) == 1
    await hall.desk.remind(LATE)
    assert len(hall.chat.posted) == 2


async def test_reminder_waits_for_a_platform_that_is_away_and_for_a_store_that_fails() -> None:
    hall = Hall()
    await hall.asked()
    await replace(hall.desk, adapters={}).remind(LATE)

    async def fail(*, before: object) -> tuple[ExpertRequest, ...]:
        raise StoreFailed("the disk is full")

    working, hall.store.experts.due = hall.store.experts.due, fail  # type: ignore[method-assign]
    await hall.desk.remind(LATE)
    hall.store.experts.due = working  # type: ignore[method-assign]
    await hall.desk.remind(LATE)
    assert len(hall.chat.posted) == 2


async def test_what_the_expert_writes_in_the_thread_is_kept_and_asked_about() -> None:
    hall = Hall()
    request = await hall.asked()
    assert await heard(hall, wrote("Hm.")) is None
    await hall.store.experts.claim(request.id, person=BOB.key, name="Bob", at=NOW)
    assert await heard(hall, wrote("@advisor and pricing?", address=Address.MENTION)) is None
    assert await heard(hall, wrote("elsewhere", place=replace(PLACE, thread="t2"))) is None
    assert await heard(hall, replace(wrote("I think …"), person=ADA)) is None
    assert await heard(hall, wrote("  ")) is None
    saying = await heard(hall, wrote("It takes six weeks."))
    assert saying is not None
    await saying()
    (_, person, reply) = hall.chat.whispers[-1]
    assert person.key == BOB.key
    assert reply.text.startswith("Is this your answer to the open question?")
    await heard(hall, wrote("Bring a plan."))
    assert (await hall.now(request)).draft == "It takes six weeks.\n\nBring a plan."
    saying = await heard(hall, wrote("x" * MOST_CHARACTERS))
    assert saying is not None
    await saying()
    assert "at most" in hall.chat.whispers[-1][2].text
    assert len((await hall.now(request)).draft) < 100


async def test_question_outside_a_thread_is_answered_in_the_thread_of_its_message() -> None:
    hall = Hall()
    request = await hall.asked(place=replace(PLACE, thread=""))
    (posted,) = hall.chat.posted
    thread = replace(PLACE, thread=posted.ref.id)
    assert request.thread == thread.key
    await hall.store.experts.claim(request.id, person=BOB.key, name="Bob", at=NOW)
    assert await heard(hall, wrote("Six weeks.", place=thread)) is not None
    await hall.store.experts.answer(request.id, "Six weeks.", person=BOB.key, at=NOW)
    await hall.desk.tell_answer(await hall.now(request))
    assert hall.chat.posted[-1].ref.place == thread
    assert (await hall.now(request)).state is RequestState.ANSWERED


async def test_expert_who_cannot_be_told_changes_nothing() -> None:
    from bot.saying_experts import ExpertSay

    hall = Hall()
    request = await hall.asked()
    await hall.store.experts.claim(request.id, person=BOB.key, name="Bob", at=NOW)

    async def watch(method: str, moment: Moment) -> None:
        raise DeliveryFailed("gone")

    hall.chat.watch = watch
    await hall.desk.tell(await hall.now(request), ExpertSay.TOLD_APPROVED, title="x")
    await hall.desk.tell(request, ExpertSay.TOLD_APPROVED, title="x")
    assert hall.chat.whispers == []


async def test_nobody_is_offered_while_the_store_fails() -> None:
    class Broken(MemorySettings):
        async def get(self, channel_key: str) -> ChannelSettings:
            raise StoreFailed("the disk is full")

    hall = Hall()
    hall.store.settings = Broken()
    assert not await hall.desk.offered(PLACE)
    with pytest.raises(DeliveryFailed):
        await replace(hall.desk, adapters={}).show(await Hall().asked())
