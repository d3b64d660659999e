"""An admin's day with a document on every platform: sent, described after a restart, asked about, taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rag.ingest.test_pdf import pdf

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
            counter.admin("admin", action="documents", what="Harbour prices")
            await counter.press("answers now", "Take out of the library")
            await counter.told("is out of the library")
            counter.ask("And how much is a harbour seat?")
            await counter.told("library")


def prices(euros: str, *more: str) -> bytes:
    """Three pages and more, of which the second one tells the price."""
    return pdf(
        [
            ["The harbour plan begins with boats and their owners, who come every spring."],
            [f"A harbour licence costs {euros} euros for each boat and every single year."],
            ["The third page thanks everybody who has helped with this plan and its figures."],
            *([text] for text in more),
        ]
    )


@pytest.mark.parametrize("trading", TRADING, ids=lambda each: each.name)
async def test_day_of_an_admin(trading: Trading, tmp_path: Path) -> None:
    described = {"title": "Harbour prices", "kind": "resource", "language": "en", "readers": "public"}
    async with trading.server() as server, trading.counter(tmp_path, server) as counter:
        counter.send("boats.md", b"# Boats\n\n## Colours\n\nBoats are painted in the colours of their owners.\n")
        await counter.press("**Boats**", "Describe and hand in …")
        await counter.fill_in(title="Boats", kind="document", language="en", readers="public")
        await counter.told("“Boats” is in the library now")
        # A gap: nobody has told the library yet.
        counter.ask("What does a harbour licence cost?")
        await counter.told("library")
        counter.send("plan.pdf", prices("forty"))
        await counter.press("pages: 3", "Describe and hand in …")
        await counter.fill_in(**described)
        await counter.told("“Harbour prices” is in the library now: PDF, English, pages: 3")
        await counter.press("1 of 1 open questions would be answered by now", "Close 1")
        await counter.told("Closed: 1.")
        counter.ask("And what does a harbour licence cost each year?")
        await counter.told("p. 2")
        counter.admin("admin", action="reindex")
        await counter.told("2 unchanged")
        counter.send("plan.pdf", prices("fifty", "An annex lists all berths of the harbour."))
        await counter.press("pages: 4", "Describe and hand in …")
        await counter.fill_in(**described)  # a file of the same name is taken for a new version
        await counter.told("It is version 2")
        counter.ask("So what does a harbour licence cost now?")
        await counter.told("fifty euros")
        counter.admin("admin", action="documents", what="Harbour prices")
        await counter.choose("answers now", "Bring back a version …", "1")
        await counter.told("Version 1 of “Harbour prices” answers now")
        counter.admin("audit", action="show")
        await counter.told("version 1")


@pytest.mark.parametrize("trading", TRADING, ids=lambda each: each.name)
async def test_file_that_is_none_is_told_with_its_mend(trading: Trading, tmp_path: Path) -> None:
    async with trading.server() as server, trading.counter(tmp_path, server) as counter:
        counter.send("broken.pdf", b"%PDF-1.4 nothing more")
        await counter.told("the PDF is broken; export it again")
