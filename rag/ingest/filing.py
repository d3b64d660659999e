"""How the documents of an input are filed where they do not say it themselves: their kind, language and readers."""

from __future__ import annotations

import hashlib

from rag.catalogue import Filing
from rag.ingest.frontmatter import FrontMatter
from rag.ingest.sidecar import merged

_STAMPS = 10**15
"""Far less than the nanoseconds of any file's time, and enough that two filings hardly share one."""


def filed(said: FrontMatter, filing: Filing) -> FrontMatter:
    """What a document says of itself, completed by how its input is filed."""
    given = {
        "kind": filing.kind,
        "language": filing.language,
        "topics": list(filing.topics) or None,
        "audience": sorted(filing.audience) if filing.audience is not None else None,
    }
    base = FrontMatter.model_validate({name: value for name, value in given.items() if value is not None})
    return merged(base, said)


def stamp_of(filing: Filing) -> int:
    """Joins a file's stamp, so that every file of an input that is filed in another way counts as changed."""
    return int(mark_of(filing), 16) % _STAMPS if filing != Filing() else 0


def mark_of(filing: Filing) -> str:
    """Joins the hash of a file's content, for the same reason; "" where nothing is said."""
    if filing == Filing():
        return ""
    readers = "\0".join(sorted(filing.audience)) if filing.audience is not None else "-"
    told = "\n".join([filing.kind or "", filing.language or "", *filing.topics, readers])
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
