"""What short messages mean: stop, go on, thanks, a greeting, a question. Rules on words, in Chinese and English."""

from __future__ import annotations

import re
import unicodedata

_ADDRESS = re.compile(r"https?://\S+")
_SIGNS = re.compile(r"[\W_]+")

_STOP = frozenset({"stop", "停止", "停", "停下", "请停止"})
_RESUME = frozenset({"resume", "continue", "继续", "请继续", "恢复"})
_THANKS_BEGIN = frozenset(
    "thanks thank thx ty ok okay great nice cool perfect got understood 谢谢 谢谢你 谢谢您 多谢 感谢 好 好的 好滴 明白 "
    "明白了 收到 了解 了解了 知道了 懂了 可以 太好了 不错 嗯 嗯嗯".split()
)
_THANKS = _THANKS_BEGIN | {"you", "it", "very", "much", "so", "a", "lot"}
_GREETINGS = frozenset(
    {"hi", "hello", "hey", "hi there", "hello there", "你好", "您好", "嗨", "在吗", "在么", "大家好", "早上好"}
)


def is_stop(text: str) -> bool:
    """Whether somebody asks the bot to be quiet."""
    return _plain(text) in _STOP


def is_resume(text: str) -> bool:
    """Whether somebody asks the bot to listen again."""
    return _plain(text) in _RESUME


def is_thanks(text: str) -> bool:
    """Whether a message only thanks or agrees, so that there is nothing to answer."""
    words = _plain(text).split()
    return bool(words) and words[0] in _THANKS_BEGIN and all(word in _THANKS for word in words)


def is_greeting(text: str) -> bool:
    """Whether a message only says hello."""
    return _plain(text) in _GREETINGS


def has_words(text: str) -> bool:
    """Whether there is anything to answer: a letter, a digit or a Chinese character."""
    return any(sign.isalnum() for sign in text)


def asks(text: str) -> bool:
    """Whether a text holds a question mark, an ASCII or a full-width one, outside an address and after words."""
    before, mark, _ = _ADDRESS.sub("", unicodedata.normalize("NFKC", text)).rpartition("?")
    return bool(mark) and sum(sign.isalnum() for sign in before) >= 2


def _plain(text: str) -> str:
    return _SIGNS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
