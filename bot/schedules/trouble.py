"""Tells an admin of schedules whose posts fail."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bot.channel_rules import effective_settings
from bot.chat import ChatAdapter, Place
from bot.ports import SettingsBook
from bot.replies import Reply
from bot.schedules.posting import Poster
from bot.schedules.records import Schedule
from bot.schedules.telling import Tell, Telling
from rag.errors import RagError
from rag.types import Language

log = logging.getLogger(__name__)


class TroubleReport:
    """Tells the admins' channel of a schedule in trouble; where there is none, the log and the lists alone have it."""

    def __init__(
        self,
        settings: SettingsBook,
        adapters: Mapping[str, ChatAdapter],
        poster: Poster,
        telling: Telling,
        *,
        place: Place | None,
    ) -> None:
        self._settings = settings
        self._adapters = adapters
        self._poster = poster
        self._telling = telling
        self._place = place

    async def tell(self, schedule: Schedule, report: str) -> bool:
        """Posts it once; False where that has to be tried again."""
        if self._place is None:
            return True
        adapter = self._adapters.get(self._place.platform)
        if adapter is None:
            return False
        try:
            reply = await self._reply(schedule, self._place)
            await self._poster.post(adapter, self._place, reply, name=f"trouble:{report}", part=0)
        except RagError as error:
            log.warning("trouble_not_reported", extra={"schedule": schedule.id, "error": str(error)})
            return not error.retryable
        return True

    async def _reply(self, schedule: Schedule, place: Place) -> Reply:
        settings = await effective_settings(self._settings, place.channel_key)
        known = settings.language or schedule.language
        language = known if known in {Language.ZH, Language.EN} else Language.EN
        kind = self._telling.say(Tell(f"kind_{schedule.kind.value}"), language)
        reason = self._telling.say(Tell(schedule.trouble), language)
        text = self._telling.say(
            Tell.TROUBLE_REPORT, language, kind=kind, channel=schedule.place.channel_key, trouble=reason
        )
        return Reply(text=text, language=language)
