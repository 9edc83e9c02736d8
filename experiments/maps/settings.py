"""What the page of maps shows, as a link and as settings by name.

The names are a public format, those of a race where they mean the same:

    view=rates  surface=himmelblau  s.a=1  f=<formula>  x_low=-3  x_high=3  y_low=-3  y_high=3
    o1=adam  o1.lr=0.01  o2=sgd  steps=500  at_x=-1  at_y=2  across=lr  up=beta1  starts=many  tolerance=1e-6
    rules=first
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from typing import Any

from experiments.surfaces import FORMULA, PLANE, WINDOW
from landscapes import LANDSCAPES, FormulaError, Landscape
from optimizers import OPTIMIZERS, Hyperparameter, path_program
from settings import Setting, SettingsCodec, choice, number, settle, whole

RateOf = Callable[[Landscape, str], float | None]

NONE = "none"
MOST_STEPS = 2000
VIEWS: Mapping[str, str] = {"basins": "Basins", "rates": "Rates", "sensitivity": "Sensitivity"}
STARTS: Mapping[str, str] = {"one": "From one start", "many": "Median of nine starts"}
FAMILIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "first": ("Eight classics", ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lion")),
    "adam": ("Adam and its kin", ("adam", "adamw", "amsgrad", "adamax", "nadam", "radam", "adan", "ademamix")),
    "free": ("Nearly without a rate", ("adadelta", "rprop", "prodigy", "schedule_free_adamw", "newton", "adam")),
    "searching": (
        "That search their step",
        (
            "gd_backtracking",
            "coordinate_descent",
            "conjugate_gradient",
            "damped_newton",
            "trust_region",
            "bfgs",
            "lbfgs",
            "newton",
        ),
    ),
    "others": (
        "Averages, matrices, flatness",
        ("momentum_ema", "asgd", "lookahead", "sam", "adam_l2", "sophia", "shampoo", "muon", "saddle_free_newton"),
    ),
}
"""Rules that are compared by one number each (``line_axis``): the name of the choice, and their keys. All are there."""

_VIEW = choice("view", tuple(VIEWS), "What is drawn.")
_SURFACE = choice("surface", (FORMULA, *LANDSCAPES), "What is minimised.", default="himmelblau")
_STEPS = whole(
    "steps",
    500,
    10,
    MOST_STEPS,
    "How many steps every path may take.",
    stops=(10, 20, 50, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000),
)
_TOLERANCE = number(
    "tolerance",
    1e-6,
    1e-12,
    0.1,
    "The share of the first height above the minimum at which it counts as reached.",
    symbol=r"\varepsilon",
    log=True,
)
_STARTS = choice("starts", tuple(STARTS), "Whose steps are counted.")
_FAMILY = choice("rules", tuple(FAMILIES), "Which rules are compared.")


@cache
def is_offered(rule: str) -> bool:
    """Whether the browser can move a rule: all but those that search in loops have a program.

    The server computes the maps of the others (computed.py).
    """
    return path_program(OPTIMIZERS[rule], OPTIMIZERS[rule].defaults(), steps=int(_STEPS.low)) is not None


@cache
def rule_keys(view: str = "rates") -> tuple[str, ...]:
    """The rules on offer: a map of rates needs a number to vary."""
    return tuple(key for key in OPTIMIZERS if view != "rates" or axes_of(key))


def axes_of(rule: str) -> dict[str, Hyperparameter]:
    """The hyperparameters of a rule that a map of rates may vary, the learning rate first."""
    real = [parameter for parameter in OPTIMIZERS[rule].hyperparameters if parameter.kind == "float"]
    return {each.name: each for each in sorted(real, key=lambda each: each.name != "lr")}


def line_axis(rule: str) -> Hyperparameter | None:
    """The hyperparameter that a line of sensitivity varies: the learning rate, else the first that is a scale."""
    return next((each for each in axes_of(rule).values() if each.log), None)


def declared(values: Mapping[str, Any], *, rate: RateOf | None = None) -> Iterator[tuple[str, Setting]]:
    """Every setting of the page, given those before it.

    rate: the learning rate that a rule begins with on a surface; by default that which the rule declares.
    """
    yield "view", _VIEW
    yield "surface", _SURFACE
    if values["surface"] == FORMULA:
        yield "f", PLANE.text
    else:
        for parameter in LANDSCAPES[values["surface"]].hyperparameters:
            yield f"s.{parameter.name}", parameter
    here = surface_of(values)
    for name, end in zip(WINDOW, (end for ends in here.domain for end in ends), strict=True):
        yield name, _coordinate(name, end, "One end of the window.")
    keys = rule_keys(values["view"])
    yield "o1", choice("rule", keys, "The update rule.", default="momentum")
    begins = None if rate is None else partial(rate, _plain_surface(values))
    yield from _of_rule("o1", values["o1"], begins)
    if values["view"] == "basins":
        yield "o2", choice("second rule", (NONE, *keys), "A second rule, side by side.")
        if values["o2"] != NONE:
            yield from _of_rule("o2", values["o2"], begins)
    yield "steps", _STEPS
    for name, coordinate in zip(("at_x", "at_y"), here.start, strict=True):
        yield name, _coordinate(name, coordinate, "One coordinate of the start whose path is drawn.")
    if values["view"] == "basins":
        return
    yield "starts", _STARTS
    yield "tolerance", _TOLERANCE
    if values["view"] == "sensitivity":
        yield "rules", _FAMILY
        return
    names = tuple(axes_of(values["o1"]))
    yield "across", choice("across", names, "The hyperparameter of the horizontal axis.", default=names[0])
    yield "up", choice("up", names, "The hyperparameter of the vertical axis.", default=names[min(1, len(names) - 1)])


def _of_rule(
    slot: str, rule: str, begins: Callable[[str], float | None] | None = None
) -> Iterator[tuple[str, Setting]]:
    for parameter in OPTIMIZERS[rule].hyperparameters:
        own = begins(rule) if begins is not None and parameter.name == "lr" else None
        yield f"{slot}.{parameter.name}", parameter if own is None else replace(parameter, default=own)


def _coordinate(name: str, default: float, meaning: str) -> Hyperparameter:
    return number(name, default, -10.0, 10.0, meaning, valid="[-1000000, 1000000]")


@lru_cache(maxsize=64)
def _parsed(text: str) -> Landscape | str:
    """The surface of a formula, or why it cannot be used."""
    try:
        return PLANE.read(text, PLANE.window)
    except FormulaError as error:
        return str(error)


def _refusal(text: str) -> str | None:
    """Why a formula cannot be used; None for one that can."""
    parsed = _parsed(text)
    return parsed if isinstance(parsed, str) else None


def surface_of(values: Mapping[str, Any]) -> Landscape:
    """The surface of these settings, over its own domain; a formula that cannot be read is the default one."""
    if values["surface"] == FORMULA:
        text = PLANE.formula if _refusal(values["f"]) else values["f"]
        landscape = _parsed(text)
        assert isinstance(landscape, Landscape)
        return landscape
    landscape = LANDSCAPES[values["surface"]]
    own = {parameter.name: values[f"s.{parameter.name}"] for parameter in landscape.hyperparameters}
    return landscape.with_parameters(**own) if own else landscape


def _plain_surface(values: Mapping[str, Any]) -> Landscape:
    """The surface before a hand has moved its parameters, which moves no rate."""
    return surface_of(values) if values["surface"] == FORMULA else LANDSCAPES[values["surface"]]


def window_of(values: Mapping[str, Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    """((x_low, x_high), (y_low, y_high))"""
    return (values["x_low"], values["x_high"]), (values["y_low"], values["y_high"])


def _is_window(values: Mapping[str, Any]) -> bool:
    return values["x_low"] < values["x_high"] and values["y_low"] < values["y_high"]


@dataclass(frozen=True)
class MapsCodec(SettingsCodec):
    """The settings of the page of maps; formulas are read and windows have an inside."""

    declared: Any = declared

    def read(self, query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
        """Valid values, whatever the link says, and one sentence for each parameter that could not be used."""
        values, problems = super().read(query)
        if values["surface"] == FORMULA and (sentence := _refusal(values["f"])) is not None:
            problems.append(f"The formula cannot be used: {sentence}. {PLANE.formula} is shown.")
            query = {**query, "f": PLANE.formula}
            values = super().changed(values, {"f": PLANE.formula})
        if not _is_window(values):
            problems.append("The window has no inside: each low end must lie below its high end; the default is used.")
            values, _ = super().read({name: text for name, text in query.items() if name not in WINDOW})
        return values, problems

    def changed(self, state: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        """The values with some changed; another surface brings its own window and start.

        Raises:
            ValueError: a value that is not allowed, a formula that cannot be read, a window without an inside.
        """
        if "f" in changes and (sentence := _refusal(PLANE.text.check(changes["f"]))) is not None:
            raise ValueError(sentence)
        if changes.get("view", state["view"]) != state["view"] and state["o1"] in rule_keys(changes["view"]):
            changes = {"o1": state["o1"], **changes}  # other rules are on offer there, and this one, too
        values = super().changed(state, changes)
        if changes.get("surface", state["surface"]) != state["surface"]:
            own = set(WINDOW) | {"at_x", "at_y"}
            values, _ = settle(self.declared, lambda key, parameter: parameter.default if key in own else values[key])
        if not _is_window(values):
            raise ValueError("The window has no inside: each low end must lie below its high end.")
        return values
