"""The terminal as a chat platform: what a newcomer without any token talks to, and where everything can be tried."""

from bot.console.talking import run_chat

__all__ = ["run_chat"]
