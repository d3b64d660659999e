"""The labelled questions of a home: those that its settings name, and the starter library's where that is indexed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from rag.catalogue import Catalogue
from rag.errors import InvalidInput
from rag.ingest.guard import CUTOFF, Mark, Marks, State
from rag.labels import DEPTH, LabelledQuestion, first_hit, parse_label
from rag.ports import Retrieving
from rag.resources import data_folder
from rag.settings import QualitySettings
from rag.types import Question

OWN, STARTER = "file", "starter"
"""The sets of questions, and for the second one the name of the input, too."""

_MOST_BYTES = 32_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """Labelled questions by the name of where they are from."""

    name: str
    labels: tuple[LabelledQuestion, ...]


class QuestionSets:
    """Reads the sets whenever they are needed, for their files may have been changed."""

    def __init__(self, settings: QualitySettings, catalogue: Catalogue) -> None:
        self._settings = settings
        self._catalogue = catalogue

    async def names(self) -> tuple[str, ...]:
        """The sets that there are at the moment. Raises StorageFailed."""
        starter = any(each.key == STARTER for each in await self._catalogue.inputs())
        return (*((OWN,) if self._settings.questions else ()), *((STARTER,) if starter else ()))

    async def read(self, name: str) -> QuestionSet:
        """A set. Raises InvalidInput with the line that cannot be read, InvalidSettings."""
        path = self._settings.questions if name == OWN else data_folder("corpus") / "questions" / "tune.jsonl"
        if path is None:
            raise InvalidInput("no labelled questions are set; name a file in [quality] questions of advisor.toml")
        return QuestionSet(name=name, labels=await asyncio.to_thread(_read, path))


class LabelledJudge:
    """Implements `rag.ingest.guard.Judge` by searching alone: no answer is written.

    Args:
        sets: where the questions are from.
        searches: what searches the live generation, and the one that is being built.
        settings: how many questions are asked, and how far the share may fall.
    """

    def __init__(self, sets: QuestionSets, searches: Mapping[State, Retrieving], settings: QualitySettings) -> None:
        self._sets = sets
        self._searches = searches
        self._settings = settings

    @property
    def margin(self) -> float:
        """By how much the share may fall."""
        return self._settings.margin

    async def questions(self) -> frozenset[str]:
        """What is asked; see `Judge`."""
        return frozenset(label.question for label in await self._chosen())

    async def marks(self, state: State) -> Marks:
        """How the questions fare in a generation; see `Judge`."""
        return {label.question: await self._mark(state, label) for label in await self._chosen()}

    async def _chosen(self) -> list[LabelledQuestion]:
        """As many as may be asked, always the same ones: the home's own before the starter library's."""
        most, chosen = self._settings.guard_questions, list[LabelledQuestion]()
        for name in await self._sets.names() if most else ():
            labels = (await self._sets.read(name)).labels
            usable = [each for each in labels if each.answerable and each.expect and not each.history]
            chosen += sorted(usable, key=_scattered)[: most - len(chosen)]
        return chosen

    async def _mark(self, state: State, label: LabelledQuestion) -> Mark:
        found = await self._searches[state].retrieve(Question(id=label.id, text=label.question), limit=DEPTH)
        rank = first_hit(label, found.passages)
        return Mark(
            found=rank is not None and rank <= CUTOFF,
            top=tuple(dict.fromkeys(each.document.source for each in found.passages[:CUTOFF])),
            expected=tuple(dict.fromkeys(each.source for each in label.expect)),
        )


def digest_of(labels: Sequence[LabelledQuestion]) -> str:
    """A name for what is asked, that changes with every question and every expectation."""
    return blake2b(repr(labels).encode(), digest_size=8).hexdigest()


def _scattered(label: LabelledQuestion) -> bytes:
    """An order that has nothing to do with that of the file, where questions about one thing stand together."""
    return blake2b(label.question.encode(), digest_size=8).digest()


def _read(path: Path) -> tuple[LabelledQuestion, ...]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InvalidInput(
            f"the labelled questions in {path.name!r} cannot be read: {error.strerror}; mend [quality] questions"
        ) from error
    if len(content) > _MOST_BYTES:
        raise InvalidInput(
            f"the labelled questions in {path.name!r} take more than {_MOST_BYTES} bytes; split the file"
        )
    labels = tuple(_labels(path.name, content))
    if not labels:
        raise InvalidInput(f"{path.name!r} holds no labelled question; give one JSON object a line")
    return labels


def _labels(name: str, content: bytes) -> Iterator[LabelledQuestion]:
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode())
            if not isinstance(record, dict):
                raise InvalidInput("one JSON object is needed")
            yield parse_label(record)
        except (ValueError, RecursionError, InvalidInput) as error:
            raise InvalidInput(
                f"line {number} of the labelled questions in {name!r} cannot be used: {error}"
            ) from error
