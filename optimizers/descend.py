"""``descend``: the only loop that moves points in the plane."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperparameters import check_all
from optimizers.types import Array, ChosenSchedule, Hyper, Objective, Optimizer, Schedule, State, Trajectory

MAX_STEPS = 100_000

# Points moved together. A block's arrays (16 kB each) stay in the first-level cache; whole batches of 65,536 would not.
_BLOCK = 1024


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
        schedule: multiplies nothing, replaces ``lr`` at each step; needs a rule with an ``lr``.
        noise: standard deviation, per coordinate, of Gaussian noise added to every gradient. The noise of step k is
            fixed by ``seed`` and shared by the batch, as a minibatch is, so every run can be replayed.
        record: "points" leaves ``states`` empty, for large batches.
        hyperparameters: numbers, or arrays that broadcast with the batch of ``start``: 64 rates give 64 paths.

    Raises:
        ValueError: a start, step count, noise or hyperparameter outside what is allowed.
    """
    origin = _check_start(start)
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or not 1 <= steps <= MAX_STEPS:
        raise ValueError(f"steps was given {steps!r}; allowed is a whole number from 1 to {MAX_STEPS}")
    if not (np.isscalar(noise) and np.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise was given {noise!r}; allowed is a number from 0, and finite")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed was given {seed!r}; allowed is a whole number from 0")
    hyper = check_all(optimizer.hyperparameters, hyperparameters, optimizer.name)
    chosen = schedule.choose() if isinstance(schedule, Schedule) else schedule
    if chosen is not None and "lr" not in hyper:
        raise ValueError(
            f"{optimizer.name} has no learning rate, so it takes no schedule; it was given {chosen.schedule.key}"
        )
    tilts = noise * np.random.default_rng(seed).standard_normal((steps, 2)) if noise else None

    try:
        batch = np.broadcast_shapes(origin.shape[:-1], *(np.shape(value) for value in hyper.values()))
    except ValueError:
        shapes = {name: np.shape(value) for name, value in hyper.items() if np.ndim(value)}
        raise ValueError(f"start has batch shape {origin.shape[:-1]}, which does not broadcast with {shapes}") from None
    origin = np.broadcast_to(origin, (*batch, 2)).copy()

    with np.errstate(all="ignore"):  # overflow is expected: it is recorded in first_nonfinite, not raised
        if not batch:
            pieces = [_loop(objective, optimizer, origin, hyper, chosen, steps, tilts, record)]
        else:
            flat = origin.reshape(-1, 2)
            pieces = [
                _loop(objective, optimizer, flat[block], block_hyper, chosen, steps, tilts, record)
                for block, block_hyper in _blocks(hyper, batch)
            ]
        points, states, spent, rates = (_join([piece[i] for piece in pieces], batch) for i in range(4))
        values = np.asarray(objective.value(points), dtype=np.float64)
        first = _freeze(points, values, states)
    return Trajectory(
        optimizer=optimizer,
        hyperparameters=hyper,
        schedule=chosen,
        points=points,
        values=values,
        states=states,
        evaluations=spent,
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
) -> tuple[Array, dict[str, Array], NDArray[np.int64], Array]:
    """One block: points ``(2,)`` or ``(n, 2)`` -> points, states, evaluations and rates, steps along the first axis."""
    meter = Meter(objective, tilts)
    hyper = dict(hyper)
    base = hyper.get("lr", np.nan)
    rate_of = _rates(chosen, base, steps)
    state = optimizer.init(points, hyper)
    path, spent, rates = [points], [0], []
    memory: list[State] = [state]
    step = optimizer.step
    for k in range(steps):
        if chosen is not None:
            hyper["lr"] = rate_of(k)
            rates.append(hyper["lr"])
        meter.begin(k)
        points, state = step(meter, points, state, hyper, k)
        path.append(points)
        spent.append(meter.spent)
        if record == "all":
            memory.append(state)
        if chosen is not None:
            rate_of.observe(lambda: objective.value(path[-1]))
    batch = points.shape[:-1]
    if not rates:
        rates = [base] * steps
    rate_array = np.empty((steps + 1, *batch))
    rate_array[:-1] = np.stack([np.broadcast_to(np.squeeze(r, -1) if np.ndim(r) else r, batch) for r in rates])
    rate_array[-1] = rate_array[-2]
    counts = np.stack([np.broadcast_to(count, batch) for count in spent]).astype(np.int64)
    states = (
        {name: np.stack([np.asarray(entry[name]) for entry in memory]) for name in state} if record == "all" else {}
    )
    return np.stack(path), states, counts, rate_array


class _rates:
    """The rate of each step for one block, through a warm-up and what follows it."""

    def __init__(self, chosen: ChosenSchedule | None, base: Any, steps: int) -> None:
        self._base = base
        self._stages: list[tuple[int, int, ChosenSchedule]] = []  # first step, steps, schedule
        begin = 0
        while chosen is not None:
            length = min(int(chosen.values["total_iters"]), steps - begin) if chosen.then is not None else steps - begin
            self._stages.append((begin, length, chosen))
            begin += length
            chosen = chosen.then
        self._stage = 0
        self._state: State | None = None
        self._fresh = True

    def __call__(self, k: int) -> Any:
        while self._stage + 1 < len(self._stages) and k >= self._stages[self._stage + 1][0]:
            self._stage, self._fresh = self._stage + 1, True
        begin, steps, chosen = self._stages[self._stage]
        schedule = chosen.schedule
        if self._fresh:
            base = np.asarray(self._base, dtype=np.float64)
            self._state = schedule.init(base, chosen.values) if schedule.init else None
            self._fresh = False
        return schedule.rate(self._base, k - begin, steps, chosen.values, self._state)

    def observe(self, value: Any) -> None:
        chosen = self._stages[self._stage][2]
        if chosen.schedule.observe is not None and self._state is not None:
            self._state = chosen.schedule.observe(self._state, np.asarray(value())[..., None], chosen.values)


def _join(pieces: list[Any], batch: tuple[int, ...]) -> Any:
    """Blocks side by side along the flattened batch axis, unflattened. Takes arrays or dicts of arrays."""
    if isinstance(pieces[0], dict):
        return {name: _join([piece[name] for piece in pieces], batch) for name in pieces[0]}
    if not batch:
        return pieces[0]
    whole = pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=1)
    return whole.reshape(len(whole), *batch, *whole.shape[2:])


def _freeze(points: Array, values: Array, states: dict[str, Array]) -> NDArray[np.int64]:
    """Overwrite everything from the first non-finite entry on with the last finite one, in place; -> that entry or -1."""
    finite = np.isfinite(points).all(-1) & np.isfinite(values)
    first = np.where(finite.all(0), -1, (~finite).argmax(0)).astype(np.int64)
    for index in zip(*np.nonzero(first >= 0), strict=True) if first.ndim else ([()] if first >= 0 else []):
        at = int(first[index])
        last = max(at - 1, 0)
        for array in (points, values, *states.values()):
            array[(slice(at, None), *index)] = array[(last, *index)]
    return first
