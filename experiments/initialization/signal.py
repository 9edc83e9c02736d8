"""One network set-up with what theory and measurement say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from networks import Prediction, Setup

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
