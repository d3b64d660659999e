"""scripts/serve_vllm: what it chooses for which GPUs, what it says when it cannot serve, how it starts vLLM."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "serve_vllm"
KEY = "a-secret-key"
RTX_4090 = "NVIDIA GeForce RTX 4090, 24564, 24100, 580.95.05, 8.9"
L4 = "NVIDIA L4, 23034, 22600, 580.95.05, 8.9"
A100 = "NVIDIA A100-SXM4-80GB, 81920, 81200, 580.95.05, 8.0"
A100_40 = "NVIDIA A100-PCIE-40GB, 40960, 40400, 580.95.05, 8.0"
H200 = "NVIDIA H200, 143771, 143200, 590.44.01, 9.0"
T4 = "Tesla T4, 15360, 15100, 580.95.05, 7.5"
RTX_3060 = "NVIDIA GeForce RTX 3060, 12288, 12000, 580.95.05, 8.6"
V100 = "Tesla V100-SXM2-32GB, 32768, 32400, 580.95.05, 7.0"
BUSY = "NVIDIA A100-SXM4-80GB, 81920, 53248, 580.95.05, 8.0"
OLD_DRIVER = "NVIDIA A100-SXM4-80GB, 81920, 81200, 535.183.01, 8.0"


class Machine:
    """A search path with a driver's tool that lists given GPUs, and perhaps a vLLM that tells how it was started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {"PATH": str(folder), "ADVISOR_LLM_API_KEY": KEY}

    def program(self, name: str, body: str) -> None:
        path = self._folder / name
        path.write_text(f"#!{sys.executable}\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    def gpus(self, *described: str) -> None:
        lines = [f"{index}, GPU-{index:08x}, {gpu}" for index, gpu in enumerate(described)]
        self.program("nvidia-smi", f"print({chr(10).join(lines)!r})")

    def run(self, *arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
        changed = {name: value for name, value in (self._environment | environment).items() if value is not None}
        command = [sys.executable, str(SCRIPT), *arguments]
        return subprocess.run(command, env=changed, capture_output=True, text=True, check=False, timeout=60)

    def flags(self, *arguments: str, **environment: str | None) -> Mapping[str, str]:
        """The flags that vLLM would be started with."""
        done = self.run("--dry-run", *arguments, **environment)
        assert done.returncode == 0, done.stderr
        command = next(line.removeprefix("Command  ") for line in done.stdout.splitlines() if "Command" in line)
        words = command.split()
        assert words[:2] == ["vllm", "serve"]
        followed = zip(words, [*words[1:], ""], strict=True)
        return {"model": words[2]} | {flag: value for flag, value in followed if flag.startswith("--")}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("gpus", "model", "parallel", "replicas"),
    [
        pytest.param([RTX_3060], "Qwen/Qwen3-8B-AWQ", "1", None, id="12 GB"),
        pytest.param([T4], "Qwen/Qwen3-8B-AWQ", "1", None, id="16 GB, an old generation"),
        pytest.param([L4], "Qwen/Qwen3.5-9B", "1", None, id="24 GB, of which less is there"),
        pytest.param([RTX_4090], "Qwen/Qwen3.5-9B", "1", None, id="24 GB"),
        pytest.param([A100_40], "Qwen/Qwen3.6-27B-FP8", "1", None, id="40 GB"),
        pytest.param([RTX_4090] * 2, "Qwen/Qwen3.6-35B-A3B-FP8", "2", None, id="twice 24 GB"),
        pytest.param([A100], "Qwen/Qwen3.6-35B-A3B-FP8", "1", None, id="80 GB"),
        pytest.param([A100] * 2, "Qwen/Qwen3.5-122B-A10B-FP8", "2", None, id="twice 80 GB"),
        pytest.param([A100] * 4, "Qwen/Qwen3.5-122B-A10B-FP8", "2", "2", id="four times 80 GB, two copies"),
        pytest.param([H200] * 8, "Qwen/Qwen3.5-397B-A17B-FP8", "4", "2", id="eight times 141 GB"),
    ],
)
def test_largest_model_that_fits_is_spread_over_as_few_gpus_as_hold_it(
    machine: Machine, gpus: list[str], model: str, parallel: str, replicas: str | None
) -> None:
    machine.gpus(*gpus)

    flags = machine.flags()

    assert flags["model"] == model
    assert flags["--tensor-parallel-size"] == parallel
    assert flags.get("--data-parallel-size") == replicas
    assert "--enable-prefix-caching" in flags


@pytest.mark.parametrize(
    ("gpu", "arguments", "expected"),
    [
        pytest.param(A100, [], {"--max-model-len": "16384", "--gpu-memory-utilization": "0.90"}, id="room enough"),
        pytest.param(L4, [], {"--max-model-len": "12288"}, id="a shorter context where room is scarce"),
        pytest.param(A100, ["--max-model-len", "32768"], {"--max-model-len": "32768"}, id="the operator's own context"),
        pytest.param(BUSY, [], {"--gpu-memory-utilization": "0.63"}, id="less where another program holds memory"),
        pytest.param(T4, [], {"--dtype": "half"}, id="16-bit floats of the older kind where the GPU has no others"),
        pytest.param(A100, [], {"--served-model-name": "qwen3.6-35b-a3b-fp8"}, id="a short name for the app"),
        pytest.param(A100, ["--served-name", "house"], {"--served-model-name": "house"}, id="the operator's own name"),
        pytest.param(A100, ["--", "--max-num-seqs", "64"], {"--max-num-seqs": "64"}, id="flags for vLLM itself"),
        pytest.param(
            A100, ["--host", "127.0.0.1", "--port", "9"], {"--host": "127.0.0.1", "--port": "9"}, id="address"
        ),
    ],
)
def test_flags_follow_from_the_machine_and_the_wishes(
    machine: Machine, gpu: str, arguments: list[str], expected: dict[str, str]
) -> None:
    machine.gpus(gpu)

    flags = machine.flags(*arguments)

    assert {flag: flags.get(flag) for flag in expected} == expected


def test_model_that_thinks_aloud_is_told_not_to(machine: Machine) -> None:
    machine.gpus(A100)

    assert "--default-chat-template-kwargs" in machine.flags("--model", "Qwen/Qwen3-8B")
    assert "--default-chat-template-kwargs" not in machine.flags("--model", "Qwen/Qwen3-4B-Instruct-2507")


def test_app_is_told_where_the_model_is(machine: Machine) -> None:
    machine.gpus(A100)

    done = machine.run("--dry-run", "--host", "127.0.0.1", "--served-name", "house")

    assert "ADVISOR_LLM_BASE_URL=http://127.0.0.1:8000/v1" in done.stdout
    assert "ADVISOR_LLM_MODEL=house" in done.stdout
    assert KEY not in done.stdout + done.stderr


def test_gpus_that_are_hidden_are_left_alone(machine: Machine) -> None:
    machine.gpus(A100, A100, RTX_4090)

    assert machine.flags(CUDA_VISIBLE_DEVICES="2")["model"] == "Qwen/Qwen3.5-9B"
    assert machine.flags(CUDA_VISIBLE_DEVICES="GPU-00000002")["model"] == "Qwen/Qwen3.5-9B"
    assert machine.flags(CUDA_VISIBLE_DEVICES="0,1")["--tensor-parallel-size"] == "2"


def test_idle_and_unlike_gpus_are_told(machine: Machine) -> None:
    machine.gpus(A100, A100, H200)

    done = machine.run("--dry-run")

    assert "1 of 3 GPUs stay idle" in done.stdout
    assert "the GPUs differ" in done.stdout


@pytest.mark.parametrize(
    ("gpus", "arguments", "environment", "told"),
    [
        pytest.param([OLD_DRIVER], [], {}, ["535.183.01", "580"], id="an old driver"),
        pytest.param([V100], ["--model", "Qwen/Qwen3-4B-AWQ"], {}, ["compute capability 7", "7.5"], id="an old GPU"),
        pytest.param([T4], ["--model", "Qwen/Qwen3.6-27B-FP8"], {}, ["compute capability 7.5"], id="no 8-bit floats"),
        pytest.param(
            [RTX_4090], ["--model", "Qwen/Qwen3.6-27B-FP8"], {}, ["GB on each", "Qwen/Qwen3.5-9B"], id="too large"
        ),
        pytest.param([RTX_4090], ["--model", "acme/writer-70B"], {}, ["147 GB"], id="too large, by its name"),
        pytest.param([A100], ["--model", "acme/writer"], {}, ["--weights-gb"], id="a size that nobody tells"),
        pytest.param([A100], ["--tensor-parallel", "2"], {}, ["--tensor-parallel 2", "1 to 1"], id="too few GPUs"),
        pytest.param([A100], [], {"ADVISOR_LLM_API_KEY": None}, ["ADVISOR_LLM_API_KEY", "127.0.0.1"], id="no key"),
        pytest.param([A100], [], {"CUDA_VISIBLE_DEVICES": ""}, ["CUDA_VISIBLE_DEVICES"], id="all GPUs hidden"),
        pytest.param([], [], {}, ["no GPU"], id="no GPU at all"),
        pytest.param(["NVIDIA H100, [N/A], [N/A], 580.1, 9.0"], [], {}, ["[N/A]", "MIG"], id="a split GPU"),
    ],
)
def test_what_cannot_be_served_is_told_with_what_to_do(
    machine: Machine, gpus: list[str], arguments: list[str], environment: dict[str, str | None], told: list[str]
) -> None:
    machine.gpus(*gpus)

    done = machine.run("--dry-run", *arguments, **environment)

    assert done.returncode == 1
    assert [part for part in ["error: ", *told] if part not in done.stderr] == []


def test_machine_without_a_driver_is_told_apart_from_one_whose_driver_fails(machine: Machine) -> None:
    without = machine.run("--dry-run")
    machine.program("nvidia-smi", "import sys; sys.exit('Driver/library version mismatch')")
    failing = machine.run("--dry-run")

    assert (without.returncode, failing.returncode) == (1, 1)
    assert "no nvidia-smi" in without.stderr
    assert "version mismatch" in failing.stderr


def test_wrong_usage_is_told_without_looking_at_the_machine(machine: Machine) -> None:
    done = machine.run("--port", "0")

    assert done.returncode == 2
    assert "--port is 0" in done.stderr


def test_missing_vllm_is_told_with_the_way_to_install_it(machine: Machine) -> None:
    machine.gpus(A100)

    done = machine.run()

    assert done.returncode == 1
    assert ".[gpu]" in done.stderr


def test_vllm_gets_the_key_by_the_environment_alone(machine: Machine) -> None:
    machine.gpus(A100)
    machine.program("vllm", "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]))")

    done = machine.run("--served-name", "house")

    arguments, environment = json.loads(done.stdout.splitlines()[-1])
    assert arguments[:2] == ["serve", "Qwen/Qwen3.6-35B-A3B-FP8"]
    assert KEY not in arguments
    assert environment["VLLM_API_KEY"] == KEY


def test_table_of_models_is_shown_without_a_gpu(machine: Machine) -> None:
    done = machine.run("--list")

    assert done.returncode == 0
    assert "Qwen/Qwen3.6-27B-FP8" in done.stdout
