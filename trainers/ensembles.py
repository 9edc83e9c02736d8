"""What several trained networks say together: each by itself, their mean prediction, their mean weights.

Bagging: Breiman (1996), Machine Learning 24. Averaged weights along one run: Polyak and Juditsky (1992), SIAM Journal
on Control and Optimization 30; Izmailov et al. (2018), UAI.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_MEMBERS = 16
ID_LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class EnsembleRequest:
    """Runs whose best networks speak together; of a single run its checkpoints after the first third do."""

    runs: tuple[str, ...]

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"runs": list(self.runs)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> EnsembleRequest:
        """Read ``to_plain`` back. Raises ValueError: it says what was given and what is allowed."""
        runs = plain.get("runs")
        if not isinstance(runs, list | tuple) or not all(
            isinstance(one, str) and len(one) <= ID_LENGTH for one in runs
        ):
            raise ValueError("runs are a list of ids")
        distinct = tuple(dict.fromkeys(runs))
        if not 1 <= len(distinct) <= MOST_MEMBERS:
            raise ValueError(f"{len(distinct)} runs were given; allowed are 1 to {MOST_MEMBERS}")
        return cls(runs=distinct)


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Loss and metric on the validation rows. name: of the member, or what it is."""

    name: str
    loss: float
    metric: float


@dataclass(frozen=True, kw_only=True)
class Map:
    """Over two features: the class that the ensemble says, and how many percent of its members say another, by rows
    from the lowest second feature. Over one feature: every member's curve.
    """

    x: tuple[float, float]
    y: tuple[float, float] = (0.0, 0.0)
    winner: tuple[tuple[int, ...], ...] = ()
    against: tuple[tuple[int, ...], ...] = ()
    curves: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """members: each by itself. predictions: the mean of what they predict. weights: one network with the mean of their
    weights; None where ``why_none`` says so. average: of checkpoints of one run, the network with the moving average of
    its weights, where the run kept one; the members then are what it trained. sizes: (members, mean loss, mean metric)
    of ensembles of so many. disagreement: share of rows on which two members differ, a mean over pairs; of a regression
    their standard deviation in those of the targets. rows: of the validation part. classes: how many, 0 in a
    regression.
    """

    members: tuple[Scored, ...]
    predictions: Scored
    weights: Scored | None
    why_none: str = ""
    sizes: tuple[tuple[int, float, float], ...]
    disagreement: float
    rows: int
    classes: int
    map: Map | None = None
    average: Scored | None = None

    def to_plain(self) -> dict[str, Any]:
        """For JSON: null where a number is none."""
        return _without_nan(asdict(self))

    @classmethod
    def from_plain(cls, plain: Any) -> Ensemble | None:
        """Read ``to_plain`` back; None where it is nothing of the kind."""
        try:
            area = plain["map"]
            return cls(
                members=tuple(_scored(one) for one in plain["members"]),
                predictions=_scored(plain["predictions"]),
                weights=None if plain["weights"] is None else _scored(plain["weights"]),
                why_none=str(plain["why_none"]),
                sizes=tuple((int(count), _number(loss), _number(metric)) for count, loss, metric in plain["sizes"]),
                disagreement=_number(plain["disagreement"]),
                rows=int(plain["rows"]),
                classes=int(plain["classes"]),
                map=None if area is None else _map(area),
                average=None if plain.get("average") is None else _scored(plain["average"]),
            )
        except (KeyError, TypeError, ValueError):
            return None


def _scored(plain: Mapping[str, Any]) -> Scored:
    return Scored(name=str(plain["name"]), loss=_number(plain["loss"]), metric=_number(plain["metric"]))


def _map(plain: Mapping[str, Any]) -> Map:
    (left, right), (low, high) = plain["x"], plain["y"]
    return Map(
        x=(float(left), float(right)),
        y=(float(low), float(high)),
        winner=tuple(tuple(map(int, row)) for row in plain["winner"]),
        against=tuple(tuple(map(int, row)) for row in plain["against"]),
        curves=tuple(tuple(map(_number, row)) for row in plain["curves"]),
    )


def _number(plain: Any) -> float:
    return math.nan if plain is None else float(plain)


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    return [_without_nan(one) for one in value] if isinstance(value, list | tuple) else value
