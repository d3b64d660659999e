"""The words by which people say when: a pattern for each, in the order in which they are tried."""

from __future__ import annotations

import re
from typing import Final

from bot.schedules.numerals import CHINESE, ENGLISH

_WEEKDAYS = (
    "mon(?:day)?",
    "tue(?:s(?:day)?)?",
    "wed(?:nesday)?",
    "thu(?:rs?(?:day)?)?",
    "fri(?:day)?",
    "sat(?:urday)?",
)
NAMES = (*_WEEKDAYS, "sun(?:day)?")
_WEEKDAY = "(?:" + "|".join(NAMES) + ")s?"
MONTHS = (
    "jan(?:uary)?",
    "feb(?:ruary)?",
    "mar(?:ch)?",
    "apr(?:il)?",
    "may",
    "june?",
    "july?",
    "aug(?:ust)?",
    "sept?(?:ember)?",
    "oct(?:ober)?",
    "nov(?:ember)?",
    "dec(?:ember)?",
)
_MONTH = "(?:" + "|".join(MONTHS) + r")\b\.?"
_WEEK_ZH = "(?:周|週|星期|礼拜)"
_PART_ZH = "上午|早上|早晨|清晨|中午|下午|傍晚|晚上|早|晚|凌晨"
_OTHER = r"other|second|2nd"
_STEPS: tuple[tuple[str, str], ...] = (
    (
        "gap",
        rf"每?隔(?:[二两三四五六七八九十]+|[2-9]|\d\d)个?(?:天|日|{_WEEK_ZH}|月)",
    ),
    (
        "minute_step",
        r"every\s+(?:(?P<minutes>\d{1,3})\s*)?min(?:ute)?s?\b|every\s+half\s+(?:an\s+)?hour|half-?hourly"
        rf"|每隔?(?P<minutes_zh>\d{{1,3}}|{CHINESE})?分钟|每隔?半个?(?:小时|钟头)",
    ),
    (
        "hour_step",
        rf"every\s+(?:(?P<hours>{ENGLISH}|{_OTHER})\s*)?h(?:ou)?rs?\b|hourly|每隔?(?P<hours_zh>{CHINESE})?个?(?:小时|钟头)",
    ),
    ("day_step", rf"every\s+(?P<days>{ENGLISH}|{_OTHER})\s+days?\b|每(?P<days_zh>{CHINESE})天|每?隔一?[天日]"),
    (
        "week_step",
        rf"every\s+(?P<weeks>{ENGLISH}|other|(?:second|2nd)(?!.*\b(?:month|quarter)))\s+weeks?\b(?:\s+on\b)?"
        rf"|every\s+(?:other|(?:second|2nd)(?!.*\b(?:month|quarter)))\s+(?={_WEEKDAY}\b)|bi-?weekly|fortnight(?:ly)?"
        rf"|每?(?:隔|双)(?={_WEEK_ZH}[一二三四五六日天])|每?隔一?个?{_WEEK_ZH}的?|每?双{_WEEK_ZH}"
        rf"|每?(?P<weeks_zh>[二两三四五六七八九十]|\d{{1,2}})个?{_WEEK_ZH}(?!的?第)",
    ),
    (
        "month_step",
        rf"every\s+(?P<months>{ENGLISH}|{_OTHER})\s+months?\b|every\s+half(?:\s+a)?\s+year|half-?yearly|semi-?annually"
        rf"|每(?P<months_zh>{CHINESE})个月|每?隔一?个?月|每?半年",
    ),
    ("often", rf"twice|(?:{ENGLISH})\s+times|(?:[二两三四五六七八九十]|[2-9]|\d\d)\s*次"),
    ("week_once", rf"{_WEEK_ZH}[一1]次"),
    ("single", r"tomorrow|today|tonight|next\s+(?:week|month)\b|明天|今天|后天|今晚|下(?:周|个?月)"),
)
TOKENS: Final[tuple[tuple[str, str], ...]] = (
    ("since", r"(?:from|starting|beginning|since|从|自)?\s*(?P<since>\d{4}-\d{2}-\d{2})\s*(?:起|开始)?"),
    *_STEPS,
    (
        "clock",
        rf"(?P<part>{_PART_ZH})?\s*(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})\s*(?P<half>[ap]\.?m\.?(?![a-z]))?",
    ),
    ("clock_en", rf"(?P<hour_en>{ENGLISH})\s*(?P<half_en>[ap]\.?m\.?(?![a-z])|o'?clock)"),
    (
        "clock_past",
        rf"(?P<past>half|quarter)\s+past\s+(?P<hour_past>{ENGLISH})\b(?:\s*(?P<half_past>[ap]\.?m\.?(?![a-z])))?",
    ),
    (
        "clock_zh",
        rf"(?P<part_zh>{_PART_ZH})?\s*(?P<hour_zh>{CHINESE})\s*[点點时時]"
        rf"(?:(?P<half_zh>半)|(?P<quarter_zh>[一三])刻|(?P<minute_zh>{CHINESE})分?|整|钟)?",
    ),
    (
        "clock_bare",
        rf"at\s+(?P<hours_bare>(?:{ENGLISH})\b(?:\s*(?:,|&|and)\s*(?:{ENGLISH})\b(?![:.]\d|\s*[ap]\.?m))*)"
        r"(?![:.]\d|\s*[ap]\.?m|\s*o'?clock|st|nd|rd|th)",
    ),
    (
        "part",
        r"(?:in\s+the\s+)?(?P<part_alone>mornings?|afternoons?|evenings?|nights?)"
        r"|(?P<part_alone_zh>早上|早晨|清晨|上午|下午|傍晚|晚上)",
    ),
    ("every_part", r"每(?=[早晚])"),
    ("quarter_end", r"(?:the\s+)?end\s+of\s+(?:the\s+|each\s+|every\s+)?quarter|quarter[- ]?end|个?季度?[底末]"),
    ("month_end", r"(?:the\s+)?end\s+of\s+(?:the\s+|each\s+|every\s+)?month|month[- ]?end|月[底末]"),
    ("month_middle", r"(?:the\s+)?middle\s+of\s+(?:the\s+|each\s+|every\s+)?month|月中"),
    ("month_beginning", r"(?:the\s+)?(?:beginning|start)\s+of\s+(?:the\s+|each\s+|every\s+)?month|月初"),
    ("noon", r"noon|midday|正午|中午"),
    ("midnight", r"midnight|午夜|半夜"),
    (
        "ordinal",
        r"(?P<ordinal>first|second|third|fourth|fifth|last|[1-5](?:st|nd|rd|th)(?=(?:\s*(?:,|&|and)\s*[1-5](?:st|nd|rd|th))*\s+[a-z]+day))",
    ),
    (
        "ordinal_zh",
        rf"第(?P<ordinal_zh>{CHINESE})个?(?={_WEEK_ZH}|工作日|[天日]|个|\s*[、,和及与]\s*(?:第|最后))"
        r"|(?P<last_zh>最后)(?:的)?(?:一个?)?|(?P<beginning>首个)",
    ),
    ("workday", r"(?:work(?:ing)?|business)[ -]?days?|weekdays?|工作日|平日"),
    ("weekend", r"weekends?|周末|週末"),
    ("range", rf"(?P<from>{_WEEKDAY})\s*(?:-|–|~|to|through|till|until)\s*(?P<to>{_WEEKDAY})\b"),
    (
        "range_zh",
        rf"{_WEEK_ZH}(?P<from_zh>[一二三四五六日天])\s*(?:到|至|-|–|~)\s*{_WEEK_ZH}?(?P<to_zh>[一二三四五六日天])",
    ),
    ("weekday", rf"(?P<weekday>{_WEEKDAY})\b\.?"),
    (
        "weekday_zh",
        rf"{_WEEK_ZH}(?P<weekday_zh>[一二三四五六日天](?:\s*[、,和及]?\s*{_WEEK_ZH}?[一二三四五六日天](?![月号日点點时時个]))*)",
    ),
    ("weekday_digit", rf"{_WEEK_ZH}(?P<weekday_digit>[1-7])(?![\d:.点點时時次])"),
    (
        "month_day",
        rf"(?P<month_name>{_MONTH})(?:\s*(?P<month_day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d|\s*[ap]\.?m))?"
        rf"|(?P<day_before>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name_after>{_MONTH})",
    ),
    (
        "day_of_month",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)\b|day\s+(?P<day_plain>\d{1,2})(?!\s*(?:[ap]\.?m|o'?clock)|[:.\d])",
    ),
    ("day_of_month_zh", rf"(?P<day_zh>{CHINESE})\s*[日号號]"),
    ("month_zh", rf"(?P<month_zh>{CHINESE})月份?(?!一?次)"),
    ("quarter", r"quarter(?:ly|s)?|个?季度?"),
    ("month", r"monthly|months?|个?月"),
    ("week", r"weekly|weeks?|个?(?:周|週|星期|礼拜)"),
    ("day_unit", r"daily|days?|[天日]"),
    ("year", r"yearly|annually|years?|年"),
    ("bare", r"(?P<bare>\d{1,2})(?=\s*$)"),
    (
        "filler",
        r"(?:every|each|all|on|at|in|of|the|and|o'clock|per|a|an|once)\b|(?:from|starting)(?=\s+(?:at\s+)?\d{1,2}(?:[:.\s]|[ap]m|$))"
        r"|从(?=\D{0,2}\d{1,2}[点:])|[起开始]+|一(?=个?[天日周週星礼月季年])|[一1]次|[每逢在的和与及个,、，;；&+/()]|\s+",
    ),
)
SCANNER = re.compile("|".join(f"(?P<is_{name}>{pattern})" for name, pattern in TOKENS))
STEPS: Final = frozenset(name for name, _ in _STEPS)

WORDS: Final = tuple(
    "monday tuesday wednesday thursday friday saturday sunday weekday weekend workday working business first second "
    "third fourth last every other each daily weekly monthly quarterly yearly morning afternoon evening month week "
    "quarter january february march april june july august september october november december midnight noon".split()
)
"""What somebody may have meant who mistyped a word."""
