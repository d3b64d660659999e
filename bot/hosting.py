"""Settings of the running program as its operator sees it: the admin port, the logs, and how adapters are restarted."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AdminSettings(_Group):
    """Where health and metrics are served."""

    host: str = Field(default="127.0.0.1", min_length=1)
    """The address to listen on. Who can reach it reads figures, never questions; it asks for no password."""

    port: int = Field(default=8787, ge=0, le=65535)
    """0 serves nothing."""


class LogSettings(_Group):
    """What `advisor run` logs to the standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """`debug` logs questions and names, too."""

    format: Literal["text", "json"] = "text"
    """Lines for a person, or one JSON object a line."""


class ConnectionSettings(_Group):
    """How a platform that cannot be reached is tried again."""

    first_pause_s: float = Field(default=1.0, gt=0)
    longest_pause_s: float = Field(default=300.0, gt=0)
    """Pauses double from the first to the longest."""

    steady_s: float = Field(default=60.0, gt=0)
    """A connection that lasted so long was good: the next pause is the first one again."""

    patience_s: float = Field(default=30.0, ge=0)
    """How long an answer waits for a connection to come back before it counts as not delivered."""

    start_s: float = Field(default=20.0, ge=0)
    """How long the answers of an earlier run wait for the first connections."""

    close_s: float = Field(default=5.0, gt=0)
    """Longest time for one platform to close its connection."""
