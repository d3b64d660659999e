"""The rules of the feasibility check: scores, gaps, steps, changes, and the data that they come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.assess import MOST_POINTS, Assessment, answer_key, assess, changes, load_axes
from rag.errors import InvalidSettings

CORPUS = Path(__file__).parents[2] / "corpus"
AXES = load_axes(CORPUS)
EVERY = {answer_key(axis, question): question for axis in AXES for question in axis.questions}
ANSWERS = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from([each.id for each in question.choices]) for key, question in EVERY.items()}
)


def score(made: Assessment, name: str) -> tuple[float, float]:
    (found,) = (each for each in made.axes if each.axis.id == name)
    return found.score, found.reach


def test_shipped_check_has_six_sides_and_fits_the_smallest_form() -> None:
    assert [axis.id for axis in AXES] == ["demand", "technology", "competition", "funding", "team", "data"]
    assert all(len(axis.questions) == 3 for axis in AXES)
    assert all(question.choices[-1].points == MOST_POINTS for question in EVERY.values())


def test_axis_is_the_weighted_mean_and_what_is_unknown_counts_nothing() -> None:
    made = assess(AXES, {"demand.talks": "some", "demand.commitment": "time"}, {})
    assert score(made, "demand") == (2.5, 3.3)  # (2·3 + 3·3) / 6, and with 1·5 for what is unknown
    assert score(made, "data") == (0.0, 5.0)
    assert (made.known, made.asked) == (2, 18)


@pytest.mark.parametrize(("months", "points"), [(0, 0), (2, 0), (3, 1), (11, 3), (12, 4), (600, 5)])
def test_profile_answers_by_its_bands(months: int, points: int) -> None:
    made = assess(AXES, {}, {"runway": months})
    (funding,) = (each for each in made.axes if each.axis.id == "funding")
    assert [(each.points, each.told) for each in funding.known] == [(points, True)]


def test_answer_comes_before_the_profile() -> None:
    made = assess(AXES, {"funding.runway": "from-18"}, {"runway": 1})
    (funding,) = (each for each in made.axes if each.axis.id == "funding")
    assert [(each.points, each.told) for each in funding.known] == [(5, False)]


def test_answer_that_is_no_choice_is_a_gap() -> None:
    assert assess(AXES, {"demand.talks": "gone", "other.thing": "x"}, {}).known == 0


@given(ANSWERS)
def test_scores_keep_their_bounds_and_steps_are_the_most_valuable_gaps(answers: dict[str, str]) -> None:
    made = assess(AXES, answers, {})
    assert all(0 <= each.score <= each.reach <= MOST_POINTS for each in made.axes)
    assert 0 <= made.mean <= MOST_POINTS
    assert made.known == len(answers)
    values = [step.value for step in made.steps]
    assert values == sorted(values, reverse=True)
    assert all(values)
    lost = sum(
        each.axis.weight * reading.question.weight * (MOST_POINTS - reading.points)
        for each in made.axes
        for reading in each.readings
    )
    assert bool(values) == bool(lost)
    assert len(values) <= 3


@given(ANSWERS, st.data())
def test_better_answer_never_lowers_a_score(answers: dict[str, str], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(EVERY)))
    before, after = assess(AXES, answers, {}), assess(AXES, {**answers, key: EVERY[key].choices[-1].id}, {})
    assert all(change.after >= change.before for change in changes(before, after))


def test_nothing_to_gain_leaves_no_step() -> None:
    best = {key: question.choices[-1].id for key, question in EVERY.items()}
    made = assess(AXES, best, {})
    assert (made.mean, made.steps) == (5.0, ())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(("points: 5", "points: 6"), "less than or equal to 5", id="too many points"),
        pytest.param(("{id: few,", "{id: none,"), "once each", id="a choice twice"),
        pytest.param(("- id: talks", "- id: today"), "id of its own", id="a question twice"),
        pytest.param(("- id: talks", "- id: note"), "id of its own", id="a question that is called as the words are"),
        pytest.param(("least: 0, ", ""), "the number that it begins with", id="a band without a beginning"),
        pytest.param(("why:", "whim:"), "whim", id="an unknown key"),
        pytest.param(("- id: demand", "- id: [demand"), "YAML", id="no YAML"),
    ],
)
def test_mistake_in_the_data_is_found_at_the_start(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    text = (CORPUS / "assessment.yaml").read_text("utf-8")
    (tmp_path / "assessment.yaml").write_text(text.replace(*change, 1), "utf-8")
    with pytest.raises(InvalidSettings, match=problem):
        load_axes(tmp_path)


def test_missing_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"assessment\.yaml"):
        load_axes(tmp_path)
