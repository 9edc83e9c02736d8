"""The runs that a link of the page of training shows: those it names, those of its preset, or those of its settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from experiments.training.page_state import ShownTraining
from trainers.config import RunConfig
from trainers.lab import Feed, the_lab
from trainers.presets import PRESETS, TrainingPreset
from trainers.store import StoredRun

Wanted = Sequence[tuple[str, RunConfig]]


def preset_of(config: RunConfig | None, shown: Sequence[StoredRun] = ()) -> TrainingPreset | None:
    """The preset whose first run this is; of several that begin alike, the one whose runs are shown."""
    presets = [preset for preset, first in _first_configs() if first == config]
    roles = {run.role for run in shown}
    return next(
        (preset for preset in presets if {role for role, _ in preset.runs} == roles), presets[0] if presets else None
    )


@cache
def _first_configs() -> tuple[tuple[TrainingPreset, RunConfig], ...]:
    return tuple((preset, preset.configs()[0][1]) for preset in PRESETS.values())


def wanted_by(shown: ShownTraining) -> tuple[Wanted, str]:
    """(role, configuration) of each run that a view shows which names no run, and their title.

    A view with no settings at all is that of the first preset, as on the page.
    """
    config = next(iter(PRESETS.values())).configs()[0][1] if shown.config == RunConfig() else shown.config
    preset = preset_of(config)
    return (preset.configs(), preset.title) if preset else ([("", config)], "")


def runs_of_view(shown: ShownTraining) -> list[StoredRun]:
    """What the store has of it; empty where it has none."""
    lab = the_lab()
    return lab.members(shown.run if shown.run is not None else lab.presented(wanted_by(shown)[0]))


def feeds_of_view(shown: ShownTraining) -> list[Feed]:
    """The runs of a view with their reports, if there are any that have ended; empty while one trains."""
    runs = runs_of_view(shown)
    if any(run.active for run in runs):
        return []
    feeds = [feed for run in runs if (feed := the_lab().watch(run.id)) is not None]
    return [feed for feed in feeds if len(feed.epochs)]
