"""Automatic differentiation of a small expression: values forward, tangents forward, adjoints backward.

Each operation v of the graph has local derivatives dv/du by its operands. Forward mode carries tangents,
v' = sum_u (dv/du) u', from one input on; reverse mode carries adjoints, u* = sum_v v* (dv/du), from one output back
(Griewank and Walther 2008, chapter 3). The names v1, v2, ... are those of an evaluation trace (Baydin et al. 2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from experiments.derivatives.expressions import Expression
from experiments.derivatives.written import written
from landscapes.derivative import local_derivative
from landscapes.graph import Graph
from programs import Code, run_code

_INPUTS = ("x", "y", "@")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One node that is drawn: an input or an operation.

    name: "x", "v3". text: what it computes ("v1 · v2"), empty for an input. operands: places of the nodes that it
    depends on, constants left out. local: how it moves with each of them, as text. output: its name among the outputs.
    """

    name: str
    text: str
    sign: str
    operands: tuple[int, ...]
    local: tuple[str, ...]
    output: str = ""


@dataclass(frozen=True, kw_only=True)
class Tape:
    """The operations of an expression in the order in which they are computed, inputs first.

    code: leaves every value, then every local derivative. trivial: which local derivatives are the number 1.
    extra: operations that local derivatives take beyond those of the values.
    """

    operations: tuple[Operation, ...]
    inputs: tuple[str, ...]
    outputs: tuple[int, ...]
    code: Code
    trivial: tuple[tuple[bool, ...], ...]
    extra: int


@dataclass(frozen=True, kw_only=True)
class Values:
    """What one evaluation gives: the value of every node, and its local derivative by each operand."""

    values: tuple[float, ...]
    local: tuple[tuple[float, ...], ...]


@lru_cache(maxsize=64)
def tape_of(expression: Expression) -> Tape:
    """The operations of an expression."""
    graph, roots = expression.build()
    return tape_on(graph, roots, tuple(expression.inputs), expression.outputs)


def tape_on(graph: Graph, roots: tuple[int, ...], inputs: tuple[str, ...], outputs: tuple[str, ...]) -> Tape:
    """The operations that ``roots`` need, with the names of the inputs and of the outputs."""
    nodes = [node for node in graph.needed(roots) if graph.constant(node) is None]
    given = {_input_name(graph, node): node for node in nodes if graph.nodes[node][0] in _INPUTS}
    order = [given[name] for name in inputs] + [node for node in nodes if graph.nodes[node][0] not in _INPUTS]
    place = {node: i for i, node in enumerate(order)}
    names = {node: inputs[i] if i < len(inputs) else f"v{i - len(inputs) + 1}" for node, i in place.items()}
    called = dict(zip(roots, outputs, strict=True))
    operations, slopes, trivial = [], [], []
    before = set(graph.needed(order))
    for node in order:
        operation, *parts = graph.nodes[node]
        operands = () if operation in _INPUTS else tuple(dict.fromkeys(part for part in parts if part in place))
        local = tuple(local_derivative(graph, node, operand) for operand in operands)
        slopes += local
        trivial.append(tuple(graph.constant(slope) == 1 for slope in local))
        operations.append(
            Operation(
                name=names[node],
                text="" if operation in _INPUTS else written(graph, node, names, open_first=True),
                sign="" if operation in _INPUTS else written(graph, node, dict.fromkeys(order, "·"), open_first=True),
                operands=tuple(place[operand] for operand in operands),
                local=tuple(written(graph, slope, names) for slope in local),
                output=called.get(node, ""),
            )
        )
    beyond = set(graph.needed(slopes)) - before
    return Tape(
        operations=tuple(operations),
        inputs=inputs,
        outputs=tuple(place[root] for root in roots),
        code=graph.code(*order, *slopes),
        trivial=tuple(trivial),
        extra=sum(graph.constant(node) is None for node in beyond),
    )


def _input_name(graph: Graph, node: int) -> str:
    operation, *parts = graph.nodes[node]
    return parts[0] if operation == "@" else operation


def evaluated(tape: Tape, point: Mapping[str, float]) -> Values:
    """Every value and local derivative at a point, in float64."""
    given = {name if name in "xy" else f"@{name}": point[name] for name in tape.inputs}
    numbers = [float(number) for number in run_code(tape.code, given)]
    count = len(tape.operations)
    rest = iter(numbers[count:])
    local = tuple(tuple(next(rest) for _ in operation.operands) for operation in tape.operations)
    return Values(values=tuple(numbers[:count]), local=local)


def tangents(tape: Tape, values: Values, seed: str) -> tuple[float, ...]:
    """d node / d input ``seed`` for every node: one sweep of forward mode."""
    result: list[float] = []
    for i, operation in enumerate(tape.operations):
        if i < len(tape.inputs):
            result.append(float(tape.inputs[i] == seed))
            continue
        terms = zip(operation.operands, values.local[i], strict=True)
        result.append(sum((local * result[operand] for operand, local in terms if result[operand] != 0), 0.0))
    return tuple(result)


def adjoints(tape: Tape, values: Values, output: int = 0) -> tuple[float, ...]:
    """d output / d node for every node: one sweep of reverse mode. ``output`` counts among the tape's outputs."""
    result = [0.0] * len(tape.operations)
    result[tape.outputs[output]] = 1.0
    for i in reversed(range(len(tape.operations))):
        if result[i] == 0:
            continue
        for operand, local in zip(tape.operations[i].operands, values.local[i], strict=True):
            result[operand] += result[i] * local
    return tuple(result)
