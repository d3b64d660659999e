"""`resources`: what founders can use for a need, a short ranked list with why each fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.commands import basic
from bot.commands.call import Call
from bot.commands.profiling import company, header, known_profile
from bot.commands.registry import Argument, ArgumentKind, Command, Registry
from bot.records import Profile
from bot.wording import Say
from rag.kinds.resource import Cost, Resource, ResourceKind
from rag.kinds.values import Stage
from rag.kinds.wording import LANGUAGES, named, stage_range
from rag.resource_shelf import Leaning, Offer, Offers, ResourceShelf
from rag.resource_words import Wanted
from rag.types import Language

_SHOWN = 5
_CHOICES = ("kind", "stage", "cost", "language")


def command(registry: Callable[[], Registry]) -> Command:
    """The command. The registry is handed in late, for it holds it."""
    choices = {
        "kind": tuple(ResourceKind),
        "stage": tuple(Stage),
        "cost": tuple(Cost),
        "language": (Language.ZH, Language.EN),
    }
    bounds = [Argument(name=name, kind=ArgumentKind.CHOICE, choices=tuple(choices[name])) for name in _CHOICES]
    return Command(name="resources", run=Resources(registry).find, arguments=(Argument(name="need"), *bounds))


class Resources:
    """What the command does."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    async def find(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Shows the resources that fit best, or how to ask for some."""
        wanted, profile = _wanted(arguments), await known_profile(call)
        shelf = ResourceShelf(call.means.library, call.means.retriever, call.means.resources)
        found = await shelf.find(
            wanted, scope=await call.own_scope(), language=call.language, leaning=_leaning(profile)
        )
        if found.empty:
            await call.whisper(call.words(Say.RESOURCE_EMPTY))
        elif not arguments:
            await call.whisper(self._hint(call))
        elif not found.offers:
            text = call.words(Say.RESOURCE_NONE, wanted=_asked(call, arguments))
            await call.whisper(f"{text}\n{self._hint(call)}")
        else:
            await _show(call, arguments, found, profile)

    def _hint(self, call: Call) -> str:
        command = self._registry().find("resources")
        usage = basic.usage_of(call, self._registry(), command.command) if command else ""
        kinds = call.words(Say.LIST_SEPARATOR).join(_choices(call, "kind").values())
        return f"{call.words(Say.RESOURCE_HINT, usage=usage)}\n{call.words(Say.ALL_THAT_IS, kinds=kinds)}"


def _wanted(arguments: Mapping[str, str]) -> Wanted:
    return Wanted(
        need=arguments.get("need", ""),
        kind=ResourceKind(arguments["kind"]) if "kind" in arguments else None,
        stage=Stage(arguments["stage"]) if "stage" in arguments else None,
        cost=Cost(arguments["cost"]) if "cost" in arguments else None,
        language=Language(arguments["language"]) if "language" in arguments else None,
    )


def _leaning(profile: Profile | None) -> Leaning:
    if profile is None:
        return Leaning()
    return Leaning(stage=profile.stage, sector=profile.sector, language=profile.language)


async def _show(call: Call, arguments: Mapping[str, str], found: Offers, profile: Profile | None) -> None:
    say = Say.RESOURCE_RELAXED if found.relaxed else Say.RESOURCE_TITLE
    shown = found.offers[:_SHOWN]
    used = profile is not None and company(call, profile) and any(offer.leaning for offer in shown)
    blocks = [call.words(say, wanted=_asked(call, arguments))]
    if profile and used:
        blocks.append(header(call, profile))
    asked = "" if found.relaxed else _bounds(call, found.wanted)
    blocks += [_told(call, number, offer, asked=asked) for number, offer in enumerate(shown, start=1)]
    if len(found.offers) > _SHOWN:
        blocks.append(
            call.words(Say.RESOURCE_MORE, more=len(found.offers) - _SHOWN, example=_example(call, found.wanted))
        )
    citations = tuple(replace(offer.citation, number=number) for number, offer in enumerate(shown, start=1))
    await call.whisper("\n\n".join(blocks), citations=citations)


def _example(call: Call, wanted: Wanted) -> str:
    """A bound that was not asked for yet, as it is typed."""
    open_to = {"kind": wanted.kind, "cost": wanted.cost, "language": wanted.language, "stage": wanted.stage}
    usual = {"kind": ResourceKind.COURSE, "cost": Cost.FREE, "language": call.language, "stage": Stage.SEED}
    name = next((each for each, value in open_to.items() if value is None), "kind")
    words = call.means.wording.command("resources", call.language).arguments[name]
    return f"{words.name}={words.choices[usual[name]]}"


def _bounds(call: Call, wanted: Wanted) -> str:
    """What a resource had to be, as it was understood, in the reader's words."""
    bounds = {"kind": wanted.kind, "stage": wanted.stage, "cost": wanted.cost, "language": wanted.language}
    told = [_choices(call, name)[value] for name, value in bounds.items() if value is not None]
    return call.words(Say.LIST_SEPARATOR).join(told)


def _asked(call: Call, arguments: Mapping[str, str]) -> str:
    """What was asked for, in the reader's words."""
    bounds = [_choices(call, name)[arguments[name]] for name in _CHOICES if name in arguments]
    return call.words(Say.LIST_SEPARATOR).join(part for part in (arguments.get("need", ""), *bounds) if part)


def _choices(call: Call, argument: str) -> Mapping[str, str]:
    return call.means.wording.command("resources", call.language).arguments[argument].choices


def _told(call: Call, number: int, offer: Offer, *, asked: str) -> str:
    """One resource: its name, what it is for, why it fits, on which terms, and where."""
    record = offer.record
    if record is None:
        return _of_document(call, number, offer)
    lines = [
        f"**{number}. {_name(call, record)}** ({_terms(call, record)})[{number}]",
        record.purpose.of(call.language),
    ]
    if reasons := _reasons(call, offer, asked=asked):
        lines.append(call.words(Say.RESOURCE_FITS, reasons=reasons))
    return "\n".join([*lines, record.url])


def _of_document(call: Call, number: int, offer: Offer) -> str:
    document = offer.citation.document
    terms = [call.words(Say.RESOURCE_UNSAID)]
    if document.licence:
        terms.append(call.words(Say.RESOURCE_LICENCE, licence=document.licence))
    if document.date:
        terms.append(call.words(Say.RESOURCE_AS_OF, month=document.date.isoformat()[:7]))
    name = offer.citation.section[-1] if offer.citation.section else document.title
    lines = [f"**{number}. {name}** ({_enumerated(call, terms)})[{number}]", offer.citation.quote]
    lines.append(call.words(Say.RESOURCE_FITS, reasons=_reasons(call, offer) or call.words(Say.RESOURCE_NEAR)))
    return "\n".join([*lines, *([document.url] if document.url else [])])


def _name(call: Call, record: Resource) -> str:
    return record.name_zh if call.language is Language.ZH and record.name_zh else record.name


def _terms(call: Call, record: Resource) -> str:
    terms = [_choices(call, "kind")[record.kind], _choices(call, "cost")[record.cost]]
    if record.licence:
        terms.append(call.words(Say.RESOURCE_LICENCE, licence=record.licence))
    if "multi" not in record.languages:
        terms.append(named(record.languages, LANGUAGES, call.language))
    terms.append(call.words(Say.RESOURCE_AS_OF, month=record.as_of))
    return _enumerated(call, terms)


def _reasons(call: Call, offer: Offer, *, asked: str = "") -> str:
    reasons = []
    if offer.matched:
        quoted = [f"“{word}”" for word in offer.matched]
        reasons.append(call.words(Say.RESOURCE_MATCHES, words=call.words(Say.LIST_SEPARATOR).join(quoted)))
    if offer.record and asked:
        reasons.append(call.words(Say.RESOURCE_ASKED, bounds=asked))
    if offer.record:
        stages = stage_range(offer.record.stages, call.language)
        reasons.append(call.words(Say.RESOURCE_STAGES, stages=stages))
    if offer.leaning:
        reasons.append(call.words(Say.RESOURCE_PROFILE))
    return _enumerated(call, reasons)


def _enumerated(call: Call, parts: Sequence[str]) -> str:
    return ("；" if call.language is Language.ZH else "; ").join(parts)
