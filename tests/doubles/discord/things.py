"""What Discord keeps: messages and interactions, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .names import LOADING


class Refused(Exception):
    """An answer other than success: status, Discord's code, and its words."""

    def __init__(self, status: int, code: int, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


@dataclass
class Said:
    """A message as Discord keeps it; `person` is who alone sees it, `nonce` is not told of old ones."""

    id: str
    channel: str
    author: str
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    reference: dict[str, Any] | None = None
    kind: int = 0
    flags: int = 0
    nonce: str = ""
    edited: str | None = None
    edits: list[str] = field(default_factory=list)
    person: str = ""
    allowed_mentions: dict[str, Any] | None = None
    gone: bool = False
    webhook: str = ""

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons."""
        return [item["label"] for row in self.components for item in row["components"] if item["type"] == 2]

    @property
    def finished(self) -> bool:
        """Whether nothing tells of work any more."""
        return not self.flags & LOADING and "⏳" not in self.content

    @property
    def everything(self) -> str:
        """All its words."""
        return "\n".join([self.content, *(str(embed.get("description")) for embed in self.embeds)])


@dataclass
class Interaction:
    """Something that somebody used; `began` and `responded` are by the clock of the world."""

    id: str
    token: str
    kind: int
    user: str
    channel: str
    began: float
    responses: list[dict[str, Any]] = field(default_factory=list)
    original: Said | None = None
    component_of: Said | None = None
    responded: float = 0.0
