"""``descend``: the only loop that moves points in the plane."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperparameters import check_all
from optimizers.types import Array, ChosenSchedule, Hyper, Objective, Optimizer, Schedule, State, Trajectory

MAX_STEPS = 100_000

# Points moved together. A block's arrays (16 kB each) stay in the first-level cache; whole batches of 65,536 would not.
_BLOCK = 1024

# Points valued together after the run, and steps between two looks at whether any path of a block is still alive.
_VALUED = 16_384
_LOOK = 32


class Meter:
    """Counts gradient evaluations, and adds this step's noise.

    Noise is a random linear tilt f(x) + sigma xi_k . x, the same for value and gradient and for every evaluation within
    step k, as a minibatch is: rules that look twice (SAM, line searches) see one function, not two.
    """

    def __init__(self, objective: Objective, tilts: Array | None) -> None:
        self._objective = objective
        self._tilts = tilts
        self._tilt: Array | None = None
        self.spent: Any = 0

    def begin(self, k: int) -> None:
        """Start step k: take its noise."""
        if self._tilts is not None:
            self._tilt = self._tilts[k]

    def _pay(self, cost: int, where: NDArray[np.bool_] | None) -> None:
        self.spent = self.spent + (cost if where is None else cost * where)

    def value(self, points: Array, where: NDArray[np.bool_] | None = None) -> Array:
        self._pay(1, where)
        value = self._objective.value(points)
        return value if self._tilt is None else value + (self._tilt * points).sum(-1)

    def gradient(self, points: Array, where: NDArray[np.bool_] | None = None) -> Array:
        self._pay(1, where)
        gradient = self._objective.gradient(points)
        return gradient if self._tilt is None else gradient + self._tilt

    def hessian(self, points: Array, where: NDArray[np.bool_] | None = None) -> Array:
        self._pay(2, where)
        return self._objective.hessian(points)


def descend(
    objective: Objective,
    optimizer: Optimizer,
    *,
    start: ArrayLike,
    steps: int,
    schedule: Schedule | ChosenSchedule | None = None,
    noise: float = 0.0,
    seed: int = 0,
    record: Literal["all", "points"] = "all",
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
        record: "points" leaves ``states`` empty, for large batches.
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
    if record not in ("all", "points"):
        raise ValueError(f"record was given {record!r}; allowed is 'all' or 'points'")
    hyper = check_all(optimizer.hyperparameters, hyperparameters, optimizer.name)
    chosen = schedule.choose() if isinstance(schedule, Schedule) else schedule
    if chosen is not None and "lr" not in hyper:
        key = chosen.schedule.key
        raise ValueError(f"{optimizer.name} has no learning rate, so it takes no schedule; it was given {key}")
    tilts = float(noise) * np.random.default_rng(seed).standard_normal((steps, 2)) if noise else None

    try:
        batch = np.broadcast_shapes(origin.shape[:-1], *(np.shape(value) for value in hyper.values()))
    except ValueError:
        shapes = {name: np.shape(value) for name, value in hyper.items() if np.ndim(value)}
        raise ValueError(f"start has batch shape {origin.shape[:-1]}, which does not broadcast with {shapes}") from None
    if 0 in batch:
        raise ValueError(f"start and hyperparameters were given with batch shape {batch}; allowed is at least one path")
    origin = np.broadcast_to(origin, (*batch, 2)).copy()

    with np.errstate(all="ignore"):  # overflow is expected: it is recorded in first_nonfinite, not raised
        if not batch:
            pieces = [_loop(objective, optimizer, origin, hyper, chosen, int(steps), tilts, record)]
        else:
            flat = origin.reshape(-1, 2)
            pieces = [
                _loop(objective, optimizer, flat[block], block_hyper, chosen, int(steps), tilts, record)
                for block, block_hyper in _blocks(hyper, batch)
            ]
    points, values, states, evaluations, rates = (_join([piece[i] for piece in pieces], batch, 1) for i in range(5))
    first = _join([piece[5] for piece in pieces], batch, 0)
    for array in (points, values, evaluations, rates, first, *states.values()):
        array.flags.writeable = False
    return Trajectory(
        optimizer=optimizer,
        hyperparameters=hyper,
        schedule=chosen,
        points=points,
        values=values,
        states=states,
        evaluations=evaluations,
        rates=rates,
        first_nonfinite=first,
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


def _blocks(hyper: Hyper, batch: tuple[int, ...]) -> Iterator[tuple[slice, Hyper]]:
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
    steps: int,
    tilts: Array | None,
    record: str,
) -> tuple[Array, Array, dict[str, Array], NDArray[np.int64], Array, NDArray[np.int64]]:
    """One block of points ``(2,)`` or ``(n, 2)``: everything a Trajectory records of it, steps along the first axis."""
    meter = Meter(objective, tilts)
    batch = points.shape[:-1]
    hyper = dict(hyper)
    schedule = None if chosen is None else _Rates(chosen, hyper["lr"], steps, batch)
    if schedule is not None:
        hyper["lr"] = schedule.at(0)
    state = optimizer.init(points, hyper)
    step, remember = optimizer.step, record == "all"
    path, spent, rates, memory = [points], [meter.spent], [], [state]
    for k in range(steps):
        if schedule is not None:
            hyper["lr"] = schedule.at(k)
            rates.append(hyper["lr"])
        meter.begin(k)
        points, state = step(meter, points, state, hyper, k)
        path.append(points)
        spent.append(meter.spent)
        if remember:
            memory.append(state)
        if schedule is not None and schedule.watches:
            schedule.observe(objective.value(points))
        if k % _LOOK == _LOOK - 1 and not np.isfinite(points).all(-1).any():
            break

    if not rates:
        rates = [hyper.get("lr", np.nan)] * len(path)
    track = _history(path)
    values = _values(objective, track)
    finite = np.isfinite(track).all(-1) & np.isfinite(values)
    first = np.asarray(np.where(finite.all(0), -1, (~finite).argmax(0)), dtype=np.int64)
    states = {name: _history([entry[name] for entry in memory]) for name in state} if remember else {}
    last, paid = np.maximum(first - 1, 0), np.maximum(first, 0)
    return (
        _frozen(track, first, last, steps),
        _frozen(values, first, last, steps),
        {name: _frozen(array, first, last, steps) for name, array in states.items()},
        _frozen(_column(spent, batch, np.int64), first, paid, steps),
        _frozen(_column(rates, batch, np.float64), first, last, steps),
        first,
    )


def _history(entries: list[Array]) -> Array:
    """``np.stack``, several times faster for many small arrays."""
    return np.concatenate(entries).reshape(len(entries), *entries[0].shape) if entries[0].ndim else np.array(entries)


def _values(objective: Objective, track: Array) -> Array:
    """The objective along ``(S, *batch, 2)``, a few steps at a time, so that a big batch needs no big temporaries."""
    values = np.empty(track.shape[:-1])
    stride = max(1, _VALUED // max(1, int(np.prod(track.shape[1:-1]))))
    for low in range(0, len(track), stride):
        values[low : low + stride] = objective.value(track[low : low + stride])
    return values


def _column(entries: list[Any], batch: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """One number, or one array ``(*batch)`` or ``(*batch, 1)``, a step -> ``(S, *batch)``."""
    column = np.empty((len(entries), *batch), dtype=dtype)
    for i, entry in enumerate(entries):
        column[i] = entry[..., 0] if np.ndim(entry) > len(batch) else entry
    return column


def _frozen(array: NDArray[Any], first: NDArray[np.int64], last: NDArray[np.int64], steps: int) -> NDArray[Any]:
    """``steps + 1`` entries; where a path has diverged, entry ``last`` is repeated from entry ``last + 1`` on.

    Missing entries at the end (the last rate; what was not computed any more) repeat the last one there is.
    """
    missing = steps + 1 - len(array)
    if missing:
        array = np.concatenate([array, np.repeat(array[-1:], missing, axis=0)])
    flat = array[:, None] if first.ndim == 0 else array
    (diverged,) = np.nonzero(np.atleast_1d(first) >= 0)
    if diverged.size:
        entries = np.minimum(np.arange(steps + 1)[:, None], np.atleast_1d(last)[diverged])
        flat[:, diverged] = flat[entries, diverged]
    return array


class _Rates:
    """The rate of each step for one block, through a warm-up and what follows it."""

    def __init__(self, chosen: ChosenSchedule, base: Any, steps: int, batch: tuple[int, ...]) -> None:
        self._base = base
        self._batch = batch
        self._stages: list[tuple[int, int, ChosenSchedule]] = []  # first step, steps, schedule
        begin = 0
        stage: ChosenSchedule | None = chosen
        while stage is not None:
            length = min(int(stage.values["total_iters"]), steps - begin) if stage.then is not None else steps - begin
            self._stages.append((begin, length, stage))
            begin += length
            stage = stage.then
        self._stage = -1
        self._enter()

    def _enter(self) -> None:
        self._stage += 1
        self._begin, self._steps, chosen = self._stages[self._stage]
        self._schedule, self._values = chosen.schedule, chosen.values
        self._state: State | None = None
        if self._schedule.init is not None:
            self._state = self._schedule.init(np.broadcast_to(self._base, (*self._batch, 1)), self._values)
        self.watches = self._schedule.observe is not None

    def at(self, k: int) -> Any:
        """The rate of step k: a number, or ``(n, 1)``. Steps are asked for in order."""
        while self._stage + 1 < len(self._stages) and k >= self._stages[self._stage + 1][0]:
            self._enter()
        rate = self._schedule.rate(self._base, k - self._begin, self._steps, self._values, self._state)
        return rate if self._batch else float(np.asarray(rate).item())

    def observe(self, value: Any) -> None:
        """Hand f at the new points ``(*batch)`` to a schedule that watches it."""
        observe: Callable[[State, Array, Hyper], State] | None = self._schedule.observe
        if observe is not None and self._state is not None:
            self._state = observe(self._state, np.asarray(value, dtype=np.float64)[..., None], self._values)


def _join(pieces: list[Any], batch: tuple[int, ...], axis: int) -> Any:
    """Blocks side by side along the flattened batch axis, unflattened. Takes arrays or dicts of arrays."""
    if isinstance(pieces[0], dict):
        return {name: _join([piece[name] for piece in pieces], batch, axis) for name in pieces[0]}
    if not batch:
        return pieces[0]
    whole = pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=axis)
    return whole.reshape(*whole.shape[:axis], *batch, *whole.shape[axis + 1 :])
