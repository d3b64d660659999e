"""What is taken out of texts, and what a reader sees in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from rag.types import Language

Span = tuple[int, int]
"""Where something begins and where it ends in a text."""

Finder = Callable[[str], Iterator[Span]]
"""Finds one kind of data in a folded text, each once, from left to right."""


class Kind(StrEnum):
    """The kinds of data that are taken out."""

    MAIL = "mail"
    PHONE = "phone"
    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"
    BANK_CARD = "bank_card"
    BANK_ACCOUNT = "bank_account"
    SECRET = "secret"
    LOGIN = "login"


_ENGLISH = {
    Kind.MAIL: "[e-mail]",
    Kind.PHONE: "[phone number]",
    Kind.RESIDENT_ID: "[ID number]",
    Kind.PASSPORT: "[passport number]",
    Kind.BANK_CARD: "[card number]",
    Kind.BANK_ACCOUNT: "[account number]",
    Kind.SECRET: "[secret]",
    Kind.LOGIN: "[login]",
}
_CHINESE = {
    Kind.MAIL: "[邮箱]",
    Kind.PHONE: "[电话]",
    Kind.RESIDENT_ID: "[身份证号]",
    Kind.PASSPORT: "[护照号]",
    Kind.BANK_CARD: "[银行卡号]",
    Kind.BANK_ACCOUNT: "[银行账号]",
    Kind.SECRET: "[密钥]",
    Kind.LOGIN: "[登录信息]",
}


def placeholder(kind: Kind, language: Language) -> str:
    """The words that stand for a kind of data in a text of a language: Chinese in Chinese, elsewhere English."""
    return (_CHINESE if language is Language.ZH else _ENGLISH)[kind]
