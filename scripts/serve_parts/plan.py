"""Decides how a model is spread over GPUs and with which flags it is served. Pure: GPUs and wishes to a command."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from serve_parts.gpus import DRIVER, Gpu, Unservable
from serve_parts.models import TABLE, Model

_SHARE = 0.90
"""How much of a GPU a server takes; the rest is for the driver and for what cannot be foreseen."""

_OVERHEAD_GB = 2.0
"""What each GPU needs beside weights and remembered tokens: the program, its graphs, its activations."""

_LENGTHS = (16384, 12288, 8192)
"""Contexts to choose from: eight passages with neighbours, a conversation and an answer take about 8,000 tokens."""

_AT_ONCE = 2
"""How many whole contexts have to fit for the server to be of use to a team."""

_BFLOAT_CAPABILITY, _OLDEST_CAPABILITY = 8.0, 7.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the operator asked for; None leaves the choice to the plan."""

    host: str = "0.0.0.0"
    port: int = 8000
    served_name: str | None = None
    max_model_len: int | None = None
    tensor_parallel: int | None = None
    has_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A way to serve a model. Memory is in gigabytes for one GPU."""

    model: Model
    wishes: Wishes
    tensor_parallel: int
    replicas: int
    max_model_len: int
    share: float
    half: bool
    contexts: int
    remarks: tuple[str, ...]

    @property
    def served_name(self) -> str:
        """The name under which the app asks for the model."""
        return self.wishes.served_name or self.model.name.rstrip("/").rpartition("/")[2].lower()

    def command(self) -> list[str]:
        """The arguments of `vllm`. The key is not among them: arguments can be read by everybody on the machine."""
        flags = {
            "--host": self.wishes.host,
            "--port": self.wishes.port,
            "--served-model-name": self.served_name,
            "--tensor-parallel-size": self.tensor_parallel,
            "--data-parallel-size": self.replicas if self.replicas > 1 else None,
            "--max-model-len": self.max_model_len,
            "--gpu-memory-utilization": f"{self.share:.2f}",
            "--dtype": "half" if self.half else None,
            "--default-chat-template-kwargs": '{"enable_thinking": false}' if self.model.thinks else None,
        }
        named = [text for flag, value in flags.items() if value is not None for text in (flag, str(value))]
        plain = ["--enable-prefix-caching", "--enable-prompt-tokens-details"]
        return ["serve", self.model.name, *named, *plain, *(["--language-model-only"] if self.model.sees else [])]


def make_plan(model: Model, gpus: Sequence[Gpu], wishes: Wishes) -> Plan:
    """The smallest number of GPUs that holds the model, as often as the machine has it.

    A model on fewer GPUs answers more questions altogether, as they need not wait for each other.

    Raises:
        Unservable: the driver, the GPUs or the wishes do not allow it.
    """
    _check_gpus(model, gpus)
    _check_door(wishes)
    share = _share(gpus)
    for parallel in _parallels(len(gpus), wishes):
        for length in [wishes.max_model_len] if wishes.max_model_len else _LENGTHS:
            contexts = _contexts(model, _room(gpus, share), parallel, length)
            if contexts >= (1 if wishes.max_model_len else _AT_ONCE):
                return Plan(
                    model=model,
                    wishes=wishes,
                    tensor_parallel=parallel,
                    replicas=1 if wishes.tensor_parallel else len(gpus) // parallel,
                    max_model_len=length,
                    share=share,
                    half=min(gpu.capability for gpu in gpus) < _BFLOAT_CAPABILITY,
                    contexts=contexts,
                    remarks=tuple(_remarks(gpus, share, parallel, wishes)),
                )
    raise Unservable(_too_large(model, gpus, share, wishes))


def _check_gpus(model: Model, gpus: Sequence[Gpu]) -> None:
    driver = gpus[0].driver
    if not driver.partition(".")[0].isdigit() or int(driver.partition(".")[0]) < DRIVER:
        raise Unservable(
            f"the NVIDIA driver is {driver!r}, and vLLM's packages for CUDA 13 need {DRIVER} or newer: update it"
        )
    needed = max(model.capability, _OLDEST_CAPABILITY)
    for gpu in gpus:
        if gpu.capability < needed:
            raise Unservable(
                f"GPU {gpu.index} ({gpu.name}) has compute capability {gpu.capability:g}, and {model.name!r} needs"
                f" {needed:g}: choose another model with --model, or leave the GPU out with CUDA_VISIBLE_DEVICES"
            )


def _check_door(wishes: Wishes) -> None:
    if not wishes.has_key and wishes.host not in {"127.0.0.1", "::1", "localhost"}:
        raise Unservable(
            f"without a key anybody who reaches {wishes.host!r} could use the model: set ADVISOR_LLM_API_KEY in the"
            " environment (openssl rand -hex 32 makes one), or serve this machine alone with --host 127.0.0.1"
        )


def _share(gpus: Sequence[Gpu]) -> float:
    """Less than usual where another program holds memory: vLLM refuses to start when its share is not free."""
    free = min(gpu.free_gb / gpu.total_gb for gpu in gpus)
    return min(_SHARE, math.floor((free - 0.02) * 100) / 100)


def _parallels(count: int, wishes: Wishes) -> Iterator[int]:
    """Powers of two: a model's attention heads have to be divisible by the number of GPUs."""
    if (wanted := wishes.tensor_parallel) is None:
        yield from (2**power for power in range(count.bit_length()) if 2**power <= count)
    elif 1 <= wanted <= count:
        yield wanted
    else:
        raise Unservable(f"--tensor-parallel {wanted!r} does not work with {count} GPUs; give 1 to {count}")


def _room(gpus: Sequence[Gpu], share: float) -> float:
    return min(gpu.total_gb for gpu in gpus) * share - _OVERHEAD_GB


def _contexts(model: Model, room_gb: float, parallel: int, length: int) -> int:
    """How many whole contexts fit beside the weights."""
    left = (room_gb - model.weights_gb / parallel) * parallel
    return max(0, int(left * 1e9 / (model.kib_per_token * 1024 * length)))


def _remarks(gpus: Sequence[Gpu], share: float, parallel: int, wishes: Wishes) -> Iterator[str]:
    if share < _SHARE:
        yield f"another program holds memory of the GPUs, so this server takes {share:.0%} instead of {_SHARE:.0%}"
    if len({gpu.name for gpu in gpus}) > 1:
        yield f"the GPUs differ; all are used as the smallest of them: {', '.join(gpu.name for gpu in gpus)}"
    used = parallel * (1 if wishes.tensor_parallel else len(gpus) // parallel)
    if used < len(gpus):
        yield f"{len(gpus) - used} of {len(gpus)} GPUs stay idle; a second server can use them (CUDA_VISIBLE_DEVICES)"


def _too_large(model: Model, gpus: Sequence[Gpu], share: float, wishes: Wishes) -> str:
    length = wishes.max_model_len or _LENGTHS[-1]
    parallel = list(_parallels(len(gpus), wishes))[-1]
    cache = model.kib_per_token * 1024 * length * (1 if wishes.max_model_len else _AT_ONCE) / 1e9
    needed = (model.weights_gb + cache) / parallel + _OVERHEAD_GB
    small = [each for each in TABLE if _contexts(each, _room(gpus, share), parallel, _LENGTHS[-1]) >= _AT_ONCE]
    fits = f"; {small[-1].name!r} would fit (--model)" if small else ""
    return (
        f"{model.name!r} needs about {needed:.0f} GB on each of {parallel} GPUs (weights {model.weights_gb:g} GB,"
        f" context of {length} tokens), and {min(gpu.total_gb for gpu in gpus) * share:.0f} GB of the smallest"
        f" can be used{fits}"
    )
