"""What the remedies of every training preset gain: its first run as it is diagnosed, and a trial of each remedy.

    python -m benchmarks.preset_remedies             all presets
    python -m benchmarks.preset_remedies KEY ...     these

A preset teaches by its remedies, so the first one that it offers is to hold. A trial is judged as the page judges it.
Takes about ten minutes on two cores.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from benchmarks.diagnosis_runs import Trained, run
from trainers import History, RunConfig, diagnose
from trainers.config import remedy_pair
from trainers.data import DataUnavailable, leak_report, reference_metric
from trainers.diagnosis import Remedy, judge
from trainers.presets import PRESETS

WORKERS = 2
MOST = 3  # remedies of one verdict that are tried


@dataclass(frozen=True, kw_only=True)
class Row:
    """One trial. held: as ``judge`` says it; None for a verdict without a remedy to try."""

    preset: str
    verdict: str
    remedy: str = ""
    held: bool | None = None
    sentence: str


def rows_of(key: str) -> list[Row]:
    """The first verdict of a preset's first run, and what comes of its remedies."""
    config = PRESETS[key].configs()[0][1]
    config = config.changed({f"watch.{name}": False for name in ("pictures", "mistakes", "sharpness", "cosine")})
    try:
        trained = run(config)
    except DataUnavailable as error:
        return [Row(preset=key, verdict="", sentence=str(error))]
    before = _history(trained)
    finding = next(iter(diagnose(before)))
    remedies = [remedy for remedy in finding.remedies if remedy.changes][:MOST]
    if not remedies:
        return [Row(preset=key, verdict=finding.kind, sentence=finding.evidence)]
    return [_tried(key, trained, before, finding.kind, remedy) for remedy in remedies]


def _tried(key: str, trained: Trained, before: History, kind: str, remedy: Remedy) -> Row:
    newest = max(trained.kept.values(), key=lambda one: one.epoch, default=None)
    checkpoint = {"beginning": None, "best": trained.kept.get("best"), "here": newest}[remedy.start]
    epoch = checkpoint.epoch if checkpoint is not None else 0.0
    pair = remedy_pair(trained.config, remedy.changes, epoch)
    sides = [_history(run(config, _splits(trained, config), checkpoint)) for config in pair]
    judgement = judge(kind, *sides, since=epoch, running=False, before=before)
    return Row(preset=key, verdict=kind, remedy=remedy.label, held=judgement.held, sentence=judgement.sentence)


def _splits(trained: Trained, config: RunConfig):
    return trained.splits if config.data == trained.config.data else None


def _history(trained: Trained) -> History:
    return History.from_reports(
        trained.reports,
        config=trained.config,
        leaks=leak_report(trained.splits),
        reference_metric=reference_metric(trained.splits),
    )


def main(keys: Iterable[str]) -> None:
    chosen = list(keys) or list(PRESETS)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        print("| preset | verdict | remedy | held | what came of it |\n|---|---|---|---|---|")
        for rows in pool.map(rows_of, chosen):
            for row in rows:
                held = {True: "yes", False: "**no**", None: ""}[row.held]
                print(f"| {row.preset} | {row.verdict} | {row.remedy} | {held} | {row.sentence} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
