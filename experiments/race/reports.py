"""What happened in a race: one outcome and one sentence for every lane."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.race.types import Lane, RaceResult
from optimizers.outcome import Outcome, analyse, explain


@dataclass(frozen=True, kw_only=True)
class LaneReport:
    """A lane, the facts computed from its path, and the sentence that tells them."""

    lane: Lane
    outcome: Outcome
    sentence: str


def report(result: RaceResult) -> tuple[LaneReport, ...]:
    """A report for each lane, in the order of the race."""
    landscape = result.race.landscape
    reports = []
    for lane in result.lanes:
        outcome = analyse(
            landscape,
            lane.trajectory,
            minima=landscape.minima,
            minimum=landscape.minimum,
            distance=landscape.distance,
            saddles=landscape.saddles,
            domain=landscape.domain,
            noise=result.race.noise,
        )
        reports.append(LaneReport(lane=lane, outcome=outcome, sentence=explain(outcome, lane.label)))
    return tuple(reports)
