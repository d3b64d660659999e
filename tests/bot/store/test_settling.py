"""A restoring that was killed half-way is finished by whatever opens the home next, and by nothing that only looks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.store.settling import JOURNAL, unsettled
from tests.bot.conftest import Advisor


@pytest.fixture
def interrupted(indexed: Advisor, home: Path) -> Path:
    """A home whose files were being moved in when the process was killed."""
    staged = home / ".advisor-x" / "staged"
    staged.mkdir(parents=True)
    (home / ".advisor-x" / "previous").mkdir()
    for name in ("library.sqlite3", "chroma"):
        (home / name).replace(staged / name)
    (home / JOURNAL).write_text(json.dumps({"step": "in", "folder": ".advisor-x"}))
    return home


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["sources", "--json"], id="sources"),
        pytest.param(["ask", "What is a data flywheel?", "--json"], id="ask"),
        pytest.param(["index", "--json"], id="index"),
        pytest.param(["chat"], id="chat"),
        pytest.param(["db", "upgrade", "--json"], id="upgrade"),
    ],
)
def test_command_that_opens_the_home_finishes_it_first(
    advisor: Advisor, interrupted: Path, arguments: list[str]
) -> None:
    assert advisor(*arguments).exit_code == 0
    assert not unsettled(interrupted)
    assert len(advisor("sources", "--json").stdout.splitlines()) == 2


def test_doctor_says_so_and_touches_nothing(advisor: Advisor, interrupted: Path) -> None:
    result = advisor("doctor", "--json")
    (found,) = [json.loads(line) for line in result.stdout.splitlines() if '"restore"' in line]
    assert (result.exit_code, found["status"]) == (1, "fail")
    assert unsettled(interrupted)
    assert not (interrupted / "library.sqlite3").exists()
