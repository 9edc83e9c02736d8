"""What is minimised: the catalogue of landscapes in two dimensions and in one, and formulas typed by a user.

Reading names, sentences and hyperparameters needs no SymPy; it is imported when a landscape is first evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from landscapes.few_minima import FEW_MINIMA
from landscapes.formula import FormulaError, parse_formula, parse_line
from landscapes.line import ON_A_LINE, TurningPoint, turning_points
from landscapes.many_minima import MANY_MINIMA
from landscapes.neurons import NEURON, NEURONS
from landscapes.saddles import SADDLES
from landscapes.sinusoids import SINUSOIDS
from landscapes.types import Identified, Landscape, identified
from landscapes.valleys import VALLEYS
from settings import Hyperparameter, by_key

__all__ = [
    "LANDSCAPES",
    "LINES",
    "FormulaError",
    "Hyperparameter",
    "Identified",
    "Landscape",
    "TurningPoint",
    "identified",
    "parse_formula",
    "parse_line",
    "turning_points",
]

LANDSCAPES: Mapping[str, Landscape] = MappingProxyType(
    by_key((*SADDLES, *VALLEYS, *FEW_MINIMA, *MANY_MINIMA, SINUSOIDS, *NEURONS, NEURON))
)
LINES: Mapping[str, Landscape] = MappingProxyType(by_key(ON_A_LINE))
"""Functions of x alone."""
