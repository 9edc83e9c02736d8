"""Links from one page to another: the same thing seen elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.initialization import MAX_SETUPS
from experiments.initialization import declared as initialization
from experiments.normalization import SAMPLES, compared_kinds
from settings import write_settings


def initialization_link(values: Mapping[str, Any]) -> dict[str, str]:
    """A link to the initialization page: the same networks side by side, as many as fit there."""
    kinds = compared_kinds(values)[:MAX_SETUPS]
    there: dict[str, Any] = {"n": len(kinds), "samples": SAMPLES}
    there |= {name: values[name] for name in ("depth", "width", "seed")}
    for slot, kind in enumerate(kinds, 1):
        names = ("activation", "initializer", "scale", "residual", "position")
        there |= {f"s{slot}.{name}": values[name] for name in names if name in values}
        there[f"s{slot}.normalization"] = kind
    return write_settings(initialization, there)


def bowl_link(condition: float) -> dict[str, str]:
    """A link to the descent page: a bowl of this condition number."""
    return {"surface": "elongated_bowl", "s.condition": f"{min(max(condition, 1.0), 1e6):.4g}", "s.rotation": "30"}
