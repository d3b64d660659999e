"""Fusion of the two legs, and diversity."""

from __future__ import annotations

import pytest

from rag.fusion import Scored, diversify, fuse


def order(similarities: dict[str, float], coverages: dict[str, float], *, dense_weight: float = 0.6) -> list[str]:
    return [each.key for each in fuse(similarities, coverages, dense_weight=dense_weight)]


@pytest.mark.parametrize(
    ("similarities", "coverages", "expected"),
    [
        pytest.param({"a": 0.9, "b": 0.5}, {}, ["a", "b"], id="dense_alone"),
        pytest.param({}, {"a": 0.1, "b": 0.4}, ["b", "a"], id="lexical_alone"),
        pytest.param({"a": 0.9, "b": 0.8, "z": 0.1}, {"b": 0.5}, ["b", "a", "z"], id="words_decide_between_near_ones"),
        pytest.param({"a": 0.9, "z": 0.1}, {"b": 0.02}, ["a", "b", "z"], id="a_faint_match_does_not_beat_meaning"),
        pytest.param({}, {}, [], id="nothing_found"),
    ],
)
def test_both_legs_decide_the_order(
    similarities: dict[str, float], coverages: dict[str, float], expected: list[str]
) -> None:
    assert order(similarities, coverages) == expected


def test_scores_stay_between_zero_and_one() -> None:
    fused = fuse({"a": 0.9, "b": -0.3}, {"a": 1.0, "c": 0.7}, dense_weight=0.6)
    assert [round(each.score, 3) for each in fused] == [1.0, 0.4, 0.0]


def test_a_single_dense_hit_does_not_divide_by_zero() -> None:
    assert fuse({"a": 0.5}, {}, dense_weight=0.6) == [Scored(key="a", score=0.0, similarity=0.5, coverage=0.0)]


def ranked(*keys: str) -> list[Scored[str]]:
    return [Scored(key=key, score=1 - n / 10, similarity=None, coverage=0.0) for n, key in enumerate(keys)]


@pytest.mark.parametrize(
    ("keys", "limit", "expected"),
    [
        pytest.param(["a1", "a2", "a3", "b1"], 3, ["a1", "a2", "b1"], id="a_flood_makes_room"),
        pytest.param(["a1", "a2", "a3"], 3, ["a1", "a2", "a3"], id="nothing_else_is_there"),
        pytest.param(["a1", "b1", "c1"], 2, ["a1", "b1"], id="the_limit_holds"),
        pytest.param(["a1", "a2", "a3", "b1", "a4"], 4, ["a1", "a2", "a3", "b1"], id="the_order_is_kept"),
    ],
)
def test_one_group_cannot_flood(keys: list[str], limit: int, expected: list[str]) -> None:
    chosen = diversify(ranked(*keys), group=lambda key: key[0], limit=limit, per_group=2)
    assert [each.key for each in chosen] == expected
