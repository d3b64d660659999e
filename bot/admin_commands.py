"""What the commands `advisor admin …` do: in the running bot where one runs, else on a library opened here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.operations import DONE, FAILED, Terminal
from bot.output import write_line
from bot.shell.values import Said, ShellChoice, ShellDone, ShellFile, ShellOrder, ShellReply, ShellStep
from bot.terminal import print_markdown, printable
from rag.errors import InvalidInput

if TYPE_CHECKING:
    from bot.control.client import RemoteLibrary
    from bot.settings import Settings
    from rag.settings import RagSettings

Act = Callable[[ShellOrder, Callable[[Said], None]], Awaitable[ShellDone]]
Choose = Callable[[int], int | None]
"""The number that is chosen of so many; None leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The settings, and the home that they name."""

    rag: RagSettings
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Where what is said is put: printed on `terminal`, files by `keep`. `choose` says which button is pressed."""

    terminal: Terminal
    keep: Callable[[ShellFile], Path]
    choose: Choose


async def run_admin(kept: Kept, table: Table, order: ShellOrder, *, remote: RemoteLibrary | None) -> int:
    """Does what is ordered and prints what is said, again for each choice that is made. Raises RagError."""
    async with _acting(kept, remote) as act:
        while True:
            page = _Page(table)
            done = await act(order, page.take)
            page.end()
            chosen = table.choose(len(page.choices)) if page.choices and not done.failed else None
            if chosen is None:
                return FAILED if done.failed else DONE
            if not 0 < chosen <= len(page.choices):
                raise InvalidInput(f"there is no choice {chosen}; choose from 1 to {len(page.choices)}")
            choice = page.choices[chosen - 1]
            order = ShellOrder(press=choice.press, values=choice.values, language=order.language)


class _Page:
    """What one order comes to, printed as it comes."""

    def __init__(self, table: Table) -> None:
        self.choices: list[ShellChoice] = []
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
