"""What people say of an answer in their own words, such as "useless" and "没用，数字太旧". Rules on words. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LEAD = (
    r"(?:(?:it|that|this|the|your|answer|reply|one|is|it's|its|that's|was|are|very|really|quite|so|totally|completely"
    r"|just|simply|rather|pretty|a|bit|little|all|too|looks?|seems?|i|think|you|you're|were|here|data|numbers?|figures?)\s+)*"
)
_ZH_LEAD = (
    r"(?>我觉得|感觉|这个?|那个?|你|您|它|的|回答|答案|答复|内容|数据|数字|信息|资料|例子|案例|来源|说得?|答得?|讲得?|写得?|有一?点|有些"
    r"|都|也|是|很|太|非常|特别|十分|挺|蛮|真的?|完全|根本|有|已经|全|对我)*?"
)
_ENDS = r"(?:了|的|啊|呀|吧|哦|呢)*"
_UP = (
    r"(?:good|great|nice|excellent|perfect|helpful|useful|helps|helped|right|correct|accurate|up|yes|thumbs up"
    r"|\+1|\+|👍|好评?|棒|赞|点赞|不错|有用|有帮助|帮助很大|有道理|有收获|满意|对|正确|准确)"
)
_DOWN = {
    "wrong": (
        r"wrong|incorrect|false|inaccurate|untrue|mistaken|(?:not|isn't|wasn't|never) (?:right|correct|true|accurate)"
        r"|不对|不正确|不准确?|不实|不符|有误|错误?|搞错|弄错|胡说(?:八道)?|瞎说|编的"
    ),
    "outdated": r"outdated|out of date|stale|obsolete|old|过时|过期|陈旧|旧|老|不是最新",
    "missing": (
        r"incomplete|missing|(?:not|isn't) complete|(?:not enough|too few) details?"
        r"|不全面?|不完整|不够全面?|不够详细|漏|缺"
    ),
    "unclear": (
        r"unclear|confusing|vague|(?:not|isn't) clear|(?:can't|cannot|don't) understand"
        r"|不清楚?|不明白|看不懂|没看懂|听不懂|读不懂|不好懂|难懂|没[说讲写]清楚?|乱|含糊|模糊"
    ),
    "": (
        r"bad|poor|useless|terrible|awful|horrible|unhelpful|worthless|irrelevant|off topic|nonsense|rubbish|no|down"
        r"|(?:not|isn't|wasn't|no) (?:very |at all |really )?(?:good|great|helpful|useful|help|use|what i asked)"
        r"|(?:doesn't|does not|didn't|did not) help|thumbs down|-1|-|👎"
        r"|差评?|糟糕?|烂|不好|不行|没用|无用|没有用|没什么用|没啥用|不管用|没帮助|没有帮助|没什么帮助|帮助不大|没意义|不满意|垃圾"
        r"|答非所问|文不对题|跑题|离题|不是我(?:想|要)问的"
    ),
}
_WORDS = "|".join([*(rf"(?P<down_{reason or 'plain'}>{words})" for reason, words in _DOWN.items()), rf"(?P<up>{_UP})"])
_SAID = re.compile(rf"(?:{_LEAD}|{_ZH_LEAD})(?:{_WORDS}){_ENDS}(?=$|[\s,，;；:：.。!！?？、—…-]|因为|但|because\b)")
_LACKS = re.compile(rf"{_ZH_LEAD}(?:缺少|缺了|缺乏|没有?提|没有?讲|没有?说|漏了|漏掉)")
"""What is missing is named right behind the verb."""

_BECAUSE = re.compile(r"(?:because|since|因为)\s*")
_BETWEEN = " \t\n,，;；:：.。!！、—…-"
_ASKS = re.compile(r"[?？]\s*$")
_AMBIGUOUS = frozenset(
    "good great nice excellent perfect right correct accurate up yes no down old poor missing false + +1 - -1 "
    "好 好评 棒 赞 点赞 不错 对 正确 准确 旧 老 缺 漏 乱 差 错 不行 不好 有道理 满意".split()
)
"""Words that rate an answer where a rating is asked for; said alone they may as well mean something else."""

_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What somebody thinks of an answer: good or not, why not ("" or such as `outdated`), and what else they say."""

    good: bool
    reason: str = ""
    text: str = ""


def verdict_of(typed: str) -> Verdict | None:
    """The verdict that a text begins with, what follows it being the explanation; None where it begins with none."""
    plain = _plain(typed)
    found = _SAID.match(plain)
    if found is None:
        return Verdict(good=False, reason="missing", text=typed.strip()) if _LACKS.match(plain) else None
    rest = plain[found.end() :].strip(_BETWEEN) and _rest(typed, plain[found.end() :])
    name = str(found.lastgroup)
    if name == "up":
        return Verdict(good=True, text=rest)
    reason = name.removeprefix("down_").removesuffix("plain")
    return Verdict(good=False, reason=reason or _reason_in(rest), text=rest)


def remarked(message: str) -> Verdict | None:
    """The verdict that a whole message is; None for one that may mean something else, or says more."""
    if len(message) > _LONGEST or _ASKS.search(message):
        return None
    verdict, plain = verdict_of(message), _plain(message).strip(_BETWEEN)
    return verdict if verdict and plain and not verdict.text and plain not in _AMBIGUOUS else None


def _reason_in(text: str) -> str:
    """The reason that an explanation is, such as "the data is old"."""
    found = _SAID.match(_BECAUSE.sub("", _plain(text), count=1))
    name = str(found.lastgroup) if found else ""
    return name.removeprefix("down_").removesuffix("plain") if name.startswith("down_") else ""


def _rest(typed: str, rest: str) -> str:
    """The end of a text as it was typed, from its end as it is compared."""
    folded = unicodedata.normalize("NFKC", typed)
    kept = typed if len(folded) == len(typed) else folded
    return kept.strip()[-len(rest) :].strip(_BETWEEN)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("’", "'").strip().casefold()
