"""The doctor's findings on sound and on broken installations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filelock import FileLock

from .conftest import Advisor


def findings(output: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for line in output.strip().split("\n"):
        finding = json.loads(line)
        assert set(finding) == {"check", "status", "text", "mend"}
        found.setdefault(finding["check"], []).append(finding)
    return found


def test_sound_installation_has_no_failure(indexed: Advisor, home: Path, library: Path) -> None:
    result = indexed("doctor", "--json")
    found = findings(result.stdout)
    assert result.exit_code == 0
    assert found["index"][0]["text"].startswith("2 documents, 4 chunks")
    assert [each["text"] for each in found["input"]] == [str(library)]
    assert found["embedder"][0]["text"].startswith("memory-64, 64 numbers")
    assert {found[check][0]["status"] for check in ("home", "disk", "lock", "match", "embedder")} == {"ok"}
    assert f"home = {home} (environment)" in [each["text"] for each in found["setting"]]


def test_findings_for_a_person_begin_with_their_status(indexed: Advisor) -> None:
    lines = indexed("doctor").stdout.splitlines()
    assert all(line.startswith(("ok", "warn", "fail")) for line in lines)


def test_empty_library_is_a_warning_with_its_mend(advisor: Advisor) -> None:
    result = advisor("doctor", "--json")
    (index,) = findings(result.stdout)["index"]
    assert (result.exit_code, index["status"]) == (0, "warn")
    assert "advisor index --starter" in index["mend"]


def test_registered_folder_that_is_gone_is_a_warning(indexed: Advisor, library: Path) -> None:
    library.rename(library.with_name("moved"))
    (found,) = findings(indexed("doctor", "--json").stdout)["input"]
    assert found["status"] == "warn"
    assert "is gone" in found["text"]


def test_index_of_another_embedder_is_a_failure(indexed: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_EMBEDDER", "use")
    result = indexed("doctor", "--json")
    (match,) = findings(result.stdout)["match"]
    assert (result.exit_code, match["status"]) == (1, "fail")
    assert "memory-64" in match["text"]
    assert "advisor index" in match["mend"]


def test_wrong_setting_is_a_failure_with_its_name(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_RETRIEVAL_LIMIT", "none")
    result = advisor("doctor", "--json")
    (settings,) = findings(result.stdout)["settings"]
    assert (result.exit_code, settings["status"]) == (1, "fail")
    assert "ADVISOR_RETRIEVAL_LIMIT = 'none'" in settings["text"]


def test_home_under_a_file_is_a_failure(advisor: Advisor, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = advisor("--home", tmp_path / "file" / "home", "doctor", "--json")
    assert (result.exit_code, findings(result.stdout)["home"][0]["status"]) == (1, "fail")


@pytest.mark.slow
def test_index_in_use_by_another_process_is_a_warning(indexed: Advisor, home: Path) -> None:
    with FileLock(home / "index.lock"):
        result = indexed("doctor", "--json")
    (lock,) = findings(result.stdout)["lock"]
    assert (result.exit_code, lock["status"]) == (0, "warn")
    assert "owns the index" in lock["text"]


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ({}, "ok"),
        ({"ADVISOR_SLACK_BOT_TOKEN": "xoxb-1"}, "warn"),
        ({"ADVISOR_SLACK_BOT_TOKEN": "xoxb-1", "ADVISOR_RIGHTS_ADMINS": "slack:T1/U1"}, "ok"),
    ],
)
def test_missing_admin_is_told_where_a_platform_is_set_up(
    advisor: Advisor, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], status: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (found,) = findings(advisor("doctor", "--json").stdout)["rights"]
    assert found["status"] == status
