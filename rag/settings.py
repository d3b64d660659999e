"""Settings of the core: plain values in small groups, one for each component. Nothing here reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IngestSettings(_Group):
    """How documents become chunks."""

    max_file_megabytes: float = Field(default=50.0, gt=0)
    """Larger files are refused with a message."""

    chunk_characters: int = Field(default=500, ge=100, le=4000)
    """Longest chunk, in Chinese characters; a Latin letter counts half of one."""


class EmbeddingSettings(_Group):
    """Which model turns text into vectors."""

    embedder: Literal["bundled", "use", "memory"] = "bundled"
    """Which of the packaged models embeds.

    `bundled` is both of them, `use` the smaller one alone, `memory` a double that knows words but no meaning.
    """

    threads: int = Field(default=2, ge=1, le=64)
    batch_size: int = Field(default=16, ge=1, le=512)


class RetrievalSettings(_Group):
    """How passages are found, ordered and judged."""

    limit: int = Field(default=8, ge=1, le=50)
    """Passages kept for an answer."""

    candidates: int = Field(default=50, ge=10, le=1000)
    """Hits taken from each leg before fusion."""

    dense_weight: float = Field(default=0.6, ge=0, le=1)
    language_bonus: float = Field(default=0.08, ge=0, le=1)
    per_document: int = Field(default=4, ge=1)
    """Most passages of one document among those kept."""

    neighbour_characters: int = Field(default=1200, ge=0)
    """Budget for neighbouring chunks over all passages of an answer."""

    threshold: float = Field(default=0.35, ge=0, le=1)
    """Least confidence at which a question is answered."""


class RagSettings(_Group):
    """Everything that `open_rag` needs."""

    home: Path
    lock_patience_s: float = Field(default=5.0, ge=0)
    """How long to wait for another process that owns the index, in seconds."""

    ingest: IngestSettings = IngestSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
