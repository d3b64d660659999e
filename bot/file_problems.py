"""What is wrong with a file, in the language of a chat: data in `prompts/problems.<language>.toml`.

The readers of files say it in English, with what they found filled in; a parser's process and the control socket hand
such sentences on as they are. Here a sentence is known again by its shape, and said anew.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rag.errors import InvalidSettings
from rag.placeholders import placeholders_in


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sentences: dict[str, str]


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """The sentences of one language."""

    _plain: Mapping[str, str]
    _shapes: tuple[tuple[re.Pattern[str], str], ...]

    def said(self, sentence: str) -> str:
        """A sentence in this language; one that is not known stays as it is."""
        if sentence in self._plain:
            return self._plain[sentence]
        for shape, template in self._shapes:
            if found := shape.fullmatch(sentence):
                values = {name: self._plain.get(value, value) for name, value in found.groupdict().items()}
                return template.format(**values)
        return sentence


def load_problem_words(path: Path) -> ProblemWords:
    """Reads and checks one file.

    Raises:
        InvalidSettings: it is missing or broken, or a sentence has other blanks than the one it stands for.
    """
    try:
        sentences = _File.model_validate(tomllib.loads(path.read_text("utf-8"))).sentences
    except (OSError, ValueError) as error:  # TOML's, the decoder's and pydantic's errors are ValueErrors
        raise InvalidSettings(f"{path.name} cannot be used: {error}") from error
    blanks = {english: placeholders_in(english, where=f"{path.name}: {english!r}") for english in sentences}
    for english, said in sentences.items():
        used = placeholders_in(said, where=f"{path.name}: {said!r}")
        if used != blanks[english]:
            raise InvalidSettings(
                f"{path.name}: {said!r} uses {sorted(used)!r}, {english!r} {sorted(blanks[english])!r}"
            )
    # The shape that says the most comes first: one of two may be the end of another.
    shaped = sorted((english for english in sentences if blanks[english]), key=len, reverse=True)
    return ProblemWords(sentences, tuple((_shape(english), sentences[english]) for english in shaped))


def _shape(english: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", english)
    literal_and_name = (re.escape(each) if n % 2 == 0 else f"(?P<{each}>.+?)" for n, each in enumerate(pieces))
    return re.compile("".join(literal_and_name), re.DOTALL)
