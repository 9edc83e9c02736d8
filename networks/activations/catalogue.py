"""The catalogue of activations: formula, value, exact first and second derivative, facts, source.

Smooth bounded ones are in ``sigmoids.py`` beside this, those that grow without bound in ``rectifiers.py``; those of two
inputs in ``gated.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from networks.activations.rectifiers import RECTIFIERS
from networks.activations.sigmoids import IDENTITY, SIGMOIDS
from networks.types import Activation
from settings import by_key

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(by_key([IDENTITY, *SIGMOIDS, *RECTIFIERS]))
