"""An engine over a real SQLite store and a platform in a file, to be killed. A program: the test starts it.

    python killed_program.py HOME FIRST LAST

It takes in the messages FIRST to LAST - 1, printing the number of each that it acknowledges, answers everything that
is unfinished and prints `settled`. The platform takes the same nonce twice for two messages: who posts twice is seen.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.board import Pacing
from bot.chat import Address, Capabilities, Message, MessageRef, Person, Place, PlaceKind, Said
from bot.delivery import Delivery, Voice
from bot.engine.engine import Engine
from bot.engine.wiring import Parts, Times
from bot.limits import EngineSettings
from bot.memory_chat import MemoryChat
from bot.replies import Reply
from bot.store.opening import SqlStore, open_store
from bot.wording import load_wording
from rag.types import Answer, AnswerEvent, AnswerStatus, Delta, Finished, Language, Question, Retrieval, Retrieved

SETTINGS = EngineSettings(person_burst=10_000, channel_burst=10_000, queue_size=10_000, workers=3)


class FileChat(MemoryChat):
    """A platform that outlives the program: a line of a file for each post."""

    def __init__(self, path: Path) -> None:
        super().__init__("file", capabilities=Capabilities(message_characters=4000, edit_interval_s=0))
        lines = path.read_text().splitlines() if path.exists() else []
        self._ids = {entry["nonce"]: entry["id"] for entry in map(json.loads, lines)}
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        await asyncio.sleep(0)
        entry = {"id": uuid.uuid4().hex, "nonce": nonce, "reply_to": reply_to}
        # One call of the system: a kill leaves the whole line or none of it.
        os.write(self._file, (json.dumps(entry) + "\n").encode())
        self._ids[nonce] = entry["id"]
        await asyncio.sleep(0)
        return MessageRef(place=place, id=entry["id"])

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        await asyncio.sleep(0)

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        return MessageRef(place=place, id=self._ids[nonce]) if nonce in self._ids else None

    async def history(self, place: Place, *, limit: int) -> Sequence[Said]:
        return ()


class Answers:
    """Answers in a few steps, so that a kill falls between them."""

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        yield Retrieved(retrieval=Retrieval(language=Language.EN, passages=(), confidence=1, answerable=True))
        for word in ("All", " is", " well."):
            await asyncio.sleep(0)
            yield Delta(text=word)
        yield Finished(
            answer=Answer(
                question_id=question.id,
                question=question.text,
                language=Language.EN,
                status=AnswerStatus.ANSWERED,
                text="All is well.",
                citations=(),
                confidence=1,
                writer="script",
                timings_ms={},
            )
        )


class NoHandling:
    def recognises(self, text: str) -> bool:
        return False

    async def handle(self, incoming: object, desk: object) -> None:
        raise AssertionError(f"nobody calls a command: {incoming!r}")


def message(number: int) -> Message:
    """The same message for the same number, in every run."""
    place = Place(platform="file", workspace="w", channel="c", thread=f"t{number % 7}", kind=PlaceKind.THREAD)
    return Message(
        event_id=f"e{number}",
        message_id=f"q{number}",
        place=place,
        # One person for each message: none joins another.
        person=Person(platform="file", workspace="w", id=f"p{number}"),
        at=datetime.now(UTC),
        text=f"Question {number}?",
        address=Address.MENTION,
    )


def engine_over(store: SqlStore, home: Path) -> Engine:
    """An engine on the real store, real delivery and the platform in a file."""
    times = Times(
        now=lambda: datetime.now(UTC), clock=time.perf_counter, sleep=asyncio.sleep, new_id=lambda: uuid.uuid4().hex
    )
    adapters = {"file": FileChat(home / "platform.jsonl")}
    voice = Voice(
        wording=load_wording(Path(__file__).parents[3] / "prompts"),
        failure=lambda error, _: error.user_message,
        notice=lambda notice, _: str(notice),
    )
    pacing = Pacing(clock=times.clock, sleep=times.sleep, grace_s=0)
    delivery = Delivery(adapters, store.posts, voice=voice, pacing=pacing, new_id=times.new_id, now=times.now)
    return Engine(
        Parts(
            store=store,
            adapters=adapters,
            answers=Answers(),
            delivery=delivery,
            handling=NoHandling(),
            times=times,
            settings=SETTINGS,
        )
    )


async def main(home: Path, first: int, last: int) -> None:
    """One life: takes in, answers, stops in order."""
    async with open_store(None, home=home) as store:
        engine = engine_over(store, home)
        running = asyncio.create_task(engine.run())
        for number in range(first, last):
            await engine.receive(message(number))
            print(number, flush=True)  # noqa: T201  what the test reads
        await engine.settled()
        print("settled", flush=True)  # noqa: T201
        engine.close()
        await running


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
