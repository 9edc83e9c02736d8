"""Kinds of neurons: a unit with the loss that it is trained on, and the numbers that stand for its targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landscapes.derivative import derivative
from landscapes.from_sympy import coordinates, to_graph
from landscapes.neurons.surfaces import column, loss_of, unit_output
from programs import Code
from settings import by_key

if TYPE_CHECKING:
    import sympy

CHAIN = ("answer", "loss", "loss_by_answer", "answer_by_z", "loss_by_z")
"""What ``chain_code`` leaves, in this order."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A unit and a loss.

    targets: the numbers of the two classes, or () where the target is a number of its own where it is measured, and 0
    and 1 where it is a class. smooth: whether the loss has a second derivative everywhere.
    """

    key: str
    name: str
    unit: str
    loss: str
    answer_latex: str
    loss_latex: str
    targets: tuple[float, ...] = (0.0, 1.0)
    smooth: bool = True


KINDS: Mapping[str, Kind] = by_key(
    [
        Kind(
            key="logistic",
            name="Logistic regression",
            unit="sigmoid",
            loss="cross_entropy",
            answer_latex=r"\sigma(z)",
            loss_latex=r"-y \ln \hat y - (1 - y) \ln (1 - \hat y)",
        ),
        Kind(
            key="linear",
            name="Linear regression",
            unit="linear",
            loss="squared",
            answer_latex="z",
            loss_latex=r"(\hat y - y)^2",
            targets=(),
        ),
        Kind(
            key="sigmoid_squared",
            name="Sigmoid, squared error",
            unit="sigmoid",
            loss="squared",
            answer_latex=r"\sigma(z)",
            loss_latex=r"(\hat y - y)^2",
        ),
        Kind(
            key="tanh",
            name="tanh, squared error",
            unit="tanh",
            loss="squared",
            answer_latex=r"\tanh z",
            loss_latex=r"(\hat y - y)^2",
            targets=(-1.0, 1.0),
        ),
        Kind(
            key="relu",
            name="ReLU, squared error",
            unit="relu",
            loss="squared",
            answer_latex=r"\max(0, z)",
            loss_latex=r"(\hat y - y)^2",
            smooth=False,
        ),
        Kind(
            key="perceptron",
            name="Sign unit, perceptron rule",
            unit="sign",
            loss="perceptron",
            answer_latex=r"\operatorname{sign} z",
            loss_latex=r"\max(0, -y z)",
            targets=(-1.0, 1.0),
            smooth=False,
        ),
        Kind(
            key="sign",
            name="Sign unit, squared error",
            unit="sign",
            loss="squared",
            answer_latex=r"\operatorname{sign} z",
            loss_latex=r"(\hat y - y)^2",
            targets=(-1.0, 1.0),
            smooth=False,
        ),
    ]
)
"""Every kind by key."""


def chain_codes(kind: Kind) -> dict[str, Code]:
    """Postfix code of each of ``CHAIN`` for one row, from x, which is z, and the target ``@t``.

    The chain rule is loss_by_z = loss_by_answer * answer_by_z; loss_by_z is written so that nothing overflows where the
    unit is saturated. The perceptron's loss is no function of its answer: loss_by_answer is that of the squared error,
    and loss_by_z the perceptron rule. At the kink of ReLU the slope is 1/2, PyTorch's is 0.
    """
    import sympy

    z, _ = coordinates()
    with sympy.evaluate(False):
        answer, loss = unit_output(kind.unit, z), loss_of(kind.unit, kind.loss, z)
        by_answer = _loss_by_answer(kind, z)
    plain = {"answer": answer, "loss": loss, "loss_by_answer": by_answer}
    codes = {name: _code(expression) for name, expression in plain.items()}
    return {**codes, "answer_by_z": _code(answer, slope=True), "loss_by_z": _code(loss, slope=True)}


def answer_code(kind: Kind) -> Code:
    """The loss over the answer, x, and the target ``@t``; the perceptron's is over z alone, so the squared error's."""
    import sympy

    x, _ = coordinates()
    t = column("t")
    with sympy.evaluate(False):
        if kind.loss == "cross_entropy":
            expression = sympy.Piecewise((-sympy.log(1 - x), sympy.StrictLessThan(t, 1)), (-sympy.log(x), True))
        else:
            expression = (x - t) ** 2
    return _code(expression)


def _code(expression: sympy.Expr, *, slope: bool = False) -> Code:
    graph, root = to_graph(expression, ("t",))
    return graph.code(derivative(graph, root, graph.x) if slope else root)


def _loss_by_answer(kind: Kind, z: sympy.Expr) -> sympy.Expr:
    import sympy

    t = column("t")
    if kind.loss == "cross_entropy":  # (answer - t) / (answer (1 - answer)), without 1 - answer where that is nearly 0
        return (1 - t) * (1 + sympy.exp(z)) - t * (1 + sympy.exp(-z))
    return 2 * (unit_output(kind.unit, z) - t)
