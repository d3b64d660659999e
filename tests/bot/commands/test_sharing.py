"""What one person was told rests on sources, and is shown to the others where all of them may read these."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import Capabilities, CommandCall, Place, PlaceKind
from bot.commands.call import Call
from bot.offers import Verb
from bot.records import ChannelSettings
from bot.replies import Reply
from rag.types import Language
from tests.bot.bench import Bench
from tests.bot.samples import ADA, BOB, NOW, PLACE, citation

CAN = Capabilities(message_characters=4_000, edit_interval_s=0, sharing=True)
BOARD = frozenset({"board"})


def calling(bench: Bench, place: Place = PLACE) -> Call:
    incoming = CommandCall(event_id="e", place=place, person=ADA, at=NOW, name="case")
    return Call(means=bench.means, desk=bench, incoming=incoming, language=Language.EN, adapter=bench.chat)


async def told(bench: Bench, *, audience: frozenset[str] = frozenset({"public"})) -> str:
    """Has something be told to Ada alone; returns what its button carries."""
    cited = citation(1)
    cited = replace(cited, document=replace(cited.document, audience=audience))
    call = calling(bench)
    await call.whisper("A case.[1]", citations=(cited,))
    (button,) = [each for row in bench.last.actions for each in row if each.payload.verb == Verb.SHARE_TOLD]
    return button.payload.subject


def able() -> Bench:
    bench = Bench()
    bench.chat.capabilities = CAN
    return bench


async def test_it_is_shown_once_with_its_sources_and_the_name_of_who_shares_it() -> None:
    bench = able()
    key = await told(bench)
    await bench.press(Verb.SHARE_TOLD, key, "en")
    (posted,) = bench.chat.posted
    assert (posted.reply.text, len(posted.reply.citations), posted.ref.place) == ("A case.[1]", 1, PLACE)
    assert posted.reply.notes == ("Shared by Ada",)
    assert "Call the command again" in await bench.press(Verb.SHARE_TOLD, key, "en")
    assert len(bench.chat.posted) == 1


@pytest.mark.parametrize("audience", [BOARD, frozenset({"public"})], ids=["its sources", "the reader's own"])
async def test_labels_of_the_channel_decide(audience: frozenset[str]) -> None:
    bench = able()
    bench.held[ADA.id] = BOARD
    await bench.store.settings.save(PLACE.channel_key, ChannelSettings(labels=BOARD))
    key = await told(bench, audience=audience)
    await bench.store.settings.save(PLACE.channel_key, ChannelSettings())
    assert "Not everybody who reads along" in await bench.press(Verb.SHARE_TOLD, key, "en")
    assert bench.chat.posted == ()
    await bench.store.settings.save(PLACE.channel_key, ChannelSettings(labels=BOARD))
    await bench.press(Verb.SHARE_TOLD, key, "en")
    assert len(bench.chat.posted) == 1


async def test_nobody_shares_what_somebody_else_was_told_or_elsewhere() -> None:
    bench = able()
    key = await told(bench)
    await bench.press(Verb.SHARE_TOLD, key, "en", person=BOB)
    await bench.press(Verb.SHARE_TOLD, key, "en", place=replace(PLACE, channel="other"))
    await bench.press(Verb.SHARE_TOLD, "unknown", "zh")
    assert bench.chat.posted == ()
    assert "重新输入命令" in bench.said


@pytest.mark.parametrize("kind", ["private", "unable", "without sources", "of labels that the others lack"])
async def test_no_button_where_there_is_nothing_to_share_or_nobody_to_share_it_with(kind: str) -> None:
    bench = Bench() if kind == "unable" else able()
    place = replace(PLACE, kind=PlaceKind.DM) if kind == "private" else PLACE
    if kind.startswith("of labels"):
        bench.held[ADA.id] = BOARD
    call = calling(bench, place)
    await call.whisper("A case.", citations=() if kind == "without sources" else (citation(1),))
    reply: Reply = bench.chat.posted[-1].reply if kind == "private" else bench.last
    assert reply.actions == ()
