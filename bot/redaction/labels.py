"""What the words around a number say it is: somebody's phone, a bank card, an order, or an amount of something."""

from __future__ import annotations

import re
from enum import Enum, auto

_REACH = 48
_UNIT_REACH = 16


class Label(Enum):
    """What a label says of the number behind it."""

    PHONE = auto()
    CARD = auto()
    RESIDENT_ID = auto()
    OTHER = auto()
    """A number that belongs to no person: an order, a company, a book, a moment."""


_PHONE = r"""
    电话|電話|手机|手機|座机|联系方式|联系人?|致电|拨打|传真|热线|来电|短信|微信|打给
    |(?:tele)?phones?|mobile|cell(?:phone)?|tel|whats\ ?app|wechat|fax|hotline|landline|sms
    |(?:text|reach)\ (?:me|us|him|her|them)|(?:call|ring|contact|dial)(?:\ (?:me|us|him|her|them))?
    |(?:my|our|his|her|their)\ number|[我他她]的号码?
"""
_CARD = r"""
    银行卡|信用卡|借记卡|储蓄卡|工资卡|卡号|账号|帐号|账户|银联
    |(?:bank|credit|debit|visa)\ cards?|cards?|visa|mastercard|amex|unionpay|account
"""
_RESIDENT = r"身份证|身份證|证件|(?:resident\ |citizen\ |national\ |identity\ )?(?:identity\ card|id(?:\ card)?)"
_OTHER = r"""
    (?:订单|工单|流水|发票|运单|快递|注册|识别|专利|批次|序列|版本|书|备案|合同|证书|交易|请求|任务|消息|频道|案件|编|税)号码?
    |信用代码|时间戳|条码|上限|下限|预算|参数量|词元|营收|收入|估值|销量|日活|月活|随机种子|种子|税号
    |(?:order|invoice|ticket|tracking|registration|company|serial|case|reference|batch|part|patent|build|channel|guild
    |server|message|user|request|trace|run|job|transaction|account|session|customer|team)\ (?:ids?|no\.?|number|ref)
    |(?:max|min|total|prompt|context)?[ _]?tokens?|budget|limit|arr|mrr|gmv|dau|mau|revenue|valuation|param(?:eter)?s
    |isbn(?:-1[03])?|issn|ean|upc|gtin|ein|vat|duns|doi|sku|barcode|timestamp|epoch|seed|snowflake|commit|arxiv|uscc
"""
_LABELS = re.compile(
    rf"""(?=[^\W\d_])(?<![A-Za-z])(?:(?P<OTHER>{_OTHER})|(?P<PHONE>{_PHONE})|(?P<CARD>{_CARD})|(?P<RESIDENT_ID>{_RESIDENT}))
    (?![A-Za-z])""",
    re.VERBOSE | re.IGNORECASE,
)
_LINK = re.compile(
    r"""(?:[ \t:=("'*`#~-]|号码?|號碼?|是|为|為|请|就|打|可|加|上|用|设|约|后|到|一下
    |(?<![A-Za-z])(?:numbers?|no\.?|nr\.?|ids?|is|was|at|on|me|us|him|her|them|to|or|of|my|the|anytime|directly)(?![A-Za-z])
    )*+""",
    re.VERBOSE | re.IGNORECASE,
)
_BREAK = re.compile(r"[,;。!?\n\ufffc]|\d{3}")
_MONEY = re.compile(r"(?:[$¥€£₹]|USD|RMB|CNY|EUR|GBP|US\$|人民币|美元) ?\Z", re.IGNORECASE)
_UNIT = re.compile(
    r"""[ ]?(?:
    个(?!人|号|电)|次(?!日)|元|美元|美金|人民币|欧元|日元|韩元|港币|万|亿|条|字节|字符|毫秒|微秒|纳秒|秒|参数|步|样本|请求|词|%|€
    |(?:[KMBG]?(?:tokens?|params?|parameters|users?|dollars?|USD|RMB|CNY|EUR|yuan|bytes?|rows?|requests?|steps?|samples?
    |characters?|words?|documents?|vectors?|records?|calls?|queries|customers|downloads|visits|views|images|FLOPs?
    |ms|ns|us|seconds?|GB|MB|KB|TB))(?![A-Za-z])
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def label_before(text: str, start: int) -> Label | None:
    """What the nearest label in front of `start` says, where nothing but linking words stand between."""
    window = _BREAK.split(text[max(0, start - _REACH) : start])[-1]
    nearest = None
    for match in _LABELS.finditer(window):
        nearest = match
    if nearest is None or not _LINK.fullmatch(window, nearest.end()):
        return None
    return Label[nearest.lastgroup or "OTHER"]


def is_amount(text: str, start: int, end: int) -> bool:
    """Whether the number counts something: money stands before it, or a unit behind it."""
    return bool(_MONEY.search(text[max(0, start - _UNIT_REACH) : start]) or _UNIT.match(text, end))
