"""What of a race can be moved in the picture itself: the rate of a lane, a parameter of the surface."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.race.types import Race
from optimizers import OPTIMIZERS
from settings import Hyperparameter


@dataclass(frozen=True, kw_only=True)
class InHand:
    """A real number of a race: its name in the link, its declaration, its value, and the place of its lane.

    lane: from 0; None for a parameter of the surface. The declaration's name is that of its input in programs.
    """

    name: str
    parameter: Hyperparameter
    value: float
    lane: int | None


def in_hand(race: Race) -> tuple[InHand, ...]:
    """The rates of the lanes that have one, then the parameters of the surface that are real numbers."""
    held: list[InHand] = []
    for lane, entry in enumerate(race.entries):
        for parameter in OPTIMIZERS[entry.optimizer].hyperparameters:
            if parameter.name == "lr":
                value = float(entry.values.get("lr", parameter.default))
                held.append(InHand(name=f"o{lane + 1}.lr", parameter=parameter, value=value, lane=lane))
    for parameter in race.landscape.hyperparameters:
        if parameter.name in race.landscape.moving:
            value = float(race.landscape.parameters[parameter.name])
            held.append(InHand(name=f"s.{parameter.name}", parameter=parameter, value=value, lane=None))
    return tuple(held)
