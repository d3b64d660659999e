"""The words by which people say when: a pattern for each, in the order in which they are tried."""

from __future__ import annotations

import re

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
_NUMBER = r"\d{1,2}|[零〇一二两三四五六七八九十]{1,3}"
TOKENS: tuple[tuple[str, str], ...] = (
    ("since", r"(?:from|starting|beginning|since|从|自)?\s*(?P<since>\d{4}-\d{2}-\d{2})\s*(?:起|开始)?"),
    (
        "clock",
        r"(?P<part>上午|早上|早晨|清晨|中午|下午|傍晚|晚上|晚|凌晨)?\s*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})\s*(?P<half>[ap]\.?m\.?(?![a-z]))?",
    ),
    ("clock_en", r"(?P<hour_en>\d{1,2})\s*(?P<half_en>[ap]\.?m\.?(?![a-z])|o'?clock)"),
    (
        "clock_zh",
        rf"(?P<part_zh>上午|早上|早晨|清晨|中午|下午|傍晚|晚上|晚|凌晨)?\s*(?P<hour_zh>{_NUMBER})\s*[点點时時]"
        rf"(?:(?P<half_zh>半)|(?P<quarter_zh>[一三])刻|(?P<minute_zh>{_NUMBER})分?|整|钟)?",
    ),
    ("clock_bare", r"at\s+(?P<hour_bare>\d{1,2})(?![\d:.]|\s*[ap]\.?m|\s*o'?clock|st|nd|rd|th)"),
    (
        "part",
        r"(?:in\s+the\s+)?(?P<part_alone>mornings?|afternoons?|evenings?)|(?P<part_alone_zh>早上|早晨|清晨|上午|下午|傍晚|晚上)",
    ),
    (
        "second_week",
        r"every\s+(?:other|second(?!.*month)|two|2)\s*(?:weeks?(?:\s+on)?)?(?=\s|$)|bi-?weekly|fortnight(?:ly)?|每?隔(?=(?:周|週|星期|礼拜)[一二三四五六日天])|每?隔(?:周|週|星期)的?|每?隔一(?:个)?(?:周|週|星期)的?|每?(?:两|二|2)\s*个?(?:周|週|星期)(?:一次)?",
    ),
    ("month_end", r"(?:the\s+)?end\s+of\s+(?:the\s+|each\s+|every\s+)?month|month[- ]?end|月[底末]"),
    ("month_middle", r"(?:the\s+)?middle\s+of\s+(?:the\s+|each\s+|every\s+)?month|月中"),
    ("month_beginning", r"(?:the\s+)?(?:beginning|start)\s+of\s+(?:the\s+|each\s+|every\s+)?month|月初"),
    ("noon", r"noon|midday|正午|中午"),
    ("midnight", r"midnight|午夜|半夜"),
    ("ordinal", r"(?P<ordinal>first|second|third|fourth|fifth|last|[1-5](?:st|nd|rd|th)(?=\s+[a-z]+day))"),
    (
        "ordinal_zh",
        rf"第(?P<ordinal_zh>{_NUMBER})个?(?=周|週|星期|礼拜|工作日|[天日]|个)|(?P<last_zh>最后)(?:的)?(?:一个?)?|(?P<beginning>首个)",
    ),
    ("workday", r"(?:work(?:ing)?|business)[ -]?days?|weekdays?|工作日"),
    ("weekend", r"weekends?|周末|週末"),
    ("range", rf"(?P<from>{_WEEKDAY})\s*(?:-|–|~|to|through)\s*(?P<to>{_WEEKDAY})\b"),
    (
        "range_zh",
        r"(?:周|週|星期|礼拜)(?P<from_zh>[一二三四五六日天])\s*(?:到|至|-|–|~)\s*(?:周|週|星期|礼拜)?(?P<to_zh>[一二三四五六日天])",
    ),
    ("weekday", rf"(?P<weekday>{_WEEKDAY})\b\.?"),
    (
        "weekday_zh",
        r"(?:周|週|星期|礼拜)(?P<weekday_zh>[一二三四五六日天](?:\s*[、,和及]?\s*(?:周|週|星期|礼拜)?[一二三四五六日天](?![月号日点點时時个]))*)",
    ),
    (
        "day_of_month",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)\b|day\s+(?P<day_plain>\d{1,2})(?!\s*(?:[ap]\.?m|o'?clock)|[:.\d])",
    ),
    ("day_of_month_zh", rf"(?P<day_zh>{_NUMBER})\s*[日号號]"),
    ("quarter", r"quarter(?:ly|s)?|个?季度?"),
    ("month", r"monthly|months?|个?月"),
    ("week", r"weekly|weeks?|个?(?:周|週|星期|礼拜)"),
    ("day_unit", r"daily|days?|[天日]"),
    ("filler", r"(?:every|each|all|on|at|in|of|the|and|o'clock|per|a)\b|[每逢在的和与及个,、，;；&+/()]|\s+"),
)
SCANNER = re.compile("|".join(f"(?P<is_{name}>{pattern})" for name, pattern in TOKENS))
