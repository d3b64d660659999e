"""`advisor eval` on labelled sets over a small real library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.evaluating import read_set
from rag.errors import InvalidInput

from .conftest import Advisor

LABELLED: list[dict[str, Any]] = [
    {
        "id": "a", "question": "数据飞轮失败的原因是什么？", "lang": "zh", "answerable": True,
        "expect": [{"source": "feilun.md", "section": "失败的原因", "snippet": "从来没有用来改进模型"}],
    },
    {
        "id": "b", "question": "Why do data flywheels fail?", "lang": "en", "answerable": True,
        "expect": [{"source": "none.md", "section": "Why they fail"}],
    },
]  # fmt: skip
NEGATIVE = {"id": "n", "question": "How do I bake bread?", "lang": "en", "answerable": False, "kind": "far"}


def write(name: str, *records: dict[str, Any]) -> Path:
    path = Path(name)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_figures_of_each_set_and_of_all_are_one_object(indexed: Advisor) -> None:
    result = indexed("eval", write("labelled.jsonl", *LABELLED), write("negative.jsonl", NEGATIVE), "--json")
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert [each["name"] for each in figures["sets"]] == ["labelled.jsonl", "negative.jsonl"]
    assert figures["sets"][0]["refusal_auc"] == {"all": None}
    whole = figures["all"]
    assert whole["questions"] == 3
    assert whole["retrieval"]["zh"] == {
        "questions": 1, "hit@1": 1.0, "hit@3": 1.0, "hit@5": 1.0, "hit@10": 1.0, "mrr@10": 1.0
    }  # fmt: skip
    assert whole["retrieval"]["all"]["hit@10"] == 0.5
    assert whole["verdicts"]["far"] == {"answerable": 0, "answered": None, "unanswerable": 1, "refused": 1.0}
    assert whole["refusal_auc"]["far"] == 1.0
    assert whole["citations"]["verbatim"] == 1.0
    assert (whole["citations"]["expected"], whole["citations"]["snippets"]) == (0.5, 1.0)
    latency = whole["latency_ms"]
    assert 0 < latency["retrieval"]["p50"] <= latency["answer"]["p50"] <= latency["answer"]["p99"]


def test_figures_for_a_person_are_tables(indexed: Advisor) -> None:
    output = indexed("eval", write("labelled.jsonl", *LABELLED), write("negative.jsonl", NEGATIVE)).stdout
    for title in ("labelled.jsonl: 2 questions", "negative.jsonl: 1 questions", "all together: 3 questions"):
        assert title in output
    assert "1.000 of 1" in output


def test_bad_label_is_told_and_the_rest_is_asked(indexed: Advisor) -> None:
    path = write("labelled.jsonl", LABELLED[0], {"id": "x", "question": "Why?", "lang": "fr", "answerable": True})
    result = indexed("eval", path, "--json")
    assert (result.exit_code, json.loads(result.stdout)["all"]["questions"]) == (1, 1)
    assert "labelled.jsonl, line 2: lang = 'fr'" in result.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "q is empty", id="empty"),
        pytest.param(b"x", "q, line 1: not JSON", id="nothing but bad lines"),
    ],
)
def test_set_without_a_question_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_set("q", content)
