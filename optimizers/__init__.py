"""How a function of two numbers is minimised: update rules, schedules, and ``descend``, the only 2-D loop."""

from hyperparameters import Hyperparameter
from optimizers.descend import MAX_STEPS, descend
from optimizers.types import ChosenSchedule, Objective, Optimizer, Schedule, Trajectory

__all__ = [
    "MAX_STEPS",
    "ChosenSchedule",
    "Hyperparameter",
    "Objective",
    "Optimizer",
    "Schedule",
    "Trajectory",
    "descend",
]
