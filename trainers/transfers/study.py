"""What a study of reuse has come to: a curve for each training, on rows that none of them has seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Key = tuple[str, int, int]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Loss and accuracy on validation rows at each of the study's epochs, of each task where there are two.

    agreement: the cosine of both tasks' gradients in the shared layers, where there are such.
    """

    losses: tuple[tuple[float, ...], ...]
    scores: tuple[tuple[float, ...], ...]
    agreement: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Study:
    """curves: by (way, rows, seed), those that are there. total: how many there will be."""

    epochs: tuple[int, ...]
    total: int
    curves: Mapping[Key, Curve] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every training has been done."""
        return len(self.curves) >= self.total

    def having(self, key: Key, curve: Curve) -> Study:
        """This study with one more curve."""
        return replace(self, curves={**self.curves, key: curve})

    def to_plain(self) -> dict[str, Any]:
        """For JSON: null where a number is none."""
        return {
            "epochs": list(self.epochs),
            "total": self.total,
            "curves": [
                [*key, _plain(curve.losses), _plain(curve.scores), _plain((curve.agreement,))[0]]
                for key, curve in self.curves.items()
            ],
        }

    @classmethod
    def from_plain(cls, plain: Any) -> Study | None:
        """Read ``to_plain`` back; None where it is nothing of the kind."""
        try:
            return cls(
                epochs=tuple(map(int, plain["epochs"])),
                total=int(plain["total"]),
                curves={
                    (str(way), int(rows), int(seed)): Curve(
                        losses=_read(losses), scores=_read(scores), agreement=_read([agreement])[0]
                    )
                    for way, rows, seed, losses, scores, agreement in plain["curves"]
                },
            )
        except (KeyError, TypeError, ValueError):
            return None


def _plain(rows: tuple[tuple[float, ...], ...]) -> list[list[float | None]]:
    return [[float(f"{value:.5g}") if math.isfinite(value) else None for value in row] for row in rows]


def _read(rows: Any) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(math.nan if value is None else float(value) for value in row) for row in rows)
