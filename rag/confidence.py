"""How far the evidence found for a question can be trusted to answer it: a calibrated number in 0..1. Pure.

The number is a logistic model of what the two legs of the search saw and of the names in the question that the evidence
lacks. Its weights belong to one embedder: cosines of two models are not comparable.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rag.errors import InvalidSettings
from rag.terms import index_terms

_WORD = re.compile(r"[A-Za-z0-9][\w.'’+#&-]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?。！？:：]\s*)[\"'“‘(（]*$")


class Evidence(BaseModel):
    """What the search saw of a question.

    Attributes:
        similarity: the best cosine of the dense leg.
        same_language: 1 if the best passage is written in the question's language, else 0.
        coverage: the best passage's coverage in the lexical leg; 0 across languages, where words cannot match. That of
            another passage would count against the meaning: it shares words with the question, and nothing else.
        missing: the share of the question's names that the best passages do not hold.
    """

    model_config = ConfigDict(frozen=True)

    similarity: float
    same_language: float
    coverage: float
    missing: float


class Calibration(BaseModel):
    """Weights of the logistic model: confidence = 1 / (1 + exp(-(bias + w · evidence))).

    `fitted_on` says how many labelled questions stand behind them; 0 means that the embedder is not calibrated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bias: float
    similarity: float
    same_language: float
    coverage: float
    missing: float
    fitted_on: int = 0

    def confidence(self, evidence: Evidence) -> float:
        """The probability that the library answers, as the labelled questions would have it."""
        strength = (
            self.bias
            + self.similarity * evidence.similarity
            + self.same_language * evidence.same_language
            + self.coverage * evidence.coverage
            + self.missing * evidence.missing
        )
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, strength))))


UNCALIBRATED = Calibration(bias=-8.0, similarity=20.0, same_language=0.0, coverage=8.0, missing=-1.5)
"""A guess for an embedder without a calibration: it wants either a near passage or most of the question's words."""


def load_calibrations(path: Path) -> Mapping[str, Calibration]:
    """The calibrations in a JSON file, by embedder identity.

    Raises:
        InvalidSettings: the file does not hold such a table.
    """
    try:
        return _Table.model_validate_json(path.read_text("utf-8")).embedders
    except (OSError, ValueError) as error:  # pydantic's and the decoder's errors are ValueErrors
        raise InvalidSettings(f"the calibration file {path.name!r} cannot be read: {error}") from error


def save_calibration(path: Path, identity: str, calibration: Calibration) -> None:
    """Keep an embedder's calibration in a JSON file beside those of others; the file is replaced whole.

    Raises:
        InvalidSettings: the file holds something else, or cannot be written.
    """
    known = load_calibrations(path) if path.exists() else {}
    table = _Table(embedders={**known, identity: calibration})
    scratch = path.with_suffix(".new")
    try:
        scratch.write_text(table.model_dump_json(indent=2) + "\n", "utf-8")
        scratch.replace(path)
    except OSError as error:
        raise InvalidSettings(f"the calibration file {path.name!r} cannot be written: {error}") from error


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    embedders: dict[str, Calibration]


def names_in(question: str) -> frozenset[str]:
    """The names, abbreviations and numbers of a question: what an answer has to speak of, whatever its language.

    In a Chinese question these are its Latin words and numbers; in an English one the words that are capitalised for
    another reason than opening a sentence, and those with digits.
    """
    chinese = any("一" <= character <= "鿿" for character in question)
    found = set()
    for match in _WORD.finditer(question):
        word = match.group().rstrip(".'’-")
        opens = _SENTENCE_START.search(question[: match.start()]) is not None
        if chinese or _is_mixed(word) or (word[0].isupper() and not opens):
            found.update(index_terms(word))
    return frozenset(found)


def missing_share(names: Iterable[str], texts: Iterable[str]) -> float:
    """The share of the names that occur in none of the texts; 0 for a question without names."""
    wanted = set(names)
    if not wanted:
        return 0.0
    present: set[str] = set()
    for text in texts:
        present.update(index_terms(text))
    return len(wanted - present) / len(wanted)


def _is_mixed(word: str) -> bool:
    """Whether a word has digits or capitals inside, as abbreviations, products and numbers do."""
    return any(character.isdigit() for character in word) or any(character.isupper() for character in word[1:])
