"""The Landscape type: one SymPy expression in x and y, its facts, and the functions made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hyperparameters import Hyperparameter, check_all
from landscapes.compile import Compiled, Program, compile_expression

if TYPE_CHECKING:
    import sympy

Array = NDArray[np.float64]
Domain = tuple[tuple[float, float], tuple[float, float]]
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a landscape at one setting of its parameters. Points are (x, y) pairs.

    minima: every global minimum inside the domain. minimum: the value there, or None where the function is unbounded
    below (a saddle). saddles: the ones that are the point of the landscape, not necessarily all.
    """

    expression: Callable[[], sympy.Expr]
    domain: Domain
    start: tuple[float, float]
    minima: Points = ()
    minimum: float | None = None
    saddles: Points = ()


@dataclass(frozen=True, kw_only=True)
class Landscape:
    """A function of two numbers to be minimised. It is an Objective: value, gradient and hessian of (*batch, 2).

    name and character (one line) are for menus; difficulty says in one sentence what makes it hard; reference says
    where form and minima are from; notes says what was chosen at kinks and removable singularities, or where a
    published survey is wrong. ``facts(**parameters)`` gives expression, domain, minima, ...; they may depend on the
    parameters.
    """

    key: str
    name: str
    character: str
    difficulty: str
    reference: str
    facts: Callable[..., Facts] = field(repr=False)
    hyperparameters: tuple[Hyperparameter, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notes: str = ""

    def with_parameters(self, **parameters: Any) -> Landscape:
        """The same landscape with other values of its own parameters.

        Raises:
            ValueError: an unknown name or a value outside its range, with what is allowed.
        """
        values = check_all(self.hyperparameters, {**self.parameters, **parameters}, self.name)
        return replace(self, parameters=values)

    @cached_property
    def _facts(self) -> Facts:
        return self.facts(**check_all(self.hyperparameters, self.parameters, self.name))

    @cached_property
    def _compiled(self) -> Compiled:
        return compile_expression(self._facts.expression())

    def value(self, points: Array) -> Array:
        """f, ``(*batch, 2) -> (*batch)``."""
        return self._compiled.value(points)

    def gradient(self, points: Array) -> Array:
        """Exact first derivatives, ``(*batch, 2) -> (*batch, 2)``."""
        return self._compiled.gradient(points)

    def hessian(self, points: Array) -> Array:
        """Exact second derivatives, ``(*batch, 2) -> (*batch, 2, 2)``."""
        return self._compiled.hessian(points)

    @property
    def program(self) -> Program:
        """f, df/dx and df/dy as postfix code, for the player in the browser."""
        return self._compiled.program

    @property
    def expression(self) -> sympy.Expr:
        return self._compiled.expression

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
        return self._facts.start

    @property
    def minima(self) -> Points:
        return self._facts.minima

    @property
    def minimum(self) -> float | None:
        return self._facts.minimum

    @property
    def saddles(self) -> Points:
        return self._facts.saddles
