"""The catalogue of activations: formula, value, exact first and second derivative, facts, source.

Smooth bounded ones are in networks/sigmoids.py, those that grow without bound in networks/rectifiers.py; those of two
inputs in networks/gated.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from networks.rectifiers import RECTIFIERS
from networks.sigmoids import IDENTITY, SIGMOIDS
from networks.types import Activation
from settings import by_key

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(by_key([IDENTITY, *SIGMOIDS, *RECTIFIERS]))
