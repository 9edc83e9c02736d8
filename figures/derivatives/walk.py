"""The computational graph as the browser draws it, and the walk through it: values forward, adjoints backward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.derivatives import (
    MODES,
    Expression,
    Tape,
    Values,
    adjoints,
    evaluated,
    expression_of,
    tangents,
    tape_of,
)
from figures.derivatives.layered import layered
from figures.frontend import Buffers, blob
from figures.theme import BLUE, VERMILLION, on_background
from numerals import readable

_BAR, _DOT = "\N{COMBINING MACRON}", "\N{COMBINING DOT ABOVE}"
_TIMES = "\N{DOT OPERATOR}"
COLORS = {"reverse": VERMILLION, "forward": BLUE}


def marked(name: str, mode: str) -> str:
    """The letter of an adjoint or a tangent: v̄3, v̇3."""
    return f"{name[0]}{_BAR if mode == 'reverse' else _DOT}{name[1:]}"


def point_of(values: Mapping[str, Any], expression: Expression) -> dict[str, float]:
    """The values of the inputs."""
    return {name: values[f"in.{name}"] for name in expression.inputs}


def graph_payload(values: Mapping[str, Any]) -> bytes:
    """The graph of these settings for figures/frontend/derivatives/: a header without buffers."""
    expression = expression_of(values)
    tape = tape_of(expression)
    numbers = evaluated(tape, point_of(values, expression))
    layout = layered([operation.operands for operation in tape.operations])
    mode = values["mode"]
    bends = iter(layout.bends)
    edges = [
        {
            "from": operand,
            "to": i,
            "bends": [list(bend) for bend in next(bends)],
            "formula": _local_text(operation.local[k]),
            "number": readable(numbers.local[i][k]),
        }
        for i, operation in enumerate(tape.operations)
        for k, operand in enumerate(operation.operands)
    ]
    header = {
        "version": 1,
        "graph": [expression.key, expression.name, mode, values["seed"] if mode == "forward" else values["out"]],
        "title": expression.name,
        "mode": mode,
        "modeName": MODES[mode],
        "nodes": [
            {
                "name": operation.name,
                "text": operation.text,
                "mark": marked(operation.name, mode),
                "value": readable(numbers.values[i], 4),
                "output": operation.output,
                "place": list(layout.places[i]),
            }
            for i, operation in enumerate(tape.operations)
        ],
        "inputs": len(tape.inputs),
        "edges": edges,
        "walk": walk_of(tape, numbers, mode, seed=values["seed"], output=expression.outputs.index(values["out"])),
        "step": values["step"],
        "colors": [on_background(COLORS[mode], dark) for dark in (False, True)],
    }
    return blob(header, Buffers())


def _local_text(text: str) -> str:
    return text if len(text) <= 12 else ""


def walk_of(tape: Tape, numbers: Values, mode: str, *, seed: str, output: int) -> list[dict[str, Any]]:
    """The steps after the first picture, in which inputs alone have values.

    Each has ``node``, what is said, the nodes whose ``values`` appear, the ``edges`` it goes along (by number) and
    ``slopes``: the tangent or adjoint that nodes have from then on, as text.
    """
    return _forward_walk(tape, numbers, seed) if mode == "forward" else _reverse_walk(tape, numbers, output)


def _edge_numbers(tape: Tape) -> list[range]:
    """The numbers of the edges into each node."""
    ranges, start = [], 0
    for operation in tape.operations:
        ranges.append(range(start, start + len(operation.operands)))
        start += len(operation.operands)
    return ranges


def _forward_walk(tape: Tape, numbers: Values, seed: str) -> list[dict[str, Any]]:
    moved, edges = tangents(tape, numbers, seed), _edge_numbers(tape)
    first = {str(i): readable(moved[i]) for i in range(len(tape.inputs))}
    steps = []
    for i in range(len(tape.inputs), len(tape.operations)):
        operation = tape.operations[i]
        terms = [
            f"{_factor(numbers.local[i][k])} {_TIMES} {marked(tape.operations[operand].name, 'forward')}"
            for k, operand in enumerate(operation.operands)
        ]
        said = (
            f"{operation.name} = {operation.text} = {readable(numbers.values[i], 4)};  "
            f"{marked(operation.name, 'forward')} = {' + '.join(terms)} = {readable(moved[i])}"
        )
        steps.append({"node": i, "said": said, "edges": list(edges[i]), "slopes": {str(i): readable(moved[i])}})
    start = f"{marked(seed, 'forward')} = 1: how everything moves with {seed}. The other tangents begin at 0."
    return [{"node": tape.inputs.index(seed), "said": start, "edges": [], "slopes": first}, *steps]


def _reverse_walk(tape: Tape, numbers: Values, output: int) -> list[dict[str, Any]]:
    edges, count = _edge_numbers(tape), len(tape.operations)
    steps: list[dict[str, Any]] = [{"node": None, "said": "The inputs are given.", "edges": [], "slopes": {}}]
    for i in range(len(tape.inputs), count):
        operation = tape.operations[i]
        said = f"{operation.name} = {operation.text} = {readable(numbers.values[i], 4)}"
        steps.append({"node": i, "said": said, "edges": list(edges[i]), "slopes": {}})
    final, now = adjoints(tape, numbers, output), [0.0] * count
    end = tape.outputs[output]
    now[end] = 1.0
    said = f"{marked(tape.operations[end].name, 'reverse')} = 1: backward from {tape.operations[end].output}."
    steps.append({"node": end, "said": said, "edges": [], "slopes": {str(end): "1"}})
    for i in reversed(range(len(tape.inputs), count)):
        operation, changed, parts = tape.operations[i], {}, []
        if final[i] == 0:
            said = f"{marked(operation.name, 'reverse')} = 0: {operation.name} does not move the output."
            steps.append({"node": i, "said": said, "edges": [], "slopes": {str(i): "0"}})
            continue
        for operand, local in zip(operation.operands, numbers.local[i], strict=True):
            name = marked(tape.operations[operand].name, "reverse")
            sign = "+=" if now[operand] != 0 else "="
            now[operand] += final[i] * local
            changed[str(operand)] = readable(now[operand])
            product = f"{marked(operation.name, 'reverse')} {_TIMES} {_factor(local)}"
            so_far = f", now {readable(now[operand])}" if sign == "+=" else ""
            parts.append(f"{name} {sign} {product} = {readable(final[i] * local)}{so_far}")
        steps.append({"node": i, "said": ";  ".join(parts), "edges": list(edges[i]), "slopes": changed})
    return steps


def _factor(number: float) -> str:
    text = readable(number)
    return f"({text})" if number < 0 else text


def trace_rows(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row a node: its name, what it computes, its value, and its tangent or adjoint, all with six digits."""
    expression = expression_of(values)
    tape, mode = tape_of(expression), values["mode"]
    numbers = evaluated(tape, point_of(values, expression))
    slopes = (
        tangents(tape, numbers, values["seed"])
        if mode == "forward"
        else adjoints(tape, numbers, expression.outputs.index(values["out"]))
    )
    by = f"d / d{values['seed']}" if mode == "forward" else f"d{values['out']} / d"
    column = f"tangent {by}" if mode == "forward" else f"adjoint {by} node"
    return [
        {
            "node": operation.name,
            "computes": operation.text or "input",
            "value": readable(numbers.values[i], 6),
            column: readable(slopes[i], 6),
        }
        for i, operation in enumerate(tape.operations)
    ]
