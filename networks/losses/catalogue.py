"""The catalogue of losses: formula, value, exact gradient, output unit, PyTorch's name, source."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from networks.losses.classifying import CLASSIFYING
from networks.losses.definition import LossFunction
from networks.losses.regressing import REGRESSING
from settings import by_key

LOSS_FUNCTIONS: Mapping[str, LossFunction] = MappingProxyType(by_key([*REGRESSING, *CLASSIFYING]))
