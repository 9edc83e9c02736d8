"""Functions with known derivatives on which the rules with curvature are held against SciPy and PyTorch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import sympy
from numpy.typing import NDArray

from landscapes.compile import Compiled, compile_expression

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Quadratic:
    """x.A x / 2 - b.x with a symmetric A = [[a, c], [c, d]]."""

    a: float
    d: float
    c: float = 0.0
    b: tuple[float, float] = (0.0, 0.0)

    @property
    def matrix(self) -> Array:
        return np.array([[self.a, self.c], [self.c, self.d]])

    @property
    def stationary(self) -> Array:
        return np.asarray(np.linalg.solve(self.matrix, np.array(self.b)), dtype=np.float64)

    def value(self, points: Array) -> Array:
        x, y = points[..., 0], points[..., 1]
        return 0.5 * (self.a * x * x + self.d * y * y) + self.c * x * y - self.b[0] * x - self.b[1] * y

    def gradient(self, points: Array) -> Array:
        x, y = points[..., 0], points[..., 1]
        return np.stack([self.a * x + self.c * y - self.b[0], self.c * x + self.d * y - self.b[1]], axis=-1)

    def hessian(self, points: Array) -> Array:
        return np.broadcast_to(self.matrix, (*points.shape[:-1], 2, 2)).copy()


FORMULAS = {
    "rosenbrock": "(1 - x)**2 + 100*(y - x**2)**2",
    "himmelblau": "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
    "beale": "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
    "styblinski_tang": "(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)/2",
    "saddle": "x**2 - y**2",
    "ripples": "sin(3*x)*cos(2*y) + (x**2 + y**2)/4",
    "logarithm": "log(x + 1) - x/4 + y**2",
    "double_well": "x**2/2 + y**4/4 - y**2/2",
}


@cache
def surface(name: str) -> Compiled:
    return compile_expression(sympy.sympify(FORMULAS[name]))
