"""The words by which people name what they look for."""

from __future__ import annotations

import pytest

from rag.kinds.resource import Cost, ResourceKind
from rag.kinds.values import Stage
from rag.resource_words import Wanted, stage_named, understood
from rag.types import Language


@pytest.mark.parametrize(
    ("need", "read"),
    [
        (
            "free courses in Chinese",
            Wanted(kind=ResourceKind.COURSE, cost=Cost.FREE, language=Language.ZH),
        ),
        ("免费的中文课程", Wanted(kind=ResourceKind.COURSE, cost=Cost.FREE, language=Language.ZH)),
        ("open-source models", Wanted(kind=ResourceKind.MODEL, cost=Cost.OPEN_SOURCE)),
        ("开源大模型有哪些", Wanted(kind=ResourceKind.MODEL, cost=Cost.OPEN_SOURCE)),
        ("请问有没有推荐系统的公开课", Wanted(kind=ResourceKind.COURSE, need="推荐系统")),
        ("Can you recommend some papers on agents", Wanted(kind=ResourceKind.PAPER, need="on agents")),
        ("大模型微调", Wanted(need="大模型微调")),
        ("business model canvas", Wanted(need="business model canvas")),
        ("天使轮 加速器", Wanted(kind=ResourceKind.PROGRAMME, stage=Stage.PRE_SEED)),
        ("series B conferences", Wanted(kind=ResourceKind.CONFERENCE, stage=Stage.GROWTH)),
        ("种子用户怎么找", Wanted(need="种子用户怎么找")),
    ],
)
def test_need_is_understood(need: str, read: Wanted) -> None:
    assert understood(Wanted(need=need)) == read


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Seed stage", Stage.SEED),
        ("Ａ轮", Stage.SERIES_A),
        ("天使轮", Stage.PRE_SEED),
        ("B 轮", Stage.GROWTH),
        ("x", None),
    ],
)
def test_stage_is_known_by_its_names(text: str, stage: Stage | None) -> None:
    assert stage_named(text) is stage
