"""`advisor risks`: the register on the command line, in both languages, as text, JSON, picture and files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Advisor


def test_register_is_listed_and_filtered(advisor: Advisor) -> None:
    result = advisor("risks", "list", "--stage", "idea", "--category", "legal", "--language", "zh")
    assert result.exit_code == 0
    assert "未获许可就上线" in result.stdout
    assert "个人数据泄露" not in result.stdout
    everything = advisor("risks", "list", "--json").stdout.splitlines()
    scores = [json.loads(line)["score"] for line in everything]
    assert len(scores) == 41
    assert scores == sorted(scores, reverse=True)
    assert "\\u" not in everything[0]


def test_sector_weighs_the_scores(advisor: Advisor) -> None:
    def score(sector: str) -> float:
        lines = advisor("risks", "list", "--json", "--sector", sector).stdout.splitlines()
        return next(each["score"] for each in map(json.loads, lines) if each["id"] == "permission-leak")

    assert score("银行") > score("game studio")


@pytest.mark.parametrize(("name", "language"), [("data-breach", "en"), ("个人数据泄露", "zh"), ("data breach", "en")])
def test_one_risk_is_shown_by_id_or_title(advisor: Advisor, name: str, language: str) -> None:
    result = advisor("risks", "show", name, "--language", language)
    assert result.exit_code == 0
    assert ("First hour" if language == "en" else "第一小时") in result.stdout
    assert ("Now:" in result.stdout, "当前" in result.stdout) == (False, False)
    assert json.loads(advisor("risks", "show", name, "--json").stdout)["id"] == "data-breach"


@pytest.mark.full
def test_files_are_written_in_the_form_that_their_names_tell(advisor: Advisor, tmp_path: Path) -> None:
    picture, text, table = tmp_path / "r.png", tmp_path / "r.md", tmp_path / "r.CSV"
    assert advisor("risks", "heatmap", str(picture), "--stage", "seed", "--language", "zh").exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    for path in (text, table):
        assert advisor("risks", "export", str(path), "--category", "data", "--language", "zh").exit_code == 0
    assert text.read_text("utf-8").startswith("# 风险登记册")
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["risks", "show", "nope"], 1, "there is no risk 'nope'"),
        (["risks", "show", "泄露"], 1, "'泄露' may be data-breach, secret-leak"),
        (["risks", "show"], 2, "ID"),
        (
            ["risks", "list", "--stage", "moon"],
            2,
            "'moon' is no stage; choose one of idea, pre-seed, seed, series-a, growth",
        ),
        (["risks", "list", "--stage", "sead"], 2, "(did you mean seed?)"),
        (
            ["risks", "list", "--category", "moon"],
            2,
            "'moon' is no category of risks; choose one of market, technology",
        ),
        (["risks", "list", "--language", "fr"], 2, "'fr' is no language of the register; choose one of zh, en"),
        (["risks", "heatmap", "map.jpg"], 2, ".png"),
        (["risks", "export", "risks.pdf"], 2, ".csv"),
        (["risks", "export", "no/such/folder/r.md"], 1, "cannot be written"),
        (["risks"], 2, ""),
    ],
)
def test_wrong_use_says_what_is_allowed(advisor: Advisor, arguments: list[str], status: int, told: str) -> None:
    result = advisor(*arguments)
    assert result.exit_code == status
    plain = " ".join(result.stderr.replace("│", " ").split())
    assert told in plain
    assert "Value error" not in plain


@pytest.mark.parametrize(
    ("stage", "category"), [("Series A", "legal risks"), ("A 轮", "法律风险"), ("series_a", "Legal"), ("A轮", "法律")]
)
def test_stages_and_categories_are_known_by_what_people_call_them(advisor: Advisor, stage: str, category: str) -> None:
    plain = advisor("risks", "list", "--stage", "series-a", "--category", "legal", "--language", "en")
    result = advisor("risks", "list", "--stage", stage, "--category", category, "--language", "EN")
    assert (result.exit_code, result.stdout) == (0, plain.stdout)
