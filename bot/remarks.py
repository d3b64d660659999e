"""What somebody says of the answer before: shorter, where from, more, in another language, useless. Rules. Pure.

None of these asks the library anything: searched, such words find whatever lies nearest to them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from bot.verdicts import remarked
from rag.types import Language


class Remark(StrEnum):
    """What is wanted of the answer before, or thought of it; the last four tell why it was bad."""

    SHORTER = "shorter"
    SOURCES = "sources"
    MORE = "more"
    IN_ENGLISH = "english"
    IN_CHINESE = "chinese"
    GOOD = "good"
    BAD = "bad"
    WRONG = "wrong"
    OUTDATED = "outdated"
    MISSING = "missing"
    UNCLEAR = "unclear"


RATINGS = frozenset({Remark.GOOD, Remark.BAD, Remark.WRONG, Remark.OUTDATED, Remark.MISSING, Remark.UNCLEAR})
"""Remarks that rate the answer; but for the first two they are called as the reason is."""


_IT = r"(?: (?:that|this|it|(?:the|your|that) (?:last )?(?:answer|one|reply)))?"
_ZH_IT = r"(?:把?(?:它|这个?|那|上面的|刚才的|前面的|你的)?(?:答案|回答|内容|话)?)?"
_ASKED = re.compile(
    r"^(?:(?:ok(?:ay)?|and|but|well|hm+|please|pls|sorry|(?:can|could|would|will) you(?: please)?|can i (?:get|have)"
    r"|i(?:'d| would) like|i want|give me|show me|let me have) )+|(?: (?:please|pls|thanks|thank you|for me))+$"
)
_ZH_ASKED = re.compile(
    r"^(?:那么?|请问?|麻烦|劳驾|你|您|能不能|能否|可不可以|可以|可否|能|帮我|给我|再|我想要?|我要)+"
    r"|(?:可以|行|好|呢|吗|么|吧|呀|啊|嘛|谢谢|一下|一遍|一次|不)+$"
)
_ENGLISH: Mapping[Remark, str] = {
    Remark.SHORTER: (
        rf"(?:(?:say|put|tell|tell me|explain|make|keep|write|repeat|rephrase|answer|be){_IT}"
        r"(?: again)?(?: (?:a (?:bit|little|lot)|much|even))? )?(?:an? |the )?(?:shorter|briefer|briefly|more briefly"
        r"|brief|short|(?:more )?concise(?:ly)?|in (?:brief|short|fewer words|(?:one|a) (?:sentence|line|word)))"
        rf"(?: (?:answer|version|one|summary|form))?|(?:summari[sz]e|shorten|condense|sum up){_IT}"
        r"|sum (?:that|this|it) up|tl dr|tldr|(?:that (?:is|was)|that's|it's|this is|way )?(?:too|so) long"
    ),
    Remark.SOURCES: (
        r"(?:what(?: is|'s| are| were)? )?(?:the |your |its |any )?(?:source|reference|citation|evidence|sources"
        rf"|references|citations)(?: (?:for|of|behind|on){_IT})?"
        rf"|where (?:is|does|did|do|was){_IT}(?: (?:come|taken|said|written))?(?: from)?"
        r"|where did you (?:get|find|read|take|see) (?:that|this|it)(?: from)?|where from|from where"
        r"|(?:says|said) who|who (?:says|said)(?: so| that| this)?|according to (?:who|whom|what)"
        r"|how do you know(?: that| this| it)?|why (?:these|those) sources|based on what|cite (?:that|it|your sources)"
    ),
    Remark.MORE: (
        r"(?:tell me |say |show )?(?:some |a (?:bit|little) )?more(?: details?| information| info)?"
        rf"(?: (?:about|on|of){_IT})?|go on|keep going|continue|go deeper|elaborate(?: on{_IT})?"
        r"|expand(?: on)?(?: that| this| it)?|(?:what|anything|something) else|(?:any )?(?:more |further )?details"
    ),
}
_CHINESE: Mapping[Remark, str] = {
    Remark.SHORTER: (
        rf"{_ZH_IT}(?:说|讲|写|答|回答|总结|概括|归纳|缩短|精简|简化|解释)?[得的成]?(?:能不能|能|可以)?(?:更|再)?"
        r"(?:短|简短|简单|简洁|精简|简要|简略)(?:些|一些|点|一点|点儿|一点儿|的|的版本|版)?(?:的?(?:说|讲|回答|版本?))?"
        rf"|{_ZH_IT}(?:总结|概括|归纳|缩短|精简|简化)|(?:用)?一句话(?:说|总结|概括|讲|回答)?(?:完|清楚)?"
        r"|(?:这个?|回答|答案|说得?)?(?:有点|太)长了?|长话短说|简而言之|说短[一]?[点些]"
    ),
    Remark.SOURCES: (
        rf"{_ZH_IT}的?(?:有(?:没有|什么|啥)?)?(?:出处|来源|依据|根据|引用|参考(?:资料|文献)?)"
        r"(?:是|有|在)?(?:什么|啥|哪|哪里|哪儿|哪些)?|(?:这|这个|这些)?(?:是)?(?:从|在)?哪[里儿]?(?:来|看到|说|写|看)的?"
        r"|(?:怎么|咋|从哪[里儿]?)知道的?|(?:这是)?谁说的|为什么是?(?:用|选|引用)?这些来源|凭什么(?:这么说)?|有何依据"
    ),
    Remark.MORE: (
        r"(?:接着|继续)(?:说|讲|往下说|往下讲)?|(?:多|详细|仔细|具体|展开|深入)[地]?(?:说|讲|介绍|聊|谈)(?:说|讲|介绍)?"
        r"(?:一?[点些])?|(?:说|讲)[得的]?(?:更|再)?(?:详细|具体|仔细|多|深入)(?:一?[点些])?|展开"
        r"|(?:更|再)?(?:详细|多)一?[点些]|更多(?:内容|细节|信息)?|还有(?:呢|吗|别的|其他的?|什么|更多)?"
    ),
}
_INTO = re.compile(
    r"(?:(?:say|answer|repeat|write|put|translate|give|tell|explain|reply|respond)(?: me)?"
    rf"{_IT}(?: again)? )?(?:(?:in|into|to) )(?P<named>english|chinese|mandarin)"
    r"|(?P<alone>english|chinese)(?: version)?"
)
_ZH_INTO = re.compile(
    rf"{_ZH_IT}(?:用|说|讲|换成?|翻译?成?|译成?|改成|以)(?P<named>英文|英语|中文|汉语|普通话)"
    r"(?:来)?(?:回答|答|说|讲|写|再说|解释|翻译|复述|重说|回复)?(?:我)?|(?P<alone>英文|英语|中文|汉语)(?:版|的?版本)?"
)
_WISH = re.compile(
    r"(?:[,;.?!，；。？！(（]\s*|\s+)(?:please\s+)?(?:answer|reply|respond)(?:\s+me)?\s+in\s+(?P<en>english|chinese)"
    r"(?:,?\s*please)?\s*[)）.!。！]*\s*$"
    r"|[,;.?!，；。？！(（]\s*(?:please\s+)?in\s+(?P<bare>english|chinese)(?:,?\s*please)?\s*[)）.!。！]*\s*$"
    r"|[,;.?!，；。？！(（\s]*(?:请|麻烦)?用(?P<zh>英文|英语|中文|汉语)(?:来)?(?:回答|答|回复|作答)(?:我|一下)?[)）.!。！]*\s*$",
    re.IGNORECASE,
)
_CHINESE_NAMES = frozenset({"chinese", "mandarin", "中文", "汉语", "普通话"})
_MARK = re.compile(r"[?？]\s*$")
_SIGNS = re.compile(r"[^\w']+")
_LONGEST = 60


def remark_of(text: str) -> Remark | None:
    """What a whole message wants of the answer before it; None for whatever asks something of its own."""
    if len(text) > _LONGEST:
        return None
    plain = _SIGNS.sub(" ", unicodedata.normalize("NFKC", text).casefold().replace("’", "'")).strip()
    tight = plain.replace(" ", "")
    forms = {plain, _ASKED.sub("", plain)}, {tight, _ZH_ASKED.sub("", tight)}
    found = _language_of(forms) or _matched(_ENGLISH, forms[0]) or _matched(_CHINESE, forms[1])
    # "sources" is a command; with a question mark it is a question about what was said.
    if found is Remark.SOURCES and plain in {"sources", "来源"} and not _MARK.search(text):
        return None
    return found or _rating(text)


def wished_language(text: str) -> tuple[str, Language | None]:
    """A question without the wish for a language that it ends with, and that language: "…? Answer in English"."""
    wish = _WISH.search(text)
    rest = text[: wish.start()].rstrip() if wish else ""
    if wish is None or not rest:
        return text, None
    mark = next((sign for sign in wish[0].lstrip()[:1] if sign in "?？!！.。"), "")
    named = next(filter(None, wish.groups()))
    return rest + mark, Language.ZH if named.casefold() in _CHINESE_NAMES else Language.EN


def with_wish(question: str, language: Language) -> str:
    """A question with the wish for a language, as `wished_language` reads it."""
    asked, _ = wished_language(question)
    return f"{asked}（请用中文回答）" if language is Language.ZH else f"{asked} (answer in English)"


def _rating(text: str) -> Remark | None:
    verdict = remarked(text)
    if verdict is None:
        return None
    return Remark.GOOD if verdict.good else Remark(verdict.reason or Remark.BAD)


def _language_of(forms: tuple[set[str], set[str]]) -> Remark | None:
    matches = (pattern.fullmatch(form) for pattern, own in zip((_INTO, _ZH_INTO), forms, strict=True) for form in own)
    found = next(filter(None, matches), None)
    if found is None:
        return None
    return Remark.IN_CHINESE if (found["named"] or found["alone"]) in _CHINESE_NAMES else Remark.IN_ENGLISH


def _matched(patterns: Mapping[Remark, str], forms: set[str]) -> Remark | None:
    return next(
        (remark for remark, pattern in patterns.items() if any(re.fullmatch(pattern, form) for form in forms)), None
    )
