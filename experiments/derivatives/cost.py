"""What a Jacobian costs in each mode, in operations that are counted: one for each sum, product, exponential, ...

Forward mode takes one sweep for each input, reverse mode one for each output. The values and the local derivatives are
computed once, and every sweep uses them again.
"""

from __future__ import annotations

from dataclasses import dataclass

from experiments.derivatives.sweeps import Tape, tape_on
from landscapes.graph import Graph


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Operations: of the values, of the local derivatives beyond them, and of one sweep of each mode."""

    inputs: int
    outputs: int
    values: int
    local: int
    forward_sweep: int
    reverse_sweep: int

    @property
    def forward(self) -> int:
        """Of the whole Jacobian in forward mode."""
        return self.values + self.local + self.inputs * self.forward_sweep

    @property
    def reverse(self) -> int:
        """Of the whole Jacobian in reverse mode."""
        return self.values + self.local + self.outputs * self.reverse_sweep


def cost_of(tape: Tape) -> Cost:
    """The cost of an expression's Jacobian, counted.

    A sweep multiplies once along each edge whose local derivative is not 1, and adds where edges meet: in forward mode
    at an operation with several operands, in reverse mode at a node that is used several times.
    """
    products = sum(not one for ones in tape.trivial for one in ones)
    uses = [0] * len(tape.operations)
    for operation in tape.operations:
        for operand in operation.operands:
            uses[operand] += 1
    return Cost(
        inputs=len(tape.inputs),
        outputs=len(tape.outputs),
        values=len(tape.operations) - len(tape.inputs),
        local=tape.extra,
        forward_sweep=products + sum(max(len(operation.operands) - 1, 0) for operation in tape.operations),
        reverse_sweep=products + sum(max(count - 1, 0) for count in uses),
    )


def layer_tape(inputs: int, outputs: int) -> Tape:
    """A layer of ``outputs`` neurons tanh(w_1 x_1 + ... + w_n x_n), its weights numbers."""
    graph = Graph()
    names = tuple(f"x{i + 1}" for i in range(inputs))
    nodes = [graph.input(name) for name in names]
    roots = []
    for j in range(outputs):
        terms = [graph.apply("mul", graph.number(0.5 + i + j * inputs), node) for i, node in enumerate(nodes)]
        total = terms[0]
        for term in terms[1:]:
            total = graph.apply("add", total, term)
        roots.append(graph.apply("tanh", total))
    return tape_on(graph, tuple(roots), names, tuple(f"y{j + 1}" for j in range(outputs)))


def layer_cost(inputs: int, outputs: int) -> Cost:
    """The cost of such a layer's Jacobian, as ``cost_of`` counts it."""
    terms = inputs * outputs
    return Cost(
        inputs=inputs,
        outputs=outputs,
        values=2 * terms,
        local=2 * outputs,
        forward_sweep=2 * terms,
        reverse_sweep=terms + outputs + inputs * (outputs - 1),
    )
