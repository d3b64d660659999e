"""Slack's own markup, in both directions: what people typed as plain text, and our texts without any power.

Slack reads `<…>` as mentions, channels, dates and links, also in texts of Markdown blocks. What a model or a document
says must never be read so, and no address becomes a link but those of the sources.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from bot.links import Link, Manner, rewritten
from bot.mentions import Mention, MentionKind, named

_TOKEN = re.compile(r"<([^<>\n]{1,3000})>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")

_CALLED = re.compile(r"<(?:@([A-Z0-9]+)|!subteam\^([A-Z0-9]+))(?:\|[^<>]*)?>")
_POWER = re.compile(r"<(?=[!@#]|[A-Za-z][A-Za-z0-9+.-]{1,30}:)")
_LONGEST_ADDRESS = 1_500
_EMPHASIS = re.compile(r"\*\*(?P<words>[^*\n]+)\*\*")
_ITEM = re.compile(r"^[ \t]*[-*][ \t]+", re.M)
_GAP = "\u200b"
"""The older markup knows no emphasis between Chinese characters without a gap."""


def mentioned(text: str) -> tuple[str, ...]:
    """The ids of the people whom a text of Slack's mentions, each once."""
    return tuple(dict.fromkeys(_PERSON.findall(text)))


def called(text: str) -> tuple[str, ...]:
    """The ids of the people and of the user groups whom a text of Slack's mentions, each once."""
    return tuple(dict.fromkeys(person or group for person, group in _CALLED.findall(text)))


def calling(mention: Mention) -> str:
    """A mention that calls somebody, in Slack's markup: the one thing that is not made inert."""
    return f"<@{mention.id}>" if mention.kind is MentionKind.USER else f"<!subteam^{mention.id}>"


def plain(text: str, *, own: str, names: Mapping[str, str]) -> str:
    """What somebody typed, with people and channels by name and without the mention of the bot itself.

    Args:
        text: as Slack hands it over.
        own: the bot's id.
        names: people's names by their ids; one who is not in it is called by the id.
    """
    typed = _TOKEN.sub(lambda found: _read(found[1], own=own, names=names), text)
    for entity, sign in _ENTITIES:
        typed = typed.replace(entity, sign)
    return re.sub(r"[ \t]{2,}", " ", typed).strip()


def escaped(text: str) -> str:
    """A text for places in which Slack reads its own markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(markdown: str) -> str:
    """A text in Slack's older markup, in which nobody is mentioned and nothing is a link."""
    listed = _ITEM.sub("• ", escaped(markdown))
    return _EMPHASIS.sub(lambda found: f"{_GAP}*{found['words'].strip()}*{_GAP}", listed)


def link(label: str, address: str) -> str:
    """A link in Slack's own markup; only the label where the address is no web address, or a huge one."""
    if not address.startswith(("https://", "http://")) or len(address) > _LONGEST_ADDRESS:
        return escaped(label)
    target = address.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    return f"<{target.replace('&', '&amp;')}|{escaped(label).replace('|', '¦')}>"


def inert(markdown: str, *, addresses: Collection[str] = ()) -> str:
    """Markdown for a Markdown block, in which nobody is mentioned and nothing is a link but the given addresses.

    An address that is no source is shown as code: readable, and nothing to click on.
    """
    manner = Manner(link=lambda found: _shown(found, addresses), text=_harmless, code=_harmless_code)
    return rewritten(markdown, manner)


def _read(token: str, *, own: str, names: Mapping[str, str]) -> str:
    """What stood between two angle brackets."""
    target, _, label = token.partition("|")
    kind, key = target[:1], target[1:]
    match kind:
        case "@":
            return "" if key == own else named(names.get(key) or label or key)
        case "#":
            return f"#{label or key}"
        case "!":
            return label or f"@{key.partition('^')[0]}"
        case _:
            address = target.removeprefix("mailto:")
            return address if not label or label in address else f"{label} ({address})"


def _shown(link: Link, addresses: Collection[str]) -> str:
    label, rest = _harmless(link.label), _harmless(link.rest)
    if link.target in addresses:
        safe = link.target.replace("<", "%3C").replace(">", "%3E")
        return f"[{label}]({safe})" if label else f"{safe}{rest}"
    code = f"`{_harmless(link.target).replace('`', '%60')}`"
    return f"{label} ({code})" if label else f"{code}{rest}"


def _harmless_code(text: str) -> str:
    """Code shows entities as they are written, so what Slack could read as its own markup is broken up unseen."""
    return _POWER.sub("<\u200b", text)


def _harmless(text: str) -> str:
    """Slack shows the entity as the sign and does not read it as markup again; `>` keeps its sense as a quotation."""
    return text.replace("<", "&lt;")
