"""The small library that the commands of these tests look into."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.records import ChannelSettings, QuestionState
from rag.types import AnswerStatus
from tests.bot.samples import NOW, PLACE, answer, question, record

from .library_room import Room, Runs
from .risk_stage import RiskStage, open_risk_stage
from .stage import Stage, open_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Commands over the small library."""
    async with open_stage(tmp_path) as opened:
        yield opened


@pytest.fixture
async def bare(tmp_path: Path) -> AsyncIterator[Stage]:
    """Commands over a library that holds nothing."""
    (tmp_path / "bare").mkdir()
    async with open_stage(tmp_path / "bare", empty=True) as opened:
        yield opened


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[RiskStage]:
    """A team's channel with the risk register."""
    async with open_risk_stage(tmp_path / "team") as opened:
        yield opened


@pytest.fixture
async def desk(stage: Stage) -> Stage:
    """A channel whose expert is Bob, in which Ada's question was refused."""
    await stage.store.settings.save(PLACE.channel_key, ChannelSettings(other={"expert": "user:bob"}))
    await stage.store.questions.admit(question())
    refused = record(answer("I do not know.", status=AnswerStatus.REFUSED))
    await stage.store.questions.finish("q1", QuestionState.REFUSED, answer=refused)
    return stage


@pytest.fixture
def runs() -> Runs:
    return Runs()


@pytest.fixture
def room(runs: Runs, tmp_path: Path) -> Room:
    began = NOW - timedelta(minutes=1)
    journal = IndexJournal(tmp_path)
    return Room().over(IndexRuns(runs, runs, gate=IndexGate(now=lambda: NOW), journal=journal, now=lambda: began))
