"""What the commands `advisor admin …` do: in the running bot where one runs, else on a library opened here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.operations import DONE, FAILED, Terminal
from bot.output import write_line
from bot.shell.values import Said, ShellChoice, ShellDone, ShellFile, ShellForm, ShellOrder, ShellReply, ShellStep
from bot.terminal import print_markdown, printable
from rag.errors import InvalidInput

if TYPE_CHECKING:
    from bot.control.client import RemoteLibrary
    from bot.settings import Settings
    from rag.settings import RagSettings

Act = Callable[[ShellOrder, Callable[[Said], None]], Awaitable[ShellDone]]
Choose = Callable[[Sequence[ShellChoice]], int | None]
"""The number that is chosen of what is offered; None leaves."""

Fill = Callable[[ShellForm], Mapping[str, str] | None]
"""What is filled into a form, by the names of its fields; None leaves it."""


def left(_: ShellForm) -> None:
    """Fills nothing in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The settings, and the home that they name."""

    rag: RagSettings
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Where what is said is put: printed on `terminal`, files by `keep`.

    `choose` says which button is pressed, `fill` what is filled into a form.
    """

    terminal: Terminal
    keep: Callable[[ShellFile], Path]
    choose: Choose
    fill: Fill = left


async def run_admin(kept: Kept, table: Table, order: ShellOrder, *, remote: RemoteLibrary | None) -> int:
    """Does what is ordered and prints what is said, again for each choice that is made. Raises RagError."""
    about = ShellOrder(channel=order.channel, language=order.language)
    async with _acting(kept, remote) as act:
        while True:
            page = _Page(table)
            done = await act(order, page.take)
            page.end()
            if page.form is not None and not done.failed:
                given = table.fill(page.form)
                if given is None:
                    page.show_form(page.form)
                    return DONE
                order = replace(about, form=page.form.payload, given=filled(page.form, given))
                continue
            chosen = table.choose(page.choices) if page.choices and not done.failed else None
            if chosen is None:
                return FAILED if done.failed else DONE
            if not 0 < chosen <= len(page.choices):
                raise InvalidInput(f"there is no choice {chosen}; choose from 1 to {len(page.choices)}")
            choice = page.choices[chosen - 1]
            order = replace(about, press=choice.press, values=choice.values)


def filled(form: ShellForm, given: Mapping[str, str]) -> dict[str, str]:
    """A form's fields with what is given in place of what stood in them. Raises InvalidInput."""
    values = {each.name: each.value for each in form.fields}
    for name in given:
        if name not in values:
            raise InvalidInput(f"there is no field {name!r} in {form.title!r}; there are {', '.join(values)}")
    return values | dict(given)


class _Page:
    """What one order comes to, printed as it comes."""

    def __init__(self, table: Table) -> None:
        self.choices: list[ShellChoice] = []
        self.form: ShellForm | None = None
        self._table = table
        self._terminal = table.terminal
        self._status = self._terminal.err.status("")

    def take(self, said: Said) -> None:
        """Shows a step in passing, and a reply to stay."""
        if isinstance(said, ShellStep):
            self._status.update(printable(said.text))
            self._status.start()
            return
        self._status.stop()
        if isinstance(said, ShellForm):
            self.form = said
            return
        files = [str(self._table.keep(each)) for each in said.files]
        first = len(self.choices) + 1
        self.choices += said.choices
        if self._terminal.json:
            self._write(said, files, first=first)
        else:
            self._print(said, files, first=first)

    def end(self) -> None:
        """Takes the last step away."""
        self._status.stop()

    def show_form(self, form: ShellForm) -> None:
        """What there is to be filled in, and how it is given."""
        if self._terminal.json:
            for each in form.fields:
                told = {"field": each.name, "label": each.label, "value": each.value, "required": each.required}
                write_line(self._terminal.lines, {**told, "options": dict(each.options)})
            return
        out = self._terminal.out
        out.print(printable(form.title), style="bold", soft_wrap=True)
        for each in form.fields:
            out.print(printable(f"  {each.name} = {each.value or '-'}  ({each.label})"), soft_wrap=True)
            if each.options:
                listed = "; ".join(f"{value}: {label}" for value, label in each.options.items())
                out.print(printable(f"      {listed}"), style="dim", soft_wrap=True)
        out.print("--set NAME=VALUE changes a field, once for each", style="dim", soft_wrap=True)

    def _print(self, said: ShellReply, files: list[str], *, first: int) -> None:
        print_markdown(self._terminal.out, said.text)
        for line in (*said.notes, *(f"[{file}]" for file in files)):
            self._terminal.out.print(printable(line), style="dim", soft_wrap=True)
        for number, choice in enumerate(said.choices, start=first):
            self._terminal.out.print(printable(f"  {number}. {choice.label}"), soft_wrap=True)

    def _write(self, said: ShellReply, files: list[str], *, first: int) -> None:
        """Plain values where there are any, else what people would read; then the choices by number."""
        lines = self._terminal.lines
        for row in said.rows or ({"said": said.text},):
            write_line(lines, row)
        for file in files:
            write_line(lines, {"file": file})
        for number, choice in enumerate(said.choices, start=first):
            write_line(lines, {"choice": number, "label": choice.label})


@asynccontextmanager
async def _acting(kept: Kept, remote: RemoteLibrary | None) -> AsyncIterator[Act]:
    if remote is not None:
        yield remote.shell
        return
    from bot.shell.opening import open_clerk

    async with open_clerk(kept.rag, kept.settings) as clerk:

        async def act(order: ShellOrder, tell: Callable[[Said], None]) -> ShellDone:
            async with aclosing(clerk.act(order)) as said:
                async for each in said:
                    if isinstance(each, ShellDone):
                        return each
                    tell(each)
            raise AssertionError("an order ends with whether it was done")

        yield act
