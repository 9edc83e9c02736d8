"""A run at one moment, as tensors and plain values: enough to go on as if it had never stopped.

As bytes it is one safetensors file whose metadata holds the plain values as JSON. Reading one runs no code: neither
pickle nor anything like it is involved.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

_KEY = "checkpoint"
_MAX_HEADER = 50_000_000


class CheckpointMismatch(ValueError):
    """A checkpoint does not go with a configuration; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """tensors: by name, on the CPU. state: what JSON can hold; ``config`` (JSON text), ``epoch``, ``step`` among it."""

    tensors: Mapping[str, Tensor] = field(repr=False)
    state: Mapping[str, Any] = field(repr=False)

    @property
    def epoch(self) -> float:
        """Passes done."""
        return self.state["epoch"]

    @property
    def step(self) -> int:
        """Steps taken."""
        return self.state["step"]

    def to_bytes(self) -> bytes:
        """One safetensors file."""
        from safetensors.torch import save

        return save(dict(self.tensors), metadata={_KEY: json.dumps(self.state)})

    @classmethod
    def from_bytes(cls, content: bytes) -> Checkpoint:
        """Read ``to_bytes`` back. Raises ValueError for a damaged or foreign file."""
        from safetensors import SafetensorError
        from safetensors.torch import load

        try:
            (length,) = struct.unpack("<Q", content[:8])
            if length > _MAX_HEADER:
                raise ValueError("its header is too long")
            header = json.loads(content[8 : 8 + length])
            state = json.loads(header["__metadata__"][_KEY])
            tensors = load(content)
        except (struct.error, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise ValueError(f"this is no checkpoint, or it is damaged: {error}") from None
        return cls(tensors=tensors, state=state)


def pack(value: Any, prefix: str, tensors: dict[str, Tensor]) -> Any:
    """Plain values in place of tensors, which go to ``tensors`` under names that begin with ``prefix``."""
    if isinstance(value, Tensor):
        tensors[prefix] = value.detach().to("cpu", copy=True).contiguous()
        return {"tensor": prefix}
    if isinstance(value, Mapping):
        return {"map": [[key, pack(entry, f"{prefix}.{key}", tensors)] for key, entry in value.items()]}
    if isinstance(value, list | tuple):
        return {"list": [pack(entry, f"{prefix}.{i}", tensors) for i, entry in enumerate(value)]}
    return value


def unpack(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    """What ``pack`` was given; tuples come back as lists."""
    if not isinstance(value, dict):
        return value
    if "tensor" in value:
        return tensors[value["tensor"]].clone()
    if "map" in value:
        return {key: unpack(entry, tensors) for key, entry in value["map"]}
    return [unpack(entry, tensors) for entry in value["list"]]
