"""A fair race as a table of numbers, and as a script that repeats it where the lab is installed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.race import FairResult
from exports.csv_text import csv_text


def fair_csv(result: FairResult) -> str:
    """One row a rule and start: what was chosen, f at the end, the share of the way that is left, what solving cost.

    A cell is empty where a path has diverged, or a start was never solved.
    """
    head = ["rule", "chosen", "tuning_evaluations", "start_x", "start_y", "final_value", "share_left", "solved_after"]
    rows = [
        [each.rule, chosen, each.spent, x, y, _known(final), _known(left), _known(solved)]
        for each in result.tuned
        for chosen in [" ".join(f"{name}={value!r}" for name, value in each.values.items())]
        for (x, y), final, left, solved in zip(
            result.starts.tolist(), each.finals.tolist(), each.left.tolist(), each.solved.tolist(), strict=True
        )
    ]
    return csv_text([head, *rows])


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def fair_script(link: Mapping[str, str]) -> str:
    """The source of a script that runs the race of this link and prints what each rule chose and solved."""
    settings = "".join(f"    {name!r}: {text!r},\n" for name, text in link.items())
    return f'''"""A fair race of Descent Lab: every rule tuned on the same budget, then raced from other starts.

Run it in the folder of the lab, with the lab's own Python.
"""

from experiments.race import FairCodec, run_fair_race

LINK = {{
{settings}}}

if __name__ == "__main__":
    race, problems = FairCodec().read(LINK)
    for problem in problems:
        print(problem)
    for each in run_fair_race(race).tuned:
        chosen = ", ".join(f"{{name}}={{value:g}}" for name, value in each.values.items())
        solved = each.share_solved(race.budget)
        print(f"{{each.rule}}: {{solved:.0%}} of the starts solved, {{each.spent:,}} evaluations of tuning; {{chosen}}")
'''
