"""Writes an expert's answer into the library: a Markdown file in a folder of the home's own, indexed at once."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from bot.errors import PublishingFailed
from bot.expert_cards import one_line
from bot.expert_records import Proposal
from rag.catalogue import Input
from rag.errors import RagError
from rag.types import PUBLIC

if TYPE_CHECKING:
    from rag.build import Rag

log = logging.getLogger(__name__)

FOLDER: Final = "expert-answers"
"""The folder in the home, and the name that it is registered under."""

_TITLE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertShelf:
    """Makes documents of proposals: `bot.expert_records.Publishing`."""

    rag: Rag

    async def publish(self, proposal: Proposal) -> str:
        """Writes and indexes the document; see `bot.expert_records.Publishing`. A second time replaces the first."""
        path = self._path(proposal)
        try:
            await asyncio.to_thread(_write, path, document_of(proposal))
            # An admin has approved of it: labelled questions do not hold it back.
            report = await self.rag.indexer.update([Input(path=path.parent, name=FOLDER)], force=True)
        except (OSError, RagError) as error:
            raise PublishingFailed(f"the proposal {proposal.id!r} was not indexed: {error}") from error
        if problems := [each.problem for each in report.failed if each.source.endswith(path.name)]:
            raise PublishingFailed(f"the proposal {proposal.id!r} cannot be read: {problems[0]}")
        log.info("expert_answer_published", extra={"proposal_id": proposal.id})
        return title_of(proposal)

    async def withdraw(self, proposal: Proposal) -> None:
        """Takes the file away; see `bot.expert_records.Publishing`. The next index run takes the rest."""
        await asyncio.to_thread(_withdraw, self._path(proposal))

    def _path(self, proposal: Proposal) -> Path:
        return self.rag.home / FOLDER / f"{proposal.at.date().isoformat()}-{proposal.id}.md"


def title_of(proposal: Proposal) -> str:
    """What the document is called: the question, on one line."""
    return one_line(proposal.question, _TITLE)


def readers_of(audience: frozenset[str]) -> tuple[str, ...]:
    """The labels of a document: those of the channel. One that holds any besides the public one is not public."""
    return tuple(sorted(audience - {PUBLIC})) or (PUBLIC,)


def document_of(proposal: Proposal) -> str:
    """The Markdown of a proposal, with front matter; the expert's text stands as it was written."""
    front = {
        "title": title_of(proposal),
        "kind": "document",
        "language": proposal.language.value,
        "topics": ["experts"],
        "date": proposal.at.date().isoformat(),
        "author": proposal.author,
        "audience": list(readers_of(proposal.audience)),
    }
    if not proposal.author:
        del front["author"]
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1000)
    # Who wrote it stands above alone: a line of the text may be quoted as an answer.
    return f"---\n{head}---\n\n# {title_of(proposal)}\n\n{proposal.answer.strip()}\n"


def _write(path: Path, text: str) -> None:
    """Puts a file in its place as a whole; its owner alone can read it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    # Hidden, so that an index run beside this does not take it for a document.
    descriptor, fresh = tempfile.mkstemp(prefix=".", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(fresh).replace(path)


def _withdraw(path: Path) -> None:
    """Takes a file away where there is one; what is in its way may be anything."""
    with suppress(OSError):
        path.unlink()
