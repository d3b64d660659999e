"""Settings of the Slack app as its operator sees them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class SlackSettings(BaseModel):
    """How the bot reaches Slack, and how Slack reaches it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    bot_token: SecretStr | None = None
    """The bot's token (`xoxb-…`); with it the bot connects to Slack."""

    app_token: SecretStr | None = None
    """The app-level token (`xapp-…`) with `connections:write`, for Socket Mode."""

    signing_secret: SecretStr | None = None
    """What Slack signs its requests with, for `mode = "http"`."""

    mode: Literal["socket", "http"] = "socket"
    """`socket`: the bot opens a connection to Slack. `http`: Slack calls `/slack/events`, `/slack/interactive` and
    `/slack/commands` on `http_host` and `http_port`, through a proxy that speaks TLS."""

    api_base_url: str = Field(default="https://slack.com/api/", pattern=r"^https?://[^\s/]+")
    """Where Slack's methods are."""

    http_host: str = Field(default="127.0.0.1", min_length=1)
    http_port: int = Field(default=3000, ge=0, le=65535)
    """0 takes a port that is free."""

    post_interval_s: float = Field(default=1.0, ge=0)
    """Least time between two messages to one channel."""

    edit_interval_s: float = Field(default=1.2, ge=0)
    """Least time between two edits of one message."""

    streaming: bool = True
    """Whether answers grow by Slack's own streaming where Slack offers it; else messages are edited."""

    reaction: str = Field(default="robot_face", pattern=r"^[a-z0-9_+'-]*$")
    """The reaction, without colons, that asks for an answer to the message that it is put on; empty for none."""

    silence_s: float = Field(default=60.0, gt=0)
    """A connection that gives no sign of life for so long is opened anew."""

    idle_s: float = Field(default=1_800.0, gt=0)
    """A connection over which nothing came for so long is replaced, in case Slack has forgotten it."""

    @field_validator("bot_token", "app_token", "signing_secret", mode="before")
    @classmethod
    def _without_space(cls, value: object) -> object:
        """A file with a secret ends in a line's end, which no header takes."""
        return value.strip() if isinstance(value, str) else value

    @field_validator("api_base_url")
    @classmethod
    def _with_slash(cls, value: str) -> str:
        """Names of methods are appended to the address."""
        return value if value.endswith("/") else f"{value}/"
