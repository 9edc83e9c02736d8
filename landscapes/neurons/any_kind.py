"""The loss of a neuron of any kind over any of the rows, as one surface: what the page of the neuron shows."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from landscapes.compile import Compiled
from landscapes.from_sympy import coordinates, exact
from landscapes.neurons.data import CLASSES, feature_table, standardized
from landscapes.neurons.kinds import KINDS, Kind
from landscapes.neurons.surfaces import column, is_separable, loss_of, lowest_of
from landscapes.rows import Array, Rows
from landscapes.types import Facts, Landscape, Points
from settings import choice, number, switch, whole

if TYPE_CHECKING:
    import sympy

DATA = (*CLASSES, "iris", "diabetes")
MOST_FEATURES = 4
_REACH = {"logistic": 8.0, "sigmoid_squared": 8.0, "tanh": 4.0, "perceptron": 3.0, "sign": 3.0}
_OTHER_REACH = 3.0


@lru_cache(maxsize=64)
def neuron_rows(data: str, kind: str, first: int, second: int, scaled: bool) -> Rows:
    """The rows by name, with columns a, b and t, or a and t where ``second`` is 0; see ``rows_for``."""
    inputs, target, names = feature_table(data)
    return rows_for(inputs, target, names, KINDS[kind], first, second, scaled, classes=data in CLASSES)


def rows_for(
    inputs: Array,
    target: Array,
    names: tuple[str, ...],
    kind: Kind,
    first: int,
    second: int,
    scaled: bool,
    *,
    classes: bool,
) -> Rows:
    """Inputs ``(n, features)`` and targets ``(n,)`` as a neuron sees them.

    first, second: which features, counted from 1; one beyond the last is the last; second 0 leaves one feature. Of a
    target that is a number, a neuron that says yes or no is asked whether it lies above the median.
    """
    chosen = [min(each, inputs.shape[1]) - 1 for each in (first, second) if each]
    used = (standardized(inputs) if scaled else inputs)[:, chosen]
    if kind.targets or classes:
        low, high = kind.targets or (0.0, 1.0)
        target = np.where(target > (0.5 if classes else float(np.median(target))), high, low)
    columns = ("a", "b", "t") if len(chosen) == 2 else ("a", "t")
    meanings = (*(names[i] for i in chosen), "target")
    return Rows(columns=columns, table=np.column_stack([used, target]), meanings=meanings)


def facts_of(rows: Rows, kind: Kind, offset: Any) -> Facts:
    """What is known of the mean loss of a neuron over these rows; ``offset`` is added to z."""
    one = len(rows.columns) == 2
    domain = _domain(rows, kind, one)
    (_, reach_x), (_, reach_y) = domain

    def expression(offset: Any = offset) -> sympy.Expr:
        a, b = column("a"), column("b")
        x, y = coordinates()
        z = a * x + (y if one else b * y)
        return loss_of(kind.unit, kind.loss, z if offset == 0 else z + exact(offset))

    def search(function: Compiled) -> tuple[Points, float | None]:
        """None where a kink may be lowest, where a line parts the classes, and where both features are one."""
        if kind.loss == "perceptron" and offset == 0:  # at zero weights, and wherever a line parts the classes
            return (), 0.0
        if not kind.smooth or _is_flat(rows, one):
            return (), None
        if kind.unit != "linear" and is_separable(_as_classes(rows), one):
            return (), None
        return lowest_of(function, reach=(reach_x, reach_y))

    return Facts(
        expression=expression,
        domain=domain,
        start=(float(f"{-0.75 * reach_x:.2g}"), float(f"{0.6 * reach_y:.2g}")),
        search=search,
        rows=rows,
    )


def _domain(rows: Rows, kind: Kind, one: bool) -> tuple[tuple[float, float], tuple[float, float]]:
    """The window of scaled features, carried over to those that are not."""
    reach = _REACH.get(kind.key, _OTHER_REACH)
    spread, mean = rows.table[:, :-1].std(axis=0), np.abs(rows.table[:, :-1].mean(axis=0))
    spread = np.where(spread > 0, spread, 1.0)
    x = float(f"{reach / spread[0]:.2g}")
    y = float(f"{(reach * (1 + mean[0] / spread[0]) if one else reach / spread[1]):.2g}")
    return (-x, x), (-y, y)


def _is_flat(rows: Rows, one: bool) -> bool:
    """Whether two weights do the work of one: the lowest points would be a line."""
    inputs = np.column_stack([rows.by_name["a"], np.ones(len(rows)) if one else rows.by_name["b"]])
    return np.linalg.matrix_rank(inputs) < 2


def _as_classes(rows: Rows) -> Rows:
    table = rows.table.copy()
    table[:, -1] = table[:, -1] > table[:, -1].mean()
    return Rows(columns=rows.columns, table=table)


def _facts(data: str, kind: str, first: int, second: int, scaled: bool, offset: Any) -> Facts:
    return facts_of(neuron_rows(data, kind, first, second, scaled), KINDS[kind], offset)


NEURON = Landscape(
    key="neuron",
    name="One neuron",
    character="The loss of one neuron over rows, as a surface of two weights or of weight and bias.",
    difficulty="Bowl, endless slope or plateau: unit and loss decide, and rows that a line parts have no minimum.",
    reference="Rosenblatt (1958), The perceptron, Psychological Review 65, 386-408; Cox (1958), J. R. Stat. Soc. B 20, "
    "215-242; Widrow and Hoff (1960), Adaptive switching circuits.",
    notes="x and y are the weights of two features, or weight and bias of one. Squared errors have no factor 1/2.",
    facts=_facts,
    hyperparameters=(
        choice("data", DATA, "Which rows the neuron is to learn."),
        choice("kind", tuple(KINDS), "The unit, and the loss that it is trained on."),
        whole("first", 1, 1, MOST_FEATURES, "The first feature, in the order of the table."),
        whole("second", 2, 0, MOST_FEATURES, "The second feature; 0 for none: then y is the bias."),
        switch("scaled", "Features have mean 0 and variance 1; else they are as they were measured.", default=True),
        number("offset", 0.0, -10.0, 10.0, "Added to z: the bias, where x and y are weights.", valid="[-1000, 1000]"),
    ),
)
