"""What the commands `advisor inputs …` do: in the running bot where one runs, else on a library opened here."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.assembly import inputs_of, runs_of
from bot.inputs.acting import InputAnswer, InputClerk, InputOrder
from bot.inputs.values import InputRules
from bot.operations import DONE, FAILED, Terminal
from bot.output import index_record, write_line
from bot.progress import index_progress
from bot.store.opening import open_store
from bot.store.settling import settle_home
from bot.terminal import print_index_report, printable
from bot.wording import load_wording
from rag.build import open_rag
from rag.resources import data_folder
from rag.types import Language

if TYPE_CHECKING:
    from pydantic import SecretStr

    from bot.control.client import RemoteLibrary
    from rag.ingest.index import IndexProgress
    from rag.settings import RagSettings

Act = Callable[[InputOrder, Callable[["IndexProgress"], None]], Awaitable[InputAnswer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept and where."""

    rag: RagSettings
    rules: InputRules = field(default_factory=InputRules)
    database_url: SecretStr | None = None


async def run_order(
    kept: Kept, terminal: Terminal, order: InputOrder, *, remote: RemoteLibrary | None, sure: Callable[[str], bool]
) -> int:
    """Does one thing and prints what came of it; `sure` is asked before anything is added. Raises RagError."""
    async with _acting(kept, remote) as act:
        if order.action == "add":
            look = await _told(act, InputOrder(action="look", target=order.target, options=order.options), terminal)
            if not sure("\n".join(look.lines)):
                return FAILED
        answer = await _told(act, order, terminal)
    if terminal.json:
        for row in answer.rows:
            write_line(terminal.lines, dict(row))
        if answer.report is not None:
            write_line(terminal.lines, index_record(answer.report))
        elif not answer.rows and answer.lines:
            write_line(terminal.lines, {"said": answer.lines[0]})
    else:
        for line in answer.lines:
            terminal.out.print(printable(line.replace("**", "")), markup=False, soft_wrap=True)
        if answer.report is not None:
            print_index_report(terminal.out, answer.report)
    if order.action == "list" and not answer.rows:
        terminal.complain("nothing is registered yet; add something: advisor inputs add PATH-OR-ADDRESS")
    return FAILED if answer.failed else DONE


async def _told(act: Act, order: InputOrder, terminal: Terminal) -> InputAnswer:
    with index_progress(terminal.err) as tell:
        return await act(order, tell)


@asynccontextmanager
async def _acting(kept: Kept, remote: RemoteLibrary | None) -> AsyncIterator[Act]:
    if remote is not None:
        yield remote.inputs
        return
    await settle_home(kept.rag)
    async with open_rag(kept.rag) as rag, open_store(kept.database_url, home=kept.rag.home) as store:
        runs = runs_of(rag)
        desk = inputs_of(rag, store, runs, kept.rules)
        wording = load_wording(data_folder("prompts"))
        who = f"process {os.getpid()}"
        yield InputClerk(desk=desk, runs=runs, wording=wording, language=Language.EN, who=who).act
