"""Sentences of a model that state nothing: that the sources hold no answer, and courtesies. Pure, in both languages."""

from __future__ import annotations

import re

from rag.citations import split_marks
from rag.language import detect_language
from rag.templates import SENTINEL
from rag.types import Language

_SOURCES_ZH = r"(?:资料库|资料|段落|文档|材料|来源|文献|上下文|内容|信息)"
_SILENT_ZH = (
    r"(?:都|均|并)?(?:没有|没|未能?|并未|不|无法|不能)(?:直接|明确|具体|详细|专门)?"
    r"(?:提到|提及|包含|涉及|说明|回答|记载|给出|谈到|谈及|提供|找到|介绍|讨论|覆盖|有关|关于|足以|足够|支持|描述|任何|相关)"
)
_SOURCES_EN = r"(?:passages?|sources?|documents?|library|context|materials?|information|texts?|excerpts?)"
_SILENT_EN = (
    r"(?:(?:do(?:es)?n['’]t|do(?:es)? not|did not|cannot|can['’]t) (?:\w+ )?"
    r"(?:mention|contain|say|answer|provide|discuss|cover|include|address|tell|specify|hold|describe|give|state|explain"
    r"|have|offer|support)"
    r"|(?:contains?|ha(?:s|ve)|holds?|offers?|provides?|gives?|says?) (?:no|nothing)\b|lacks?\b|(?:is|are) silent\b)"
)
_DENIALS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:很?抱歉|对不起|遗憾的是)?[，,]?(?:根据|在)?[^，。；]{{0,12}}{_SOURCES_ZH}"
        rf"[^。；]{{0,8}}?{_SILENT_ZH}[^；]{{0,80}}",
        r"(?:很?抱歉|对不起)?[，,]?我?(?:无法|不能|没法|没有办法)(?:根据|从|依据|回答|确定)[^；]{0,80}",
        r"(?:i['’]m sorry|i am sorry|sorry|unfortunately)?[,.]? ?(?:but )?(?:(?:in|from) )?"
        rf"(?:[\w ]{{0,30}}\b)?{_SOURCES_EN}"
        rf"\b[^.;]{{0,40}}?\b{_SILENT_EN}[^;]{{0,160}}",
        rf"none of (?:the|these) (?:\w+ )?{_SOURCES_EN}\b[^;]{{0,160}}",
        r"(?:i['’]m sorry|sorry|unfortunately)?[,.]? ?(?:but )?"
        r"i (?:cannot|can['’]t|could not|am unable to|do not|don['’]t) (?:find|answer|know|have|determine)\b"
        r"[^;]{0,160}",
        rf"there is (?:no|nothing|not enough)\b[^;]{{0,60}}\b{_SOURCES_EN}\b[^;]{{0,60}}",
    )
)
_CONTRAST = re.compile(r"但|不过|然而|只是|\b(?:but|however|although|though|except|yet|only)\b", re.IGNORECASE)
_SORRY_BUT = re.compile(r"^(?:i['’]m sorry|i am sorry|sorry)[,.]? but\b", re.IGNORECASE)
_COURTESIES = re.compile(
    r"(?:希望[^，。]{0,12}(?:帮助|有用|参考)|(?:如果?|若)(?:你|您)?(?:还|有|需要|想)[^，。]{0,20}(?:问题|疑问|帮助|了解|补充|细节)"
    r"|欢迎(?:随时|继续|提问)|请随时|祝(?:你|您)|以上(?:就)?是|以下是|下面是|好的|当然可以?)[^，。]{0,20}(?:[，,][^，。]{0,20})?[。！!]?"
    r"|(?:i hope (?:this|that)|hope this|let me know|feel free|happy to help|here (?:is|are) (?:the|some|a|what)"
    r"|if you (?:have|need|want)[^.!?,]{0,30}\b(?:questions?|help|details?|information))\b[^.!?]{0,90}[.!?]?"
    r"|(?:sure|certainly|of course|great question)[.!]",
    re.IGNORECASE,
)
_STOPS = " \t\r\n。.！!*_`#>\"'“”"


def is_denial(text: str) -> bool:
    """Whether a whole sentence says that the sources hold no answer, if only by the line agreed upon."""
    plain = split_marks(text, passages=0).text.strip(_STOPS)
    if SENTINEL.lower() in plain.lower().replace(" ", "_").replace("-", "_"):
        return True
    if _CONTRAST.search(_SORRY_BUT.sub("", plain)):
        return False
    return any(pattern.fullmatch(plain) for pattern in _DENIALS)


def is_courtesy(text: str) -> bool:
    """Whether a sentence greets, offers help or announces, and says nothing that could be wrong."""
    return bool(_COURTESIES.fullmatch(text.strip(" \t\r\n*_")))


_ENOUGH = 4
"""Words or Chinese characters from which on the language of a text shows."""


def speaks(text: str, language: Language) -> bool | None:
    """Whether a text is written in a language; None while it is too short to tell.

    Only Chinese and English are judged: the prompts are written in these.
    """
    plain = re.sub(r"`[^`\n]*`|https?://\S+|\[\^?\d+\]|[(（][^()（）]{0,40}[)）]", " ", text)
    han, words = len(re.findall(r"[㐀-䶿一-鿿]", plain)), len(re.findall(r"[A-Za-zÀ-ɏ]{2,}", plain))
    if language not in {Language.ZH, Language.EN}:
        return True
    if max(han, words) < _ENOUGH:
        return None
    return detect_language(plain) == language
