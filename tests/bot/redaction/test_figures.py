"""How much is caught in sentences that were made apart from the rules, and how time grows with hostile texts."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bot.redaction.redactor import Redactor

SCRIPTS = Path(__file__).parents[3] / "scripts"
REDACTOR = Redactor()


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    known = set(sys.modules)
    monkeypatch.syspath_prepend(SCRIPTS)
    yield importlib.import_module("bench_parts.redaction")
    for name in [name for name in set(sys.modules) - known if name.partition(".")[0] == "bench_parts"]:
        del sys.modules[name]


@pytest.mark.parametrize("seed", [20260801, 7], ids=["the benchmark's sentences", "other sentences"])
def test_nearly_all_is_caught_and_hardly_anything_else(bench: ModuleType, seed: int) -> None:
    score = bench.score(REDACTOR, bench.sentences(2000, seed=seed))

    assert min(score.planted, score.decoys) > 1000
    assert score.recall >= 0.98, score.missed[:5]
    assert score.precision >= 0.95, score.wrong[:5]
    assert score.hurt <= 0.01 * score.decoys, score.wrong[:5]


def test_score_counts_what_is_missed_and_what_is_taken_for_another_kind(bench: ModuleType) -> None:
    made = bench.Sentence(
        text="打 138-0013-8000 或 Ab12-34", planted=((bench.Kind.PHONE, "138-0013-8000"),), decoys=("Ab12-34",)
    )
    hidden = bench.Sentence(text="一三八零零", planted=((bench.Kind.PHONE, "一三八零零"),), decoys=())
    confused = bench.Sentence(text="a@b.com", planted=((bench.Kind.PHONE, "a@b.com"),), decoys=("a@b.com",))

    score = bench.score(REDACTOR, [made, hidden, confused])

    assert (score.planted, score.caught, score.taken, score.decoys, score.hurt) == (3, 1, 2, 2, 1)
    assert (score.recall, score.precision) == (1 / 3, 1 / 2)
    assert [text for text, _ in score.missed] == ["一三八零零", "a@b.com"]


def seconds(text: str) -> float:
    begun = time.process_time()
    REDACTOR.redact(text)
    return time.process_time() - begun


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param("7", id="digits"),
        pytest.param("4 ", id="digits apart"),
        pytest.param("4111 ", id="groups of digits"),
        pytest.param("+1 ", id="country codes"),
        pytest.param("0-", id="digits and dashes"),
        pytest.param("a", id="letters"),
        pytest.param("a@", id="at signs"),
        pytest.param("a@a.", id="hosts"),
        pytest.param("eyJabcdefgh.", id="tokens begun"),
        pytest.param("sk-", id="keys begun"),
        pytest.param("-----BEGIN PRIVATE KEY-----\n", id="private keys begun"),
        pytest.param("key=", id="names of secrets"),
        pytest.param("bearer ", id="bearers"),
        pytest.param("://a:", id="logins begun"),
        pytest.param("电话", id="labels"),
        pytest.param("passport ", id="passports"),
        pytest.param("1\u200b", id="zero-width characters"),
        pytest.param(" ", id="blanks"),
        pytest.param("(", id="brackets"),
    ],
)
def test_time_grows_no_faster_than_a_hostile_text(piece: str) -> None:
    size = 12_000
    short, long = (piece * (length // len(piece)) for length in (size, 8 * size))
    REDACTOR.redact(short)

    # Eight times the text takes eight times the time; work that grows with the square would take sixty-four times.
    assert seconds(long) < 24 * max(min(seconds(short) for _ in range(3)), 0.002)


@pytest.mark.slow
@pytest.mark.full
def test_ten_megabytes_of_digits_come_back_as_they_were() -> None:
    text = "7" * 10_000_000

    assert REDACTOR.redact(text).text == text
