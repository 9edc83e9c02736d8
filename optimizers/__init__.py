"""How a function of two numbers is minimised: update rules, schedules, and ``descend``, the only 2-D loop.

``OPTIMIZERS`` and ``SCHEDULES`` map a key (snake_case, a public format) to its definition, in the order of a course.
"""

from collections.abc import Mapping
from types import MappingProxyType

from optimizers import cyclic_schedules, plateau_schedule, schedules
from optimizers.batches import Batches
from optimizers.descend import MAX_STEPS, descend
from optimizers.path_program import PathProgram, path_program
from optimizers.rules import RULES
from optimizers.types import ChosenSchedule, Objective, Optimizer, Schedule, Trajectory
from settings import Hyperparameter, by_key

OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType(by_key(RULES))

SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    by_key((*schedules.SCHEDULES, *cyclic_schedules.SCHEDULES, *plateau_schedule.SCHEDULES)),
)

__all__ = [
    "MAX_STEPS",
    "OPTIMIZERS",
    "SCHEDULES",
    "Batches",
    "ChosenSchedule",
    "Hyperparameter",
    "Objective",
    "Optimizer",
    "PathProgram",
    "Schedule",
    "Trajectory",
    "descend",
    "path_program",
]
