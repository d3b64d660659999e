"""What the engine itself says, in Chinese and English: why a question is not let in, and that it listens or not."""

from __future__ import annotations

from enum import StrEnum, auto

from rag.language import detect_language
from rag.types import Language


class Text(StrEnum):
    """The sentences there are."""

    BUSY = auto()
    LIMITED = auto()
    EMPTY = auto()
    THANKED = auto()
    TOO_LONG = auto()
    OFF = auto()
    DENIED = auto()
    STOPPED = auto()
    STOPPED_THREAD = auto()
    RESUMED = auto()


_ENGLISH = {
    Text.BUSY: "I have many questions to answer at the moment. Please ask again in about {seconds} s.",
    Text.LIMITED: "That was quick: I can take your next question in {seconds} s.",
    Text.EMPTY: "Hello! Ask me something about building a company on AI models, and I look it up in my library, "
    "for example: “How does a data flywheel work?”",
    Text.THANKED: "You are welcome.",
    Text.TOO_LONG: "That is too long for one question. Please put it in at most {characters} characters.",
    Text.OFF: "I am switched off in this channel. An admin can switch me on.",
    Text.DENIED: "Only members of this workspace can ask me here.",
    Text.STOPPED: "Stopped.",
    Text.STOPPED_THREAD: "All right, I am quiet in this thread. Say “resume” when I should listen again.",
    Text.RESUMED: "I am listening again.",
}

_CHINESE = {
    Text.BUSY: "现在提问的人比较多，请约 {seconds} 秒后再问一次。",
    Text.LIMITED: "您问得有点快，请 {seconds} 秒后再提下一个问题。",
    Text.EMPTY: "您好！请直接提问有关 AI 大模型创业的问题，我会在资料库中为您查找，例如：“数据飞轮是怎么运转的？”",
    Text.THANKED: "不客气。",
    Text.TOO_LONG: "这个问题太长了，请控制在 {characters} 个字符以内。",
    Text.OFF: "我在这个频道里已被关闭，管理员可以重新开启。",
    Text.DENIED: "只有本工作区的成员可以在这里向我提问。",
    Text.STOPPED: "已停止。",
    Text.STOPPED_THREAD: "好的，我在这个话题里不再插话。需要时请说“继续”。",
    Text.RESUMED: "好的，我继续关注这个话题。",
}


def say(text: Text, language: Language, **values: object) -> str:
    """A sentence in Chinese for a Chinese reader, else in English; `values` fill its blanks."""
    sentences = _CHINESE if language is Language.ZH else _ENGLISH
    return sentences[text].format(**values)


def spoken(text: str, *fallbacks: Language | None) -> Language:
    """The language to answer in: that of a text where it is Chinese or English, else the first fallback that is one."""
    for language in (detect_language(text), *fallbacks):
        if language in {Language.ZH, Language.EN}:
            return language
    return Language.EN
