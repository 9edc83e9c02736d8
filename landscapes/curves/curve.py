"""A function of one variable, typed as a formula in x, with its exact derivatives.

The formula is read by the grammar of landscapes (never evaluated as Python) into one graph, which is differentiated
exactly. Codes are run in float32, float64 or in complex numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from landscapes.derivative import derivative
from landscapes.from_sympy import coordinates, exact, to_graph
from landscapes.grammar import read_formula
from landscapes.graph import Graph
from landscapes.tokens import FormulaError
from landscapes.typeset import to_latex
from programs import Code, run_code

if TYPE_CHECKING:
    import sympy

# Operations that no complex number passes as a real one does.
_NOT_ANALYTIC = frozenset(["abs", "sign", "min", "max", "lt", "le", "eq", "select", "floor"])
_LONGEST = 160  # nodes of a derivative that is written out


@dataclass(frozen=True, kw_only=True)
class Curve:
    """f(x), its derivative and both as LaTeX. ``text`` is the formula as typed."""

    text: str
    expression: sympy.Expr = field(repr=False)
    graph: Graph = field(repr=False, compare=False)
    root: int = field(repr=False)

    @cached_property
    def _code(self) -> Code:
        return self.graph.code(self.root)

    @cached_property
    def _slope(self) -> int:
        return derivative(self.graph, self.root, self.graph.x)

    @cached_property
    def _slope_code(self) -> Code:
        return self.graph.code(self._slope)

    def value(self, x: Any, dtype: DTypeLike = np.float64) -> NDArray[Any]:
        """f at ``x``, ``(*batch) -> (*batch)``, every operation in ``dtype``; NaN where it is no real number."""
        return _run(self._code, x, dtype)

    def derivative(self, x: Any, dtype: DTypeLike = np.float64) -> NDArray[Any]:
        """f' at ``x`` by the chain rule, operation by operation, ``(*batch) -> (*batch)``.

        At a kink it is the finite number that landscapes/derivative.py names.
        """
        return _run(self._slope_code, x, dtype)

    @cached_property
    def is_analytic(self) -> bool:
        """Whether a complex x passes through every operation, as the complex step needs."""
        return not {self.graph.nodes[node][0] for node in self.graph.needed([self.root])} & _NOT_ANALYTIC

    @cached_property
    def latex(self) -> str:
        """f as it is written."""
        return to_latex(self.expression)

    def derivative_by_hand(self) -> sympy.Expr:
        """f' by SymPy. Only for formulas that are known beforehand: on others SymPy may take minutes."""
        import sympy

        return sympy.diff(self.expression.doit(), coordinates()[0])

    def by_hand_latex(self) -> str:
        """``derivative_by_hand`` typeset."""
        import sympy

        return sympy.latex(self.derivative_by_hand())

    def by_hand(self, x: float) -> float:
        """``derivative_by_hand`` at ``x`` in float64; NaN where it holds what no program has."""
        try:
            graph, root = to_graph(self.derivative_by_hand())
        except ValueError:
            return float("nan")
        return float(_run(graph.code(root), x, np.float64))

    @cached_property
    def derivative_latex(self) -> str | None:
        """f' as the chain rule leaves it, in one line; None where it is too long or made of cases."""
        if len(self.graph.needed([self._slope])) > _LONGEST:
            return None
        expression = _written(self.graph, self._slope)
        return None if expression is None else to_latex(expression)


def _run(code: Code, x: Any, dtype: DTypeLike) -> NDArray[Any]:
    x = np.asarray(x, dtype=dtype)
    return np.broadcast_to(run_code(code, {"x": x}, dtype=dtype)[0], x.shape)


@lru_cache(maxsize=128)
def read_curve(text: str) -> Curve:
    """The function that a formula in x names.

    Raises:
        FormulaError: the text is not a formula, breaks a limit of the grammar, or holds y.
    """
    expression = read_formula(text)
    if expression.has(coordinates()[1]):
        raise FormulaError("the formula holds y; allowed is a function of x alone")
    try:
        graph, root = to_graph(expression)
        curve = Curve(text=" ".join(text.split()), expression=expression, graph=graph, root=root)
        _ = curve._slope_code, curve.latex
    except ValueError as error:
        raise FormulaError(f"the formula cannot be computed: {error}") from None
    return curve


def _written(graph: Graph, root: int) -> sympy.Expr | None:
    """A node as an expression, unevaluated; None where it compares numbers.

    A select that only guards a removable singularity is written as what it guards.
    """
    import sympy

    x = coordinates()[0]
    written: dict[int, Any] = {}
    for node in graph.needed([root]):
        operation, *operands = graph.nodes[node]
        if operation == "number":
            written[node] = exact(operands[0])
            continue
        parts = [written[operand] for operand in operands]
        if operation in ("x", "y"):
            written[node] = x
        elif operation == "select":
            condition = graph.nodes[operands[0]]
            written[node] = parts[2] if condition[0] == "eq" else None
        elif operation in ("lt", "le", "eq"):
            written[node] = sympy.S.Zero
        elif any(part is None for part in parts):
            written[node] = None
        else:
            written[node] = _operation(operation, parts)
    return written[root]


def _operation(operation: str, parts: list[Any]) -> Any:
    import sympy

    first, last = parts[0], parts[-1]
    match operation:
        case "add":
            return sympy.Add(first, last, evaluate=False)
        case "sub":
            return sympy.Add(first, sympy.Mul(-1, last, evaluate=False), evaluate=False)
        case "mul":
            return sympy.Mul(first, last, evaluate=False)
        case "div":
            inverse = sympy.Pow(last, -1, evaluate=False)
            return inverse if first == 1 else sympy.Mul(first, inverse, evaluate=False)
        case "neg":
            return sympy.Mul(-1, first, evaluate=False)
        case "pow":
            return sympy.Pow(first, last, evaluate=False)
        case "sqrt":
            return sympy.Pow(first, sympy.Rational(1, 2), evaluate=False)
    name = {"abs": "Abs", "min": "Min", "max": "Max"}.get(operation, operation)
    return getattr(sympy, name)(*parts, evaluate=False)
