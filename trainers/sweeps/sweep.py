"""What a search has come to, as its pages show it: every trial with its values, runs, curve and end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

WAITING, RUNNING = "waiting", "running"
NOT_BEGUN = "not_begun"
OVER = ("complete", "pruned", "diverged", "stopped", "failed", "refused", NOT_BEGUN)
CURVE = 40  # epochs of a curve that are kept
DIGITS = 5


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One trial: its values, runs, curve and end.

    part: the key of its study. number: from 0 on, within it. values: in the order of the axes. state: waiting, running
    or one of ``OVER``. goal: mean over the seeds of the best so far, None where there is none; goals: of each seed.
    runs: their ids. epochs, curve: the goal by epoch, mean over the seeds. seconds: of training.
    order: how many trials had ended when this one did, None where it goes on. sentence: why it ended so.
    """

    part: str
    number: int
    values: tuple[Any, ...]
    state: str = WAITING
    goal: float | None = None
    goals: tuple[float, ...] = ()
    runs: tuple[str, ...] = ()
    epochs: tuple[float, ...] = ()
    curve: tuple[float, ...] = ()
    seconds: float = 0.0
    order: int | None = None
    sentence: str = ""

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state in OVER

    @property
    def spread(self) -> float | None:
        """Standard deviation over the seeds, None for fewer than two."""
        if len(self.goals) < 2:
            return None
        mean = sum(self.goals) / len(self.goals)
        return math.sqrt(sum((goal - mean) ** 2 for goal in self.goals) / (len(self.goals) - 1))


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A search as it stands. experiment: of its runs. importance: by study and setting.

    What no run says is kept here: pruned, the epoch at which a trial was found hopeless; held, runs that were
    withdrawn when the search was paused or stopped; refused, trials whose values do not suit each other, with why;
    again, how often an interrupted run was begun anew. Trials are named by ``trial_name``.
    """

    experiment: str
    trials: tuple[Trial, ...] = ()
    importance: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    pruned: Mapping[str, int] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    again: Mapping[str, int] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Of training, all runs together."""
        return sum(trial.seconds for trial in self.trials)

    def to_plain(self) -> dict[str, Any]:
        """For JSON; numbers to a few digits, null where they are none."""
        plain = asdict(self)
        for trial in plain["trials"]:
            for name in ("goals", "epochs", "curve"):
                trial[name] = [_short(value) for value in trial[name]]
            trial["goal"] = None if trial["goal"] is None else _short(trial["goal"])
            trial["seconds"] = round(trial["seconds"], 3)
            trial["values"], trial["runs"] = list(trial["values"]), list(trial["runs"])
        return plain | {"trials": list(plain["trials"]), "held": list(plain["held"])}

    @classmethod
    def from_plain(cls, plain: Any) -> Sweep | None:
        """Read ``to_plain`` back; None where it is nothing of the kind."""
        try:
            return cls(
                experiment=str(plain["experiment"]),
                trials=tuple(_trial(trial) for trial in plain["trials"]),
                importance={
                    str(key): {str(name): float(share) for name, share in shares.items()}
                    for key, shares in plain["importance"].items()
                },
                pruned={str(key): int(epoch) for key, epoch in plain["pruned"].items()},
                held=tuple(map(str, plain["held"])),
                refused={str(key): str(why) for key, why in plain["refused"].items()},
                again={str(key): int(count) for key, count in plain["again"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None


def trial_name(part: str, number: int) -> str:
    """The name of a trial within its search."""
    return f"{part} {number}"


def role_of(part: str, number: int, seed: int) -> str:
    """The role of a run: which trial of which study it is, and which of its seeds."""
    return f"{trial_name(part, number)}, seed {seed}"


def of_role(role: str) -> tuple[str, int, int] | None:
    """(study, number, seed) of a role; None where it is none."""
    name, _, seed = role.partition(", seed ")
    part, _, number = name.rpartition(" ")
    return (part, int(number), int(seed)) if part and number.isdecimal() and seed.isdecimal() else None


def thinned(count: int, most: int = CURVE) -> list[int]:
    """Positions of at most so many of ``count``, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return sorted({round(step * (count - 1) / (most - 1)) for step in range(most)})


def best_trial(trials: Sequence[Trial], maximize: bool) -> Trial | None:
    """The best of those that are complete; None where none is."""
    complete = [trial for trial in trials if trial.state == "complete" and trial.goal is not None]
    return min(complete, key=lambda trial: -trial.goal if maximize else trial.goal, default=None)  # type: ignore[operator]


def _short(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def _trial(plain: Mapping[str, Any]) -> Trial:
    return Trial(
        part=str(plain["part"]),
        number=int(plain["number"]),
        values=tuple(plain["values"]),
        state=str(plain["state"]),
        goal=_goal(plain["goal"]),
        goals=_numbers(plain["goals"]),
        runs=tuple(map(str, plain["runs"])),
        epochs=_numbers(plain["epochs"]),
        curve=_numbers(plain["curve"]),
        seconds=float(plain["seconds"]),
        order=None if plain["order"] is None else int(plain["order"]),
        sentence=str(plain["sentence"]),
    )


def _goal(plain: float | None) -> float | None:
    return float(plain) if plain is not None and math.isfinite(plain) else None


def _numbers(plain: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(math.nan if value is None else float(value) for value in plain)
