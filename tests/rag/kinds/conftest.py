"""Entries and texts as a writer would file them, and folders to put them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

Fields = dict[str, Any]
Shelve = Callable[..., Path]


def both(word: str) -> Fields:
    return {"zh": f"{word}的中文", "en": f"{word} in English"}


def both_lists(word: str, *, zh: int = 3, en: int = 3) -> Fields:
    return {"zh": [f"{word}{n}" for n in range(zh)], "en": [f"{word} {n}" for n in range(en)]}


def resource_fields(**changes: Any) -> Fields:
    return {
        "id": "abacus",
        "name": "Abacus",
        "kind": "tool",
        "for": {"zh": "Abacus 用来数珠子。", "en": "Abacus counts beads."},
        "needs": ["counting", "beads"],
        "stage": ["idea", "pre-seed"],
        "cost": "open-source",
        "licence": "MIT",
        "languages": ["en", "zh"],
        "url": "https://abacus.example/",
        "as_of": "2025-06",
        **changes,
    }


def risk_fields(**changes: Any) -> Fields:
    plan = [{"who": both("Lead"), "do": both("Stop")}, {"who": both("Chief"), "do": both("Tell")}]
    return {
        "id": "flood",
        "category": "operations",
        "title": {"zh": "机房进水", "en": "Flooded room"},
        "description": {"zh": "机房进水会停掉服务。", "en": "A flooded room stops the service."},
        "question": both("question"),
        "stages": ["seed", "series-a", "growth"],
        "sectors": [],
        "signals": both_lists("sign"),
        "likelihood": 2,
        "likelihood_reason": both("rain"),
        "impact": 4,
        "impact_reason": both("damage"),
        "mitigations": both_lists("pump"),
        "contingency": {"first_hour": plan, "first_day": plan, "first_week": plan},
        "documents": ["risk"],
        "as_of": "2025-05",
        **changes,
    }


@pytest.fixture
def shelve(tmp_path: Path) -> Shelve:
    """Writes YAML files of entries (or of anything else) into a folder and returns the folder."""

    def write(**files: list[Fields] | Mapping[str, Any] | str) -> Path:
        for name, entries in files.items():
            text = entries if isinstance(entries, str) else yaml.safe_dump(entries, allow_unicode=True)
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write
