"""The same question again: what counts as the same, how long, and what is never given again."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from rag.answer import AnswerService
from rag.answer_cache import AnswerMemory, CacheKey, MemoryAnswerCache, normalised
from rag.authorship import Notice, Usage, Writing
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.errors import ModelUnavailable
from rag.ports import KeptAnswer, Statement, Support
from rag.prompts import load_replies
from rag.resources import data_folder
from rag.types import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    Delta,
    DocumentKind,
    Finished,
    Language,
    Question,
    Retrieval,
    Retrieved,
    Scope,
    Turn,
)

if TYPE_CHECKING:
    from tests.rag.conftest import Shelf

REPLIES = load_replies(data_folder("prompts"))
QUESTION = Question(id="q1", text="Who invests first?")
KEY = CacheKey(text="Who invests?", language=Language.EN, scope=Scope(), revision=1, authorship="m")


@dataclass
class Time:
    """A clock that a test turns."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Counting:
    """A writer that quotes the first passage, and counts how often it had to."""

    writing: Writing | None = None
    failing: bool = False
    asked: list[str] = field(default_factory=list)
    name: str = "counting"

    async def write(self, question: Question, retrieval: Retrieval) -> AsyncGenerator[Statement | Writing, None]:
        self.asked.append(question.id)
        if self.failing:
            raise ModelUnavailable("down")
        if self.writing:
            yield self.writing
        quote = retrieval.passages[0].chunk.text
        yield Statement(text=quote, lead="", support=(Support(passage=0, quote=quote),))


@pytest.fixture
async def library(shelf: Shelf) -> Shelf:
    shelf.put("angels", ["Angels invest first."])
    await shelf.publish()
    return shelf


def service(
    library: Shelf, writer: Counting, *, clock: Time | None = None, cache: MemoryAnswerCache | None = None
) -> AnswerService:
    clock = clock or Time()
    memory = AnswerMemory(
        cache=cache or MemoryAnswerCache(keep_s=60, clock=clock),
        catalogue=SqliteCatalogue(library.database),
        authorship="model and prompts",
    )
    return AnswerService(retriever=library.retriever(), writer=writer, replies=REPLIES, clock=clock, memory=memory)


async def ask(answers: AnswerService, question: Question = QUESTION) -> list[AnswerEvent]:
    return [event async for event in answers.stream(question)]


async def test_the_same_question_is_answered_from_memory_and_marked(library: Shelf) -> None:
    written = Writing(writer="llm", model="qwen", prompt_hash="abc", usage=Usage(prompt=900, completion=40))
    writer = Counting(writing=written)
    answers = service(library, writer)
    first = (await ask(answers))[-1]
    again = await ask(answers, replace(QUESTION, id="q2", text="who invests first"))
    assert writer.asked == ["q1"]
    assert [type(event) for event in again] == [Retrieved, Delta, Finished]
    assert isinstance(first, Finished)
    assert isinstance(again[1], Delta)
    assert isinstance(again[2], Finished)
    answer = again[2].answer
    assert (answer.question_id, answer.question) == ("q2", "who invests first")
    assert answer.text == again[1].text == first.answer.text == "Angels invest first. [1]"
    assert answer.citations == first.answer.citations
    assert answer.writing == replace(written, usage=None, notices=(Notice.CACHED,))
    assert set(answer.timings_ms) == {"total"}


async def test_an_answer_without_a_model_is_marked_too(library: Shelf) -> None:
    answers = service(library, Counting())
    await ask(answers)
    answer = await answers.answer(QUESTION)
    assert answer.writing == Writing(writer="counting", notices=(Notice.CACHED,))


async def test_what_was_found_comes_along_for_those_who_show_it(library: Shelf) -> None:
    answers = service(library, Counting())
    first, again = (await ask(answers))[0], (await ask(answers))[0]
    assert isinstance(first, Retrieved)
    assert again == first


async def test_an_answer_is_given_again_only_for_a_time(library: Shelf) -> None:
    writer, clock = Counting(), Time()
    answers = service(library, writer, clock=clock)
    for clock.now in (0.0, 59.9, 60.0):
        await ask(answers)
    assert len(writer.asked) == 2


async def test_a_change_of_the_index_makes_every_answer_new(library: Shelf) -> None:
    writer = Counting()
    answers = service(library, writer)
    await ask(answers)
    library.put("funds", ["Funds invest later."])
    await library.publish(name="second")
    await ask(answers)
    assert len(writer.asked) == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(QUESTION, text="Who invests last?"), id="another question"),
        pytest.param(replace(QUESTION, language=Language.ZH), id="another language"),
        pytest.param(replace(QUESTION, scope=Scope(audience=frozenset({"public", "board"}))), id="another reader"),
        pytest.param(replace(QUESTION, scope=Scope(kinds=frozenset({DocumentKind.DOCUMENT}))), id="another kind"),
        pytest.param(replace(QUESTION, history=(Turn(question="What is a SAFE?", answer="A paper."),)), id="later on"),
    ],
)
async def test_another_question_is_answered_anew(library: Shelf, other: Question) -> None:
    writer = Counting()
    answers = service(library, writer)
    await ask(answers)
    await ask(answers, other)
    assert len(writer.asked) == 2


async def test_a_question_within_a_conversation_is_not_kept(library: Shelf) -> None:
    writer = Counting()
    answers = service(library, writer)
    for _ in range(2):
        await ask(answers, replace(QUESTION, history=(Turn(question="What is a SAFE?", answer="A paper."),)))
    assert len(writer.asked) == 2


@pytest.mark.parametrize("notice", [Notice.WITHOUT_MODEL, Notice.BROKEN_OFF])
async def test_an_outage_does_not_outlast_itself(library: Shelf, notice: Notice) -> None:
    writer = Counting(writing=Writing(writer="extractive", notices=(notice,)))
    answers = service(library, writer)
    for _ in range(2):
        await ask(answers)
    assert len(writer.asked) == 2


async def test_a_refusal_is_not_kept(library: Shelf) -> None:
    cache = MemoryAnswerCache(keep_s=60, clock=Time())
    answers = service(library, Counting(), cache=cache)
    refused = await answers.answer(replace(QUESTION, text="Where does the Yangtze spring?"))
    assert refused.status is AnswerStatus.REFUSED
    assert (await answers.answer(replace(QUESTION, text="Where does the Yangtze spring?"))).writing is None


async def test_a_failure_is_not_kept(library: Shelf) -> None:
    writer = Counting(failing=True)
    answers = service(library, writer)
    with pytest.raises(ModelUnavailable):
        await ask(answers)
    writer.failing = False
    await ask(answers)
    assert len(writer.asked) == 2


async def test_without_a_memory_every_question_is_answered_anew(library: Shelf) -> None:
    writer = Counting()
    answers = AnswerService(retriever=library.retriever(), writer=writer, replies=REPLIES, clock=Time())
    for _ in range(2):
        await ask(answers)
    assert len(writer.asked) == 2


async def test_nothing_that_a_person_wrote_is_kept(library: Shelf) -> None:
    seen: list[tuple[str, KeptAnswer]] = []

    class Watched(MemoryAnswerCache):
        async def put(self, key: str, kept: KeptAnswer) -> None:
            seen.append((key, kept))

    question = replace(QUESTION, text="Who invests first, dear zyzzyva?")
    answers = service(library, Counting(), cache=Watched(keep_s=60, clock=Time()))
    assert (await answers.answer(question)).status is AnswerStatus.ANSWERED
    assert seen
    assert "zyzzyva" not in repr(seen).lower()


def kept(text: str) -> KeptAnswer:
    retrieval = Retrieval(language=Language.EN, passages=(), confidence=1, answerable=True)
    answer = Answer(
        question_id="", question="", language=Language.EN, status=AnswerStatus.ANSWERED, text=text,
        citations=(), confidence=1, writer="w", timings_ms={},
    )  # fmt: skip
    return KeptAnswer(retrieval=retrieval, answer=answer)


async def test_what_was_not_asked_for_longest_makes_room() -> None:
    cache = MemoryAnswerCache(keep_s=60, clock=Time(), most=2)
    await cache.put("a", kept("A"))
    await cache.put("b", kept("B"))
    await cache.get("a")
    await cache.put("c", kept("C"))
    assert [await cache.get(key) for key in "abc"] == [kept("A"), None, kept("C")]


async def test_a_cleared_cache_holds_nothing() -> None:
    cache = MemoryAnswerCache(keep_s=60, clock=Time())
    await cache.put("a", kept("A"))
    await cache.clear()
    assert await cache.get("a") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is RAG?", "  what is  rag"), ("什么是 RAG？", "“什么是RAG”"), ("增長率怎麼算", "增长率怎么算？"),
        ("ＲＡＧ是什么", "rag是什么。"), ("Hire, then fire!", "hire then fire"), ("U.S. rules?", "u.s rules"),
    ],
)  # fmt: skip
def test_writing_alone_makes_no_other_question(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Is 3.5% fine?", "Is 35% fine?"), ("Is -5% fine?", "Is 5% fine?"), ("C++ or C?", "C or C?"), ("C#?", "C?"),
        ("1,000 users", "1 000 users"), ("A/B", "AB"), ("$5", "€5"), ("re-sign", "resign"), ("12 3", "1 23"),
        ("ratio 3:2", "ratio 32"),
    ],
)  # fmt: skip
def test_what_changes_the_meaning_makes_another_question(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Who else?"}, {"language": Language.ZH}, {"revision": 2}, {"authorship": "n"},
        {"scope": Scope(audience=frozenset({"board"}))}, {"scope": Scope(kinds=frozenset())},
        {"scope": Scope(topics=frozenset({"money"}))}, {"scope": Scope(kinds=frozenset({DocumentKind.CASE}))},
    ],
    ids=str,
)  # fmt: skip
def test_everything_that_an_answer_rests_on_is_in_its_key(change: dict[str, object]) -> None:
    assert replace(KEY, **change).digest != KEY.digest  # type: ignore[arg-type]


def test_a_key_is_the_same_in_whatever_order_labels_stand() -> None:
    labels = [f"label{n}" for n in range(50)]
    one, other = (replace(KEY, scope=Scope(audience=frozenset(each))) for each in (labels, reversed(labels)))
    assert one.digest == other.digest


@pytest.mark.parametrize("text", ["？？", " ", "..."])
async def test_a_question_without_words_is_never_kept(library: Shelf, text: str) -> None:
    memory = AnswerMemory(
        cache=MemoryAnswerCache(keep_s=60, clock=Time()),
        catalogue=SqliteCatalogue(library.database),
        authorship="m",
    )
    assert await memory.key(replace(QUESTION, text=text), Language.EN) is None
