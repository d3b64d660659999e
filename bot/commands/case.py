"""`case` and `compare`: case studies of the library, as cards and side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from bot.chat import Press
from bot.commands import basic
from bot.commands.call import Call
from bot.commands.case_cards import card, comparison, line
from bot.commands.profiling import header, known_profile
from bot.commands.registry import Argument, Command, Registry
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import Profile
from bot.replies import Action, Option, Select
from bot.wording import Say
from rag.cases import Case, CaseLibrary, Findings
from rag.terms import index_terms, query_terms
from rag.types import PUBLIC

_LISTED = 10
_OPTIONS = 25
_PAIR = 2
"""Cases in a list that one may speak of as "they"."""

_OPTION_CHARACTERS = 75
"""Slack's limit for the label of an option; Discord's is 100."""

_COMPARE = re.compile(
    r"(?:compare|versus|对比|比较)(?:\s*[:：]\s*|\s+|(?=[^\sA-Za-z]))(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_ALIKE = 0.75
"""How alike a mistyped name must be to the one that is proposed."""

_BETWEEN = re.compile(r"\s*[,，、;；|&]\s*|\s+(?:vs\.?|versus|with|and)\s+|\s*(?:和|与|跟)\s*", re.IGNORECASE)


def commands(registry: Callable[[], Registry]) -> tuple[Command, Command]:
    """The two commands. The registry is handed in late, for it holds them."""
    cases = Cases(registry)
    return (
        Command(name="case", run=cases.find, arguments=(Argument(name="query", complete=companies),)),
        Command(
            name="compare",
            run=cases.compare,
            arguments=(Argument(name="companies", required=True, complete=companies),),
        ),
    )


class Cases:
    """What the two commands do."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    async def find(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Shows the case that was looked for, a list where several fit, or all."""
        text = arguments.get("query", "")
        pair = _COMPARE.fullmatch(text.strip())
        if pair:
            await self.compare(call, {"companies": pair["rest"]})
            return
        library, scope = _library(call), await call.own_scope()
        everything = await library.all(scope=scope, language=call.language)
        if not everything:
            await call.whisper(call.words(Say.CASE_EMPTY))
        elif not text:
            await _list(call, everything, call.words(Say.CASE_ALL, count=len(everything)))
        else:
            found = await library.find(text, scope=scope, language=call.language)
            await self._found(call, text, found, everything)

    async def compare(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Puts two companies side by side."""
        everything = await _library(call).all(scope=await call.own_scope(), language=call.language)
        names = await _two_names(call, arguments["companies"])
        if not everything:
            await call.whisper(call.words(Say.CASE_EMPTY))
        elif len(names) != 2:
            command = self._registry().find("compare")
            usage = basic.usage_of(call, self._registry(), command.command) if command else ""
            await call.whisper(call.words(Say.CASE_TWO, usage=usage))
        else:
            chosen = [await _the_one(call, name, everything) for name in names]
            if chosen[0] and chosen[1]:
                await _compare(call, chosen[0], chosen[1])

    async def _found(self, call: Call, text: str, found: Findings, everything: Sequence[Case]) -> None:
        cases = found.cases
        if not cases:
            await call.whisper(_unknown(call, text, everything))
        elif found.near:
            await _list(call, cases, call.words(Say.CASE_NEAR, wanted=text))
        elif len(cases) == 1:
            await _show(call, cases[0], everything)
        else:
            await _list(call, cases, call.words(Say.CASE_MANY, count=len(cases)))
            if len(cases) == _PAIR:
                await _noted(call, *cases)


async def show(call: Call, press: Press) -> None:
    """Shows the case that was chosen from a list."""
    everything = await _library(call).all(scope=await call.own_scope(), language=call.language)
    case = _chosen(everything, press.values[0] if press.values else "")
    if case is None:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return
    await _show(call, case, everything)


async def compare_with(call: Call, press: Press) -> None:
    """Puts the chosen case beside the one whose card was shown."""
    everything = await _library(call).all(scope=await call.own_scope(), language=call.language)
    first = _chosen(everything, press.payload.subject)
    second = _chosen(everything, press.values[0] if press.values else "")
    if first is None or second is None:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return
    await _compare(call, first, second)


async def companies(call: Call, typed: str) -> Sequence[str]:
    """Companies whose names hold what was typed, behind the last comma; what stands before it is kept."""
    parts = list(re.finditer(r"[,，、]\s*", typed))
    before, wanted = (typed[: parts[-1].end()], typed[parts[-1].end() :]) if parts else ("", typed)
    cases = await _library(call).all(scope=await call.own_scope(), language=call.language)
    names = [case.facts.company for case in cases if _is_called(case, wanted)]
    return [f"{before}{name}" for name in names if name not in before][:_OPTIONS]


def _library(call: Call) -> CaseLibrary:
    return CaseLibrary(call.means.library, call.means.retriever)


def _is_called(case: Case, typed: str) -> bool:
    return any(typed.strip().casefold() in name.casefold() for name in case.names)


def _chosen(cases: Sequence[Case], document: str) -> Case | None:
    return next((case for case in cases if document in {version.id for version in case.versions}), None)


async def _two_names(call: Call, text: str) -> list[str]:
    """The names in a text: between commas and the like, else where a blank parts two companies that are known."""
    names = [name for name in _BETWEEN.split(text.strip()) if name]
    words = text.split()
    if len(names) != 1 or len(words) < 2:
        return names
    library, scope = _library(call), await call.own_scope()
    for cut in range(1, len(words)):
        halves = [" ".join(words[:cut]), " ".join(words[cut:])]
        found = [await library.named(half, scope=scope, language=call.language) for half in halves]
        if all(len(cases) == 1 for cases in found):
            return halves
    return names


async def _the_one(call: Call, name: str, everything: Sequence[Case]) -> Case | None:
    """The one case of a name; None after telling why there is none."""
    found = await _library(call).named(name, scope=await call.own_scope(), language=call.language)
    if len(found) == 1:
        return found[0]
    if not found:
        await call.whisper(_unknown(call, name, everything))
    else:
        await call.whisper(call.words(Say.CASE_WHICH, name=name, companies=_names(call, found)))
    return None


def _unknown(call: Call, text: str, everything: Sequence[Case]) -> str:
    known = call.words(Say.CASE_KNOWN, companies=_names(call, everything))
    meant = _meant(text, everything)
    told = [call.words(Say.CASE_NONE, wanted=text), call.words(Say.CASE_MEANT, name=meant) if meant else "", known]
    return "\n".join(filter(None, told))


def _meant(text: str, everything: Sequence[Case]) -> str:
    """The company whose name somebody may have mistyped."""
    names = {name.casefold(): name for case in everything for name in case.names}
    # People leave out what stands behind the first word: "Olvie" for Olive AI.
    first = {name.split()[0]: told for name, told in names.items() if " " in name}
    near = get_close_matches(text.strip().casefold(), [*names, *first], n=1, cutoff=_ALIKE)
    return (names | {key: told for key, told in first.items() if key not in names})[near[0]] if near else ""


def _names(call: Call, cases: Sequence[Case]) -> str:
    return call.words(Say.LIST_SEPARATOR).join(case.facts.company for case in cases)


async def _list(call: Call, cases: Sequence[Case], title: str) -> None:
    profile = await known_profile(call)
    ordered = _ordered(cases, profile)
    lines = [line(call, case) for case in ordered[:_LISTED]]
    if len(ordered) > _LISTED:
        lines.append(call.words(Say.LIBRARY_MORE, more=len(ordered) - _LISTED))
    told = header(call, profile) if profile and ordered != [*cases] else ""
    text = "\n\n".join(part for part in (title, told, "\n".join(lines)) if part)
    await call.whisper(
        text, actions=_select(call, Say.CASE_CHOOSE, Payload(verb=Verb.CASE, argument=_spoken(call)), ordered)
    )


def _ordered(cases: Sequence[Case], profile: Profile | None) -> list[Case]:
    """Cases of the reader's own sector first, otherwise as they were."""
    sector = set(query_terms(profile.sector)) if profile and profile.sector else set()
    return sorted(cases, key=lambda case: not sector & _sector_terms(case))


def _sector_terms(case: Case) -> set[str]:
    facts = [version.case for version in case.versions if version.case]
    topics = [topic for version in case.versions for topic in version.topics]
    return set(index_terms(" \n ".join([*(each.sector or "" for each in facts), *topics])))


async def _show(call: Call, case: Case, everything: Sequence[Case]) -> None:
    grounds = await _library(call).grounds(case, scope=await call.own_scope())
    others = [each for each in everything if each.document.id != case.document.id]
    near = sorted(others, key=lambda each: -len(_sector_terms(case) & _sector_terms(each)))
    payload = Payload(verb=Verb.COMPARE, subject=case.document.id, argument=_spoken(call))
    await call.whisper(
        card(call, case, grounds),
        citations=grounds.citations,
        actions=_select(call, Say.CASE_COMPARE_WITH, payload, near[:5]),
    )
    await _noted(call, case)


async def _noted(call: Call, *cases: Case) -> None:
    """Lets "who founded it?" and "how are they different?" follow, where everybody may read of the cases."""
    if all(PUBLIC in case.document.audience for case in cases):
        first, *others = (case.facts.company for case in cases)
        pair = {"first": first, "second": others[0]} if others else {}
        await call.note(call.words(Say.CASE_TOPICS, **pair) if pair else call.words(Say.CASE_TOPIC, name=first))


async def _compare(call: Call, first: Case, second: Case) -> None:
    if first.document.id == second.document.id:
        await call.whisper(call.words(Say.CASE_SAME, name=first.facts.company))
        return
    library, scope = _library(call), await call.own_scope()
    left = await library.grounds(first, scope=scope)
    right = await library.grounds(second, scope=scope, first=len(left.citations) + 1)
    await call.whisper(comparison(call, (first, left), (second, right)), citations=(*left.citations, *right.citations))
    await _noted(call, first, second)


def _select(call: Call, label: Say, payload: Payload, cases: Sequence[Case]) -> tuple[tuple[Action, ...], ...]:
    options = tuple(
        Option(label=case.facts.company[:_OPTION_CHARACTERS], value=case.document.id) for case in cases[:_OPTIONS]
    )
    return ((Select(placeholder=call.words(label), payload=payload, options=options),),) if options else ()


def _spoken(call: Call) -> str:
    return call.language.value
