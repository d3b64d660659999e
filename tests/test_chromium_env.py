"""The script that puts a Chromium on the path: it installs one where it can, and says why where it cannot."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_SCRIPT = Path(__file__).parents[1] / "scripts" / "_chromium_env"
_TOOLS = ("sh", "bash", "timeout", "cat", "chmod")
_RUN = 'set -euo pipefail; say() { printf "%s\\n" "$*" >&2; }; source "$1"; chromium_seconds=$2; ensure_chromium'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A search path with the few tools that the script needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in _TOOLS:
        (folder / tool).symlink_to(str(shutil.which(tool)))
    program(folder, "id", "echo 0")
    return folder


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!{shutil.which('sh')}\n{text}\n")
    (folder / name).chmod(0o755)


def told(path: Path, *, seconds: int = 60) -> str:
    command = [str(path / "bash"), "-c", _RUN, "bash", str(_SCRIPT), str(seconds)]
    done = subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("name", ["chromium", "google-chrome"])
def test_chromium_on_the_path_is_used(path: Path, name: str) -> None:
    program(path, name, "exit 0")
    program(path, "apt-get", "exit 1")
    assert told(path) == ""


def test_package_is_installed_where_root_has_apt(path: Path) -> None:
    program(
        path, "apt-get", f'case "$*" in *install*chromium*) cp={path}/chromium; cat /dev/null >$cp; chmod +x $cp;; esac'
    )
    assert told(path) == "Installing Chromium for the pictures, for 60 s at most.\n"
    assert (path / "chromium").exists()


@pytest.mark.parametrize(
    ("programs", "reason"),
    [
        pytest.param({}, "this system has no apt-get", id="no apt"),
        pytest.param(
            {"apt-get": "exit 0", "id": "echo 1000"}, "takes root: sudo apt-get install chromium", id="no root"
        ),
        pytest.param({"apt-get": "exit 100"}, "could not be installed within 60 s", id="refused"),
        pytest.param({"apt-get": "exit 0"}, "its package brought none", id="package without a program"),
    ],
)
def test_pictures_are_left_out_with_a_reason(path: Path, programs: dict[str, str], reason: str) -> None:
    for name, text in programs.items():
        program(path, name, text)
    said = told(path).splitlines()[-1]
    assert said.startswith("Left out: the pictures of chat messages. There is no Chromium")
    assert reason in said


def test_installing_is_given_up_after_a_while(path: Path) -> None:
    program(path, "apt-get", "while :; do :; done")
    assert "could not be installed within 1 s" in told(path, seconds=1)
