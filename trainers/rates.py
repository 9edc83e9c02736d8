"""What a search for a learning rate has found: a range test, a halving of rates, and what each suggests.

Range test: L. N. Smith (2017), Cyclical learning rates for training neural networks, WACV, 464-472.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

BREAKS = 1.5  # times the lowest smoothed loss: from there on the rate is too high
DIGITS = 5  # of the losses that are kept
FALL = 0.02  # of the first loss that it must fall for a rate to be suggested


@dataclass(frozen=True, kw_only=True)
class RangeTest:
    """A rate raised with every step. losses: of the batch after the step at each of ``rates``; inf where it is none.

    passes: over the training rows. most: the rate that it was to end at.
    """

    rates: tuple[float, ...] = ()
    losses: tuple[float, ...] = ()
    passes: float = 0.0
    most: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One rate tried from the start, on a part of the rows. losses: by step. held: whether it did not diverge."""

    rate: float
    losses: tuple[float, ...]
    held: bool


@dataclass(frozen=True, kw_only=True)
class RateSearch:
    """Both ways to a rate. rows: training rows that each trial of the halving saw; 0 while the rate is still raised."""

    range_test: RangeTest
    trials: tuple[Trial, ...] = ()
    rows: int = 0

    @property
    def raised(self) -> bool:
        """Whether the range test has come to its end, so that something can be read from it."""
        return self.rows > 0

    def to_plain(self) -> dict[str, Any]:
        """For JSON: losses to five digits, null where they are no numbers."""
        plain = asdict(self)
        for part in (plain["range_test"], *plain["trials"]):
            part["losses"] = [float(f"{loss:.{DIGITS}g}") if math.isfinite(loss) else None for loss in part["losses"]]
        return plain

    @classmethod
    def from_plain(cls, plain: Any) -> RateSearch | None:
        """Read ``to_plain`` back; None where it is nothing of the kind."""
        try:
            test = plain["range_test"]
            return cls(
                range_test=RangeTest(
                    rates=tuple(map(float, test["rates"])),
                    losses=_losses(test["losses"]),
                    passes=float(test["passes"]),
                    most=float(test["most"]),
                ),
                trials=tuple(
                    Trial(rate=float(each["rate"]), losses=_losses(each["losses"]), held=bool(each["held"]))
                    for each in plain["trials"]
                ),
                rows=int(plain["rows"]),
            )
        except (KeyError, TypeError, ValueError):
            return None


def _losses(plain: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(math.inf if loss is None else float(loss) for loss in plain)


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A rate, and what it was read from. rate: None where the test has shown none; ``reason`` says why.

    steepest: the rate at which the smoothed loss falls fastest; lowest: at which it is lowest; breaks: from which on it
    stands well above that, None where it never does.
    """

    reason: str
    rate: float | None = None
    steepest: float | None = None
    lowest: float | None = None
    breaks: float | None = None


def smoothed(losses: Sequence[float]) -> list[float]:
    """The mean of the batches around each one, a fifteenth of all on both sides; inf where one of them is."""
    half = max(1, len(losses) // 15)
    around = [losses[max(0, i - half) : i + half + 1] for i in range(len(losses))]
    return [sum(each) / len(each) for each in around]


def suggestion(test: RangeTest) -> Suggestion:
    """The rate where the loss falls fastest, at most a third of the one from which on it breaks.

    Fastest: from the mean of a tenth of the batches to that of the next tenth, up to where the loss is lowest.
    """
    heights = smoothed(test.losses)
    if sum(map(math.isfinite, heights)) < 5:
        return Suggestion(reason="It broke at once: even the lowest rate is too high, or the set-up cannot learn.")
    lowest = min(range(len(heights)), key=heights.__getitem__)
    start, least = _mean(test.losses[: max(2, len(heights) // 10)]), heights[lowest]
    if start - least < FALL * abs(start):
        return Suggestion(reason="The loss hardly falls at any rate; raise the highest one, or look at the set-up.")
    limit = least + (BREAKS - 1) * max(abs(least), start - least)
    broken = next((i for i in range(lowest, len(heights)) if heights[i] > limit), None)
    part = max(2, len(heights) // 10)
    falls = {i: _mean(test.losses[i - part : i]) - _mean(test.losses[i : i + part]) for i in range(part, lowest + 1)}
    steepest = test.rates[max(falls, key=falls.__getitem__)] if falls else test.rates[lowest]
    breaks = None if broken is None else test.rates[broken]
    rate = steepest if breaks is None else min(steepest, breaks / 3)
    return Suggestion(
        reason="There the loss falls fastest."
        if rate == steepest
        else "A third of the rate from which on it breaks: where it falls fastest is nearer to that.",
        rate=float(f"{rate:.2g}"),
        steepest=steepest,
        lowest=test.rates[lowest],
        breaks=breaks,
    )


def suggested(search: RateSearch) -> Suggestion:
    """``suggestion`` of a range test that has come to its end; of one that goes on, or was broken off, none."""
    if not search.raised:
        return Suggestion(reason="What it suggests is read from the whole of it.")
    return suggestion(search.range_test)


def _mean(losses: Sequence[float]) -> float:
    return sum(losses) / len(losses) if losses else math.inf


def held_rate(trials: Sequence[Trial]) -> float | None:
    """The first rate of a halving that did not diverge; None where none was."""
    return next((trial.rate for trial in trials if trial.held), None)


@dataclass(frozen=True, kw_only=True)
class RateRequest:
    """What is asked for: a configuration as JSON text, and the ends of the range.

    Raises:
        ValueError: ends that are no range, or lie beyond 1e-10 and 1e4.
    """

    config: str
    lowest: float = 1e-5
    highest: float = 10.0
    steps: int = 100

    def __post_init__(self) -> None:
        if not 1e-10 <= self.lowest < self.highest <= 1e4:
            raise ValueError(
                f"the rates were given from {self.lowest:g} to {self.highest:g}; allowed are a lower and a higher one "
                "between 1e-10 and 1e4"
            )
        if not 10 <= self.steps <= 1000:
            raise ValueError(f"the steps were given as {self.steps}; allowed are 10 to 1000")

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> RateRequest:
        """Read ``to_plain`` back. Raises ValueError for anything else."""
        try:
            return cls(
                config=str(plain["config"]),
                lowest=float(plain["lowest"]),
                highest=float(plain["highest"]),
                steps=int(plain["steps"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"a search for a rate has no {error}") from None
