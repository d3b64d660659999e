"""Fits the confidence model on labelled questions: logistic regression with a ridge, by Newton's method. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.confidence import Calibration, Evidence
from rag.errors import InvalidInput

_RIDGE = 0.01
"""Keeps the weights finite where the labelled questions can be parted without an error."""

_STEPS = 50
_BANDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The questions whose confidence lies between two bounds: what was promised, and what was true."""

    low: float
    high: float
    questions: int
    confidence: float
    answerable: float


def reliability(confidences: Sequence[float], answerable: Sequence[bool]) -> tuple[Band, ...]:
    """Compare confidence with truth in five bands of equal width; bands without a question are left out.

    A confidence that means something lies near the share of answerable questions in each band.
    """
    bands = []
    for number in range(_BANDS):
        low, high = number / _BANDS, (number + 1) / _BANDS
        chosen = [
            (confidence, truth)
            for confidence, truth in zip(confidences, answerable, strict=True)
            if low <= confidence < high or (confidence == high == 1.0)
        ]
        if chosen:
            promised, true = zip(*chosen, strict=True)
            bands.append(
                Band(
                    low=low,
                    high=high,
                    questions=len(chosen),
                    confidence=sum(promised) / len(chosen),
                    answerable=sum(true) / len(chosen),
                )
            )
    return tuple(bands)


def calibration_error(bands: Sequence[Band]) -> float:
    """The expected calibration error: the gap between promise and truth, weighted by the questions of each band."""
    total = sum(band.questions for band in bands)
    return sum(band.questions * abs(band.confidence - band.answerable) for band in bands) / total if total else 0.0


def fit_calibration(evidence: Sequence[Evidence], answerable: Sequence[bool]) -> Calibration:
    """The calibration under which the labelled questions are most likely.

    Answerable and unanswerable questions weigh the same in total, so that confidence .5 is the point between them
    whatever their mixture in the file.

    Args:
        evidence: what the search saw of each question.
        answerable: whether the library answers it, in the same order.

    Raises:
        InvalidInput: there are no questions of one of both kinds.
    """
    labels = np.asarray(answerable, dtype=float)
    if not 0 < labels.sum() < len(labels):
        raise InvalidInput("a calibration needs answerable and unanswerable questions; the file has only one kind")
    features = np.array([[1.0, *(getattr(each, signal) for signal in Evidence.model_fields)] for each in evidence])
    share = np.where(labels == 1, labels.mean(), 1 - labels.mean())
    weights = _newton(features, labels, importance=0.5 / share)
    bias, *signals = (round(float(weight), 4) for weight in weights)
    named = dict(zip(Evidence.model_fields, signals, strict=True))
    return Calibration.model_validate({"bias": bias, **named, "fitted_on": len(labels)})


def _newton(features: np.ndarray, labels: np.ndarray, *, importance: np.ndarray) -> np.ndarray:
    weights = np.zeros(features.shape[1])
    ridge = _RIDGE * np.eye(len(weights))
    ridge[0, 0] = 0.0
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (importance * (chances - labels)) + ridge @ weights
        curvature = importance * np.maximum(chances * (1 - chances), 1e-6)
        weights = weights - np.linalg.solve(features.T @ (features * curvature[:, None]) + ridge, gradient)
    return weights
