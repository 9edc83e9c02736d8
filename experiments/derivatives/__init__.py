"""Derivatives: by hand, from differences and by automatic differentiation, and one fit in five forms of code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.derivatives.cost import Cost as Cost
    from experiments.derivatives.cost import cost_of as cost_of
    from experiments.derivatives.cost import layer_cost as layer_cost
    from experiments.derivatives.cost import layer_tape as layer_tape
    from experiments.derivatives.cubic import Coefficients as Coefficients
    from experiments.derivatives.cubic import CubicFit as CubicFit
    from experiments.derivatives.cubic import cubic_at as cubic_at
    from experiments.derivatives.cubic import cubic_rows as cubic_rows
    from experiments.derivatives.cubic import drawn_start as drawn_start
    from experiments.derivatives.cubic import fitted as fitted
    from experiments.derivatives.differences import METHODS as METHODS
    from experiments.derivatives.differences import PRECISIONS as PRECISIONS
    from experiments.derivatives.differences import Estimates as Estimates
    from experiments.derivatives.differences import Place as Place
    from experiments.derivatives.differences import best_step as best_step
    from experiments.derivatives.differences import error_of as error_of
    from experiments.derivatives.differences import estimated as estimated
    from experiments.derivatives.differences import methods_of as methods_of
    from experiments.derivatives.differences import place_of as place_of
    from experiments.derivatives.differences import rounding_of as rounding_of
    from experiments.derivatives.differences import rule_of_thumb as rule_of_thumb
    from experiments.derivatives.differences import steps as steps
    from experiments.derivatives.expressions import EXPRESSIONS as EXPRESSIONS
    from experiments.derivatives.expressions import MOST_NODES as MOST_NODES
    from experiments.derivatives.expressions import OWN as OWN
    from experiments.derivatives.expressions import Expression as Expression
    from experiments.derivatives.expressions import own_expression as own_expression
    from experiments.derivatives.functions import FUNCTIONS as FUNCTIONS
    from experiments.derivatives.functions import OWN_CURVE as OWN_CURVE
    from experiments.derivatives.functions import curve_of as curve_of
    from experiments.derivatives.presets import PRESETS as PRESETS
    from experiments.derivatives.settings import FORMS as FORMS
    from experiments.derivatives.settings import MODES as MODES
    from experiments.derivatives.settings import STARTS as STARTS
    from experiments.derivatives.settings import VIEWS as VIEWS
    from experiments.derivatives.settings import DerivativesCodec as DerivativesCodec
    from experiments.derivatives.settings import declared as declared
    from experiments.derivatives.settings import expression_of as expression_of
    from experiments.derivatives.settings import step_of as step_of
    from experiments.derivatives.settings import walk_length as walk_length
    from experiments.derivatives.sweeps import Operation as Operation
    from experiments.derivatives.sweeps import Tape as Tape
    from experiments.derivatives.sweeps import Values as Values
    from experiments.derivatives.sweeps import adjoints as adjoints
    from experiments.derivatives.sweeps import evaluated as evaluated
    from experiments.derivatives.sweeps import tangents as tangents
    from experiments.derivatives.sweeps import tape_of as tape_of

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "cost": {
            "Cost": "Operations of values, local derivatives and one sweep of each mode.",
            "cost_of": "The cost of an expression's Jacobian, counted.",
            "layer_cost": "The cost of a layer's Jacobian.",
            "layer_tape": "A layer of neurons as an expression.",
        },
        "cubic": {
            "Coefficients": "The numbers a, b, c and d.",
            "CubicFit": "A cubic fitted by gradient descent.",
            "cubic_at": "The cubic at points x.",
            "cubic_rows": "Points x on [-pi, pi] with their sines.",
            "drawn_start": "Four standard normal numbers of a seed.",
            "fitted": "Gradient descent from a start.",
        },
        "differences": {
            "METHODS": "How a derivative is estimated, by key.",
            "PRECISIONS": "Which precisions a choice shows.",
            "Estimates": "One method's estimates over many steps.",
            "Place": "A curve at a place, in one precision.",
            "best_step": "The step at which theory's errors are least together.",
            "error_of": "How far estimates are from the derivative.",
            "estimated": "A method's estimates for given steps.",
            "methods_of": "The methods that a curve allows.",
            "place_of": "A place as a precision holds it.",
            "rounding_of": "What rounding may add to h times an estimate.",
            "rule_of_thumb": "The root and the cube root of epsilon, scaled.",
            "steps": "The steps h of a picture.",
        },
        "expressions": {
            "EXPRESSIONS": "The expressions on offer, by key.",
            "MOST_NODES": "The most operations of a graph that is drawn.",
            "OWN": "The key of an own expression.",
            "Expression": "An expression with its inputs.",
            "own_expression": "The expression that a formula names.",
        },
        "functions": {
            "FUNCTIONS": "The functions on offer, by key.",
            "OWN_CURVE": "The key of an own function.",
            "curve_of": "The function of a key.",
        },
        "presets": {
            "PRESETS": "The presets by key.",
        },
        "settings": {
            "FORMS": "The five forms of code.",
            "MODES": "The modes of automatic differentiation.",
            "STARTS": "What the five forms begin with.",
            "VIEWS": "What the page may show.",
            "DerivativesCodec": "The settings of the page as one state and as a link.",
            "declared": "Every setting of the page, given those before it.",
            "expression_of": "The expression of these settings.",
            "step_of": "The step of the differences.",
            "walk_length": "Steps of the walk through a graph.",
        },
        "sweeps": {
            "Operation": "One node of a graph that is drawn.",
            "Tape": "The operations of an expression, in order.",
            "Values": "What one evaluation of an expression gives.",
            "adjoints": "One sweep of reverse mode.",
            "evaluated": "Every value and local derivative at a point.",
            "tangents": "One sweep of forward mode.",
            "tape_of": "The operations of an expression.",
        },
    },
)
