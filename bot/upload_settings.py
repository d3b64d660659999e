"""Settings of the files that people hand in for the library."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class UploadSettings(BaseModel):
    """Who may hand files in, how many, and how large."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    proposals: bool = True
    """Whether people without a role may propose documents; editors and admins decide on them."""

    max_megabytes: float = Field(default=25.0, gt=0, le=1000)
    """Largest file; what the index refuses (`ingest.max_file_megabytes`) is refused here, too."""

    files_at_once: int = Field(default=10, ge=1, le=10)
    """Files that one message or form may bring; no platform's form takes more than ten."""

    waiting_per_person: int = Field(default=20, ge=1, le=1000)
    """Files of one person that may wait to be described or reviewed."""

    keep_hours: int = Field(default=72, ge=1, le=8760)
    """A file that nobody has said anything about is deleted after so long."""
