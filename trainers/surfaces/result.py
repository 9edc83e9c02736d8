"""A loss surface as plain values: a lattice of losses and metrics, what lies in it, and how sharp the runs are in it.

Rows of the lattice are beta, columns alpha: ``values[name][row][column]`` belongs to ``betas[row], alphas[column]``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

NAMES = ("train_loss", "train_metric", "val_loss", "val_metric")
DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What lies in the plane: kind "run", "path" or "control" at alpha, beta; epoch of a path, else None."""

    kind: str
    label: str
    alpha: float
    beta: float
    epoch: float | None = None


@dataclass(frozen=True, kw_only=True)
class Joint:
    """A way from one run to another: "line", "curve" or "matched". shares: of the way, from 0 to 1; losses at each.

    at: alpha and beta of each where the way lies in the plane, else empty.
    """

    kind: str
    shares: tuple[float, ...]
    train_loss: tuple[float, ...]
    val_loss: tuple[float, ...]
    at: tuple[tuple[float, float], ...] = ()

    def barrier(self, part: str = "train") -> float:
        """The largest loss above the straight line between the losses at the ends; 0 where there is none.

        Frankle et al. (2020), arXiv:1912.05671; Entezari et al. (2022), arXiv:2110.06296.
        """
        losses = self.train_loss if part == "train" else self.val_loss
        if not losses:
            return math.nan
        straight = [losses[0] + share * (losses[-1] - losses[0]) for share in self.shares]
        return max(loss - line for loss, line in zip(losses, straight, strict=True))


@dataclass(frozen=True, kw_only=True)
class Sharpness:
    """How the training loss curves around a run. eigenvalues: the largest of the Hessian, in falling order; lowest: the
    smallest one, None where it was not found.

    trace, trace_error: Hutchinson's estimate and its standard error from ``probes`` probes. sam: how much the loss
    rises at ``rho`` along the gradient. loss, gradient: the loss itself and the length of its gradient.
    """

    loss: float
    gradient: float
    eigenvalues: tuple[float, ...]
    lowest: float | None
    trace: float
    trace_error: float
    probes: int
    sam: float
    rho: float


@dataclass(frozen=True, kw_only=True)
class Surface:
    """values: by name ``(betas, alphas)``, NaN where a loss is no number; a line has the one beta 0.

    marks, joints: what lies in it. sharpness: of each run, empty until it is measured. explained: the share of the
    path's variance along each axis. beside: the largest share of its distance that a point of the path is off the
    plane. batch_norm: whether running statistics are used. rows: of the training and validation part that are measured.
    parameters: how many weights. metric: what the metric is called. complete: whether it is as fine as was asked.
    notes: sentences on what is not there, and why.
    """

    alphas: tuple[float, ...]
    betas: tuple[float, ...]
    values: Mapping[str, NDArray[np.float64]] = field(repr=False)
    marks: tuple[Mark, ...] = ()
    joints: tuple[Joint, ...] = ()
    sharpness: tuple[Sharpness, ...] = ()
    explained: tuple[float, ...] = ()
    beside: float | None = None
    batch_norm: bool = False
    rows: tuple[int, int] = (0, 0)
    parameters: int = 0
    metric: str = "accuracy"
    complete: bool = False
    notes: tuple[str, ...] = ()

    @property
    def line(self) -> bool:
        """Whether it has one axis only."""
        return len(self.betas) == 1

    def to_plain(self) -> dict[str, Any]:
        """For JSON: to six digits, null where there is no number."""
        plain = {
            "alphas": list(self.alphas),
            "betas": list(self.betas),
            "values": {name: [[_cut(x) for x in row] for row in grid] for name, grid in self.values.items()},
            "marks": [vars(mark) for mark in self.marks],
            "joints": [
                {**vars(j), "train_loss": list(map(_cut, j.train_loss)), "val_loss": list(map(_cut, j.val_loss))}
                for j in self.joints
            ],
            "sharpness": [
                {name: _cut(value) if isinstance(value, float) else value for name, value in vars(each).items()}
                | {"eigenvalues": list(map(_cut, each.eigenvalues))}
                for each in self.sharpness
            ],
        }
        rest = ("explained", "beside", "batch_norm", "rows", "parameters", "metric", "complete", "notes")
        return plain | {name: getattr(self, name) for name in rest}

    @classmethod
    def from_plain(cls, plain: Any) -> Surface | None:
        """Read ``to_plain`` back; None where it is nothing of the kind."""
        try:
            alphas, betas = _numbers(plain["alphas"]), _numbers(plain["betas"])
            values = {str(name): _grid(rows, (len(betas), len(alphas))) for name, rows in plain["values"].items()}
            return cls(
                alphas=alphas,
                betas=betas,
                values=values,
                marks=tuple(Mark(**mark) for mark in plain["marks"]),
                joints=tuple(
                    Joint(
                        kind=str(j["kind"]),
                        shares=_numbers(j["shares"]),
                        train_loss=_numbers(j["train_loss"]),
                        val_loss=_numbers(j["val_loss"]),
                        at=tuple((float(a), float(b)) for a, b in j["at"]),
                    )
                    for j in plain["joints"]
                ),
                sharpness=tuple(_sharpness(each) for each in plain["sharpness"]),
                explained=_numbers(plain["explained"]),
                beside=None if plain["beside"] is None else float(plain["beside"]),
                batch_norm=bool(plain["batch_norm"]),
                rows=(int(plain["rows"][0]), int(plain["rows"][1])),
                parameters=int(plain["parameters"]),
                metric=str(plain["metric"]),
                complete=bool(plain["complete"]),
                notes=tuple(map(str, plain["notes"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            return None


def _cut(value: float | None) -> float | None:
    return float(f"{value:.{DIGITS}g}") if value is not None and math.isfinite(value) else None


def _numbers(plain: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(math.nan if value is None else float(value) for value in plain)


def _grid(rows: Sequence[Sequence[float | None]], shape: tuple[int, int]) -> NDArray[np.float64]:
    grid = np.array([_numbers(row) for row in rows], dtype=np.float64)
    if grid.shape != shape:
        raise ValueError(f"a lattice of shape {grid.shape} was given; allowed is {shape}")
    return grid


def _sharpness(plain: Mapping[str, Any]) -> Sharpness:
    numbers = {name: _numbers([plain[name]])[0] for name in ("loss", "gradient", "trace", "trace_error", "sam", "rho")}
    return Sharpness(
        **numbers,
        eigenvalues=_numbers(plain["eigenvalues"]),
        lowest=None if plain["lowest"] is None else float(plain["lowest"]),
        probes=int(plain["probes"]),
    )
