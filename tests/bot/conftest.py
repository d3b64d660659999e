"""A command line over a small real library, embedded by the memory double."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app

Advisor = Callable[..., Result]

ENGLISH = """# Data flywheels

A data flywheel is a loop in which users make the product better, which brings more users.

## Why they fail

Flywheels fail because the collected data is never used to improve the model.
"""
CHINESE = """# 数据飞轮

数据飞轮是指用户使用产品产生数据，数据改进模型，模型带来更多用户的循环。

## 失败的原因

数据飞轮失败的原因是收集的数据从来没有用来改进模型。
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder and a working folder of the test's own."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("ADVISOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ADVISOR_EMBEDDER", "memory")
    return tmp_path / "home"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder with one document in each language."""
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "flywheel.md").write_text(ENGLISH, encoding="utf-8")
    (folder / "feilun.md").write_text(CHINESE, encoding="utf-8")
    return folder


@pytest.fixture
def advisor(home: Path) -> Advisor:
    """Runs a command as a shell would and returns what it printed."""

    def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)

    return run


@pytest.fixture
def indexed(advisor: Advisor, library: Path) -> Advisor:
    """The command line over the indexed library."""
    result = advisor("index", library)
    assert result.exit_code == 0, result.output
    return advisor
