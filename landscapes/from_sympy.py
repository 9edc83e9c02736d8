"""Read a SymPy expression in x and y into a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landscapes.graph import Graph

if TYPE_CHECKING:
    import sympy

_SAME_NAME = ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "sign")
_OTHER_NAME = {"Abs": "abs"}
_FOLDED = {"Add": "add", "Min": "min", "Max": "max"}


def coordinates() -> tuple[sympy.Symbol, sympy.Symbol]:
    """The symbols x and y, both real."""
    import sympy

    return sympy.Symbol("x", real=True), sympy.Symbol("y", real=True)


def exact(value: float) -> sympy.Expr:
    """A number as SymPy prints it best: 2.0 becomes 2, 0.25 stays 0.25."""
    import sympy

    return sympy.Integer(int(value)) if float(value).is_integer() else sympy.Float(value)


def to_graph(expression: sympy.Expr) -> tuple[Graph, int]:
    """The graph of an expression and the node that is its value.

    Raises:
        ValueError: a symbol other than x and y, or a function that no program has.
    """
    import sympy

    graph = Graph()
    nodes: dict[sympy.Basic, int] = {}

    def read(part: sympy.Basic) -> int:
        name = type(part).__name__
        if isinstance(part, sympy.Symbol) and part.name in ("x", "y"):
            return graph.x if part.name == "x" else graph.y
        if isinstance(part, sympy.Number | sympy.NumberSymbol):
            return graph.number(float(part))
        if isinstance(part, sympy.Mul):
            return read_product(part)
        if isinstance(part, sympy.Pow):
            return graph.apply("pow", *(nodes[operand] for operand in part.args))
        operands = [nodes[operand] for operand in part.args]
        if name in _FOLDED:
            result = operands[0]
            for operand in operands[1:]:
                result = graph.apply(_FOLDED[name], result, operand)
            return result
        if name in _SAME_NAME or name in _OTHER_NAME:
            return graph.apply(_OTHER_NAME.get(name, name), *operands)
        raise ValueError(f"the expression holds {part}; allowed are x, y, numbers and {', '.join(_SAME_NAME)}, Abs")

    def read_product(part: sympy.Mul) -> int:
        """Factors to a negative number's power make one denominator, as a person would write it."""
        above, below = graph.number(1), graph.number(1)
        for factor in part.args:
            if isinstance(factor, sympy.Pow) and factor.exp.is_number and float(factor.exp) < 0:
                power = graph.number(-float(factor.exp))
                below = graph.apply("mul", below, graph.apply("pow", nodes[factor.base], power))
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
