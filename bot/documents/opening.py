"""Puts together what takes, keeps and publishes documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.chat import ChatAdapter
from bot.documents.desk import DocumentDesk
from bot.documents.folders import Folders
from bot.documents.keeping import Keeper
from bot.documents.taking import FileTaker, SettingStore
from bot.documents.workshop import DocumentStore, Looking, Workshop
from bot.rights import Rights
from bot.usages import typed
from bot.wording import Wording
from rag.types import Language

if TYPE_CHECKING:
    from datetime import datetime

    from bot.indexing import IndexRuns
    from bot.upload_settings import UploadSettings

_COMMAND = "submissions"


class Books(DocumentStore, SettingStore, Protocol):
    """The books that documents and their takers need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """What it takes to deal in documents."""

    store: Books
    library: Looking
    index: IndexRuns | None
    settings: UploadSettings
    adapters: Mapping[str, ChatAdapter]
    wording: Wording
    rights: Rights
    now: Callable[[], datetime]
    new_id: Callable[[], str]


def open_shop(trade: Trade) -> tuple[FileTaker, Keeper]:
    """What takes files on every platform, and what keeps the folders true."""
    workshop = Workshop(
        store=trade.store,
        folders=Folders(home=trade.library.home),
        library=trade.library,
        index=trade.index,
        settings=trade.settings,
        now=trade.now,
        new_id=trade.new_id,
    )

    def usage(language: Language, adapter: ChatAdapter) -> str:
        return typed(adapter.capabilities, trade.wording, _COMMAND, language)

    desk = DocumentDesk(workshop)
    taker = FileTaker(
        desk=desk,
        store=trade.store,
        adapters=trade.adapters,
        wording=trade.wording,
        rights=trade.rights,
        usage=usage,
    )
    return taker, Keeper(desk)
