"""One activation at its place in a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from networks import Activation
from numerals import readable

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, kw_only=True)
class Curve:
    """An activation with its hyperparameters, at its place (from 1) in a comparison.

    twin: another curve has the same activation.
    """

    activation: Activation
    hyper: Mapping[str, Any]
    slot: int
    twin: bool = False

    @property
    def label(self) -> str:
        """The name, with the hyperparameters where the name alone is not unique."""
        settings = ", ".join(f"{name.replace('_', ' ')} {readable(value)}" for name, value in self.hyper.items())
        return f"{self.activation.name}, {settings}" if self.twin and settings else self.activation.name
