"""What people call time zones beside their IANA names: cities, countries, abbreviations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PLACES: Final[Mapping[str, str]] = {
    "Asia/Shanghai": "北京 北京时间 中国 中国时间 中国标准时间 东八区 上海 深圳 广州 杭州 成都 武汉 南京 苏州 重庆 "
    "西安 天津 厦门 beijing china shenzhen guangzhou hangzhou chengdu wuhan nanjing suzhou xiamen",
    "Asia/Hong_Kong": "香港 hkt",
    "Asia/Taipei": "台北 台湾 taiwan",
    "Asia/Singapore": "新加坡 sgt",
    "Asia/Tokyo": "东京 日本 大阪 jst japan osaka",
    "Asia/Seoul": "首尔 韩国 kst korea",
    "Asia/Kolkata": "印度 孟买 班加罗尔 德里 india mumbai bangalore bengaluru delhi new_delhi hyderabad",
    "Asia/Dubai": "迪拜",
    "Asia/Bangkok": "曼谷",
    "Asia/Jakarta": "雅加达",
    "Asia/Kuala_Lumpur": "吉隆坡",
    "Asia/Ho_Chi_Minh": "胡志明市 hanoi",
    "Asia/Jerusalem": "特拉维夫 以色列 tel_aviv israel",
    "Australia/Sydney": "悉尼 aest aedt",
    "Australia/Melbourne": "墨尔本",
    "Europe/London": "伦敦 英国 bst uk england edinburgh cambridge oxford manchester",
    "Europe/Berlin": "柏林 德国 慕尼黑 cet cest germany munich hamburg frankfurt cologne",
    "Europe/Paris": "巴黎 法国 france lyon",
    "Europe/Amsterdam": "阿姆斯特丹",
    "Europe/Zurich": "苏黎世 geneva switzerland",
    "Europe/Madrid": "barcelona spain",
    "Europe/Rome": "milan italy",
    "Europe/Athens": "eet eest",
    "Europe/Lisbon": "wet west",
    "Europe/Moscow": "莫斯科 msk",
    "America/New_York": "纽约 波士顿 华盛顿 美东 美国东部 est edt et eastern "
    "eastern_time nyc boston washington miami atlanta",
    "America/Chicago": "芝加哥 cdt ct central_time austin dallas houston",
    "America/Denver": "丹佛 mst mdt mt mountain_time",
    "America/Los_Angeles": "旧金山 洛杉矶 西雅图 硅谷 美西 美国西部 pst pdt pt pacific pacific_time "
    "san_francisco sf la seattle silicon_valley bay_area palo_alto san_diego san_jose",
    "America/Toronto": "多伦多",
    "America/Vancouver": "温哥华",
    "America/Sao_Paulo": "圣保罗",
    "UTC": "gmt z 世界协调时",
}

CALLED: Final[Mapping[str, str]] = {name: zone for zone, names in _PLACES.items() for name in names.split()}
"""IANA names by what people say, in small letters and with `_` between words."""

AMBIGUOUS: Final[Mapping[str, tuple[str, str]]] = {
    "cst": ("Asia/Shanghai", "America/Chicago"),
    "ist": ("Asia/Kolkata", "Asia/Jerusalem"),
    "ast": ("America/Halifax", "Asia/Riyadh"),
}
"""Abbreviations that mean two places, hours apart."""

BESIDE_THE_HOUR: Final[Mapping[str, str]] = {
    "+3:30": "Asia/Tehran",
    "+4:30": "Asia/Kabul",
    "+5:30": "Asia/Kolkata",
    "+5:45": "Asia/Kathmandu",
    "+6:30": "Asia/Yangon",
    "+9:30": "Australia/Darwin",
    "-3:30": "America/St_Johns",
}
"""Distances from UTC that are no whole hours, by zones that keep them."""
