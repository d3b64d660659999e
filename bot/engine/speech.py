"""What short messages mean: stop, go on, thanks, a greeting, a farewell, who the bot is, a question. Rules on words."""

from __future__ import annotations

import re
import unicodedata

_ADDRESS = re.compile(r"https?://\S+")
_SIGNS = re.compile(r"[\W_]+")

_STOP = frozenset({"stop", "停止", "停", "停下", "请停止"})
_RESUME = frozenset({"resume", "continue", "继续", "请继续", "恢复"})
_THANKS_BEGIN = frozenset(
    "thanks thank thx ty ok okay great nice cool perfect got understood 谢谢 谢谢你 谢谢您 多谢 感谢 好 好的 好滴 明白 "
    "明白了 收到 了解 了解了 知道了 懂了 可以 太好了 不错 嗯 嗯嗯 "
    "awesome excellent wonderful brilliant amazing cheers 太棒了 真棒 很好 很有用 非常感谢 谢谢你的帮助 辛苦了".split()
)
_THANKS = _THANKS_BEGIN | set(
    "you it very much so a lot that was is this really helpful useful answer for your help".split()
)
_GREETINGS = frozenset(
    {"hi", "hello", "hey", "hi there", "hello there", "你好", "您好", "嗨", "在吗", "在么", "大家好", "早上好"}
)
_FAREWELLS = frozenset(
    {"bye", "bye bye", "goodbye", "good bye", "see you", "see you later", "good night", "再见", "拜拜", "回头见"}
    | {"回见", "下次见", "明天见", "晚安"}
)
_ABOUT_BOT = frozenset(
    {"who are you", "what are you", "what can you do", "what do you do", "what can i ask", "what can i ask you"}
    | {"how do you work", "how can you help", "how can you help me", "what do you know", "help me"}
    | {"are you a bot", "are you a robot", "are you human", "are you an ai", "introduce yourself"}
    | set("你是谁 您是谁 你是什么 你是干什么的 你是做什么的 你能做什么 你能干什么 你能做些什么 你可以做什么".split())
    | set("你会什么 你会做什么 你有什么用 你有什么功能 你能帮我什么 你能帮我做什么 你知道什么 你叫什么名字".split())
    | set("你是机器人吗 你是人吗 你是ai吗 介绍一下你自己 介绍一下自己 自我介绍一下 我能问什么 可以问你什么".split())
)
_NOISE = re.compile(r"(?:ha){2,}h?|(?:he){2,}|lo+l|lmao|rofl|([^\W\d])\1{2,30}")
"""Laughter, and one sign again and again."""


def is_stop(text: str) -> bool:
    """Whether somebody asks the bot to be quiet."""
    return _plain(text) in _STOP


def is_resume(text: str) -> bool:
    """Whether somebody asks the bot to listen again."""
    return _plain(text) in _RESUME


def is_thanks(text: str) -> bool:
    """Whether a message only thanks or agrees, so that there is nothing to answer."""
    words = _plain(text).split()
    return bool(words) and words[0] in _THANKS_BEGIN and "?" not in text and all(word in _THANKS for word in words)


def is_greeting(text: str) -> bool:
    """Whether a message only says hello."""
    return _plain(text) in _GREETINGS


def is_farewell(text: str) -> bool:
    """Whether a message only says goodbye."""
    return _plain(text) in _FAREWELLS


def is_about_bot(text: str) -> bool:
    """Whether a message asks who the bot is or what it can do, after a greeting or without one."""
    words = _plain(text).split()
    ends = range(len(words) + 1)
    return any(" ".join(words[end:]) in _ABOUT_BOT for end in ends if end == 0 or " ".join(words[:end]) in _GREETINGS)


def is_noise(text: str) -> bool:
    """Whether a message only laughs, or repeats one sign."""
    return _NOISE.fullmatch(_plain(text)) is not None


def has_words(text: str) -> bool:
    """Whether there is anything to answer: a letter, a digit or a Chinese character."""
    return any(sign.isalnum() for sign in text)


def asks(text: str) -> bool:
    """Whether a text holds a question mark, an ASCII or a full-width one, outside an address and after words."""
    before, mark, _ = _ADDRESS.sub("", unicodedata.normalize("NFKC", text)).rpartition("?")
    return bool(mark) and sum(sign.isalnum() for sign in before) >= 2


def _plain(text: str) -> str:
    return _SIGNS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
