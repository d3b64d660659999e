"""What follows `advisor index`: the list of inputs and the audit log tell of it, and open gaps are asked again.

All of it is imported when the run is over and has changed something: one that finds nothing must stay small.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from rag.errors import RagError

if TYPE_CHECKING:
    from bot.index_effects import GapEffects
    from bot.input_commands import Kept
    from bot.library import Library
    from rag.build import Rag
    from rag.ingest.index import IndexReport

log = logging.getLogger(__name__)


async def after_index(kept: Callable[[], Kept], library: Library, report: IndexReport) -> GapEffects | None:
    """Has what a run did noted, and tells what became of open gaps.

    None where nothing has changed or is kept yet, or gaps cannot be asked again. A running bot notes its runs itself.
    """
    sources = frozenset((*report.added, *report.updated))
    if not (sources or report.removed or report.failed or report.fall):
        return None
    from bot.control.client import RemoteLibrary
    from rag.build import Rag

    try:
        if isinstance(library, RemoteLibrary):
            return await library.effects(sources)
        if not isinstance(library, Rag):
            return None
        return await _noted(kept(), library, report, sources)
    except RagError as error:
        log.warning("what the run did is not noted: %s", error)
        return None


async def _noted(kept: Kept, rag: Rag, report: IndexReport, sources: frozenset[str]) -> GapEffects | None:
    from bot.assembly import effects_of, inputs_of, now, runs_of
    from bot.records import OPERATOR, AuditEntry
    from bot.store.opening import open_store
    from bot.store.urls import FILE_NAME

    if kept.database_url is None and not (kept.rag.home / FILE_NAME).exists():
        return None
    async with open_store(kept.database_url, home=kept.rag.home) as store:
        runs = runs_of(rag)
        counts = {name: str(len(getattr(report, name))) for name in ("added", "updated", "removed", "failed")}
        held = {"held": "yes"} if report.fall is not None and report.fall.held else {}
        details = {"result": "done", **held, **counts}
        await store.audit.append(AuditEntry(at=now(), actor=OPERATOR, action="index", details=details))
        effects = effects_of(rag, store, inputs_of(rag, store, runs, kept.rules))
        await effects.note(report)
        return await effects.on_gaps(sources)
