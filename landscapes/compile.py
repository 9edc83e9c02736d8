"""From a SymPy expression in x and y to value, gradient, Hessian, LaTeX and the program the browser runs.

All of them come from the one expression, so they cannot disagree. The language of the program is defined in
landscapes/program.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from landscapes.program import Array, Code, Program, run_program

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True)
class Compiled:
    expression: sympy.Expr

    def value(self, points: Array) -> Array:
        raise NotImplementedError

    def gradient(self, points: Array) -> Array:
        raise NotImplementedError

    def hessian(self, points: Array) -> Array:
        raise NotImplementedError

    @cached_property
    def latex(self) -> str:
        raise NotImplementedError

    @cached_property
    def program(self) -> Program:
        raise NotImplementedError


def compile_expression(expression: sympy.Expr) -> Compiled:
    return Compiled(expression)
