"""A reply with as much of it as a place takes: without its files or its embeds where those are refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, TypeVar

from bot.discord_app import sizes
from bot.discord_app.failures import MISSING_PERMISSIONS, code_of, is_too_large
from bot.discord_app.markup import inert
from bot.discord_app.render import Rendered, Renderer
from bot.errors import DeliveryFailed
from bot.replies import File, Reply
from bot.splitting import split
from bot.wording import Say

Told = TypeVar("Told")

_MOST_PIECES = 10
"""Messages that a file may become where none can be attached."""

_BEST_FIRST: Final = ((True, True), (False, True), (True, False), (False, False))
"""Whether files, and whether embeds go along."""


class Ways:
    """Tries one way of saying something after the other."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    async def sent(
        self, reply: Reply, send: Callable[[Rendered], Awaitable[Told]], *, spelled: bool = False
    ) -> tuple[Told, tuple[str, ...]]:
        """Sends a reply, and tells what came of it.

        Where files were left out and are to be `spelled` out, also their texts, to be sent after it.

        Raises:
            DeliveryFailed: Discord takes it in no way.
        """
        pieces = _pieces(reply.files) if spelled else ()
        missing = Say.FILES_AS_TEXT if pieces else Say.FILES_REFUSED
        refusal, large = DeliveryFailed("there is no way to send the message"), False
        for files, embeds in _BEST_FIRST:
            if (files and large) or not (files or reply.files):
                continue
            shown = self._renderer.message(reply if files else self._without_files(reply, missing))
            if not embeds and not shown.embeds:
                continue
            try:
                return await send(shown if embeds else shown.plain), (() if files else pieces)
            except DeliveryFailed as error:
                if not is_too_large(error) and code_of(error) != MISSING_PERMISSIONS:
                    raise
                refusal = error
                if is_too_large(error):
                    large, missing = True, Say.FILES_LARGE_AS_TEXT if pieces else Say.FILES_TOO_LARGE
        raise refusal

    def _without_files(self, reply: Reply, told: Say) -> Reply:
        names = ", ".join(file.name for file in reply.files)
        return replace(reply, files=(), notes=(*reply.notes, self._renderer.say(told, reply, names=names)))


def _pieces(files: tuple[File, ...]) -> tuple[str, ...]:
    """Text files as messages; none where one of the files is no text, or where they would be too many."""
    if not all(file.media_type.startswith("text/markdown") for file in files):
        return ()
    texts = (file.content.decode("utf-8", errors="replace") for file in files)
    pieces = tuple(piece for text in texts for piece in split(inert(text), sizes.CONTENT))
    return pieces if len(pieces) <= _MOST_PIECES else ()
