"""The player's payload: one bytes blob with everything that figures/frontend/race/ draws.

``figures/frontend/wire.py`` tells how the blob and its columns are laid out; a column that there is none of is null.
Near a minimum float32 loses the digits that matter, therefore:

* positions are sent as offsets from the lane's ``anchor`` (in float64): the last point, which they approach, or the
  first one where the path runs off to far outside the domain;
* values are sent as f - f* where the minimum f* is known and nothing lies below it (``base``), computed in float64;
* distance to the nearest minimum and gradient norm are computed here.

A race in one dimension has y = 0 throughout, and of what rules remember the part of x.

A lane whose rule and schedule have a program (optimizers/path_program.py) carries it, and the race the codes of its
surface and its noise: with them the browser moves the lane itself, while its start, its rate or a parameter of the
surface is dragged. ``handles`` are the numbers that can be: in which lane (null: the surface), as which input of the
programs, over which range. Where the surface has such parameters, ``moving`` has its codes with them as inputs, and
says ``searched`` where minima are known only for the parameters as they are.

What the rule remembers, and the effective step -(x_{k+1} - x_k) / g_k of each coordinate, are sampled every ``stride``
steps, at most 1,000 samples. An effective step is left out where rounding of the position eats into its third digit.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from threading import Lock
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from experiments.race import RaceResult, in_hand
from figures.frontend import Buffers, blob, with_more
from figures.race.lanes import DrawnLane, drawn_lanes
from figures.theme import ENDS, MARKERS, OTHER_REST, field_color, on_background, well_color
from landscapes import Landscape
from optimizers import Trajectory, path_program
from optimizers.meter import noise_tilts

Array = NDArray[np.float64]

MAX_SAMPLES = 1000
MOST_KNOWN = 32  # payloads that are kept, of 40 kB as a rule
_MAX_COMPONENTS = 6
_RESOLVED = 2.0**-42  # of a position: a thousand times the rounding of float64
_MOMENTA = ("m", "momentum", "momentum_buffer", "velocity", "exp_avg", "buf")


def player_payload(result: RaceResult, *, view: Mapping[str, Any] | None = None, replay: bool | None = None) -> bytes:
    """The finished race as the player takes it.

    Args:
        view: what the player last reported as its view, or part of it: ``step``, ``x`` ("step", "evaluations",
            "epochs", "rows", "time"), ``y`` ("value", "distance", "gradient", "sampled", "rate"), ``memory`` (a
            state's name), ``lane`` and ``hidden`` (labels), ``arrows``, ``slopes``, ``anatomy``, ``speed``, ``loop``,
            ``zoom`` (x low, x high, y low, y high), ``picture`` ("map", "3d") and ``camera`` (degrees around and up)
            of the latter; ``map`` or ``charts`` False leaves them out.
        replay: True plays from the first step, False shows the last one; None plays after a change of start or
            landscape.
    """
    return with_more(_without_view(result), {"view": dict(view or {}), "replay": replay})


_known: OrderedDict[int, tuple[ref[RaceResult], bytes]] = OrderedDict()
_knows = Lock()


def _without_view(result: RaceResult) -> bytes:
    """What all who look at a race get alike, made once for those who look at the same time."""
    with _knows:
        whose, payload = _known.get(id(result), (None, b""))
        if whose is not None and whose() is result:
            _known.move_to_end(id(result))
            return payload
    payload = _made(result)
    with _knows:
        _known[id(result)] = ref(result), payload
        _known.move_to_end(id(result))
        while len(_known) > MOST_KNOWN:
            _known.popitem(last=False)
    return payload


def _made(result: RaceResult) -> bytes:
    race, landscape = result.race, result.race.landscape
    steps = race.steps
    stride = math.ceil((steps + 1) / MAX_SAMPLES)
    buffers = Buffers()
    base = _base(result)
    lanes = [_lane(lane, result, base, stride, buffers) for lane in drawn_lanes(result)]
    program, codes = landscape.program, landscape.codes
    header: dict[str, Any] = {
        "version": 1,
        "steps": steps,
        "stride": stride,
        "start": list(map(float, race.start)),
        "base": base,
        "landscape": {
            "key": landscape.key,
            "name": landscape.name,
            "dimensions": landscape.dimensions,
            "domain": landscape.domain,
            "minima": landscape.minima,
            "saddles": landscape.saddles,
            "program": {"value": program.value, "dx": program.dx, "dy": program.dy},
            "codes": {
                "value": codes.value,
                "gradient": codes.gradient,
                "hessian": codes.hessian,
                "rows": landscape.rows and landscape.rows.as_lists,
            },
            "moving": _moving(landscape),
        },
        "ends": _ends(landscape),
        "handles": _handles(result),
        "tilts": None if not race.noise else [buffers.exact(column) for column in _tilts(result).T],
        "palettes": {name: [field_color(i / 10, name == "dark") for i in range(11)] for name in ("light", "dark")},
        "lanes": lanes,
    }
    digest = hashlib.sha1(json.dumps(header).encode(), usedforsecurity=False)
    digest.update(buffers.joined())
    return blob({**header, "race": digest.hexdigest()[:16]}, buffers)


def _moving(landscape: Landscape) -> dict[str, Any] | None:
    """Codes with the parameters as inputs, for value, gradient, Hessian and facts; None where there are none."""
    if not landscape.moving:
        return None
    searched = {"searched": True} if landscape.searched else {}
    return {**asdict(landscape.moving_codes), "facts": landscape.moving_facts, **searched}


def _ends(landscape: Landscape) -> dict[str, Any] | None:
    """The colors of where paths end, for light and dark: what stands for a start on the axis of a line."""
    if landscape.dimensions != 1:
        return None
    minima = [[well_color(i / 15, dark) for i in range(16)] for dark in (False, True)]
    others = {name: ENDS[name] for name in ("moving", "left", "diverged", "undefined")}
    return {"minima": minima, "maximum": OTHER_REST, **others}


def _handles(result: RaceResult) -> list[dict[str, Any]]:
    return [
        {
            "name": held.name,
            "lane": held.lane,
            "input": held.parameter.name,
            "value": held.value,
            "low": held.parameter.low,
            "high": held.parameter.high,
            "log": held.parameter.log,
        }
        for held in in_hand(result.race)
    ]


def _base(result: RaceResult) -> float | None:
    """f* where it is known and no path goes below it (a path may leave the domain that f* belongs to)."""
    minimum = result.race.landscape.minimum
    if minimum is None:
        return None
    lowest = min(float(lane.trajectory.values.min()) for lane in result.lanes) if result.lanes else minimum
    return float(minimum) if lowest >= minimum - 1e-9 * max(1.0, abs(minimum)) else None


def _lane(lane: DrawnLane, result: RaceResult, base: float | None, stride: int, buffers: Buffers) -> dict[str, Any]:
    trajectory, landscape = lane.trajectory, result.race.landscape
    points, values = trajectory.points, trajectory.values
    anchor = _anchor(points, landscape.domain)
    with np.errstate(all="ignore"):  # a diverging path overflows; it is drawn up to the edge
        gradient = np.asarray(landscape.gradient(points), dtype=np.float64)
        norm = np.hypot(gradient[:, 0], gradient[:, 1])
        distance = landscape.distance(points) if landscape.minima else None
        gap = values if base is None else np.maximum(values - base, 0.0)
        moved = np.diff(points, axis=0)
        effective = np.where(np.abs(moved) > _RESOLVED * np.abs(points[1:]), -moved / gradient[:-1], np.nan)
        effective = np.concatenate([effective, np.full((1, 2), np.nan)])
        effective[~np.isfinite(effective)] = np.nan
    dimensions = landscape.dimensions
    memory = [_remembered("effective step", effective, stride, buffers, dimensions)]
    for name, state in trajectory.states.items():
        flat = np.asarray(state, dtype=np.float64)
        if flat.size <= _MAX_COMPONENTS * len(points):
            memory.append(_remembered(name, flat, stride, buffers, dimensions))
    names = [entry["name"] for entry in memory]
    momentum = next((names.index(name) for name in _MOMENTA if name in names), None)
    if momentum is not None and len(memory[momentum]["series"]) != dimensions:
        momentum = None
    return {
        "label": lane.label,
        "short": lane.short,
        "rule": lane.entry.optimizer,
        "colors": [on_background(lane.color, dark) for dark in (False, True)],
        "dash": list(lane.dash),
        "outline": MARKERS[lane.marker],
        "diverged": int(trajectory.first_nonfinite),
        "anchor": anchor.tolist(),
        "x": buffers.numbers(points[:, 0] - anchor[0]),
        "y": buffers.numbers(points[:, 1] - anchor[1]),
        "gap": buffers.numbers(gap),
        "gradient": buffers.numbers(norm),
        "distance": None if distance is None else buffers.numbers(distance),
        "rate": buffers.numbers(np.asarray(trajectory.rates, dtype=np.float64)),
        "evaluations": buffers.numbers(trajectory.evaluations.astype(np.float64)),
        "memory": memory,
        "momentum": momentum,
        "program": _program(trajectory, bool(result.race.noise)),
        "batches": _batches(lane, result),
    }


def _program(trajectory: Trajectory, noisy: bool) -> dict[str, Any] | None:
    """How the browser moves this lane itself, or None where only the server can."""
    program = path_program(
        trajectory.optimizer,
        trajectory.hyperparameters,
        schedule=trajectory.schedule,
        steps=trajectory.steps,
        noisy=noisy,
    )
    return None if program is None else asdict(program)


def _batches(lane: DrawnLane, result: RaceResult) -> dict[str, Any] | None:
    """How the browser finds the rows of each step; None where a step sees all of them."""
    batches = result.race.batches(lane.entry)
    return None if batches is None else asdict(batches)


def _tilts(result: RaceResult) -> Array:
    race = result.race
    return noise_tilts(race.noise, race.seed, race.steps, race.landscape.dimensions)


def _anchor(points: Array, domain: Any) -> Array:
    """The point of a path near which positions need most digits. A far anchor would cost the near points theirs."""
    low, high = np.asarray(domain, dtype=np.float64).T
    inside = np.abs(points[-1] - (low + high) / 2) <= 10 * (high - low)
    return points[-1] if inside.all() else points[0]


def _remembered(name: str, values: Array, stride: int, buffers: Buffers, dimensions: int) -> dict[str, Any]:
    """A state ``(S, ...)``, one series a component, named by its place: x and y, xx to yy, or nothing.

    Of a state on a line only what belongs to x.
    """
    if dimensions == 1:
        values = values[(slice(None), *(slice(1 if size == 2 else None) for size in values.shape[1:]))]
    sampled = values[::stride].reshape(len(values[::stride]), -1)
    return {
        "name": name,
        "series": [
            {"name": component, "values": buffers.numbers(sampled[:, i])}
            for i, component in enumerate(_components(values.shape[1:]))
        ],
    }


def _components(shape: tuple[int, ...]) -> Iterator[str]:
    for index in np.ndindex(shape):
        axes = [("x", "y")[i] if size == 2 else str(i) for i, size in zip(index, shape, strict=True) if size > 1]
        yield "".join(axes)
