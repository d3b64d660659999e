"""The scripts that keep the library sound: pages made from data, and texts that repeat nobody else's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
RESOURCE = """- id: abacus
  name: Abacus
  kind: tool
  for: {en: "Abacus counts beads.", zh: "Abacus 用来数珠子。"}
  needs: [counting, beads]
  stage: [idea]
  cost: free
  licence: null
  languages: [en]
  url: https://abacus.example/
  as_of: "2025-06"
"""
RISK = """- id: flood
  category: operations
  title: &text {en: "Flood", zh: "进水"}
  description: *text
  question: *text
  stages: [seed]
  sectors: []
  signals: &list {en: [Rain], zh: [下雨]}
  likelihood: 1
  likelihood_reason: *text
  impact: 2
  impact_reason: *text
  mitigations: *list
  contingency:
    first_hour: &plan [{who: *text, do: *text}, {who: *text, do: *text}]
    first_day: *plan
    first_week: *plan
  documents: [risk]
  as_of: "2025-06"
"""
PAGES = [
    f"library/{language}/{name}.md" for language in ("en", "zh") for name in ("resources-tool", "risks-operations")
]

ENGLISH = "Ask ten customers what the old way costs them before you write any line of code at all."
CHINESE = "在写下第一行代码之前，先问十位客户：现在的做法让他们每个月多花了多少钱和时间？"


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPTS / script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name, text in (("resources/tool.yaml", RESOURCE), ("risks/operations.yaml", RISK)):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_pages_are_written_once_and_then_up_to_date(corpus: Path) -> None:
    first = run("render_library", "--corpus", corpus)
    assert (first.returncode, first.stdout.split(), first.stderr) == (0, PAGES, "")
    assert run("render_library", "--corpus", corpus, "--check").stdout == ""


def test_check_writes_nothing_and_names_what_is_stale(corpus: Path) -> None:
    checked = run("render_library", "--corpus", corpus, "--check")
    assert (checked.returncode, checked.stdout.split()) == (1, PAGES)
    assert not (corpus / "library").exists()


def test_only_a_page_whose_data_changed_gets_a_new_date(corpus: Path) -> None:
    run("render_library", "--corpus", corpus)
    pages = [corpus / name for name in PAGES]
    for page in pages:
        page.write_text(re.sub(r"(?m)^date: .*$", "date: 2020-01-02", page.read_text("utf-8"), count=1), "utf-8")
    (corpus / "resources" / "tool.yaml").write_text(RESOURCE.replace("counts beads", "counts pearls"), "utf-8")
    done = run("render_library", "--corpus", corpus)
    assert done.stdout.split() == [PAGES[0]]
    assert ["2020-01-02" in page.read_text("utf-8") for page in pages] == [False, True, True, True]


def test_a_page_without_data_is_removed(corpus: Path) -> None:
    run("render_library", "--corpus", corpus)
    left_over = corpus / "library" / "en" / "risks-weather.md"
    left_over.write_text("old", encoding="utf-8")
    assert run("render_library", "--corpus", corpus).stdout.split() == ["library/en/risks-weather.md"]
    assert not left_over.exists()


def test_broken_data_is_told_in_one_line(corpus: Path) -> None:
    (corpus / "risks" / "operations.yaml").write_text(RISK.replace("impact: 2", "impact: 9"), encoding="utf-8")
    done = run("render_library", "--corpus", corpus)
    assert done.returncode == 1
    assert done.stderr.startswith("render_library: operations.yaml: entry 'flood': key 'impact' has the value 9")
    assert done.stderr.count("\n") == 1


def compare(folder: Path, ours: str, theirs: str) -> subprocess.CompletedProcess[str]:
    for name, text in (("ours/zh/a.md", ours), ("theirs/deep/b.txt", theirs)):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return run("check_overlap", folder / "theirs", "--library", folder / "ours")


@pytest.mark.parametrize(
    ("ours", "theirs", "line", "found"),
    [
        pytest.param(f"# T\n\n{ENGLISH}\n", f"One.\n\nTwo: {ENGLISH}", 3, ENGLISH.rstrip("."), id="English words"),
        pytest.param(
            f"# T\n\nWell, {ENGLISH}\n",
            ENGLISH.replace(" ", "\n").upper().replace("BEFORE", "before,"),
            1,
            ENGLISH.rstrip("."),
            id="case, line breaks and punctuation do not count",
        ),
        pytest.param(f"# T\n\n{CHINESE}\n", f"甲。\n\n乙{CHINESE}丙", 3, CHINESE.rstrip("？"), id="Chinese characters"),
        pytest.param(
            f"# T\n\n{CHINESE.replace('客户', '客户 (user)')}\n",
            f"\n{CHINESE}",
            2,
            CHINESE.replace("客户", "客户 (user)").rstrip("？"),
            id="Latin words between Chinese do not count",
        ),
    ],
)
def test_a_common_run_is_printed_with_both_places(
    tmp_path: Path, ours: str, theirs: str, line: int, found: str
) -> None:
    done = compare(tmp_path, ours, theirs)
    assert (done.returncode, done.stdout) == (1, f"zh/a.md:3: in deep/b.txt:{line}, too: {found}\n")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param(" ".join(ENGLISH.split()[:11]), ENGLISH, id="eleven words"),
        pytest.param(CHINESE[:24], CHINESE, id="fewer than 25 characters"),
        pytest.param("one two three four five six 七 seven eight nine ten eleven twelve",
                     "one two three four five six seven eight nine ten eleven twelve", id="Chinese parts Latin words"),
        pytest.param(ENGLISH, " ".join(reversed(ENGLISH.split())), id="the same words in another order"),
    ],
)  # fmt: skip
def test_a_shorter_run_is_no_overlap(tmp_path: Path, ours: str, theirs: str) -> None:
    done = compare(tmp_path, ours, theirs)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_folder_without_texts_is_wrong_usage(tmp_path: Path) -> None:
    done = run("check_overlap", tmp_path)
    assert done.returncode == 2
    assert "holds no texts" in done.stderr


def test_the_library_is_not_compared_in_silence_with_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "b.txt").write_bytes(b"\x00\x01\x02")
    done = run("check_overlap", tmp_path / "theirs")
    assert "left out: " in done.stderr
    assert done.returncode == 2
