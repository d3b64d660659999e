"""The sectors of companies by the words that people have for them, and what concerns a company. Pure.

A library files its documents under topics; people name the same sector in many words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from rag.terms import index_terms, query_terms
from rag.types import Document, DocumentId


def _words(english: str, chinese: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{english})(?![a-z])|{chinese}")


SECTORS: Mapping[str, re.Pattern[str]] = {
    "healthcare": _words(
        "health(?:[ -]?(?:care|tech))?|medical|medicine|med-?tech|clinic(?:s|al)?|hospitals?|pharma|biotech|doctors?",
        "医疗|健康|医学|医院|医药|医生|生物科技|看病|诊断",
    ),
    "education": _words("education(?:al)?|ed-?tech|schools?|teaching|learning platforms?", "教育|培训|学校|教学"),
    "finance": _words(
        "financ(?:e|ial)|fin-?tech|bank(?:s|ing)?|insurance|lending|credit", "金融|银行|保险|信贷|信用|理财"
    ),
    "legal": _words("legal(?:[ -]?tech)?|law(?:yers?| firms?)?", "法律|法务|律师"),
    "e-commerce": _words("e-?commerce|retail(?:ers?)?|online shops?|marketplaces?", "电商|零售|网店"),
    "marketing": _words("marketing|advertis(?:ing|ements?)|ad-?tech|copywriting", "营销|广告|文案"),
    "customer support": _words("customer (?:service|support)|help ?desks?|call cent(?:er|re)s?", "客服|客户服务"),
    "real estate": _words("real estate|property|prop-?tech|housing|homes?", "房地产|房产|房屋|买房"),
    "image generation": _words("images?|pictures?|art|drawing", "图像|图片|绘画|生图"),
    "hardware": _words("hardware|robots?|robotics|devices?|electronics", "硬件|机器人|消费电子"),
    "energy": _words("energy|climate|power grids?", "能源|电力|气候"),
}
"""Topics, and the words by which a text names them."""


_SAYS_NOTHING = frozenset(index_terms("your start up start-up startup stage pre company 创业公司"))
"""Words that stand in what is said of every company."""


def concerning(reader: str) -> Callable[[Document], bool]:
    """Tells of documents whether they concern a company, by what is said of it in a few words.

    A document does that is about one of its sectors, or that has one of its words in its title, its topics or its case.
    """
    sectors = sectors_of(reader)
    terms = set(query_terms(reader.replace("-", " "))) - _SAYS_NOTHING
    known: dict[DocumentId, bool] = {}

    def concerns(document: Document) -> bool:
        if document.id not in known:
            case = (document.case.sector or "", document.case.stage or "") if document.case else ()
            told = " \n ".join((document.title, *document.topics, *case))
            known[document.id] = not (sectors.isdisjoint(sectors_of(told)) and terms.isdisjoint(index_terms(told)))
        return known[document.id]

    return concerns


def sectors_of(text: str) -> frozenset[str]:
    """The sectors that a text names."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(sector for sector, words in SECTORS.items() if words.search(plain))


def without_sectors(text: str) -> str:
    """A plain text without the words that name a sector."""
    for words in SECTORS.values():
        text = words.sub(" ", text)
    return text
