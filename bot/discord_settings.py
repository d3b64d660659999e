"""Settings of the Discord bot as its operator sees them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class DiscordSettings(BaseModel):
    """How the bot reaches Discord."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, coerce_numbers_to_str=True)

    token: SecretStr | None = None
    """The bot's token; with it the bot connects to Discord."""

    application_id: str = Field(default="", pattern=r"^(\d{5,20})?$")
    """The application's id, for `advisor discord invite` without a connection; the token tells it, too."""

    api_base_url: str = Field(default="https://discord.com/api/v10", pattern=r"^https?://[^\s/]+")
    """Where Discord's REST interface is, with its version."""

    gateway_url: str = Field(default="", pattern=r"^(wss?://[^\s/]+\S*)?$")
    """Where the gateway is; by default where the REST interface says."""

    message_content: Literal["auto", "on", "off"] = "auto"
    """Whether the bot reads messages that do not mention it: `auto` where the developer portal has granted it and
    follow-ups or unasked answers are switched on, `on` refuses to start where it is not granted, `off` never."""

    admin_roles: str = Field(default="", pattern=r"^(\d{5,20}(\s*,\s*\d{5,20})*)?$")
    """Ids of roles, separated by commas, whose members are admins besides everybody who may manage the server."""

    edit_interval_s: float = Field(default=1.3, ge=0)
    """Least time between two edits of one message."""

    call_s: float = Field(default=20.0, gt=0)
    """Longest time that one call may take, the waiting for a rate limit included."""

    @field_validator("api_base_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        """Paths begin with a slash of their own."""
        return value.rstrip("/")

    @property
    def admin_role_ids(self) -> frozenset[str]:
        """The roles one by one."""
        return frozenset(each.strip() for each in self.admin_roles.split(",") if each.strip())
