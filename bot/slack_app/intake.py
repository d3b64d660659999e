"""What becomes of each thing that Slack hands over: read, taken in by the engine, and only then acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot.chat import Address, Deleted, Incoming, Message, MessageRef, Place, Press
from bot.errors import AdapterFailed, DeliveryFailed
from bot.payloads import Payload
from bot.records import Outcome
from bot.remembered import Remembered
from bot.rights import Groups
from bot.running.plugging import Receive
from bot.slack_app.adapter import SlackChat
from bot.slack_app.arrivals import Said, said_in
from bot.slack_app.directory import Directory
from bot.slack_app.failures import is_not_offered
from bot.slack_app.home import page_after
from bot.slack_app.parse import Body, parse, people_of
from bot.slack_app.reactions import Reactions
from bot.slack_app.reader import Reader
from bot.slack_app.streams import Stream
from bot.slack_app.traces import Traces
from bot.slack_app.welcome import Welcome
from bot.wording import Say, Wording, spoken
from rag.errors import InvalidInput

log = logging.getLogger(__name__)

_COURTESIES_AT_ONCE = 10
_REMEMBERED = 5_000
_GIVEN_UP = frozenset({Outcome.CANCELLED, Outcome.STOPPED})
_LET_IN = frozenset({Outcome.ACCEPTED, Outcome.JOINED, Outcome.BUSY, Outcome.LIMITED})
"""What is decided of a message for good, so that another event of it has nothing to add."""

_HANDING_IN = frozenset({Address.DM, Address.MENTION})
"""How a message speaks to the bot whose files are taken."""

_OPENINGS = frozenset({"app_home_opened", "assistant_thread_started"})
_FAREWELLS = {
    "app_uninstalled": "the app was removed from the workspace; install it again and set its new token",
    "tokens_revoked": "the bot's token was revoked; install the app again and set its new token",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What reading takes besides a body."""

    directory: Directory
    groups: Groups
    reader: Callable[[], Reader]
    traces: Traces
    chat: SlackChat
    wording: Wording
    welcome: Welcome
    reactions: Reactions


class Intake:
    """Takes in what Slack hands over; several bodies may be under way at once."""

    def __init__(self, office: Office, receive: Receive) -> None:
        self._office = office
        self._receive = receive
        self._courtesies: set[asyncio.Task[None]] = set()
        self._not_offered: set[str] = set()
        self._elsewhere: set[str] = set()
        self._let_in: Remembered[Said, Outcome] = Remembered(_REMEMBERED)
        self._over = asyncio.Event()
        self._reason = ""
        office.chat.streams.on_stop = self._stopped

    async def ended(self) -> None:
        """Raises AdapterFailed when Slack says that it is over with this token."""
        await self._over.wait()
        raise AdapterFailed(self._reason, retryable=False)

    async def take(self, body: Body) -> None:
        """Returns when the body may be acknowledged.

        Raises:
            StoreFailed: it was not taken in; without an acknowledgement Slack hands it over again.
        """
        if not self._office.reader().identity.is_meant(body):
            self._let_pass(str(body.get("team_id")))
            return
        if body.get("type") == "app_rate_limited":
            # Of more than 30,000 an hour Slack tells no more; what was said meanwhile nobody has heard.
            log.warning("slack_holds_events_back", extra={"minute": body.get("minute_rate_limited")})
        self._heed_farewell(body)
        self._heed_groups(body)
        await self._heed_stop(body)
        self._greet(body)
        said = said_in(body)
        if said is None:
            await self._take_in(body)
            return
        async with self._office.chat.arrivals.turn(said):
            if self._let_in.get(said) is None:
                await self._take_in(body)

    async def close(self) -> None:
        """Ends what is still going on beside the work."""
        for task in list(self._courtesies):
            task.cancel()
        await asyncio.gather(*self._courtesies, return_exceptions=True)

    def _let_pass(self, team: str) -> None:
        """A socket brings the events of all workspaces that the app is in; in another one our token opens nothing."""
        if team not in self._elsewhere:
            self._elsewhere.add(team)
            log.warning("events_of_another_workspace_are_let_pass", extra={"workspace": team})

    async def _take_in(self, body: Body) -> None:
        try:
            body = await self._office.reactions.completed(body)
            incoming = await self._read(body)
        except InvalidInput as error:
            # Slack would hand over the same again, which would not be read either.
            log.warning("not_read", extra={"error": str(error)})
            return
        if incoming is None:
            return
        self._office.traces.note(body, incoming)
        receipt = await self._receive(incoming)
        if isinstance(incoming, Message) and receipt.outcome in _LET_IN:
            self._let_in.keep((incoming.place.channel, incoming.message_id), receipt.outcome)
        if page := page_after(incoming, self._office.reader()):
            await self._receive(page)
        if receipt.outcome is Outcome.ACCEPTED and isinstance(incoming, Message):
            self._receive_kindly(incoming)
        if receipt.outcome in _GIVEN_UP:
            # The sign of work goes with the next message, and there may be none.
            self._offer("status", partial(self._office.chat.show_status, incoming.place, ""))

    async def _read(self, body: Body) -> Incoming | None:
        reader, people = self._office.reader(), people_of(body)
        known = self._office.directory.known(people)
        # Read first without asking for anybody: most of what Slack tells does not concern the bot.
        incoming = parse(body, replace(reader, profiles=known or {}))
        if incoming is None or (isinstance(incoming, Message) and incoming.person.is_self):
            return None
        who = "" if isinstance(incoming, Deleted) else incoming.person.id
        belonging = self._office.groups.of(who)
        if known is None:
            profiles, roles = await asyncio.gather(self._office.directory.look_up(people), belonging)
            incoming = parse(body, replace(reader, profiles=profiles))
        else:
            roles = await belonging
        if isinstance(incoming, Message) and incoming.address in _HANDING_IN:
            incoming = replace(incoming, attachments=await self._office.chat.named(incoming.attachments))
        if incoming is None or isinstance(incoming, Deleted) or not roles:
            return incoming
        return replace(incoming, person=replace(incoming.person, roles=roles))

    def _heed_farewell(self, body: Body) -> None:
        event = body.get("event") or {}
        kind = str(event.get("type"))
        # A person who withdraws their own token takes nothing from the bot, which has none of theirs.
        if kind == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        if reason := _FAREWELLS.get(kind):
            self._reason = reason
            self._over.set()

    def _heed_groups(self, body: Body) -> None:
        """Whoever leaves a group loses what it gave at once."""
        event = body.get("event") or {}
        match event.get("type"):
            case "subteam_members_changed":
                self._office.groups.forget(str(event.get("subteam_id")))
            case "subteam_updated":
                self._office.groups.forget(str((event.get("subteam") or {}).get("id")))

    async def _heed_stop(self, body: Body) -> None:
        event = body.get("event") or {}
        if event.get("type") != "agent_session_stopped":
            return
        channel, thread = str(event.get("channel")), str(event.get("thread_ts") or "")
        place, streams = self._office.reader().place(channel, thread), self._office.chat.streams
        known = [await streams.stopped(channel, str(ts)) for ts in event.get("streaming_message_ts") or ()]
        stopped = any(known) or await streams.stopped_in(channel, thread)
        # What does not stream may be at work all the same: a message that grows by edits.
        payload = None if stopped else self._office.traces.stop(place)
        if payload is not None:
            await self._stop(place, str(event.get("user")), payload, event_id=str(body.get("event_id")))
        if thread:
            self._offer("session", partial(self._office.chat.show_rest, place))

    async def _stopped(self, stream: Stream) -> None:
        """The reader has stopped a message that grows: as good as the button, which a stream has no room for."""
        place = stream.message.place
        event_id = f"{place.channel}.{stream.message.id}"
        await self._stop(place, stream.asker, stream.stop, event_id=event_id, message=stream.message)

    async def _stop(
        self, place: Place, user: str, payload: Payload, *, event_id: str, message: MessageRef | None = None
    ) -> None:
        reader = self._office.reader()
        press = Press(
            event_id=f"stop.{event_id}",
            place=place,
            person=reader.person(user),
            at=reader.now,
            message=message,
            payload=payload,
        )
        await self._receive(press)

    def _greet(self, body: Body) -> None:
        event = body.get("event") or {}
        if event.get("type") in _OPENINGS:
            self._offer("questions", partial(self._office.welcome.greet, event))

    def _receive_kindly(self, message: Message) -> None:
        words = self._office.wording.say(Say.SEARCHING, spoken(message.text))
        self._offer("status", partial(self._office.chat.show_status, message.place, words))
        if message.place.private and message.place.thread == message.message_id:
            self._offer("title", partial(self._office.welcome.entitle, message))

    def _offer(self, name: str, courtesy: Callable[[], Awaitable[None]]) -> None:
        """Best effort: one that is late, too much or not allowed is left out."""
        if name in self._not_offered or len(self._courtesies) >= _COURTESIES_AT_ONCE:
            return
        task = asyncio.create_task(self._tried(name, courtesy))
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)

    async def _tried(self, name: str, courtesy: Callable[[], Awaitable[None]]) -> None:
        try:
            await courtesy()
        except DeliveryFailed as error:
            if is_not_offered(error):
                self._not_offered.add(name)
            log.info("courtesy_not_shown", extra={"courtesy": name, "error": str(error)})
        except (LookupError, TypeError) as error:
            log.warning("not_read", extra={"error": f"{type(error).__name__} {error}"})


def reader_now(reader: Reader, now: Callable[[], datetime]) -> Callable[[], Reader]:
    """A reader of the present moment for each body."""
    return lambda: replace(reader, now=now())
