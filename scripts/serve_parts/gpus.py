"""The GPUs of this machine, as its driver tells them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

_FIELDS = "index,uuid,name,memory.total,memory.free,driver_version,compute_cap"
_MIB_PER_GB = 1e9 / 2**20
DRIVER = 580
"""The first driver for CUDA 13, with which vLLM 0.32 and 0.33 are built."""


class Unservable(Exception):
    """The model cannot be served here; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU. Memory is in gigabytes, `capability` NVIDIA's compute capability."""

    index: int
    uuid: str
    name: str
    total_gb: float
    free_gb: float
    driver: str
    capability: float


def read_gpus(visible: str | None) -> tuple[Gpu, ...]:
    """The GPUs that a server may use; `visible` is the value of CUDA_VISIBLE_DEVICES, which the driver's tool ignores.

    Raises:
        Unservable: there is no NVIDIA driver, it does not answer, or no GPU is left.
    """
    tool = shutil.which("nvidia-smi")
    if tool is None:
        raise Unservable(
            "there is no nvidia-smi on the search path, so there is no NVIDIA driver; install the driver"
            f" ({DRIVER} or newer) or start this on the machine that has the GPU"
        )
    command = [tool, f"--query-gpu={_FIELDS}", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unservable("nvidia-smi did not answer within a minute: restart the driver or the machine") from error
    if done.returncode:
        told = (done.stdout + done.stderr).strip()
        raise Unservable(f"nvidia-smi failed with {told!r}: after an update of the driver the machine wants a restart")
    return _chosen([_gpu(line) for line in done.stdout.splitlines() if line.strip()], visible)


def _gpu(line: str) -> Gpu:
    fields = [field.strip() for field in line.split(",")]
    try:
        index, uuid, name, total, free, driver, capability = fields
        return Gpu(
            index=int(index),
            uuid=uuid,
            name=name,
            total_gb=float(total) / _MIB_PER_GB,
            free_gb=float(free) / _MIB_PER_GB,
            driver=driver,
            capability=float(capability),
        )
    except ValueError as error:
        raise Unservable(
            f"nvidia-smi described a GPU as {line!r}, where {_FIELDS} were expected: update the driver"
            f" to {DRIVER} or newer, and switch off MIG"
        ) from error


def _chosen(gpus: Sequence[Gpu], visible: str | None) -> tuple[Gpu, ...]:
    if visible is not None:
        wanted = [name for name in re.split(r"\s*,\s*", visible.strip()) if name]
        gpus = [gpu for name in wanted for gpu in gpus if name == str(gpu.index) or gpu.uuid.startswith(name)]
    if not gpus:
        shown = "" if visible is None else f" that CUDA_VISIBLE_DEVICES={visible!r} leaves visible"
        raise Unservable(f"nvidia-smi lists no GPU{shown}")
    return tuple(gpus)
