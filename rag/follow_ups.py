"""Makes a follow-up stand alone by rules: "and in China?" asks nothing without the question before it. Pure.

A follow-up points back (a pronoun, an opening such as "and" or "那", a closing "呢") or holds too little to search.
Its words take the place of what they stand for where that is plain, else the question before goes in front of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.asking import as_question, plainly
from rag.language import detect_language
from rag.opposites import with_opposite
from rag.ports import Query
from rag.terms import query_terms
from rag.types import Language, Question, Turn

_TURNS = 6
"""Questions back to which a conversation is followed."""

_FOCI = 2
"""Follow-ups in a row that are kept behind the question with which they began."""

_FEW = {Language.ZH: 2}
_FEW_WORDS = 1
"""Terms up to which a question says too little by itself: in Chinese these are pairs of characters."""

_OPENING = re.compile(
    r"^\W*(?:(?:那么?(?![个些样里家]|种(?!子))|还有|另外|此外|然后|再有|换成|如果换成|要是|那如果是?|那要是)[，,\s]*"
    r"|(?:and|but|or|so|also|then|plus|ok(?:ay)?|what about|how about|what of|what if it(?:'s| is))\b[,\s]*)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"呢?[\s?？。.!！]*$")
_ENDS_IN_NE = re.compile(r"^.{0,14}呢[\s?？。!！]*$")
_WHOLE = re.compile(
    r"^\W*(?:why(?: not| so)?|how(?: so| come)?|when|where|who|which(?: ones?)?|how (?:much|many|long|often)|really"
    r"|(?:for|any|an?|some|more|give me (?:an?|some)) (?:examples?|others?|details?|more)|tell me more"
    r"|(?:what|anything) else"
    r"|(?:后来|接着|具体|比如|例如|举(?:例|个例|几个例)|除此之外|(?:还有)?(?:别的|其[他它])(?:呢|的|办法|选择|方案|例子)).*"
    r"|(?:常[犯见用]|主要|优[点势]|优?缺[点陷]|[好坏]处|利弊|区别|步骤|原因|风险|例子|条件|要求|流程|后果|影响|依据).{0,8}"
    r"|(?:what(?:'s|’s| is| are)? )?(?:the |its |any )?(?:main |usual |common |typical )?"
    r"(?:steps?|pros(?: and cons)?|cons|risks?|benefits?|downsides?|drawbacks?|costs?|(?:dis)?advantages?"
    r"|differences?|alternatives?|requirements?))\W*$",
    re.IGNORECASE,
)
_COMPLETE = re.compile(
    r"^\W*(?:什么|啥)是|有哪些.{1,12}的(?:案例|公司|企业)\W*$|^\W*what(?:['’]s| is| are) (?:an? )?[\w-]+\W*$",
    re.IGNORECASE,
)
"""Few words that ask something by themselves: for a definition, for the cases of a kind."""

_EMPTY = re.compile(
    r"这样|那样|这[个些种]|那[个些种]|别的|其[他它]|前者|后者|上述|具体|比如|例如|举例|后来|接着|还有|为什么会?|怎么会"
    r"|\b(?:example|detail|else|instead|happen|mean|work|matter)s?\b",
    re.IGNORECASE,
)
"""Words that a follow-up says of any topic."""

_ZH_PRONOUN = re.compile(
    r"(?:它|(?<![其吉排])他|她)们?(?!人)|这[家个](?:公司|项目|产品|案例)|该(?:公司|项目|产品|案例)"
)
_ZH_POINTER = re.compile(
    r"这(?!里)|那[个些种样里家]|前者|后者|上述|上面|刚才|以上|其中|同样|另一|除此|第[一二三四五六]个(?=\W*$|[呢怎如是有为能该])"
)
_EN_PRONOUN = re.compile(r"\b(?:its|it|their|they|them|he|she|him|his|her)\b", re.IGNORECASE)
_EN_POINTER = re.compile(
    r"\b(?:these|those|theirs|former|latter|same|such|otherwise|instead(?! of)|else|there\b(?=\W*$))\b"
    r"|\bthis\b(?! (?:year|month|week|quarter|day))"
    r"|\bthat\b(?=\W*$| (?:one|company|case|way|kind|product|approach|happen|mean|work|matter|cost)s?\b)"
    r"|\b(?:does|do|did|is|was|after|before|about|like|make|avoid|prevent|fix|improve|measure|solve|reduce) that\b"
    r"|\bones?\b(?=\W*$)",
    re.IGNORECASE,
)
_EMPTY_IT = re.compile(
    r"\bit\b(?=(?: \w+)? (?:takes?|costs?|makes? sense|ok(?:ay)?|worth|better|best|possible|legal|safe|true|normal|hard"
    r"|easy|necessary|wise|smart|good|bad|enough)\b.*\b(?:to|if|that|for|when|\w+ing)\b)"
    r"|\bit\b(?= (?:ok(?:ay)?|worth|better|possible|legal|safe|true|normal|hard|easy|necessary|wise) )",
    re.IGNORECASE,
)
"""The "it" of "is it worth raising money": it stands for nothing that was said before."""

_SEVERAL = re.compile(
    r"它们(?:两[家个]|俩|之间)?|他们(?:两[家个]|俩|之间)?|这两[家个](?:公司|项目|产品|案例)?|那两[家个]|两者|二者|两家"
    r"|\b(?:they|them|both(?: of them)?|the two(?: of them)?|these two|those two|each other)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"区别|不同|差[别异]|相比|对比|比较|共同|相同|一样|异同|谁更|哪[个家]更"
    r"|\b(?:differ\w*|compar\w*|contrast|in common|alike|similar\w*|versus|vs|better|apart)\b",
    re.IGNORECASE,
)
_ZH_SUBJECT = re.compile(
    r"(?:请问|那么?)?(?P<name>[一-鿿]{2,8}?)"
    r"(?=(?:的(?:案例|故事))?(?:到底|究竟|当年|后来|当初)?(?:是|会)?(?:为什么|为何|怎么|怎样|如何|何时|什么时候|靠什么))"
)

_MOST_COMPARED = 3
_COMPARISON = re.compile(
    r"对比(?:一下)?|比较(?:一下)?|相比|(?:有)?(?:什么|啥|何)?(?:的)?(?:区别|不同|差别|差异|异同)(?:是什么|在哪里?)?|哪个更?好"
    r"|\b(?:compare|comparison|versus|vs|(?:what(?:['’]s| is) the )?difference|differ(?:s|ent)?|how do(?:es)?)\b",
    re.IGNORECASE,
)
_JOINTS = re.compile(
    r"\b(?:and|or|with|to|from|of|between|the|a)\b|[和与跟同及、,，.。?？!！\s/-]|请|有什么", re.IGNORECASE
)

_NAME = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z0-9][\w.+#&/-]*(?: [A-Z0-9][\w.+#&/-]*)*|[a-z][\w.+#&/-]*)", re.ASCII)
_SENTENCE_START = re.compile(r"(?:^|[.!?。！？:：]\s*)[\"'“‘(（]*$")
_ONLY_NAMED = re.compile(
    r"\b(?:an?|the|in|for|with|at|by|under|of|ones?|model|用|对|在|的)\b|[\s的用对在是]", re.IGNORECASE
)


def depends(text: str) -> bool:
    """Whether a text is likely to ask nothing without the question before it."""
    if continues(text):
        return True
    if _COMPLETE.search(text):
        return False
    few = _FEW.get(detect_language(text), _FEW_WORDS)
    return len(query_terms(text)) <= few and not list(_names(text))


def continues(text: str) -> bool:
    """Whether a text says by its words that it goes on from something that was said before."""
    return bool(_OPENING.match(text) or _ENDS_IN_NE.search(text) or _WHOLE.match(text)) or _points_back(text)


class RuleQueries:
    """Makes follow-ups stand alone by rules, and searches what is compared; implements `rag.ports.QueryMaker`."""

    async def queries(self, question: Question, language: Language) -> tuple[Query, ...]:
        """The question as it was asked, as it stands alone when that is another text, and the names that it compares.

        As it was asked it is left out where the other says all of it. With a name in a pronoun's place it still has
        every word that was asked; "how are they different?", searched by itself, would only find whatever speaks of
        differences.
        """
        asked, *forms = forms_of(question)
        told = [form for form in forms if set(query_terms(asked.text)) <= set(query_terms(form.text))]
        first = tuple(told) if told and not told[0].wanted else (asked, *forms)
        return (*first, *compared((forms or [asked])[0].text))


def forms_of(question: Question) -> tuple[Query, ...]:
    """The question as it was asked and, when that is another text, as it stands alone.

    Of what goes behind another question the opening and the closing are left out: "那种子轮呢？" looks for "种子轮".
    """
    alone = standalone(question.text, question.history)
    asked = Query(text=focus_of(question.text) if alone.wanted else question.text)
    return asked, *([alone] if alone.text != question.text else ())


def standalone(text: str, history: Sequence[Turn]) -> Query:
    """The question as one asks it who was not there before; unchanged when it already stands alone.

    Args:
        text: what was asked last.
        history: the exchanges before, oldest first.
    """
    topic: list[str] = []
    spoken_of: list[str] = []
    for asked in (*(turn.question for turn in history[-_TURNS:]), text):
        compared = _with_both(spoken_of, asked.strip())
        topic = [compared] if compared else _continued(topic, asked.strip()) if topic and depends(asked) else [asked]
        named = [*_names(topic[0]), *([] if any(_names(topic[0])) else [_chinese_subject(topic[0])])]
        spoken_of = [name for name in spoken_of if name not in named] + [name for name in named if name]
    if len(topic) == 1:
        return Query(text=as_question(plainly(topic[0])))
    return Query(text=" ".join([*map(_ended, topic[:-1]), topic[-1]]), wanted=_added(topic[-1]))


def names_of(text: str) -> tuple[str, ...]:
    """Names, abbreviations and figures of a text, in its order."""
    return tuple(_names(text))


def compared(text: str) -> tuple[Query, ...]:
    """The names in a comparison that consists of nothing else: each may have a document of its own."""
    names = tuple(dict.fromkeys(_names(f"- {text}"))) if _COMPARISON.search(text) else ()
    left = _COMPARISON.sub("", text)
    for name in sorted(names, key=len, reverse=True):
        left = left.replace(name, "")
    if not 1 < len(names) <= _MOST_COMPARED or _JOINTS.sub("", left):
        return ()
    return tuple(Query(text=name, wanted=tuple(query_terms(" ".join(names)))) for name in names)


def _added(focus: str) -> tuple[str, ...]:
    """The terms by which a follow-up names something of its own; a lone character is a verb of any topic."""
    return tuple(term for term in query_terms(_EMPTY.sub(" ", focus)) if len(term) > 1 or term.isascii())


def _continued(topic: Sequence[str], asked: str) -> list[str]:
    """The question in its context: with a name put in, or behind the question that it goes on from."""
    if swapped := (
        _with_other_name(topic[0], asked) or with_opposite(topic[0], focus_of(asked)) or _with_referent(topic[0], asked)
    ):
        return [swapped]
    return [topic[0], *[*topic[1:], focus_of(asked)][-_FOCI:]]


def _with_both(spoken_of: Sequence[str], asked: str) -> str:
    """ "How are they different?" after two were spoken of asks about both; "" for any other question."""
    several = _SEVERAL.search(asked)
    if several is None or not _COMPARES.search(asked) or len(spoken_of) < 2 or any(_names(asked)):
        return ""
    both = (" 和 " if detect_language(asked) is Language.ZH else " and ").join(spoken_of[-2:])
    return asked[: several.start()] + both + asked[several.end() :]


def _chinese_subject(topic: str) -> str:
    """Who a Chinese question without Latin names is about: 沃森健康 in 沃森健康为什么失败; "" where nothing shows."""
    found = _ZH_SUBJECT.match(topic)
    return found["name"] if found else ""


def _with_other_name(topic: str, asked: str) -> str:
    """ "and DeepSeek?" after "What does OpenAI charge?" asks what DeepSeek charges; "" for any other follow-up."""
    # Behind a dash, a name that opens the follow-up does not look like the capital of a sentence.
    named, known = list(_names(f"- {focus_of(asked)}")), list(_names(topic)) or [_chinese_subject(topic)]
    if len(named) != 1 or len(known) != 1 or not known[0] or not (_OPENING.match(asked) or _ENDS_IN_NE.search(asked)):
        return ""
    if _ONLY_NAMED.sub("", focus_of(asked).replace(named[0], "", 1)):
        return ""
    return topic.replace(known[0], named[0])


def _with_referent(topic: str, asked: str) -> str:
    """ "Who bought it?" after "Why did Watson Health fail?" asks who bought Watson Health; "" without a name."""
    known = next(_names(topic), "")
    pronoun = _pronoun(asked)
    if not known or not pronoun:
        return ""
    owned = pronoun[0].lower() in {"its", "their", "his"}
    return asked[: pronoun.start()] + known + ("'s" if owned else "") + asked[pronoun.end() :]


def _pronoun(text: str) -> re.Match[str] | None:
    """The first pronoun that stands for something outside the text: no name comes before it."""
    empty = {match.start() for match in _EMPTY_IT.finditer(text)}
    told = (match for match in _EN_PRONOUN.finditer(text) if match.start() not in empty)
    found = _ZH_PRONOUN.search(text) or next(told, None)
    return None if found and next(_names(text[: found.start()]), "") else found


def _points_back(text: str) -> bool:
    return bool(_pronoun(text) or _ZH_POINTER.search(text) or _EN_POINTER.search(text))


def focus_of(asked: str) -> str:
    """What a follow-up adds, without its opening and its closing; the whole when nothing else is left."""
    return _CLOSING.sub("", _OPENING.sub("", asked, count=1)).strip() or asked


def _ended(part: str) -> str:
    """A part that cannot run together with what follows it."""
    return (
        part if part.endswith(tuple("?？.。!！;；")) else part + ("；" if detect_language(part) is Language.ZH else ";")
    )


def _names(text: str) -> Iterator[str]:
    """Names, abbreviations and figures: the Latin words of a Chinese text, else what has a capital or a digit."""
    chinese = detect_language(text) is Language.ZH
    for match in _NAME.finditer(text):
        name = match[0].rstrip(".-")
        opens = _SENTENCE_START.search(text[: match.start()]) is not None and not _is_mixed(name)
        if chinese or _is_mixed(name) or (name[0].isupper() and name != "I" and not opens):
            yield name


def _is_mixed(name: str) -> bool:
    return any(character.isdigit() for character in name) or any(character.isupper() for character in name[1:])
