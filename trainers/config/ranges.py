"""How large a number may be that PyTorch is given."""

from __future__ import annotations

from dataclasses import replace

from settings import Hyperparameter

# Products of a few such numbers stay inside single precision; no loop runs longer than a million times.
_LARGEST = {"float": "1e12", "int": "1000000"}


def bounded(parameter: Hyperparameter) -> Hyperparameter:
    """The same number with an end to its valid range where it had none."""
    if parameter.kind not in _LARGEST:
        return parameter
    largest, valid = _LARGEST[parameter.kind], parameter.valid
    valid = valid.replace("(-inf", f"[-{largest}").replace("inf)", f"{largest}]")
    return replace(parameter, valid=valid)
