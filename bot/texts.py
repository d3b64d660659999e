"""The terminal's own sentences in Chinese and English. What the answers say is written by the core."""

from __future__ import annotations

from enum import StrEnum, auto

from rag.types import Language


class Text(StrEnum):
    """The sentences there are."""

    WELCOME = auto()
    EMPTY_LIBRARY = auto()
    HELP = auto()
    SEARCHING = auto()
    SOURCES = auto()
    FOLLOW_UPS = auto()
    PAGE = auto()
    STOPPED = auto()
    LEAVE_HINT = auto()
    GOODBYE = auto()
    UNKNOWN_COMMAND = auto()


_ENGLISH = {
    Text.WELCOME: "Ask about building a company on AI models; {documents} documents are at hand. /help tells more.",
    Text.EMPTY_LIBRARY: "The library is empty. Leave with /quit and start `advisor chat --starter`, or index a folder"
    " of your own with `advisor index PATH`.",
    Text.HELP: (
        "Type a question in Chinese or English, or the number of a suggestion.\n"
        "  /sources  what the library holds\n"
        "  /help     this text\n"
        "  /quit     leave (Ctrl-D does, too); Ctrl-C stops an answer"
    ),
    Text.SEARCHING: "Searching the library …",
    Text.SOURCES: "Sources",
    Text.FOLLOW_UPS: "Related; type the number to ask",
    Text.PAGE: "p. {page}",
    Text.STOPPED: "Stopped.",
    Text.LEAVE_HINT: "Ctrl-D or /quit leaves.",
    Text.GOODBYE: "Good luck with the company!",
    Text.UNKNOWN_COMMAND: "There is no command {command}. Known are /help, /sources and /quit.",
}

_CHINESE = {
    Text.WELCOME: "请问关于 AI 大模型创业的问题，资料库现有 {documents} 篇文档。输入 /help 查看说明。",
    Text.EMPTY_LIBRARY: "资料库还是空的。输入 /quit 退出后运行 `advisor chat --starter`，"
    "或用 `advisor index 路径` 加入自己的文件夹。",
    Text.HELP: (
        "用中文或英文提问，也可以直接输入推荐话题的编号。\n"
        "  /sources  资料库里有什么\n"
        "  /help     本说明\n"
        "  /quit     退出（或按 Ctrl-D）；按 Ctrl-C 中止回答"
    ),
    Text.SEARCHING: "正在查找资料……",
    Text.SOURCES: "来源",
    Text.FOLLOW_UPS: "相关话题（输入编号即可提问）",
    Text.PAGE: "第 {page} 页",
    Text.STOPPED: "已停止。",
    Text.LEAVE_HINT: "按 Ctrl-D 或输入 /quit 退出。",
    Text.GOODBYE: "祝创业顺利！",
    Text.UNKNOWN_COMMAND: "没有 {command} 这个命令，可用的有 /help、/sources 和 /quit。",
}


def say(text: Text, language: Language, **values: object) -> str:
    """A sentence in Chinese for a Chinese reader, else in English; `values` fill its blanks."""
    sentences = _CHINESE if language is Language.ZH else _ENGLISH
    return sentences[text].format(**values)


def locale_language(locale: str) -> Language:
    """The language of a terminal whose locale is, for example, `zh_CN.UTF-8`: Chinese or, for all else, English."""
    return Language.ZH if locale.lower().startswith("zh") else Language.EN
