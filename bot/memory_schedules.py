"""The books of schedules in memory, for `bot.memory_store`. No method awaits anything, so each is one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat import Place
from bot.records import AnswerRecord, QuestionRecord, QuestionState
from bot.replies import Reply
from bot.schedules.records import LONGEST_PAUSE, Asked, Figures, Fire, FireState, Schedule, Sighting, slowest_stages
from rag.types import DocumentId

_ENDED = (QuestionState.ANSWERED, QuestionState.REFUSED)


class MemorySchedules:
    """Schedules and when they were due; see `bot.schedules.books.ScheduleBook`."""

    def __init__(self) -> None:
        self._schedules: dict[str, Schedule] = {}
        self._fires: dict[tuple[str, datetime], Fire] = {}
        self._progress: dict[str, tuple[int, datetime]] = {}
        self._told: set[tuple[str, str]] = set()
        self._reports: dict[str, str] = {}

    async def save(self, schedule: Schedule) -> None:
        """Store a schedule."""
        self._schedules[schedule.id] = schedule

    async def get(self, schedule_id: str) -> Schedule | None:
        """One schedule."""
        return self._schedules.get(schedule_id)

    async def all(self) -> tuple[Schedule, ...]:
        """All of them."""
        return tuple(sorted(self._schedules.values(), key=lambda each: (each.place.channel_key, each.id)))

    async def remove(self, schedule_id: str) -> bool:
        """Forget a schedule and its postings."""
        self._fires = {key: fire for key, fire in self._fires.items() if key[0] != schedule_id}
        self._progress.pop(schedule_id, None)
        self._reports.pop(schedule_id, None)
        return self._schedules.pop(schedule_id, None) is not None

    async def plan(self, schedule_id: str, fires: Sequence[Fire], *, cursor: datetime) -> int:
        """Store the times at which it is due."""
        schedule = self._schedules.get(schedule_id)
        if schedule is None:
            return 0
        self._schedules[schedule_id] = replace(schedule, cursor=cursor)
        fresh = [fire for fire in fires if (fire.schedule_id, fire.due) not in self._fires]
        self._fires |= {(fire.schedule_id, fire.due): fire for fire in fresh}
        return len(fresh)

    async def lease(self, holder: str, *, now: datetime, until: datetime) -> Fire | None:
        """The next waiting one on which nobody works."""
        farthest = until + (until - now)
        ready = [
            fire
            for fire in self._fires.values()
            if fire.state is FireState.WAITING
            and (fire.retry_at <= now or (fire.due <= now and fire.retry_at > now + LONGEST_PAUSE))
            and (fire.leased_until is None or fire.leased_until <= now or fire.leased_until > farthest)
        ]
        if not ready:
            return None
        first = min(ready, key=lambda fire: (fire.retry_at, fire.due, fire.schedule_id))
        return self._put(replace(first, holder=holder, leased_until=until))

    async def renew(self, fire: Fire, *, until: datetime) -> bool:
        """Keep working on it."""
        held = self._held(fire)
        if held:
            self._put(replace(held, leased_until=until))
        return held is not None

    async def freeze(self, fire: Fire, content: Sequence[Reply], *, told: Sequence[str], seen: int) -> Fire | None:
        """Store what will be posted."""
        held = self._held(fire)
        if held is None or held.content is not None:
            return held
        return self._put(replace(held, content=tuple(content), told=tuple(told), seen=seen))

    async def postpone(self, fire: Fire, *, retry_at: datetime, note: str) -> None:
        """Let it go until later."""
        held = self._held(fire)
        if held:
            attempts = held.attempts + 1
            self._put(replace(held, retry_at=retry_at, note=note, attempts=attempts, holder="", leased_until=None))

    async def finish(self, fire: Fire, state: FireState, *, at: datetime, note: str = "") -> bool:
        """To an end, together with what it has told."""
        known = self._fires.get((fire.schedule_id, fire.due))
        if known is None or known.state is not FireState.WAITING:
            return False
        over = replace(known, state=state, note=note, content=None, told=(), holder="", leased_until=None)
        self._put(over)
        schedule = self._schedules[fire.schedule_id]
        if state is FireState.POSTED:
            self._told |= {(schedule.place.channel_key, key) for key in fire.told}
        seen = self._progress.get(fire.schedule_id, (-1, at))[0]
        if state in {FireState.POSTED, FireState.SILENT} and fire.seen >= seen:
            self._progress[fire.schedule_id] = (fire.seen, at)
        return True

    async def trouble(self, schedule_id: str, problem: str, *, report: str = "") -> bool:
        """Note why posting fails; whether that is news."""
        schedule = self._schedules.get(schedule_id)
        if schedule is None or schedule.trouble == problem:
            return False
        self._schedules[schedule_id] = replace(schedule, trouble=problem)
        self._reports[schedule_id] = report if problem else ""
        return True

    async def unreported(self) -> tuple[tuple[Schedule, str], ...]:
        """Schedules in trouble of which no admin has been told yet."""
        reports = ((each, self._reports.get(each.id, "")) for each in await self.all())
        return tuple((schedule, report) for schedule, report in reports if schedule.trouble and report)

    async def reported(self, schedule_id: str, report: str) -> None:
        """Note that an admin has been told."""
        if self._reports.get(schedule_id) == report:
            self._reports[schedule_id] = ""

    async def fires(self, schedule_id: str, *, limit: int) -> tuple[Fire, ...]:
        """The latest ones."""
        own = sorted((fire for key, fire in self._fires.items() if key[0] == schedule_id), key=lambda fire: fire.due)
        return tuple(replace(fire, content=None, told=()) for fire in own[::-1][:limit])

    async def progress(self, schedule_id: str) -> tuple[int, datetime] | None:
        """The sighting up to which it has told."""
        return self._progress.get(schedule_id)

    async def told(self, channel_key: str, keys: Collection[str]) -> frozenset[str]:
        """Those of the keys that were told to a channel."""
        return frozenset(key for key in keys if (channel_key, key) in self._told)

    async def next_retry(self) -> datetime | None:
        """When the next waiting one may be worked on."""
        waiting = [fire for fire in self._fires.values() if fire.state is FireState.WAITING]
        return min((max(fire.retry_at, fire.leased_until or fire.retry_at) for fire in waiting), default=None)

    def _held(self, fire: Fire) -> Fire | None:
        known = self._fires.get((fire.schedule_id, fire.due))
        held = known is not None and known.state is FireState.WAITING and known.holder == fire.holder
        return known if held else None

    def _put(self, fire: Fire) -> Fire:
        self._fires[fire.schedule_id, fire.due] = fire
        return fire


class MemorySightings:
    """What was seen in the library; see `bot.schedules.books.SightingBook`."""

    def __init__(self) -> None:
        self._seen: list[Sighting] = []

    async def note(self, versions: Mapping[DocumentId, str], *, at: datetime) -> int:
        """Store those that are new."""
        known = {(each.document_id, each.version) for each in self._seen}
        documents = {each.document_id for each in self._seen}
        for document, version in versions.items():
            if (document, version) not in known:
                number = len(self._seen) + 1
                changed = document in documents
                self._seen.append(
                    Sighting(number=number, document_id=document, version=version, at=at, changed=changed)
                )
        return len(self._seen)

    async def since(self, number: int) -> tuple[Sighting, ...]:
        """Those after a number."""
        return tuple(self._seen[number:])


class MemoryCommunity:
    """What was asked; see `bot.schedules.books.CommunityBook`. In memory nobody closes a gap."""

    def __init__(self, questions: Callable[[], Iterable[QuestionRecord]], answers: Mapping[str, AnswerRecord]) -> None:
        self._questions = questions
        self._answers = answers

    async def asked(self, place: Place, *, since: datetime, limit: int) -> tuple[Asked, ...]:
        """The latest questions of one channel with its threads."""
        found = self._of_channel(place, since)
        asked = (Asked(text=q.text, at=q.asked_at, answered=q.state is QuestionState.ANSWERED) for q in found)
        return tuple(asked)[:limit]

    async def unanswered(self, place: Place, *, since: datetime, limit: int) -> tuple[Asked, ...]:
        """Questions of one channel to which the library had no answer."""
        found = [each for each in self._of_channel(place, since) if each.state is QuestionState.REFUSED]
        return tuple(self._gap(each) for each in found)[:limit]

    async def lacking(self, place: Place, *, since: datetime, limit: int) -> tuple[Asked, ...]:
        """The same of a workspace's channels."""
        here = [each for each in self._questions() if _together(each.place, place) and not each.place.private]
        found = [each for each in here if each.state is QuestionState.REFUSED and self._gap(each).at > since]
        found.sort(key=lambda each: each.asked_at, reverse=True)
        return tuple(replace(self._gap(each), language=None, channel=each.place.channel_key) for each in found[:limit])

    async def figures(self, place: Place, *, since: datetime, until: datetime) -> Figures:
        """What was asked and answered in the place's workspace; ratings are not told in memory."""
        here = [each for each in self._questions() if _together(each.place, place) and since <= each.asked_at <= until]
        given = [self._answers.get(each.answer_id) for each in here]
        days = Counter((each.asked_at.astimezone(since.tzinfo).date().isoformat(), each.state) for each in here)
        names = sorted({day for day, state in days if state in _ENDED})
        return Figures(
            days=tuple((day, days[day, QuestionState.ANSWERED], days[day, QuestionState.REFUSED]) for day in names),
            failed=sum(each.state is QuestionState.FAILED for each in here),
            stages_ms=slowest_stages(each.answer.timings_ms for each in given if each is not None),
        )

    def _of_channel(self, place: Place, since: datetime) -> list[QuestionRecord]:
        own = (each for each in self._questions() if each.place.channel_key == place.channel_key)
        ended = [each for each in own if each.asked_at > since and each.state in _ENDED]
        return sorted(ended, key=lambda each: each.asked_at, reverse=True)

    def _gap(self, question: QuestionRecord) -> Asked:
        record = self._answers.get(question.answer_id)
        at = record.at if record else question.asked_at
        return Asked(text=question.text, at=at, answered=False, language=record.answer.language if record else None)


def _together(one: Place, other: Place) -> bool:
    return (one.platform, one.workspace) == (other.platform, other.workspace)
