"""`advisor eval --calibrate` over a small real library."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

LABELLED = [
    {"id": "1", "question": "Why do data flywheels fail?", "lang": "en", "answerable": True},
    {"id": "2", "question": "数据飞轮失败的原因是什么？", "lang": "zh", "answerable": True},
    {"id": "3", "question": "Where does the Yangtze spring?", "lang": "en", "answerable": False, "kind": "far"},
    {"id": "4", "question": "今天天气怎么样？", "lang": "zh", "answerable": False, "kind": "far"},
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in LABELLED), "utf-8")
    return path


def test_a_fitted_confidence_is_kept_and_used_from_then_on(
    indexed: Callable[..., Result], home: Path, labelled: Path
) -> None:
    result = indexed("eval", labelled, "--calibrate", "--json")
    assert result.exit_code == 0, result.output
    fitted = json.loads(result.stdout)
    assert fitted["calibration"]["fitted_on"] == 4
    assert sum(band["questions"] for band in fitted["after"]["bands"]) == 4
    assert fitted["after"]["error"] < 0.2
    assert "memory-64" in json.loads((home / "calibration.json").read_text("utf-8"))["embedders"]
    assert "calibrated on 4 labelled questions" in indexed("doctor").stdout


def test_reliability_is_shown_as_a_table(indexed: Callable[..., Result], labelled: Path) -> None:
    output = indexed("eval", labelled, "--calibrate").stdout
    assert "promised" in output
    assert "fitted on 4 questions" in output


def test_questions_of_one_kind_are_refused(indexed: Callable[..., Result], home: Path, labelled: Path) -> None:
    lines = labelled.read_text("utf-8").splitlines()
    labelled.write_text("\n".join(lines[:2]), "utf-8")
    result = indexed("eval", labelled, "--calibrate")
    assert result.exit_code == 1
    assert "only one kind" in result.stderr
    assert not (home / "calibration.json").exists()
