"""Exact first derivatives of a graph, as new nodes of the same graph.

The size of a derivative grows in proportion to the function, because what it shares with the function stays shared (an
expanded formula can grow exponentially).

At a kink or cusp the derivative is the sensible finite number instead of NaN or infinity: |u|' = sign(u) u' with
sign(0) = 0, and a root sqrt(u) or u^p with 0 < p < 1 has derivative 0 where u = 0 (the mean of both sides where the
surface is symmetric, as at the tip of a cone). Where min(a, b) or max(a, b) ties, the mean of both derivatives. Poles
stay infinite.
"""

from __future__ import annotations

from landscapes.graph import Graph


def derivative(graph: Graph, root: int, variable: int) -> int:
    """d root / d variable, where variable is ``x`` or ``y``."""
    zero, one = graph.number(0), graph.number(1)
    slope: dict[int, int] = {}
    for node in graph.needed([root]):
        operation, *operands = graph.nodes[node]
        if node == variable:
            slope[node] = one
        elif operation in ("number", "x", "y", "@") or all(slope[operand] == zero for operand in operands):
            slope[node] = zero
        else:
            slope[node] = _rule(graph, operation, node, operands, [slope[operand] for operand in operands])
    return slope[root]


def local_derivative(graph: Graph, node: int, operand: int) -> int:
    """How a node f(u, v, ...) moves with one of its operands alone: d f / d u, its other operands held fast."""
    operation, *operands = graph.nodes[node]
    return _rule(graph, operation, node, operands, [graph.number(each == operand) for each in operands])


def _rule(graph: Graph, operation: str, f: int, operands: list[int], slopes: list[int]) -> int:
    """The chain rule at one node f = operation(*operands), given the operands' derivatives."""
    do, number = graph.apply, graph.number
    (u, v), (du, dv) = (operands + operands)[-2:], (slopes + slopes)[-2:]
    match operation:
        case "add" | "sub":
            return do(operation, du, dv)
        case "mul":
            return do("add", do("mul", du, v), do("mul", u, dv))
        case "div":
            return do("div", do("sub", du, do("mul", f, dv)), v)
        case "pow":
            return _power_rule(graph, f, u, v, du, dv)
        case "min" | "max":
            first, second = (u, v) if operation == "min" else (v, u)
            tie = do("mul", number(0.5), do("add", du, dv))
            return do("select", do("lt", first, second), du, do("select", do("lt", second, first), dv, tie))
        case "select":
            return do("select", operands[0], du, dv)
        case "lt" | "le" | "eq" | "sign":
            return number(0)
        case "neg":
            return do("neg", du)
        case "abs":
            return do("mul", do("sign", u), du)
        case "sqrt":
            slope = do("div", du, do("mul", number(2), f))
            return do("select", do("eq", u, number(0)), number(0), slope)
        case "log":
            return do("div", du, u)
        case "asin" | "acos":
            slope = do("div", du, do("sqrt", do("sub", number(1), do("mul", u, u))))
            return slope if operation == "asin" else do("neg", slope)
        case "atan":
            return do("div", du, do("add", number(1), do("mul", u, u)))
    outer = {
        "exp": lambda: f,
        "sin": lambda: do("cos", u),
        "cos": lambda: do("neg", do("sin", u)),
        "tan": lambda: do("add", number(1), do("mul", f, f)),
        "sinh": lambda: do("cosh", u),
        "cosh": lambda: do("sinh", u),
        "tanh": lambda: do("sub", number(1), do("mul", f, f)),
    }[operation]
    return do("mul", outer(), du)


def _power_rule(graph: Graph, f: int, u: int, v: int, du: int, dv: int) -> int:
    do, number = graph.apply, graph.number
    power = graph.constant(v)
    if power is not None:
        slope = do("mul", do("mul", v, do("pow", u, number(power - 1))), du)
        return do("select", do("eq", u, number(0)), number(0), slope) if 0 < power < 1 else slope
    # The factor f = u^v vanishes faster than log(u) grows, so the second term has the limit 0 where u = 0 < v.
    growth = do("mul", f, do("mul", dv, do("log", u)))
    if graph.constant(u) is None:
        growth = do("select", do("eq", f, number(0)), number(0), growth)
    return do("add", do("mul", do("mul", v, do("pow", u, do("sub", v, number(1)))), du), growth)
