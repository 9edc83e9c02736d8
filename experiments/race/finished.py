"""Races that were run, kept for everybody who opens the same link, as far as they fit into memory."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property, lru_cache
from threading import Lock

from experiments.race.link import race_from_query, race_link
from experiments.race.race import run_race
from experiments.race.reports import LaneReport, report
from experiments.race.types import Race, RaceResult
from experiments.race.workload import QUICK, affordable, shortened, work
from experiments.surfaces import space_of
from experiments.turns import Progress, turn

KEPT_BYTES = 40_000_000  # some 350 races of the usual size: what a class opens together, and its last drags


class Finished:
    """A race with its result, and its reports once they are asked for.

    race: what was run; shortened: one sentence where that is less than what was asked, else empty.
    """

    def __init__(self, asked: Race, progress: Progress = None) -> None:
        self.race = affordable(asked)
        self.shortened = shortened(asked, self.race)
        self.result: RaceResult = run_race(self.race, progress)

    @cached_property
    def reports(self) -> tuple[LaneReport, ...]:
        """Told when asked for: the picture, which people wait for, comes before."""
        return report(self.result)

    @property
    def size(self) -> int:
        """Bytes of all paths with what their rules remember."""
        return sum(lane.trajectory.nbytes for lane in self.result.lanes)


class Races:
    """The races that were asked for last. Safe to share between threads.

    Long ones run one after the other, so that quick ones find a free core beside them.
    """

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[Race, Finished] = OrderedDict()
        self._running: dict[Race, Lock] = {}
        self._long = Lock()

    def of(self, race: Race, progress: Progress = None) -> Finished:
        """The finished race; several who ask for the same one at once wait for one run of it."""
        with self._lock:
            if race in self._kept:
                self._kept.move_to_end(race)
                return self._kept[race]
            running = self._running.setdefault(race, Lock())
        with turn(running, progress):
            try:
                if work(race) <= QUICK:
                    return self._run(race, progress)
                with turn(self._long, progress):
                    return self._run(race, progress)
            finally:
                with self._lock:
                    self._running.pop(race, None)

    def _run(self, race: Race, progress: Progress) -> Finished:
        with self._lock:
            if race in self._kept:
                return self._kept[race]
        finished = Finished(race, progress)
        self._keep(race, finished)
        return finished

    def _keep(self, race: Race, finished: Finished) -> None:
        with self._lock:
            self._kept[race] = finished
            while len(self._kept) > 1 and sum(each.size for each in self._kept.values()) > self._most:
                self._kept.popitem(last=False)


RACES = Races()


@lru_cache(maxsize=256)
def _linked(race: Race) -> Race:
    return race_from_query(race_link(race), space_of(race.landscape))[0]


def finished_race(race: Race, progress: Progress = None) -> Finished:
    """The race that the link of this one opens, run once for everybody; see ``Progress``.

    A link keeps twelve digits; a start that was clicked has more, and what is left out grows along a path that is
    near chaos.
    """
    return RACES.of(_linked(race), progress)
