"""The interactions of the last minutes, found by whatever answers them."""

from __future__ import annotations

from bot.chat import Place
from bot.discord_app.calls import Calls
from bot.discord_app.reading import Interaction
from bot.discord_app.slot import Slot, Stage
from bot.remembered import Remembered
from bot.replies import Reply
from rag.ports import Clock

_MOST = 5_000


class Slots:
    """The interactions of the last minutes, by what they are asked for."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._by_id: Remembered[str, Slot] = Remembered(_MOST)
        self._by_person: Remembered[tuple[str, str], Slot] = Remembered(_MOST)
        self._by_response: Remembered[str, Slot] = Remembered(_MOST)
        self._begun: Remembered[str, tuple[Reply, ...]] = Remembered(_MOST)
        self._before: Remembered[str, tuple[Reply, ...]] = Remembered(_MOST)
        self._public: dict[str, list[Slot]] = {}
        self._private: dict[str, list[Slot]] = {}

    def open(self, interaction: Interaction) -> Slot:
        """An interaction that has just come in."""
        slot = Slot(interaction, self._calls, self._clock)
        self._by_id.keep(slot.id, slot)
        return slot

    def place(self, slot: Slot, place: Place, *, awaits_post: bool = False) -> None:
        """Tells where an interaction belongs, so that answers find it; whether it is one that is posted to all."""
        slot.place = place
        self._by_person.keep((place.key, slot.person), slot)
        if awaits_post:
            waiting = [each for each in self._public.get(place.key, ()) if each.alive and not each.settled.is_set()]
            self._public[place.key] = [*waiting, slot]
        else:
            waiting = [each for each in self._private.get(place.channel_key, ()) if each.is_waiting]
            self._private[place.channel_key] = [*waiting, slot]
        if slot.response:
            self._by_response.keep(slot.response, slot)

    async def posted(self, place: Place) -> None:
        """Something was said to everybody in a channel: who waits there has seen it. Raises DeliveryFailed.

        What is still to be said to them alone finds its way without the sign that it is coming.
        """
        for slot in self._private.pop(place.channel_key, []):
            if slot.is_waiting:
                slot.done_elsewhere = True
                if slot.stage is Stage.PRIVATE:
                    await slot.dismiss()

    def of_trigger(self, trigger: str) -> Slot | None:
        """The interaction of an id, while it can be answered."""
        return _alive(self._by_id.get(trigger))

    def of_person(self, place: Place, person: str) -> Slot | None:
        """The last interaction of a person in a place, while it can be answered."""
        return _alive(self._by_person.get((place.key, person)))

    def of_message(self, message_id: str) -> Slot | None:
        """The interaction that a message answered, while it can be changed by it."""
        return _alive(self._by_response.get(message_id))

    def next_in(self, place: Place) -> Slot | None:
        """The interaction that the next answer in a place belongs to, asked for by a command there."""
        waiting = self._public.get(place.key, [])
        while waiting:
            slot = waiting.pop(0)
            if slot.alive and slot.stage in {Stage.OPEN, Stage.PUBLIC}:
                return slot
        self._public.pop(place.key, None)
        return None

    def told_alone(self, slot: Slot, message_id: str, reply: Reply) -> None:
        """Something was said to a person alone, of which what follows may be the rest."""
        begun = self._begun.get(slot.id) or ()
        self._begun.forget(slot.id)
        if reply.unfinished:
            self._begun.keep(slot.id, (*begun, reply))
        elif begun and message_id:
            self._before.keep(message_id, begun)

    def before(self, message_id: str) -> tuple[Reply, ...]:
        """What belongs to a message that one person was told, and was said before it; for a while."""
        return self._before.get(message_id) or ()

    def keep_message(self, message_id: str, slot: Slot) -> None:
        """A further message that an interaction answered with."""
        self._by_response.keep(message_id, slot)


def _alive(slot: Slot | None) -> Slot | None:
    return slot if slot is not None and slot.alive else None
