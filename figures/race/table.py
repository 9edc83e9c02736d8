"""The numbers of a race: every step as CSV, and the results as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.race import Lane, RaceResult
from numerals import readable

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

    from optimizers import Optimizer
    from optimizers.outcome import Outcome


def results_table(result: RaceResult, outcomes: Sequence[Outcome]) -> Styler:
    """One row a lane, the best first, written with the app's numbers; ``.data`` is the DataFrame behind it.

    First come those who reached the tolerance, by gradient evaluations spent on the way, then the others by final
    value, then who diverged or left the domain of f. Empty cells stand for what was not reached, or is not known on
    this landscape.
    """
    import pandas as pd

    def rank(pair: tuple[Lane, Outcome]) -> tuple[bool, float, float]:
        outcome = pair[1]
        reached = outcome.evaluations_to_tolerance
        return outcome.state in ("diverged", "undefined"), np.inf if reached is None else reached, outcome.final_value

    pairs = sorted(zip(result.lanes, outcomes, strict=True), key=rank)
    frame = pd.DataFrame(
        {
            "Optimizer": [lane.label for lane, _ in pairs],
            "Final value": [outcome.final_value for _, outcome in pairs],
            "Distance to minimum": pd.array([outcome.distance for _, outcome in pairs], dtype="Float64"),
            "Steps to tolerance": pd.array([outcome.steps_to_tolerance for _, outcome in pairs], dtype="Int64"),
            "Evaluations to tolerance": pd.array([o.evaluations_to_tolerance for _, o in pairs], dtype="Int64"),
            "Evaluations in all": [outcome.evaluations for _, outcome in pairs],
            "State": [outcome.label for _, outcome in pairs],
        }
    )
    numbers = [name for name in frame.columns if name not in ("Optimizer", "State")]
    table = frame.style
    table.format(readable, subset=numbers, na_rep="")
    table.hide(axis="index")
    return table


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
