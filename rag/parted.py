"""A question that asks for several things is searched and answered thing by thing.

One search for all of it finds what stands near everything and answers nothing. So each part is searched for itself; the
passages of all are one retrieval, and a writer that quotes writes part by part.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from itertools import chain, takewhile, zip_longest

from rag.asked_parts import asks_several, own_text, parts_of
from rag.authorship import Writing
from rag.catalogue import Catalogue
from rag.compared import added, compared, is_comparison
from rag.extract.layout import Texts, joint
from rag.extract.remainder import halves_of, is_told, remainder
from rag.follow_ups import standalone
from rag.headings import clean_heading
from rag.ports import Retrieving, Statement, Writer
from rag.terms import query_terms
from rag.types import ChunkId, DocumentKind, PartFound, Passage, Question, Retrieval

_SURE = 0.9
"""Confidence from which on a part is answered beside the answer to the whole."""

_BEST = 2
"""The best passages of a part, one of which its answer has to be from then."""


class PartedRetriever:
    """Implements `rag.ports.Retrieving`: the search, and one for each part of a question that has several."""

    def __init__(self, retriever: Retrieving, catalogue: Catalogue) -> None:
        self._retriever = retriever
        self._catalogue = catalogue

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        """Passages, best first; of several parts in turn."""
        parts = _parts(question)
        sides = () if parts else await self._sides(question)
        if not parts and not sides:
            return await self._retriever.retrieve(question, limit=limit)
        generation = await self._catalogue.live()
        search = (
            partial(self._parted, question, parts, limit) if parts else partial(self._beside, question, sides, limit)
        )
        found = await search()
        # A rebuild that ended in between would be seen in half.
        return found if await self._catalogue.live() == generation else await search()

    async def _sides(self, question: Question) -> tuple[str, ...]:
        alone = standalone(question.text, question.history).text
        if not is_comparison(alone):
            return ()
        documents = await self._catalogue.documents(question.scope)
        return compared(alone, documents) if is_comparison(question.text) else added(question.text, documents)

    async def _beside(self, question: Question, sides: Sequence[str], limit: int | None) -> Retrieval:
        """What is found for each side of a comparison, if something is for every one; else for the question."""
        whole, found = await self._each(question, sides, limit)
        if not all(part.retrieval.answerable for part in found):
            return whole
        return _together(question.text, replace(whole, answerable=False), [replace(each, side=True) for each in found])

    async def _parted(self, question: Question, parts: Sequence[str], limit: int | None) -> Retrieval:
        whole, found = await self._each(question, parts, limit)
        # What the others go on from is named in the first.
        known = found[0].retrieval.answerable or (whole.answerable and any(part.retrieval.answerable for part in found))
        return _together(question.text, whole, found) if known else whole

    async def _each(
        self, question: Question, parts: Sequence[str], limit: int | None
    ) -> tuple[Retrieval, Sequence[PartFound]]:
        return await asyncio.gather(
            self._retriever.retrieve(question, limit=limit),
            asyncio.gather(*(self._part(question, part, limit) for part in parts)),
        )

    async def _part(self, question: Question, text: str, limit: int | None) -> PartFound:
        asked = replace(question, text=text, history=())
        return PartFound(question=text, retrieval=await self._retriever.retrieve(asked, limit=limit))


def _parts(question: Question) -> tuple[str, ...]:
    """The parts of a question as it stands alone; the question that it follows is none where it has enough of its own.

    "Why, and what is churn?" asks for the reason of what was asked before, which is a part.
    """
    if question.history and not asks_several(question.text):
        return ()
    parts = parts_of(standalone(question.text, question.history).text)
    before = [set(query_terms(turn.question)) for turn in question.history]
    new = tuple(part for part in parts if set(query_terms(part)) not in before)
    return new if len(new) > 1 else parts


def _together(question: str, whole: Retrieval, parts: Sequence[PartFound]) -> Retrieval:
    """The passages of the whole and of the parts in turn; as many as the whole has, and one more for each part."""
    answered = [whole, *(part.retrieval for part in parts if part.retrieval.answerable)]
    turns = zip_longest(*(each.passages for each in answered))
    found = _distinct(filter(None, chain.from_iterable(turns)))[: len(whole.passages) + len(parts)]
    taken = {each.chunk_id for each in found}
    around = _distinct(chain.from_iterable(each.quotable for each in answered))
    return replace(
        whole,
        passages=tuple(replace(each, rank=rank) for rank, each in enumerate(found, start=1)),
        siblings=tuple(each for each in around if each.chunk_id not in taken),
        confidence=max(each.confidence for each in answered),
        answerable=True,
        parts=(PartFound(question=question, retrieval=whole), *parts),
    )


def _distinct(passages: Iterable[Passage]) -> list[Passage]:
    known: dict[ChunkId, Passage] = {}
    for each in passages:
        known.setdefault(each.chunk_id, each)
    return list(known.values())


class PartedWriter:
    """Lets a writer that quotes answer every part of a question; implements `rag.ports.Writer`.

    The answer to the whole comes with what the library says of a part that it leaves out, where that is sure; a part
    that the library knows nothing of is told.
    """

    def __init__(self, writer: Writer, texts: Texts) -> None:
        self._writer = writer
        self._texts = texts

    @property
    def name(self) -> str:
        """The writer's own name."""
        return self._writer.name

    async def write(self, question: Question, retrieval: Retrieval) -> AsyncGenerator[Statement | Writing, None]:
        """What the writer writes for the whole and for each part; see `rag.ports.Writer`."""
        if not retrieval.parts:
            async with aclosing(self._writer.write(question, retrieval)) as statements:
                async for each in statements:
                    yield each
            return
        places = {each.chunk_id: place for place, each in enumerate(retrieval.quotable)}
        first, *parts = retrieval.parts
        whole = _moved(await self._answer(question, first), first, places)
        told = _places(whole)
        before: list[Statement] = []
        behind: list[Statement] = []
        for number, part in enumerate(parts):
            answer = _moved(await self._part(question, part, sure=bool(whole)), part, places)
            if _places(answer) & told:
                _add_unsaid((before, whole, behind), answer)
            else:
                (behind if number else before).extend(_headed(answer, retrieval))
                told |= _places(answer)
        blocks = before, whole, behind
        missing = _completed(blocks, parts, retrieval) if told else []
        for each in (*before, *(_headed(whole, retrieval) if before or behind else whole), *behind):
            yield each
        for number in missing:
            text = self._texts.text("part_missing", retrieval.language, number=str(number))
            yield Statement(text=text, lead="\n\n")

    async def _part(self, question: Question, part: PartFound, *, sure: bool) -> list[Statement]:
        """What the library says first of a part; only what is found best for it where `sure` is wanted."""
        if sure and part.retrieval.confidence < _SURE:
            return []
        answer = _first_group(await self._answer(question, part))
        return answer if answer and (not sure or answer[0].support[0].passage < _BEST) else []

    async def _answer(self, question: Question, part: PartFound) -> list[Statement]:
        if not part.retrieval.answerable:
            return []
        history = question.history if part.question == question.text else ()
        asked = replace(question, text=part.question, history=history)
        async with aclosing(self._writer.write(asked, part.retrieval)) as written:
            return [each async for each in written if isinstance(each, Statement)]


def _places(statements: Iterable[Statement]) -> set[int]:
    return {lent.passage for each in statements for lent in each.support}


def _moved(statements: Sequence[Statement], part: PartFound, places: Mapping[ChunkId, int]) -> list[Statement]:
    """Statements on what was found for a part as statements on what was found for all."""
    own = [places[each.chunk_id] for each in part.retrieval.quotable] if statements else []
    return [each.counted_anew(own) for each in statements]


def _completed(blocks: Sequence[list[Statement]], parts: Sequence[PartFound], retrieval: Retrieval) -> list[int]:
    """Adds what the passages of an answer have left to say of its parts; returns the parts that nothing is known of."""
    missing = []
    halves = halves_of([own_text(part.question) for part in parts])
    for number, (part, half) in enumerate(zip(parts, halves, strict=True), start=1):
        said = [*chain.from_iterable(blocks)]
        quotes = _quotes(said)
        if part.side or is_told(half, quotes):
            continue
        passages = {place: retrieval.quotable[place] for place in sorted(_places(said))}
        rest = remainder(half, quotes, passages, retrieval.language)
        if rest:
            _add(blocks, rest)
        elif not part.retrieval.answerable:
            missing.append(number)
    return missing


def _quotes(statements: Iterable[Statement]) -> set[str]:
    return {lent.quote for each in statements for lent in each.support}


def _add_unsaid(blocks: Sequence[list[Statement]], answer: Sequence[Statement]) -> None:
    """Puts what an answer says besides behind what its passage has said already: both halves may stand in one."""
    said = _quotes(chain.from_iterable(blocks))
    for each in answer:
        if each.support and not said & _quotes([each]):
            _add(blocks, each)


def _add(blocks: Sequence[list[Statement]], statement: Statement) -> None:
    """Puts a statement behind the last one of its passage."""
    for block in blocks:
        of_it = [n for n, other in enumerate(block) if _places([statement]) & _places([other])]
        if of_it:
            block.insert(of_it[-1] + 1, _behind(block[of_it[-1]], statement))
            return


def _behind(before: Statement, statement: Statement) -> Statement:
    """A statement that goes on where another one of its passage ends."""
    if before.text.startswith("|") or statement.text.startswith("|") or _is_item(before) != _is_item(statement):
        return replace(statement, lead="\n\n")
    if _is_item(statement):
        return replace(statement, lead="\n")
    return replace(statement, text=statement.text.removeprefix("> "), lead=joint(before.text))


def _first_group(statements: Iterable[Statement]) -> list[Statement]:
    """What an answer says first: the sentences of one passage, or one list, whatever passages its items are from."""
    group: list[Statement] = []
    for each in statements:
        if not each.support:
            if group:
                break
            continue
        first = group[0] if group else each
        if each.support[0].passage != first.support[0].passage and not (_is_item(each) and _is_item(first)):
            break
        group.append(each)
    return group


def _headed(statements: Sequence[Statement], retrieval: Retrieval) -> list[Statement]:
    """Statements below the heading of the passage that they begin with, unless they bring one along."""
    if not statements:
        return []
    first, *others = statements
    if not first.support:
        return [replace(first, lead="\n\n"), *others]
    heading = Statement(text=f"**{_heading(statements, retrieval)}**", lead="\n\n")
    return [heading, replace(first, lead="\n\n" if first.text.startswith("|") else "\n"), *others]


def _heading(statements: Sequence[Statement], retrieval: Retrieval) -> str:
    """The heading that all statements stand below, that of a case study with whose story it is."""
    passages = [retrieval.quotable[each.support[0].passage] for each in statements if each.support]
    levels = zip(*(each.chunk.section for each in passages), strict=False)
    path = [names[0] for names in takewhile(lambda names: len({*names}) == 1, levels)]
    document = passages[0].document
    title, heading = clean_heading(document.title), clean_heading(path[-1]) if path else ""
    if document.kind is not DocumentKind.CASE:
        return heading or title
    return " · ".join(dict.fromkeys(filter(None, (title, heading))))


def _is_item(statement: Statement) -> bool:
    return statement.text.startswith(("- ", "1. ", "* "))
