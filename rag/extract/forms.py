"""Facts that are known by their form: figures, dates, sums, times of the day, telephone numbers."""

from __future__ import annotations

import re

from rag.extract.asked import Kind

_DIGIT = "一二两三四五六七八九"
_NUMERAL = rf"(?:[{_DIGIT}几][十百千万亿]|十[{_DIGIT}]|[十百千][万亿](?![不别要]))"
_FEW = "二两三四五六七八九十"
_MEASURES = "个家种年倍亿万元块角天周岁人名位次件条份台辆层米页步级轮场间张本套小分刻钟成度"
_HALVES = r"一半|一[成倍万亿千百元块角]|半(?:数|年|天|个月|小时|价)"
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9])(?<![A-Za-z]-)\d|(?<![第{_DIGIT}十]){_NUMERAL}(?![月日号])|(?<!第)(?!十分(?!钟|之))[{_FEW}][{_MEASURES}]|{_HALVES}"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|half|hundreds?|thousands?|millions?|billions?)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"\d{{4}}|\d+\s*(?:年|月|日|号|天|周|小时|分钟)|[〇零{_DIGIT}]{{4}}年|[{_DIGIT}十半]+个?(?:年|月|日|号|天|周|星期|小时|分钟)"
    r"|(?:星期|礼拜|周)[一二三四五六日天]"
    r"|\b(?:January|February|March|April|June|July|August|September|October|November|December|(?:in|of|since|on) May"
    r"|minutes?|hours?|months?|years?|weeks?|days?|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)\b"
)
_MONEY = re.compile(
    rf"[元$€£¥￥]|免费|(?:[{_DIGIT}十百千半\d]|几)块|块钱|[角毛分]钱|英镑|克朗|法郎|卢布|卢比|比索|里拉|泰铢|港币|台币"
    r"|\b(?:dollars?|euros?|pounds?|yuan|yen|krona|kronor|kroner|crowns?|francs?|rubles?|roubles?|rupees?|pesos?|baht|cents?"
    r"|USD|EUR|GBP|CHF|JPY|RMB|CNY|SEK|INR|free)\b",
    re.IGNORECASE,
)
_ASKS_MONEY = re.compile(
    r"(?<!省)多少钱|什么价|(?:股价|市值)[^，。？]{0,4}多少"
    r"|\bwhat (?:does|do|did|would|will)\b.*\bcosts?\b"
    r"|\bhow much (?:does|did|do|is|was)\b.*\b(?:cost|pay|paid|charge)\b"
    r"|\bwhat\b.*\b(?:salary|wage|fee|price|rent|revenue|valuation)\s*(?:$|\?|of\b|at\b|in\b|for\b|last\b|today\b|now\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d,]|\.\d)")
_BRACKETS = re.compile(r"[（(][^）)]*[）)]|[*_“”\"]")
_FORMS = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(shown, re.IGNORECASE))
    for asked, shown in (
        (
            r"(?<![哪这那有以下])几点(?=$|[？?钟了开关到上下发出结营])|营业时间"
            r"|\bwhat time\b|\b(?:opening|office|business) hours\b",
            rf"\d\s*[:：点时]|\d\s*[ap]\.?m\b|[{_FEW}]点|[{_DIGIT}十]+点[钟半整]|正午|中午|午夜|全天"
            r"|\b(?:o['’]?clock|noon|midnight|around the clock)\b|\b(?:half|quarter) (?:past|to)\b"
            r"|\b(?:at|from|until|till|to) (?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
        ),
        (r"(?:电话|手机)(?:号码?)?(?:是?多少|[？?]|$)|\b(?:tele)?phone number\b", r"\d[\d ()-]{5,}\d"),
    )
)
"""What is known by its form: how a question asks for a time of the day or a telephone number, and how one looks."""


_PERIOD = re.compile(
    r"[第头首最][一初个]{0,2}(?:几个?)?(?:(?P<zh_hour>小时|钟头)|(?P<zh_day>[天日])|(?P<zh_week>周|星期|礼拜)"
    r"|(?P<zh_month>月)|(?P<zh_quarter>季度)|(?P<zh_year>年))"
    r"|\bfirst (?:few |couple of )?(?:(?P<hour>hours?)|(?P<day>days?)|(?P<week>weeks?)|(?P<month>months?)"
    r"|(?P<quarter>quarters?)|(?P<year>years?))\b",
    re.IGNORECASE,
)
"""The period in which a plan begins: the first hour, the first day."""


def is_of_another_period(question: str, text: str) -> bool:
    """Whether a question asks for the first hour, say, and a text tells of the first week alone."""
    asked, told = _periods(question), _periods(text)
    return bool(asked and told and not asked & told)


def _periods(text: str) -> set[str]:
    return {str(found.lastgroup).removeprefix("zh_") for found in _PERIOD.finditer(text)}


def asks_money(question: str) -> bool:
    """Whether a question asks for a price or a sum."""
    return bool(_ASKS_MONEY.search(question))


def shows_money(text: str) -> bool:
    """Whether a text speaks of a price or a sum."""
    return bool(_MONEY.search(text))


def shows_figure(text: str, kind: Kind) -> bool:
    """Whether a text holds a number that is no year, or for a question about time a date or a duration."""
    bare = _BRACKETS.sub("", text)
    return bool(_TIME.search(bare) if kind is Kind.TIME else _NUMBER.search(_YEAR.sub("", bare)))


def lacks_form(question: str, text: str) -> bool:
    """Whether a question asks for a fact of a form that a text does not show."""
    return any(asked.search(question) and not shown.search(text) for asked, shown in _FORMS)
