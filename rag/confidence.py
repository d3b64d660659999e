"""How far the evidence found for a question can be trusted to answer it: a calibrated number in 0..1. Pure.

The number is a logistic model of what the two legs of the search saw and of the names and words of the question that
the evidence lacks. Its weights belong to one embedder: cosines of two models are not comparable.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rag.errors import InvalidSettings
from rag.terms import index_terms

_WORD = re.compile(r"[A-Za-z0-9](?:[^\W一-鿿]|[.'’+#&-])*")
_OPENING_QUOTES = "\"'“‘(（"
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", ":", "：")
_QUANTITY = re.compile(r"(?!(?:19|20)\d\d$)\d[\d.,]*(?:-?[a-z]{1,7})?")
_BEHIND_NAME = re.compile(r"[A-Z][\w.+-]* ?$")
_LATIN_WORD = 2
"""Characters that a Latin word counts for beside Chinese ones: most Chinese words have two."""


class Evidence(BaseModel):
    """What the search saw of a question.

    Attributes:
        similarity: the best cosine of the dense leg.
        same_language: 1 if the best passage is written in the question's language, else 0.
        coverage: the best passage's coverage in the lexical leg; 0 across languages, where words cannot match. That of
            another passage would count against the meaning: it shares words with the question, and nothing else.
        missing: the share of the question's names that the best passages do not hold.
        unheard: the share of the question's words of which no passage near it says anything; 0 across languages.
        prepared: 1 if the best passage brings questions along, else 0: likeness to a question exceeds that to a text.
    """

    model_config = ConfigDict(frozen=True)

    similarity: float
    same_language: float
    coverage: float
    missing: float
    unheard: float = 0.0
    prepared: float = 0.0


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
    unheard: float = 0.0
    prepared: float = 0.0
    fitted_on: int = 0

    def confidence(self, evidence: Evidence) -> float:
        """The probability that the library answers, as the labelled questions would have it."""
        strength = (
            self.bias
            + self.similarity * evidence.similarity
            + self.same_language * evidence.same_language
            + self.coverage * evidence.coverage
            + self.missing * evidence.missing
            + self.unheard * evidence.unheard
            + self.prepared * evidence.prepared
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
    another reason than opening a sentence, and those with digits. A quantity that the asker brings along, 300k or 30 %,
    is no name unless it follows one, as a version does; a year is.
    """
    chinese = any("一" <= character <= "鿿" for character in question)
    found = set()
    end = 0
    for match in _WORD.finditer(question):
        word = match.group().rstrip(".'’-")
        opens = _opens_sentence(question[end : match.start()], first=not end)
        quantity = _QUANTITY.fullmatch(word) and not _BEHIND_NAME.search(question[: match.start()])
        end = match.start() + len(word)
        if quantity:
            continue
        if chinese or _is_mixed(word) or (word[0].isupper() and not opens):
            found.update(index_terms(word))
    return frozenset(found)


def missing_share(names: Iterable[str], texts: Iterable[str]) -> float:
    """The share of the names that occur in none of the texts; 0 for a question without names."""
    wanted = set(names)
    return len(wanted - terms_held(texts)) / len(wanted) if wanted else 0.0


def terms_held(texts: Iterable[str]) -> frozenset[str]:
    """The terms that occur in any of the texts."""
    return frozenset(term for text in texts for term in index_terms(text))


def unheard_share(terms: Iterable[str], held: Container[str]) -> float:
    """The share of a question's words, given as its terms in order, that are not among those held; 0 of none.

    Chinese does not part its words, so its characters are counted: one is heard when it is held together with the
    character before it or behind it. The two characters at a joint of words are hardly ever found together, which says
    nothing; a name that nobody wrote of leaves several in a row.
    """
    unheard = total = 0
    for chain in _chains(terms):
        heard = [term in held for term in chain]
        if len(chain[0]) != 2 or chain[0].isascii():
            unheard += 0 if heard[0] else _LATIN_WORD
            total += _LATIN_WORD
            continue
        before, behind = [False, *heard], [*heard, False]
        unheard += sum(not (left or right) for left, right in zip(before, behind, strict=True))
        total += len(before)
    return unheard / total if total else 0.0


def _chains(terms: Iterable[str]) -> list[list[str]]:
    """Terms in their order, pairs of Chinese characters that overlap together: what was written in one piece."""
    chains: list[list[str]] = []
    for term in terms:
        if chains and len(term) == 2 and not term.isascii() and chains[-1][-1][1:] == term[0]:
            chains[-1].append(term)
        else:
            chains.append([term])
    return chains


def _opens_sentence(before: str, *, first: bool) -> bool:
    """Whether a word opens a sentence, from what stands between it and the word before."""
    bare = before.rstrip(_OPENING_QUOTES).rstrip()
    return bare.endswith(_SENTENCE_ENDS) if bare else first


def _is_mixed(word: str) -> bool:
    """Whether a word has digits or capitals inside, as abbreviations, products and numbers do."""
    return any(character.isdigit() for character in word) or any(character.isupper() for character in word[1:])
