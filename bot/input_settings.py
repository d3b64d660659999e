"""Settings of what the library is kept current from: registered folders, files and pages of the web."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class InputSettings(BaseModel):
    """How often inputs are read again, and how far the web is trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    watch: bool = True
    """Read registered folders and files as soon as they change, while the bot runs."""

    folders_every_hours: float = Field(default=24.0, ge=0.25, le=24 * 365)
    """How often folders and files are looked through, besides being watched, where nothing else is set."""

    pages_every_hours: float = Field(default=24.0, ge=0.25, le=24 * 365)
    """How often pages of the web are read again where nothing else is set."""

    timeout_s: float = Field(default=20.0, gt=0, le=300)
    """Longest time for one page, redirects included."""

    max_megabytes: float = Field(default=20.0, gt=0, le=200)
    """Largest page or file from the web, unpacked."""

    allow_hosts: tuple[str, ...] = ()
    """Hosts that may have a private address; all others may not."""

    look_every_s: float = Field(default=30.0, gt=0, le=3600)
    """How often it is looked what is due."""
