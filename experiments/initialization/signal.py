"""One network set-up with what theory and measurement say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from networks import Prediction, Setup, growth

if TYPE_CHECKING:
    from networks import SignalTrace


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One set-up at its place (from 1), with what is known of it.

    trace: None until it is measured. earlier: what the same place showed before, to be drawn faintly until then.
    theory: None where there is none.
    """

    slot: int
    label: str
    setup: Setup
    theory: Prediction | None = field(repr=False)
    trace: SignalTrace | None = field(repr=False)
    earlier: SignalTrace | None = field(repr=False, default=None)

    @property
    def gradient_factor(self) -> float | None:
        """By what the gradient changes from layer to layer on its way down, above 1 for growth.

        Measured, or of theory until it is measured; both know residual connections, normalization and every width.
        None where neither is known, or where no gradient arrives.
        """
        if self.trace is not None:
            spreads = self.trace.table["grad_std"].to_numpy(dtype=np.float64)
        elif self.theory is not None:
            spreads = self.theory.grad_std
        else:
            return None
        factor = growth(spreads[::-1])[0]
        return factor if np.isfinite(factor) and np.isfinite(spreads).all() and (spreads > 0).all() else None

    @property
    def off_plane(self) -> str:
        """What takes the set-up off the plane of weight and bias spread; "" where its map is that of the plane."""
        parts = ["residual connections"] if self.setup.residual else []
        parts += [f"{self.setup.normalization} normalization"] if self.setup.normalization != "none" else []
        parts += ["unequal widths"] if len(set(self.setup.widths)) > 1 else []
        return " and ".join(parts)
