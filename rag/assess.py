"""The feasibility check: its axes and questions as data, the score of answers, gaps, steps, and what changed. Pure.

The score of an axis is the mean of its questions' points by their weights, in 0..5. What is not known counts 0, so that
an axis can be low for two reasons; `reach` tells them apart: it is the score with full points for all that is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from rag.errors import InvalidSettings, UnreadableDocument
from rag.kinds.loading import parse_yaml
from rag.kinds.values import Bilingual, Slug, Strict

FILE = "assessment.yaml"
MOST_POINTS: Final = 5
MOST_QUESTIONS = 4
"""Questions of an axis: with a field for one's own words they fill a form of Discord's."""

_STEPS = 3
_LABEL = 45
"""Longest label of a field in a form of Discord's."""


def _fits(text: Bilingual) -> Bilingual:
    if max(len(text.zh), len(text.en)) > _LABEL:
        raise ValueError(f"use at most {_LABEL} characters")
    return text


_Label = Annotated[Bilingual, AfterValidator(_fits)]
_Weight = Annotated[int, Field(ge=1, le=3)]


class Choice(Strict):
    """One answer that can be given. `least` is the number from which on a fact stands for it."""

    id: Slug
    points: Annotated[int, Field(ge=0, le=MOST_POINTS)]
    label: Bilingual
    least: int | None = None


class Question(Strict):
    """One question of an axis; its choices go from the worst to the best."""

    id: Slug
    ask: _Label
    weight: _Weight
    choices: Annotated[tuple[Choice, ...], Field(min_length=2)]
    why: Bilingual
    step: Bilingual
    search: Bilingual
    fact: Literal["runway", "people"] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Question:
        points = [choice.points for choice in self.choices]
        if points != sorted(points) or len({choice.id for choice in self.choices}) < len(points):
            raise ValueError("name choices once each, from the fewest points to the most")
        least = [choice.least for choice in self.choices if choice.least is not None]
        if self.fact and (len(least) < len(points) or least[0] != 0 or sorted(least) != least):
            raise ValueError("give each choice of a fact the number that it begins with, from 0 up")
        return self

    def choice(self, answer: str) -> Choice | None:
        """The choice with an id."""
        return next((each for each in self.choices if each.id == answer), None)

    def of_number(self, number: int) -> Choice:
        """The choice that a fact stands for."""
        return [each for each in self.choices if number >= (each.least or 0)][-1]


class Axis(Strict):
    """One side of a venture. `weight` says how much its gaps matter beside those of other axes."""

    id: Slug
    name: Bilingual
    weight: _Weight
    search: Bilingual
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is known of one question; no `choice` is a gap. `told` says that a profile told it, not an answer."""

    question: Question
    choice: Choice | None
    told: bool = False

    @property
    def points(self) -> int:
        """What the answer is worth."""
        return self.choice.points if self.choice else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisScore:
    """One axis as it stands."""

    axis: Axis
    readings: tuple[Reading, ...]

    @property
    def score(self) -> float:
        """In 0..5, with nothing for what is unknown."""
        return self._mean(unknown=0)

    @property
    def reach(self) -> float:
        """The score if all that is unknown turned out well."""
        return self._mean(unknown=MOST_POINTS)

    @property
    def known(self) -> tuple[Reading, ...]:
        """The questions that are answered."""
        return tuple(each for each in self.readings if each.choice)

    @property
    def gaps(self) -> tuple[Reading, ...]:
        """The questions that are open."""
        return tuple(each for each in self.readings if not each.choice)

    def _mean(self, *, unknown: int) -> float:
        total = sum(each.question.weight * (each.choice.points if each.choice else unknown) for each in self.readings)
        return round(total / sum(each.question.weight for each in self.readings), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do next about one question; `value` is how much there is to gain."""

    axis: Axis
    reading: Reading
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How one axis moved between two assessments."""

    axis: Axis
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All axes as they stand."""

    axes: tuple[AxisScore, ...]

    @property
    def known(self) -> int:
        """How many questions are answered."""
        return sum(len(each.known) for each in self.axes)

    @property
    def asked(self) -> int:
        """How many questions there are."""
        return sum(len(each.readings) for each in self.axes)

    @property
    def mean(self) -> float:
        """The mean of the axes by their weights, in 0..5."""
        total = sum(each.axis.weight * each.score for each in self.axes)
        return round(total / sum(each.axis.weight for each in self.axes), 1)

    @property
    def weakest(self) -> AxisScore:
        """The axis with the lowest score among those of which something is known; of two the weightier one."""
        seen = [each for each in self.axes if each.known] or list(self.axes)
        return min(seen, key=lambda each: (each.score, -each.axis.weight))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The three most valuable gaps, the best first: points to gain, times the weights of question and axis."""
        every = [
            Step(axis=each.axis, reading=reading, value=_value(each.axis, reading))
            for each in self.axes
            for reading in each.readings
        ]
        open_ones = sorted((each for each in every if each.value), key=lambda each: -each.value)
        return tuple(open_ones[:_STEPS])


def assess(axes: Sequence[Axis], answers: Mapping[str, str], facts: Mapping[str, int]) -> Assessment:
    """The score of answers.

    Args:
        axes: the axes, as `load_axes` reads them.
        answers: ids of choices by the keys of questions (`answer_key`); unknown ones are left out.
        facts: what a profile tells, such as `runway` in months; an answer comes before it.
    """
    return Assessment(
        axes=tuple(
            AxisScore(axis=axis, readings=tuple(_reading(axis, each, answers, facts) for each in axis.questions))
            for axis in axes
        )
    )


def changes(before: Assessment, after: Assessment) -> tuple[Change, ...]:
    """How each axis moved, in the order of the axes; those that did not move are among them."""
    known = {each.axis.id: each.score for each in before.axes}
    return tuple(
        Change(axis=each.axis, before=known[each.axis.id], after=each.score)
        for each in after.axes
        if each.axis.id in known
    )


def answer_key(axis: Axis, question: Question) -> str:
    """What an answer is stored under."""
    return f"{axis.id}.{question.id}"


def note_key(axis: Axis) -> str:
    """What somebody's own words on an axis are stored under."""
    return f"{axis.id}.note"


def load_axes(folder: Path) -> tuple[Axis, ...]:
    """The axes that ship with the product.

    Raises:
        InvalidSettings: the file is missing, broken, or names an id twice.
    """
    try:
        axes = TypeAdapter(tuple[Axis, ...]).validate_python(parse_yaml((folder / FILE).read_text("utf-8"), FILE))
    except (OSError, UnicodeDecodeError, UnreadableDocument, ValidationError) as error:
        raise InvalidSettings(f"{FILE} cannot be used: {error}; install the package again") from error
    keys = [answer_key(axis, each) for axis in axes for each in axis.questions]
    if not axes or len(set(keys)) < len(keys) or any(key.endswith(".note") for key in keys):
        raise InvalidSettings(f"{FILE} cannot be used: give each axis and question an id of its own, none 'note'")
    return axes


def _reading(axis: Axis, question: Question, answers: Mapping[str, str], facts: Mapping[str, int]) -> Reading:
    answered = question.choice(answers.get(answer_key(axis, question), ""))
    if answered is None and question.fact is not None and question.fact in facts:
        return Reading(question=question, choice=question.of_number(facts[question.fact]), told=True)
    return Reading(question=question, choice=answered)


def _value(axis: Axis, reading: Reading) -> int:
    return axis.weight * reading.question.weight * (MOST_POINTS - reading.points)
