"""What came with the events and is needed to answer them, for as long as Slack takes it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat import CommandCall, Deleted, Incoming, Message, Place, Press
from bot.payloads import Payload
from bot.remembered import Remembered
from bot.slack_app.parse import Body, team_of

_MOST = 5_000


class Traces:
    """Where forms may be opened, which threads are alive, and where a person can be answered who is out of reach."""

    def __init__(self) -> None:
        self._places: Remembered[str, Place] = Remembered(_MOST)
        self._threads: Remembered[str, Place] = Remembered(_MOST)
        self._addresses: Remembered[tuple[str, str], str] = Remembered(_MOST)
        self._askers: Remembered[tuple[str, str], str] = Remembered(_MOST)
        self._stops: Remembered[str, Payload] = Remembered(_MOST)
        self._teams: Remembered[str, str] = Remembered(_MOST)

    def note(self, body: Body, incoming: Incoming) -> None:
        """Keeps what an event brought along."""
        if not isinstance(incoming, Deleted):
            asked_by = incoming.message_id if isinstance(incoming, Message) else ""
            self._askers.keep((incoming.place.key, asked_by), incoming.person.id)
            if team := _team(body):
                self._teams.keep(incoming.person.id, team)
        match incoming:
            case CommandCall() | Press():
                self._places.keep(incoming.trigger, incoming.place)
                if address := body.get("response_url"):
                    self._addresses.keep((incoming.place.channel, incoming.person.id), str(address))
            case Message() if incoming.place.thread != incoming.message_id:
                self.alive(incoming.place)
            case _:
                pass

    def at_work(self, place: Place, stop: Payload | None) -> None:
        """Keeps what stops the work in a thread; None where there is none any more."""
        if stop is None:
            self._stops.forget(place.key)
        else:
            self._stops.keep(place.key, stop)

    def stop(self, place: Place) -> Payload | None:
        """What stops the work in a thread."""
        return self._stops.get(place.key)

    def alive(self, place: Place) -> None:
        """Keeps that a thread has an answer."""
        self._threads.keep(place.key, place)

    def is_alive(self, place: Place) -> bool:
        """Whether a thread is known to have one; Slack shows a private line only in such a thread."""
        return bool(place.thread) and self._threads.get(place.key) is not None

    def asker(self, place: Place, message_id: str) -> str:
        """Who wrote a message, or pressed or called something in a place last; "" where that is forgotten."""
        return self._askers.get((place.key, message_id)) or ""

    def team(self, person: str) -> str:
        """The workspace that a person belongs to; "" where nothing told it."""
        return self._teams.get(person) or ""

    def place(self, trigger: str) -> Place | None:
        """Where a trigger was pulled."""
        return self._places.get(trigger)

    def address(self, place: Place, person: str) -> str | None:
        """Where Slack takes an answer to a person's last command or button in a channel that the bot is not in."""
        return self._addresses.get((place.channel, person))


def _team(body: Body) -> str:
    """The workspace of whoever caused something."""
    user = body.get("user")
    told = user.get("team_id") if isinstance(user, Mapping) else team_of(body.get("event") or {})
    return str(told or "")
