"""One index run on trial: begun before its first change, ended by a verdict on all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rag.catalogue import Catalogue, CatalogueWriter, Generation
from rag.errors import RagError
from rag.ingest.guard import Fall, Judge, Marks, dump_marks, judged, load_marks


class Trial:
    """Holds a run against the questions. Without a judge every run is let stand.

    Args:
        force: let the run stand whatever becomes of the questions; what becomes of them is told.
        searchable: whether this program can search the live generation, which another embedder may have made.
    """

    def __init__(
        self, catalogue: Catalogue, writer: CatalogueWriter, judge: Judge | None, *, force: bool, searchable: bool
    ) -> None:
        self._catalogue = catalogue
        self._writer = writer
        self._judge = judge
        self.forced = force
        self._searchable = searchable
        self._before: Marks = {}

    async def begin(self, generation: Generation) -> None:
        """Ask the questions of what is live, unless it is known how they fare. Raises InvalidInput, RagError."""
        self._before = await self._asked_before(generation)
        if self._before and generation.state == "live":
            await self._writer.begin_trial(generation, dump_marks(self._before))

    async def verdict(self, generation: Generation, changed: Collection[str]) -> Fall | None:
        """What fell by more than may be; where it is held, the live generation is as it was before. Raises RagError."""
        after = await self._marks(generation) if self._judge else {}
        fall = judged(self._before, after, margin=self._judge.margin, changed=changed) if self._judge else None
        if fall is not None and not self.forced and (self._searchable or generation.state == "live"):
            if generation.state == "live":
                await self._writer.take_back(generation)
            return fall
        await self._writer.accept(generation, dump_marks(after) if after else None)
        return replace(fall, held=False) if fall else None

    async def _asked_before(self, generation: Generation) -> Marks:
        live = await self._catalogue.live()
        if self._judge is None or live is None:
            return {}
        begun = await self._writer.trial(generation) if generation.state == "live" else None
        known = load_marks(begun or await self._writer.marks())
        if known is not None and (begun or not self._searchable or await self._are_asked(known)):
            return known
        return await self._marks(live) if self._searchable else {}

    async def _are_asked(self, marks: Marks) -> bool:
        """Whether marks are of the questions that are asked now."""
        assert self._judge is not None
        try:
            return marks.keys() == await self._judge.questions()
        except RagError:
            if self.forced:
                return False
            raise

    async def _marks(self, generation: Generation) -> Marks:
        """The marks of a generation; one who forces is not stopped by questions that cannot be asked."""
        assert self._judge is not None
        try:
            return await self._judge.marks(generation.state)
        except RagError:
            if self.forced:
                return {}
            raise
