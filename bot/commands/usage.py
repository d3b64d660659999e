"""`admin usage`: what was asked and how it went by day, channel and topic, and how the parts fare. No names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.channel_rules import channel_labels, effective_settings
from bot.commands.call import Call
from bot.commands.settings import hidden_topics
from bot.commands.steering import paused_line
from bot.records import Outcome, QuestionState, Rating, UsageCount
from bot.saying_oversight import OverSay
from bot.schedules.records import FireState
from bot.usage import CHANNEL, DIRECT, ERRORS, EVENTS, MODEL, PROMPT, STAGE, TOPIC, WHOLE, percentile_ms
from bot.wording import Say

_DAYS, _MOST_DAYS = 7, 366
_CHANNELS, _TOPICS, _STAGES, _PEOPLE, _SCHEDULES = 8, 8, 6, 3, 6
_LISTED_DAYS = 14
_HASH = 8
_TOTAL = "total"
"""A stage of an answer that is all of them together."""

_Tally = Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Counts of one workspace; those of models, stages and errors are the program's, which all of them share."""

    days: Mapping[date, _Tally] = field(default_factory=lambda: defaultdict(Counter))
    channels: Mapping[str, _Tally] = field(default_factory=lambda: defaultdict(Counter))
    topics: Mapping[tuple[str, str], _Tally] = field(default_factory=lambda: defaultdict(Counter))
    people: _Tally = field(default_factory=Counter)
    stages: Mapping[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    models: Mapping[str, _Tally] = field(default_factory=lambda: defaultdict(Counter))
    prompts: Mapping[str, _Tally] = field(default_factory=lambda: defaultdict(Counter))
    events: _Tally = field(default_factory=Counter)
    errors: _Tally = field(default_factory=Counter)

    @property
    def all(self) -> _Tally:
        """All of the workspace's channels together."""
        return sum(self.channels.values(), _Tally())


def used_of(counts: Iterable[UsageCount], *, workspace: str) -> Used:
    """Counts told apart by what they are about; those of all workspaces where none is named."""
    used = Used()
    for each in counts:
        _take_in(used, each, workspace)
    return used


async def show(call: Call, what: str) -> None:
    """Tells how the bot was used. Raises StoreFailed, DeliveryFailed."""
    typed = what.strip()
    if typed and not (typed.isdecimal() and 0 < int(typed[:6]) <= _MOST_DAYS):
        await call.refuse(call.words(OverSay.USAGE_DAYS, value=typed[:20], most=_MOST_DAYS))
        return
    days = int(typed or _DAYS)
    if call.means.oversight is not None:
        await call.means.oversight.meter.flush()
    today = call.means.now().date()
    counts = await call.means.store.usage.counts(since=today - timedelta(days=days - 1), until=today)
    used = used_of(counts, workspace="" if call.everywhere else f"{call.place.platform}/{call.place.workspace}")
    blocks = [call.words(OverSay.USAGE_TITLE, days=days), _summary(call, used)]
    if used.channels:
        blocks += [_by_day(call, used), _by_channel(call, used), await _by_topic(call, used), _times(call, used)]
    blocks += [await _state(call, used)]
    await call.whisper("\n\n".join(block for block in blocks if block), rows=[*_rows(used)])


def _rows(used: Used) -> Iterator[Mapping[str, Any]]:
    """The counts as plain values: of each day, each channel and each topic of its answers, then of the program."""
    for day in sorted(used.days):
        yield {"day": day.isoformat(), **used.days[day]}
    for channel in sorted(used.channels):
        yield {"channel": channel, **used.channels[channel]}
    for channel, topic in sorted(used.topics):
        yield {"topic": topic, "in": channel, **used.topics[channel, topic]}
    for name, times in sorted(used.stages.items()):
        yield {"stage": name, "p50_ms": percentile_ms(times, 50), "p95_ms": percentile_ms(times, 95)}
    for name, counted in sorted(used.models.items()):
        yield {"model": name, **counted}
    yield {"people": len(used.people), "events": dict(used.events), "errors": dict(used.errors)}


def _take_in(used: Used, each: UsageCount, workspace: str) -> None:
    kind, _, about = each.subject.partition(" ")
    beneath = f"{workspace}/" if workspace else ""
    if kind == CHANNEL and about.startswith(beneath):
        used.channels[about][each.name] += each.amount
        used.days[each.day][each.name] += each.amount
    elif kind == TOPIC and about.startswith(beneath):
        channel, _, topic = about.partition(" ")
        used.topics[channel, topic][each.name] += each.amount
    elif kind == STAGE and each.name.isdecimal():
        used.stages[about][int(each.name)] += each.amount
    elif kind in {MODEL, PROMPT}:
        (used.models if kind == MODEL else used.prompts)[about][each.name] += each.amount
    elif kind in {EVENTS, ERRORS}:
        (used.events if kind == EVENTS else used.errors)[each.name] += each.amount
    elif each.name == f"questions {workspace}" or (not workspace and each.name.startswith("questions ")):
        used.people[each.subject] += each.amount


def _summary(call: Call, used: Used) -> str:
    counted = used.all
    total = _total(counted)
    if not total:
        return call.words(OverSay.USAGE_NONE)
    answered = counted[QuestionState.ANSWERED]
    lines = [
        call.words(
            OverSay.USAGE_SUM,
            total=total,
            answered=answered,
            share=f"{round(100 * answered / total)} %",
            refused=counted[QuestionState.REFUSED],
            failed=_failed(counted),
        ),
        call.words(OverSay.USAGE_RATED, **_ratings(counted)),
    ]
    if used.people:
        most = (f"`{person[:_HASH]}` ({count})" for person, count in used.people.most_common(_PEOPLE))
        listed = call.words(Say.LIST_SEPARATOR).join(most)
        lines.append(call.words(OverSay.USAGE_PEOPLE, count=len(used.people), most=listed))
    turned = {each.value: used.events[each] for each in (Outcome.BUSY, Outcome.LIMITED, Outcome.DENIED, Outcome.PAUSED)}
    if any(turned.values()):
        lines.append(call.words(OverSay.USAGE_TURNED, **turned))
    return "\n".join(lines)


def _by_day(call: Call, used: Used) -> str:
    lines = [_line(call, day.isoformat(), used.days[day]) for day in sorted(used.days)[-_LISTED_DAYS:]]
    return "\n".join([call.words(OverSay.USAGE_BY_DAY), *lines])


def _by_channel(call: Call, used: Used) -> str:
    most = sorted(used.channels, key=lambda channel: (-_total(used.channels[channel]), channel))[:_CHANNELS]
    lines = [_line(call, _channel(call, channel), used.channels[channel]) for channel in most]
    return "\n".join([call.words(OverSay.USAGE_BY_CHANNEL), *lines])


def _channel(call: Call, channel: str) -> str:
    workspace, _, name = channel.rpartition("/")
    if call.everywhere:
        return f"`{channel if name != DIRECT else f'{workspace}: {call.words(OverSay.USAGE_DIRECT)}'}`"
    return call.words(OverSay.USAGE_DIRECT) if name == DIRECT else f"`{name.replace('`', '')}`"


async def _by_topic(call: Call, used: Used) -> str:
    """Topics of answers in channels whose readers may see no more than those who read this."""
    own, hidden = await call.labels(), await hidden_topics(call)
    readable = {
        channel: channel_labels(await effective_settings(call.means.store.settings, channel)) <= own
        for channel in {channel for channel, _ in used.topics}
        if not channel.endswith(f"/{DIRECT}")
    }
    topics = defaultdict[str, _Tally](Counter)
    for (channel, topic), counted in used.topics.items():
        if readable.get(channel) and topic not in hidden:
            topics[topic].update(counted)
    most = sorted(topics, key=lambda topic: (-topics[topic]["answers"], topic))[:_TOPICS]
    lines = [
        call.words(
            OverSay.USAGE_TOPIC,
            name=topic,
            count=topics[topic]["answers"],
            **_ratings(topics[topic]),
        )
        for topic in most
    ]
    return "\n".join([call.words(OverSay.USAGE_BY_TOPIC), *lines]) if lines else ""


def _times(call: Call, used: Used) -> str:
    stages = [name for name in used.stages if name not in {WHOLE, _TOTAL}]
    slowest = sorted(stages, key=lambda name: (-percentile_ms(used.stages[name], 95), name))[:_STAGES]
    lines = [
        call.words(
            OverSay.USAGE_STAGE,
            name=call.words(OverSay.USAGE_WHOLE) if name == WHOLE else call.means.telling.stage(name, call.language),
            half=_time(percentile_ms(used.stages[name], 50)),
            most=_time(percentile_ms(used.stages[name], 95)),
        )
        for name in [*([WHOLE] if WHOLE in used.stages else []), *slowest]
    ]
    return "\n".join([call.words(OverSay.USAGE_TIMES), *lines]) if lines else ""


async def _state(call: Call, used: Used) -> str:
    lines = [call.words(OverSay.USAGE_MODELS)]
    if paused := paused_line(call):
        lines.append(f"- {paused}")
    if call.means.index is not None:
        counts = await call.means.index.library.counts()
        lines.append(call.words(OverSay.USAGE_INDEX, documents=counts.documents, chunks=counts.chunks))
    for name, counted in sorted(used.models.items()):
        told = {"answers": counted["answers"], "tokens": counted["tokens"]}
        lines.append(call.words(OverSay.USAGE_MODEL, name=name, **told, **_ratings(counted)))
    for name, counted in sorted(used.prompts.items()):
        lines.append(call.words(OverSay.USAGE_PROMPT, name=name[:_HASH], **_ratings(counted)))
    if not used.models:
        lines.append(call.words(OverSay.USAGE_NO_MODEL))
    if call.means.oversight is not None:
        waiting, running = call.means.oversight.gauges.queue()
        size = call.means.oversight.steering.limits.queue_size
        lines.append(call.words(OverSay.USAGE_QUEUE, waiting=waiting, running=running, size=size))
    listed = call.words(Say.LIST_SEPARATOR).join(f"{name} {count}" for name, count in used.errors.most_common())
    lines.append(call.words(OverSay.USAGE_ERRORS, errors=listed) if listed else call.words(OverSay.USAGE_NO_ERRORS))
    return "\n".join([*lines, *await _schedules(call)])


async def _schedules(call: Call) -> list[str]:
    """The posts of this workspace: when each is due next, and which failed the last time."""
    own = (call.place.platform, call.place.workspace)
    lines: list[str] = []
    for each in await call.means.schedules.all():
        near = call.everywhere or (each.place.platform, each.place.workspace) == own
        if not near or not each.active or len(lines) >= _SCHEDULES:
            continue
        due = call.means.schedules.next(each)
        last = await call.means.store.schedules.fires(each.id, limit=1)
        failed = bool(each.trouble) or any(fire.state is FireState.FAILED for fire in last)
        say = OverSay.USAGE_SCHEDULE_FAILED if failed else OverSay.USAGE_SCHEDULE
        lines.append(call.words(say, name=each.id, due=f"{due:%Y-%m-%d %H:%M} UTC" if due else "–"))
    return lines


def _line(call: Call, name: str, counted: _Tally) -> str:
    return call.words(
        OverSay.USAGE_LINE,
        name=name,
        total=_total(counted),
        answered=counted[QuestionState.ANSWERED],
        refused=counted[QuestionState.REFUSED],
        failed=_failed(counted),
        **_ratings(counted),
    )


def _ratings(counted: _Tally) -> dict[str, int]:
    return {"up": counted[Rating.UP], "down": counted[Rating.DOWN]}


def _total(counted: _Tally) -> int:
    return sum(counted[state] for state in QuestionState if state.ended)


def _failed(counted: _Tally) -> int:
    return counted[QuestionState.FAILED] + counted[QuestionState.INTERRUPTED] + counted[QuestionState.EXPIRED]


def _time(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:g} s"
