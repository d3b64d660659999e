"""Tells everybody once, after the first thing that the bot did for them, what it keeps of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.chat import ChatAdapter, Person, Place
from bot.engine.keeping import Recent
from bot.errors import DeliveryFailed
from bot.neighbours import Delivering
from bot.privacy_records import PrivacyBook
from bot.privacy_settings import PrivacySettings
from bot.saying import Say
from bot.usages import typed
from bot.wording import Wording
from rag.types import Language

_COMMAND = "privacy"


class Welcome:
    """Implements `bot.engine.wiring.Greeting`. Whoever is known is greeted no more, also after a restart."""

    def __init__(
        self,
        book: PrivacyBook,
        delivery: Delivering,
        *,
        adapters: Mapping[str, ChatAdapter],
        wording: Wording,
        settings: PrivacySettings,
        now: Callable[[], datetime],
    ) -> None:
        self._book = book
        self._delivery = delivery
        self._adapters = adapters
        self._wording = wording
        self._settings = settings
        self._now = now
        self._greeted = Recent()

    async def greet(self, place: Place, person: Person, language: Language) -> None:
        """Tell a person what is kept, the first time. Raises StoreFailed, DeliveryFailed."""
        adapter = self._adapters.get(place.platform)
        if not self._settings.notice or person.is_bot or adapter is None or not self._greeted.add((person.key,)):
            return
        if not await self._book.first_use(person.key, at=self._now()):
            return
        usage = typed(adapter.capabilities, self._wording, _COMMAND, language)
        days = self._settings.keep_days
        kept = self._wording.say(Say.PRIVACY_DAYS if days else Say.PRIVACY_ALWAYS, language, **_days(days))
        try:
            await self._delivery.tell(place, person, Say.PRIVACY_NOTICE, language, kept=kept, usage=usage)
        except DeliveryFailed:
            self._greeted.drop((person.key,))
            await self._book.not_yet(person.key)
            raise


def _days(days: int) -> dict[str, int]:
    return {"days": days} if days else {}
