"""Discord's own markup, in both directions: what people typed as plain text, and our texts without any power.

Discord reads `<@…>`, `<#…>`, `<t:…>`, `</…>` and `<:…>` in every text. What a model or a document says must never be
read so, and no address becomes a link, or a preview, but those of the sources.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from bot.discord_app.tables import shown_table
from bot.links import Link, Manner, rewritten
from bot.mentions import named

_BREAK = "\u200b"
"""Stands within what would be markup; nobody sees it."""

_TOKEN = re.compile(
    r"<(?:(@[!&]?|#)(\d{5,20})|a?:(\w{1,64}):\d{5,20}|/([^<>:\n]{1,100}):\d{5,20}|(https?://[^<>\s]+))>"
)
_POWER = re.compile(r"<(?=[@#:/]|a:|t:|id:)|@(?=everyone\b|here\b)")
_SIGNS = re.compile(r"([\\*_~`|\[\]()])")
_LINE_SIGN = re.compile(r"^([ \t]*)([#>+-])", re.M)
_DEEP_HEADING = re.compile(r"^[ ]{0,3}#{4,6}[ \t]+(.+?)[ \t]*#*$", re.M)
_TABLE = re.compile(
    r"(?:^|(?<=\n))(?P<table>[ \t]*\|[^\n]*\|[ \t]*\n[ \t]*\|?[ \t]*:?-+[-:| \t]*\|[-:| \t]*"
    r"(?:\n[ \t]*\|[^\n]*\|[ \t]*)*)"
)
_FENCED = re.compile(r"(```.*?```)", re.S)
_LONGEST_ADDRESS = 1_500


def mentions(text: str, user: str) -> bool:
    """Whether a text speaks to somebody by name."""
    return f"<@{user}>" in text or f"<@!{user}>" in text


def plain(text: str, *, own: Collection[str], names: Mapping[str, str]) -> str:
    """What somebody typed, with people, roles and channels by name and without the mention of the bot itself.

    Args:
        text: as Discord hands it over.
        own: the ids of the bot and of its roles.
        names: what is called how, by ids; what is not in it is called by its id.
    """
    typed = _TOKEN.sub(lambda found: _read(found, own=own, names=names), text)
    return re.sub(r"[ \t]{2,}", " ", typed).strip()


def escaped(text: str) -> str:
    """A text without any markup, for names and lines that are no Markdown."""
    return _LINE_SIGN.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", _harmless(text)))


def link(label: str, address: str) -> str:
    """A link without a preview; only the label where the address is no web address, or a huge one."""
    if not address.startswith(("https://", "http://")) or len(address) > _LONGEST_ADDRESS:
        return escaped(label)
    return f"[{escaped(label)}](<{_target(address)}>)"


def inert(markdown: str, *, addresses: Collection[str] = ()) -> str:
    """Markdown in which nobody is mentioned and nothing is a link but the given addresses.

    An address that is no source is shown as code: readable, and nothing to click on. Discord has no tables, see
    `bot.discord_app.tables`, and no small headings, which become bold lines.
    """
    manner = Manner(link=lambda found: _shown(found, addresses), text=_text, code=lambda code: code)
    return rewritten("".join(map(_without_tables, _FENCED.split(markdown))), manner)


def _without_tables(part: str) -> str:
    return part if part.startswith("```") else _TABLE.sub(lambda found: shown_table(found["table"]), part)


def _text(text: str) -> str:
    return _harmless(_DEEP_HEADING.sub(r"**\1**", text))


def _read(found: re.Match[str], *, own: Collection[str], names: Mapping[str, str]) -> str:
    kind, key, emoji, command, address = found.groups()
    if kind and key in own and kind != "#":
        return ""
    if kind:
        return f"#{names.get(key, key)}" if kind == "#" else named(names.get(key, key))
    return address or (f":{emoji}:" if emoji else f"/{command}")


def _shown(found: Link, addresses: Collection[str]) -> str:
    label, rest = _harmless(found.label), _harmless(found.rest)
    if found.target in addresses:
        target = _target(found.target)
        return f"[{label}](<{target}>)" if label else f"<{target}>{rest}"
    code = f"`{_harmless(found.target).replace('`', '%60')}`"
    return f"{label} ({code})" if label else f"{code}{rest}"


def _target(address: str) -> str:
    return address.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")


def _harmless(text: str) -> str:
    return _POWER.sub(lambda found: found[0] + _BREAK, text)
