"""Presets as they really run, trained once for all tests that ask."""

from __future__ import annotations

from functools import cache

from tests.trainers.runs import Told, run
from trainers import History, RunConfig
from trainers.data.reference import reference_metric
from trainers.data.splits import leak_report, load
from trainers.presets.catalogue import PRESETS


def config_of(key: str, role: str = "") -> RunConfig:
    """One run of a preset, without what takes long to watch and changes nothing in the curves."""
    config = dict(PRESETS[key].configs())[role]
    return config.changed({f"watch.{name}": False for name in ("pictures", "mistakes", "sharpness", "cosine")})


@cache
def trained(config: RunConfig) -> tuple[Told, History]:
    """What the run told, and its history with what is known of the data."""
    splits = load(config.data)
    told = run(config, splits=splits)
    history = History.from_reports(
        told.reports, config=config, leaks=leak_report(splits), reference_metric=reference_metric(splits)
    )
    return told, history
