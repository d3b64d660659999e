"""What an index run did to labelled questions and to what people could not find, told to the admin who began it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.commands.call import Call
from bot.commands.gap_views import visible
from bot.commands.gap_work import offer_closing
from bot.expert_cards import one_line
from bot.gap_report import MOST_GAPS
from bot.records import GapRecord
from bot.saying_oversight import OverSay
from bot.wording import Say
from rag.errors import RagError

if TYPE_CHECKING:
    from rag.ingest.guard import Fall

log = logging.getLogger(__name__)

_NAMED, _QUESTION = 8, 160


def fall_line(call: Call, fall: Fall) -> str:
    """What became of labelled questions, in numbers."""
    figures = {name: f"{getattr(fall, name):.3f}" for name in ("before", "after", "margin")}
    return (
        call.words(OverSay.HELD, changed=fall.changed, **figures) if fall.held else call.words(OverSay.FELL, **figures)
    )


def fall_details(call: Call, fall: Fall) -> str:
    """The questions that were lost, and the documents that are in their way, by name."""
    blocks = [
        _named(call, call.words(OverSay.FALL_LOST, count=len(fall.lost)), [one_line(q, _QUESTION) for q in fall.lost])
    ]
    if fall.causes:
        causes = [f"`{source.replace('`', chr(39))}`" for source in fall.causes]
        blocks.append(_named(call, call.words(OverSay.FALL_CAUSES), causes))
    if fall.held:
        blocks.append(call.words(OverSay.FALL_FORCE, usage=_forcing(call)))
    return "\n\n".join(blocks)


async def tell_of_gaps(call: Call, sources: frozenset[str]) -> None:
    """Asks again what people could not find, after a run that has brought these documents. Raises DeliveryFailed."""
    if call.means.oversight is None or not sources:
        return
    try:
        gaps = (await visible(call))[:MOST_GAPS]
        mended = await call.means.oversight.gaps.mended(gaps, sources=sources)
    except RagError as error:
        log.warning("gaps_not_asked_again", extra={"error": error.logged})
        return
    if mended:
        await offer_closing(call, _effect(call, mended, count=len(gaps)), mended)
    elif gaps:
        await call.whisper(call.words(OverSay.EFFECT_NONE, all=len(gaps)))


def _effect(call: Call, mended: Sequence[GapRecord], *, count: int) -> str:
    lines = [f"- {one_line(text, _QUESTION)}" for text in dict.fromkeys(gap.text for gap in mended)]
    told = lines[:_NAMED]
    if len(lines) > _NAMED:
        told.append(call.words(Say.REINDEX_MORE, more=len(lines) - _NAMED))
    return "\n".join([call.words(OverSay.EFFECT, count=len(mended), all=count), *told])


def _named(call: Call, title: str, names: list[str]) -> str:
    lines = [title, *(f"- {name}" for name in names[:_NAMED])]
    if len(names) > _NAMED:
        lines.append(call.words(Say.REINDEX_MORE, more=len(names) - _NAMED))
    return "\n".join(lines)


def _forcing(call: Call) -> str:
    force = call.means.wording.word("every", "force", call.language)
    return call.typed("admin", guarded=True, action="reindex", what=force)
