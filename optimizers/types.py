"""The types of the 2-D optimizers: an objective, a rule as two pure functions, a schedule, and the path they make.

A point is float64 ``(*batch, 2)``, components last. A rule never knows how many points it moves: it is handed arrays of
shape ``(2,)`` or ``(n, 2)`` and hyperparameters that are plain numbers or arrays ``(n, 1)``, and everything it computes
for one point depends on that point alone. So one rule serves one start, 65,536 starts, or a grid of learning rates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from settings import Hyperparameter, check_all

Array = NDArray[np.float64]
State = dict[str, Array]
Hyper = Mapping[str, Any]


class Objective(Protocol):
    """What is minimised. Every method takes points ``(*batch, 2)``.

    A function of x alone has an attribute ``dimensions`` of 1, so that no noise pushes points off the line y = 0.
    """

    def value(self, points: Array) -> Array:
        """``(*batch,)``"""
        ...

    def gradient(self, points: Array) -> Array:
        """``(*batch, 2)``"""
        ...

    def hessian(self, points: Array) -> Array:
        """``(*batch, 2, 2)``"""
        ...


class MeteredObjective(Protocol):
    """An objective that counts what it is asked: a gradient 1, a value 1, a Hessian 2 (two Hessian-vector products).

    ``where`` (bool, ``(*batch,)``) names the points that pay: a line search that has ended for some points of the batch
    asks for the others only. All points still get an answer.
    """

    def value(self, points: Array, where: NDArray[np.bool_] | None = None) -> Array: ...

    def gradient(self, points: Array, where: NDArray[np.bool_] | None = None) -> Array: ...

    def hessian(self, points: Array, where: NDArray[np.bool_] | None = None) -> Array: ...


@dataclass(frozen=True, kw_only=True)
class Traits:
    """How a rule compares with others; n is the number of weights, h of steps remembered. Empty: nothing of the kind.

    first, second: what it keeps of gradients and of their squares ("leaky mean": older ones fade away).
    bias_corrected: what fades is divided by its weights so far, so that starting at zero does not count. memory:
    numbers held beside the weights and their gradient. cost: arithmetic of a step, by order. asks: what it asks of the
    loss in a step.
    """

    first: str = ""
    second: str = ""
    bias_corrected: bool = False
    memory: str
    cost: str = "n"
    asks: str = "gradient"


_ARXIV = re.compile(r"arXiv:(\d\d)\d\d\.\d+")
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)")


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """A rule: ``init(points, hyper) -> state`` and ``step(objective, points, state, hyper, k) -> points, state``.

    Both are pure. ``state`` maps a name (m, v, ...) to an array that begins with the batch axes; names and shapes stay
    the same from step to step. ``k`` counts steps from 0. ``hyper["lr"]`` already holds the scheduled rate of step k.
    ``torch`` is the class that has the same rule, e.g. ``"torch.optim.Adam"``, and ``torch_arguments`` turns checked
    hyperparameters into its keyword arguments; both are None where PyTorch does not have the rule. ``torch_arguments``
    raises ValueError for values that PyTorch's class cannot take (Adam without bias correction). A rule whose class is
    in ``torch.optim`` is an optimizer of training, too. ``torch_moves_points`` is False where the class takes matrices
    only. ``decoupled``: its weight decay acts beside the gradient. ``traits``: None where
    nothing is declared. ``own``: of a rule whose points are look-ahead points, the point of its own sequence, from the
    point, the state there and the rate of the step that led there. ``latex`` is the form at the defaults; a rule whose
    hyperparameters choose between forms has ``latex_of``, and ``name_of`` where they have names. ``moment``: of a rule
    that divides by the root of a second moment of the gradient, that moment as step ``k`` used it, from the state that
    the step left.
    """

    key: str
    name: str
    idea: str
    latex: str
    reference: str
    hyperparameters: tuple[Hyperparameter, ...]
    init: Callable[[Array, Hyper], State]
    step: Callable[[MeteredObjective, Array, State, Hyper, int], tuple[Array, State]]
    notes: str = ""
    torch: str | None = None
    torch_arguments: Callable[[Hyper], dict[str, Any]] | None = None
    torch_moves_points: bool = True
    decoupled: bool = False
    traits: Traits | None = None
    own: Callable[[Array, State, Hyper], Array] | None = None
    latex_of: Callable[[Hyper], str] | None = None
    name_of: Callable[[Hyper], str] | None = None
    moment: Callable[[State, Hyper, Any], Array] | None = None

    @property
    def year(self) -> int | None:
        """The earliest year of its sources; None where they name none."""
        papers = [2000 + int(year) for year in _ARXIV.findall(self.reference)]
        named = [int(year) for year in _YEAR.findall(_ARXIV.sub("", self.reference))]
        return min([*papers, *named], default=None)

    def defaults(self) -> dict[str, Any]:
        """Every hyperparameter at its default, by name."""
        return check_all(self.hyperparameters, {}, self.name)

    def title(self, hyper: Hyper) -> str:
        """The name of the rule in the form that these hyperparameters choose."""
        return self.name if self.name_of is None else self.name_of(hyper)

    def formula(self, hyper: Hyper) -> str:
        """LaTeX of the rule in the form that these hyperparameters choose."""
        return self.latex if self.latex_of is None else self.latex_of(hyper)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The learning rate as a function of the step: ``rate(lr, k, steps, hyper, state) -> lr of step k``.

    ``lr`` is the optimizer's own rate (number or ``(n, 1)``). Only a schedule that watches the loss has ``init`` and
    ``observe``: after each step ``observe(state, value, hyper)`` gets f at the new point, ``(*batch, 1)``. Every
    schedule is one of training, too, by epoch; ``torch`` and ``torch_arguments`` are as in ``Optimizer``.
    """

    key: str
    name: str
    meaning: str
    latex: str
    reference: str
    hyperparameters: tuple[Hyperparameter, ...]
    rate: Callable[[Any, int, int, Hyper, State | None], Any]
    init: Callable[[Array, Hyper], State] | None = None
    observe: Callable[[State, Array, Hyper], State] | None = None
    notes: str = ""
    torch: str | None = None
    torch_arguments: Callable[[Hyper, float, int], dict[str, Any]] | None = None

    def choose(self, *, then: ChosenSchedule | None = None, **values: Any) -> ChosenSchedule:
        """This schedule with values; ``then`` follows it (linear_warmup before any other).

        Raises:
            ValueError: an unknown name, a value outside its range, or ``then`` where this is no warm-up.
        """
        if then is not None and self.key != "linear_warmup":
            raise ValueError(f"only linear_warmup can be followed by another schedule; {self.key} was given one")
        checked = check_all(self.hyperparameters, values, self.name)
        for name, value in checked.items():
            if isinstance(value, np.ndarray):
                raise ValueError(f"{name} was given an array of shape {value.shape}; a schedule takes one number")
        return ChosenSchedule(schedule=self, values=checked, then=then)


@dataclass(frozen=True, kw_only=True)
class ChosenSchedule:
    """A schedule with its values, and what follows a warm-up."""

    schedule: Schedule
    values: Mapping[str, Any]
    then: ChosenSchedule | None = None


@dataclass(frozen=True, kw_only=True)
class Trajectory:
    """A path and everything that was recorded on it. ``S = steps + 1`` entries along axis 0; entry 0 is the start.

    points: (S, *batch, 2). values: (S, *batch), the objective without noise. states: name -> (S, *batch, ...), what the
    rule remembers. evaluations: (S, *batch) int, gradient evaluations spent so far (a value counts 1, a Hessian 2).
    rates: (S, *batch), the learning rate used by the step that *leaves* entry k; the last entry repeats. Rules without
    a rate have NaN there. first_nonfinite: (*batch) int, the first entry at which point or value was not finite, else
    -1; from there on points, values, states and rates stay frozen at the last finite entry, and evaluations at what
    had been spent by then. All arrays are read-only.
    """

    optimizer: Optimizer
    hyperparameters: Mapping[str, Any]
    schedule: ChosenSchedule | None
    points: Array
    values: Array
    states: Mapping[str, Array] = field(repr=False)
    evaluations: NDArray[np.int64]
    rates: Array
    first_nonfinite: NDArray[np.int64]

    @property
    def steps(self) -> int:
        return len(self.points) - 1

    @property
    def nbytes(self) -> int:
        """Bytes of everything that was recorded."""
        arrays = (self.points, self.values, self.evaluations, self.rates, *self.states.values())
        return sum(array.nbytes for array in arrays)
