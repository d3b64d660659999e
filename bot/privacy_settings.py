"""Settings of what is kept of people, and for how long."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PrivacySettings(BaseModel):
    """How long people's words are kept, and whether they are told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keep_days: int = Field(default=365, ge=0, le=36_500)
    """Questions, answers, ratings and what was read of threads are deleted after so many days; 0 keeps them."""

    usage_days: int = Field(default=400, ge=0, le=36_500)
    """Counts of use, by day, are deleted after so many days; 0 keeps them."""

    notice: bool = True
    """Whether everybody is told once, after their first question, what is kept and how to see and delete it."""


SILENT = PrivacySettings(notice=False)
"""For a place where whoever asks knows what is kept, and where."""
