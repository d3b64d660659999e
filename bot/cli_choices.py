"""What somebody chooses on the command line among a few words, read as people write them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

import typer

Chosen = TypeVar("Chosen", bound=StrEnum)


def choice(
    text: str, kind: type[Chosen], what: str, called: Callable[[Chosen], Collection[str]] = lambda each: ()
) -> Chosen:
    """The one of a kind that a text names, by its identifier or by what people call it.

    Raises:
        typer.BadParameter: there is none; the sentence tells those that there are, and the nearest one.
    """
    names = {_plain(name): each for each in kind for name in (each.value, *called(each))}
    if found := names.get(_plain(text)):
        return found
    near = get_close_matches(_plain(text), names, n=1, cutoff=0.7)
    meant = f" (did you mean {names[near[0]].value}?)" if near else ""
    raise typer.BadParameter(f"{text!r} is no {what}{meant}; choose one of {', '.join(kind)}")


def _plain(text: str) -> str:
    return "".join(text.casefold().replace("_", "").replace("-", "").split())
