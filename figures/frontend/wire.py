"""The blob that carries numbers to the browser, read there by shared/wire.js.

Layout, little-endian: uint32 length of the header in bytes; uint16 height in CSS pixels, 0 for the usual; uint16, 1
where a start can be picked, else 0; a JSON header in UTF-8 padded with spaces to a multiple of 8; then buffers, each
beginning at a multiple of 8 after the header.

What the header says of a column of numbers: ``{"at": offset, "n": count}`` for float32 in the buffers, with
``"as": "u1"``, ``"u2"`` or ``"u4"`` for whole numbers and ``"f8"`` for float64; ``{"from": a, "step": s, "n": count}``
for a + s i, where a is null for NaN; ``{"knots": column, "every": k, "n": count}`` for every k-th number and the last,
the others between them on a line. Beyond float32's range numbers are cut to its largest, but for ``f8``.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TALLEST = 4096
LARGEST = float(np.finfo(np.float32).max)


class Buffers:
    """Columns one after another; the same bytes are kept once."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._seen: dict[bytes, int] = {}

    def numbers(self, values: NDArray[Any]) -> dict[str, Any]:
        """Real numbers ``(n,)``, cut at float32's largest; NaN stays."""
        return _line(values) or {
            "at": self._put(np.clip(values, -LARGEST, LARGEST).astype("<f4")),
            "n": len(values),
        }

    def exact(self, values: NDArray[Any]) -> dict[str, Any]:
        """Real numbers ``(n,)`` with all their digits."""
        return {"at": self._put(np.asarray(values).astype("<f8")), "n": len(values), "as": "f8"}

    def whole(self, values: NDArray[Any]) -> dict[str, Any]:
        """Whole numbers from 0, flattened, in as few bytes as the largest needs."""
        top = int(values.max()) if np.size(values) else 0
        kind = "u1" if top < 2**8 else "u2" if top < 2**16 else "u4"
        return {"at": self._put(np.asarray(values).ravel().astype(f"<{kind}")), "n": int(np.size(values)), "as": kind}

    def clock(self, values: Array, knots: int) -> dict[str, Any]:
        """Numbers that rise, ``(n,)``: all of them, or about so many with straight lines between."""
        if len(values) <= 4 * knots or _line(values):
            return self.numbers(values)
        every = 2 ** math.ceil(math.log2(len(values) / knots))
        spread = np.append(values[::every], values[-1])
        return {
            "knots": {"at": self._put(spread.astype("<f4")), "n": len(spread)},
            "every": every,
            "n": len(values),
        }

    def _put(self, values: NDArray[Any]) -> int:
        data = values.tobytes()
        if data in self._seen:
            return self._seen[data]
        offset = self._seen[data] = self._size
        self._parts.append(data + b"\0" * (-len(data) % 8))
        self._size += len(self._parts[-1])
        return offset

    def joined(self) -> bytes:
        """All columns."""
        return b"".join(self._parts)


def _line(values: NDArray[Any]) -> dict[str, Any] | None:
    """Numbers that lie on a line exactly, or are all NaN, as their header; None for others."""
    n = len(values)
    if not n:
        return None
    if np.isnan(values).all():
        return {"from": None, "step": 0, "n": n}
    if not math.isfinite(first := float(values[0])) or abs(first) > LARGEST:
        return None
    step = float(values[1]) - first if n > 1 else 0.0
    if not abs(step) <= LARGEST or not np.array_equal(values, first + step * np.arange(n)):
        return None
    return {"from": first, "step": step, "n": n}


def blob(header: Mapping[str, Any], buffers: Buffers, height: int = 0) -> bytes:
    """Header and buffers in one piece; the same header and numbers give the same bytes."""
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<IHH", len(text), _bounded(height), 0) + text + buffers.joined()


def framed(
    payload: bytes, *, height: int | None = None, pickable: bool = False, view: Mapping[str, Any] | None = None
) -> bytes:
    """The same payload, ``height`` CSS pixels high (None: as it was), whose start can be picked or not.

    view: goes into a header without one, as ``view``; None leaves the header as it is.
    """
    tall = payload[4:6] if height is None else struct.pack("<H", _bounded(height))
    framed = payload[:4] + tall + struct.pack("<H", pickable) + payload[8:]
    return framed if view is None else with_more(framed, {"view": dict(view)})


def with_more(payload: bytes, more: Mapping[str, Any]) -> bytes:
    """The same payload with more in its header, which has none of these names yet."""
    end = 8 + struct.unpack_from("<I", payload)[0]
    given = json.dumps(dict(more), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    text = given[:-1] + b"," + payload[9:end]
    text += b" " * (-len(text) % 8)
    return struct.pack("<I", len(text)) + payload[4:8] + text + payload[end:]


def _bounded(height: int) -> int:
    return max(0, min(height, TALLEST))


def plain(number: float | None) -> float | None:
    """What JSON can hold: None for what is no finite number."""
    return float(number) if number is not None and math.isfinite(number) else None
