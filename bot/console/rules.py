"""What holds for whoever sits at the terminal."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.inputs.values import InputRules
from bot.rights import Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalRules:
    """Who may do what, and what the library is kept current from."""

    rights: Rights = field(default_factory=Rights)
    inputs: InputRules = field(default_factory=InputRules)
