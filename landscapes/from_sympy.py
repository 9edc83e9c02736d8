"""Read a SymPy expression in x and y into a graph.

Expressions are built with ``sympy.evaluate(False)``, so that they read, compute and print as their source writes them.
A Piecewise replaces a formula by its series where the formula loses its digits, at a removable singularity.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from landscapes.graph import Graph

if TYPE_CHECKING:
    import sympy

_SAME_NAME = ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "sign")
_OTHER_NAME = {"Abs": "abs"}
_COMPARED = {"StrictLessThan": "lt", "LessThan": "le"}
_FOLDED = {"Add": "add", "Min": "min", "Max": "max"}


def coordinates() -> tuple[sympy.Symbol, sympy.Symbol]:
    """The symbols x and y, both real."""
    import sympy

    return sympy.Symbol("x", real=True), sympy.Symbol("y", real=True)


def exact(value: float | sympy.Expr) -> sympy.Expr:
    """A number as SymPy prints it best: 2.0 becomes 2, 0.25 stays 0.25. A symbol in its place stays one."""
    import sympy

    if isinstance(value, sympy.Expr):
        return value
    whole = float(value).is_integer() and abs(value) < 1e15
    return sympy.Integer(int(value)) if whole else sympy.Float(value)


def to_graph(expression: sympy.Expr, parameters: Collection[str] = ()) -> tuple[Graph, int]:
    """The graph of an expression and the node that is its value.

    parameters: the names of symbols that are inputs of the program, beside x and y.

    Raises:
        ValueError: a symbol other than x, y and the parameters, or a function that no program has.
    """
    import sympy
    from sympy.functions.elementary.piecewise import ExprCondPair
    from sympy.logic.boolalg import BooleanTrue

    graph = Graph()
    nodes: dict[sympy.Basic, int] = {}

    def read(part: Any) -> int:
        name = type(part).__name__
        if isinstance(part, sympy.Symbol) and part.name in ("x", "y"):
            return graph.x if part.name == "x" else graph.y
        if isinstance(part, sympy.Symbol) and part.name in parameters:
            return graph.input(part.name)
        if isinstance(part, sympy.Number | sympy.NumberSymbol):
            return graph.number(float(part))
        if isinstance(part, sympy.Piecewise):
            *branches, last = part.args
            result = nodes[last.args[0]]
            for branch in reversed(branches):
                value, condition = branch.args
                result = graph.apply("select", nodes[condition], nodes[value], result)
            return result
        if isinstance(part, BooleanTrue | ExprCondPair):
            return graph.number(1)
        if isinstance(part, sympy.Mul):
            return read_product(part)
        if isinstance(part, sympy.Pow):
            if part.base == sympy.E:
                return graph.apply("exp", nodes[part.exp])
            return graph.apply("pow", *(nodes[operand] for operand in part.args))
        operands = [nodes[operand] for operand in part.args]
        if name in _FOLDED:
            result = operands[0]
            for operand in operands[1:]:
                result = graph.apply(_FOLDED[name], result, operand)
            return result
        if name in _COMPARED:
            return graph.apply(_COMPARED[name], *operands)
        if name in _SAME_NAME or name in _OTHER_NAME:
            return graph.apply(_OTHER_NAME.get(name, name), *operands)
        raise ValueError(f"the expression holds {part}; allowed are x, y, numbers and {', '.join(_SAME_NAME)}, Abs")

    def read_product(part: sympy.Mul) -> int:
        """Factors to a negative number's power make one denominator, as a person would write it."""
        above, below = graph.number(1), graph.number(1)
        factor: Any
        for factor in part.args:
            power = graph.constant(nodes[factor.exp]) if isinstance(factor, sympy.Pow) else None
            if power is not None and power < 0 and factor.base != sympy.E:
                inverse = graph.apply("pow", nodes[factor.base], graph.number(-power))
                below = graph.apply("mul", below, inverse)
            elif isinstance(factor, sympy.Rational) and factor.q != 1 and abs(factor.p) == 1:
                above = graph.apply("mul", above, graph.number(factor.p))
                below = graph.apply("mul", below, graph.number(factor.q))
            else:
                above = graph.apply("mul", above, nodes[factor])
        return graph.apply("div", above, below)

    for part in sympy.postorder_traversal(expression):
        if part not in nodes:
            nodes[part] = read(part)
    return graph, nodes[expression]
