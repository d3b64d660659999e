"""Places that a question is about, of which what was found may say nothing: a tax of Estonia is not one of China.

What holds in one country or city holds in no other, so a text that does not speak of the place does not answer.
"""

from __future__ import annotations

import re

from rag.types import Language, Retrieval

_ENGLISH = (
    "argentina|australia|austria|bangladesh|belgium|brazil|bulgaria|cambodia|canada|chile|colombia|croatia|cyprus|czechia"
    "|denmark|egypt|estonia|ethiopia|finland|france|germany|ghana|greece|hong kong|hungary|iceland|india|indonesia|iran"
    "|iraq|ireland|israel|italy|japan|kazakhstan|kenya|latvia|lithuania|luxembourg|malaysia|malta|mexico|morocco|nepal"
    "|netherlands|new zealand|nigeria|norway|pakistan|peru|philippines|poland|portugal|qatar|romania|russia"
    "|saudi arabia|serbia|singapore|slovakia|slovenia|south africa|south korea|spain|sri lanka|sweden|switzerland"
    "|taiwan|thailand|tunisia|ukraine|united arab emirates|uruguay|uzbekistan|vietnam"
    "|alaska|arizona|california|colorado|connecticut|delaware|florida|hawaii|illinois|massachusetts|michigan|minnesota"
    "|nevada|new jersey|new york|ohio|oregon|pennsylvania|texas|utah|virginia|wyoming|ontario|quebec|bavaria|scotland"
    "|amsterdam|athens|bangalore|bangkok|barcelona|beijing|berlin|boston|brussels|chicago|copenhagen|dubai|dublin"
    "|guangzhou|hamburg|hangzhou|helsinki|istanbul|jakarta|lisbon|london|los angeles|madrid|manila|melbourne|milan"
    "|montreal|moscow|mumbai|munich|nairobi|oslo|paris|prague|rome|san francisco|sao paulo|seattle|seoul"
    "|shanghai|shenzhen|stockholm|sydney|taipei|tallinn|tel aviv|tokyo|toronto|vancouver|vienna|warsaw"
    "|washington|zurich"
)
_CHINESE = (
    "澳大利亚|奥地利|巴西|比利时|丹麦|德国|俄罗斯|法国|菲律宾|芬兰|韩国|荷兰|加拿大|柬埔寨|马来西亚|墨西哥|南非|尼日利亚|挪威|葡萄牙"
    "|日本|瑞典|瑞士|沙特|泰国|土耳其|乌克兰|西班牙|希腊|新加坡|新西兰|匈牙利|以色列|意大利|印度尼西亚|印尼|印度|英国|越南|智利"
    "|阿联酋|埃及|爱尔兰|爱沙尼亚|波兰|哈萨克斯坦|肯尼亚|香港|澳门|台湾"
    "|北京|上海|天津|重庆|广州|深圳|杭州|南京|苏州|武汉|成都|西安|长沙|青岛|厦门|合肥|郑州|济南|宁波|无锡|珠海|东莞|佛山|福州"
    "|昆明|贵阳|南宁|海口|大连|沈阳|哈尔滨|长春|石家庄|太原|兰州|乌鲁木齐|呼和浩特|海南|浙江|江苏|广东|福建|四川|湖北|湖南|山东"
    "|河南|河北|安徽|江西|陕西|云南|贵州|辽宁|吉林|黑龙江|新疆|西藏|内蒙古|宁夏|甘肃|青海|山西|广西"
    "|柏林|巴黎|伦敦|东京|首尔|纽约|硅谷|旧金山|洛杉矶|多伦多|悉尼|迪拜|慕尼黑"
)
_PLACES = {
    Language.EN: re.compile(rf"\b(?:{_ENGLISH})\b", re.IGNORECASE),
    Language.ZH: re.compile(_CHINESE),
}


_NEAREST = 3
"""Passages whose documents are looked at."""


def places_in(question: str, language: Language) -> tuple[str, ...]:
    """The countries, regions and cities that a question names."""
    pattern = _PLACES.get(language)
    return tuple(pattern.findall(question)) if pattern else ()


def lacks_place(question: str, retrieval: Retrieval) -> bool:
    """Whether a place is named of which the nearest documents say no word, as far as they were found.

    Nothing is concluded from texts in another language.
    """
    if not retrieval.passages or retrieval.passages[0].document.language != retrieval.language:
        return False
    nearest = {each.document.id for each in retrieval.passages[:_NEAREST]}
    own = [each for each in retrieval.quotable if each.document.id in nearest]
    told = "\n".join(
        "\n".join((each.document.title, *each.chunk.section, each.chunk.text, *each.chunk.questions)) for each in own
    ).lower()
    return any(place.lower() not in told for place in places_in(question, retrieval.language))
