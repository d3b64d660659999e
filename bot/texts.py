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
    CHOICES = auto()
    PAGE = auto()
    STOPPED = auto()
    LEAVE_HINT = auto()
    GOODBYE = auto()
    GOES_ON = auto()
    LEFT_OPEN = auto()
    NEW_CONVERSATION = auto()
    NOW_SPEAKING = auto()
    YOU_SPEAK = auto()
    NOT_MEANT = auto()
    NOTED = auto()
    NOTED_BEHIND = auto()
    JOINED = auto()
    FORM_LEFT = auto()
    NO_SUCH_KEY = auto()
    READ_DUE = auto()


_ENGLISH = {
    Text.WELCOME: "Ask about building a company on AI models; {documents} documents are at hand. /help tells more.",
    Text.EMPTY_LIBRARY: "The library is empty. Leave with /quit and start `advisor chat --starter`, or index a folder"
    " of your own with `advisor index PATH`.",
    Text.HELP: (
        "In this terminal:\n"
        "  a number   asks a suggestion or makes a choice\n"
        "  + -        rates the answer; w tells why these sources, s shortens, r tries again\n"
        "  /new       begins another conversation\n"
        "  /as NAME   goes on as another person of the room; /as without a name brings you back\n"
        "  /say TEXT  says something without addressing the advisor; so does @NAME TEXT\n"
        "  TEXT &     asks and does not wait for the answer\n"
        "  /quit      leaves (Ctrl-D does, too); Ctrl-C stops an answer"
    ),
    Text.SEARCHING: "Searching the library …",
    Text.SOURCES: "Sources",
    Text.FOLLOW_UPS: "Related; type the number to ask",
    Text.PAGE: "p. {page}",
    Text.STOPPED: "Stopped.",
    Text.LEAVE_HINT: "Ctrl-D or /quit leaves.",
    Text.GOODBYE: "Good luck with the company!",
    Text.CHOICES: "Type the number to choose",
    Text.GOES_ON: "The conversation goes on where it stopped: “{question}”. /new begins another.",
    Text.LEFT_OPEN: "Unanswered when the last session ended, and answered first: {questions}.",
    Text.NEW_CONVERSATION: "A new conversation.",
    Text.NOW_SPEAKING: "Now {name} is speaking.",
    Text.YOU_SPEAK: "Now it is you again.",
    Text.NOT_MEANT: "(not meant for the advisor, so it stays quiet)",
    Text.NOTED: "Asked. Go on typing, or press Enter to wait for the answer.",
    Text.NOTED_BEHIND: "Asked. Questions before it: {ahead}. Go on typing, or press Enter to wait for the answer.",
    Text.JOINED: "Added to your question, which still waits.",
    Text.FORM_LEFT: "Left out.",
    Text.NO_SUCH_KEY: "“{key}” stands for nothing at the moment.",
    Text.READ_DUE: "The library was brought up to date: {added} added, {updated} updated, {removed} removed,"
    " {failed} failed.",
}

_CHINESE = {
    Text.WELCOME: "欢迎提问有关 AI 大模型创业的问题，资料库现有 {documents} 篇文档。输入 /help 查看说明。",
    Text.EMPTY_LIBRARY: "资料库还是空的。输入 /quit 退出后运行 `advisor chat --starter`，"
    "或用 `advisor index 路径` 加入自己的文件夹。",
    Text.HELP: (
        "在这个终端里：\n"
        "  编号       提问推荐话题，或作出选择\n"
        "  + -        评价回答；w 查看依据，s 简短一些，r 换个回答\n"
        "  /new       开始新的对话\n"
        "  /as 名字   换一个人说话；只输入 /as 则换回自己\n"
        "  /say 内容  说话但不是对顾问说；@名字 内容 也一样\n"
        "  内容 &     提问但不等待回答\n"
        "  /quit      退出（或按 Ctrl-D）；按 Ctrl-C 中止回答"
    ),
    Text.SEARCHING: "正在查找资料……",
    Text.SOURCES: "来源",
    Text.FOLLOW_UPS: "相关话题（输入编号即可提问）",
    Text.PAGE: "第 {page} 页",
    Text.STOPPED: "已停止。",
    Text.LEAVE_HINT: "按 Ctrl-D 或输入 /quit 退出。",
    Text.GOODBYE: "祝创业顺利！",
    Text.CHOICES: "输入编号选择",
    Text.GOES_ON: "接着上次的对话：“{question}”。输入 /new 可开始新的对话。",
    Text.LEFT_OPEN: "上次结束时还有 {questions} 个问题没有回答，现在先来回答。",
    Text.NEW_CONVERSATION: "新的对话。",
    Text.NOW_SPEAKING: "现在由 {name} 说话。",
    Text.YOU_SPEAK: "现在由您自己说话。",
    Text.NOT_MEANT: "（不是对顾问说的，它不插话）",
    Text.NOTED: "已提问。可以继续输入，或按回车等待回答。",
    Text.NOTED_BEHIND: "已提问，前面还有 {ahead} 个问题。可以继续输入，或按回车等待回答。",
    Text.JOINED: "已并入您还在排队的问题。",
    Text.FORM_LEFT: "已略过。",
    Text.NO_SUCH_KEY: "“{key}”现在没有对应的选项。",
    Text.READ_DUE: "资料库已更新：新增 {added} 篇，更新 {updated} 篇，移除 {removed} 篇，失败 {failed} 篇。",
}


def say(text: Text, language: Language, **values: object) -> str:
    """A sentence in Chinese for a Chinese reader, else in English; `values` fill its blanks."""
    sentences = _CHINESE if language is Language.ZH else _ENGLISH
    return sentences[text].format(**values)


def locale_language(locale: str) -> Language:
    """The language of a terminal whose locale is, for example, `zh_CN.UTF-8`: Chinese or, for all else, English."""
    return Language.ZH if locale.lower().startswith("zh") else Language.EN
