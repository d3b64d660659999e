"""An admin's day with a document on every platform: sent, described after a restart, asked about, taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from .papers import TRADING, Trading

PLAN = b"# Harbour plan\n\n## Seats\n\nA harbour seat costs forty euros.\n\n## Discounts\n\nStudents pay nothing.\n"


@pytest.mark.parametrize("trading", TRADING, ids=lambda each: each.name)
async def test_file_becomes_a_document_that_answers_until_it_is_taken_out(trading: Trading, tmp_path: Path) -> None:
    async with trading.server() as server:
        async with trading.counter(tmp_path, server) as counter:
            counter.send("plan.pdf", PLAN)
            await counter.told("Harbour plan")
        async with trading.counter(tmp_path, server) as counter:
            await counter.press("Tell me what it is", "Describe and hand in …")
            await counter.fill_in(title="Harbour prices", kind="resource", language="en", readers="public")
            await counter.told("“Harbour prices” is in the library now")
            counter.ask("What does a harbour seat cost?")
            await counter.told("forty euros")
            counter.documents("Harbour prices")
            await counter.press("answers now", "Take out of the library")
            await counter.told("is out of the library")
            counter.ask("And how much is a harbour seat?")
            await counter.told("library")


@pytest.mark.parametrize("trading", TRADING, ids=lambda each: each.name)
async def test_file_that_is_none_is_told_with_its_mend(trading: Trading, tmp_path: Path) -> None:
    async with trading.server() as server, trading.counter(tmp_path, server) as counter:
        counter.send("broken.pdf", b"%PDF-1.4 nothing more")
        await counter.told("the PDF is broken; export it again")
