"""The loss of one neuron over rows, as a surface of its two weights, or of its weight and bias."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from landscapes.compile import Compiled
from landscapes.from_sympy import coordinates, exact
from landscapes.lowest import distinct, polish
from landscapes.neurons.data import AS_THEY_ARE, CLASSES, REGRESSION, row_table, standardized
from landscapes.rows import Rows
from landscapes.types import Facts, Landscape, Points
from settings import choice, number

if TYPE_CHECKING:
    import sympy

UNITS = ("linear", "sigmoid", "tanh", "relu", "sign")
LOSSES = ("squared", "cross_entropy", "perceptron")
INPUTS = ("two_features", "one_feature")
_GRID = 25


def pre_activation(bias: bool) -> sympy.Expr:
    """z of a row: a x + b y, or a x + y where y is the bias."""
    a, b = column("a"), column("b")
    x, y = coordinates()
    return a * x + (y if bias else b * y)


def unit_output(unit: str, z: sympy.Expr) -> sympy.Expr:
    """The neuron's output. The sigmoid of a negative z is written so that nothing overflows or loses its digits."""
    import sympy

    match unit:
        case "linear":
            return z
        case "sigmoid":
            return sympy.Piecewise((sympy.exp(z) / (1 + sympy.exp(z)), z < 0), (1 / (1 + sympy.exp(-z)), True))
        case "tanh":
            return sympy.tanh(z)
        case "relu":
            return sympy.Max(0, z)
        case "sign":
            return sympy.sign(z)
    raise ValueError(f"the unit was given as {unit!r:.40}; allowed are {', '.join(UNITS)}")


def row_loss(unit: str, loss: str, *, bias: bool = False) -> sympy.Expr:
    """The loss of one row with inputs a, b and target t; see ``loss_of``."""
    import sympy

    with sympy.evaluate(False):
        return loss_of(unit, loss, pre_activation(bias))


def loss_of(unit: str, loss: str, z: sympy.Expr) -> sympy.Expr:
    """The loss of one row with target t from its z.

    ``squared`` is (output - t)^2, as PyTorch's MSELoss; ``cross_entropy`` is that of a sigmoid's logit z, whatever the
    unit, with t 0 or 1, as BCEWithLogitsLoss; ``perceptron`` is max(0, -t z) with t -1 or 1 (Rosenblatt 1958).
    """
    import sympy

    with sympy.evaluate(False):
        t = column("t")
        match loss:
            case "squared":
                return (unit_output(unit, z) - t) ** 2
            case "cross_entropy":
                negative = sympy.log(1 + sympy.exp(z)) - z
                return sympy.Piecewise((negative, z < 0), (sympy.log(1 + sympy.exp(-z)), True)) + (1 - t) * z
            case "perceptron":
                return sympy.Max(0, -t * z)
    raise ValueError(f"the loss was given as {loss!r:.40}; allowed are {', '.join(LOSSES)}")


def column(name: str) -> sympy.Symbol:
    """The symbol of a column of the table."""
    import sympy

    return sympy.Symbol(name, real=True)


def _penalized(expression: sympy.Expr, l1: Any, l2: Any, bias: bool) -> sympy.Expr:
    """With l1 (|x| + |y|) + l2 (x^2 + y^2) / 2; a bias pays nothing. What is 0 is not written."""
    import sympy

    x, y = coordinates()
    with sympy.evaluate(False):
        if l1 != 0:
            expression = expression + exact(l1) * (sympy.Abs(x) if bias else sympy.Abs(x) + sympy.Abs(y))
        if l2 != 0:
            expression = expression + exact(l2) * (x**2 if bias else x**2 + y**2) / 2
    return expression


@lru_cache(maxsize=64)
def rows_of(data: str, inputs: str, scaled: bool = True) -> Rows:
    """The rows of a name, with columns a, b and t, or a and t where the second weight is the bias."""
    measured, target, names = row_table(data)
    if data in REGRESSION and inputs == "two_features":  # nothing else takes the mean's part
        target = target - target.mean()
    used = standardized(measured) if scaled and data not in AS_THEY_ARE else measured
    if inputs == "one_feature":
        return Rows(columns=("a", "t"), table=np.stack([used[:, 0], target], axis=-1), meanings=(names[0], "target"))
    return Rows(columns=("a", "b", "t"), table=np.column_stack([used, target]), meanings=(*names, "target"))


def _least_squares(data: str, inputs: str, l1: Any, l2: Any) -> Facts:
    rows, bias = rows_of(data, inputs), inputs == "one_feature"

    def expression(l1: Any = l1, l2: Any = l2) -> sympy.Expr:
        return _penalized(row_loss("linear", "squared", bias=bias), l1, l2, bias)

    x, y, lowest = _lowest_of_squares(rows, l1, l2, bias)
    return Facts(
        expression=expression,
        domain=((-3.0, 3.0), (-3.0, 3.0)),
        start=(-2.2, 2.4),
        minima=((x, y),),
        minimum=lowest,
        rows=rows,
    )


def _lowest_of_squares(rows: Rows, l1: Any, l2: Any, bias: bool) -> tuple[Any, Any, Any]:
    """Where mean (a x + b y - t)^2 with its penalties is least, and what it is there, without a branch.

    Convex: the least of the stationary points that belong to the nine patterns of signs is the minimum.
    """
    a, t = rows.by_name["a"], rows.by_name["t"]
    b = np.ones_like(a) if bias else rows.by_name["b"]
    first, second, mixed = 2 * np.mean(a * a), 2 * np.mean(b * b), 2 * np.mean(a * b)
    along, across, level = 2 * np.mean(a * t), 2 * np.mean(b * t), np.mean(t * t)
    of_second = 0.0 if bias else 1.0
    p, q = float(first) + l2, float(second) + of_second * l2
    r = float(mixed)
    best: tuple[Any, Any, Any] | None = None
    for i in (-1.0, 1.0, 0.0):
        for j in (-1.0, 1.0, 0.0):
            u, v = float(along) - i * l1, float(across) - j * of_second * l1
            if i and j:
                x, y = (q * u - r * v) / (p * q - r * r), (p * v - r * u) / (p * q - r * r)
            else:
                x, y = (u / p if i else 0.0), (v / q if j else 0.0)
            value = (
                (p * x * x + q * y * y) / 2
                + r * x * y
                - float(along) * x
                - float(across) * y
                + float(level)
                + l1 * (abs(x) + of_second * abs(y))
            )
            if best is None:
                best = x, y, value
            else:
                less = value < best[2]
                best = tuple(np.where(less, new, old).item() for new, old in zip((x, y, value), best, strict=True))  # type: ignore[assignment]
    assert best is not None
    return best


def _classified(loss: str, data: str, inputs: str, l2: float) -> Facts:
    rows, bias = rows_of(data, inputs), inputs == "one_feature"
    reach = 4.0 if data == "xor" else 10.0 if bias else 8.0

    def search(function: Compiled) -> tuple[Points, float | None]:
        """None where a line parts the classes and nothing holds the weights."""
        if not l2 and is_separable(rows, bias):
            return (), None
        return lowest_of(function, reach=reach)

    return Facts(
        expression=lambda: _penalized(row_loss("sigmoid", loss, bias=bias), 0, l2, bias),
        domain=((-reach, reach), (-reach, reach)),
        start=(-0.75 * reach, 0.6 * reach),
        search=search,
        rows=rows,
    )


def lowest_of(function: Compiled, *, reach: float | tuple[float, float]) -> tuple[Points, float | None]:
    """The lowest points of a smooth loss within ``reach`` of the origin, and the value; none where they lie outside.

    reach: of both axes, or of each.
    """
    reach_x, reach_y = reach if isinstance(reach, tuple) else (reach, reach)
    axes = [np.linspace(-end, end, _GRID) for end in (reach_x, reach_y)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    value = np.pad(function.value(points), 1, constant_values=np.inf)
    around = [value[i : i + _GRID, j : j + _GRID] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    basins = points[value[1:-1, 1:-1] <= np.minimum.reduce(around)]
    longest = 2 * max(reach_x, reach_y) / (_GRID - 1)
    basins = polish(lambda at: (function.gradient(at), function.hessian(at)), basins, longest=longest, steps=60)
    depth = function.value(basins)
    inside = (np.abs(basins) < [reach_x, reach_y]).all(-1) & np.isfinite(depth)
    if not inside.any() or depth[inside].min() > float(value[1:-1, 1:-1].min()) + 1e-12:
        return (), None
    lowest = basins[inside & (depth <= depth[inside].min() + 1e-12)]
    return tuple(distinct(lowest, 1e-6)), float(depth[inside].min())


def is_separable(rows: Rows, bias: bool) -> bool:
    """Whether a line (through the origin where there is no bias) has every row of one class on its own side."""
    sign = 2 * rows.by_name["t"] - 1
    second = np.ones(len(rows)) if bias else rows.by_name["b"]
    angles = np.sort(np.arctan2(sign * second, sign * rows.by_name["a"]))
    gaps = np.diff(angles, append=angles[0] + 2 * np.pi)
    return bool(gaps.max() > np.pi)  # all of them, turned to one side, lie in an open half-plane


_L1 = number("l1", 0.0, 0.0, 2.0, "Adds this times |x| + |y|: it pulls weights to exactly 0.", symbol=r"\lambda_1")
_L2 = number(
    "l2",
    0.0,
    0.0,
    2.0,
    "Adds half of this times x^2 + y^2, as PyTorch's weight decay; a bias pays nothing.",
    symbol=r"\lambda_2",
    stops=(0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 2),
)
_INPUTS = choice("inputs", INPUTS, "Two weights of two features, or weight x and bias y of one feature.")


def _landscape(facts: Callable[..., Facts], data: tuple[str, ...], **given: Any) -> Landscape:
    return Landscape(
        facts=facts,
        hyperparameters=(
            choice("data", data, "Which rows; features have mean 0 and variance 1, but those of sparse."),
            _INPUTS,
            *given.pop("own"),
        ),
        **given,
    )


NEURONS = (
    _landscape(
        _least_squares,
        REGRESSION,
        own=(_L1, _L2),
        key="least_squares",
        name="Least squares on rows",
        character="The squared error of a linear neuron, a mean over rows: a bowl that mini-batches shake.",
        difficulty="Correlated features make the bowl narrow; a batch sees only some of the rows, and another bowl.",
        reference="Legendre (1805) and Gauss (1809); lasso: Tibshirani (1996), J. R. Stat. Soc. B 58, 267-288.",
        notes="x and y are the weights. The mean has no factor 1/2, as PyTorch's MSELoss.",
    ),
    _landscape(
        partial(_classified, "cross_entropy"),
        CLASSES,
        own=(_L2,),
        still=("l2",),
        key="logistic",
        name="Logistic regression on rows",
        character="Binary cross-entropy of one sigmoid neuron on two classes: convex, and flat far out.",
        difficulty="Where a line parts the classes there is no minimum: weights grow for ever, ever more slowly.",
        reference="Cox (1958), The regression analysis of binary sequences, J. R. Stat. Soc. B 20, 215-242.",
        notes="x and y are the weights. Setosa against the others is separable, XOR cannot be learned at all.",
    ),
    _landscape(
        partial(_classified, "squared"),
        CLASSES,
        own=(_L2,),
        still=("l2",),
        key="sigmoid_squared",
        name="Squared error through a sigmoid",
        character="The same neuron and rows with squared error: not convex, with plateaus where it is wrong for sure.",
        difficulty="Where the sigmoid is saturated the gradient is nearly zero, however wrong the answer is.",
        reference="Solla, Levin and Fleisher (1988), Accelerated learning in layered neural networks, "
        "Complex Systems 2, 625-640.",
        notes="x and y are the weights. Compare with cross-entropy from the same start.",
    ),
)
