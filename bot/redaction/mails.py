"""Finds mail addresses, those with a spelt-out at sign included, and the logins in addresses of the web."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.redaction.kinds import Span

_LOCAL = r"(?<![A-Za-z0-9._%+-])(?!git@)[A-Za-z0-9._%+-]++"
_DOT = r"(?:\.|[ ]?[(\[{][ ]?(?:[dD][oO][tT]|点|\.)[ ]?[)\]}][ ]?|点)"
_USUAL = "com|cn|net|org|edu|gov|io|ai|co|me|dev|app|info|tech|de|fr|uk|jp|hk|sg"
"""Last parts of hosts with which blanks around the sign make a mail address, and no product of matrices."""

_BRACKETED_AT = r"[ ]?[(\[{<][ ]?(?:[aA][tT]|@|艾特|圈[aA])[ ]?[)\]}>][ ]?"
_MAIL = re.compile(
    rf"{_LOCAL}(?:@|{_BRACKETED_AT}|[ ]?艾特[ ]?)(?:[A-Za-z0-9-]{{1,63}}+{_DOT})+[A-Za-z]{{2,24}}"
    rf"|{_LOCAL}[ ]@[ ](?:[A-Za-z0-9-]{{1,63}}+\.)+(?:{_USUAL})(?![A-Za-z0-9.])"
    rf"|{_LOCAL}[ ](?:at|AT)[ ](?:[A-Za-z0-9-]{{1,63}}+[ ](?:dot|DOT)[ ])+[A-Za-z]{{2,24}}"
)
_LOGIN = re.compile(r"(?<=://)[^\s/@:?#\"'<>]{0,128}:[^\s/\"'<>]{1,256}(?=@[^\s@/])")


def find_mails(text: str) -> Iterator[Span]:
    """Mail addresses."""
    return (match.span() for match in _MAIL.finditer(text))


def find_logins(text: str) -> Iterator[Span]:
    """The user and password in front of the host of an address."""
    return (match.span() for match in _LOGIN.finditer(text))
