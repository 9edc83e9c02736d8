"""Settings of the part of the page of the neuron that is about penalties. The names are a public format:

part=penalties  fitted=iris  mix=0.5  lambda=0.1  form=penalty
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from settings import LinkPreset, Setting, choice, number

NUMBER_ROWS: Mapping[str, str] = {
    "drawn": "Drawn by a seed",
    "iris": "Iris: petal width",
    "diabetes": "Diabetes: progression",
}
FORMS: Mapping[str, str] = {"constraint": "A constraint", "penalty": "A penalty"}
LAMBDAS = (0.0, *(float(f"{10 ** (-3 + i / 20):.3g}") for i in range(81)))
"""The strengths of the penalty: 20 in each decade."""
MIXES = (0.0, 0.25, 0.5, 0.75, 1.0)

_NUMBERS = choice("rows", tuple(NUMBER_ROWS), "Rows with a number as their target.", default="diabetes")
_LAMBDA = number(
    "lambda",
    0.708,
    0.0,
    LAMBDAS[-1],
    "How much the penalty counts beside the mean squared error.",
    symbol=r"\lambda",
    stops=LAMBDAS,
)
_MIX = number(
    "mix",
    1.0,
    0.0,
    1.0,
    "1 is L1 (lasso), 0 is L2 (ridge), between them an elastic net.",
    symbol=r"\rho",
    stops=MIXES,
)
_FORM = choice("form", tuple(FORMS), "The same optimum as the least loss inside a shape, or as the least sum.")

PRESETS: tuple[LinkPreset, ...] = (
    LinkPreset(
        key="corner",
        title="The corner of the diamond",
        look_for="Move lambda up: the optimum slides to the corner and stays on the axis; that weight is exactly 0.",
        query={"part": "penalties"},
    ),
    LinkPreset(
        key="circle",
        title="A circle has no corner",
        look_for="However large lambda is, both weights stay: they become small together, and never 0.",
        query={"part": "penalties", "mix": "0", "lambda": "2"},
    ),
    LinkPreset(
        key="twins",
        title="Two features that say the same",
        look_for="Petal and sepal length go together: L1 keeps one of them, the elastic net shares between both.",
        query={"part": "penalties", "fitted": "iris", "mix": "0.25", "lambda": "0.501"},
    ),
)
"""Presets of this part; each link has part=penalties."""


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting of the part by key; none is the name of another part's, or of a race's."""
    yield "fitted", _NUMBERS
    yield "mix", _MIX
    yield "lambda", _LAMBDA
    yield "form", _FORM
