"""The player's payload: one bytes blob with everything that figures/frontend/ draws.

Layout, little-endian: uint32 length of the header in bytes; uint16 height in CSS pixels, 0 for the usual; uint16, 1
where a start can be picked, else 0; a JSON header in UTF-8 padded with spaces to a multiple of 8; then float32 buffers,
each beginning at a multiple of 8 after the header.

A series in the header is ``[offset, count]`` into the buffers, or ``{"constant": c}`` (null for NaN), or
``{"slope": s}`` for s times the step, or null where there is none. Near a minimum float32 loses the digits that matter,
therefore:

* positions are sent as offsets from the lane's ``anchor`` (in float64): the last point, which they approach, or the
  first one where the path runs off to far outside the domain;
* values are sent as f - f* where the minimum f* is known and nothing lies below it (``base``), computed in float64;
* distance to the nearest minimum and gradient norm are computed here.

What the rule remembers, and the effective step -(x_{k+1} - x_k) / g_k of each coordinate, are sampled every ``stride``
steps, at most 1,000 samples. Beyond float32's range numbers are cut to its largest.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.race import RaceResult
from figures.race.lanes import DrawnLane, drawn_lanes
from figures.theme import MARKERS, field_color, on_background

Array = NDArray[np.float64]

MAX_SAMPLES = 1000
_MAX_COMPONENTS = 6
_LARGEST = float(np.finfo(np.float32).max)
_MOMENTA = ("m", "momentum", "momentum_buffer", "velocity", "exp_avg", "buf")


class _Buffers:
    """Float32 buffers one after another, each at a multiple of 8."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def series(self, values: Array) -> Any:
        """What the header says about these values, ``(n,)``: where they lie, or the number they all are."""
        first = float(values[0])
        if np.isnan(values).all():
            return {"constant": None}
        if (values == first).all() and math.isfinite(first):
            return {"constant": first}
        with np.errstate(all="ignore"):  # a diverging path may be infinite
            slope = float(values[1] - values[0])
            if first == 0 and np.array_equal(values, slope * np.arange(len(values))):
                return {"slope": slope}
        data = np.clip(values, -_LARGEST, _LARGEST).astype("<f4").tobytes()
        offset = self._size
        self._parts.append(data + b"\0" * (-len(data) % 8))
        self._size += len(self._parts[-1])
        return [offset, len(values)]

    def joined(self) -> bytes:
        return b"".join(self._parts)


def player_payload(result: RaceResult, *, view: Mapping[str, Any] | None = None, replay: bool | None = None) -> bytes:
    """The finished race as the player takes it.

    Args:
        view: what the player last reported as its view, or part of it: ``step``, ``x`` ("step", "evaluations"), ``y``
            ("value", "distance", "gradient", "rate"), ``memory`` (a state's name), ``lane`` and ``hidden`` (labels),
            ``arrows``, ``speed``, ``loop``, ``zoom`` (x low, x high, y low, y high); ``map`` or ``charts`` False leaves
            them out.
        replay: True plays from the first step, False shows the last one; None plays after a change of start or
            landscape.
    """
    race, landscape = result.race, result.race.landscape
    steps = race.steps
    stride = math.ceil((steps + 1) / MAX_SAMPLES)
    buffers = _Buffers()
    base = _base(result)
    minima = np.asarray(landscape.minima, dtype=np.float64).reshape(-1, 2)
    lanes = [_lane(lane, landscape, minima, base, stride, buffers) for lane in drawn_lanes(result)]
    program = landscape.program
    header: dict[str, Any] = {
        "version": 1,
        "steps": steps,
        "stride": stride,
        "start": list(map(float, race.start)),
        "base": base,
        "landscape": {
            "key": landscape.key,
            "name": landscape.name,
            "domain": landscape.domain,
            "minima": landscape.minima,
            "saddles": landscape.saddles,
            "program": {"value": program.value, "dx": program.dx, "dy": program.dy},
        },
        "palettes": {name: [field_color(i / 10, name == "dark") for i in range(11)] for name in ("light", "dark")},
        "lanes": lanes,
    }
    data = buffers.joined()
    digest = hashlib.sha1(json.dumps(header).encode(), usedforsecurity=False)
    digest.update(data)
    header |= {"race": digest.hexdigest()[:16], "view": dict(view or {}), "replay": replay}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<IHH", len(text), 0, 0) + text + data


def framed(payload: bytes, *, height: int, pickable: bool) -> bytes:
    """The same payload for a component ``height`` CSS pixels high, whose start can be picked or not."""
    return payload[:4] + struct.pack("<HH", height, pickable) + payload[8:]


def _base(result: RaceResult) -> float | None:
    """f* where it is known and no path goes below it (a path may leave the domain that f* belongs to)."""
    minimum = result.race.landscape.minimum
    if minimum is None:
        return None
    lowest = min(float(lane.trajectory.values.min()) for lane in result.lanes) if result.lanes else minimum
    return float(minimum) if lowest >= minimum - 1e-9 * max(1.0, abs(minimum)) else None


def _lane(
    lane: DrawnLane, landscape: Any, minima: Array, base: float | None, stride: int, buffers: _Buffers
) -> dict[str, Any]:
    trajectory = lane.trajectory
    points, values = trajectory.points, trajectory.values
    anchor = _anchor(points, landscape.domain)
    with np.errstate(all="ignore"):  # a diverging path overflows; it is drawn up to the edge
        gradient = np.asarray(landscape.gradient(points), dtype=np.float64)
        norm = np.hypot(gradient[:, 0], gradient[:, 1])
        distance = _distance(points, minima)
        gap = values if base is None else np.maximum(values - base, 0.0)
        effective = -np.diff(points, axis=0) / gradient[:-1]
        effective = np.concatenate([effective, np.full((1, 2), np.nan)])
        effective[~np.isfinite(effective)] = np.nan
    memory = [_remembered("effective step", effective, stride, buffers)]
    for name, state in trajectory.states.items():
        flat = np.asarray(state, dtype=np.float64)
        if flat.size <= _MAX_COMPONENTS * len(points):
            memory.append(_remembered(name, flat, stride, buffers))
    names = [entry["name"] for entry in memory]
    momentum = next((names.index(name) for name in _MOMENTA if name in names), None)
    if momentum is not None and len(memory[momentum]["series"]) != 2:
        momentum = None
    return {
        "label": lane.label,
        "colors": [on_background(lane.color, dark) for dark in (False, True)],
        "dash": list(lane.dash),
        "outline": MARKERS[lane.marker],
        "diverged": int(trajectory.first_nonfinite),
        "anchor": anchor.tolist(),
        "x": buffers.series(points[:, 0] - anchor[0]),
        "y": buffers.series(points[:, 1] - anchor[1]),
        "gap": buffers.series(gap),
        "gradient": buffers.series(norm),
        "distance": None if distance is None else buffers.series(distance),
        "rate": buffers.series(np.asarray(trajectory.rates, dtype=np.float64)),
        "evaluations": buffers.series(trajectory.evaluations.astype(np.float64)),
        "memory": memory,
        "momentum": momentum,
    }


def _anchor(points: Array, domain: Any) -> Array:
    """The point of a path near which positions need most digits. A far anchor would cost the near points theirs."""
    low, high = np.asarray(domain, dtype=np.float64).T
    inside = np.abs(points[-1] - (low + high) / 2) <= 10 * (high - low)
    return points[-1] if inside.all() else points[0]


def _distance(points: Array, minima: Array) -> Array | None:
    """``(S, 2)`` and ``(M, 2)`` -> ``(S,)``, to the nearest minimum; None where none is known."""
    if not len(minima):
        return None
    gaps = points[:, None, :] - minima[None, :, :]
    return np.hypot(gaps[..., 0], gaps[..., 1]).min(axis=1)


def _remembered(name: str, values: Array, stride: int, buffers: _Buffers) -> dict[str, Any]:
    """A state ``(S, ...)``, one series a component, named by its place: x and y, xx to yy, or nothing."""
    sampled = values[::stride].reshape(len(values[::stride]), -1)
    return {
        "name": name,
        "series": [
            {"name": component, "values": buffers.series(sampled[:, i])}
            for i, component in enumerate(_components(values.shape[1:]))
        ],
    }


def _components(shape: tuple[int, ...]) -> Iterator[str]:
    for index in np.ndindex(shape):
        axes = [("x", "y")[i] if size == 2 else str(i) for i, size in zip(index, shape, strict=True) if size > 1]
        yield "".join(axes)
