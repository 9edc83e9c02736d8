"""What of a picture is a trial: what a press on it chooses, and what stands at the pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.search.words import trial_words
from numerals import readable
from trainers.sweeps import SweepRequest, Trial, trial_name

_ENDS = {"pruned": "pruned", "diverged": "diverged", "running": "so far"}

PRESSED_LINE: Mapping[str, Any] = {
    "mode": "lines+markers",
    "marker": {"size": 8, "color": "rgba(0,0,0,0)", "maxdisplayed": 1},
}
"""A line whose points can be pressed: Plotly chooses only points that have a mark, and nobody sees those of a line."""


def points(request: SweepRequest, trials: Sequence[Trial], before: str = "") -> dict[str, Any]:
    """One for each trial of a trace. before: what is said ahead of a trial at the pointer."""
    return {
        "customdata": [trial_name(trial.part, trial.number) for trial in trials],
        "text": [before + _hover(request, trial) for trial in trials],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _hover(request: SweepRequest, trial: Trial) -> str:
    goal = "no number" if trial.goal is None else readable(trial.goal)
    spread = "" if trial.spread is None else f" ± {readable(trial.spread)}"
    end = f", {_ENDS[trial.state]}" if trial.state in _ENDS else ""
    return f"{trial_words(request, trial)}: {goal}{spread}{end}"
