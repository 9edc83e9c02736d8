"""What is minimised in two dimensions: the catalogue of landscapes, and formulas typed by a user.

Reading names, sentences and hyperparameters needs no SymPy; it is imported when a landscape is first evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from landscapes.few_minima import FEW_MINIMA
from landscapes.formula import FormulaError, parse_formula
from landscapes.many_minima import MANY_MINIMA
from landscapes.neurons import NEURONS
from landscapes.saddles import SADDLES
from landscapes.sinusoids import SINUSOIDS
from landscapes.types import Identified, Landscape, identified
from landscapes.valleys import VALLEYS
from settings import Hyperparameter, by_key

__all__ = [
    "LANDSCAPES",
    "FormulaError",
    "Hyperparameter",
    "Identified",
    "Landscape",
    "identified",
    "parse_formula",
]

LANDSCAPES: Mapping[str, Landscape] = MappingProxyType(
    by_key((*SADDLES, *VALLEYS, *FEW_MINIMA, *MANY_MINIMA, SINUSOIDS, *NEURONS))
)
