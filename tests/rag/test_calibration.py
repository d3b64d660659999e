"""Fitting the confidence model."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.calibration import calibration_error, fit_calibration, reliability
from rag.confidence import Calibration, Evidence, load_calibrations, save_calibration
from rag.errors import InvalidInput


def seen(similarity: float, coverage: float = 0.2, missing: float = 0.0) -> Evidence:
    return Evidence(similarity=similarity, same_language=1, coverage=coverage, missing=missing)


def test_what_tells_answerable_questions_apart_gets_the_weight() -> None:
    evidence = [seen(0.4 + n / 100) for n in range(10)] + [seen(0.2 + n / 100) for n in range(10)]
    fitted = fit_calibration(evidence, [True] * 10 + [False] * 10)
    assert fitted.similarity > 1
    assert fitted.confidence(seen(0.5)) > 0.9
    assert fitted.confidence(seen(0.2)) < 0.1
    assert fitted.fitted_on == 20


def test_half_confidence_lies_between_both_kinds_whatever_their_mixture() -> None:
    answerable, unanswerable = [seen(0.4), seen(0.5)], [seen(0.2), seen(0.3)]
    even = fit_calibration(answerable + unanswerable, [True, True, False, False])
    skewed = fit_calibration(answerable * 9 + unanswerable, [True] * 18 + [False] * 2)
    assert even.confidence(seen(0.35)) == pytest.approx(0.5, abs=0.01)
    assert skewed.confidence(seen(0.35)) == pytest.approx(0.5, abs=0.2)


def test_missing_names_count_against_an_answer() -> None:
    evidence = [seen(0.3, missing=0.0), seen(0.4, missing=0.0), seen(0.3, missing=1.0), seen(0.4, missing=1.0)]
    assert fit_calibration(evidence, [True, True, False, False]).missing < 0


def test_unheard_words_count_against_an_answer() -> None:
    evidence = [seen(0.3).model_copy(update={"unheard": share}) for share in (0.0, 0.1, 0.8, 0.9)]
    assert fit_calibration(evidence, [True, True, False, False]).unheard < 0


def test_a_calibration_of_an_earlier_version_is_read_as_it_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(
        '{"embedders": {"one": {"bias": 1, "similarity": 2, "same_language": 0, "coverage": 3, "missing": -1}}}',
        "utf-8",
    )
    kept = load_calibrations(path)["one"]
    assert kept.confidence(seen(0.3)) == kept.confidence(seen(0.3).model_copy(update={"unheard": 1.0}))


@pytest.mark.parametrize("labels", [[True, True], [False, False]], ids=["all_answerable", "none_answerable"])
def test_one_kind_of_question_is_not_enough(labels: list[bool]) -> None:
    with pytest.raises(InvalidInput, match="only one kind"):
        fit_calibration([seen(0.1), seen(0.2)], labels)


def test_reliability_sets_promise_beside_truth() -> None:
    bands = reliability([0.1, 0.15, 0.9, 1.0], [False, True, True, True])
    assert [(band.low, band.questions, band.answerable) for band in bands] == [(0.0, 2, 0.5), (0.8, 2, 1.0)]
    assert bands[0].confidence == pytest.approx(0.125)
    assert calibration_error(bands) == pytest.approx((2 * 0.375 + 2 * 0.05) / 4)


def test_no_questions_have_no_error() -> None:
    assert calibration_error(reliability([], [])) == 0.0


def test_a_kept_calibration_comes_back_and_leaves_those_of_others(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    first = Calibration(bias=1, similarity=2, same_language=0, coverage=3, missing=-1, fitted_on=9)
    save_calibration(path, "one", first)
    save_calibration(path, "two", first.model_copy(update={"bias": 7.0}))
    kept = load_calibrations(path)
    assert kept["one"] == first
    assert kept["two"].bias == 7.0
    assert list(tmp_path.iterdir()) == [path]
