"""``descend``: the only loop that moves points in the plane."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizers.batches import Batches
from optimizers.meter import Meter, noise_tilts
from optimizers.rates import Rates, stages
from optimizers.rest import Rest
from optimizers.types import Array, ChosenSchedule, Hyper, Objective, Optimizer, Schedule, State, Trajectory
from settings import check_all

MAX_STEPS = 100_000
SMALL_STATE = 6
"""The most numbers a point of a state that ``record="small"`` keeps: two vectors, a matrix and a vector."""

# Points moved together. A block's arrays (128 kB each) stay in the second-level cache; those of 65,536 would not.
_BLOCK = 8192

# Points valued together after the run, and steps between two looks at whether any path of a block is still alive.
_VALUED = 16_384
_LOOK = 32


def descend(
    objective: Objective,
    optimizer: Optimizer,
    *,
    start: ArrayLike,
    steps: int,
    schedule: Schedule | ChosenSchedule | None = None,
    noise: float = 0.0,
    seed: int = 0,
    batches: Batches | None = None,
    record: Literal["all", "small", "points"] = "all",
    progress: Callable[[float], None] | None = None,
    **hyperparameters: Any,
) -> Trajectory:
    """Move points down an objective and record everything.

    Args:
        objective: value, gradient and Hessian of ``(*batch, 2)``; a Landscape is one.
        start: ``(*batch, 2)``, finite.
        steps: 1 to 100,000.
        schedule: replaces ``lr`` at each step (and in ``init``, by that of step 0); needs a rule with an ``lr``.
        noise: standard deviation, per coordinate, of Gaussian noise added to every gradient. The noise of step k is
            fixed by ``seed`` and shared by the batch, as a minibatch is, so every run can be replayed.
        batches: which rows each step sees, of an objective that is a mean over rows (it has ``batch``, as a Landscape
            of rows does); the values recorded are those of all rows.
        record: "points" leaves ``states`` empty, for large batches; "small" records those of at most six numbers a
            point, and not the many steps that L-BFGS keeps.
        progress: called now and then with the share done, 0 to 1; what it raises ends the descent.
        hyperparameters: numbers, or arrays that broadcast with the batch of ``start``: 64 rates give 64 paths.

    The arrays of the result are read-only, so that a cached trajectory can be shared. A batch equals its paths one by
    one to the last bit, whatever else is in the batch. A block whose paths have all diverged is not computed further.

    Raises:
        ValueError: a start, step count, noise or hyperparameter outside what is allowed.
    """
    origin = _check_start(start)
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or not 1 <= steps <= MAX_STEPS:
        raise ValueError(f"steps was given {steps!r}; allowed is a whole number from 1 to {MAX_STEPS}")
    if isinstance(noise, bool) or not isinstance(noise, numbers.Real) or not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise was given {noise!r}; allowed is a number from 0, and finite")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed was given {seed!r}; allowed is a whole number from 0")
    if record not in ("all", "small", "points"):
        raise ValueError(f"record was given {record!r}; allowed is 'all', 'small' or 'points'")
    if batches is not None and getattr(objective, "rows", None) is None:
        raise ValueError("batches were given for an objective that is no mean over rows")
    hyper = check_all(optimizer.hyperparameters, hyperparameters, optimizer.name)
    hyper = {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in hyper.items()}
    chosen = schedule.choose() if isinstance(schedule, Schedule) else schedule
    if chosen is not None and "lr" not in hyper:
        key = chosen.schedule.key
        raise ValueError(f"{optimizer.name} has no learning rate, so it takes no schedule; it was given {key}")
    tilts = noise_tilts(float(noise), seed, steps, getattr(objective, "dimensions", 2)) if noise else None

    try:
        batch = np.broadcast_shapes(origin.shape[:-1], *(np.shape(value) for value in hyper.values()))
    except ValueError:
        shapes = {name: np.shape(value) for name, value in hyper.items() if np.ndim(value)}
        raise ValueError(f"start has batch shape {origin.shape[:-1]}, which does not broadcast with {shapes}") from None
    if 0 in batch:
        raise ValueError(f"start and hyperparameters were given with batch shape {batch}; allowed is at least one path")
    flat = (int(np.prod(batch)),) if batch else ()
    origin = np.broadcast_to(origin, (*batch, 2)).reshape(*flat, 2)
    length = int(steps) + 1
    recording = _Recording(
        points=np.empty((length, *flat, 2)),
        values=np.empty((length, *flat)),
        evaluations=np.empty((length, *flat), dtype=np.int64),
        rates=np.empty((length, *flat)),
        first_nonfinite=np.empty(flat, dtype=np.int64),
        states=None if record == "points" else {},
        largest_state=SMALL_STATE if record == "small" else None,
        progress=progress,
    )
    with np.errstate(all="ignore"):  # overflow is expected: it is recorded in first_nonfinite, not raised
        for block, block_hyper in _blocks(hyper, batch):
            _loop(objective, optimizer, origin[block].copy(), block_hyper, chosen, tilts, batches, recording, block)
    return Trajectory(
        optimizer=optimizer,
        hyperparameters=hyper,
        schedule=chosen,
        points=_finished(recording.points, batch, 1),
        values=_finished(recording.values, batch, 1),
        states={name: _finished(history, batch, 1) for name, history in (recording.states or {}).items()},
        evaluations=_finished(recording.evaluations, batch, 1),
        rates=_finished(recording.rates, batch, 1),
        first_nonfinite=_finished(recording.first_nonfinite, batch, 0),
    )


def _check_start(start: ArrayLike) -> Array:
    try:
        origin = np.asarray(start, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"start was given {start!r}; allowed are numbers of shape (*batch, 2)") from None
    if origin.shape[-1:] != (2,):
        raise ValueError(f"start was given an array of shape {origin.shape}; allowed is (*batch, 2)")
    if not np.isfinite(origin).all():
        raise ValueError(f"start was given {start!r}; allowed are finite numbers")
    return origin


# One start (...), or which rows of the flattened batch.
_Block = slice | EllipsisType


@dataclass(frozen=True, kw_only=True)
class _Recording:
    """What a Trajectory records, steps along axis 0, the batch flattened to one axis or none; states None to leave out.

    largest_state: the most numbers a point of a state that is recorded; None for any.

    Every block writes into its part: copying as we go is faster than keeping thousands of small arrays.
    """

    points: Array
    values: Array
    evaluations: NDArray[np.int64]
    rates: Array
    first_nonfinite: NDArray[np.int64]
    states: dict[str, Array] | None
    largest_state: int | None
    progress: Callable[[float], None] | None

    def histories(self, state: State, batch: tuple[int, ...], block: _Block) -> dict[str, Array]:
        """The parts of the states' records that belong to a block, made for the first one."""
        if self.states is None:
            return {}
        for name, entry in state.items():
            own = np.shape(entry)[len(batch) :]
            if name not in self.states and (self.largest_state is None or math.prod(own) <= self.largest_state):
                self.states[name] = np.empty((*self.values.shape, *own), dtype=np.asarray(entry).dtype)
        return {name: self.states[name][:, block] for name in state if name in self.states}

    def share(self, block: _Block, of_block: float) -> float:
        """The share of all that is done when a share of a block is."""
        if isinstance(block, EllipsisType):
            return of_block
        size = self.values.shape[1]
        return (block.start + of_block * (block.stop - block.start)) / size


def _blocks(hyper: Hyper, batch: tuple[int, ...]) -> Iterator[tuple[_Block, Hyper]]:
    if not batch:
        yield ..., hyper
        return
    flat = {name: np.broadcast_to(v, batch).reshape(-1, 1) if np.ndim(v) else v for name, v in hyper.items()}
    size = int(np.prod(batch))
    for low in range(0, size, _BLOCK):
        block = slice(low, min(low + _BLOCK, size))
        yield block, {name: v[block] if np.ndim(v) else v for name, v in flat.items()}


def _loop(
    objective: Objective,
    optimizer: Optimizer,
    points: Array,
    hyper: Hyper,
    chosen: ChosenSchedule | None,
    tilts: Array | None,
    batches: Batches | None,
    recording: _Recording,
    block: _Block,
) -> None:
    """Move one block of points, ``(2,)`` or ``(n, 2)``, and record it."""
    meter = Meter(objective, tilts, batches)
    batch, steps = points.shape[:-1], len(recording.points) - 1
    hyper = dict(hyper)
    schedule = None if chosen is None else Rates(stages(chosen, steps), hyper["lr"], batch)
    if schedule is not None:
        hyper["lr"] = schedule.at(0)
    state = optimizer.init(points, hyper)
    path = recording.points[:, block]
    path[0] = points
    histories = list(recording.histories(state, batch, block).items())
    for name, history in histories:
        history[0] = state[name]
    spent, rates, end = [meter.spent], [], steps
    step = optimizer.step
    shaken = tilts is not None or batches is not None
    rest = Rest() if not batch and schedule is None and not shaken else None
    for k in range(steps):
        if schedule is not None:
            hyper["lr"] = schedule.at(k)
            rates.append(hyper["lr"])
        if shaken:
            meter.begin(k)
        before = points, state
        points, state = step(meter, points, state, hyper, k)
        path[k + 1] = points
        for name, history in histories:
            history[k + 1] = state[name]
        spent.append(meter.spent)
        if schedule is not None and schedule.watches:
            schedule.observe(objective.value(points))
        if rest is not None and rest.after(*before, points, state):
            path[k + 2 :] = points
            for name, history in histories:
                history[k + 2 :] = state[name]
            last, each = spent[-1], spent[-1] - spent[-2]
            spent.extend(last + each * more for more in range(1, steps - k))
            break
        if k % _LOOK == _LOOK - 1:
            if recording.progress is not None:
                recording.progress(recording.share(block, (k + 1) / steps))
            if not np.isfinite(points).all(-1).any():
                end = k + 1
                break

    values = recording.values[:, block]
    _value(objective, path[: end + 1], values[: end + 1])
    finite = np.isfinite(path[: end + 1]).all(-1) & np.isfinite(values[: end + 1])
    first = np.where(finite.all(0), -1, (~finite).argmax(0))
    recording.first_nonfinite[block] = first
    _fill(recording.rates[:, block], rates or [hyper.get("lr", np.nan)])
    _fill(recording.evaluations[:, block], spent)
    last = np.maximum(first - 1, 0)
    for array in (path, values, recording.rates[:, block], *(history for _, history in histories)):
        _freeze(array, first, last)
    _freeze(recording.evaluations[:, block], first, np.maximum(first, 0))


def _value(objective: Objective, path: Array, out: Array) -> None:
    """The objective along ``(S, *batch, 2)``, a few steps at a time, so that a big batch needs no big temporaries."""
    stride = max(1, _VALUED // max(1, int(np.prod(path.shape[1:-1]))))
    for low in range(0, len(path), stride):
        out[low : low + stride] = objective.value(path[low : low + stride])


def _fill(column: NDArray[Any], entries: list[Any]) -> None:
    """Write a number or array, ``(*batch)`` or ``(*batch, 1)``, for each step to ``(S, *batch)``; the last repeats."""
    if column.ndim == 1:
        column[: len(entries)] = entries
    else:
        for i, entry in enumerate(entries):
            column[i] = entry[..., 0] if np.ndim(entry) == 2 else entry
    column[len(entries) :] = column[len(entries) - 1]


def _freeze(array: NDArray[Any], first: NDArray[np.int64], last: NDArray[np.int64]) -> None:
    """Where a path has diverged (``first`` is not -1), repeat its entry ``last`` from the next one on, in place."""
    flat = array[:, None] if first.ndim == 0 else array
    (diverged,) = np.nonzero(np.atleast_1d(first) >= 0)
    if diverged.size:
        entries = np.minimum(np.arange(len(array))[:, None], np.atleast_1d(last)[diverged])
        flat[:, diverged] = flat[entries, diverged]


def _finished(array: NDArray[Any], batch: tuple[int, ...], axis: int) -> NDArray[Any]:
    """The batch axis unflattened, and the array locked."""
    if batch:
        array = array.reshape(*array.shape[:axis], *batch, *array.shape[axis + 1 :])
    array.flags.writeable = False
    return array
