"""Which gaps may be seen where, and how they belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.channel_rules import channel_labels, effective_settings, server_key
from bot.chat import PlaceKind
from bot.commands.call import Call
from bot.gap_report import GapGroup
from bot.records import GapRecord
from bot.saying_oversight import OverSay
from bot.wording import Say
from rag.errors import RagError

_READ = 500


async def visible(call: Call) -> list[GapRecord]:
    """Open gaps of the workspace whose questions may be read here, the latest first."""
    return await _readable(call, await call.means.store.gaps.open(limit=_READ))


async def was_closed(call: Call) -> list[GapRecord]:
    """Closed gaps of the workspace whose questions may be read here, the latest first."""
    return await _readable(call, await call.means.store.gaps.closed(limit=_READ))


async def grouped(call: Call, gaps: Sequence[GapRecord]) -> list[GapGroup]:
    """Gaps that ask one thing together; each by itself where nothing compares them."""
    if call.means.oversight is None:
        return [GapGroup(gaps=(gap,)) for gap in gaps]
    return await call.means.oversight.gaps.groups(gaps)


async def nearest(call: Call, group: GapGroup) -> tuple[str, ...]:
    """The titles of the documents that come nearest to a group; none where that cannot be told."""
    try:
        return await call.means.oversight.gaps.nearest(group.gaps[0]) if call.means.oversight else ()
    except RagError:
        return ()


def nearest_line(call: Call, titles: Sequence[str]) -> str:
    """The same as one line."""
    named = (call.words(OverSay.NEAREST_ONE, title=" ".join(title.split())) for title in titles)
    shown = call.words(Say.LIST_SEPARATOR).join(named)
    return call.words(OverSay.NEAREST, titles=shown) if titles else call.words(OverSay.NEAREST_NONE)


async def _readable(call: Call, gaps: Iterable[GapRecord]) -> list[GapRecord]:
    """Those of the gaps whose questions may be read here.

    What was asked in a channel with labels may be read where all of these are held; what somebody asked the bot alone
    is shown to nobody but there.
    """
    allowed: dict[str, bool] = {}
    readable = []
    for gap in gaps:
        channel = gap.place.rpartition("/")[0]
        if channel not in allowed:
            allowed[channel] = channel == call.place.channel_key or await _may_read(call, channel, gap)
        if allowed[channel]:
            readable.append(gap)
    return readable


async def _may_read(call: Call, channel: str, gap: GapRecord) -> bool:
    question = await call.means.store.questions.get(gap.question_id)
    if question is None or question.place.kind is PlaceKind.DM:
        return False
    if call.everywhere:
        return True
    if server_key(channel) != server_key(call.place.channel_key):
        return False
    settings = await effective_settings(call.means.store.settings, channel)
    return channel_labels(settings) <= await call.labels()
