"""The names that a claim uses, and whether a source speaks of them, in its own language or in another. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.confidence import names_in
from rag.terms import index_terms
from rag.types import Document

_HAN = re.compile(r"[㐀-䶿一-鿿]")
_POINTED = re.compile(r"[一-鿿]{1,2}·[一-鿿]{1,2}")
"""The middle of a foreign name: where such a name begins and ends in running text, nothing shows."""

_TITLED = re.compile(r"《([^《》]{1,40})》")
_HAN_SUBJECT = re.compile(r"^([一-鿿]{2,4}?)(?=[于在是由曾将把从向已为的]|\d|推出|发布|创立|成立|收购|投资|创办)")
_SUBJECT = re.compile(
    r"^\W*([A-Z][a-z]+)(?:['’]s\b|\s(?:is|was|has|had|will|won|made|built|began|became|grew|took|left|led|sold|bought"
    r"|raised|paid|acquired|invested|launched|announced|released|founded|[a-z]{3,}ed)\b)"
)
_COMMON_SUBJECTS = frozenset(
    "it he she they we you this that these those there here what who one both each everyone nobody companies founders"
    " investors users customers people teams startups developers".split()
)

GLOSSES: Mapping[str, str] = {
    "ai": "人工智能|AI", "alibaba": "阿里", "amazon": "亚马逊", "america": "美国", "american": "美国",
    "api": "接口", "apis": "接口", "apple": "苹果", "april": "4 ?月|四月", "asia": "亚洲",
    "august": "8 ?月|八月", "baidu": "百度", "beijing": "北京", "britain": "英国", "bytedance": "字节",
    "ceo": "首席执行官|总裁|CEO", "cfo": "财务", "china": "中国|国内", "chinese": "中国|中文|汉语|国产",
    "cto": "首席技术官|技术负责人", "december": "12 ?月|十二月", "dollar": "美元", "english": "英文|英语|英国",
    "eu": "欧盟|欧洲", "europe": "欧洲|欧盟", "european": "欧洲|欧盟", "facebook": "脸书",
    "february": "2 ?月|二月", "france": "法国", "french": "法", "german": "德", "germany": "德国",
    "google": "谷歌", "gpu": "显卡|算力", "hong": "香港", "huawei": "华为", "india": "印度", "ipo": "上市",
    "italian": "意大利", "italy": "意大利", "january": "1 ?月|一月", "japan": "日本", "july": "7 ?月|七月",
    "june": "6 ?月|六月", "kong": "香港", "korea": "韩国", "kpi": "指标", "llm": "大模型|大语言模型|语言模型",
    "march": "3 ?月|三月", "may": "5 ?月|五月", "meituan": "美团", "microsoft": "微软",
    "november": "11 ?月|十一月", "nvidia": "英伟达", "october": "10 ?月|十月", "roi": "回报", "seed": "种子",
    "september": "9 ?月|九月", "series": "轮", "shanghai": "上海", "shenzhen": "深圳", "singapore": "新加坡",
    "state": "美国|州", "tencent": "腾讯", "tesla": "特斯拉", "uk": "英国", "united": "美国|英国|联合",
    "us": "美国", "usa": "美国", "vc": "风投|风险投资", "xiaomi": "小米", "yuan": "元",
}  # fmt: skip
"""Names and abbreviations that texts about companies translate, as index terms, and their Chinese forms (a pattern)."""

_CHINESE_NAMES = {
    chinese: term
    for term, forms in GLOSSES.items()
    for chinese in forms.split("|")
    if len(chinese) >= 2 and _HAN.match(chinese) and term in (
        "alibaba amazon apple baidu bytedance facebook google huawei meituan microsoft nvidia tencent tesla xiaomi"
    ).split()
}  # fmt: skip
"""Companies with a Chinese name that is no other word; the fruit apple is rarely spoken of here."""


def latin_names(claim: str) -> frozenset[str]:
    """Names in Latin letters, as index terms: capitalised words, abbreviations, and a subject that opens the claim."""
    names = {name for name in names_in(claim) if not (name[0].isdigit() or _HAN.search(name))}
    subject = None if _HAN.search(claim) else _SUBJECT.match(claim)
    if subject and subject[1].lower() not in _COMMON_SUBJECTS:
        names.update(index_terms(subject[1]))
    return frozenset(names)


def chinese_names(claim: str) -> frozenset[str]:
    """Names in Chinese that can be told by their form: 萨姆·奥特曼, 《书名》, and companies known by name."""
    known = {name for name in _CHINESE_NAMES if name in claim}
    return frozenset({*_POINTED.findall(claim), *_TITLED.findall(claim), *known})


def chinese_subject(claim: str) -> str:
    """The word that a Chinese claim opens with, where a verb or particle shows its end; "" otherwise."""
    found = _HAN_SUBJECT.match(claim)
    return found[1] if found else ""


def described(document: Document) -> str:
    """What a document's own data say of whom it is about: title, company, and the words of its address."""
    case = document.case
    facts = (case.company, case.sector, case.region, case.did, case.decided) if case else ()
    slug = re.sub(r"[/_.-]+", " ", document.source)
    return " ".join(part for part in (document.title, slug, *document.topics, *facts) if part)


def lacks_latin(names: frozenset[str], text: str, words: frozenset[str]) -> frozenset[str]:
    """The names that a source does not hold: neither as words, nor spelled out, nor in Chinese."""
    lowered = text.lower()
    return frozenset(name for name in names if not _holds(name, text, lowered, words))


def lacks_chinese(names: frozenset[str], text: str) -> frozenset[str]:
    """The Chinese names that a source does not hold, also not in English."""
    lowered = text.lower()
    return frozenset(name for name in names if name not in text and (_CHINESE_NAMES.get(name) or "\0") not in lowered)


def _holds(name: str, text: str, lowered: str, words: frozenset[str]) -> bool:
    if name in words or (not name.isascii() and name in lowered):
        return True
    parts = [part for part in re.split(r"[-'’&.+]", name) if part]
    if len(parts) > 1 and all(part in words or (not part.isalpha() and part in lowered) for part in parts):
        return True
    if len(name) > 3 and re.search(rf"(?<![a-z0-9]){re.escape(name)}", lowered):  # plurals, "OpenAI's", compounds
        return True
    if re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", lowered):
        return True
    if name in GLOSSES and re.search(GLOSSES[name], text):
        return True
    initials = "".join(word[0] for word in re.findall(r"[a-z]+", lowered))
    return 3 <= len(name) <= 5 and name.isalpha() and name in initials
