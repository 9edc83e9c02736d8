"""The Landscape type: one SymPy expression in x and y, its facts, and the functions made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from landscapes.compile import (
    Code,
    Compiled,
    ExpressionCodes,
    MovingCodes,
    Program,
    StoredCodes,
    compile_expression,
    moving_codes,
)
from landscapes.rows import Rows
from landscapes.stored import stored, stored_keys, stored_moving
from programs import Recorded, Tape, lifted
from settings import Hyperparameter, check_all

if TYPE_CHECKING:
    import sympy

Array = NDArray[np.float64]
Domain = tuple[tuple[float, float], tuple[float, float]]
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a landscape at one setting of its parameters. Points are (x, y) pairs.

    expression: makes the SymPy expression; it is called with SymPy's automatic evaluation off, and only when needed.
    It takes every parameter that is a real number as a keyword, so that a symbol may stand in its place. All the
    numbers are worked out of those parameters in NumPy's arithmetic without a branch, so that it can be recorded.
    minima: every global minimum inside the domain; where they form a curve, the ones that stand for it. minimum: the
    value there, or None where the function is unbounded below (a saddle) or nothing is known. saddles: the ones that
    are the point of the landscape, not necessarily all. distance: points ``(*batch, 2)`` to the distance ``(*batch)``
    to the nearest minimum; needed only where the minima form a curve. rows: the expression is the loss of one row, and
    the landscape its mean over these. search: from the landscape's functions to ``minima`` and ``minimum``, where they
    take a search; asked for when they are.
    """

    expression: Callable[..., sympy.Expr]
    domain: Domain
    start: tuple[float, float]
    minima: Points = ()
    minimum: float | None = None
    saddles: Points = ()
    distance: Callable[[Array], Array] | None = None
    rows: Rows | None = None
    search: Callable[[Compiled], tuple[Points, float | None]] | None = None


@dataclass(frozen=True, kw_only=True)
class Landscape:
    """A function of two numbers to be minimised. It is an Objective: value, gradient and hessian of (*batch, 2).

    name and character (one line) are for menus; difficulty says in one sentence what makes it hard; reference says
    where form and minima are from; notes says what was chosen at kinks and removable singularities, or where a
    published survey is wrong. ``facts(**parameters)`` gives expression, domain, minima, ...; they may depend on the
    parameters. ``parameters`` holds a value for every hyperparameter; what is not given is the default. ``still``: real
    numbers that only the server can change, because the facts take a search. Of a real number that is not, what was
    searched for means nothing while it moves.

    dimensions: 1 for a function of x alone. Its points are those of the plane with y = 0, from where no rule moves
    them: df/dy is 0, and the second derivative stands in the Hessian for y as for x (landscapes/compile.py).
    """

    key: str
    name: str
    character: str
    difficulty: str
    reference: str
    facts: Callable[..., Facts] = field(repr=False)
    hyperparameters: tuple[Hyperparameter, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    notes: str = ""
    still: tuple[str, ...] = ()
    dimensions: int = 2

    def __post_init__(self) -> None:
        values = check_all(self.hyperparameters, self.parameters, self.name)
        for name, value in values.items():
            if np.ndim(value):
                raise ValueError(f"{name} was given an array of shape {np.shape(value)}; allowed is one number")
        object.__setattr__(self, "parameters", dict(values))

    def with_parameters(self, **parameters: Any) -> Landscape:
        """The same landscape with other values of its own parameters.

        Raises:
            ValueError: an unknown name or a value outside its range, with what is allowed.
        """
        return replace(self, parameters={**self.parameters, **parameters})

    @cached_property
    def _facts(self) -> Facts:
        return self.facts(**self.parameters)

    @cached_property
    def _lowest(self) -> tuple[Points, float | None]:
        facts = self._facts
        return (facts.minima, facts.minimum) if facts.search is None else facts.search(self._compiled)

    @property
    def _is_stored(self) -> bool:
        """Whether the file knows it: a parameter that is no real number (a seed) makes another surface."""
        fixed = [p for p in self.hyperparameters if p.name not in self.moving]
        return self.key in stored_keys() and all(self.parameters[p.name] == p.default for p in fixed)

    @cached_property
    def _compiled(self) -> Compiled:
        if self._is_stored and all(self.parameters[p.name] == p.default for p in self.hyperparameters):
            return stored(self.key, self.rows)
        if self.rows is not None:
            return Compiled(ExpressionCodes(self.expression, columns=self.rows.columns), self.rows)
        return compile_expression(self.expression, self.dimensions)

    @property
    def rows(self) -> Rows | None:
        """The rows that it is the mean over; None where it is no such loss."""
        return self._facts.rows

    def batch(self, indices: Any) -> Compiled:
        """The mean over some rows, as an Objective; one may come more than once.

        Raises:
            ValueError: this landscape is not made of rows.
        """
        if self.rows is None:
            raise ValueError(f"{self.name} is not made of rows")
        return self._compiled.taken(np.asarray(indices, dtype=np.intp))

    def value(self, points: Array) -> Array:
        """f, ``(*batch, 2) -> (*batch)``. Raises ValueError where the last axis is not 2."""
        return self._compiled.value(points)

    def gradient(self, points: Array) -> Array:
        """Exact first derivatives, ``(*batch, 2) -> (*batch, 2)``. Raises ValueError where the last axis is not 2."""
        return self._compiled.gradient(points)

    def hessian(self, points: Array) -> Array:
        """Exact second derivatives, ``(*batch, 2) -> (*batch, 2, 2)``. Raises ValueError as the others do."""
        return self._compiled.hessian(points)

    def distance(self, points: Array) -> Array:
        """Euclidean distance to the nearest global minimum, ``(*batch, 2) -> (*batch)``; NaN where none is known."""
        points = np.asarray(points, dtype=np.float64)
        if self._facts.distance is not None:
            return self._facts.distance(points)
        nearest = np.full(points.shape[:-1], np.nan)
        with np.errstate(over="ignore", invalid="ignore"):
            for x, y in self.minima:
                nearest = np.fmin(nearest, np.hypot(points[..., 0] - x, points[..., 1] - y))
        return nearest

    @property
    def program(self) -> Program:
        """f, df/dx and df/dy as postfix code, for the player in the browser."""
        return self._compiled.program

    @property
    def codes(self) -> ExpressionCodes | StoredCodes:
        """The postfix codes of value, gradient and Hessian that NumPy runs, operation by operation."""
        return self._compiled.codes

    @property
    def moving(self) -> tuple[str, ...]:
        """The parameters that ``moving_codes`` take as inputs: those that are real numbers and not ``still``."""
        return tuple(p.name for p in self.hyperparameters if p.kind == "float" and p.name not in self.still)

    @cached_property
    def moving_codes(self) -> MovingCodes:
        """Codes of value, gradient and Hessian with the parameters of ``moving`` as inputs, one for every setting.

        ``codes`` put more constants together, so the last digits may differ.
        """
        if self._is_stored:
            return stored_moving(self.key)
        columns = () if self.rows is None else self.rows.columns
        return moving_codes(self.symbolic_expression, self.moving, columns, self.dimensions)

    @cached_property
    def moving_facts(self) -> Code:
        """The code of domain (4 numbers), minimum (0 for None), minima and saddles (2 each), from ``moving``.

        Minima that were searched for are left out: they belong to the parameters as they are.

        Raises:
            NotRecordedError: ``facts`` branches on a parameter that is a real number.
        """
        tape = Tape()
        symbols = {name: Recorded(tape, tape.input(name)) for name in self.moving}
        facts = self.facts(**{**self.parameters, **symbols})
        minima, minimum = (facts.minima, facts.minimum) if facts.search is None else ((), None)
        points = (*facts.domain, (0.0 if minimum is None else minimum,), *minima, *facts.saddles)
        return tape.code(*(lifted(tape, number).nodes.item() for point in points for number in point))

    @property
    def searched(self) -> bool:
        """Whether minima are known by a search, and so for the parameters as they are only."""
        return self._facts.search is not None

    @property
    def symbolic_expression(self) -> sympy.Expr:
        """The expression with a symbol in place of each parameter of ``moving``, unevaluated."""
        import sympy

        with sympy.evaluate(False):
            return self._facts.expression(**{name: sympy.Symbol(name, real=True) for name in self.moving})

    @cached_property
    def expression(self) -> sympy.Expr:
        """The SymPy expression that everything comes from, unevaluated: call ``doit()`` before algebra with it."""
        import sympy

        with sympy.evaluate(False):
            return self._facts.expression()

    @property
    def latex(self) -> str:
        """The formula, typeset from the same expression (without ``f(x, y) =``)."""
        return self._compiled.latex

    @property
    def domain(self) -> Domain:
        """((x_low, x_high), (y_low, y_high))"""
        return self._facts.domain

    @property
    def start(self) -> tuple[float, float]:
        """Where a race starts unless the user says otherwise: inside the domain, the gradient is not 0."""
        return self._facts.start

    @property
    def minima(self) -> Points:
        """Every global minimum inside the domain."""
        return self._lowest[0]

    @property
    def minimum(self) -> float | None:
        """The value at the minima; None where f is unbounded below or nothing is known."""
        return self._lowest[1]

    @property
    def saddles(self) -> Points:
        """The saddles that are the point of the landscape."""
        return self._facts.saddles


@dataclass(frozen=True)
class Identified:
    """A landscape as the key of a cache, equal to all of the same surface: key (or formula), parameters and domain."""

    identity: tuple[Any, ...]
    landscape: Landscape = field(compare=False, repr=False)


def identified(landscape: Landscape) -> Identified:
    """The landscape as what a cache is asked with."""
    name = (landscape.key, landscape.name if landscape.key == "formula" else "")
    parameters = tuple(sorted(landscape.parameters.items()))
    return Identified((*name, landscape.dimensions, parameters, landscape.domain), landscape)
