"""Real `advisor` commands in processes of their own, over a small folder of documents."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PLAIN = "from bot.cli import main; main()"


def document(name: str) -> str:
    return "\n\n".join([f"# {name}", *(f"## {name} {n}\n\nThe word on {name}, part {n}." for n in range(3))])


def write(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.md").write_text(document(name), "utf-8")
    return folder


def advisor(home: Path, *arguments: str, program: str = _PLAIN) -> subprocess.CompletedProcess[str]:
    """A command on a home; `program` is what Python runs, where the process has to be prepared first."""
    settings = ["env", f"ADVISOR_HOME={home}", "ADVISOR_EMBEDDER=memory"]
    command = [*settings, sys.executable, "-W", "ignore", "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def found(home: Path, name: str) -> bool:
    done = advisor(home, "search", f"The word on {name}, part 1.", "--json")
    return done.returncode == 0 and f"word on {name}" in done.stdout


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that failed has told, which is one sentence and no stack trace."""
    assert done.returncode == 1
    (line,) = [each for each in done.stderr.splitlines() if each.startswith("advisor: ")]
    assert "Traceback" not in done.stderr
    return line
