"""Which inputs an index run follows: each of them usable, no file of the library under two of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.catalogue import Input
from rag.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The inputs to bring up, and the registered ones that they take over."""

    chosen: tuple[Input, ...]
    absorbed: tuple[Input, ...]


def check_input(each: Input) -> None:
    """Refuse what cannot be registered. Raises InvalidInput."""
    name = str(each.path)
    try:
        name.encode()
        found = each.path.exists()
    except UnicodeEncodeError as error:
        raise InvalidInput(f"the path {name!r} is not valid UTF-8; rename it") from error
    except OSError as error:
        raise InvalidInput(f"the path {name!r} cannot be looked at ({error.strerror}); check it") from error
    if not found:
        raise InvalidInput(f"there is no file or folder {name!r}; check the path")


def settle(inputs: Iterable[Input], registered: Sequence[Input]) -> Settled:
    """Choose inputs so that none lies below another, or its documents would be in the library twice.

    A path below a registered folder means that folder; a folder above registered paths takes them over. Inputs with a
    name are left as they are.

    Raises:
        InvalidInput: an input would take over one that is filed in another way, so that others could read it.
    """
    known = {each.key: each for each in registered if each.name is None}
    chosen: dict[str, Input] = {}
    absorbed: dict[str, Input] = {}
    for each in inputs:
        if each.name is not None:
            chosen[each.key] = each
            continue
        above = next((other for other in known.values() if _holds(other, each)), each)
        below = {key: other for key, other in known.items() if _holds(above, other)}
        for other in below.values():
            if other.filing != above.filing:
                clash = f"{str(other.path)!r} is registered with a kind, a language or readers of its own"
                raise InvalidInput(f"{clash}, and {str(above.path)!r} holds it; take it out with --remove first")
        absorbed |= below
        known = {key: other for key, other in {**known, above.key: above}.items() if key not in below}
        chosen = {key: other for key, other in {**chosen, above.key: above}.items() if key not in below}
    kept = {each.key for each in registered}
    return Settled(chosen=tuple(chosen.values()), absorbed=tuple(each for key, each in absorbed.items() if key in kept))


def _holds(folder: Input, other: Input) -> bool:
    """Whether a folder's files include another input; hidden ones are not looked for, so they have to be named."""
    if folder.path not in other.path.parents:
        return False
    return not any(part.startswith(".") for part in other.path.relative_to(folder.path).parts)
