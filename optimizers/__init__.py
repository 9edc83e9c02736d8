"""How a function of two numbers is minimised: update rules, schedules, and ``descend``, the only 2-D loop.

``OPTIMIZERS`` and ``SCHEDULES`` map a key (snake_case, a public format) to its definition, in the order of a course.
"""

from collections.abc import Mapping
from types import MappingProxyType

from optimizers import (
    adam,
    adam_mixtures,
    adam_variants,
    adaptive,
    averaging,
    backtracking,
    conjugate_gradient,
    coordinate_descent,
    cyclic_schedules,
    lbfgs,
    matrix,
    momentum,
    newton,
    plateau_schedule,
    prodigy,
    quasi_newton,
    schedules,
    sharpness,
    sign,
    sophia,
    trust_region,
)
from optimizers.descend import MAX_STEPS, descend
from optimizers.types import ChosenSchedule, Objective, Optimizer, Schedule, Trajectory
from settings import Hyperparameter, by_key

OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType(
    by_key(
        (
            *momentum.RULES,
            *adaptive.RULES,
            *adam.RULES,
            *adam_variants.RULES,
            *sign.RULES,
            *averaging.RULES,
            *sharpness.RULES,
            *sophia.RULES,
            *adam_mixtures.RULES,
            *prodigy.RULES,
            *matrix.RULES,
            *backtracking.RULES,
            *coordinate_descent.RULES,
            *conjugate_gradient.RULES,
            *newton.RULES,
            *trust_region.RULES,
            *quasi_newton.RULES,
            *lbfgs.RULES,
        )
    ),
)

SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    by_key((*schedules.SCHEDULES, *cyclic_schedules.SCHEDULES, *plateau_schedule.SCHEDULES)),
)

__all__ = [
    "MAX_STEPS",
    "OPTIMIZERS",
    "SCHEDULES",
    "ChosenSchedule",
    "Hyperparameter",
    "Objective",
    "Optimizer",
    "Schedule",
    "Trajectory",
    "descend",
]
