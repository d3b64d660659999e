"""Replies as Discord's messages. Pure; every limit of Discord's is kept here, whatever the reply holds.

The text is the message's content, for it can be edited while it grows; notes and the sign of work stand beneath it in
small print. Sources stand in an embed, which has room for them and shows no previews.
Previews are kept away by how links are written: a flag of the message would hide the embed, too.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace

import discord
from discord.ui import View

from bot.discord_app import sizes
from bot.discord_app.hints import Hints
from bot.discord_app.items import view_of
from bot.discord_app.markup import escaped, inert, link
from bot.discord_app.sizes import held
from bot.mentions import Mention, MentionKind
from bot.offers import Verb
from bot.payloads import Payload
from bot.references import references
from bot.replies import Button, File, Reply
from bot.splitting import cut
from bot.wording import Say, Wording
from rag.types import PUBLIC

_PLACE, _SHORT_PLACE = 300, 100
"""Longest names of sources, and those that are used where many of them would not fit."""

_SOURCES = 3_000
_COLOUR = 0x1F2937
_BLANK = "…"
"""Stands where a message would hold nothing, which Discord refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as Discord's library takes it; `mention` is the one whom it may call."""

    content: str
    embeds: tuple[discord.Embed, ...] = ()
    view: View | None = None
    files: tuple[File, ...] = ()
    mention: Mention | None = None

    @property
    def allowed(self) -> discord.AllowedMentions:
        """Whom Discord may call because of this message: nobody, or exactly the one."""
        called = [discord.Object(int(self.mention.id))] if self.mention else []
        group = self.mention is not None and self.mention.kind is MentionKind.GROUP
        return discord.AllowedMentions(
            everyone=False, replied_user=False, users=[] if group else called, roles=called if group else []
        )

    @property
    def plain(self) -> Rendered:
        """The same without embeds, for channels in which the bot may send none; whole lines, as many as fit."""
        lines = [self.content] if self.content else []
        for embed in self.embeds:
            lines += [f"**{embed.title}**"] if embed.title else []
            lines += (embed.description or "").splitlines()
        while len("\n".join(lines)) > sizes.CONTENT:
            lines.pop()
        return replace(self, content="\n".join(lines) or _BLANK, embeds=())

    def uploads(self) -> list[discord.File]:
        """The files, made anew for each try: one that was sent is read to its end."""
        return [
            discord.File(io.BytesIO(file.content), filename=file.name, description=held(file.alt, sizes.ALT) or None)
            for file in self.files
        ]


class Renderer:
    """Makes messages in the words that Discord's readers see."""

    def __init__(self, wording: Wording, hints: Hints | None = None) -> None:
        self._wording = wording
        self._hints = hints

    def message(self, reply: Reply) -> Rendered:
        """A reply as one message."""
        addresses = {each.document.url for each in reply.citations if each.document.url}
        text = inert(reply.text, addresses=addresses).strip()
        beneath = [f"-# {_line(note)}" for note in reply.notes if note.strip()]
        beneath += [f"-# ⏳ {_line(reply.status)}"] if reply.status else []
        calling = _calling(reply.mention)
        content, over = _fitted(f"{calling}{self._hinting(reply, text)}", beneath)
        if over:
            content, over = _fitted(f"{calling}{text}", beneath)
        embeds = [*_overflow(over), *self._sources(reply)]
        if not content and not embeds and not reply.files:
            content = _BLANK
        return Rendered(
            content=content,
            embeds=tuple(embeds),
            view=view_of(reply.actions),
            files=reply.files,
            mention=reply.mention,
        )

    def shareable(self, reply: Reply) -> Reply:
        """What rests on public documents may be shown to the others; a person's own labels are not theirs."""
        public = bool(reply.citations) and all(PUBLIC in each.document.audience for each in reply.citations)
        offered = {action.payload.verb for row in reply.actions for action in row}
        if not public or Verb.SHARE in offered:
            return reply
        payload = Payload(verb=Verb.SHARE_HERE, argument=reply.language.value)
        return replace(
            reply, actions=(*reply.actions, (Button(label=self.say(Say.SHARE_HERE, reply), payload=payload),))
        )

    def say(self, text: Say, reply: Reply, **values: object) -> str:
        """One of the bot's texts in the language of a reply."""
        return self._wording.say(text, reply.language, **values)

    def _hinting(self, reply: Reply, text: str) -> str:
        """A text with commands to click on, unless it rests on documents, which could name any."""
        return text if self._hints is None or reply.citations else self._hints.linked(text)

    def _sources(self, reply: Reply) -> list[discord.Embed]:
        listed = references(reply.citations, self._wording, reply.language)
        if not listed:
            return []
        lines = [f"\\[{each.number}\\] {link(held(each.place, _PLACE), each.url)}" for each in listed]
        if len("\n".join(lines)) > _SOURCES:
            lines = [f"\\[{each.number}\\] {escaped(held(each.place, _SHORT_PLACE))}" for each in listed]
        title = self._wording.say(Say.SOURCES, reply.language)
        return [discord.Embed(title=title, description=held("\n".join(lines), _SOURCES), colour=_COLOUR)]


def _fitted(text: str, beneath: Iterable[str]) -> tuple[str, str]:
    """A message's content, and what does not fit into it: the text's end, and the small lines beneath it."""
    small = "\n".join(beneath)
    whole = "\n".join(part for part in (text, small) if part)
    if len(whole) <= sizes.CONTENT:
        return whole, ""
    head, rest = (text, "") if len(text) <= sizes.CONTENT else cut(text, sizes.CONTENT)
    return head.rstrip(), "\n".join(part for part in (rest, small) if part)


def _overflow(text: str) -> list[discord.Embed]:
    room = sizes.EMBEDS - _SOURCES - sizes.OPTION
    return [discord.Embed(description=held(text, min(sizes.EMBED, room)), colour=_COLOUR)] if text else []


def _calling(mention: Mention | None) -> str:
    """The mention itself, on a line of its own."""
    if mention is None:
        return ""
    return f"<@{'&' if mention.kind is MentionKind.GROUP else ''}{mention.id}>\n"


def _line(text: str) -> str:
    """Small print ends with its line."""
    return escaped(" ".join(text.split()))
