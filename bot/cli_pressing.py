"""What the command line presses and fills in for whoever has called it: by options, else by asking at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.admin_commands import Choose, Fill
    from bot.payloads import Payload
    from bot.shell.values import ShellChoice, ShellField, ShellForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressing:
    """What options say: numbers of buttons in their order, one button by what it does, and fields of a form.

    `name` is what the button is about, for whoever is told that there is none; `first` is one that is pressed instead
    of calling a command.
    """

    numbers: Sequence[int] = ()
    wanted: Callable[[ShellChoice], bool] | None = None
    name: str = ""
    fields: Mapping[str, str] | None = None
    first: Payload | None = None


def fields_of(given: Sequence[str] | None) -> dict[str, str] | None:
    """Fields by name of `NAME=VALUE`; None where none is given. Raises BadParameter."""
    if not given:
        return None
    fields = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name.strip():
            raise typer.BadParameter(f"{each!r} changes no field; give NAME=VALUE, such as title='Price list'")
        fields[name.strip()] = value
    return fields


def chooser(pressing: Pressing, *, ask: bool) -> Choose:
    """Chooses as the options say, then as whoever sits at the terminal does."""
    from rag.errors import InvalidInput

    left: Iterator[int] = iter(pressing.numbers)
    wanted = [pressing.wanted] if pressing.wanted else []

    def choose(choices: Sequence[ShellChoice]) -> int | None:
        if wanted:
            fits = wanted.pop()
            found = next((number for number, each in enumerate(choices, start=1) if fits(each)), None)
            if found is None:
                raise InvalidInput(
                    f"{pressing.name!r} is not one thing that this can be done to; look at what is shown"
                )
            return found
        if (number := next(left, None)) is not None:
            return number
        return _asked(len(choices)) if ask and not pressing.wanted else None

    return choose


def filler(pressing: Pressing, *, ask: bool) -> Fill:
    """Fills in what the options say, else what whoever sits at the terminal types; without both the form is left."""

    def fill(form: ShellForm) -> Mapping[str, str] | None:
        if pressing.fields is not None:
            return pressing.fields
        return {each.name: _typed(each) for each in form.fields} if ask else None

    return fill


def _asked(most: int) -> int | None:
    typed = typer.prompt(f"1-{most}, or Enter to leave", default="", show_default=False, err=True).strip()
    return int(typed) if typed.isdecimal() and len(typed) < 6 else None


def _typed(each: ShellField) -> str:
    """A field as it is typed; Enter leaves what stands in it."""
    options = f" ({', '.join(each.options)})" if each.options else ""
    typed: str = typer.prompt(f"{each.label}{options}", default=each.value, err=True)
    return typed
