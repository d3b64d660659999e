"""Takes out of a model's text what a chat would act on: links, pictures, HTML, mentions and code of its own. Pure.

Links under an answer come from the library's own data; an address that a model writes may have been put into its mouth.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PICTURE = re.compile(r"!\[[^\]\n]{0,300}\](?:\([^)\n]{0,2000}\)?|\[[^\]\n]{0,100}\])?")
_DEFINITION = re.compile(r"^[ \t]*\[[^\]\n]{1,100}\]:[ \t]*\S.*$", re.MULTILINE)
_LINK = re.compile(
    r"\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)|\[[^\[\]\d\n]{1,100}\])"
)
_TAG = re.compile(r"<[/!@#:?A-Za-z][^<>\n]{0,500}>")
_OPEN_TAG = re.compile(r"<(?=[/!@#:?A-Za-z])")
_TAIL = r"[^\s<>()\[\]{}\"'`，。；、！？）】》”’]"
_URL = re.compile(
    rf"(?<![A-Za-z0-9+.-])[A-Za-z0-9+.-]*://{_TAIL}*"
    rf"|(?<![A-Za-z0-9])(?:www\.|mailto:|tel:|javascript:|data:(?=\w+/)){_TAIL}+",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_DOMAIN = re.compile(
    r"(?<![\w@＠.-])(?:[A-Za-z0-9-]{1,63}\.)+"
    r"(?:com|net|org|io|ai|cn|dev|app|co|me|info|biz|xyz|top|link|site|online|club|ru|uk|de|jp|example|invalid|test)"
    rf"(?![\w-])(?::\d{{1,5}})?(?P<path>[/?#]{_TAIL}*)?",
    re.IGNORECASE,
)
_MENTION = re.compile(r"[@＠](?=[\w!&])")
_CODE = re.compile(r"(`{1,10})([^`\n]{1,1000})\1")
_MARK_LABEL = re.compile(r"\^?\d[\d ,，、;；–—~～^-]{0,30}")
_HOLLOW = re.compile(r"[ \t]?(?:\([ \t]*\)|（[ \t]*）|\[[ \t]*\]|【[ \t]*】|“”|\"\"|「」)")
_ROUNDS = 5
"""Taking one thing out may join another together; more than this many nested ones are nothing that a reader needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What the library itself says: `addresses` of its documents, and all the `text` that the model was shown."""

    addresses: frozenset[str]
    text: str


def neutral(text: str, library: Library) -> str:
    """A sentence that no chat acts on; addresses, domains and code that the library holds stay as plain text."""
    for _ in range(_ROUNDS):
        changed = _once(text, library)
        if changed == text:
            return text
        text = changed
    return re.sub(r"[<>@＠`]|://", "", text)


def _once(text: str, library: Library) -> str:
    text = _DEFINITION.sub("", _PICTURE.sub("", _UNSEEN.sub("", text)))
    text = _LINK.sub(lambda found: f"[{found[1]}]" if _MARK_LABEL.fullmatch(found[1]) else found[1], text)
    text = _OPEN_TAG.sub("‹", _TAG.sub("", text))
    text = _CODE.sub(lambda found: found[0] if found[2].strip() in library.text else found[2], text)
    text = _URL.sub(lambda found: found[0] if _stem(found[0]) in library.addresses else "", text)
    text = _MAIL.sub(_unless_known(library), text)
    text = _DOMAIN.sub(lambda found: _domain(found, library), text)
    mails = frozenset(place for found in _MAIL.finditer(text) for place in range(*found.span()))
    text = _MENTION.sub(lambda found: found[0] if found.start() in mails else "", text)
    hollow = _HOLLOW.sub("", text)
    return hollow if hollow == text else re.sub(r"(?<=\S)[ \t]{2,}", " ", hollow)


def _unless_known(library: Library) -> Callable[[re.Match[str]], str]:
    return lambda found: found[0] if found[0] in library.text else ""


def _domain(found: re.Match[str], library: Library) -> str:
    """A company may be called after its domain: "Booking.com" stays where a passage says it, without any path."""
    if _stem(found[0]) in library.addresses:
        return found[0]
    name = found[0].removesuffix(found["path"] or "")
    return name if name.lower() in library.text.lower() else ""


def _stem(address: str) -> str:
    """An address in the form in which addresses are compared."""
    return re.sub(r"^[a-z]+://", "", address.rstrip(".,;:/!?")).lower()


def stems(addresses: frozenset[str]) -> frozenset[str]:
    """Addresses of documents as `Library.addresses` wants them."""
    return frozenset(_stem(address) for address in addresses)
