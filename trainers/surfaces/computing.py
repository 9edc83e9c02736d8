"""A loss surface from the kept weights of runs: the plane, a coarse lattice first, sharpness, then finer lattices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from numerals import readable_epoch
from trainers.config import RunConfig
from trainers.data import Splits
from trainers.loop import Checkpoint, Session, batch_norms, choose_device, own_random_numbers, own_threads
from trainers.surfaces.directions import Layout, Plane, path_plane, plane_through, random_plane
from trainers.surfaces.joining import bezier, trained_control
from trainers.surfaces.matching import matched, why_unmatched
from trainers.surfaces.request import RESOLUTIONS, SurfaceRequest
from trainers.surfaces.result import NAMES, Joint, Mark, Sharpness, Surface
from trainers.surfaces.sharpness import sharpness_of
from trainers.surfaces.stacked import Evaluation

SHARP_ROWS, SHARP_ROWS_OF_LARGE = 1000, 256  # of vectors; of images and sequences, whose products take longer
JOINT_POINTS = 41
_MATCHABLE = "What can be matched: units of perceptrons, channels of convolutional and residual networks."
_LOOK_SECONDS = 0.2  # between two looks at whether to go on
_CURVE, _SHARP = 0.3, 0.1  # of the work: where a curve is trained, and sharpness

Told = Callable[[Surface | None, float, str], None]
"""Called with what there is so far, the share done and what is being done; what it raises ends the work."""


@dataclass(kw_only=True)
class _Work:
    """One surface while it is computed. labels: of the runs."""

    request: SurfaceRequest
    session: Session
    told: Told
    labels: Sequence[str]
    done: float = 0.0
    surface: Surface | None = None
    evaluation: Evaluation = field(init=False)

    def __post_init__(self) -> None:
        # A curve passes networks that nobody has trained, so their statistics are measured where it passes.
        anew = self.request.plane == "curve" and bool(batch_norms(self.session.model))
        self.evaluation = Evaluation(session=self.session, rows=self.request.rows, anew=anew)

    @property
    def layout(self) -> Layout:
        return self.evaluation.layout

    def tell(self, share: float, words: str) -> None:
        self.told(self.surface, share, words)


def compute_surface(
    request: SurfaceRequest,
    config: RunConfig,
    kept: Sequence[Sequence[Checkpoint]],
    splits: Splits,
    told: Told = lambda surface, share, words: None,
    *,
    labels: Sequence[str] = (),
    device: str | None = None,
    before: Surface | None = None,
) -> Surface:
    """The surface that is asked for, of the loss and the rows of ``config``.

    kept: of each run its checkpoints in the order of steps, of which the last is meant; of a path all of them.
    before: what an earlier work on the same request had come to.

    Raises:
        ValueError: the runs have different networks, span no plane, or have too few kept weights.
    """
    chosen = choose_device(device)
    with own_random_numbers(chosen.key), own_threads():
        session = Session(config, splits, chosen.key, kept[0][-1])
        work = _Work(request=request, session=session, told=told, labels=labels or request.runs)
        ends = [_weights(work.layout, session, of_run[-1]) for of_run in kept]
        work.layout.load(session.model, ends[0])
        joins = _Joins(work, ends)
        plane, marks = _plane(work, kept, ends, joins)
        axes = _axes(plane, request)
        whole = _Lattice(axes, validated=len(session.val) > 0)
        work.surface = _first(work, plane, marks)  # without a lattice until one is whole
        if before is not None:
            whole.take(before)
        levels = [level for level in RESOLUTIONS if level <= request.resolution]
        for level in levels:
            whole.refine(work, plane, level)
            if level == levels[0]:
                joints, notes = joins.joints(plane)
                work.surface = replace(work.surface, joints=joints, notes=notes)
            work.surface = whole.surface(level, work.surface)
            work.tell(work.done, "The lattice is refined.")
        _measure_sharpness(work, ends, before.sharpness if before is not None else ())
        return replace(work.surface, complete=True)


def _first(work: _Work, plane: Plane, marks: tuple[Mark, ...]) -> Surface:
    session = work.session
    return Surface(
        alphas=(),
        betas=(),
        values={},
        marks=marks,
        explained=plane.explained,
        beside=max(plane.beside, default=None),
        batch_norm=bool(batch_norms(session.model)),
        rows=(len(session.train.first(work.request.rows)), len(session.val.first(work.request.rows))),
        parameters=work.layout.parameters,
        metric=session.config.metric_name,
    )


def _weights(layout: Layout, session: Session, checkpoint: Checkpoint, *, start: bool = False) -> Tensor:
    """The weights a run is evaluated with: averaged ones where it keeps such. Running statistics go with them."""
    averaged = session.average is not None and "average.0" in checkpoint.tensors and not start
    parts = []
    for number, (name, shape) in enumerate(zip(layout.names, layout.shapes, strict=True)):
        key = f"model.{name}"
        if number < layout.trained and (averaged or start):
            key = f"{'start' if start else 'average'}.{number}"
        tensor = checkpoint.tensors.get(key)
        if tensor is None or tensor.shape != shape:
            raise ValueError("the runs have networks of different shapes, which no plane has in common")
        parts.append(tensor.reshape(-1).to(session.device))
    return torch.cat(parts)


def _plane(
    work: _Work, kept: Sequence[Sequence[Checkpoint]], ends: Sequence[Tensor], joins: _Joins
) -> tuple[Plane, tuple[Mark, ...]]:
    request = work.request
    if request.plane == "random":
        return random_plane(work.layout, ends[0], request.seed), (_run_mark(work, 0, 0.0, 0.0),)
    if request.plane == "path":
        first = _weights(work.layout, work.session, kept[0][0], start=True)
        steps = list({one.step: one for one in kept[0]}.values())
        path = [first, *(_weights(work.layout, work.session, one) for one in steps)]
        plane = path_plane(work.layout, path)
        epochs = [0.0, *(one.epoch for one in steps)]
        return plane, tuple(
            Mark(kind="path", label=f"epoch {readable_epoch(epoch)}", alpha=float(a), beta=float(b), epoch=epoch)
            for (a, b), epoch in zip(plane.points.tolist(), epochs, strict=True)
        )
    points = list(ends)
    if request.plane == "curve":
        points.append(joins.train())
    plane = plane_through(points)
    marks = [
        _run_mark(work, k, place[0], place[1] if len(place) > 1 else 0.0)
        for k, place in enumerate(plane.points.tolist()[: len(ends)])
    ]
    if request.plane == "curve":
        a, b = plane.points.tolist()[2]
        marks.append(Mark(kind="control", label="middle point of the curve", alpha=a, beta=b))
    return plane, tuple(marks)


def _run_mark(work: _Work, number: int, alpha: float, beta: float) -> Mark:
    return Mark(kind="run", label=work.labels[number], alpha=float(alpha), beta=float(beta))


class _Joins:
    """The ways from the first run to the second."""

    def __init__(self, work: _Work, ends: Sequence[Tensor]) -> None:
        self.work, self.ends = work, ends
        self.control: Tensor | None = None

    def train(self) -> Tensor:
        work = self.work
        self.control = trained_control(
            work.session,
            work.layout,
            self.ends[0],
            self.ends[1],
            seed=work.request.seed,
            told=lambda share: work.tell(_CURVE * share, "The curve is trained."),
        )
        work.done = _CURVE
        return self.control

    def joints(self, plane: Plane) -> tuple[tuple[Joint, ...], tuple[str, ...]]:
        """(Losses along the line, the curve where there is one, and the line to the matched second run; where there is
        no such line, why)."""
        if self.work.request.plane not in ("line", "curve"):
            return (), ()
        shares = torch.linspace(0, 1, JOINT_POINTS, dtype=plane.origin.dtype, device=plane.origin.device)[:, None]
        first, second = plane.points[0], plane.points[1]
        made = [self._joint("line", plane, shares, (1 - shares) * first + shares * second)]
        if self.control is not None:
            made.append(self._joint("curve", plane, shares, bezier(first, plane.points[2], second, shares)))
        model = self.work.session.model
        if why := why_unmatched(model):
            return tuple(made), (f"There is no line after matching units: {why}. {_MATCHABLE}",)
        other, moved = matched(model, self.work.layout, self.ends[0], self.ends[1])
        if not moved:
            return tuple(made), ("No other order of the second run's units is nearer to the first run.",)
        straight = plane_through([self.ends[0], other.to(self.ends[0])])
        made.append(replace(self._joint("matched", straight, shares, shares), at=()))
        return tuple(made), ()

    def _joint(self, kind: str, plane: Plane, shares: Tensor, at: Tensor) -> Joint:
        measured = {name: tuple(losses.tolist()) for name, losses in self.work.evaluation.measure(plane, at).items()}
        places = tuple((float(p[0]), float(p[1]) if len(p) > 1 else 0.0) for p in at.tolist())
        return Joint(
            kind=kind,
            shares=tuple(shares[:, 0].tolist()),
            train_loss=measured["train_loss"],
            val_loss=measured.get("val_loss", ()),
            at=places,
        )


def _axes(plane: Plane, request: SurfaceRequest) -> list[NDArray[np.float64]]:
    """The finest lattice along each direction."""
    if request.plane == "random":
        return [np.linspace(-request.reach, request.reach, request.resolution)] * 2
    places = plane.points.cpu().double().numpy()
    low, high = places.min(0), places.max(0)
    middle, half = (low + high) / 2, (high - low) / 2
    half = np.maximum(half, 0.05 * half.max()) * (1 + request.reach / 2)
    return [np.linspace(m - h, m + h, request.resolution) for m, h in zip(middle, half, strict=True)]


class _Lattice:
    """The finest lattice, filled from coarse to fine: what is known stays."""

    def __init__(self, axes: Sequence[NDArray[np.float64]], *, validated: bool) -> None:
        self.alphas = axes[0]
        self.betas = axes[1] if len(axes) > 1 else np.zeros(1)
        shape = (len(self.betas), len(self.alphas))
        names = [name for name in NAMES if validated or not name.startswith("val")]
        self.values: Mapping[str, NDArray[np.float64]] = {name: np.full(shape, np.nan) for name in names}
        self.known = np.zeros(shape, dtype=bool)
        self.two = len(axes) > 1

    def _stride(self, level: int) -> tuple[slice, slice]:
        step = (len(self.alphas) - 1) // (level - 1)
        return (slice(None, None, step) if self.two else slice(None)), slice(None, None, step)

    def take(self, before: Surface) -> None:
        """Fill in what is known of the same places."""
        level = len(before.alphas)
        if level not in RESOLUTIONS or level > len(self.alphas) or set(before.values) != set(self.values):
            return
        rows, columns = self._stride(level)
        sides = ((self.alphas[columns], before.alphas), (self.betas[rows], before.betas))
        if all(len(own) == len(theirs) and np.allclose(own, theirs, atol=1e-6) for own, theirs in sides):
            self.known[rows, columns] = True
            for name, grid in before.values.items():
                self.values[name][rows, columns] = grid

    def refine(self, work: _Work, plane: Plane, level: int) -> None:
        """Measure what this level has and nobody has measured."""
        wanted = np.zeros_like(self.known)
        wanted[self._stride(level)] = True
        rows, columns = np.nonzero(wanted & ~self.known)
        places = np.stack([self.alphas[columns], self.betas[rows]][: 2 if self.two else 1], axis=1)
        total = self.known.size
        begun = _CURVE if work.request.plane == "curve" else 0.0
        for some in _pieces(len(places), work.evaluation.chunk):
            at = torch.from_numpy(places[some]).to(work.session.device, plane.origin.dtype)
            for name, found in work.evaluation.measure(plane, at).items():
                self.values[name][rows[some], columns[some]] = found.cpu().double().numpy()
            self.known[rows[some], columns[some]] = True
            work.done = begun + (1 - begun - _SHARP) * int(self.known.sum()) / total
            work.tell(work.done, f"{level if not self.two else f'{level} x {level}'} points are measured.")
        for grid in self.values.values():
            grid[~np.isfinite(grid)] = np.nan

    def surface(self, level: int, before: Surface) -> Surface:
        """What this level has, with all else as before."""
        rows, columns = self._stride(level)
        return replace(
            before,
            alphas=tuple(self.alphas[columns].tolist()),
            betas=tuple(self.betas[rows].tolist()),
            values={name: grid[rows, columns].copy() for name, grid in self.values.items()},
        )


def _pieces(count: int, chunk: int) -> Iterator[slice]:
    """Slices of so many points as take a moment."""
    size, begun, at = 2 * chunk, time.monotonic(), 0
    while at < count:
        yield slice(at, min(at + size, count))
        at, now = at + size, time.monotonic()
        size = max(chunk, int(size * min(4.0, _LOOK_SECONDS / max(now - begun, 1e-3))))
        begun = now


def _measure_sharpness(work: _Work, ends: Sequence[Tensor], known: Sequence[Sharpness]) -> None:
    most = SHARP_ROWS if work.session.train.inputs.ndim == 2 else SHARP_ROWS_OF_LARGE
    part = work.session.train.first(min(work.request.rows, most))
    found = list(known[: len(ends)])
    for end in ends[len(found) :]:
        work.layout.load(work.session.model, end)
        found.append(sharpness_of(work.session, part, told=lambda: work.tell(work.done, "The sharpness is measured.")))
        assert work.surface is not None
        work.surface = replace(work.surface, sharpness=tuple(found))
    assert work.surface is not None
    work.surface = replace(work.surface, sharpness=tuple(found))
    work.layout.load(work.session.model, ends[0])
