"""What is asked for of a loss surface: around which runs, in which plane, how far and how finely. No PyTorch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

PLANES: Mapping[str, str] = {
    "random": "two random directions",
    "path": "the path's two main directions",
    "three": "through three runs",
    "line": "the line between two runs",
    "curve": "a line and a curve between two runs",
}
RUNS_OF: Mapping[str, int] = {"random": 1, "path": 1, "three": 3, "line": 2, "curve": 2}
LEAST_OF_PATH = 3  # kept weights: fewer span no plane
RESOLUTIONS = (9, 17, 33, 65, 129)  # points along each side; each grid holds the one before
MOST_ROWS = 100_000
MOST_SEED = 999_999
_ID = re.compile(r"[A-Za-z0-9]{1,16}")


@dataclass(frozen=True, kw_only=True)
class SurfaceRequest:
    """One surface. runs: ids, as many as the plane takes; kept: the checkpoint of each whose weights are meant.

    reach: of random directions, how far in lengths of the filters; of other planes, how far beyond what lies in them,
    in quarters of its width. resolution: one of ``RESOLUTIONS``. rows: at most so many of each part, the first ones.
    seed: of random directions, and of what is drawn while a curve is trained.

    Raises:
        ValueError: anything else.
    """

    plane: str
    runs: tuple[str, ...]
    kept: tuple[str, ...]
    reach: float = 1.0
    resolution: int = 33
    rows: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        if self.plane not in PLANES:
            raise ValueError(f"the plane was given as {self.plane!r:.40}; allowed is one of {', '.join(PLANES)}")
        count = RUNS_OF[self.plane]
        if len(self.runs) != count or len(self.kept) != count or len(set(self.runs)) != count:
            raise ValueError(f"{len(self.runs)} runs were given; a plane of kind {self.plane} takes {count}")
        if not all(_ID.fullmatch(id) for id in (*self.runs, *self.kept)):
            raise ValueError("runs and checkpoints are named by their ids")
        if not 0.01 <= self.reach <= 100:
            raise ValueError(f"the reach was given as {self.reach:g}; allowed is 0.01 to 100")
        if self.resolution not in RESOLUTIONS:
            raise ValueError(f"the resolution was given as {self.resolution}; allowed are {RESOLUTIONS}")
        if not 1 <= self.rows <= MOST_ROWS:
            raise ValueError(f"the rows were given as {self.rows}; allowed are 1 to {MOST_ROWS:,}")
        if not 0 <= self.seed <= MOST_SEED:
            raise ValueError(f"the seed was given as {self.seed}; allowed is 0 to {MOST_SEED:,}")

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "runs": list(self.runs), "kept": list(self.kept)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> SurfaceRequest:
        """Read ``to_plain`` back. Raises ValueError for anything else."""
        try:
            return cls(
                plane=str(plain["plane"]),
                runs=tuple(map(str, plain["runs"])),
                kept=tuple(map(str, plain["kept"])),
                reach=float(plain["reach"]),
                resolution=int(plain["resolution"]),
                rows=int(plain["rows"]),
                seed=int(plain["seed"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"a loss surface has no {error}") from None
