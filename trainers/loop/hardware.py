"""Where a run can be computed: CUDA GPUs, Apple's GPU, the CPU; by key and by name."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trainers.config import RunConfig
from trainers.data import Splits

# Products of weights and rows in a step from which on a GPU is faster than the CPU, measured on an H200: below it a GPU
# waits for its own kernels to be started (benchmarks/gpu.md).
WORTH_A_GPU = 5_000_000


@dataclass(frozen=True, kw_only=True)
class Device:
    """key: what PyTorch calls it (cuda:0, mps, cpu). name: as people know it. memory: bytes, None where unknown."""

    key: str
    name: str
    kind: Literal["cuda", "mps", "cpu"]
    memory: int | None = None


def devices() -> tuple[Device, ...]:
    """All devices, the fastest first; the CPU is always there. Imports PyTorch."""
    import torch

    result = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            facts = torch.cuda.get_device_properties(index)
            result.append(Device(key=f"cuda:{index}", name=facts.name, kind="cuda", memory=facts.total_memory))
    if torch.backends.mps.is_available():
        result.append(Device(key="mps", name="Apple GPU (MPS)", kind="mps"))
    return (*result, Device(key="cpu", name=_cpu_name(), kind="cpu"))


def choose_device(key: str | None = None) -> Device:
    """The device of this key; without one, the fastest there is.

    Raises:
        ValueError: there is no such device; it names those that there are.
    """
    present = devices()
    if key is None:
        return present[0]
    for device in present:
        if key in (device.key, device.kind):
            return device
    raise ValueError(f"the device was given {key!r:.40}; here are {', '.join(device.key for device in present)}")


def products(config: RunConfig, splits: Splits) -> int:
    """Products of weights and rows in one step of training: how large the work is between two waits."""
    shape, rows = splits.shape, len(splits.train)
    uses = shape[0] if len(shape) == 2 else max(1, shape[1] * shape[2] // 16) if len(shape) == 3 else 1
    return min(config.budget.batch_size or rows, rows) * uses * config.parameters(shape, len(splits.classes) or None)


def suitable_device(config: RunConfig, splits: Splits, runs: int = 1) -> Device:
    """The fastest device for so many runs of this size at once: small steps take longer on a GPU than on the CPU."""
    present = devices()
    return present[0] if runs * products(config, splits) >= WORTH_A_GPU else present[-1]


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return f"CPU ({line.partition(':')[2].strip()})"
    except OSError:
        pass
    return f"CPU ({platform.processor() or platform.machine()})"
