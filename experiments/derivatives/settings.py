"""What the page of derivatives shows, as a link and as settings by name.

The names are a public format:

    view=graph  f=sin  formula=<formula in x>  x0=1  log_h=-8  precision=both
    g=neuron  expression=<formula in x and y>  mode=forward  seed=x  out=p  step=5  in.w=0.8  n=100  m=1
    form=numpy  rate=1e-6  steps=2000  rows=2000  start=shared  draw=0
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from experiments.derivatives.differences import PRECISIONS
from experiments.derivatives.expressions import DEFAULT_FORMULA, EXPRESSIONS, OWN, Expression, own_expression
from experiments.derivatives.functions import DEFAULT_CURVE, FUNCTIONS, OWN_CURVE, curve_refusal
from experiments.derivatives.sweeps import Tape, tape_of
from landscapes import FormulaError
from settings import Setting, SettingsCodec, Text, choice, number, whole

VIEWS: Mapping[str, str] = {"numbers": "By numbers", "graph": "The graph", "cubic": "Five forms"}
MODES: Mapping[str, str] = {"reverse": "Reverse mode", "forward": "Forward mode"}
FORMS: Mapping[str, str] = {
    "numpy": "NumPy",
    "autograd": "Autograd",
    "nn": "nn",
    "optim": "Optimizer",
    "module": "Module",
}
STARTS: Mapping[str, str] = {"shared": "One start for all", "own": "Each form's usual start"}

_ALLOWED = "x, y, numbers, + - * / ^, parentheses, sin, cos, exp, log, sqrt, abs and the like; pi and e."
_VIEW = choice("view", tuple(VIEWS), "What the page shows.")
_FUNCTION = choice("f", (*FUNCTIONS, OWN_CURVE), "Whose derivative is taken.")
_FORMULA = Text(name="formula", default=DEFAULT_CURVE, meaning=_ALLOWED.replace("x, y,", "x,"))
_PLACE = number("x0", 1.0, -5.0, 5.0, "Where the derivative is taken.", symbol="x_0", valid="[-1e12, 1e12]")
# Not h itself: Streamlit takes two stops for one where they differ by less than 5e-12.
_STEP = number(
    "log_h",
    -0.75,
    -18.0,
    0.0,
    "The step of the differences: h = 10 to this power.",
    symbol=r"\log_{10} h",
    stops=tuple(quarter / 4 for quarter in range(-72, 1)),
)
_PRECISION = choice("precision", tuple(PRECISIONS), "The numbers that are computed in.")
_EXPRESSION = choice("g", (*EXPRESSIONS, OWN), "The expression whose graph is drawn.")
_OWN_EXPRESSION = Text(name="expression", default=DEFAULT_FORMULA, meaning=_ALLOWED)
_MODE = choice("mode", tuple(MODES), "Adjoints from one output back, or tangents from one input on.")
_SIZES = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
_INPUTS = whole("n", 100, 1, 1000, "Inputs of the layer whose Jacobian is counted.", valid="[1, 100000]", stops=_SIZES)
_OUTPUTS = whole("m", 1, 1, 1000, "Outputs of the layer whose Jacobian is counted.", valid="[1, 100000]", stops=_SIZES)
_FORM = choice("form", tuple(FORMS), "Which of the five forms is shown as code.")
_RATE = number("rate", 1e-6, 1e-8, 1e-4, "The learning rate.", symbol=r"\eta", valid="[1e-12, 1]", log=True)
_STEPS = whole(
    "steps", 2000, 0, 10000, "Steps of gradient descent.", stops=(0, 1, 10, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
)
_ROWS = whole(
    "rows",
    2000,
    4,
    5000,
    "Points on [-pi, pi]. The loss is a sum over them, so more rows need a smaller rate.",
    stops=(4, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000),
)
_START = choice("start", tuple(STARTS), "The same four numbers for all forms, or what each form usually begins with.")
_DRAW = whole("draw", 0, 0, 9999, "Draws the start.", valid="[0, 2147483647]")


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting of the page, given those before it."""
    yield "view", _VIEW
    yield "f", _FUNCTION
    yield "formula", _FORMULA
    yield "x0", _PLACE
    yield "log_h", _STEP
    yield "precision", _PRECISION
    yield "g", _EXPRESSION
    yield "expression", _OWN_EXPRESSION
    yield "mode", _MODE
    shown = expression_of(values)
    for name, value in shown.inputs.items():
        yield f"in.{name}", number(name, value, -3.0, 3.0, f"The value of {name}.", symbol=name, valid="[-1e6, 1e6]")
    yield "seed", choice("seed", tuple(shown.inputs), "The input that tangents begin at.")
    yield "out", choice("out", shown.outputs, "The output that adjoints begin at.")
    yield "step", _walked(values["mode"], tape_of(shown))
    yield "n", _INPUTS
    yield "m", _OUTPUTS
    yield "form", _FORM
    yield "rate", _RATE
    yield "steps", _STEPS
    yield "rows", _ROWS
    yield "start", _START
    yield "draw", _DRAW


def _walked(mode: str, tape: Tape) -> Setting:
    most = walk_length(tape, mode)
    return whole("step", most, 0, most, "Which step of the walk through the graph is shown.")


def walk_length(tape: Tape, mode: str) -> int:
    """Steps of the walk: one for each operation, and in reverse mode the output's 1 and each operation once more."""
    operations = len(tape.operations) - len(tape.inputs)
    return operations if mode == "forward" else 2 * operations + 1


def step_of(values: Mapping[str, Any]) -> float:
    """The step h of the differences, a number of four digits."""
    return float(f"{10 ** values['log_h']:.4g}")


def expression_of(values: Mapping[str, Any]) -> Expression:
    """The expression of these settings; a formula that cannot be used is the default one."""
    if values["g"] != OWN:
        return EXPRESSIONS[values["g"]]
    text = values["expression"]
    return own_expression(DEFAULT_FORMULA if expression_refusal(text) else text)


def expression_refusal(text: str) -> str | None:
    """Why a formula cannot be drawn; None for one that can."""
    try:
        own_expression(text)
    except FormulaError as error:
        return str(error)
    return None


_READERS = {"formula": (curve_refusal, DEFAULT_CURVE), "expression": (expression_refusal, DEFAULT_FORMULA)}


@dataclass(frozen=True)
class DerivativesCodec(SettingsCodec):
    """The settings of the page of derivatives; both formulas are read."""

    declared: Any = declared

    def read(self, query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
        """Valid values, whatever the link says, and one sentence for each parameter that could not be used."""
        values, problems = super().read(query)
        for name, (refusal, default) in _READERS.items():
            if (sentence := refusal(values[name])) is not None:
                problems.append(f"The formula cannot be used: {sentence}. {default} is shown.")
                values = super().changed(values, {name: default})
        return values, problems

    def changed(self, state: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        """The values with some changed.

        Raises:
            ValueError: a value that is not allowed, with what is.
        """
        values = super().changed(state, changes)
        for name, (refusal, _) in _READERS.items():
            if name in changes and (sentence := refusal(values[name])) is not None:
                raise ValueError(f"The formula cannot be used: {sentence}.")
        return values
