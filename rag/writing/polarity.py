"""Whether two texts say opposite things in the same words: a negation or an antonym on one side alone. Pure.

The rule is lexical and errs on the side of doubt only where the words around agree: it compares clause with clause.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.extract.words import asked_words, words_of

_CLAUSE_END = re.compile(
    r"[，,；;。！？!?：:\n|—]+|(?<=[a-z0-9])\.(?=\s|$)|\b(?:but|while|whereas|although|because|and|or)\b|但是?|然而|而(?!非|是)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[。！？!?\n]+|(?<=[a-z0-9])\.(?=\s|$)")
_NEGATED = re.compile(
    r"不(?![断同仅但过少久止管论妨足及良到超])|没有?(?!收)|未(?!来|必)|从未|并非|绝非|无[法须需]|毋须|切勿|勿|禁止|拒绝"
    r"|\b(?:not(?! only| just| merely)|never|no(?! matter| doubt|\.)|cannot|nor|neither|none|nobody|nothing)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_MAYBE_NEGATED = re.compile(
    r"[不没未无非别勿免缺少难防停拒禁反失弃除否]"
    r"|\b(?:without|avoid\w*|lack\w*|fail\w*|refus\w*|instead|rather|hardly|stop\w*|prevent\w*|unable|un[a-z]{4,}"
    r"|exclud\w*|except|less|few|little|reject\w*|ban(?:s|ned)?|forbid\w*|prohibit\w*|den(?:y|ied|ies)|no|nor|not"
    r"|never|cannot|neither|none|nobody|nothing|only|dis[a-z]{4,}|im[a-z]{5,}|in(?:sufficient|adequate)\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
_OPPOSITES: Sequence[tuple[re.Pattern[str], re.Pattern[str]]] = tuple(
    (re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for one, other in (
        (
            r"\b(?:increas|ris(?:e|es|ing|en)\b|rose\b|grow|grew\b|gain)|增加|增长|上升|提高|上涨",
            r"\b(?:decreas|declin|fall(?:s|en|ing)?\b|fell\b|drop|shr[iau]nk|los[est])|减少|下降|降低|下跌",
        ),
        (
            r"\b(?:more|higher|above|over|at least)\b|高于|多于|超过|至少",
            r"\b(?:less|fewer|lower|below|under|at most)\b|低于|少于|不足|至多",
        ),
        (r"\bbefore\b|之前|以前", r"\bafter\b|之后|以后"),
        (r"\b(?:succe)|成功", r"\bfail|失败"),
        (r"\b(?:allow|permit)|允许", r"\b(?:forbid|prohibit|ban)|禁止|不得"),
        (r"\b(?:cheap)|便宜", r"\b(?:expensive|costl)|昂贵"),
        (r"\b(?:first|earl(?:y|ier))\b|最早|首先", r"\b(?:last|late|later)\b|最晚|最后"),
    )
)
_ALIKE = 0.6
"""Share of a clause's words that another has to hold before their polarity is compared."""

_VERBATIM = 0.9
"""The share from which on a clause is a copy of another, whose negations can be counted."""


def contradicts(claim: str, source: str, *, same_language: bool) -> bool:
    """Whether a claim denies what a source affirms, affirms what it denies, or turns it into its opposite.

    Across languages clauses cannot be matched: there, a claim is doubted when it denies and nothing in the source does.
    """
    if not same_language:
        return bool(_NEGATED.search(claim)) and not _MAYBE_NEGATED.search(source)
    # Whole sentences, too: "X and should stay below 20" is one statement on X in two clauses.
    pieces = [*_CLAUSE_END.split(source), *_SENTENCE_END.split(source)]
    sources = {piece: words_of(_plain(piece)) for piece in pieces if piece.strip()}
    return any(_contradicted(clause, sources) for clause in _CLAUSE_END.split(claim) if clause.strip())


def _contradicted(clause: str, sources: Mapping[str, frozenset[str]]) -> bool:
    """Whether a clause contradicts the pieces of a source, each with its words, that are most like it."""
    wanted = set(asked_words(_plain(clause)))
    if not wanted:
        return False
    shares = [(len(wanted & words) / len(wanted), source) for source, words in sources.items()]
    best = max((share for share, _ in shares), default=0.0)
    if best < _ALIKE:
        return bool(_NEGATED.search(clause)) and not any(_MAYBE_NEGATED.search(source) for source in sources)
    equals = [(share, source) for share, source in shares if share >= best - 0.1]
    return all(_opposed(clause, source, verbatim=share >= _VERBATIM) for share, source in equals)


def _opposed(one: str, other: str, *, verbatim: bool) -> bool:
    if _denies(one, other) or _denies(other, one):
        return True
    if verbatim and len(_NEGATED.findall(one)) != len(_NEGATED.findall(other)):
        return not _words_for_no(one) ^ _words_for_no(other)
    return any(
        (up.search(one) and not down.search(one) and down.search(other) and not up.search(other))
        or (down.search(one) and not up.search(one) and up.search(other) and not down.search(other))
        for up, down in _OPPOSITES
    )


def _denies(one: str, other: str) -> bool:
    """Whether a text has a negation for which the other has no word of its own."""
    return bool(_NEGATED.search(one)) and not (_NEGATED.search(other) or _words_for_no(other) - _words_for_no(one))


def _words_for_no(text: str) -> frozenset[str]:
    return frozenset(found[0].lower() for found in _MAYBE_NEGATED.finditer(text))


def _plain(clause: str) -> str:
    """A clause without its negations: they are what is compared, not what the clauses are matched by."""
    return re.sub(r"\b(?:do|does|did|can|will|should|would|could|is|are|was|were)n['’]t\b|[不没未]", " ", clause)
