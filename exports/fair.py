"""A fair race as a script that repeats it, to be run where the lab is installed."""

from __future__ import annotations

from collections.abc import Mapping


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
