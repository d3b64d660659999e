"""The house rules that no linter knows: sizes, paths, locks, scripts, declared dependencies, a shut network."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
CODE = ("bot", "rag", "scripts", "tests")
EVERYTHING = (*CODE, ".ci", "corpus", "prompts")
LOCKS = ("requirements.lock", ".ci/requirements-dev.lock")
VLLM_LOCK = ".ci/requirements-vllm.lock"
DATA = (".npz", ".npy", ".lock", ".pdf", ".safetensors")
SCRIPTS = (
    "scripts/_env",
    "scripts/_chromium_env",
    "scripts/_vllm_env",
    "scripts/demo",
    "scripts/test",
    "scripts/check",
    ".ci/run",
)

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home)/\w")
INDEX_HOST = re.compile(r"py(?:pi)\.org|python(?:hosted)\.org|/(?:simple)/|py(?:pi)\.tuna|mirrors\.(?:aliyun|cloud)")
PINNED = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not any("cache" in part for part in path.parts[len(ROOT.parts) :]):
                yield path


def texts(*folders: str) -> Iterator[tuple[str, str]]:
    """Relative names and contents of all text files; a file with a null byte is binary."""
    top = (path for path in ROOT.iterdir() if path.is_file())
    for path in [*files(*folders), *top]:
        content = path.read_bytes()
        if b"\0" not in content:
            yield path.relative_to(ROOT).as_posix(), content.decode()


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for path in files(*folders):
        if path.suffix == ".py":
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_bytes())


def long_functions(tree: ast.Module, *, limit: int) -> list[str]:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > limit]


def imported_packages(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def lock_entries(text: str) -> list[str]:
    """One string for each requirement, its hashes included, without comments."""
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return re.sub(r"\\\n\s+", " ", "\n".join(lines)).splitlines()


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for match in PINNED.finditer((ROOT / lock).read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(match["name"]), set()).add(match["version"])
    return found


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_no_file_of_code_is_longer_than_300_lines() -> None:
    sizes = {path.relative_to(ROOT).as_posix(): path.read_bytes().count(b"\n") for path in files(*CODE, ".ci")}
    code = {name: size for name, size in sizes.items() if not name.endswith(DATA)}

    assert code
    assert {name: size for name, size in code.items() if size > 300} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    assert {name: found for name, tree in modules(*CODE) if (found := long_functions(tree, limit=40))} == {}


def test_each_test_module_says_what_it_is_about() -> None:
    assert [name for name, tree in modules("tests") if tree.body and not ast.get_docstring(tree)] == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert [(name, found[0]) for name, text in texts(*EVERYTHING) if (found := MACHINE_PATH.search(text))] == []


def test_no_file_names_a_package_index() -> None:
    assert [(name, found[0]) for name, text in texts(*EVERYTHING) if (found := INDEX_HOST.search(text))] == []


@pytest.mark.parametrize(
    ("pattern", "text", "bites"),
    [
        pytest.param(MACHINE_PATH, "open('/wo" + "rk/x')", True, id="a folder of this machine"),
        pytest.param(MACHINE_PATH, "/ho" + "me/ada/notes.md", True, id="a home folder at the start"),
        pytest.param(MACHINE_PATH, "https://example.org/wo" + "rk/x", False, id="the path of an address"),
        pytest.param(MACHINE_PATH, "docs/wo" + "rk/x", False, id="a relative folder"),
        pytest.param(INDEX_HOST, "https://py" + "pi.org/project/x", True, id="the public index"),
        pytest.param(INDEX_HOST, "https://files.python" + "hosted.org/x", True, id="its file server"),
        pytest.param(INDEX_HOST, "https://mirror.example/sim" + "ple/", True, id="a mirror"),
        pytest.param(INDEX_HOST, "the package index", False, id="the words"),
    ],
)
def test_pattern_finds_what_it_is_for(pattern: re.Pattern[str], text: str, bites: bool) -> None:
    assert bool(pattern.search(text)) is bites


@pytest.mark.parametrize(("lines", "bites"), [(40, False), (41, True)], ids=["at the limit", "over it"])
def test_length_of_a_function_counts_all_its_lines(lines: int, bites: bool) -> None:
    source = "async def f():\n" + "    pass\n" * (lines - 1)

    assert bool(long_functions(ast.parse(source), limit=40)) is bites


@pytest.mark.parametrize("lock", [*LOCKS, VLLM_LOCK])
def test_each_locked_requirement_is_pinned_and_hashed(lock: str) -> None:
    entries = lock_entries((ROOT / lock).read_text(encoding="utf-8"))

    assert len(entries) > 50
    assert [entry[:60] for entry in entries if not re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:", entry)] == []


@pytest.mark.parametrize("lock", [*LOCKS, VLLM_LOCK])
def test_lock_names_no_index_and_no_local_file(lock: str) -> None:
    lines = [line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]

    assert [line for line in lines if re.search(r"index-url|find-links|file:|://|^-|@ ", line)] == []


@pytest.mark.parametrize(("lock", "groups"), [(LOCKS[0], ["build"]), (LOCKS[1], ["build", "dev"])], ids=LOCKS)
def test_lock_meets_what_the_project_declares(lock: str, groups: list[str]) -> None:
    locked = pins(lock)
    declared = [*project()["project"]["dependencies"]]
    declared += [line for group in groups for line in project()["dependency-groups"][group]]

    for requirement in map(Requirement, declared):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{lock} lacks {requirement.name!r}; renew it with the command in its head"
        assert all(requirement.specifier.contains(Version(version)) for version in versions), str(requirement)


def test_development_lock_holds_the_runtime_lock_whole() -> None:
    runtime, development = pins(LOCKS[0]), pins(LOCKS[1])

    assert {name: versions for name, versions in runtime.items() if development.get(name) != versions} == {}


def test_lock_of_the_vllm_server_lacks_what_does_not_load_on_a_processor() -> None:
    locked = pins(VLLM_LOCK)
    (declared,) = map(Requirement, project()["dependency-groups"]["vllm"])

    assert locked.keys() & {"torchvision", "torchaudio", "torchcodec", "triton"} == set()
    assert all(declared.specifier.contains(Version(version)) for version in locked[declared.name])


@pytest.mark.parametrize("lock", LOCKS)
def test_app_is_locked_without_vllm(lock: str) -> None:
    assert [name for name in pins(lock) if name.startswith("vllm")] == []


def test_each_imported_library_is_a_declared_dependency() -> None:
    declared = {canonicalize_name(Requirement(line).name) for line in project()["project"]["dependencies"]}
    owners = packages_distributions()
    imported = {(name, package) for name, tree in modules("bot", "rag") for package in imported_packages(tree)}
    foreign = {pair for pair in imported if pair[1] not in {"bot", "rag"} | sys.stdlib_module_names}

    undeclared = {pair for pair in foreign if not {canonicalize_name(o) for o in owners.get(pair[1], [])} & declared}
    assert undeclared == set()


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_is_sound_bash(script: str) -> None:
    subprocess.run(["bash", "-n", ROOT / script], check=True)


@pytest.mark.parametrize("script", [name for name in SCRIPTS if not name.endswith("_env")])
def test_script_can_be_started(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert (ROOT / script).read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")


@pytest.mark.parametrize("script", ["scripts/demo", "scripts/test", "scripts/check"])
def test_script_explains_itself_without_installing(script: str) -> None:
    done = subprocess.run([ROOT / script, "--help"], check=True, capture_output=True, text=True)

    assert done.stdout.startswith(f"Usage: {script}")
    assert done.stderr == ""


def connect(address: tuple[str, int]) -> None:
    with socket.socket() as client:
        client.connect_ex(address)


def send_datagram(address: tuple[str, int]) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.sendto(b"x", address)


def open_stream(address: tuple[str, int]) -> None:
    asyncio.run(asyncio.open_connection(*address))


@pytest.mark.parametrize(
    ("reach", "host"),
    [
        pytest.param(connect, "192.0.2.1", id="connection to an address"),
        pytest.param(send_datagram, "192.0.2.1", id="datagram to an address"),
        pytest.param(open_stream, "192.0.2.1", id="stream to an address"),
        pytest.param(open_stream, "advisor.example", id="stream to a name"),
        pytest.param(socket.create_connection, "192.0.2.1", id="plain client to an address"),
        pytest.param(socket.create_connection, "advisor.example", id="plain client to a name"),
    ],
)
def test_network_is_shut(reach: Callable[[tuple[str, int]], Any], host: str) -> None:
    # pytest-socket warns before it raises, and a warning is an error here.
    with pytest.raises((RuntimeError, UserWarning), match=r"in a test|A test tried"):
        reach((host, 9))


@pytest.mark.parametrize("lookup", [socket.gethostbyname, lambda name: socket.getaddrinfo(name, 443)])
def test_names_are_not_looked_up(lookup: Callable[[str], Any]) -> None:
    with pytest.raises(RuntimeError, match="in a test"):
        lookup("advisor.example")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_can_be_reached(host: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection((host, server.getsockname()[1])) as client,
    ):
        assert client.getpeername() == server.getsockname()
