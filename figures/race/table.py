"""The numbers of a race: every step as CSV, and the results as a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.race import Lane, RaceResult

if TYPE_CHECKING:
    import pandas as pd

    from optimizers import Optimizer
    from optimizers.outcome import Outcome


def results_table(result: RaceResult, outcomes: Sequence[Outcome]) -> dict[str, list[str | float | int | None]]:
    """Columns by their heads, one row a lane, the best first.

    First come those who reached the tolerance, by gradient evaluations spent on the way, then the others by final
    value, then who diverged or left the domain of f. None stands for what was not reached, or is not known on this
    landscape.
    """

    def rank(pair: tuple[Lane, Outcome]) -> tuple[bool, float, float]:
        outcome = pair[1]
        reached = outcome.evaluations_to_tolerance
        return outcome.state in ("diverged", "undefined"), np.inf if reached is None else reached, outcome.final_value

    pairs = sorted(zip(result.lanes, outcomes, strict=True), key=rank)
    told = [outcome for _, outcome in pairs]
    return {
        "Optimizer": [lane.label for lane, _ in pairs],
        "Final value": [None if math.isnan(each.final_value) else each.final_value for each in told],
        "Distance to minimum": [each.distance for each in told],
        "Steps to tolerance": [each.steps_to_tolerance for each in told],
        "Evaluations to tolerance": [each.evaluations_to_tolerance for each in told],
        "Evaluations in all": [each.evaluations for each in told],
        "State": [each.label for each in told],
    }


def _corrected(rule: Optimizer) -> str | None:
    corrected = "yes" if rule.traits and rule.traits.bias_corrected else None
    return f"{corrected or 'no'} (switch)" if "bias_correction" in rule.defaults() else corrected


def rules_table(rules: Iterable[Optimizer]) -> pd.DataFrame:
    """One row a rule, in the order given: what it averages, holds, costs and asks, and where it is from.

    Empty cells stand for nothing of the kind.
    """
    import pandas as pd

    rows = [(rule, rule.traits) for rule in rules]
    return pd.DataFrame(
        {
            "Rule": [rule.name for rule, _ in rows],
            "First moment": [(traits and traits.first) or None for _, traits in rows],
            "Second moment": [(traits and traits.second) or None for _, traits in rows],
            "Bias-corrected": [_corrected(rule) for rule, _ in rows],
            "Memory": [traits and traits.memory for _, traits in rows],
            "Cost": [traits and f"O({traits.cost})" for _, traits in rows],
            "Asks each step": [traits and traits.asks for _, traits in rows],
            "Year": pd.array([rule.year for rule, _ in rows], dtype="Int64"),
            "Source": [rule.reference for rule, _ in rows],
        }
    )
