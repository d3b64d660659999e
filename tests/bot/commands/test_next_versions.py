"""Which documents a file may be the next version of, and who says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.records import ChannelSettings
from tests.bot.samples import BOB, PLACE

from .trading import PLAN, Market, open_market

BOARD = ChannelSettings(labels=frozenset({"public", "board"}))


@pytest.fixture
async def market(tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(tmp_path / "home") as opened:
        yield opened


@pytest.mark.parametrize(
    ("file", "content"),
    [
        pytest.param("plan-v2.md", PLAN.replace(b"forty", b"fifty"), id="its name differs in the version"),
        pytest.param("harbour-2027.md", b"# Harbour plan (final)\n\nAll is otherwise now.", id="its title does"),
        pytest.param(
            "x.md", PLAN.replace(b"forty", b"fifty").replace(b"Harbour plan", b"Notes"), id="its words are alike"
        ),
    ],
)
async def test_file_that_is_like_a_document_may_become_its_next_version(
    market: Market, file: str, content: bytes
) -> None:
    await market.send(("plan.md", PLAN))
    await market.describe()
    weather = b"# Weather\n\nIt rains on the coast in autumn, and storms come from the west."
    await market.send(("weather.md", weather), message="m2")
    await market.describe()
    await market.send((file, content), message="m3")
    await market.press_label("Describe and hand in …")
    form = market.chat.forms[-1][1]
    ways = form.fields[-1]
    assert [each.label for each in ways.options] == ["as a new version of “Harbour plan”", "as a new document"]
    assert ways.value == "new"  # nobody has said so
    told = await market.fill_in(form, **{"as": ways.options[0].value})
    assert "It is version 2" in told
    assert len(await market.rag.catalogue.documents()) == 2


async def test_document_for_others_is_no_earlier_version(market: Market) -> None:
    await market.store.settings.save(PLACE.channel_key, BOARD)
    await market.send(("plan.md", PLAN))
    await market.describe(readers="board")
    await market.store.settings.save(PLACE.channel_key, ChannelSettings())
    await market.send(("plan.md", PLAN.replace(b"forty", b"fifty")), message="m2")
    await market.press_label("Describe and hand in …")
    assert [each.name for each in market.chat.forms[-1][1].fields] == ["title", "kind", "language", "readers"]


async def test_reviewer_says_of_which_document_a_proposal_is_the_next_version(market: Market) -> None:
    await market.send(("plan.md", PLAN))
    await market.describe()
    await market.send(("plan-v2.md", PLAN.replace(b"forty", b"fifty")), message="m2", person=BOB)
    await market.describe(person=BOB)
    told = await market.command("proposals")
    assert "It may be the next version of “Harbour plan”" in told
    await market.press_label("Edit …")
    ways = market.chat.forms[-1][1].fields[-1]
    assert (ways.name, ways.value) == ("as", "new")
    told = await market.fill_in(market.chat.forms[-1][1], **{"as": ways.options[0].value})
    assert "It becomes the next version of “Harbour plan”." in told
    await market.press_label("Into the library")
    (document,) = await market.store.shelves.all()
    assert (document.live, document.newest) == (2, 2)
